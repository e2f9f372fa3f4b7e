"""assert_backends_agree: when it fails, what it says, and that its last line shows the same again."""

import functools
import json
import math
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from multigrad import UnknownBackend, compare
from multigrad.comparisons import Verdict
from multigrad.comparisons.run import run as honest
from multigrad.testing import assert_backends_agree
from multigrad.testing.agreement import agreement
from multigrad.testing.reproduce import numbers, one_line


def cubic(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def cancelling(x):
    return (1 - np.cos(x)) / x**2


def message(*arguments, **options):
    with pytest.raises(AssertionError) as caught:
        assert_backends_agree(*arguments, **options)
    return str(caught.value)


# When it fails ---------------------------------------------------------------------------------------


def test_who_agrees_passes():
    comparison = assert_backends_agree(cubic, -2.0)
    assert [float(row.slope) for row in comparison.rows] == [-5, -5, -5]
    assert assert_backends_agree(np.sum, np.ones((2, 3), np.float32), "cpu", ["jax"]).scenario.operator == "gradient"


def test_a_convention_is_allowed_unless_it_is_not():
    assert_backends_agree(np.abs, 0.0)
    assert "a choice at a kink" in message(np.abs, 0.0, allow=())
    assert_backends_agree(lambda x: np.maximum(x, 0), 0.0, allow=())  # all in the middle: nothing was chosen


@pytest.mark.parametrize(
    ("f", "x", "verdict"),
    [
        (cancelling, 1e-7, "inaccurate"),
        (np.linalg.norm, np.zeros(2), "differ"),
        (lambda x: x * math.sin(x), 1.0, "unsupported"),
        (lambda x: x / {}["missing"], 1.0, "failed"),
    ],
)
def test_every_other_verdict_fails_until_it_is_allowed(f, x, verdict):
    assert f"autograd: {verdict}" in message(f, x, backends="autograd")
    found = agreement(f, x, backends="autograd", allow=verdict)
    assert found.holds == (verdict in ("inaccurate", "differ"))  # the others gave no answer: nothing was compared


def test_a_missing_backend_fails_where_it_was_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "multigrad.backends._torch", raising=False)
    monkeypatch.setattr("multigrad.backends._loaded", {})
    assert_backends_agree(cubic, 1.0)
    said = message(cubic, 1.0, backends=["autograd", "torch"])
    assert "torch: unavailable: backend 'torch' is not installed; install it with: pip install torch" in said
    assert_backends_agree(cubic, 1.0, backends=["autograd", "torch"], allow="unavailable")


def test_a_missing_device_fails_where_nobody_has_it():
    assert_backends_agree(cubic, 1.0, "cpu:1")  # JAX has it, the others are passed over
    assert "torch: unavailable: device='cpu:1' is not here" in message(cubic, 1.0, "cpu:1", backends=["torch", "jax"])
    for allow in ((), "unavailable"):
        said = message(cubic, 1.0, "cuda:99", allow=allow)
        assert "on cuda:99: no backend answered, so nothing was compared" in said
    with pytest.raises(UnknownBackend, match="empty"):
        assert_backends_agree(cubic, 1.0, backends=[])


def test_rtol_stands_in_place_of_the_tolerance():
    comparison = compare(cancelling, 1e-2, backends=["autograd"])
    off = abs(float(comparison.rows[0].slope) / float(comparison.referee.slope) - 1)
    assert 1e-9 < off < 1e-5 and comparison.rows[0].verdict == "inaccurate"
    assert_backends_agree(cancelling, 1e-2, backends="autograd", rtol=off * 1.01)
    assert "autograd: digits lost" in message(cancelling, 1e-2, backends="autograd", rtol=off * 0.99)


