"""One run of f over a backend: which backend, on which device, and which operations were not elementwise."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from multigrad.array.recorded_array import FLOATING, RecordedArray
from multigrad.array.table import FUNCTIONS
from multigrad.errors import BackendMismatch, NotDifferentiable

if TYPE_CHECKING:
    from multigrad.backends.contract import Backend, Device, Native


running: ContextVar[Recording | None] = ContextVar("running", default=None)
"""The recording of the f that is running, in this thread or task."""


class Recording:
    """What the recorded arrays of one run share.

    A run nested in another (the slope of a slope) shares the recording of the outer one, so that an
    operation that is not elementwise is known to both.

    Attributes
    ----------
    backend, device
        Where the run takes place; `device` is the backend's own device object.
    rows
        The backend's table of NumPy-shaped functions.
    mixing : set of str
        Names of the operations that may have let one point depend on another.
    seen : set of str or None
        Device names of the values that were recorded; None where nobody asked.
    refusal : NotDifferentiable or None
        The last refusal to let a value leave, which code in C may have swallowed.
    in_order : bool
        Whether every array of the run surely lies in C order in NumPy's memory.
    gave_objects : bool
        Whether NumPy was given an object array of recorded scalars.
    """

    __slots__ = ("backend", "device", "gave_objects", "in_order", "mixing", "refusal", "rows", "seen")

    def __init__(self, backend: Backend, device: Device) -> None:
        if not FUNCTIONS:
            import multigrad.array.functions  # noqa: F401  fills the table, once
        self.backend = backend
        self.device = device
        self.rows = backend.rows
        self.mixing: set[str] = set()
        self.seen: set[str] | None = None
        self.refusal: NotDifferentiable | None = None
        self.in_order = True
        self.gave_objects = False

    def note(self, value: Native) -> None:
        """Add where a value lies to `seen`."""
        device = self.backend.device_of(value)
        if self.seen is not None and device is not None:
            self.seen.add(self.backend.device_name(device))

    def row(self, name: str) -> Any:
        """The backend's row of that name, or the clear error that it has none."""
        try:
            return self.rows[name]
        except KeyError:
            whose = "scipy" if name.startswith("special.") else "numpy"
            raise NotDifferentiable(
                f"{whose}.{name} has no derivative on the {self.backend.name} backend; write it with functions that "
                "have one, or choose another backend (the table stands in docs/numpy_coverage.md)"
            ) from None

    def lift(self, value: Native) -> RecordedArray:
        """The NumPy face of a native array."""
        return RecordedArray(value, self, self.backend.dtype_of(value))

    def constant(self, value: object) -> RecordedArray:
        """Host data as an array of this run, on its device."""
        array = np.asarray(value)
        if array.dtype == np.float16 or array.dtype.kind in "OSUVMm" or array.dtype.itemsize > 16:
            if array.dtype.kind == "O":
                return self.stacked(array)
            if array.dtype != np.float16:
                raise NotDifferentiable(
                    f"an array of dtype {array.dtype} met a recorded value; expected numbers of at most 64 bits"
                )
        elif array.dtype == np.longdouble and array.dtype != np.float64:
            raise NotDifferentiable(
                "a longdouble array met a recorded value; no backend computes in longdouble: "
                "write array.astype(numpy.float64)"
            )
        self.in_order &= array.flags.c_contiguous
        return RecordedArray(self.backend.from_host(array, self.device), self, array.dtype)

    def stacked(self, array: Any) -> RecordedArray:
        """A NumPy object array (or nested lists) whose entries are recorded scalars, as one recorded array."""
        array = np.asarray(array, dtype=object) if not isinstance(array, np.ndarray) else array
        entries = array.ravel().tolist()
        if not any(isinstance(entry, RecordedArray) for entry in entries):
            try:
                return self.constant(array.astype(np.float64))
            except (TypeError, ValueError) as error:
                kinds = sorted({type(entry).__name__ for entry in entries})
                raise NotDifferentiable(
                    f"an object array of {', '.join(kinds)} met a recorded value; expected numbers"
                ) from error
        dtype = np.result_type(*(getattr(entry, "dtype", type(entry)) for entry in entries))
        arrays = [self.recorded(entry).astype(dtype, copy=False)._value for entry in entries]
        self.mixing.add("stack")
        flat = self.row("stack")(arrays, 0)
        return RecordedArray(self.row("reshape")(flat, array.shape), self, dtype)

    def recorded(self, operand: object) -> RecordedArray:
        """Any operand of a NumPy function (recorded, number, array, list) as an array of this run."""
        if isinstance(operand, RecordedArray):
            self.check(operand)
            return operand
        if isinstance(operand, (list, tuple)):
            return self.listed(operand)
        if self.backend.owns(operand):
            return self.lift(operand)
        return self.constant(operand)

    def listed(self, items: list[Any] | tuple[Any, ...]) -> RecordedArray:
        """A (nested) list as NumPy would read it, with recorded values among its entries."""
        if not _holds_recorded(items):
            return self.constant(items)
        parts = [self.recorded(item) for item in items]
        if len({part.shape for part in parts}) > 1:
            raise ValueError(
                f"a list of arrays of the shapes {[part.shape for part in parts]} is not an array"
            )
        dtype = np.result_type(*(part.dtype if isinstance(part, RecordedArray) else part for part in parts))
        self.mixing.add("stack")
        natives = [part.astype(dtype, copy=False)._value for part in parts]
        return RecordedArray(self.row("stack")(natives, 0), self, dtype)

    def check(self, array: RecordedArray) -> None:
        """Refuse an array that another backend records."""
        if array._recording.backend is not self.backend:
            raise BackendMismatch(
                f"a value recorded by {array._recording.backend.name} met one recorded by {self.backend.name}; "
                "a slope inside a slope runs on the backend of the outer one: leave backend= out there"
            )

    def lower(self, result: object) -> Native:
        """What f returned, as a native floating array of this run.

        Raises
        ------
        NotDifferentiable
            f returned something that is not a number or an array of numbers, or complex numbers.
        """
        if isinstance(result, RecordedArray):
            self.check(result)
            array = result
        elif isinstance(result, (bool, int, float, complex, np.generic, np.ndarray)):
            array = self._constant_result(result)
        else:
            hint = {
                list: "write np.array([...]) around it",
                tuple: "write np.array([...]) around it",
                type(None): "did it forget its return?",
            }.get(type(result), "expected a number or an array")
            raise NotDifferentiable(
                f"f returned {'None' if result is None else f'a {type(result).__name__}'}: {hint}"
            )
        if array.dtype.kind == "c":
            raise NotDifferentiable(
                "f returned complex numbers; a slope needs real ones: return np.real(y), np.imag(y) or np.abs(y)"
            )
        if array.dtype not in FLOATING:
            array = array.astype(np.float32 if array.dtype == np.float16 else np.float64)
        return array._value

    def _constant_result(self, result: Any) -> RecordedArray:
        if isinstance(result, np.ndarray) and result.dtype.kind == "O":
            return self.stacked(result)
        if np.asarray(result).dtype.kind not in "biufc":
            raise NotDifferentiable(
                f"f returned an array of dtype {np.asarray(result).dtype}; expected numbers"
            )
        return self.constant(result)


def _holds_recorded(items: object) -> bool:
    if isinstance(items, (list, tuple)):
        return any(_holds_recorded(item) for item in items)
    return isinstance(items, RecordedArray) or (isinstance(items, np.ndarray) and items.dtype.kind == "O")

