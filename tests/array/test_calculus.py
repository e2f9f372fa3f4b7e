"""Differences, integrals, interpolation, polynomials, statistics, and what else is no ufunc."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from multigrad.array.composed import sinc
from multigrad.errors import NotDifferentiable
from tests.array.faces import agrees_with_numpy, derivative, differentiates, recorded

Function = Callable[[Any], Any]

M = np.array([[1.0, 5, 2], [0.5, -3, 8]])
X = np.array([0.3, -0.7, 1.9, 0.2])
BETWEEN = np.array([-1.0, 0.3, 1.5, 2.9, 7.3])
KNOTS, HEIGHTS = [0.0, 1, 2, 3], [1.0, -1, 4, 0]

OF_MATRICES: dict[str, Function] = {
    "diff": lambda x: (np.diff(x), np.diff(x, axis=0), np.diff(x, 0), np.diff(x, 5)),
    "diff with edges": lambda x: np.diff(x, 2, axis=0, prepend=1.0, append=x[:1]),
    "ediff1d": lambda x: (np.ediff1d(x), np.ediff1d(x, to_end=[1.0, 2], to_begin=x[0, 0])),
    "gradient": lambda x: (np.gradient(x), np.gradient(x[0]), np.gradient(x, 0.5, axis=1)),
    "gradient over points": lambda x: (
        np.gradient(x[0], np.array([0.0, 1, 3]), edge_order=2),
        np.gradient(x[0], edge_order=2),
        np.gradient(x, [2.0, 3.0], np.array([0.0, 1, 3])),
    ),
    "trapezoid": lambda x: (
        np.trapezoid(x),
        np.trapezoid(x, axis=0, dx=0.3),
        np.trapezoid(x, np.array([0.0, 1, 4])),
    ),
    "trapezoid over x": lambda x: (np.trapezoid(x, x=x**2, axis=1), np.trapezoid(M, x=x, axis=0)),
    "unwrap": lambda x: (np.unwrap(x * 3), np.unwrap(x * 3, axis=0, period=4.1), np.unwrap(x, discont=5)),
    "cov": lambda x: (np.cov(x[0]), np.cov(x[0], x[1] ** 2, bias=True), np.cov(x, rowvar=False)),
    "cov with weights": lambda x: (np.cov(x, aweights=[1.0, 2, 1], fweights=[1, 2, 3]), np.cov(x, ddof=0)),
    "corrcoef": lambda x: np.corrcoef(np.concatenate([x, x[:1] ** 2])),
    "bincount": lambda x: np.bincount([0, 1, 1, 3, 0, 2], weights=x.ravel(), minlength=7),
    "histogram of weights": lambda x: np.histogram([0.1, 2, 3, 0, 5, 3.3], [0, 1, 3, 4.0], weights=x.ravel())[
        0
    ],
    "histogram edges": lambda x: np.histogram(x, bins=4),
    "angle": lambda x: (np.angle(x + 1j, deg=True), np.angle(1j * x + 2)),
    "real_if_close": lambda x: np.real_if_close(x + 0j) ** 2,
}
OF_VECTORS: dict[str, Function] = {
    "polyval": lambda x: (
        np.polyval([1, 2, 3], x),
        np.polyval(x, 2.0),
        np.polyval(x, x),
        np.poly1d([1.0, 2, 3])(x),
    ),
    "polynomial arithmetic": lambda x: (
        np.polyadd(x, [1.0, 2]),
        np.polysub([1.0, 2], x),
        np.polymul(x, [1.0, 2]),
    ),
    "polydiv": lambda x: np.polydiv(x, [1.0, 2]),
    "polyder": lambda x: (np.polyder(x, 2), np.polyint(x, 2, k=[3, 4]), np.polyint(x)),
    "poly": lambda x: np.poly(x),
    "polyfit": lambda x: (
        np.polyfit([0.0, 1, 2, 3.5], x, 2),
        np.polyfit(x, [0.0, 1, 2, 3.5], 1, w=[1, 2, 3, 4.0]),
    ),
    "numpy.polynomial": lambda x: np.polynomial.polynomial.polyval(x, [1.0, 2, 3]),
    "sinc": np.sinc,
    "i0": np.i0,
    "round": lambda x: (np.round(x, 1), np.round(x), x.round(-1), round(x[0], 1), np.fix(x)),
    "nan_to_num": lambda x: (
        np.nan_to_num(np.where(x > 0, x, np.nan)),
        np.nan_to_num(x, nan=2.0, posinf=5.0),
    ),
}
INTERPOLATIONS: dict[str, tuple[Function, Any]] = {
    "x": (lambda x: np.interp(x, KNOTS, HEIGHTS), BETWEEN),
    "one x": (lambda x: np.interp(x, KNOTS, HEIGHTS, left=-3, right=5), 1.2),
    "fp": (lambda y: np.interp(BETWEEN, KNOTS, y), X),
    "xp": (lambda t: np.interp(BETWEEN, np.cumsum(t**2 + 0.5), HEIGHTS, left=-3, right=5), X),
    "period": (lambda x: np.interp(x, KNOTS, HEIGHTS, period=3.5), BETWEEN),
    "one knot": (lambda y: np.interp(BETWEEN, [0.3], y), [4.0]),
    "infinite x": (lambda y: np.interp([-np.inf, np.inf, 0.2], KNOTS, y), X),
}
ANSWERS: dict[str, Function] = {
    "isclose": lambda x: (
        np.isclose(x, 0.3),
        np.isclose([np.inf, np.nan, 1, 2], x / (x > 0), equal_nan=True),
    ),
    "equal": lambda x: (
        np.allclose(x, x),
        np.array_equal(x, [1, 2]),
        np.array_equal(x, x),
        np.array_equiv(x, x[None]),
    ),
    "infinite": lambda x: (np.isposinf(x / 0.0), np.isneginf(x / 0.0), np.isreal(x), np.iscomplex(x + 0j)),
    "isin": lambda x: (np.isin(x, [0.3, 5]), np.isin(x, [0.3, 5], invert=True)),
    "counts": lambda x: (np.histogram(x, [-1.0, 0, 1, 3])[0], np.bincount((x > 0).astype(int))),
    "density": lambda x: np.histogram(x, bins=3, range=(-1, 2), density=True),
    "memory": lambda x: (np.shares_memory(x, x[1:]), np.may_share_memory(x, x.copy())),
    "diff of booleans": lambda x: np.diff(x > 0.25),
}


@pytest.mark.parametrize("f", OF_MATRICES.values(), ids=OF_MATRICES)
def test_of_matrices(f: Function) -> None:
    agrees_with_numpy(f, M, 1e-12)
    agrees_with_numpy(f, M.astype(np.float32), 1e-6)
    differentiates(f, M)


@pytest.mark.parametrize("f", OF_VECTORS.values(), ids=OF_VECTORS)
def test_of_vectors(f: Function) -> None:
    agrees_with_numpy(f, X, 1e-12)
    differentiates(f, X)


@pytest.mark.parametrize(("f", "x"), INTERPOLATIONS.values(), ids=INTERPOLATIONS)
def test_interpolation(f: Function, x: Any) -> None:
    agrees_with_numpy(f, x)
    differentiates(f, x)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_convolutions_of_every_length(function: Any, mode: Any) -> None:
    for n in range(1, 6):
        for m in range(1, 6):
            a, v = np.cos(np.arange(n)), np.sin(1 + np.arange(m))
            agrees_with_numpy(lambda a, v=v: function(a, v, mode), a, 1e-12)
            agrees_with_numpy(lambda v, a=a: function(a, v, mode), v, 1e-12)
    differentiates(lambda a: function(a, a[1:] ** 2, mode), X)


@pytest.mark.parametrize("f", ANSWERS.values(), ids=ANSWERS)
def test_answers(f: Function) -> None:
    agrees_with_numpy(f, X)


def test_complex_numbers_are_correlated_with_the_conjugate() -> None:
    agrees_with_numpy(lambda x: (np.correlate(x + 1j, 1j * x[:2]), np.convolve(x + 1j, x, "same")), X)


def test_the_composed_sinc_is_right_at_zero() -> None:
    x = np.array([0.0, 1e-3])
    np.testing.assert_allclose(
        derivative(lambda x: sinc(x)[0] + sinc(x)[1], x), -(np.pi**2) * x / 3, atol=1e-7
    )

    def slope_beside(x: Any) -> Any:
        return (sinc(x + 1e-4) - sinc(x - 1e-4)) / 2e-4

    np.testing.assert_allclose(derivative(slope_beside, 0.0), -(np.pi**2) / 3, rtol=1e-6)


def test_the_slope_at_a_knot_is_that_of_the_segment_to_its_right() -> None:
    np.testing.assert_array_equal(derivative(lambda x: np.interp(x, KNOTS, HEIGHTS), 1.0), 5.0)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.roots(x), "roots"),
        (lambda x: np.histogram2d(x, x), "counts"),
        (lambda x: np.polyfit(x, x, 1, full=True), "full"),
        (lambda x: np.poly(x[:, None] * x), "eigenvalues"),
        (lambda x: np.nextafter.at(x, 0, 1.0) or np.savetxt("x", x), "savetxt"),
    ],
)
def test_what_has_no_derivative_is_a_clear_error(f: Function, message: str) -> None:
    with pytest.raises(NotDifferentiable, match=message):
        f(recorded(X))
