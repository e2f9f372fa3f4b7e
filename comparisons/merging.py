"""Records beside each other: of several machines as one, and what changed from an old one to a new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from multigrad.comparisons.entries import ROUNDINGS
from multigrad.comparisons.records import SCHEMA, load, rows
from multigrad.comparisons.verdict import Verdict
from multigrad.errors import RecordError

Data = dict[str, Any]
Key = tuple[str, str, int]
Pair = tuple[Data, Data]

LOSS = 3.0
"""Decimal digits: who loses as many has changed, though the verdict may stand."""
MOST = 16.0
"""Decimal digits: as many as float64 has; an exact slope, of infinitely many, that gets 16 has lost none."""

QUESTION = {"source_text": "function", "x": "point", "operator": "operator", "order": "order"}
"""What of a case has to be the same for its answers to be compared."""

CHANGES = {
    "questions": "cases that ask something else",
    "verdicts": "verdicts that changed",
    "slopes": "slopes that changed",
    "values": "values that changed",
    "digits": "digits that were lost",
    "devices": "devices that changed",
    "controls": "controls that changed",
}
"""Each makes the exit status 1: what was so is so no more."""


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
        There is none, one is no record, or two hold the same cases of the same machine and versions.
    """
    if not records:
        raise RecordError("there is no record to merge")
    loaded = [load(record) for record in records]
    _check_apart(loaded, [f"record {k + 1}" if isinstance(r, dict) else str(r) for k, r in enumerate(records)])
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
        Plain data. ``versions`` (name, old, new), ``vanished`` and ``added`` (case, backend), ``questions`` (case,
        what: "function", "point", ...), ``verdicts`` (case, backend, old, new, reason), ``slopes``, ``values``,
        ``digits`` and ``devices`` (case, backend, old, new), ``controls`` (name, old, new, reason),
        ``added_controls`` (name). A slope or a value has changed where more than rounding did; where digits are
        lost in both, that other ones are lost is no change, and that three more are is one. Of a case that is
        another one under the same name only the verdicts are compared.
    """
    old, new = load(old), load(new)
    before, after = dict(_rows(old)), dict(_rows(new))
    both = [(key, before[key], after[key]) for key in after if key in before]
    others = {(key[0], key[2]): what for key, (was, _), (case, _) in both if (what := _other(was, case))}
    like = [(key, (was, row), case["dtype"]) for key, (_, was), (case, row) in both if (key[0], key[2]) not in others]

    def changed(name: str, pairs: list[tuple[Key, Pair]]) -> list[Data]:
        return [{**_name(key), "old": was[name], "new": row[name]} for key, (was, row) in pairs]

    return {
        "versions": _versions(old, new),
        "vanished": [_name(key) for key in before if key not in after],
        "added": [_name(key) for key in after if key not in before],
        "questions": [{"case": name, "what": what} for (name, _), what in others.items()],
        "verdicts": [
            {**_name(key), "old": was["verdict"], "new": row["verdict"], "reason": row["reason"]}
            for key, (_, was), (_, row) in both
            if was["verdict"] != row["verdict"]
        ],
        "slopes": changed("slope", [(key, pair) for key, pair, dtype in like if not _alike(pair, "slope", dtype)]),
        "values": changed("value", [(key, pair) for key, pair, dtype in like if not _alike(pair, "value", dtype)]),
        "digits": changed("digits", [(key, pair) for key, pair, _ in like if _lost(*pair)]),
        "devices": changed("device", [(key, pair) for key, pair, _ in like if pair[0]["device"] != pair[1]["device"]]),
        **_controls(old, new),
    }


def diff_status(changes: Data) -> int:
    """The exit status: 1 where an answer, a case or a control changed, lost digits or vanished; 0 else.

    Other versions, new cases and new controls are no fault.

    Examples
    --------
    >>> nothing = dict.fromkeys(("versions", "vanished", "added", *CHANGES, "added_controls"), ())
    >>> diff_status({**nothing, "versions": [{"name": "torch"}]})
    0
    """
    return int(any(changes[name] for name in ("vanished", *CHANGES)))


def diff_text(changes: Data) -> str:
    """The changes in lines, for a terminal or a comment.

    Examples
    --------
    >>> print(diff_text(dict.fromkeys(("versions", "vanished", "added", *CHANGES, "added_controls"), ())))
    nothing changed
    """
    lines = [f"{each['name']}: {each['old'] or 'absent'} -> {each['new'] or 'absent'}" for each in changes["versions"]]
    for name, title in CHANGES.items():
        if changes[name]:
            lines += ["", f"{title}: {len(changes[name])}", *(f"  {_shown(each)}" for each in changes[name])]
    for title, name in (("cases that vanished", "vanished"), ("new cases", "added")):
        if changes[name]:
            backends = Counter(each["backend"] for each in changes[name])
            lines += ["", f"{title}: {', '.join(f'{number} of {name}' for name, number in backends.items())}"]
    if changes["added_controls"]:
        lines += ["", f"new controls: {len(changes['added_controls'])}"]
    return "\n".join(lines).strip() or "nothing changed"


def _shown(change: Data) -> str:
    if "what" in change:
        return f"{change['case']}: another {change['what']} under the same name: not comparable"
    name = f"{change['case']}, {change['backend']}" if "case" in change else change["name"]
    reason = f" ({change['reason']})" if change.get("reason") else ""
    return f"{name}: {change['old']} -> {change['new']}{reason}"


def _check_apart(loaded: list[Data], names: list[str]) -> None:
    """That no case is in two of the records: every count of it would be doubled."""
    seen: dict[Any, int] = {}
    for k, record in enumerate(loaded):
        own = set(_identities(record))
        twice = Counter(seen[identity] for identity in own & seen.keys())
        if twice:
            first, number = twice.most_common(1)[0]
            cases = "1 case" if number == 1 else f"{number} cases"
            raise RecordError(
                f"{names[first]} and {names[k]} share {cases} of the same machine, backends and versions, which would "
                "count twice: give one of the two, or show what changed between them with diff"
            )
        seen |= dict.fromkeys(own, k)


def _identities(record: Data) -> Iterator[Any]:
    """What makes a case another one, once for each version of multigrad that the record is of."""
    for case in record["cases"]:
        machine = frozenset(record["machines"][case["machine"]].items())
        backends = frozenset((row["backend"], row["version"]) for row in case["rows"])
        for version in record["multigrad"].split(", "):
            yield version, machine, case["id"], backends


def _other(old: Data, new: Data) -> str:
    """What the case asks otherwise than before; empty where it asks the same."""
    return " and ".join(what for name, what in QUESTION.items() if old[name] != new[name])


def _lost(old: Data, new: Data) -> bool:
    """Whether the slope is right in three digits less. Of NaN, where there was nothing to compare, in none."""
    was, now = (min(float(row["digits"]), MOST) for row in (old, new))
    return new["slope"] is not None and was - (0.0 if np.isnan(now) else now) >= LOSS


def _controls(old: Data, new: Data) -> Data:
    before, after = (dict(_counted(record["controls"])) for record in (old, new))
    changed = []
    for key, was in before.items():
        now = after.get(key)
        if now is None:
            changed.append({"name": key[0], "old": _said(was), "new": "absent", "reason": ""})
        elif _said(was) != _said(now):
            changed.append({"name": key[0], "old": _said(was), "new": _said(now), "reason": now["reason"]})
    return {"controls": changed, "added_controls": [{"name": key[0]} for key in after if key not in before]}


def _counted(controls: list[Data]) -> Iterator[tuple[tuple[str, int], Data]]:
    """By name, and how often that was there before."""
    seen: Counter[str] = Counter()
    for each in controls:
        yield (each["name"], seen[each["name"]]), each
        seen[each["name"]] += 1


def _said(control: Data) -> str:
    right = control["verdict"] == control["expected"]
    return str(control["verdict"] if right else f"{control['verdict']} where {control['expected']} is right")


def _rows(record: Data) -> Iterator[tuple[Key, tuple[Data, Data]]]:
    """Case and row by case, backend, and how often that was there before: once for each machine."""
    seen: Counter[tuple[str, str]] = Counter()
    for case, row in rows(record):
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


def _alike(pair: Pair, name: str, dtype: str) -> bool:
    """Whether slope or value is the same but for rounding."""
    old, new = (row[name] for row in pair)
    if old == new or all(row["verdict"] == Verdict.INACCURATE for row in pair):
        return True
    if old is None or new is None:
        return False
    a, b = (np.array(numbers, np.float64) for numbers in (old, new))  # which reads "nan" and "inf" too
    relative = ROUNDINGS * float(np.finfo(dtype).eps)
    largest = np.max(np.abs(a), initial=0, where=np.isfinite(a))
    return a.shape == b.shape and bool(np.allclose(a, b, relative, relative * largest, equal_nan=True))


__all__ = ["diff", "diff_status", "diff_text", "merge"]
