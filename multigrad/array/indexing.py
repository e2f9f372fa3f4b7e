"""Indexing with NumPy's rules, assignment by index, and the views that share what is assigned."""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.elementwise import first_recording
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import Recording
from multigrad.array.table import FUNCTIONS, implements
from multigrad.array.views import view, write
from multigrad.errors import NotDifferentiable

BASIC = (int, slice, type(None), type(Ellipsis), np.integer)
"""Index kinds that give a view in NumPy; any other gives a copy."""


def index_tuple(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of ints, slices, None, Ellipsis, NumPy arrays and recorded integers or booleans.

    Recorded integers and booleans give their host values: they carry no derivative, and NumPy can then say
    itself what the index means and whether it is in range.
    """
    entries = index if isinstance(index, tuple) else (index,)
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: Any) -> Any:
    if isinstance(entry, slice):
        return slice(*(None if part is None else int(part) for part in (entry.start, entry.stop, entry.step)))
    if isinstance(entry, bool) or not isinstance(entry, BASIC):
        if isinstance(entry, RecordedArray) and entry.dtype.kind not in "biu":
            raise IndexError("only integers, slices, ellipsis, None and integer or boolean arrays are valid indices")
        array = np.asarray(entry)
        return array.astype(np.int64) if array.size == 0 and array.dtype.kind == "f" else array
    return int(entry) if isinstance(entry, np.integer) else entry


def getitem(array: RecordedArray, index: Any) -> Any:
    """``array[index]``."""
    recording = array._recording
    recording.mixing.add("getitem")
    value = array._value
    if type(index) is int:
        # The common case of a loop over a vector, without the check by NumPy below.
        length = value.shape[0] if value.shape else 0
        if not -length <= index < length:
            raise IndexError(f"index {index} is out of bounds for axis 0 with size {length}")
        entries: tuple[Any, ...] = (index % length,)
    else:
        entries = index_tuple(index)
        # NumPy judges the index on an array that takes no memory: some frameworks clamp what is out of range.
        np.broadcast_to(np.empty(()), value.shape)[entries]
    result = RecordedArray(recording.rows["getitem"](value, entries), recording, array.dtype)
    if result._value.shape and all(isinstance(entry, BASIC) and not isinstance(entry, bool) for entry in entries):
        view(array, result, lambda positions: positions[entries])
    return result


def setitem(array: RecordedArray, index: Any, value: Any) -> None:
    """``array[index] = value``, on the recorded array and every array that shares its memory in NumPy."""
    recording = array._recording
    entries = index_tuple(index)
    target = np.broadcast_to(np.empty(()), array.shape)[entries]
    new = recording.recorded(value)
    if not np.can_cast(new.dtype, array.dtype, "same_kind") and array.dtype.kind in "biu" and new.dtype.kind in "fc":
        raise NotDifferentiable(
            f"a {new.dtype} value was written into an array of dtype {array.dtype}, which would cut it; "
            "make the array floating: np.zeros_like(x, dtype=float)"
        )
    new = new.astype(array.dtype, copy=False)
    if new.ndim > target.ndim:
        # NumPy drops leading axes of length 1 in an assignment.
        new = np.reshape(new, new.shape[new.ndim - target.ndim :]) if new.size == np.prod(new.shape[new.ndim - target.ndim :]) else new
    if np.broadcast_shapes(new.shape, target.shape) != target.shape:
        raise ValueError(
            f"could not broadcast input array from shape {new.shape} into shape {target.shape}"
        )
    whole = entries == (Ellipsis,) or entries == (slice(None, None, None),)
    if not whole:
        recording.mixing.add("setitem")
    if whole and new.shape == array.shape:
        write(array, new._value)
    else:
        write(array, recording.row("set_at")(array._value, entries, new._value))


FUNCTIONS["getitem"] = getitem
FUNCTIONS["setitem"] = setitem


def host(value: Any) -> Any:
    """The value outside the recording, for what carries no derivative: masks, positions, shapes."""
    if isinstance(value, RecordedArray):
        return value._host()
    if isinstance(value, (list, tuple)):
        return type(value)(host(entry) for entry in value)
    return value


@implements(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    recording: Recording = first_recording((a, indices))
    array, positions = recording.recorded(a), np.asarray(host(indices))
    if axis is None:
        array, axis = np.reshape(array, -1), 0
    length = array.shape[axis]
    if mode == "wrap":
        positions = positions % length
    elif mode == "clip":
        positions = np.clip(positions, 0, length - 1)
    return array[(slice(None),) * (axis % array.ndim) + (positions,)]


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    recording = first_recording((arr, indices))
    array, positions = recording.recorded(arr), np.asarray(host(indices))
    if axis is None:
        array, axis = np.reshape(array, -1), 0
    return array[_along_axis(array, positions, axis)]


@implements(np.put_along_axis)
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    positions = np.asarray(host(indices))
    if not isinstance(arr, RecordedArray):
        raise NotDifferentiable(
            "np.put_along_axis writes a recorded value into a plain array; start from np.zeros_like(x)"
        )
    arr[_along_axis(arr, positions, axis)] = values


@implements(np.put)
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    if not isinstance(a, RecordedArray):
        raise NotDifferentiable("np.put writes a recorded value into a plain array; start from np.zeros_like(x)")
    positions = np.unravel_index(np.asarray(host(ind)) % max(a.size, 1), a.shape)
    a[positions] = v


def _along_axis(array: RecordedArray, positions: Any, axis: int) -> tuple[Any, ...]:
    axis = axis % array.ndim
    grid = []
    for dimension, length in enumerate(array.shape):
        if dimension == axis:
            grid.append(positions)
        else:
            shape = tuple(-1 if other == dimension else 1 for other in range(array.ndim))
            grid.append(np.arange(length).reshape(shape))
    return tuple(grid)
