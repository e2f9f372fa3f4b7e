"""The live tables say what is so: some of the scenarios here, all of them where slow tests run."""

from __future__ import annotations

import copy
import re
import warnings
from typing import Any

import numpy as np
import pytest

from docs import tables
from multigrad.comparisons import catalogue, worker

EVERY = {"conventions": 16, "placement": 8}
"""Of so many scenarios, one is run; two frameworks compile nothing, JAX compiles each operation anew."""
NAMES = sorted(EVERY)


def written(name: str) -> dict[str, str]:
    """What each line of the committed page begins with -> the line."""
    text = (tables.HERE / f"{name}.md").read_text("utf-8")
    return {line.split(" | ")[0]: line for line in text.splitlines(keepends=True) if line.startswith("| ")}


@pytest.fixture(scope="module", params=NAMES)
def sample(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The name of a table, and a record of some of its scenarios, run in this process."""
    if set(request.config.getoption("--backends").split(",")) != set(tables.BACKENDS):
        pytest.skip("a backend was left out on purpose")
    name = request.param
    scenarios = [s for family in tables.FAMILIES[name] for s in catalogue.families()[family]]
    record: dict[str, Any] = {"cases": [], "machines": [{}], "controls": []}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        worker.hello(tables.BACKENDS)
        for scenario in scenarios[:: EVERY[name]]:
            asked = {
                "scenario": scenario.name, "family": scenario.family, "dtype": "float64",
                "devices": tables.DEVICES[name], "backends": tables.BACKENDS,
            }  # fmt: skip
            record["cases"] += worker.answered(asked, catalogue.scenario, tables.BACKENDS)["cases"]
        if name == "placement":
            record["controls"] = worker.answered({"controls": True}, catalogue.scenario, tables.BACKENDS)["controls"]
    return name, record


def lines(name: str, record: dict[str, Any]) -> list[str]:
    """What the page would say."""
    if name == "conventions":
        return list(tables.conventions(record))
    return [*tables.placement(record), *tables.controls(record)]


def unmarked(line: str) -> str:
    """Which differences are known is the record's to say, and not that of a single case."""
    return line.replace(" **!**", "")


def test_the_page_says_what_is_so(sample: tuple[str, dict[str, Any]]) -> None:
    name, record = sample
    page = written(name)
    now = lines(name, record)
    assert len(now) >= 5
    wrong = [line for line in now if unmarked(line) != unmarked(page.get(line.split(" | ")[0], ""))]
    assert not wrong, "run: python docs/tables.py"


def test_another_answer_is_noticed(sample: tuple[str, dict[str, Any]]) -> None:
    name, record = sample
    changed = copy.deepcopy(record)
    for case in changed["cases"]:
        case["rows"][1].update(slope=np.full(np.shape(case["x"]), 0.123).tolist(), verdict="differ")
    assert not set(lines(name, changed)) & set(lines(name, record)) - set(tables.controls(record))


def test_the_sides_are_those_of_closed_forms() -> None:
    page = written("conventions")
    for name, left, right in (
        ("absolute value at 0<br>`numpy.absolute`", "-1", "1"),
        ("relu by maximum<br>`np.maximum(x, 0)`", "0", "1"),
        ("minimum of two curves that cross<br>`np.minimum(x**2, x)`", "2", "1"),
        ("leaky relu at 0", "0.01", "1"),
        ("pinball loss at 0", "-0.1", "0.9"),
    ):
        assert page[f"| {name}"].split(" | ")[1:3] == [left, right]


def test_every_scenario_of_the_family_has_its_line() -> None:
    page = written("placement")
    assert {f"| {scenario.name}" for scenario in catalogue.families()["placement"]} <= set(page)
    controls = (tables.HERE / "placement.md").read_text("utf-8").partition("## The controls")[2]
    assert len(re.findall(r"\*misplaced\* \| cpu \| ✓", controls)) == 5


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_written_so_again(name: str, request: pytest.FixtureRequest) -> None:
    if set(request.config.getoption("--backends").split(",")) != set(tables.BACKENDS):
        pytest.skip("a backend was left out on purpose")
    assert tables.page(name, tables.run(name)) == (tables.HERE / f"{name}.md").read_text("utf-8")
