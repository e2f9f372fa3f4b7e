"""Which of NumPy's functions differentiate on which backend, found by running them: docs/numpy_coverage.md.

    python -m multigrad.testing.numpy_coverage [docs/numpy_coverage.md]

Value and gradient of every call in `numpy_calls` are compared with the referee, who evaluates the same call in
many digits; where it cannot, with central differences of NumPy itself, and the page says so.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import multigrad.array.functions  # noqa: F401  fills the table
from multigrad import MultigradError, value_and_gradient
from multigrad.array.table import FUNCTIONS
from multigrad.comparisons.referee import referee
from multigrad.testing.differences import jacobian
from multigrad.testing.numpy_calls import Array, Call, calls

BACKENDS = ("autograd", "torch", "jax")
RIGHT = "✓"
DIFFERENCES = "central differences"
LONGEST = 110


@dataclass(frozen=True)
class Truth:
    """What is right, by whom it is known, and how near an answer has to come, relative to its largest entry."""

    value: float
    gradient: Array
    source: str
    tolerance: float

    def judge(self, value: float, gradient: Array) -> str:
        """A tick, or what is wrong."""
        for got, want in ((value, self.value), (gradient, self.gradient)):
            allowed = self.tolerance * max(1.0, float(np.max(np.abs(want), where=np.isfinite(want), initial=0.0)))
            if not np.allclose(got, want, 0, allowed, equal_nan=True):
                return f"wrong: {np.round(got, 6)}, expected {np.round(want, 6)}".replace("\n", "")
        return RIGHT


def by_differences(call: Call) -> Truth:
    """The truth by differences of the eighth order on plain NumPy."""
    with np.errstate(all="ignore"):
        value = float(call.f(call.x.copy()))
        return Truth(value, jacobian(lambda x: call.f(x.copy()), call.x), DIFFERENCES, 1e-7)


def by_referee(call: Call) -> Truth:
    """The truth by f itself in many digits, where that can be had."""
    judged = referee(call.f, call.x, operator="gradient")
    if judged.source != "mpmath" or judged.slope is None or judged.value is None or judged.array_mismatch:
        return by_differences(call)
    return Truth(float(judged.value), judged.slope, judged.source, 1e-10)


def answer(call: Call, truth: Truth, backend: str) -> str:
    """What one backend makes of a call: a tick, the error, or what is wrong."""
    try:
        with np.errstate(all="ignore"):
            value, gradient = value_and_gradient(call.f, call.x.copy(), backend=backend)
    except MultigradError as error:
        said = str(error).partition(";")[0]
        return f"{type(error).__name__}: {said if len(said) <= LONGEST else said[:LONGEST] + '…'}"
    except Exception as error:  # noqa: BLE001  whatever it is belongs on the page
        return f"wrong: {type(error).__name__}: {error}"[:LONGEST]
    return truth.judge(value, gradient)


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    function: str
    cells: tuple[str, ...]
    note: str

    def __str__(self) -> str:
        cells = (cell.replace("|", "\\|") for cell in (f"`{self.function}`", *self.cells, self.note))
        return f"| {' | '.join(cells)} |"


def row(function: str, of_it: Sequence[Call]) -> Row:
    """All calls of one function, on every backend."""
    truths = [by_referee(call) for call in of_it]
    cells = []
    for backend in BACKENDS:
        found = [answer(call, truth, backend) for call, truth in zip(of_it, truths, strict=True)]
        cells.append(next((cell for cell in found if cell != RIGHT), RIGHT))
    notes = [] if any(np.any(truth.gradient) for truth in truths) else ["slope 0 wherever there is one"]
    if any(truth.source == DIFFERENCES for truth in truths):
        notes.append(f"judged by {DIFFERENCES}")
    return Row(function, tuple(cells), "; ".join(notes))


def grouped() -> dict[str, list[Call]]:
    """The calls of each function, by name."""
    found: dict[str, list[Call]] = {}
    for call in calls():
        found.setdefault(call.function, []).append(call)
    return dict(sorted(found.items()))


def without_derivative() -> list[str]:
    """Names of the functions that the array answers for, and of which no call is differentiated."""
    named = {f"{f.__module__}.{f.__name__}".replace("numpy", "np", 1) for f in FUNCTIONS if callable(f)}
    ufuncs = {f"np.{f.__name__}" for f in vars(np).values() if isinstance(f, np.ufunc)} - {"np.isnat"}
    return sorted((named | ufuncs) - grouped().keys() - {"np.amax", "np.amin"})


HEAD = """# NumPy's functions and their derivatives

Written by `python -m multigrad.testing.numpy_coverage`, which calls every function below on every backend, and
compares value and gradient with the referee: the same call in some seventy digits. What does not stand here is a
`NotDifferentiable`. Functions of SciPy (`scipy.special`) are not listed.

{right} of {all} functions are right on all three backends.

| function | autograd | torch | jax | note |
|---|---|---|---|---|
"""
TAIL = """
## Without a derivative

These answer with positions, counts, truths, shapes or text, or have integers for operands. They work on
what is recorded, wherever the backend has a value, and no derivative passes through them:

"""


def page(rows: Iterable[Row]) -> str:
    """The document."""
    rows = list(rows)
    right = sum(set(row.cells) == {RIGHT} for row in rows)
    listed = ", ".join(f"`{name}`" for name in without_derivative())
    table = "\n".join(map(str, rows))
    return HEAD.format(right=right, all=len(rows)) + f"{table}\n{TAIL}{textwrap.fill(listed, LONGEST)}\n"


def main(arguments: Sequence[str]) -> None:
    written = page(row(function, of_it) for function, of_it in grouped().items())
    if arguments:
        Path(arguments[0]).write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)


if __name__ == "__main__":
    main(sys.argv[1:])
