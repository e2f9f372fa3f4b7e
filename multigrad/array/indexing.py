"""Indexing with NumPy's rules, assignment by index, and the functions that are one or the other."""

from __future__ import annotations

import math
from operator import index as exact
from typing import Any

import numpy as np

from multigrad.array.operands import check_cast, delivered, host, lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.table import FUNCTIONS, implements
from multigrad.array.views import leave_order, view, write
from multigrad.errors import NotDifferentiable

Index = tuple[Any, ...]

WHOLE = slice(None)


def index_tuple(index: Any) -> Index:
    """An index as a tuple of ints, slices, None, Ellipsis and NumPy arrays of integers or booleans.

    Recorded integers and booleans give their host values: they carry no derivative, and NumPy can then say
    itself what the index means and whether it is in range.
    """
    return tuple(map(_entry, index if isinstance(index, tuple) else (index,)))


def _entry(entry: Any) -> Any:
    kind = type(entry)
    if kind is int or entry is None or entry is Ellipsis:
        return entry
    if kind is slice:
        return slice(
            *(None if part is None else exact(part) for part in (entry.start, entry.stop, entry.step))
        )
    if isinstance(entry, RecordedArray) and entry.dtype.kind not in "biu":
        raise IndexError("only integers, slices, `...`, None and integer or boolean arrays are valid indices")
    array = np.asarray(host(entry))
    if array.ndim == 0 and array.dtype.kind in "iu":
        return int(array)
    return array.astype(np.int64) if array.size == 0 and array.dtype.kind == "f" else array


def is_basic(entries: Index) -> bool:
    """Whether NumPy gives a view for this index; for any other it gives a copy."""
    return not any(isinstance(entry, np.ndarray) for entry in entries)


def is_whole(entries: Index) -> bool:
    """Whether the index means all entries in their order."""
    if len(entries) != 1:
        return not entries
    return entries[0] is Ellipsis or (type(entries[0]) is slice and entries[0] == WHOLE)


def getitem(array: RecordedArray, index: Any) -> Any:
    """``array[index]``."""
    recording, value = array._recording, array._value
    if type(index) is int:
        # The common case of a loop over a vector, without the check by NumPy below.
        length = value.shape[0] if value.shape else 0
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of bounds for axis 0 with size {length}")
        entries: Index = (index % length,)
    else:
        entries = index_tuple(index)
        # NumPy judges the index on an array that takes no memory: some frameworks clamp what is out of range.
        np.broadcast_to(np.empty(()), value.shape)[entries]
    if not is_whole(entries):
        recording.mixing.add("getitem")
    result = RecordedArray(recording.rows["getitem"](value, entries), recording, array.dtype)
    if result._value.shape or any(entry is Ellipsis for entry in entries):  # x[0, ...] is a view as well
        if is_basic(entries):
            view(array, result, lambda memory: memory[entries])
        elif len(result._value.shape) > 1:
            leave_order(array)
    return result


def setitem(array: RecordedArray, index: Any, value: Any) -> None:
    """``array[index] = value``, on the recorded array and every array that shares its memory in NumPy."""
    recording = array._recording
    entries = index_tuple(index)
    shape = np.broadcast_to(np.empty(()), array.shape)[entries].shape
    new: Any = recording.recorded(value)
    if array.dtype.kind in "biu" and new.dtype.kind in "fc":
        raise NotDifferentiable(
            f"a {new.dtype} value was written into an array of dtype {array.dtype}, which would cut it; "
            "make the array floating: np.zeros_like(x, dtype=float)"
        )
    new = new.astype(array.dtype, copy=False)
    extra = new.ndim - len(shape)
    if extra > 0 and new.shape[:extra] == (1,) * extra:
        new = np.reshape(new, new.shape[extra:])  # NumPy drops leading axes of length 1 in an assignment
    if new.ndim > len(shape) or np.broadcast_shapes(new.shape, shape) != shape:
        raise ValueError(f"could not broadcast input array from shape {new.shape} into shape {shape}")
    if any(isinstance(entry, np.ndarray) and entry.dtype.kind in "iu" for entry in entries):
        entries, new = _last_of_each(array.shape, entries, new)
    whole = is_whole(entries)
    if not whole:
        recording.mixing.add("setitem")
    if whole and new.shape == array.shape:
        write(array, new._value)
    else:
        write(array, recording.row("set_at")(array._value, entries, new._value))


