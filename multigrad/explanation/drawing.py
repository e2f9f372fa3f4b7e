"""An explanation as a graph: in Graphviz' language, and drawn with matplotlib.

Values run from left to right, and slopes back. The layout is Sugiyama's: a layer for each step is the length of the
longest way from x; an arrow over several layers bends in each; within a layer everything stands near what it is
connected with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from multigrad.explanation.folding import Line, Repeated, unfolded
from multigrad.explanation.steps import Step, brief
from multigrad.explanation.table import COLUMNS, UNUSED, cells, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from multigrad.explanation.explanation import Explanation

RED, GREY, BLACK = "#b3261e", "#5f6368", "#202124"

CHARACTER, GAP, ROW = 0.075, 0.8, 0.85
"""In inches: the width of a character, the room for an arrow's label, and the height of a row."""

LARGEST = 300.0
"""Inches: what matplotlib can draw in one picture."""

SWEEPS = 12


@dataclass(frozen=True)
class Box:
    """A step, or a loop folded into one."""

    head: str
    value: str
    flow: str
    folded: bool

    @property
    def width(self) -> float:
        return CHARACTER * max(map(len, (self.head, self.value, self.flow))) + 0.2


@dataclass(frozen=True)
class Arrow:
    """From an operand to what was made of it, with the local derivative."""

    start: int
    end: int
    label: str


def graph(explained: Explanation) -> tuple[list[Box], list[Arrow]]:
    """The lines of the table as boxes, and the arrows between them."""
    lines = explained.lines
    where = {step.number: k for k, line in enumerate(lines) for step in unfolded([line])}
    labels: dict[tuple[int, int], list[str]] = {}
    for k, line in enumerate(lines):
        for step in unfolded([line]):
            for operand in step.operands:
                start = where[operand.step]
                if start != k:
                    known = not isinstance(line, Repeated) and not isinstance(lines[start], Repeated)
                    labels.setdefault((start, k), []).append(brief(operand.local) if known else "")
    arrows = [Arrow(*ends, ", ".join(filter(None, found))) for ends, found in labels.items()]
    return [_box(explained, line) for line in lines], arrows


def _box(explained: Explanation, line: Line[Step]) -> Box:
    cell = dict(zip(COLUMNS, cells(explained, line), strict=True))
    if isinstance(line, Repeated):
        head = f"{cell['step']}: {len(line.passes)} times, {cell['local derivative']}"
    else:
        head = " = ".join(filter(None, (cell["step"], cell["is"])))
    return Box(head, cell["value"], cell["flows back"], isinstance(line, Repeated))


# Graphviz ----------------------------------------------------------------------------------------------


def as_dot(explained: Explanation) -> str:
    """The graph in Graphviz' language: ``dot -Tsvg`` draws it."""
    boxes, arrows = graph(explained)
    nodes = [
        f'  n{k} [label="{_quoted(box.head)}\\n{_quoted(box.value)}\\n← {_quoted(box.flow)}"'
        f"{', peripheries=2' if box.folded else ''}];"
        for k, box in enumerate(boxes)
    ]
    edges = [f'  n{arrow.start} -> n{arrow.end} [label="{_quoted(arrow.label)}"];' for arrow in arrows]
    head = f'  label="{_quoted(title(explained))}"; rankdir=LR; node [shape=box, style=rounded];'
    return "\n".join(["digraph slope {", head, *nodes, *edges, "}"])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# Layout ------------------------------------------------------------------------------------------------

Point = tuple[float, float]


