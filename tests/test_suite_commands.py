"""``multigrad report``, ``merge`` and ``diff``, as they are typed."""

import copy
import json
import os
import signal
import threading
from pathlib import Path

import pytest
from rich.console import Console

from multigrad import suite_commands
from multigrad.command_line import main
from multigrad.comparisons import suite
from multigrad.comparisons.report import writing
from multigrad.comparisons.report.writing import FORMS
from tests.comparisons.handmade import GREEN, RED


@pytest.fixture
def asked(monkeypatch):
    """What the suite was asked for, in place of a run; `asked["answer"]` is what it gives."""
    asked = {"answer": GREEN}

    def run_suite(families, backends, devices, dtypes, **options):
        asked.update(families=families, backends=backends, devices=devices, dtypes=dtypes, **options)
        if options["progress"] is not None:
            options["progress"](1, 2, "kinks", {"agree": 3, "differ": 1})
        return asked["answer"]

    monkeypatch.setattr(suite, "run_suite", run_suite)
    return asked


@pytest.fixture
def written(tmp_path):
    """Two records on disk: a green one, and one in which torch's slope at the kink is another."""
    changed = copy.deepcopy(GREEN)
    changed["cases"][2]["rows"][0]["slope"] = 0.5
    for name, record in (("old.json", GREEN), ("new.json", changed)):
        (tmp_path / name).write_text(json.dumps(record))
    return tmp_path


def test_a_real_run(tmp_path, capsys):
    folder = tmp_path / "out"
    given = ["--family", "independence", "--backend", "autograd", "--dtype", "float64", "--workers", "1"]
    status = main(["report", *given, "-o", str(folder)])
    record = json.loads((folder / "report.json").read_text())
    assert {path.name for path in folder.iterdir()} == set(FORMS)
    assert record["cases"] and {case["family"] for case in record["cases"]} == {"independence"}
    assert {row["backend"] for case in record["cases"] for row in case["rows"]} == {"autograd"}
    assert status == counted(record)
    out = capsys.readouterr().out
    assert f"of {len(record['cases'])} cases agree on every backend" in out and "\x1b" not in out


def counted(record):
    """Counted here once more."""
    rows = [row for case in record["cases"] for row in case["rows"]]
    return int(any(row["verdict"] in ("differ", "failed", "misplaced") for row in rows))


def test_what_is_asked(asked, tmp_path):
    words = "--family kinks --family ties --backend jax --device cpu --device cpu:1 --dtype float32 --workers 3"
    assert main(["report", *words.split(), "--output", str(tmp_path)]) == 0
    assert asked["families"] == ["kinks", "ties"] and asked["backends"] == ["jax"] and asked["workers"] == 3
    assert asked["devices"] == ["cpu", "cpu:1"] and asked["dtypes"] == ["float32"] and asked["resume"] is None
    assert asked["progress"] is None  # no terminal
    assert main(["report", "-o", str(tmp_path), "--resume"]) == 0
    assert asked["families"] is None and asked["backends"] is None and asked["devices"] == ["cpu"]
    assert tuple(asked["dtypes"]) == ("float64", "float32") and asked["resume"] == tmp_path / "report.json"


