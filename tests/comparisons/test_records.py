"""What records say together: the exit status, merge and diff."""

import copy
import json

import pytest

from multigrad.comparisons import records
from multigrad.comparisons.merging import diff, diff_status, diff_text, merge
from multigrad.comparisons.records import counts, status
from multigrad.comparisons.scenario import Scenario
from multigrad.errors import RecordError


def row(backend, verdict="agree", slope=1.0, known=None):
    return {"backend": backend, "verdict": verdict, "slope": slope, "known": known, "reason": "said so", "version": "1"}


def case(name, *rows, dtype="float64"):
    return {"id": f"family/{name}/{dtype}/cpu", "scenario": name, "dtype": dtype, "machine": 0, "rows": list(rows)}


def record(*cases, name="a laptop", controls=(), versions=(("torch", "2.13"), ("jax", "0.10"))):
    return {
        "schema": 1, "created": "2026-01-01T00:00:00+00:00", "seconds": 1.5, "interrupted": False, "multigrad": "0.1",
        "machines": [{"name": name}],
        "backends": [{"name": name, "version": version, "machine": 0} for name, version in versions],
        "asked": {"families": ["family"], "backends": ["torch", "jax"], "devices": ["cpu"], "dtypes": ["float64"]},
        "cases": list(cases), "controls": list(controls),
    }  # fmt: skip


LISTED = {"reason": "understood", "proof": "assert True"}


@pytest.mark.parametrize(
    ("verdict", "known", "expected"),
    [
        ("agree", None, 0), ("convention", None, 0), ("inaccurate", None, 0), ("unsupported", None, 0),
        ("unavailable", None, 0), ("known", LISTED, 0),
        ("differ", None, 1), ("misplaced", None, 1), ("failed", None, 1),
        ("agree", LISTED, 1), ("convention", LISTED, 1), ("unsupported", LISTED, 1),
    ],
)  # fmt: skip
def test_the_exit_status(verdict, known, expected):
    fine = case("one", row("torch"), row("jax"))
    assert status(record(fine, case("two", row("torch"), row("jax", verdict, known=known)))) == expected
    assert status(record(fine)) == 0


def test_an_audit_that_misses_its_control_is_no_success():
    control = {"name": "by hand", "expected": "misplaced", "verdict": "misplaced"}
    assert status(record(controls=[control])) == 0
    assert status(record(controls=[control, {**control, "verdict": "agree"}])) == 1


def test_counts():
    assert counts(record(case("one", row("torch"), row("jax", "differ")), case("two", row("torch")))) == {
        "agree": 2, "differ": 1
    }  # fmt: skip


# Several machines ------------------------------------------------------------------------------------


def test_merge_keeps_every_case_under_its_machine():
    control = {"name": "by hand", "expected": "misplaced", "verdict": "misplaced"}
    laptop = record(case("one", row("torch")), controls=[control])
    server = record(case("one", row("torch", "differ")), case("two", row("jax")), name="a server", controls=[control])
    server.update(interrupted=True, created="2026-02-01T00:00:00+00:00", multigrad="0.2")
    server["asked"]["devices"] = ["cpu", "cuda"]
    before = copy.deepcopy((laptop, server))
    both = merge([laptop, server])
    assert (laptop, server) == before
    assert [machine["name"] for machine in both["machines"]] == ["a laptop", "a server"]
    assert [(each["scenario"], each["machine"]) for each in both["cases"]] == [("one", 0), ("one", 1), ("two", 1)]
    assert [each["machine"] for each in both["backends"]] == [0, 0, 1, 1]
    assert both["seconds"] == 3.0 and both["interrupted"] and both["created"].startswith("2026-02")
    assert both["multigrad"] == "0.1, 0.2" and both["asked"]["devices"] == ["cpu", "cuda"]
    assert both["controls"] == [control] and status(both) == 1
    three = merge([both, record(case("one", row("jax")), name="a phone")])
    assert [each["machine"] for each in three["cases"]] == [0, 1, 1, 2]


def test_merge_reads_files_and_refuses_what_is_no_record(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(record(case("one", row("torch")))), "utf-8")
    assert merge([path]) == record(case("one", row("torch")))
    for nothing in ([], [{}], [{**record(), "schema": 99}], [tmp_path], [tmp_path / "none.json"]):
        with pytest.raises(RecordError):
            merge(nothing)
    path.write_text("[1, 2", "utf-8")
    with pytest.raises(RecordError, match=r"a\.json cannot be read"):
        merge([path])


