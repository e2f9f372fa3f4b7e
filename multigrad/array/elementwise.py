"""NumPy's ufuncs over recorded arrays: promotion by NumPy's own rules, then one row of the backend.

Every ufunc comes through `call`. What a backend has no row for is composed from ufuncs that it has
(`COMPOSED`), once for all backends. Methods of ufuncs (``np.add.reduce``) stand in `ufunc_methods.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from multigrad.array.recorded_array import BOOL, FLOAT64, RecordedArray
from multigrad.array.recording import Recording
from multigrad.array.table import UFUNCS
from multigrad.errors import NotDifferentiable

WEAK = (int, float, complex)
"""Python's number types, which take the dtype of what they meet (NEP 50)."""

LOGICAL = frozenset(("logical_and", "logical_or", "logical_xor", "logical_not"))
BITWISE = {
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or",
    "bitwise_xor": "logical_xor",
    "invert": "logical_not",
}
"""On booleans the bitwise ufuncs are the logical ones."""

_FLOAT16, _FLOAT32 = np.dtype(np.float16), np.dtype(np.float32)


@lru_cache(maxsize=4096)
def loop_dtypes(
    ufunc: np.ufunc, kinds: tuple[Any, ...], dtype: np.dtype[Any] | None
) -> tuple[np.dtype[Any], ...]:
    """The dtypes that NumPy would compute in and answer with; float16 is computed in float32."""
    blank = (None,) * ufunc.nout
    signature = None if dtype is None else (*(None,) * ufunc.nin, *(dtype,) * ufunc.nout)
    found = ufunc.resolve_dtypes((*kinds, *blank), signature=signature)
    return tuple(_FLOAT32 if found_dtype == _FLOAT16 else found_dtype for found_dtype in found)


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


def call(ufunc: np.ufunc, *inputs: Any, out: Any = None, where: Any = True, dtype: Any = None,
         **keywords: Any) -> Any:
    """One ufunc over operands of which at least one is recorded, or stands in `out`.

    Raises
    ------
    NotDifferentiable
        The ufunc has no derivative, or `out` is a plain array that cannot hold a recorded value.
    """
    for name in ("casting", "order", "subok"):
        keywords.pop(name, None)
    if keywords:
        raise NotDifferentiable(f"numpy.{ufunc.__name__} over recorded values takes no {', '.join(keywords)}=")
    recording = first_recording((*inputs, out, where))
    if where is not True:
        return _masked(ufunc, recording, inputs, out, where, dtype)
    result = _apply(ufunc, recording, inputs, None if dtype is None else np.dtype(dtype))
    return result if out is None else _write(ufunc, result, out)


def _apply(ufunc: np.ufunc, recording: Recording, inputs: tuple[Any, ...], dtype: Any) -> Any:
    name = ufunc_name(ufunc)
    operands = [_operand(recording, value) for value in inputs]
    kinds = tuple(type(value) if isinstance(value, WEAK) else value.dtype for value in operands)
    if name in BITWISE and all(kind == BOOL for kind in kinds):
        ufunc, name = getattr(np, BITWISE[name]), BITWISE[name]
    if name in recording.rows and not ufunc.signature:
        *loop, result = loop_dtypes(ufunc, kinds, dtype)
        if name in LOGICAL:
            loop = [BOOL] * len(loop)
        natives = [cast(recording, value, want) for value, want in zip(operands, loop, strict=True)]
        return RecordedArray(recording.rows[name](*natives), recording, result)
    if name in COMPOSED:
        result = COMPOSED[name](*(value if isinstance(value, WEAK) else recording.recorded(value) for value in operands))
        return result if dtype is None else result.astype(dtype)
    if all(kind in (int, bool) or getattr(kind, "kind", "") in "biu" for kind in kinds):
        # Integers carry no derivative: what no backend has a row for, NumPy computes.
        return recording.constant(ufunc(*(getattr(value, "_host", lambda value=value: value)() for value in operands)))
    return recording.row(name)


def _operand(recording: Recording, value: Any) -> Any:
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
    if isinstance(operand, WEAK):
        if isinstance(operand, int) and dtype.kind == "f" and abs(operand) > 2**53:
            return float(operand)
        return operand
    if operand.ndim == 0 and dtype.kind == "f" and operand.dtype.kind in "fiub":
        # A scalar stays a Python number, which the backend needs not to place: float32 is exact in it.
        return float(operand.astype(dtype))
    return recording.backend.from_host(operand.astype(dtype, copy=False), recording.device)