@pytest.mark.parametrize(("x", "off"), [(0.7, 1e-9), (np.array([0.7, 1.0]), 1e-9), (np.float32(0.7), 1e-3)])
def test_rtol_excuses_what_is_off_by_less(x, off, monkeypatch):
    def lie(*arguments):
        outcome = honest(*arguments)
        return replace(outcome, slope=outcome.slope * outcome.slope.dtype.type(1 + off))

    monkeypatch.setattr(sys.modules["multigrad.comparisons.comparison"], "run", lie)
    assert "torch: wrong" in message(np.exp, x, backends="torch")
    assert "torch: wrong" in message(np.exp, x, backends="torch", rtol=0.9 * off)
    assert_backends_agree(np.exp, x, backends="torch", rtol=1.1 * off)


def test_rtol_tightens_too(monkeypatch):
    """Two roundings off is right by the usual measure, of 1,024 roundings."""

    def lie(*arguments):
        outcome = honest(*arguments)
        return replace(outcome, slope=outcome.slope * (1 + 2.0**-50))

    monkeypatch.setattr(sys.modules["multigrad.comparisons.comparison"], "run", lie)
    f = lambda x: x**2  # noqa: E731  exact in any arithmetic
    assert_backends_agree(f, 3.0, backends="torch")
    assert "torch: digits lost" in message(f, 3.0, backends="torch", rtol=2.0**-51)


def test_rtol_excuses_no_nan_and_is_a_number():
    assert "nan" in message(np.linalg.norm, np.zeros(2), backends="autograd", rtol=1e9)
    for rtol in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"rtol={rtol}"):
            assert_backends_agree(cubic, 1.0, rtol=rtol)


def test_words_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"allow has 'wrong', which is no verdict; there are: agree, convention, "):
        assert_backends_agree(cubic, 1.0, allow=("convention", "wrong"))
    with pytest.raises(UnknownBackend):
        assert_backends_agree(cubic, 1.0, backends="tensorflow")


# What it says ----------------------------------------------------------------------------------------


def test_the_message_says_who_is_wrong_and_what_the_referee_says():
    lines = message(np.linalg.norm, np.zeros(2)).splitlines()
    assert lines[0] == "gradient of norm at [0, 0], in float64 on cpu: autograd and jax: wrong"
    told = {line[2:].split()[1]: line for line in lines[2:5]}
    assert told["autograd"].startswith("✗ differ") and told["autograd"].endswith("slope [nan, nan]")
    assert told["torch"].startswith("✓ agree") and told["torch"].endswith("slope [0.0, 0.0]")
    assert all(line.split()[4] == "cpu" for line in told.values())
    assert lines[5].split()[0] == "referee"
    assert lines[5].endswith("slope from the left [-1.0, -1.0], from the right [1.0, 1.0]")
    assert "passes here: agree, convention, unavailable" in lines


def test_of_many_entries_the_worst_is_shown_to_the_last_digit():
    comparison = compare(lambda x: np.sum(x**3), np.arange(12.0).reshape(3, 4), backends=["autograd", "torch"])
    slope = comparison.rows[1].slope.copy()
    slope[2, 1] += 1e-9
    slope[1, 1] += 1e-12
    rows = (comparison.rows[0], replace(comparison.rows[1], slope=slope, verdict=Verdict.DIFFER))
    found = agreement(lambda x: np.sum(x**3), np.arange(12.0).reshape(3, 4), backends=["autograd", "torch"])
    said = str(replace(found, comparison=replace(comparison, rows=rows)))
    assert "torch: wrong" in said and said.count("[2, 1] 243.0\n") == 2 and f"[2, 1] {243 + 1e-9!r}\n" in said


def test_what_strayed_is_named_with_its_device():
    found = agreement(cubic, 1.0, "cpu:1", backends="jax")
    (row,) = found.comparison.rows
    reason = "asked for cpu:1, but something lay on cpu"
    strayed = replace(row, verdict=Verdict.MISPLACED, device="cpu", reason=reason)
    said = str(replace(found, comparison=replace(found.comparison, rows=(strayed,))))
    assert "on cpu:1: jax: on another device" in said and f"jax: misplaced: {reason}" in said


