"""Choosing between values, finding positions, and functions applied along axes.

`where`, `clip`, `select` and `choose` are elementwise. What answers with positions, counts or truths carries
no derivative: NumPy computes it from the values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array.elementwise import first_recording, operand
from multigrad.array.operands import common_dtype, delivered, empty, host, lifted, lifted_all, promoted_weakly
from multigrad.array.recorded_array import BOOL, RecordedArray
from multigrad.array.table import FUNCTIONS, implements, implements_each


@implements(np.where)
def where(condition: Any, /, *branches: Any) -> Any:
    if not branches:
        return nonzero(condition)
    if len(branches) != 2:
        raise ValueError("either both or neither of x and y should be given")
    recording = first_recording((condition, *branches))
    truths = recording.recorded(condition)
    natives, common = promoted_weakly(recording, branches)
    mask = truths if truths.dtype == BOOL else truths != 0
    return RecordedArray(recording.row("where")(mask._value, *natives), recording, common)


_ABSENT = np._NoValue  # what np.clip itself has for its default


@implements(np.clip)
def clip(
    a: Any,
    a_min: Any = _ABSENT,
    a_max: Any = _ABSENT,
    out: Any = None,
    *,
    min: Any = _ABSENT,
    max: Any = _ABSENT,
    dtype: Any = None,
    **keywords: Any,
) -> Any:
    bounds = [
        None if bound is _ABSENT else bound
        for bound in ((a_min, a_max) if min is _ABSENT and max is _ABSENT else (min, max))
    ]
    recording = first_recording((a, *bounds))
    given = [bound for bound in bounds if bound is not None]
    natives, common = promoted_weakly(recording, (recording.recorded(a), *given))
    low, high = (
        None if bound is None else natives[1 + (k and len(given) - 1)] for k, bound in enumerate(bounds)
    )
    result = RecordedArray(recording.row("clip")(natives[0], low, high), recording, common)
    result = result if dtype is None else result.astype(dtype)
    return delivered("clip", result, out[0] if isinstance(out, tuple) else out)


@implements(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    if len(condlist) != len(choicelist) or not len(condlist):
        raise ValueError("list of cases must be same length as list of conditions, and neither may be empty")
    recording = first_recording((condlist, choicelist, default))
    choices = [operand(recording, choice) for choice in (*choicelist, default)]
    common = common_dtype(*choices)
    result: Any = recording.recorded(choices.pop()).astype(common, copy=False)
    for condition in reversed(condlist):
        result = where(condition, recording.recorded(choices.pop()).astype(common, copy=False), result)
    return result


@implements(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    recording, number = first_recording((a, choices, out)), len(choices)
    picked = np.asarray(host(a))
    if mode == "raise" and np.any((picked < 0) | (picked >= number)):
        raise ValueError("invalid entry in choice array")
    picked = picked % number if mode == "wrap" else np.clip(picked, 0, number - 1)
    common = common_dtype(*(operand(recording, choice) for choice in choices))
    result, *others = (recording.recorded(choice).astype(common, copy=False) for choice in choices)
    for position, other in enumerate(others, 1):
        result = where(picked == position, other, result)
    return delivered("choose", result, out)


@implements(np.compress)
def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    return np.take(lifted(a, condition), np.flatnonzero(host(condition)), axis, out)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    return np.take(np.ravel(lifted(arr, condition)), np.flatnonzero(host(condition)))


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    array = lifted(x, condlist)
    if not isinstance(condlist, (list, tuple)) or (np.ndim(condlist[0]) == 0 and array.ndim != 0):
        condlist = [condlist]
    conditions = [np.asarray(host(condition), bool).reshape(array.shape) for condition in condlist]
    if len(conditions) == len(funclist) - 1:
        conditions.append(~np.any(conditions, axis=0))
    elif len(conditions) != len(funclist):
        raise ValueError(
            f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} "
            "functions are expected"
        )
    flat = np.ravel(array)
    result = np.zeros_like(flat)
    for condition, function in zip(conditions, funclist, strict=True):
        chosen = condition.ravel()
        if not callable(function):
            result[chosen] = function
        elif chosen.any():
            result[chosen] = function(flat[chosen], *args, **kw)
    return np.reshape(result, array.shape)


@implements(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    **options: Any,
) -> Any:
    array = lifted(ar)
    numpy: Any = np.unique  # the stub has an overload for each choice of True and False
    found = numpy(host(array), True, return_inverse, return_counts, axis, **options)
    values = np.take(array, found[1], axis)
    rest = found[2:] if not return_index else found[1:]
    return (values, *rest) if rest else values


@implements(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    return unique(np.concatenate([np.ravel(array) for array in lifted_all(ar1, ar2)]))


def _unique(function: Callable[..., Any]) -> Callable[..., Any]:
    """One of the array API standard's: a named tuple whose values are recorded."""

    def apply(x: Any) -> Any:
        return function(host(x))._replace(values=unique(x, equal_nan=False))

    return apply


