"""How strangers write NumPy: every habit is right on every backend, or an error that says what to write."""

from __future__ import annotations

import copy
import functools
import itertools
import math
import operator
import pickle
import statistics
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from multigrad import MultigradError, NotDifferentiable, gradient, slope, value_and_gradient
from multigrad.testing.differences import jacobian

special = pytest.importorskip("scipy.special")

X = np.array([0.7, -1.3, 2.1, 0.4])
Function = Callable[[Any], Any]


def branches_on_isscalar(x: Any) -> Any:
    rows = [x] if np.isscalar(x[0]) else x
    return sum(sum(entry**2 for entry in row) for row in rows)


def branches_on_types(x: Any) -> Any:
    assert isinstance(x, np.ndarray)
    assert isinstance(x[0], float)
    assert isinstance(x[0], (np.floating, np.generic))
    assert not isinstance(x[0], (int, np.ndarray, list))
    assert x.dtype == float
    assert np.issubdtype(x.dtype, np.floating)
    assert not hasattr(x[0], "__len__")
    return np.sum(x**3)


def dispatches_on_the_type(x: Any) -> Any:
    @functools.singledispatch
    def f(x: Any) -> Any:
        raise TypeError(type(x))

    f.register(float, lambda x: x**2)
    f.register(np.ndarray, lambda x: sum(f(entry) for entry in x))
    return f(x)


def matches_classes(x: Any) -> Any:
    match x[0] * x[1]:
        case float():
            return x[0] ** 2 * x[1]
    raise TypeError


def asks_for_sizes(x: Any) -> Any:
    assert len(x) == x.shape[0] == x.size == np.size(x) == np.shape(x)[0] == 4
    assert x.ndim == np.ndim(x) == 1
    return x[len(x) - 1] * np.arange(1, len(x) + 1) @ x


def adds_up_in_a_plain_array(x: Any) -> Any:
    total = np.zeros(3)
    for k in range(1, 3):
        total += x[k : k + 1] ** k
        total *= np.array([1.0, 2.0, 3.0])
    return np.sum(total * x[:3])


def adds_up_in_an_attribute(x: Any) -> Any:
    class Model:
        total = np.ones(4)

    model, parts = Model(), {"a": np.ones(4)}
    model.total = np.zeros(4)
    model.total -= x**2
    parts["a"] *= np.sin(x)
    return np.sum(model.total + parts["a"])


def marks_in_a_plain_mask(x: Any) -> Any:
    mask, count = np.zeros(4, bool), np.zeros(4)
    mask |= x > 0
    mask &= x < 2
    count += x > 0
    np.greater(x, 1.0, out=np.zeros(4, bool))
    return np.sum(np.where(mask, x**2, count * x))


def fills_zeros_like(x: Any) -> Any:
    y, count = np.zeros_like(x), 0
    for k in range(len(x)):
        y[k] = x[k] * x[k - 1]
        y[k] += 1.0
        count += 1
    y[x > 0] = x[x > 0] ** 2
    y[::2] *= x[::2]
    return np.dot(y, y) + count


def swaps_entries(x: Any) -> Any:
    x[0], x[2] = x[2], x[0]
    x[[1, 3]] = x[[3, 1]]
    return x @ np.array([1.0, 2.0, 3.0, 4.0]) ** 2 + x[0] ** 2


def loops(x: Any) -> Any:
    s = 0.0
    for i, xi in enumerate(x):
        s += (i + 1) * xi**2
    for a, b in zip(x[:-1], x[1:], strict=True):  # noqa: RUF007  this is what is written
        s += a * b
    for a, b in itertools.combinations(x, 2):
        s -= np.sin(a * b)
    return s + sum(map(operator.mul, x, reversed(x)))


def iterates_until_converged(x: Any) -> Any:
    root, step = 1.0, 1.0
    while abs(step) > 1e-13:
        step = (root**2 - x[2]) / (2 * root)
        root -= step
    return root


