"""Running sums, products and the like: NumPy's ``cum...`` functions, and scans with any associative ufunc."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array.operands import lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.reductions import accumulator, finish
from multigrad.array.table import implements


def scan(combine: Callable[[Any, Any], Any], array: RecordedArray, axis: int) -> RecordedArray:
    """``combine`` of all entries up to each along an axis, in log2(n) steps; combine must be associative."""
    length, step = array.shape[axis], 1
    lead = (slice(None),) * axis
    while step < length:
        earlier, later = array[(*lead, slice(-step))], array[(*lead, slice(step, None))]
        array = np.concatenate([array[(*lead, slice(step))], combine(earlier, later)], axis=axis)  # type: ignore[assignment]
        step *= 2
    return array


def accumulate(
    name: str, array: RecordedArray, axis: int, combine: Callable[[Any, Any], Any]
) -> RecordedArray:
    """The backend's row where it has one, a scan elsewhere."""
    recording = array._recording
    recording.mixing.add(name)
    if name in recording.rows:
        return RecordedArray(recording.rows[name](array._value, axis), recording, array.dtype)
    return scan(combine, array.copy(), axis)


def _running(name: str, a: Any, axis: Any, dtype: Any, out: Any, combine: Callable[[Any, Any], Any]) -> Any:
    array: Any = accumulator(lifted(a, out), dtype)
    if axis is None:
        array, axis = np.reshape(array, -1), 0
    line = normalize_axis_index(axis, array.ndim)
    return finish(accumulate(name, array, line, combine), dtype, out, name)


@implements(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running("cumsum", a, axis, dtype, out, np.add)


@implements(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return _running("cumprod", a, axis, dtype, out, np.multiply)


@implements(np.cumulative_sum)
def cumulative_sum(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    return _cumulative(cumsum, 0, x, axis, dtype, out, include_initial)


@implements(np.cumulative_prod)
def cumulative_prod(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    return _cumulative(cumprod, 1, x, axis, dtype, out, include_initial)


def _cumulative(
    running: Callable[..., Any], first: int, x: Any, axis: Any, dtype: Any, out: Any, include_initial: bool
) -> Any:
    array = lifted(x, out)
    if axis is None:
        if array.ndim != 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0
    found = running(array, axis, dtype)
    if include_initial:
        line = normalize_axis_index(axis, array.ndim)
        shape = tuple(1 if k == line else n for k, n in enumerate(array.shape))
        found = np.concatenate([np.full(shape, first, found.dtype), found], axis=line)
    return finish(found, dtype, out, running.__name__)
