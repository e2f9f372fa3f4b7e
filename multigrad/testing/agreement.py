"""`assert_backends_agree`, and what it says when they do not: who is wrong, by whom, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from multigrad.comparisons.comparison import Comparison, compare
from multigrad.comparisons.report.table import MARKS
from multigrad.comparisons.run import Status
from multigrad.comparisons.scenario import Function
from multigrad.comparisons.verdict import ANSWERED, Row, Verdict
from multigrad.testing.reproduce import nested, one_line

FEW = 4
"""How many entries of an array are shown; of more, the worst one."""

HEADLINES = {
    Verdict.DIFFER: "wrong",
    Verdict.MISPLACED: "on another device",
    Verdict.CONVENTION: "a choice at a kink",
    Verdict.INACCURATE: "digits lost",
}


def assert_backends_agree(
    f: Function,
    x: Any,
    device: object = None,
    backends: Iterable[str] | str | None = None,
    rtol: float | None = None,
    allow: Iterable[str] | str = ("convention",),
) -> Comparison:
    """Fail unless every backend gives the derivative of f at x that the referee gives, on the device asked for.

    Parameters
    ----------
    f, x, device
        As for `multigrad.compare`.
    backends : iterable of str, str or None
        Those named here have to be here. None: all that are; one that is not installed, or lacks the device, is
        passed over. At least one has to answer.
    rtol : float or None
        How far from the referee, relative to its answer, a backend agrees. It stands in place of the usual
        tolerance of 1,024 roundings, whether that is less or more. NaN, a wrong kink and a wrong device it never
        excuses.
    allow : iterable of str or str
        Verdicts that pass beside ``"agree"``: ``"convention"``, ``"inaccurate"``, ``"unsupported"``,
        ``"unavailable"``, and, where you know of a difference and live with it, ``"differ"``, ``"misplaced"`` or
        ``"failed"``.

    Returns
    -------
    Comparison
        What was found.

    Raises
    ------
    AssertionError
        A backend is wrong; the message says which, what the referee says, and the line that shows it again.
    UnknownBackend, NotDifferentiable, ValueError
        As `multigrad.compare`; or a word in `allow` is no verdict.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.testing import assert_backends_agree
    >>> comparison = assert_backends_agree(lambda x: np.sin(x) / x, 1.0)
    >>> assert_backends_agree(np.linalg.norm, np.zeros(2), backends=["autograd"])
    Traceback (most recent call last):
      ...
    AssertionError: gradient of norm at [0, 0], in float64 on cpu: autograd: wrong...
    """
    __tracebackhide__ = True
    found = agreement(f, x, device, backends, rtol, allow)
    found.check()
    return found.comparison


@dataclass(frozen=True)
class Agreement:
    """A comparison, and which of its verdicts pass."""

    comparison: Comparison
    passing: frozenset[Verdict]
    device: str
    """The one that was asked for."""
    reproduce: str
    """The line that shows the comparison again."""

    @property
    def faults(self) -> tuple[Row, ...]:
        """The rows that do not pass."""
        return tuple(row for row in self.comparison.rows if row.verdict not in self.passing)

    @property
    def holds(self) -> bool:
        """Whether every row passes, and one of them is an answer."""
        return not self.faults and any(row.verdict in ANSWERED for row in self.comparison.rows)

    def check(self) -> None:
        """Raise AssertionError unless it holds."""
        __tracebackhide__ = True
        if not self.holds:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        scenario, rows = self.comparison.scenario, self.comparison.rows
        faults = self.faults or rows
        at = _worst(self.comparison, faults)
        lines = [f"{self.comparison.title}, in {scenario.dtype} on {self.device}: {self._headline()}", ""]
        lines += _table([*(_cells(row, at) for row in rows), _referee(self.comparison, at)])
        lines += ["", *(f"{row.backend}: {row.verdict}{': ' if row.reason else ''}{row.reason}" for row in faults)]
        lines += [f"passes here: {', '.join(verdict for verdict in Verdict if verdict in self.passing)}"]
        return "\n".join([*lines, f"reproduce: {self.reproduce}"])

    def _headline(self) -> str:
        if not self.faults:
            return "no backend answered, so nothing was compared"
        groups: dict[str, list[str]] = {}
        for row in self.faults:
            groups.setdefault(HEADLINES.get(row.verdict, str(row.verdict)), []).append(row.backend)
        return "; ".join(f"{_listed(names)}: {said}" for said, names in groups.items())


def agreement(
    f: Function,
    x: Any,
    device: object = None,
    backends: Iterable[str] | str | None = None,
    rtol: float | None = None,
    allow: Iterable[str] | str = ("convention",),
) -> Agreement:
    """What `assert_backends_agree` judges, without the assertion."""
    names = None if backends is None else _words(backends)
    passing = {Verdict.AGREE, *map(_verdict, _words(allow))} | ({Verdict.UNAVAILABLE} if names is None else set())
    comparison = compare(f, x, device, backends=names, rtol=rtol)
    place = _device(comparison)
    line = one_line(f, comparison.scenario.x, None if device is None else place, names, rtol)
    return Agreement(comparison, frozenset(passing), place, line)


def _words(given: Iterable[str] | str) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _verdict(word: str) -> Verdict:
    try:
        return Verdict(word)
    except ValueError:
        raise ValueError(f"allow has {word!r}, which is no verdict; there are: {', '.join(Verdict)}") from None


def _device(comparison: Comparison) -> str:
    """The device that was asked for, as a backend that has it calls it."""
    asked = [outcome.requested for outcome in comparison.outcomes if outcome.status is not Status.UNAVAILABLE]
    return next(iter(asked or (outcome.requested for outcome in comparison.outcomes)), "cpu")


# The table of a message ------------------------------------------------------------------------------

Index = tuple[int, ...]


def _worst(comparison: Comparison, rows: Iterable[Row]) -> Index | None:
    """The entry at which these rows are farthest off, where there are too many to show them all."""
    referee = comparison.referee
    if referee.slope is None or referee.directions is not None or referee.slope.size <= FEW:
        return None
    low = high = referee.slope
    if referee.left is not None and referee.right is not None:
        left, right = (np.where(np.isnan(low), side, low) for side in (referee.left, referee.right))
        low, high = np.fmin(left, right), np.fmax(left, right)
    worst = np.zeros(low.shape)
    for s in (np.asarray(row.slope, np.float64) for row in rows if np.shape(row.slope) == low.shape):
        with np.errstate(all="ignore"):
            off = np.maximum(low - s, s - high) / np.maximum(np.abs(low), np.abs(high))
        fits = ((low <= s) & (s <= high)) | (np.isnan(s) & np.isnan(low))
        worst = np.maximum(worst, np.where(fits, 0, np.nan_to_num(off, nan=np.inf)))
    return tuple(int(k) for k in np.unravel_index(np.argmax(worst), low.shape))


def _cells(row: Row, at: Index | None) -> tuple[str, ...]:
    told = (f"value {_shown(row.value, at)}", f"slope {_shown(row.slope, at)}") if row.slope is not None else ()
    return (f"{MARKS[row.verdict]} {row.verdict}", f"{row.backend} {row.version}".rstrip(), row.device, *told)


def _referee(comparison: Comparison, at: Index | None) -> tuple[str, ...]:
    referee = comparison.referee
    if referee.slope is None:
        return "  referee", referee.source, referee.reason
    slope = f"slope {_shown(referee.slope, at)}"
    if np.any(referee.kink):
        slope = f"slope from the left {_shown(referee.left, at)}, from the right {_shown(referee.right, at)}"
    return "  referee", referee.source, "", f"value {_shown(referee.value, at)}", slope


def _shown(array: Any, at: Index | None) -> str:
    """To the last digit: all entries of a few, else the one that matters."""
    if array is None:
        return "unknown"
    array = np.asarray(array)
    if array.size <= FEW:
        return nested(array)
    if at is not None and len(at) == array.ndim and all(k < n for k, n in zip(at, array.shape, strict=True)):
        return f"[{', '.join(map(str, at))}] {array[at]}"
    return f"of shape {array.shape}"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    columns = range(max(map(len, rows)))
    widths = [max(len(row[k]) for row in rows if k < len(row)) for k in columns]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]


def _listed(names: list[str]) -> str:
    *front, last = names
    return f"{', '.join(front)} and {last}" if front else last


__all__ = ["Agreement", "agreement", "assert_backends_agree"]
