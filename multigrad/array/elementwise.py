"""NumPy's ufuncs over recorded arrays: promotion by NumPy's own rules, then one row of the backend.

Every ufunc comes through `call`. What a backend has no row for is composed from ufuncs that it has
(`composed.py`, and `special.py` for SciPy's), once for all backends; integers without a row are NumPy's own,
since they carry no derivative. Methods of ufuncs (``np.add.reduce``) stand in `ufunc_methods.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any

import numpy as np

from multigrad.array.plain_outputs import into_plain, is_plain
from multigrad.array.recorded_array import BOOL, FLOAT32, FLOAT64, RecordedArray
from multigrad.array.recording import Recording
from multigrad.array.table import UFUNCS
from multigrad.backends import rows
from multigrad.errors import NotDifferentiable

WEAK = (int, float, complex)
"""Python's number types, which take the dtype of what they meet (NEP 50)."""

ON_BOOLEANS = {
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or",
    "bitwise_xor": "logical_xor",
    "invert": "logical_not",
    "add": "logical_or",
    "multiply": "logical_and",
    "maximum": "logical_or",
    "minimum": "logical_and",
}
"""What these ufuncs are where every operand is boolean."""

ON_INTEGERS = frozenset(
    ("negative", "absolute", "sign", "square", "add", "subtract", "multiply", "maximum", "minimum",
     *rows.COMPARISONS)
)  # fmt: skip
"""Rows that take integers as NumPy does; NumPy itself computes the others."""

SAME_NAME = {"psi": "digamma"}
"""Ufuncs of SciPy's that call themselves otherwise than their row."""

DIRECT: dict[np.ufunc, tuple[str, np.dtype[Any] | None]] = {
    getattr(np, name): (name, None) for name in rows.UNARY if isinstance(getattr(np, name), np.ufunc)
} | {getattr(np, name): (name, BOOL) for name in rows.UNARY_PREDICATES if name != "logical_not"}
"""Unary ufuncs that answer float with the same float, or with a boolean: they need no promotion."""

COMPOSED: dict[str, Callable[..., Any]] = {}
"""Ufuncs written with other ufuncs, by their row's name, for backends that have no such row."""

MATRIX: dict[str, Callable[..., Any]] = {}
"""Filled by `products.py`: ufuncs over matrices, which are not elementwise."""

_FLOAT16 = np.dtype(np.float16)


@lru_cache(maxsize=4096)
def loop_dtypes(
    ufunc: np.ufunc, kinds: tuple[Any, ...], dtype: np.dtype[Any] | None = None, casting: Any = "same_kind"
) -> tuple[np.dtype[Any], ...]:
    """The dtypes that NumPy would compute in and answer with; float16 is computed in float32.

    Raises
    ------
    TypeError
        NumPy has no such loop.
    NotDifferentiable
        The loop is in longdouble, which no backend has.
    """
    wanted: Any = {} if dtype is None else {"signature": (None,) * ufunc.nin + (dtype,) * ufunc.nout}
    found = ufunc.resolve_dtypes((*kinds, *(None,) * ufunc.nout), casting=casting, **wanted)
    for loop in found:
        if (loop.kind == "f" and loop.itemsize > 8) or (loop.kind == "c" and loop.itemsize > 16):
            raise NotDifferentiable(
                f"numpy.{ufunc.__name__} of a {loop} number met a recorded value; no backend computes in "
                "longdouble: write numpy.float64(number)"
            )
    return tuple(FLOAT32 if loop == _FLOAT16 else loop for loop in found)


