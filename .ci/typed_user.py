"""What a user's type checker must see in an installed multigrad: its types, through `py.typed`."""

from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

from multigrad import BackendInfo, gradient, list_backends, slope, value_and_gradient, value_and_slope

Floats = npt.NDArray[np.float64]


class Native:
    """A framework's array, of which multigrad's types know nothing."""


def number(x: float) -> float:
    return x**2


def curve(x: float) -> Floats:
    return np.array([np.cos(x), np.sin(x)])


def array(x: Floats) -> Floats:
    return x**2


def native(x: Native) -> Native:
    return x


def checked(points: Floats, whole: npt.NDArray[np.int64], x: Native) -> None:
    """The answer is what x is."""
    assert_type(slope(number, 2.0), float)
    assert_type(slope(number, 2, order=2), float)
    assert_type(slope(curve, 2.0), Any)
    assert_type(slope(array, points), Floats)
    assert_type(slope(array, whole), Floats)
    assert_type(slope(native, x, strict=True), Native)
    assert_type(value_and_slope(number, 2.0), tuple[float, float])
    assert_type(value_and_slope(array, points), tuple[Floats, Floats])
    assert_type(value_and_slope(native, x), tuple[Native, Native])
    assert_type(gradient(number, 2.0), float)
    assert_type(gradient(np.sum, points), Floats)
    assert_type(gradient(native, x), Native)
    assert_type(value_and_gradient(np.sum, points), tuple[Any, Floats])


assert_type(list_backends()[0], BackendInfo)
slope(1.0, 2.0)  # type: ignore[call-overload]  # not callable: the checker must say so
slope(number, 2.0, backends="torch")  # type: ignore[call-overload]  # no such argument
