# %% [markdown]
# # 6. Where frameworks disagree
#
# After this you can
#
# - say at which points torch, JAX and autograd give different slopes, and which of them are choices and which are
#   faults;
# - read the table that `compare` prints: *agree*, *convention*, *inaccurate*, *differ*;
# - find a NaN that comes from a branch that was not taken, and write the safe form;
# - say where an answer was computed, and what happens on a machine without a GPU;
# - read a consistency report.
#
# What the frameworks say is shown in their own code first. Only then comes the comparison.

# %%
import os
from collections import Counter

os.environ["JAX_NUM_CPU_DEVICES"] = "2"  # two virtual CPUs, for the part on placement; JAX reads it when it starts

import autograd.numpy as anp
import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import torch
from autograd import grad
from checks import check
from side_by_side import side_by_side

from multigrad import DeviceUnavailable, compare, gradient, slope
from multigrad.comparisons import run_suite, status

BACKENDS = ("torch", "jax", "autograd")


def by_torch(f, x):
    x = torch.tensor(x, requires_grad=True)
    f(x).backward()
    return x.grad.tolist()


def by_jax(f, x):
    return jax.grad(f)(jnp.array(x)).tolist()


def by_autograd(f, x):
    with np.errstate(all="ignore"):  # autograd computes in NumPy, which warns of 0/0
        return np.asarray(grad(f)(np.array(x))).tolist()


# %% [markdown]
# ## Kinks
#
# The curve of |x| has the slope -1 left of 0 and 1 right of it. At 0 it has two one-sided slopes and no slope. A
# framework has to return a number all the same. Here is what each chose, and what the ramp max(x, 0) gives in four
# ways to write it:

# %%
side_by_side(
    {
        "abs": ("by_torch(torch.abs, 0.0)", "by_jax(jnp.abs, 0.0)", "by_autograd(anp.abs, 0.0)"),
        "ramp: relu": ("by_torch(torch.relu, 0.0)", "by_jax(jax.nn.relu, 0.0)", ""),
        "ramp: maximum": (
            "zero = torch.tensor(0.0)\nby_torch(lambda x: torch.maximum(x, zero), 0.0)",
            "by_jax(lambda x: jnp.maximum(x, 0), 0.0)",
            "by_autograd(lambda x: anp.maximum(x, 0), 0.0)",
        ),
        "ramp: where": (
            "by_torch(lambda x: torch.where(x > 0, x, 0), 0.0)",
            "by_jax(lambda x: jnp.where(x > 0, x, 0), 0.0)",
            "by_autograd(lambda x: anp.where(x > 0, x, 0), 0.0)",
        ),
        "ramp: clip": (
            "by_torch(lambda x: torch.clip(x, 0, 1), 0.0)",
            "by_jax(lambda x: jnp.clip(x, 0, 1), 0.0)",
            "by_autograd(lambda x: anp.clip(x, 0, 1), 0.0)",
        ),
    },
    globals(),
)

# %% [markdown]
# One function and one point give 0, 0.5 and 1, by framework and by the way it is written. None of these is a mistake.
# Every line between the two one-sided tangents touches the curve from below at the kink, and its slope is called a
# *subgradient*. The shaded wedges hold all of them:

# %%
_, axes = plt.subplots(1, 2, figsize=(9, 4.4))
x = np.linspace(-1, 1, 201)
KINKS = (
    ("|x|", np.abs, (-1, 1), {"torch, autograd": 0, "JAX": 1}),
    ("max(x, 0)", lambda x: np.maximum(x, 0), (0, 1),
     {"where; relu; clip in autograd": 0, "maximum; clip in JAX": 0.5, "clip in torch": 1}),
)  # fmt: skip
for ax, (name, f, (low, high), answers) in zip(axes, KINKS, strict=True):
    ax.fill_between(x, low * x, high * x, color="0.9", label="every slope between the two sides")
    ax.plot(x, f(x), color="0.2", linewidth=4, alpha=0.5, label="the curve")
    styles = zip(("-", "--", ":"), ("#0072b2", "#d55e00", "#009e73"), strict=True)
    for (who, s), (style, color) in zip(answers.items(), styles, strict=False):
        ax.plot(x, s * x, style, color=color, linewidth=2, label=f"slope {s:g}: {who}")
    ax.set(title=f"{name} at 0", xlabel="x", ylim=(-1.05, 1.05), xticks=(-1, -0.5, 0, 0.5, 1))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=9)
