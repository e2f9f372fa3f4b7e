"""Records beside each other: of several machines as one, and what changed from an old one to a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from multigrad.comparisons.entries import ROUNDINGS
from multigrad.comparisons.records import SCHEMA, load
from multigrad.comparisons.verdict import Verdict
from multigrad.errors import RecordError

Data = dict[str, Any]
Key = tuple[str, str, int]


def merge(records: Sequence[Any]) -> Data:
    """The records of several machines as one.

    Parameters
    ----------
    records : sequence of dict or path
        A case that several have is kept from each: under its own machine.

    Returns
    -------
    dict
        A record. Its seconds are those of all together, and it is interrupted where one is.

    Raises
    ------
    RecordError
        There is none, or one is no record.
    """
    if not records:
        raise RecordError("there is no record to merge")
    loaded = [load(record) for record in records]
    machines: list[Data] = []
    backends: list[Data] = []
    cases: list[Data] = []
    controls: list[Data] = []
    for record in loaded:
        first = len(machines)
        machines += record["machines"]
        backends += [{**each, "machine": first + each["machine"]} for each in record["backends"]]
        cases += [{**each, "machine": first + each["machine"]} for each in record["cases"]]
        controls += [each for each in record["controls"] if each not in controls]
    return {
        "schema": SCHEMA,
        "created": max(record["created"] for record in loaded),
        "seconds": round(sum(record["seconds"] for record in loaded), 3),
        "interrupted": any(record["interrupted"] for record in loaded),
        "multigrad": ", ".join(dict.fromkeys(record["multigrad"] for record in loaded)),
        "machines": machines,
        "backends": backends,
        "asked": {
            name: list(dict.fromkeys(entry for record in loaded for entry in record["asked"][name]))
            for name in loaded[0]["asked"]
        },
        "cases": cases,
        "controls": controls,
    }


def diff(old: Any, new: Any) -> Data:
    """What changed from an old record to a new one.

    Parameters
    ----------
    old, new : dict or path
        Records.

    Returns
    -------
    dict
        ``versions`` (name, old, new), ``vanished`` and ``added`` (case, backend), ``verdicts`` (case, backend,
        old, new, reason) and ``slopes`` (case, backend, old, new): plain data. A slope has changed where
        more than rounding did; where digits are lost in both, that other ones are lost is no change.
    """
    old, new = load(old), load(new)
    before, after = dict(_rows(old)), dict(_rows(new))
    both = [(key, before[key], after[key]) for key in after if key in before]
    return {
        "versions": _versions(old, new),
        "vanished": [_name(key) for key in before if key not in after],
        "added": [_name(key) for key in after if key not in before],
        "verdicts": [
            {**_name(key), "old": was["verdict"], "new": row["verdict"], "reason": row["reason"]}
            for key, (_, was), (_, row) in both
            if was["verdict"] != row["verdict"]
        ],
        "slopes": [
            {**_name(key), "old": was["slope"], "new": row["slope"]}
            for key, (_, was), (case, row) in both
            if not _alike(was, row, case["dtype"])
        ],
    }


def diff_status(changes: Data) -> int:
    """The exit status: 1 where a verdict or a slope changed, or a case vanished; 0 else.

    Examples
    --------
    >>> diff_status({"versions": [{"name": "torch"}], "vanished": [], "added": [], "verdicts": [], "slopes": []})
    0
    """
    return int(any(changes[name] for name in ("verdicts", "slopes", "vanished")))


def diff_text(changes: Data) -> str:
    """The changes in lines, for a terminal or a comment.

    Examples
    --------
    >>> print(diff_text({"versions": [], "vanished": [], "added": [], "verdicts": [], "slopes": []}))
    nothing changed
    """
    lines = [f"{each['name']}: {each['old'] or 'absent'} -> {each['new'] or 'absent'}" for each in changes["versions"]]
    for title, name in (("verdicts that changed", "verdicts"), ("slopes that changed", "slopes")):
        if changes[name]:
            lines += ["", f"{title}: {len(changes[name])}"]
            lines += [f"  {each['case']}, {each['backend']}: {_shown(each)}" for each in changes[name]]
    for title, name in (("cases that vanished", "vanished"), ("new cases", "added")):
        if changes[name]:
            backends = Counter(each["backend"] for each in changes[name])
            lines += ["", f"{title}: {', '.join(f'{number} of {name}' for name, number in backends.items())}"]
    return "\n".join(lines).strip() or "nothing changed"


def _shown(change: Data) -> str:
    reason = f" ({change['reason']})" if change.get("reason") else ""
    return f"{change['old']} -> {change['new']}{reason}"


def _rows(record: Data) -> Iterator[tuple[Key, tuple[Data, Data]]]:
    """Case and row by case, backend, and how often that was there before: once for each machine."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in record["cases"]:
        for row in case["rows"]:
            key = case["id"], row["backend"]
            yield (*key, seen[key]), (case, row)
            seen[key] += 1


def _name(key: Key) -> Data:
    return {"case": key[0], "backend": key[1]}


def _versions(old: Data, new: Data) -> list[Data]:
    before, after = ({"multigrad": {record["multigrad"]: None}} for record in (old, new))
    for record, versions in ((old, before), (new, after)):
        for backend in record["backends"]:
            versions.setdefault(backend["name"], {})[backend["version"]] = None
    listed = [(name, ", ".join(before.get(name, {})), ", ".join(after.get(name, {}))) for name in {**before, **after}]
    return [{"name": name, "old": was, "new": now} for name, was, now in listed if was != now]


def _alike(old: Data, new: Data, dtype: str) -> bool:
    if old["verdict"] == new["verdict"] == Verdict.INACCURATE or old["slope"] == new["slope"]:
        return True
    if old["slope"] is None or new["slope"] is None:
        return False
    a, b = (np.array(row["slope"], np.float64) for row in (old, new))  # which reads "nan" and "inf" too
    relative = ROUNDINGS * float(np.finfo(dtype).eps)
    largest = np.max(np.abs(a), initial=0, where=np.isfinite(a))
    return a.shape == b.shape and bool(np.allclose(a, b, relative, relative * largest, equal_nan=True))


__all__ = ["diff", "diff_status", "diff_text", "merge"]
