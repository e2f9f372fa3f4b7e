"""Differences, integrals and interpolation over recorded arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from multigrad.array.elementwise import first_recording
from multigrad.array.operands import host, inexact, lifted, lifted_all
from multigrad.array.recorded_array import BOOL, FLOAT64, RecordedArray
from multigrad.array.reductions import UNSET
from multigrad.array.sorting import argsort, places
from multigrad.array.table import implements


def part(array: Any, axis: int, start: int | None, stop: int | None, step: int | None = None) -> Any:
    """A slice along one axis."""
    return array[(*(slice(None),) * axis, slice(start, stop, step))]


# Differences --------------------------------------------------------------------------------------------


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = UNSET, append: Any = UNSET) -> Any:
    if n == 0:
        return a
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    recording = first_recording((a, prepend, append))
    array = recording.recorded(a)
    if array.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    line = normalize_axis_index(axis, array.ndim)
    pieces = [_edge(recording.recorded(edge), array, line) for edge in (prepend, append) if edge is not UNSET]
    if pieces:
        order = [array, *pieces] if prepend is UNSET else [pieces[0], array, *pieces[1:]]
        array = np.concatenate(order, axis=line)  # type: ignore[assignment]
    for _ in range(n):
        later, earlier = part(array, line, 1, None), part(array, line, None, -1)
        array = np.not_equal(later, earlier) if array.dtype == BOOL else later - earlier
    return array


def _edge(edge: RecordedArray, array: RecordedArray, axis: int) -> Any:
    """What is put before or behind: a number becomes one slice of that number."""
    if edge.ndim:
        return edge
    return np.broadcast_to(edge, tuple(1 if k == axis else n for k, n in enumerate(array.shape)))


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    array, *_ = lifted_all(np.reshape(ary, -1) if isinstance(ary, RecordedArray) else ary,
                           *(edge for edge in (to_end, to_begin) if edge is not None))  # fmt: skip
    flat = np.reshape(array, -1)
    inner = flat[1:] - flat[:-1]
    ends = [
        None
        if edge is None
        else np.reshape(array._recording.recorded(edge).astype(array.dtype, copy=False), -1)
        for edge in (to_begin, to_end)
    ]
    pieces = [piece for piece in (ends[0], inner, ends[1]) if piece is not None]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    array = inexact(lifted(f, *varargs))
    axes = tuple(range(array.ndim)) if axis is None else normalize_axis_tuple(axis, array.ndim)
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and np.ndim(spacings[0]) == 0:
        spacings *= len(axes)
    if len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    found = tuple(
        _gradient(array, spacing, line, edge_order) for line, spacing in zip(axes, spacings, strict=True)
    )
    return found[0] if len(found) == 1 else found


def _gradient(f: RecordedArray, spacing: Any, axis: int, edge_order: int) -> Any:
    """Second-order central differences inside, one-sided ones at the edges, along one axis."""
    length = f.shape[axis]
    if length < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) "
            "elements are required."
        )
    before: Any
    after: Any
    steps: Any
    if np.ndim(spacing) == 0:
        step = spacing
        before = after = steps = None
    else:
        points = spacing if isinstance(spacing, RecordedArray) else np.asarray(spacing)
        if points.shape != (length,):
            raise ValueError("when 1d, distances must match the length of the corresponding dimension")
        steps = np.reshape(points[1:] - points[:-1], (-1, *(1,) * (f.ndim - axis - 1)))
        before, after = steps[:-1], steps[1:]

    def at(start: int, stop: int | None = None) -> Any:
        return part(f, axis, start, stop)

    if before is None:
        inner = (at(2) - at(0, -2)) / (2.0 * step)
        first = last = step
    else:
        inner = (
            -after / (before * (before + after)) * at(0, -2)
            + (after - before) / (before * after) * at(1, -1)
            + before / (after * (before + after)) * at(2)
        )
        first, last = steps[:1], steps[-1:]
    if edge_order == 1:
        left, right = (at(1, 2) - at(0, 1)) / first, (at(-1) - at(-2, -1)) / last
    else:
        second, last_but_one = (step, step) if before is None else (steps[1:2], steps[-2:-1])
        left = _edge_slope(at(0, 1), at(1, 2), at(2, 3), first, second)
        right = -_edge_slope(at(-1), at(-2, -1), at(-3, -2), last, last_but_one)
    return np.concatenate([left, inner, right], axis=axis).astype(f.dtype, copy=False)


def _edge_slope(a: Any, b: Any, c: Any, near: Any, far: Any) -> Any:
    """The slope at a of the parabola through three points, going inwards."""
    return (
        -(2.0 * near + far) / (near * (near + far)) * a
        + (near + far) / (near * far) * b
        - near / (far * (near + far)) * c
    )


# Integrals ------------------------------------------------------------------------------------------------


@implements(np.trapezoid, *(f for f in (getattr(np, "trapz", None),) if f is not None))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    recording = first_recording((y, x, dx))
    heights = recording.recorded(y)
    line = normalize_axis_index(axis, heights.ndim)
    width = dx
    if x is not None:
        points = recording.recorded(x)
        width = diff(points, axis=0 if points.ndim == 1 else axis)
        if points.ndim == 1:
            width = np.reshape(width, (-1, *(1,) * (heights.ndim - line - 1)))
    return np.sum(width * (part(heights, line, 1, None) + part(heights, line, None, -1)) / 2.0, axis=line)


# Interpolation --------------------------------------------------------------------------------------------


@implements(np.interp)
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Recorded in x, in xp and in fp; at a knot, with the slope of the segment to its right."""
    wanted, knots, heights = (value if value.dtype.kind == "c" else value.astype(FLOAT64, copy=False)
                              for value in lifted_all(x, xp, fp))  # fmt: skip
    if knots.ndim != 1 or heights.shape != knots.shape:
        raise ValueError("fp and xp are not of the same length.")
    if not knots.size:
        raise ValueError("array of sample points is empty")
    if period is not None:
        wanted, knots, heights = _periodic(wanted, knots, heights, period)
        left = right = None
    left = heights[0] if left is None else left
    right = heights[-1] if right is None else right
    below, above = wanted < knots[0], wanted > knots[-1]
    if knots.size == 1:
        inside = heights[0] + 0.0 * wanted
    else:
        segment = np.clip(host(places(knots, wanted, "right")) - 1, 0, knots.size - 2)
        slopes = (heights[1:] - heights[:-1]) / (knots[1:] - knots[:-1])
        # Where the answer is that of an edge, x may be infinite.
        near = np.where(below | above, knots[0], wanted)
        inside = heights[segment] + slopes[segment] * (near - knots[segment])
    return np.where(below, left, np.where(above, right, inside))


def _periodic(x: Any, knots: Any, heights: Any, period: Any) -> tuple[Any, Any, Any]:
    if host(period) == 0:
        raise ValueError("period must be a non-zero value")
    period = np.absolute(period)
    x, knots = x % period, knots % period
    order = host(argsort(knots))
    knots, heights = knots[order], heights[order]
    return (
        x,
        np.concatenate([knots[-1:] - period, knots, knots[:1] + period]),
        np.concatenate([heights[-1:], heights, heights[:1]]),
    )


# Angles -----------------------------------------------------------------------------------------------------


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    array = inexact(lifted(p))
    line = normalize_axis_index(axis, array.ndim)
    steps = diff(array, axis=line)
    limit = period / 2 if discont is None else discont
    half = period / 2
    # Only whole periods are added, so their number is a constant: the slope is that of p.
    wrapped = np.mod(steps + half, period) - half
    wrapped = np.where((wrapped == -half) & (steps > 0), half, wrapped)
    jumps = np.where(np.absolute(steps) < limit, 0.0, wrapped - steps)
    moved = part(array, line, 1, None) + np.cumsum(jumps, axis=line)
    return np.concatenate([part(array, line, None, 1), moved], axis=line).astype(array.dtype, copy=False)