def first_recording(operands: Iterable[object]) -> Recording:
    """The recording of the first recorded array among (nested) operands; all must share its backend."""
    recording: Recording | None = None
    stack = list(operands)[::-1]
    while stack:
        operand = stack.pop()
        if isinstance(operand, RecordedArray):
            if recording is None:
                recording = operand._recording
            else:
                recording.check(operand)
        elif isinstance(operand, (list, tuple)):
            stack.extend(operand[::-1])
        elif isinstance(operand, dict):
            stack.extend(operand.values())
        elif isinstance(operand, np.ndarray) and operand.dtype.kind == "O":
            stack.extend(operand.ravel().tolist()[::-1])
    if recording is None:
        raise NotDifferentiable("none of the operands is recorded")
    return recording


def call(ufunc: np.ufunc, *inputs: Any, **keywords: Any) -> Any:
    """One ufunc over operands of which at least one is recorded, or stands in `out`.

    Raises
    ------
    NotDifferentiable
        The ufunc has no derivative, or `out` is a plain array that cannot hold a recorded value.
    """
    if not keywords and len(inputs) == 1:
        x, entry = inputs[0], DIRECT.get(ufunc)
        if entry is not None and type(x) is RecordedArray and (x.dtype is FLOAT64 or x.dtype is FLOAT32):
            recording = x._recording
            return RecordedArray(recording.rows[entry[0]](x._value), recording, entry[1] or x.dtype)
    return _call(ufunc, inputs, **keywords) if keywords else _apply(ufunc, first_recording(inputs), inputs)


def _call(
    ufunc: np.ufunc,
    inputs: tuple[Any, ...],
    out: Any = None,
    where: Any = True,
    dtype: Any = None,
    casting: Any = "same_kind",
    order: Any = "K",
    subok: bool = True,
    **keywords: Any,
) -> Any:
    if ufunc.signature is not None and keywords.keys() <= {"axes", "axis"}:
        apply: Callable[..., Any] = partial(_along_axes, **keywords)
    elif keywords:
        raise NotDifferentiable(
            f"numpy.{ufunc.__name__} over recorded values takes no {', '.join(keywords)}="
        )
    else:
        apply = _apply
    recording = first_recording((*inputs, out, where))
    dtype = None if dtype is None else np.dtype(dtype)
    targets = out if isinstance(out, tuple) else (out,) * ufunc.nout
    if any(map(is_plain, targets)):
        compute = partial(apply, ufunc, recording, inputs, dtype, casting)
        return into_plain(ufunc, inputs, targets, {"where": where, "dtype": dtype, "casting": casting}, compute)
    masked = not (isinstance(where, (bool, np.bool_)) and where)
    if masked:
        inputs = _harmless(ufunc, recording, inputs, targets, where, dtype)
    results = apply(ufunc, recording, inputs, dtype, casting)
    if all(target is None for target in targets):
        return results
    several = isinstance(results, tuple)
    answers = [
        result
        if target is None
        else write_out(np.where(where, result, target) if masked else result, target, casting)
        for result, target in zip(results if several else (results,), targets, strict=True)
    ]
    return tuple(answers) if several else answers[0]


def _apply(
    ufunc: np.ufunc,
    recording: Recording,
    inputs: tuple[Any, ...],
    dtype: Any = None,
    casting: Any = "same_kind",
) -> Any:
    name, runs_python = _identified(ufunc)
    operands = [operand(recording, value) for value in inputs]
    if ufunc.signature is not None:
        found = COMPOSED[name](*operands) if name in COMPOSED else recording.row(name)
        return found if dtype is None else found.astype(dtype)
    if runs_python:
        return _python_function(ufunc, recording, operands)
    kinds = tuple(type(value) if type(value) in WEAK else value.dtype for value in operands)
    if name in ON_BOOLEANS and all(kind == BOOL for kind in kinds) and dtype in (None, BOOL):
        name = ON_BOOLEANS[name]
        ufunc = getattr(np, name)
    *loop, result = loop_dtypes(ufunc, kinds, dtype, casting)
    if name in rows.LOGICAL or name == "logical_not":
        return RecordedArray(
            recording.row(name)(*(_truth(recording, value) for value in operands)), recording, BOOL
        )
    whole = all(want.kind in "biu" for want in loop)
    integers = loop[0].kind in "iu" and not (
        name in ON_INTEGERS and all(_fits(*pair) for pair in zip(operands, loop, strict=False))
    )
    if (whole and integers) or not any(isinstance(value, RecordedArray) for value in operands):
        return _by_numpy(ufunc, recording, operands, dtype, casting)
    if name in recording.rows:
        natives = [cast(recording, value, want) for value, want in zip(operands, loop, strict=False)]
        return RecordedArray(recording.rows[name](*natives), recording, result)
    if name in COMPOSED:
        return _compose(ufunc, recording, name, operands, [*loop, result])
    if whole:
        return _by_numpy(ufunc, recording, operands, dtype, casting)
    return recording.row(name)


