"""How f sees x, and how the answers come back: the three kinds of x.

===============  ==================  ============================  ===================================
x                f is called with    computed in                   answers
===============  ==================  ============================  ===================================
Python number    a `RecordedArray`   float64                       Python float
NumPy array      a `RecordedArray`   its own precision             NumPy, in the dtype of x
recorded array   a `RecordedArray`   its own precision             recorded arrays (a slope in a slope)
native array     native arrays       its own precision             native arrays
===============  ==================  ============================  ===================================
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, final

import numpy as np
import numpy.typing as npt

from multigrad import backends, dispatch
from multigrad.array import RecordedArray, Recording, running
from multigrad.backends import Backend
from multigrad.errors import NotDifferentiable, a
from multigrad.swallowed import require_the_plain_value

Native = Any
Function = Callable[[Any], Any]

FLOAT64, FLOAT32, FLOAT16 = np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.float16)

INSTEAD = {"__array__": "numpy.asarray(x)", "__float__": "float(x)"}
"""What an x that is none of ours can do -> what to write: a pandas.Series, a Decimal."""


class Face(ABC):
    """One x, ready for its backend.

    Attributes
    ----------
    recording : Recording
        The run: backend and device.
    x : native array
    dtype : numpy.dtype
        The precision that it is computed in.
    """

    recording: Recording
    x: Native
    dtype: np.dtype[Any]
    widest: np.dtype[Any]
    """The widest dtype that f may bring in: NumPy's float64 where f is NumPy code, whatever x is."""
    nested: bool = False
    """Whether a derivative that is under way depends on x, or may depend on what f closes over."""

    @abstractmethod
    def call(self, f: Function, x: Native) -> Native:
        """f at native x: what it returned, as a native floating array."""

    @abstractmethod
    def watch(self, f: Function, x: Native, names: list[str]) -> Native:
        """`call`, adding to `names` the operations that may have let one point depend on another."""

    @abstractmethod
    def value(self, y: Native) -> Any:
        """f(x) as it is answered."""

    @abstractmethod
    def slope(self, s: Native) -> Any:
        """The slope, or gradient, as it is answered: in the dtype of x."""


class _Recorded(Face):
    """f sees a NumPy-faced array, which notes by itself what is not elementwise."""

    widest = FLOAT64

    def call(self, f: Function, x: Native) -> Native:
        y = self.recording.lower(f(RecordedArray(x, self.recording, self.dtype)))
        if self.recording.refusal is not None:
            require_the_plain_value(f, self.recording, x, y)
        return y

    def watch(self, f: Function, x: Native, names: list[str]) -> Native:
        before, self.recording.mixing = self.recording.mixing, set()
        try:
            return self.call(f, x)
        finally:
            names.extend(self.recording.mixing)
            self.recording.mixing |= before


@final
class NumberFace(_Recorded):
    """x is host data. Within a running slope the answer stays recorded where it depends on that run's x."""

    def __init__(self, x: Any, device: object, backend: str | None) -> None:
        array = host_array(x)
        chosen, place = dispatch.for_host(backend, device)
        self.recording = dispatch.recording_for(chosen, place)
        self.nested = running.get() is not None
        self.answer_dtype = array.dtype
        self.dtype = FLOAT32 if array.dtype == FLOAT16 else array.dtype
        self.kind = type(x)
        self._array = array

    @property
    def x(self) -> Native:  # made within the backend's context, not before
        self.recording.in_order &= self._array.flags.c_contiguous
        return self.recording.backend.from_host(self._array.astype(self.dtype, copy=False), self.recording.device)

    def value(self, y: Native) -> Any:
        dtype = FLOAT16 if self.answer_dtype == FLOAT16 and self.recording.backend.dtype_of(y) == FLOAT32 else None
        return self._answer(y, dtype)

    def slope(self, s: Native) -> Any:
        return self._answer(s, self.answer_dtype)

    def _answer(self, native: Native, dtype: np.dtype[Any] | None) -> Any:
        backend = self.recording.backend
        if self.nested and backend.is_recorded(native):
            return self.recording.lift(native)
        host = backend.to_host(native)
        if dtype is not None:
            host = host.astype(dtype, copy=False)
        if host.ndim or (self.kind is np.ndarray and not self._array.ndim):
            return host
        return host.item() if self.kind in (int, float) else host[()]


