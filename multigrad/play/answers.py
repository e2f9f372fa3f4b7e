"""What each backend answers for f at one x, in a form that any view can show: numbers, or an error in one line."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from multigrad.backends import BackendInfo
from multigrad.errors import BackendUnavailable
from multigrad.expressions import Function, describe
from multigrad.faces import Face
from multigrad.operators import differentiate, value_and_slope

Number = np.floating[Any]

CLOSE = {"float64": 1e-9, "float32": 1e-4}
"""How far two slopes may lie apart, relative to the larger, and still count as the same: some digits of each."""

SIGNS = {"same": "=", "differs": "≠", "not finite": "!", "raised": "✗", "not installed": "-"}
"""What is said of an answer while x moves -> the sign beside the word. The verdict of `compare` replaces it at rest."""


@dataclass(frozen=True)
class Row:
    """One backend's answer.

    Attributes
    ----------
    value, slope : numpy.floating or None
        None where there is no answer: `error` then says why.
    error : str
        The class of the error and its message, in one line.
    word : str
        Of `SIGNS`, or a verdict.
    """

    backend: str
    version: str = ""
    value: Number | None = None
    slope: Number | None = None
    error: str = ""
    word: str = "same"
    sign: str = "="


def answers(f: Function, x: Number, installed: Iterable[BackendInfo]) -> tuple[Row, ...]:
    """A row for each backend; whatever one raises stands in its own row, and the others answer."""
    return _worded([_answer(f, x, info) for info in installed], CLOSE[x.dtype.name])


def _answer(f: Function, x: Number, info: BackendInfo) -> Row:
    row = Row(info.name, info.version or "")
    if not info.installed:
        return replace(row, error=info.reason, word="not installed")
    try:
        with np.errstate(all="ignore"):  # NaN and infinity are answers, and are shown
            value, slope = map(_one, value_and_slope(f, x, backend=info.name))
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever f or a framework raises is shown
        return replace(row, error=describe(error), word="raised")
    return replace(row, value=value, slope=slope)


def _one(answer: Any) -> Number:
    entries = np.ravel(answer)
    if entries.size != 1:
        raise ValueError(f"f(x) is an array of the shape {np.shape(answer)}; expected one number")
    number: Number = entries[0]
    return number


def _worded(rows: Sequence[Row], close: float) -> tuple[Row, ...]:
    """Each row with its word. Of slopes that are not all the same, none is called right: that is the referee's."""
    given = [row for row in rows if row.slope is not None]
    differ = any(not _same(row, given[0], close) for row in given)
    words = {
        row.backend: "differs" if differ else "same" if np.isfinite(row.slope or 0.0) else "not finite"
        for row in given
    }
    return tuple(
        replace(row, word=word, sign=SIGNS[word]) for row in rows for word in [words.get(row.backend, row.word)]
    )


def _same(a: Row, b: Row, close: float) -> bool:
    """Whether two slopes are the same but for rounding, which grows with the size of f(x) as well."""
    if a.slope is None or b.slope is None or a.value is None:
        return False
    p, q = float(a.slope), float(b.slope)
    if not (np.isfinite(p) and np.isfinite(q)):
        return p == q or (np.isnan(p) and np.isnan(q))
    size = abs(float(a.value))
    return abs(p - q) <= close * max(abs(p), abs(q)) + 1e-5 * close * (size if np.isfinite(size) else 0.0)


def judged(f: Function, x: Number, rows: Sequence[Row]) -> tuple[tuple[Row, ...], str]:
    """The rows with the verdicts of `compare`, and what the referee says, in one line.

    It evaluates f in fifty digits: for when x rests.
    """
    from multigrad.comparisons import compare
    from multigrad.comparisons.report.table import MARKS, lines_below

    names = [row.backend for row in rows if row.word != "not installed"]
    try:
        with np.errstate(all="ignore"):
            comparison = compare(f, x, backends=names)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever f or a framework raises is shown
        return tuple(rows), f"no verdict: {describe(error)}"
    verdicts = {row.backend: row.verdict for row in comparison.rows}
    told = tuple(
        replace(row, word=str(verdicts[row.backend]), sign=MARKS[verdicts[row.backend]])
        if row.backend in verdicts
        else row
        for row in rows
    )
    return told, lines_below(comparison)[0]


# The frameworks' own gradients -----------------------------------------------------------------------


class Accumulator:
    """A real torch tensor ``w``, whose ``.grad`` is added to by every ``backward()``, as torch does.

    It stays the same tensor while x moves, as a parameter does between the steps of an optimizer.
    """

    def __init__(self) -> None:
        self.calls = 0
        self._tensor: Any = None

    @property
    def grad(self) -> Number | None:
        """What ``w.grad`` holds; None before the first backward."""
        grad = None if self._tensor is None else self._tensor.grad
        return None if grad is None else _one(grad.detach().numpy())

    def backward(self, f: Function, x: Number, *, forget: bool) -> None:
        """``f(w).backward()`` at w = x; ``w.grad.zero_()`` before it, unless that is forgotten."""

        def operator(face: Face, f: Function) -> tuple[Any, Any]:
            w = self._placed(face.x)
            if w.grad is not None and not forget:
                w.grad.zero_()
                self.calls = 0
            y = face.call(f, w)
            try:
                y.backward()
            except RuntimeError as error:  # in torch's own words: that f does not depend on w
                return y, error
            return y, None

        with np.errstate(all="ignore"):
            refused = differentiate(f, x, None, "torch", operator, lambda _face, _y, error: error)
        if refused is not None:
            raise refused
        self.calls += 1

    def _placed(self, x: Any) -> Any:
        if self._tensor is None:
            self._tensor = x.detach().clone().requires_grad_()
        else:
            self._tensor.data.copy_(x)
        return self._tensor


def own_gradients(f: Function, x: Number) -> dict[str, str]:
    """``jax.grad`` and autograd's ``grad`` at x, as text: the slope, however often they are called."""
    return {f"{name}.grad": _own_gradient(name, f, x) for name in ("jax", "autograd")}


def _own_gradient(name: str, f: Function, x: Number) -> str:
    def operator(face: Face, f: Function) -> tuple[Any, Any]:
        grad: Callable[[Any], Any] = import_module(name).grad
        with warnings.catch_warnings(action="ignore"):  # autograd warns of an f that does not depend on x
            return face.x, grad(lambda x: face.call(f, x))(face.x)

    try:
        with np.errstate(all="ignore"):
            return shown(_one(differentiate(f, x, None, name, operator, lambda face, _, s: face.slope(s))))
    except BackendUnavailable as error:
        return str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever f or a framework raises is shown
        return describe(error)


def shown(number: Number | float | None) -> str:
    """The shortest digits that give the number back, in its own precision."""
    return "" if number is None else str(number).removesuffix(".0")


__all__ = ["SIGNS", "Accumulator", "Row", "answers", "judged", "own_gradients", "shown"]
