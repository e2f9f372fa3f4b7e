"""The conformance kit must be able to fail: a backend that tells one lie is caught, an honest one is not."""

import warnings
from collections.abc import Callable
from contextlib import contextmanager
from itertools import count
from typing import Any
from unittest.mock import patch

import autograd.core
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import getval, isbox, new_box

from multigrad.backends._autograd import AutogradBackend
from multigrad.backends.contract import Backend
from multigrad.backends.rows import LOGICAL, OPTIONAL, REQUIRED, UNARY_PREDICATES
from multigrad.errors import NotDifferentiable
from multigrad.testing import conformance

TRUE = AutogradBackend()
CASES = conformance.cases()


def delegate(name: str) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: getattr(TRUE, name)(*args, **kwargs)


def backend(rows: dict[str, Any] | None = None, **methods: Any) -> Backend:
    """autograd's backend, with some of its rows and methods replaced."""
    methods_of_true = (*Backend.__abstractmethods__, "context", "strict", "is_recorded")
    told = {name: delegate(name) for name in methods_of_true}
    told |= {name: getattr(TRUE, name) for name in ("name", "module", "install", "forward_is_cheaper")}
    wrapped: Backend = type("Wrapped", (Backend,), {**told, **methods})()
    wrapped.rows = {**TRUE.rows, **(rows or {})}
    return wrapped


def scaled(factor: float) -> Callable[..., Any]:
    def vjp(self: Backend, f: Any, x: Any, *, nested: bool) -> Any:
        y, pullback = TRUE.vjp(f, x, nested=nested)
        return y, lambda u: pullback(u) * factor

    return vjp


def scaled_forward(self: Backend, f: Any, x: Any, v: Any, *, nested: bool) -> Any:
    y, slope = TRUE.jvp(f, x, v, nested=nested)
    return y, slope * (1 + 1e-6)


def cut_off(self: Backend, f: Any, x: Any, v: Any, *, nested: bool) -> Any:
    """Right once; the slope of the slope is lost."""
    y, slope = TRUE.jvp(f, x, v, nested=nested)
    return y, np.asarray(getval(slope))


def confused(self: Backend, f: Any, x: Any, v: Any, *, nested: bool) -> Any:
    """Forward mode that gives every level the same name."""
    y = f(new_box(x, 0, autograd.core.JVPNode.new_root(v)))
    return (y._value, y._node.g) if isbox(y) else (y, np.zeros_like(y))


def numbered_together_vjp(self: Backend, f: Any, x: Any, *, nested: bool) -> Any:
    """autograd's own: levels are counted for all threads at once, and constants warn."""
    pullback, y = autograd.core.make_vjp(f, x)
    return y, pullback


def numbered_together_jvp(self: Backend, f: Any, x: Any, v: Any, *, nested: bool) -> Any:
    return autograd.core.make_jvp(f, x)(v)


def eager_twice(self: Backend, f: Any, x: Any, *, nested: bool) -> Any:
    f(x)
    return TRUE.vjp(f, x, nested=nested)


def once_only(self: Backend, f: Any, x: Any, *, nested: bool) -> Any:
    y, pullback = TRUE.vjp(f, x, nested=nested)
    turns = count()
    return y, lambda u: pullback(u) if next(turns) == 0 else u * 0


def with_float(self: Backend, f: Any, x: Any, *, nested: bool) -> Any:
    """Lets float(x) out of the recording."""
    with patch.object(ArrayBox, "__float__", lambda box: float(getval(box)), create=True):
        return TRUE.vjp(f, x, nested=nested)


@contextmanager
def loud(self: Backend, device: Any, dtype: Any) -> Any:
    np.seterr(divide="raise")
    yield


@contextmanager
def drawing(self: Backend, device: Any, dtype: Any) -> Any:
    np.random.random()
    yield


