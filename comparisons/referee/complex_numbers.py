"""NumPy's elementwise functions over single complex mpmath numbers.

Principal branches, as NumPy's. Without signed zeros a point on a branch cut answers as for +0.0, and what
float64 answers to complex infinities is not imitated.
"""

from collections.abc import Callable

from multigrad.comparisons.referee.contexts import Context, Number

Unary = Callable[[Number], Number]
Binary = Callable[[Number, Number], Number]


def complex_functions(context: Context) -> dict[str, Unary]:
    """By the names of the rows. The results are complex numbers, but for absolute, real, imag and angle."""
    mpc = context.mpc

    def always_complex(function: Unary) -> Unary:
        # mpmath answers with a real number where the imaginary part vanishes.
        return lambda z: mpc(function(z))

    def scaled_log(base: int) -> Unary:
        return lambda z: context.ln(z) / context.ln(base)

    def sign(z: Number) -> Number:
        return z / abs(z) if z != 0 else z

    def rint(z: Number) -> Number:
        return mpc(context.nint(z.real, prec=0), context.nint(z.imag, prec=0))

    holomorphic: dict[str, Unary] = {
        "negative": lambda z: -z,
        "sign": sign,
        "sqrt": context.sqrt,
        "square": lambda z: z * z,
        "reciprocal": lambda z: complex_divide(context, mpc(1), z),
        "exp": context.exp,
        "exp2": lambda z: context.exp(z * context.ln2),
        "expm1": context.expm1,
        "log": context.ln,
        "log2": scaled_log(2),
        "log10": scaled_log(10),
        "log1p": context.log1p,
        "sin": context.sin,
        "cos": context.cos,
        "tan": context.tan,
        "arcsin": context.asin,
        "arccos": context.acos,
        "arctan": context.atan,
        "sinh": context.sinh,
        "cosh": context.cosh,
        "tanh": context.tanh,
        "arcsinh": context.asinh,
        "arccosh": context.acosh,
        "arctanh": context.atanh,
        "sinc": context.sincpi,
        "rint": rint,
        "conjugate": lambda z: z.conjugate(),
        "special.erf": context.erf,
        "special.expit": lambda z: 1 / (1 + context.exp(-z)),
    }
    real: dict[str, Unary] = {
        "absolute": abs,
        "real": lambda z: z.real,
        "imag": lambda z: z.imag,
        "angle": lambda z: context.arg(z) if z != 0 else context.zero,
    }
    return {name: always_complex(function) for name, function in holomorphic.items()} | real


def complex_pairs(context: Context) -> dict[str, Binary]:
    """The arithmetic of two numbers, of which at least one is complex."""

    def power(a: Number, b: Number) -> Number:
        if b == 0:
            return context.mpc(1)
        if a == 0:
            return context.mpc(0) if b.real > 0 else context.mpc(context.nan, context.nan)
        return context.mpc(a**b)

    return {
        "add": lambda a, b: a + b,
        "subtract": lambda a, b: a - b,
        "multiply": lambda a, b: a * b,
        "divide": lambda a, b: complex_divide(context, a, b),
        "power": power,
        "float_power": power,
    }


def complex_divide(context: Context, a: Number, b: Number) -> Number:
    """a/b; by zero, infinite parts as float64 has them."""
    if b != 0:
        return a / b

    def part(x: Number) -> Number:
        return context.inf * x  # NaN for zero

    return context.mpc(part(a.real), part(a.imag))
