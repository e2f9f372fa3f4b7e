"""NumPy's reductions over recorded arrays: sums, products, extremes, moments, and those that skip NaN.

Every reduction makes one point depend on others, so each adds its name to `Recording.mixing`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from multigrad.array.elementwise import check_out, first_recording, write_out
from multigrad.array.operands import lifted
from multigrad.array.recorded_array import BOOL, FLOAT32, FLOAT64, RecordedArray
from multigrad.array.table import implements

UNSET = np._NoValue  # what NumPy's own signatures say for "not given"


# The common part --------------------------------------------------------------------------------------


def axes_of(array: RecordedArray, axis: Any) -> tuple[int, ...]:
    """The axes as non-negative ints; AxisError as NumPy raises it."""
    if axis is None:
        return tuple(range(array.ndim))
    return tuple(sorted(normalize_axis_tuple(axis, array.ndim)))


def finish(result: Any, dtype: Any, out: Any, name: str) -> Any:
    """The result in `dtype`, written into `out` where one is given."""
    if dtype is not None:
        result = result.astype(np.dtype(dtype), copy=False)
    return result if out is None else write_out(result, check_out(out, f"numpy.{name}"), "unsafe")


def reduce(name: str, array: RecordedArray, axis: Any, keepdims: Any, *ddof: Any) -> RecordedArray:
    """One row over axes; its answer has the array's dtype, a boolean's or an index's."""
    keepdims = keepdims is not UNSET and bool(keepdims)
    axes, value, recording = axes_of(array, axis), array._value, array._recording
    if axes:
        recording.mixing.add(name)
    else:
        # A reduction over no axis leaves every entry alone: give the row one of length 1 to reduce.
        value, axes, keepdims = recording.rows["reshape"](value, (*array.shape, 1)), (array.ndim,), False
    found = recording.row(name)(value, axes, keepdims, *ddof)
    real: Any = {"c16": FLOAT64, "c8": FLOAT32}.get(array.dtype.str[1:]) if ddof else None
    return RecordedArray(found, recording, real or array.dtype)


def all_of(where: Any) -> bool:
    """Whether a ``where=`` masks nothing."""
    return where is UNSET or (isinstance(where, (bool, np.bool_)) and bool(where))


def masked(array: RecordedArray, where: Any, fill: Any) -> RecordedArray:
    """The array with `fill` where the mask is off."""
    if all_of(where):
        return array
    return np.where(where, array, np.asarray(fill, array.dtype)[()])  # type: ignore[return-value]


def accumulator(array: RecordedArray, dtype: Any) -> RecordedArray:
    """The array in the dtype that NumPy adds it up in: small integers and booleans in the default integer."""
    if dtype is None and array.dtype.kind in "biu":
        dtype = np.result_type(array.dtype, np.uint if array.dtype.kind == "u" else np.int_)
    return array if dtype is None else array.astype(dtype, copy=False)


def floating(array: RecordedArray, dtype: Any = None) -> RecordedArray:
    """The array as a mean is computed: integers in float64."""
    wanted = dtype or (FLOAT64 if array.dtype.kind in "biu" else array.dtype)
    return array.astype(FLOAT32 if np.dtype(wanted) == np.float16 else wanted, copy=False)


def empty_check(array: RecordedArray, axis: Any, name: str) -> None:
    if any(array.shape[k] == 0 for k in axes_of(array, axis)):
        raise ValueError(f"zero-size array to reduction operation {name} which has no identity")


# Sums and products --------------------------------------------------------------------------------------


@implements(np.sum)
def sum_(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = UNSET,
    initial: Any = UNSET,
    where: Any = UNSET,
) -> Any:
    array = masked(accumulator(lifted(a, out, initial, where), dtype), where, 0)
    found = reduce("sum", array, axis, keepdims)
    return finish(found if initial is UNSET else found + initial, dtype, out, "sum")


@implements(np.prod)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = UNSET,
    initial: Any = UNSET,
    where: Any = UNSET,
) -> Any:
    array = masked(accumulator(lifted(a, out, initial, where), dtype), where, 1)
    found = reduce("prod", array, axis, keepdims)
    return finish(found if initial is UNSET else found * initial, dtype, out, "prod")


@implements(np.mean)
def mean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = UNSET, *, where: Any = UNSET
) -> Any:
    array = floating(lifted(a, out, where), dtype)
    if all_of(where):
        return finish(reduce("mean", array, axis, keepdims), dtype, out, "mean")
    total = sum_(array, axis, keepdims=keepdims, where=where)
    found = (total / _count(array, where, axis, keepdims)).astype(array.dtype, copy=False)
    return finish(found, dtype, out, "mean")


def _count(array: RecordedArray, where: Any, axis: Any, keepdims: Any) -> Any:
    """How many entries each mean is over."""
    if all_of(where):
        return int(np.prod([array.shape[k] for k in axes_of(array, axis)], dtype=int))
    mask = np.broadcast_to(where, array.shape)
    return np.sum(mask, axis=axis, keepdims=keepdims is not UNSET and bool(keepdims))


@implements(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = UNSET,
    *,
    where: Any = UNSET,
    mean: Any = UNSET,
    correction: Any = UNSET,
) -> Any:
    return _spread("var", a, axis, dtype, out, ddof, keepdims, where, mean, correction)


