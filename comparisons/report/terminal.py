"""A record in a terminal: what agrees, what is new, and how each family fares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multigrad.comparisons.report import facts
from multigrad.comparisons.report.markup import visible
from multigrad.comparisons.report.table import MARKS, STYLES
from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]

MOST = 20
"""New differences that are listed one by one."""


def summary(record: Data) -> Any:
    """For a Rich console."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    title, said = facts.headline(record)
    names, news = facts.backends(record), facts.news(record)
    table = Table("family", *map(visible, names), box=SIMPLE_HEAD, pad_edge=False)
    for family, cells in facts.matrix(record).items():
        table.add_row(Text(visible(family)), *(tally(cells.get(name, {})) for name in names))
    lines = [_line(case, row) for case, row in news[:MOST]]
    if len(news) > MOST:
        lines.append(Text(f"… and {len(news) - MOST} more, in the report"))
    lines += [
        Text(f"✗ {visible(each['name'])}: {each['verdict']} instead of {each['expected']}", "bold red")
        for each in facts.escaped(record)
    ]
    absent = [
        Text(f"- {visible(each['name'])} is not here: {visible(each['reason'])}", "dim")
        for each in record["backends"]
        if not each["installed"]
    ]
    red = bool(news or facts.escaped(record))
    return Group(table, *lines, *absent, Text(title, "bold"), Text(said, "bold red" if red else ""))


def tally(counts: Mapping[str, int]) -> Any:
    """Counts of verdicts in one line, with marks alone; two verdicts of one mark are added up."""
    from rich.text import Text

    by_mark: dict[str, int] = {}
    for verdict in Verdict:
        if counts.get(verdict):
            by_mark[MARKS[verdict]] = by_mark.get(MARKS[verdict], 0) + counts[verdict]
    return Text("  ").join([Text(f"{mark} {number}", STYLES[mark]) for mark, number in by_mark.items()])


def _line(case: Data, row: Data) -> Any:
    from rich.text import Text

    mark, word = facts.named(row)
    said = f"{mark} {visible(case['id'])}, {visible(row['backend'])}: {word}"
    return Text(said, STYLES[mark]) + Text(
        f"  {visible(' '.join(facts.what(row).split()))}", "not bold default"
    )


__all__ = ["summary", "tally"]
