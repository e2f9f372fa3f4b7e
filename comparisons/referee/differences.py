"""Derivatives by differences of f, from the left, from the right and across, in as many digits as it takes.

The step is 2**-67 of x (about 1e-20) and is squared from rung to rung, while the digits grow with it: so each
rung repeats the last with another step and in another precision. What two rungs agree on is a limit, known to
the digits that they agree on; what shrinks or grows from rung to rung with the step is zero or infinite.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import comb, isinf, isnan, nan

from multigrad.comparisons.referee.contexts import Context, Number
from multigrad.comparisons.referee.scalars import to_float

RUNGS = (67, 134, 268, 536, 1072, 1200, 2400)
"""Minus the binary logarithm of the step, relative to x."""

CLIMBED = 4
"""The rungs above are for quotients that are zero: beside 1e300, which cancels later, a small step of a small x
vanishes from all the others."""

GUARD_BITS = 96

ENOUGH_DIGITS = 18.0
"""Two more than float64 has: no more rungs are climbed."""

FEWEST_DIGITS = 9.0
"""With fewer, the last two rungs are not said to agree."""

MOST_DIGITS = 30.0

UNSETTLED = "the differences settle on no slope"

FAR = 2.0**20
"""A quotient that grows or shrinks by as much from rung to rung does so because the step does."""

Sample = Callable[[int, int], Number]
"""(rung, k) -> f at k steps from x, at the precision of that rung."""


def bits_at(rung: int, order: int, beyond: int = 0) -> int:
    """The digits of a rung: what a quotient of that order cancels, and some to spare.

    `beyond` is the binary logarithm of how much smaller the step is than it would be for the size of x.
    """
    return (RUNGS[rung] + beyond) * (order + 1) + GUARD_BITS


@dataclass(frozen=True)
class Limit:
    """What a quotient tends to as the step goes to zero."""

    value: Number
    digits: float


@dataclass(frozen=True)
class Slopes:
    """The derivatives of one entry of f along one direction."""

    left: float
    right: float
    slope: float
    kink: bool
    digits: float
    curvature: float
    """The derivative of the slope, NaN at a kink."""
    note: str


def limit_of(quotients: list[Number], context: Context) -> Limit | None:
    """The limit of quotients from rung to rung; None where they do not tell yet."""
    a, b = quotients[-2], quotients[-1]
    if context.isnan(a) or context.isnan(b):
        return Limit(context.nan, MOST_DIGITS)
    if a == b:
        return Limit(b, MOST_DIGITS)
    if not (context.isinf(a) or context.isinf(b)):
        digits = float(-context.log10(abs(a - b) / max(abs(a), abs(b))))
        if digits >= (ENOUGH_DIGITS if len(quotients) < CLIMBED else FEWEST_DIGITS):
            return Limit(b, min(digits, MOST_DIGITS))
    if len(quotients) < 3:
        return None
    sizes = [abs(q) for q in quotients[-3:]]
    pairs = list(itertools.pairwise(sizes))
    if all(second * FAR <= first for first, second in pairs):
        return Limit(context.zero, MOST_DIGITS)
    if all(second >= first * FAR for first, second in pairs) or _keeps_growing(quotients):
        return Limit(context.inf if b > 0 else context.ninf, MOST_DIGITS)
    return None


def _keeps_growing(quotients: list[Number]) -> bool:
    """As a logarithm does: by more from each rung to the next."""
    if len(quotients) < CLIMBED:
        return False
    growth = [abs(second) - abs(first) for first, second in itertools.pairwise(quotients)]
    return bool(0 < growth[0] < growth[1] < growth[2])


class Quotients:
    """Difference quotients of one entry of f along one direction.

    Parameters
    ----------
    sample
        f at k steps from x.
    exponent : int
        The step is ``2**(exponent - RUNGS[rung])``.
    beyond : int
        How much smaller the exponent is than the binary logarithm of x's size.
    """

    def __init__(self, sample: Sample, exponent: int, order: int, context: Context, beyond: int = 0) -> None:
        self.sample = cache(sample)
        self.exponent = exponent
        self.beyond = beyond
        self.order = order
        self.context = context

    def _bits(self, rung: int) -> int:
        return bits_at(rung, self.order, self.beyond)

    def _over_steps(self, numerator: Number, rung: int, order: int) -> Number:
        return self.context.ldexp(numerator, order * (RUNGS[rung] - self.exponent))

    def _noise(self, rung: int) -> Number:
        """The differences of f that are rounding alone are no greater."""
        if self.context.isinf(self.sample(rung, 0)):
            return self.context.zero
        return self.context.ldexp(abs(self.sample(rung, 0)), GUARD_BITS // 2 - self._bits(rung))

    def one_sided(self, rung: int, sign: int, first: int = 0) -> Number:
        """The derivative from the points ``first .. first + order`` on one side."""
        n = self.order
        terms = [(-1) ** (n - k) * comb(n, k) * self.sample(rung, sign * (first + k)) for k in range(n + 1)]
        numerator = sum(terms)
        if abs(numerator) <= self._noise(rung):
            return self.context.zero
        return sign**n * self._over_steps(numerator, rung, n)

    def across(self, rung: int) -> Number:
        n = self.order
        terms = [(-1) ** k * comb(n, k) * self.sample(rung, n - 2 * k) for k in range(n + 1)]
        return self._over_steps(sum(terms), rung, n) / 2**n

    def curvature(self, rung: int) -> Number:
        """The derivative of the derivative, from the one-sided ones."""
        gap = self.one_sided(rung, 1) - self.one_sided(rung, -1)
        return self._over_steps(gap, rung, 1) / self.order

    def limit(self, quotient: Callable[[int], Number]) -> Limit:
        """The limit of a quotient, climbing only as many rungs as it takes."""
        quotients: list[Number] = []
        known = self._climb(quotient, range(CLIMBED), quotients)
        if known is not None and not any(quotients):
            known = self._climb(quotient, range(CLIMBED, len(RUNGS)), [])
        return known or Limit(self.context.nan, 0.0)

    def _climb(
        self, quotient: Callable[[int], Number], rungs: Iterable[int], quotients: list[Number]
    ) -> Limit | None:
        for rung in rungs:
            with self.context.workprec(self._bits(rung)):
                quotients.append(quotient(rung))
                known = limit_of(quotients, self.context) if len(quotients) > 1 else None
            if known is not None:
                return known
        return None

    def leaps(self, sign: int) -> bool:
        """Whether f(x) is not what f tends to on that side."""
        if self.context.isinf(self.sample(0, 0)):
            return True
        wide, narrow = (abs(self.sample(rung, sign) - self.sample(rung, 0)) for rung in (0, 1))
        # Of two differences that are rounding alone, the wider may be zero by chance.
        return bool(narrow > self._noise(0) and narrow * 1.25 > wide)

    def side(self, sign: int) -> tuple[Limit, bool]:
        """The derivative from one side, and whether f jumps: then it is that of the branch beside x."""
        here = self.sample(0, 0)
        if self.context.isnan(here) or self.context.isnan(self.sample(0, sign)):
            return Limit(self.context.nan, MOST_DIGITS), False
        jump = self.leaps(sign)
        return self.limit(lambda rung: self.one_sided(rung, sign, int(jump))), jump

    def slopes(self) -> Slopes:
        """Everything about this entry."""
        (left, jump_left), (right, jump_right) = self.side(-1), self.side(1)
        jump = (jump_left or jump_right) and not self.context.isinf(self.sample(0, 0))
        digits = min(left.digits, right.digits)
        gone = [bool(self.context.isnan(side.value)) and side.digits > 0 for side in (left, right)]
        low, high = to_float(left.value), to_float(right.value)
        kink = note = None
        if self.context.isnan(self.sample(0, 0)) or all(gone):
            slope, note = nan, "undefined"
        elif any(gone):
            slope, note = (high if gone[0] else low), "one-sided"
        elif isnan(low) or isnan(high):
            slope, digits, note = nan, 0.0, UNSETTLED
        elif jump:
            slope, kink, note = nan, True, "jump"
        else:
            slope, kink = self._joined(left, right)
            note = "infinite slope" if isinf(low) or isinf(high) else "kink" if kink else ""
        smooth = not note
        curvature = to_float(self.curvature(1)) if smooth else nan
        return Slopes(low, high, slope, bool(kink), digits, curvature, note)

    def _joined(self, left: Limit, right: Limit) -> tuple[float, bool]:
        """The slope from both sides, and whether they differ."""
        a, b = left.value, right.value
        if self.context.isinf(a) or self.context.isinf(b):
            return (to_float(a), False) if a == b else (nan, True)
        if not self._close(a, b, min(left.digits, right.digits)):
            return nan, True
        middle = (a + b) / 2
        if self.order > 1:
            across = self.limit(self.across)
            if not self._close(across.value, middle, min(across.digits, left.digits, right.digits)):
                return nan, True  # a kink of a lower order: both sides are smooth, but they do not join
        return to_float(middle), False

    def _close(self, a: Number, b: Number, digits: float) -> bool:
        # As many digits as are known, less two: one-sided quotients of a rung are off to opposite sides.
        if a == b:
            return True
        if self.context.isinf(a) or self.context.isinf(b):
            return False
        return bool(abs(a - b) <= 10.0 ** (2 - digits) * max(abs(a), abs(b)))


__all__ = ["RUNGS", "UNSETTLED", "Limit", "Quotients", "Slopes", "bits_at"]
