# %% [markdown]
# # 4. The accumulation trap
#
# After this you can
#
# - say why the second `.backward()` leaves a number in `.grad` that is nobody's slope, and see it in a picture;
# - clear a gradient in three ways, and know when to write which;
# - use the adding on purpose, to get the gradient of a large batch from small ones;
# - say why JAX and autograd have no such trap.
#
# You need Python and the derivative of a polynomial. Nothing here takes a GPU.

# %%
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import torch
from autograd import grad
from checks import check
from side_by_side import side_by_side

from multigrad import slope
from multigrad.plotting import plot_func, plot_gradient


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def g(x):
    return x**2


# %% [markdown]
# ## A picture that is wrong
#
# Two curves, one point, two tangents. Each tangent takes its slope from `.grad`, right after its own `.backward()`.


# %%
def picture(slope_of_f, slope_of_g, title):
    """Both curves with a line of the given slope at x = -2."""
    _, ax = plt.subplots()
    for function, steepness, color, name, place in (
        (f, slope_of_f, "#c03028", "f", (-1.8, 20)),
        (g, slope_of_g, "#00705a", "g", (-0.8, -4)),
    ):
        plot_func(function, color, ax)
        plot_gradient(-2.0, function(-2.0), steepness, ax)
        ax.plot(-2.0, function(-2.0), "o", color=color)
        ax.text(*place, f"{name}: drawn with slope {steepness:g}", color=color)
    ax.set(xlabel="x", ylabel="y", title=title, ylim=(-6, 45))
    plt.show()


x = torch.tensor(-2.0, requires_grad=True)

f(x).backward()
slope_of_f = x.grad.item()

g(x).backward()
slope_of_g = x.grad.item()

picture(slope_of_f, slope_of_g, "A tangent that cuts its curve")

# %% [markdown]
# The line on `f` lies along its curve. The line on `g` cuts right through it, so it is no tangent: a parabola x² has
# the slope 2·x, which at -2 is -4, and the line was drawn with -9.
#
# No formula is wrong. `.backward()` **adds** to `.grad`, and the -5 of `f` was still there: -5 + -4 = -9. Watch the
# number after each line:

# %%
x = torch.tensor(-2.0, requires_grad=True)
print(f"{'after this line':32} {'x.grad':>8}")
for line in (
    "x.requires_grad",
    "f(x).backward()",
    "g(x).backward()",
    "g(x).backward()",
    "x.grad.zero_()",
    "g(x).backward()",
    "x.grad = None",
    "f(x).backward()",
):
    exec(line)
    print(f"{line:32} {'None' if x.grad is None else x.grad.item():>8}")

# %% [markdown]
# Two things to take from the table. Before the first `.backward()` there is no number at all, but `None`. And the sum
# knows nothing of functions: it adds whatever flows back into `x`, from `f`, from `g`, and from the same `g` a second
# time.

# %% [markdown]
# **Exercise 4.1.** A fresh `x` at -2. First `f(x).backward()`, then `g(x).backward()`, then once more
# `f(x).backward()`, and nothing is cleared. Which number is in `x.grad`? Work it out before you run anything.

# %%
answer = ...

# %%
check("4.1", answer)

# %% [markdown]
# ## The remedy is one line
#
# **Exercise 4.2.** Put one line of code in the place of `...`, such that both slopes are right. The picture below and
# the check look at what your cell leaves behind; until then it is the wrong picture again.

# %%
x = torch.tensor(-2.0, requires_grad=True)

f(x).backward()
slope_of_f = x.grad.item()

...

g(x).backward()
slope_of_g = x.grad.item()

# %%
check("4.2", [slope_of_f, slope_of_g])
picture(slope_of_f, slope_of_g, "Exercise 4.2, as your cell left it")

# %% [markdown]
# ## Three ways to clear, and what each leaves
#
# | you write | leaves in `.grad` | where it is written |
# |---|---|---|
# | `x.grad.zero_()` | a tensor of zeros, **the same object as before** | with single tensors, as here |
# | `x.grad = None` | nothing: the next `.backward()` makes a new tensor | with single tensors; never fails |
# | `optimizer.zero_grad()` | nothing (by its `set_to_none=True`) | in a training loop, for all parameters |
#
# The first needs a gradient to be there, and it has an edge that cuts: who kept the tensor, not its number, sees it
# change afterwards.

