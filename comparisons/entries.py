"""A slope beside the referee's, entry by entry: right, a choice at a kink, digits lost, or wrong.

The argument:

- The referee's slope r is known to far more digits than any backend has. ``|s - r|`` within a thousand
  roundings of r is right.
- A rule that is right still loses digits where f's own arithmetic loses them. How many, the referee measures
  with the right rules in arithmetic as short as the backend's. Within 16 times that error (a backend sums in
  another order than the measurement) digits are lost, and the rule is right.
- Beyond both no rounding explains it: wrong.
- Where the one-sided slopes differ, any number between them is a choice. A number outside is wrong, and so is NaN
  or infinity where both are finite.

Of several derivatives by several entries a kink allows some combinations only (the slopes of ``max(x)`` at a tie
add up to 1): the referee's directions test them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.run import Outcome

Array = npt.NDArray[Any]

ROUNDINGS = 2.0**10
"""How many roundings of the answer count as agreement: 13 digits in float64, 4 in float32."""

ARITHMETIC = 16.0
"""How many times the measured error of right rules in short arithmetic a right backend may be off."""

EPS32 = float(np.finfo(np.float32).eps)


class Kind(IntEnum):
    """What one entry of a slope is, the worse the greater."""

    RIGHT = 0
    CHOICE = 1
    LOST = 2
    WRONG = 3


@dataclass(frozen=True)
class Finding:
    """What an answer is beside the referee's."""

    kinds: frozenset[Kind]
    middle: bool
    """Whether, wherever there was a choice, it is the mean of the one-sided slopes."""
    digits: float
    """How many decimal digits are right, at the worst entry that has a two-sided slope; NaN where none has."""
    reason: str

    @property
    def worst(self) -> Kind:
        return max(self.kinds)


def find(outcome: Outcome, referee: Judgement, eps: float) -> Finding:
    """Judge an answered outcome by a referee that knows the slope.

    Parameters
    ----------
    eps : float
        The rounding of the dtype that was computed in.
    """
    slope = np.asarray(outcome.slope, dtype=np.float64)
    with np.errstate(all="ignore"):
        wrong, as_numpy = value_is_wrong(outcome, referee, eps)
        expected = np.asarray(referee.slope).shape if referee.directions is None else referee.directions.shape[1:]
        if slope.shape != expected:
            wrong = f"its slope has the shape {slope.shape}, the referee's {expected}"
        if wrong:
            return Finding(frozenset((Kind.WRONG,)), False, float("nan"), wrong)
        if referee.directions is not None:
            slope = np.tensordot(referee.directions, slope, slope.ndim)
        entries = Entries(slope, referee, eps)
        kinds = entries.kinds()
        # Entry by entry, or of a gradient at once: what one point loses excuses no other point.
        if np.any(as_numpy):
            kinds = np.where(as_numpy, np.minimum(kinds, Kind.LOST), kinds)
        elif np.all(kinds < Kind.WRONG) and (wrong := entries.impossible_together()):
            return Finding(frozenset((Kind.WRONG,)), False, entries.digits(), wrong)
        return Finding(
            frozenset(map(Kind, np.unique(kinds).tolist())) or frozenset((Kind.RIGHT,)),
            entries.in_the_middle(kinds),
            entries.digits(),
            entries.said(kinds),
        )


def value_is_wrong(outcome: Outcome, referee: Judgement, eps: float) -> tuple[str, Any]:
    """What is wrong with f(x); and where it is not the exact value, but what NumPy makes of f as well.

    Then f over- or underflows, or all its digits cancel: no derivative rule can be blamed for what follows.
    """
    value, truth = np.asarray(outcome.value, np.float64), referee.value
    if truth is None:
        return "", np.False_
    if value.size == truth.size == 1:
        value, truth = value.reshape(()), truth.reshape(())
    if value.shape != truth.shape:
        return f"f(x) has the shape {value.shape} here, and {truth.shape} in the referee's hands", np.False_
    error = 0.0 if referee.value_error is None else referee.value_error.reshape(truth.shape)
    exact = _same(value, truth, np.maximum(ROUNDINGS * eps * np.abs(truth), ARITHMETIC * error))
    plain = truth if referee.plain is None or referee.plain.size != truth.size else referee.plain.reshape(truth.shape)
    bad = np.argwhere(~(exact | _same(value, plain, ROUNDINGS * eps * np.abs(plain))))
    if not len(bad):  # of a number, the place is the empty tuple: such an array has no size
        return "", ~exact
    at = tuple(bad[0])
    return f"f(x){_index(at)} is {value[at]:.10g} here, and {truth[at]:.10g} in the referee's hands", ~exact


