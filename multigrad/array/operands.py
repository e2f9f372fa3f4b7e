"""Operands of NumPy's functions over whole arrays: read, promoted, taken to the host, written to.

What these give is typed as Any where it is a recorded array: NumPy's stubs do not know of arrays like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.array.elementwise import WEAK, cast, check_out, first_recording, operand, write_out
from multigrad.array.recorded_array import FLOAT64, RecordedArray
from multigrad.array.recording import Recording


def lifted(a: Any, *others: Any) -> Any:
    """`a` as an array of the run in which it, or one of the others, is recorded."""
    return a if type(a) is RecordedArray else first_recording((a, *others)).recorded(a)


def lifted_all(*operands: Any) -> list[Any]:
    """All operands as arrays of the run in which at least one is recorded."""
    recording = first_recording(operands)
    return [recording.recorded(value) for value in operands]


def promoted(
    recording: Recording, operands: Any, dtype: npt.DTypeLike | None = None
) -> tuple[list[Any], np.dtype[Any]]:
    """The native values of the operands in the dtype that NumPy promotes such arrays to, and that dtype."""
    arrays = [recording.recorded(value) for value in operands]
    common = np.result_type(*(array.dtype for array in arrays)) if dtype is None else np.dtype(dtype)
    return [array.astype(common, copy=False)._value for array in arrays], common


def common_dtype(*operands: Any) -> np.dtype[Any]:
    """What NumPy promotes these to, Python numbers being weak (NEP 50)."""
    return np.result_type(*(value if type(value) in WEAK else value.dtype for value in operands))


def promoted_weakly(recording: Recording, values: Sequence[Any]) -> tuple[list[Any], np.dtype[Any]]:
    """Operands of an elementwise row, one of them at least native; Python numbers stay what they are."""
    operands = [operand(recording, value) for value in values]
    common = common_dtype(*operands)
    if not any(isinstance(value, RecordedArray) for value in operands):
        operands[0] = recording.recorded(np.asarray(operands[0], common))
    return [cast(recording, value, common) for value in operands], common


def inexact(array: RecordedArray) -> Any:
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


def check_cast(given: np.dtype[Any], target: np.dtype[Any], casting: Any) -> None:
    """NumPy's error where its rule forbids a cast."""
    if not np.can_cast(given, target, casting):
        raise TypeError(f"Cannot cast array data from {given} to {target} according to the rule {casting!r}")


def delivered(name: str, result: Any, out: Any) -> Any:
    """The result, or `out` after the result was written into it."""
    return result if out is None else write_out(result, check_out(out, f"numpy.{name}"))
