"""f written against the Python array API standard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from multigrad import DeviceUnavailable
from tests.array.programs import BACKEND, MATRIX, VECTOR, gradient, host, recorded


def softmax(x: Any, xp: Any) -> Any:
    shifted = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
    return shifted / xp.sum(shifted, axis=-1, keepdims=True)


def polynomial(x: Any, xp: Any) -> Any:
    powers = xp.pow(xp.expand_dims(x, axis=-1), xp.arange(4, dtype=x.dtype, device=x.device))
    return powers @ xp.asarray([1.0, -2.0, 0.5, 3.0], dtype=x.dtype)


def filled(x: Any, xp: Any) -> Any:
    out = xp.zeros(x.shape[0], dtype=xp.float64)
    out[1] = xp.atan2(x[0], x[1])
    out[2:] = xp.asinh(x[2:])
    return xp.concat([out, xp.asarray([x[0], 1.0])])


def moved(x: Any, xp: Any) -> Any:
    assert xp.isdtype(x.dtype, "real floating")
    eye = xp.eye(x.shape[0], device=x.device)
    return xp.permute_dims(xp.linalg.outer(x, x) + eye, (1, 0)) @ xp.linspace(0.0, 1.0, x.shape[0])


def spectrum(x: Any, xp: Any) -> Any:
    return xp.real(xp.fft.ifft(xp.fft.fft(x) * xp.fft.fftfreq(x.shape[0]) ** 2))


def chosen(x: Any, xp: Any) -> Any:
    x = xp.astype(x, xp.float64, copy=False)
    return xp.where(xp.isfinite(x) & (x > 0), x, xp.full_like(x, 2.0) * xp.astype(x < -1, x.dtype))


PROGRAMS = (softmax, polynomial, filled, moved, spectrum, chosen)


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_of_the_standard_answer_as_numpy_does(program: Any) -> None:
    want = program(VECTOR, np)
    x = recorded(VECTOR)
    np.testing.assert_allclose(host(program(x, x.__array_namespace__())), want, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_of_the_standard_differentiate(program: Any) -> None:
    def scalar(x: Any) -> Any:
        y = program(x, x.__array_namespace__())
        return (y * np.cos(np.arange(y.size))).sum()

    def plain(x: Any) -> Any:
        y = program(x, np)
        return (y * np.cos(np.arange(y.size))).sum()

    steps = 1e-6 * np.eye(VECTOR.size)
    want = [(plain(VECTOR + step) - plain(VECTOR - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(gradient(scalar, VECTOR), want, rtol=1e-6, atol=1e-8)


def test_the_namespace_of_all_arrays_of_a_backend_is_one() -> None:
    one, other = recorded(VECTOR).__array_namespace__(), recorded(MATRIX).__array_namespace__()
    assert one == other
    assert len({one, other}) == 1


def test_its_name_is_that_of_a_module() -> None:
    """SciPy asks for it: where SCIPY_ARRAY_API=1 is set, its functions are written for any namespace."""
    assert recorded(VECTOR).__array_namespace__().__name__ == "multigrad.array.namespace"


def test_every_listed_name_is_there() -> None:
    namespace = recorded(VECTOR).__array_namespace__()
    assert all(getattr(namespace, name) is not None for name in dir(namespace) if name != "newaxis")
    assert namespace.power is np.power  # NumPy's own names, where they have a derivative
    with pytest.raises(AttributeError, match="vectorize"):
        namespace.vectorize  # noqa: B018  it is no name of the standard's


def test_another_device_is_refused() -> None:
    x = recorded(VECTOR)
    assert x.to_device("cpu").device == BACKEND.device_name(BACKEND.device("cpu"))
    with pytest.raises(DeviceUnavailable):
        x.__array_namespace__().zeros(3, device="cuda:7")
