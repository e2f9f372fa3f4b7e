"""Judging programs in NumPy: the recorded array against NumPy itself, slopes against differences."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.array import RecordedArray, Recording
from multigrad.backends._autograd import AutogradBackend

BACKEND = AutogradBackend()
VECTOR = np.array([0.7, -1.3, 2.1, 0.4, -0.6, 1.9])
MATRIX = np.array([[1.2, -0.4, 0.9], [0.3, 2.2, -1.1]])
SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.2, 0.5, 3.0]])
CUBE = np.random.default_rng(0).normal(size=(2, 3, 4))

Array = npt.NDArray[Any]
Program = Callable[[Any], Any]


def recorded(x: Array) -> RecordedArray:
    """x as f would see it."""
    recording = Recording(BACKEND, BACKEND.device("cpu"))
    return recording.lift(BACKEND.from_host(x, recording.device))


def host(value: Any) -> Any:
    """Recorded arrays anywhere in an answer as NumPy arrays."""
    if isinstance(value, RecordedArray):
        return value._host()
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return np.array([host(entry) for entry in value.ravel()]).reshape(value.shape)
    if isinstance(value, (list, tuple)):
        return [host(entry) for entry in value]
    return value


def same(got: Any, want: Any, tolerance: float) -> None:
    """Values, shapes and dtypes, through tuples and lists."""
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            same(one, other, tolerance)
        return
    assert np.shape(got) == np.shape(want)
    assert np.asarray(got).dtype == np.asarray(want).dtype
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance)


def agrees(f: Program, x: Array) -> None:
    """f over the recorded array answers what f over NumPy's answers, and leaves its argument alike."""
    plain = x.copy()
    with BACKEND.context(BACKEND.device("cpu"), x.dtype):
        face = recorded(x)
        same(host(f(face)), f(plain), 1e-12 if x.dtype == np.float64 else 2e-5)
        np.testing.assert_array_equal(host(face), plain)


def total(answer: Any) -> Any:
    """One number that depends on every entry of an answer: a sum with uneven weights."""
    if isinstance(answer, (list, tuple)):
        return sum(total(entry) * (position + 1.0) for position, entry in enumerate(answer))
    if isinstance(answer, np.ndarray) and answer.dtype.kind == "O":
        return sum(entry * np.cos(position) for position, entry in enumerate(answer.ravel()))
    if answer.dtype.kind == "c":
        return total(np.real(answer)) + 2.0 * total(np.imag(answer))
    return np.sum(answer * np.cos(np.arange(answer.size)).reshape(answer.shape))


def gradient(f: Program, x: Array) -> Array:
    device = BACKEND.device("cpu")
    with BACKEND.context(device, x.dtype):
        recording = Recording(BACKEND, device)
        native = BACKEND.from_host(x, device)
        y, pull = BACKEND.vjp(lambda native: recording.lower(f(recording.lift(native))), native, nested=False)
        assert tuple(y.shape) == ()
        return BACKEND.to_host(pull(BACKEND.from_host(np.ones((), x.dtype), device)))


def differentiates(f: Program, x: Array) -> None:
    """The gradient of a total of f through the recorded array is the central difference on plain NumPy."""

    def number(values: Any) -> Any:
        return total(f(values * 1.0))

    step = 1e-5
    got, want = gradient(number, x), np.zeros_like(x)
    for position in np.ndindex(x.shape):
        with suppress(IndexError):
            ahead, behind = x.copy(), x.copy()
            ahead[position] += step
            behind[position] -= step
            want[position] = (number(ahead) - number(behind)) / (2 * step)
    np.testing.assert_allclose(got, want, rtol=2e-6, atol=2e-7)


def read(case: str) -> tuple[Program, Array]:
    """``"MATRIX: x.T"`` as the function x -> x.T, and the point at which it is tried."""
    point, _, body = case.partition(": ")
    return eval(f"lambda x: {body}", {"np": np, **globals()}), globals()[point]
