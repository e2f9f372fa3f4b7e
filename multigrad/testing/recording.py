"""The pytest fixture `multigrad`, and the record of the comparisons that tests made with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from multigrad import __version__
from multigrad import backends as registry
from multigrad.comparisons import records
from multigrad.comparisons.comparison import Comparison
from multigrad.comparisons.report.writing import FORMS
from multigrad.comparisons.scenario import Function
from multigrad.comparisons.verdict import DISAGREEING, Verdict
from multigrad.errors import BackendUnavailable
from multigrad.testing.agreement import Agreement, agreement

Data = dict[str, Any]


class Recorder:
    """What a test gets that asks for the fixture `multigrad`.

    Parameters
    ----------
    test : str
        The node id of the test.
    defaults : mapping
        What the marker says.
    found : list
        Where the comparisons are put down, as plain data.
    """

    def __init__(self, test: str, defaults: Mapping[str, Any], found: list[Data]) -> None:
        self._test, self._defaults, self._found = test, dict(defaults), found
        self._names: set[str] = set()

    def agree(
        self,
        f: Function,
        x: Any,
        device: object = None,
        backends: Iterable[str] | str | None = None,
        rtol: float | None = None,
        allow: Iterable[str] | str | None = None,
    ) -> Comparison:
        """`multigrad.testing.assert_backends_agree`, put on record: what is None is as the marker says."""
        __tracebackhide__ = True
        given = {"device": device, "backends": backends, "rtol": rtol, "allow": allow}
        found = agreement(f, x, **{**self._defaults, **{k: v for k, v in given.items() if v is not None}})
        self._found.append(part(found, *self._name(found.comparison)))
        found.check()
        return found.comparison

    def _name(self, comparison: Comparison) -> tuple[str, str]:
        """Family and scenario: the file of the test, and the test with f and x."""
        family, _, test = self._test.partition("::")
        name = f"{test}: {comparison.title}"
        count = sum(name == known.partition(" #")[0] for known in self._names)
        name += f" #{count + 1}" if count else ""
        self._names.add(name)
        return family, name


def part(found: Agreement, family: str, name: str) -> Data:
    """A comparison as plain data: its case, and what it ran on."""
    comparison = found.comparison
    case = records.case(
        replace(comparison.scenario, name=name), family, found.device, comparison.referee, comparison.rows,
        comparison.outcomes,
    )  # fmt: skip
    for row in case["rows"]:
        verdict = Verdict(row["verdict"])
        if verdict in DISAGREEING & found.passing:
            row["known"] = {"reason": f"{verdict}, which the test allows: {row['reason']}", "proof": found.reproduce}
            row["verdict"] = str(Verdict.KNOWN)
    backends = [dict(_backend(row["backend"])) for row in case["rows"]]
    return {"case": case, "machine": records.machine(), "backends": backends}


@lru_cache
def _backend(name: str) -> Data:
    """What there is of one backend: to list them all would import those that no test asked for."""
    try:
        adapter = registry.get(name)
    except BackendUnavailable as error:
        return {"name": name, "version": "", "installed": False, "devices": [], "reason": str(error)}
    return {
        "name": name, "version": adapter.version(), "installed": True, "devices": list(adapter.devices()), "reason": "",
    }  # fmt: skip


def record_of(parts: Sequence[Data], seconds: float, *, interrupted: bool = False) -> Data:
    """The record of comparisons that were made in one process or several, in the form of ``report.schema.json``."""
    machines: list[Data] = []
    backends: list[Data] = []
    cases = []
    for each in parts:
        if each["machine"] not in machines:
            machines.append(each["machine"])
        number = machines.index(each["machine"])
        here = [{**backend, "machine": number} for backend in each["backends"]]
        backends += [backend for backend in here if backend not in backends]
        cases.append({**each["case"], "machine": number})
    return {
        "schema": records.SCHEMA,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "interrupted": interrupted,
        "multigrad": __version__,
        "machines": machines,
        "backends": backends,
        "asked": {
            "families": _each(case["family"] for case in cases),
            "backends": _each(backend["name"] for backend in backends),
            "devices": _each(case["device"] for case in cases),
            "dtypes": _each(case["dtype"] for case in cases),
        },
        "cases": cases,
        "controls": [],
    }


def _each(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def write(record: Data, path: Path) -> None:
    """The record in the form that the suffix of the path names: .html, .json, .md or .xml."""
    path.parent.mkdir(parents=True, exist_ok=True)
    forms = {Path(name).suffix: form for name, form in FORMS.items()}
    path.write_text(forms[path.suffix](record), "utf-8")


__all__ = ["Recorder", "record_of", "write"]