def solves_by_secants(x: Any) -> Any:
    before, now = 1.0, x[2]
    for _ in range(40):
        f_before, f_now = before**3 - x[0], now**3 - x[0]
        if f_now == f_before or abs(now - before) < 1e-12:
            break
        before, now = now, now - f_now * (now - before) / (f_now - f_before)
    return now


def finds_a_bracket(x: Any) -> Any:
    low, high = 0.0, 4.0
    for _ in range(6):
        middle = (low + high) / 2
        if (middle**2 - x[2]) * (low**2 - x[2]) <= 0:
            high = middle
        else:
            low = middle
    return low + (x[2] - low**2) / (2 * low)


def joins_with_index_tricks(x: Any) -> Any:
    return np.sum(np.c_[x, x**2] ** 2) + np.sum(np.r_[x, 1.0, x[0]] ** 3) + np.mgrid[0:4] @ x


def applies_along_axes(x: Any) -> Any:
    rows = np.vstack([x, x**2, 2 * x])
    return np.sum(np.apply_along_axis(lambda row: row @ row, 1, rows) ** 2)


def writes_after_a_copy(x: Any) -> Any:
    y = x.copy()
    z = copy.deepcopy(y)
    y += 1.0
    return np.sum(y * z * copy.copy(x))


def formats(x: Any) -> Any:
    text = f"{x[0]:.3f} {x[1]!s} {x} {x!r} {x[2]}"
    assert text[:2] == "0."
    return x.sum()


def chooses_of_lists(x: Any) -> Any:
    entries = list(x)
    assert x[0] in entries
    ordered = sorted(entries)
    return max(entries) * ordered[1] + min(x[0], x[1]) + max(x) ** 2 + sum(entries[:2]) + ordered[0] * 3


def cuts_whole_numbers(x: Any) -> Any:
    whole, rest = divmod(x[2], 0.75)
    return math.floor(x[0]) + math.ceil(x[1]) * x[0] + math.trunc(x[2]) + round(x[3], 1) + rest * whole + abs(x[1])


def shifts_whole_numbers(x: Any) -> Any:
    whole = np.floor(x).astype(int) + 3
    whole <<= 1
    return np.sum((whole << 2 | 1) * x + (whole >> 1 ^ 3) * x**2)


def looks_for_places(x: Any) -> Any:
    places = np.where(x > 0)[0]
    first = next(k for k, xi in enumerate(x) if xi > 1)
    return sum(x[k] ** 2 for k in places) + x[first] * x[np.argmax(x)] + (x[0] if x.any() else 0.0)


def draws_from_an_iterator(x: Any) -> Any:
    entries = x.flat
    first = next(entries)
    return first * sum(entries) + next(iter(x)) ** 2


def fills_a_given_number(x: Any) -> Any:
    return np.sum(np.full(3, x[0]) * np.full_like(x[:3], x[1]) * np.ones(3))


def orders_memory(x: Any) -> Any:
    y = x.reshape(2, 2).T + 1
    y *= 2.0
    y[0] *= x[:2]
    return np.sum(y.ravel() * np.arange(4) + y.T.ravel() ** 2)


def vectorizes(x: Any) -> Any:
    f = np.vectorize(lambda t: t**2 if t > 0 else -t)
    return np.sum(f(x)) + sum(f(x)[:2])


def multiplies_along_axes(x: Any) -> Any:
    a, b = np.outer(x, x + 1), np.arange(16.0).reshape(4, 4)
    product = np.matmul(a, b, axes=[(1, 0), (0, 1), (1, 0)])
    return product[0, 2] + np.vecdot(a, b, axis=0) @ np.arange(4.0)


def uses_numpys_names_of_the_namespace(x: Any) -> Any:
    xp = x.__array_namespace__()
    return xp.sum(xp.power(xp.abs(x), 1.5)) + xp.sum(xp.arctan2(x, xp.concatenate([x[1:], x[:1]])))


