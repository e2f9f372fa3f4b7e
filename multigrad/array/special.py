"""SciPy's ufuncs (`scipy.special`) over recorded arrays, from the rows ``special.*`` and NumPy's ufuncs.

SciPy itself is not imported: who calls ``scipy.special.ndtr(x)`` has done so, and NumPy hands the ufunc on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.array.composed import DEGREE, series
from multigrad.array.elementwise import COMPOSED
from multigrad.array.operands import host, lifted_all
from multigrad.array.recorded_array import RecordedArray


def special(name: str, x: RecordedArray) -> Any:
    """The row ``special.name`` of a recorded array, or the clear error that the backend has none."""
    row = x._recording.row(f"special.{name}")
    return RecordedArray(row(x._value), x._recording, x.dtype)


def _expit(x: Any) -> Any:
    return np.exp(-np.logaddexp(0.0, -x))


def _xlogy(x: Any, y: Any) -> Any:
    outside = (x == 0) & (y <= 0)
    return np.where(outside, 0.0, x * np.log(np.where(outside, 1.0, y)))


def _xlog1py(x: Any, y: Any) -> Any:
    outside = (x == 0) & (y <= -1)
    return np.where(outside, 0.0, x * np.log1p(np.where(outside, 0.0, y)))


def _entr(x: Any) -> Any:
    inner = np.where(x > 0, x, 1.0)
    # At zero the slope is +inf, as that of the square root; below, the value is -inf.
    edge = np.sqrt(np.where(x == 0, x, 1.0))
    return np.where(x > 0, -inner * np.log(inner), np.where(x == 0, edge, np.where(x < 0, -np.inf, x)))


def _rel_entr(x: Any, y: Any) -> Any:
    inside, zero = (x > 0) & (y > 0), (x == 0) & (y >= 0)
    a, b = np.where(inside, x, 1.0), np.where(inside, y, 1.0)
    outside = np.where(np.isnan(x) | np.isnan(y), np.nan, np.inf)
    return np.where(inside, a * (np.log(a) - np.log(b)), np.where(zero, 0.0, outside))


def _kl_div(x: Any, y: Any) -> Any:
    finite = (x >= 0) & (y >= 0)
    return _rel_entr(x, y) + np.where(finite, y - x, 0.0)


def _huber(delta: Any, r: Any) -> Any:
    size = np.absolute(r)
    found = np.where(size <= delta, 0.5 * r * r, delta * (size - 0.5 * delta))
    return np.where(np.less(delta, 0), np.inf, found)


def _pseudo_huber(delta: Any, r: Any) -> Any:
    usable = np.greater(delta, 0)
    unusable = np.where(np.less(delta, 0), np.inf, np.where(np.equal(delta, 0), 0.0, np.nan))
    width = np.where(usable, delta, 1.0)
    u = r / width
    # sqrt(1 + u²) - 1 without cancellation.
    found = width**2 * (u**2 / (np.sqrt(1 + u**2) + 1))
    return np.where(usable, found, unusable)


def _exprel(x: Any) -> Any:
    safe = np.where((x == 0) | (x == np.inf), 1.0, x)
    ratio = np.where(x == np.inf, x, np.expm1(safe) / safe)
    return np.where(x == 0, series(x, 1.0, 1 / 2, 1 / 6, 1 / 24, 1 / 120), ratio)


def _sign_of_gamma(x: Any) -> Any:
    whole = np.floor(x)
    pole = (x < 0) & (x == whole)
    sign = np.where((x > 0) | (whole % 2 == 0), 1.0, -1.0)
    return np.where(pole | np.isnan(x), np.nan, np.where(x == 0, np.copysign(1.0, x), sign))


def _gamma(x: Any) -> Any:
    pole = (x == np.floor(x)) & (x <= 0)
    safe: Any = np.where(pole, 1.0, x)
    found = _sign_of_gamma(safe) * np.exp(special("gammaln", safe))
    return np.where(pole, np.where(x == 0, np.copysign(np.inf, x), np.nan), found)


def _betaln(a: Any, b: Any) -> Any:
    first, second = lifted_all(a, b)
    return special("gammaln", first) + special("gammaln", second) - special("gammaln", first + second)


def _beta(a: Any, b: Any) -> Any:
    return _sign_of_gamma(a) * _sign_of_gamma(b) * _sign_of_gamma(a + b) * np.exp(_betaln(a, b))


def _power_minus_one(power: Any, log: Any) -> Any:
    """(exp(log)**power - 1) / power, continued to power 0."""
    safe = np.where(power == 0, 1.0, power)
    second = np.where(np.isfinite(log), log, 0.0) ** 2 / 2
    return np.where(power == 0, log + power * second, np.expm1(safe * log) / safe)


def _root(power: Any, y: Any) -> Any:
    """log(1 + power * y) / power, continued to power 0."""
    safe = np.where(power == 0, 1.0, power)
    return np.where(power == 0, y - power * y**2 / 2, np.log1p(safe * y) / safe)


def _polynomial(name: str, first: Callable[[Any], Any], step: Callable[[int, Any, Any, Any], Any]) -> Any:
    """A family of orthogonal polynomials: that of order 1, and order k from the two below."""

    def evaluate(n: Any, x: Any) -> Any:
        orders, (x,) = np.asarray(host(n)), lifted_all(x)
        if orders.dtype.kind not in "iu" or np.any(orders < 0):
            return x._recording.row(f"special.{name}")  # of other orders they are no polynomials
        below, this = np.ones_like(x), first(x)
        found = np.where(orders == 0, below, this)
        for k in range(2, int(orders.max(initial=0)) + 1):
            below, this = this, step(k, x, this, below)
            found = np.where(orders == k, this, found)
        return found

    return evaluate


COMPOSED |= {
    f"special.{name}": _polynomial(name, first, step)
    for name, first, step in (
        ("eval_chebyt", lambda x: x, lambda k, x, p, q: 2 * x * p - q),
        ("eval_chebyu", lambda x: 2 * x, lambda k, x, p, q: 2 * x * p - q),
        ("eval_legendre", lambda x: x, lambda k, x, p, q: ((2 * k - 1) * x * p - (k - 1) * q) / k),
        ("eval_hermite", lambda x: 2 * x, lambda k, x, p, q: 2 * x * p - 2 * (k - 1) * q),
        ("eval_hermitenorm", lambda x: x, lambda k, x, p, q: x * p - (k - 1) * q),
        ("eval_laguerre", lambda x: 1 - x, lambda k, x, p, q: ((2 * k - 1 - x) * p - (k - 1) * q) / k),
    )
}

COMPOSED |= {
    "special.expit": _expit,
    "special.logit": lambda x: np.log(x) - np.log1p(-x),
    "special.log_expit": lambda x: -np.logaddexp(0.0, -x),
    "special.softplus": lambda x: np.logaddexp(0.0, x),
    "special.xlogy": _xlogy,
    "special.xlog1py": _xlog1py,
    "special.entr": _entr,
    "special.rel_entr": _rel_entr,
    "special.kl_div": _kl_div,
    "special.huber": _huber,
    "special.pseudo_huber": _pseudo_huber,
    "special.exprel": _exprel,
    "special.ndtr": lambda x: special("erfc", x * -(0.5**0.5)) / 2,
    "special.gamma": _gamma,
    "special.gammasgn": _sign_of_gamma,
    "special.beta": _beta,
    "special.betaln": _betaln,
    "special.boxcox": lambda x, power: _power_minus_one(power, np.log(x)),
    "special.boxcox1p": lambda x, power: _power_minus_one(power, np.log1p(x)),
    "special.inv_boxcox": lambda y, power: np.exp(_root(power, y)),
    "special.inv_boxcox1p": lambda y, power: np.expm1(_root(power, y)),
    "special.cbrt": np.cbrt,
    "special.exp2": np.exp2,
    "special.exp10": lambda x: np.power(10.0, x),
    "special.expm1": np.expm1,
    "special.log1p": np.log1p,
    "special.cosm1": lambda x: -2 * np.sin(x / 2) ** 2,
    "special.sindg": lambda x: np.sin(x * DEGREE),
    "special.cosdg": lambda x: np.cos(x * DEGREE),
    "special.tandg": lambda x: np.tan(x * DEGREE),
    "special.radian": lambda degrees, minutes, seconds: (degrees + minutes / 60 + seconds / 3600) * DEGREE,
}
