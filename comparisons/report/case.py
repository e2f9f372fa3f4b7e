"""One scenario on the page: its source, and for every precision and device what each backend answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from multigrad.comparisons.records import has_vanished
from multigrad.comparisons.report import facts, plots
from multigrad.comparisons.report.markup import Markup, join, link, node, visible
from multigrad.comparisons.report.table import MARKS
from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]

COLUMNS = ("backend", "answer", "off by", "digits", "f(x)", "lay on", "verdict")


KINDS = {"✓": "good", "◇": "choice", "≈": "warn", "!": "warn", "✗": "bad", "-": "absent"}


def signed(sign: str, *said: object) -> Markup:
    """A sign and words; the sign chooses the colour, which says nothing that it does not."""
    shown = node("span", sign, class_="sign", aria_hidden="true")
    return node("span", shown, " ", *said, class_=f"mark {KINDS[sign]}")


def mark(verdict: str, *said: object) -> Markup:
    """The sign of a verdict, and words: by default the verdict's."""
    return signed(MARKS[Verdict(verdict)], *(said or (verdict,)))


def article(record: Data, names: Sequence[str], cases: Sequence[Data]) -> Markup:
    """A line with each backend's worst verdict, which opens on the rest."""
    first = cases[0]
    by_backend = {
        name: [row["verdict"] for case in cases for row in case["rows"] if row["backend"] == name]
        for name in names
    }
    rows = [row for case in cases for row in case["rows"]]
    verdicts = [
        _column(name, facts.worst(found)) if (found := by_backend[name]) else node("span") for name in names
    ]
    found = [float(row["digits"]) for row in rows if np.isfinite(float(row["digits"]))]
    special = [node("span", first["special"], class_="quiet special")] if first["special"] else []
    name = node("span", node("b", first["scenario"]), *special, class_="title")
    bodies = [_case(record, case) for case in cases]
    head = node("tr", *(node("th", column, scope="col") for column in COLUMNS))
    return node(
        "details",
        node("summary", name, *verdicts),
        node(
            "div",
            node(
                "p",
                f"{first['family']} · {_operator(first)}",
                *([f" · {first['published']}"] if first["published"] else []),
                class_="quiet",
            ),
            node("div", node("pre", node("code", first["source_text"])), *_figures(cases), class_="beside"),
            node("div", node("table", node("thead", head), *bodies, class_="answers"), class_="wide"),
            class_="inside",
        ),
        class_="scenario",
        id=f"{first['family']}/{first['scenario']}",
        data_family=visible(first["family"]),
        data_name=visible(first["scenario"]),
        data_worst=min(facts.WORST_FIRST.index(Verdict(row["verdict"])) for row in rows) if rows else 99,
        data_digits=f"{min(found, default=99.0):.2f}",
        data_seconds=f"{sum(row['seconds'] for row in rows):.6f}",
    )


def _column(name: str, verdict: Verdict) -> Markup:
    return mark(verdict, node("span", name, class_="who"), " ", node("span", str(verdict), class_="word"))


def _operator(case: Data) -> str:
    return str(case["operator"]) + (f" of order {case['order']}" if case["order"] > 1 else "")


def _figures(cases: Sequence[Data]) -> list[Markup]:
    """A picture, and another where the same backend answers otherwise."""
    seen: set[tuple[str, str]] = set()
    drawn = []
    for case in cases:
        answers = {
            (row["backend"], facts.shown(row["slope"])) for row in case["rows"] if row["slope"] is not None
        }
        if answers - seen and (figure := plots.tangents(case)) is not None:
            seen |= answers
            drawn.append(figure)
    return drawn


def _case(record: Data, case: Data) -> Markup:
    anchor = facts.anchor(record, case)
    heading = node(
        "th", link(anchor, facts.where(record, case), title="link to this case"),
        node("span", " at ", node("code", f"x = {facts.shown(case['x'], 10, 12)}"), class_="quiet"),
        colspan=len(COLUMNS), scope="rowgroup",
    )  # fmt: skip
    verdicts = " ".join(f"{row['backend']}:{row['verdict']}" for row in case["rows"])
    rows = [line for row in case["rows"] for line in _row(case, row)]
    return node(
        "tbody", node("tr", heading, class_="at"), _referee(case), *rows,
        id=anchor, tabindex="-1", data_dtype=case["dtype"], data_device=case["device"], data_verdicts=verdicts,
    )  # fmt: skip


def _referee(case: Data) -> Markup:
    referee = case["referee"]
    slope: list[object] = [facts.shown(referee["slope"], 12)]
    if np.any(referee["kink"] or False):
        slope = [
            f"from the left {facts.shown(referee['left'], 12)}",
            node("br"),
            f"from the right {facts.shown(referee['right'], 12)}",
        ]
    vouched = f"{float(referee['digits']):.0f}" if referee["slope"] is not None else ""
    said = ", ".join(filter(None, (referee["source"], referee["note"], referee["reason"])))
    return _line(
        ("referee", join(slope), "", vouched, facts.shown(referee["value"]), "", said), class_="referee"
    )


def _row(case: Data, row: Data) -> list[Markup]:
    number = float(row["digits"])
    verdict = Verdict(row["verdict"])
    devices = row["devices"] or ([row["device"]] if row["slope"] is not None else [])
    cells = (
        node("span", row["backend"], node("span", f" {row['version']}", class_="quiet")),
        facts.shown(row["slope"], 12), facts.off_by(case, row), f"{number:.1f}" if np.isfinite(number) else "",
        facts.shown(row["value"]), ", ".join(devices), mark(verdict),
    )  # fmt: skip
    lines = [_line(cells)]
    said: list[object] = []
    if row["known"]:
        state = "no longer there, though listed as known" if has_vanished(row) else "known"
        proof = node("details", node("summary", "proof"), node("pre", node("code", row["known"]["proof"])))
        said += [f"{state}: {row['known']['reason']}", proof]
    if row["reason"] and verdict is not Verdict.CONVENTION:  # which says no more than the lines above it
        said.insert(0, node("p", row["reason"]))
    if said:
        lines.append(node("tr", node("td", *said, colspan=len(COLUMNS)), class_="reason"))
    return lines


def _line(cells: Sequence[object], **attributes: object) -> Markup:
    first, *rest = cells
    return node(
        "tr", node("th", first, scope="row"),
        *(node("td", cell, data_label=label) for label, cell in zip(COLUMNS[1:], rest, strict=True)),
        **attributes,
    )  # fmt: skip


__all__ = ["article", "mark", "signed"]
