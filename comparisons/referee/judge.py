"""`referee`: f near x in many digits, or the weaker referee that stands in, as one answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from multigrad.comparisons.referee import many_digits, weaker
from multigrad.comparisons.referee.arithmetic import BITS
from multigrad.comparisons.referee.arrays import TooSlow
from multigrad.comparisons.referee.judgement import Array, Judgement, Settled

Function = Callable[[Any], Any]


def referee(
    f: Function,
    x: Array,
    *,
    operator: Literal["slope", "gradient"],
    order: int = 1,
    closed_form: Function | None = None,
    settled: Settled | None = None,
) -> Judgement:
    """What the slope or gradient of f at x is, and how well that is known.

    Parameters
    ----------
    f : callable
        Plain NumPy, as the operators of multigrad take it. It is called some thirty times.
    x : numpy.ndarray
        float64 or float32; 0-d for a scalar. It stands for the exact numbers that it holds.
    operator : {"slope", "gradient"}
        A slope is taken at each entry of x, or of the curve f(x) where x is 0-d.
    order : int
        The order of a slope.
    closed_form : callable or None
        x -> the derivative: stands in where f cannot run in many digits.
    settled : callable or None
        Given the judgement without what f's own arithmetic loses, whether that is enough: to measure it takes as
        long as all the rest. None: it never is.

    Returns
    -------
    Judgement
        Never raises for a fault of f: then ``source`` is ``"none"`` and ``reason`` says why.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.comparisons.referee import referee
    >>> judged = referee(lambda x: (1 - np.cos(x)) / x**2, np.array(1e-7), operator="slope")
    >>> float(judged.slope)
    -8.333333333333327e-09
    >>> bool(judged.arithmetic_error > abs(judged.slope))  # of which arithmetic in 16 digits keeps none
    True
    """
    x = np.asarray(x)
    if x.dtype not in BITS:
        x = x.astype(np.float32 if x.dtype == np.float16 else np.float64)
    try:
        if x.size <= many_digits.MOST_ENTRIES:
            return many_digits.judge(f, x, operator, order, settled)
        reason = (
            f"x has {x.size} entries, more than the {many_digits.MOST_ENTRIES} that are judged in many digits"
        )
    except many_digits.Declined as declined:
        return Judgement("none", declined.reason, note=declined.note)
    except TooSlow:
        reason = f"f took more than {many_digits.PATIENCE:g} seconds in many digits"
    except Exception as error:  # noqa: BLE001  whatever f raised is the reason why a weaker referee stands in
        reason = f"in many digits f raised {type(error).__name__}: {error}"
    return weaker.judge(f, x, operator, order, closed_form, reason)


__all__ = ["referee"]
