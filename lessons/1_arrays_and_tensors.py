# %% [markdown]
# # 1. Arrays and tensors
#
# After this you can
#
# - write scalars, vectors and matrices in PyTorch, JAX and NumPy, and compute with them;
# - take a dot product of the shape you want, with `reshape`;
# - move data to and from NumPy, and say whether the two sides share their memory;
# - tell the dtype that each framework chooses, and the trap in it;
# - ask where a tensor lives, and write code that uses a GPU where there is one and runs where there is none.
#
# You need Python and a little NumPy. Everything here is shown three times, side by side: in **PyTorch** (`torch`), in
# **JAX** (`jax.numpy`, called `jnp`), and in **NumPy**, whose arrays the third framework, *autograd*, works on.

# %%
import time

import jax
import jax.numpy as jnp
import numpy as np
import torch
from checks import check
from side_by_side import side_by_side

import multigrad

# %% [markdown]
# ## Scalars, vectors, matrices
#
# All three store a block of numbers of one type with a *shape*. A scalar has the shape `()`, a vector of three
# `(3,)`, a matrix of three rows and two columns `(3, 2)`. torch calls such a thing a *tensor*, the others an *array*.
#
# Our data: three recipes (rows) with their cups of flour and of sugar (columns), and what a cup costs.

# %%
side_by_side({
    "a scalar": ("torch.tensor(2.5)", "jnp.array(2.5)", "np.array(2.5)"),
    "a vector": ("torch.tensor([0.5, 2.0])", "jnp.array([0.5, 2.0])", "np.array([0.5, 2.0])"),
    "a matrix": (
        "cups = torch.tensor([[2, 1], [3, 0], [1, 4]])\ncups",
        "cups = jnp.array([[2, 1], [3, 0], [1, 4]])\ncups",
        "cups = np.array([[2, 1], [3, 0], [1, 4]])\ncups",
    ),
    "its shape": ("torch.tensor([[2, 1], [3, 0], [1, 4]]).shape", "jnp.array([[2, 1], [3, 0], [1, 4]]).shape",
                  "cups.shape"),
}, globals())  # fmt: skip

# %% [markdown]
# ## Element by element
#
# Operators work on every element, and a function of the framework does too. Where two shapes differ, the smaller one
# is *broadcast*: below, the row `[10, 100]` meets each row of the matrix.

# %%
T = torch.tensor([[2.0, 1.0], [3.0, 0.0], [1.0, 4.0]])
J = jnp.array([[2.0, 1.0], [3.0, 0.0], [1.0, 4.0]])
N = np.array([[2.0, 1.0], [3.0, 0.0], [1.0, 4.0]])

side_by_side({
    "twice": ("T * 2", "J * 2", "N * 2"),
    "broadcast": ("T * torch.tensor([10.0, 100.0])", "J * jnp.array([10.0, 100.0])", "N * np.array([10.0, 100.0])"),
    "a function": ("torch.sqrt(T)", "jnp.sqrt(J)", "np.sqrt(N)"),
    "change one element": ("U = T.clone()\nU[0, 0] = 7\nU[0]", "J.at[0, 0].set(7)[0]",
                           "M = N.copy()\nM[0, 0] = 7\nM[0]"),
    "... JAX's arrays never change": ("", "J[0, 0] = 7", ""),
}, globals())  # fmt: skip

# %% [markdown]
# ## Dot products, and the shape of the answer
#
# `@` multiplies matrices: each row of the left with each column of the right. A vector of shape `(2,)` on the right
# gives a vector, `(3,)`. For a *column*, `(3, 1)`, make the vector a column first: `reshape(-1, 1)`, where `-1` says
# "as many as it takes". The numbers are the same; the shape decides what you can do with them next.

# %%
tp, jp, npp = torch.tensor([0.5, 2.0]), jnp.array([0.5, 2.0]), np.array([0.5, 2.0])  # prices of a cup

side_by_side({
    "with a vector": ("T @ tp", "J @ jp", "N @ npp"),
    "with a column": ("T @ tp.reshape(-1, 1)", "J @ jp.reshape(-1, 1)", "N @ npp.reshape(-1, 1)"),
    "integers with floats": ("torch.tensor([2, 1]) @ tp", "jnp.array([2, 1]) @ jp", "np.array([2, 1]) @ npp"),
}, globals())  # fmt: skip

# %% [markdown]
# In the last row torch refuses: for `@` it wants both sides of one dtype. Write `.float()` or `.to(tp.dtype)`.
#
# **Exercise 1.1.** A walk: the steps east and north of four legs, and the weight that east and north shall have. Hand
# in the weighted sum of each leg, as a column of the shape `(4, 1)`, in whichever framework you like.

# %%
legs = np.array([[1.0, 2.0], [0.0, 3.0], [-1.0, 1.0], [2.0, 2.0]])
weights = np.array([3.0, -1.0])

