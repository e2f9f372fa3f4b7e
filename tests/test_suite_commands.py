"""``multigrad report``, ``merge`` and ``diff``, as they are typed."""

import copy
import json

import pytest
from rich.console import Console

from multigrad import suite_commands
from multigrad.command_line import main
from multigrad.comparisons import suite
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
    (tmp_path / "file").write_text("")
    assert main(["report", "-o", str(tmp_path / "file")]) == 2
    assert "cannot write" in capsys.readouterr().err


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
