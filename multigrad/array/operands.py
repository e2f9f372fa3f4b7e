"""Operands of NumPy's functions over whole arrays: read, promoted, taken to the host, written to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.array.elementwise import check_out, first_recording, write_out
from multigrad.array.recorded_array import FLOAT64, RecordedArray
from multigrad.array.recording import Recording


def lifted(a: Any, *others: Any) -> RecordedArray:
    """`a` as an array of the run in which it, or one of the others, is recorded."""
    return a if type(a) is RecordedArray and not others else first_recording((a, *others)).recorded(a)


def lifted_all(*operands: Any) -> list[RecordedArray]:
    """All operands as arrays of the run in which at least one is recorded."""
    recording = first_recording(operands)
    return [recording.recorded(operand) for operand in operands]


def promoted(
    recording: Recording, operands: Any, dtype: npt.DTypeLike = None
) -> tuple[list[Any], np.dtype[Any]]:
    """The native values of the operands in the dtype that NumPy promotes arrays of theirs to, and that dtype."""
    arrays = [recording.recorded(operand) for operand in operands]
    common = np.result_type(*(array.dtype for array in arrays)) if dtype is None else np.dtype(dtype)
    return [array.astype(common, copy=False)._value for array in arrays], common


def inexact(array: RecordedArray) -> RecordedArray:
    """Integers and booleans as float64, as `numpy.linalg` has them."""
    return array.astype(FLOAT64) if array.dtype.kind in "biu" else array


def host(value: Any) -> Any:
    """The value outside the recording, for what carries no derivative: masks, positions, counts."""
    if isinstance(value, RecordedArray):
        return value._host()
    if isinstance(value, (list, tuple)):
        return type(value)(host(entry) for entry in value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return np.asarray(host(value.tolist()))
    return value


def numbered(array: RecordedArray, start: int = 0) -> npt.NDArray[np.int64]:
    """The positions of the array's entries, counted on from `start`: a stand-in for NumPy to rearrange."""
    return np.arange(start, start + array.size, dtype=np.int64).reshape(array.shape)


def empty(array: RecordedArray) -> npt.NDArray[Any]:
    """A read-only array of the same shape and dtype that takes no memory: for NumPy to judge arguments on."""
    return np.broadcast_to(np.empty((), array.dtype), array.shape)


def flat(array: RecordedArray) -> Any:
    """The native entries in C order."""
    shape = array._value.shape
    return array._value if len(shape) == 1 else array._recording.row("reshape")(array._value, (array.size,))


def delivered(name: str, result: Any, out: Any) -> Any:
    """The result, or `out` after the result was written into it."""
    return result if out is None else write_out(result, check_out(out, f"numpy.{name}"))
