"""Weaker referees, for an f that cannot run over many digits: a formula, the complex step, SciPy's differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from multigrad.comparisons.referee.judgement import Array, Judgement, Source
from multigrad.comparisons.referee.many_digits import MOST_COORDINATES, directions_for
from multigrad.comparisons.referee.plain import on_numpy

Function = Callable[[Any], Any]

STEP = 1e-200
CHECK_STEP = 2.0**-20
CHECK_TOLERANCE = 1e-4
"""Of the complex step against differences to both sides: what takes |z| or compares makes it wrong by all digits."""


def judge(
    f: Function, x: Array, operator: str, order: int, closed_form: Function | None, reason: str
) -> Judgement:
    """The first of the weaker referees that has an answer."""
    directions = directions_for(x) if operator == "gradient" and x.size > MOST_COORDINATES else None
    try:
        value = on_numpy(f, x)
        value = value.astype(float)
    except Exception as error:  # noqa: BLE001  whatever f raised belongs into the reason
        return Judgement("none", f"{reason}; and on plain NumPy data f raised {type(error).__name__}: {error}")
    if closed_form is not None:
        slope = np.asarray(closed_form(x.copy()), dtype=float)
        return _judged("closed form", reason, value, slope, 15.0, None, x)
    if order == 1:
        for source, attempt in _attempts(f, x, operator, directions, value):
            found = attempt()
            if found is not None:
                return _judged(source, reason, value, *found, directions, x)
    return Judgement("none", f"{reason}; no weaker referee has an answer either", value=value)


def _judged(
    source: Source, reason: str, value: Array, slope: Array, digits: float, directions: Array | None, x: Array
) -> Judgement:
    error = np.abs(slope) * max(10.0**-digits, float(np.finfo(x.dtype).eps))
    kink = np.zeros(slope.shape, dtype=bool)
    return Judgement(
        source, reason, value, slope, slope, slope, kink, digits, error, np.zeros(value.shape), np.zeros(slope.shape),
        directions,
    )  # fmt: skip


def _attempts(
    f: Function, x: Array, operator: str, directions: Array | None, value: Array
) -> Iterator[tuple[Source, Callable[[], tuple[Array, float] | None]]]:
    x = x.astype(float)
    if operator == "slope":
        along, shape = [np.ones(x.shape)], value.shape
    elif directions is not None:
        along, shape = list(directions), (len(directions),)
    else:
        along, shape = list(np.eye(x.size).reshape(x.size, *x.shape)), x.shape
    yield "complex step", lambda: _complex_step(f, x, along, shape)
    yield "finite differences", lambda: _scipy(f, x, along, shape)


def _complex_step(f: Function, x: Array, along: list[Array], shape: tuple[int, ...]) -> tuple[Array, float] | None:
    scale = max(float(np.max(np.abs(x), initial=0.0)), 1e-6) * CHECK_STEP
    slopes, ahead, behind = [], [], []
    try:
        here = on_numpy(f, x)
        for v in along:
            slopes.append(np.imag(on_numpy(f, x + 1j * STEP * v)) / STEP)
            ahead.append((on_numpy(f, x + scale * v) - here) / scale)
            behind.append((here - on_numpy(f, x - scale * v)) / scale)
    except Exception:  # noqa: BLE001  f does not take complex numbers, in words of its own
        return None
    slope, *checks = (np.asarray(found, float).reshape(shape) for found in (slopes, ahead, behind))
    close = [np.abs(slope - check) <= CHECK_TOLERANCE * np.maximum(np.abs(check), 1.0) for check in checks]
    return (slope, 14.0) if np.all(close) else None


def _scipy(f: Function, x: Array, along: list[Array], shape: tuple[int, ...]) -> tuple[Array, float] | None:
    try:
        from scipy.differentiate import derivative
    except ImportError:
        return None

    try:
        found = [_on_line(derivative, lambda step, v=v: on_numpy(f, x + step * v)) for v in along]
    except Exception:  # noqa: BLE001  f raised beside x
        return None
    slope = np.asarray([part for part, _ in found], float).reshape(shape)
    error = np.asarray([part for _, part in found], float).reshape(shape)
    relative = float(np.max(error / np.maximum(np.abs(slope), 1e-300), initial=0.0))
    if not np.all(np.isfinite(slope)) or not relative < 1e-3:
        return None
    return slope, float(-np.log10(max(relative, 1e-14)))


def _on_line(derivative: Any, f: Function) -> tuple[Array, Array]:
    """The derivative of an array-valued function of one number at zero, and its error."""

    start = np.zeros(np.shape(f(0.0)))

    def stacked(steps: Array) -> Array:
        # SciPy asks for all entries at once, at the same steps for each of them; first at the start alone.
        if steps.ndim == start.ndim:
            return f(0.0)
        return np.stack([f(step) for step in steps.reshape(-1, steps.shape[-1])[0]], -1)

    found = derivative(stacked, start, preserve_shape=True)
    return found.df, found.error


__all__ = ["judge"]
