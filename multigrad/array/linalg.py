"""numpy.linalg over recorded arrays: the backend's rows, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from multigrad.array.elementwise import first_recording
from multigrad.array.operands import host, inexact, lifted, lifted_all, promoted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.table import implements
from multigrad.errors import NotDifferentiable


def _matrix(a: Any, *, square: bool = False) -> Any:
    """A stack of matrices, floating or complex."""
    array = inexact(lifted(a))
    if array.ndim < 2:
        raise np.linalg.LinAlgError(
            f"{array.ndim}-dimensional array given. Array must be at least two-dimensional"
        )
    if square and array.shape[-1] != array.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return array


def _real(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype of norms and of the eigenvalues of Hermitian matrices."""
    return np.empty((), dtype).real.dtype


def _factor(row: str, array: RecordedArray, *real: bool) -> Any:
    """A row over one array; `real` says of each result whether it is real where the array is complex."""
    recording = array._recording
    recording.mixing.add(row)
    found = recording.row(row)(array._value)
    dtypes = [_real(array.dtype) if is_real else array.dtype for is_real in real]
    if len(real) == 1:
        return RecordedArray(found, recording, dtypes[0])
    return tuple(RecordedArray(part, recording, dtype) for part, dtype in zip(found, dtypes, strict=True))


def _named(function: Callable[..., Any], *parts: Any) -> Any:
    """The named tuple that a function of `numpy.linalg` answers with."""
    return type(function(np.eye(1)))(*parts)


def _adjoint(array: RecordedArray) -> Any:
    transposed = np.swapaxes(array, -1, -2)
    return np.conjugate(transposed) if array.dtype.kind == "c" else transposed


# Norms -------------------------------------------------------------------------------------------------


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    array = inexact(lifted(x))
    if axis is None:
        if ord is None or (ord in ("f", "fro") and array.ndim == 2) or (ord == 2 and array.ndim == 1):
            return _norm(array, None, None, keepdims)
        if array.ndim not in (1, 2):
            raise ValueError("Improper number of dimensions to norm.")
        axis = tuple(range(array.ndim))
    axes = (axis,) if isinstance(axis, (int, np.integer)) else tuple(axis)
    if len(axes) == 1:
        axes = (normalize_axis_index(axes[0], array.ndim),)
    elif len(axes) == 2:
        axes = normalize_axis_tuple(axes, array.ndim)
    else:
        raise ValueError("Improper number of dimensions to norm.")
    _judge_order(ord, len(axes))
    return _norm(array, "fro" if ord == "f" else ord, axes, keepdims)


def _judge_order(ord: Any, axes: int) -> None:
    """NumPy's own errors for an order that is none."""
    np.linalg.norm(np.ones((1,) * axes), ord)


def _norm(array: RecordedArray, ord: Any, axes: tuple[int, ...] | None, keepdims: bool) -> Any:
    recording = array._recording
    recording.mixing.add("linalg.norm")
    value = recording.row("linalg.norm")(array._value, ord, axes, bool(keepdims))
    return RecordedArray(value, recording, _real(array.dtype))


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    array = inexact(lifted(x))
    axes = normalize_axis_tuple(range(array.ndim) if axis is None else axis, array.ndim)
    rest = tuple(k for k in range(array.ndim) if k not in axes)
    merged = np.reshape(np.transpose(array, rest + axes), (*(array.shape[k] for k in rest), -1))
    answer = norm(merged, ord, -1)
    kept = tuple(1 if k in axes else n for k, n in enumerate(array.shape))
    return np.reshape(answer, kept) if keepdims else answer