def keeps_constants_plain(x: Any) -> Any:
    wide, when = np.broadcast_arrays(x, "end")
    assert dict.fromkeys(set(when.tolist()), 1) == {"end": 1}
    return np.sum(wide**2)


RIGHT = [
    *(branches_on_isscalar, branches_on_types, dispatches_on_the_type, matches_classes, asks_for_sizes),
    *(adds_up_in_a_plain_array, adds_up_in_an_attribute, marks_in_a_plain_mask, fills_zeros_like, swaps_entries),
    *(loops, iterates_until_converged, solves_by_secants, finds_a_bracket, joins_with_index_tricks),
    *(applies_along_axes, writes_after_a_copy, formats, chooses_of_lists, cuts_whole_numbers),
    *(shifts_whole_numbers, looks_for_places, draws_from_an_iterator, fills_a_given_number, orders_memory),
    *(vectorizes, multiplies_along_axes, uses_numpys_names_of_the_namespace, keeps_constants_plain),
]
EXPRESSIONS = """
np.sum(np.array(x, copy=True) ** 2)
np.sum(np.asanyarray(x).reshape(2, 2) ** 2)
np.sum(np.squeeze(np.asarray(x)[None]) ** 3)
np.sum(np.ascontiguousarray(x) * np.atleast_1d(x[0]))
np.array([x[0], 1.0, x[1]]) @ np.array([x[1], x[0], 2.0])
np.stack([np.sin(x[0]), x[1] * x[2]]).prod()
sum(x.tolist()) * x.sum()
np.einsum("i,j->", x, x[::-1] ** 2)
x.dot(x) ** 0.5 + np.exp(-x[0] ** 2 / math.pi)
functools.reduce(lambda a, b: a * b + 1, x)
np.linalg.norm(x - x.mean()) / (x.shape[0] - 1)
(x[0] if x[0] > 0 else -x[0]) * (1 if x[1] < 0 < x[2] else 2)
"""


def fs() -> dict[str, Function]:
    lines = EXPRESSIONS.strip().splitlines()
    return {f.__name__: f for f in RIGHT} | {line: eval(f"lambda x: {line}", globals()) for line in lines}


@pytest.mark.parametrize("name", fs())
def test_the_gradient_is_that_of_differences(name: str, backend: str) -> None:
    f = fs()[name]
    expected, given = jacobian(lambda x: f(x.copy()), X), X.copy()
    value, found = value_and_gradient(f, given, backend=backend)
    np.testing.assert_allclose(value, f(X.copy()), 1e-13)
    np.testing.assert_allclose(found, expected, 1e-8, 1e-9)
    np.testing.assert_array_equal(given, X)


def alias(x: Any) -> Any:
    total = np.zeros(4)
    other = total
    total += x
    return np.sum(other)


def view(x: Any) -> Any:
    table = np.zeros((2, 4))
    row = table[0]
    row += x
    return np.sum(table)


def called(x: Any) -> Any:
    total = np.zeros(4)
    np.add(total, x, out=total)
    return np.sum(x)


def argument(x: Any) -> Any:
    def add(total: Any) -> None:
        total += x

    total = np.ones(4)
    add(total)
    return np.sum(total * x)


def entry(x: Any) -> Any:
    total = np.zeros(4)
    total[0] += x[0]
    return np.sum(total)


def unknown_order(x: Any) -> Any:
    y = x.reshape(2, 2).T + 1
    entries = y.ravel()
    entries[1] = 7.0
    return np.sum(y * x[0])


