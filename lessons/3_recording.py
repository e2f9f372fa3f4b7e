# %% [markdown]
# # 3. Recording
#
# After this you can
#
# - say what `.requires_grad_()`, `.backward()` and `.grad` do, and in which order;
# - look at what each framework writes down while your function runs: torch's graph, JAX's jaxpr, autograd's boxes;
# - read a recording as a table and as a graph, and follow the chain rule back through it by hand;
# - write a recorder yourself, in some thirty lines.
#
# You need lessons 1 and 2, and the chain rule: if y depends on v and v on x, then the slope of y over x is the slope
# of y over v times the slope of v over x.

# %%
import math
import warnings

import autograd.numpy as anp
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import torch
from autograd import grad
from autograd.tracer import getval
from checks import check
from side_by_side import side_by_side

import multigrad

# %% [markdown]
# ## Three words of torch
#
# `x.requires_grad_()` says: *write down what is done to x*. `y.backward()` says: *y is what I want the slope of; go
# back over the notes*. And `x.grad` is where the answer is put. Before that, it is empty.

# %%
def f(x):
    a = x * x
    b = x + 1
    return a * b


x = torch.tensor(2.0)
y = f(x)
print("not recorded:  y =", y, "  x.grad =", x.grad)

x = torch.tensor(2.0).requires_grad_()
y = f(x)
print("recorded:      y =", y, "  x.grad =", x.grad)

y.backward()
print("after backward:                                      x.grad =", x.grad)

# %% [markdown]
# Look at `y` in the second line. It is still the number 12, and it carries a `grad_fn`: the last thing that was done,
# a multiplication, and from there the whole recording hangs. Without `requires_grad_` there is nothing to go back
# over, and `.backward()` is an error.

# %%
try:
    f(torch.tensor(2.0)).backward()
except RuntimeError as error:
    print("RuntimeError:", error)

# %% [markdown]
# Why must *y* be named? There may be many results of one x, say `y = f(x)` and `z = x * 5`. `x.grad` can hold one
# slope, and whoever calls `.backward()` says whose.
#
# JAX and autograd have no such marks. You name the function, it is recorded for the length of one call, and the slope
# is what comes back:

# %%
side_by_side({
    "the slope of f at 2": (
        "x = torch.tensor(2.0).requires_grad_()\nf(x).backward()\nx.grad",
        "jax.grad(f)(2.0)",
        "grad(f)(2.0)",
    ),
}, globals())  # fmt: skip

# %% [markdown]
# **Exercise 3.1.** `x = torch.tensor(3.0).requires_grad_()`, then `y = f(x)`, and no more. What is `x.grad` now?

# %%
x_grad = ...

# %%
check("3.1", x_grad)

# %% [markdown]
# ## What f sees
#
# The function above is never read as text. It *runs*, once, with something in place of the number, which notes each
# operation that it takes part in. Let f tell what it was given:

# %%
def spy(x):
    print(f"{type(x).__module__}.{type(x).__name__}")
    return f(x)


print("torch:     ", end="")
spy(torch.tensor(2.0).requires_grad_()).backward()
print("JAX:       ", end="")
jax.grad(spy)(2.0)
print("autograd:  ", end="")
_ = grad(spy)(2.0)

# %% [markdown]
# - torch: the tensor itself, which has the recorder built in;
# - JAX: a *tracer*, which stands for the number (here it knows it; under `jax.jit` it knows only shape and dtype);
# - autograd: a *box* around a NumPy number.
#
# And what do they write down? torch and autograd build nodes, one an operation, each with links to those whose
# results it used. Walk along the links from the end, and you have all:

# %%
def walk_torch(node, depth=0):
    print("  " * depth + node.name().rpartition("::")[2])
    for parent, _ in node.next_functions:
        if parent is not None:
            walk_torch(parent, depth + 1)


walk_torch(f(torch.tensor(2.0).requires_grad_()).grad_fn)

