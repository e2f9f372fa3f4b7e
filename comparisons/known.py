"""Differences that are understood: listed with the reason, and a proof in the framework's own code.

They are shown as `known`, in full sight and never as agreement. A difference that is listed and no longer there
is as much news as one that is not listed: the table has to follow the frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from multigrad.comparisons.verdict import ANSWERED, DISAGREEING, Verdict

Data = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """One entry of the table.

    Examples
    --------
    >>> entry = Known("jax", ("length at 0",), "no subgradient is chosen", "assert True", since="0.4", before="0.11")
    >>> entry.applies("length at 0", "jax", "0.10.2", "float64"), entry.applies("length at 0", "jax", "0.11", "float64")
    (True, False)
    """

    backend: str
    scenarios: tuple[str, ...]
    """Their names, in the catalogue."""
    reason: str
    proof: str
    """Some five lines in the framework's own code that raise AssertionError once the difference is gone."""
    verdict: Verdict = Verdict.DIFFER
    """What it would be called if it were not listed here."""
    since: str = "0"
    """The first version that has it, as far as was tried."""
    before: str = ""
    """The first version that has it no more; empty where none is known."""
    dtypes: tuple[str, ...] = ("float64", "float32")

    def applies(self, scenario: str, backend: str, version: str, dtype: str) -> bool:
        """Whether this is about such a run."""
        named = backend == self.backend and scenario in self.scenarios and dtype in self.dtypes
        return named and self.covers(version)

    def covers(self, version: str) -> bool:
        """Whether a version of the backend is in the range."""
        here = _release(version)
        return _release(self.since) <= here and (not self.before or here < _release(self.before))

    @property
    def versions(self) -> str:
        """The range in words."""
        return f"{self.since} and later" + (f", before {self.before}" if self.before else "")


def _release(version: str) -> tuple[int, ...]:
    """The numbers that a version begins with, without trailing zeros: 2.13.0+cpu is (2, 13)."""
    found = re.match(r"\d+(\.\d+)*", version)
    numbers = [int(number) for number in found[0].split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def mark(cases: Iterable[Data], table: Sequence[Known]) -> None:
    """Set `known` in the rows that the table is about, and their verdict to ``"known"`` where it is the listed one.

    A row that bears an entry with another verdict is a listed difference that has vanished. One that is wrong
    in another way than listed bears none: it is news of its own.
    """
    by_scenario: dict[str, list[Known]] = {}
    for entry in table:
        for name in entry.scenarios:
            by_scenario.setdefault(name, []).append(entry)
    for case in cases:
        for row in case["rows"]:
            if row["verdict"] in ANSWERED and row["slope"] is None:
                continue  # judged by its placement alone, which says nothing of a difference
            for entry in by_scenario.get(case["scenario"], ()):
                if entry.applies(case["scenario"], row["backend"], row["version"], case["dtype"]):
                    _mark(row, entry)


def _mark(row: Data, entry: Known) -> None:
    verdict = Verdict(row["verdict"])
    if verdict is entry.verdict:
        row["verdict"] = str(Verdict.KNOWN)
    elif verdict in DISAGREEING or verdict is Verdict.UNAVAILABLE:
        return
    row["known"] = {"reason": entry.reason, "proof": entry.proof}

