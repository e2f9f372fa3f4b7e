"""What is drawn: the data of the lines, their limits and the legend, on a canvas that nobody sees."""

import math
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from multigrad import NotDifferentiable, NotScalarValued, backends
from multigrad.plotting import plot_func, plot_gradient, plot_slope, plot_tangents

X, Y, SLOPE = -2.0, 18.0, -5.0


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def g(x):
    return x**2


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture(autouse=True)
def _no_window(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("plt.show() was called"))
    yield
    plt.close("all")


def curve(ax):
    return next(line for line in ax.lines if line.get_gid() == "curve")


def tangents(ax):
    return [line for line in ax.lines if line.get_gid() == "tangent"]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def seen(ax, line):
    """The ends of a line in parts of the axes' width and height."""
    return ax.transAxes.inverted().transform(ax.transData.transform(line.get_xydata()))[[0, -1]]


# plot_func -------------------------------------------------------------------------------------------


def test_plot_func_draws_the_function(ax):
    assert plot_func(f, ax=ax) is ax
    x, y = ax.lines[0].get_data()
    assert (x[0], x[-1]) == (-3, 3)
    assert len(x) >= 60
    np.testing.assert_allclose(y, f(x), rtol=1e-14)
    assert to_rgb(ax.lines[0].get_color()) == (1, 0, 0)


def test_plot_func_draws_on_the_current_axes():
    first = plot_func(f)
    assert plot_func(g, "blue", xlim=(0, 1)) is first is plt.gca()
    assert [to_rgb(line.get_color()) for line in first.lines] == [(1, 0, 0), (0, 0, 1)]
    np.testing.assert_array_equal(first.lines[1].get_xdata()[[0, -1]], [0, 1])
    assert len(plt.get_fignums()) == 1


def test_given_axes_make_no_figure(ax):
    plot_func(f, ax=ax)
    plot_gradient(X, Y, SLOPE, ax=ax)
    plot_slope(f, X, ax=ax)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "func",
    [
        lambda x: math.sin(x) if x > 0 else -x,  # one point after the other
        lambda x: 3.0,
        lambda x: np.sum(x) * 2,  # an array gives one number, and a point its own
        lambda x: 7 if x > 1 else np.array([x]),
    ],
)
def test_plot_func_takes_functions_of_one_point(ax, func):
    plot_func(func, ax=ax)
    x, y = ax.lines[0].get_data()
    np.testing.assert_allclose(y, [np.asarray(func(point)).item() for point in x])


@pytest.mark.parametrize("log", [np.log, math.log])
def test_there_is_a_gap_where_the_function_is_undefined(ax, log):
    plot_func(lambda x: log(x), ax=ax)
    x, y = ax.lines[0].get_data()
    assert np.isnan(y[x <= 0]).all()
    np.testing.assert_allclose(y[x > 1e-9], np.log(x[x > 1e-9]))


def test_a_function_that_is_nowhere_says_why(ax):
    with pytest.raises(ValueError, match=r"math domain error|positive input"):
        plot_func(lambda x: math.log(x - 10), ax=ax)


@pytest.mark.parametrize(("func", "poles"), [(lambda x: 1 / x, [0]), (np.tan, [-np.pi / 2, np.pi / 2])])
def test_a_pole_leaves_the_picture(ax, func, poles):
    plot_func(func, ax=ax)
    x, y = ax.lines[0].get_data()
    assert np.ptp(ax.get_ylim()) < 60
    drawn = np.isfinite(y)
    np.testing.assert_allclose(y[drawn], func(x[drawn]))
    assert drawn.mean() > 0.8
    for pole in poles:  # no line crosses it
        assert not drawn[np.argmin(np.abs(x - pole))]


def test_a_narrow_peak_stays_in_the_picture(ax):
    plot_func(lambda x: np.exp(-((30 * x) ** 2)), ax=ax)
    assert np.nanmax(ax.lines[0].get_ydata()) == pytest.approx(1)


def test_the_argument_is_not_the_curves_own(ax):
    def writes(x):
        x[...] = 0
        return x

    plot_func(writes, ax=ax)
    assert ax.lines[0].get_xdata()[0] == -3


# plot_gradient ---------------------------------------------------------------------------------------


def native(backend, number):
    adapter = backends.get(backend)
    return adapter.from_host(np.array(number), adapter.device("cpu"))


@pytest.mark.parametrize("kind", [float, np.float32, np.atleast_1d, "torch", "jax", "recorded"])
def test_plot_gradient_draws_the_line_of_a_slope(ax, kind):
    if kind == "recorded":
        torch = pytest.importorskip("torch")
        numbers = [torch.tensor(number, requires_grad=True) for number in (X, Y, SLOPE)]
    else:
        make = (lambda number: native(kind, number)) if isinstance(kind, str) else kind
        numbers = [make(number) for number in (X, Y, SLOPE)]
    assert plot_gradient(*numbers, ax=ax) is ax
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [(-3, 23), (-1, 13)], rtol=1e-6)


def test_the_pictures_of_the_reading():
    for func, y, slope in ((f, Y, SLOPE), (g, 4.0, -4.0)):
        plot_func(func)
        plot_gradient(X, y, slope)
    assert len(plt.gca().lines) == 4


# plot_slope ------------------------------------------------------------------------------------------


def test_plot_slope_draws_curve_tangent_and_legend(backend, ax):
    assert plot_slope(f, X, "cpu", backend, ax) is ax
    x, y = curve(ax).get_data()
    np.testing.assert_allclose(y, f(x), rtol=1e-14)
    assert X in x
    assert (x[0], x[-1]) == (-3, 3)
    (tangent,) = tangents(ax)
    (x0, xm, x1), (y0, ym, y1) = tangent.get_data()
    assert (xm, ym) == (X, Y)
    assert (y1 - y0) / (x1 - x0) == pytest.approx(SLOPE)
    assert (x0 + x1) / 2 == pytest.approx(X)
    assert legend(ax) == ["f", "slope at -2: -5"]


