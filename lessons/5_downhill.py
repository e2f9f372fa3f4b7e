# %% [markdown]
# # 5. Downhill
#
# After this you can
#
# - minimise a function by following its slope down, and choose a step that is neither too small nor too large;
# - fit a line and train a small classifier, from one plain NumPy function, on torch, JAX and autograd;
# - write the same loop by hand in each of the three;
# - say how far their paths lie apart, why, and when a difference in the last digit grows into another result.
#
# You need lesson 4's rule for torch: clear `.grad` before the next backward. Nothing here takes a GPU.

# %%
import autograd.numpy as anp
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import torch
from autograd import grad
from checks import check

from multigrad import gradient, slope
from multigrad.plotting import plot_func

BACKENDS = ("torch", "jax", "autograd")

# %% [markdown]
# ## A curve, and three steps
#
# The slope says which way is up. So walk the other way, by a **step size** times the slope, and repeat.


# %%
def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def descend(f, x, step, steps, backend="torch"):
    """The path of x downhill on f: `steps` steps, and `x` first."""
    path = [x]
    for _ in range(steps):
        path.append(path[-1] - step * slope(f, path[-1], backend=backend))
    return np.array(path)


STEP_SIZES = {"too small": 0.01, "good": 0.1, "too large": 0.21}
_, axes = plt.subplots(1, 3, figsize=(9, 3.4), sharey=True)
for ax, (name, step) in zip(axes, STEP_SIZES.items(), strict=True):
    path = descend(f, 2.0, step, 12)
    plot_func(f, "0.6", ax, xlim=(-2.4, 2.2))
    ax.plot(path, f(path), "-o", color="#c03028", linewidth=1, markersize=4)
    ax.set(title=f"{name}: step {step}", xlabel="x")
    print(f"{name:9}: x from 2 to", " ".join(f"{x:.3f}" for x in path[-3:]))
axes[0].set_ylabel("f(x)")
plt.show()

# %% [markdown]
# Twelve steps each, all from x = 2. The smallest is right and slow. The middle one is there after a few steps. The
# largest jumps over the valley and back, and ends up between two places for good. And further up it gets worse:

# %%
print(descend(f, 2.0, 0.3, 5))

# %% [markdown]
# That one left the valley on the other side, where the curve falls forever.
#
# Where is the edge between good and too large? Near the minimum m the slope is about curvature · (x - m), so that one
# step makes of the distance x - m
#
#     (x - m) - step · curvature · (x - m)  =  (1 - step · curvature) · (x - m)
#
# The distance shrinks while that factor lies between -1 and 1, which is while **step < 2 / curvature**. The curvature
# is the slope of the slope:

# %%
minimum = descend(f, 0.0, 0.1, 100)[-1]
curvature = slope(f, minimum, order=2)
print(f"minimum at {minimum:.6f}, curvature {curvature:.4f}, so the edge is at step {2 / curvature:.4f}")
for step in (0.1, 0.2, 0.21):
    print(f"step {step}: factor {1 - step * curvature:+.3f}")

# %% [markdown]
# **Exercise 5.1.** One step by hand: x = 2, step 0.1, and f as above. What is the next x?

# %%
answer = ...

# %%
check("5.1", answer)

# %% [markdown]
# **Exercise 5.2.** For h(x) = 3·x² + 1: from which step size on does the descent no longer settle?

# %%
answer = ...

# %%
check("5.2", answer)

# %% [markdown]
# ## A line
#
# Forty points around a line, made with a fixed seed. The loss is the mean squared distance; w holds the line's slope
# and its height at 0. The function is plain NumPy, and `gradient` differentiates it on each backend.

# %%
random = np.random.default_rng(5)
T = random.uniform(-2, 2, 40)
Y = 1.5 * T - 0.5 + 0.3 * random.normal(size=40)


def line_loss(w):
    return np.mean((w[0] * T + w[1] - Y) ** 2)


def walk(loss, w, step, steps, backend):
    """`descend` for a vector: the path, one row a step, in the precision of w."""
    path = [w]
    for _ in range(steps):
        path.append(path[-1] - w.dtype.type(step) * gradient(loss, path[-1], backend=backend))
    return np.array(path)


