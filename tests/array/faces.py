"""A backend over NumPy itself; one function through the array, on plain NumPy, and by differences."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from multigrad.array import RecordedArray, Recording
from multigrad.backends._autograd import AutogradBackend
from multigrad.testing.sample import NUMPY

Function = Callable[[Any], Any]


class NumpyBackend:
    """Just enough of a backend to see NumPy's semantics through the array: native arrays are NumPy's."""

    name = "numpy"
    rows = NUMPY

    def owns(self, x: object) -> bool:
        return False  # a plain array is host data

    def from_host(self, array: Any, device: object) -> Any:
        return np.array(array)

    def to_host(self, x: Any) -> Any:
        return np.array(x)

    def dtype_of(self, x: Any) -> Any:
        return x.dtype

    def device_name(self, device: object) -> str:
        return "cpu"

    def context(self, device: object, dtype: object) -> Any:
        return nullcontext()


TOLERANCE = {"f2": 2e-3, "f4": 2e-6, "c8": 2e-6}
"""For what is rounded to few digits; all else is compared to the last digits of float64."""

PLAIN = NumpyBackend()
AUTOGRAD = AutogradBackend()


def recorded(x: Any, backend: Any = PLAIN) -> RecordedArray:
    """x as a recorded array of a run of its own."""
    return Recording(backend, None).recorded(np.asarray(x))


def leaves(answer: Any) -> list[Any]:
    """The arrays of an answer, on the host; tuples and lists are taken apart."""
    if isinstance(answer, (tuple, list)):
        return [leaf for part in answer for leaf in leaves(part)]
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "O":
        answer = next(e for e in answer.ravel() if isinstance(e, RecordedArray))._recording.stacked(answer)
    return [answer._host() if isinstance(answer, RecordedArray) else np.asarray(answer)]


def agrees_with_numpy(f: Function, x: Any, rtol: float = 1e-13) -> None:
    """Through the array over NumPy's own functions, f has NumPy's values, shapes and dtypes."""
    x = np.asarray(x)
    with np.errstate(all="ignore"):
        expected = leaves(f(x if x.ndim else x[()]))
        found = leaves(f(recorded(x)))
    assert len(found) == len(expected)
    for got, wanted in zip(found, expected, strict=True):
        # float16 is computed, and answered inside f, in float32.
        dtype = np.dtype(np.float32) if wanted.dtype == np.float16 else wanted.dtype
        assert (got.shape, got.dtype) == (wanted.shape, dtype), (got, wanted)
        coarse = TOLERANCE.get(wanted.dtype.str[1:], rtol)
        np.testing.assert_allclose(got, wanted, coarse, max(coarse / 10, 1e-14))


def derivative(f: Function, x: Any) -> Any:
    """The gradient of a fixed weighting of the entries of f(x), by autograd through the array."""
    x, recording = np.asarray(x, float), Recording(AUTOGRAD, AUTOGRAD.device("cpu"))

    def native(value: Any) -> Any:
        return recording.lower(weighed(f(recording.lift(value))))

    _, pullback = AUTOGRAD.vjp(native, AUTOGRAD.from_host(x, None), nested=False)
    return np.asarray(pullback(np.asarray(1.0)))


def weighed(answer: Any) -> Any:
    """One number that depends on every entry of an answer, each in its own way."""
    if isinstance(answer, (tuple, list)):
        return sum(weighed(part) * (k + 1.0) for k, part in enumerate(answer))
    if not isinstance(answer, RecordedArray):
        answer = np.asarray(answer)
    if answer.dtype.kind == "c":
        return weighed(answer.real) + 0.7 * weighed(answer.imag)
    return np.sum(answer * np.cos(np.arange(answer.size)).reshape(answer.shape))


def differences(f: Function, x: Any, step: float = 1e-5) -> Any:
    """The same by central differences of fourth order, on plain NumPy."""
    x = np.asarray(x, float)
    found = np.empty(x.shape)
    for index in np.ndindex(x.shape):

        def at(shift: float, index: Any = index) -> Any:
            moved = x.copy()
            moved[index] += shift
            return weighed(f(moved if moved.ndim else moved[()]))

        found[index] = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
    return found


def differentiates(f: Function, x: Any) -> None:
    """The derivative through the array is that of differences on plain NumPy."""
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(derivative(f, x), differences(f, x), 1e-7, 1e-8)
