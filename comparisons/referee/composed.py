"""Rows composed from other rows, over numbers and dual numbers alike: no derivative rule of their own.

Each takes the `Functions` that it is written in, then the operands of the row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.comparisons.referee.face import Face, Functions

Axes = tuple[int, ...]


def _count(x: Face, axes: Axes) -> int:
    return int(np.prod([x.shape[k] for k in axes], dtype=int))


def mean(m: Functions, x: Face, axes: Axes, keepdims: bool) -> Any:
    return m.sum(x, axes, keepdims) / _count(x, axes)


def var(m: Functions, x: Face, axes: Axes, keepdims: bool, ddof: int) -> Any:
    deviation = x - mean(m, x, axes, True)
    return m.sum(m.square(m.absolute(deviation)), axes, keepdims) / max(_count(x, axes) - ddof, 0)


def std(m: Functions, x: Face, axes: Axes, keepdims: bool, ddof: int) -> Any:
    return m.sqrt(var(m, x, axes, keepdims, ddof))


def clip(m: Functions, x: Face, low: Any, high: Any) -> Any:
    raised = x if low is None else m.maximum(x, low)
    return raised if high is None else m.minimum(raised, high)


# Norms -----------------------------------------------------------------------------------------------


def norm(m: Functions, x: Face, ord: Any, axes: Axes | None, keepdims: bool) -> Any:
    if axes is None:
        axes = tuple(range(len(x.shape)))
    elif len(axes) == 2 and ord not in (None, "fro"):
        kept = tuple(k for k in range(len(x.shape)) if k not in axes)
        answer = _matrix_norm(m, m.transpose(x, (*kept, *axes)), ord)
        shape = tuple(1 if k in axes else n for k, n in enumerate(x.shape))
        return m.reshape(answer, shape) if keepdims else answer
    size = m.absolute(x)
    if ord in (None, "fro") or ord == 2:
        return m.sqrt(m.sum(m.square(size), axes, keepdims))
    if abs(ord) == np.inf:
        return (m.max if ord > 0 else m.min)(size, axes, keepdims)
    if ord == 0:
        return m.sum(m.astype(m.not_equal(x, 0), np.dtype(float)), axes, keepdims)
    if ord == 1:
        return m.sum(size, axes, keepdims)
    return m.sum(size**ord, axes, keepdims) ** (1 / m.astype(m.face(np.asarray(ord)), np.dtype(float)))


def _matrix_norm(m: Functions, x: Face, ord: Any) -> Any:
    last = len(x.shape) - 2
    if ord in ("nuc", 2, -2):
        singular = svdvals(m, x)
        return {"nuc": m.sum, 2: m.max, -2: m.min}[ord](singular, (last,), False)
    if ord not in (1, -1, np.inf, -np.inf):
        raise ValueError(f"{ord!r} is not an order of a matrix norm")
    sums = m.sum(m.absolute(x), (last if abs(ord) == 1 else last + 1,), False)
    return (m.max if ord > 0 else m.min)(sums, (last,), False)


# Factorisations --------------------------------------------------------------------------------------


def eigvalsh(m: Functions, x: Face) -> Any:
    return m.call("linalg.eigh", x)[0]


def svdvals(m: Functions, x: Face) -> Any:
    return m.call("linalg.svd", x)[1]


def qr(m: Functions, x: Face) -> Any:
    rows, columns = x.shape[-2:]
    if rows >= columns:
        return m.call("linalg.tall_qr", x)
    q, _ = m.call("linalg.tall_qr", x[..., :rows])
    return q, q.mT @ x


# Fourier transforms, as sums ---------------------------------------------------------------------------


def _transform(
    m: Functions, x: Face, n: int | None, axis: int, waves: Callable[[int], Any], length: int
) -> Any:
    """x, cut or filled with zeros to `length`, times the matrix of waves, along one axis."""
    given, ndim = x.shape[axis], len(x.shape)
    lead = (slice(None),) * axis
    if given > length:
        x = x[(*lead, slice(length))]
    elif given < length:
        shape = tuple(length - given if k == axis else size for k, size in enumerate(x.shape))
        x = m.concatenate([x, m.face(np.zeros(shape))], axis)
    there = (*(k for k in range(ndim) if k != axis), axis)
    back = tuple(int(k) for k in np.argsort(there))
    return m.transpose(m.transpose(x, there) @ m.face(waves(length)), back)


def fft(m: Functions, x: Face, n: int | None, axis: int) -> Any:
    size = x.shape[axis] if n is None else n
    return _transform(m, x, n, axis, lambda k: m.rows["fft.waves"](k, size, -1), size)


def ifft(m: Functions, x: Face, n: int | None, axis: int) -> Any:
    size = x.shape[axis] if n is None else n
    return _transform(m, x, n, axis, lambda k: m.rows["fft.waves"](k, size, 1), size) / size


def rfft(m: Functions, x: Face, n: int | None, axis: int) -> Any:
    size = x.shape[axis] if n is None else n
    return fft(m, x, n, axis)[(*(slice(None),) * axis, slice(size // 2 + 1))]


def irfft(m: Functions, x: Face, n: int | None, axis: int) -> Any:
    size = 2 * (x.shape[axis] - 1) if n is None else n

    def waves(kept: int) -> Any:
        # Each wave but the first, and the last of an even number, stands for its mirror image too.
        twice = [1.0 if k == 0 or 2 * k == size else 2.0 for k in range(kept)]
        return m.rows["multiply"](m.rows["fft.waves"](kept, size, 1), np.array(twice)[:, None])

    return m.real(_transform(m, x, n, axis, waves, size // 2 + 1)) / size


COMPOSED: dict[str, Callable[..., Any]] = {
    "mean": mean, "var": var, "std": std, "clip": clip,
    "linalg.norm": norm, "linalg.eigvalsh": eigvalsh, "linalg.svdvals": svdvals, "linalg.qr": qr,
    "fft.fft": fft, "fft.ifft": ifft, "fft.rfft": rfft, "fft.irfft": irfft,
}  # fmt: skip

__all__ = ["COMPOSED"]
