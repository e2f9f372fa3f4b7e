"""A slope beside the referee's, entry by entry: right, a choice at a kink, digits lost, or wrong.

The argument:

- The referee's slope r is known to far more digits than any backend has. ``|s - r|`` within a thousand
  roundings of r is right.
- A rule that is right still loses digits where f's own arithmetic loses them. How many, the referee measures
  with the right rules in arithmetic as short as the backend's. Within 16 times that error (a backend sums in
  another order than the measurement) digits are lost, and the rule is right.
- Beyond both no rounding explains it: wrong.
- Where the one-sided slopes differ, any number between them is a choice. NaN, infinity, or a number outside is
  wrong.

Of several derivatives by several entries a kink allows some combinations only (the slopes of ``max(x)`` at a tie
add up to 1): the referee's directions test them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.run import Outcome

Array = npt.NDArray[Any]

ROUNDINGS = 2.0**10
"""How many roundings of the answer count as agreement: 13 digits in float64, 4 in float32."""

ARITHMETIC = 16.0
"""How many times the measured error of right rules in short arithmetic a right backend may be off."""


class Kind(IntEnum):
    """What one entry of a slope is, the worse the greater."""

    RIGHT = 0
    CHOICE = 1
    LOST = 2
    WRONG = 3