# %%
def walk_autograd(node, depth=0):
    print("  " * depth + f"{type(node).__name__} with {len(node.parents)} parents")
    for parent in node.parents:
        walk_autograd(parent, depth + 1)


def boxed(x):
    y = f(x)
    print("f returned", type(y).__name__, "around", y._value)
    walk_autograd(y._node)
    return y


_ = grad(boxed)(2.0)

# %% [markdown]
# Both are the same tree: `a * b` has two parents; `x * x` has x twice, `x + 1` has it once. (`AccumulateGrad` is
# torch's name for "put it into `x.grad`".) JAX shows its notes as a small program, the *jaxpr*, one line an
# operation; and the derivative is another such program:

# %%
print(jax.make_jaxpr(f)(2.0))
print(jax.make_jaxpr(jax.grad(f))(2.0))

# %% [markdown]
# ## Reading a recording
#
# `multigrad.explain` shows all of it at once: each step, its value, its *local derivative* (how the step's result
# changes with each of its inputs, by the rule for that operation alone), and what *flows back*. Then what each
# framework recorded, and the code to write there.

# %%
explained = multigrad.explain(f, 2.0)
print(explained)

# %% [markdown]
# The same as a graph. Black numbers go forward. Red ones come back, from the end, where the slope of the result over
# itself is 1: each arrow multiplies by its local derivative, and where several arrows come back to one place, they
# are *added*.

# %%
ax = explained.plot()
plt.show()

# %% [markdown]
# **Exercise 3.2.** By hand, for this f at x = **3**: there a = x·x = 9 and b = x + 1 = 4. What flows back into a, and
# what into b?

# %%
flows = [..., ...]  # into a, into b

# %%
check("3.2", flows)

# %% [markdown]
# **Exercise 3.3.** And so, what arrives at x? This is the slope of f at 3.

# %%
slope_at_3 = ...

# %%
check("3.3", slope_at_3)

# %% [markdown]
# ## Nothing is magic
#
# A recorder of your own. A `Recorded` holds a value and, for each operand it came from, the local derivative. `back`
# walks the recording from the end, each step after all those that used it, and adds up what flows.

