"""HIPS autograd behind the contract: NumPy with derivatives, on the CPU.

A native array is a `numpy.ndarray`, a NumPy scalar (NumPy's functions make one of a 0-d array), or autograd's
box around either. To the outside only boxes are autograd's own: a plain NumPy array is host data.
"""

import math
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from itertools import count
from typing import Any, ClassVar, final

import autograd.numpy as anp
import numpy as np
import numpy.typing as npt
from autograd.core import JVPNode, VJPNode, VSpace, backward_pass, primitive_jvps
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.tracer import Node, getval, new_box, notrace_primitives, trace_stack

from multigrad.backends._autograd_rows import astype, cast, table
from multigrad.backends.contract import Backend, Device, Function, Native, Pullback
from multigrad.errors import DeviceUnavailable, MultigradError, NotDifferentiable

CPU = "cpu"

# Recording -------------------------------------------------------------------------------------------
#
# autograd numbers the recordings that are under way by their depth, 0, 1, 2 ..., in one counter for all
# threads: threads that record at once confuse each other's perturbations, and an exception in f leaves the
# counter too high. So recordings of ours have numbers of their own. A number must exceed those of all
# recordings around it, autograd's own among them, and stay below the next that autograd gives, for f may
# call `autograd.grad`: hence fractions above autograd's whole number, each larger than the one before.

_TICK = 2.0**-38
_ticks = count(1)


class _Innermost(threading.local):
    level = -1.0  # what autograd calls its depth where nothing is recorded


_innermost = _Innermost()


def _record(f: Function, x: Native, root: Node) -> tuple[Native, Any]:
    """``f(x)``, and its node when x is recorded from `root` on; None where it does not depend on x."""
    around = _innermost.level
    _innermost.level = level = max(math.floor(around), trace_stack.top) + next(_ticks) * _TICK
    try:
        y = f(new_box(x, level, root))
    finally:
        _innermost.level = around
    if type(y) is ArrayBox:
        return (y._value, y._node) if y._trace == level else (y, None)
    _refuse_what_may_hold_boxes(y)
    return y, None


def _refuse_what_may_hold_boxes(y: object) -> None:
    """A list or an object array of recorded values is no recorded value: its slope would be a silent 0."""
    if not isinstance(y, (np.ndarray, np.generic, int, float, complex)):
        what = f"a {type(y).__name__}"
    elif np.result_type(y).kind not in "biufc":
        what = f"an array of dtype {np.result_type(y)}"
    else:
        return
    raise NotDifferentiable(
        f"f returned {what}; expected a number or an array of numbers: build it with functions that record, "
        "autograd.numpy.array([...]) or autograd.numpy.concatenate; those of plain NumPy do not"
    )


def _zeros_like(x: Native) -> Native:
    value = getval(x)
    return np.zeros(np.shape(value), np.result_type(value))


def _in_dtype_of(x: Native, slope: Native) -> Native:
    """Some of autograd's rules answer float32 with float64."""
    dtype = anp.result_type(x)
    return slope if anp.result_type(slope) == dtype else astype(slope, dtype)


class _NoForwardRule(Exception):
    """A primitive has no forward rule that could be used."""


class _Forward(JVPNode):  # type: ignore[misc]  # autograd has no types
    """A forward node that looks at what a rule answers: the rules of sort and norm may misshape it."""

    __slots__ = ()

    def __init__(
        self, value: Native, fun: Any, args: Any, kwargs: Any, argnums: tuple[int, ...], parents: Any
    ) -> None:
        rule = primitive_jvps.get(fun)
        if rule is None:
            raise _NoForwardRule
        g = rule(argnums, [parent.g for parent in parents], value, args, kwargs)
        if getattr(g, "shape", ()) != getattr(value, "shape", ()):
            raise _NoForwardRule
        self.g = g  # type: ignore[misc]  # the slot is JVPNode's


