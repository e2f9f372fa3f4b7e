"""NumPy's functions that put the entries of an array elsewhere, and never change one.

What a function means is asked of NumPy itself: it is run on the positions of the entries, or on an array of
the same shape that takes no memory, and the backend gathers, reshapes or transposes accordingly. Whether the
result shares memory with the array is seen in the same way.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_tuple

from multigrad.array.indexing import WHOLE
from multigrad.array.operands import check_cast, empty, flat, host, lifted, lifted_all, numbered, promoted
from multigrad.array.recorded_array import FLOAT32, Flat, RecordedArray
from multigrad.array.table import FUNCTIONS, implements, implements_each
from multigrad.array.views import has_known_order, layout, leave_order, view
from multigrad.errors import NotDifferentiable

Positions = npt.NDArray[np.int64]


def gathered(name: str, array: RecordedArray, positions: Positions) -> Any:
    """``array.ravel()[positions]``, entered among what may mix points under the name of a function."""
    recording = array._recording
    recording.mixing.add(name)
    return RecordedArray(recording.row("gather")(flat(array), positions), recording, array.dtype)


def rearranged(name: str, arrays: Any, move: Callable[..., Positions], dtype: Any = None) -> Any:
    """The entries of several arrays where `move`, called with the positions of each, puts them."""
    arrays = lifted_all(*arrays)
    recording = arrays[0]._recording
    natives, common = promoted(recording, arrays, dtype)
    natives = [flat(RecordedArray(native, recording, common)) for native in natives]
    starts = np.cumsum([0, *(array.size for array in arrays)])
    everything = RecordedArray(recording.row("concatenate")(natives, 0), recording, common)
    return gathered(name, everything, move(*map(numbered, arrays, starts.tolist())))


# One array, and nothing but its entries --------------------------------------------------------------


def _rearranging(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        array = lifted(a)

        def move(memory: Any) -> Any:
            return function(memory, *host(args), **{name: host(value) for name, value in kwargs.items()})

        before = numbered(array)
        after = move(before)
        result = gathered(function.__name__, array, after)
        if after.ndim and np.may_share_memory(before, after):
            view(array, result, move, writeable=after.flags.writeable)
        return result

    return apply


implements_each(
    _rearranging,
    np.flip,
    np.fliplr,
    np.flipud,
    np.rot90,
    np.roll,
    np.repeat,
    np.delete,
    np.resize,
    np.diagonal,
    np.linalg.diagonal,
    np.fft.fftshift,
    np.fft.ifftshift,
)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:
    array = lifted(A, reps)
    return gathered("tile", array, np.tile(numbered(array), host(reps)))


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    array = lifted(filt)
    nonzero = np.argwhere(host(array))
    axes = normalize_axis_tuple(range(array.ndim) if axis is None else axis, array.ndim)
    kept = [WHOLE] * array.ndim
    for k in axes:
        first, last = (
            (int(nonzero[:, k].min()), int(nonzero[:, k].max())) if len(nonzero) else (array.shape[k], -1)
        )
        kept[k] = slice(first if "f" in trim.lower() else 0, last + 1 if "b" in trim.lower() else None)
    return array[tuple(kept)]


# The same entries in the same order, in another shape -------------------------------------------------


def _reshaped(array: RecordedArray, shape: tuple[int, ...]) -> Any:
    recording = array._recording
    if shape != array.shape:
        recording.mixing.add("reshape")
    return RecordedArray(recording.row("reshape")(array._value, shape), recording, array.dtype)


@implements(np.reshape)
def reshape(a: Any, shape: Any, order: Any = "C", *, copy: bool | None = None) -> Any:
    array = lifted(a)
    wanted = np.reshape(empty(array), shape).shape
    return _in_order(array, wanted, order, copy, lambda memory: np.reshape(memory, wanted, order))


@implements(np.ravel)
def ravel(a: Any, order: Any = "C") -> Any:
    array = lifted(a)
    return _in_order(array, (array.size,), order, None, lambda memory: np.ravel(memory, order))


def _in_order(
    array: RecordedArray, shape: tuple[int, ...], order: str, copy: bool | None, move: Callable[[Any], Any]
) -> Any:
    """A reshape or a ravel, which is a view where NumPy can make one of the array's layout."""
    plain, known = order == "C", has_known_order(array)
    if order in ("A", "K") and not known:
        raise NotDifferentiable(
            f"order={order!r} asks for an order of memory that is not known here, after a transpose or an index "
            "by arrays; write order='C' or order='F'"
        )
    result = _reshaped(array, shape) if plain else gathered("reshape", array, move(_in_layout(array)))
    if copy is not True and ((plain and array._view is None) or not known or _shares(layout(array), move)):
        view(array, result, move, certain=known)
    elif copy is False:
        raise ValueError("Unable to avoid creating a copy while creating an array as requested.")
    return result


def _in_layout(array: RecordedArray) -> Positions:
    """The positions of the entries, in memory as NumPy would have laid it out; for orders other than C."""
    positions = numbered(array)
    if array._view is None or not array._view.writeable:
        return positions
    memory = np.empty(array._view.storage.shape, np.int64)
    seen = array._view.of(memory)
    seen[...] = positions
    return seen


def _shares(memory: npt.NDArray[Any], move: Callable[[Any], Any]) -> bool:
    return bool(np.may_share_memory(memory, move(memory)))


def entries(array: RecordedArray) -> Any:
    """``array.flat``: the entries in C order, which write into the array whatever its layout."""
    entries = _reshaped(array, (array.size,))
    result = Flat(entries._value, entries._recording, entries.dtype)
    view(array, result, lambda memory: memory.reshape(-1))
    return result


