"""Covariances, counts and histograms over recorded arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from multigrad.array.elementwise import first_recording
from multigrad.array.operands import host, lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.sorting import places
from multigrad.array.table import implements
from multigrad.errors import NotDifferentiable


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    recording = first_recording((m, y, aweights))
    rows = _variables(recording.recorded(m), rowvar, dtype)
    if y is not None:
        rows = np.concatenate([rows, _variables(recording.recorded(y), rowvar, dtype)], axis=0)
    if ddof is None:
        ddof = 0 if bias else 1
    weights = None
    for given in (fweights, aweights):
        if given is not None:
            weights = given if weights is None else np.multiply(weights, given)
    if weights is None:
        count = rows.shape[1]
        rows = rows - np.mean(rows, axis=1, keepdims=True)
        factor, weighted = count - ddof, rows
    else:
        total = np.sum(weights)
        rows = rows - np.sum(rows * weights, axis=1, keepdims=True) / total
        spent = ddof if aweights is None else ddof * np.sum(np.multiply(weights, aweights)) / total
        factor, weighted = total - spent, rows * weights
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.matmul(rows, np.conjugate(np.transpose(weighted))) / np.maximum(factor, 0)
    return np.squeeze(found)


def _variables(array: RecordedArray, rowvar: bool, dtype: Any) -> Any:
    """One variable a row."""
    if array.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    array = array.astype(np.result_type(array.dtype, np.float64) if dtype is None else dtype, copy=False)
    rows = np.atleast_2d(array)
    return np.transpose(rows) if not rowvar and array.ndim != 1 else rows


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = np.sqrt(np.diagonal(c).real)
    found = c / deviations[:, None] / deviations[None, :]
    if found.dtype.kind == "c":
        return np.clip(found.real, -1, 1) + 1j * np.clip(found.imag, -1, 1)
    # The diagonal is 1 and has no slope, which rounding at the bound of the clip would hide.
    return np.where(np.eye(len(found), dtype=bool), found, np.clip(found, -1, 1))


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    positions = np.asarray(host(x))
    if weights is None:
        return np.bincount(positions, minlength=minlength)
    values = lifted(weights).astype(np.float64, copy=False)
    count = len(np.bincount(positions, minlength=minlength))
    if values.shape != positions.shape:
        raise ValueError("The weights and list don't have the same length.")
    return np.matmul((np.arange(count)[:, None] == positions).astype(np.float64), values)


@implements(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    array = np.reshape(lifted(a, bins), -1)
    if isinstance(bins, str):
        return np.histogram_bin_edges(host(array), bins, range)
    if np.ndim(bins):
        return bins if isinstance(bins, RecordedArray) else np.asarray(bins)
    low, high = (np.min(array), np.max(array)) if range is None and array.size else range or (0.0, 1.0)
    if bool(low == high):
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, int(bins) + 1, dtype=np.result_type(low, high, array.dtype))


@implements(np.histogram)
def histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    """The counts carry no derivative; weights and, where the bins follow the data, their edges do."""
    recording = first_recording((a, bins, weights))
    array = np.reshape(recording.recorded(a), -1)
    edges = histogram_bin_edges(array, bins, range)
    last = np.shape(edges)[0] - 1
    below, above = places(edges, array, "right"), np.asarray(host(array <= edges[-1]))
    box = np.minimum(host(below) - 1, last - 1)
    inside = (box >= 0) & above
    if weights is None:
        counts = np.bincount(box[inside], minlength=last)
    else:
        shares = np.reshape(recording.recorded(weights), -1)
        counts = bincount(box[inside], shares[inside], last).astype(shares.dtype, copy=False)
    if not density:
        return counts, edges
    return counts / (np.sum(counts) * np.diff(edges)), edges


def _counts_only(function: Any) -> Any:
    def apply(*args: Any, **kwargs: Any) -> Any:
        raise NotDifferentiable(
            f"numpy.{function.__name__} counts, which has no derivative; numpy.histogram takes one dimension"
        )

    return apply


for _function in (np.histogram2d, np.histogramdd):
    implements(_function)(_counts_only(_function))
