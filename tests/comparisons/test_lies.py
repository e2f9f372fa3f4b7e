"""The suite on trial: every planted lie is caught, by the right verdict, and who is honest stays green."""

from contextlib import suppress
from functools import cache

import numpy as np
import pytest

from multigrad import backends
from multigrad.comparisons import records, worker
from multigrad.comparisons.referee import referee
from multigrad.comparisons.run import run
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.state import watched
from multigrad.comparisons.suite import run_suite
from tests.comparisons.liars import liar
from tests.comparisons.lies import HONEST, LIES, SCENARIOS, Lie, scenario

TOLD = [pytest.param(lie, of, id=f"{lie.name}-{of}") for lie in LIES for of in lie.by]
WARM_UP = Scenario("square", lambda x: x**2, np.array(3.0))


@cache
def judged(name):
    each = SCENARIOS[name]
    return referee(each.f, each.x, operator=each.operator, order=each.order)


def rows(name, backend, device="cpu"):
    """What the suite's worker says of the honest backend and of the liar, as a record."""
    request = {
        "scenario": name, "family": "lies", "dtype": str(SCENARIOS[name].dtype), "devices": [device],
        "backends": [backend, "liar"],
    }  # fmt: skip
    (case,) = worker.answered(request, scenario, (backend, "liar"))["cases"]
    return case["rows"]


@pytest.fixture
def plant(monkeypatch):
    # The referee is asked once for each scenario: what it answers is tested elsewhere.
    monkeypatch.setattr(worker, "_judgement", lambda each, *_: judged(each.name))

    def planted(lie, of):
        monkeypatch.setitem(backends._loaded, "liar", liar(of, lie.tell))
        with watched({}), suppress(SystemExit):
            run(WARM_UP, "liar")  # some lies need to have been asked before

    return planted


def test_there_are_many_and_each_is_another():
    assert len({lie.name for lie in LIES}) == len(LIES) >= 60


@pytest.mark.parametrize(("lie", "of"), TOLD)
def test_a_lie_is_caught_by_its_verdict(lie, of, plant):
    plant(lie, of)
    honest, lying = rows(lie.told_on, of, lie.device)
    assert lying["verdict"] == lie.caught, lying
    assert honest["verdict"] == HONEST.get((lie.told_on, of), "agree"), honest
    assert lying["reason"]
    agreed = {"verdict": "agree", "known": None}
    red = records.status({"cases": [{"device": lie.device, "rows": [agreed, lying]}], "controls": []})
    assert red == (lie.caught != "unsupported")  # who says that it cannot tells no lie


@pytest.mark.parametrize("of", ["autograd", "torch"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_who_is_honest_stays_green(name, of, plant):
    plant(Lie("none", name, lambda twin: None), of)
    first, second = rows(name, of)
    assert first["verdict"] == second["verdict"] == HONEST.get((name, of), "agree"), first


@pytest.mark.parametrize("lie", [lie for lie in LIES if lie.told_on == "tanh"])
def test_a_lie_about_one_function_is_seen_in_that_one_alone(lie, plant):
    plant(lie, "autograd")
    wrong = [name for name in SCENARIOS if rows(name, "autograd")[1]["verdict"] == "differ"]
    assert wrong == ["tanh"]


@pytest.mark.slow
def test_a_crash_and_a_hang_are_failures_of_their_own(monkeypatch, tmp_path):
    """By entry points, so that the child processes know the liars too."""
    info = tmp_path / "liars-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: liars\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[multigrad.backends]\nhangs = tests.comparisons.lies:hangs\ncrashes = tests.comparisons.lies:crashes\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    record = run_suite(
        scenarios=["cubic", "waves"], backends=["autograd", "hangs", "crashes"], dtypes=["float64"], limit=3.0,
        workers=1, catalogue="tests.comparisons.lies",
    )  # fmt: skip
    verdicts = {case["scenario"]: [row["verdict"] for row in case["rows"]] for case in record["cases"]}
    assert verdicts == {"cubic": ["agree"] * 3, "waves": ["agree", "failed", "failed"]}
    _, hung, crashed = record["cases"][1]["rows"]
    assert "hung" in hung["reason"] and "exit status 3" in crashed["reason"]
    assert records.status(record) == 1