@contextmanager
def for_all_threads(self: Backend, device: Any, dtype: Any) -> Any:
    """Put back afterwards, but meanwhile in force everywhere."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="a filter of mine")
        yield


def last_argmax(x: Any, axis: int, keepdims: bool) -> Any:
    value = np.flip(getval(x), axis)
    return value.shape[axis] - 1 - np.argmax(value, axis, keepdims=keepdims)


def unbiased(x: Any, axes: Any, keepdims: bool, ddof: int) -> Any:
    return TRUE.rows["var"](x, axes, keepdims, 1)


def signed_remainder(a: Any, b: Any) -> Any:
    return np.fmod(getval(a), getval(b))


def wide_mean(x: Any, axes: Any, keepdims: bool) -> Any:
    return TRUE.rows["mean"](x, axes, keepdims) * np.float64(1)


def sorted_backwards(x: Any, axis: int) -> Any:
    return -np.flip(np.sort(-getval(x), axis), axis)


def translate_all(self: Backend, error: BaseException) -> NotDifferentiable:
    return NotDifferentiable(str(error))


def in_place(x: Any) -> Any:
    return anp.negative(x) if isbox(x) else np.negative(x, out=x)


def anywhere(self: Backend, spec: object) -> Any:
    return "cpu"


LIES: dict[str, tuple[str, Backend]] = {
    "reverse off by 1e-6": ("tanh", backend(vjp=scaled(1 + 1e-6))),
    "forward off by 1e-6": ("tanh", backend(jvp=scaled_forward)),
    "second derivative lost": ("derivatives of derivatives are right", backend(jvp=cut_off)),
    "second derivative of a row lost": ("exp", backend(jvp=cut_off)),
    "perturbations confused": ("perturbations are not confused", backend(jvp=confused)),
    "threads share a counter": (
        "threads do not disturb each other", backend(vjp=numbered_together_vjp, jvp=numbered_together_jvp),
    ),
    "constants warn": ("constants have zero derivatives", backend(vjp=numbered_together_vjp)),
    "f called twice": ("f is called once by vjp and twice at most by jvp", backend(vjp=eager_twice)),
    "pullback good for once": ("pullback may be called again", backend(vjp=once_only)),
    "value off by 1e-9": ("log1p", backend({"log1p": lambda x: anp.log1p(x) * (1 + 1e-9)})),
    "var divides by n - 1": ("var", backend({"var": unbiased})),
    "remainder with the sign of fmod": ("remainder", backend({"remainder": signed_remainder})),
    "float32 becomes float64": ("mean", backend({"mean": wide_mean})),
    "slopes become float64": ("tanh", backend(vjp=scaled(np.float64(1)))),
    "comparisons give floats": ("less", backend({"less": lambda a, b: anp.less(a, b) * 1.0})),
    "argmax takes the last": ("argmax", backend({"argmax": last_argmax})),
    "sort puts NaN first": ("sort", backend({"sort": sorted_backwards})),
    "a row writes to its operand": ("negative", backend({"negative": in_place})),
    "a row of no table": ("rows are those of the table", backend({"sine": anp.sin})),
    "from_host shares memory": ("from host copies", backend(from_host=lambda self, x, _: np.asarray(x))),
    "to_host shares memory": ("to host copies", backend(to_host=lambda self, x: np.asarray(getval(x)))),
    "error state left changed": ("context leaves no trace", backend(context=loud)),
    "random numbers drawn": ("context leaves no trace", backend(context=drawing)),
    "a context for all threads": ("contexts stay in their thread", backend(context=for_all_threads)),
    "float(x) leaves": ("recorded values do not leave when strict", backend(vjp=with_float)),
    "everything is elementwise": ("mixing finds what is not elementwise", backend(mixing=lambda *_: [])),
    "nothing is elementwise": ("mixing knows arithmetic", backend(mixing=lambda *_: ["anything"])),
    "errors of others translated": (
        "exceptions of others are not translated", backend(translate=translate_all),
    ),
    "any device will do": ("absent devices are refused", backend(device=anywhere)),
    "owns NumPy's arrays": ("owns its own arrays only", backend(owns=lambda _, x: isinstance(x, np.ndarray))),
}  # fmt: skip
"""What is wrong -> the subject that must notice, and the backend."""


def complaints(liar: Backend, subject: str) -> list[str]:
    said = []
    for case in CASES:
        if case.subject == subject:
            try:
                case.check(liar)
            except AssertionError as error:
                said.append(str(error))
    return said


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_caught(lie: str) -> None:
    subject, liar = LIES[lie]
    said = complaints(liar, subject)
    assert said, f"the kit believes: {lie}"
    assert all(liar.name in text for text in said)


@pytest.mark.parametrize("subject", sorted({subject for subject, _ in LIES.values()}))
def test_the_truth_is_believed(subject: str) -> None:
    assert complaints(backend(), subject) == []


def test_what_a_backend_raises_is_the_cause_of_the_failure() -> None:
    fault = ZeroDivisionError("mine")

    def broken(x: Any) -> Any:
        raise fault

    case = next(case for case in CASES if case.subject == "sin")
    with pytest.raises(AssertionError, match=r"value of sin.*ZeroDivisionError") as caught:
        case.check(backend({"sin": broken}))
    assert caught.value.__cause__ is fault


def test_all_failures_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    of_interest = [case for case in CASES if case.subject in ("exp", "log")]
    monkeypatch.setattr(conformance, "cases", lambda device, state: of_interest)
    with pytest.raises(AssertionError, match=r"(?s)^\d+ cases fail:\n.*value of exp.*slope of exp"):
        conformance.check_backend(backend({"exp": anp.exp2}))


def test_every_row_is_tried_and_by_its_slope_where_it_has_one() -> None:
    without = {*UNARY_PREDICATES, *LOGICAL, "any", "all"} - {"isnan", "isinf", "isfinite", "signbit"}
    for kind, expected in (("value", REQUIRED | OPTIONAL), ("slope", (REQUIRED | OPTIONAL) - without)):
        tried = {case.subject for case in CASES if case.name.startswith(f"{kind} of")}
        assert expected - tried == set(), kind


def test_names_are_unique_and_the_order_is_fixed() -> None:
    names = [str(case) for case in CASES]
    assert len(set(names)) == len(names)
    assert names == [str(case) for case in conformance.cases()]


def test_an_optional_row_may_be_missing_and_a_required_one_may_not() -> None:
    for row, subject in (("linalg.det", True), ("where", False)):
        poor = backend()
        poor.rows = {name: function for name, function in TRUE.rows.items() if name != row}
        assert (complaints(poor, row) == []) is subject
