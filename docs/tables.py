"""The live tables: docs/conventions.md and docs/placement.md, written from a run of their families.

    python docs/tables.py

A table is made of a record, the same plain data that `multigrad report` writes. `tests/docs/test_tables.py` runs
some of the scenarios again, and its slow test all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from multigrad.comparisons import Verdict, run_suite
from multigrad.comparisons.report import facts

Data = dict[str, Any]

HERE = Path(__file__).parent
BACKENDS = ("autograd", "torch", "jax")
FAMILIES = {"conventions": ("kinks", "ties"), "placement": ("placement",)}
DEVICES = {"conventions": ("cpu",), "placement": ("cpu", "cpu:1", "meta")}
PLACES = (("autograd", "cpu"), ("torch", "cpu"), ("torch", "meta"), ("jax", "cpu"), ("jax", "cpu:1"))
LONGEST = 56
"""Characters of a function that is shown beside its scenario's name."""

# Conventions -----------------------------------------------------------------------------------------

CONVENTIONS = """# What each backend answers at a kink

Written by `python docs/tables.py` from a run of the families *kinks* and *ties* of the catalogue: every point at which
the slopes from the left and from the right differ, f jumps, or there is a choice. The one-sided slopes are the
referee's. Of an array the entries at a kink are shown. An answer between the one-sided slopes is a *convention*, and
nobody is wrong.

A **!** stands where an answer is neither: not a number, or outside of what the two sides allow. Each of these is listed
in [the table of known differences](../comparisons/known_table.py), with its reason and a proof in the framework's own
code. What stands here holds in float64 and in float32, but where a line says *float32*.

Versions: {versions}. Your own installation: `multigrad report --family kinks --family ties`.

| at | from the left | from the right | autograd | torch | jax |
|---|---|---|---|---|---|
"""


def conventions(record: Data) -> Iterator[str]:
    """A line of the table for each point at which a backend has to choose."""
    seen: set[str] = set()
    for case in facts.conventions(record):
        name = case["scenario"]
        shown = f"{name}{' *(float32)*' if name in seen else ''}{_function(case)}"
        seen.add(name)
        answers = {row["backend"]: _answer(case, row) for row in case["rows"]}
        sides = [facts.at_kinks(case, case["referee"][side]) for side in ("left", "right")]
        yield _line([shown, *map(_number, sides), *(answers.get(backend, "") for backend in BACKENDS)])


def _function(case: Data) -> str:
    """f, where it is short."""
    text = case["source_text"].strip().removeprefix("lambda x: ")
    return f"<br>`{text}`" if "\n" not in text and len(text) <= LONGEST and "|" not in text else ""


def _answer(case: Data, row: Data) -> str:
    word = _number(facts.at_kinks(case, row["slope"])) if row["slope"] is not None else f"*{row['verdict']}*"
    return f"{word} **!**" if row["verdict"] in (Verdict.KNOWN, Verdict.DIFFER) else word


def _number(text: str) -> str:
    return re.sub(r"-0(?![.\d])", "0", text)


# Placement -------------------------------------------------------------------------------------------

PLACEMENT = """# Where a result lies

Written by `python docs/tables.py` from a run of the family *placement* of the catalogue: programs whose result is
easily computed on another device than x lies on. A ✓ says that input, every intermediate that the framework shows,
value and slope lay on the device asked for, in float64 and in float32.

No accelerator is needed to see it: JAX pretends to have a second CPU, `cpu:1`, and torch has a device without memory,
`meta`, on which placement alone is judged. A function that has to look at a value cannot run on `meta`, and torch says
so.

| program | {places} |
|---|{rules}
"""

CONTROLS = """
## The controls

An audit that never finds anything proves nothing. So the frameworks' own code goes through the same audit, written as a
person would. Hand-written `jax.grad` does not keep the device of x: the rule of `sum` knows a shape, and makes the
slope on the default device. In torch a constant lies where it was made, unless it is told.

| | on | by hand | strayed to | here |
|---|---|---|---|---|
"""


def placement(record: Data) -> Iterator[str]:
    """A line for each program."""
    for (_, name), cases in facts.scenarios(record).items():
        found = [(row["backend"], case["device"], row["verdict"]) for case in cases for row in case["rows"]]
        verdicts = [{verdict for *there, verdict in found if tuple(there) == place} for place in PLACES]
        yield _line([name, *("✓" if each == {"agree"} else f"*{', '.join(sorted(each))}*" for each in verdicts)])


def controls(record: Data) -> Iterator[str]:
    """A line for each program that is run by hand, and the same with `gradient`."""
    found: Sequence[Data] = record["controls"]
    for by_hand, ours in zip(found[::2], found[1::2], strict=True):
        program, _, device = by_hand["name"].partition(" by hand: ")[2].rpartition(" on ")
        strayed = by_hand["reason"].rpartition("something lay on ")[2]
        here = "✓" if ours["verdict"] == "agree" else f"*{ours['verdict']}*"
        yield _line([f"`{program}`", f"{by_hand['backend']} {device}", f"*{by_hand['verdict']}*", strayed, here])


# Pages -----------------------------------------------------------------------------------------------


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def versions(record: Data) -> str:
    """Of the frameworks, without what says how they were built."""
    return ", ".join(f"{each['name']} {each['version'].partition('+')[0]}" for each in record["backends"])


def page(name: str, record: Data) -> str:
    """The whole page."""
    if name == "conventions":
        return CONVENTIONS.format(versions=versions(record)) + "".join(conventions(record))
    places = " | ".join(f"{backend} {device}" for backend, device in PLACES)
    head = PLACEMENT.format(places=places, rules="---|" * len(PLACES))
    return head + "".join(placement(record)) + CONTROLS + "".join(controls(record))


def run(name: str) -> Data:
    """The record that a page is made of."""
    record: Data = run_suite(FAMILIES[name], BACKENDS, DEVICES[name])
    return record


if __name__ == "__main__":
    for each in FAMILIES:
        (HERE / f"{each}.md").write_text(page(each, run(each)), encoding="utf-8")
