"""Medians, quantiles and percentiles, composed from a sort along merged axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.array.operands import delivered, host, inexact, lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.reductions import UNSET, axes_of
from multigrad.array.sorting import sort
from multigrad.array.table import implements
from multigrad.errors import NotDifferentiable


def lines(a: Any, axis: Any) -> tuple[RecordedArray, tuple[int, ...]]:
    """The array with the given axes merged into a last one, and its shape with those axes kept as ones."""
    array = lifted(a)
    axes = axes_of(array, axis)
    rest = tuple(k for k in range(array.ndim) if k not in axes)
    count = int(np.prod([array.shape[k] for k in axes], dtype=int))
    merged = np.reshape(np.transpose(array, rest + axes), (*(array.shape[k] for k in rest), count))
    return merged, tuple(1 if k in axes else n for k, n in enumerate(array.shape))  # type: ignore[return-value]


def _middle(a: Any, axis: Any, out: Any, keepdims: Any, name: str, skip_nan: bool) -> Any:
    array, kept = lines(inexact(lifted(a)), axis)
    if not array.shape[-1]:
        found = np.mean(array, axis=-1)
    else:
        ordered = sort(array)
        count = np.sum(~np.isnan(array), axis=-1, keepdims=True) if skip_nan else np.array([array.shape[-1]])
        pair = np.concatenate(
            [np.maximum(count - 1, 0) // 2, np.minimum(count // 2, array.shape[-1] - 1)], axis=-1
        )
        found = np.mean(_at(ordered, pair), axis=-1)
        if not skip_nan:
            found = np.where(np.isnan(ordered[..., -1]), np.nan, found).astype(array.dtype, copy=False)
    return delivered(name, np.reshape(found, kept) if keepdims is not UNSET and keepdims else found, out)


def _at(ordered: RecordedArray, positions: Any) -> Any:
    """Entries of each line: at the same positions (1-d), or at its own."""
    return (
        ordered[..., host(positions)]
        if np.ndim(positions) == 1
        else np.take_along_axis(ordered, positions, -1)
    )


@implements(np.median)
def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return _middle(a, axis, out, keepdims, "median", skip_nan=False)


@implements(np.nanmedian)
def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = UNSET
) -> Any:
    return _middle(a, axis, out, keepdims, "nanmedian", skip_nan=True)


def _plotting(alpha: float, beta: float) -> Callable[[Any, Any], Any]:
    """Positions for the quantiles q of n values: n q + (alpha + q (1 - alpha - beta)) - 1."""
    return lambda n, q: n * q + (alpha + q * (1 - alpha - beta)) - 1


CONTINUOUS: dict[str, Callable[[Any, Any], Any]] = {
    "interpolated_inverted_cdf": _plotting(0, 1),
    "hazen": _plotting(0.5, 0.5),
    "weibull": _plotting(0, 0),
    "linear": lambda n, q: (n - 1) * q,
    "median_unbiased": _plotting(1 / 3, 1 / 3),
    "normal_unbiased": _plotting(3 / 8, 3 / 8),
}
"""Methods that interpolate between two entries: where in the sorted line the quantile lies."""


def _step(index: Any, keep: Any) -> Any:
    """The entry at `index` where it is one and `keep` holds, else the next."""
    below = np.floor(index)
    return np.where((index == below) & keep, below, below + 1)


STEPS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "inverted_cdf": lambda n, q: (_step(n * q - 1, True), 0.0),
    "averaged_inverted_cdf": lambda n, q: (
        _step(n * q - 1, True),
        np.where(n * q - 1 == np.floor(n * q - 1), 0.5, 0.0),
    ),
    "closest_observation": lambda n, q: (_step(n * q - 1.5, np.floor(n * q - 1.5) % 2 == 1), 0.0),
    "lower": lambda n, q: (np.floor((n - 1) * q), 0.0),
    "higher": lambda n, q: (np.ceil((n - 1) * q), 0.0),
    "nearest": lambda n, q: (np.rint((n - 1) * q), 0.0),
    "midpoint": lambda n, q: (
        np.floor((n - 1) * q),
        np.where((n - 1) * q == np.floor((n - 1) * q), 0.0, 0.5),
    ),
}
"""Methods that jump: the position of an entry, and the share of the next one."""


def _between(lower: Any, upper: Any, weight: Any) -> Any:
    """As NumPy interpolates: from the nearer of the two."""
    if type(weight) is float and weight == 0:
        return lower
    away = upper - lower
    return np.where(weight >= 0.5, upper - away * (1 - weight), lower + away * weight)


def _shares(a: RecordedArray, q: Any, scale: int) -> Any:
    """The shares that the quantiles are of, between 0 and 1, in the dtype that NumPy computes in."""
    if not isinstance(q, RecordedArray):
        q = np.asarray(q, a.dtype if type(q) in (int, float) and a.dtype.kind == "f" else None)
    share = q / np.asarray(scale, q.dtype) if q.dtype.kind == "f" else q / scale
    if not bool(np.all((share >= 0) & (share <= 1))):
        what, top = ("Quantiles", 1) if scale == 1 else ("Percentiles", 100)
        raise ValueError(f"{what} must be in the range [0, {top}]")
    return share


def _quantile(
    a: Any, q: Any, axis: Any, out: Any, method: str, keepdims: Any, weights: Any, name: str
) -> Any:
    if weights is not None:
        raise NotDifferentiable(
            f"numpy.{name}(..., weights=) has no derivative here; repeat the values instead"
        )
    if method not in CONTINUOUS and method not in STEPS:
        raise ValueError(f"{method!r} is not a valid method. Use one of: {[*STEPS, *CONTINUOUS]}")
    values, skip_nan = inexact(lifted(a, q)), name.startswith("nan")
    share = _shares(values, q, 100 if name.endswith("percentile") else 1)
    array, kept = lines(values, axis)
    ordered, flat_share = sort(array), np.reshape(share, -1)
    count = host(np.sum(~np.isnan(array), axis=-1, keepdims=True)) if skip_nan else np.array(array.shape[-1])
    count = count.astype(share.dtype)
    last = np.maximum(count - 1, 0)
    if method in CONTINUOUS:
        position = np.minimum(np.maximum(CONTINUOUS[method](count, flat_share), 0), last)
        below = host(np.floor(position))
        weight = position - below
    else:
        below, weight = STEPS[method](count, host(flat_share))
    lower, upper = (np.clip(below + k, 0, last).astype(np.intp) for k in (0, 1))
    found = _between(_at(ordered, lower), _at(ordered, upper), weight)
    if not skip_nan:
        found = np.where(np.isnan(ordered[..., -1:]), np.nan, found)
    dtype = array.dtype if type(weight) is float else np.result_type(array.dtype, share.dtype)
    found = np.moveaxis(found.astype(dtype, copy=False), -1, 0)
    shape = kept if keepdims is not UNSET and keepdims else found.shape[1:]
    return delivered(name, np.reshape(found, share.shape + shape), out)


@implements(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    return _quantile(a, q, axis, out, method, keepdims, weights, "quantile")


@implements(np.percentile)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    return _quantile(a, q, axis, out, method, keepdims, weights, "percentile")


@implements(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = UNSET,
    *,
    weights: Any = None,
) -> Any:
    return _quantile(a, q, axis, out, method, keepdims, weights, "nanquantile")


@implements(np.nanpercentile)
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = UNSET,
    *,
    weights: Any = None,
) -> Any:
    return _quantile(a, q, axis, out, method, keepdims, weights, "nanpercentile")