plt.show()

# %% [markdown]
# Ties are kinks too: the largest of two equal numbers. Again several answers, even within torch.

# %%
side_by_side(
    {
        "max": (
            "by_torch(torch.max, [1.0, 1.0])",
            "by_jax(jnp.max, [1.0, 1.0])",
            "by_autograd(anp.max, [1.0, 1.0])",
        ),
        "max along an axis": (
            "by_torch(lambda x: x.max(0).values, [1.0, 1.0])",
            "by_jax(lambda x: x.max(0), [1.0, 1.0])",
            "by_autograd(lambda x: anp.max(x, 0), [1.0, 1.0])",
        ),
        "the last after sorting": (
            "by_torch(lambda x: x.sort().values[-1], [1.0, 1.0])",
            "by_jax(lambda x: jnp.sort(x)[-1], [1.0, 1.0])",
            "by_autograd(lambda x: anp.sort(x)[-1], [1.0, 1.0])",
        ),
    },
    globals(),
)

# %% [markdown]
# **Exercise 6.1.** Somebody's framework is asked for the slope of max(x, 0) at 0. Which of these answers are choices
# that it may make: -0.5, 0, 0.3, 1, 1.5? Hand in a list of the possible ones, the smallest first.

# %%
answer = ...

# %%
check("6.1", answer)

# %% [markdown]
# ## The referee
#
# Who decides? Not a majority of frameworks. `compare` asks each of them, and a *referee* that is none of them: it
# evaluates f itself in fifty digits, a little to the left, a little to the right, and across, and so finds the
# one-sided slopes. Then each answer gets a verdict.

# %%
print(compare(np.abs, 0.0))


# %% [markdown]
# Read the line of the referee first: from the left -1, from the right 1, so it is a kink. Each answer lies between
# the two and is a **convention**. Where all give the very middle, as with `maximum`, nobody chose a side: **agree**.


# %%
def ramp(x):
    return np.maximum(x, 0)


print(compare(ramp, 0.0))


# %% [markdown]
# The next function is smooth, (1 - cos x) / x², close to 0. All three frameworks return the same number, and it is
# far off:


# %% tags=["varies"]
def cosine_quotient(x):
    return (1 - np.cos(x)) / x**2


print(compare(cosine_quotient, 1e-7))

# %% [markdown]
# Three times the same, and no digit of it is right. The frameworks used the right rule; but 1 - cos(1e-7) subtracts
# two numbers that agree in nearly all their digits, already in f. That is **inaccurate**: change f, not the
# framework. Near 0 the series 1/2 - x²/24 keeps its digits:

# %% tags=["varies"]
print(compare(lambda x: 0.5 - x**2 / 24, 1e-7))

# %% [markdown]
# ## When choices add up to a fault
#
# log(1 + exp(x)) overflows for large x, so people write it as max(x, 0) + log(1 + exp(-|x|)). The two have the same
# values, and the function is smooth at 0. But its two parts have a kink there, and each part's kink is a choice:

# %%
side_by_side(
    {
        "softplus, the stable form": (
            "by_torch(lambda x: torch.relu(x)\n  + torch.log1p(torch.exp(-x.abs())), 0.0)",
            "by_jax(lambda x: jnp.maximum(x, 0)\n  + jnp.log1p(jnp.exp(-jnp.abs(x))), 0.0)",
            "by_autograd(lambda x: anp.maximum(x, 0)\n  + anp.log1p(anp.exp(-anp.abs(x))), 0.0)",
        )
    },
    globals(),
)

