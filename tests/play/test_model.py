"""The explorer without its looks, against closed forms."""

import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from multigrad.errors import ExpressionError
from multigrad.expressions import parse
from multigrad.play import answers, picture
from multigrad.play.drawing import descent_said
from multigrad.play.model import EXAMPLE, Explorer

INSTALLED = [info.name for info in Explorer("x").backends if info.installed]


def words(explorer):
    return {row.backend: row.word for row in explorer.rows if row.backend in INSTALLED}


def slopes(explorer):
    return {row.backend: row.slope for row in explorer.rows if row.slope is not None}


def test_it_begins_with_the_cubic():
    explorer = Explorer()
    assert explorer.f.source == EXAMPLE and explorer.x == -2
    assert {name: float(slope) for name, slope in slopes(explorer).items()} == dict.fromkeys(INSTALLED, -5.0)
    assert {float(row.value) for row in explorer.rows if row.error == ""} == {18.0}
    assert set(words(explorer).values()) == {"same"} and explorer.differing == ""


@pytest.mark.parametrize("x", [-3.0, 0.5, 4.0])
def test_numbers_follow_x(x):
    explorer = Explorer("sin(x) * exp(-x)")
    assert explorer.set_x(x)
    expected = (math.cos(x) - math.sin(x)) * math.exp(-x)
    assert list(slopes(explorer).values()) == pytest.approx([expected] * len(INSTALLED), rel=1e-13)
    (x0, x1), (y0, y1) = explorer.tangents["autograd"]
    assert (y1 - y0) / (x1 - x0) == pytest.approx(expected)
    assert (y0 + y1) / 2 == pytest.approx(math.sin(x) * math.exp(-x))


def test_float32_is_float32():
    explorer = Explorer("x / 3", 1.0)
    explorer.set_dtype("float32")
    assert {slope.dtype for slope in slopes(explorer).values()} == {np.dtype(np.float32)}
    assert {answers.shown(slope) for slope in slopes(explorer).values()} == {"0.33333334"}
    explorer.set_dtype("float64")
    assert {answers.shown(slope) for slope in slopes(explorer).values()} == {"0.3333333333333333"}
    with pytest.raises(ValueError, match="float16"):
        explorer.set_dtype("float16")


@pytest.mark.parametrize("text", ["__import__('os')", "x.__class__", "open('a')", "2x", "", "y", "(lambda: x)()"])
def test_what_cannot_be_read_leaves_the_last_good_f(text):
    explorer = Explorer("x**2", 3.0)
    assert not explorer.set_expression(text)
    assert explorer.error and "\n" not in explorer.error and "Traceback" not in explorer.error
    assert explorer.f.source == "x**2" and set(map(float, slopes(explorer).values())) == {6.0}
    assert explorer.set_x(1.0) and explorer.error  # it stands beside its field until that is mended
    assert explorer.set_expression("x**3") and explorer.error == ""
    assert set(map(float, slopes(explorer).values())) == {3.0}


def test_x_is_a_number_or_its_text():
    explorer = Explorer("x**2")
    assert explorer.set_x("pi/2") and explorer.x == math.pi / 2
    for wrong in ("1, 2", "nan", "inf", "x", "1e200", float("nan"), "__import__('os')"):
        assert not explorer.set_x(wrong) and explorer.error and explorer.x == math.pi / 2
    assert explorer.set_x("40") and explorer.window[0] < 40 < explorer.window[1]
    with pytest.raises(ExpressionError, match="expected a number"):
        Explorer("x", math.inf)


# Where there are no numbers --------------------------------------------------------------------------


def test_an_empty_field_asks_for_a_number():
    explorer = Explorer("x")
    for field, asked in (("x", explorer.set_x), ("rate", explorer.set_rate)):
        assert not asked(" ")
        assert "is empty; expected a number, such as" in explorer.errors[field]


def test_what_raises_is_said_in_each_row():
    explorer = Explorer("diff(x)")
    assert words(explorer) == dict.fromkeys(INSTALLED, "raised")
    assert all(row.error.startswith("ValueError: diff requires") for row in explorer.rows if row.backend in INSTALLED)
    assert explorer.tangents == {} and explorer.place is None and explorer.note
    assert np.isnan(explorer.curve[1]).all() and explorer.limits == (-1.0, 1.0)
    assert not explorer.step() and "no step" in explorer.descent_error


