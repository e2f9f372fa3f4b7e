"""Views: arrays that share memory in NumPy keep sharing what is written into them.

A backend's arrays are never written to: an assignment makes a new native array. So that ``y = x[1:]; y[0] = 5``
changes x too, as it does in NumPy, the arrays of one memory know each other through a `Storage`. It costs
nothing but a weak reference until something is written.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.array.recorded_array import RecordedArray

Positions = npt.NDArray[np.int64]
Take = Callable[[Positions], Positions]


class Storage:
    """One memory: its shape, its present value, and the arrays that look into it.

    Each member has a function that takes, from the positions of the memory's entries, those that it shows:
    the very NumPy operation that made the view.
    """

    __slots__ = ("members", "shape", "value")

    def __init__(self, root: RecordedArray) -> None:
        self.shape = root.shape
        self.value = root._value
        self.members: list[tuple[weakref.ref[RecordedArray], Take]] = [(weakref.ref(root), lambda p: p)]
        root._storage = self

    def take_of(self, member: RecordedArray) -> Take:
        return next(take for reference, take in self.members if reference() is member)

    def positions(self) -> Positions:
        return np.arange(int(np.prod(self.shape, dtype=int)), dtype=np.int64).reshape(self.shape)


def view(base: RecordedArray, result: RecordedArray, take: Take) -> None:
    """Note that `result` shows the entries of `base` that `take` picks."""
    storage = base._storage or Storage(base)
    of_base = storage.take_of(base)
    result._storage = storage
    storage.members.append((weakref.ref(result), lambda positions: take(of_base(positions))))


def write(array: RecordedArray, value: Any) -> None:
    """Give `array` a new native value of the same shape, and every array that shares its memory."""
    array._value = value
    storage = array._storage
    if storage is None:
        return
    rows = array._recording.rows
    everything = storage.positions()
    written = storage.take_of(array)(everything).ravel()
    flat = rows["reshape"](storage.value, (everything.size,))
    flat = rows["set_at"](flat, (written,), rows["reshape"](value, (written.size,)))
    storage.value = rows["reshape"](flat, storage.shape)
    storage.members = [member for member in storage.members if member[0]() is not None]
    for reference, take in storage.members:
        member = reference()
        if member is not None and member is not array:
            member._value = rows["gather"](flat, take(everything))
