"""Comparisons as tables: for terminals, as text, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.verdict import Row, Verdict
from multigrad.plain_text import plain_text

if TYPE_CHECKING:
    from multigrad.comparisons.comparison import Comparison

COLUMNS = ("backend", "version", "device", "value", "slope", "digits right", "verdict")

MARKS = {
    Verdict.AGREE: "✓",
    Verdict.CONVENTION: "◇",
    Verdict.INACCURATE: "≈",
    Verdict.KNOWN: "!",
    Verdict.DIFFER: "✗",
    Verdict.MISPLACED: "✗",
    Verdict.FAILED: "✗",
    Verdict.UNSUPPORTED: "-",
    Verdict.UNAVAILABLE: "-",
}
"""Beside the word, so that colour is never the only sign."""

MEANINGS = {
    Verdict.AGREE: "the referee's derivative, within rounding",
    Verdict.CONVENTION: "at a kink, each chose between the one-sided slopes",
    Verdict.INACCURATE: "the right derivative, digits lost in f's own arithmetic",
    Verdict.KNOWN: "wrong, and already understood",
    Verdict.DIFFER: "wrong",
    Verdict.MISPLACED: "right, but something lay on another device",
    Verdict.FAILED: "raised, crashed or hung",
    Verdict.UNSUPPORTED: "a backend cannot, and says so",
    Verdict.UNAVAILABLE: "the backend or the device is not here",
}

STYLES = {
    "✓": "green",
    "◇": "cyan",
    "≈": "yellow",
    "!": "yellow",
    "✗": "bold red",
    "-": "dim",
}


def brief(array: Any, digits: int = 10) -> str:
    """Numbers for a table cell: all of a few, the ends of many."""
    if array is None:
        return ""
    flat = np.asarray(array).ravel()
    shown = [f"{number:.{digits}g}" for number in (flat if flat.size <= 4 else (*flat[:2], *flat[-1:]))]
    if flat.size > 4:
        shown.insert(2, "…")
    return shown[0] if np.ndim(array) == 0 else f"[{', '.join(shown)}]"


def cells(row: Row) -> tuple[str, ...]:
    """A row's cells, in the order of `COLUMNS`."""
    digits = "" if np.isnan(row.digits) else f"{row.digits:.1f}"
    return (
        row.backend, row.version, row.device, brief(row.value), brief(row.slope), digits,
        f"{MARKS[row.verdict]} {row.verdict}",
    )  # fmt: skip


def lines_below(comparison: Comparison) -> list[str]:
    """What the referee says, and the reason of each row that has one."""
    referee = comparison.referee
    said = [f"referee: {referee.source}" + (f", {referee.reason}" if referee.reason else "")]
    if referee.slope is not None:
        said[0] += f": value {brief(referee.value)}, {comparison.scenario.operator} {brief(referee.slope)}"
        if np.any(referee.kink):
            said[0] += f" (from the left {brief(referee.left)}, from the right {brief(referee.right)})"
        if referee.note:
            said[0] += f", {referee.note}"
    return said + [f"{row.backend}: {row.reason}" for row in comparison.rows if row.reason]


def as_text(comparison: Comparison, width: int = 120) -> str:
    """A table with what the referee says below it."""
    return plain_text(as_rich(comparison), width).rstrip()


def as_rich(comparison: Comparison) -> Any:
    """The same for a Rich console, in colour where it has any."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD, title=comparison.title, title_justify="left", title_style="bold", pad_edge=False
    )
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in ("value", "slope", "digits right") else "left")
    for row in comparison.rows:
        *front, last = cells(row)
        table.add_row(*map(Text, front), Text(last, STYLES[MARKS[row.verdict]]))
    return Group(table, *map(Text, lines_below(comparison)))


def as_html(comparison: Comparison) -> str:
    """An HTML table, for notebooks. Everything that f had a say in is escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in COLUMNS)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells(row))}</tr>" for row in comparison.rows
    )
    below = "<br>".join(map(escape, lines_below(comparison)))
    return (
        f"<table><caption>{escape(comparison.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table><p>{below}</p>"
    )


def overview(comparisons: Sequence[Comparison]) -> Any:
    """One line a scenario, a column a backend, for a Rich console."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    names = [row.backend for row in comparisons[0].rows]
    table = Table("function", "at", "exactly", *names, box=SIMPLE_HEAD, pad_edge=False)
    for comparison in comparisons:
        by_backend = {row.backend: row for row in comparison.rows}
        verdicts = [by_backend[name].verdict for name in names]
        table.add_row(
            Text(comparison.scenario.name),
            Text(brief(comparison.scenario.x, 4)),
            Text(exactly(comparison.referee)),
            *(Text(f"{MARKS[verdict]} {verdict}", STYLES[MARKS[verdict]]) for verdict in verdicts),
        )
    return table


def exactly(referee: Judgement) -> str:
    """The referee's slope in a table cell; at a kink, both."""
    if referee.slope is None:
        return "unknown"
    if np.any(referee.kink):
        return f"{brief(referee.left, 5)} | {brief(referee.right, 5)}"
    return brief(referee.slope, 5)
