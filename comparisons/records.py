"""The record: what a run of the suite found, as plain data. Every report, merge and diff is made from it alone.

Its form is `report/report.schema.json`. Numbers that JSON lacks are the strings "nan", "inf" and "-inf".
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import platform
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from multigrad.comparisons.record_form import faults, refused
from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.report.data import plain
from multigrad.comparisons.run import Outcome
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.verdict import DISAGREEING, Row, Verdict
from multigrad.errors import RecordError

Data = dict[str, Any]

SCHEMA = 1
"""The version of the form."""

KEYS = frozenset(
    "schema created seconds interrupted multigrad machines backends asked cases controls".split()
)

CURVE = 61
"""Points of a curve: an odd number, so that the kink is one of them."""


def load(source: str | os.PathLike[str] | Data) -> Data:
    """A record, from a file or as it is.

    Raises
    ------
    RecordError
        It is none, or of another version of the form, or something in it is not what the form says.
    """
    if isinstance(source, dict):
        return _checked(source, "the record")
    try:
        data = json.loads(Path(source).read_text("utf-8"), parse_constant=refused)
    except (OSError, ValueError, RecursionError) as error:
        raise RecordError(f"{os.fspath(source)} cannot be read as a record: {error}") from error
    return _checked(data, os.fspath(source))


def _checked(data: Any, name: str) -> Data:
    missing = KEYS - data.keys() if isinstance(data, dict) else KEYS
    if missing:
        raise RecordError(f"{name} is no record of the suite: it lacks {', '.join(sorted(missing))}")
    if data["schema"] != SCHEMA:
        raise RecordError(f"{name} is of schema {data['schema']}; this version of multigrad reads {SCHEMA}")
    for fault in faults(data):
        raise RecordError(f"{name} is no record of the suite: {fault}; `multigrad report` writes it anew")
    return data  # type: ignore[no-any-return]  # a dict, as was just seen


def case_id(family: str, scenario: str, dtype: str, device: str) -> str:
    """What a case is called.

    Examples
    --------
    >>> case_id("kinks", "absolute value", "float64", "cpu")
    'kinks/absolute value/float64/cpu'
    """
    return f"{family}/{scenario}/{dtype}/{device}"


def case(
    scenario: Scenario,
    family: str,
    device: str,
    judgement: Judgement,
    rows: Sequence[Row],
    outcomes: Sequence[Outcome],
) -> Data:
    """One scenario in one precision on one device, with a row for each backend."""
    return {
        **heading(scenario, family, str(scenario.dtype), device),
        "referee": {
            name: plain(getattr(judgement, name))
            for name in ("source", "reason", "value", "slope", "left", "right", "kink", "digits", "note")
        },
        "rows": [_row(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)],
        "curve": _curve(scenario, judgement),
    }


def lost_case(scenario: Scenario, family: str, dtype: str, device: str, rows: Sequence[Data]) -> Data:
    """A case of which nothing is left but what is said in its rows."""
    referee: Data = dict.fromkeys(("value", "slope", "left", "right", "kink"))
    return {
        **heading(scenario, family, dtype, device),
        "referee": {"source": "none", "reason": "its process ended", **referee, "digits": 0.0, "note": ""},
        "rows": list(rows),
        "curve": None,
    }


def lost_row(backend: str, version: str, device: str, reason: str, seconds: float) -> Data:
    """The row of a run that took its process along."""
    return {
        "backend": backend, "version": version, "verdict": str(Verdict.FAILED), "value": None, "slope": None,
        "digits": "nan", "device": device, "devices": [], "reason": reason, "error": "WorkerDied",
        "seconds": seconds, "known": None,
    }  # fmt: skip


def heading(scenario: Scenario, family: str, dtype: str, device: str) -> Data:
    """What is known of a case before it runs."""
    return {
        "id": case_id(family, scenario.name, dtype, device),
        "scenario": scenario.name,
        "family": family,
        "special": scenario.special,
        "operator": scenario.operator,
        "order": scenario.order,
        "dtype": dtype,
        "device": device,
        "machine": 0,
        "x": plain(scenario.x),
        "source_text": source_text(scenario.f),
        "published": scenario.source,
    }


def source_text(f: Any) -> str:
    """The text of f, of a lambda without what stands around it; of a function that has none, its name.

    Examples
    --------
    >>> import numpy as np
    >>> source_text(np.abs)
    'numpy.absolute'
    """
    try:
        found = _lambda_text(inspect.findsource(f)[0], f.__code__) if _is_lambda(f) else ""
        return found or textwrap.dedent(inspect.getsource(f)).rstrip()
    except (OSError, TypeError):
        name = str(getattr(f, "__name__", type(f).__name__))
        module = getattr(f, "__module__", None) or ("numpy" if isinstance(f, np.ufunc) else "")
        return f"{module}.{name}".lstrip(".")


@cache
def machine() -> Data:
    """What computes here."""
    return {
        "name": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processor": platform.processor() or platform.machine(),
    }


def _is_lambda(f: Any) -> bool:
    return inspect.isfunction(f) and f.__name__ == "<lambda>"


def _lambda_text(lines: list[str], code: CodeType) -> str:
    """The lambda of that code: its body is where an instruction of it stands; empty where several do, or none."""
    places = set(code.co_positions())
    found = [
        node
        for node in _lambdas("".join(lines)).get(code.co_firstlineno, ())
        if (node.body.lineno, node.body.end_lineno, node.body.col_offset, node.body.end_col_offset) in places
    ]
    return textwrap.dedent(_segment(lines, found[0])) if len(found) == 1 else ""


def _segment(lines: list[str], node: ast.expr) -> str:
    """As `ast.get_source_segment`, which splits the whole module into lines each time."""
    own = [line.encode() for line in lines[node.lineno - 1 : node.end_lineno]]
    own[-1] = own[-1][: node.end_col_offset]  # columns are counted in bytes
    own[0] = own[0][node.col_offset :]
    return b"".join(own).decode()


@cache
def _lambdas(module: str) -> dict[int, list[ast.Lambda]]:
    """Those of a module's text by their lines."""
    try:
        nodes = list(ast.walk(ast.parse(module)))
    except SyntaxError:
        return {}
    found: dict[int, list[ast.Lambda]] = {}
    for node in nodes:
        if isinstance(node, ast.Lambda):
            found.setdefault(node.lineno, []).append(node)
    return found