def layout(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> tuple[list[Point], list[list[Point]]]:
    """Where each box stands, and the points that each arrow runs through; in inches."""
    layer = [0] * len(boxes)
    for arrow in sorted(arrows, key=lambda arrow: arrow.start):  # steps come after their operands
        layer[arrow.end] = max(layer[arrow.end], layer[arrow.start] + 1)
    paths: list[list[int]] = []
    for arrow in arrows:
        bends = range(layer[arrow.start] + 1, layer[arrow.end])
        paths.append([arrow.start, *range(len(layer), len(layer) + len(bends)), arrow.end])
        layer += bends
    rows: list[list[int]] = [[] for _ in range(max(layer) + 1)]
    for k, each in enumerate(layer):
        rows[each].append(k)
    height = _heights(rows, [(a, b) for path in paths for a, b in pairwise(path)])
    widths = [max((boxes[k].width for k in row if k < len(boxes)), default=0.0) for row in rows]
    middle = np.cumsum(widths) - np.array(widths) / 2 + GAP * np.arange(len(rows))
    points = [(float(middle[each]), height[k]) for k, each in enumerate(layer)]
    return points[: len(boxes)], [[points[k] for k in path] for path in paths]


def _heights(rows: list[list[int]], links: list[tuple[int, int]]) -> dict[int, float]:
    """Each near the middle of what it is linked with, none nearer to another of its layer than a row's height."""
    linked: dict[int, list[int]] = {}
    for a, b in links:
        linked.setdefault(a, []).append(b)
        linked.setdefault(b, []).append(a)
    height = {k: ROW * (position - (len(row) - 1) / 2) for row in rows for position, k in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else reversed(rows):
            wanted = {k: float(np.mean([height[other] for other in linked.get(k, [k])])) for k in row}
            row.sort(key=wanted.__getitem__)
            lowest = -np.inf
            for k in row:
                height[k] = lowest = max(wanted[k], lowest + ROW)
            shift = np.mean([wanted[k] - height[k] for k in row])
            height |= {k: height[k] + float(shift) for k in row}
    return height


# matplotlib --------------------------------------------------------------------------------------------


def draw(explained: Explanation, ax: Axes | None = None) -> Axes:
    """Draw the graph on `ax`, or on a new figure of pyplot's in a size that fits."""
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.figure(figsize=_extent(explained), layout="constrained").subplots()
    boxes, arrows = graph(explained)
    points, paths = layout(boxes, arrows)
    for arrow, path in zip(arrows, paths, strict=True):
        _draw_arrow(ax, path, arrow.label)
    for box, (x, y) in zip(boxes, points, strict=True):
        _draw_box(ax, box, x, y)
    width = max(box.width for box in boxes) / 2
    (left, bottom), (right, top) = np.min(points, axis=0), np.max(points, axis=0)
    bends = [y for path in paths for _, y in path] or [0.0]
    ax.set(xlim=(left - width, right + width), ylim=(max(top, *bends) + ROW / 2, min(bottom, *bends) - ROW / 2))
    ax.set_title(title(explained), fontsize=10, color=BLACK)
    ax.set_axis_off()
    return ax


def _draw_box(ax: Axes, box: Box, x: float, y: float) -> None:
    used = box.flow != UNUSED
    frame = {
        "boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": GREY, "linewidth": 2 if box.folded else 1,
        "linestyle": "-" if used else ":",
    }  # fmt: skip
    text: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8.5, "zorder": 4, "parse_math": False}
    flow = f"← {box.flow}"
    ax.text(x, y, f"{box.head}\n{box.value}\n{flow}", color="none", bbox=frame, **text)  # makes room for all lines
    ax.text(x, y, f"{box.head}\n{box.value}\n", color=BLACK if used else GREY, **text)
    ax.text(x, y, f"\n\n{flow}", color=RED if used else GREY, **text)


def _draw_arrow(ax: Axes, path: list[Point], label: str) -> None:
    """A smooth line through the points, its head and its label where no box can cover them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve

    vertices, codes = [path[0]], [Curve.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(path):
        vertices += [((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1), (x1, y1)]
        codes += [Curve.CURVE4] * 3
    ax.add_patch(PathPatch(Curve(vertices, codes), fill=False, edgecolor=GREY, linewidth=1, zorder=1))
    (x0, y0), (x1, y1) = path[-2:]
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    ax.annotate(
        "", (x + 0.02 * (x1 - x0), y + 0.03 * (y1 - y0)), (x - 0.02 * (x1 - x0), y - 0.03 * (y1 - y0)),
        arrowprops={"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}, zorder=2,
    )  # fmt: skip
    ax.annotate(
        label, (x, y), (0, 8), textcoords="offset points", ha="center", va="center", fontsize=7.5, color=GREY, zorder=3,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}, parse_math=False,
    )  # fmt: skip


def _extent(explained: Explanation) -> tuple[float, float]:
    boxes, arrows = graph(explained)
    points, paths = layout(boxes, arrows)
    everything = np.array([*points, *(point for path in paths for point in path)])
    width, height = np.ptp(everything, axis=0)
    margin = max(box.width for box in boxes) + 0.3
    return min(float(width) + margin, LARGEST), min(float(height) + ROW + 0.6, LARGEST)


def figure(explained: Explanation) -> Figure:
    """The drawn graph as a figure of its own, without pyplot."""
    from matplotlib.figure import Figure

    made = Figure(figsize=_extent(explained), layout="constrained")
    draw(explained, made.subplots())
    return made


def save(explained: Explanation, path: str | Path) -> None:
    """Write the drawn graph to a file."""
    figure(explained).savefig(path, dpi=150)


__all__ = ["as_dot", "draw", "figure", "graph", "layout", "save"]