@final
class RecordedFace(_Recorded):
    """x is a recorded array: a slope inside the f of another."""

    nested = True

    def __init__(self, x: RecordedArray, device: object, backend: str | None) -> None:
        self.recording = x._recording
        dispatch.for_native(self.recording.backend, backend)
        if x.dtype.kind != "f":
            raise NotDifferentiable(f"x is an array of dtype {x.dtype} inside a running slope; write x.astype(float)")
        self.x, self.dtype = x._value, x.dtype
        if device is not None:
            place = backends.placed(self.recording.backend, device)
            if place != self.recording.device:
                self.x = self.recording.backend.move(self.x, place)
                self.recording = Recording(self.recording.backend, place)

    def value(self, y: Native) -> RecordedArray:
        return self.recording.lift(y)

    def slope(self, s: Native) -> RecordedArray:
        return self.recording.lift(s)


@final
class NativeFace(Face):
    """x is a framework's own array, and f sees the framework's own arrays."""

    def __init__(self, x: Native, owner: Backend, device: object, backend: str | None) -> None:
        dispatch.for_native(owner, backend)
        here = owner.device_of(x)
        place = here if device is None else backends.placed(owner, device)
        self.dtype = self.widest = owner.dtype_of(x)
        if self.dtype.kind != "f":
            raise NotDifferentiable(
                f"x is an array of {owner.name} with dtype {self.dtype}; a slope needs floating numbers: "
                f"{'pass its real and imaginary parts as two arrays' if self.dtype.kind == 'c' else 'convert it'}"
            )
        self.x = x if place == here else owner.move(x, place)
        self.recording = dispatch.recording_for(owner, place)
        self.nested = running.get() is not None

    def call(self, f: Function, x: Native) -> Native:
        backend, result = self.recording.backend, f(x)
        if not backend.owns(result):
            result = self._constant(result)
        dtype = backend.dtype_of(result)
        if dtype.kind == "c":
            raise NotDifferentiable("f returned complex numbers; a slope needs real ones: return a real part or abs")
        return result if dtype.kind == "f" else backend.rows["astype"](result, self.dtype)

    def watch(self, f: Function, x: Native, names: list[str]) -> Native:
        y = self.call(f, x)
        names.extend(self.recording.backend.mixing(f, x, y))
        return y

    def _constant(self, result: object) -> Native:
        """A number, or recorded from the slope of host data that runs inside f."""
        if isinstance(result, (RecordedArray, bool, int, float, np.generic, np.ndarray)):
            return self.recording.lower(result)
        kind = "None: did it forget its return?" if result is None else a(result)
        raise NotDifferentiable(
            f"f returned {kind}; expected an array of {self.recording.backend.name}, or a number"
        )

    def value(self, y: Native) -> Native:
        return y

    def slope(self, s: Native) -> Native:
        return s


def face_of(x: object, device: object, backend: str | None) -> Face:
    """The face for an x.

    Raises
    ------
    NotDifferentiable
        x is of a kind that has no slope; the message names its type and what to write instead.
    """
    if type(x) is float or type(x) is np.ndarray:
        return NumberFace(x, device, backend)
    if isinstance(x, RecordedArray):
        return RecordedFace(x, device, backend)
    owner = backends.owner(x)
    return NumberFace(x, device, backend) if owner is None else NativeFace(x, owner, device, backend)


def host_array(x: Any) -> npt.NDArray[Any]:
    """Host data as an array of float64, float32 or float16.

    Raises
    ------
    NotDifferentiable
        x is no Python number and no NumPy array of real numbers.
    """
    if type(x) is float:
        return np.asarray(x)
    if isinstance(x, (list, tuple)):
        raise NotDifferentiable(f"x is {a(x)}; write numpy.array(x)")
    if isinstance(x, np.ndarray) and type(x) not in (np.ndarray, np.memmap):
        kind = f"{type(x).__module__}.{type(x).__name__}"
        raise NotDifferentiable(f"x is a {kind}; expected a plain array: numpy.asarray(x)")
    if isinstance(x, (bool, complex)) or not isinstance(x, (int, float, np.ndarray, np.number)):
        able = () if isinstance(x, np.generic) else (word for has, word in INSTEAD.items() if hasattr(x, has))
        hint = next((f": write {word}" for word in able), "")
        raise NotDifferentiable(
            f"x is {a(x)}; expected a number, a NumPy array, or a native array of an installed backend{hint}"
        )
    try:
        array = np.asarray(x, dtype=np.float64) if isinstance(x, int) else np.asarray(x)
    except OverflowError:
        raise NotDifferentiable("x is an int beyond the largest float64") from None
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype not in (FLOAT64, FLOAT32, FLOAT16):
        instead = {"c": "pass its real and imaginary parts as two arrays", "f": "write x.astype(numpy.float64)"}
        raise NotDifferentiable(
            f"x is an array of dtype {array.dtype}; expected real numbers of at most 64 bits: "
            f"{instead.get(array.dtype.kind, 'such as numpy.array([1.0, 2.0])')}"
        )
    return array
