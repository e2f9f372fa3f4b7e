"""A scenario: one function at one point, as plain data. Nothing here runs anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import numpy as np

from multigrad.errors import NotDifferentiable

Function = Callable[[Any], Any]
Operator = Literal["slope", "gradient"]


@dataclass(frozen=True)
class Scenario:
    """One function at one point, with what is known about it.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.comparisons.scenario import Scenario
    >>> Scenario("square", lambda x: x**2, 3.0, closed_form=lambda x: 2 * x).dtype
    dtype('float64')
    """

    name: str
    """Unique within its catalogue."""
    f: Function
    """Plain NumPy."""
    x: Any
    """The point, or the points at which f is elementwise; 0-d for a scalar. Its dtype is the scenario's. Given
    as numbers or lists of them it becomes a float64 array."""
    operator: Operator = "slope"
    _: KW_ONLY
    order: int = 1
    """The order of the slope."""
    family: str = ""
    special: str = ""
    """What is special about the point."""
    closed_form: Function | None = None
    """x -> the derivative, where a formula is known."""
    source: str = ""
    """Where f, its point or its derivative was published."""

    def __post_init__(self) -> None:
        if not isinstance(self.x, np.ndarray):
            object.__setattr__(self, "x", np.array(self.x, dtype=np.float64))
        if self.dtype.kind != "f":
            raise NotDifferentiable(f"{self.name}: x is of dtype {self.dtype}; expected float64 or float32")
        if self.operator == "gradient" and self.order != 1:
            raise NotDifferentiable(
                f"{self.name}: order={self.order} of a gradient; a gradient is of order 1, an elementwise slope of any"
            )

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision that the backends compute in."""
        dtype: np.dtype[Any] = self.x.dtype
        return dtype


def each_once(names: str | Iterable[str]) -> tuple[str, ...]:
    """Names in their order; one may stand alone.

    Examples
    --------
    >>> each_once("torch"), each_once(["torch", "jax", "torch"])
    (('torch',), ('torch', 'jax'))
    """
    return tuple(dict.fromkeys([names] if isinstance(names, str) else map(str, names)))
