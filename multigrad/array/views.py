"""Views: arrays that share memory in NumPy keep sharing what is written into them.

A backend's arrays are never written to: an assignment makes a new native array. So that ``y = x[1:]``, then
``y[0] = 5`` changes x too, as it does in NumPy, the arrays of one memory know each other through a `Storage`.
It costs little until something is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from multigrad.array.recorded_array import RecordedArray
from multigrad.errors import NotDifferentiable

Window = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
"""The very NumPy operation that made a view of an array."""


class Storage:
    """One memory: its shape, its present value, and the arrays that look into it.

    ``in_order`` says whether its entries surely lie in C order in NumPy.
    """

    __slots__ = ("in_order", "members", "shape", "value")

    def __init__(self, root: RecordedArray, *, in_order: bool) -> None:
        self.in_order = in_order
        self.shape = root.shape
        self.value = root._value
        self.members: WeakValueDictionary[int, RecordedArray] = WeakValueDictionary({id(root): root})
        root._view = View(self, (), writeable=True, part=None)

    def positions(self) -> npt.NDArray[np.int64]:
        return np.arange(int(np.prod(self.shape, dtype=int)), dtype=np.int64).reshape(self.shape)


class View:
    """How one array looks into a storage.

    Attributes
    ----------
    windows
        What was done to the memory, in order, until this array showed.
    writeable : bool
        False for what NumPy makes read-only, and for the parts of complex arrays.
    part : "real", "imag" or None
        Which part of a complex memory it shows.
    certain : bool
        False where NumPy may have made a copy instead: this depends on an order of memory that is not known.
    """

    __slots__ = ("certain", "part", "storage", "windows", "writeable")

    def __init__(
        self,
        storage: Storage,
        windows: tuple[Window, ...],
        *,
        writeable: bool,
        part: str | None,
        certain: bool = True,
    ) -> None:
        self.certain = certain
        self.storage = storage
        self.windows = windows
        self.writeable = writeable
        self.part = part

    def of(self, memory: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What this view shows of an array that stands for the memory."""
        for window in self.windows:
            memory = window(memory)
        return memory


def view(
    base: RecordedArray,
    result: RecordedArray,
    window: Window,
    *,
    writeable: bool = True,
    part: str | None = None,
    certain: bool = True,
) -> None:
    """Note that `result` shows what `window` leaves of `base`. A scalar, as in NumPy, has no views."""
    if not base._value.shape:
        return
    if base._view is None:
        Storage(base, in_order=has_known_order(base))
    seen: View = base._view  # type: ignore[assignment]  # Storage has set it
    result._view = View(
        seen.storage,
        (*seen.windows, window),
        writeable=writeable and seen.writeable,
        part=part or seen.part,
        certain=certain and seen.certain,
    )
    seen.storage.members[id(result)] = result


def write(array: RecordedArray, value: Any) -> None:
    """Give `array` a new native value of the same shape, and every array that shares its memory."""
    seen = array._view
    if seen is not None and not seen.writeable:
        raise ValueError(
            "assignment destination is read-only; write into a copy, or make a complex array of new parts"
        )
    array._value = value
    if seen is None:
        return
    storage, rows = seen.storage, array._recording.rows
    others = [member for member in list(storage.members.values()) if member is not array]
    if others and not all(member._view.certain for member in (array, *others)):  # type: ignore[union-attr]  # members have one
        raise NotDifferentiable(
            "a reshaped array and its original are both in use, and one is written into: whether NumPy would "
            "let them share memory depends on an order of memory that is not known here; write into a copy, "
            "y.reshape(...).copy(), or into the array before it is reshaped"
        )
    if not others and not seen.windows:
        storage.value = value
        if array._recording.in_order:
            array._view = None  # nothing else can ever look into this memory: the array is its own again
        return
    everything = storage.positions()
    flat = rows["reshape"](storage.value if seen.windows else value, (everything.size,))
    if seen.windows:
        written = seen.of(everything).ravel()
        flat = rows["set_at"](flat, (written,), rows["reshape"](value, (written.size,)))
    storage.value = rows["reshape"](flat, storage.shape)
    for member in others:
        shown = rows["gather"](flat, member._view.of(everything))  # type: ignore[union-attr]  # members have one
        part = member._view.part  # type: ignore[union-attr]
        member._value = shown if part is None else rows[part](shown)


def has_known_order(array: RecordedArray) -> bool:
    """Whether the memory is surely in C order, however this array looks into it."""
    if array._view is not None:
        return array._view.storage.in_order
    return array._recording.in_order or sum(length != 1 for length in array.shape) < 2


def leave_order(array: RecordedArray) -> None:
    """Note that arrays made from here on, after what was done to `array`, may lie in another order than C."""
    if array._view is None and array._recording.in_order and array._value.shape:
        Storage(array, in_order=True)
    array._recording.in_order = False


def lies_in_order(array: RecordedArray) -> bool:
    """Whether the entries of this very array surely lie in C order."""
    return has_known_order(array) and layout(array).flags.c_contiguous


def layout(array: RecordedArray) -> npt.NDArray[np.int8]:
    """An empty array with the shape and the strides that NumPy would have given this one."""
    if array._view is None:
        return np.empty(array.shape, np.int8)
    return array._view.of(np.empty(array._view.storage.shape, np.int8))