STEP, STEPS = 0.2, 100
lines = {name: walk(line_loss, np.zeros(2), STEP, STEPS, name) for name in BACKENDS}
exact = np.polyfit(T, Y, 1)
print(f"{'by linear algebra':20}", exact)
for name, path in lines.items():
    print(f"{name:20}", path[-1])

_, ax = plt.subplots()
ax.plot(T, Y, "o", color="0.6", markersize=4)
ends = np.array([-2.0, 2.0])
for k in (1, 3, 100):
    w = lines["torch"][k]
    ax.plot(ends, w[0] * ends + w[1], label=f"after step {k}", linestyle={1: ":", 3: "--", 100: "-"}[k])
ax.set(xlabel="t", ylabel="y", title="A line on its way to the points")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# All end where linear algebra says. How far apart were they on the way? Take the largest difference over all steps
# and both numbers:


# %%
def apart(paths):
    """At each step the largest difference between any two of the paths."""
    stacked = np.stack([*paths.values()]).astype(np.float64)
    return np.max(np.ptp(stacked, axis=0), axis=-1)


print(f"line, float64: never further apart than {apart(lines).max():.1e}")

# %% [markdown]
# A float64 near 1 has a neighbour at a distance of 2.2e-16. So the three paths are the same walk, up to the last
# digit.
#
# ### The same by hand
#
# What you would write in each framework without multigrad. Look at what carries the slope: in torch the parameter, in
# the other two a function that returns it.

# %%
by_hand = {}

# torch: an optimizer owns the step, .grad carries the slope
T_torch, Y_torch = torch.tensor(T), torch.tensor(Y)
w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=STEP)
for _ in range(STEPS):
    optimizer.zero_grad()
    loss = torch.mean((w[0] * T_torch + w[1] - Y_torch) ** 2)
    loss.backward()
    optimizer.step()
by_hand["torch"] = w.detach().numpy()

# JAX: a pure function, its gradient compiled; float64 has to be switched on
with jax.enable_x64(True):
    T_jax, Y_jax = jnp.array(T), jnp.array(Y)
    slopes = jax.jit(jax.grad(lambda w: jnp.mean((w[0] * T_jax + w[1] - Y_jax) ** 2)))
    w = jnp.zeros(2)
    for _ in range(STEPS):
        w = w - STEP * slopes(w)
    by_hand["jax"] = np.array(w)

# autograd: NumPy under another name
slopes = grad(lambda w: anp.mean((w[0] * T + w[1] - Y) ** 2))
w = np.zeros(2)
for _ in range(STEPS):
    w = w - STEP * slopes(w)
by_hand["autograd"] = w

for name, w in by_hand.items():
    print(f"{name:9} {w}   from multigrad's end {np.max(np.abs(w - lines[name][-1])):.1e}")

# %% [markdown]
# **Exercise 5.3.** Write the body of one step down, for a vector w, its gradient and a step size.


# %%
def one_step(w, slopes, step):
    return ...


# %%
check("5.3", one_step(np.array([1.0, 2.0]), np.array([10.0, -20.0]), 0.1))

# %% [markdown]
# ## A small classifier
#
# Two half moons that reach into each other, which no straight line separates. The classifier is a net with two
# layers: eight units that bend, and a sum of them. Its 33 weights stand in one vector, so that `gradient` takes them
# all at once. The loss is the logistic one, log(1 + exp(-label · output)), written as `logaddexp`, which does not
# overflow.

# %%
UNITS = 8


def moons(count, seed=1):
    """`count` points on each moon, and their labels, 1 and -1."""
    random = np.random.default_rng(seed)
    angle = random.uniform(0, np.pi, count)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([upper, lower]) + 0.15 * random.normal(size=(2 * count, 2))
    return points, np.repeat([1.0, -1.0], count)


def net(w, points):
    first, bend = w[: 2 * UNITS].reshape(2, UNITS), w[2 * UNITS : 3 * UNITS]
    second, height = w[3 * UNITS : 4 * UNITS], w[4 * UNITS]
    return np.tanh(points @ first + bend) @ second + height


def loss_in(dtype):
    """The loss on the two moons, all of it in one precision."""
    points, labels = (each.astype(dtype) for each in moons(100))
    zero = np.zeros((), dtype)
    return lambda w: np.mean(np.logaddexp(zero, -labels * net(w, points)))


