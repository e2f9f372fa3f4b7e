"""The rows over NumPy object arrays of mpmath numbers: elementwise, structure, reductions, order.

Floating and complex arrays are object arrays of numbers; integers and booleans stay NumPy arrays, and NumPy
itself computes what has integers or booleans for an answer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import cycle, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends import rows as names
from multigrad.comparisons.referee.contexts import Number
from multigrad.comparisons.referee.scalars import Scalars

Array = npt.NDArray[Any]
Row = Callable[..., Any]

BINARY = frozenset((*names.BINARY, *names.BINARY_OPTIONAL, *names.COMPARISONS, "special.polygamma"))
"""The elementwise rows with two operands."""

FLOAT32_BITS_FEWER = 29
"""How many binary digits fewer float32 has than float64."""


class TooSlow(Exception):
    """f takes longer in many digits than its answer is worth waiting for."""


class Endless(Exception):
    """f takes many more steps than it took before: a loop of it goes on until digits agree that are not there."""


def boxed(value: Any) -> Array:
    """An array of whatever a NumPy operation over objects gave: of no dimension, that is a bare number."""
    if isinstance(value, np.ndarray):
        return value
    array = np.empty((), dtype=object)
    array[()] = value
    return array


@cache
def _signs(seed: int) -> tuple[int, ...]:
    return tuple((2 * np.random.default_rng(seed).integers(0, 2, 2**16) - 1).tolist())


def signs(seed: int) -> Iterator[int]:
    """1 and -1 at random, without end, and each time the same."""
    return cycle(_signs(seed))


def lines(x: Array, axes: tuple[int, ...]) -> Array:
    """x with the given axes merged into a last one."""
    kept = [k for k in range(x.ndim) if k not in axes]
    shape = [x.shape[k] for k in kept]
    return x.transpose(*kept, *axes).reshape(*shape, math.prod(x.shape[k] for k in axes))


class Arrays:
    """The rows over arrays of the numbers of one mpmath context.

    Parameters
    ----------
    scalars : Scalars
        Their numbers.

    Attributes
    ----------
    rounds_float32 : bool
        Whether a cast to float32 drops the digits that float32 has not. False where f is evaluated exactly,
        True where the rounding of its arithmetic is imitated.
    shaken : iterator of int or None
        Where given, each tangent that goes into a rule is off by one rounding more, up or down as it says: terms
        that a backend adds in another order, or on its way backwards, need not cancel to the last digit.
    deadline : float
        The time, of `time.monotonic`, after which a row raises `TooSlow`.
    steps, most_steps : int
        How many elementwise rows were called, and after how many one raises `Endless`.
    """

    def __init__(self, scalars: Scalars) -> None:
        self.scalars = scalars
        self.context = scalars.context
        self.rounds_float32 = False
        self.shaken: Iterator[int] | None = None
        self.deadline = self.most_steps = float("inf")
        self.steps = 0
        self._nearest: dict[int, tuple[Number, Number, Number]] = {}
        self._multiply = np.frompyfunc(scalars.functions["multiply"], 2, 1)

    def lifted(self, x: Any) -> Array:
        """A Python number or any NumPy array as an object array of the same numbers, exactly."""
        if isinstance(x, np.ndarray):
            if x.dtype == object:
                return x
            lifted = np.empty(x.shape, dtype=object)
            lifted.reshape(-1)[:] = [self.scalars.number(entry) for entry in x.ravel().tolist()]
            return lifted
        return boxed(self.scalars.number(x))

    def roundings(self, shape: tuple[int, ...]) -> Array:
        """Numbers next to one, on either side."""
        assert self.shaken is not None
        nearest = self._nearest.get(self.context.prec)
        if nearest is None:
            eps = self.context.ldexp(self.context.one, 1 - self.context.prec)
            # At a sign of 1 or -1, as Python counts.
            nearest = self._nearest[self.context.prec] = (self.context.one, 1 + eps, 1 - eps)
        result = np.empty(shape, dtype=object)
        result.reshape(-1)[:] = [nearest[sign] for sign in islice(self.shaken, result.size)]
        return result

    def shake(self, tangent: Array) -> Array:
        """Each number times one of them."""
        return boxed(self._multiply(tangent, self.roundings(tangent.shape)))

    def table(self) -> dict[str, Row]:
        """Every row that is not composed from others."""
        scalars = self.scalars
        rows: dict[str, Row] = {}
        for name, function in scalars.functions.items():
            rows[name] = self._elementwise(name, function)
        for name, predicate in scalars.predicates.items():
            rows[name] = self._elementwise(name, predicate, np.bool_)
        rows["special.polygamma"] = self._elementwise("special.polygamma", scalars.reals.polygamma)
        rows |= {name: getattr(np, name) for name in (*names.LOGICAL, "logical_not")}
        rows |= {name: _over_booleans(getattr(np, name)) for name in ("any", "all")}
        rows |= {
            "sum": self._folded(np.sum, "add", scalars.number(0)),
            "prod": self._folded(np.prod, "multiply", scalars.number(1)),
            "max": self._folded(np.max, "maximum", None),
            "min": self._folded(np.min, "minimum", None),
            "cumsum": self._accumulated(np.cumsum, "add"),
            "cumprod": self._accumulated(np.cumprod, "multiply"),
            "argmax": self._extreme(np.argmax, "greater"),
            "argmin": self._extreme(np.argmin, "less"),
        }
        own = (
            "where astype reshape transpose broadcast_to concatenate stack getitem set_at gather sort argsort"
        )
        return rows | {name: getattr(self, name) for name in own.split()}

    def _elementwise(self, name: str, function: Callable[..., Any], dtype: Any = object) -> Row:
        over_arrays = np.frompyfunc(function, 2 if name in BINARY else 1, 1)
        over_integers = getattr(np, name, None)

        def row(*operands: Any) -> Array:
            self.steps += 1
            if self.steps > self.most_steps:
                raise Endless
            if time.monotonic() > self.deadline:
                raise TooSlow
            if over_integers and not any(map(_holds_numbers, operands)):
                with np.errstate(all="ignore"):
                    result = np.asarray(over_integers(*operands))
                if result.dtype.kind in "biu":
                    return result
            lifted = [x if _holds_numbers(x) else self.lifted(x) for x in operands]
            for x in lifted:
                if x.ndim:
                    result = over_arrays(*lifted)
                    break
            else:  # of bare numbers it is faster without NumPy
                result = function(*[x.item() for x in lifted])
            return boxed(result) if dtype is object else np.asarray(result, dtype)

        return row

    # Reductions and order ------------------------------------------------------------------------------

    def _folded(self, over_integers: Row, name: str, empty: Number | None) -> Row:
        fold = np.frompyfunc(self.scalars.functions[name], 2, 1)

        def row(x: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
            if x.dtype != object:
                return np.asarray(over_integers(x, axis=axes, keepdims=keepdims))
            merged = lines(x, axes)
            if merged.shape[-1] == 0 and empty is None:
                raise ValueError("zero-size array to reduction operation which has no identity")
            kept = [1 if k in axes else n for k, n in enumerate(x.shape)] if keepdims else merged.shape[:-1]
            if merged.shape[-1] == 0:
                result = np.empty(merged.shape[:-1], dtype=object)
                result[...] = empty
                return result.reshape(kept)
            return boxed(fold.reduce(merged, axis=-1)).reshape(kept)

        return row

    def _accumulated(self, over_integers: Row, name: str) -> Row:
        fold = np.frompyfunc(self.scalars.functions[name], 2, 1)

        def row(x: Array, axis: int) -> Array:
            if x.dtype != object:
                return np.asarray(over_integers(x, axis))
            return boxed(fold.accumulate(x, axis)) if x.size else x.copy()

        return row

    def _extreme(self, over_integers: Row, comparison: str) -> Row:
        """Position of the first NaN, or else of the first entry that no other is beyond."""
        beyond, isnan = self.scalars.predicates[comparison], self.context.isnan

        def position(line: Any) -> int:
            best = 0
            for k, x in enumerate(line):
                if isnan(x):
                    return k
                if beyond(x, line[best]):
                    best = k
            return best

        def row(x: Array, axis: int, keepdims: bool) -> Array:
            if x.dtype != object:
                return np.asarray(over_integers(x, axis=axis, keepdims=keepdims))
            if x.shape[axis] == 0:
                raise ValueError("attempt to get the position of the extreme of an empty sequence")
            return _per_line(position, x, axis, keepdims)

        return row

    def argsort(self, x: Array, axis: int) -> Array:
        if x.dtype != object:
            return np.argsort(x, axis, stable=True)
        isnan, order = self.context.isnan, self.scalars.order
        merged = lines(x, (axis,))
        result = np.empty(merged.shape, dtype=np.int64)
        for at in np.ndindex(merged.shape[:-1]):
            line = merged[at]
            ranks = [(isnan(x), order(x)) for x in line]
            result[at] = sorted(range(len(line)), key=ranks.__getitem__)
        return np.moveaxis(result, -1, axis)

    def sort(self, x: Array, axis: int) -> Array:
        return np.take_along_axis(x, self.argsort(x, axis), axis)

    # Structure -----------------------------------------------------------------------------------------

    def alike(self, *arrays: Any) -> list[Any]:
        """Numbers for all, as soon as one holds numbers."""
        if any(isinstance(x, (float, complex)) or _holds_numbers(x) for x in arrays):
            return [self.lifted(x) for x in arrays]
        return list(arrays)

    def where(self, condition: Array, a: Any, b: Any) -> Array:
        return boxed(np.where(condition, *self.alike(a, b)))

    def astype(self, x: Array, dtype: Any) -> Array:
        dtype, scalars = np.dtype(dtype), self.scalars
        if dtype.kind == "b":
            return np.asarray(x != 0, dtype=bool)
        if dtype.kind in "iu":
            whole = x if x.dtype != object else np.frompyfunc(lambda y: int(scalars.reals.trunc(y)), 1, 1)(x)
            return np.asarray(whole).astype(dtype)
        x = self.lifted(x)
        if dtype.kind == "c":
            return boxed(np.frompyfunc(self.context.mpc, 1, 1)(x))
        x = boxed(np.frompyfunc(lambda y: y.real, 1, 1)(x))
        if dtype.itemsize < 8 and self.rounds_float32:
            bits = max(self.context.prec - FLOAT32_BITS_FEWER, 1)
            return boxed(np.frompyfunc(lambda y: scalars.rounded(y, bits), 1, 1)(x))
        return x

    def reshape(self, x: Array, shape: tuple[int, ...]) -> Array:
        return x.reshape(shape)

    def transpose(self, x: Array, axes: tuple[int, ...]) -> Array:
        return x.transpose(axes)

    def broadcast_to(self, x: Array, shape: tuple[int, ...]) -> Array:
        return x if x.shape == shape else np.broadcast_to(x, shape)

    def concatenate(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.concatenate(self.alike(*arrays), axis)

    def stack(self, arrays: Sequence[Array], axis: int) -> Array:
        return np.stack(self.alike(*arrays), axis)

    def getitem(self, x: Array, index: tuple[Any, ...]) -> Array:
        return boxed(x[index]) if x.dtype == object else np.asarray(x[index])

    def set_at(self, x: Array, index: tuple[Any, ...], value: Any) -> Array:
        changed = x.copy()
        value = self.lifted(value) if x.dtype == object else np.asarray(value)
        changed[index] = value if value.ndim else value[()]  # an object array would hold the 0-d array itself
        return changed

    def gather(self, x: Array, positions: npt.NDArray[np.int64]) -> Array:
        return self.getitem(x, (positions,))


def _holds_numbers(x: Any) -> bool:
    return type(x) is np.ndarray and x.dtype.char == "O"


def _over_booleans(function: Row) -> Row:
    return lambda x, axes, keepdims: np.asarray(function(x, axis=axes, keepdims=keepdims))


def _per_line(function: Callable[[Any], int], x: Array, axis: int, keepdims: bool) -> Array:
    merged = lines(x, (axis,))
    result = np.empty(merged.shape[:-1], dtype=np.int64)
    for at in np.ndindex(result.shape):
        result[at] = function(merged[at])
    return np.expand_dims(result, axis) if keepdims else result


__all__ = ["Array", "Arrays", "Endless", "Row", "TooSlow", "boxed", "lines", "signs"]
