"""The suite as a whole, on a catalogue that crashes, hangs and strays (`planted`); and its records."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from multigrad.comparisons import processes, records, state
from multigrad.comparisons.report.facts import headline
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.suite import run_suite
from multigrad.errors import NotDifferentiable, RecordError, UnknownBackend, UnknownScenario, WorkerDied
from tests.comparisons import planted

PLANTED = "tests.comparisons.planted"


def suite(*scenarios, **options):
    options = {"backends": ["autograd"], "dtypes": ["float64"], "limit": 10.0, "catalogue": PLANTED, **options}
    return run_suite(scenarios=scenarios or None, **options)


def verdicts(record):
    return {(case["scenario"], row["backend"]): row["verdict"] for case, row in records.rows(record)}


def reasons(record):
    return {case["scenario"]: row["reason"] for case, row in records.rows(record)}


@pytest.fixture(scope="module")
def record():
    """The good cases, on every backend and on devices of all kinds."""
    return suite(backends=None, families=["good"], dtypes=["float64", "float32"], devices=["cpu", "cpu:1", "meta"])


def on(record, device, dtype="float64"):
    cases = [case for case in record["cases"] if (case["device"], case["dtype"]) == (device, dtype)]
    return verdicts({"cases": cases})


def test_every_scenario_in_every_precision_on_every_device(record):
    names = [each.name for each in planted.FAMILIES["good"]]
    wanted = {f"good/{n}/{t}/{d}" for n in names for t in ("float64", "float32") for d in ("cpu", "cpu:1", "meta")}
    assert len(record["cases"]) == len(wanted) and {case["id"] for case in record["cases"]} == wanted
    assert not record["interrupted"] and record["seconds"] > 0
    assert {(each["name"], each["installed"]) for each in record["backends"]} == {
        (name, True) for name in ("autograd", "torch", "jax")
    }


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_on_the_cpu_all_are_judged_by_their_numbers(record, dtype):
    found = on(record, "cpu", dtype)
    for name in ("autograd", "torch", "jax"):
        assert {scenario: verdict for (scenario, backend), verdict in found.items() if backend == name} == {
            "cube": "agree", "branch": "agree", "magnitude": "convention", "where trap": "differ", "total": "agree",
            "prints and reads": "agree", "draws": "agree",
        }  # fmt: skip
    cube = next(case for case in record["cases"] if case["id"] == f"good/cube/{dtype}/cpu")
    assert cube["referee"]["slope"] == 12.0 and [row["slope"] for row in cube["rows"]] == [12.0] * 3
    assert cube["source_text"] == "def cube(x):\n    return x**3" and cube["x"] == 2.0


def test_a_point_that_float32_has_not_is_left_out_there():
    record = suite(families=["huge"], dtypes=["float64", "float32"])
    assert [case["id"] for case in record["cases"]] == ["huge/huge/float64/cpu", "huge/tiny/float64/cpu"]


def test_devices_that_a_backend_lacks_are_rows(record):
    second, meta = on(record, "cpu:1"), on(record, "meta")
    assert second["cube", "jax"] == "agree" and second["magnitude", "jax"] == "convention"
    assert {second["cube", name] for name in ("autograd", "torch")} == {"unavailable"}
    assert {meta["cube", name] for name in ("autograd", "jax")} == {"unavailable"}
    assert {verdict for (_, backend), verdict in meta.items() if backend == "torch"} == {"agree"}


def test_without_values_placement_alone_is_judged(record):
    rows = [row for case, row in records.rows(record) if case["device"] == "meta" and row["backend"] == "torch"]
    assert all(row["devices"] == ["meta"] and row["slope"] is None and "placement" in row["reason"] for row in rows)


def test_a_kink_has_its_curve(record):
    curves = {case["scenario"]: case["curve"] for case in record["cases"] if case["id"].endswith("float64/cpu")}
    assert curves["cube"] is None and curves["where trap"] is None
    x, y = curves["magnitude"]["x"], curves["magnitude"]["y"]
    assert 0.0 in x and y == [abs(each) for each in x] and min(x) == -1 and max(x) == 1


def test_the_audit_catches_what_is_written_by_hand(record):
    by_hand = [each for each in record["controls"] if "by hand" in each["name"]]
    ours = [each for each in record["controls"] if "by hand" not in each["name"]]
    assert len(by_hand) == len(ours) == 5 and {each["backend"] for each in ours} == {"jax", "torch"}
    assert {each["verdict"] for each in by_hand} == {"misplaced"} and {each["verdict"] for each in ours} == {"agree"}
    assert all("lay on cpu" in each["reason"] for each in by_hand)


def test_the_record_has_its_form(record):
    jsonschema = pytest.importorskip("jsonschema")
    from importlib import resources

    text = resources.files("multigrad.comparisons.report").joinpath("report.schema.json").read_text("utf-8")
    validator = jsonschema.Draft202012Validator(json.loads(text))
    validator.check_schema(validator.schema)
    written = json.loads(json.dumps(record, allow_nan=False))
    assert written == record
    validator.validate(written)
    lost = suite("crashes")
    validator.validate(lost)
    for spoil in (
        lambda data: data.pop("cases"),
        lambda data: data.update(schema=2),
        lambda data: data["cases"][0]["rows"][0].update(verdict="fine"),
        lambda data: data["cases"][0]["referee"].update(slope="NaN"),
        lambda data: data["cases"][0].update(extra=1),
    ):
        spoilt = json.loads(json.dumps(lost))
        spoil(spoilt)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(spoilt)


# What a case does to its process ---------------------------------------------------------------------


def test_a_crash_is_its_own():
    record = suite("crashes", "crashes in C", "cube", "total", workers=2)
    assert verdicts(record) == {
        ("cube", "autograd"): "agree", ("total", "autograd"): "agree",
        ("crashes", "autograd"): "failed", ("crashes in C", "autograd"): "failed",
    }  # fmt: skip
    assert "exit status 3" in reasons(record)["crashes"]
    assert os.name == "nt" or "signal 11" in reasons(record)["crashes in C"]
    assert not record["interrupted"] and records.status(record) == 1
    case = next(case for case in record["cases"] if case["scenario"] == "crashes")
    assert case["source_text"].startswith("def crashes(x)") and case["rows"][0]["version"]


def test_the_backend_that_crashed_is_found():
    record = suite("crashes in torch only", backends=["autograd", "torch"])
    assert verdicts(record) == {
        ("crashes in torch only", "autograd"): "agree", ("crashes in torch only", "torch"): "failed"
    }  # fmt: skip
    assert record["cases"][0]["referee"]["slope"] == 4.0


def test_what_an_earlier_case_left_behind_is_not_blamed_on_the_next():
    record = suite("leaves a bomb", "slow", workers=1)
    assert verdicts(record)["slow", "autograd"] == "agree"


@pytest.mark.parametrize("name", ["loops", "sleeps", "holds the interpreter"])
def test_a_hang_is_ended(name):
    record = suite(name, "cube", limit=1.5, workers=1)
    assert verdicts(record) == {(name, "autograd"): "failed", ("cube", "autograd"): "agree"}
    assert "hung: no answer within 1.5 seconds" in reasons(record)[name]


def test_sys_exit_is_a_failure_like_any_other():
    record = suite("exits", "cube")
    assert reasons(record) == {"exits": "SystemExit: enough", "cube": ""}


def test_a_stray_global_setting_is_a_failure_and_stays_nobody_else_s():
    record = suite(families=["stray", "good"], backends=["torch", "jax"], workers=1)
    stray = {name: verdict for name, verdict in verdicts(record).items() if name[0] in {
        each.name for each in planted.FAMILIES["stray"]
    }}  # fmt: skip
    assert len(stray) == 6 and set(stray.values()) == {"failed"}
    said = reasons(record)
    assert "numpy's error state divide from ignore to raise" in said["error state"]
    assert "torch's default dtype from torch.float32 to torch.float64" in said["default dtype"]
    assert "jax_debug_nans from False to True" in said["configuration"]
    # The where trap computes 0/0: with the error state, or debug_nans, still in force it would raise.
    assert verdicts(record)["where trap", "torch"] == verdicts(record)["where trap", "jax"] == "differ"
    assert verdicts(record)["draws", "jax"] == "agree"  # which random numbers f draws is its own affair


def test_every_setting_is_noticed_and_put_back():
    jax, torch = pytest.importorskip("jax"), pytest.importorskip("torch")
    changes = {
        "numpy's error state": lambda: np.seterr(divide="raise"),
        "numpy's random state": lambda: np.random.rand(),
        "Python's random state": random.random,
        "torch's grad mode": lambda: torch.set_grad_enabled(False),
        "torch's default dtype": lambda: torch.set_default_dtype(torch.float64),
        "torch's random state": lambda: torch.rand(1),
        "jax's configuration": lambda: jax.config.update("jax_debug_infs", True),
        "the working directory": lambda: os.chdir(os.pardir),
    }
    before = state.snapshot()
    for name, change in changes.items():
        changed = {}
        with state.watched(changed):
            change()
        assert [setting.name for setting in changed] == [name] and state.snapshot() == before


def test_no_child_and_no_thread_outlives_its_run():
    threads = set(threading.enumerate())
    suite("cube", "crashes")
    assert not {t for t in threading.enumerate() if t.is_alive()} - threads


def test_a_catalogue_that_cannot_be_imported_in_a_child():
    settings = processes.Settings("no.such.catalogue", ("autograd",), 1.0, run=processes.new_run())
    with pytest.raises(WorkerDied, match="No module named 'no'"), processes.crew(settings).child():
        pass


# Interrupted, and taken up again ---------------------------------------------------------------------


@pytest.fixture
def interruptible():
    """A shell that starts the tests in the background has them ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_keeps_what_there_is_and_resume_goes_on(tmp_path):
    calls = []

    def interrupt(done, total, family, counts):
        calls.append((done, total, family, dict(counts)))
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    half = suite(families=["good"], progress=interrupt, workers=1)
    assert half["interrupted"] and 2 <= len(half["cases"]) < 7
    assert calls[0] == (1, 7, "good", {"agree": 1})
    path = tmp_path / "report.json"
    path.write_text(json.dumps(half), "utf-8")
    seen = []
    whole = suite(families=["good"], resume=path, progress=lambda done, *_: seen.append(done))
    assert not whole["interrupted"] and len(whole["cases"]) == 7
    assert seen[0] == len(half["cases"]) + 1 and seen[-1] == 7
    assert whole["cases"][: len(half["cases"])] == half["cases"]
    assert [case["scenario"] for case in whole["cases"]] == [each.name for each in planted.FAMILIES["good"]]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_does_not_wait_for_a_hanging_case():
    timer = threading.Timer(4.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    record = suite("loops", limit=300.0)
    assert record["interrupted"] and record["cases"] == [] and record["seconds"] < 30


def test_seconds_are_those_of_all_parts():
    first = suite("cube")
    second = suite("cube", "branch", resume={**first, "seconds": 1000.0})
    assert second["seconds"] > 1000.0


def test_what_cannot_be_resumed():
    record = suite("cube")
    other = json.loads(json.dumps(record))
    other["backends"][0]["version"] = "0.1"
    with pytest.raises(RecordError, match=r"autograd 0\.1"):
        suite("cube", resume=other)
    with pytest.raises(RecordError, match="no record"):
        suite("cube", resume={"cases": []})
    with pytest.raises(RecordError, match="cannot be read"):
        suite("cube", resume="no/such/file.json")


# Elsewhere -------------------------------------------------------------------------------------------


def test_threads_and_processes_of_one_s_own():
    plain = verdicts(suite("cube", "crashes"))
    with ThreadPoolExecutor(2) as executor:
        assert verdicts(suite("cube", "crashes", executor=executor)) == plain
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        assert verdicts(suite("cube", "crashes", executor=executor)) == plain


def test_a_cluster_of_dask_s():
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None, "processes": True}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        record = suite("cube", "crashes", executor=client.get_executor())
    assert verdicts(record) == {("cube", "autograd"): "agree", ("crashes", "autograd"): "failed"}
    assert len(record["machines"]) == 1 and record["backends"][0]["name"] == "autograd"


