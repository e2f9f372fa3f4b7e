"""Refusals that code in C swallowed: NumPy or SciPy asked for a value, was refused, and raised an error of its own.

The array remembers its last refusal, so that a person reads what to write instead, and not that "setting an
array element with a sequence" failed. An exception that f itself raises is never replaced.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import numpy as np

from multigrad.array.recording import Recording
from multigrad.errors import MultigradError, NotDifferentiable

FROM_OBJECTS = re.compile(
    r"not supported for the input types|dtype\('O'\)|(type|dtype) object|object arrays are not"
    r"|of type \w+ which has no"
)
"""How NumPy and SciPy refuse an array of objects."""

FORMAT = re.compile(r"%\w format: a real number is required, not RecordedArray")
"""How Python refuses ``"%d" % x`` after its ``int(x)`` was refused."""

INSTEAD = {
    "logsumexp": "numpy.logaddexp.reduce(x)",
    "log_softmax": "x - numpy.logaddexp.reduce(x)",
}
"""SciPy's functions that are programs over plain arrays -> what records."""


def swallowed(error: Exception, recording: Recording) -> MultigradError | None:
    """The refusal behind another error, or None where the error is f's own."""
    steps = list(_steps(error.__traceback__))
    if not steps:
        return None
    if isinstance(error, TypeError) and FORMAT.match(str(error)):
        return NotDifferentiable(
            "'%d' % x takes the value out of the recording, so its derivative would be lost; to show it, write "
            "f'{x:.0f}'"
        )
    if isinstance(error, TypeError) and "RecordedArray" in str(error) and _is_a_framework_s(steps[-1]):
        return NotDifferentiable(
            f"f calls a function of a framework ({str(error).splitlines()[0]}), but x is host data, so f was called "
            "with an array that obeys NumPy; write numpy's functions, or pass an array of that framework: "
            "torch.tensor(2.0), jax.numpy.array(2.0) (not to compare, which asks every backend: there f is NumPy's)"
        )
    if recording.gave_objects and isinstance(error, ValueError) and "read-only" in str(error):
        return NotDifferentiable(
            f"f writes into np.asarray(x) ({error}), which is a copy here: x would not see it, as it does with NumPy; "
            "write into x itself, or into x.copy()"
        )
    if _is_written_in_f(steps[-1]):
        return None
    refusal = recording.refusal
    if refusal is not None and _went_to_c(refusal) and (_follows(error, refusal) or _is_numpys(steps[-1])):
        return type(refusal)(str(refusal))
    if recording.gave_objects and isinstance(error, (TypeError, ValueError)) and FROM_OBJECTS.search(str(error)):
        return _not_dispatched(error, steps)
    return None


def _not_dispatched(error: Exception, steps: list[TracebackType]) -> NotDifferentiable:
    called = {step.tb_frame.f_code.co_name for step in steps if _is_numpys(step)}
    for name, instead in INSTEAD.items():
        if name in called:
            return NotDifferentiable(f"scipy.special.{name} is not dispatched to the recorded array; write {instead}")
    return NotDifferentiable(
        "a function that is not dispatched to the recorded array met a list, or an object array, with recorded "
        f"values in it ({error}); write np.stack([...]) instead of np.array([...]) or a bare list, and "
        "numpy's functions instead of those that compute in C"
    )


def require_the_plain_value(f: Callable[[Any], Any], recording: Recording, x: Any, y: Any) -> None:
    """Where f itself caught a refusal and went on, what it returned has to be what it returns without one.

    ``try: return float(x)**2`` ``except TypeError: return 0.0`` is another function while it is recorded, with
    another slope. (One that only wants to print x, or falls back to NumPy's function, is not.)

    Raises
    ------
    NotDifferentiable
        The refusal that f caught.
    """
    refusal = recording.refusal
    if refusal is None:
        return
    recording.refusal = None
    backend = recording.backend
    try:
        host = backend.to_host(x)
        with np.errstate(all="ignore"):
            plain = np.asarray(f(host if host.ndim else host[()]), dtype=np.float64)
        same = np.allclose(backend.to_host(y), plain, rtol=1e-5, atol=0, equal_nan=True)
    except Exception:  # noqa: BLE001  no values here, or f does not run on plain data: then nothing shows it is the same
        same = False
    if not same:
        raise refusal


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_numpys(step: TracebackType) -> bool:
    return step.tb_frame.f_globals.get("__name__", "").partition(".")[0] in ("numpy", "scipy")


def _is_a_framework_s(step: TracebackType) -> bool:
    module = step.tb_frame.f_globals.get("__name__", "").partition(".")[0]
    return module in ("torch", "jax", "autograd") or not _is_written_in_f(step)


def _is_written_in_f(step: TracebackType) -> bool:
    """Whether a ``raise`` of somebody else's than NumPy's and SciPy's stands there: any other error comes from C."""
    if _is_numpys(step):
        return False
    there = (i.opname for i in dis.get_instructions(step.tb_frame.f_code) if i.offset == step.tb_lasti)
    return next(there, "") in ("RAISE_VARARGS", "RERAISE")


def _went_to_c(refusal: BaseException) -> bool:
    """Whether no ``except`` of Python's stopped it: the outermost frame that it left stands where it left it."""
    outermost = refusal.__traceback__
    return outermost is not None and outermost.tb_frame.f_lasti == outermost.tb_lasti


def _follows(error: BaseException, refusal: BaseException) -> bool:
    """Whether Python itself says that the one was raised because of, or while handling, the other."""
    seen: list[BaseException] = []
    while error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__ or error
    return refusal in seen