column = ...

# %%
check("1.1", column)

# %% [markdown]
# ## To and from NumPy: the same memory, or a copy?
#
# Make a tensor of an array, *then* change the array. A tensor that changes with it shares its memory.

# %%
a = np.array([1.0, 2.0, 3.0])
shared, copied, in_jax = torch.from_numpy(a), torch.tensor(a), jnp.array(a)
a[0] = 99

side_by_side({
    "from NumPy": ("shared  # torch.from_numpy(a)", "in_jax  # jnp.array(a)", "a"),
    "a copy": ("copied  # torch.tensor(a)", "in_jax.copy()", "a.copy()"),
    "back to NumPy": ("shared.numpy()", "np.asarray(in_jax)", "np.asarray(a)"),
    "does that share?": (
        "back = shared.numpy()\nback[1] = -5\nshared",
        "back = np.asarray(in_jax)\nback[1] = -5",
        "back = np.asarray(a)\nback[1] = -5\na",
    ),
}, globals())  # fmt: skip

# %% [markdown]
# - torch: `from_numpy` and `.numpy()` *share*. That is fast, and a change on one side appears on the other: above,
#   `back[1] = -5` reached `back`, `shared` and `a`. `torch.tensor(a)` *copies*.
# - JAX: `jnp.array` copies, and what comes back is read-only, for JAX's arrays never change. (`jnp.asarray` may share
#   where dtype and alignment allow it. Do not rely on either.)
# - NumPy: `asarray` gives an array back as it is.
#
# A tensor that torch records, or one on a GPU, has no `.numpy()` of its own: write `x.detach().cpu().numpy()`.
#
# **Exercise 1.2.** Do not run it; predict it. After
#
# ```python
# b = np.zeros(3)
# p, q = torch.from_numpy(b), torch.tensor(b)
# b[:] = 7
# p[1] = 5
# ```
#
# what are `b[1]`, `p[0]` and `q[2]`? Replace the three blanks.

# %%
prediction = [..., ..., ...]  # b[1], p[0], q[2]

# %%
check("1.2", prediction)

# %% [markdown]
# ## dtype: how many digits
#
# `float32` holds about 7 decimal digits, `float64` about 16. The defaults differ, and so does what becomes of a NumPy
# array, which is `float64`.

# %%
side_by_side({
    "of a Python float": ("torch.tensor(0.1).dtype", "jnp.array(0.1).dtype", "np.array(0.1).dtype"),
    "of a Python int": ("torch.tensor(3).dtype", "jnp.array(3).dtype", "np.array(3).dtype"),
    "of a float64 array": ("torch.tensor(np.ones(2)).dtype", "jnp.array(np.ones(2)).dtype",
                           "np.array(np.ones(2)).dtype"),
    "a third": ("torch.tensor(1 / 3).item()", "jnp.array(1 / 3).item()", "np.array(1 / 3).item()"),
    "1 + 1e-8 - 1": ("(torch.tensor(1.0) + 1e-8 - 1).item()", "(jnp.array(1.0) + 1e-8 - 1).item()",
                     "(np.array(1.0) + 1e-8 - 1).item()"),
    "asked for": ("torch.tensor(0.1, dtype=torch.float64).dtype",
                  "with jax.enable_x64(True):\n    d = jnp.array(0.1).dtype\nd", "np.array(0.1, np.float32).dtype"),
}, globals())  # fmt: skip

# %% [markdown]
# The trap: **JAX turns `float64` into `float32` without a word** unless its x64 switch is on (`jax.enable_x64(True)`
# for a block, `jax.config.update("jax_enable_x64", True)` for the program).
#
# Slopes, which the next lesson is about, need floats. The three agree on that much:

# %%
side_by_side({
    "slope of x² at the integer 3": (
        "torch.tensor(3, requires_grad=True)", "jax.grad(lambda x: x * x)(3)",
        "from autograd import grad\ngrad(lambda x: x * x)(3)",
    ),
    "at 3.0": (
        "x = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\nx.grad", "jax.grad(lambda x: x * x)(3.0)",
        "grad(lambda x: x * x)(3.0)",
    ),
}, globals())  # fmt: skip

# %% [markdown]
# `multigrad` takes what you have: `multigrad.slope(f, 3)` reads the integer as 3.0, and computes numbers and NumPy
# arrays in their own precision on every backend, so that the three can be compared.

# %%
{name: multigrad.slope(lambda x: x * x / 3, 3, backend=name) for name in ("torch", "jax", "autograd")}

# %% [markdown]
# **Exercise 1.3.** `np.array([0.1, 0.2])` goes through `jnp.array`, and comes back with `np.asarray`. What dtype has
# it then? (A word in quotation marks, or the dtype itself.)