def test_statuses(asked, tmp_path, capsys):
    asked["answer"] = RED
    assert main(["report", "-o", str(tmp_path), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == 1 and said["cases"] == 10 and said["verdicts"]["failed"] == 1 and len(said["written"]) == 4
    asked["answer"] = GREEN | {"interrupted": True}
    assert main(["report", "-o", str(tmp_path)]) == 130
    assert "--resume goes on" in capsys.readouterr().out and (tmp_path / "report.json").exists()


@pytest.mark.parametrize("output", ["file", "file/below", "taken", "/dev/null/nowhere", "n" * 300])
def test_where_nothing_can_be_written_nothing_runs(asked, output, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    Path("taken", "report.html").mkdir(parents=True)
    assert main(["report", "-o", output]) == 2 and "families" not in asked
    (line,) = capsys.readouterr().err.splitlines()
    assert f"cannot write to {output}: " in line and "write another --output" in line
    assert main(["report", "-o", "new/folder", "--family", "kinks"]) == 0 and "families" in asked


def test_the_trial_leaves_nothing(tmp_path, monkeypatch):
    def run_suite(*arguments, **options):
        assert list(tmp_path.iterdir()) == []
        return GREEN

    monkeypatch.setattr(suite, "run_suite", run_suite)
    assert main(["report", "-o", str(tmp_path / "new" / "folder")]) == 0


def test_a_narrower_choice_does_not_resume(asked, tmp_path, capsys):
    """GREEN has 6 cases on cpu: one in float32, two kinks, each on torch and jax."""
    folder = ["report", "-o", str(tmp_path)]
    assert main(folder) == 0
    wide, before = asked.pop("families"), (tmp_path / "report.json").read_bytes()
    for words, lost, instead in (
        ("--dtype float64", 1, "--dtype float64 --dtype float32"),
        ("--family kinks", 4, "--family smooth --family kinks"),
        ("--backend jax", 6, "--backend torch --backend jax"),
        ("--device cpu:1 --dtype float32", 6, "--device cpu --device cpu:1 --dtype float64 --dtype float32"),
    ):
        assert main([*folder, "--resume", *words.split()]) == 2 and "families" not in asked
        (line,) = capsys.readouterr().err.splitlines()
        assert f"would lose {lost} of the 6 cases" in line and f"write --resume {instead}, or another" in line
    assert (tmp_path / "report.json").read_bytes() == before
    assert main([*folder, "--resume"]) == 0 and asked["families"] is wide is None
    assert main([*folder, "--resume", *"--family kinks --family smooth --device cpu --device cpu:1".split()]) == 0


def test_interrupted_before_it_went_on_the_earlier_record_stays(asked, tmp_path, capsys):
    assert main(["report", "-o", str(tmp_path)]) == 0
    before = (tmp_path / "report.json").read_bytes()
    asked["answer"] = GREEN | {"interrupted": True, "cases": []}
    assert main(["report", "-o", str(tmp_path), "--resume"]) == 130
    assert (tmp_path / "report.json").read_bytes() == before and "stays as it was" in capsys.readouterr().out


# Signals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_interrupts_and_no_other_costs_the_record(number, status, tmp_path, monkeypatch, capsys):
    def run_suite(*arguments, **options):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        both()
        return GREEN | {"interrupted": True}

    def both():
        for each in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), each)

    def write_report(*arguments):
        both()
        return honest(*arguments)

    def handler(number, frame):
        raise AssertionError("nobody took the signal")

    honest = writing.write_report
    monkeypatch.setattr(suite, "run_suite", run_suite)
    monkeypatch.setattr(writing, "write_report", write_report)
    before = {each: signal.signal(each, handler) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        assert main(["report", "-o", str(tmp_path)]) == status
        assert signal.getsignal(signal.SIGINT) is signal.getsignal(signal.SIGTERM) is handler
    finally:
        for each, was in before.items():
            signal.signal(each, was)
    assert json.loads((tmp_path / "report.json").read_text())["interrupted"]
    assert "--resume goes on" in capsys.readouterr().out


def test_outside_the_main_thread_signals_are_left_alone(asked, tmp_path):
    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(main(["report", "-o", str(tmp_path)])))
    thread.start()
    thread.join()
    assert statuses == [0]


@pytest.mark.parametrize(
    "words",
    [
        ["report", "--family", "nonsense"], ["report", "--backend", "tensorflow"], ["report", "--dtype", "float16"],
        ["report", "--workers", "0"], ["report", "--resume", "-o", "nowhere"], ["merge", "-o", "x"],
        ["merge", "nowhere.json", "-o", "x"], ["diff", "nowhere.json", "nowhere.json"], ["diff", "one.json"],
    ],
)  # fmt: skip
def test_faults(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("error: ") and list(tmp_path.iterdir()) == []


def test_progress(monkeypatch, capsys):
    """On a terminal the bar names the family and counts the verdicts."""
    monkeypatch.setenv("TERM", "xterm")  # on a dumb one there is no bar
    out = Console(force_terminal=True, width=80, color_system=None)
    with suite_commands._progress(out, quiet=False) as progress:
        progress(1, 2, "kinks", {"agree": 3, "differ": 1})
        progress(2, 2, "ties", {"agree": 30, "differ": 2})
    shown = capsys.readouterr().out
    assert "ties" in shown and "2/2" in shown and "✓ 30" in shown and "✗ 2" in shown
    with suite_commands._progress(out, quiet=True) as progress:
        assert progress is None


def test_merge(written, capsys):
    new = written / "new.json"
    assert main(["merge", str(new), str(new), "-o", str(written / "both")]) == 2
    assert "share 6 cases of the same machine" in capsys.readouterr().err and not (written / "both").exists()
    new.write_text(new.read_text().replace('"Linux"', '"a Mac"'))
    assert main(["merge", str(written / "old.json"), str(written / "new.json"), "-o", str(written / "both")]) == 0
    record = json.loads((written / "both" / "report.json").read_text())
    assert len(record["machines"]) == 2 and len(record["cases"]) == 2 * len(GREEN["cases"])
    assert "4 of 12 cases agree on every backend" in capsys.readouterr().out


def test_diff(written, capsys):
    old, new = str(written / "old.json"), str(written / "new.json")
    assert main(["diff", old, old]) == 0 and "nothing changed" in capsys.readouterr().out
    assert main(["diff", old, new]) == 1
    assert "kinks/absolute value/float64/cpu, torch: 0.0 -> 0.5" in capsys.readouterr().out
    assert main(["diff", old, new, "--json"]) == 1
    (slope,) = json.loads(capsys.readouterr().out)["slopes"]
    assert slope["backend"] == "torch" and slope["new"] == 0.5