# How to see it again ---------------------------------------------------------------------------------


def test_numbers_come_back_exactly():
    for x in (
        np.array(0.1 + 0.2), np.array(np.inf), np.array(0.1, np.float32), np.array([[1e-310, np.nan], [-np.inf, -0.0]]),
        np.array([0.1, 1 / 3], np.float32), np.empty((0, 3), np.float32), np.nextafter(np.ones((2, 2, 2)), 2),
    ):  # fmt: skip
        again = np.asarray(eval(numbers(x), {"np": np}))
        assert again.dtype == x.dtype and again.shape == x.shape and again.tobytes() == x.tobytes()
    assert numbers(np.zeros(1000)) is None


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (np.abs, "multigrad.compare(np.absolute, 0.5"),
        (np.linalg.norm, "multigrad.compare(np.linalg.norm, 0.5"),
        (abs, "multigrad.compare(abs, 0.5"),
        (cubic, "cubic, 0.5"),
        (lambda x: np.sqrt(x) * math.pi, "multigrad.compare(lambda x: np.sqrt(x) * math.pi, 0.5"),
        (lambda x: [np.sin(k * x) for k in range(3)][2], "lambda x: [np.sin(k * x) for k in range(3)][2]"),
        (lambda x: x * len("$HOME"), """lambda x: x * len('"'"'$HOME'"'"')"""),
    ],
)
def test_the_line_runs_in_a_shell(f, expected, tmp_path, monkeypatch):
    line = one_line(f, np.array(0.5), "cpu", ["autograd"], 1e-3)
    assert line.startswith("python -c ") and expected in line
    done = subprocess.run(
        line.replace("python", sys.executable, 1), shell=True, capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert not done.stderr and str(compare(f, 0.5, backends=["autograd"])).split() == done.stdout.split()


def test_what_has_no_name_is_pointed_at():
    scale = 3.0
    inner = lambda x: scale * x  # noqa: E731  a closure
    line = one_line(inner, np.array(0.5))
    assert line.startswith("multigrad.compare(f, 0.5)  # f is in ") and "test_agreement.py, line " in line
    assert "x its 1,000 numbers" in one_line(np.sum, np.zeros(1000))


class Answering:
    """Called it is no derivative; asked for any attribute it says the same."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, x):
        return x * math.sin(x)

    def __getattr__(self, name):
        if name.startswith("__array"):
            raise AttributeError(name)
        return self if self.answer is None else self.answer


@pytest.mark.parametrize(
    "f",
    [
        np.vectorize(lambda x: x * math.sin(x)), functools.lru_cache(lambda x: x * math.sin(x)),
        functools.partial(lambda x, y: x * math.sin(x), y=1),
        *map(Answering, (None, 3, "name", "<lambda>", lambda *_: 0)),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_function_gets_its_message_too(f):
    last = message(f, 1.0, backends="autograd").splitlines()[-1]
    assert last.startswith("reproduce: multigrad.compare(") and "  # f is " in last


def test_an_attribute_called_like_a_global_is_none(monkeypatch):
    for name in ("norm", "shape"):
        monkeypatch.setitem(globals(), name, 3.0)
    line = one_line(lambda x: np.linalg.norm(x) * x.shape[0], np.ones(2))
    assert line.startswith("python -c ") and "lambda x: np.linalg.norm(x) * x.shape[0], np.array([1.0, 1.0])" in line
    assert one_line(lambda x: [norm * k for k in x], np.ones(2)).startswith("multigrad.compare(f, ")  # noqa: F821


# What it costs ---------------------------------------------------------------------------------------


def test_importing_it_is_light():
    code = (
        "import sys, json, multigrad.testing\n"
        "print(json.dumps([m for m in ('scipy', 'mpmath', 'pytest', 'torch', 'jax', 'rich') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
