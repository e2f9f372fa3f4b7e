"""What records say together: the exit status, merge and diff."""

import copy
import json

import pytest

from multigrad.comparisons import records
from multigrad.comparisons.merging import diff, diff_status, diff_text, merge
from multigrad.comparisons.records import counts, status
from multigrad.comparisons.scenario import Scenario
from multigrad.errors import RecordError


def row(backend, verdict="agree", slope=1.0, known=None, **given):
    return {
        "backend": backend, "verdict": verdict, "slope": slope, "known": known, "reason": "said so", "version": "1",
        "value": 3.0, "digits": 15.9, "device": "cpu", "devices": ["cpu"], "error": "", "seconds": 0.1, **given,
    }  # fmt: skip


def case(name, *rows, dtype="float64", **given):
    referee = dict.fromkeys(("value", "slope", "left", "right", "kink"))
    return {
        "id": f"family/{name}/{dtype}/cpu", "scenario": name, "dtype": dtype, "machine": 0, "rows": list(rows),
        "family": "family", "special": "", "operator": "slope", "order": 1, "device": "cpu", "x": 0.5,
        "source_text": "lambda x: x", "published": "", "curve": None,
        "referee": {"source": "none", "reason": "", **referee, "digits": 0.0, "note": ""}, **given,
    }  # fmt: skip


def record(*cases, name="a laptop", controls=(), versions=(("torch", "2.13"), ("jax", "0.10"))):
    return {
        "schema": 1, "created": "2026-01-01T00:00:00+00:00", "seconds": 1.5, "interrupted": False, "multigrad": "0.1",
        "machines": [{"name": name, "python": "3.11", "numpy": "2.4", "processor": "x86_64"}],
        "backends": [
            {"name": name, "version": version, "installed": True, "devices": ["cpu"], "reason": "", "machine": 0}
            for name, version in versions
        ],
        "asked": {"families": ["family"], "backends": ["torch", "jax"], "devices": ["cpu"], "dtypes": ["float64"]},
        "cases": list(cases), "controls": list(controls),
    }  # fmt: skip


CONTROL = {"name": "by hand", "backend": "jax", "expected": "misplaced", "verdict": "misplaced", "reason": "it strayed"}
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
    assert status(record(controls=[CONTROL])) == 0
    assert status(record(controls=[CONTROL, {**CONTROL, "verdict": "agree"}])) == 1


def test_counts():
    assert counts(record(case("one", row("torch"), row("jax", "differ")), case("two", row("torch")))) == {
        "agree": 2, "differ": 1
    }  # fmt: skip


# Several machines ------------------------------------------------------------------------------------


def test_merge_keeps_every_case_under_its_machine():
    laptop = record(case("one", row("torch")), controls=[CONTROL])
    server = record(case("one", row("torch", "differ")), case("two", row("jax")), name="a server", controls=[CONTROL])
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
    assert both["controls"] == [CONTROL] and status(both) == 1
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


def test_merge_refuses_the_same_run_twice():
    laptop = record(case("one", row("torch")), case("two", row("torch")))
    again = record(case("two", row("torch", slope=2.0)), case("three", row("torch")))
    for records_, number in (([laptop, laptop], "2 cases"), ([laptop, again], "1 case"),
                             ([merge([laptop, record(name="a server")]), again], "1 case")):  # fmt: skip
        with pytest.raises(RecordError, match=rf"record 1 and record 2 share {number} of the same machine.* diff"):
            merge(records_)
    upgraded, newer = record(case("one", row("torch", version="2"))), copy.deepcopy(laptop)
    newer["multigrad"] = "0.2"
    for other in (upgraded, newer, record(*laptop["cases"], name="a server")):
        assert len(merge([laptop, other])["cases"]) == 2 + len(other["cases"])