implements_each(_unique, np.unique_all, np.unique_counts, np.unique_inverse)
FUNCTIONS[np.unique_values] = lambda x: unique(x, equal_nan=False)


# Answers without a derivative --------------------------------------------------------------------------


def _by_values(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*args: Any, **kwargs: Any) -> Any:
        return function(*host(args), **{name: host(value) for name, value in kwargs.items()})

    return apply


implements_each(
    _by_values,
    np.nonzero,
    np.flatnonzero,
    np.argwhere,
    np.count_nonzero,
    np.ix_,
    np.unravel_index,
    np.ravel_multi_index,
    np.min_scalar_type,
    np.array_repr,
    np.array_str,
    np.array2string,
)
nonzero = FUNCTIONS[np.nonzero]


def _by_shape(function: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy asks for shape and dtype only: so this works where there are no values."""

    def stand_in(value: Any) -> Any:
        return empty(value) if isinstance(value, RecordedArray) else value

    def apply(*args: Any, **kwargs: Any) -> Any:
        return function(*map(stand_in, args), **{name: stand_in(value) for name, value in kwargs.items()})

    return apply


implements_each(
    _by_shape,
    np.ndim,
    np.size,
    np.result_type,
    np.can_cast,
    np.common_type,
    np.iscomplexobj,
    np.isrealobj,
    np.tril_indices_from,
    np.triu_indices_from,
    np.diag_indices_from,
)


@implements(np.shape)
def shape(a: Any) -> tuple[int, ...]:
    return first_recording((a,)).recorded(a).shape


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    return where(_lower(lifted(m), k), lifted(m), 0)


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    return where(_lower(lifted(m), k - 1), 0, lifted(m))


def _lower(array: RecordedArray, k: int) -> npt.NDArray[np.bool_]:
    rows, columns = array.shape[-2:] if array.ndim > 1 else 2 * array.shape
    return np.tri(rows, columns, k, bool)


# Functions along axes -----------------------------------------------------------------------------------


@implements(np.apply_along_axis)
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    array = lifted(arr)
    axis = normalize_axis_index(axis, array.ndim)
    lines = np.moveaxis(array, axis, -1)
    results = [func1d(lines[position], *args, **kwargs) for position in np.ndindex(lines.shape[:-1])]
    if not results:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    stacked = np.stack(lifted_all(*results, array)[:-1])
    result = np.reshape(stacked, lines.shape[:-1] + stacked.shape[1:])
    kept = array.ndim - 1
    return np.moveaxis(result, range(kept, result.ndim), range(axis, axis + result.ndim - kept))


@implements(np.apply_over_axes)
def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    array = lifted(a)
    for axis in np.atleast_1d(axes).tolist():
        axis = normalize_axis_index(axis, array.ndim)
        result = func(array, axis)
        array = result if result.ndim == array.ndim else np.expand_dims(result, axis)
    return array
