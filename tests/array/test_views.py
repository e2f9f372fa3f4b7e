"""What is written into one array shows in every array that shares its memory in NumPy, and in no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import multigrad
from multigrad import NotDifferentiable
from tests.array.programs import MATRIX, VECTOR, differentiates, gradient, host, recorded

Step = Callable[[list[Any]], Any]

LOOKS: dict[str, Callable[[Any], Any]] = {
    "transpose": lambda a: a.T,
    "flat": lambda a: a.reshape(-1),
    "ravel": lambda a: np.ravel(a),
    "ravel F": lambda a: np.ravel(a, "F"),
    "reshape F": lambda a: np.reshape(a, -1, order="F"),
    "new axis": lambda a: a[None],
    "halves": lambda a: np.array_split(a, 2)[0],
    "backwards": lambda a: np.flip(a),
    "every other": lambda a: a[..., ::2],
    "but the first": lambda a: a[1:],
    "turned": lambda a: np.rot90(np.atleast_2d(a)) if np.ndim(a) < 3 else np.rot90(a),
    "squeezed": lambda a: np.squeeze(a),
    "three": lambda a: np.atleast_3d(a),
    "first row": lambda a: a[0] if np.ndim(a) > 1 else a,
    "real": lambda a: np.real(a),
    "axes": lambda a: np.moveaxis(a, 0, -1),
    "copy": lambda a: a.copy(),
    "picked": lambda a: a[[0, -1]] if len(a) else a,
    "masked": lambda a: a[a > 0],
    "rolled": lambda a: np.roll(a, 1),
    "taken": lambda a: np.take(a, [0, 0]) if np.size(a) else a,
    "flattened": lambda a: a.flatten(),
    "stacked": lambda a: np.concatenate([a, a]),
}


def _fill(array: Any, number: float) -> None:
    array[...] = number


def _add(array: Any, number: float) -> None:
    array += number


def _first(array: Any, number: float) -> None:
    if np.size(array):
        array[0] = number


def _where(array: Any, number: float) -> None:
    array[array > number] = number


def _shift(array: Any, number: float) -> None:
    array[1:] = array[:-1] * number


WRITES = {"fill": _fill, "add": _add, "first": _first, "where": _where, "shift": _shift}

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.integers(0, 9), st.sampled_from(sorted(LOOKS)), st.just(0.0)),
        st.tuples(
            st.just("write"), st.integers(0, 9), st.sampled_from(sorted(WRITES)), st.sampled_from((0.5, -2.0))
        ),
    ),
    max_size=8,
)


def _run(start: Any, steps: list[tuple[str, int, str, float]]) -> list[Any]:
    """The arrays that a program of looks and writes makes; a scalar, which has no memory, is left out."""
    arrays = [start]
    for kind, chosen, name, number in steps:
        array = arrays[chosen % len(arrays)]
        if kind == "write":
            WRITES[name](array, number)
        else:
            seen = LOOKS[name](array)
            arrays += [seen] if np.ndim(seen) else []
    return arrays


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from(((6,), (2, 3), (2, 2, 3))))
def test_random_programs_write_where_numpy_writes(
    steps: list[tuple[str, int, str, float]], shape: tuple[int, ...]
) -> None:
    start = np.cos(np.arange(np.prod(shape))).reshape(shape)
    for got, want in zip(_run(recorded(start), steps), _run(start.copy(), steps), strict=True):
        np.testing.assert_array_equal(host(got), want)


def test_what_is_written_is_differentiated_through_every_view() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        row, column = y[0], y.T[1]
        row *= 2.0
        column[:] = column**2
        y[1:, 2] = row[1]
        return row * column.sum() + y[1]

    differentiates(f, MATRIX)


def _into_asarray(x: Any) -> Any:
    y = x * 1.0
    np.asarray(y)[0] = x[1]
    return y.sum()


def _times_asarray(x: Any) -> Any:
    x = np.ascontiguousarray(x)
    x *= 2
    return x.sum()


@pytest.mark.parametrize("f", [_into_asarray, _times_asarray])
def test_what_is_written_into_asarray_is_refused_for_x_would_not_see_it(f: Any) -> None:
    with pytest.raises(NotDifferentiable, match=r"read-only.*x\.copy\(\)"):
        multigrad.gradient(f, VECTOR, "cpu", backend="autograd")


def test_an_array_of_no_dimension_is_a_view_where_numpy_makes_one() -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        seen = y[1, ...]
        y[0, ...][...] = x[2] ** 2
        y[1] = x[3] ** 2
        return y.sum() + seen

    x = np.array([1.0, 2.0, 3.0, 4.0])
    gradients = [multigrad.gradient(f, x, "cpu", backend=name).tolist() for name in ("autograd", "torch", "jax")]
    assert gradients == [[0.0, 0.0, 7.0, 17.0]] * 3


def _added_at_a_repeated_index(y: Any, x: Any) -> None:
    y[[1, 1]] += x[:2]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda y, x: y.__setitem__([2, 1, 1, -1], x), [2 + 2, 0, 6, 8]),
        (lambda y, x: y.reshape(2, 2).__setitem__([1, 1], x.reshape(2, 2)), [2, 4, 6, 8]),
        (lambda y, x: y.__setitem__((np.array([[0, 0], [3, 3]]),), x[:2]), [0, 4 + 4 + 4, 6, 0]),
        (lambda y, x: np.put(y, [1, 1, 0, 3], x), [0, 4, 6 + 6, 8]),
        (lambda y, x: np.put_along_axis(y, np.array([2, 2, 2, 0]), x, 0), [0, 4, 6, 8 + 8]),
        (_added_at_a_repeated_index, [2, 16, 6, 8]),
    ],
)
def test_of_several_values_written_at_once_the_last_counts(write: Any, expected: list[float], backend: str) -> None:
    def f(x: Any) -> Any:
        y = x.copy()
        write(y, x)
        return np.sum(y**2)

    x = np.array([1.0, 2.0, 3.0, 4.0])
    np.testing.assert_allclose(multigrad.gradient(f, x, "cpu", backend=backend), expected, rtol=1e-14)


def test_the_array_that_f_was_called_with_is_written_to_and_the_callers_is_not() -> None:
    def f(x: Any) -> Any:
        x[0] = x[1] ** 2
        x *= 3.0
        return x.sum()

    before = VECTOR.copy()
    np.testing.assert_allclose(gradient(f, VECTOR), [0, 3 + 6 * VECTOR[1], 3, 3, 3, 3], rtol=1e-14)
    np.testing.assert_array_equal(VECTOR, before)


@pytest.mark.parametrize(
    "look", [lambda a: np.broadcast_to(a, (2, 6)), np.diag, lambda a: np.diagonal(np.reshape(a, (2, 3)))]
)
def test_read_only_views_refuse_as_numpys_do(look: Callable[[Any], Any]) -> None:
    matrix = np.ones((6, 6)) if look is np.diag else VECTOR.copy()
    for array in (matrix, recorded(matrix)):
        with pytest.raises(ValueError, match="read-only"):
            look(array)[...] = 1.0


def test_a_part_of_a_complex_array_follows_it() -> None:
    for z in (VECTOR + 1j * VECTOR, recorded(VECTOR) + 1j * recorded(VECTOR)):
        imaginary = z.imag
        z[1] = 5j
        assert np.asarray(host(imaginary)).tolist() == [VECTOR[0], 5.0, *VECTOR[2:]]


def test_views_that_nobody_holds_cost_nothing() -> None:
    x = recorded(VECTOR)
    for _ in range(50):
        x[1:]
        x[0] = 1.0
    assert x._view is None


def test_a_long_chain_of_views_is_written_through() -> None:
    plain, face = np.zeros(3000), recorded(np.zeros(3000))
    for array in (plain, face):
        tail = array
        while len(tail) > 1:
            tail = tail[1:]
        tail[0] = 7.0
    np.testing.assert_array_equal(host(face), plain)


@pytest.mark.parametrize(
    "write",
    [
        lambda x: np.put(x, [0, 7], [1.0, 2.0], mode="wrap"),
        lambda x: np.place(x, host(x) > 0, [1.0, 2.0]),
        lambda x: np.putmask(x, host(x) > 0, [1.0, 2.0, 3.0]),
        lambda x: np.copyto(x, 3.0, where=host(x) > 0),
        lambda x: np.copyto(x, x[::-1]),
        lambda x: np.put_along_axis(x, np.array([1, 2]), 9.0, 0),
        lambda x: np.fill_diagonal(np.reshape(x, (2, 3)), [5.0, 6.0]),
        lambda x: np.fill_diagonal(np.reshape(x, (3, 2)), 5.0, wrap=True),
        lambda x: x.fill(2.0),
        lambda x: x.reshape(2, 3).T.flat.__setitem__(slice(1, 3), 8.0),
        lambda x: setattr(x, "flat", [1.0, 2.0]),
        lambda x: x.sort(),
        lambda x: x.__setitem__(slice(None, None, -2), [1.0, 2.0, 3.0]),
        lambda x: x.__setitem__([0, 0, 1], [[1.0, 2.0, 3.0]]),
        lambda x: np.add(x, 1.0, out=x),
        lambda x: np.concatenate([x[:3], x[:3]], out=x),
        lambda x: np.take(x, [5, 4, 3, 2, 1, 0], out=x),
    ],
)
def test_functions_that_write(write: Callable[[Any], Any]) -> None:
    plain, face = VECTOR.copy(), recorded(VECTOR)
    write(plain), write(face)
    np.testing.assert_array_equal(host(face), plain)


@pytest.mark.parametrize(
    "write",
    [
        lambda x: np.put(np.zeros(6), [0], x[:1]),
        lambda x: np.copyto(np.zeros(6), x),
        lambda x: np.full(3, x[0], dtype=float),
        lambda x: np.concatenate([x, x], out=np.zeros(12)),
        lambda x: np.zeros(6).__setitem__(slice(None), x),
        lambda x: np.array([x[0], 1.0], dtype=float),
        lambda x: np.zeros_like(x, dtype=int).__setitem__(0, x[0]),
    ],
)
def test_writing_into_what_cannot_hold_a_derivative_says_what_to_write(write: Callable[[Any], Any]) -> None:
    with pytest.raises(NotDifferentiable, match=r"write|start from|np\.zeros_like"):
        write(recorded(VECTOR))


def test_numpy_wraps_the_refusal_where_a_scalar_is_written_and_keeps_it_as_the_cause() -> None:
    with pytest.raises(ValueError, match="setting an array element") as caught:
        np.zeros(6)[0] = recorded(VECTOR)[0]
    assert isinstance(caught.value.__cause__, NotDifferentiable)


@pytest.mark.parametrize("index", [6, -7, [0, 9], (0, 0), np.array([True]), 1.5, "a", slice("a", None)])
def test_a_bad_index_is_numpys_error(index: Any) -> None:
    with pytest.raises((IndexError, TypeError, ValueError)) as plain:
        VECTOR[index]
    with pytest.raises(plain.type):
        recorded(VECTOR)[index]