REFUSED: list[tuple[Function, str]] = [
    (alias, "another name"),
    (view, "is a view"),
    (called, "leave out= away"),
    (argument, "another name"),
    (entry, "zeros_like"),
    (unknown_order, r"copy\(\)"),
    (lambda x: (x.reshape(2, 2).T + 1).ravel("K")[1], "order='C'"),
    (lambda x: math.isnan(x[0]) + x[0], "numpy"),
    (lambda x: np.float64(x[0]), "write"),
    (lambda x: np.array(x, dtype=float).sum(), "without a dtype"),
    (lambda x: np.full(3, x[0], dtype=float).sum(), "zeros_like"),
    (lambda x: np.full_like(np.zeros(3), x[0]).sum(), "zeros_like"),
    (lambda x: np.fromiter((xi for xi in x), float).sum(), "numpy.stack"),
    (lambda x: np.linalg.inv([[x[0], 1.0], [2.0, x[1]]])[0, 0], "np.stack"),
    (lambda x: np.sin(np.array([x[0], 1.0])).sum(), "np.stack"),
    (lambda x: np.zeros(4).__setitem__(0, x[0]), "zeros_like"),
    (lambda x: {x[0]: 1.0}[x[0]], "does not depend on x"),
    (lambda x: functools.lru_cache(lambda t: t)(x[0]), "does not depend on x"),
    (lambda x: pickle.loads(pickle.dumps(x)).sum(), "process"),
    (lambda x: statistics.mean(x), "numpy.mean"),
    (lambda x: Fraction(x[0]), "x itself"),
    (lambda x: range(x[0]), "does not depend on x"),
    (lambda x: special.logsumexp(x), r"logsumexp is not dispatched .* numpy\.logaddexp\.reduce\(x\)"),
    (lambda x: special.logsumexp(x, axis=0, keepdims=True)[0], "logaddexp"),
    (lambda x: special.log_softmax(x)[0], r"x - numpy\.logaddexp\.reduce\(x\)"),
]


@pytest.mark.parametrize(("f", "said"), REFUSED)
def test_what_would_lose_the_derivative_says_what_to_write(f: Function, said: str, backend: str) -> None:
    with pytest.raises(NotDifferentiable, match=said):
        gradient(f, X, backend=backend)


def test_a_scalar_is_a_float_and_not_a_sequence(backend: str) -> None:
    def f(x: Any) -> Any:
        assert np.isscalar(x)
        assert isinstance(x, float)
        assert not np.iterable(x)
        with pytest.raises(TypeError, match="unsized"):
            len(x)
        return x**2

    assert slope(f, 3.0, backend=backend) == 6.0


def test_a_refusal_that_c_code_swallowed_is_shown(backend: str) -> None:
    optimize = pytest.importorskip("scipy.optimize")
    with pytest.raises(NotDifferentiable, match="write") as caught:
        gradient(lambda x: optimize.root(lambda y: y * x[2] - 1, 1.0).x[0], X, backend=backend)
    assert not isinstance(caught.value.__cause__, MultigradError)


def raises_its_own(x: Any) -> Any:
    try:
        return math.sin(x[0])
    except TypeError as error:
        raise ValueError("mine") from error


def fails_later(x: Any) -> Any:
    try:
        scale = math.sin(x[0])
    except TypeError:
        scale = x[0]
    return scale + [1.0][5]


def fails_in_numpy(x: Any) -> Any:
    try:
        scale = float(x[0])
    except TypeError:
        scale = x[0]
    return scale + np.zeros((2, 3)) @ np.zeros(2)


def fails_in_the_handler(x: Any) -> Any:
    try:
        return float(x[0])
    except TypeError:
        return {}["gone"]


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (raises_its_own, ValueError),
        (fails_later, IndexError),
        (fails_in_numpy, ValueError),
        (fails_in_the_handler, KeyError),
    ],
)
def test_an_exception_of_fs_own_passes_though_a_refusal_was_caught(f: Function, kind: type, backend: str) -> None:
    with pytest.raises(kind) as caught:
        gradient(f, X, backend=backend)
    assert type(caught.value) is kind


def test_a_value_may_be_tried_for_and_done_without(backend: str) -> None:
    def f(x: Any) -> Any:
        try:
            return math.sin(x[0])
        except TypeError:
            return np.sin(x[0])

    np.testing.assert_allclose(gradient(f, X, backend=backend), [math.cos(0.7), 0, 0, 0], 1e-15)
