"""The numbers that the referee computes with, and every function of the rows over one or two of them.

`Scalars` are the numbers of one mpmath context. Dual numbers (`duals.py`) offer the same interface over them,
so that each algorithm over arrays is written once for both.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends import rows as names
from multigrad.comparisons.referee.complex_numbers import complex_functions, complex_pairs
from multigrad.comparisons.referee.contexts import Context, Number, new_context
from multigrad.comparisons.referee.real import RealFunctions, RealPairs
from multigrad.errors import NotDifferentiable

Scalar = Any  # a Number, or a dual number over one
Function = Callable[..., Scalar]

UNARY = (*names.UNARY, *names.UNARY_OPTIONAL, *names.SPECIAL)
BINARY = (*names.BINARY, *names.BINARY_OPTIONAL)


class Algebra(ABC):
    """A kind of numbers with the functions of the rows.

    Each function is an attribute under its row's name: ``algebra.sqrt(x)``; those of SciPy's are reached by
    ``algebra.functions["special.erf"]``. ``+``, ``-`` and ``*`` are the operators; division is
    ``algebra.divide``, since mpmath's own refuses zero.
    """

    functions: dict[str, Function]
    context: Context

    def __getattr__(self, name: str) -> Function:
        try:
            return self.functions[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no function {name!r}") from None

    @abstractmethod
    def number(self, value: Any) -> Scalar:
        """The scalar equal to a Python or NumPy number, exactly."""

    @abstractmethod
    def primal(self, x: Scalar) -> Number:
        """The mpmath number under x, without derivatives."""

    @abstractmethod
    def is_zero(self, x: Scalar) -> bool:
        """Whether x and all its derivatives vanish."""

    @abstractmethod
    def polygamma(self, n: int, x: Scalar) -> Scalar:
        """The n-th derivative of digamma."""

    def is_complex(self, x: Scalar) -> bool:
        return isinstance(self.primal(x), self.context.mpc)

    def isnan(self, x: Scalar) -> bool:
        return bool(self.context.isnan(self.primal(x)))

    def isinf(self, x: Scalar) -> bool:
        return bool(self.context.isinf(self.primal(x)))

    def isfinite(self, x: Scalar) -> bool:
        return bool(self.context.isfinite(self.primal(x)))

    def signbit(self, x: Scalar) -> bool:
        return bool(self.primal(x) < 0)

    def order(self, x: Scalar) -> tuple[Number, Number]:
        """What x is compared by: NumPy orders complex numbers by real part, then by imaginary part."""
        number = self.primal(x)
        return number.real, number.imag

    def equal(self, a: Scalar, b: Scalar) -> bool:
        return bool(self.primal(a) == self.primal(b))

    def not_equal(self, a: Scalar, b: Scalar) -> bool:
        return not self.equal(a, b)  # mpmath's own != is false for NaN

    def less(self, a: Scalar, b: Scalar) -> bool:
        return self.order(a) < self.order(b)

    def less_equal(self, a: Scalar, b: Scalar) -> bool:
        return self.order(a) <= self.order(b)

    def greater(self, a: Scalar, b: Scalar) -> bool:
        return self.less(b, a)

    def greater_equal(self, a: Scalar, b: Scalar) -> bool:
        return self.less_equal(b, a)

    @property
    def pi(self) -> Number:
        return +self.context.pi


class Scalars(Algebra):
    """The real and complex numbers of an mpmath context of their own.

    Parameters
    ----------
    bits : int
        Binary digits that each operation is rounded to; `context.prec` may be set anew between runs.

    Examples
    --------
    >>> scalars = Scalars(200)
    >>> str(scalars.sqrt(scalars.number(2.0)))[:20]
    '1.414213562373095048'
    >>> scalars.isnan(scalars.log(scalars.number(-1)))
    True
    """

    def __init__(self, bits: int) -> None:
        self.context = new_context(bits)
        self.reals = RealFunctions(self.context)
        pairs = RealPairs(self.reals)
        on_complex, on_complex_pairs = complex_functions(self.context), complex_pairs(self.context)
        self.functions = {
            name: self._one(name, getattr(self.reals, name.replace(".", "_")), on_complex.get(name))
            for name in UNARY
        } | {name: self._two(name, getattr(pairs, name), on_complex_pairs.get(name)) for name in BINARY}

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
        # The context's own constructor would round to its precision; x is the exact number that it is.
        if isinstance(value, (self.context.mpf, self.context.mpc)):
            return value
        if isinstance(value, (bool, int, np.integer, np.bool_)):
            return self.context.mpf(int(value), prec=0)
        if isinstance(value, (float, np.floating)):
            return self.context.mpf(float(value), prec=0)
        return self.context.mpc(self.number(value.real), self.number(value.imag))

    def primal(self, x: Number) -> Number:
        return x

    def is_zero(self, x: Number) -> bool:
        return bool(x == 0)

    def polygamma(self, n: int, x: Number) -> Number:
        return self.reals.polygamma(n, x)


def _refuse(name: str) -> Scalar:
    raise NotDifferentiable(
        f"numpy.{name} was given complex numbers, over which it is not defined; take np.real(z) or np.abs(z) first"
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
    size = mantissa / (1 << -exponent)
    return -size if sign else size


def to_complex(x: Number) -> complex:
    """The complex128 nearest to an mpf or mpc."""
    return complex(to_float(x.real), to_float(x.imag))


def exponent_of(value: float) -> int:
    """The k with ``2**(k-1) <= |value| < 2**k``; 0 for zero, infinity and NaN."""
    return math.frexp(value)[1] if math.isfinite(value) else 0


def filled(shape: tuple[int, ...], value: Scalar) -> npt.NDArray[np.object_]:
    """An object array with the same scalar everywhere."""
    array = np.empty(shape, dtype=object)
    array[...] = value
    return array