# %%
class Recorded:
    def __init__(self, value, *operands):
        self.value, self.operands, self.flow = value, operands, 0.0  # operands: (recorded, local derivative)

    def __add__(self, other):
        other = recorded(other)
        return Recorded(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = recorded(other)
        return Recorded(self.value * other.value, (self, other.value), (other, self.value))

    __radd__, __rmul__ = __add__, __mul__

    def back(self):
        order, seen = [], set()

        def visit(node):  # operands first, so that `order` ends with the result
            if node not in seen:
                seen.add(node)
                for operand, _ in node.operands:
                    visit(operand)
                order.append(node)

        visit(self)
        self.flow = 1.0
        for node in reversed(order):
            for operand, local in node.operands:
                operand.flow += node.flow * local  # the chain rule; += where ways meet


def recorded(x):
    return x if isinstance(x, Recorded) else Recorded(x)


def sin(x):
    return Recorded(math.sin(x.value), (x, math.cos(x.value)))


def my_slope(f, x):
    x = Recorded(x)
    f(x).back()
    return x.flow


my_slope(f, 2.0)

# %% [markdown]
# That is reverse-mode automatic differentiation, whole. It has the rules of three operations, and takes functions made
# of them, with loops and branches too. (`visit` calls itself, so a chain of a thousand steps is too long for Python;
# the frameworks use a list instead.) Is it right? Against the three frameworks:

# %%
def wave(x, sin):
    total = 0.0
    for k in range(1, 4):  # a loop is recorded as what it did
        total = total + sin(k * x) * x
    return total


rows = {
    "f at 2": (my_slope(f, 2.0), *(multigrad.slope(f, 2.0, backend=name) for name in ("torch", "jax", "autograd"))),
    "wave at 0.5": (
        my_slope(lambda x: wave(x, sin), 0.5),
        *(multigrad.slope(lambda x: wave(x, np.sin), 0.5, backend=name) for name in ("torch", "jax", "autograd")),
    ),
}
print(f"{'':12} {'my recorder':>20} {'torch':>20} {'JAX':>20} {'autograd':>20}")
for label, slopes in rows.items():
    print(f"{label:12} " + " ".join(f"{each:20.16g}" for each in slopes))
    assert np.allclose(slopes, slopes[0], rtol=1e-14)

# %% [markdown]
# What do the frameworks add? Arrays, hundreds of rules, GPUs, compilers and years of care. The idea stays these
# thirty lines.
#
# **Exercise 3.4.** Teach it to divide: what is the local derivative of `1 / v`?

# %%
def reciprocal_rule(v):
    """The derivative of 1 / v at v."""
    return ...


# %%
check("3.4", reciprocal_rule(2.0))

# %% [markdown]
# ## Leaving the record
#
# Only what is *recorded* has a slope. Each framework has a way to take a number out of the recording. Sometimes that
# is wanted. By accident it is a trap, for the answer that comes is a number like any other. The slope of x·sin(x) at
# 1 is sin 1 + cos 1 = 1.3818; watch it become sin 1 = 0.8415:

# %%
warnings.simplefilter("ignore")  # torch warns of the last row, once, and then goes on

side_by_side({
    "recorded": (
        "x = torch.tensor(1.0).requires_grad_()\n(x * torch.sin(x)).backward()\nx.grad",
        "jax.grad(lambda x: x * jnp.sin(x))(1.0)",
        "grad(lambda x: x * anp.sin(x))(1.0)",
    ),
    "sin(x) off the record": (
        "x = torch.tensor(1.0).requires_grad_()\n(x * torch.sin(x.detach())).backward()\nx.grad",
        "stop = jax.lax.stop_gradient\njax.grad(lambda x: x * jnp.sin(stop(x)))(1.0)",
        "grad(lambda x: x * anp.sin(getval(x)))(1.0)",
    ),
    "by accident: math.sin": (
        "x = torch.tensor(1.0).requires_grad_()\n(x * math.sin(x)).backward()\nx.grad",
        "jax.grad(lambda x: x * math.sin(x))(1.0)",
        "grad(lambda x: x * math.sin(x))(1.0)",
    ),
}, globals())  # fmt: skip

# %% [markdown]
# `multigrad.slope` refuses where it can see it: a function from the `math` module, which knows plain numbers only, is
# an error that says what to write.

# %%
try:
    multigrad.slope(lambda x: x * math.sin(x), 1.0)
except multigrad.NotDifferentiable as error:
    print(error)

# %% [markdown]
# **Exercise 3.5.** `x = torch.tensor(3.0).requires_grad_()`; `(x * x.detach()).backward()`. What is `x.grad`? Predict
# it.

# %%
half_recorded = ...

# %%
check("3.5", half_recorded)

# %% [markdown]
# ## What differs between frameworks
#
# | | torch | JAX | autograd / NumPy |
# |---|---|---|---|
# | what is passed to f | the tensor itself | a tracer | an `ArrayBox` |
# | who says what is recorded | x: `.requires_grad_()` | the call: `jax.grad(f)` | the call: `grad(f)` |
# | when | whenever such an x takes part | during that call | during that call |
# | what is written down | nodes, at `y.grad_fn` | a jaxpr, with `make_jaxpr` | nodes, inside the boxes |
# | where the slope goes | into `x.grad`, on `.backward()` | it is returned | it is returned |
# | before that | `x.grad` is `None` | | |
# | an `if` on a value | recorded as it went | as it went; refused under `jit` | recorded as it went |
# | off the record | `x.detach()`, `torch.no_grad()` | `jax.lax.stop_gradient(x)` | `autograd.tracer.getval(x)` |
# | `math.sin(x)` | **silently off the record**, with a warning | an error | an error |
# | kept after use? | freed by `.backward()`; `retain_graph=True` keeps it | by `jit`, compiled | no |