# %%
x = torch.tensor(-2.0, requires_grad=True)
try:
    x.grad.zero_()
except AttributeError as error:
    print("before any backward:", error)

f(x).backward()
kept = x.grad  # the tensor itself, not x.grad.item()
print("kept:", kept.item())
g(x).backward()
print("kept, after another backward:", kept.item())
x.grad.zero_()
print("kept, after zero_():", kept.item())

f(x).backward()
kept = x.grad
x.grad = None
g(x).backward()
print("kept, where None cleared it:", kept.item(), " and x.grad:", x.grad.item())

# %% [markdown]
# For an optimizer zeros and nothing are not the same either. A parameter whose gradient is `None` is left alone. One
# whose gradient is 0 takes a step, and a step has parts that do not come from the gradient, such as weight decay:

# %%
for clear_to in (None, torch.tensor(0.0)):
    w = torch.tensor(1.0, requires_grad=True)
    w.grad = clear_to
    torch.optim.SGD([w], lr=0.1, weight_decay=0.5).step()
    print(f"grad {clear_to!s:>11}: w = {w.item():.2f} after a step from 1")

# %% [markdown]
# ## What it looks like in training
#
# Few people draw two tangents. Many write a training loop and forget the same line. Here is the smallest loop: find
# the w that makes (w - 3)² small, once with the line and once without it.


# %%
def train(forgets, steps=60):
    w = torch.tensor(0.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.05)
    path = [w.item()]
    for _ in range(steps):
        if not forgets:
            optimizer.zero_grad()
        ((w - 3) ** 2).backward()
        optimizer.step()
        path.append(w.item())
    return path


paths = {"with zero_grad()": train(forgets=False), "without": train(forgets=True)}
_, ax = plt.subplots()
for (name, path), style in zip(paths.items(), ("-o", "--s"), strict=True):
    ax.plot(path, style, markersize=3, label=name)
ax.axhline(3, color="0.4", linewidth=1)
ax.text(61.5, 3.1, "minimum", color="0.3")
ax.set(xlabel="step", ylabel="w", title="A forgotten zero_grad() does not crash", xlim=(-2, 74), ylim=(-0.8, 8))
ax.legend(loc="upper right", ncols=2)
plt.show()
for name, path in paths.items():
    print(f"{name:18} the last 20 steps: w from {min(path[-20:]):.2f} to {max(path[-20:]):.2f}")

# %% [markdown]
# Without the line, `.grad` is the sum of **all** gradients so far. That is a velocity: each gradient changes it, and
# nothing brakes it. So w swings through the minimum like a pendulum without friction and never comes to rest. No
# error, no NaN, only a loss that goes up and down. If your loss does that, look for the missing line first.

# %% [markdown]
# **Exercise 4.3.** The loop without the line, by hand: w starts at 0, the slope of (w - 3)² is 2·(w - 3), the step is
# `lr = 0.25`. Where is w after **two** steps?

# %%
answer = ...

# %%
check("4.3", answer)

# %% [markdown]
# ## When the adding is wanted
#
# Suppose that a batch of 12 points does not fit into memory, and batches of 4 do. The gradient of a sum is the sum of
# the gradients, so three calls of `.backward()` without clearing add up to just what one call over all 12 gives. This
# is *gradient accumulation*, and the reason why torch adds.

# %%
random = np.random.default_rng(4)
T = torch.tensor(random.uniform(-2, 2, 12))
Y = 1.5 * T - 0.5 + 0.2 * torch.tensor(random.normal(size=12))


def mean_loss(w, t, y):
    return ((w[0] * t + w[1] - y) ** 2).mean()


def accumulated(sizes, weights):
    """What `.grad` holds after one backward for each mini-batch."""
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    for t, y, weight in zip(T.split(sizes), Y.split(sizes), weights, strict=True):
        (weight * mean_loss(w, t, y)).backward()
    return w.grad.numpy()


