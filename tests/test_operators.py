"""slope and gradient against derivatives from a calculus book, on every backend and device."""

import numpy as np
import pytest
from numpy import cos, exp, pi, sin, sqrt

from multigrad import (
    MultigradError,
    NotElementwise,
    NotScalarValued,
    gradient,
    slope,
    value_and_gradient,
    value_and_slope,
)


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def at(place, **more):
    return {"device": place.device, "backend": place.backend, **more}


CURVES = {
    "cubic": (f, lambda x: 3 * x**2 + 6 * x - 5, lambda x: 6 * x + 6, lambda x: 6.0),
    "sin exp": (
        lambda x: sin(x) * exp(-x),
        lambda x: exp(-x) * (cos(x) - sin(x)),
        lambda x: -2 * exp(-x) * cos(x),
        lambda x: 2 * exp(-x) * (sin(x) + cos(x)),
    ),
    "quotient": (
        lambda x: 1 / (1 + x**2),
        lambda x: -2 * x / (1 + x**2) ** 2,
        lambda x: (6 * x**2 - 2) / (1 + x**2) ** 3,
        lambda x: 24 * x * (1 - x**2) / (1 + x**2) ** 4,
    ),
    "root": (
        lambda x: sqrt(4 + x),
        lambda x: 0.5 * (4 + x) ** -0.5,
        lambda x: -0.25 * (4 + x) ** -1.5,
        lambda x: 0.375 * (4 + x) ** -2.5,
    ),
    "power of a constant": (
        lambda x: 2.0**x,
        lambda x: np.log(2) * 2.0**x,
        lambda x: np.log(2) ** 2 * 2.0**x,
        lambda x: np.log(2) ** 3 * 2.0**x,
    ),
    "constant": (lambda x: 4.0, lambda x: 0.0, lambda x: 0.0, lambda x: 0.0),
}


@pytest.mark.parametrize("name", CURVES)
def test_orders_one_to_three_of_a_scalar(name, place):
    curve, *derivatives = CURVES[name]
    for order, derivative in enumerate(derivatives, 1):
        answer = slope(curve, 0.7, **at(place, order=order))
        assert type(answer) is float
        assert answer == pytest.approx(float(derivative(0.7)), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("name", [name for name in CURVES if name != "constant"])
@pytest.mark.parametrize("shape", [(5,), (2, 3), (1,), (0,), (2, 0)])
def test_orders_one_to_three_of_an_array(name, shape, place):
    xs = np.linspace(-1.3, 1.9, int(np.prod(shape))).reshape(shape)
    curve, *derivatives = CURVES[name]
    for order, derivative in enumerate(derivatives, 1):
        value, answer = value_and_slope(curve, xs, **at(place, order=order))
        assert answer.shape == value.shape == shape and answer.dtype == np.float64
        np.testing.assert_allclose(answer, derivative(xs) + 0 * xs, rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(value, curve(xs), rtol=1e-14)


def test_the_issue_s_examples(place):
    assert slope(f, -2.0, **at(place)) == -5.0
    assert slope(f, -2.0, **at(place, order=2)) == -6.0
    assert value_and_slope(f, -2, **at(place)) == (18.0, -5.0)
    xs = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(slope(f, xs, **at(place)), 3 * xs**2 + 6 * xs - 5, rtol=1e-14, atol=1e-14)


def test_rosenbrock_s_function_of_scipy_unchanged(place):
    from scipy.optimize import rosen, rosen_der

    x = np.array([1.3, 0.7, -0.4])
    value, answer = value_and_gradient(rosen, x, **at(place))
    np.testing.assert_allclose(answer, rosen_der(x), rtol=1e-13)
    assert type(value) is float or value.shape == ()
    assert value == pytest.approx(rosen(x), rel=1e-14)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: np.sum(x**2), lambda x: 2 * x),
        (lambda x: x @ x, lambda x: 2 * x),
        (lambda x: np.array([x[0] * x[1]]), lambda x: np.array([x[1], x[0], 0.0])),
        (lambda x: x[0], lambda x: np.array([1.0, 0.0, 0.0])),
        (lambda x: sum(xi**2 for xi in x), lambda x: 2 * x),
        (lambda x: 7.0, lambda x: 0 * x),
        (lambda x: np.linalg.norm(x), lambda x: x / np.linalg.norm(x)),
        (lambda x: np.asarray(x)[0] * np.array([x[1], 2.0])[0], lambda x: np.array([x[1], x[0], 0.0])),
    ],
)
def test_gradients(function, expected, place):
    x = np.array([1.5, -0.5, 2.0])
    answer = gradient(function, x, **at(place))
    assert answer.shape == (3,) and answer.dtype == np.float64
    np.testing.assert_allclose(answer, expected(x), rtol=1e-14, atol=1e-15)


def test_a_curve_in_space_has_an_array_of_slopes(place):
    value, answer = value_and_slope(lambda t: np.stack([cos(t), sin(t), t**2]), 0.3, **at(place))
    np.testing.assert_allclose(answer, [-sin(0.3), cos(0.3), 0.6], rtol=1e-14)
    np.testing.assert_allclose(value, [cos(0.3), sin(0.3), 0.09], rtol=1e-14)
    second = slope(lambda t: np.stack([cos(t), t**3]), 0.3, **at(place, order=2))
    np.testing.assert_allclose(second, [-cos(0.3), 1.8], rtol=1e-13)