class _Structure(Node):  # type: ignore[misc]  # as above
    """Records no derivative, only which operations on the way may let one point depend on another.

    The proof that none does: x itself, at the root, has its own shape. Where an operation is elementwise and
    each recorded operand has the shape of the answer (so was not broadcast), the answer has the shape of x
    again, and depends at each position on x at that position alone. Constants may be broadcast at will.
    """

    __slots__ = ("mixing",)
    mixing: frozenset[str]

    def __init__(
        self, value: Native, fun: Any, args: Any, kwargs: Any, argnums: tuple[int, ...], parents: Any
    ) -> None:
        self.mixing = frozenset().union(*(parent.mixing for parent in parents))
        if not _is_elementwise(fun):
            self.mixing |= {getattr(fun, "__name__", str(fun))}
        elif any(anp.shape(args[k]) != anp.shape(value) for k in argnums):
            self.mixing |= {"broadcasting"}

    def initialize_root(self) -> None:
        self.mixing = frozenset()


# What has a slope of 0 for autograd's nodes has it for these.
notrace_primitives[_Forward] = notrace_primitives[JVPNode]
notrace_primitives[_Structure] = notrace_primitives[VJPNode]

_ELEMENTWISE = {
    np.where, np.clip, np.real, np.imag, np.angle, np.sinc, np.nan_to_num, np.astype, cast.fun,
    VSpace.add.fun, VSpace.mut_add.fun,
}  # fmt: skip
"""Besides the ufuncs. The functions, not their names: somebody else's primitive may be called ``add`` too."""


def _is_elementwise(primitive: Any) -> bool:
    raw = getattr(primitive, "fun", None)  # what autograd wrapped
    return raw in _ELEMENTWISE or (isinstance(raw, np.ufunc) and raw.signature is None)


# Faults ----------------------------------------------------------------------------------------------

_UNRULED = re.compile(
    r"operand type\(s\) all returned NotImplemented from __array_ufunc__\(.*'ArrayBox'"
    r"|loop of ufunc does not support argument \d+ of type ArrayBox",
    re.DOTALL,
)
_LEFT = re.compile(
    r"(float|int|complex)\(\) (first )?argument must be .* not 'ArrayBox'$"
    r"|must be real number, not ArrayBox$"
    r"|'ArrayBox' object (cannot be interpreted as an integer|has no attribute '\w+')$"
    r"|\w+ indices must be integers or slices, not ArrayBox$"
    r"|type ArrayBox doesn't define __\w+__ method$"
    r"|unsupported (operand type\(s\) for .*'ArrayBox'|format string passed to ArrayBox)"
    r"|Can't (differentiate w\.r\.t\. type|find vector space for value) "
)
_WRITTEN = re.compile(r"'ArrayBox' object does not support item (assignment|deletion)$")


def _is_refusal(error: BaseException) -> bool:
    """Whether autograd says that it has no rule for an operation, in this mode or at all."""
    if isinstance(error, TypeError):
        return bool(_UNRULED.match(str(error)))
    if isinstance(error, (NotImplementedError, AssertionError, KeyError)):
        return _raised_in(error).startswith(("autograd.core", "autograd.numpy.", "autograd.scipy."))
    return isinstance(error, _NoForwardRule)


