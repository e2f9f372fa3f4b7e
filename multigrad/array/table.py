"""The table: which function answers for which function of NumPy's.

The NumPy-faced array never looks a name up on a framework. A function of NumPy's that is not in this table
is a clear error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Implementation = Callable[..., Any]

FUNCTIONS: dict[Any, Implementation] = {}
"""A function of NumPy's that is dispatched by ``__array_function__`` -> ours, with NumPy's signature."""

UFUNCS: dict[str, Implementation] = {}
"""The name of a ufunc, of NumPy's or SciPy's (``"special.erf"``) -> ours, called as ``(ufunc, *inputs)``."""


def implements(*functions: Any) -> Callable[[Implementation], Implementation]:
    """Enter the decorated function in the table for these functions of NumPy's."""

    def enter(implementation: Implementation) -> Implementation:
        for function in functions:
            FUNCTIONS[function] = implementation
        return implementation

    return enter


def implements_each(make: Callable[[Any], Implementation], *functions: Any) -> None:
    """Enter, for each of these functions of NumPy's, what `make` makes of it."""
    for function in functions:
        FUNCTIONS[function] = make(function)
