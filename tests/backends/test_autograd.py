"""The autograd adapter: the contract, and what is special about autograd's recordings, rules and words."""

import math
import threading
from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.extend import defvjp, primitive
from autograd.tracer import trace_stack

from multigrad.backends._autograd import AutogradBackend
from multigrad.errors import DeviceUnavailable, NotDifferentiable
from multigrad.testing import conformance

BACKEND = AutogradBackend()
ONE = np.array(1.0)


@pytest.mark.parametrize("case", conformance.cases(), ids=str)
def test_conformance(case: conformance.Case) -> None:
    case.check(BACKEND)


def slope(f: Callable[[Any], Any], x: Any, *, forward: bool) -> Any:
    if forward:
        return BACKEND.jvp(f, x, ONE, nested=True)[1]
    return BACKEND.vjp(f, x, nested=True)[1](ONE)


def error_of(f: Callable[[Any], Any], x: Any = ONE) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011  which one is what the callers look at
        BACKEND.vjp(f, x, nested=False)
    return caught.value


# Recordings beside autograd's own ------------------------------------------------------------------------


@pytest.mark.parametrize("forward", [False, True])
def test_autograd_may_record_inside(forward: bool) -> None:
    # x d/dy (x² y³) at y = 2 is 12 x³
    def f(x: Any) -> Any:
        return x * autograd.grad(lambda y: x**2 * y**3)(2.0)

    assert slope(f, np.array(3.0), forward=forward) == 36 * 3.0**2


@pytest.mark.parametrize("forward", [False, True])
def test_autograd_may_record_around(forward: bool) -> None:
    def f(x: Any) -> Any:
        return x * slope(lambda y: x**2 * y**3, np.array(2.0), forward=forward)

    assert autograd.grad(f)(3.0) == 36 * 3.0**2


@pytest.mark.parametrize("forward", [False, True])
def test_recordings_take_turns_with_autograds(forward: bool) -> None:
    # ours (autograd's (ours)): the fourth power, three times
    def f(x: Any) -> Any:
        return autograd.grad(lambda y: slope(lambda z: z**4 + x * z, y, forward=forward))(x)

    assert slope(f, np.array(1.5), forward=not forward) == 24 * 1.5


def test_a_box_of_another_thread_is_told_apart() -> None:
    # d/dx [x d/dy (x y)] = 2 x, the inner slope taken in a thread that f starts
    def f(x: Any) -> Any:
        found = []
        work = lambda: found.append(slope(lambda y: x * y, np.array(5.0), forward=True))  # noqa: E731
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return x * found[0]

    assert slope(f, np.array(3.0), forward=True) == 6.0


def test_autograds_counter_is_left_alone() -> None:
    before = trace_stack.top
    with pytest.raises(ZeroDivisionError):
        BACKEND.vjp(lambda x: 1 / 0, ONE, nested=False)
    assert trace_stack.top == before


# Rules that are missing or misshapen ---------------------------------------------------------------------


@primitive
def reverse_only(x: Any) -> Any:
    return x**3


defvjp(reverse_only, lambda ans, x: lambda g: 3 * x**2 * g)


def test_forward_mode_goes_round_a_missing_rule() -> None:
    def f(x: Any) -> Any:
        return reverse_only(x) * np.array([1.0, 2.0])

    y, forward = BACKEND.jvp(f, np.array(2.0), np.array(0.5), nested=False)
    assert y.tolist() == [8.0, 16.0]
    assert forward.tolist() == [6.0, 12.0]
    assert slope(lambda x: slope(reverse_only, x, forward=True), np.array(2.0), forward=True) == 12.0


def test_a_forward_rule_of_the_wrong_shape_gives_no_wrong_number() -> None:
    # autograd's forward rule for sorting a table answers with three dimensions, which sum() would hide.
    x, v = np.array([[2.0, 1.0], [3.0, 4.0]]), np.ones((2, 2))
    with pytest.raises(NotImplementedError) as caught:
        BACKEND.jvp(lambda x: anp.sum(anp.sort(x)), x, v, nested=False)
    assert isinstance(BACKEND.translate(caught.value), NotDifferentiable)


def test_forward_mode_leaves_errors_of_f_alone() -> None:
    calls = []

    def f(x: Any) -> Any:
        calls.append(x)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        BACKEND.jvp(f, ONE, ONE, nested=False)
    assert len(calls) == 1


