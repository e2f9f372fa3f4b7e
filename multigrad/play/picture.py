"""The geometry of the picture, for every view: the curve in a window that one huge value cannot blow up, tangents."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from multigrad.expressions import Function

Floats = npt.NDArray[np.float64]
Pair = tuple[float, float]
Placing = Callable[[Pair], str]

POINTS = 401
REACH = 0.22
"""Half the length of a tangent, as a part of the picture's width and height."""
OUTLYING = 10
"""A curve whose whole range is this many times its ordinary range is cut off."""
LARGEST = 1e300
"""Larger values are not drawn: the differences between them overflow."""

COLOURS = ("#c4541b", "#17809f", "#8b4a9c", "#2f7d4f", "#93740c", "#7a8085")
"""Of the backends in their order; readable on white and on black."""
WIDTHS = (9.0, 5.0, 2.0, 1.5, 1.5, 1.5)
"""Of their tangents, the first one below: where all agree, each still shows."""


def curve(f: Function, window: Pair, dtype: str) -> tuple[Floats, Floats]:
    """x and f(x), point by point as a slope sees f; NaN where f raises or is not finite."""
    x = np.linspace(*window, POINTS)
    kind = np.dtype(dtype).type
    with np.errstate(all="ignore"):
        return x, np.array([_value(f, kind(each)) for each in x])


def _value(f: Function, x: np.floating[npt.NBitBase]) -> float:
    try:
        y = float(np.asarray(f(x)).item())
    except Exception:  # noqa: BLE001  the backends' rows say what f raises; the curve has a gap
        return np.nan
    return y if abs(y) < LARGEST else np.nan


def limits(y: Floats) -> Pair:
    """From where to where the picture goes: the whole curve, or its ordinary part where there are peaks."""
    finite = y[np.isfinite(y)]
    if not finite.size:
        return -1.0, 1.0
    low, high = finite.min(), finite.max()
    inner_low, inner_high = np.quantile(finite, (0.05, 0.95))
    inner = inner_high - inner_low
    if high - low > OUTLYING * inner > 0:
        low, high = max(low, inner_low - inner), min(high, inner_high + inner)
    margin = 0.06 * (high - low) or 0.5 * max(1.0, abs(low))
    return float(low - margin), float(high + margin)


def clipped(y: Floats, limits: Pair) -> Floats:
    """The curve cut a little outside the picture; a gap where it jumps from above to below, as at a pole."""
    low, high = limits
    room = high - low
    cut = np.clip(y, low - room, high + room)
    leaps = (np.abs(np.diff(cut)) >= 2 * room).nonzero()[0]
    cut[leaps] = np.nan
    return cut


def tangent(x: float, y: float, slope: float, window: Pair, limits: Pair) -> tuple[Pair, Pair] | None:
    """The ends of a piece of the tangent, as seen equally long however steep; None where there is none."""
    if not np.isfinite([x, y, slope]).all() or max(abs(x), abs(y)) > LARGEST:
        return None
    width, height = window[1] - window[0], limits[1] - limits[0]
    angle = np.arctan(slope / height * width)
    dx, dy = REACH * width * float(np.cos(angle)), REACH * height * float(np.sin(angle))
    return (x - dx, x + dx), (y - dy, y + dy)


def inside(point: Pair, window: Pair, limits: Pair) -> bool:
    """Whether a point is in the picture."""
    return window[0] <= point[0] <= window[1] and limits[0] <= point[1] <= limits[1]


def ticks(pair: Pair, count: int = 6) -> list[float]:
    """Round numbers within the pair, about so many."""
    low, high = pair
    rough = (high - low) / count
    unit = 10.0 ** np.floor(np.log10(rough))
    step = float(unit * min(m for m in (1, 2, 5, 10) if m * unit >= rough * 0.999))
    return [k * step for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]


def finite(points: Sequence[Pair]) -> list[Pair]:
    """Those that can be drawn."""
    return [point for point in points if np.isfinite(point).all() and max(map(abs, point)) < LARGEST]


__all__ = [
    "COLOURS", "WIDTHS", "Floats", "Pair", "Placing", "clipped", "curve", "finite", "inside", "limits", "tangent",
    "ticks",
]  # fmt: skip