def _last_of_each(shape: tuple[int, ...], entries: Index, new: Any) -> tuple[Index, Any]:
    """Index and values without those that are overwritten at once: of several for one entry NumPy keeps the last.

    Autograd and torch give all of them a derivative, JAX the one that is kept.
    """
    places = np.arange(math.prod(shape)).reshape(shape)[entries]
    last = places.size - 1 - np.unique(places.ravel()[::-1], return_index=True)[1]
    if last.size == places.size:
        return entries, new
    return np.unravel_index(places.ravel()[last], shape), np.broadcast_to(new, places.shape).ravel()[last]


FUNCTIONS["getitem"] = getitem
FUNCTIONS["setitem"] = setitem


def along(array: RecordedArray, axis: int, index: Any) -> Any:
    """``array[:, :, index]``, with the index at `axis`."""
    return array[(*(WHOLE,) * (axis % array.ndim), index)]


def _target(array: Any, function: str) -> Any:
    """The array that a function of NumPy's writes into."""
    if not isinstance(array, RecordedArray):
        raise NotDifferentiable(
            f"{function} writes a recorded value into a plain array, where its derivative would be lost; "
            "start from np.zeros_like(x), or write x * np.ones(n) instead of np.full(n, x, dtype=float)"
        )
    return array


def _put_flat(array: RecordedArray, positions: Any, values: Any) -> None:
    """``array.flat[positions] = values``, with values repeated as often as needed."""
    if positions.size:
        new = array._recording.recorded(values)
        array[np.unravel_index(positions, array.shape)] = np.resize(new, positions.shape)


@implements(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    array, positions = lifted(a, indices), np.asarray(host(indices))
    if axis is None:
        array, axis = np.ravel(array), 0
    length = array.shape[axis]
    if mode == "wrap":
        positions = positions % length
    elif mode == "clip":
        positions = np.clip(positions, 0, length - 1)
    return delivered("take", along(array, axis, positions), out)


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    array, positions = lifted(arr, indices), np.asarray(host(indices))
    if axis is None:
        array, axis = np.ravel(array), 0
    return array[_along_axis(array, positions, axis)]


@implements(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    array, positions = _target(arr, "np.put_along_axis"), np.asarray(host(indices))
    if axis is None:
        array, axis = np.ravel(array), 0
    array[_along_axis(array, positions, axis)] = values


def _along_axis(array: RecordedArray, positions: Any, axis: int) -> Index:
    if positions.ndim != array.ndim:
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    grid: list[Any] = list(np.indices(array.shape, sparse=True))
    grid[axis] = positions
    return tuple(grid)


@implements(np.put)
def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    array, everything = _target(a, "np.put"), np.arange(np.size(a))
    _put_flat(array, everything.take(np.ravel(host(ind)), mode=mode), v)


@implements(np.place)
def place(arr: Any, mask: Any, vals: Any) -> None:
    _put_flat(_target(arr, "np.place"), np.flatnonzero(host(mask)), vals)


@implements(np.putmask)
def putmask(a: Any, mask: Any, values: Any) -> None:
    array, positions = _target(a, "np.putmask"), np.flatnonzero(host(mask))
    new = np.ravel(array._recording.recorded(values))
    _put_flat(array, positions, new[positions % new.size] if new.size else new)


@implements(np.copyto)
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    array = _target(dst, "np.copyto, or np.full with a dtype,")
    new = array._recording.recorded(src)
    if isinstance(src, (RecordedArray, np.ndarray)):
        check_cast(new.dtype, array.dtype, casting)
    array[...] = new if where is True else np.where(where, new, array)


@implements(np.fill_diagonal)
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    array = _target(a, "np.fill_diagonal")
    mask = np.zeros(array.shape, bool)
    np.fill_diagonal(mask, True, wrap)
    _put_flat(array, np.flatnonzero(mask), np.ravel(array._recording.recorded(val)))
