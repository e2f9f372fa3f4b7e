"""Points at which rows are smooth, for the samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

# Within POINTS + OTHERS no two are within 0.05 of each other, and in POINTS none is within 0.05 of an integer
# or of half of one; quotients POINTS / OTHERS and 3 / DIVISORS stay off the integers: so sorting, maxima,
# rounding and remainders have no kink where differences are taken.
POINTS = (-1.7, 0.35, 1.2, -0.6, 2.4, 0.8)
OTHERS = (1.1, -1.4, 0.65, 2.2, -1.9, 1.6)
DIVISORS = (1.7, 2.2, -1.8, 2.4, 1.3, -2.3)
POSITIVE = (1.7, 0.35, 1.2, 0.6, 2.4, 0.8)
INSIDE = (-0.7, 0.35, 0.2, -0.6, 0.15, 0.5)
ABOVE_ONE = (2.7, 1.35, 1.25, 1.6, 2.4, 1.8)


def grid(points: Sequence[float], dtype: npt.DTypeLike, *shape: int) -> npt.NDArray[Any]:
    """As many of the points as the shape has places."""
    return np.array(points[: int(np.prod(shape))], dtype).reshape(shape)