def test_one_that_raises_leaves_the_others_their_answers(monkeypatch):
    honest = answers.value_and_slope

    def broken(f, x, *, backend):
        if backend == "autograd":
            raise ZeroDivisionError("division\nby zero")
        return honest(f, x, backend=backend)

    monkeypatch.setattr(answers, "value_and_slope", broken)
    explorer = Explorer("x**2", 3.0)
    (row,) = [row for row in explorer.rows if row.backend == "autograd"]
    assert (row.error, row.word, row.sign) == ("ZeroDivisionError: division by zero", "raised", "✗")
    assert "autograd" not in slopes(explorer)
    assert set(map(float, slopes(explorer).values())) <= {6.0}


@pytest.mark.parametrize(("text", "x", "value"), [("sqrt(x)", -1, "nan"), ("1/x", 0, "inf"), ("nan*x", 1, "nan")])
def test_what_is_not_finite(text, x, value):
    explorer = Explorer(text, x)
    assert {answers.shown(row.value) for row in explorer.rows if row.value is not None} == {value}
    assert set(words(explorer).values()) == {"not finite"}
    assert explorer.tangents == {} and explorer.note


def test_a_backend_that_is_not_installed():
    explorer = Explorer("x**2", 3.0)
    reason = "backend 'torch' is not installed; install it with: pip install torch"
    explorer.backends = tuple(
        replace(info, installed=False, reason=reason) if info.name == "torch" else info for info in explorer.backends
    )
    (row,) = [row for row in explorer.rows if row.backend == "torch"]
    assert (row.word, row.sign, row.error) == ("not installed", "-", reason)
    assert explorer.torch_missing == reason
    assert "torch" not in {row.backend for row in explorer.judge()[0] if row.word == "agree"}


# Whether they agree ----------------------------------------------------------------------------------


def rows(*slopes, value=1.0):
    made = [answers.Row(f"b{k}", value=np.float64(value), slope=np.float64(slope)) for k, slope in enumerate(slopes)]
    return {row.word for row in answers._worded(made, 1e-9)}


@pytest.mark.parametrize(
    ("slopes", "word"),
    [
        ((1.0, 1.0 + 1e-12), "same"),
        ((1.0, 1.0 + 1e-6), "differs"),
        ((0.0, 0.0, 1.0), "differs"),
        ((6e-17, 0.0), "same"),  # cos(pi/2), and a rounding of it
        ((1e-10, 0.0), "differs"),
        ((math.nan, math.nan), "not finite"),
        ((math.nan, 1.0), "differs"),
        ((1.0, math.nan), "differs"),
        ((math.inf, -math.inf), "differs"),
        ((math.inf, math.inf), "not finite"),
    ],
)
def test_whether_slopes_are_the_same(slopes, word):
    assert rows(*slopes) == {word}


@pytest.mark.skipif(len(INSTALLED) < 3, reason="they differ where all three are")
def test_a_kink_shows_that_they_differ_and_the_referee_why():
    explorer = Explorer("abs(x)", 0.0)
    assert {name: float(slope) for name, slope in slopes(explorer).items()} == {"autograd": 0, "torch": 0, "jax": 1}
    assert set(words(explorer).values()) == {"differs"} and "differ" in explorer.differing
    assert len(explorer.tangents) == 3
    judged, referee = explorer.judge()
    assert {row.word for row in judged} == {"convention"} and {row.sign for row in judged} == {"◇"}
    assert "from the left -1, from the right 1" in referee


def test_the_referee_agrees_with_the_cubic():
    judged, referee = Explorer().judge()
    assert {row.word for row in judged if row.backend in INSTALLED} == {"agree"}
    assert "value 18, slope -5" in referee


# The picture -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", "x**99 x**2000 exp(exp(x)) 1/x tan(x) 1e299*x 1e-300*x 3 0*x".split())
def test_no_curve_breaks_the_picture(text):
    explorer = Explorer(text, 1.0)
    ys = explorer.curve[1]
    low, high = explorer.limits
    assert np.isfinite([low, high, high - low]).all() and low < high
    drawn = ys[np.isfinite(ys)]
    assert drawn.size > 100 and np.abs(drawn).max() < 1e301
    assert drawn.min() >= low - (high - low) and drawn.max() <= high + (high - low)
    assert all(np.isfinite(line).all() for line in explorer.tangents.values())
    assert 2 <= len(picture.ticks(explorer.limits)) <= 8


def test_a_pole_is_a_gap_and_does_not_flatten_the_rest():
    ys = Explorer("1/(x - 0.001)", 1.0).curve[1]  # the pole lies between two points of the curve
    assert np.isnan(ys).sum() == 1 and np.isnan(ys[195:206]).any()
    low, high = picture.limits(picture.curve(parse("1/x"), (-5.0, 5.0), "float64")[1])
    assert high < 20 and low > -20


