"""An explanation as a table: for terminals, and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from multigrad.explanation.folding import Line, Repeated
from multigrad.explanation.steps import Array, Step, brief
from multigrad.plain_text import plain_text

if TYPE_CHECKING:
    from multigrad.explanation.explanation import Explanation

COLUMNS = ("step", "is", "value", "local derivative", "flows back", "line", "in f")
RIGHT = frozenset(("value", "flows back", "line"))

MOST_TERMS = 9

UNUSED = "·"
"""In the place of what flows back, where nothing does."""


def title(explained: Explanation) -> str:
    """``"slope of f at x = -2: -5"``."""
    of = "gradient" if explained.x.ndim else "slope"
    at = f"{explained.steps[0].name} = {brief(explained.x)}"
    return f"{of} of {explained.result} at {at}: {brief(explained.slope)}"


def cells(explained: Explanation, line: Line[Step]) -> tuple[str, ...]:
    """A line's cells, in the order of `COLUMNS`."""
    if isinstance(line, Repeated):
        return _folded_cells(line)
    place = ("", "") if line.place is None else (str(line.place.line), line.place.text)
    local = ", ".join(
        f"∂/∂{explained.steps[operand.step].name} = {_local(operand.local)}" for operand in line.operands
    )
    return line.name, line.formula, brief(line.value), local, _flow(line), *place


def _folded_cells(line: Repeated[Step]) -> tuple[str, ...]:
    steps, last = line.items, [last_of(lines) for lines in line.passes]
    first, final = last[0], last[-1]
    body = "; ".join(_sketched(each) for each in line.passes[0])
    place = steps[0].place
    return (
        f"{first.name} … {final.name}",
        f"{len(line.passes)} times ({body})",
        f"{brief(first.value)} … {brief(final.value)}",
        f"{len(steps)} steps",
        f"{_flow(first)} … {_flow(final)}",
        "" if place is None else str(place.line),
        "" if first.place is None else first.place.text,
    )


def last_of(lines: tuple[Line[Step], ...]) -> Step:
    """The last step of one pass."""
    line = lines[-1]
    return last_of(line.passes[-1]) if isinstance(line, Repeated) else line


def _sketched(line: Line[Step]) -> str:
    if isinstance(line, Repeated):
        return f"{len(line.passes)} times ({'; '.join(_sketched(each) for each in line.passes[0])})"
    return f"{line.name} = {line.formula}"


def _local(local: Array | None) -> str:
    return "(too large to show)" if local is None else brief(local)


def _flow(step: Step) -> str:
    return UNUSED if step.flow is None else brief(step.flow)


def sentences(explained: Explanation) -> list[str]:
    """Below the table: how the slope adds up, and what the table leaves to be said."""
    said = [_sum(explained)]
    if any(step.flow is None for step in explained.steps):
        said.append(f"{UNUSED} nothing flows back: {explained.result} is computed without this step's value")
    if (shown := len(explained.lines)) < len(explained.steps):
        said.append(f"{len(explained.steps)} steps, of which loops are folded into {shown} lines; all are in .steps")
    return [each for each in said if each]


def _sum(explained: Explanation) -> str:
    """``"into x: 12 · 1 + (-4) · 3 + 5 · (-1) = -5"``: local derivatives times what flows into their steps."""
    pairs = [
        (operand.local, step.flow)
        for step in explained.steps
        for operand in step.operands
        if operand.step == 0 and operand.flow is not None
    ]
    terms = [(a, b) for a, b in pairs if a is not None and b is not None and not a.ndim and not b.ndim]
    if explained.x.ndim or len(terms) > MOST_TERMS or len(terms) < len(pairs):
        return ""
    shown = " + ".join(f"{_factor(local)} · {_factor(flow)}" for local, flow in terms) or "0"
    return f"into {explained.steps[0].name}: {shown} = {brief(explained.slope)}"


def _factor(number: Array | None) -> str:
    return f"({brief(number)})" if brief(number).startswith("-") else brief(number)


def as_text(explained: Explanation, width: int = 120) -> str:
    """The table, what is said below it, and what each framework recorded."""
    return "\n".join(line.rstrip() for line in plain_text(as_rich(explained), width).splitlines())


def as_rich(explained: Explanation) -> Any:
    """The same for a Rich console, in colour where it has any."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=title(explained), title_justify="left", title_style="bold", pad_edge=False)
    styles = {"step": "bold", "flows back": "red", "line": "dim", "in f": "dim"}
    rows = [cells(explained, line) for line in explained.lines]
    kept = [k for k, column in enumerate(COLUMNS) if any(row[k] for row in rows) or column == "is"]
    for k in kept:
        column = COLUMNS[k]
        table.add_column(column, justify="right" if column in RIGHT else "left", style=styles.get(column))
    for row in rows:
        table.add_row(*(Text(row[k]) for k in kept))
    parts: list[Any] = [table, *map(Text, sentences(explained))]
    for framework in explained.frameworks:
        parts += [Text(f"\n{framework.title}", "bold"), Text(framework.body)]
    return Group(*parts)


__all__ = ["COLUMNS", "RIGHT", "UNUSED", "as_rich", "as_text", "cells", "last_of", "sentences", "title"]
