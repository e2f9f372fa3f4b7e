"""What the referee answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

Array = npt.NDArray[Any]
Source = Literal["mpmath", "closed form", "complex step", "finite differences", "none"]


@dataclass(frozen=True)
class Directions:
    """Slopes around x along several directions: what a gradient times each direction has to lie between."""

    vectors: Array
    """Of shape ``(k, *x.shape)``, with entries 1 and -1."""
    left: Array
    right: Array


@dataclass(frozen=True)
class Judgement:
    """A slope or gradient as the referee knows it, and how well.

    Arrays of a slope have the shape of f(x), those of a gradient the shape of x; where `directions` are
    given, they have one entry for each direction instead. All are float64.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.comparisons.referee import referee
    >>> judged = referee(np.abs, np.array(0.0), operator="slope")
    >>> judged.source, float(judged.left), float(judged.right), bool(judged.kink)
    ('mpmath', -1.0, 1.0, True)
    """

    source: Source
    """Who knows: f itself in many digits, or the weaker referee that stood in."""
    reason: str = ""
    """Why a weaker referee stood in, or none did; which limits applied."""
    value: Array | None = None
    """f(x) of the exact number x, rounded once."""
    plain: Array | None = None
    """f(x) as NumPy computes it: not `value` where f's own arithmetic over- or underflows, or loses all digits."""
    slope: Array | None = None
    """The derivative; where f is defined on one side only, that of this side. NaN where there is none."""
    left: Array | None = None
    """The derivative from the left; NaN where f is undefined. At a jump, that of the branch beside x."""
    right: Array | None = None
    kink: Array | None = None
    """Whether the derivatives from both sides exist and differ, or do not join: at a jump of f, or of a lower
    derivative, both may be equal."""
    unknown: Array | None = None
    """Where nobody can know a slope: at an infinity or a NaN of x."""
    digits: float = 0.0
    """How many decimal digits of `slope` the referee vouches for, at its worst entry."""
    arithmetic_error: Array | None = None
    """The largest error of right derivative rules in arithmetic as short as that of x's dtype; None where the
    verdicts need not know it."""
    value_error: Array | None = None
    """The same of the value."""
    sensitivity: Array | None = None
    """How far half a unit in the last place of x moves the slope."""
    directions: Array | None = None
    """Of shape ``(k, *x.shape)``, where slopes are given along directions instead of coordinates."""
    combined: Directions | None = None
    """For a gradient with a kink: the slopes beside x along further directions. Each entry may lie between its
    one-sided slopes while the gradient as a whole is none."""
    note: str = ""
    """What is special here: "jump", "infinite slope", "one-sided", "undefined", "nondeterministic" ..."""
    array_mismatch: str | None = None
    """Where f through multigrad's array is not f on plain NumPy data: a fault of multigrad, in words."""


Settled = Callable[[Judgement], bool]
"""Whether the verdicts stand without what f's own arithmetic loses."""


__all__ = ["Directions", "Judgement", "Settled"]
