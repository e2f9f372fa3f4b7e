"""No false alarm: honest backends over random programs, and every alarm explained or it is one.

500 programs here; ``MULTIGRAD_PROGRAMS=20000 pytest -s tests/comparisons/test_random_programs.py`` runs as many, and
``MULTIGRAD_PROGRAMS=20000 ... -n 2`` on two processors (pytest-xdist).
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from multigrad import backends
from multigrad.array import Recording, running
from multigrad.comparisons.comparison import Comparison, compared
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.verdict import Verdict
from tests.comparisons.random_programs import M, Program, program

COUNT = int(os.environ.get("MULTIGRAD_PROGRAMS", "500"))
CHUNKS = 10
JAX_EVERY = 125
"""JAX compiles every operation in every shape once, which takes a second for a program."""

GREEN = {Verdict.AGREE, Verdict.CONVENTION, Verdict.INACCURATE}


def verdicts(each: Program) -> Comparison:
    names = ["autograd", "torch"] + ["jax"] * (each.seed % JAX_EVERY == 0)
    with warnings.catch_warnings(action="ignore"):  # of NumPy and the frameworks, about NaN
        return compared(each.scenario(), names)


def is_a_program(each: Program) -> bool:
    """Whether NumPy itself can run it, to a number or to one for each point."""
    scenario = each.scenario()
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            shape = np.shape(scenario.f(scenario.x.copy()))
    except Exception:  # noqa: BLE001  whatever NumPy refuses is no program
        return False
    return shape == (() if each.operator == "gradient" else scenario.x.shape)


# Why an honest backend may be wrong ------------------------------------------------------------------


def out_of_range(each: Program, found: Comparison) -> bool:
    """f itself divides by zero, overflows or leaves its domain on the way, be it in a branch not taken."""
    scenario = each.scenario()
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"), warnings.catch_warnings(action="error"):
            scenario.f(scenario.x.copy())
    except (FloatingPointError, RuntimeWarning):
        return True
    return False


def at_this_point_alone(each: Program, found: Comparison) -> bool:
    """Inside f there is a kink, a jump or an infinite slope right there: 0 times infinity, or two kinks that cancel.

    The chain rule holds for smooth pieces: with one choice at each kink it need not give a slope of the whole.
    """
    push = np.random.default_rng(each.seed).uniform(0.5, 1.5, each.x.shape) * 2.0**-9
    far = push * np.maximum(np.abs(each.x), 1)
    for moved in (each.x + far, each.x - far, each.x * (1 - push)):  # the last: away from both ends of a domain
        if {row.verdict for row in verdicts(replace(each, x=moved.astype(each.x.dtype))).rows} <= GREEN:
            return True
    return False


def lost_in_rounding(each: Program, found: Comparison) -> bool:
    """f is constant, and its slope so small that over all of x it would not change a digit of f(x).

    Or f(x) itself is rounding alone, of which not one digit is right: what a root or a quotient makes of that has
    any slope.
    """
    truth, value, plain = found.referee.slope, found.referee.value, found.referee.plain
    if truth is None or value is None or np.any(truth):
        return False
    if plain is not None and np.all(np.abs(plain - value) > np.abs(value)):
        return True
    eps = np.finfo(each.x.dtype).eps
    moves = [np.abs(row.slope.astype(float) * each.x) for row in found.rows]
    return all(bool(np.all(move <= 16 * eps * np.abs(value))) for move in moves)


def by_a_short_rule(each: Program, found: Comparison) -> bool:
    """All frameworks take the slope of expm1 as expm1(x) + 1, of which few digits are left below zero, then none."""
    truth = found.referee.slope
    if "expm1" not in each.text or truth is None:
        return False
    known = np.isfinite(truth)
    return all(np.all(row.slope == 0) or np.allclose(row.slope[known], truth[known], 1e-2, 0) for row in found.rows)


def zero_times_infinity(each: Program, found: Comparison) -> bool:
    """A rule on the way answers infinity, as that of arcsin at 1 does, for something that does not move at all.

    Only what is not finite is explained so: in NumPy's hands, autograd divides by zero there, forwards or backwards.
    """
    if any(np.all(np.isfinite(row.slope)) for row in found.rows if row.verdict not in GREEN):
        return False
    scenario, adapter = each.scenario(), backends.get("autograd")
    recording = Recording(adapter, adapter.device("cpu"))
    token = running.set(recording)

    def f(x: np.ndarray) -> np.ndarray:
        return recording.lower(scenario.f(recording.lift(x)))

    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            y, pullback = adapter.vjp(f, scenario.x.copy(), nested=False)
            pullback(np.ones_like(y))
            adapter.jvp(f, scenario.x.copy(), np.ones_like(scenario.x), nested=False)
    except FloatingPointError:
        return True
    finally:
        running.reset(token)
    return False


def matrix_of_nan(each: Program, found: Comparison) -> bool:
    """autograd's determinant takes an inverse as well, which LAPACK may refuse where NaN is in the matrix."""
    refusals = [row.reason for row in found.rows if row.slope is None]
    return all("LinAlgError" in reason for reason in refusals) and bool(np.all(np.isnan(found.referee.value)))


