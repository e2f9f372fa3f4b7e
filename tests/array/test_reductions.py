"""Reductions through the array: NumPy's values, shapes, dtypes, and the slopes that differences find."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from multigrad.array import RecordedArray
from multigrad.errors import NotDifferentiable
from tests.array.faces import agrees_with_numpy, derivative, differentiates, recorded

Function = Callable[[Any], Any]

M = np.array([[1.0, 5, 2], [0.5, -3, 8]])
GAPS = np.array([[1.0, np.nan, 2], [0.5, -3, 8], [4, 4.5, np.nan]])
MASK = np.array([[True, False, True], [True, True, False]])

SMOOTH = [np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.ptp]
CHOOSING = [np.any, np.all, np.argmax, np.argmin]
SKIPPING = [np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin]
RUNNING = [np.cumsum, np.cumprod, np.nancumsum, np.nancumprod]
TALL = np.vstack([M, [0.7, 4.5, 0.3]])

KEYWORDS: list[dict[str, Any]] = [
    {},
    {"axis": 0},
    {"axis": -1, "keepdims": True},
    {"axis": (0, -1)},
    {"axis": ()},
    {"keepdims": True},
]
MASKED: dict[str, Function] = {
    **{
        f.__name__: lambda x, f=f: f(x, axis=1, where=MASK)
        for f in (np.sum, np.prod, np.mean, np.var, np.std, np.nansum, np.nanmean, np.nanvar, np.nanstd)
    },
    **{f.__name__: lambda x, f=f: f(x, axis=1, where=MASK, initial=1.5) for f in (np.max, np.min, np.nanmax)},
}
OTHERS: dict[str, Function] = {
    "initial": lambda x: (
        np.sum(x, initial=3.0),
        np.prod(x, axis=0, initial=2),
        np.max(x, axis=0, initial=1.7),
    ),
    "ddof": lambda x: (np.var(x, axis=1, ddof=1), np.std(x, axis=1, correction=1), np.nanvar(x, ddof=2)),
    "mean given": lambda x: np.var(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)),
    "cumulative sum": lambda x: np.cumulative_sum(x, axis=1, include_initial=True),
    "cumulative prod": lambda x: np.cumulative_prod(x, axis=0, include_initial=True),
    "average": lambda x: np.average(x, axis=1, weights=[1.0, 2, 3]),
    "average, weights": lambda x: np.average(M, axis=0, weights=x**2, returned=True),
    "average over two axes": lambda x: np.average(
        np.stack([x, x**2]), (2, 0), weights=np.ones((3, 2)), keepdims=True
    ),
    "methods": lambda x: (
        x.sum(0),
        x.mean(axis=1),
        x.std(),
        x.max(axis=0),
        x.cumsum(),
        x.prod(),
        x.var(ddof=1),
    ),
    "out": lambda x: np.sum(x, axis=0, out=np.zeros_like(x[0])) + 1,
    "list of recorded": lambda x: np.sum([x[0, 0], x[1, 1]]) + np.max([x[0, 0], x[1, 2]]),
    "empty": lambda x: (np.sum(x[:0]), np.prod(x[:, :0], axis=1), np.max(x[:0], axis=0, initial=-1)),
    "no axis": lambda x: x[0, 0].sum() * x[0, 1].max() + np.mean(x[1, 0]) + np.cumsum(x[1, 1])[0],
    "long product": lambda x: np.cumprod(np.tile(x.ravel() / 3, 3)),
}
COUNTING: dict[str, Function] = {
    "booleans": lambda x: ((x > 0).sum(), (x > 0).sum(axis=0), np.mean(x > 0), np.prod(x > 0, axis=1)),
    "any and all": lambda x: (np.any(x > 7, axis=1), (x > 0).all(), np.all(x > -9, where=MASK), x.any()),
    "extremes of booleans": lambda x: (np.max(x > 0, axis=0), np.min(x > 0), np.argmax(x > 1, axis=1)),
    "integers": lambda x: (x.astype(int).sum(), x.astype(np.int8).mean(axis=0), x.astype(np.int8).cumsum()),
    "dtype": lambda x: (
        np.sum(x, dtype=np.float32),
        np.mean(x, dtype=np.float64),
        np.cumsum(x, dtype=np.float32),
    ),
    "positions": lambda x: (
        x.argmax(),
        np.argmin(x, axis=1),
        np.argmax(x, keepdims=True),
        np.argmin(x, -1, keepdims=True),
    ),
    "truth": lambda x: 1.0 if (x > -9).all() and not np.any(x < -9) and np.count_nonzero(x > 0) == 5 else x,
}


@pytest.mark.parametrize("function", [*SMOOTH, *CHOOSING, *SKIPPING], ids=lambda f: f.__name__)
def test_reductions_are_numpys(function: Any) -> None:
    for keywords in KEYWORDS:
        axis = keywords.get("axis")
        if function in (np.argmax, np.argmin) and isinstance(axis, tuple):
            continue
        agrees_with_numpy(lambda x, k=keywords: function(x, **k), M)
        agrees_with_numpy(lambda x, k=keywords: function(x, **k), M.astype(np.float32))
        if axis in (None, ()):
            agrees_with_numpy(lambda x, k=keywords: function(x, **k), 2.5)
        if function not in CHOOSING and axis != ():
            differentiates(lambda x, k=keywords: function(x, **k), M)


@pytest.mark.parametrize("function", [*SKIPPING, *RUNNING[2:]], ids=lambda f: f.__name__)
@pytest.mark.parametrize("axis", [None, 0, -1])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_skips_nan_has_the_slope_of_what_is_left(function: Any, axis: Any) -> None:
    agrees_with_numpy(lambda x: function(x, axis=axis), GAPS)
    differentiates(lambda x: function(np.where(x > 6, np.nan, x), axis=axis), TALL)


@pytest.mark.parametrize("f", [*MASKED.values(), *OTHERS.values()], ids=[*MASKED, *OTHERS])
def test_keywords(f: Function) -> None:
    agrees_with_numpy(f, M)
    agrees_with_numpy(f, M.astype(np.float32))
    differentiates(f, M)


@pytest.mark.parametrize("f", COUNTING.values(), ids=COUNTING)
def test_what_has_no_slope(f: Function) -> None:
    agrees_with_numpy(f, M)


def test_all_nan() -> None:
    with pytest.warns(RuntimeWarning):
        expected = np.nanmax(np.full((2, 2), np.nan), axis=0)
    found = np.nanmax(recorded(np.full((2, 2), np.nan)), axis=0)
    np.testing.assert_array_equal(np.asarray(found._host()), expected)
    with pytest.raises(ValueError, match="All-NaN"):
        np.nanargmin(recorded([np.nan, np.nan]))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.max(x[:0]),
        lambda x: np.argmax(x[:0]),
        lambda x: np.sum(x, axis=2),
        lambda x: np.sum(x, axis=(0, 0)),
        lambda x: np.max(x, where=x > 0),
        lambda x: np.average(x, weights=[1.0, 2.0]),
    ],
)
def test_numpys_own_errors(f: Function) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011  whatever NumPy raises
        f(M)
    with pytest.raises(expected.type):
        f(recorded(M))


def test_a_plain_out_is_refused() -> None:
    with pytest.raises(NotDifferentiable, match="zeros_like"):
        np.sum(recorded(M), axis=0, out=np.zeros(3))


def test_every_reduction_is_named_as_mixing() -> None:
    for function in (*SMOOTH, *CHOOSING, *SKIPPING, *RUNNING, np.median, np.sort):
        x = recorded(M)
        function(x)
        assert x._recording.mixing, function.__name__
    x = recorded(M)
    np.sum(x, axis=())
    assert not x._recording.mixing


def test_the_running_product_knows_zeros() -> None:
    def f(x: Any) -> Any:
        return np.cumprod(x)[-1]

    np.testing.assert_allclose(derivative(f, [2.0, 0.0, 5.0]), [0.0, 10.0, 0.0])
    assert isinstance(np.cumprod(recorded([1.0])), RecordedArray)
