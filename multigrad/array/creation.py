"""Arrays made after the model of a recorded one, or from recorded bounds, and padding."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.array.elementwise import first_recording, operand
from multigrad.array.indexing import along
from multigrad.array.operands import common_dtype, empty, host, lifted, lifted_all, numbered
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.structure import gathered, rearranged
from multigrad.array.table import FUNCTIONS, implements
from multigrad.array.views import Storage, lies_in_order
from multigrad.errors import NotDifferentiable

# Like another ------------------------------------------------------------------------------------------


def _like(function: Callable[..., Any], fill: Callable[..., Any]) -> None:
    """Enter a function whose result is written into: so it must be recorded, on the device of the run."""

    def apply(
        a: Any,
        dtype: Any = None,
        order: str = "K",
        subok: bool = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> Any:
        array = lifted(a, shape)
        filled = fill(empty(array), dtype, "C", shape=host(shape), subok=False)
        result = array._recording.constant(filled)
        Storage(result, in_order=order == "C" or (order == "K" and lies_in_order(array)))
        return result

    FUNCTIONS[function] = apply


_like(np.zeros_like, np.zeros_like)
_like(np.ones_like, np.ones_like)
_like(np.empty_like, np.zeros_like)  # what NumPy leaves undefined is zero: NaN in it would spread


@implements(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    array, fill = lifted_all(a, fill_value)
    target = array.dtype if dtype is None else np.dtype(dtype)
    wanted = array.shape if shape is None else np.broadcast_to(np.empty(()), host(shape)).shape
    return np.broadcast_to(fill.astype(target), wanted).copy()


# Between recorded bounds -----------------------------------------------------------------------------------


@implements(np.linspace)
def linspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, retstep: bool = False,
             dtype: Any = None, axis: int = 0, *, device: Any = None) -> Any:  # fmt: skip
    recording, count = first_recording((start, stop)), operator.index(num)
    computed = common_dtype(operand(recording, start), operand(recording, stop), 1.0)
    first, last = (recording.recorded(bound).astype(computed) for bound in (start, stop))
    parts = count - 1 if endpoint else count
    steps = np.arange(count, dtype=computed).reshape(-1, *(1,) * max(first.ndim, last.ndim))
    step = (last - first) / parts if parts > 0 else np.nan
    result = steps * (step if parts > 0 else last - first) + first
    if endpoint and count > 1:
        result[-1] = last  # as in NumPy, exactly
    result = np.moveaxis(result, 0, axis)
    if dtype is not None:
        result = (np.floor(result) if np.dtype(dtype).kind in "iu" else result).astype(dtype)
    return (result, step) if retstep else result


@implements(np.logspace)
def logspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None,
             axis: int = 0) -> Any:  # fmt: skip
    if np.ndim(base):
        *bounds, base = lifted_all(start, stop, base)
        most = max(bound.ndim for bound in (*bounds, base))
        start, stop, base = (
            np.reshape(bound, (1,) * (most - bound.ndim) + bound.shape) for bound in (*bounds, base)
        )
        base = np.expand_dims(base, axis)
    exponents = np.linspace(start, stop, num, endpoint, axis=axis)
    result = np.power(base, exponents)
    return result if dtype is None else result.astype(dtype)


@implements(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Any:
    computed = np.result_type(np.float64 if dtype is None else dtype, *map(np.result_type, (start, stop)))
    first, last = (bound.astype(computed) for bound in lifted_all(start, stop))
    if computed.kind == "c":
        raise NotDifferentiable(
            "np.geomspace of complex bounds has no derivative here; write np.exp(np.linspace(...))"
        )
    if np.any(first == 0) or np.any(last == 0):
        raise ValueError("Geometric sequence cannot include zero")
    sign = np.sign(host(first))
    first, last = first * sign, last * sign
    result = np.logspace(np.log10(first), np.log10(last), num, endpoint)
    if len(result):
        result[0] = first
    if len(result) > 1 and endpoint:
        result[-1] = last
    result = np.moveaxis(result * sign, 0, axis)
    return result if dtype is None else result.astype(dtype)


@implements(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    array = lifted(x)
    if array.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    count = len(array) if N is None else operator.index(N)
    array = array.astype(np.promote_types(array.dtype, int), copy=False)
    powers = [np.ones_like(array)]
    for _ in range(1, count):
        powers.append(powers[-1] * array)  # products: x**0 has no slope at 0 on some backends
    if count == 0:
        return array._recording.constant(np.empty((len(array), 0), array.dtype))
    return np.stack(powers if increasing else powers[::-1], axis=1)


# Padding --------------------------------------------------------------------------------------------------


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    a = lifted(array, *kwargs.values())
    if callable(mode):
        raise NotDifferentiable(
            "np.pad with a function for its mode writes into a plain array; join with np.concatenate"
        )
    np.pad(np.empty((0,) * a.ndim), 0, mode, **{name: host(value) for name, value in kwargs.items()})
    if mode == "constant":
        constants = a._recording.recorded(kwargs.get("constant_values", 0)).astype(a.dtype)
        return rearranged("pad", (a, constants), lambda p, c: np.pad(p, pad_width, constant_values=c))
    if mode in _COMPUTED or kwargs.get("reflect_type") == "odd":
        return _pad_computed(a, pad_width, mode, kwargs)
    return gathered("pad", a, np.pad(numbered(a), pad_width, mode, **kwargs))


def _pad_computed(a: Any, pad_width: Any, mode: str, options: dict[str, Any]) -> Any:
    """The modes whose new entries are not entries of the array: one axis after another, as NumPy does it."""
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(k, pad_width.get(k - a.ndim, 0)) for k in range(a.ndim)]
        pad_width = [(width, width) if isinstance(width, int) else width for width in pad_width]
    widths = np.broadcast_to(host(pad_width), (a.ndim, 2)).tolist()
    lengths = options.get("stat_length")
    if mode == "linear_ramp":
        settings = np.broadcast_to(a._recording.recorded(options.get("end_values", 0)), (a.ndim, 2))
    else:
        settings = np.broadcast_to(np.asarray(lengths, dtype=object), (a.ndim, 2))
    block = _ODD if options.get("reflect_type") == "odd" else _COMPUTED
    for axis, (before, after) in enumerate(widths):
        new = block[mode](a, axis, before, settings[axis, 0])
        mirrored = np.flip(block[mode](np.flip(a, axis), axis, after, settings[axis, 1]), axis)
        a = np.concatenate([new, a, mirrored], axis).astype(a.dtype, copy=False)
    return a


def _statistic(function: Callable[..., Any]) -> Callable[..., Any]:
    def block(a: RecordedArray, axis: int, width: int, length: int | None) -> Any:
        value = function(along(a, axis, slice(length)), axis=axis, keepdims=True)
        return np.repeat(value, width, axis)

    return block


def _ramp(a: RecordedArray, axis: int, width: int, end: RecordedArray) -> Any:
    steps = np.arange(width).reshape(-1, *(1,) * (a.ndim - axis - 1)) / max(width, 1)
    return end + (along(a, axis, slice(1)) - end) * steps


def _odd(offset: int) -> Callable[..., Any]:
    """Twice the edge less the reflection; `offset` is 1 where the edge itself is not repeated."""

    def block(a: RecordedArray, axis: int, width: int, _: Any) -> Any:
        if width > a.shape[axis] - offset:
            raise NotDifferentiable(
                f"np.pad(..., reflect_type='odd') by {width} is wider than what an axis of length "
                f"{a.shape[axis]} reflects; pad in several steps"
            )
        return 2 * along(a, axis, slice(1)) - np.flip(along(a, axis, slice(offset, offset + width)), axis)

    return block


_COMPUTED: dict[str, Callable[..., Any]] = {
    "mean": _statistic(np.mean), "maximum": _statistic(np.max), "minimum": _statistic(np.min),
    "median": _statistic(np.median), "linear_ramp": _ramp,
}  # fmt: skip
_ODD: dict[str, Callable[..., Any]] = {"reflect": _odd(1), "symmetric": _odd(0)}
