"""How many digits f's own arithmetic loses: right derivative rules in arithmetic as short as a backend's.

What separates a right rule in bad arithmetic from a wrong rule is that the former goes wrong here too. They
run once in many digits and once each in 49 to 56 bits (20 to 27 for float32): several, since the error of one
run may be small by luck. And every other run is shaken (`arrays.Arrays.shaken`), since that of all may be: forwards,
``x / x`` and the deviation of equal numbers from their mean have a derivative of exactly 0, but not backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from multigrad.comparisons.referee.arrays import Endless
from multigrad.comparisons.referee.evaluation import MANY_BITS, Evaluation
from multigrad.comparisons.referee.judgement import Array

Run = TypeVar("Run")

BITS = {np.dtype(np.float64): 53, np.dtype(np.float32): 24}
AROUND = (-4, -3, -2, -1, 0, 1, 2, 3)
AROUND_LARGE = (-3, 0, 2)
LARGE = 512
"""From this many entries on, three runs have to do."""

SAME = 1e-6
"""Relative: two ways to the derivative that differ by more do not lead to the same."""

MORE_BITS = 1400
"""As many as it takes to tell 1 from 1 less the smallest float64, which is what `tanh` far out comes to."""

FEW_STEPS, TIMES_THE_STEPS = 1000, 16
"""A run in short arithmetic that takes more steps than these and as many times those in many digits never ends."""


@dataclass(frozen=True)
class Loss:
    """Absolute errors, in the shape of f(x)."""

    value: Array
    slope: Array
    known: bool = True
    """Whether any run in short arithmetic came to an end; if none did, that of the slope is infinite."""


def loss(evaluation: Evaluation, direction: Array, order: int, slope: Array) -> Loss:
    """The largest errors of value and derivative along a direction, where `slope` is that derivative if known."""
    exact = _exact(evaluation, direction, order, slope)
    runs = _ended(
        evaluation,
        lambda k, bits: evaluation.by_rules(direction, order, bits, short=True, shaken=k % 2 == 1),
    )
    if not runs:
        return Loss(np.zeros(exact[0].shape), np.full(exact[1].shape, np.inf), known=False)
    values, slopes = zip(*runs, strict=True)
    return Loss(_largest(evaluation, values, exact[0]), _largest(evaluation, slopes, exact[1]))


def _exact(evaluation: Evaluation, direction: Array, order: int, slope: Array) -> tuple[Array, Array]:
    """By the same rules in many digits: in still more, where that leads to the derivative and many did not."""
    slope = np.asarray(slope)
    known = np.isfinite(slope) & (slope != 0)

    def by_rules(bits: int) -> tuple[tuple[Array, Array], bool]:
        found = evaluation.by_rules(direction, order, bits, short=False)
        floats = evaluation.floats(found[1]).reshape(slope.shape)
        return found, bool(np.allclose(floats[known], slope[known], SAME, 0.0))

    found, right = by_rules(MANY_BITS)
    if not right:
        more, right = by_rules(MORE_BITS)
        found = more if right else found
    return found


def value_loss(evaluation: Evaluation, point: Array) -> Array:
    """The largest error of f itself at a point."""
    right = evaluation.at(point, MANY_BITS)
    runs = _ended(evaluation, lambda k, bits: evaluation.at(point, bits, short=True))
    return _largest(evaluation, runs, right) if runs else np.zeros(right.shape)


def _ended(evaluation: Evaluation, run: Callable[[int, int], Run]) -> list[Run]:
    """What the runs in short arithmetic give that end, given the steps that were taken just now in many digits."""
    arrays = evaluation.backend.arrays
    arrays.most_steps = FEW_STEPS + TIMES_THE_STEPS * arrays.steps
    ended = []
    for k, bits in enumerate(short_bits(evaluation)):
        with suppress(Endless):
            ended.append(run(k, bits))
    arrays.most_steps = float("inf")
    return ended


def short_bits(evaluation: Evaluation) -> list[int]:
    """As many bits as the backends compute in, and a few more and fewer."""
    around = AROUND if evaluation.host.size < LARGE else AROUND_LARGE
    return [BITS[evaluation.host.dtype] + k for k in around]


def _largest(evaluation: Evaluation, runs: Sequence[Array], right: Array) -> Array:
    """The largest error of several runs; infinite where one is lost, zero where there is nothing to lose."""
    evaluation.backend.run_at(MANY_BITS)
    subtract = evaluation.backend.rows["subtract"]
    gaps = [np.abs(evaluation.floats(subtract(rounded, right))) for rounded in runs]
    largest = np.max([np.where(np.isnan(gap), np.inf, gap) for gap in gaps], axis=0)
    return np.where(np.isfinite(evaluation.floats(right)), largest, 0.0)


__all__ = ["Loss", "loss", "short_bits", "value_loss"]
