"""The referee's rows: values against NumPy, dual numbers against differences of the eighth order."""

import warnings
from itertools import groupby
from typing import Any

import numpy as np
import pytest

from multigrad.backends.rows import OPTIONAL, REQUIRED
from multigrad.comparisons.referee.backend import RefereeBackend
from multigrad.testing import differences
from multigrad.testing.derivatives import curve
from multigrad.testing.sample import NUMPY, Sample, arrays_in, with_arrays
from multigrad.testing.samples import samples

SAMPLES = {
    row: list(group)
    for row, group in groupby(sorted(samples(np.float64), key=lambda s: s.row), key=lambda s: s.row)
}
SMOOTH = {row: [s for s in group if s.smooth] for row, group in SAMPLES.items()}


@pytest.fixture(scope="module")
def many_digits() -> RefereeBackend:
    return RefereeBackend(120)


def operands(sample: Sample) -> list[Any]:
    # mpmath has no signed zero: -0.0 counts as 0.0.
    return [array + 0.0 if array.dtype.kind == "f" else array for array in arrays_in(sample.arguments)]


def test_there_is_a_row_for_every_name(many_digits: RefereeBackend) -> None:
    assert set(many_digits.rows) >= REQUIRED | OPTIONAL


@pytest.mark.parametrize("row", SAMPLES)
def test_values_are_numpys(many_digits: RefereeBackend, row: str) -> None:
    for sample in SAMPLES[row]:
        arrays = operands(sample)
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            expected = NUMPY[row](*with_arrays(sample.arguments, iter([a.copy() for a in arrays])))
        natives = [many_digits.from_host(array, "cpu") for array in arrays]
        answer = many_digits.rows[row](*with_arrays(sample.arguments, iter(natives)))
        if sample.canonical:
            answer, expected = sample.canonical(many_digits.rows, answer), sample.canonical(NUMPY, expected)
        pairs = zip(answer, expected, strict=True) if isinstance(expected, tuple) else [(answer, expected)]
        for got, want in ((many_digits.to_host(got), np.asarray(want)) for got, want in pairs):
            single = want.dtype in (np.float32, np.complex64)
            assert got.shape == want.shape, sample.shown()
            assert single or got.dtype == want.dtype, sample.shown()
            tolerance = 1e-6 if single else 1e-12
            np.testing.assert_allclose(got, want, tolerance, tolerance, err_msg=sample.shown())
        for native, array in zip(natives, arrays, strict=True):
            np.testing.assert_array_equal(many_digits.to_host(native), array)


@pytest.mark.parametrize("row", [row for row, group in SMOOTH.items() if group])
def test_dual_numbers_have_the_right_derivative(many_digits: RefereeBackend, row: str) -> None:
    random = np.random.default_rng(3)
    for sample in SMOOTH[row]:
        arrays = operands(sample)
        natives = [many_digits.from_host(array, "cpu") for array in arrays]
        for which, x in enumerate(arrays):
            if x.dtype != np.float64 or not x.size:
                continue
            v = random.uniform(0.5, 1.5, x.shape) * random.choice([-1.0, 1.0], x.shape)
            f, reference = (
                curve(many_digits.rows, sample, natives, which),
                curve(NUMPY, sample, arrays, which),
            )
            along = many_digits.from_host(v, "cpu")

            def slope(x: Any, f: Any = f, along: Any = along) -> Any:
                return many_digits.jvp(f, x, along)[1]

            first, second = many_digits.jvp(slope, natives[which], along)
            for got, want, tolerance in (
                (first, differences.first(reference, x, v), 1e-8),
                (second, differences.second(reference, x, v), 1e-5),
            ):
                scale = max(1.0, float(np.max(np.abs(want), initial=0.0)))
                np.testing.assert_allclose(
                    many_digits.to_host(got), want, 0, tolerance * scale, err_msg=sample.shown()
                )


def test_derivative_of_det_needs_no_inverse(many_digits: RefereeBackend) -> None:
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    _, pullback = many_digits.vjp(many_digits.rows["linalg.det"], many_digits.from_host(singular, "cpu"))
    gradient = pullback(many_digits.from_host(np.array(1.0), "cpu"))
    np.testing.assert_array_equal(many_digits.to_host(gradient), [[4.0, -2.0], [-2.0, 1.0]])  # the cofactors


def test_every_operation_is_rounded_to_the_bits_asked_for() -> None:
    backend = RefereeBackend(53)
    x, rows = backend.from_host(np.array(0.1), "cpu"), backend.rows
    assert float(backend.to_host(rows["add"](x, 0.2))) == 0.1 + 0.2
    backend.run_at(200)
    exact = rows["subtract"](rows["add"](x, 0.2), 0.1 + 0.2)
    assert 0 < abs(float(backend.to_host(exact))) < 2.0**-54 + 1e-30
    backend.run_at(53, rounds_float32=True)
    assert float(backend.to_host(rows["astype"](x, np.dtype(np.float32)))) == float(np.float32(0.1))


def test_perturbations_of_two_levels_are_not_confused(many_digits: RefereeBackend) -> None:
    one, rows = many_digits.from_host(np.array(1.0), "cpu"), many_digits.rows

    def f(x: Any) -> Any:
        return rows["multiply"](x, many_digits.jvp(lambda y: rows["add"](x, y), one, one)[1])

    assert (
        float(many_digits.to_host(many_digits.jvp(f, many_digits.from_host(np.array(5.0), "cpu"), one)[1]))
        == 1.0
    )
