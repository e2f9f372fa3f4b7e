"""What a record says as a whole: the counts and selections that every form of the report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from multigrad.comparisons.records import absent, has_vanished, rows
from multigrad.comparisons.report.table import MARKS
from multigrad.comparisons.verdict import ANSWERED, DISAGREEING, Verdict

Data = dict[str, Any]

WORST_FIRST = tuple(
    map(Verdict, "differ failed misplaced known inaccurate convention unsupported agree unavailable".split())
)
"""A case is called by the first of these that one of its rows has: agreement is that of all who are here."""


def backends(record: Data) -> list[str]:
    """Their names, in the order asked for."""
    return list(dict.fromkeys([*record["asked"]["backends"], *(row["backend"] for _, row in rows(record))]))


def worst(verdicts: Iterable[str]) -> Verdict:
    """What a case with rows of these verdicts is called."""
    return min(map(Verdict, verdicts), key=WORST_FIRST.index, default=Verdict.UNAVAILABLE)


def by_case(record: Data) -> Counter[Verdict]:
    """How many cases are called what, the worst first."""
    found = Counter(worst(row["verdict"] for row in case["rows"]) for case in record["cases"])
    return Counter({verdict: found[verdict] for verdict in WORST_FIRST if found[verdict]})


def matrix(record: Data, of: str = "family") -> dict[str, dict[str, Counter[str]]]:
    """Verdicts by family, or by another property of a case, and backend."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for case, row in rows(record):
        found.setdefault(case[of], {}).setdefault(row["backend"], Counter())[row["verdict"]] += 1
    return found


def scenarios(record: Data) -> dict[tuple[str, str], list[Data]]:
    """The cases of each scenario, by family and name."""
    found: dict[tuple[str, str], list[Data]] = {}
    for case in record["cases"]:
        found.setdefault((case["family"], case["scenario"]), []).append(case)
    return found


def is_news(row: Data) -> bool:
    """Whether this row makes the report red."""
    return row["verdict"] in DISAGREEING or has_vanished(row)


def news(record: Data) -> list[tuple[Data, Data]]:
    """Rows that differ, are misplaced or failed, and differences listed as known that are no more."""
    return [(case, row) for case, row in rows(record) if is_news(row)]


@dataclass(frozen=True)
class Alike:
    """Rows of one scenario on which the same is said, in several precisions, on several devices and backends."""

    row: Data
    """The first of them."""
    cases: list[Data] = field(default_factory=list)
    backends: list[str] = field(default_factory=list)

    @property
    def where(self) -> str:
        """In which precisions on which devices."""
        dtypes, devices = (
            ", ".join(dict.fromkeys(case[name] for case in self.cases)) for name in ("dtype", "device")
        )
        return f"{dtypes} on {devices}"


def alike(found: Iterable[tuple[Data, Data]]) -> list[Alike]:
    """Rows, put together where the same is said of them."""
    groups: dict[tuple[str, ...], Alike] = {}
    for case, row in found:
        group = groups.setdefault((case["family"], case["scenario"], row["verdict"], what(row)), Alike(row))
        group.cases.append(case)
        if row["backend"] not in group.backends:
            group.backends.append(row["backend"])
    return list(groups.values())


def escaped(record: Data) -> list[Data]:
    """Controls on which the placement audit says something else than it has to."""
    return [control for control in record["controls"] if control["verdict"] != control["expected"]]


def having(record: Data, verdict: Verdict) -> list[tuple[Data, Data]]:
    """Rows of that verdict."""
    return [(case, row) for case, row in rows(record) if row["verdict"] == verdict]


def named(row: Data) -> tuple[str, str]:
    """A sign and a word for a row: those of its verdict, or that a known difference has vanished."""
    return ("!", "vanished") if has_vanished(row) else (MARKS[Verdict(row["verdict"])], row["verdict"])


def what(row: Data) -> str:
    """Why a row is as it is, in one line."""
    if has_vanished(row):
        return f"{row['verdict']}, though listed as a known difference: {row['known']['reason']}"
    if row["known"]:
        return str(row["known"]["reason"])
    return str(row["reason"] or row["error"])


