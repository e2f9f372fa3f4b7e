# %% [markdown]
# # 2. Slopes
#
# After this you can
#
# - read a slope off a curve, and draw it as a tangent;
# - ask PyTorch, JAX and autograd for the exact slope, each in its own idiom;
# - say how a secant becomes a tangent, and why making the step smaller does not always help;
# - choose the best step of a difference quotient, and say why automatic differentiation needs none.
#
# You need lesson 1 and school calculus: the *slope* of a curve at a point is how fast f(x) grows there as x grows,
# and the *derivative* is the function that gives the slope at each x.

# %%
import jax
import matplotlib.pyplot as plt
import numpy as np
import torch
from autograd import grad
from checks import check
from side_by_side import side_by_side

import multigrad
from multigrad.plotting import plot_func, plot_gradient, plot_slope

# %% [markdown]
# ## A guess
#
# Here is a curve, and a point on it at x = -2.

# %%
def f(x):
    return x**3 + x**2 - 4 * x + 3


ax = plot_func(f)
ax.plot(-2, f(-2), "o", color="black")
ax.annotate("(-2, 7)", (-2, f(-2)), (-2.75, 8.2))
ax.set(xlabel="x", ylabel="f(x)", title="How steep is it at -2?")
plt.show()

# %% [markdown]
# **Exercise 2.1.** Guess the slope at -2 by eye. Mind the axes: they have different units, so read rise and run from
# their numbers.

# %%
guess = ...

# %%
check("2.1", guess)

# %% [markdown]
# Your guess, drawn as a line through the point. (Until you have guessed, this draws a guess of 8.) A good one
# *touches* the curve: near -2 the two are hard to tell apart.

# %%
drawn = 8 if guess is ... else guess

ax = plot_func(f)
plot_gradient(-2, f(-2), drawn, ax)
ax.plot(-2, f(-2), "o", color="black")
ax.set(xlabel="x", ylabel="f(x)", title=f"f, and a line of slope {float(drawn):g} at -2")
plt.show()

# %% [markdown]
# ## Ask
#
# Each framework has its own idiom. torch *records* what is done to x and goes back over it on `.backward()`; the
# slope then stands in `x.grad`. JAX and autograd turn the function `f` into another function, its derivative.

# %%
side_by_side({
    "the slope at -2": (
        "x = torch.tensor(-2.0).requires_grad_()\ny = f(x)\ny.backward()\nx.grad",
        "slope_of_f = jax.grad(f)\nslope_of_f(-2.0)",
        "slope_of_f = grad(f)\nslope_of_f(-2.0)",
    ),
    "by multigrad": tuple(f'multigrad.slope(f, -2.0, backend="{name}")' for name in ("torch", "jax", "autograd")),
}, globals())  # fmt: skip

# %% [markdown]
# School calculus agrees: the derivative is 3·x² + 2·x - 4, which is 12 - 4 - 4 = 4 at -2. `plot_slope` asks, and
# draws the tangent:

# %%
ax = plot_slope(f, -2.0)
ax.set(ylabel="f(x)", title="Exact")
plt.show()

# %% [markdown]
# ## The secant closes in
#
# Without a framework you would take two points of the curve, x and x + h, and the line through them, a *secant*. Its
# slope is the rise over the run, (f(x + h) - f(x)) / h. As h shrinks, the secant turns into the tangent.

# %%
def secant(f, x, h):
    """The slope of the line through the curve's points at x and x + h."""
    return (f(x + h) - f(x)) / h


reach = np.array([-3.0, 0.4])
figure, ax = plt.subplots()
plot_func(f, color="0.35", ax=ax, xlim=(-3, 0.8))
for h, color in zip((2.0, 1.0, 0.5, 0.1), ("#E69F00", "#56B4E9", "#CC79A7", "#009E73"), strict=True):
    m = secant(f, -2.0, h)
    ax.plot(reach, f(-2.0) + m * (reach + 2), "--", color=color, label=f"h = {h:g}: slope {m:.3g}")
    ax.plot(-2 + h, f(-2 + h), "o", color=color)
ax.plot(reach, f(-2.0) + 4 * (reach + 2), color="#0072B2", linewidth=2, label="tangent: slope 4")
ax.plot(-2, f(-2), "o", color="black")
ax.set(xlabel="x", ylabel="f(x)", ylim=(-4, 20), title="Secants from -2 to -2 + h")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# **Exercise 2.2.** The slope of the secant of f from -2 to 0. (Compute it, do not read it off.)

# %%
secant_slope = ...

# %%
check("2.2", secant_slope)

# %% [markdown]
# **Exercise 2.3.** The exact slope of f at 2, by any of the three frameworks. Hand it in as it comes: a tensor, a JAX
# array or a number.

# %%
slope_at_2 = ...

# %%
check("2.3", slope_at_2)

# %% [markdown]
# ## How small a step?
#
# Two difference quotients: the *forward* one above, and the *central* one, which looks to both sides,
# (f(x + h) - f(x - h)) / 2h. How wrong are they, for each h? Let us measure on sin(x)·eˣ at 0.7, whose slope is known:
# (sin 0.7 + cos 0.7)·e^0.7.

# %%
def curve(x):
    return np.sin(x) * np.exp(x)


def forward(f, x, h):
    return (f(x + h) - f(x)) / ((x + h) - x)  # over the step that is really taken, after rounding


def central(f, x, h):
    return (f(x + h) - f(x - h)) / ((x + h) - (x - h))