@implements(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return norm(_matrix(x), ord, (-2, -1), keepdims)


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    array = _matrix(x)
    if p in (None, 2, -2):
        values = svdvals(array)
        return values[..., 0] / values[..., -1] if p != -2 else values[..., -1] / values[..., 0]
    return norm(array, p, (-2, -1)) * norm(inv(array), p, (-2, -1))


# Determinants, inverses and equations --------------------------------------------------------------------


@implements(np.linalg.det)
def det(a: Any) -> Any:
    return _factor("linalg.det", _matrix(a, square=True), False)


@implements(np.linalg.slogdet)
def slogdet(a: Any) -> Any:
    return _named(np.linalg.slogdet, *_factor("linalg.slogdet", _matrix(a, square=True), False, True))


@implements(np.linalg.inv)
def inv(a: Any) -> Any:
    return _factor("linalg.inv", _matrix(a, square=True), False)


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    recording = lifted(a, b)._recording
    matrix, right = _matrix(recording.recorded(a), square=True), inexact(recording.recorded(b))
    recording.mixing.add("linalg.solve")
    vector = right.ndim == 1
    natives, common = promoted(recording, (matrix, right[:, None] if vector else right))
    result = RecordedArray(recording.row("linalg.solve")(*natives), recording, common)
    return result[..., 0] if vector else result


@implements(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    array = _matrix(a)
    cut = rcond if rcond is not None else rtol if rtol is not np._NoValue else None
    if cut is None:
        return _factor("linalg.pinv", array, False)
    u, s, vh = svd(array, full_matrices=False)
    large = host(s) > np.asarray(host(cut))[..., None] * host(s).max(axis=-1, keepdims=True)
    inverted = np.where(large, 1 / np.where(large, s, 1.0), 0.0)
    return np.matmul(_adjoint(vh), inverted[..., None] * _adjoint(u))


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    recording = first_recording((a, b))
    natives, common = promoted(recording, (inexact(array) for array in lifted_all(a, b)))
    matrix, right = (RecordedArray(native, recording, common) for native in natives)
    solution = np.matmul(pinv(matrix, rcond) if rcond not in (None, -1) else pinv(matrix), right)
    rank = np.linalg.lstsq(host(matrix), host(right), rcond)[2]
    rows, columns = matrix.shape
    missed = np.sum(np.abs(right - np.matmul(matrix, solution)) ** 2, axis=0)
    residuals = np.atleast_1d(missed) if rank == columns < rows else np.empty(0, _real(solution.dtype))
    return solution, residuals, rank, svdvals(matrix)


@implements(np.linalg.matrix_rank)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return np.linalg.matrix_rank(host(A), host(tol), hermitian, rtol=host(rtol))


# Factorisations ---------------------------------------------------------------------------------------------


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    factor = _factor("linalg.cholesky", _triangle(a, "U" if upper else "L"), False)
    return _adjoint(factor) if upper else factor


def _triangle(a: Any, UPLO: str) -> Any:
    """The Hermitian matrix with that triangle: NumPy reads no other, and of both the frameworks' rules make one."""
    if UPLO.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    array = _matrix(a, square=True)
    lower = array if UPLO.upper() == "L" else _adjoint(array)
    return np.tril(lower) + _adjoint(np.tril(lower, -1))


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    return _named(np.linalg.eigh, *_factor("linalg.eigh", _triangle(a, UPLO), True, False))


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    return _factor("linalg.eigvalsh", _triangle(a, UPLO), True)


@implements(np.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    array = _matrix(a)
    if not compute_uv:
        return svdvals(array)
    if full_matrices and array.shape[-1] != array.shape[-2]:
        raise NotDifferentiable(
            f"np.linalg.svd of a matrix of shape {array.shape[-2:]} adds columns that have no unique "
            "derivative; write np.linalg.svd(a, full_matrices=False), or np.linalg.svdvals(a)"
        )
    return _named(np.linalg.svd, *_factor("linalg.svd", array, False, True, False))


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    return _factor("linalg.svdvals", _matrix(x), True)


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    array = _matrix(a)
    rows, columns = array.shape[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and rows <= columns):
        raise NotDifferentiable(
            f"np.linalg.qr(..., mode={mode!r}) of a matrix of shape {(rows, columns)} has no unique "
            "derivative; write mode='reduced' or mode='r'"
        )
    # Frameworks differentiate it for at least as many rows as columns; the columns beyond follow from q.
    q, r = _factor("linalg.qr", array[..., :rows] if columns > rows else array, False, False)
    if columns > rows:
        r = np.concatenate([r, np.matmul(_adjoint(q), array[..., rows:])], -1)
    return r if mode == "r" else _named(np.linalg.qr, q, r)
