"""Smooth elementary functions, at ordinary, tiny, huge and cancelling arguments.

Here every backend should agree to the last digits, or lose no more of them than f's own arithmetic does.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def cubic(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def horner(x):
    y = 0.0
    for coefficient in (2.0, -1.0, 0.0, 3.0, -5.0, 1.0):
        y = y * x + coefficient
    return y


def wilkinson(x):
    y = 1.0
    for root in range(1, 11):
        y = y * (x - root)
    return y


def wilkinson_slope(x):
    return sum(np.prod([x - other for other in range(1, 11) if other != root]) for root in range(1, 11))


def damped_wave(x):
    return np.exp(-x / 3) * np.cos(2 * x)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def gaussian(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def softplus(x):
    return np.log1p(np.exp(x))


def one_minus_cosine(x):
    return (1 - np.cos(x)) / x**2


def one_minus_cosine_slope(x):
    return -x / 12 + x**3 / 180


def difference_of_roots(x):
    return np.sqrt(x + 1) - np.sqrt(x)


def difference_of_roots_slope(x):
    return -1 / (2 * np.sqrt(x + 1) * np.sqrt(x) * (np.sqrt(x + 1) + np.sqrt(x)))


def smaller_root(x):
    """Of y² - 2xy + 1, by the textbook's formula."""
    return x - np.sqrt(x**2 - 1)


def smaller_root_slope(x):
    return -1 / (np.sqrt(x**2 - 1) * (x + np.sqrt(x**2 - 1)))


def expanded_power(x):
    """(x - 1)**6, multiplied out."""
    return x**6 - 6 * x**5 + 15 * x**4 - 20 * x**3 + 15 * x**2 - 6 * x + 1


def nested(x):
    return np.sin(np.exp(np.cos(np.log(x))))


def nested_slope(x):
    return -np.cos(np.exp(np.cos(np.log(x)))) * np.exp(np.cos(np.log(x))) * np.sin(np.log(x)) / x


def cycles(x):
    return np.cos(8 * np.arccos(x))


def cycles_slope(x):
    return 8 * np.sin(8 * np.arccos(x)) / np.sqrt(1 - x**2)


def planck(x):
    return x**3 / np.expm1(x)


def planck_slope(x):
    return x**2 * (3 - x / -np.expm1(-x)) / np.expm1(x)


