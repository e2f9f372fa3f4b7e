"""The referee proper: f near x in many digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Literal

import numpy as np

from multigrad.comparisons.referee import arithmetic, plain
from multigrad.comparisons.referee.contexts import Number
from multigrad.comparisons.referee.differences import RUNGS, UNSETTLED, Quotients, Slopes, bits_at
from multigrad.comparisons.referee.evaluation import Evaluation
from multigrad.comparisons.referee.judgement import Array, Directions, Judgement, Settled
from multigrad.comparisons.referee.scalars import exponent_of, to_float

Function = Callable[[Any], Any]
Operator = Literal["slope", "gradient"]

MOST_ENTRIES = 1024
"""In many digits an operation on so many entries takes some 5 ms, and f is evaluated some fifty times."""

MOST_COORDINATES = 64
"""A gradient of more entries is judged along directions instead."""

MOST_DIRECTIONS = 16
ENTRIES_TIMES_DIRECTIONS = 4096

COMBINED = 8
"""Further directions at a kink of a gradient."""

PIECES = 16
"""How many points beside such a kink are tried: each lies on one smooth piece of f."""

MEASURED_COORDINATES = 8
MEASURED_DIRECTIONS = 4
"""Along how many the loss of f's arithmetic is measured: each needs nine derivatives."""

SEED = 20210

ENDLESS = "f does not end in arithmetic as short as the backends': how many digits that loses is unknown"

FARTHEST = 32
"""The binary logarithm of the size from which on a step no longer grows with x."""

PATIENCE = 20.0
"""Seconds after which a weaker referee stands in."""

UNKNOWN = Slopes(np.nan, np.nan, np.nan, kink=False, digits=30.0, curvature=np.nan, note="x is not finite")


class Declined(Exception):
    """There is nothing to judge: f has no slope of the kind asked for, or is no function at all.

    Parameters
    ----------
    reason, note : str
        As in `Judgement`.
    """

    def __init__(self, reason: str, note: str) -> None:
        super().__init__(reason)
        self.reason, self.note = reason, note


def judge(f: Function, x: Array, operator: Operator, order: int, settled: Settled | None = None) -> Judgement:
    """The judgement by differences; without the errors of short arithmetic where it is settled without them.

    Raises
    ------
    Declined
        f is not deterministic, not elementwise, or has another shape than the operator needs.
    TooSlow
        It would take too long.
    Exception
        Whatever f raises.
    """
    evaluation = Evaluation(f, x, PATIENCE)
    try:
        near = _Near(evaluation, operator, order)
        judged = _judged(near)
        if settled is not None and settled(judged):
            return judged
        value_error, slope_error = near.errors(np.asarray(judged.slope))
        return replace(judged, reason=near.limits, arithmetic_error=slope_error, value_error=value_error)
    finally:
        evaluation.close()


def _judged(near: _Near) -> Judgement:
    x, operator = near.x, near.operator
    near.check()
    slopes = near.all_slopes()
    shape = (
        near.value.shape
        if operator == "slope"
        else (len(slopes),)
        if near.directions is not None
        else x.shape
    )

    def field(name: str) -> Array:
        return np.array([getattr(entry, name) for entry in slopes]).reshape(shape)

    slope, kink = field("slope"), field("kink").astype(bool)
    curvature, rounding = np.abs(field("curvature")), np.spacing(np.abs(x))
    if rounding.shape != shape:
        rounding = np.max(rounding, initial=0.0)
    notes = sorted({entry.note for entry in slopes} - {""})
    with np.errstate(over="ignore"):
        return Judgement(
            source="mpmath",
            reason=near.limits,
            value=near.floats(near.value),
            plain=plain.value(near.evaluation),
            slope=slope,
            left=field("left"),
            right=field("right"),
            kink=kink,
            unknown=np.array([entry is UNKNOWN or entry.note == UNSETTLED for entry in slopes], bool).reshape(shape),
            digits=min((entry.digits for entry in slopes), default=30.0),
            sensitivity=np.nan_to_num(curvature * rounding.astype(float) / 2, nan=0.0),
            directions=near.directions,
            combined=near.combined() if np.any(kink) and operator == "gradient" and x.size > 1 else None,
            note=", ".join(notes),
            array_mismatch=plain.mismatch(near.evaluation),
        )


