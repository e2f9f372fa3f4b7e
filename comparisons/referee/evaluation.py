"""f over the referee's numbers: at points that lie as near to x as one likes, and as dual numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.array.recording import Recording, running
from multigrad.comparisons.referee.arrays import signs
from multigrad.comparisons.referee.backend import RefereeBackend
from multigrad.comparisons.referee.duals import primal
from multigrad.comparisons.referee.judgement import Array
from multigrad.comparisons.referee.scalars import to_float

MANY_BITS = 240
"""72 digits."""


_idle: list[RefereeBackend] = []
"""Numbers that nobody uses at the moment."""


class Evaluation:
    """One f near one x.

    Parameters
    ----------
    patience : float
        Seconds after which whatever runs raises `TooSlow`.

    Attributes
    ----------
    backend : RefereeBackend
        Numbers of this evaluation's own.
    x : object array
        The exact numbers that x holds.
    mixing : set of str
        The operations in f that may have let one point depend on another.
    """

    def __init__(self, f: Callable[[Any], Any], x: Array, patience: float) -> None:
        self.f = f
        self.host = x
        try:
            self.backend = _idle.pop()
        except IndexError:  # looking first would leave another thread the time to take it
            self.backend = RefereeBackend(MANY_BITS)
        self.backend.run_at(MANY_BITS)
        self.backend.float_dtype = x.dtype
        self.backend.arrays.deadline = time.monotonic() + patience
        self.x = self.backend.from_host(x, "cpu")
        self.mixing: set[str] = set()

    def close(self) -> None:
        """Leave the numbers to the next evaluation: it takes longer to make them than to judge most functions."""
        self.backend.arrays.shaken, self.backend.arrays.most_steps = None, float("inf")
        _idle.append(self.backend)

    def run(self, x: Any) -> Any:
        """f(x) of a native array, at the precision that the backend has."""
        recording = Recording(self.backend, "cpu")
        token = running.set(recording)
        try:
            return recording.lower(self.f(recording.lift(x)))
        finally:
            running.reset(token)
            self.mixing |= recording.mixing

    def at(self, point: Array, bits: int, *, short: bool = False) -> Array:
        """f at a point, with every operation rounded to `bits`; `short` imitates casts to float32 too."""
        self.backend.run_at(bits, rounds_float32=short)
        return primal(self.run(point))  # type: ignore[no-any-return]

    def shifted(self, direction: Array, exponents: Array, k: int) -> Array:
        """``x + k * direction * 2**exponents``, exactly."""
        context = self.backend.arrays.context
        whole = np.broadcast_to(direction, self.x.shape), np.broadcast_to(exponents, self.x.shape)
        entries = [
            context.mpf(entry) + context.ldexp(context.mpf(int(sign) * k), int(exponent)) if sign else entry
            for entry, sign, exponent in zip(self.x.flat, *(part.flat for part in whole), strict=True)
        ]
        result = np.empty(self.x.shape, dtype=object)
        result.reshape(-1)[:] = entries
        return result

    def by_rules(
        self, direction: Array, order: int, bits: int, *, short: bool, shaken: bool = False
    ) -> tuple[Array, Array]:
        """f(x) and its derivative along a direction by the rule of every row, rounded to `bits`."""
        self.backend.run_at(bits, rounds_float32=short)
        self.backend.arrays.shaken = signs(bits) if shaken else None
        v = self.backend.from_host(np.broadcast_to(direction, self.x.shape).astype(float), "cpu")

        def derivative(k: int) -> Callable[[Any], tuple[Any, Any]]:
            inner = self.run if k == 1 else lambda x: derivative(k - 1)(x)[1]
            return lambda x: self.backend.jvp(inner, x, v)

        value, slope = derivative(order)(self.x)
        if order > 1:
            value = self.run(self.x)
        return primal(value), primal(slope)

    def floats(self, x: Any) -> Array:
        """The nearest float64 to each number."""
        return np.array([to_float(entry) for entry in np.asarray(x, dtype=object).flat]).reshape(np.shape(x))


__all__ = ["MANY_BITS", "Evaluation"]
