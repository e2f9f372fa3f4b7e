"""A context of mpmath's own for each run: its precision is nobody else's, whatever other threads do."""

import threading
from typing import Any

from mpmath import MPContext
from mpmath.libmp.libelefun import e_fixed, ln2_fixed, ln10_fixed, pi_fixed

Context = Any  # mpmath's MPContext
Number = Any  # an mpf or mpc of such a context

WARM_BITS = 16_000
"""More than the highest rung of `differences.RUNGS` and the reduction of a large argument need together."""

SERIES = threading.Lock()
"""Held where mpmath fills tables shared between contexts (Bernoulli numbers, the gamma function's)."""


def _warm() -> None:
    # mpmath keeps the digits of a constant and their number in two steps: a second thread, in between,
    # would shift the new digits by the old number. With all digits there from the start nothing is replaced.
    for constant in (pi_fixed, ln2_fixed, ln10_fixed, e_fixed):
        constant(WARM_BITS)


_warm()


def new_context(bits: int) -> Context:
    """A context that rounds every operation to `bits` binary digits.

    Examples
    --------
    >>> context = new_context(200)
    >>> str(context.sqrt(2))[:12]
    '1.4142135623'
    """
    context = MPContext()
    context.prec = bits
    return context
