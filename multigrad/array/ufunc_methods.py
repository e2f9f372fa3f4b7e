"""The methods of ufuncs over recorded arrays: ``reduce``, ``accumulate``, ``outer``, ``reduceat`` and ``at``.

A ufunc with a reduction of its own (``np.add`` has ``np.sum``) goes there; any other is applied entry after
entry, or in a scan where it is associative.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array import cumulative, reductions
from multigrad.array.elementwise import check_out, first_recording, operand, write_out
from multigrad.array.operands import host, lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.reductions import UNSET, all_of
from multigrad.array.table import UFUNCS

REDUCED: dict[Any, Callable[..., Any]] = {
    np.add: reductions.sum_,
    np.multiply: reductions.prod,
    np.maximum: reductions.max_,
    np.minimum: reductions.min_,
    np.logical_and: reductions.all_,
    np.logical_or: reductions.any_,
}
"""Ufuncs whose ``reduce`` is a function of NumPy's."""

WITHOUT_DTYPE = frozenset((np.maximum, np.minimum, np.logical_and, np.logical_or))
ASSOCIATIVE = frozenset(
    (np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.hypot, np.logical_and,
     np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.gcd, np.lcm)
)  # fmt: skip


def _binary(ufunc: np.ufunc, method: str) -> None:
    if ufunc.nin != 2 or ufunc.nout != 1:
        raise ValueError(f"{method} only supported for binary functions")


def _entries(array: RecordedArray, axis: int) -> list[Any]:
    """The slices along an axis."""
    return [array[(*(slice(None),) * axis, k)] for k in range(array.shape[axis])]


def _delivered(ufunc: np.ufunc, result: Any, out: Any) -> Any:
    target = out[0] if isinstance(out, tuple) else out
    return result if target is None else write_out(result, check_out(target, f"numpy.{ufunc.__name__}"))


def reduce(
    ufunc: np.ufunc,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = UNSET,
    where: Any = True,
) -> Any:
    _binary(ufunc, "reduce")
    a = lifted(array, out, initial, where)
    if initial is None:
        initial = UNSET
    if ufunc in REDUCED:
        options = {"keepdims": keepdims, "where": where}
        if initial is not UNSET:
            if ufunc in (np.logical_and, np.logical_or):
                return _delivered(ufunc, ufunc(REDUCED[ufunc](a, axis, **options), initial), out)
            options["initial"] = initial
        if ufunc not in WITHOUT_DTYPE:
            options["dtype"] = dtype
        return _delivered(ufunc, REDUCED[ufunc](a, axis, **options), out)
    found = _fold(ufunc, a if dtype is None else a.astype(dtype), axis, keepdims, initial, where)
    return _delivered(ufunc, found, out)


def _fold(ufunc: np.ufunc, array: RecordedArray, axis: Any, keepdims: bool, initial: Any, where: Any) -> Any:
    """From the first entry to the last, several axes one after the other."""
    axes = reductions.axes_of(array, axis)
    if not all_of(where) or (len(axes) > 1 and ufunc not in ASSOCIATIVE):
        raise ValueError(
            f"reduction operation '{ufunc.__name__}' is not reorderable, so at most one axis may be "
            "specified, without where="
        )
    for line in reversed(axes):
        entries = _entries(array, line)
        if initial is not UNSET and line == axes[0]:
            entries.insert(0, initial)
        if not entries:
            if ufunc.identity is None:
                raise ValueError(
                    f"zero-size array to reduction operation {ufunc.__name__} which has no identity"
                )
            rest = tuple(n for k, n in enumerate(array.shape) if k != line)
            entries = [array._recording.recorded(np.full(rest, ufunc.identity, array.dtype))]
        array = functools.reduce(ufunc, entries)
    return np.expand_dims(array, axes) if keepdims else array


def accumulate(ufunc: np.ufunc, array: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    _binary(ufunc, "accumulate")
    a = lifted(array, out)
    line = normalize_axis_index(axis, a.ndim)
    if ufunc in (np.add, np.multiply):
        found = (cumulative.cumsum if ufunc is np.add else cumulative.cumprod)(a, line, dtype)
    else:
        a = a if dtype is None else a.astype(dtype)
        if ufunc in ASSOCIATIVE:
            found = cumulative.scan(ufunc, a.copy(), line)
        else:
            running = _entries(a, line)
            for k in range(1, len(running)):
                running[k] = ufunc(running[k - 1], running[k])
            found = np.stack(running, axis=line) if running else a.copy()
    return _delivered(ufunc, found, out)


def outer(ufunc: np.ufunc, a: Any, b: Any, **keywords: Any) -> Any:
    _binary(ufunc, "outer")
    recording = first_recording((a, b, keywords.get("out")))
    recording.mixing.add("outer")
    left, right = operand(recording, a), operand(recording, b)
    return ufunc(np.reshape(left, np.shape(left) + (1,) * np.ndim(right)), right, **keywords)


def reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None
) -> Any:
    _binary(ufunc, "reduceat")
    a, starts = lifted(array, out), np.asarray(host(indices)).tolist()
    line = normalize_axis_index(axis, a.ndim)
    lead, length = (slice(None),) * line, a.shape[line]
    for start in starts:
        if not 0 <= start < length:
            raise IndexError(f"index {start} out-of-bounds in {ufunc.__name__}.reduceat [0, {length})")
    parts = []
    for start, stop in zip(starts, [*starts[1:], length], strict=True):
        part = a[(*lead, slice(start, stop if stop > start else start + 1))]
        parts.append(reduce(ufunc, part, line, dtype))
    return _delivered(ufunc, np.stack(parts, axis=line), out)


def at(ufunc: np.ufunc, a: Any, indices: Any, b: Any = UNSET) -> None:
    """Unbuffered: positions that are named several times are changed several times, in their order."""
    target = check_out(a, f"numpy.{ufunc.__name__}.at")
    everything = np.arange(target.size).reshape(target.shape)
    picked = everything[host(indices)]
    positions = picked.ravel()
    values = (
        None if b is UNSET else np.reshape(np.broadcast_to(target._recording.recorded(b), picked.shape), -1)
    )
    order = np.argsort(positions, stable=True)
    ordered = positions[order]
    rank = np.empty(positions.size, int)
    rank[order] = np.arange(positions.size) - np.searchsorted(ordered, ordered)
    for turn in range(int(rank.max(initial=-1)) + 1):
        chosen = np.flatnonzero(rank == turn)
        where = np.unravel_index(positions[chosen], target.shape)
        target[where] = ufunc(target[where]) if values is None else ufunc(target[where], values[chosen])


UFUNCS |= {"reduce": reduce, "accumulate": accumulate, "outer": outer, "reduceat": reduceat, "at": at}
