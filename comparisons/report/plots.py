"""The page's pictures, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from multigrad.comparisons.report.facts import numbers, shown
from multigrad.comparisons.report.markup import Markup, node

Data = dict[str, Any]

WIDTH, HEIGHT = 240.0, 150.0
"""Of a curve with its tangents."""

BINS, MOST_DIGITS = 32, 16.0


def stacked(counts: Mapping[str, int]) -> Markup:
    """One bar, a part for each kind."""
    total, at = sum(counts.values()) or 1, 0.0
    parts = []
    for kind, number in counts.items():
        width = 1000 * number / total
        title = node("title", f"{number} {kind}")
        parts.append(
            node("rect", title, class_=f"fill {kind}", x=f"{at:.2f}", y=0, width=f"{width:.2f}", height=10)
        )
        at += width
    return node(
        "svg", *parts, class_="stacked", viewBox="0 0 1000 10", preserveAspectRatio="none", role="img",
        aria_label=", ".join(f"{number} {kind}" for kind, number in counts.items()),
    )  # fmt: skip


def histogram(values: Sequence[float]) -> Markup:
    """How many have how many digits right; heights as square roots, so that one among hundreds is seen."""
    counts, edges = np.histogram(np.clip(values, 0, MOST_DIGITS), BINS, (0, MOST_DIGITS))
    top = np.sqrt(max(counts.max(), 1))
    bars = [
        node(
            "rect", node("title", f"{count} with {low:g} to {high:g} digits"),
            x=10 * k + 1, y=f"{40 - height:.1f}", width=8, height=f"{height:.1f}",
        )
        for k, (count, (low, high)) in enumerate(zip(counts, pairwise(edges), strict=True))
        if (height := max(38 * float(np.sqrt(count)) / top, 2.0 if count else 0.0))
    ]  # fmt: skip
    base = node("rect", class_="base", x=0, y=40, width=10 * BINS, height=1)
    return node("svg", *bars, base, class_="histogram", viewBox=f"0 0 {10 * BINS} 41", preserveAspectRatio="none",
                aria_hidden="true")  # fmt: skip


def tangents(case: Data) -> Markup | None:
    """f around a kink, and through it a line for each slope that somebody answered; None where there is no curve."""
    if case["curve"] is None:
        return None
    x, y = numbers(case["curve"]["x"]), numbers(case["curve"]["y"])
    value = numbers(case["referee"]["value"])
    if value is None or not np.isfinite(value).all() or np.isfinite(y).sum() < 2:
        return None
    x0, y0 = float(numbers(case["x"])), float(value.ravel()[0])
    frame = _Frame(x, np.append(y, y0))
    drawn = [node("path", class_="curve", d=_path(frame, x, y, "jump" in case["referee"]["note"]))]
    legend = []
    for k, (slope, names) in enumerate(_answers(case).items()):
        style = f"tangent t{k % 6}"
        if not np.isnan(slope):
            drawn.append(frame.line(x0, y0, slope, style))
        sample = node(
            "svg",
            node("path", class_=style, d="M0 5H26"),
            class_="sample",
            viewBox="0 0 26 10",
            aria_hidden="true",
        )
        legend.append(
            node("li", "no line" if np.isnan(slope) else sample, f" {', '.join(names)}: {shown(slope, 6)}")
        )
    drawn.append(node("circle", class_="point", cx=f"{frame.across(x0):.1f}", cy=f"{frame.up(y0):.1f}", r=3))
    said = f"f around {shown(x0, 6)} with a line for each answer"
    picture = node(
        "svg", *drawn, class_="kink", viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", aria_label=said
    )
    return node("figure", picture, node("figcaption", node("ul", *legend)))


def _answers(case: Data) -> dict[float, list[str]]:
    """Who answered which slope."""
    found: dict[float, list[str]] = {}
    for row in case["rows"]:
        slope = numbers(row["slope"])
        if slope is not None and slope.size == 1:
            key = (
                np.nan if np.isnan(slope).any() else float(slope.ravel()[0])
            )  # as a key, np.nan equals itself
            found.setdefault(key, []).append(row["backend"])
    return found


class _Frame:
    """From the numbers of a curve to places in the picture."""

    def __init__(self, x: Any, y: Any) -> None:
        finite = y[np.isfinite(y)]
        low, high = np.percentile(finite, [2, 98])  # a pole leaves the picture
        low, high = min(low, y[-1]), max(high, y[-1])
        room = 0.15 * (high - low) or 0.5 * abs(high) or 1.0
        self.left, self.right, self.low, self.high = x[0], x[-1], low - room, high + room

    def across(self, x: float) -> float:
        return float(WIDTH * (x - self.left) / (self.right - self.left))

    def up(self, y: float) -> float:
        place = HEIGHT * (self.high - y) / (self.high - self.low)
        return float(np.clip(place, -10 * HEIGHT, 10 * HEIGHT))

    def line(self, x0: float, y0: float, slope: float, style: str) -> Markup:
        """A tangent of one length whatever its slope."""
        rise = -slope * HEIGHT / (self.high - self.low) * (self.right - self.left) / WIDTH
        direction = np.array([0.0, 1.0]) if np.isinf(slope) else np.array([1.0, rise]) / np.hypot(1.0, rise)
        at = np.array([self.across(x0), self.up(y0)])
        (x1, y1), (x2, y2) = at - 62 * direction, at + 62 * direction
        return node("path", class_=style, d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")


def _path(frame: _Frame, x: Any, y: Any, jumps: bool) -> str:
    """The curve, broken where it is not finite, and where it jumps."""
    step, parts, pen = (frame.high - frame.low) / 4, [], "M"
    for k, (at, value) in enumerate(zip(x, y, strict=True)):
        if not np.isfinite(value):
            pen = "M"
            continue
        if jumps and k and abs(value - y[k - 1]) > step:
            pen = "M"
        parts.append(f"{pen}{frame.across(at):.1f} {frame.up(value):.1f}")
        pen = "L"
    return "".join(parts)


__all__ = ["histogram", "stacked", "tangents"]