def ufunc_name(ufunc: np.ufunc) -> str:
    """The name of its row: NumPy's own name, or ``special.erf`` for one of SciPy's."""
    name = ufunc.__name__
    return name if getattr(np, name, None) is ufunc else f"special.{name}"


def _masked(ufunc: np.ufunc, recording: Recording, inputs: tuple[Any, ...], out: Any, where: Any,
            dtype: Any) -> Any:
    """``where=``: elsewhere the result is what `out` held, and f is never evaluated there.

    The inputs are replaced where the mask is off, not only the result: 0 times the infinite slope of a
    branch that NumPy does not take would be NaN.
    """
    if out is None:
        raise NotDifferentiable(
            f"numpy.{ufunc.__name__}(..., where=mask) without out= leaves the other entries undefined; write "
            "out=np.zeros_like(x), or numpy.where(mask, ..., 0.0)"
        )
    harmless = 2.0 if ufunc.__name__ == "arccosh" else 0.5
    safe = tuple(np.where(where, value, harmless) for value in inputs)
    target = out[0] if isinstance(out, tuple) else out
    return _write(ufunc, np.where(where, _apply(ufunc, recording, safe, dtype), target), out)


def _write(ufunc: np.ufunc, result: Any, out: Any) -> Any:
    target = out[0] if isinstance(out, tuple) else out
    if not isinstance(target, RecordedArray):
        raise NotDifferentiable(
            f"numpy.{ufunc.__name__}(..., out=array) writes a recorded value into a plain array, where its "
            "derivative would be lost; leave out= away, or start from np.zeros_like(x)"
        )
    target[...] = result
    return target


def _fmod(a: Any, b: Any) -> Any:
    return a - np.trunc(a / b) * b


def _heaviside(x: Any, at_zero: Any) -> Any:
    return np.where(x < 0, 0.0, np.where(x > 0, 1.0, np.where(x == 0, at_zero, x)))


def _sinc(x: Any) -> Any:
    scaled = np.pi * np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, np.sin(scaled) / scaled)


COMPOSED: dict[str, Callable[..., Any]] = {
    "positive": lambda x: x.copy(),
    "fabs": np.absolute,
    "cbrt": lambda x: np.sign(x) * np.absolute(x) ** (1 / 3),
    "deg2rad": lambda x: x * (np.pi / 180),
    "radians": lambda x: x * (np.pi / 180),
    "rad2deg": lambda x: x * (180 / np.pi),
    "degrees": lambda x: x * (180 / np.pi),
    "float_power": lambda a, b: np.power(np.asarray(a, dtype=FLOAT64) if not isinstance(a, RecordedArray)
                                         else a.astype(FLOAT64), b),
    "logaddexp2": lambda a, b: np.logaddexp(a * np.log(2.0), b * np.log(2.0)) / np.log(2.0),
    "fmod": _fmod,
    "copysign": lambda a, b: np.where(np.signbit(a) == np.signbit(b), a, -a),
    "heaviside": _heaviside,
    "ldexp": lambda x, n: x * 2.0**n,
    "divmod": lambda a, b: (a // b, a % b),
    "modf": lambda x: (x - np.trunc(x), np.trunc(x)),
    "spacing": lambda x: x * 0.0 + np.spacing(x._host()),
    "nextafter": lambda a, b: a + 0.0,
    "matmul": lambda a, b: MATRIX["matmul"](a, b),
    "vecdot": lambda a, b: np.sum(np.conjugate(a) * b, axis=-1),
    "matvec": lambda a, b: np.matmul(a, b[..., None])[..., 0],
    "vecmat": lambda a, b: np.matmul(np.conjugate(a)[..., None, :], b)[..., 0, :],
    "special.expit": lambda x: 1 / (1 + np.exp(-x)),
    "special.logit": lambda x: np.log(x / (1 - x)),
    "special.xlogy": lambda x, y: np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, y))),
    "special.xlog1py": lambda x, y: np.where(x == 0, 0.0, x * np.log1p(np.where(x == 0, 1.0, y))),
    "special.entr": lambda x: -np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, x))),
    "special.exprel": lambda x: np.where(x == 0, 1.0, np.expm1(x) / np.where(x == 0, 1.0, x)),
    "special.log_expit": lambda x: -np.logaddexp(0.0, -x),
    "special.cosdg": lambda x: np.cos(x * (np.pi / 180)),
    "special.sindg": lambda x: np.sin(x * (np.pi / 180)),
}
"""Ufuncs written with other ufuncs, for backends that have no row of that name."""

MATRIX: dict[str, Callable[..., Any]] = {}
"""Filled by `products.py`: ufuncs over matrices, which are not elementwise."""

UFUNCS["__call__"] = call