# %% [markdown]
# **Exercise 6.2.** Two say 0 and one says 0.5. Do not vote. Compute the slope of log(1 + exp(x)) at 0 on paper, or
# from two values of it left and right of 0.

# %%
answer = ...

# %%
check("6.2", answer)


# %% [markdown]
# The comparison, with one NumPy function for all, so with `maximum` in torch too. What the referee contradicts is
# **differ**: not a choice, for there is only one slope.


# %%
def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


print(compare(softplus, 0.0))

# %% [markdown]
# JAX chose 0.5 for `maximum` and 1 for `abs`. Both are fine, and 0.5 - 0.5 · 1 = 0 is not. The library function is
# safe (`torch.nn.functional.softplus`, `jax.nn.softplus`, `np.logaddexp(0, x)`), because its rule was written for the
# whole:

# %%
print(compare(lambda x: np.logaddexp(0, x), 0.0))

# %% [markdown]
# ## NaN from a road not taken
#
# `where` chooses values. Both branches are computed, and the slope of the one that was not taken is multiplied by 0.
# If that slope is infinite or NaN, the product is NaN:

# %%
side_by_side(
    {
        "root where positive": (
            "by_torch(lambda x: torch.where(x > 0, torch.sqrt(x), 0.0).sum(), [4.0, -1.0])",
            "by_jax(lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0).sum(), [4.0, -1.0])",
            "by_autograd(lambda x: anp.sum(anp.where(x > 0, anp.sqrt(x), 0.0)), [4.0, -1.0])",
        ),
        "root of a square": (
            "by_torch(lambda x: torch.sqrt(x**2), 0.0)",
            "by_jax(lambda x: jnp.sqrt(x**2), 0.0)",
            "by_autograd(lambda x: anp.sqrt(x**2), 0.0)",
        ),
        "norm of zeros": (
            "by_torch(torch.linalg.norm, [0.0, 0.0])",
            "by_jax(jnp.linalg.norm, [0.0, 0.0])",
            "by_autograd(anp.linalg.norm, [0.0, 0.0])",
        ),
        "x to the 0.0": (
            "by_torch(lambda x: x**0.0, 0.0)",
            "by_jax(lambda x: x**0.0, 0.0)",
            "by_autograd(lambda x: x**0.0, 0.0)",
        ),
        "product with a zero": (
            "by_torch(torch.prod, [2.0, 0.0, 3.0])",
            "by_jax(jnp.prod, [2.0, 0.0, 3.0])",
            "by_autograd(anp.prod, [2.0, 0.0, 3.0])",
        ),
    },
    globals(),
)


# %% [markdown]
# In the first line all three say NaN. At -1 the function is 0 all around, and its slope is 0. **Three frameworks that
# say the same prove nothing**; the referee sees it:


# %%
def root_where_positive(x):
    return np.where(x > 0, np.sqrt(x), 0.0)


POINT = np.array([4.0, -1.0])
print(compare(lambda x: np.sum(root_where_positive(x)), POINT))

# %% [markdown]
# The same function without the sum is elementwise, and there `compare` asks for the slope at each point. JAX and
# autograd then go *forward* through f (they carry slopes along with the values, and `where` picks between finished
# slopes), torch goes backward as always. So which of them says NaN depends on the direction, too:

# %%
print(compare(root_where_positive, POINT))

# %% [markdown]
# ### The safe form: where twice
#
# Make the argument harmless **before** the dangerous function sees it, and choose afterwards:


# %%
def safe_root(x):
    harmless = np.where(x > 0, x, 1.0)  # what sqrt sees is positive at every point
    return np.where(x > 0, np.sqrt(harmless), 0.0)


for name in BACKENDS:
    print(f"{name:9}", gradient(lambda x: np.sum(safe_root(x)), POINT, backend=name))