point, exact = 0.7, (np.sin(0.7) + np.cos(0.7)) * np.exp(0.7)
steps = {np.float32: np.logspace(-6.5, 0, 120), np.float64: np.logspace(-15, 0, 240)}

errors = {}
for dtype, hs in steps.items():
    for method in (forward, central):
        found = np.array([method(curve, dtype(point), dtype(h)) for h in hs], float)
        errors[method, dtype] = np.abs(found - exact) / exact

# %% [markdown]
# And automatic differentiation (AD), in the same two precisions:

# %% tags=["varies"]
automatic = {}
for dtype in steps:
    slope = multigrad.slope(curve, np.array(point, dtype))
    automatic[dtype] = abs(float(slope) - exact) / exact
    print(f"{dtype.__name__}: slope {slope}, relative error {automatic[dtype]:.0e}")

# %% [markdown]
# Now the picture. Both axes are logarithmic: equal distances are equal factors (see the labels: a line may be a hundred
# times the one before).

# %%
def ceiling(errors, width=12):
    """The largest error at this step or a little below it. Rounding scatters; how large it may get is what counts."""
    return [max(errors[max(i - width, 0) : i + 1]) for i in range(len(errors))]


figure, panels = plt.subplots(1, 2, figsize=(8.4, 4.2), sharey=True)
for ax, (dtype, hs) in zip(panels, steps.items(), strict=True):
    eps = np.finfo(dtype).eps
    for method, color, best in ((forward, "#D55E00", eps ** (1 / 2)), (central, "#0072B2", eps ** (1 / 3))):
        ax.loglog(hs, np.maximum(errors[method, dtype], 1e-17), ".", markersize=2, color=color, alpha=0.5)
        ax.loglog(hs, ceiling(errors[method, dtype]), color=color, label=method.__name__)
        ax.axvline(best, color=color, linestyle=":")
    ax.axhline(max(automatic[dtype], 1e-17), color="#009E73", linewidth=2, label="automatic")
    ax.axhline(eps, color="0.5", linestyle="--", linewidth=1, label="eps")
    ax.set(xlabel="step h", title=f"{dtype.__name__}, eps = {eps:.1e}", ylim=(1e-17, 10))
panels[0].set_ylabel("relative error of the slope")
figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()

# %% [markdown]
# Each curve is a **V**. (The dotted lines stand at the steps below.)
#
# - **Right side: truncation.** The secant is not the tangent. Its error is about h/2·|f″| for the forward quotient,
#   so it goes down by 10 when h does; for the central one the first errors on both sides cancel, and about h²/6·|f‴|
#   is left: down by 100.
# - **Left side: rounding.** f(x + h) and f(x) are nearly equal, and each is right to about eps·|f| only. Their
#   difference keeps that error and is then divided by a small h: eps·|f|/h, *up* by 10 when h goes down by 10.
#
# The lowest point is where the two meet. Forward: h ≈ eps/h, so **h ≈ √eps**, and the error there is about √eps too.
# Central: h² ≈ eps/h, so **h ≈ ∛eps**, with an error of about eps^(2/3).

# %% tags=["varies"]
for dtype, hs in steps.items():
    eps = np.finfo(dtype).eps
    for method, best in ((forward, eps ** (1 / 2)), (central, eps ** (1 / 3))):
        seen = ceiling(errors[method, dtype])
        lowest = f"lowest at {hs[np.argmin(seen)]:.0e}, error {min(seen):.0e}"
        print(f"{method.__name__:8} {dtype.__name__}: rule says h = {best:.0e}; {lowest}")

# %% [markdown]
# A forward difference can use *half* of the digits at best, a central one two thirds. (A factor of ten either way is
# no contradiction: |f|, |f″| and |f‴| belong into the rule too, and a V is wide at its bottom.)
#
# AD has no h. It does not look at neighbours of x: it uses the rule that you learnt at school for each operation,
# (sin)′ = cos, and the chain rule to put them together. So nothing nearly equal is subtracted, and the slope is as
# exact as f itself, to about eps, at about the cost of f. The next lesson shows how it knows the operations.
#
# **Exercise 2.4.** About what step is best for a *forward* difference in float32? A power of ten will do.

# %%
best_step = ...

# %%
check("2.4", best_step)

# %% [markdown]
# **Exercise 2.5.** Where truncation rules, h is halved. How many times smaller does the error of a *central*
# difference get?

# %%
times_smaller = ...

# %%
check("2.5", times_smaller)

# %% [markdown]
# ## What differs between frameworks
#
# | | torch | JAX | autograd / NumPy |
# |---|---|---|---|
# | how to ask | `y.backward()`, then `x.grad` | `jax.grad(f)(x)` | `grad(f)(x)` |
# | what is asked | the number y: on what does it depend? | the function f: its derivative | the function f, likewise |
# | f is written with | `torch.sin`, ... | `jnp.sin`, ... | `autograd.numpy.sin`, ... |
# | x must be | a float tensor with `requires_grad` | a float | a float |
# | precision of a Python float | float32: 7 digits | float32: 7 digits | float64: 16 digits |
# | best forward step there | 3e-4 | 3e-4 | 1e-8 |
# | several slopes at once | `f(x).sum().backward()` | `jax.vmap(jax.grad(f))(x)` | `elementwise_grad(f)(x)` |
# | in multigrad, all three | `slope(f, x)` | `slope(f, x)` | `slope(f, x)`, f in plain NumPy |
