"""Polynomials by their coefficients, the highest power first, and the products of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.elementwise import first_recording
from multigrad.array.operands import host, lifted, lifted_all
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.table import implements
from multigrad.errors import NotDifferentiable

# Products of sequences ----------------------------------------------------------------------------------


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    first, second = (np.atleast_1d(x) for x in lifted_all(a, v))
    if not (first.size and second.size):
        raise ValueError("a cannot be empty" if not first.size else "v cannot be empty")
    if first.ndim > 1 or second.ndim > 1:
        raise ValueError("object too deep for desired array")
    if second.size > first.size:
        first, second = second, first
    return _windows(first, second[::-1], mode)


def _windows(long: Any, short: Any, mode: Any) -> Any:
    """The products of `short` with every window of `long`, zeros beyond its ends."""
    size, width = long.size, short.size
    # Of the windows of the full product, each by the position of its last entry.
    ranges = {"full": (0, size + width - 1), "same": ((width - 1) // 2, (width - 1) // 2 + size),
              "valid": (width - 1, size)}  # fmt: skip
    try:
        start, stop = ranges[{0: "valid", 1: "same", 2: "full"}.get(mode, mode)]
    except KeyError:
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got {mode!r})") from None
    edge = np.zeros(width - 1, long.dtype)
    padded = np.concatenate([edge, long, edge]) if width > 1 else long
    positions = np.arange(start, stop)[:, None] + np.arange(width)
    return np.matmul(padded[positions], short)


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    first, second = (np.atleast_1d(x) for x in lifted_all(a, v))
    if not (first.size and second.size):
        raise ValueError("first array argument cannot be empty")
    if second.size > first.size:
        # NumPy correlates the other way round, and turns the answer about.
        return _windows(np.conjugate(second), first, mode)[::-1]
    return _windows(first, np.conjugate(second), mode)


# Polynomials ----------------------------------------------------------------------------------------------


def _coefficients(p: Any, *others: Any) -> RecordedArray:
    """Coefficients, or those of a `numpy.poly1d`."""
    recording = first_recording((p, *others))
    return np.atleast_1d(recording.recorded(p.coeffs if isinstance(p, np.poly1d) else p))  # type: ignore[return-value]


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    coefficients = p.coeffs if isinstance(p, np.poly1d) else p
    if isinstance(x, np.poly1d):
        raise NotDifferentiable("numpy.polyval(p, poly1d) composes polynomials; write p(q(x)) at a value x")
    recording = first_recording((coefficients, x))
    values = recording.recorded(x)
    # Constants stay plain numbers, which promote as NumPy promotes the entries of an array.
    terms = coefficients if isinstance(coefficients, RecordedArray) else recording.recorded(coefficients)
    total: Any = np.zeros_like(values)
    for k in range(terms.size):
        total = total * values + terms[k]
    return total


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    return _aligned(np.add, a1, a2)


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    return _aligned(np.subtract, a1, a2)


def _aligned(combine: np.ufunc, a1: Any, a2: Any) -> Any:
    first, second = _coefficients(a1, a2), _coefficients(a2, a1)
    size = max(first.size, second.size)
    padded = [
        np.concatenate([np.zeros(size - x.size, x.dtype), x]) if x.size < size else x for x in (first, second)
    ]
    return combine(*padded)


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    return convolve(_coefficients(a1, a2), _coefficients(a2, a1))


@implements(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    rest, divisor = _coefficients(u, v) + 0.0, _coefficients(v, u) + 0.0
    steps, width = rest.size - divisor.size + 1, divisor.size
    quotient = []
    for k in range(max(steps, 0)):
        quotient.append(rest[k] / divisor[0])
        taken = np.concatenate([np.zeros(k), quotient[-1] * divisor, np.zeros(rest.size - k - width)])
        rest = rest - taken
    leading = max(steps, 0)
    rest = rest[leading:] if rest.size > leading else np.zeros_like(rest[:1])
    kept = np.flatnonzero(np.abs(host(rest)) > 1e-14)
    rest = rest[kept[0] :] if kept.size else rest[-1:]
    return (np.stack(quotient) if quotient else np.zeros_like(rest[:1])), rest


@implements(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    found = _coefficients(p)
    for _ in range(m):
        found = found[:-1] * np.arange(found.size - 1, 0, -1)
    return found


@implements(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    found: Any = _coefficients(p, k)
    constants = np.atleast_1d(np.zeros(m) if k is None else k)
    if constants.size == 1:
        constants = np.repeat(constants, m)
    if constants.size < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for turn in range(m):
        found = np.concatenate([found / np.arange(found.size, 0, -1), constants[turn : turn + 1]])
    return found


@implements(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    zeros = np.atleast_1d(lifted(seq_of_zeros))
    if zeros.ndim != 1:
        raise NotDifferentiable(
            "numpy.poly of a matrix goes through its eigenvalues in no given order; give it the zeros"
        )
    found = np.ones_like(zeros, shape=(1,))
    for k in range(zeros.size):
        found = np.concatenate([found, np.zeros(1, zeros.dtype)]) - zeros[k] * np.concatenate(
            [np.zeros(1, zeros.dtype), found]
        )
    return found


@implements(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    if full or cov:
        raise NotDifferentiable("numpy.polyfit(..., full=True) or cov= has no derivative; leave them away")
    points, values = lifted_all(x, y)
    matrix = np.vander(points + 0.0, deg + 1)
    values = values + 0.0
    if w is not None:
        weights = points._recording.recorded(w)
        matrix, values = (
            matrix * weights[:, None],
            values * (weights if values.ndim == 1 else weights[:, None]),
        )
    scale = np.sqrt(np.sum(matrix * matrix, axis=0))
    q, r = np.linalg.qr(matrix / scale)
    projected = np.matmul(np.transpose(q), values)
    solved = np.linalg.solve(r, projected if projected.ndim == 2 else projected[:, None])
    return (solved if values.ndim == 2 else solved[:, 0]) / (scale if values.ndim == 1 else scale[:, None])


@implements(np.roots)
def roots(p: Any) -> Any:
    raise NotDifferentiable(
        "numpy.roots has no derivative: the roots come in no given order; write the formula of the root, or "
        "Newton's steps from a starting value"
    )
