"""NumPy's ufuncs for which a backend may have no row, written with ufuncs that every backend has.

Operands come promoted: recorded arrays in the dtype of NumPy's loop, or Python numbers; the answer is cast to
the dtype of the loop. Care is for the points where the plain formula has a wrong slope or none: a branch that
is not taken is evaluated where its slope is finite, and no formula goes through ``abs`` at zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.elementwise import COMPOSED, MATRIX
from multigrad.array.recorded_array import RecordedArray

DEGREE = np.pi / 180


def magnitude(x: Any) -> Any:
    """|x| with the slope 1 at zero, so that what is multiplied by the sign afterwards keeps its slope."""
    return np.where(x < 0, -x, x)


def odd(x: Any, positive: Any) -> Any:
    """The odd function that is `positive` for x >= 0."""
    return np.where(x < 0, -positive, positive)


def series(x: Any, *coefficients: float) -> Any:
    """A power series where x is zero, and its constant term elsewhere: for removable singularities."""
    at_zero = np.where(x == 0, x, 0.0)
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * at_zero + coefficient
    return total


def sinc(x: Any) -> Any:
    """``numpy.sinc``; at zero its derivatives up to the fifth are right."""
    scaled = np.pi * np.where(x == 0, 1.0, x)
    square = np.pi**2
    return np.where(
        x == 0, series(x, 1.0, 0.0, -square / 6, 0.0, square**2 / 120, 0.0), np.sin(scaled) / scaled
    )


def _fmod(a: Any, b: Any) -> Any:
    return odd(a, np.remainder(magnitude(a), magnitude(b)))


def _heaviside(x: Any, at_zero: Any) -> Any:
    return np.where(x < 0, 0.0, np.where(x > 0, 1.0, np.where(x == 0, at_zero, x)))


def _modf(x: Any) -> tuple[Any, Any]:
    whole = np.trunc(x)
    return np.where(np.isinf(x), np.copysign(0.0, x), x - np.where(np.isinf(x), 0.0, whole)), whole


def _frexp(x: Any) -> tuple[Any, Any]:
    exponent = np.frexp(x._host())[1]
    half = exponent // 2  # the whole power of two may be no float64
    return x * np.exp2(-half) * np.exp2(half - exponent), x._recording.constant(exponent)


def _shift(a: Any, b: Any) -> Any:
    """`numpy.nextafter`: a, moved by a constant."""
    host_a, host_b = (value._host() if isinstance(value, RecordedArray) else value for value in (a, b))
    moved = np.nextafter(host_a, host_b)
    with np.errstate(invalid="ignore", over="ignore"):
        step = moved - host_a
    return np.where(np.isfinite(step), a + np.where(np.isfinite(step), step, 0.0), moved)


def _copysign(a: Any, b: Any) -> Any:
    return np.where(np.signbit(a) == np.signbit(b), a, np.negative(a))


def _logaddexp2(a: Any, b: Any) -> Any:
    log2 = np.log(2.0).item()
    return np.logaddexp(a * log2, b * log2) / log2


COMPOSED |= {
    "positive": lambda x: x.copy(),
    "fabs": np.absolute,
    "cbrt": lambda x: odd(x, magnitude(x) ** (1 / 3)),
    "deg2rad": lambda x: x * DEGREE,
    "radians": lambda x: x * DEGREE,
    "rad2deg": lambda x: x / DEGREE,
    "degrees": lambda x: x / DEGREE,
    "float_power": np.power,
    "logaddexp2": _logaddexp2,
    "fmod": _fmod,
    "copysign": _copysign,
    "heaviside": _heaviside,
    "ldexp": lambda x, n: x * np.exp2(n),
    "divmod": lambda a, b: (a // b, a % b),
    "modf": _modf,
    "frexp": _frexp,
    "spacing": lambda x: x._recording.constant(np.spacing(x._host())),
    "nextafter": _shift,
    "matmul": lambda a, b: MATRIX["matmul"](a, b),
    "vecdot": lambda a, b: np.sum(np.conjugate(a) * b, axis=-1),
    "matvec": lambda a, b: np.matmul(a, b[..., None])[..., 0],
    "vecmat": lambda a, b: np.matmul(np.conjugate(a)[..., None, :], b)[..., 0, :],
}
