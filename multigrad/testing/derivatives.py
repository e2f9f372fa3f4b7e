"""The conformance kit's comparison of derivatives with differences of the NumPy function."""

from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.backends.contract import Backend
from multigrad.testing import differences
from multigrad.testing.differences import Array
from multigrad.testing.sample import NUMPY, Rows, Sample, arrays_in, with_arrays

FIRST_TOLERANCE = {"float64": 1e-8, "float32": 1e-4}
SECOND_TOLERANCE = 1e-5
"""Relative to the largest entry, or to 1: the differences themselves are ten times better."""


def curve(rows: Rows, sample: Sample, arrays: list[Any], which: int) -> Callable[[Any], Any]:
    """The sample's row as a function of one operand: the same code over NumPy's rows and a backend's."""

    def function(x: Any) -> Any:
        if sample.enter:
            x = sample.enter(rows, x)
        given = [x if k == which else array for k, array in enumerate(arrays)]
        arguments = with_arrays(sample.arguments, iter(given))
        answer = rows[sample.row](*arguments)
        if sample.canonical:
            answer = sample.canonical(rows, answer)
        if sample.leave:
            answer = sample.leave(rows, arguments, answer)
        if not isinstance(answer, tuple):
            return answer
        flat = [rows["reshape"](part, (int(np.prod(part.shape)),)) for part in answer]
        return rows["concatenate"](flat, 0)

    return function


def check(
    backend: Backend, sample: Sample, dtype: np.dtype[Any], device: str | None, twice: bool = True
) -> None:
    """vjp, jvp and, where `twice`, both second derivatives of a sample, by each of its floating operands."""
    arrays = list(arrays_in(sample.arguments))
    wide = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in arrays]
    place = backend.device(device or backend.devices()[0])
    with backend.context(place, dtype):
        natives = [backend.from_host(a, place) for a in arrays]
        for which, array in enumerate(arrays):
            if array.dtype != dtype or array.size == 0:
                continue
            f, reference = curve(backend.rows, sample, natives, which), curve(NUMPY, sample, wide, which)
            judge = _Judge(backend, sample, place, dtype, which)
            judge.first_derivatives(f, reference, natives[which], wide[which])
            if twice and dtype == np.float64:
                judge.second_derivatives(f, reference, natives[which], wide[which])


class _Judge:
    """Compares the derivatives of one curve; knows what to say about it."""

    def __init__(
        self, backend: Backend, sample: Sample, place: Any, dtype: np.dtype[Any], which: int
    ) -> None:
        self.backend, self.sample, self.place, self.dtype, self.which = backend, sample, place, dtype, which
        self.random = np.random.default_rng(7)

    def direction(self, shape: tuple[int, ...]) -> Array:
        """Numbers like any other, none near zero."""
        numbers: Array = self.random.uniform(0.5, 1.5, shape) * self.random.choice([-1.0, 1.0], shape)
        return numbers

    def native(self, array: Array) -> Any:
        return self.backend.from_host(np.asarray(array, self.dtype), self.place)

    def first_derivatives(self, f: Any, reference: Any, x: Any, point: Array) -> None:
        jacobian = differences.jacobian(reference, point)
        value = np.asarray(reference(point))
        u, v = self.direction(value.shape), self.direction(point.shape)
        y, pullback = self.backend.vjp(f, x, nested=False)
        tolerance = FIRST_TOLERANCE[self.dtype.name]
        self.same("value beside the pullback", y, value, tolerance)
        expected = np.tensordot(u, jacobian, u.ndim)
        self.same("vjp", pullback(self.native(u)), expected, tolerance)
        self.same("vjp, its pullback called again", pullback(self.native(2 * u)), 2 * expected, tolerance)
        y, slope = self.backend.jvp(f, x, self.native(v), nested=False)
        self.same("value beside the jvp", y, value, tolerance)
        self.same("jvp", slope, np.tensordot(jacobian, v, v.ndim), tolerance)
        assert np.array_equal(self.backend.to_host(x), point), f"x was written to{self.said()}"

    def second_derivatives(self, f: Any, reference: Any, x: Any, point: Array) -> None:
        v = self.direction(point.shape)
        expected = differences.second(reference, point, v)
        u = self.direction(expected.shape)
        along, across = self.native(v), self.native(u)
        rows = self.backend.rows

        def forward(x: Any) -> Any:
            return self.backend.jvp(f, x, along, nested=True)[1]

        def reverse(x: Any) -> Any:
            return rows["multiply"](self.backend.vjp(f, x, nested=True)[1](across), along)

        twice = self.backend.jvp(forward, x, along, nested=True)[1]
        self.same("jvp of jvp", twice, expected, SECOND_TOLERANCE)
        _, pullback = self.backend.vjp(reverse, x, nested=True)
        product = self.backend.to_host(pullback(self.native(np.ones(point.shape)))) * v
        self.close("vjp of vjp", np.sum(product), np.sum(u * expected), SECOND_TOLERANCE)

    def same(self, what: str, answer: Any, expected: Array, tolerance: float) -> None:
        got = self.backend.to_host(answer)
        device = self.backend.device_of(answer)
        assert device in (None, self.place), (
            f"{what} lies on {device!r} instead of {self.place!r}{self.said()}"
        )
        assert got.shape == expected.shape, f"{what}: shape {got.shape} not {expected.shape}{self.said()}"
        assert got.dtype == self.dtype, f"{what}: dtype {got.dtype} instead of {self.dtype}{self.said()}"
        self.close(what, got, expected, tolerance)

    def close(self, what: str, got: Any, expected: Any, tolerance: float) -> None:
        scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        close = np.allclose(got, expected, 0, tolerance * scale)
        assert close, f"wrong {what}{self.said()}\n  expected {expected!r}\n  got      {got!r}"

    def said(self) -> str:
        return f", by operand {self.which}\n  input    {self.sample.shown()}"
