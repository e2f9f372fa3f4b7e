"""Weaker referees, where f cannot run over many digits: a formula, the complex step, SciPy's differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.comparisons.referee.judgement import Array, Judgement, Source
from multigrad.comparisons.referee.many_digits import MOST_COORDINATES, directions_for
from multigrad.comparisons.referee.plain import on_numpy

Function = Callable[[Any], Any]
Attempt = Callable[[Function, Array, list[Array]], tuple[list[Array], float]]

STEP = 1e-200
CHECK_STEP = 2.0**-20
CHECK_TOLERANCE = 1e-4
"""Of an answer against differences to both sides: at a kink, and where f takes |z| of a complex step, it
fails."""

Lines = list[Array]  # directions in the shape of x


def judge(
    f: Function, x: Array, operator: str, order: int, closed_form: Function | None, reason: str
) -> Judgement:
    """The first of the weaker referees that has an answer."""
    try:
        value = on_numpy(f, x).astype(float)
    except Exception as error:  # noqa: BLE001  whatever f raised belongs into the reason
        said = f"{type(error).__name__}: {error}"
        return Judgement("none", f"{reason}; and on plain NumPy data f raised {said}")
    if closed_form is not None:
        slope = np.asarray(closed_form(x.copy()), dtype=float)
        return _judged("closed form", reason, x, value, slope, 15.0, None)
    fits = value.size == 1 if operator == "gradient" else x.ndim == 0 or value.shape == x.shape
    if order == 1 and fits and x.size:
        many = operator == "gradient" and x.size > MOST_COORDINATES
        directions = directions_for(x) if many else None
        attempts: list[tuple[Source, Attempt]] = [
            ("complex step", _complex_step),
            ("finite differences", _scipy),
        ]
        for source, attempt in attempts:
            found = _attempted(attempt, f, x.astype(float), operator, directions)
            if found is not None:
                return _judged(source, reason, x, value, *found, directions)
    return Judgement("none", f"{reason}; no weaker referee has an answer either", value=value)


def _judged(
    source: Source, reason: str, x: Array, value: Array, slope: Array, digits: float, directions: Array | None
) -> Judgement:
    return Judgement(
        source=source,
        reason=reason,
        value=value,
        slope=slope,
        left=slope,
        right=slope,
        kink=np.zeros(slope.shape, dtype=bool),
        digits=digits,
        arithmetic_error=np.abs(slope) * max(10.0**-digits, float(np.finfo(x.dtype).eps)),
        value_error=np.zeros(value.shape),
        sensitivity=np.zeros(slope.shape),
        directions=directions,
    )


def _attempted(
    attempt: Attempt, f: Function, x: Array, operator: str, directions: Array | None
) -> tuple[Array, float] | None:
    """Slopes and digits, where differences along each direction confirm them."""
    if operator == "slope":
        lines, claims = [np.ones(x.shape)], [np.ones(x.shape), directions_for(x)[0]]
    else:
        lines = claims = list(np.eye(x.size).reshape(x.size, *x.shape) if directions is None else directions)
    try:
        slopes, digits = attempt(f, x, lines)
        # Along the second claim an elementwise f moves each entry of f(x) with its own entry of x.
        expected = [slopes[0] * v for v in claims] if operator == "slope" else slopes
        confirmed = all(_confirmed(f, x, *pair) for pair in zip(claims, expected, strict=True))
    except Exception:  # noqa: BLE001  f does not take complex numbers, SciPy is not here: the next may do
        return None
    if not confirmed:
        return None
    if operator == "slope":
        return slopes[0], digits
    return np.reshape(slopes, x.shape if directions is None else len(lines)), digits


def _confirmed(f: Function, x: Array, v: Array, expected: Array) -> bool:
    scale = max(float(np.max(np.abs(x))), 1e-6) * CHECK_STEP
    here = on_numpy(f, x)
    quotients = ((on_numpy(f, x + side * scale * v) - here) / (side * scale) for side in (1, -1))
    allowed = CHECK_TOLERANCE * np.maximum(np.abs(expected), 1.0)
    return all(bool(np.all(np.abs(quotient - expected) <= allowed)) for quotient in quotients)


def _complex_step(f: Function, x: Array, lines: Lines) -> tuple[list[Array], float]:
    return [np.imag(on_numpy(f, x + 1j * STEP * v)) / STEP for v in lines], 14.0


def _scipy(f: Function, x: Array, lines: Lines) -> tuple[list[Array], float]:
    from scipy.differentiate import derivative

    def along(v: Array) -> Function:
        return lambda step: on_numpy(f, x + step * v)

    found = [_on_line(derivative, along(v)) for v in lines]
    slopes, errors = ([np.asarray(part) for part in parts] for parts in zip(*found, strict=True))
    relative = np.max(np.asarray(errors) / np.maximum(np.abs(slopes), 1e-300))
    return slopes, float(-np.log10(max(relative, 1e-14)))


def _on_line(derivative: Any, f: Function) -> tuple[Array, Array]:
    """The derivative of an array-valued function of one number at zero, and its error."""
    start = np.zeros(np.shape(f(0.0)))

    def stacked(steps: Array) -> Array:
        # SciPy asks for all entries at once, at the same steps for each of them; first at the start alone.
        if steps.ndim == start.ndim:
            return np.asarray(f(0.0))
        return np.stack([f(step) for step in steps.reshape(-1, steps.shape[-1])[0]], -1)

    found = derivative(stacked, start, preserve_shape=True)
    return found.df, found.error


__all__ = ["judge"]