SCENARIOS = (
    # Curves and polynomials ---------------------------------------------------------------------------
    Scenario("cubic", cubic, -2.0, closed_form=lambda x: 3 * x**2 + 6 * x - 5),
    Scenario("cubic at many points", cubic, [-3.0, -1.0, 0.0, 0.5, 2.0], special="x = 0 among them",
             closed_form=lambda x: 3 * x**2 + 6 * x - 5),
    Scenario("square", lambda x: x**2, -2.0, closed_form=lambda x: 2 * x),
    Scenario("polynomial by Horner", horner, 1.5,
             closed_form=lambda x: 10 * x**4 - 4 * x**3 + 6 * x - 5),
    Scenario("Wilkinson's polynomial between roots", wilkinson, 4.5, closed_form=wilkinson_slope),
    Scenario("Wilkinson's polynomial at a root", wilkinson, 7.0, special="one factor is 0",
             closed_form=lambda x: -4320.0),
    Scenario("sixth power multiplied out", expanded_power, 1.001, special="digits cancel"),
    # Powers -------------------------------------------------------------------------------------------
    Scenario("cube of a negative", lambda x: x**3, -1.5, closed_form=lambda x: 3 * x**2),
    Scenario("reciprocal", lambda x: 1 / x, 0.7, closed_form=lambda x: -1 / x**2),
    Scenario("reciprocal, tiny", np.reciprocal, 1e-120, special="slope near the largest numbers",
             closed_form=lambda x: -1 / x**2),
    Scenario("negative power", lambda x: x**-2.5, 1.7, closed_form=lambda x: -2.5 * x**-3.5),
    Scenario("square root", np.sqrt, 2.0, closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("square root, tiny", np.sqrt, 1e-300, special="x near the smallest numbers",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("cube root", np.cbrt, -8.0, closed_form=lambda x: 1 / (3 * np.cbrt(x) ** 2)),
    Scenario("cube root by a power", lambda x: x ** (1 / 3), 5.0, closed_form=lambda x: x ** (1 / 3 - 1) / 3),
    Scenario("two to the x", lambda x: 2.0**x, 3.5, closed_form=lambda x: np.log(2) * 2.0**x),
    Scenario("x to the x", lambda x: x**x, 1.3, closed_form=lambda x: x**x * (np.log(x) + 1)),
    Scenario("x to the 1/x", lambda x: x ** (1 / x), np.e, special="a maximum: the slope is some 1e-17"),
    # Exponentials and logarithms ----------------------------------------------------------------------
    Scenario("exp", np.exp, 0.5, closed_form=np.exp),
    Scenario("exp, very negative", np.exp, -740.0, special="f and slope subnormal", closed_form=np.exp),
    Scenario("exp, large", np.exp, 709.0, special="f near the largest numbers", closed_form=np.exp),
    Scenario("exp2", np.exp2, -1.5, closed_form=lambda x: np.log(2) * np.exp2(x)),
    Scenario("expm1, tiny", np.expm1, 1e-12, closed_form=np.exp),
    Scenario("log", np.log, 3.0, closed_form=lambda x: 1 / x),
    Scenario("log, tiny", np.log, 1e-280, closed_form=lambda x: 1 / x),
    Scenario("log of one and a little", np.log, 1 + 1e-10, special="f is small, its slope is not",
             closed_form=lambda x: 1 / x),
    Scenario("log1p, tiny", np.log1p, -1e-14, closed_form=lambda x: 1 / (1 + x)),
    Scenario("log1p near the pole", np.log1p, -0.9999999, closed_form=lambda x: 1 / (1 + x)),
    Scenario("log2 and log10", lambda x: np.log2(x) * np.log10(x), 5.0,
             closed_form=lambda x: (np.log10(x) / np.log(2) + np.log2(x) / np.log(10)) / x),
    Scenario("logarithm of an exponential", lambda x: np.log(np.exp(x)), 20.0, closed_form=lambda x: 1.0),
    Scenario("log of log of log", lambda x: np.log(np.log(np.log(x))), 1e200,
             closed_form=lambda x: 1 / (x * np.log(x) * np.log(np.log(x)))),
    # Trigonometry -------------------------------------------------------------------------------------
    Scenario("sine", np.sin, 0.8, closed_form=np.cos),
    Scenario("sine, huge", np.sin, 1e15, special="argument reduction", closed_form=np.cos),
    Scenario("sine, tiny", np.sin, 1e-200, closed_form=np.cos),
    Scenario("cosine at its maximum", np.cos, 0.0, special="the slope is 0", closed_form=lambda x: -0.0),
    Scenario("tangent", np.tan, 1.0, closed_form=lambda x: 1 / np.cos(x) ** 2),
    Scenario("tangent beside its pole", np.tan, np.pi / 2, special="the float beside π/2",
             closed_form=lambda x: 1 / 6.123233995736766e-17**2),
    Scenario("arcsine near 1", np.arcsin, 1 - 2.0**-40, special="the slope grows without bound",
             closed_form=lambda x: 1 / np.sqrt((1 - x) * (1 + x))),
    Scenario("arccosine", np.arccos, -0.3, closed_form=lambda x: -1 / np.sqrt(1 - x**2)),
    Scenario("arctangent, huge", np.arctan, 1e12, closed_form=lambda x: 1 / (1 + x**2)),
    Scenario("arctan2 over four quadrants", lambda x: np.arctan2(np.sin(3 * x), np.cos(3 * x)),
             [0.2, 0.8, 1.5, 2.0], closed_form=lambda x: np.full(4, 3.0)),
    Scenario("hypot, huge", lambda x: np.hypot(x, 3e200), 4e200, special="its square overflows",
             closed_form=lambda x: 0.8),
    Scenario("degrees", lambda x: np.sin(np.radians(x)), 30.0,
             closed_form=lambda x: np.pi / 180 * np.sqrt(3) / 2),
    # Hyperbolic functions -----------------------------------------------------------------------------
    Scenario("hyperbolic sine", np.sinh, -2.0, closed_form=np.cosh),
    Scenario("hyperbolic cosine", np.cosh, 0.1, closed_form=np.sinh),
    Scenario("hyperbolic tangent", np.tanh, 0.9, closed_form=lambda x: 1 / np.cosh(x) ** 2),
    Scenario("hyperbolic tangent, saturated", np.tanh, 25.0, special="f is 1, the slope is some 1e-21",
             closed_form=lambda x: 1 / np.cosh(x) ** 2),
    Scenario("inverse hyperbolic sine, very negative", np.arcsinh, -1e10,
             closed_form=lambda x: 1 / np.sqrt(1 + x**2)),
    Scenario("inverse hyperbolic cosine near 1", np.arccosh, 1 + 2.0**-30,
             closed_form=lambda x: 1 / np.sqrt((x - 1) * (x + 1))),
    Scenario("inverse hyperbolic tangent", np.arctanh, -0.75, closed_form=lambda x: 1 / (1 - x**2)),
    # Compositions -------------------------------------------------------------------------------------
    Scenario("damped wave", damped_wave, 1.0,
             closed_form=lambda x: np.exp(-x / 3) * (-np.cos(2 * x) / 3 - 2 * np.sin(2 * x))),
    Scenario("four functions deep", nested, 2.5, closed_form=nested_slope),
    Scenario("Chebyshev polynomial by its cosines", cycles, 0.4, closed_form=cycles_slope),
    Scenario("logistic curve", logistic, -1.2, closed_form=lambda x: logistic(x) * logistic(-x)),
    Scenario("logistic curve, saturated", logistic, 40.0, special="f is 1 to all digits",
             closed_form=lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    Scenario("gaussian", gaussian, 1.5, closed_form=lambda x: -x * gaussian(x)),
    Scenario("gaussian's far tail", gaussian, 37.0, closed_form=lambda x: -x * gaussian(x)),
    Scenario("softplus", softplus, -3.0, closed_form=logistic),
    Scenario("Planck's curve", planck, 2.8, closed_form=planck_slope),
    Scenario("Planck's curve, long waves", planck, 1e-9, closed_form=lambda x: 2 * x - 1.5 * x**2),
    Scenario("Planck's curve, short waves", planck, 300.0, closed_form=planck_slope),
    # Cancellation -------------------------------------------------------------------------------------
    Scenario("one minus cosine, tiny", one_minus_cosine, 1e-7, special="digits cancel",
             closed_form=one_minus_cosine_slope),
    Scenario("one minus cosine, small", one_minus_cosine, 1e-3, special="half of the digits cancel",
             closed_form=one_minus_cosine_slope),
    Scenario("difference of roots, huge", difference_of_roots, 1e12, special="digits cancel",
             closed_form=difference_of_roots_slope),
    Scenario("smaller root of a quadratic", smaller_root, 1e7, special="digits cancel",
             closed_form=smaller_root_slope),
    Scenario("exp less one, tiny", lambda x: (np.exp(x) - 1) / x, 1e-9, special="digits cancel",
             closed_form=lambda x: 0.5 + x / 3),
    Scenario("sum of squares of sine and cosine", lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, 0.6,
             special="constant: two terms cancel", closed_form=lambda x: 0.0),
    Scenario("huge minus huge", lambda x: (x + 1e16) - 1e16, 3.0, special="f loses digits, its slope none",
             closed_form=lambda x: 1.0),
)  # fmt: skip