@implements(np.std)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = UNSET,
    *,
    where: Any = UNSET,
    mean: Any = UNSET,
    correction: Any = UNSET,
) -> Any:
    return _spread("std", a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def _spread(
    name: str,
    a: Any,
    axis: Any,
    dtype: Any,
    out: Any,
    ddof: Any,
    keepdims: Any,
    where: Any,
    centre: Any,
    correction: Any,
) -> Any:
    array = floating(lifted(a, out, where, centre), dtype)
    if correction is not UNSET:
        if ddof != 0:
            raise ValueError("ddof and correction can't be provided simultaneously.")
        ddof = correction
    if all_of(where) and centre is UNSET:
        return finish(reduce(name, array, axis, keepdims, ddof), dtype, out, name)
    if centre is UNSET:
        centre = mean(array, axis, keepdims=True, where=where)
    away = masked(array - centre, where, 0)
    squares = away.real**2 + away.imag**2 if away.dtype.kind == "c" else away**2
    count = _count(array, where, axis, keepdims)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = sum_(squares, axis, keepdims=keepdims) / np.maximum(count - ddof, 0)
    found = found.astype(squares.dtype, copy=False)
    return finish(np.sqrt(found) if name == "std" else found, dtype, out, name)


@implements(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = UNSET
) -> Any:
    recording = first_recording((a, weights))
    array = recording.recorded(a)
    if weights is None:
        found = mean(array, axis, keepdims=keepdims)
        count = _count(array, UNSET, axis, keepdims)
        return (found, found * 0 + count) if returned else found
    factors = recording.recorded(weights)
    if factors.shape != array.shape:
        factors = _spread_out(factors, array, axis)
    dtype = np.result_type(floating(array).dtype, factors.dtype)
    scale = sum_(factors, axis, dtype, keepdims=keepdims)
    if not isinstance(weights, RecordedArray) and (scale._host() == 0).any():
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    found = sum_(array * factors, axis, keepdims=keepdims) / scale
    return (found, np.broadcast_to(scale, found.shape)) if returned else found


def _spread_out(weights: RecordedArray, array: RecordedArray, axis: Any) -> RecordedArray:
    """Weights along the reduced axes, ready to broadcast against the array."""
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    given = normalize_axis_tuple(axis, array.ndim)
    if weights.shape != tuple(array.shape[k] for k in given):
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    ordered = np.transpose(weights, np.argsort(given))
    return np.reshape(ordered, tuple(n if k in given else 1 for k, n in enumerate(array.shape)))  # type: ignore[return-value]


# Extremes -----------------------------------------------------------------------------------------------


def _extreme(name: str, a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any) -> Any:
    array = lifted(a, out, initial, where)
    bound = np.maximum if name == "max" else np.minimum
    if array.dtype == BOOL:
        return (any_ if name == "max" else all_)(array, axis, out, keepdims)
    if initial is UNSET:
        if not all_of(where):
            raise ValueError(
                f"reduction operation '{bound.__name__}' does not have an identity, so to use a where mask "
                "one has to specify 'initial'"
            )
        empty_check(array, axis, bound.__name__)
        return finish(reduce(name, array, axis, keepdims), None, out, name)
    array = masked(array, where, initial)
    if any(array.shape[k] == 0 for k in axes_of(array, axis)):
        found = sum_(array, axis, keepdims=keepdims) + initial
    else:
        found = bound(reduce(name, array, axis, keepdims), initial)
    return finish(found, None, out, name)


@implements(np.max, np.amax)
def max_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, initial: Any = UNSET, where: Any = UNSET
) -> Any:
    return _extreme("max", a, axis, out, keepdims, initial, where)


@implements(np.min, np.amin)
def min_(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, initial: Any = UNSET, where: Any = UNSET
) -> Any:
    return _extreme("min", a, axis, out, keepdims, initial, where)


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET) -> Any:
    array = lifted(a, out)
    return finish(
        max_(array, axis, keepdims=keepdims) - min_(array, axis, keepdims=keepdims), None, out, "ptp"
    )


@implements(np.any)
def any_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, *, where: Any = UNSET) -> Any:
    array = lifted(a, out, where)
    return finish(reduce("any", masked(truth(array), where, False), axis, keepdims), None, out, "any")


@implements(np.all)
def all_(a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, *, where: Any = UNSET) -> Any:
    array = lifted(a, out, where)
    return finish(reduce("all", masked(truth(array), where, True), axis, keepdims), None, out, "all")


def truth(array: RecordedArray) -> RecordedArray:
    """Anything but zero is true."""
    return array if array.dtype == BOOL else array != 0


@implements(np.argmax)
def argmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = UNSET) -> Any:
    return _position("argmax", a, axis, out, keepdims)


@implements(np.argmin)
def argmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = UNSET) -> Any:
    return _position("argmin", a, axis, out, keepdims)


def _position(name: str, a: Any, axis: Any, out: Any, keepdims: Any) -> Any:
    array, keepdims = lifted(a, out), keepdims is not UNSET and bool(keepdims)
    shape = (1,) * array.ndim if keepdims else ()
    flat: Any
    if axis is None:
        flat, line = np.reshape(array, -1), 0
    else:
        flat, (line,) = array, normalize_axis_tuple(axis, array.ndim)
    if flat.shape[line] == 0:
        raise ValueError(f"attempt to get {name} of an empty sequence")
    recording = array._recording
    recording.mixing.add(name)
    if array.dtype == BOOL:
        flat = flat.astype(np.int_)
    found = recording.row(name)(flat._value, line, keepdims and axis is not None)
    result = RecordedArray(found, recording, np.dtype(np.intp))
    return finish(np.reshape(result, shape) if axis is None else result, None, out, name)
