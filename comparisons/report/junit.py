"""A record as JUnit's XML, which every CI service reads: one test case for each row.

Differing, misplaced and vanished are failures, raising is an error, what is not here or not supported is skipped;
whatever else is worth a word stands in `system-out`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from multigrad.comparisons.records import rows
from multigrad.comparisons.report import facts
from multigrad.comparisons.report.markup import visible
from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]

SKIPPED = (Verdict.UNSUPPORTED, Verdict.UNAVAILABLE)


def as_junit(record: Data) -> str:
    """The document: a suite for each family, and one for the controls."""
    root = Element("testsuites", name="multigrad")
    suites: dict[str, Element] = {}
    for case, row in rows(record):
        family = visible(case["family"])
        suite = suites.get(family)
        if suite is None:
            suite = suites[family] = SubElement(root, "testsuite", name=family, timestamp=record["created"])
        _row(suite, record, case, row)
    if record["controls"]:
        suite = SubElement(root, "testsuite", name="controls", timestamp=record["created"])
        for control in record["controls"]:
            test = SubElement(
                suite, "testcase", classname="multigrad.controls", name=visible(control["name"]), time="0"
            )
            if control["verdict"] != control["expected"]:
                said = f"{control['verdict']} instead of {control['expected']}: {control['reason']}"
                SubElement(test, "failure", type="control", message=visible(said))
    total = Counter[str]()
    for suite in root:
        counts = Counter(outcome.tag for test in suite for outcome in test)
        totals = Counter(
            tests=len(suite), failures=counts["failure"], errors=counts["error"], skipped=counts["skipped"]
        )
        total += totals
        seconds = sum(float(test.attrib["time"]) for test in suite)
        suite.attrib.update({key: str(number) for key, number in totals.items()}, time=f"{seconds:.3f}")
    root.attrib.update({key: str(total[key]) for key in ("tests", "failures", "errors", "skipped")})
    root.set("time", f"{record['seconds']:.3f}")
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "unicode") + "\n"


def _row(suite: Element, record: Data, case: Data, row: Data) -> None:
    where = f"{case['dtype']}, {case['device']}"
    if len(record["machines"]) > 1:
        where += f", machine {case['machine'] + 1}"
    test = SubElement(
        suite, "testcase", classname=f"multigrad.{visible(case['family'])}.{visible(row['backend'])}",
        name=f"{visible(case['scenario'])} [{visible(where)}]", time=f"{row['seconds']:.6f}",
    )  # fmt: skip
    verdict, said = Verdict(row["verdict"]), visible(facts.what(row))
    if verdict is Verdict.FAILED:
        SubElement(test, "error", type=visible(row["error"]) or "failed", message=said).text = _answers(
            case, row
        )
    elif facts.is_news(row):
        kind = str(verdict) if not row["known"] else "vanished"
        SubElement(test, "failure", type=kind, message=said).text = _answers(case, row)
    elif verdict in SKIPPED:
        SubElement(test, "skipped", message=f"{verdict}: {said}")
    elif verdict is not Verdict.AGREE:
        SubElement(test, "system-out").text = f"{verdict}: {said}"


def _answers(case: Data, row: Data) -> str:
    referee = case["referee"]
    lines = [
        f"x = {facts.shown(case['x'], 17)}",
        f"{case['operator']}: {facts.shown(row['slope'], 17) or 'none'}",
        f"referee ({referee['source']}): {facts.shown(referee['slope'], 17) or referee['reason'] or 'none'}",
        f"from the left {facts.shown(referee['left'], 17)}, from the right {facts.shown(referee['right'], 17)}",
        case["source_text"],
    ]
    return visible("\n".join(lines))


__all__ = ["as_junit"]
