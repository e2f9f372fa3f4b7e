"""The referee against calculus: closed forms, kinks, jumps, and arithmetic that loses digits."""

from collections.abc import Callable
from math import cos, cosh, exp, factorial, inf, nan, sin
from typing import Any

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from multigrad.comparisons.referee import Judgement, arithmetic, evaluation, many_digits, referee
from multigrad.comparisons.referee.evaluation import Evaluation


def slope(f: Callable[[Any], Any], x: Any, order: int = 1, **options: Any) -> Judgement:
    return referee(f, np.asarray(x), operator="slope", order=order, **options)


def gradient(f: Callable[[Any], Any], x: Any, **options: Any) -> Judgement:
    return referee(f, np.asarray(x, dtype=float), operator="gradient", **options)


def newton(x: Any) -> Any:
    y = x
    while abs(y * y - x) > 1e-12:
        y = y - (y * y - x) / (2 * y)
    return y


SMOOTH = [
    (lambda x: x**3 + 3 * x**2 - 5 * x + 4, -2.0, 1, -5.0),
    (lambda x: x**3 + 3 * x**2 - 5 * x + 4, -2.0, 2, -6.0),
    (lambda x: x**3 + 3 * x**2 - 5 * x + 4, -2.0, 3, 6.0),
    (lambda x: np.sin(x) * np.exp(-x), 1.0, 1, (cos(1.0) - sin(1.0)) * exp(-1.0)),
    (np.sin, 0.7, 3, -cos(0.7)),
    (np.sin, np.pi / 2, 1, cos(np.pi / 2)),
    (lambda x: (x - 1) ** 2, 1.0, 1, 0.0),
    (lambda x: x * abs(x), 0.0, 1, 0.0),
    (lambda x: abs(x) ** 3, 0.0, 2, 0.0),
    (lambda x: abs(x) ** 1.5, 0.0, 1, 0.0),
    (newton, 2.0, 1, 0.5 / 2**0.5),
    (lambda x: 7.0, 1.0, 1, 0.0),
    (lambda x: np.where(x > 0, np.sqrt(x), x), -1.0, 1, 1.0),
    (lambda x: np.exp(x) / 1e300, 700.0, 1, exp(700) / 1e300),
    (lambda x: sum(x**k / factorial(k) for k in range(20)), 0.5, 1, exp(0.5)),
]


@pytest.mark.parametrize(("f", "x", "order", "expected"), SMOOTH)
def test_smooth(f: Callable[[Any], Any], x: float, order: int, expected: float) -> None:
    judged = slope(f, x, order)
    assert judged.source == "mpmath"
    assert judged.array_mismatch is None
    assert not judged.kink
    assert float(judged.slope) == pytest.approx(expected, rel=4e-16, abs=0)
    assert judged.digits >= 18


KINKS = [
    (np.abs, 0.0, 1, -1.0, 1.0),
    (lambda x: np.maximum(x, 0), 0.0, 1, 0.0, 1.0),
    (lambda x: x**2 if x > 0 else -x, 0.0, 1, -1.0, 0.0),
    (lambda x: x * abs(x), 0.0, 2, -2.0, 2.0),
    (lambda x: abs(x) ** 3, 0.0, 3, -6.0, 6.0),
    (lambda x: np.sqrt(np.abs(x)), 0.0, 1, -inf, inf),
    (np.abs, 0.0, 2, 0.0, 0.0),  # both sides are straight, but they do not join
    (np.sign, 0.0, 1, 0.0, 0.0),
    (np.floor, 2.0, 1, 0.0, 0.0),
    (lambda x: np.where(x >= 1, 3 * x, x), 1.0, 1, 1.0, 3.0),
]


@pytest.mark.parametrize(("f", "x", "order", "left", "right"), KINKS)
def test_kinks(f: Callable[[Any], Any], x: float, order: int, left: float, right: float) -> None:
    judged = slope(f, x, order)
    assert (judged.left, judged.right, bool(judged.kink)) == (left, right, True)
    assert np.isnan(judged.slope)


EDGES = [
    (np.sqrt, 0.0, inf, nan, inf, "one-sided"),
    (np.log, 0.0, inf, nan, inf, "one-sided"),
    (np.arcsin, 1.0, inf, inf, nan, "one-sided"),
    (lambda x: x**1.5, 0.0, 0.0, nan, 0.0, "one-sided"),
    (np.cbrt, 0.0, inf, inf, inf, "infinite slope"),
    (lambda x: 1 / x, 0.0, -inf, -inf, -inf, "infinite slope"),
    (lambda x: np.sin(x) / x, 0.0, nan, nan, nan, "undefined"),
    (np.sin, nan, nan, nan, nan, "x is not finite"),
    (np.sin, inf, nan, nan, nan, "x is not finite"),
]