# %% [markdown]
# **Exercise 6.3.** Do it for the logarithm of x · (x + 1), to be taken where x > 0 only. At x = -1 the unsafe form is
# NaN. Write `safe`, which is x where x > 0, and harmless elsewhere.


# %%
def safe(x):
    return ...


def gradients(safe, point=POINT):
    """The gradient of the sum of log(s · (s + 1)) where x > 0, with s = safe(x), on each backend."""
    if safe(point) is ...:
        return ...

    def total(x):
        s = safe(x)
        return np.sum(np.where(x > 0, np.log(s * (s + 1)), 0.0))

    return [gradient(total, point, backend=name) for name in BACKENDS]


print("unsafe:", gradients(lambda x: x))

# %%
check("6.3", gradients(safe))

# %% [markdown]
# ## Where it ran
#
# A right number can still come from the wrong place. A cheap way to see it without a GPU is JAX's virtual CPUs: this
# notebook has two, and asks for the second.

# %%
second = jax.device_put(jnp.arange(3.0), jax.devices("cpu")[1])
print("x lies on:             ", second.device)
for name, f in {"sum(x**2)": lambda x: jnp.sum(x**2), "sum(x)": jnp.sum, "x[0]": lambda x: x[0]}.items():
    hand, ours = jax.grad(f)(second), gradient(f, second)
    print(f"slope of {name:9} lies on: by hand {hand.device}, by multigrad {ours.device}")

# %% [markdown]
# The gradient of a sum is a vector of ones, which needs no x to compute. JAX makes it on its first device, wherever x
# is. Nothing is wrong with the number. It is only not where you asked. multigrad makes what it returns where x lies.
#
# torch makes the ones where x lies. Its `meta` device holds shapes and no values, and so every tensor that strays is
# an error or is seen by the audit. What f makes without naming a device lies on the CPU:

# %%
shapes = torch.empty(3, device="meta")
made = {"torch.ones(3)": torch.ones(3), "torch.ones_like(x)": torch.ones_like(shapes)}
print("x lies on", shapes.device, {name: str(each.device) for name, each in made.items()})
print("slope of sum(x): by hand", end=" ")
recorded = shapes.clone().requires_grad_()
recorded.sum().backward()
print(f"{recorded.grad.device}, by multigrad {gradient(torch.sum, shapes).device}")
print(compare(lambda x: np.sum(x * np.ones(3)), np.arange(3.0), "meta"))

# %% [markdown]
# Two backends are not there, and say so: *unavailable* is never counted as agreement. And where is `np.ones(3)`,
# which f made? With multigrad it follows x; *agree* says that nothing lay elsewhere. On `meta` that is all there is
# to judge.
#
# **Exercise 6.4.** In hand-written torch, x is on `"cuda"`, and f computes `(x * torch.arange(3.0)).sum()`. On which
# device does `torch.arange(3.0)` lie? Hand in the word.

# %%
answer = ...

# %%
check("6.4", answer)

# %% [markdown]
# ### No GPU here
#
# The usual line, `if torch.cuda.is_available(): x = x.to("cuda")`, falls back without a word, and a program that was
# meant for the GPU runs for hours on the CPU. Asked for the device by name, the frameworks raise an error, and so
# does `slope`: it runs where you asked, or says that it cannot.

# %%
side_by_side({"on the GPU": ('torch.tensor(3.0, device="cuda")', 'jax.devices("cuda")', "")}, globals())

# %%
for name in BACKENDS:
    try:
        print(name, slope(lambda x: x**2, 3.0, "cuda", backend=name))
    except DeviceUnavailable as error:
        print(f"{name}: {error}")

# %% [markdown]
# ## A report
#
# One function at one point is a comparison. A catalogue of some 860 functions is a report: `multigrad report` runs it
# all, `multigrad report --family kinks` a part, `run_suite` does it from Python. Twelve kinks, in float64:

