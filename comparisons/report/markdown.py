"""A record as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from multigrad.comparisons.report import facts
from multigrad.comparisons.report.markup import visible
from multigrad.comparisons.report.table import MARKS
from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]

MOST, LONGEST = 25, 160
"""Rows of a table, and characters of a reason: what is longer stands in the other files."""


def as_markdown(record: Data) -> str:
    """The headline, verdicts by backend, what is new, and folded up the conventions and known differences."""
    title, said = facts.headline(record)
    names = facts.backends(record)
    here = ", ".join(
        dict.fromkeys(f"{each['name']} {each['version'] or 'not installed'}" for each in record["backends"])
    )
    machines = "; ".join(
        f"Python {each['python']}, NumPy {each['numpy']}, {each['name']}" for each in record["machines"]
    )
    parts = [
        f"### {'✗' if facts.news(record) or facts.escaped(record) else '✓'} {title}",
        said,
        f"multigrad {code(record['multigrad'])} · {code(here)} · {code(machines)} · {record['seconds']:.0f} s",
        _verdicts(record, names),
        *_section("New", facts.news(record)),
        *_controls(record),
        *_conventions(record, names),
        *_section("Known differences", facts.having(record, Verdict.KNOWN), folded=True),
    ]
    return "\n\n".join(parts) + "\n"


def code(text: object) -> str:
    """Text that Markdown leaves as it is: no markup, no mention of people, no end of a table's cell.

    Examples
    --------
    >>> print(code("@you <b> ` |"))
    `` @you <b> ` \\| ``
    """
    plain = " ".join(visible(text).split()) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", plain)), default=0))
    room = " " if "`" in plain else ""
    return f"{fence}{room}{plain}{room}{fence}".replace("|", "\\|")


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _verdicts(record: Data, names: Sequence[str]) -> str:
    by_backend: dict[str, dict[str, int]] = {name: {} for name in names}
    for cells in facts.matrix(record).values():
        for name, counts in cells.items():
            for verdict, number in counts.items():
                by_backend[name][verdict] = by_backend[name].get(verdict, 0) + number
    present = [verdict for verdict in Verdict if any(verdict in counts for counts in by_backend.values())]
    body = [
        [code(name), *(str(counts.get(each, "")) for each in present)] for name, counts in by_backend.items()
    ]
    return _table(["", *(f"{MARKS[each]} {each}" for each in present)], body)


def _section(title: str, found: Sequence[tuple[Data, Data]], *, folded: bool = False) -> Iterator[str]:
    groups = facts.alike(found)
    if not groups:
        return
    body = [
        [
            code(each.cases[0]["scenario"]),
            " ".join(facts.named(each.row)),
            code(", ".join(each.backends)),
            code(each.where),
            _short(facts.what(each.row)),
        ]
        for each in groups[:MOST]
    ]
    table = _table(["scenario", "verdict", "backends", "where", "why"], body)
    yield from _folded(f"{title}: {len(found)}", table, len(groups), folded)


def _conventions(record: Data, names: Sequence[str]) -> Iterator[str]:
    found = list(facts.conventions(record))
    if not found:
        return
    body = []
    for case in found[:MOST]:
        answers = {row["backend"]: facts.at_kinks(case, row["slope"]) for row in case["rows"]}
        sides = [facts.at_kinks(case, case["referee"][side]) for side in ("left", "right")]
        body.append(
            [code(case["scenario"]), *map(code, [*sides, *(answers.get(name, "") for name in names)])]
        )
    head = ["at", "from the left", "from the right", *map(code, names)]
    yield from _folded(f"Conventions: {len(found)}", _table(head, body), len(found), folded=True)


def _controls(record: Data) -> Iterator[str]:
    for each in facts.escaped(record):
        yield f"✗ control {code(each['name'])}: {each['verdict']} instead of {each['expected']}"


def _folded(title: str, table: str, number: int, folded: bool) -> Iterator[str]:
    more = [f"… and {number - MOST} more, in `report.html`."] if number > MOST else []
    inner = "\n\n".join([table, *more])
    yield (
        f"<details><summary>{title}</summary>\n\n{inner}\n\n</details>"
        if folded
        else f"**{title}**\n\n{inner}"
    )


def _short(reason: str) -> str:
    return code(reason if len(reason) <= LONGEST else reason[: LONGEST - 1] + "…")


__all__ = ["as_markdown"]