def _raised_in(error: BaseException) -> str:
    """The module whose code raised it; empty where nothing did."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return str(trace.tb_frame.f_globals.get("__name__", "")) if trace else ""


@final
class AutogradBackend(Backend):
    """HIPS autograd.

    Examples
    --------
    >>> import numpy
    >>> backend = AutogradBackend()
    >>> value, slope = backend.jvp(lambda x: x**3, numpy.array(2.0), numpy.array(1.0), nested=False)
    >>> float(value), float(slope)
    (8.0, 12.0)
    """

    name: ClassVar[str] = "autograd"
    module: ClassVar[str] = "autograd"
    install: ClassVar[str] = "pip install autograd"
    forward_is_cheaper: ClassVar[bool] = True  # the reading's cubic at a scalar: 0.86 of reverse

    def __init__(self) -> None:
        self.rows = table()

    def version(self) -> str:
        return version("autograd")

    # Arrays and devices ------------------------------------------------------------------------------

    def owns(self, x: object) -> bool:
        return isinstance(x, ArrayBox)

    def devices(self) -> tuple[str, ...]:
        return (CPU,)

    def device(self, spec: object) -> Device:
        if isinstance(spec, str) and spec in (CPU, "cpu:0"):
            return CPU
        raise DeviceUnavailable(
            f"device={spec!r} is not here: autograd computes on the CPU only, device={CPU!r}; "
            "for another, choose another backend"
        )

    def device_name(self, device: Device) -> str:
        return CPU

    def device_of(self, x: Native) -> Device:
        return CPU

    def dtype_of(self, x: Native) -> np.dtype[Any]:
        dtype: np.dtype[Any] = anp.result_type(x)
        return dtype

    def from_host(self, array: npt.NDArray[Any], device: Device) -> Native:
        return np.array(array)

    def to_host(self, x: Native) -> npt.NDArray[Any]:
        return np.array(getval(x))

    def like(self, x: Native, values: npt.ArrayLike) -> Native:
        return np.full(x.shape, values, self.dtype_of(x)) if isinstance(values, float) else super().like(x, values)

    def move(self, x: Native, device: Device) -> Native:
        return x

    def context(self, device: Device | None, dtype: np.dtype[Any]) -> AbstractContextManager[object]:
        """NumPy would warn of what happens inside derivative rules, which the person did not write."""
        return np.errstate(all="ignore")

    # Derivatives -------------------------------------------------------------------------------------

    def is_recorded(self, x: Native) -> bool:
        return isinstance(x, ArrayBox)

    def vjp(self, f: Function, x: Native, *, nested: bool) -> tuple[Native, Pullback]:
        y, node = _record(f, x, VJPNode.new_root())
        if node is None:
            return y, lambda u: _zeros_like(x)
        return y, lambda u: _in_dtype_of(x, backward_pass(u, node))

    def jvp(self, f: Function, x: Native, v: Native, *, nested: bool) -> tuple[Native, Native]:
        try:
            y, node = _record(f, x, _Forward.new_root(v))
        except Exception as error:
            if not _is_refusal(error):
                raise
        else:
            return y, _zeros_like(y) if node is None else _in_dtype_of(y, node.g)
        return self._jvp_by_vjps(f, x, v)

    def _jvp_by_vjps(self, f: Function, x: Native, v: Native) -> tuple[Native, Native]:
        """Jv where a primitive has no forward rule: the pullback u -> uᵀJ is linear, its transpose is J."""
        y, pullback = self.vjp(f, x, nested=True)
        # Any u will do, but for rules that take a short cut where it is 0, as that of eigh does.
        zeros = _zeros_like(y)
        u = zeros + np.cos(np.arange(1.0, zeros.size + 1)).reshape(zeros.shape).astype(zeros.dtype)
        _, transpose = self.vjp(pullback, u, nested=True)
        return y, transpose(v)

    def strict(self) -> AbstractContextManager[object]:
        """Nothing to add: a box never turns into a plain number, and what is raised `translate` knows."""
        return nullcontext()

    def mixing(self, f: Function, x: Native, y: Native) -> list[str]:
        """Calls f again: autograd's nodes remember their rules, not what they are the rules of."""
        _, node = _record(f, getval(x), _Structure.new_root())
        return sorted(node.mixing) if node else []

    def audit(self, seen: set[str]) -> AbstractContextManager[object]:
        seen.add(CPU)
        return nullcontext()

    def translate(self, error: BaseException) -> MultigradError | None:
        if _is_refusal(error):
            return NotDifferentiable(
                f"autograd has no derivative rule for an operation of f ({error}); "
                "write f with functions that have one, or choose another backend"
            )
        if not isinstance(error, (TypeError, ValueError, AttributeError)):
            return None
        # Where NumPy fails to fill an array of numbers, its ValueError says so and the cause says with what.
        said = str(error.__cause__ if isinstance(error, ValueError) else error)
        if _WRITTEN.match(said):
            return NotDifferentiable(
                f"f wrote into a recorded array ({error}), which autograd cannot record; "
                "build a new one, as in autograd.numpy.where(mask, new, x)"
            )
        if _LEFT.match(said):
            return NotDifferentiable(
                f"a recorded value left the recording ({error}); write autograd.numpy.sin(x) for math.sin(x),"
                " x itself for float(x), int(x) or x.item(), autograd.numpy.array([...]) to fill an array"
            )
        return None

    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        return f


__all__ = ["AutogradBackend"]
