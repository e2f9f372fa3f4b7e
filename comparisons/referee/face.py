"""Rows with operators: what derivative rules and composed rows are written in.

>>> from multigrad.testing.sample import NUMPY
>>> m = Functions(NUMPY)
>>> x = m.face(np.float64(3.0))
>>> (1 / m.sqrt(1 + x * x)).native
np.float64(0.31622776601683794)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Native = Any
Rows = Mapping[str, Callable[..., Native]]


class Face:
    """A native array, with operators that are rows."""

    __slots__ = ("native", "of")

    def __init__(self, native: Native, of: Functions) -> None:
        self.native = native
        self.of = of

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.native.shape)

    def __add__(self, other: Any) -> Any:
        return self.of.call("add", self, other)

    def __sub__(self, other: Any) -> Any:
        return self.of.call("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.of.call("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return self.of.call("multiply", self, other)

    def __truediv__(self, other: Any) -> Any:
        return self.of.call("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.of.call("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.of.call("power", self, other)

    def __neg__(self) -> Any:
        return self.of.call("negative", self)

    def __matmul__(self, other: Face) -> Any:
        return self.of.call("matmul", self, other)

    def __getitem__(self, index: tuple[Any, ...]) -> Any:
        return self.of.call("getitem", self, index)

    __radd__, __rmul__ = __add__, __mul__

    @property
    def mT(self) -> Any:
        """The conjugate transpose of each matrix."""
        axes = tuple(range(len(self.shape)))
        turned = self.of.transpose(self, (*axes[:-2], axes[-1], axes[-2]))
        return self.of.conjugate(turned)


class Functions:
    """A table of rows, called with faces: ``m.sin(x)``, ``m.call("linalg.inv", x)``."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def face(self, native: Native) -> Face:
        return Face(native, self)

    def call(self, name: str, *operands: Any) -> Any:
        answer = self.rows[name](*map(bare, operands))
        return tuple(map(self.face, answer)) if isinstance(answer, tuple) else self.face(answer)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *operands: self.call(name, *operands)


def bare(operand: Any) -> Any:
    """What stands behind a face, or each face of a list; all else as it is."""
    if isinstance(operand, Face):
        return operand.native
    return [bare(part) for part in operand] if isinstance(operand, list) else operand


def lower_triangle(m: Functions, x: Face, diagonal: float = 1.0) -> Any:
    """The lower triangle of each square matrix, with its diagonal times a number."""
    n = x.shape[-1]
    return x * m.face(np.tril(np.ones((n, n)), -1) + diagonal * np.eye(n))


__all__ = ["Face", "Functions", "Rows", "bare", "lower_triangle"]
