"""What becomes of a stranger's function under multigrad: right, a clear error, wrong, or a crash.

The judge differentiates by differences of the function itself, on plain NumPy data, and knows no rule of
differentiation. ``python -m tests.corpus.judge [BACKEND …]`` prints what is not right, and why.
"""

import sys
import warnings
from collections import Counter
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from multigrad import MultigradError, value_and_gradient
from multigrad.testing.differences import first
from tests.corpus.collect import LEAVING, PLAIN, Array, Case, Source

STEPS = [0.0193 / 3.7**k for k in range(6)]
"""In widths of the box. Of odd ratios: no period of f divides two of them."""
TRIES = 4
"""Points that are looked at, until differences are sure of one: no kink, no jump, no rounding in sight."""
MOST = 8
"""Directions: more variables than that are judged along so many random ones, which miss no component."""


class Outcome(StrEnum):
    RIGHT = "right"
    ERROR = "error"
    NAN = "nan"
    """No number where there is one: a framework's own rule multiplies 0 by infinity. `compare` calls it `differ`."""
    WRONG = "wrong"
    CRASH = "crash"


@dataclass(frozen=True)
class Reference:
    """The truth about a case at one of its points."""

    x: Array
    value: float
    directions: Array
    slopes: Array
    errors: Array

    def allows(self, value: float, gradient: Array) -> bool:
        """Whether an answer is as near as the differences can tell; the last term is rounding in f itself."""
        margin = 100 * self.errors + 1e-9 * np.abs(self.slopes) + 1e-11 * abs(self.value)
        near = np.abs(self.directions @ gradient - self.slopes) <= margin
        return bool(np.all(near)) and bool(np.isclose(value, self.value, rtol=1e-9, atol=1e-12))


@cache
def reference(case: Case) -> Reference | None:
    """The first of the case's points where differences of the eighth order settle; None where none does.

    None too for functions of chance, those that give no single number, and those that fail by themselves.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings(), redirect_stdout(None), suppress(Exception):
        warnings.simplefilter("ignore")
        return next(filter(None, (_settle(case, x) for x in case.points(TRIES))), None)
    return None


def _settle(case: Case, x: Array) -> Reference | None:
    value = case.f(x.copy())
    if np.shape(value) != () or not np.isfinite(value) or case.f(x.copy()) != value:
        return None
    directions = np.eye(x.size) if x.size <= MOST else np.random.default_rng(0).normal(size=(MOST, x.size))
    directions = directions * (case.high - case.low)
    slopes, errors = zip(*(_along(case, x, v) for v in directions), strict=True)
    found = Reference(x, float(value), directions, np.array(slopes), np.array(errors))
    sure = 100 * np.max(found.errors) <= 1e-4 * np.max(np.abs(found.slopes))
    return found if sure or not np.any(found.slopes) else None


def _along(case: Case, x: Array, v: Array) -> tuple[float, float]:
    """The slope along v from the two neighbouring steps that agree best, and how well they do."""
    found = np.array([float(first(lambda y: case.f(y.copy()), x, v, step)) for step in STEPS])
    apart = np.abs(np.diff(found))
    best = int(np.argmin(np.where(np.isfinite(apart), apart, np.inf)))
    return float(found[best + 1]), float(apart[best])


def judge(case: Case, backend: str) -> tuple[Outcome, str]:
    """What becomes of a case that has a reference, and what was said or answered."""
    truth = reference(case)
    assert truth is not None, case.name
    try:
        with np.errstate(all="ignore"):
            value, gradient = value_and_gradient(case.f, truth.x.copy(), backend=backend)
    except MultigradError as error:
        return Outcome.ERROR, f"{type(error).__name__}: {error}"
    except Exception as error:  # noqa: BLE001 (whatever else it is, it is a crash)
        return Outcome.CRASH, f"{type(error).__name__}: {error}"
    if truth.allows(value, gradient):
        return Outcome.RIGHT, ""
    if np.isclose(value, truth.value) and np.any(np.isnan(gradient)):
        return Outcome.NAN, f"{gradient}"
    return Outcome.WRONG, f"{value}, {truth.directions @ gradient}; expected {truth.value}, {truth.slopes}"


@cache
def judged(sources: tuple[Source, ...]) -> list[Case]:
    """The cases of which differences are sure."""
    with redirect_stdout(None):  # some constructors talk
        return [case for source in sources for case in source() if reference(case)]


def main(backends: list[str]) -> None:
    """Print every case that is not right, and the counts."""
    for label, sources in (("plain", PLAIN), ("leaving", LEAVING)):
        cases = judged(sources)
        for backend in backends or ["autograd", "torch", "jax"]:
            outcomes = [(case, *judge(case, backend)) for case in cases]
            for case, outcome, said in outcomes:
                if outcome is not Outcome.RIGHT and (label, outcome) != ("leaving", Outcome.ERROR):
                    print(f"{backend:8} {outcome} {case.name}: {said[:300]}")
            print(f"{backend:8} {label} {len(cases)}: {dict(Counter(outcome for _, outcome, _ in outcomes))}")


if __name__ == "__main__":
    main(sys.argv[1:])
