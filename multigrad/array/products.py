"""Products of vectors, matrices and tensors: all are a `matmul` or an `einsum` of the backend's."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from itertools import chain
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from multigrad.array.elementwise import MATRIX, first_recording
from multigrad.array.operands import delivered, inexact, lifted, lifted_all, promoted
from multigrad.array.recorded_array import FLOAT64, RecordedArray
from multigrad.array.recording import Recording
from multigrad.array.table import implements


def _product(recording: Recording, row: str, operands: Sequence[Any], *before: Any, dtype: Any = None) -> Any:
    """A row over promoted operands; integers in float64: not every framework has integer products."""
    recording.mixing.add(row)
    natives, common = promoted(recording, operands, dtype)
    if common.kind not in "biu":
        return RecordedArray(recording.row(row)(*before, *natives), recording, common)
    natives, _ = promoted(recording, operands, FLOAT64)
    return RecordedArray(recording.row(row)(*before, *natives), recording, FLOAT64).astype(common)


def matmul(a: Any, b: Any) -> Any:
    x, y = lifted_all(a, b)
    if not x.ndim or not y.ndim:
        raise ValueError("matmul: Input operand does not have enough dimensions; write x * y for a scalar")
    if x.shape[-1] != y.shape[0 if y.ndim == 1 else -2]:
        raise ValueError(f"matmul: the shapes {x.shape} and {y.shape} do not fit: inner sizes differ")
    return _product(x._recording, "matmul", (x, y))


MATRIX["matmul"] = matmul


@implements(np.linalg.matmul)
def _matmul(x1: Any, x2: Any, /) -> Any:
    return matmul(x1, x2)


@implements(np.linalg.vecdot)
def _vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    x, y = (np.moveaxis(x, axis, -1) for x in lifted_all(x1, x2))
    return np.vecdot(x, y)


@implements(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = lifted_all(a, b)
    if not x.ndim or not y.ndim:
        result = x * y
    elif y.ndim <= 2:
        result = matmul(x, y)
    else:
        result = tensordot(x, y, (-1, -2))
    return delivered("dot", result, out)


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    x, y = lifted_all(a, b)
    return matmul(np.conjugate(np.ravel(x)), np.ravel(y))


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    x, y = lifted_all(a, b)
    return tensordot(x, y, (-1, -1)) if x.ndim and y.ndim else x * y


@implements(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    x, y = lifted_all(a, b)
    return delivered("outer", np.ravel(x)[:, None] * np.ravel(y)[None, :], out)


@implements(np.linalg.outer)
def _outer(x1: Any, x2: Any, /) -> Any:
    x, y = lifted_all(x1, x2)
    if x.ndim != 1 or y.ndim != 1:
        raise ValueError(
            f"Input arrays must be one-dimensional, but they are x1.ndim={x.ndim} and x2.ndim={y.ndim}."
        )
    return outer(x, y)


@implements(np.tensordot, np.linalg.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    x, y = lifted_all(a, b)
    if isinstance(axes, (int, np.integer)):
        axes = (tuple(range(-axes, 0)), tuple(range(axes)))
    of_x, of_y = (
        tuple(normalize_axis_index(k, array.ndim) for k in np.atleast_1d(chosen).astype(int).tolist())
        for chosen, array in zip(axes, (x, y), strict=True)
    )
    if [x.shape[k] for k in of_x] != [y.shape[k] for k in of_y]:
        raise ValueError("shape-mismatch for sum")
    free_x, free_y = (
        tuple(k for k in range(array.ndim) if k not in chosen) for chosen, array in ((of_x, x), (of_y, y))
    )
    summed = int(np.prod([x.shape[k] for k in of_x], dtype=int))
    left = np.reshape(np.transpose(x, free_x + of_x), (_size(x, free_x), summed))
    right = np.reshape(np.transpose(y, of_y + free_y), (summed, _size(y, free_y)))
    shape = tuple(x.shape[k] for k in free_x) + tuple(y.shape[k] for k in free_y)
    return np.reshape(matmul(left, right), shape)


def _size(array: RecordedArray, axes: tuple[int, ...]) -> int:
    return int(np.prod([array.shape[k] for k in axes], dtype=int))


@implements(np.einsum)
def einsum(
    *operands: Any,
    out: Any = None,
    dtype: Any = None,
    order: str = "K",
    casting: str = "safe",
    optimize: Any = False,
) -> Any:
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0].replace(" ", ""), list(operands[1:])
    else:
        subscripts, arrays = _from_sublists(operands)
    if "->" not in subscripts:
        letters = subscripts.replace("...", "").replace(",", "")
        once = "".join(letter for letter in sorted(set(letters)) if letters.count(letter) == 1)
        subscripts += f"->{'...' * ('...' in subscripts)}{once}"
    recording = first_recording((*arrays, out))
    return delivered("einsum", _product(recording, "einsum", arrays, subscripts, dtype=dtype), out)


def _from_sublists(operands: Sequence[Any]) -> tuple[str, list[Any]]:
    """``einsum(a, [0, 1], b, [1, 2], [0, 2])`` in letters."""

    def letters(sublist: Sequence[Any]) -> str:
        return "".join(
            "..." if entry is Ellipsis else (ascii_uppercase + ascii_lowercase)[entry] for entry in sublist
        )

    pairs, output = len(operands) // 2, operands[-1] if len(operands) % 2 else None
    terms = ",".join(letters(operands[2 * k + 1]) for k in range(pairs))
    return (terms if output is None else f"{terms}->{letters(output)}"), list(operands[0 : 2 * pairs : 2])


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    x, y = lifted_all(a, b)
    ndim = max(x.ndim, y.ndim)
    x_shape, y_shape = ((1,) * (ndim - array.ndim) + array.shape for array in (x, y))
    spread_x = np.reshape(x, tuple(chain.from_iterable((n, 1) for n in x_shape)))
    spread_y = np.reshape(y, tuple(chain.from_iterable((1, n) for n in y_shape)))
    return np.reshape(spread_x * spread_y, tuple(map(operator.mul, x_shape, y_shape)))


@implements(np.cross)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = lifted_all(a, b)
    x, y = np.moveaxis(x, axisa, -1), np.moveaxis(y, axisb, -1)
    lengths = x.shape[-1], y.shape[-1]
    if not set(lengths) <= {2, 3}:
        raise ValueError(
            f"incompatible dimensions for cross product (dimension must be 2 or 3, not {lengths})"
        )
    if lengths == (2, 2):
        return x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    x, y = (_in_space(array) for array in (x, y))
    following, last = [1, 2, 0], [2, 0, 1]
    result = x[..., following] * y[..., last] - x[..., last] * y[..., following]
    return np.moveaxis(result, -1, axisc)


def _in_space(vectors: RecordedArray) -> Any:
    """Vectors of the plane get a zero for their third component."""
    if vectors.shape[-1] == 3:
        return vectors
    return np.concatenate([vectors, np.zeros((*vectors.shape[:-1], 1), vectors.dtype)], -1)


@implements(np.linalg.cross)
def _cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    x, y = lifted_all(x1, x2)
    if x.shape[axis] != 3 or y.shape[axis] != 3:
        raise ValueError(
            "Both input arrays must be (arrays of) 3-dimensional vectors, but they are "
            f"{x.shape[axis]} and {y.shape[axis]} dimensional instead."
        )
    return cross(x, y, axis=axis)


@implements(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    return delivered("trace", np.sum(np.diagonal(lifted(a), offset, axis1, axis2), axis=-1, dtype=dtype), out)


@implements(np.linalg.trace)
def _trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    return delivered("linalg.multi_dot", reduce(matmul, lifted_all(*arrays)), out)


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: Any) -> Any:
    array, power = lifted(a), operator.index(n)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if power == 0:
        identity = np.broadcast_to(np.eye(array.shape[-1], dtype=array.dtype), array.shape)
        return array._recording.constant(identity)
    base, power = (np.linalg.inv(inexact(array)), -power) if power < 0 else (array, power)
    result = None
    while power:
        if power % 2:
            result = base if result is None else matmul(result, base)
        base, power = (matmul(base, base), power // 2) if power > 1 else (base, 0)
    return result


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    array = lifted(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    rows = _size(array, tuple(range(ind, array.ndim)))
    return np.reshape(np.linalg.inv(np.reshape(array, (-1, rows))), array.shape[ind:] + array.shape[:ind])


@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    array, right = lifted_all(a, b)
    if axes is not None:
        last = normalize_axis_tuple(axes, array.ndim)
        array = np.transpose(array, tuple(k for k in range(array.ndim) if k not in last) + last)
    shape = array.shape[right.ndim :]
    solved = np.linalg.solve(np.reshape(array, (-1, int(np.prod(shape, dtype=int)))), np.ravel(right))
    return np.reshape(solved, shape)
