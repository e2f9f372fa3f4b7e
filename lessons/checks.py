"""The exercises: `check("2.1", guess)` says whether an answer is right, and a hint fitted to the mistake if not.

The tables stand in `exercises_1_3.py` and `exercises_4_6.py`, one `EXERCISES` tuple each. A row:

>>> exercise = Exercise(
...     "0.1", "The slope of x**2 at 3, as one number.", 6.0,
...     praise="2·x at x = 3.",
...     mistakes=(
...         Mistake(9.0, "that is the value x**2; how fast does it grow there?"),
...         Mistake(-6.0, "the size is right; does the curve rise or fall at 3?", when=lambda a: number(a) < 0),
...     ),
...     hint="Draw the curve near 3, and divide the rise by the run.",
... )
>>> print(verdict(exercise, ...))
0.1: not answered yet: replace the ... above. The slope of x**2 at 3, as one number.
>>> print(verdict(exercise, 9))
0.1: not yet: that is the value x**2; how fast does it grow there?
>>> print(verdict(exercise, np.float32(6)))
0.1: right! 2·x at x = 3.

Nothing here raises on an answer, so a notebook runs whole with its blanks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, util
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad import backends
from multigrad.errors import a

TABLES = ("exercises_1_3", "exercises_4_6")
PREFIXES = ("torch.", "jax.numpy.", "jnp.", "numpy.", "np.")

Predicate = Callable[[Any], bool]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and what helps them.

    Attributes
    ----------
    answer : object
        A wrong answer of this kind; the tests hand it in. Without `when`, answers equal to it get the hint.
    hint : str
        Points at the way, and does not give the answer away. Goes on after "not yet: ".
    when : callable or None
        Which answers, as they were handed in, are of this kind. `number`, `host` and `word` help to ask. An
        error in it means no.
    """

    answer: Any
    hint: str
    when: Predicate | None = None


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    Attributes
    ----------
    key : str
        Lesson and number: "2.1".
    task : str
        What to hand in, in one line.
    answer : number, array or nested list of numbers, bool or str
        The right answer, or an example of one. Numbers are compared in any framework's type, with the shape;
        a str also with dtypes and devices (``torch.float32`` is "float32").
    praise : str
        Why it is right. Goes on after "right! ".
    mistakes : tuple of Mistake
        The first that fits is told.
    hint : str
        For every other wrong answer.
    within : float
        How far a number may be off, absolutely or relative to the answer, whichever is more.
    accepts : callable or None
        Where equality with `answer` is not the question: what is right. Called with what was handed in.
    """

    key: str
    task: str
    answer: Any
    praise: str
    mistakes: tuple[Mistake, ...]
    hint: str
    within: float = 1e-4
    accepts: Predicate | None = None


def check(key: str, answer: Any = ...) -> None:
    """Print what is to be said about an answer."""
    print(verdict(exercises()[key], answer))


@cache
def exercises() -> dict[str, Exercise]:
    """All exercises by their keys; a table that is not written yet is left out."""
    tables = [import_module(name) for name in TABLES if util.find_spec(name)]
    return {exercise.key: exercise for table in tables for exercise in table.EXERCISES}


def verdict(exercise: Exercise, answer: Any) -> str:
    """What is to be said about an answer: one line, beginning with the exercise's key."""
    if blank(answer):
        return f"{exercise.key}: not answered yet: replace the ... above. {exercise.task}"
    if asked(exercise.accepts or equals(exercise.answer, exercise.within), answer):
        return f"{exercise.key}: right! {exercise.praise}"
    for mistake in exercise.mistakes:
        if asked(mistake.when or equals(mistake.answer, exercise.within), answer):
            return f"{exercise.key}: not yet: {mistake.hint}"
    return f"{exercise.key}: not yet: {form(exercise, answer) or exercise.hint}"


def blank(answer: Any) -> bool:
    """Whether there is still a ``...`` in it."""
    return answer is ... or (isinstance(answer, list | tuple) and any(map(blank, answer)))


def asked(predicate: Predicate, answer: Any) -> bool:
    """What a predicate says; one that cannot take such an answer says no."""
    try:
        return bool(predicate(answer))
    except Exception:  # noqa: BLE001  # students hand in anything at all, and the notebook runs on
        return False


def equals(expected: Any, within: float) -> Predicate:
    """Whether an answer is the expected one: the same word, the same truth, or numbers close by of one shape."""
    if isinstance(expected, str):
        return lambda answer: word(answer) == word(expected)
    wanted = host(expected)

    def close(answer: Any) -> bool:
        given = host(answer)
        alike = given.shape == wanted.shape and (given.dtype == bool) == (wanted.dtype == bool)
        return alike and np.allclose(given, wanted, rtol=within, atol=within, equal_nan=True)

    return close


def form(exercise: Exercise, answer: Any) -> str | None:
    """What is wrong with an answer before anyone looks at its numbers, or None."""
    if callable(answer):
        return "that is a function; hand in what it returns: call it with a point."
    if isinstance(exercise.answer, str):
        return None if isinstance(answer, str) else f"a word in quotation marks is expected, and {a(answer)} came."
    if answer is None:
        return "that is None: nothing has been computed or returned yet."
    wanted = host(exercise.answer)
    if wanted.dtype.kind == "U" and isinstance(answer, list | tuple):
        return None  # other words than those that are wanted
    try:
        given = host(answer)
    except Exception:  # noqa: BLE001  # as in `asked`
        given = np.array(None)
    if given.dtype.kind not in "biuf":
        return f"{shape_words(wanted)} is expected, and {a(answer)} came."
    if given.shape != wanted.shape:
        return f"{shape_words(wanted)} is expected, and {shape_words(given)} came."
    if (given.dtype == bool) != (wanted.dtype == bool):
        return f"{'True or False' if wanted.dtype == bool else 'a number'} is expected, and {a(answer)} came."
    return None


def host(answer: Any) -> npt.NDArray[Any]:
    """An answer as a NumPy array, whichever framework it is of, recorded or not."""
    if isinstance(answer, list | tuple):
        return np.asarray([host(each) for each in answer])
    owner = backends.owner(answer)
    array = np.asarray(answer) if owner is None else owner.to_host(answer)
    # Small float types are JAX's own and no NumPy function takes them all.
    return array.astype(np.float32) if array.dtype.name in ("bfloat16", "float16") else array


def number(answer: Any) -> float:
    """An answer as one Python float."""
    return float(host(answer).item())


def word(answer: Any) -> str:
    """An answer as a word: a str, or a dtype or device of some framework."""
    text = str(getattr(answer, "__name__", answer)).strip().strip("\"'").lower()
    return next((text.removeprefix(prefix) for prefix in PREFIXES if text.startswith(prefix)), text)


def shape_words(array: npt.NDArray[Any]) -> str:
    return f"an array of the shape {array.shape}" if array.shape else "one number, of the shape (),"