def _along_axes(
    ufunc: np.ufunc,
    recording: Recording,
    inputs: tuple[Any, ...],
    dtype: Any = None,
    casting: Any = "same_kind",
    *,
    axes: Any = None,
    axis: Any = None,
) -> Any:
    """``axes=`` and ``axis=`` of a ufunc over matrices: they go last, where it looks for them."""
    chosen = [(axis,)] * ufunc.nin if axes is None else [tuple(np.atleast_1d(k).tolist()) for k in axes]
    move: Callable[..., Any] = np.moveaxis  # NumPy's stub does not know of arrays like ours
    moved = (
        move(recording.recorded(value), lines, range(-len(lines), 0))
        for value, lines in zip(inputs, chosen, strict=False)
    )
    result = _apply(ufunc, recording, tuple(moved), dtype, casting)
    for lines in chosen[ufunc.nin :]:
        result = move(result, range(-len(lines), 0), lines)
    return result


def _compose(ufunc: np.ufunc, recording: Recording, name: str, operands: list[Any], dtypes: list[Any]) -> Any:
    promoted = [
        value if type(value) in WEAK else recording.recorded(value).astype(want, copy=False)
        for value, want in zip(operands, dtypes[: ufunc.nin], strict=True)
    ]
    found = COMPOSED[name](*promoted)
    several = found if isinstance(found, tuple) else (found,)
    cast_back = tuple(
        value.astype(want, copy=False) for value, want in zip(several, dtypes[ufunc.nin :], strict=True)
    )
    return cast_back if isinstance(found, tuple) else cast_back[0]


def _by_numpy(ufunc: np.ufunc, recording: Recording, operands: list[Any], dtype: Any, casting: Any) -> Any:
    """Integers and booleans carry no derivative: what no backend has a row for, NumPy computes."""
    values = [value._host() if isinstance(value, RecordedArray) else value for value in operands]
    found = ufunc(*values, casting=casting) if dtype is None else ufunc(*values, dtype=dtype, casting=casting)
    return tuple(map(recording.constant, found)) if isinstance(found, tuple) else recording.constant(found)


def _python_function(ufunc: np.ufunc, recording: Recording, operands: list[Any]) -> Any:
    """`numpy.frompyfunc`: the Python function sees recorded scalars."""
    found = ufunc(*(np.asarray(value, dtype=object) for value in operands))
    return tuple(map(recording.recorded, found)) if isinstance(found, tuple) else recording.recorded(found)


def operand(recording: Recording, value: Any) -> Any:
    """A recorded array, a Python number (not a bool), or a NumPy array."""
    if isinstance(value, RecordedArray) or type(value) in WEAK:
        return value
    if isinstance(value, (list, tuple)):
        return recording.listed(value)
    array = np.asarray(value)
    if array.dtype.kind == "O":
        return recording.stacked(array)
    return array