def directions_for(x: Array, most: int = MOST_DIRECTIONS) -> Array:
    """Fixed directions of ones and minus ones."""
    count = max(2, min(most, ENTRIES_TIMES_DIRECTIONS // max(x.size, 1)))
    return np.random.default_rng(SEED).choice([-1.0, 1.0], (count, *x.shape))


class _Near:
    """f near x, by entries of a slope or by directions of a gradient."""

    def __init__(self, evaluation: Evaluation, operator: Operator, order: int) -> None:
        self.x, self.operator, self.order = evaluation.host, operator, order
        self.evaluation = evaluation
        self.floats = self.evaluation.floats
        self.context = self.evaluation.backend.arrays.context
        self.exponents, self.beyond = self._exponents()
        self.value = self._value()
        self.in_place = cache(lambda rung: self.evaluation.at(self.evaluation.x, self._bits(rung)))
        by_directions = operator == "gradient" and self.x.size > MOST_COORDINATES
        self.directions = directions_for(self.x) if by_directions else None
        self.limits = (
            f"x has more than {MOST_COORDINATES} entries: judged along {len(self.directions)} directions"
            if self.directions is not None
            else ""
        )

    def _value(self) -> Array:
        return self.evaluation.at(self.evaluation.x, self._bits(0))

    def _bits(self, rung: int) -> int:
        return bits_at(rung, self.order, self.beyond)

    # What f has to be --------------------------------------------------------------------------------

    def check(self) -> None:
        """Raises Declined where f(x) is not what the operator is for."""
        shape = self.value.shape
        if not _same(self.value, self._value()):
            raise Declined(
                "f is not deterministic: two calls at the same x give different values", "nondeterministic"
            )
        if self.operator == "gradient":
            if self.value.size != 1:
                raise Declined(f"f(x) has the shape {shape}; a gradient is of one number", "not one number")
        elif self.x.ndim and shape != self.x.shape:
            raise Declined(
                f"f(x) has the shape {shape}, x has {self.x.shape}: not a slope", "not elementwise"
            )
        elif self.x.ndim and self.evaluation.mixing and self._mixes():
            raise Declined("an entry of f(x) depends on other entries of x than its own", "not elementwise")

    def _mixes(self) -> bool:
        """Whether moving the entries apart gives other values than moving all of them alike."""
        signs = directions_for(self.x)[0]
        up, down, apart = (
            self._shifted(0, 1, v) for v in (np.ones(self.x.shape), -np.ones(self.x.shape), signs)
        )
        expected = np.where(signs > 0, up, down)
        size = max((abs(entry) for entry in expected.flat if self.context.isfinite(entry)), default=0)
        gaps = (a - b for a, b in zip(apart.flat, expected.flat, strict=True) if self.context.isfinite(a - b))
        return any(abs(gap) > size * self.context.mpf(2) ** (-2 * (RUNGS[0] + self.beyond)) for gap in gaps)

    # Slopes ------------------------------------------------------------------------------------------

    def _exponents(self) -> tuple[Array, int]:
        """The binary logarithm of what each entry is moved by, and how much that of the largest is smaller than it.

        An entry is moved in proportion to its size, and a zero as the largest one; but what is huge moves no
        farther than `FARTHEST`, or a sine there would turn round many times on the way.
        """
        largest = max((exponent_of(entry) for entry in self.x.flat if entry), default=0)
        sizes = np.array([exponent_of(entry) if entry else largest for entry in self.x.flat], dtype=int)
        return np.minimum(sizes, FARTHEST).reshape(self.x.shape), max(0, largest - FARTHEST)

    def _shifted(self, rung: int, k: int, direction: Array, exponents: Array | None = None) -> Array:
        if k == 0:
            return self.in_place(rung)
        bits = self._bits(rung)
        self.evaluation.backend.run_at(bits)  # the shifted point itself is rounded to these
        sizes = self.exponents if exponents is None else exponents
        return self.evaluation.at(self.evaluation.shifted(direction, sizes - RUNGS[rung], k), bits)

    def all_slopes(self) -> list[Slopes]:
        if self.operator == "gradient":
            if self.directions is not None:
                return [self._along(v) for v in self.directions]
            return [self._along(unit) for unit in self._units()]
        ones = np.ones(self.x.shape)

        @cache
        def moved(rung: int, k: int) -> list[Number]:
            return self._shifted(rung, k, ones).ravel().tolist()

        exponents = np.broadcast_to(self.exponents, self.value.shape).ravel().tolist()
        finite = np.broadcast_to(np.isfinite(self.x), self.value.shape).ravel()

        def entry(i: int) -> Slopes:
            return self._slopes(lambda rung, k: moved(rung, k)[i], exponents[i]) if finite[i] else UNKNOWN

        return [entry(i) for i in range(self.value.size)]

    def _units(self) -> Array:
        return np.eye(self.x.size).reshape(self.x.size, *self.x.shape)

    def _along(self, direction: Array) -> Slopes:
        """Of a gradient, with one step for all entries that move."""
        moving = direction != 0
        if not np.all(np.isfinite(self.x[moving])):
            return UNKNOWN
        exponent = int(np.max(self.exponents[moving]))
        exponents = np.full(self.x.shape, exponent)
        return self._slopes(lambda rung, k: self._shifted(rung, k, direction, exponents).item(), exponent)

    def _slopes(self, sample: Callable[[int, int], Number], exponent: int) -> Slopes:
        return Quotients(sample, exponent, self.order, self.context, self.beyond).slopes()

    def combined(self) -> Directions:
        """The smallest and the largest slope along each direction, at x and on the smooth pieces of f around it.

        Those at x are not enough: of ``|a| - |b|`` at (0, 0) along (1, 1) they are zero, and yet (1, -1) and (1, 1)
        are slopes right beside it, each as good a choice as any.
        """
        vectors = directions_for(self.x, COMBINED)
        pieces = np.random.default_rng(SEED).integers(1, 1000, (PIECES, *self.x.shape))
        pieces *= np.random.default_rng(SEED + 1).choice([-1, 1], pieces.shape)
        exponents = np.full(self.x.shape, int(np.max(self.exponents)) - RUNGS[1])

        def beside(step: Array) -> Number:
            bits = bits_at(1, 1, self.beyond)
            self.evaluation.backend.run_at(bits)
            return self.evaluation.at(self.evaluation.shifted(step, exponents, 1), bits).item()

        here = [self._along(v) for v in vectors]
        slopes = [[each.left for each in here], [each.right for each in here]]
        for piece in pieces.astype(object) << (RUNGS[1] - RUNGS[0]):
            start = beside(piece)
            gaps = (beside(piece + v) - start for v in vectors.astype(int).astype(object))
            slopes.append([to_float(self.context.ldexp(gap, -int(exponents.flat[0]))) for gap in gaps])
        return Directions(vectors, np.nanmin(slopes, 0), np.nanmax(slopes, 0))

    # Errors ------------------------------------------------------------------------------------------

    def errors(self, slope: Array) -> tuple[Array, Array]:
        """What right rules in short arithmetic lose, of f(x) and of each slope; at least a rounding."""
        measured, one_each = self._measured(slope)
        losses = [arithmetic.loss(self.evaluation, v, self.order, along) for v, along in measured]
        if not all(loss.known for loss in losses):
            self.limits = "; ".join(filter(None, (self.limits, ENDLESS)))
        value = np.max([loss.value for loss in losses], axis=0) if losses else np.zeros(self.value.shape)
        if self.operator == "slope":
            error = losses[0].slope
        elif one_each:
            error = np.array([loss.slope.item() for loss in losses]).reshape(slope.shape)
        else:
            error = np.full(slope.shape, max(loss.slope.item() for loss in losses))
        rounding = np.finfo(self.x.dtype).eps / 2
        at_least = np.abs(np.nan_to_num(slope, posinf=0.0, neginf=0.0)) * rounding
        return value, np.maximum(error, at_least)

    def _measured(self, slope: Array) -> tuple[list[tuple[Array, Array]], bool]:
        """Directions in which the loss is measured, with the slope along each; and whether they are the slope's own."""
        if self.operator == "slope":
            return [(np.ones(self.x.shape), slope)], True
        if self.x.size <= MEASURED_COORDINATES:
            return list(zip(self._units(), slope.flat, strict=True)), True
        if self.directions is not None:
            return list(zip(self.directions[:MEASURED_DIRECTIONS], slope, strict=False)), False
        return [(v, np.sum(v * slope)) for v in directions_for(self.x, MEASURED_DIRECTIONS)], False


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and all(
        p == q or str(p) == str(q)
        for p, q in zip(a.flat, b.flat, strict=True)  # NaN is as good as NaN
    )


__all__ = ["Declined", "directions_for", "judge"]