FUNCTIONS["flat"] = entries


def _reshaping(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that only adds or drops axes of length 1."""

    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        array = lifted(a)
        result = _reshaped(array, function(empty(array), *args, **kwargs).shape)
        view(array, result, lambda memory: function(memory, *args, **kwargs))
        return result

    return apply


implements_each(_reshaping, np.squeeze, np.expand_dims)


def _at_least(function: Callable[..., Any]) -> Callable[..., Any]:
    one = _reshaping(function)

    def apply(*arys: Any) -> Any:
        results = tuple(map(one, lifted_all(*arys)))
        return results[0] if len(results) == 1 else results

    return apply


implements_each(_at_least, np.atleast_1d, np.atleast_2d, np.atleast_3d)


# The axes in another order ------------------------------------------------------------------------------


def _transposing(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        array = lifted(a)
        recording, axes = array._recording, tuple(range(array.ndim))
        # An array of one entry keeps whatever strides it is given: here they carry the number of each axis.
        probe = np.lib.stride_tricks.as_strided(np.empty((), np.int8), (1,) * array.ndim, axes)
        order = function(probe, *args, **kwargs).strides
        if order != axes:
            recording.mixing.add(function.__name__)
        result = RecordedArray(recording.row("transpose")(array._value, order), recording, array.dtype)
        view(array, result, lambda memory: np.transpose(memory, order))
        if order != axes:
            leave_order(array)
        return result

    return apply


implements_each(
    _transposing,
    np.transpose,
    np.permute_dims,
    np.matrix_transpose,
    np.linalg.matrix_transpose,
    np.swapaxes,
    np.moveaxis,
    np.rollaxis,
)


# Repeating along new or stretched axes --------------------------------------------------------------------


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    a = lifted(array)
    recording = a._recording
    target = np.broadcast_to(empty(a), shape).shape
    if target != a.shape:
        recording.mixing.add("broadcast_to")
    result = RecordedArray(recording.row("broadcast_to")(a._value, target), recording, a.dtype)
    view(a, result, lambda memory: np.broadcast_to(memory, target), writeable=False)
    return result


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(array, shape) for array in args)  # what is not recorded stays NumPy's


@implements(np.meshgrid)
def meshgrid(
    *xi: Any, copy: bool = True, sparse: bool = False, indexing: Any = "xy"
) -> tuple[RecordedArray, ...]:
    arrays = lifted_all(*xi)
    grids = np.meshgrid(*map(numbered, arrays), copy=True, sparse=sparse, indexing=indexing)
    return tuple(gathered("meshgrid", array, grid) for array, grid in zip(arrays, grids, strict=True))


# With other entries among them ------------------------------------------------------------------------------


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    array, new = lifted_all(arr, values)
    return rearranged("insert", (array, new), lambda a, v: np.insert(a, host(obj), v, axis), array.dtype)


@implements(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    return rearranged("append", (arr, values), lambda a, v: np.append(a, v, axis))


def _filling(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that puts zeros around the entries: the zero is entry 0 of what is gathered from."""

    def apply(a: Any, *args: Any, **kwargs: Any) -> Any:
        array = lifted(a)
        zero = np.zeros((), array.dtype)
        return rearranged(function.__name__, (zero, array), lambda _, p: function(p, *args, **kwargs))

    return apply


FUNCTIONS[np.diagflat] = _filling(np.diagflat)
_diagonal_matrix = _filling(np.diag)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    return np.diagonal(v, k) if np.ndim(v) == 2 else _diagonal_matrix(v, k)


# Copies, dtypes, and the parts of complex arrays ------------------------------------------------------------


@implements(np.copy)
def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    array = lifted(a)
    return RecordedArray(array._value, array._recording, array.dtype)


def astype(
    array: RecordedArray, dtype: npt.DTypeLike, casting: Any = "unsafe", copy: bool = True
) -> RecordedArray:
    """The array in another dtype. float16 is computed in float32; an integer dtype has slope zero."""
    target = np.dtype(dtype)
    if target.kind not in "biufc" or target.itemsize > (16 if target.kind == "c" else 8):
        raise NotDifferentiable(
            f"x.astype({target}) leaves the dtypes that a backend computes in; expected float64, float32, "
            "complex128, complex64, an integer dtype or bool"
        )
    check_cast(array.dtype, target, casting)
    target = FLOAT32 if target == np.float16 else target.newbyteorder("=")
    if target == array.dtype:
        return RecordedArray(array._value, array._recording, target) if copy else array
    if array.dtype.kind == "c" and target.kind not in "cb":
        warnings.warn(
            "Casting complex values to real discards the imaginary part", _ComplexWarning, stacklevel=3
        )
    row = array._recording.row("astype")
    return RecordedArray(row(array._value, target), array._recording, target)


_ComplexWarning = np.exceptions.ComplexWarning
FUNCTIONS["astype"] = astype


@implements(np.astype)
def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return astype(lifted(x), dtype, copy=copy)


@implements(np.real)
def real(val: Any) -> Any:
    array = lifted(val)
    return _part(array, "real") if array.dtype.kind == "c" else array[...]


@implements(np.imag)
def imag(val: Any) -> Any:
    array = lifted(val)
    if array.dtype.kind == "c":
        return _part(array, "imag")
    return array._recording.constant(np.zeros(array.shape, array.dtype))


def _part(array: RecordedArray, part: str) -> RecordedArray:
    dtype = np.zeros((), array.dtype).real.dtype
    result = RecordedArray(array._recording.row(part)(array._value), array._recording, dtype)
    view(array, result, lambda memory: memory, writeable=False, part=part)
    return result