@pytest.mark.parametrize(("f", "x", "expected", "left", "right", "note"), EDGES)
def test_edges(
    f: Callable[[Any], Any], x: float, expected: float, left: float, right: float, note: str
) -> None:
    judged = slope(f, x)
    np.testing.assert_array_equal([judged.slope, judged.left, judged.right], [expected, left, right])
    assert judged.note == note
    assert not judged.kink


@pytest.mark.parametrize(("f", "x"), [(np.sign, 0.0), (np.floor, 2.0)])
def test_jumps_are_named(f: Callable[[Any], Any], x: float) -> None:
    assert slope(f, x).note == "jump"


def test_lost_digits_are_told_from_kept_ones() -> None:
    lossy = slope(lambda x: (1 - np.cos(x)) / x**2, 1e-7)
    assert float(lossy.slope) == pytest.approx(-1e-7 / 12, rel=1e-12)
    assert lossy.arithmetic_error > 1e6 * abs(lossy.slope)
    sound = slope(lambda x: 2 * (np.sin(x / 2) / x) ** 2, 0.5)
    assert sound.arithmetic_error < 1e-14 * 16
    assert slope(lambda x: x**3, 2.0).sensitivity == 12 * np.spacing(2.0) / 2


def test_float32_is_exact_at_its_own_number_and_loses_in_24_bits() -> None:
    x = np.float32(0.1)
    judged = slope(np.sin, x)
    assert float(judged.slope) == cos(float(x))
    assert 1e-9 < judged.arithmetic_error < 1e-6
    cast = slope(lambda x: np.sin(x.astype(np.float32)).astype(float), 0.7)
    assert cast.array_mismatch is None
    assert 1e-9 < cast.arithmetic_error < 1e-6


def test_arrays_by_entries() -> None:
    x = np.array([-2.0, 0.0, 1.5])
    judged = slope(lambda x: np.abs(x) * np.arange(1, len(x) + 1), x)
    np.testing.assert_array_equal(judged.slope, [-1.0, nan, 3.0])
    np.testing.assert_array_equal(judged.kink, [False, True, False])
    np.testing.assert_array_equal((judged.left, judged.right), [[-1.0, -2.0, 3.0], [-1.0, 2.0, 3.0]])
    curve = slope(lambda t: np.array([np.cos(t), np.sin(t)]), 1.0)
    np.testing.assert_array_equal(curve.slope, [-sin(1.0), cos(1.0)])
    assert slope(np.sin, np.zeros(0)).slope.shape == (0,)


def test_gradients() -> None:
    x = np.array([1.3, 0.7, -0.4])
    np.testing.assert_allclose(gradient(rosen, x).slope, rosen_der(x), rtol=1e-13)
    weights = np.exp(x) / np.sum(np.exp(x))
    np.testing.assert_allclose(gradient(lambda x: np.log(np.sum(np.exp(x))), x).slope, weights, rtol=1e-15)
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_array_equal(gradient(np.linalg.det, singular).slope, [[4.0, -2.0], [-2.0, 1.0]])


def test_gradients_at_a_kink_tell_what_combinations_are_allowed() -> None:
    judged = gradient(lambda x: np.linalg.norm(x), np.zeros(2))
    np.testing.assert_array_equal((judged.left, judged.right), [[-1.0, -1.0], [1.0, 1.0]])
    assert judged.combined is not None
    np.testing.assert_allclose(judged.combined.right, 2**0.5)
    tie = gradient(np.max, np.ones(3))
    np.testing.assert_array_equal((tie.left, tie.right), [[0.0] * 3, [1.0] * 3])


def test_long_gradients_are_judged_along_directions() -> None:
    x = np.linspace(-1, 1, 100)
    judged = gradient(lambda x: np.sum(x**3), x)
    assert judged.directions is not None
    assert "directions" in judged.reason
    np.testing.assert_allclose(judged.slope, judged.directions @ (3 * x**2), rtol=1e-13)


@pytest.mark.parametrize("f", [lambda x: x - x.mean(), np.cumsum, lambda x: np.roll(x, 1), np.sum])
def test_slopes_of_what_is_not_elementwise_are_declined(f: Callable[[Any], Any]) -> None:
    judged = slope(f, np.arange(1.0, 4.0))
    assert (judged.source, judged.note, judged.slope) == ("none", "not elementwise", None)


def test_chance_is_noticed() -> None:
    random = np.random.default_rng(0)
    assert slope(lambda x: x * random.random(), 1.0).note == "nondeterministic"


def test_a_fault_of_the_array_is_not_agreement() -> None:
    judged = slope(lambda x: x if type(x) is np.float64 else 2 * x, 1.0)
    assert judged.array_mismatch is not None
    assert "1.0" in judged.array_mismatch
    assert slope(lambda x: np.floor(x * 10), 0.3).array_mismatch is None  # 3 in float64, 2 exactly: rounding
    assert slope(lambda x: np.exp(x) - np.exp(x - 1), 800.0).array_mismatch is None  # only float64 overflows


