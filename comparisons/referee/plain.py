"""f on plain NumPy data beside f through multigrad's array: there, a fault would look like agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from multigrad import backends
from multigrad.array import Recording, running
from multigrad.comparisons.referee import arithmetic
from multigrad.comparisons.referee.evaluation import MANY_BITS, Evaluation
from multigrad.comparisons.referee.judgement import Array

TOLERANCE = {np.dtype(np.float64): 1e-6, np.dtype(np.float32): 1e-2}
"""Relative. A fault of the array (a wrong axis, an entry left out) is of the order of f itself; where f loses
more digits than this, its loss is measured, and 16 times as much allowed."""

ALLOWED = 16.0
NEARBY = 2.0**-12


def on_numpy(f: Callable[[Any], Any], x: Array) -> Array:
    """f as its author would call it: a number for a number, and an array of its own for an array."""
    with np.errstate(all="ignore"):
        return np.asarray(f(x.copy() if x.ndim else x[()]))


def value(evaluation: Evaluation) -> Array | None:
    """f(x) on plain NumPy data; None where f can't run on that."""
    try:
        return on_numpy(evaluation.f, evaluation.host).astype(np.float64)
    except Exception:  # noqa: BLE001  whatever f raises: then there is no such value
        return None


def mismatch(evaluation: Evaluation) -> str | None:
    """Where f through the array is not f on plain NumPy data, at x or beside it; None where it is."""
    for where, point in _points(evaluation.host):
        try:
            plain = on_numpy(evaluation.f, point)
        except Exception:  # noqa: BLE001  f can't run on plain data here: there is nothing to compare with
            continue
        native = evaluation.backend.from_host(point, "cpu")
        exact = evaluation.floats(evaluation.at(native, MANY_BITS))
        if plain.shape != exact.shape and plain.size != exact.size:
            return f"{where} NumPy's f(x) has the shape {plain.shape}, the array's {exact.shape}"
        wrong = _beyond(evaluation, point, native, plain.reshape(exact.shape), exact)
        if np.any(wrong):
            at = tuple(map(int, np.argwhere(wrong)[0]))
            on_data = plain.reshape(exact.shape)[at]
            return f"{where} NumPy's f(x){list(at) or ''} is {on_data!s}, the array's {exact[at]!s}"
    return None


def _points(x: Array) -> Iterator[tuple[str, Array]]:
    yield "at x,", x
    shift = np.where(np.isfinite(x) & (x != 0), np.abs(x), 1) * NEARBY
    yield "just below x,", np.asarray(x - shift, x.dtype)
    yield "just above x,", np.asarray(x + shift, x.dtype)


def _through_the_array(evaluation: Evaluation, point: Array) -> Array:
    """f over the array with NumPy's numbers in it: autograd's rows are NumPy's functions where nothing is recorded."""
    numpy_backend = backends.get("autograd")
    recording = Recording(numpy_backend, numpy_backend.device("cpu"))
    token = running.set(recording)
    try:
        with numpy_backend.context(recording.device, point.dtype):
            return numpy_backend.to_host(recording.lower(evaluation.f(recording.lift(point.copy()))))
    finally:
        running.reset(token)


def _beyond(evaluation: Evaluation, point: Array, native: Any, plain: Array, exact: Array) -> Array:
    """Which entries neither rounding nor the range of float64 explains.

    What overflows, underflows or cancels in NumPy's hands does so through the array as well, when the array has
    NumPy's own numbers in it: then it is f's arithmetic, and no fault of the array.
    """
    with np.errstate(all="ignore"):
        plain = plain.astype(float)
        far = np.abs(plain - exact) > TOLERANCE[evaluation.host.dtype] * np.abs(exact)
        wrong = np.isfinite(plain) & (far | np.isnan(exact)) & (plain != exact)
        if np.any(wrong):
            wrong &= ~(np.abs(plain - exact) <= ALLOWED * arithmetic.value_loss(evaluation, native))
        if np.any(wrong):
            through = _through_the_array(evaluation, point).reshape(plain.shape)
            same = np.abs(plain - through) <= TOLERANCE[evaluation.host.dtype] * np.abs(plain)
            wrong &= ~(same | (plain == through))
    return np.asarray(wrong)


__all__ = ["mismatch", "on_numpy", "value"]
