"""NumPy's functions of one entry at a time that are no ufuncs, and its questions whether arrays are equal."""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.composed import sinc as composed_sinc
from multigrad.array.elementwise import first_recording
from multigrad.array.operands import delivered, inexact, lifted, lifted_all
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.special import special
from multigrad.array.table import implements


def _row(name: str, array: RecordedArray, dtype: Any = None) -> RecordedArray:
    return RecordedArray(array._recording.rows[name](array._value), array._recording, dtype or array.dtype)


# Rounding -----------------------------------------------------------------------------------------------


@implements(np.round, np.around)
def round_(a: Any, decimals: int = 0, out: Any = None) -> Any:
    array = lifted(a, out)
    if array.dtype.kind in "biu":
        found: Any = array._recording.constant(np.round(array._host(), decimals))
    elif array.dtype.kind == "c":
        found = round_(array.real, decimals) + 1j * round_(array.imag, decimals)
    elif not decimals:
        found = np.rint(array)
    else:
        power = 10.0 ** abs(decimals)
        found = np.rint(array * power) / power if decimals > 0 else np.rint(array / power) * power
    return delivered("round", found, out)


@implements(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    return delivered("fix", np.trunc(lifted(x, out)), out)


# Numbers that are none, and complex ones ------------------------------------------------------------------


@implements(np.nan_to_num)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    array = lifted(x, nan, posinf, neginf)
    if array.dtype.kind in "biu":
        found: Any = array.copy()
    elif array.dtype.kind == "c":
        parts = [nan_to_num(part, True, nan, posinf, neginf) for part in (array.real, array.imag)]
        found = parts[0] + 1j * parts[1]
    elif (
        "nan_to_num" in array._recording.rows and type(nan) is float and nan == 0 and posinf is neginf is None
    ):
        found = _row("nan_to_num", array)
    else:
        limit = np.finfo(array.dtype).max
        high, low = limit if posinf is None else posinf, -limit if neginf is None else neginf
        found = np.where(np.isnan(array), nan, array)
        found = np.where(array == np.inf, high, np.where(array == -np.inf, low, found))
        found = found.astype(array.dtype, copy=False)
    if not copy and isinstance(x, RecordedArray):
        x[...] = found
        return x
    return found


@implements(np.isposinf)
def isposinf(x: Any, out: Any = None) -> Any:
    return delivered("isposinf", lifted(x, out) == np.inf, out)


@implements(np.isneginf)
def isneginf(x: Any, out: Any = None) -> Any:
    return delivered("isneginf", lifted(x, out) == -np.inf, out)


@implements(np.iscomplex)
def iscomplex(x: Any) -> Any:
    return lifted(x).imag != 0


@implements(np.isreal)
def isreal(x: Any) -> Any:
    return lifted(x).imag == 0


@implements(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    array = lifted(a)
    if array.dtype.kind != "c":
        return array
    limit = tol * np.finfo(array.dtype).eps if tol > 1 else tol
    return array.real if bool(np.all(np.absolute(array.imag) < limit)) else array


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    array = inexact(lifted(z))
    if "angle" in array._recording.rows:
        found: Any = _row("angle", array, np.empty(0, array.dtype).real.dtype)
    elif array.dtype.kind == "c":
        found = np.arctan2(array.imag, array.real)
    else:
        found = np.where(np.isnan(array), array, np.where(np.signbit(array), np.pi, 0.0))
        found = found.astype(array.dtype, copy=False)
    return found * (180 / np.pi) if deg else found


@implements(np.sinc)
def sinc(x: Any) -> Any:
    array = inexact(lifted(x))
    return (
        _row("sinc", array)
        if "sinc" in array._recording.rows
        else composed_sinc(array).astype(array.dtype, copy=False)
    )


@implements(np.i0)
def i0(x: Any) -> Any:
    array = inexact(lifted(x))
    return _row("i0", array) if "i0" in array._recording.rows else special("i0", array)


# Equality ---------------------------------------------------------------------------------------------------


@implements(np.isclose)
def isclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> Any:
    first, second = lifted_all(a, b)
    near = (np.absolute(first - second) <= atol + rtol * np.absolute(second)) & np.isfinite(second)
    found = near | (first == second)
    return found | (np.isnan(first) & np.isnan(second)) if equal_nan else found


@implements(np.allclose)
def allclose(a: Any, b: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: bool = False) -> bool:
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


@implements(np.array_equal)
def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> bool:
    if np.shape(a1) != np.shape(a2):
        return False
    first, second = lifted_all(a1, a2)
    found = first == second
    return bool(np.all(found | (np.isnan(first) & np.isnan(second)) if equal_nan else found))


@implements(np.array_equiv)
def array_equiv(a1: Any, a2: Any) -> bool:
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    first, second = lifted_all(a1, a2)
    return bool(np.all(first == second))


@implements(np.isin)
def isin(
    element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None
) -> Any:
    elements, tests = lifted_all(element, test_elements)
    found = np.any(np.expand_dims(elements, -1) == np.reshape(tests, -1), axis=-1)
    return ~found if invert else found


@implements(np.may_share_memory, np.shares_memory)
def shares_memory(a: Any, b: Any, /, max_work: Any = None) -> bool:
    """Whether writing into one may change the other."""
    first_recording((a, b))
    if not (isinstance(a, RecordedArray) and isinstance(b, RecordedArray)):
        return False
    return a is b or (a._view is not None and b._view is not None and a._view.storage is b._view.storage)