def deep(levels):
    return [deep(levels - 1)] if levels else 1.0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda r: r["cases"][0]["rows"][0].update(verdict="perfect"), r"cases\[0\].rows\[0\].verdict is 'perfect'"),
        (lambda r: r["cases"][0]["rows"][0].update(slope="abc"), "slope is 'abc', not null, a number or an array"),
        (lambda r: r["cases"][0]["rows"][0].update(slope=[[1.0], [1.0, 2.0]]), "slope is"),
        (lambda r: r["cases"][0]["rows"][0].update(slope=[1.0, [1.0]]), "slope is"),
        (lambda r: r["cases"][0]["rows"][0].update(value=deep(65)), "value is"),
        (lambda r: r["cases"][0]["rows"][0].update(value=10**400), "value is"),
        (lambda r: r["cases"][0]["rows"][0].update(seconds=float("nan")), "seconds is nan|NaN is no JSON"),
        (lambda r: r["cases"][0]["rows"][0].update(known="yes"), "known is 'yes'"),
        (lambda r: r["cases"][0]["rows"][0].pop("digits"), "digits is missing"),
        (lambda r: r["cases"][0].update(rows=[1]), "rows is"),
        (lambda r: r["cases"][0].update(dtype="float99"), "dtype is 'float99', not float64 or float32"),
        (lambda r: r["cases"][0].update(x=[None]), "x is"),
        (lambda r: r["cases"][0].update(machine=7), "machine is 7, and there are 1 machines"),
        (lambda r: r["cases"][0].update(machine=-1), "machine is -1"),
        (lambda r: r["cases"][0].update(machine=True), "machine is True"),
        (lambda r: r["backends"][0].update(machine=1), r"backends\[0\].machine is 1"),
        (lambda r: r["machines"][0].update(python=3), r"machines\[0\].python is 3"),
        (lambda r: r["controls"].append({"name": "by hand"}), r"controls\[0\].* is missing"),
        (lambda r: r["cases"].append(r["cases"][0]), "'family/one/float64/cpu' is there twice"),
        (lambda r: r.update(seconds=-1), "seconds is -1"),
        (lambda r: r.update(asked=[]), "asked is"),
    ],
)  # fmt: skip
def test_a_record_that_was_tampered_with(fault, said, tmp_path):
    good = record(case("one", row("torch", slope=[[1.0, "nan"], [2, "-inf"]]), row("jax", "failed", None)))
    assert records.load(good) == good
    bad = copy.deepcopy(good)
    fault(bad)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(bad), "utf-8")
    for ask in (lambda: merge([bad]), lambda: diff(good, bad), lambda: records.load(path)):
        with pytest.raises(RecordError, match=said):
            ask()


def test_a_file_that_is_nested_too_deep(tmp_path):
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000, "utf-8")
    with pytest.raises(RecordError, match="cannot be read"):
        records.load(path)


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
        "questions": [], "values": [], "digits": [], "devices": [], "controls": [], "added_controls": [],
    }  # fmt: skip
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
    old, new = (record(case("a", row("torch", "inaccurate", slope, value=slope))) for slope in (1.0, 2.0))
    assert not any(diff(old, new).values())


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("value", 3.0, 12345.0, "values"), ("value", 3.0, 3.0 + 1e-15, None), ("value", 3.0, None, "values"),
        ("digits", 16.0, 7.0, "digits"), ("digits", 16.0, 13.5, None), ("digits", 7.0, 16.0, None),
        ("digits", "inf", 15.0, None), ("digits", 16.0, "nan", "digits"), ("digits", "nan", "nan", None),
        ("device", "cpu", "cuda:0", "devices"),
    ],
)  # fmt: skip
def test_an_answer_that_changed_under_its_verdict(name, old, new, change):
    changes = diff(*(record(case("a", row("torch", **{name: given}), row("jax"))) for given in (old, new)))
    found = {"case": "family/a/float64/cpu", "backend": "torch", "old": old, "new": new}
    assert {key: each for key, each in changes.items() if each} == ({change: [found]} if change else {})
    assert diff_status(changes) == bool(change)
    assert (f"family/a/float64/cpu, torch: {old} -> {new}" in diff_text(changes)) == bool(change)


@pytest.mark.parametrize(("given", "what"), [({"source_text": "lambda x: 0 * x"}, "function"), ({"x": 0.25}, "point")])
def test_another_question_under_the_same_name(given, what):
    changes = diff(record(case("a", row("torch"))), record(case("a", row("torch", slope=7.0, value=8.0), **given)))
    assert {key: each for key, each in changes.items() if each} == {
        "questions": [{"case": "family/a/float64/cpu", "what": what}]
    }
    assert diff_status(changes) == 1
    assert f"family/a/float64/cpu: another {what} under the same name: not comparable" in diff_text(changes)


def test_controls_that_changed():
    old = record(controls=[CONTROL])
    changes = diff(old, record(controls=[{**CONTROL, "verdict": "agree", "reason": "unseen"}]))
    assert diff_status(changes) == 1
    assert "by hand: misplaced -> agree where misplaced is right (unseen)" in diff_text(changes)
    changes = diff(old, record())
    assert diff_status(changes) == 1 and "by hand: misplaced -> absent" in diff_text(changes)
    changes = diff(record(), old)
    assert diff_status(changes) == 0 and diff_text(changes) == "new controls: 1"


def test_the_versions_alone_and_new_cases_are_no_fault():
    changes = diff(record(), record(case("one", row("torch")), versions=[("torch", "3.0")]))
    assert diff_status(changes) == 0 and "new cases" in diff_text(changes)


def test_a_case_of_two_machines_is_compared_with_its_like():
    one, two = (record(case("a", row("torch", slope=slope)), name=f"machine {slope}") for slope in (1.0, 2.0))
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