# Elementwise or not ----------------------------------------------------------------------------------

MIXING = {
    "roll": lambda x: np.roll(x, 1) * x,
    "cumsum": np.cumsum,
    "x - mean": lambda x: x - x.mean(),
    "symmetric convolution": lambda x: np.convolve(x, [0.25, 0.5, 0.25], "same"),
    "reversed": lambda x: x[::-1],
    "sorted": np.sort,
    "neighbour": lambda x: x * x[0],
    "matrix": lambda x: np.ones((4, 4)) @ x,
    "softmax": lambda x: exp(x) / np.sum(exp(x)),
    "written": lambda x: _written(x),
    "stacked": lambda x: np.array([x[0], x[1], x[2], x[0] * x[3]]),
}
ELEMENTWISE = {
    "position": (lambda x: x * np.arange(len(x)), lambda x: np.arange(len(x))),
    "loop": (lambda x: np.array([xi**2 for xi in x]), lambda x: 2 * x),
    "there and back": (lambda x: x[::-1][::-1] ** 2, lambda x: 2 * x),
    "where": (lambda x: np.where(x > 0, x**2, -x), lambda x: np.where(x > 0, 2 * x, -1)),
    "pieces": (lambda x: np.concatenate([x[:2] ** 2, x[2:]]), lambda x: np.array([2 * x[0], 2 * x[1], 1, 1])),
    "diagonal matrix": (lambda x: np.diag([1.0, 2.0, 3.0, 4.0]) @ x, lambda x: np.array([1.0, 2, 3, 4])),
    "branch on all": (lambda x: x**2 if np.max(x) > 0 else x, lambda x: 2 * x),
    "filled": (lambda x: _filled(x), lambda x: 3 * x**2),
}


def _written(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1]
    return y


def _filled(x):
    y = np.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] ** 3
    return y


@pytest.mark.parametrize("name", MIXING)
def test_what_is_not_elementwise_is_refused(name, place):
    with pytest.raises(NotElementwise):
        slope(MIXING[name], np.array([0.3, 1.2, -0.7, 2.0]), **at(place))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_is_elementwise_is_not(name, place):
    x = np.array([0.3, 1.2, -0.7, 2.0])
    function, expected = ELEMENTWISE[name]
    np.testing.assert_allclose(slope(function, x, **at(place)), expected(x), rtol=1e-13)


def test_one_number_for_many_points_is_sent_to_gradient(place):
    with pytest.raises(NotElementwise, match="gradient"):
        slope(np.sum, np.ones(3), **at(place))


def test_many_numbers_are_sent_to_jacobian(place):
    with pytest.raises(NotScalarValued, match="jacobian"):
        gradient(lambda x: x**2, np.ones(3), **at(place))


# A slope in a slope ----------------------------------------------------------------------------------


def test_a_slope_within_a_slope(place):
    """d/dx [x · d/dy (x y²) at 3] = d/dx 6 x² = 12 x."""
    assert slope(lambda x: x * slope(lambda y: x * y**2, 3.0), 2.0, **at(place)) == 24.0


def test_perturbations_are_not_confused(place):
    """x · d/dy (x + y) is x, whose slope is 1."""
    assert slope(lambda x: x * slope(lambda y: x + y, 1.0), 5.0, **at(place)) == 1.0


def test_an_inner_slope_that_depends_on_nothing_outside_is_a_float(place):
    seen = []
    slope(lambda x: x * (seen.append(slope(lambda y: y**2, 3.0)) or 1.0), 2.0, **at(place))
    assert seen == [6.0] and type(seen[0]) is float


def test_the_gradient_of_a_gradient_s_norm(place):
    """∇ ½|∇f|² = H ∇f, for f = Σ x³/3: H = diag(2x), ∇f = x²."""
    x = np.array([1.0, 2.0])
    answer = gradient(lambda x: 0.5 * np.sum(gradient(lambda y: np.sum(y**3) / 3, x) ** 2), x, **at(place))
    np.testing.assert_allclose(answer, 2 * x**3, rtol=1e-14)


def test_an_inner_slope_over_an_array_must_be_elementwise_too(place):
    with pytest.raises(NotElementwise):
        slope(lambda x: slope(lambda y: np.cumsum(y), x), np.ones(3), **at(place))
    with pytest.raises(NotElementwise):
        slope(lambda x: slope(lambda y: np.sum(x) * y, x), np.ones(3), **at(place))


def test_another_backend_within_a_slope_cannot_close_over_what_is_recorded(place):
    other = "autograd" if place.backend != "autograd" else "torch"
    assert slope(lambda x: x * slope(lambda y: y**2, 3.0, backend=other), 2.0, **at(place)) == 6.0
    with pytest.raises(MultigradError, match=place.backend):
        slope(lambda x: slope(lambda y: x * y, 3.0, backend=other), 2.0, **at(place))


@pytest.mark.parametrize("order", [0, -1, 1.5, True, "1"])
def test_an_order_that_is_none(order):
    with pytest.raises(ValueError, match="order"):
        slope(f, 1.0, order=order)


def test_pi_as_constant(place):
    assert slope(lambda x: pi * x, 1.0, **at(place)) == pi
