"""NumPy's reductions that skip NaN: the plain reduction, with the NaNs replaced by what does not count."""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.cumulative import cumprod, cumsum
from multigrad.array.operands import lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.reductions import (
    UNSET,
    all_of,
    argmax,
    argmin,
    finish,
    floating,
    max_,
    mean,
    min_,
    prod,
    std,
    sum_,
    var,
)
from multigrad.array.table import implements


def present(array: RecordedArray, where: Any = UNSET) -> Any:
    """Where there is a number that counts."""
    found = ~np.isnan(array)
    return found if all_of(where) else found & where


def filled(array: RecordedArray, fill: Any) -> Any:
    """The array with `fill` in the places of NaN; integers have none."""
    return array if array.dtype.kind in "biu" else np.where(np.isnan(array), fill, array)


@implements(np.nansum)
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = UNSET,
    initial: Any = UNSET,
    where: Any = UNSET,
) -> Any:
    return sum_(filled(lifted(a, out), 0), axis, dtype, out, keepdims, initial, where)


@implements(np.nanprod)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = UNSET,
    initial: Any = UNSET,
    where: Any = UNSET,
) -> Any:
    return prod(filled(lifted(a, out), 1), axis, dtype, out, keepdims, initial, where)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return cumsum(filled(lifted(a, out), 0), axis, dtype, out)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return cumprod(filled(lifted(a, out), 1), axis, dtype, out)


@implements(np.nanmean)
def nanmean(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = UNSET, *, where: Any = UNSET
) -> Any:
    array = floating(lifted(a, out))
    return mean(filled(array, 0.0), axis, dtype, out, keepdims, where=present(array, where))


@implements(np.nanvar)
def nanvar(
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
    return _spread(var, "nanvar", a, axis, dtype, out, ddof, keepdims, where, mean, correction)


@implements(np.nanstd)
def nanstd(
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
    return _spread(std, "nanstd", a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def _spread(
    plain: Any,
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
    array = floating(lifted(a, out))
    mask = present(array, where)
    found = plain(filled(array, 0.0), axis, dtype, None, ddof, keepdims, where=mask, mean=centre,
                  correction=correction)  # fmt: skip
    # NumPy answers NaN where fewer numbers are left than degrees of freedom were taken, never infinity.
    taken = ddof if correction is UNSET else correction
    enough = sum_(mask, axis, keepdims=keepdims) > taken
    return finish(np.where(enough, found, np.nan).astype(found.dtype, copy=False), None, out, name)


@implements(np.nanmax)
def nanmax(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, initial: Any = UNSET, where: Any = UNSET
) -> Any:
    return _extreme(max_, -np.inf, "nanmax", a, axis, out, keepdims, initial, where)


@implements(np.nanmin)
def nanmin(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = UNSET, initial: Any = UNSET, where: Any = UNSET
) -> Any:
    return _extreme(min_, np.inf, "nanmin", a, axis, out, keepdims, initial, where)


def _extreme(
    plain: Any, fill: float, name: str, a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    array = lifted(a, out)
    if array.dtype.kind in "biu":
        return plain(array, axis, out, keepdims, initial, where)
    found = plain(filled(array, fill), axis, None, keepdims, initial, where)
    if initial is UNSET:
        found = np.where(np.any(present(array), axis=axis, keepdims=keepdims is not UNSET and bool(keepdims)),
                         found, np.nan).astype(found.dtype, copy=False)  # fmt: skip
    return finish(found, None, out, name)


@implements(np.nanargmax)
def nanargmax(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = UNSET) -> Any:
    return argmax(_some(lifted(a, out), axis, -np.inf), axis, out, keepdims=keepdims)


@implements(np.nanargmin)
def nanargmin(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = UNSET) -> Any:
    return argmin(_some(lifted(a, out), axis, np.inf), axis, out, keepdims=keepdims)


def _some(array: RecordedArray, axis: Any, fill: float) -> Any:
    if bool(np.any(np.all(np.isnan(array), axis=axis))):
        raise ValueError("All-NaN slice encountered")
    return filled(array, fill)