def cast(recording: Recording, operand: Any, dtype: np.dtype[Any]) -> Any:
    """The operand of a row: native in `dtype`, or a Python number where that means the same."""
    if isinstance(operand, RecordedArray):
        if operand.dtype == dtype:
            return operand._value
        return recording.row("astype")(operand._value, dtype)
    if type(operand) in WEAK:
        if isinstance(operand, int) and dtype.kind == "f":
            return float(operand) if abs(operand) > 2**53 else operand
        return operand
    if operand.ndim == 0 and dtype.kind == "f" and operand.dtype.kind in "fiub":
        # A scalar stays a Python number, which the backend needs not to place: float32 is exact in it.
        return float(operand.astype(dtype))
    recording.in_order &= operand.flags.c_contiguous
    constant = recording.backend.from_host(operand.astype(dtype, copy=False), recording.device)
    if recording.seen is not None:
        recording.note(constant)
    return constant


def _fits(operand: Any, dtype: np.dtype[Any]) -> bool:
    """Whether an operand is no Python integer beyond the loop's, which NumPy treats on its own."""
    return type(operand) is not int or np.iinfo(dtype).min <= operand <= np.iinfo(dtype).max


def _truth(recording: Recording, operand: Any) -> Any:
    """The native booleans that the logical ufuncs see: anything but zero is true."""
    array = recording.recorded(bool(operand) if type(operand) in WEAK else operand)
    return array._value if array.dtype == BOOL else (array != 0)._value


@lru_cache(maxsize=1024)
def _identified(ufunc: np.ufunc) -> tuple[str, bool]:
    """The name of its row (``special.erf`` for SciPy's), and whether it loops over Python objects."""
    name = ufunc.__name__
    runs_python = ufunc.types == ["O" * ufunc.nin + "->" + "O" * ufunc.nout]
    return name if getattr(np, name, None) is ufunc else f"special.{SAME_NAME.get(name, name)}", runs_python


def _harmless(
    ufunc: np.ufunc,
    recording: Recording,
    inputs: tuple[Any, ...],
    targets: tuple[Any, ...],
    where: Any,
    dtype: Any,
) -> tuple[Any, ...]:
    """``where=``: the inputs, with harmless numbers where the mask is off.

    Replacing only the result is not enough: 0 times the infinite slope of a branch that NumPy does not take
    would be NaN.
    """
    if None in targets:
        raise NotDifferentiable(
            f"numpy.{ufunc.__name__}(..., where=mask) without out= leaves the other entries undefined; write "
            "out=np.zeros_like(x), or numpy.where(mask, ..., 0.0)"
        )
    operands = [operand(recording, value) for value in inputs]
    kinds = tuple(type(value) if type(value) in WEAK else value.dtype for value in operands)
    safe = 2.0 if ufunc.__name__ == "arccosh" else 0.5
    return tuple(
        np.where(where, recording.recorded(value).astype(want, copy=False), safe if want.kind in "fc" else 1)
        .astype(want, copy=False)
        for value, want in zip(operands, loop_dtypes(ufunc, kinds, dtype), strict=False)
    )  # fmt: skip


def check_out(out: Any, name: str) -> RecordedArray:
    """`out`, which must be recorded: a plain array would lose the derivative of what is written into it."""
    if not isinstance(out, RecordedArray):
        raise NotDifferentiable(
            f"{name}(..., out=array) writes a recorded value into a plain array, where its derivative would "
            "be lost; leave out= away, or start from np.zeros_like(x)"
        )
    return out


def write_out(result: Any, out: Any, casting: Any = "same_kind") -> RecordedArray:
    """Write a result into `out`, and give `out`."""
    if not np.can_cast(result.dtype, out.dtype, casting):
        raise TypeError(
            f"cannot cast the result from {result.dtype} to {out.dtype} with casting rule {casting!r}"
        )
    if np.broadcast_shapes(result.shape, out.shape) != out.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {out.shape} doesn't match the broadcast shape "
            f"{np.broadcast_shapes(result.shape, out.shape)}"
        )
    out[...] = result
    return out  # type: ignore[no-any-return]  # checked by check_out


UFUNCS["__call__"] = call
