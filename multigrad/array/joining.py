"""Joining arrays, and splitting them again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array.indexing import along
from multigrad.array.operands import check_cast, delivered, empty, host, lifted, lifted_all, promoted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.structure import rearranged
from multigrad.array.table import FUNCTIONS, implements


def _join(row: str, arrays: list[Any], axis: int, out: Any, dtype: Any, casting: Any) -> Any:
    """One of the rows `concatenate` and `stack`, for arrays whose shapes are known to fit."""
    recording = arrays[0]._recording
    if len(arrays) > 1 or row == "stack":
        recording.mixing.add(row)
    natives, common = promoted(recording, arrays, dtype)
    for array in arrays:
        check_cast(array.dtype, common, casting)
    return delivered(row, RecordedArray(recording.row(row)(natives, axis), recording, common), out)


@implements(np.concatenate, np.concat)
def concatenate(
    arrays: Sequence[Any], axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    parts = lifted_all(*arrays)
    if axis is None:
        parts, axis = [part.ravel() for part in parts], 0
    first = parts[0].shape
    if not first:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    axis = normalize_axis_index(axis, len(first))
    for part in parts:
        if (
            part.ndim != len(first)
            or part.shape[:axis] + part.shape[axis + 1 :] != first[:axis] + first[axis + 1 :]
        ):
            raise ValueError(
                "all the input array dimensions except for the concatenation axis must match exactly, but "
                f"the shapes are {[p.shape for p in parts]} and the axis is {axis}"
            )
    return _join("concatenate", parts, axis, out, dtype, casting)


@implements(np.stack)
def stack(
    arrays: Sequence[Any], axis: int = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> Any:
    parts = lifted_all(*arrays)
    if len({part.shape for part in parts}) > 1:
        raise ValueError(f"all input arrays must have the same shape, not {[part.shape for part in parts]}")
    return _join("stack", parts, normalize_axis_index(axis, parts[0].ndim + 1), out, dtype, casting)


def _stacking(function: Callable[..., Any], at_least: Callable[..., Any], axis: int) -> None:
    """Enter a function that concatenates along one axis what first got enough of them."""

    def apply(tup: Sequence[Any], *, dtype: Any = None, casting: Any = "same_kind") -> Any:
        parts = [at_least(part) for part in lifted_all(*tup)]
        along_first = axis == 1 and all(part.ndim == 1 for part in parts)
        return concatenate(parts, 0 if along_first else axis, dtype=dtype, casting=casting)

    FUNCTIONS[function] = apply


_stacking(np.vstack, np.atleast_2d, 0)
_stacking(np.hstack, np.atleast_1d, 1)
_stacking(np.dstack, np.atleast_3d, 2)


@implements(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    parts = lifted_all(*tup)
    return concatenate([part if part.ndim > 1 else np.atleast_2d(part).T for part in parts], 1)


@implements(np.block)
def block(arrays: Any) -> Any:
    leaves: list[Any] = []

    def rebuilt(nested: Any, positions: Any) -> Any:
        return [rebuilt(item, positions) for item in nested] if isinstance(nested, list) else next(positions)

    def collect(nested: Any) -> None:
        for item in nested if isinstance(nested, list) else ():
            collect(item)
        if not isinstance(nested, list):
            leaves.append(nested)

    collect(arrays)
    return rearranged("block", leaves, lambda *positions: np.block(rebuilt(arrays, iter(positions))))


# Splitting: slices, and so views ------------------------------------------------------------------------


def _pieces(array: RecordedArray, parts: Sequence[Any], axis: int) -> list[RecordedArray]:
    return [
        along(array, axis, slice(int(part[0]), int(part[-1]) + 1) if part.size else slice(0, 0))
        for part in parts
    ]


def _splitting(function: Callable[..., Any]) -> None:
    def apply(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[RecordedArray]:
        array = lifted(ary)
        axis = normalize_axis_index(axis, array.ndim)
        return _pieces(array, function(np.arange(array.shape[axis]), host(indices_or_sections)), axis)

    FUNCTIONS[function] = apply


def _splitting_along(function: Callable[..., Any], axis: int) -> None:
    def apply(ary: Any, indices_or_sections: Any) -> list[RecordedArray]:
        array, sections = lifted(ary), host(indices_or_sections)
        function(empty(array), sections)  # NumPy refuses too few dimensions and uneven parts
        at = 0 if array.ndim == 1 else axis
        return _pieces(array, np.array_split(np.arange(array.shape[at]), sections), at)

    FUNCTIONS[function] = apply


_splitting(np.split)
_splitting(np.array_split)
_splitting_along(np.vsplit, 0)
_splitting_along(np.hsplit, 1)
_splitting_along(np.dsplit, 2)


def unstack(x: Any, /, *, axis: int = 0) -> tuple[RecordedArray, ...]:
    array = lifted(x)
    axis = normalize_axis_index(axis, array.ndim)
    return tuple(along(array, axis, position) for position in range(array.shape[axis]))


if hasattr(np, "unstack"):  # NumPy 2.1 and later
    FUNCTIONS[np.unstack] = unstack