def _same(a: Array, b: Array, allowed: Any) -> Any:
    # A share of infinity is infinite: beside it, what is allowed means nothing.
    return (np.isfinite(b) & (np.abs(a - b) <= allowed)) | (a == b) | (np.isnan(a) & np.isnan(b))


class Entries:
    """The entries of one answer beside those of the referee."""

    def __init__(self, slope: Array, referee: Judgement, eps: float) -> None:
        nothing = np.full(slope.shape, np.nan)
        self.slope, self.eps = slope, eps
        dtype = np.finfo(np.float64 if eps < EPS32 else np.float32)
        self.greatest = float(dtype.max)
        self.truth = np.asarray(referee.slope)
        self.left = nothing if referee.left is None else referee.left
        self.right = nothing if referee.right is None else referee.right
        self.low, self.high = np.fmin(self.left, self.right), np.fmax(self.left, self.right)
        self.kink = np.zeros(slope.shape, bool) if referee.kink is None else referee.kink
        self.unknown = np.zeros(slope.shape, bool) if referee.unknown is None else referee.unknown
        self.undefined = _undefined(referee.value, slope.shape)
        self.arithmetic = _known(referee.arithmetic_error, slope.shape) * ARITHMETIC
        self.sensitivity = _known(referee.sensitivity, slope.shape)
        self.combined = referee.combined
        size = np.minimum(np.abs(self.truth), self.greatest)
        largest = np.max(size, where=np.isfinite(self.truth), initial=0.0)
        # Below the smallest number of the dtype there is none but zero.
        self.rounding = ROUNDINGS * eps * size + 4 * eps * largest + float(dtype.smallest_subnormal)
        self.error = self._errors()

    def _errors(self) -> Array:
        """How far off each entry is. Beyond the greatest number of the dtype there is none but infinity."""
        within = self.within(self.slope), self.within(self.truth)
        same_side = np.sign(self.slope) == np.sign(self.truth)
        overflown = np.isinf(self.slope) & np.isfinite(self.truth) & same_side
        found: Array = np.where(overflown, np.abs(within[0] - within[1]), np.abs(self.slope - self.truth))
        return found

    def within(self, x: Array) -> Array:
        """x, and the greatest number of the dtype for what is beyond it."""
        return np.clip(x, -self.greatest, self.greatest)

    def kinds(self) -> npt.NDArray[np.int64]:
        """The kind of each entry."""
        s, truth = self.slope, self.truth
        lost = self.error <= np.maximum(self.rounding, np.maximum(self.arithmetic, ARITHMETIC * self.sensitivity))
        right = (self.error <= self.rounding + self.sensitivity) | ((truth == 0) & lost)
        smooth = np.where(right, Kind.RIGHT, np.where(lost, Kind.LOST, Kind.WRONG))
        finite = [np.where(np.isfinite(side), np.abs(side), 0.0) for side in (self.low, self.high)]
        slack = self.arithmetic + self.rounding_of(np.maximum(*finite))
        low, high = self.within(self.low - slack), self.within(self.high + slack)
        between = (self.within(s) >= low) & (self.within(s) <= high)
        # Beside an infinite slope, as of a cusp, NaN says that there is none: that is one way of choosing.
        upright = np.isinf(self.low) | np.isinf(self.high)
        choice = np.where(between | (upright & np.isnan(s)), Kind.CHOICE, Kind.WRONG)
        # At a jump the difference quotient is infinite and the branches beside it have slopes of their own.
        steep = np.where(s == truth, Kind.RIGHT, choice)
        # Where f(x) is NaN or infinite, which says enough, a rule may go on: that of log answers 1/x. Where only f's
        # surroundings are undefined, nothing says that a number is none.
        nowhere = np.where(self.undefined | np.isinf(s), Kind.CHOICE, Kind.WRONG)
        nowhere = np.where(np.isnan(s), Kind.RIGHT, nowhere)
        without = np.where(np.isnan(self.low), nowhere, np.where(np.isinf(s), Kind.CHOICE, choice))
        cases = [self.kink, np.isfinite(truth), np.isinf(truth)]
        return np.where(self.unknown, Kind.RIGHT, np.select(cases, [choice, smooth, steep], without))

    def rounding_of(self, size: Array) -> Array:
        return ROUNDINGS * self.eps * size

    def impossible_together(self) -> str:
        """What is wrong with the entries of a gradient together, where each alone is possible."""
        if self.combined is None:
            return ""
        along = np.tensordot(self.combined.vectors, self.slope, self.slope.ndim)
        low = np.fmin(self.combined.left, self.combined.right)
        high = np.fmax(self.combined.left, self.combined.right)
        slack = self.rounding_of(np.sum(np.abs(self.slope))) + np.sum(self.arithmetic)
        bad = np.flatnonzero(np.isfinite(along) & ((along < low - slack) | (along > high + slack)))
        if not bad.size:
            return ""
        k = int(bad[0])
        signs = "".join("+" if entry > 0 else "-" for entry in self.combined.vectors[k].ravel())
        return (
            f"each entry is possible, but not all together: along ({signs}) they add up to {along[k]:.10g}, and f has "
            f"slopes from {low[k]:.10g} to {high[k]:.10g} there"
        )

    def in_the_middle(self, kinds: npt.NDArray[np.int64]) -> bool:
        middle = (self.left + self.right) / 2
        near = np.abs(self.slope - middle) <= self.rounding_of(np.abs(self.left) + np.abs(self.right))
        return bool(np.all(near[kinds == Kind.CHOICE]))

    def digits(self) -> float:
        known = np.isfinite(self.truth) & ~self.kink
        if not known.any():
            return float("nan")
        scale = np.where(self.truth == 0, np.max(np.abs(self.truth[known])) or 1.0, np.abs(self.truth))
        worst = np.max(np.where(np.isnan(self.error), np.inf, self.error / scale)[known])
        return float(max(-np.log10(max(worst, 1e-16)), 0.0)) + 0.0  # no minus before zero

    def said(self, kinds: npt.NDArray[np.int64]) -> str:
        """One line on the first entry of the worst kind."""
        if not kinds.size or (worst := int(kinds.max())) == Kind.RIGHT:
            return ""
        at = tuple(int(k) for k in np.argwhere(kinds == worst)[0])
        s, truth = f"{self.slope[at]:.10g}", f"{self.truth[at]:.10g}"
        sides = f"from the left {self.left[at]:.10g}, from the right {self.right[at]:.10g}"
        where = _index(at)
        if worst == Kind.CHOICE:
            return f"slope{where} {s}; {sides}"
        if worst == Kind.LOST:
            return f"slope{where} {s}, exactly {truth}: f's own arithmetic loses the other digits"
        return f"slope{where} {s}; the referee says {sides if self.kink[at] or np.isnan(self.truth[at]) else truth}"


def _undefined(value: Array | None, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Of which entries of a slope f(x) is no number: of each its own, or of a gradient all."""
    if value is None:
        return np.ones(shape, bool)
    gone = ~np.isfinite(value)
    return gone if gone.shape == shape else np.full(shape, gone.all())


def _known(bound: Array | None, shape: tuple[int, ...]) -> Array:
    """A bound on an error; nothing where there is none."""
    if bound is None:
        return np.zeros(shape)
    return np.where(np.isnan(bound), 0.0, bound)


def _index(at: tuple[Any, ...]) -> str:
    return f"[{', '.join(map(str, at))}]" if at else ""