# %%
SCENARIOS = (
    "absolute value at 0", "square of the absolute value", "sign at 0", "relu by maximum", "relu by where",
    "relu by clip", "clip at the upper bound", "clip with equal bounds", "maximum of two curves that touch",
    "root of a square", "x to the 0 at 0", "sinc at 0",
)  # fmt: skip
record = run_suite(["kinks"], BACKENDS, dtypes=["float64"], scenarios=SCENARIOS)

print(f"{'':34}{''.join(f'{name:>19}' for name in BACKENDS)}")
for case in record["cases"]:
    cells = (f"{float(row['slope']):g} {row['verdict']}" for row in case["rows"])
    print(f"{case['scenario']:34}{''.join(f'{cell:>19}' for cell in cells)}")

# %%
for name in BACKENDS:
    verdicts = Counter(row["verdict"] for case in record["cases"] for row in case["rows"] if row["backend"] == name)
    print(f"{name:9}", ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))
print("exit status:", status(record))

# %% [markdown]
# How to read it:
#
# - *agree* and *convention* you know.
# - **known** is a *differ* that is understood. It stands in a table, with its reason and a proof in the framework's
#   own code, and stays in sight: it is never counted as agreement.
# - **Exit status** 0 says that nothing is outside that table. 1 says that there is news: a new difference, or a known
#   one that is gone since you upgraded.
#
# Here are the reasons, and one proof. You need nothing but the framework to run it:

# %%
known = {}
for case in record["cases"]:
    for row in case["rows"]:
        if row["known"]:
            known[case["scenario"], row["backend"]] = row["known"]
for (scenario, backend), entry in known.items():
    print(f"{scenario}, {backend}: {entry['reason']}")

proof = known["x to the 0 at 0", "jax"]["proof"]
print(f"\n{proof}")
exec(proof)
print("the proof ran, and its assertion holds")

# %% [markdown]
# The report also tests itself. An audit that never finds anything proves nothing, so code that strays stands in it on
# purpose, and has to be caught; *misplaced* is its verdict.

# %%
for control in record["controls"]:
    print(f"{control['verdict']:10} {control['name']}")

# %% [markdown]
# **Exercise 6.5.** You upgrade JAX, run the report again, and `x**0.0` at 0 now has the right slope, 0. All other
# answers are as before. Which exit status does the report have?

# %%
answer = ...

# %%
check("6.5", answer)

# %% [markdown]
# ## What differs between frameworks
#
# As printed above. The first column says what is right.
#
# | | truth | torch | JAX | autograd / NumPy |
# |---|---|---|---|---|
# | abs at 0 | anything from -1 to 1 | 0 | 1 | 0 |
# | `maximum(x, 0)` at 0 | anything from 0 to 1 | 0.5 | 0.5 | 0.5 |
# | `relu` at 0 | anything from 0 to 1 | 0 | 0 | has none |
# | `clip(x, 0, 1)` at 0 | anything from 0 to 1 | 1 | 0.5 | 0 |
# | max of two equal numbers | shares that add up to 1 | halves; along an axis the first | halves | halves |
# | max(x, 0) + log(1 + exp(-abs(x))) at 0 | 0.5 | 0 with `relu`, 0.5 with `maximum` | **0** | 0.5 |
# | `where(x > 0, sqrt(x), 0)` at -1, backward | 0 | **NaN** | **NaN** | **NaN** |
# | the same, at each point, by `slope` | 0 | **NaN**, it goes backward | 0 | 0 |
# | norm of zeros | a subgradient, such as 0 | 0 | **NaN** | **NaN** |
# | `x**0.0` at 0 | 0 | 0 | **NaN** | 0 |
# | product with one zero | the product of the others | right | right | **NaN** |
# | gradient of `sum(x)` on the second device | there | there | **on the first** | has no devices |
# | `device="cuda"` without a GPU | an error | an error | an error | has no devices |