def start(dtype):
    return np.random.default_rng(2).normal(size=4 * UNITS + 1).astype(dtype)


trained = {name: walk(loss_in(np.float64), start(np.float64), 2.0, 150, name) for name in BACKENDS}

points, labels = moons(100)
fresh_points, fresh_labels = moons(500, seed=7)
for name, path in trained.items():
    right, fresh = (
        np.mean(np.sign(net(path[-1], p)) == s) for p, s in ((points, labels), (fresh_points, fresh_labels))
    )
    loss = loss_in(np.float64)(path[-1])
    print(f"{name:9} loss {loss:.12f}, right: {right:.1%} of its points, {fresh:.1%} of fresh ones")
print(f"net, float64: never further apart than {apart(trained).max():.1e}")

# %%
grid = np.meshgrid(np.linspace(-1.6, 2.6, 120), np.linspace(-1.1, 1.6, 90))
flat = np.stack([each.ravel() for each in grid], axis=1)
_, ax = plt.subplots()
for name, style in (("torch", "-"), ("jax", "--"), ("autograd", ":")):
    height = net(trained[name][-1], flat).reshape(grid[0].shape)
    ax.contour(*grid, height, levels=[0.0], colors="0.1", linestyles=style)
for label, marker, color in ((1, "o", "#0072b2"), (-1, "^", "#d55e00")):
    ax.plot(*points[labels == label].T, marker, color=color, markersize=4, alpha=0.8)
ax.set(xlabel="first coordinate", ylabel="second coordinate", title="Three boundaries, one on top of the other")
plt.show()

# %% [markdown]
# The picture has three boundaries, drawn solid, dashed and dotted. You see one.
#
# **Exercise 5.4.** Why does training start from random weights? Let all 33 begin at 0 and walk as above. How many of
# them are further than 1e-9 from 0 after ten steps? Think about which paths to the loss a weight has, then use
# `walk`.

# %%
answer = ...

# %%
check("5.4", answer)

# %% [markdown]
# ## Where float32 makes them part
#
# A sum that is rounded depends on its order:

# %%
a, b, c = np.float32(1e8), np.float32(-1e8), np.float32(1.0)
print((a + b) + c, "but", a + (b + c))

# %% [markdown]
# Each framework adds 200 terms of a loss in an order of its own, and each has its own `tanh` and its own way to write
# a rule. So one and the same gradient, in float32, comes out a little different. Nobody is wrong: each lies within a
# few roundings of the gradient in float64, and so of the others. Which is nearest is luck.

# %% tags=["varies"]
truth = gradient(loss_in(np.float64), start(np.float64))
single = {name: gradient(loss_in(np.float32), start(np.float32), backend=name) for name in BACKENDS}
for name, each in single.items():
    others = max(np.max(np.abs(each - other)) for other in single.values())
    print(f"{name:9} {np.max(np.abs(each - truth)):.1e} from float64, at most {others:.1e} from the others")

# %% [markdown]
# What becomes of such a difference? Walk on, and a small distance between two paths is multiplied at each step by
# that same factor, 1 - step · curvature, now with the curvature of the place where the paths are. With a good step
# the factor is small, and the difference is forgotten. With too large a step it is larger than 1, and the difference
# grows by it, step after step.
#
# The left picture shows that on our curve: a path in float32 against the path in float64, and for the largest step
# what the product of the factors predicts. The right one shows our net on three backends.

# %%
CURVE_STEPS = {0.1: "o", 0.21: "s", 0.3: "^"}
NET_STEPS = {0.5: "-", 8.0: "--", 16.0: "-."}


def curve_gap(step, steps=60):
    """How far a path in float32 is from that in float64, at each step; and the factors along it."""
    double = descend(f, 0.0, step, steps)
    single = descend(f, np.float32(0), np.float32(step), steps)
    return np.abs(single.astype(np.float64) - double), np.abs(1 - step * slope(f, double, order=2))


nets = {
    (dtype, step): {name: walk(loss_in(dtype), start(dtype), step, 60, name) for name in BACKENDS}
    for dtype in (np.float32, np.float64)
    for step in NET_STEPS
}


