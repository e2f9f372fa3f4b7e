"""The derivative rules of elementwise rows, as calculus has them.

A rule of one variable takes `Functions`, x and y = f(x), and gives f'(x); one of two variables takes a, b and
y and gives both partial derivatives. None is a derivative that vanishes wherever it exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[..., Any]


def _power(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, Any]:
    return lambda: m.where(m.equal(b, 0), 0.0, b * m.power(a, b - 1)), lambda: y * m.log(a)


def _chosen(comparison: str) -> Rule:
    def rule(m: Any, a: Any, b: Any, y: Any) -> tuple[Any, Any]:
        first = m.logical_or(m.call(comparison, a, b), m.isnan(b))
        return lambda: m.where(first, 1.0, 0.0), lambda: m.where(first, 0.0, 1.0)

    return rule


def _agreement(m: Any, a: Any, b: Any) -> Any:
    """1 where the signs agree, -1 where they do not."""
    return 1 - 2 * m.astype(m.logical_xor(m.signbit(a), m.signbit(b)), np.dtype(float))


UNARY: dict[str, Rule | None] = {
    "square": lambda m, x, y: 2 * x,
    "sqrt": lambda m, x, y: 0.5 / y,
    "cbrt": lambda m, x, y: 1 / (3 * y * y),
    "reciprocal": lambda m, x, y: -(y * y),
    "exp": lambda m, x, y: y,
    "exp2": lambda m, x, y: y * m.log(2),
    "expm1": lambda m, x, y: m.exp(x),
    "log": lambda m, x, y: 1 / x,
    "log2": lambda m, x, y: 1 / (x * m.log(2)),
    "log10": lambda m, x, y: 1 / (x * m.log(10)),
    "log1p": lambda m, x, y: 1 / (1 + x),
    "sin": lambda m, x, y: m.cos(x),
    "cos": lambda m, x, y: -m.sin(x),
    "tan": lambda m, x, y: 1 + y * y,
    "arcsin": lambda m, x, y: 1 / m.sqrt(1 - x * x),
    "arccos": lambda m, x, y: -1 / m.sqrt(1 - x * x),
    "arctan": lambda m, x, y: 1 / (1 + x * x),
    "sinh": lambda m, x, y: m.cosh(x),
    "cosh": lambda m, x, y: m.sinh(x),
    "tanh": lambda m, x, y: 1 - y * y,
    "arcsinh": lambda m, x, y: 1 / m.sqrt(1 + x * x),
    "arccosh": lambda m, x, y: 1 / m.sqrt(x * x - 1),
    "arctanh": lambda m, x, y: 1 / (1 - x * x),
    "sinc": lambda m, x, y: m.where(m.equal(x, 0), 0.0, (m.cos(x * m.pi()) - y) / x),
    "deg2rad": lambda m, x, y: m.deg2rad(x * 0 + 1),
    "rad2deg": lambda m, x, y: m.rad2deg(x * 0 + 1),
    "i0": lambda m, x, y: m.call("special.i1", x),
    "nan_to_num": lambda m, x, y: m.where(m.isfinite(x), 1.0, 0.0),
    "sign": None, "floor": None, "ceil": None, "trunc": None, "rint": None,
    "special.erf": lambda m, x, y: 2 / m.sqrt(m.pi()) * m.exp(-(x * x)),
    "special.erfc": lambda m, x, y: -2 / m.sqrt(m.pi()) * m.exp(-(x * x)),
    "special.expit": lambda m, x, y: y * (1 - y),
    "special.gammaln": lambda m, x, y: m.call("special.digamma", x),
    "special.digamma": lambda m, x, y: m.call("special.polygamma", 1, x),
    "special.i0": lambda m, x, y: m.call("special.i1", x),
    "special.i1": lambda m, x, y: m.call("special.i0", x) - m.where(m.equal(x, 0), 0.5, y / x),
}  # fmt: skip

BINARY: dict[str, Rule | None] = {
    "multiply": lambda m, a, b, y: (lambda: b, lambda: a),
    "divide": lambda m, a, b, y: (lambda: m.divide(1, b), lambda: -y / b),
    "power": _power,
    "float_power": _power,
    "maximum": _chosen("greater_equal"),
    "minimum": _chosen("less_equal"),
    "fmax": _chosen("greater_equal"),
    "fmin": _chosen("less_equal"),
    "arctan2": lambda m, a, b, y: (lambda: b / (a * a + b * b), lambda: -a / (a * a + b * b)),
    "hypot": lambda m, a, b, y: (lambda: a / y, lambda: b / y),
    "logaddexp": lambda m, a, b, y: (lambda: m.exp(a - y), lambda: m.exp(b - y)),
    "logaddexp2": lambda m, a, b, y: (lambda: m.exp2(a - y), lambda: m.exp2(b - y)),
    "remainder": lambda m, a, b, y: (lambda: 1.0, lambda: -m.floor_divide(a, b)),
    "fmod": lambda m, a, b, y: (lambda: 1.0, lambda: -m.trunc(a / b)),
    "copysign": lambda m, a, b, y: (lambda: _agreement(m, a, b), lambda: 0.0),
    "floor_divide": None, "heaviside": None,
}  # fmt: skip
"""Each partial derivative is a function, called where that operand has a derivative: log(a) in that of a**b
is not defined for the negative a of x**2. A divisor may be a Python number, 0 too: Python's own quotient would
raise, and have no more than 16 digits."""

__all__ = ["BINARY", "UNARY"]