def _row(row: Row, outcome: Outcome) -> Data:
    return {
        "backend": row.backend,
        "version": row.version,
        "verdict": str(row.verdict),
        "value": plain(row.value),
        "slope": plain(row.slope),
        "digits": plain(row.digits),
        "device": row.device,
        "devices": sorted(row.devices),
        "reason": row.reason,
        "error": outcome.error,
        "seconds": round(row.seconds, 6),
        "known": None,
    }


def _curve(scenario: Scenario, judgement: Judgement) -> Data | None:
    """f around a point at which it is not smooth, for a small plot."""
    scalar = scenario.x.ndim == 0 and judgement.value is not None and np.ndim(judgement.value) == 0
    if not scalar or scenario.order != 1 or not (np.any(judgement.kink) or judgement.note):
        return None
    at = float(scenario.x)
    reach = 1.0 if at == 0 or 0.1 <= abs(at) <= 1e6 else abs(at)
    x = np.linspace(at - reach, at + reach, CURVE)
    x[CURVE // 2] = at
    try:
        with np.errstate(all="ignore"):
            y = [float(scenario.f(np.array(point, scenario.dtype))) for point in x]
    except Exception:  # noqa: BLE001  f need not be defined beside its point
        return None
    return {"x": plain(x), "y": plain(y)}


# What a record says as a whole -----------------------------------------------------------------------


def rows(record: Data) -> Iterator[tuple[Data, Data]]:
    """Every case with each of its rows."""
    return ((case, row) for case in record["cases"] for row in case["rows"])


def counts(record: Data) -> dict[str, int]:
    """How many rows have each verdict.

    Examples
    --------
    >>> counts({"cases": [{"rows": [{"verdict": "agree"}, {"verdict": "agree"}]}]})
    {'agree': 2}
    """
    return dict(Counter(row["verdict"] for _, row in rows(record)))


def has_vanished(row: Data) -> bool:
    """Whether the table lists a difference for this row that is no more: it bears the entry, and not the verdict."""
    return row["known"] is not None and row["verdict"] != Verdict.KNOWN


def status(record: Data) -> int:
    """The exit status of a run.

    0: nothing new. 1: a differ, misplaced or failed outside the table of known differences, a listed
    difference that has vanished, a control that the audit did not catch, or a device that nobody has.

    Examples
    --------
    >>> row = {"verdict": "differ", "known": None}
    >>> status({"cases": [{"rows": [row]}], "controls": []})
    1
    """
    bad = any(row["verdict"] in DISAGREEING or has_vanished(row) for _, row in rows(record))
    strays = any(control["verdict"] != control["expected"] for control in record["controls"])
    return int(bad or strays or bool(absent(record)))


def absent(record: Data) -> list[str]:
    """The devices that no backend has: what was asked there was answered by nobody.

    Examples
    --------
    >>> absent({"cases": [{"device": "cuda", "rows": [{"verdict": "unavailable"}, {"verdict": "unavailable"}]}]})
    ['cuda']
    """
    devices = dict.fromkeys(case["device"] for case in record["cases"])
    there = {case["device"] for case, row in rows(record) if row["verdict"] != Verdict.UNAVAILABLE}
    return [device for device in devices if device not in there]


__all__ = [
    "SCHEMA", "absent", "case", "case_id", "counts", "has_vanished", "heading", "load", "lost_case", "lost_row",
    "machine", "rows", "source_text", "status",
]  # fmt: skip