def headline(record: Data) -> tuple[str, str]:
    """How many agree, and whether anything is new: a title and a sentence."""
    called, total = by_case(record), len(record["cases"])
    title = f"{called[Verdict.AGREE]:,} of {total:,} cases agree on every backend"
    if having(record, Verdict.UNAVAILABLE):
        title += " that could be asked"
    red, strays, nowhere = news(record), escaped(record), absent(record)
    if not red and not strays and not nowhere:
        known = len(having(record, Verdict.KNOWN))
        said = "Nothing new" + (f": {_count(known, 'difference')} known and explained." if known else ".")
    else:
        gone = sum(has_vanished(row) for _, row in red)
        parts = [
            _count(len(red) - gone, "answer") + " outside the table of known differences"
            if len(red) > gone
            else "",
            _count(gone, "known difference") + " no longer there" if gone else "",
            _count(len(strays), "control") + " of the placement audit failed" if strays else "",
            f"nobody has the device {' or '.join(map(repr, nowhere))}" if nowhere else "",
        ]
        said = "New: " + "; ".join(filter(None, parts)) + "."
    if record["interrupted"]:
        said += " The run was interrupted: cases are missing."
    return title, said


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def conventions(record: Data) -> Iterator[Data]:
    """Cases at a kink, with an answer: one for each scenario, and again where the same backend answers otherwise
    in another precision, on another device or machine."""
    for cases in scenarios(record).values():
        seen: set[tuple[str, str]] = set()
        for case in cases:
            kink = np.any(case["referee"]["kink"] or False)
            chosen = any(row["verdict"] == Verdict.CONVENTION for row in case["rows"])
            rows = [row for row in case["rows"] if row["slope"] is not None]
            answers = {(row["backend"], at_kinks(case, row["slope"])) for row in rows}
            if (kink or chosen) and answers - seen:
                seen |= answers
                yield case


def at_kinks(case: Data, value: Any) -> str:
    """Of a slope, left or right slope: its entries at which there is a kink."""
    kink = case["referee"]["kink"]
    array, where = numbers(value), np.array(False if kink is None else kink)
    if array is None:
        return ""
    if array.shape == where.shape and array.ndim and where.any():
        array = array[where]
    return shown(array, 6)


def numbers(value: Any) -> Any:
    """Plain data as an array again, or None."""
    return None if value is None else np.array(value, np.float64)  # which reads "nan" and "inf" too


def shown(value: Any, digits: int = 10, most: int = 4) -> str:
    """Numbers of a record for people: all of a few, the ends of many."""
    array = numbers(value)
    if array is None:
        return ""
    flat = array.ravel()
    words = [
        f"{number:.{digits}g}" for number in (flat if flat.size <= most else (*flat[: most - 2], flat[-1]))
    ]
    if flat.size > most:
        words.insert(most - 2, "…")
    return f"[{', '.join(words)}]" + (f" {array.shape}" if array.ndim > 1 else "") if array.ndim else words[0]


def off_by(case: Data, row: Data) -> str:
    """The largest difference from the referee's slope, where both are finite; at a kink there is none to speak of."""
    truth, answer = numbers(case["referee"]["slope"]), numbers(row["slope"])
    if (
        truth is None
        or answer is None
        or truth.shape != answer.shape
        or np.any(case["referee"]["kink"] or False)
    ):
        return ""
    with np.errstate(invalid="ignore"):
        error = np.abs(answer - truth)
    error = error[np.isfinite(error)]
    return f"{error.max():.2g}" if error.size else ""


def digits(record: Data) -> dict[str, dict[str, list[tuple[float, Data]]]]:
    """By precision and backend: right digits, with their case, the fewest first."""
    found: dict[str, dict[str, list[tuple[float, Data]]]] = {}
    for case, row in rows(record):
        number = float(row["digits"])
        if np.isfinite(number) and row["verdict"] in ANSWERED:
            found.setdefault(case["dtype"], {}).setdefault(row["backend"], []).append((number, case))
    return {
        dtype: {name: sorted(of, key=lambda pair: pair[0]) for name, of in each.items()}
        for dtype, each in found.items()
    }


def placement(record: Data) -> dict[str, dict[str, Counter[str]]]:
    """By device and backend: how often everything stayed, how often something strayed and to where, or the
    verdict of what gave no answer."""
    found: dict[str, dict[str, Counter[str]]] = {}
    for case, row in rows(record):
        if row["verdict"] == Verdict.MISPLACED:
            key = f"strayed to {', '.join(each for each in row['devices'] if each != case['device'])}"
        else:
            key = "stayed" if row["verdict"] in ANSWERED else row["verdict"]
        found.setdefault(case["device"], {}).setdefault(row["backend"], Counter())[key] += 1
    return found


def anchor(record: Data, case: Data) -> str:
    """The address of a case on the page: its id, and in a record of several machines the machine."""
    return str(case["id"]) + (f"/machine {case['machine'] + 1}" if len(record["machines"]) > 1 else "")


def where(record: Data, case: Data) -> str:
    """In which precision, on which device and, if there are several, on which machine."""
    machine = f", machine {case['machine'] + 1}" if len(record["machines"]) > 1 else ""
    return f"{case['dtype']} on {case['device']}{machine}"
