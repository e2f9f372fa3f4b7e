"""The catalogue: scenarios as data, a file for each family. No logic stands in those."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module

from multigrad.comparisons.scenario import Scenario

FAMILIES = tuple(
    """elementary special_functions scipy_functions kinks ties traps shapes control_flow programs
    array_manipulation reductions linear_algebra complex_numbers least_squares optimisation precision
    higher_orders independence placement""".split()
)
"""Their files; a family is named as its file is, with blanks."""


def families() -> dict[str, tuple[Scenario, ...]]:
    """Every family's scenarios.

    Examples
    --------
    >>> from multigrad.comparisons.catalogue import families
    >>> len(families()["kinks"]) > 20
    True
    """
    return {file.replace("_", " "): _family(file) for file in FAMILIES}


def family(name: str) -> tuple[Scenario, ...]:
    """The scenarios of one family; no other family's file is read.

    Raises
    ------
    ValueError
        There is none of that name; the message lists them.
    """
    file = name.replace(" ", "_")
    if file not in FAMILIES:
        raise ValueError(f"there is no family {name!r}; there are {', '.join(families())}")
    return _family(file)


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises
    ------
    ValueError
        There is none.

    Examples
    --------
    >>> from multigrad.comparisons.catalogue import scenario
    >>> scenario("absolute value at 0").family
    'kinks'
    """
    for each in _all():
        if each.name == name:
            return each
    raise ValueError(f"there is no scenario {name!r} in the catalogue")


def _all() -> Iterator[Scenario]:
    for file in FAMILIES:
        yield from _family(file)


@cache
def _family(file: str) -> tuple[Scenario, ...]:
    module = import_module(f"{__name__}.{file}")
    return tuple(replace(each, family=file.replace("_", " ")) for each in module.SCENARIOS)


__all__ = ["FAMILIES", "families", "family", "scenario"]
