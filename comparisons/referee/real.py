"""NumPy's elementwise functions over single real mpmath numbers, answering as NumPy does for float64.

Outside its domain a function answers NaN, never a complex number; 1/0 is infinite; NaN compares false. Each
result is right at the context's precision. mpmath has no signed zero, so where NumPy distinguishes 0.0 from
-0.0 (1/-0.0, arctan2(-0.0, -1.0), copysign, signbit), these answer as for 0.0.

The methods bear the names of the rows, with ``special.`` written ``special_``.
"""

from collections.abc import Callable
from typing import Any

from multigrad.comparisons.referee.contexts import SERIES, Context, Number

LARGEST_FLOAT = float.fromhex("0x1.fffffffffffffp1023")

HUGE = 4096
"""Beyond 2**HUGE an argument counts as infinite: its exponential has no exponent that fits into memory, and
its sine needs as many digits of pi. float64 itself ends at 2**1024."""


class RealFunctions:
    """The functions of one variable, for the mpf numbers of one context."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.zero, self.one = context.zero, context.one
        self.inf, self.minus_inf, self.nan = context.inf, context.ninf, context.nan

    def huge(self, x: Number) -> bool:
        """Whether x is infinite, or counts as such."""
        _, mantissa, exponent, bits = x._mpf_
        return (bool(mantissa) and exponent + bits > HUGE) or x in (self.inf, self.minus_inf)

    def _bounded(self, function: Callable[[Number], Number], x: Number) -> Number:
        return self.nan if self.huge(x) else function(x)

    def _growing(
        self, function: Callable[[Number], Number], x: Number, above: Number, below: Number
    ) -> Number:
        if self.huge(x):
            return above if x > 0 else below
        return function(x)

    # Arithmetic --------------------------------------------------------------------------------------

    def negative(self, x: Number) -> Number:
        return -x

    def absolute(self, x: Number) -> Number:
        return abs(x)

    def sign(self, x: Number) -> Number:
        return self.one if x > 0 else -self.one if x < 0 else x  # zero and NaN are their own sign

    def square(self, x: Number) -> Number:
        return x * x

    def reciprocal(self, x: Number) -> Number:
        return self.one / x if x != 0 else self.inf

    def sqrt(self, x: Number) -> Number:
        return self.context.sqrt(x) if x >= 0 else self.nan

    def cbrt(self, x: Number) -> Number:
        return self.context.cbrt(x) if x >= 0 else -self.context.cbrt(-x)

    def real(self, x: Number) -> Number:
        return x

    def imag(self, x: Number) -> Number:
        return self.zero

    def conjugate(self, x: Number) -> Number:
        return x

    def angle(self, x: Number) -> Number:
        return self.zero if x >= 0 else +self.context.pi if x < 0 else x

    def nan_to_num(self, x: Number) -> Number:
        if self.context.isnan(x):
            return self.zero
        if self.context.isinf(x):
            largest = self.context.mpf(LARGEST_FLOAT)
            return largest if x > 0 else -largest
        return x

    # Exponentials and logarithms -----------------------------------------------------------------------

    def exp(self, x: Number) -> Number:
        return self._growing(self.context.exp, x, self.inf, self.zero)

    def exp2(self, x: Number) -> Number:
        return self._growing(lambda y: self.power_of(self.context.mpf(2), y), x, self.inf, self.zero)

    def expm1(self, x: Number) -> Number:
        return self._growing(self.context.expm1, x, self.inf, -self.one)

    def log(self, x: Number) -> Number:
        return self.context.ln(x) if x > 0 else self.minus_inf if x == 0 else self.nan

    def log2(self, x: Number) -> Number:
        return self._exact_log(x, 2)

    def log10(self, x: Number) -> Number:
        return self._exact_log(x, 10)

    def _exact_log(self, x: Number, base: int) -> Number:
        with_guard = self.context.prec + 10
        with self.context.workprec(with_guard):
            result = self.log(x) / self.context.ln(base)
        return +result

    def log1p(self, x: Number) -> Number:
        if x == self.inf:
            return x
        return self.context.log1p(x) if x > -1 else self.minus_inf if x == -1 else self.nan

    def power_of(self, base: Number, exponent: Number) -> Number:
        """base**exponent for finite numbers, base positive."""
        _, _mantissa, shift, bits = exponent._mpf_
        if shift >= 0 and shift + bits <= 64:
            return base ** int(exponent)
        # exp(t log a) loses the digits that t log a has before its point: have them to spare.
        with self.context.workprec(self.context.prec + 20 + max(0, shift + bits + 12)):
            result = self.exp(exponent * self.context.ln(base))
        return +result

    # Circular and hyperbolic -----------------------------------------------------------------------------

    def sin(self, x: Number) -> Number:
        return self._bounded(self.context.sin, x)

    def cos(self, x: Number) -> Number:
        return self._bounded(self.context.cos, x)

    def tan(self, x: Number) -> Number:
        return self._bounded(self.context.tan, x)

    def sinc(self, x: Number) -> Number:
        if x in (self.inf, self.minus_inf):
            return self.nan
        return self.zero if self.huge(x) else self.context.sincpi(x)

    def arcsin(self, x: Number) -> Number:
        return self.context.asin(x) if -1 <= x <= 1 else self.nan

    def arccos(self, x: Number) -> Number:
        return self.context.acos(x) if -1 <= x <= 1 else self.nan

    def arctan(self, x: Number) -> Number:
        return self.context.atan(x)

    def sinh(self, x: Number) -> Number:
        return self._growing(self.context.sinh, x, self.inf, self.minus_inf)

    def cosh(self, x: Number) -> Number:
        return self._growing(self.context.cosh, x, self.inf, self.inf)

    def tanh(self, x: Number) -> Number:
        return self._growing(self.context.tanh, x, self.one, -self.one)

    def arcsinh(self, x: Number) -> Number:
        return self.context.asinh(x)

    def arccosh(self, x: Number) -> Number:
        return self.context.acosh(x) if x >= 1 else self.nan

    def arctanh(self, x: Number) -> Number:
        if -1 < x < 1:
            return self.context.atanh(x)
        return self.inf if x == 1 else self.minus_inf if x == -1 else self.nan

    def deg2rad(self, x: Number) -> Number:
        return x * self.context.pi / 180

    def rad2deg(self, x: Number) -> Number:
        return x * 180 / self.context.pi

    # Rounding ------------------------------------------------------------------------------------------

    # Rounded to an integer at the precision that holds it: the context's own could be too short for it.

    def floor(self, x: Number) -> Number:
        return self.context.floor(x, prec=0)

    def ceil(self, x: Number) -> Number:
        return self.context.ceil(x, prec=0)

    def trunc(self, x: Number) -> Number:
        return self.floor(x) if x > 0 else self.ceil(x)

    def rint(self, x: Number) -> Number:
        return self.context.nint(x, prec=0)

    # Special -------------------------------------------------------------------------------------------

    def special_erf(self, x: Number) -> Number:
        return self._growing(self.context.erf, x, self.one, -self.one)

    def special_erfc(self, x: Number) -> Number:
        if x > 2**40:  # mpmath would take as many bits as the exponent of exp(-x**2) has
            return self.zero
        return self._growing(self.context.erfc, x, self.zero, self.context.mpf(2))

    def special_expit(self, x: Number) -> Number:
        return self.one / (1 + self.exp(-x))

    def _pole(self, x: Number) -> bool:
        return bool(x <= 0) and bool(x == self.floor(x))

    def special_gammaln(self, x: Number) -> Number:
        if self.huge(x) or self._pole(x):
            return self.inf
        with SERIES:
            return self.context.re(self.context.loggamma(x))

    def special_digamma(self, x: Number) -> Number:
        if x == 0 or x == self.inf:
            return self.minus_inf if x == 0 else x
        return self.polygamma(0, x)

    def polygamma(self, n: int, x: Number) -> Number:
        """The n-th derivative of digamma: what the derivative rules of gammaln and digamma need."""
        if self.huge(x) or self._pole(x) or self.context.isnan(x):
            return self.nan
        with SERIES:
            return self.context.psi(n, x)

    def special_i0(self, x: Number) -> Number:
        return self._bounded(lambda y: self.context.besseli(0, y), x)

    def special_i1(self, x: Number) -> Number:
        return self._bounded(lambda y: self.context.besseli(1, y), x)

    i0 = special_i0


class RealPairs:
    """The functions of two variables."""

    def __init__(self, one_variable: RealFunctions) -> None:
        self.of = one_variable
        self.context = one_variable.context
        self.isnan: Callable[[Any], bool] = self.context.isnan

    def _either_nan(self, a: Number, b: Number) -> bool:
        return self.isnan(a) or self.isnan(b)

    def add(self, a: Number, b: Number) -> Number:
        return a + b

    def subtract(self, a: Number, b: Number) -> Number:
        return a - b

    def multiply(self, a: Number, b: Number) -> Number:
        return a * b

    def divide(self, a: Number, b: Number) -> Number:
        if b == 0:
            return self.of.inf if a > 0 else self.of.minus_inf if a < 0 else self.of.nan
        return a / b

    def power(self, a: Number, b: Number) -> Number:
        """As C's pow: 1 where the exponent is 0 or the base 1, NaN for a negative base and a fraction."""
        of = self.of
        if b == 0 or a == 1:
            return of.one
        if self._either_nan(a, b):
            return of.nan
        if self.context.isinf(b):
            size = abs(a)
            return of.one if size == 1 else of.inf if (size > 1) == (b > 0) else of.zero
        whole = b == of.floor(b)
        odd = whole and of.floor(b / 2) * 2 != b
        if a == 0 or self.context.isinf(a):
            sign = -1 if odd and a < 0 else 1
            return sign * (of.zero if (a == 0) == (b > 0) else of.inf)
        if a > 0:
            return of.power_of(a, b)
        size = of.power_of(-a, b)
        return of.nan if not whole else -size if odd else size

    float_power = power

    def maximum(self, a: Number, b: Number) -> Number:
        return a if self.isnan(a) or a >= b else b

    def minimum(self, a: Number, b: Number) -> Number:
        return a if self.isnan(a) or a <= b else b

    def fmax(self, a: Number, b: Number) -> Number:
        return a if self.isnan(b) or a >= b else b

    def fmin(self, a: Number, b: Number) -> Number:
        return a if self.isnan(b) or a <= b else b

    def arctan2(self, a: Number, b: Number) -> Number:
        if self._either_nan(a, b):
            return self.of.nan
        if a == 0:
            return +self.context.pi if b < 0 else self.of.zero
        if self.context.isinf(a) and self.context.isinf(b):
            quarter = self.context.pi / 4
            return (1 if a > 0 else -1) * (quarter if b > 0 else 3 * quarter)
        return self.context.atan2(a, b)

    def hypot(self, a: Number, b: Number) -> Number:
        if self.context.isinf(a) or self.context.isinf(b):
            return self.of.inf
        return self.context.hypot(a, b)

    def logaddexp(self, a: Number, b: Number) -> Number:
        if self._either_nan(a, b):
            return self.of.nan
        low, high = (a, b) if a < b else (b, a)
        if self.context.isinf(high) or self.context.isinf(low):
            return high
        return high + self.of.log1p(self.of.exp(low - high))

    def logaddexp2(self, a: Number, b: Number) -> Number:
        ln2 = self.context.ln2
        return self.logaddexp(a * ln2, b * ln2) / ln2

    def _whole_quotient(self, a: Number, b: Number) -> Number:
        """floor(a/b) for finite numbers, exactly: the quotient may have more digits than the context."""
        spread = abs(a._mpf_[2] - b._mpf_[2]) + a._mpf_[3] + b._mpf_[3]
        if spread > 4 * HUGE:
            return self.of.floor(a / b)
        with self.context.workprec(self.context.prec + spread):
            return self.of.floor(a / b)

    def remainder(self, a: Number, b: Number) -> Number:
        """With the sign of b, as Python's %."""
        if self._either_nan(a, b) or b == 0 or self.context.isinf(a):
            return self.of.nan
        if self.context.isinf(b):
            return a if a == 0 or (a < 0) == (b < 0) else b
        return a % b

    def floor_divide(self, a: Number, b: Number) -> Number:
        if b == 0 or self._either_nan(a, b):
            return self.divide(a, b)
        if self.context.isinf(a):
            return self.of.nan
        if self.context.isinf(b):
            return self.of.zero if a == 0 or (a < 0) == (b < 0) else -self.of.one
        return self._whole_quotient(a, b)

    def fmod(self, a: Number, b: Number) -> Number:
        """With the sign of a, as C's fmod."""
        if self._either_nan(a, b) or b == 0 or self.context.isinf(a):
            return self.of.nan
        if self.context.isinf(b):
            return a
        size = abs(a) % abs(b)
        return -size if a < 0 else size

    def copysign(self, a: Number, b: Number) -> Number:
        return -abs(a) if b < 0 else abs(a)

    def heaviside(self, a: Number, at_zero: Number) -> Number:
        if self.isnan(a):
            return a
        return self.of.zero if a < 0 else self.of.one if a > 0 else at_zero
