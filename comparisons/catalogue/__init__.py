"""The catalogue: scenarios as data, a file for each family. No logic stands in those."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from multigrad.comparisons.scenario import Scenario
from multigrad.errors import UnknownScenario

FAMILIES = tuple(
    """elementary special_functions scipy_functions kinks ties traps shapes control_flow programs
    array_manipulation reductions linear_algebra complex_numbers least_squares optimisation precision
    higher_orders independence escapes placement""".split()
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
    UnknownScenario
        There is none of that name; the message lists those that there are.
    """
    file = name.replace(" ", "_")
    if file not in FAMILIES:
        raise UnknownScenario(f"there is no family {name!r}; expected one of {', '.join(families())}")
    return _family(file)


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises
    ------
    UnknownScenario
        There is none of that name; the message has the most similar ones.

    Examples
    --------
    >>> from multigrad.comparisons.catalogue import scenario
    >>> scenario("absolute value at 0").family
    'kinks'
    """
    for file in FAMILIES:
        for each in _family(file):
            if each.name == name:
                return each
    names = [each.name for members in families().values() for each in members]
    similar = " or ".join(map(repr, get_close_matches(name, names, cutoff=0.0)))
    raise UnknownScenario(f"there is no scenario {name!r}; is it {similar}?")


@cache
def _family(file: str) -> tuple[Scenario, ...]:
    module = import_module(f"{__name__}.{file}")
    return tuple(replace(each, family=file.replace("_", " ")) for each in module.SCENARIOS)


__all__ = ["FAMILIES", "families", "family", "scenario"]