REASONS: tuple[Callable[[Program, Comparison], bool], ...] = (
    out_of_range, lost_in_rounding, by_a_short_rule, at_this_point_alone, zero_times_infinity,
)  # fmt: skip


def explanation(each: Program, found: Comparison) -> Callable[[Program, Comparison], bool] | None:
    """The first reason that holds; one alone excuses who did not answer."""
    if any(row.slope is None for row in found.rows):
        return matrix_of_nan if matrix_of_nan(each, found) else None
    with np.errstate(all="ignore"):
        return next((reason for reason in REASONS if reason(each, found)), None)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_honest_backends_raise_no_alarm(chunk: int) -> None:
    counts: Counter[str] = Counter()
    unexplained = []
    for seed in range(chunk, COUNT, CHUNKS):
        each = program(seed)
        if not is_a_program(each):
            counts["no program"] += 1
            continue
        found = verdicts(each)
        if {row.verdict for row in found.rows} <= GREEN:
            counts["green"] += 1
            continue
        reason = explanation(each, found)
        counts[reason.__name__ if reason else "unexplained"] += 1
        if reason is None:
            unexplained.append(f"{each}{found}")
    print(f"\n{sum(counts.values())} programs: {dict(counts)}")
    assert not unexplained, "\n\n".join(unexplained)
    assert counts["green"] > 0.8 * sum(counts.values())  # an alarm that is explained stays an exception


# What once raised a false alarm ----------------------------------------------------------------------

ONCE = {
    "a rule that cancels exactly forwards, and not backwards": (
        lambda x: np.cos(np.std(np.cumsum((x / np.linalg.norm(x)) ** -1))),
        np.array([-0.04555818, 3.20631998, 0.19867529]), "gradient",
    ),
    "a slope of 0 that is 1/x - x/x**2": (
        lambda x: np.log(np.absolute(x / x)), np.array([-1.10458049, -0.59908542, 0.18747082]), "slope"
    ),
    "a tie in single precision": (lambda x: np.exp(np.median(x)), np.array([-1, 0.5, 0.5], np.float32), "gradient"),
    "a jump that no direction but one looks past": (
        lambda x: np.sum(np.outer(M @ np.remainder(x, 0.5), np.roll(x, 1)) * M), np.array([-2.0, 0.5, -2.0]), "gradient"
    ),
    "rounding that looks like a jump": (
        lambda x: np.var(np.cumsum(np.take(np.exp(x), [2, 0, 1]))),
        np.array([0.503055751, -0.454133749, -1.265782], np.float32), "gradient",
    ),
    "a point outside the domain among others": (np.log2, np.array([0.4, -0.4, 1.4]), "slope"),
    "a slope beyond the largest number": (
        lambda x: np.sinh(np.exp2(np.abs(np.expm1(x)) ** 1.7)), np.array([0.37991377, 1.5787931]), "slope"
    ),
    "a cusp": (lambda x: np.sum(np.abs(x) ** 0.686), np.array([0.0, 2.0]), "gradient"),
    "one less the square of what is nearly one": (
        lambda x: np.tanh(np.linalg.norm(x**3)), np.array([1.1, -1.2, 5.6]), "gradient"
    ),
    "a kink minus a kink": (lambda x: np.abs(x[0]) - np.abs(x[1]), np.zeros(2), "gradient"),
    "nothing but rounding, where points may mix": (
        lambda x: np.sin(2 * x / x) if np.sum(x) < 1.7 else x, np.array([-1.91123313, -0.22558339, 1.16001939]), "slope"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE)
def test_what_once_raised_a_false_alarm(name: str) -> None:
    f, x, operator = ONCE[name]
    with warnings.catch_warnings(action="ignore"):
        names = ["autograd", "torch"] + ["jax"] * (name == "a kink minus a kink")
        found = compared(Scenario(name, f, x, operator), names)
    assert {row.verdict for row in found.rows} <= GREEN, str(found)