def test_a_reduction_is_drawn_point_by_point():
    ys = picture.curve(parse("sum(x**2)"), (-2.0, 2.0), "float64")[1]
    assert ys[0] == 4 and ys[200] == pytest.approx(0, abs=1e-12)


# Descent and accumulation ----------------------------------------------------------------------------


def test_descent_on_a_parabola_is_geometric():
    """x - 0.1 * 2x = 0.8 x, again and again."""
    explorer = Explorer("x**2", 3.0)
    for _ in range(5):
        assert explorer.step()
    assert [x for x, _ in explorer.trail] == pytest.approx([3 * 0.8**k for k in range(6)])
    assert [y for _, y in explorer.trail] == pytest.approx([9 * 0.64**k for k in range(6)])
    assert explorer.x == pytest.approx(3 * 0.8**5)
    explorer.reset()
    assert explorer.x == 3 and explorer.trail == []


def test_another_step_size():
    explorer = Explorer("x**2", 3.0)
    assert explorer.set_rate("1/2") and explorer.step() and explorer.x == 0
    for wrong in ("0", "-1", "nan", "inf", "two", "1,2"):
        assert not explorer.set_rate(wrong) and explorer.error and explorer.rate == 0.5


def test_a_descent_that_diverges_ends_in_words():
    explorer = Explorer("-x**4", 3.0)
    explorer.set_rate(10)
    steps = sum(explorer.step() for _ in range(20))
    assert 0 < steps < 20 and "no step" in explorer.descent_error and math.isfinite(explorer.x)
    assert explorer.note  # the point is outside


def test_a_descent_into_an_overflow_says_what_f_is_there():
    explorer = Explorer("x**2", 1.0, "float32")
    explorer.set_rate("1e30")
    assert explorer.step() and not explorer.step()
    assert explorer.height == np.inf and descent_said(explorer).endswith("f(x) = inf")


def test_a_value_too_large_to_draw_is_still_a_value():
    explorer = Explorer("exp(x)", 700.0)
    assert explorer.place is None and explorer.note == "f(x) = 1.0142320547350045e+304 is too large to draw"
    explorer.set_rate("1e-300")
    assert explorer.step() and explorer.x < -9000 and explorer.trail[0][0] == 700.0


def test_a_descent_begins_anew_where_x_was_moved_by_hand():
    explorer = Explorer("x**2", 3.0)
    explorer.step()
    explorer.set_x(-1)
    explorer.step()
    assert [x for x, _ in explorer.trail] == pytest.approx([-1, -0.8])


torch_only = pytest.mark.skipif("torch" not in INSTALLED, reason="torch is not installed")


@torch_only
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_grad_accumulates_where_zero_is_forgotten(dtype):
    explorer = Explorer("x**2", 3.0, dtype)
    assert explorer.accumulator.grad is None
    explorer.forget = True
    seen = []
    for _ in range(3):
        assert explorer.backward()
        seen.append(float(explorer.accumulator.grad))
    assert seen == [6, 12, 18] and explorer.accumulator.grad.dtype == dtype
    explorer.set_x(1.0)  # the tensor keeps its .grad as it moves
    explorer.backward()
    assert float(explorer.accumulator.grad) == 20
    explorer.forget = False
    explorer.backward()
    assert float(explorer.accumulator.grad) == 2 and explorer.accumulator.calls == 1
    assert set(explorer.own_gradients.values()) <= {"2"} or "jax" not in INSTALLED


@torch_only
def test_backward_that_torch_refuses():
    explorer = Explorer("3", 1.0)
    assert not explorer.backward()
    assert "does not require grad" in explorer.accumulation_error and "\n" not in explorer.accumulation_error
    assert explorer.own_gradients["autograd.grad"] == "0"
    explorer.set_expression("diff(x)")
    assert not explorer.backward() and "ValueError" in explorer.accumulation_error


# The room --------------------------------------------------------------------------------------------


def test_importing_multigrad_loads_no_widgets():
    code = (
        "import sys, json, multigrad, multigrad.play, multigrad.play.model, multigrad.play.server\n"
        "print(json.dumps([m for m in 'panel bokeh ipywidgets param tornado torch jax'.split() if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("ipywidgets", "from multigrad.play import explorer; explorer('x')"),
        ("panel", "from multigrad.play.server import server; server('x')"),
    ],
)
def test_what_is_missing_is_said_with_the_line_that_installs_it(missing, code):
    code = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from multigrad.errors import BackendUnavailable\n"
        f"try:\n    {code}\nexcept BackendUnavailable as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert missing in done.stdout and "pip install 'multigrad-compare[play]'" in done.stdout
