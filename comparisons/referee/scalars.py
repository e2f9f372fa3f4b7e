"""The numbers that the referee computes with, and every function of the rows over one or two of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.backends import rows as names
from multigrad.comparisons.referee.complex_numbers import complex_functions, complex_pairs
from multigrad.comparisons.referee.contexts import Context, Number, new_context
from multigrad.comparisons.referee.real import RealFunctions, RealPairs
from multigrad.errors import NotDifferentiable

Function = Callable[..., Number]

UNARY = (*names.UNARY, *names.UNARY_OPTIONAL, *names.SPECIAL)
BINARY = (*names.BINARY, *names.BINARY_OPTIONAL)


MOST_KNOWN = 4096
"""How many of Python's numbers are remembered as numbers of a context."""


class Scalars:
    """The real and complex numbers of an mpmath context of their own.

    Parameters
    ----------
    bits : int
        Binary digits that each operation is rounded to; `context.prec` may be set anew between runs.

    Attributes
    ----------
    functions : dict of str to callable
        Every elementwise row by its name, over single numbers. ``+``, ``-`` and ``*`` are the operators too;
        division is the row's alone, since mpmath's own refuses zero.

    Examples
    --------
    >>> scalars = Scalars(200)
    >>> str(scalars.functions["sqrt"](scalars.number(2.0)))[:20]
    '1.414213562373095048'
    >>> scalars.functions["log"](scalars.number(-1))
    mpf('nan')
    """

    def __init__(self, bits: int) -> None:
        self.context: Context = new_context(bits)
        self._known: dict[float, Number] = {}
        self.reals = RealFunctions(self.context)
        pairs = RealPairs(self.reals)
        on_complex, on_complex_pairs = complex_functions(self.context), complex_pairs(self.context)
        self.functions: dict[str, Function] = {
            name: self._one(name, getattr(self.reals, name.replace(".", "_")), on_complex.get(name))
            for name in UNARY
        } | {name: self._two(name, getattr(pairs, name), on_complex_pairs.get(name)) for name in BINARY}
        self.predicates: dict[str, Callable[..., bool]] = {
            "isnan": self.context.isnan,
            "isinf": self.context.isinf,
            "isfinite": self.context.isfinite,
            "signbit": lambda x: bool(x < 0),
            "equal": lambda a, b: bool(a == b),
            "not_equal": lambda a, b: not a == b,  # noqa: SIM201  mpmath's own != is false for NaN
            "less": lambda a, b: bool(self.order(a) < self.order(b)),
            "less_equal": lambda a, b: bool(self.order(a) <= self.order(b)),
            "greater": lambda a, b: bool(self.order(a) > self.order(b)),
            "greater_equal": lambda a, b: bool(self.order(a) >= self.order(b)),
        }

    def _one(self, name: str, on_real: Function, on_complex: Function | None) -> Function:
        mpf = self.context.mpf

        def function(x: Number) -> Number:
            if type(x) is mpf:
                return on_real(x)
            return on_complex(x) if on_complex else _refuse(name)

        return function

    def _two(self, name: str, on_real: Function, on_complex: Function | None) -> Function:
        mpf = self.context.mpf

        def function(a: Number, b: Number) -> Number:
            if type(a) is mpf and type(b) is mpf:
                return on_real(a, b)
            return on_complex(a, b) if on_complex else _refuse(name)

        return function

    def number(self, value: Any) -> Number:
        """The number equal to one of Python's or NumPy's, exactly."""
        kind = type(value)
        if kind is float or kind is int:
            known = self._known.get(value)
            if known is None:
                if len(self._known) > MOST_KNOWN:
                    self._known.clear()
                known = self._known[value] = self.context.mpf(value, prec=0)
            return known
        # The context's own constructor would round to its precision; x is the exact number that it is.
        if isinstance(value, (self.context.mpf, self.context.mpc)):
            return value
        if isinstance(value, (bool, int, np.integer, np.bool_)):
            return self.context.mpf(int(value), prec=0)
        if isinstance(value, (float, np.floating)):
            return self.context.mpf(float(value), prec=0)
        return self.context.mpc(self.number(value.real), self.number(value.imag))

    def order(self, x: Number) -> Any:
        """What x is compared by: NumPy orders complex numbers by real part, then by imaginary part."""
        return x if type(x) is self.context.mpf else (x.real, x.imag)

    def rounded(self, x: Number, bits: int) -> Number:
        """x with as many binary digits."""
        if type(x) is self.context.mpf:
            return self.context.mpf(x, prec=bits)
        return self.context.mpc(self.rounded(x.real, bits), self.rounded(x.imag, bits))


def _refuse(name: str) -> Number:
    raise NotDifferentiable(
        f"numpy.{name} was given complex numbers, for which it is not defined; "
        "take np.real(z) or np.abs(z) first"
    )


def to_float(x: Number) -> float:
    """The float64 nearest to an mpf, subnormal and infinite ones included."""
    sign, mantissa, exponent, bits = x._mpf_
    if not mantissa or exponent + bits > 1024:
        return float(x)
    if exponent + bits > -1021:
        return float(x)
    if exponent + bits < -1080:
        return 0.0
    # Below the normal numbers float() rounds twice; the division of integers rounds once.
    size: float = int(mantissa) / (1 << -exponent)
    return -size if sign else size


def to_complex(x: Number) -> complex:
    """The complex128 nearest to an mpf or mpc."""
    return complex(to_float(x.real), to_float(x.imag))


def exponent_of(value: float) -> int:
    """The k with ``2**(k-1) <= |value| < 2**k``; 0 for zero, infinity and NaN."""
    return math.frexp(value)[1] if math.isfinite(value) else 0
