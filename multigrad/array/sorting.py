"""Sorting, and what is composed from it: orders, partitions and searches; quantiles stand in `quantiles.py`.

What is compared is compared by the backend's rows, never by values rounded for the host: a referee with more
digits than NumPy must see on which side of a tie it stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array.operands import host, lifted, lifted_all
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.table import implements

INTP = np.dtype(np.intp)


def _line(a: Any, axis: Any) -> tuple[RecordedArray, int]:
    """The array and the axis to sort along; without an axis the array is flattened."""
    array = lifted(a)
    if axis is None:
        return np.reshape(array, -1), 0  # type: ignore[return-value]
    return array, normalize_axis_index(axis, array.ndim)


def _plain(order: Any) -> None:
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


# Sorting ------------------------------------------------------------------------------------------------


@implements(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    _plain(order)
    array, line = _line(a, axis)
    if array.dtype.kind in "biuc":
        return np.take_along_axis(array, argsort(array, line), line)
    array._recording.mixing.add("sort")
    return RecordedArray(array._recording.row("sort")(array._value, line), array._recording, array.dtype)


@implements(np.argsort)
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    _plain(order)
    array, line = _line(a, axis)
    if array.dtype.kind == "c":
        return lexsort((array.imag, array.real), line)
    recording = array._recording
    recording.mixing.add("argsort")
    if array.dtype.kind in "biu":
        return recording.constant(np.argsort(array._host(), line, stable=True))
    return RecordedArray(recording.row("argsort")(array._value, line), recording, INTP)


@implements(np.partition)
def partition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """Sorted throughout, which is a partition at every position."""
    _check_kth(a, kth, axis)
    return sort(a, axis, order=order)


@implements(np.argpartition)
def argpartition(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None) -> Any:
    _check_kth(a, kth, axis)
    return argsort(a, axis, order=order)


def _check_kth(a: Any, kth: Any, axis: Any) -> None:
    array, line = _line(a, axis)
    length = array.shape[line]
    for k in np.ravel(host(kth)).tolist():
        if not -length <= k < length:
            raise ValueError(f"kth(={k}) out of bounds ({length})")


@implements(np.lexsort)
def lexsort(keys: Any, axis: Any = -1) -> Any:
    """By the last key first: stable sorts, one key after the other."""
    columns = lifted_all(*keys)
    order = argsort(columns[0], axis)
    for column in columns[1:]:
        order = np.take_along_axis(order, argsort(np.take_along_axis(column, order, axis), axis), axis)
    return order


@implements(np.sort_complex)
def sort_complex(a: Any) -> Any:
    ordered = sort(a)
    return ordered if ordered.dtype.kind == "c" else ordered + 0j


# Searching ----------------------------------------------------------------------------------------------


def places(line: Any, values: Any, side: str = "left") -> RecordedArray:
    """How many entries of a sorted line are less than each value (``"right"``: not greater).

    From one stable sort of both together, so that no value leaves the backend to be compared.
    """
    sorted_line, wanted = lifted_all(line, values)
    flat = np.reshape(wanted, -1)
    count = sorted_line.size
    if side == "left":
        order = argsort(np.concatenate([flat, sorted_line]))
        from_line = order >= wanted.size
        found = np.cumsum(from_line)[argsort(order)][: wanted.size]
    else:
        order = argsort(np.concatenate([sorted_line, flat]))
        found = np.cumsum(order < count)[argsort(order)][count:]
    return np.reshape(found, wanted.shape)  # type: ignore[return-value]


@implements(np.searchsorted)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    if side not in ("left", "right"):
        raise ValueError(f"side must be 'left' or 'right' (got {side!r})")
    return places(a if sorter is None else np.take(a, sorter), v, side)


@implements(np.digitize)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    edges, values = lifted_all(bins, x)
    side = "left" if right else "right"
    if edges.size > 1 and bool(edges[0] > edges[-1]):
        return edges.size - places(edges[::-1], values, side)
    return places(edges, values, side)