# What is asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "options"),
    [
        (UnknownBackend, {"backends": ["tensorflow"]}),
        (UnknownScenario, {"families": ["none such"]}),
        (NotDifferentiable, {"dtypes": ["float16"]}),
    ],
)
def test_what_there_is_not(error, options):
    with pytest.raises(error):
        suite(**options)
    with pytest.raises(UnknownScenario, match="'none such'"):
        suite("none such")


# A parent that is killed -----------------------------------------------------------------------------

PARENT = """
import os, threading
from multigrad.comparisons.processes import Child, Settings
child = Child(Settings("tests.comparisons.planted", ("autograd",), 300.0))
print(child._process.pid, flush=True)
request = {"scenario": "%s", "family": "", "dtype": "float64", "devices": ["cpu"], "backends": ["autograd"]}
threading.Timer(0.5, print, ["asked"], {"flush": True}).start()
child.ask(request, %s)
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")  # who ended and has nobody to say so to is a zombie
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(os.name != "posix", reason="kills processes by number")
@pytest.mark.parametrize(("name", "limit"), [("loops", 300.0), ("sleeps", 300.0), ("holds the interpreter", 0.5)])
def test_a_child_that_hangs_ends_with_its_parent(name, limit, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    # The limit is the parent's to keep: it is killed before.
    parent = subprocess.Popen([sys.executable, "-c", PARENT % (name, limit + 5)], stdout=subprocess.PIPE, text=True)
    try:
        pid = int(parent.stdout.readline())
        assert parent.stdout.readline() == "asked\n" and is_alive(pid)
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    deadline = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(pid)


def test_what_is_named_twice_or_alone_is_asked_once():
    record = run_suite(
        "independence", ["autograd", "autograd"], "cpu", ["float64", "float64"], scenarios="constant number", workers=1
    )
    assert [len(case["rows"]) for case in record["cases"]] == [1]


@pytest.mark.parametrize(
    "options", [{"x": [1.0], "operator": "gradient", "order": 2}, {"x": np.array(1j)}, {"x": np.array([1, 2])}]
)
def test_a_scenario_that_no_run_could_honour_is_refused(options):
    with pytest.raises(NotDifferentiable, match=r"mine: .*expected|mine: .*order"):
        Scenario("mine", np.sin, **options)


def test_a_device_that_nobody_has_leaves_no_green_run():
    record = suite("cube", backends=["autograd", "jax"], devices=["cpu", "cpu:1", "cuda:7"], workers=1)
    assert records.absent(record) == ["cuda:7"] and records.status(record) == 1
    title, said = headline(record)
    assert title == "2 of 3 cases agree on every backend that could be asked" and "'cuda:7'" in said
    assert records.status({**record, "cases": record["cases"][:2]}) == 0