whole = accumulated([12], [1])
print("the whole batch:         ", whole)
print("3 batches of 4, as is:   ", accumulated([4, 4, 4], [1, 1, 1]))
print("3 batches of 4, weighted:", accumulated([4, 4, 4], [1 / 3, 1 / 3, 1 / 3]))

# %% [markdown]
# The loss is a **mean**, and three means of 4 add up to three times the mean of 12. So each gets the weight 1/3, and
# the gradient is that of the whole batch. The memory needed is that of one small batch, for `.backward()` frees what
# it recorded.
#
# **Exercise 4.4.** The 12 points come in batches of 5, 5 and 2. With which three weights is the accumulated gradient
# that of the whole batch? Hand in a list of three numbers.

# %%
weights = ...

# %%
check("4.4", weights)

# %% [markdown]
# ## Where there is nothing to forget
#
# `jax.grad(f)` and autograd's `grad(f)` are functions: they take a point and **return** a slope. The point keeps
# nothing. Call them twice in any order, and each call answers for itself.

# %%
xj, xa = jnp.array(-2.0), -2.0
xt = torch.tensor(-2.0, requires_grad=True)
side_by_side(
    {
        "slope of f": (
            "f(xt).backward()\nxt.grad.item()",
            "jax.grad(f)(xj).item()",
            "grad(f)(xa)",
        ),
        "then slope of g": (
            "g(xt).backward()\nxt.grad.item()",
            "jax.grad(g)(xj).item()",
            "grad(g)(xa)",
        ),
        "what the point knows of it": ("xt.grad", "xj.grad", "xa.grad"),
        "the sum, when it is wanted": (
            "xt.grad = None\nf(xt).backward()\ng(xt).backward()\nxt.grad.item()",
            "(jax.grad(f)(xj) + jax.grad(g)(xj)).item()",
            "grad(f)(xa) + grad(g)(xa)",
        ),
    },
    globals(),
)

# %% [markdown]
# torch has this style too: `torch.autograd.grad(y, x)` returns, and leaves `.grad` as it was. multigrad builds on
# such calls on every backend. So `slope` cannot fall into the trap, and what your own training loop has collected in
# a `.grad` is safe from it, even where `f` reads that very tensor:

# %%
w = torch.tensor(2.0, requires_grad=True)
(3 * w).backward()
print("w.grad before:", w.grad)

point = torch.tensor(-2.0)
print("slope of f:   ", slope(f, point))
print("slope of g:   ", slope(g, point), " and again:", slope(g, point))
print("slope of w·x²:", slope(lambda x: w * x**2, point).detach())
print("w.grad after: ", w.grad, " point.grad:", point.grad)

xt = torch.tensor(-2.0, requires_grad=True)
print("torch.autograd.grad:", torch.autograd.grad(g(xt), xt), " xt.grad:", xt.grad)

# %% [markdown]
# **Exercise 4.5.** `v.grad` holds what one `.backward()` left. Then comes a `slope`, then a second `.backward()`. Say
# before you run it which number `v.grad` holds in the end.
#
# ```python
# v = torch.tensor(1.0, requires_grad=True)
# (v**2).backward()
# slope(lambda x: v * x**3, torch.tensor(2.0))
# (5 * v).backward()
# ```

# %%
answer = ...

# %%
check("4.5", answer)

# %% [markdown]
# And the first picture, with a slope for each curve that is its own:

# %%
picture(slope(f, -2.0), slope(g, -2.0), "Both lines are tangents")

# %% [markdown]
# ## What differs between frameworks
#
# | | torch | JAX | autograd / NumPy | multigrad |
# |---|---|---|---|---|
# | the slope of `f` | `y = f(x); y.backward()` | `jax.grad(f)(x)` | `grad(f)(x)` | `slope(f, x)` |
# | where it is | in `x.grad` | returned | returned | returned |
# | a second call | **adds** to `x.grad` | answers anew | answers anew | answers anew |
# | to clear | `x.grad = None`, or the like | nothing | nothing | nothing |
# | to add on purpose | do not clear | `+` | `+` | `+` |
# | without the adding | `torch.autograd.grad(y, x)` | | | leaves every `.grad` alone |
# | `f` must return | one number, or `.backward(v)` | one number | one number | one number, or one for each of `x` |