def test_weaker_referees_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = lambda x: float(x) ** 2  # noqa: E731  leaves the recording
    assert slope(stranger, 3.0, closed_form=lambda x: 2 * x).source == "closed form"
    by_differences = slope(stranger, 3.0)
    assert (by_differences.source, float(by_differences.slope)) == ("finite differences", pytest.approx(6.0))
    assert "NotDifferentiable" in by_differences.reason
    assert slope(lambda x: abs(float(x)), 0.0).source == "none"
    monkeypatch.setattr(many_digits, "MOST_ENTRIES", 2)
    x = np.array([0.5, 1.0, 1.5])
    by_step = slope(np.sin, x)
    assert by_step.source == "complex step"
    assert "entries" in by_step.reason
    np.testing.assert_allclose(by_step.slope, np.cos(x), rtol=1e-15)
    assert slope(np.cumsum, x).source == "none"
    assert slope(np.abs, np.array([0.0, 1.0, 2.0])).source == "none"
    np.testing.assert_allclose(gradient(lambda x: np.sum(x**2), x).slope, 2 * x)


def test_faults_of_f_are_reasons() -> None:
    def faulty(x: Any) -> Any:
        raise KeyError("mine")

    assert "KeyError: 'mine'" in slope(faulty, 1.0).reason
    assert slope(lambda x: None, 1.0).source == "none"


def test_endless_f_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_digits, "PATIENCE", 0.05)

    def halves(x: Any) -> Any:  # ends in float64 where it underflows
        while x > 0:
            x = x / 2
        return x

    assert "seconds" in slope(halves, 1.0).reason


def test_a_slope_inside_f() -> None:
    from multigrad import slope as inner

    judged = slope(lambda x: x * inner(lambda y: y**3 * x, x), 2.0)
    assert float(judged.slope) == 4 * 3 * 2.0**3  # of 3 x**4


@pytest.mark.parametrize("function", [np.var, np.std])
def test_the_spread_of_one_number_with_no_degree_of_freedom_is_undefined(function: Callable[..., Any]) -> None:
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        judged = gradient(lambda x: function(x, ddof=1), [2.0])
    assert judged.source == "mpmath" and judged.value is not None and np.isnan(judged.value)
    assert judged.slope is not None and np.isnan(judged.slope).all()


def test_a_divisor_that_is_a_python_number_has_all_its_digits() -> None:
    evaluation = Evaluation(lambda x: x / 3, np.array(1.0), 60.0)
    _, slope = evaluation.by_rules(np.array(1.0), 1, 240, short=False)
    assert abs(slope.item() * 3 - 1) < 2.0**-200


def to_the_last_digits(x: Any) -> Any:
    """The square root of 3, as soon as float64 has it; in fewer bits there is no number as near."""
    y = x
    while abs(y * y - x) > 3e-15:
        y = (y + x / y) / 2
    return y


def test_a_loop_that_never_ends_in_fewer_digits_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = slope(to_the_last_digits, 3.0)
    assert judged.source == "mpmath" and not judged.reason
    assert judged.arithmetic_error is not None and judged.arithmetic_error < 1e-14
    monkeypatch.setattr(arithmetic, "FEW_STEPS", 0)
    monkeypatch.setattr(arithmetic, "TIMES_THE_STEPS", 0)
    judged = slope(to_the_last_digits, 3.0)
    assert "how many digits that loses is unknown" in judged.reason and judged.arithmetic_error == inf
    assert judged.slope == pytest.approx(0.5 / 3**0.5, rel=1e-15)


@pytest.mark.parametrize("x", [1e20, 1e40, 1e100, 1e300])
def test_a_sine_far_out(x):
    """A step in proportion to such an x goes round the circle many times."""
    assert slope(np.sin, x).slope == cos(x)


def test_a_parabola_far_out():
    assert slope(lambda x: x * x / 1e200, 1e200).slope == pytest.approx(2.0, rel=1e-15)


class _TakenMeanwhile(list[Any]):
    """Numbers that another thread takes between a look and the taking."""

    def __len__(self) -> int:
        return 1


def test_numbers_that_another_thread_took_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "_idle", _TakenMeanwhile())
    assert slope(lambda x: x**2, 3.0).source == "mpmath"


@pytest.mark.parametrize("x", [25.0, 180.0, 354.0])
def test_a_rule_that_loses_all_of_many_digits_loses_them_in_few(x: float) -> None:
    judged = slope(np.tanh, x)  # by 1 - tanh(x)**2
    assert judged.slope == pytest.approx(cosh(x) ** -2, rel=1e-12)
    assert judged.arithmetic_error == pytest.approx(judged.slope, rel=0.1)