# %%
dtype = ...

# %%
check("1.3", dtype)

# %% [markdown]
# ## Where it lives: `.device`
#
# A NumPy array is always in main memory, next to the CPU. A tensor may be there, or in the memory of a GPU, which
# does the work on many numbers at once. Every array says where it is:

# %%
side_by_side({
    "of a new array": ("torch.tensor(2.5).device", "jnp.array(2.5).device", "np.array(2.5).device"),
}, globals())  # fmt: skip

# %% [markdown]
# (JAX puts a new array on the GPU by itself where it finds one. torch waits to be asked.)
#
# To move, name the place. The way to write it so that it runs everywhere is to *ask first*:

# %%
place = "cuda" if torch.cuda.is_available() else "cpu"
moved = T.to(place)

print("torch sees a GPU:", torch.cuda.is_available())
print("JAX works on:    ", jax.default_backend())
print("T lives on", T.device, "and moved on", moved.device)
if place == "cpu":
    print("No GPU here, so .to() gave T itself:", moved is T)
    print("With one it would print: T lives on cpu and moved on cuda:0. T itself would stay where it is.")

# %% [markdown]
# What if you do not ask? Each says no in its own way. None of them falls back to the CPU, and that is good: a program
# that was meant for the GPU should not quietly run a hundred times slower.

# %% tags=["varies"]
def outcome(action):
    """What came of it. (The frameworks' words differ between versions and builds.)"""
    try:
        return f"done, on {action()}"
    except (RuntimeError, AssertionError, ValueError, IndexError):
        return "refused"


absent = "cuda:99"
print("torch     ", outcome(lambda: T.to(absent).device))
print("JAX       ", outcome(lambda: jax.device_put(J, jax.devices("cuda")[99]).device))
print("NumPy     ", outcome(lambda: N.to_device(absent).device))
try:
    multigrad.slope(lambda x: x * x, 3.0, device=absent)
except multigrad.DeviceUnavailable as error:
    print("multigrad  refused:", error)

# %% [markdown]
# Two tensors meet only where both live. torch's device `"meta"`, which holds shapes and no numbers, can play the
# second device even on a laptop:

# %%
elsewhere = torch.ones(2, device="meta")
try:
    elsewhere + torch.ones(2)
except RuntimeError as error:
    print("refused:", type(error).__name__)
print("both there:", (elsewhere + torch.ones(2).to("meta")).device)

# %% [markdown]
# Is it worth it? For large matrices, much; for a handful of numbers the journey costs more than the work. This cell
# measures, where there is a GPU:

# %%
if torch.cuda.is_available():
    for size in (10, 4000):
        for where in ("cpu", "cuda"):
            big = torch.ones(size, size, device=where)
            big @ big  # the first call also loads the library
            torch.cuda.synchronize()
            start = time.perf_counter()
            big @ big
            torch.cuda.synchronize()  # a GPU works on while Python goes ahead: wait for it
            print(f"{size} × {size} on {where}: {1000 * (time.perf_counter() - start):.2f} ms")
else:
    print("No GPU to measure. Where there is one, expect it to win at 4000 × 4000 and to lose at 10 × 10.")

# %% [markdown]
# **Exercise 1.4.** Write the function that picks a place: `"cuda"` where a GPU is available, else `"cpu"`. (Hand over
# the answers for both cases, as below: so it is checked without a GPU too.)

# %%
def pick(available):
    return ...


# %%
check("1.4", [pick(True), pick(False)])

# %% [markdown]
# ## What differs between frameworks
#
# | | torch | JAX | autograd / NumPy |
# |---|---|---|---|
# | what it is called | `torch.Tensor` | `jax.Array` | `numpy.ndarray` |
# | can it change? | yes: `t[0] = 1` | no: `a.at[0].set(1)` gives a new one | yes; not while autograd records |
# | a Python float becomes | float32 | float32 (float64 with x64) | float64 |
# | a Python int becomes | int64 | int32 (int64 with x64) | int64 |
# | a float64 array becomes | float64 | float32, silently (float64 with x64) | float64 |
# | `@` of integers and floats | refused | promoted | promoted |
# | from NumPy, sharing | `torch.from_numpy(a)` | `jnp.asarray(a)`, perhaps | `np.asarray(a)` |
# | from NumPy, copying | `torch.tensor(a)` | `jnp.array(a)` | `a.copy()` |
# | to NumPy | `t.detach().cpu().numpy()`, shares on the CPU | `np.asarray(a)`, read-only | it is |
# | where does it live? | `t.device` | `a.device` | `a.device`, always `"cpu"` |
# | where does a new one go? | the CPU, unless told | the accelerator, where there is one | the CPU |
# | move it | `t.to("cuda")` | `jax.device_put(a, jax.devices("cuda")[0])` | cannot |
