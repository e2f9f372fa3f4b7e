"""The command line: what it prints, where, and the status that it exits with."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from multigrad import __version__, list_backends
from multigrad.command_line import main

CUBIC = "x**3 + 3*x**2 - 5*x + 4"


@pytest.fixture
def run(capsys):
    """Runs a command: (status, standard output, standard error)."""

    def command(*arguments):
        status = main(arguments)
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def targets(tmp_path):
    path = tmp_path / "targets.py"
    path.write_text(
        "import sys\n"
        "import numpy as np\n"
        "def square(x): return x**2\n"
        "def branch(x): return x**2 if x > 0 else -x\n"
        "def divides(x): return 1 / 0\n"
        "def silent(x): raise KeyError\n"
        "def exits(x): sys.exit(0)\n"
        "def writes(x): return 'text'\n"
        "def norm(x): return np.linalg.norm(x)\n"
        "def curve(x): return np.stack([x, x])\n"
    )
    return lambda name: f"{path}:{name}"


# slope -----------------------------------------------------------------------------------------------


def test_slope_prints_the_number(run, backend):
    assert run("slope", CUBIC, "--at", "-2", "--backend", backend, "--device", "cpu") == (0, "-5.0\n", "")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["x**2", "--at=-2"], "-4.0\n"),
        (["--at", "-2", "x**2"], "-4.0\n"),
        (["-x**2", "--at", "-2"], "4.0\n"),
        (["--at", "-2", "--", "-x**2"], "4.0\n"),
        (["-x", "--at", "1"], "-1.0\n"),
        (["x**2", "--at", "pi"], f"{2 * np.pi}\n"),
        (["x**2", "--at", "-pi/2"], f"{-np.pi}\n"),
        (["x**2", "--at", "1e-7"], "2e-07\n"),
        (["x**2", "--at", "1,2,3"], "2.0 4.0 6.0\n"),
        (["x**2", "--at", "-1, 2", "--at", "3"], "-2.0 4.0\n6.0\n"),
        ([CUBIC, "--at", "-2", "--order", "2"], "-6.0\n"),
        (["3", "--at", "1"], "0.0\n"),
        (["x**2", "--at", "inf"], "inf\n"),
        (["log(x)", "--at", "0"], "inf\n"),
        (["numpy:square", "--at", "3"], "6.0\n"),
    ],
)
def test_what_can_be_typed(run, arguments, printed):
    assert run("slope", *arguments) == (0, printed, "")


def test_slope_of_a_target(run, targets):
    assert run("slope", targets("square"), "--at", "3") == (0, "6.0\n", "")
    assert run("slope", targets("branch"), "--at", "3", "--at", "-3") == (0, "6.0\n-1.0\n", "")


def test_slope_in_json(run):
    status, out, err = run("slope", "1/x", "--at", "0", "--at", "1,2", "--backend", "autograd", "--json")
    answer = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert (status, err) == (0, "")
    assert answer["points"][0] == {"x": 0.0, "value": "inf", "slope": "-inf"}
    assert answer["points"][1] == {"x": [1.0, 2.0], "value": [1.0, 0.5], "slope": [-1.0, -0.25]}
    assert (answer["function"], answer["order"], answer["backend"], answer["device"]) == ("1/x", 1, "autograd", "cpu")


def test_slope_draws(run, targets, tmp_path):
    for form, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        path = tmp_path / f"out.{form}"
        status, out, err = run("slope", targets("branch"), "--at", "1", "--at", "-1", "--plot", str(path))
        assert (status, out, err) == (0, "2.0\n-1.0\n", "")
        assert path.read_bytes().startswith(start)


# compare ---------------------------------------------------------------------------------------------


def test_compare_exits_with_0_where_all_agree(run):
    status, out, err = run("compare", CUBIC, "--at", "-2")
    assert (status, err) == (0, "")
    for name in ("autograd", "torch", "jax"):
        (row,) = [line for line in out.splitlines() if line.split()[:1] == [name]]
        assert "-5" in row.split()
        assert "agree" in row.split()


def test_compare_exits_with_1_where_backends_disagree(run, targets):
    arguments = ["compare", targets("norm"), "--at", "1,2", "--at", "0,0"]  # at 0 JAX and autograd answer NaN
    status, out, _ = run(*arguments)
    assert status == 1
    assert "differ" in out
    status, out, _ = run(*arguments, "--json")
    answer = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert status == 1
    assert answer["agree"] is False
    assert [each["agree"] for each in answer["comparisons"]] == [True, False]


def test_compare_asks_the_backends_that_are_named(run):
    _, out, _ = run("compare", "x**2", "--at", "3", "--backend", "jax", "--backend", "autograd", "--json")
    (comparison,) = json.loads(out)["comparisons"]
    assert [row["backend"] for row in comparison["rows"]] == ["jax", "autograd"]
    assert [row["slope"] for row in comparison["rows"]] == [6.0, 6.0]


# backends, help, version -----------------------------------------------------------------------------


def test_backends(run):
    status, out, err = run("backends")
    assert (status, err) == (0, "")
    for info in list_backends():
        (row,) = [line for line in out.splitlines() if line.split()[:1] == [info.name]]
        assert info.version in row
    status, out, _ = run("backends", "--json")
    assert status == 0
    assert [each["name"] for each in json.loads(out)["backends"]] == [info.name for info in list_backends()]
    assert json.loads(out)["backends"][0]["devices"] == ["cpu"]


def test_a_missing_backend_is_listed_with_the_line_that_installs_it(run, monkeypatch):
    line = "pip install 'multigrad-compare[torch]', " + "a very long reason " * 20
    info = list_backends()[0]
    missing = type(info)("torch", False, None, (), line, f"not installed; install it with: {line}")
    monkeypatch.setattr("multigrad.list_backends", lambda: (info, missing))
    status, out, _ = run("backends")
    assert status == 0
    assert line.strip() in out  # whole, on one line, its brackets kept


def test_help_and_version(run):
    assert run("--version") == (0, f"multigrad {__version__}\n", "")
    for arguments in (["--help"], ["-h"], ["slope", "--help"], ["compare", "-h"]):
        status, out, err = run(*arguments)
        assert (status, err) == (0, "")
        assert "Usage: multigrad" in out
    status, out, _ = run()
    assert status == 2
    assert "Usage: multigrad" in out


# Faults ----------------------------------------------------------------------------------------------

FAULTS = [
    (["slope"], "Missing argument"),
    (["slope", "x"], "Missing option '--at'"),
    (["slope", "x", "--at"], "--at"),
    (["slope", "x", "--at", "1", "--bakend", "jax"], "--bakend"),
    (["slope", "x", "--at", "1", "--order", "0"], "--order"),
    (["slope", "x", "--at", "1", "--order", "two"], "--order"),
    (["slope", "x", "+", "1", "--at", "1"], "unexpected extra argument"),
    (["slop", "x", "--at", "1"], "slop"),
    (["slope", "x^2", "--at", "1"], "write ** for powers"),
    (["slope", "", "--at", "1"], "empty"),
    (["slope", "x", "--at", "x"], "expected a number"),
    (["slope", "x", "--at", ""], "empty"),
    (["slope", "__import__('os').system('true')", "--at", "1"], "no attributes"),
    (["slope", "x" * 3000, "--at", "1"], "3,000 characters"),
    (["slope", "nowhere.py:f", "--at", "1"], "there is no file"),
    (["slope", "x", "--at", "1", "--backend", "tensorflow"], "autograd, torch, jax"),
    (["slope", "x", "--at", "1", "--device", "cuda:99"], "cpu"),
    (["slope", "x", "--at", "1", "--device", ""], "cpu"),
    (["slope", "sum(x)", "--at", "1,2"], "gradient"),
    (["slope", "cumsum(x)", "--at", "1,2"], "cumsum"),
    (["slope", "x", "--at", "1", "--plot", "/no/such/folder/out.png"], "cannot write"),
    (["slope", "x", "--at", "1", "--plot", "out.nothing"], "cannot write out.nothing"),
    (["slope", "x", "--at", "1", "--order", "2", "--plot", "out.png"], "--plot draws first slopes"),
    (["slope", "@divides", "--at", "1"], "f raised ZeroDivisionError: division by zero"),
    (["slope", "@silent", "--at", "1"], "f raised KeyError"),
    (["slope", "@exits", "--at", "1"], "f raised SystemExit: 0"),
    (["slope", "@writes", "--at", "1"], "str"),
    (["slope", "@curve", "--at", "1", "--plot", "out.png"], "1 points, 2 values"),
    (["slope", "@nothing", "--at", "1"], "no function 'nothing'"),
    (["compare", "x.real", "--at", "1"], "no attributes"),
    (["compare", "x", "--at", "1", "--backend", "tensorflow"], "autograd, torch, jax"),
    (["backends", "jax"], "unexpected extra argument"),
]


@pytest.mark.parametrize(("arguments", "said"), FAULTS, ids=[" ".join(words)[:40] for words, _ in FAULTS])
def test_a_fault_is_one_line_and_status_2(run, targets, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    arguments = [targets(word[1:]) if word.startswith("@") else word for word in arguments]
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert said in err
    assert err.count("\n") == 1
    status, out, err = run(*arguments, "--json")
    if arguments[-1] != "--at":  # which takes --json for its number
        assert (status, err) == (2, "")
        error = json.loads(out)["error"]
        assert said in error["message"]
        assert error["type"].isidentifier()
    assert not (tmp_path / "out.png").exists()


def test_an_error_of_multigrads_own_is_not_hidden(monkeypatch):
    monkeypatch.setattr("multigrad.command_line.resolve", lambda text: {}["a mistake in this program"])
    with pytest.raises(KeyError):
        main(["slope", "x", "--at", "1"])


# The process -----------------------------------------------------------------------------------------


def test_as_a_process():
    command = [sys.executable, "-m", "multigrad.command_line"]
    done = subprocess.run([*command, "slope", "-sin(x)", "--at", "-pi"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0\n", "")
    ascii_only = {"PYTHONIOENCODING": "ascii", "COLUMNS": "40"}
    for arguments, status in ((["slope", b"\xff", "--at", "1"], 2), (["compare", "x**2", "--at", "3"], 0)):
        done = subprocess.run([*command, *arguments], capture_output=True, env=ascii_only)
        assert done.returncode == status
        assert b"Traceback" not in done.stderr
        assert b"\x1b" not in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "command", ["slope x**2 --at 1", "slope x**2 --at 1 --json", "slope y --at 1 --json", "backends"]
)
def test_a_full_disk_is_one_line_and_status_2(command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "multigrad", *command.split()], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (2, "error: cannot write the answer: No space left on device\n")


def test_slope_loads_no_more_than_it_needs():
    program = (
        "import sys\nfrom multigrad.command_line import main\n"
        "assert main(['slope', 'x**2', '--at', '3']) == 0\n"
        "assert not {'torch', 'jax', 'matplotlib', 'mpmath', 'rich', 'scipy'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_demo_writes_a_table_a_picture_and_a_report(tmp_path, capsys):
    assert main(["demo", "--output", str(tmp_path / "new")]) == 0
    printed = capsys.readouterr().out
    assert "16 judged by the referee" in printed and "one minus cosine" in printed and "≈ inaccurate" in printed
    assert (tmp_path / "new" / "tangent.png").read_bytes().startswith(b"\x89PNG")
    assert "<table>" in (tmp_path / "new" / "report.html").read_text("utf-8")
    assert json.loads((tmp_path / "new" / "report.json").read_text("utf-8"))


def test_python_dash_m(tmp_path):
    command = [sys.executable, "-m", "multigrad", "slope", "x**2", "--at", "3"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == "6.0\n"