# Words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (float, "left the recording"),
        (int, "left the recording"),
        (math.sin, "left the recording"),
        (lambda x: math.hypot(x, 1.0), "left the recording"),
        (lambda x: x.item(), "left the recording"),
        (lambda x: x // 2, "left the recording"),
        (lambda x: np.asarray(x, dtype=float), "left the recording"),
        (lambda x: np.zeros(3).__setitem__(0, x), "left the recording"),
        (lambda x: x.__class__.__name__ and [0.0][x], "left the recording"),
        (anp.cbrt, "no derivative rule"),
        (np.cbrt, "no derivative rule"),
        (lambda x: np.add.reduce(x), "no derivative rule"),
        (lambda x: anp.pad(x * np.ones(2), 1, "edge"), "no derivative rule"),
        (lambda x: anp.sort(x * np.ones((2, 2))), "no derivative rule"),
    ],
)
def test_faults_in_autograds_words_are_translated(f: Callable[[Any], Any], said: str) -> None:
    error = error_of(f)
    known = BACKEND.translate(error)
    assert isinstance(known, NotDifferentiable)
    assert said in str(known)
    assert str(error) in str(known)


def test_writing_into_a_recorded_array_is_translated() -> None:
    def f(x: Any) -> Any:
        x[0] = 1.0
        return x

    assert "wrote into" in str(BACKEND.translate(error_of(f, np.ones(2))))


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (lambda x: np.ones(2) * (np.ones(3) * x), ValueError),
        (lambda x: anp.linalg.inv(x * np.zeros((2, 2))), np.linalg.LinAlgError),
        (lambda x: {}["missing"], KeyError),
        (lambda x: np.array([1.0]) * x if isinstance(x, float) else f"{x}" + 1, TypeError),
    ],
)
def test_errors_of_f_are_not(f: Callable[[Any], Any], kind: type[Exception]) -> None:
    error = error_of(f)
    assert isinstance(error, kind)
    assert BACKEND.translate(error) is None


@pytest.mark.parametrize(
    "f", [lambda x: [x], np.asarray, lambda x: np.concatenate([x, x]), lambda x: None, lambda x: "x"]
)
def test_answers_that_hide_recorded_values_are_no_silent_zeros(f: Callable[[Any], Any]) -> None:
    assert isinstance(error_of(f, np.ones(2)), NotDifferentiable)


def test_an_absent_device_is_explained() -> None:
    with pytest.raises(DeviceUnavailable, match=r"'cuda:0' is not here.*CPU only.*'cpu'"):
        BACKEND.device("cuda:0")


# Structure, and NumPy's warnings --------------------------------------------------------------------------


def fake_add(x: Any) -> Any:
    return x + np.roll(x, 1)


fake_add.__name__ = "add"


@pytest.mark.parametrize(
    ("f", "names"),
    [
        (lambda x: anp.where(x > 0, anp.exp(x), 2.0) * np.arange(6.0).reshape(2, 3) + np.ones(3), []),
        (lambda x: x * 0 + 3.0, []),
        (lambda x: anp.floor(x), []),
        (lambda x: x * x[:1], ["__getitem__", "broadcasting"]),
        (lambda x: x * anp.sum(x), ["broadcasting", "sum"]),
        (lambda x: anp.matmul(x, np.ones((3, 3))), ["matmul"]),
        (primitive(fake_add), ["add"]),
        (lambda x: BACKEND.vjp(anp.sin, x, nested=True)[1](np.ones((2, 3))), []),
    ],
)
def test_structure(f: Callable[[Any], Any], names: list[str]) -> None:
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    assert BACKEND.mixing(f, x, f(x)) == names


def test_the_structure_of_a_recorded_function_is_seen_in_forward_mode_too() -> None:
    found: list[list[str]] = []

    def f(x: Any) -> Any:
        y = anp.cumsum(anp.sin(x))
        found.append(BACKEND.mixing(lambda x: anp.cumsum(anp.sin(x)), x, y))
        return y

    BACKEND.jvp(f, np.ones(3), np.ones(3), nested=True)
    assert found == [["cumsum"]]


def test_derivative_rules_do_not_warn() -> None:
    x = np.zeros(2)
    with np.errstate(all="raise"):
        with BACKEND.context("cpu", np.dtype(float)):
            answer = BACKEND.vjp(lambda x: anp.linalg.norm(x), x, nested=False)[1](ONE)
        assert np.geterr()["divide"] == "raise"
    assert np.isnan(answer).all()


@pytest.mark.parametrize("x", [np.zeros((2, 3), np.float32), np.array(1.0)], ids=["array", "number"])
def test_ones_are_made_and_not_copied(x: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AutogradBackend, "from_host", None)
    ones = BACKEND.like(x, 1.0)
    assert isinstance(ones, np.ndarray) and (ones.shape, ones.dtype) == (x.shape, x.dtype)
    assert (ones == 1).all() and ones.flags.writeable and not np.shares_memory(ones, x)
