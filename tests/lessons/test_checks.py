"""Every exercise: its blank, its listed mistakes and its right answer, in each framework's type of number."""

from __future__ import annotations

import doctest
from collections.abc import Callable, Iterator
from typing import Any

import checks
import numpy as np
import pytest
from checks import Exercise, Mistake, check, exercises, verdict

EXERCISES = exercises()


def in_jax(answer: Any) -> Any:
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        return jax.numpy.asarray(np.asarray(answer))


def in_torch(answer: Any) -> Any:
    return pytest.importorskip("torch").tensor(np.asarray(answer))


def recorded(answer: Any) -> Any:
    """A torch tensor as it comes out of a computation that is recorded."""
    torch = pytest.importorskip("torch")
    return torch.tensor(np.asarray(answer, np.float64), requires_grad=True) * 1


def listed(answer: Any) -> Any:
    """As a student writes it: a number, or a list."""
    return np.asarray(answer).tolist()


TYPES: dict[str, Callable[[Any], Any]] = {
    "NumPy": np.asarray, "torch": in_torch, "jax": in_jax, "recorded": recorded, "Python": listed,
}  # fmt: skip


def forms(answer: Any) -> Iterator[Any]:
    """An answer as it is, and where it is made of numbers, in each type of number."""
    yield answer
    if not callable(answer) and checks.host(answer).dtype.kind in "iuf":
        for convert in TYPES.values():
            yield convert(answer)


@pytest.mark.parametrize("key", EXERCISES)
def test_a_blank(key: str) -> None:
    said = verdict(EXERCISES[key], ...)
    assert said.startswith(f"{key}: not answered yet: ") and EXERCISES[key].task in said
    assert verdict(EXERCISES[key], [..., 1.0]) == said


@pytest.mark.parametrize("key", EXERCISES)
def test_the_right_answer_is_praised(key: str) -> None:
    for answer in forms(EXERCISES[key].answer):
        assert verdict(EXERCISES[key], answer) == f"{key}: right! {EXERCISES[key].praise}", repr(answer)


@pytest.mark.parametrize(("key", "mistake"), [(key, m) for key, each in EXERCISES.items() for m in each.mistakes],
                         ids=lambda value: getattr(value, "hint", value)[:40])  # fmt: skip
def test_a_mistake_gets_its_hint(key: str, mistake: Mistake) -> None:
    for answer in forms(mistake.answer):
        assert verdict(EXERCISES[key], answer) == f"{key}: not yet: {mistake.hint}", repr(answer)


class Hostile:
    """Raises whatever is done to it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("no array")

    def __str__(self) -> str:
        raise RuntimeError("no words")


STRANGE = [None, "a word", True, [], {}, {1: 2}, [[1], [2, 3]], np.nan, np.inf, 1j, 10**400, b"5", object(), Hostile(),
           np.array([]), np.ones((2, 3, 4)), np.array(["a"]), lambda x: x, float, -12345.678]  # fmt: skip


@pytest.mark.parametrize("key", EXERCISES)
def test_no_answer_raises(key: str) -> None:
    for answer in STRANGE:
        assert verdict(EXERCISES[key], answer).startswith(f"{key}: ")


ONE = Exercise("0.1", "The slope.", 6.0, "So it is.", (Mistake(9.0, "the value"),), "think")


@pytest.mark.parametrize(("answer", "said"), [
    (5, "think"),
    (9, "the value"),
    ([6.0], "one number, of the shape (), is expected, and an array of the shape (1,) came."),
    (lambda x: 6.0, "that is a function; hand in what it returns: call it with a point."),
    ("6", "one number, of the shape (), is expected, and a str came."),
    (None, "that is None: nothing has been computed or returned yet."),
    (np.nan, "think"),
    (True, "a number is expected, and a bool came."),
])  # fmt: skip
def test_what_is_said_of_another_kind(answer: Any, said: str) -> None:
    assert verdict(ONE, answer) == f"0.1: not yet: {said}"


@pytest.mark.parametrize(("key", "answer", "said"), [
    ("1.4", ["nowhere", "cpu"], 'return "cuda" if available, else "cpu".'),
    ("2.3", np.array([12.0]), "one number, of the shape (), is expected, and an array of the shape (1,) came."),
    ("6.2", [1j], "one number, of the shape (), is expected, and a list came."),
    ("6.4", 3, "a word in quotation marks is expected, and an int came."),
])  # fmt: skip
def test_what_is_wrong_with_the_form_is_said_first(key: str, answer: Any, said: str) -> None:
    assert verdict(EXERCISES[key], answer) == f"{key}: not yet: {said}"


def test_a_dtype_is_its_name() -> None:
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    names = ("float32", "FLOAT32 ", np.float32, np.dtype("float32"), torch.float32, jnp.float32, "np.float32")
    assert {checks.word(name) for name in names} == {"float32"}


def test_check_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    check("2.2", -2.0)
    assert capsys.readouterr().out == f"2.2: right! {EXERCISES['2.2'].praise}\n"


def test_the_docstring() -> None:
    assert doctest.testmod(checks).failed == 0 and doctest.testmod(checks).attempted > 0
