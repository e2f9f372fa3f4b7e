"""The conformance kit: does a backend obey `multigrad.backends.contract`?

A backend that passes every case is one that `multigrad.slope` and its family may stand on. The built-in ones
are tested with nothing else. In the tests of a backend of your own::

    import pytest
    from multigrad.testing import conformance
    from mypackage.backend import MyBackend

    @pytest.mark.parametrize("case", conformance.cases(), ids=str)
    def test_conformance(case):
        case.check(MyBackend())

or, without pytest, ``conformance.check_backend(MyBackend())``.

There are three kinds of case:

``value``
    One row at one sample: value, shape and dtype are NumPy's own; the answer lies on the device; no operand
    has changed. Over float64 and float32, zero to three dimensions, empty arrays, NaN and infinity, and
    integers, booleans and complex numbers where NumPy takes them.
``slope``
    One row where it is smooth: `Backend.vjp` and `Backend.jvp` by each floating operand against central
    differences of the eighth order of the NumPy function itself; for the first samples of each row also in
    float32, and in float64 both second derivatives (forward over forward, reverse over reverse).
``law``
    One of the contract's laws (`multigrad.testing.laws`).

The width of integer answers is compared in float64 only: JAX has no int64 outside its 64-bit mode.
Each failure is an `AssertionError` that says which row, what went in, what was expected and what came.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends.contract import Backend
from multigrad.backends.rows import LINALG, OPTIONAL, REDUCTIONS
from multigrad.testing import derivatives, laws
from multigrad.testing.bench import quiet
from multigrad.testing.differences import Array
from multigrad.testing.sample import NUMPY, Sample, arrays_in, with_arrays
from multigrad.testing.samples import samples

TOLERANCES = {"float64": (1e-11, 1e-13), "float32": (2e-5, 2e-6)}
"""Relative and absolute, by the precision of the sample."""

THOROUGH = 3
"""So many samples of each row have their slopes taken in float32 too, and their second derivatives. More
shows little more (there are 23 ways to index), and takes minutes where each operation is compiled anew.
"""

INTRICATE = frozenset(("power", "clip", *REDUCTIONS, *LINALG))
"""Rows whose other arguments choose between rules: there all samples."""


@dataclass(frozen=True)
class Case:
    """One thing that a backend must do.

    Attributes
    ----------
    name
        What is checked, readable: ``"value of sum(float64[2,3], (0,), False)"``. Also ``str(case)``.
    subject
        The row's name, or that of the law.
    optional
        Whether a backend may do without that row.

    Examples
    --------
    >>> from multigrad.backends._autograd import AutogradBackend
    >>> case = next(c for c in cases() if c.subject == "sum")
    >>> print(case)
    value of sum(complex128[2,3], (1,), False)
    >>> case.check(AutogradBackend())
    """

    name: str
    subject: str
    optional: bool
    run: Callable[[Backend], None]

    def __str__(self) -> str:
        return self.name

    def applies_to(self, backend: Backend) -> bool:
        """Whether there is something to check: False for an optional row that the backend has not."""
        return not self.optional or self.subject in backend.rows

    def check(self, backend: Backend) -> None:
        """Check it; where the case does not apply, do nothing.

        Raises
        ------
        AssertionError
            The backend is wrong; or it raised, and its exception is the cause.
        """
        if not self.applies_to(backend):
            return
        if self.subject in NUMPY:
            assert self.subject in backend.rows, (
                f"backend {backend.name!r} has no row {self.subject!r}, required"
            )
        with np.errstate(all="ignore"), quiet():
            try:
                self.run(backend)
            except AssertionError as wrong:
                raise AssertionError(f"backend {backend.name!r}, {self.name}: {wrong}") from wrong.__cause__
            except Exception as error:
                raise AssertionError(f"backend {backend.name!r}, {self.name}: raised {error!r}") from error


def cases(device: str | None = None, state: Callable[[], object] | None = None) -> list[Case]:
    """Every case, in a fixed order and with unique names.

    Parameters
    ----------
    device
        The name of the device that everything runs on; by default the backend's first. Where there is
        another, run the cases there too: what lands on the default device by mistake shows only then.
    state
        Reads the framework's global state (default dtype, precision switches ...), which must be the same
        before and after each of `Backend.context`, `vjp` and `jvp`. NumPy's error state and the random
        states of NumPy and Python are compared in any case.
    """
    table = [*_sample_cases(np.dtype(np.float64), device), *_sample_cases(np.dtype(np.float32), device)]
    for name, law in laws.laws().items():
        table.append(Case(f"law: {name}", name, False, partial(law, device=device, state=state)))
    return _distinct(table)


def _sample_cases(dtype: np.dtype[Any], device: str | None) -> Iterator[Case]:
    slopes: Counter[str] = Counter()
    for sample in samples(dtype):
        if sample.row not in NUMPY:
            continue  # SciPy's, where there is no SciPy to compare with
        optional = sample.row in OPTIONAL
        value = partial(check_value, sample=sample, dtype=dtype, device=device)
        yield Case(f"value of {sample}", sample.row, optional, value)
        if not sample.smooth:
            continue
        slopes[sample.row] += 1
        thorough = slopes[sample.row] <= THOROUGH or sample.row in INTRICATE
        if thorough or dtype == np.float64:
            slope = partial(derivatives.check, sample=sample, dtype=dtype, device=device, twice=thorough)
            yield Case(f"slope of {sample}", sample.row, optional, slope)


def _distinct(table: list[Case]) -> list[Case]:
    seen: dict[str, int] = {}
    distinct = []
    for case in table:
        count = seen[case.name] = seen.get(case.name, 0) + 1
        name = case.name if count == 1 else f"{case.name} #{count}"
        distinct.append(Case(name, case.subject, case.optional, case.run))
    return distinct


def check_backend(
    backend: Backend, device: str | None = None, state: Callable[[], object] | None = None
) -> None:
    """Check every case; the parameters are those of `cases`.

    Raises
    ------
    AssertionError
        One for all that is wrong, a line for each case.

    Examples
    --------
    >>> from multigrad.backends._autograd import AutogradBackend
    >>> check_backend(AutogradBackend())
    """
    wrong = []
    for case in cases(device, state):
        try:
            case.check(backend)
        except AssertionError as error:
            wrong.append(str(error))
    if wrong:
        raise AssertionError(f"{len(wrong)} cases fail:\n" + "\n".join(wrong))


def check_value(backend: Backend, sample: Sample, dtype: np.dtype[Any], device: str | None) -> None:
    """One row at one sample against NumPy."""
    arrays = list(arrays_in(sample.arguments))
    row = backend.rows[sample.row]
    place = backend.device(device or backend.devices()[0])
    with backend.context(place, dtype):
        natives = [backend.from_host(a, place) for a in arrays]
        answer = row(*with_arrays(sample.arguments, iter(natives)))
        expected = NUMPY[sample.row](*with_arrays(sample.arguments, iter([a.copy() for a in arrays])))
        if sample.canonical:
            answer, expected = sample.canonical(backend.rows, answer), sample.canonical(NUMPY, expected)
        pairs = list(_pairs(answer, expected))
        for got, want in pairs:
            _compare(backend, sample, dtype, place, got, np.asarray(want))
        for native, array in zip(natives, arrays, strict=True):
            same = np.array_equal(backend.to_host(native), array, equal_nan=array.dtype.kind in "fc")
            assert same, f"{sample.shown()} changed its operand {array!r} to {backend.to_host(native)!r}"


def _pairs(answer: Any, expected: Any) -> Iterator[tuple[Any, Any]]:
    """Answer beside expectation, for rows with several answers too."""
    if not isinstance(expected, tuple):
        yield answer, expected
        return
    assert len(answer) == len(expected), f"expected {len(expected)} answers, got {len(answer)}"
    yield from zip(answer, expected, strict=True)


def _compare(
    backend: Backend, sample: Sample, dtype: np.dtype[Any], place: Any, answer: Any, expected: Array
) -> None:
    got = backend.to_host(answer)
    said = f"\n  input    {sample.shown()}\n  expected {expected!r}\n  got      {got!r}"
    assert backend.device_of(answer) in (None, place), (
        f"the answer lies on {backend.device_of(answer)!r}{said}"
    )
    assert got.shape == expected.shape, f"shape {got.shape} instead of {expected.shape}{said}"
    assert backend.dtype_of(answer) == got.dtype, f"dtype_of says {backend.dtype_of(answer)}{said}"
    if expected.dtype.kind in "iu" and dtype == np.float32:
        assert got.dtype.kind in "iu", f"dtype {got.dtype} instead of an integer's{said}"
    else:
        assert got.dtype == expected.dtype, f"dtype {got.dtype} instead of {expected.dtype}{said}"
    assert _close(got, expected, dtype), f"other numbers than NumPy's{said}"


def _close(got: Array, expected: npt.NDArray[Any], dtype: np.dtype[Any]) -> bool:
    if expected.dtype.kind not in "fc":
        return np.array_equal(got, expected)
    relative, absolute = TOLERANCES[np.result_type(dtype).name]
    if expected.dtype in (np.float32, np.complex64):
        relative, absolute = TOLERANCES["float32"]
    return np.allclose(got, expected, relative, absolute, equal_nan=True)


__all__ = ["Case", "cases", "check_backend"]
