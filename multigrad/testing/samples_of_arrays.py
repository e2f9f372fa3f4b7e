"""Samples of the rows that see an array as a whole: reductions, structure, products, linalg and fft."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.testing.points import OTHERS, POINTS, grid
from multigrad.testing.sample import Host, Rows, Sample, arrays_in, with_arrays


def _picked(rows: Rows, arguments: tuple[Any, ...], answer: Any) -> Any:
    """Positions have no slope; what stands there has."""
    return rows["getitem"](arguments[0], (answer,))


def _reductions(dtype: npt.DTypeLike) -> Iterator[Sample]:
    line, plane, cube = (grid(POINTS + OTHERS, dtype, *shape) for shape in ((5,), (2, 3), (2, 3, 2)))
    point, empty = grid(POINTS, dtype), np.zeros((0, 3), dtype)
    holes = np.array([[1.0, np.nan, 2.0], [3.0, 4.0, -1.0]], dtype)
    for name in ("sum", "prod", "mean", "max", "min", "var", "std"):
        for ddof in (0, 1) if name in ("var", "std") else (None,):
            more = () if ddof is None else (ddof,)
            for axes, keepdims in product(((0,), (1,), (0, 1)), (False, True)):
                yield Sample(name, (plane, axes, keepdims, *more), smooth=True)
            yield Sample(name, (line, (0,), False, *more), smooth=True)
            yield Sample(name, (cube, (0, 2), False, *more), smooth=True)
            yield Sample(name, (holes, (1,), False, *more), note="NaN")
            yield Sample(name, (empty, (1,), False, *more))
            if ddof != 1:
                yield Sample(name, (point, (), False, *more), smooth=name not in ("var", "std"))
        if name in ("sum", "prod", "mean"):
            yield Sample(name, (empty, (0,), False))
    yield Sample("sum", (plane, (), False), smooth=True, note="no axes")
    for name in ("argmax", "argmin"):
        yield Sample(name, (line, 0, False), smooth=True, leave=_picked)
        for axis, keepdims in product((0, 1), (False, True)):
            yield Sample(name, (plane, axis, keepdims))
        yield Sample(name, (holes, 1, False), note="NaN")
        yield Sample(name, (np.array([1.0, 3.0, 3.0, 1.0], dtype), 0, False), note="ties")


def _along_axis(dtype: npt.DTypeLike) -> Iterator[Sample]:
    line, plane = grid(POINTS, dtype, 5), grid(POINTS, dtype, 2, 3)
    for name in ("cumsum", "cumprod", "sort", "argsort"):
        smooth = name != "argsort"
        yield Sample(name, (line, 0), smooth=True, leave=None if smooth else _picked)
        yield Sample(name, (plane, 0), smooth=smooth)
        yield Sample(name, (plane, 1), smooth=smooth)
        yield Sample(name, (plane[:0], 0))
        yield Sample(
            name, (np.array([2.0, np.nan, 1.0, np.inf, 1.0, -np.inf], dtype), 0), note="NaN and ties"
        )


def _structure(dtype: npt.DTypeLike) -> Iterator[Sample]:
    x, y, point = grid(POINTS, dtype, 2, 3), grid(OTHERS, dtype, 2, 3), grid(POINTS, dtype)
    mask = np.array([True, False, True])
    for a, b in ((x, y), (x, y[:, :1]), (point, y), (x, 0.5), (2, x)):
        yield Sample("where", (mask, a, b), smooth=True)
    yield Sample("where", (np.array(False), point, grid(OTHERS, dtype)), smooth=True)
    yield Sample("where", (np.zeros((0, 3), bool), x[:0], 0.0))
    for low, high in ((-1, 1), (-1.0, None), (None, 1.0), (y - 2, y + 0.25), (1.5, -1.5)):
        yield Sample("clip", (x, low, high), smooth=True)
    yield Sample("clip", (np.array([np.nan, np.inf, -np.inf], dtype), -1.0, 1.0), note="special values")
    yield Sample("astype", (x, np.dtype(dtype)), smooth=True)
    yield Sample("astype", (x, np.dtype(bool)))
    yield Sample("astype", (x, np.dtype(np.float32)))
    if x.dtype == np.float64:
        yield Sample("astype", (x.astype(np.float32), np.dtype(dtype)))
        yield Sample("astype", (x, np.dtype(np.int64)), note="towards zero")
    for shape in ((3, 2), (6,), (1, 2, 3)):
        yield Sample("reshape", (x, shape), smooth=True)
    yield Sample("reshape", (point, (1, 1)), smooth=True)
    yield Sample("reshape", (x[:0], (3, 0)))
    yield Sample("transpose", (x, (1, 0)), smooth=True)
    yield Sample("transpose", (grid(POINTS + OTHERS, dtype, 2, 3, 2), (2, 0, 1)), smooth=True)
    for small, shape in ((x[0], (2, 3)), (point, (2,)), (x[:, :1], (2, 3)), (x, (2, 3)), (x[0], (0, 3))):
        yield Sample("broadcast_to", (small, shape), smooth=True)
    for axis in (0, 1):
        yield Sample("concatenate", ([x, y, x], axis), smooth=True)
        yield Sample("stack", ([x, y], axis), smooth=True)
    yield Sample("concatenate", ([x, x[:0]], 0), smooth=True)
    yield Sample("stack", ([point, grid(OTHERS, dtype)], 0), smooth=True)


PLANE_INDICES: tuple[tuple[Any, ...], ...] = (
    (), (1,), (-1, 2), (...,), (slice(None), 1), (slice(None, None, -1),), (slice(None), slice(2, 0, -1)),
    (slice(1, None, 2), None), (None, ..., 1), (Host(np.array([1, 0, 1])),), (Host(np.array([-1, 0])), 2),
    (slice(None), Host(np.array([[2, 0], [1, -3]]))), (Host(np.array([[1], [0]])), Host(np.array([2, 0]))),
    (Host(np.array([True, False])),), (slice(None), Host(np.array([True, False, True]))),
    (Host(np.array([[True, False, True], [False, True, False]])),), (Host(np.array([], int)),),
    (Host(np.array(1)),), (Host(np.array([False, False])),), (np.array([1, 0]),), (np.array(1), 0),
    (np.array([True, False]),), (np.array([[True, False, True], [False, True, False]]),),
)  # fmt: skip
"""What a (2, 3) array is indexed with; the last few are native arrays."""

CUBE_INDICES: tuple[tuple[Any, ...], ...] = (
    (0, slice(None), Host(np.array([1, 0, 1]))),
    (Host(np.array([0, 1])), slice(None), Host(np.array([1, 0]))),
    (slice(None), Host(np.array([0, 2])), Host(np.array([1, 0]))),
    (Host(np.array([0, 1])), None, Host(np.array([1, 0]))),
    (..., Host(np.array([True, False])), None),
    (Host(np.array([[True, False, True], [False, True, False]])), 1),
    (slice(None, None, -1), None, 1, Host(np.array([1, 1]))),
)
"""What a (2, 3, 2) array is indexed with: the places that NumPy gives the axes of several index arrays."""


def _repeats(index: tuple[Any, ...]) -> bool:
    places = np.arange(6).reshape(2, 3)[with_arrays(index, arrays_in(index))]
    return bool(np.unique(places).size < places.size)


def _indexing(dtype: npt.DTypeLike) -> Iterator[Sample]:
    plane, cube = grid(POINTS, dtype, 2, 3), grid(POINTS + OTHERS, dtype, 2, 3, 2)
    for x, indices in ((plane, PLANE_INDICES), (cube, CUBE_INDICES)):
        yield from (Sample("getitem", (x, index), smooth=True) for index in indices)
    yield Sample("getitem", (grid(POINTS, dtype), ()), smooth=True)
    for index in PLANE_INDICES:
        if _repeats(index):
            continue  # two values for one place: which of them stays is not defined
        yield Sample("set_at", (plane, index, 2.5), smooth=True)
        yield Sample("set_at", (plane, index, grid(OTHERS, dtype)), smooth=True)
    yield Sample("set_at", (plane, (0,), grid(OTHERS, dtype, 3)), smooth=True)
    yield Sample("set_at", (plane, (slice(None), slice(1, None)), grid(OTHERS, dtype, 2, 1)), smooth=True)
    yield Sample("set_at", (plane, (Host(plane > 0.5),), grid(OTHERS, dtype, 3)), smooth=True)
    yield Sample("set_at", (plane, (Host(np.array([1, 0])), 2), grid(OTHERS, dtype, 2)), smooth=True)
    yield Sample("set_at", (plane, (slice(None, None, -1), 0), grid(OTHERS, dtype, 2)), smooth=True)
    for positions in (
        np.array([3, 0, 3]),
        np.array([[5, 1], [1, 2]]),
        np.array(4),
        np.zeros((0, 2), np.int64),
    ):
        yield Sample("gather", (grid(POINTS, dtype, 6), Host(positions)), smooth=True)
    yield Sample("gather", (grid(POINTS, dtype, 0), Host(np.zeros(0, np.int64))))


def _products(dtype: npt.DTypeLike) -> Iterator[Sample]:
    a, b, cube = grid(POINTS, dtype, 2, 3), grid(OTHERS, dtype, 3, 2), grid(POINTS + OTHERS, dtype, 2, 2, 3)
    for left, right in (
        (a, b),
        (a[0], a[1]),
        (a, a[0]),
        (b[:, 0].copy(), b),
        (cube, b),
        (cube, a[0]),
        (a, a.T @ a),
    ):
        yield Sample("matmul", (left, right), smooth=True)
    square = a[:, :2].copy()
    yield Sample("matmul", (a[:0], b))
    yield Sample("matmul", (cube[:, :, :2].copy(), cube), smooth=True)
    for subscripts, operands in (
        ("ij,jk->ik", (a, b)), ("ij,jk", (a, b)), ("ij->", (a,)), ("ij->ji", (a,)),
        ("ii", (square,)), ("ii->i", (square,)), ("iij->j", (cube,)),
        ("i,j->ij", (a[0], a[1])), ("ij,ij->i", (a, a + 1)), ("...i,i->...", (cube, a[0])),
        ("i,ij,j->", (square[0], a, a[0])),
    ):  # fmt: skip
        yield Sample("einsum", (subscripts, *operands), smooth=True)


def _symmetric(rows: Rows, x: Any) -> Any:
    axes = (1, 0) if len(x.shape) == 2 else (0, 2, 1)
    return rows["multiply"](rows["add"](x, rows["transpose"](x, axes)), 0.5)


def _eigen(rows: Rows, answer: Any) -> Any:
    w, v = answer
    again = rows["matmul"](rows["multiply"](v, w), rows["transpose"](v, (1, 0)))
    return w, rows["multiply"](v, v), again


def _singular(rows: Rows, answer: Any) -> Any:
    u, s, vh = answer
    again = rows["matmul"](rows["multiply"](u, s), vh)
    return s, rows["multiply"](u, u), rows["multiply"](vh, vh), again


def _triangular(rows: Rows, answer: Any) -> Any:
    q, r = answer
    return rows["multiply"](q, q), rows["multiply"](r, r), rows["matmul"](q, r)


VECTOR_ORDERS: tuple[Any, ...] = (None, 1, 2, 3, 2.5, np.inf, -np.inf, -1)
MATRIX_ORDERS: tuple[Any, ...] = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


def _norms(dtype: npt.DTypeLike) -> Iterator[Sample]:
    x, cube = grid(POINTS, dtype, 2, 3), grid(POINTS + OTHERS, dtype, 2, 3, 2)
    for ord in VECTOR_ORDERS:
        yield Sample("linalg.norm", (x[0], ord, (0,), False), smooth=True)
        yield Sample("linalg.norm", (x, ord, (1,), False), smooth=True)
    yield Sample("linalg.norm", (x, 0, (1,), False))
    yield Sample("linalg.norm", (x, None, (0,), True), smooth=True)
    for ord in MATRIX_ORDERS:
        yield Sample("linalg.norm", (x, ord, (0, 1), False), smooth=True)
    for ord in MATRIX_ORDERS:
        yield Sample("linalg.norm", (cube, ord, (0, 2), ord == 1), smooth=True)
    for everything in (x, cube, x[0]):
        yield Sample("linalg.norm", (everything, None, None, False), smooth=True)
    yield Sample("linalg.norm", (x, None, None, True), smooth=True)
    yield Sample("linalg.norm", (grid(POINTS, dtype), None, None, False))
    yield Sample("linalg.norm", (x[:0], None, None, False))


def _linalg(dtype: npt.DTypeLike) -> Iterator[Sample]:
    small = grid(POINTS, dtype, 2, 2) + 3 * np.eye(2, dtype=dtype)
    pair = np.stack([small, 2 * small.T - np.eye(2, dtype=dtype)])
    tall = grid(POINTS, dtype, 3, 2)
    for name in ("linalg.det", "linalg.slogdet", "linalg.inv"):
        yield Sample(name, (small,), smooth=True)
        yield Sample(name, (pair,), smooth=True)
    yield Sample("linalg.det", (np.ones((2, 2), dtype),), note="singular")
    yield Sample("linalg.solve", (small, tall[:2]), smooth=True)
    yield Sample("linalg.solve", (pair, tall[None, :2].copy()), smooth=True)
    positive = tall.T @ tall + np.eye(2, dtype=dtype)
    lower = np.array([[4.0, 99.0, 99.0], [1.0, 3.0, 99.0], [0.5, -1.0, 5.0]], dtype)
    full = np.tril(lower) + np.tril(lower, -1).T
    for name, canonical in (("linalg.cholesky", None), ("linalg.eigvalsh", None), ("linalg.eigh", _eigen)):
        for matrix in (positive, full):
            yield Sample(name, (matrix,), smooth=True, enter=_symmetric, canonical=canonical)
        yield Sample(name, (lower,), canonical=canonical, note="upper triangle ignored")
    yield Sample("linalg.cholesky", (np.stack([positive, 2 * positive]),), smooth=True, enter=_symmetric)
    for matrix in (tall, small, tall.T.copy()):
        yield Sample("linalg.svd", (matrix,), smooth=True, canonical=_singular)
        yield Sample("linalg.svdvals", (matrix,), smooth=True)
        yield Sample("linalg.pinv", (matrix,), smooth=True)
        yield Sample("linalg.qr", (matrix,), smooth=matrix.shape != (2, 3), canonical=_triangular)


def _parts(rows: Rows, arguments: tuple[Any, ...], answer: Any) -> Any:
    return rows["real"](answer), rows["imag"](answer)


def _fourier(dtype: npt.DTypeLike) -> Iterator[Sample]:
    even, odd = grid(POINTS, dtype, 6), grid(POINTS, dtype, 5)
    plane = grid(POINTS + OTHERS, dtype, 4, 3)
    for name in ("fft.fft", "fft.ifft", "fft.rfft", "fft.irfft"):
        leave = None if name == "fft.irfft" else _parts
        for x, n in ((even, None), (odd, None), (even, 4), (even, 3), (even, 8), (odd, 7)):
            yield Sample(name, (x, n, 0), smooth=True, leave=leave)
        for axis in (0, 1):
            yield Sample(name, (plane, None, axis), smooth=True, leave=leave)
        if name != "fft.rfft":
            z = (plane + 1j * plane[::-1]).astype(np.result_type(dtype, np.complex64))
            yield Sample(name, (z, None, 0))


def samples(dtype: npt.DTypeLike) -> Iterator[Sample]:
    """All samples of these rows with floating data of one dtype."""
    for room in (_reductions, _along_axis, _structure, _indexing, _products, _norms, _linalg, _fourier):
        yield from room(dtype)


__all__ = ["samples"]
