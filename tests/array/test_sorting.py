"""Sorting, searching, medians and quantiles through the array."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.array.faces import agrees_with_numpy, derivative, differentiates, recorded

Function = Callable[[Any], Any]

X = np.array([0.3, -0.7, 1.9, 0.25])
M = np.array([[1.0, 5, 2], [0.5, -3, 8]])
GAPS = np.array([[1.0, np.nan, 2], [0.5, -3, 8]])
WANTED = np.array([-1.0, 2, 2.5, 9, 0, np.nan])
KNOTS = [0.0, 1, 2, 2, 3]

METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]

SORTS: dict[str, Function] = {
    "sort": lambda x: (np.sort(x), np.sort(x, axis=0), np.sort(x, axis=None)),
    "method": lambda x: (lambda y: (y.sort(axis=0), y)[1])(x.copy()),
    "partition": lambda x: np.partition(x, 1, axis=1)[:, 1] * np.partition(x.ravel(), (2, 3))[2],
    "median": lambda x: (np.median(x), np.median(x, axis=0), np.median(x, axis=1, keepdims=True)),
    "median over axes": lambda x: np.median(np.stack([x, x**2, x + 1]), axis=(0, 2)),
    "median of a scalar": lambda x: np.median(x[0, 0]) + np.percentile(x[0, 1], 30),
    "best of two": lambda x: np.sort(x.ravel())[::-1][:2].sum(),
    "take along argsort": lambda x: np.take_along_axis(x, np.argsort(x, axis=1), 1),
    "out": lambda x: np.median(x, axis=0, out=np.zeros_like(x[0])),
}
ORDERS: dict[str, Function] = {
    "argsort": lambda x: (
        np.argsort(x),
        x.argsort(axis=0),
        np.argsort(x, axis=None),
        np.argsort(x > 1, stable=True),
    ),
    "argpartition": lambda x: np.take(x.ravel(), np.argpartition(x, 2, axis=None)[2]),
    "lexsort": lambda x: np.lexsort((x[0], np.round(x[1]))),
    "complex": lambda x: (np.sort_complex(x[0]), np.sort(np.array([1, 2, 1]) + 1j * x[0])),
    "integers": lambda x: np.sort(x.astype(int)),
}


@pytest.mark.parametrize("f", SORTS.values(), ids=SORTS)
def test_sorting(f: Function) -> None:
    agrees_with_numpy(f, M)
    agrees_with_numpy(f, M.astype(np.float32))
    differentiates(f, M)


@pytest.mark.parametrize("f", ORDERS.values(), ids=ORDERS)
def test_orders_have_no_slope(f: Function) -> None:
    agrees_with_numpy(f, M)


@pytest.mark.parametrize("side", ["left", "right"])
def test_searching(side: Any) -> None:
    agrees_with_numpy(lambda v: np.searchsorted(KNOTS, v, side=side), WANTED)
    agrees_with_numpy(lambda v: np.searchsorted(KNOTS, v[1], side=side), WANTED)
    agrees_with_numpy(lambda k: np.searchsorted(k, WANTED, side=side, sorter=[3, 2, 1, 0]), [3.0, 2, 2, 0])
    agrees_with_numpy(lambda v: np.digitize(v, KNOTS, right=side == "right"), WANTED)
    agrees_with_numpy(lambda v: np.digitize(v, KNOTS[::-1], right=side == "right"), WANTED)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore:All-NaN")
def test_quantiles(method: str) -> None:
    for q in (0.0, 0.25, 0.5, 0.6, 1.0, [0.1, 0.5], [[0.2], [0.8]]):
        for x in (X, X.astype(np.float32)):
            agrees_with_numpy(lambda x, q=q: np.quantile(x, q, method=method), x)
        differentiates(lambda x, q=q: np.quantile(x, q, method=method), X)
    agrees_with_numpy(lambda x: np.percentile(x, [20, 70], axis=1, method=method, keepdims=True), M)
    agrees_with_numpy(lambda x: np.percentile(x, 20.0, axis=(1, 0), method=method), M.astype(np.float32))
    for x in (GAPS, GAPS.astype(np.float32)):
        agrees_with_numpy(lambda x: np.nanpercentile(x, [20, 70], axis=1, method=method), x)
        agrees_with_numpy(lambda x: np.nanquantile(x, 0.4, axis=0, method=method), x)
        agrees_with_numpy(lambda x: np.quantile(x, 0.4, axis=0, method=method), x)


def test_nan() -> None:
    agrees_with_numpy(
        lambda x: (np.median(x, axis=0), np.nanmedian(x, axis=0), np.nanmedian(x), np.sort(x)), GAPS
    )
    differentiates(lambda x: np.nanmedian(np.where(x > 4, np.nan, x), axis=1), M)


def test_a_quantile_has_a_slope_in_the_share_too() -> None:
    differentiates(lambda q: np.quantile(M, q), 0.37)
    differentiates(lambda q: np.percentile(M, np.stack([q, 2 * q]), axis=1), 37.0)


def test_the_median_of_an_even_count_is_the_mean_of_two() -> None:
    np.testing.assert_array_equal(derivative(np.median, [4.0, 1.0, 3.0, 9.0]), [0.5, 0, 0.5, 0])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.quantile(x, 1.5), "range"),
        (lambda x: np.quantile(x, 0.5, method="best"), "method"),
        (lambda x: np.partition(x, 9), "bounds"),
    ],
)
def test_numpys_own_errors(f: Function, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        f(recorded(X))
