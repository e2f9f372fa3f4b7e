"""``reduce``, ``accumulate``, ``outer``, ``reduceat`` and ``at`` of ufuncs, against NumPy's own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from multigrad.errors import NotDifferentiable
from tests.array.faces import agrees_with_numpy, differentiates, recorded

M = np.array([[1.0, 5, 2], [0.5, 3, 8]])
# Not power and arctan2: NumPy 2.4's own reduce of these along contiguous axes gives wrong numbers.
UFUNCS = [
    np.add,
    np.multiply,
    np.maximum,
    np.minimum,
    np.subtract,
    np.divide,
    np.logaddexp,
    np.hypot,
    np.fmax,
    np.fmin,
]


def _at(ufunc: np.ufunc) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        y = x.copy()
        ufunc.at(y, (slice(None), [0, 1, 0]), np.array([1.5, 2, 3]))
        return y

    return f


METHODS: dict[str, Callable[[np.ufunc], Callable[[Any], Any]]] = {
    "reduce": lambda u: lambda x: u.reduce(x),
    "reduce, keepdims": lambda u: lambda x: u.reduce(x, axis=-1, keepdims=True),
    "reduce, initial": lambda u: lambda x: u.reduce(x, axis=1, initial=2.0),
    "accumulate": lambda u: lambda x: u.accumulate(x, axis=1),
    "accumulate, one entry": lambda u: lambda x: u.accumulate(x[:, :1], axis=1),
    "outer": lambda u: lambda x: (u.outer(x, [1.0, 2]), u.outer(2.0, x), u.outer(x[0], x[:, 1])),
    "reduceat": lambda u: lambda x: u.reduceat(x.ravel(), [0, 3, 1, 5]),
    "at": _at,
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_methods_are_numpys(ufunc: np.ufunc, method: Any) -> None:
    f = method(ufunc)
    agrees_with_numpy(f, M)
    agrees_with_numpy(f, M.astype(np.float32))
    differentiates(f, M + 0.05 * np.arange(6).reshape(2, 3))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.logical_or.reduce(x > 2, axis=1),
        lambda x: np.logical_and.reduce(x > 0, initial=False),
        lambda x: np.logical_xor.reduce(x > 2),
        lambda x: np.bitwise_or.reduce(x > 2, axis=None),
        lambda x: np.add.reduce(x > 2, axis=0),
        lambda x: np.add.reduce(x, axis=(0, 1)),
        lambda x: np.add.reduce(x, axis=None, where=x > 2),
        lambda x: np.add.reduce(x, dtype=np.float32),
        lambda x: np.maximum.reduce([x[0], x[1], x[0] * 2]),
        lambda x: np.add.reduce(x, out=np.zeros_like(x[0])),
        lambda x: np.subtract.outer(x.astype(np.float32), x),
        lambda x: np.multiply.accumulate(x, axis=0, dtype=np.float32),
    ],
)
def test_keywords(f: Callable[[Any], Any]) -> None:
    agrees_with_numpy(f, M)


def test_at_without_a_second_operand() -> None:
    def f(x: Any) -> Any:
        y = x.copy()
        np.negative.at(y, [0, 0, 1])
        return y

    agrees_with_numpy(f, M)


def test_at_on_a_plain_array_is_refused() -> None:
    with pytest.raises(NotDifferentiable, match=r"numpy\.add\.at.*zeros_like"):
        np.add.at(np.zeros(2), [0, 1], recorded([1.0, 2.0]))


def test_numpys_own_errors() -> None:
    with pytest.raises(ValueError, match="no identity"):
        np.subtract.reduce(recorded(M[:0]))
    with pytest.raises(ValueError, match="binary"):
        np.sin.reduce(recorded(M))
    with pytest.raises(IndexError, match="out-of-bounds"):
        np.add.reduceat(recorded(M), [0, 9])
