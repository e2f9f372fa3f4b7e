"""Plain NumPy arrays that a ufunc is told to write into: ``total += x``, and ``out=`` where that loses nothing.

A plain array cannot hold a recorded value. But ``total += x``, where `total` is plain, binds the name to
whatever the ufunc returns: so the recorded result takes the place of the plain array. That is right only where
nobody else looks at this array, by another name or through a view: the count of its references tells.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from types import CodeType, FrameType
from typing import Any, ClassVar

import numpy as np

from multigrad.array.recorded_array import FLOAT64, RecordedArray
from multigrad.errors import NotDifferentiable


def is_plain(target: Any) -> bool:
    return target is not None and not isinstance(target, RecordedArray)


def into_plain(
    ufunc: np.ufunc,
    inputs: tuple[Any, ...],
    targets: tuple[Any, ...],
    options: dict[str, Any],
    compute: Callable[[], Any],
) -> Any:
    """The answer of a ufunc of which at least one target is plain: in it, or in its place.

    Parameters
    ----------
    options : dict
        ``where=``, ``dtype=`` and ``casting=``.
    compute : callable
        The recorded answer, without a mask.

    Raises
    ------
    NotDifferentiable
        Writing into a target would lose a derivative.
    """
    recorded = [value for value in (*inputs, options["where"]) if isinstance(value, RecordedArray)]
    if any(isinstance(target, RecordedArray) for target in targets):
        raise _refused(ufunc)
    if recorded and all(value.dtype.kind in "biu" for value in recorded):
        # Nothing here carries a derivative: NumPy itself may compute, and write where it is told.
        options = options | {"where": _host(options["where"])}
        return ufunc(*map(_host, inputs), out=targets, **options)
    if len(targets) > 1 or options["where"] is not True:
        raise _refused(ufunc)
    return _written(ufunc, inputs, targets[0], compute(), options["casting"])


def _host(value: Any) -> Any:
    return value._host() if isinstance(value, RecordedArray) else value


def _written(ufunc: np.ufunc, inputs: tuple[Any, ...], target: Any, result: Any, casting: Any) -> Any:
    if result.dtype.kind in "biu":
        np.copyto(target, result._host(), casting=casting)
        return target
    if result._recording is _PROBING:
        return sys.getrefcount(target)
    if ufunc.signature is not None or target is not inputs[0] or not _is_statement():
        raise _refused(ufunc)
    if target.base is not None or sys.getrefcount(target) > _alone():
        raise NotDifferentiable(
            f"an augmented assignment (numpy.{ufunc.__name__}) of a recorded value to a plain array that has "
            "another name, or is a view: what is seen there would lose the derivative; start from "
            "np.zeros_like(x), or write a = a + x"
        )
    if not np.can_cast(result.dtype, target.dtype, casting):
        raise TypeError(
            f"Cannot cast ufunc {ufunc.__name__!r} output from {result.dtype!r} to {target.dtype!r} with "
            f"casting rule {casting!r}"
        )
    if result.shape != target.shape:
        raise ValueError(
            f"non-broadcastable output operand with shape {target.shape} doesn't match the broadcast shape "
            f"{result.shape}"
        )
    return result.astype(target.dtype)


class _Probing:
    """A recording that is none: a sum with an array of it answers with the count of references instead."""

    seen = None
    rows: ClassVar[dict[str, Any]] = {"add": np.add}


_PROBING: Any = _Probing()


@cache
def _alone() -> int:
    """The count for an array with one name. It is measured, since it is not the same in every Python."""
    total: Any = np.zeros(())
    total += RecordedArray(np.zeros(()), _PROBING, FLOAT64)
    return int(total)


def _refused(ufunc: np.ufunc) -> NotDifferentiable:
    return NotDifferentiable(
        f"numpy.{ufunc.__name__}(..., out=array) writes a recorded value into a plain array, where its "
        "derivative would be lost; leave out= away, or start from np.zeros_like(x)"
    )


def _is_statement() -> bool:
    """Whether the ufunc runs for an augmented assignment, which binds its left side to the answer.

    ``np.add(a, x, out=a)`` has the same operands, but whoever writes it may drop the answer.
    """
    frame: FrameType | None = sys._getframe()
    entry: Callable[..., Any] = RecordedArray.__array_ufunc__
    while frame is not None and frame.f_code is not entry.__code__:
        frame = frame.f_back
    caller = frame and frame.f_back
    return caller is not None and _augments(caller.f_code, caller.f_lasti)


@lru_cache(maxsize=256)
def _augments(code: CodeType, at: int) -> bool:
    instruction = next((step for step in dis.get_instructions(code) if step.offset == at), None)
    return (
        instruction is not None and instruction.opname == "BINARY_OP" and instruction.argrepr.endswith("=")
    )
