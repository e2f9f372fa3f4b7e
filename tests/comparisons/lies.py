"""The lies: what each is, on which scenario it is told, and the verdict that catches it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from multigrad.backends import Backend
from multigrad.comparisons.scenario import Scenario
from multigrad.errors import NotDifferentiable
from tests.comparisons.liars import (
    Tell,
    answering,
    doing,
    liar,
    native_slope,
    native_value,
    raising,
    remembered,
    reverse_mode,
    row,
    rule,
    slope,
    value,
    with_method,
)

# Where they are told ---------------------------------------------------------------------------------

POINTS = np.array([-2.0, -0.5, 0.3, 1.7, 30.0])
WEIGHTS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]])
MATRIX = np.array([[0.2, -1.0, 0.7], [1.5, 0.3, -0.4], [0.9, 2.0, 1.1]])
LINE = np.array([0.5, -1.2, 2.3, 0.1])


def cubic(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def waves(x):
    return np.sin(3 * x) * np.exp(x / 4) + x


def bent(x):
    return np.maximum(2 * x, 3 * x)


SCENARIOS = {
    each.name: each
    for each in (
        Scenario("cubic", cubic, np.array(-2.0)),
        Scenario("waves", waves, POINTS),
        Scenario("waves, single", waves, POINTS.astype(np.float32)),
        Scenario("waves, curvature", waves, np.array(0.3), order=2),
        Scenario("even", lambda x: x**2 * 2, np.array([1.0, 2.0, 4.0])),
        Scenario("tiny slope", lambda x: x * 1e-12, np.array(2.0)),
        Scenario("quadratic form", lambda x: np.sum(WEIGHTS * x**2), MATRIX, "gradient"),
        Scenario("product of matrices", lambda x: np.sum(WEIGHTS * (x @ x)), MATRIX, "gradient"),
        Scenario("power", lambda x: np.sum(x**3), LINE, "gradient"),
        Scenario("broadcast", lambda x: np.sum(WEIGHTS * x), LINE[:3], "gradient"),
        Scenario("sums", lambda x: np.sum(np.cos(x)) ** 2, LINE, "gradient"),
        Scenario("long", lambda x: np.sum(np.sin(x) * np.arange(100)), np.linspace(-2, 3, 100), "gradient"),
        Scenario("cumsum", lambda x: np.sum(np.cumsum(x) * LINE), LINE[::-1].copy(), "gradient"),
        Scenario("sorted", lambda x: np.sum(np.sort(x) * LINE), LINE, "gradient"),
        Scenario("largest", lambda x: np.max(x) ** 2, LINE, "gradient"),
        Scenario("chosen", lambda x: x[np.argmax(x)] ** 2, LINE, "gradient"),
        Scenario("taken apart", lambda x: x[1] ** 2 * x[2] + np.exp(x[0]), LINE, "gradient"),
        Scenario("branches", lambda x: np.where(x > 0, np.sin(x), x**2), LINE),
        Scenario("clipped", lambda x: np.clip(x, -1.0, 1.0) * x, LINE),
        Scenario("steps", lambda x: np.floor(x) * x, LINE),
        Scenario("quotient", lambda x: np.exp(x) / (1 + x**2), LINE),
        Scenario("root", lambda x: np.sqrt(1 + x**2), LINE),
        Scenario("exp2", lambda x: np.exp2(x), LINE),
        Scenario("degrees", lambda x: np.sin(np.deg2rad(x)), LINE),
        Scenario("tanh", lambda x: np.tanh(x) * x, LINE),
        Scenario("angle", lambda x: np.arctan2(np.cos(x), x), LINE),
        Scenario("magnitudes", lambda x: np.abs(x) * x, LINE),
        Scenario("complex", lambda x: np.imag((1 + 2j * x) ** 2 * (2 + x)), LINE),
        Scenario("far from the kink", np.abs, np.array(1e-3)),
        Scenario("nothing", lambda x: np.sum(LINE), LINE, "gradient"),
        Scenario("absolute value", np.abs, np.array(0.0)),
        Scenario("half", lambda x: np.maximum(x, 0), np.array(0.0)),
        Scenario("bent", bent, np.array(0.0)),
        Scenario("tie", lambda x: np.max(x), np.array([2.0, 2.0, 1.0]), "gradient"),
        Scenario("upright", np.sqrt, np.array(0.0)),
        Scenario("jump", lambda x: np.floor(x) + x, np.array(2.0)),
        Scenario("alone", lambda x: np.sqrt(-np.abs(x)), np.array(0.0)),
        Scenario("outside", np.sqrt, np.array(-1.0)),
        Scenario("partly outside", np.sqrt, np.array([-1.0, 4.0])),
        Scenario("cancelling", lambda x: (1 - np.cos(x)) / x**2, np.array(1e-2)),
    )
}

HONEST = {
    ("tie", "torch"): "convention",
    ("cancelling", "autograd"): "inaccurate",
    ("cancelling", "torch"): "inaccurate",
}
"""What an honest backend gets; where nothing is said, agree."""


def families() -> dict[str, tuple[Scenario, ...]]:
    return {"lies": tuple(SCENARIOS.values())}


def scenario(name: str) -> Scenario:
    return SCENARIOS[name]


# What is told ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lie:
    """One way of being wrong."""

    name: str
    told_on: str
    tell: Tell
    caught: str = "differ"
    by: tuple[str, ...] = ("autograd", "torch")
    """The backends whose twin tells it."""
    device: str = "cpu"


def changed_at(index: Any, factor: float) -> Tell:
    def change(s, x):
        s = s.copy()
        s[index] *= factor
        return s

    return slope(change)


def set_at(index: Any, number: float) -> Tell:
    def change(s, x):
        s = s.copy()
        s[index] = number
        return s

    return slope(change)


def where(condition: Any, factor: float) -> Tell:
    return slope(lambda s, x: np.where(condition(s, x), factor * s, s).astype(s.dtype))


def difference_quotient(f: Any, h: float) -> Tell:
    return slope(lambda s, x: (f(x + h) - f(x - h)) / (2 * h))


def elsewhere(liar: Backend, x: Any, device: str) -> Any:
    return liar.move(x, liar.device(device))


def forgetful(m: Any, a: Any, b: Any) -> Any:
    """A product, of which a constant factor is forgotten."""
    return b if isinstance(a, int) else a if isinstance(b, int) else m.multiply(a, b)


def constants_astray(liar: Backend) -> None:
    """What f brings along lies on the first CPU, uncommitted: JAX moves such arrays where they are needed, and says
    nothing."""
    import jax

    from_host = liar.from_host

    def lying(array: Any, device: Any) -> Any:
        if array.ndim < 2:
            return from_host(array, device)
        with jax.default_device(liar.device("cpu")):
            return jax.numpy.asarray(array)

    liar.from_host = lying  # type: ignore[method-assign]  # this instance's


def on_the_first(liar: Backend) -> None:
    """Whatever is asked for, host data goes to the first CPU."""
    from_host = liar.from_host
    liar.from_host = lambda array, device: from_host(array, liar.device("cpu"))  # type: ignore[method-assign]


class Unknown(Exception):
    """An exception that nobody has heard of."""


def torch_default_dtype() -> None:
    import torch

    torch.set_default_dtype(torch.float64)


def torch_grad_mode() -> None:
    import torch

    torch.set_grad_enabled(False)


def jax_x64() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)


RNG = np.random.default_rng(4)
JAX = ("jax",)

LIES = (
    # Numbers
    Lie("times 2.001", "cubic", slope(lambda s, x: 2.001 * s), by=("autograd", "torch", "jax")),
    Lie("off by one part in 1e6", "cubic", slope(lambda s, x: s * (1 + 1e-6))),
    Lie("off by one part in 1e9", "cubic", slope(lambda s, x: s * (1 + 1e-9))),
    Lie("off by one part in 1e12", "cubic", slope(lambda s, x: s * (1 + 1e-12))),
    Lie("off by more digits than are lost", "cancelling", slope(lambda s, x: s * (1 + 1e-4))),
    Lie("off by 4096 roundings in single", "waves, single", slope(lambda s, x: s * np.float32(1 + 2.0**-11))),
    Lie("off by a constant 1e-7", "waves", slope(lambda s, x: s + 1e-7)),
    Lie("sign flipped", "cubic", slope(lambda s, x: -s), by=("autograd", "torch", "jax")),
    Lie("zero", "cubic", slope(lambda s, x: 0 * s)),
    Lie("not zero where nothing depends on x", "nothing", slope(lambda s, x: s + 1e-300)),
    Lie("the smallest number for a zero", "quadratic form", changed_at((0, 0), 1 + 1e-11)),
    Lie("first point wrong", "waves", changed_at(0, 1.001)),
    Lie("last point wrong", "waves", changed_at(-1, 1.001)),
    Lie("the smallest of many wrong", "waves", changed_at(2, 1 + 1e-8)),
    Lie("float32 inside", "waves", slope(lambda s, x: s.astype(np.float32).astype(s.dtype))),
    Lie("rounded to 8 digits", "waves", slope(lambda s, x: np.round(s, 8))),
    Lie("noise of 1e-10", "waves", slope(lambda s, x: s * (1 + 1e-10 * RNG.standard_normal(s.shape)))),
    Lie("absolute value", "cubic", slope(lambda s, x: np.abs(s))),
    Lie("wrong for negative x", "waves", where(lambda s, x: x < 0, 2.0)),
    Lie("wrong for large x", "waves", where(lambda s, x: x > 20, 1.01)),
    Lie("wrong in single only", "waves, single", where(lambda s, x: s.dtype == np.float32, 1.01)),
    Lie("clipped, as when training", "cubic", slope(lambda s, x: np.clip(s, -1, 1))),
    Lie("normalised", "quadratic form", slope(lambda s, x: s / np.linalg.norm(s))),
    Lie("small slopes flushed to zero", "tiny slope", slope(lambda s, x: np.where(np.abs(s) < 1e-8, 0, s))),
    Lie("f(x) for its slope", "waves", slope(lambda s, x: waves(x))),
    Lie("a difference quotient, wide", "waves", difference_quotient(waves, 1e-5)),
    Lie("a difference quotient, narrow", "waves", difference_quotient(waves, 1e-8)),
    Lie("reverse mode only", "quadratic form", reverse_mode(lambda s, x: 1.5 * s)),
    # NaN and infinity
    Lie("NaN planted", "waves", set_at(1, np.nan)),
    Lie("NaN everywhere", "cubic", slope(lambda s, x: s * np.nan)),
    Lie("infinity planted", "waves", set_at(1, np.inf)),
    Lie("minus infinity planted", "quadratic form", set_at((1, 1), -np.inf)),
    Lie("NaN hidden where there is no slope", "alone", slope(lambda s, x: np.zeros_like(s))),
    Lie("NaN of f hidden", "outside", value(lambda y, x: np.nan_to_num(y))),
    Lie("NaN of one entry of f hidden", "partly outside", value(lambda y, x: np.nan_to_num(y))),
    Lie("NaN hidden and spread", "partly outside", set_at(1, np.nan)),
    Lie("infinity hidden", "upright", slope(lambda s, x: np.nan_to_num(s, posinf=1e308))),
    Lie("infinity of the wrong sign", "upright", slope(lambda s, x: -s)),
    # Order and shape
    Lie("transposed", "quadratic form", slope(lambda s, x: s.T)),
    Lie("permuted", "waves", slope(lambda s, x: np.roll(s, 1))),
    Lie("reversed", "waves", slope(lambda s, x: s[::-1])),
    Lie("the mean for all", "waves", slope(lambda s, x: np.full_like(s, np.mean(s)))),
    Lie("one entry for all", "waves", slope(lambda s, x: np.full_like(s, s[0]))),
    Lie("an axis too many", "waves", answering(lambda y: y[None])),
    Lie("an axis too many, of one", "cubic", slope(lambda s, x: s[None])),
    Lie("a gradient flattened", "quadratic form", slope(lambda s, x: s.ravel())),
    Lie("one number for a gradient", "quadratic form", slope(lambda s, x: s[0, 0])),
    Lie("an entry too few", "power", slope(lambda s, x: s[:-1])),
    Lie("an entry too few of many", "long", slope(lambda s, x: s[:-1])),
    Lie("two of many exchanged", "long", slope(lambda s, x: s[[1, 0, *range(2, 100)]])),
    Lie("one of many wrong", "long", changed_at(50, 1 + 1e-6)),
    # What the answer is
    Lie("in single, though exact there", "cubic", slope(lambda s, x: s.astype(np.float32)), "failed"),
    Lie("whole numbers", "cubic", slope(lambda s, x: s.astype(np.int64)), "failed"),
    Lie("complex", "cubic", answering(lambda y: y.astype(complex)), "failed"),
    Lie("None for every number", "cubic", answering(lambda y: None), "failed"),
    Lie("objects", "cubic", answering(lambda y: y.astype(object)), "failed"),
    Lie("words", "cubic", answering(lambda y: y.astype(str)), "failed"),
    # At kinks
    Lie("outside the interval", "absolute value", slope(lambda s, x: s + 2)),
    Lie("just outside the interval", "absolute value", slope(lambda s, x: np.full_like(s, -1 - 1e-9))),
    Lie("NaN at a kink", "absolute value", slope(lambda s, x: s * np.nan)),
    Lie("infinite at a kink", "absolute value", slope(lambda s, x: s + np.inf)),
    Lie("halved at a kink", "bent", slope(lambda s, x: s / 2)),
    Lie("both slopes added", "bent", slope(lambda s, x: s * 2)),
    Lie("left for right", "far from the kink", slope(lambda s, x: -s)),
    Lie("a kink where there is none", "far from the kink", slope(lambda s, x: 0 * s)),
    Lie("no share for anybody at a tie", "tie", slope(lambda s, x: 0 * s)),
    Lie("all for everybody at a tie", "tie", slope(lambda s, x: (x == np.max(x)).astype(s.dtype))),
    Lie("a share for who is not in the tie", "tie", slope(lambda s, x: np.full_like(s, 1 / 3))),
    Lie("shares that nearly add up", "tie", slope(lambda s, x: np.array([0.5, 0.5 + 1e-9, 0.0]))),
    Lie("another slope at a jump", "jump", slope(lambda s, x: s + 1)),
    # The value
    Lie("value wrong, slope right", "cubic", value(lambda y, x: y + 1)),
    Lie("value off by one part in 1e9", "waves", value(lambda y, x: y * (1 + 1e-9))),
    Lie("last value wrong", "waves", value(lambda y, x: np.append(y[:-1], 0.0))),
    Lie("value NaN", "cubic", value(lambda y, x: y * np.nan)),
    Lie("value infinite", "cubic", value(lambda y, x: y + np.inf)),
    Lie("value in single", "waves", value(lambda y, x: y.astype(np.float32))),
    Lie("x for f(x)", "waves", value(lambda y, x: x)),
    # What it remembers
    Lie("the answer of the last call", "cubic", remembered(lambda s, last: last)),
    Lie("added to the last, as in .grad", "cubic", remembered(lambda s, last: s + last)),
    # Rules
    Lie("a factor detached", "waves", rule("multiply", lambda m, a, b: m.multiply(a, m.frozen(b)))),
    Lie("a factor of the chain forgotten", "waves", rule("multiply", forgetful)),
    Lie("second derivative of a rule is zero", "waves, curvature", row("sin", lambda m, x: m.add(
        m.frozen(m.sin(x)), m.multiply(m.frozen(m.cos(x)), m.subtract(x, m.frozen(x)))))),
    Lie("broadcasting not summed", "broadcast", rule("multiply", lambda m, a, b: m.divide(m.multiply(a, b), 3.0))),
    Lie("mean for sum", "sums", rule("sum", lambda m, x, axes, keepdims: m.mean(x, axes, keepdims))),
    Lie("degrees for radians", "degrees", rule("deg2rad", lambda m, x: x)),
    Lie("exp2 as if it were exp", "exp2", rule("exp2", lambda m, x: m.divide(m.exp2(x), float(np.log(2))))),
    Lie("position of the largest shifted", "chosen", row("argmax", lambda m, *a: m.subtract(m.argmax(*a), 1))),
    Lie("branches swapped", "branches", rule("where", lambda m, c, a, b: m.where(c, b, a))),
    Lie("slope leaks through a bound", "clipped", rule("clip", lambda m, x, low, high: x)),
    Lie("cumsum backwards", "cumsum", rule("cumsum", lambda m, x, axis:
        m.cumsum(m.getitem(x, (slice(None, None, -1),)), axis))),
    Lie("order of the sort ignored", "sorted", rule("sort", lambda m, x, axis: x)),
    Lie("the largest shares with all", "largest", rule("max", lambda m, x, axes, keepdims: m.mean(x, axes, keepdims))),
    Lie("an index shifted", "taken apart", rule("getitem", lambda m, x, index: m.getitem(x, (index[0] - 1,)))),
    Lie("straight through steps", "steps", rule("floor", lambda m, x: x)),
    Lie("division of integers", "quotient", row("divide", lambda m, a, b: m.floor(m.divide(a, b)))),
    Lie("sign of the quotient rule", "quotient", rule("divide", lambda m, a, b:
        m.multiply(a, m.divide(b, m.frozen(m.multiply(b, b)))))),
    Lie("half of a root forgotten", "root", rule("sqrt", lambda m, x: m.multiply(m.sqrt(x), 2.0))),
    Lie("tanh as the identity", "tanh", rule("tanh", lambda m, x: x)),
    Lie("one argument of two detached", "angle", rule("arctan2", lambda m, a, b: m.arctan2(m.frozen(a), b))),
    Lie("no sign in abs", "magnitudes", rule("absolute", lambda m, x: x)),
    Lie("conjugated", "complex", rule("imag", lambda m, x: m.imag(m.conjugate(x)))),
    Lie("the other order of a product", "product of matrices", rule("matmul", lambda m, a, b:
        m.matmul(m.transpose(a, (1, 0)), b))),
    # Errors
    *(
        Lie(f"raises {type(error).__name__}", "cubic", raising(error), "failed")
        for error in (
            ZeroDivisionError("mine"), KeyError("mine"), MemoryError(), RecursionError("too deep"), StopIteration(),
            NotImplementedError("not yet"), Unknown("mine"), UserWarning("mine"), SystemExit(1),
        )
    ),
    Lie("says that it cannot", "cubic", raising(NotDifferentiable("not today")), "unsupported"),
    Lie("no derivative at all", "cubic", native_slope(lambda liar, s: None), "failed", ("torch", "jax")),
    Lie("no value at all", "cubic", native_value(lambda liar, y: None), "failed", ("torch", "jax")),
    # Devices
    Lie("slope elsewhere", "power", native_slope(lambda b, s: elsewhere(b, s, "cpu")), "misplaced", JAX, "cpu:1"),
    Lie("value elsewhere", "cubic", native_value(lambda b, y: elsewhere(b, y, "cpu")), "misplaced", JAX, "cpu:1"),
    Lie("an intermediate elsewhere", "broadcast", constants_astray, "misplaced", JAX, "cpu:1"),
    Lie("on another than the first", "cubic", native_slope(lambda b, s: elsewhere(b, s, "cpu:1")), "misplaced", JAX),
    Lie("all of it elsewhere", "cubic", on_the_first, "misplaced", JAX, "cpu:1"),
    Lie("wrong and elsewhere", "cubic", native_slope(lambda b, s: elsewhere(b, s + 1, "cpu")), "differ", JAX, "cpu:1"),
    Lie("calls its device meta, to be judged by placement alone", "cubic",
        with_method("device_name", lambda honest, device: "meta"), "failed"),
    # What is not its own
    Lie("changes numpy's error state", "cubic", doing(lambda: np.seterr(all="raise")), "failed", ("torch",)),
    Lie("draws from numpy's random state", "cubic", doing(lambda: np.random.rand()), "failed"),
    Lie("changes torch's default dtype", "cubic", doing(torch_default_dtype), "failed", ("torch",)),
    Lie("changes torch's grad mode", "cubic", doing(torch_grad_mode), "failed", ("torch",)),
    Lie("changes jax's 64-bit switch", "cubic", doing(jax_x64), "failed", JAX),
)  # fmt: skip


# Two that take their process along, on sin alone: by name, for another process to load ---------------


def hangs() -> Backend:
    return liar("autograd", row("sin", lambda m, x: time.sleep(1000)), "hangs")


def crashes() -> Backend:
    return liar("autograd", row("sin", lambda m, x: os._exit(3)), "crashes")