# %%
def seen(gap):
    """What a logarithmic axis can show: equal numbers have no place there."""
    return np.where(gap > 0, gap, np.nan)


_, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.2), sharey=True)
for (step, marker), color in zip(CURVE_STEPS.items(), ("#009e73", "#e69f00", "#c03028"), strict=True):
    gap, factors = curve_gap(step)
    left.plot(seen(gap), marker, color=color, markersize=4, label=f"step {step}")
    if step == 0.3:
        left.plot(np.arange(2, 40), gap[2] * np.cumprod(factors[2:40]) / factors[2], color="0.3", linewidth=1,
                  label="predicted, 0.3")  # fmt: skip
left.set(xlabel="step", ylabel="distance between two paths", title="Curve: float32 against float64")
for (dtype, step), paths in nets.items():
    color = "#0072b2" if dtype is np.float32 else "#cc79a7"
    right.plot(seen(apart(paths)), NET_STEPS[step], color=color, label=f"{dtype.__name__}, step {step:g}")
right.set(xlabel="step", title="Net: torch, JAX and autograd")
left.set_yscale("log")
left.set_ylim(1e-17, 1e3)
for ax in (left, right):
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize=9)
plt.show()

# %% tags=["varies"]
for step in CURVE_STEPS:
    gap, factors = curve_gap(step)
    mean = np.exp(np.mean(np.log(factors)))
    print(f"curve, step {step:<4}: largest distance {gap.max():.1e}, mean factor {mean:.2f}")
for (dtype, step), paths in nets.items():
    losses = " ".join(f"{loss_in(np.float64)(path[-1]):.4f}" for path in paths.values())
    print(f"net, {dtype.__name__}, step {step:<4}: {apart(paths)[1]:.0e} apart after one step, "
          f"{apart(paths)[-1]:.0e} after 60; losses {losses}")  # fmt: skip

# %% [markdown]
# Read it so:
#
# - **A good step forgets.** Curve with step 0.1, net with step 0.5: the paths stay within a few roundings, in either
#   precision.
# - **Just beyond the edge it lasts.** Curve with step 0.21: x swings between two places, the factors of a there and
#   back make less than 1, and the distance neither grows nor goes away.
# - **A step far beyond the edge remembers and multiplies.** On the curve with step 0.3 the descent does not settle
#   and wanders about the valley. (From 0, that is; from 2 it left.) Each step multiplies the distance by the factor
#   of the place. Around step 35 nothing is left in common, and the prediction ends where the distance is as wide as
#   the valley.
# - **In between it depends.** The net with step 16 starts beyond the edge: the first steps throw it about. Then it
#   finds a flat place and settles. In float32 the paths have settled at different places by then. Look at the losses:
#   each is a good classifier, and none is *the* answer.
# - **float64 starts lower, and climbs as fast.** It buys steps, not safety.
#
# So when two frameworks end with different weights, first compare **one** gradient, at one point, in float64. If that
# agrees to 1e-15, the frameworks agree, and it is your step that amplifies.

# %% [markdown]
# **Exercise 5.5.** A difference of 1e-7 doubles with each step. After how many steps is it about 1? One whole number;
# one more or less is right as well.

# %%
answer = ...

# %%
check("5.5", answer)

# %% [markdown]
# ## What differs between frameworks
#
# | | torch | JAX | autograd / NumPy | multigrad |
# |---|---|---|---|---|
# | who takes the step | an optimizer: `optimizer.step()` | you: `w - step * slopes(w)`, or a library | you | you |
# | the slope comes from | `w.grad`, to be cleared | `jax.grad(loss)(w)` | `grad(loss)(w)` | `gradient(loss, w)` |
# | the weights | change in place | a new array each time | a new array each time | a new array each time |
# | fast by | operations compiled beforehand | `jax.jit` of the whole step | NumPy | what its backend does |
# | float64 | `dtype=torch.float64` | `jax.enable_x64(True)` first | by default | the precision of `w` |
# | how `loss` is written | `torch.mean(…)` | `jnp.mean(…)` | `anp.mean(…)` | `np.mean(…)`, one for all |
# | order of a rounded sum | its own | the compiler's | NumPy's | that of its backend |