@pytest.mark.parametrize(
    ("func", "x", "slope"),
    [
        (f, 2.5, 28.75),
        (lambda x: 1e-6 * x, 1.0, 1e-6),
        (lambda x: 1e9 * x + 5, 1.0, 1e9),
        (lambda x: np.tanh(1000 * x), 0.0, 1000.0),
        (lambda x: x * 0 + 3.0, 1.0, 0.0),
        (lambda x: 3.0, 1.0, 0.0),
        (lambda x: np.exp(100 * x), 2.0, 100 * np.exp(200)),
        (lambda x: x**2, 1e6, 2e6),
        (lambda x: 1e200 * x, 1.0, 1e200),
        (np.sqrt, 0.0, np.inf),
    ],
)
def test_a_tangent_is_as_long_whether_steep_or_flat(ax, func, x, slope):
    plot_slope(func, x, ax=ax)
    (tangent,) = tangents(ax)
    (x0, xm, x1), (y0, _, y1) = tangent.get_data()
    if np.isfinite(slope):
        assert (y1 - y0) == pytest.approx(slope * (x1 - x0), rel=1e-6, abs=1e-12)
    assert 0.25 < np.linalg.norm(np.diff(seen(ax, tangent), axis=0)) < 0.4
    assert ax.get_xlim()[0] < xm < ax.get_xlim()[1]
    drawn = curve(ax).get_ydata()
    assert np.ptp(ax.get_ylim()) < 2 * max(np.nanmax(drawn) - np.nanmin(drawn), 0.2)


@pytest.mark.parametrize("x", [2.9, 50.0, -1e6, 1e20, np.array([-100.0, 0.0]), np.linspace(-3, 3, 61)])
def test_the_curve_reaches_beyond_every_point(ax, x):
    plot_slope(lambda x: x + 1, x, ax=ax)
    drawn = curve(ax).get_xdata()
    margin = np.ptp(drawn) * 0.05
    assert drawn[0] + margin < np.min(x)
    assert drawn[-1] - margin > np.max(x)
    assert np.isin(x, drawn).all()


def test_several_points_are_told_apart(ax):
    plot_slope(f, np.array([-2.0, 0.0, 1.0]), ax=ax)
    assert legend(ax) == ["f", "slope at -2: -5", "slope at 0: -5", "slope at 1: 4"]
    assert len({to_rgb(line.get_color()) for line in tangents(ax)}) == 3
    assert len({line.get_marker() for line in tangents(ax)}) == 3
    for line, x in zip(tangents(ax), (-2.0, 0.0, 1.0), strict=True):
        assert (line.get_xdata()[1], line.get_ydata()[1]) == (x, f(x))


def test_two_functions_in_one_picture_are_told_apart():
    plot_slope(f, X)
    ax = plot_slope(g, X)
    assert legend(ax) == ["f", "slope at -2: -5", "g", "slope at -2: -4"]
    assert len({line.get_color() for line in tangents(ax)}) == 2
    assert len({line.get_linestyle() for line in ax.lines if line.get_gid() == "curve"}) == 2


def test_the_legend_sums_up_many_points(ax):
    plot_slope(np.sin, np.linspace(-1, 1, 41), ax=ax)
    assert len(tangents(ax)) == 41
    assert legend(ax) == ["sin", f"41 slopes, {np.cos(1):.6g} to 1"]


def test_nan_infinity_and_nothing_are_no_error(ax):
    plot_slope(f, np.array([np.nan, np.inf, 1.0]), ax=ax)
    assert legend(ax)[-1] == "slope at 1: 4"
    assert curve(ax).get_xdata()[[0, -1]].tolist() == [-3, 3]
    plot_slope(f, np.array([]), ax=ax)
    ax.figure.savefig("/dev/null", format="png")


def test_native_arrays_draw_functions_of_their_framework(ax):
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    for x, sin in (
        (torch.tensor(1.0, dtype=torch.float64, requires_grad=True), torch.sin),
        (torch.tensor([1.0, 2.0]), torch.sin),
        (jnp.float32(1.0), jnp.sin),
        (torch.tensor(1.0), lambda x: torch.sin(x) if x > 0 else -torch.sin(-x)),
    ):
        ax.clear()
        plot_slope(sin, x, ax=ax)
        points, values = curve(ax).get_data()
        np.testing.assert_allclose(values, np.sin(points), atol=1e-6)
        assert f"slope at 1: {np.cos(1):.4g}"[:15] in legend(ax)[1]


def test_what_is_given_must_fit(ax):
    with pytest.raises(NotScalarValued, match=r"1 points, 3 values and 3 slopes; .*one component.* f\(t\)\[0\]"):
        plot_slope(lambda x: np.stack([x, x, x]), 1.0, ax=ax)
    with pytest.raises(ValueError, match="2 points, 1 values and 2 slopes"):
        plot_tangents(f, [1.0, 2.0], 3.0, [4.0, 5.0], ax)
    with pytest.raises(NotScalarValued, match=r"have 2, 2, 1 entries.* plot_slope"):
        plot_gradient(np.ones(2), np.ones(2), 1.0, ax)
    with pytest.raises(NotDifferentiable):
        plot_slope("f", 1.0, ax=ax)


def test_matplotlib_and_pyplot_are_loaded_late():
    program = (
        "import sys, multigrad; assert 'matplotlib' not in sys.modules\n"
        "import multigrad.plotting; assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