# Before and after ------------------------------------------------------------------------------------


def test_nothing_changed():
    one = record(case("one", row("torch", slope=[1.0, "nan"]), row("jax", "failed", None)))
    changes = diff(one, copy.deepcopy(one))
    assert not any(changes.values()) and diff_status(changes) == 0 and diff_text(changes) == "nothing changed"


def test_an_upgrade():
    old = record(case("clip", row("torch", "convention", 1.0), row("jax")), case("gone", row("jax")))
    new = record(
        case("clip", row("torch", "convention", 0.0), row("jax", "differ", "nan")), case("fresh", row("torch")),
        versions=[("torch", "2.15"), ("jax", "0.10"), ("autograd", "1.9")],
    )  # fmt: skip
    changes = diff(old, new)
    clip = "family/clip/float64/cpu"
    assert changes == {
        "versions": [{"name": "torch", "old": "2.13", "new": "2.15"}, {"name": "autograd", "old": "", "new": "1.9"}],
        "vanished": [{"case": "family/gone/float64/cpu", "backend": "jax"}],
        "added": [{"case": "family/fresh/float64/cpu", "backend": "torch"}],
        "verdicts": [{"case": clip, "backend": "jax", "old": "agree", "new": "differ", "reason": "said so"}],
        "slopes": [
            {"case": clip, "backend": "torch", "old": 1.0, "new": 0.0},
            {"case": clip, "backend": "jax", "old": 1.0, "new": "nan"},
        ],
    }
    assert diff_status(changes) == 1
    text = diff_text(changes)
    for line in ("torch: 2.13 -> 2.15", "autograd: absent -> 1.9", f"{clip}, jax: agree -> differ (said so)",
                 f"{clip}, torch: 1.0 -> 0.0", "cases that vanished: 1 of jax", "new cases: 1 of torch"):  # fmt: skip
        assert line in text


@pytest.mark.parametrize(
    ("old", "new", "dtype", "changed"),
    [
        (1.0, 1.0 + 1e-15, "float64", False), (1.0, 1.0 + 1e-9, "float64", True),
        (1.0, 1.0 + 1e-6, "float32", False), (1.0, 1.001, "float32", True),
        ([1e20, 1e-3], [1e20, 0.0], "float64", False),
        ([1.0, 2.0], [1.0, 2.0, 3.0], "float64", True), ("inf", "-inf", "float64", True),
        ("nan", "nan", "float64", False),
        (None, 1.0, "float64", True), (1.0, None, "float64", True),
    ],
)  # fmt: skip
def test_rounding_is_no_change(old, new, dtype, changed):
    changes = diff(*(record(case("a", row("torch", slope=slope), dtype=dtype)) for slope in (old, new)))
    assert bool(changes["slopes"]) is changed and diff_status(changes) == changed


def test_lost_digits_may_differ():
    old, new = (record(case("a", row("torch", "inaccurate", slope))) for slope in (1.0, 2.0))
    assert not diff(old, new)["slopes"]


def test_the_versions_alone_and_new_cases_are_no_fault():
    changes = diff(record(), record(case("one", row("torch")), versions=[("torch", "3.0")]))
    assert diff_status(changes) == 0 and "new cases" in diff_text(changes)


def test_a_case_of_two_machines_is_compared_with_its_like():
    one, two = (record(case("a", row("torch", slope=slope))) for slope in (1.0, 2.0))
    assert not diff(merge([one, two]), merge([one, two]))["slopes"]
    assert len(diff(merge([one, two]), merge([two, one]))["slopes"]) == 2


IN_A_CALL = [Scenario("two", lambda x: (x +
    1), 2.0), Scenario("three", lambda x: x + 2, 3.0, closed_form=lambda x: 1)]  # fmt: skip


def test_the_text_of_a_lambda_is_the_lambda_alone():
    assert [records.source_text(each.f) for each in IN_A_CALL] == ["lambda x: (x +\n    1)", "lambda x: x + 2"]
    assert records.source_text(IN_A_CALL[1].closed_form) == "lambda x: 1"
    inner = (lambda n: lambda x: x**n)(2)
    assert records.source_text(inner) == "lambda x: x**n"
    assert records.source_text(eval("lambda x: x")) == f"{__name__}.<lambda>"
