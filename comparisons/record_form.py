"""Whether a record has the form of `report/report.schema.json`: by hand, for jsonschema is there in tests alone."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]


def refused(constant: str) -> None:
    """Of `json.loads`, where it meets NaN or Infinity."""
    raise ValueError(f'{constant} is no JSON: numbers that it lacks are the strings "nan", "inf" and "-inf"')


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf  # of NaN this is false


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("nan", "inf", "-inf")
    try:
        return isinstance(value, (bool, int, float)) and math.isfinite(value)  # f may be of truth values
    except OverflowError:
        return False


def _shape(value: Any, depth: int = 0) -> tuple[int, ...] | None:
    """Of nested lists of numbers; None where they are ragged, or deeper than NumPy's arrays."""
    if not isinstance(value, list):
        return () if _is_number(value) else None
    if depth == 64:
        return None
    inner = {_shape(each, depth + 1) for each in value} or {()}
    below = inner.pop()
    return None if inner or below is None else (len(value), *below)


Check = tuple[str, Callable[[Any], bool]]
"""What is expected, and whether it is that."""

TEXT: Check = "a string", lambda value: isinstance(value, str)
TEXTS: Check = "a list of strings", lambda value: isinstance(value, list) and all(isinstance(e, str) for e in value)
TRUTH: Check = "true or false", lambda value: isinstance(value, bool)
COUNT: Check = "a whole number from 0", _is_count
TIME: Check = "a number of seconds", _is_time
NUMBER: Check = 'a number, "nan", "inf" or "-inf"', _is_number
NUMBERS: Check = "null, a number or an array of numbers", lambda value: value is None or _shape(value) is not None
VERDICT: Check = f"one of {', '.join(Verdict)}", lambda value: isinstance(value, str) and value in list(Verdict)
LIST: Check = "a list of objects", lambda value: isinstance(value, list) and all(isinstance(e, dict) for e in value)
OBJECT: Check = "an object", lambda value: isinstance(value, dict)
OBJECT_OR_NULL: Check = "an object or null", lambda value: value is None or isinstance(value, dict)
DTYPE: Check = "float64 or float32", lambda value: value in ("float64", "float32")


def _form(**of: str) -> dict[str, Check]:
    """Names of keys by the name of the check."""
    return {key: globals()[check] for check, keys in of.items() for key in keys.split()}


RECORD = _form(
    TEXT="created multigrad", TIME="seconds", TRUTH="interrupted", LIST="machines backends cases controls",
    OBJECT="asked",
)  # fmt: skip
MACHINE = _form(TEXT="name python numpy processor")
ASKED = _form(TEXTS="families backends devices dtypes")
BACKEND = _form(TEXT="name version reason", TRUTH="installed", TEXTS="devices", COUNT="machine")
CONTROL = _form(TEXT="name backend reason", VERDICT="expected verdict")
CASE = _form(
    TEXT="id scenario family special operator device source_text published", DTYPE="dtype", COUNT="order machine",
    NUMBERS="x", OBJECT="referee", LIST="rows", OBJECT_OR_NULL="curve",
)  # fmt: skip
REFEREE = _form(TEXT="source reason note", NUMBERS="value slope left right kink", NUMBER="digits")
ROW = _form(
    TEXT="backend version device reason error", VERDICT="verdict", NUMBERS="value slope", NUMBER="digits",
    TEXTS="devices", TIME="seconds", OBJECT_OR_NULL="known",
)  # fmt: skip
KNOWN = _form(TEXT="reason proof")
CURVE_FORM = _form(NUMBERS="x y")


def faults(record: Data) -> Iterator[str]:
    """What is not as `report.schema.json` says. No more is asked after the first: what follows may rest on it."""
    yield from _wrong(record, RECORD, "")
    yield from _wrong(record["asked"], ASKED, "asked.")
    for k, machine in enumerate(record["machines"]):
        yield from _wrong(machine, dict.fromkeys([*MACHINE, *machine], TEXT), f"machines[{k}].")
    for k, backend in enumerate(record["backends"]):
        yield from _wrong(backend, BACKEND, f"backends[{k}].")
        yield from _without_machine(record, backend, f"backends[{k}]")
    for k, control in enumerate(record["controls"]):
        yield from _wrong(control, CONTROL, f"controls[{k}].")
    seen = set()
    for k, case in enumerate(record["cases"]):
        yield from _wrong(case, CASE, f"cases[{k}].")
        yield from _without_machine(record, case, f"cases[{k}]")
        yield from _wrong_within(case, f"cases[{k}].")
        if (case["id"], case["machine"]) in seen:
            yield f"the case {case['id']!r} is there twice on one machine"
        seen.add((case["id"], case["machine"]))


def _wrong_within(case: Data, where: str) -> Iterator[str]:
    yield from _wrong(case["referee"], REFEREE, f"{where}referee.")
    if case["curve"] is not None:
        yield from _wrong(case["curve"], CURVE_FORM, f"{where}curve.")
    for k, row in enumerate(case["rows"]):
        yield from _wrong(row, ROW, f"{where}rows[{k}].")
        if row["known"] is not None:
            yield from _wrong(row["known"], KNOWN, f"{where}rows[{k}].known.")


def _wrong(data: Data, form: Mapping[str, Check], where: str) -> Iterator[str]:
    for key, (expected, fits) in form.items():
        if key not in data:
            yield f"{where}{key} is missing"
        elif not fits(data[key]):
            yield f"{where}{key} is {reprlib.repr(data[key])}, not {expected}"


def _without_machine(record: Data, data: Data, where: str) -> Iterator[str]:
    number = len(record["machines"])
    if data["machine"] >= number:
        yield f"{where}.machine is {data['machine']}, and there are {number} machines, counted from 0"


__all__ = ["faults", "refused"]
