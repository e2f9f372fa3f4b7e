"""Kinks of elementwise functions: where left and right slope differ, or f jumps.

Each framework made a choice here, mostly undocumented; a report shows it beside both one-sided slopes.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def leaky_relu(x):
    return np.where(x > 0, x, 0.01 * x)


def relu_by_product(x):
    return x * (x > 0)


def hinge(x):
    return np.maximum(0, 1 - x)


def hat(x):
    return np.maximum(0, 1 - np.abs(x))


def sawtooth(x):
    return x - np.floor(x)


def triangle_wave(x):
    return np.abs(np.mod(x, 2) - 1)


def median_of_three(x):
    return np.maximum(np.minimum(x, 1), np.minimum(np.maximum(x, 1), x**2))


def relu6(x):
    return np.minimum(np.maximum(x, 0), 6)


def soft_threshold(x):
    return np.sign(x) * np.maximum(np.abs(x) - 1, 0)


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def elu(x):
    return np.where(x > 0, x, np.expm1(x))


def huber(x):
    return np.where(np.abs(x) <= 1, 0.5 * x**2, np.abs(x) - 0.5)


def pinball(x):
    return np.maximum(0.9 * x, -0.1 * x)


def tax(x):
    return np.interp(x, [0.0, 10.0, 50.0], [0.0, 1.0, 13.0])


def three_pieces(x):
    return np.piecewise(x, [x < 0, x >= 0], [lambda x: -x, lambda x: x**2])


def chosen(x):
    return np.select([x < 1, x < 2], [x, 2 * x - 1], 3.0 + 0 * x)


def two_roots(x):
    return np.sqrt(x**2)


SCENARIOS = (
    # Absolute values and signs ------------------------------------------------------------------------
    Scenario("absolute value at 0", np.abs, 0.0, special="the kink"),
    Scenario("absolute value at -0", np.abs, -0.0, special="the kink, with a signed zero"),
    Scenario("absolute values around 0", np.abs, [-1.0, 0.0, 2.0], special="a kink among smooth points"),
    Scenario("fabs at 0", np.fabs, 0.0, special="the kink"),
    Scenario("sign at 0", np.sign, 0.0, special="a jump"),
    Scenario("sign away from 0", np.sign, [-3.0, 0.5], closed_form=lambda x: np.zeros(2)),
    Scenario("x times its sign", lambda x: x * np.sign(x), 0.0, special="the kink of |x|"),
    Scenario("x times its size", lambda x: x * np.abs(x), 0.0, special="smooth, made of a kink",
             closed_form=lambda x: 0.0),
    Scenario("square of the absolute value", lambda x: np.abs(x) ** 2, 0.0, special="smooth, made of a kink",
             closed_form=lambda x: 0.0),
    Scenario("absolute value of a cube", lambda x: np.abs(x**3), 0.0, special="smooth, made of a kink",
             closed_form=lambda x: 0.0),
    Scenario("absolute value of a sine", lambda x: np.abs(np.sin(x)), 0.0, special="the kink"),
    Scenario("root of a square", two_roots, 0.0, special="|x|, by an infinite slope times 0"),
    Scenario("copysign to a constant", lambda x: np.copysign(2.0, x), 1.5, closed_form=lambda x: 0.0),
    Scenario("copysign of x, negative", lambda x: np.copysign(x, 1.0), -1.5, closed_form=lambda x: -1.0),
    Scenario("copysign of x at 0", lambda x: np.copysign(x, 1.0), 0.0, special="the kink of |x|"),
    Scenario("Heaviside's step at 0", lambda x: np.heaviside(x, 0.5), 0.0, special="a jump"),
    # Rectifiers and clipping --------------------------------------------------------------------------
    Scenario("relu by maximum", lambda x: np.maximum(x, 0), 0.0, special="the kink"),
    Scenario("relu by maximum, zero first", lambda x: np.maximum(0, x), 0.0, special="the kink"),
    Scenario("relu by fmax", lambda x: np.fmax(x, 0), 0.0, special="the kink"),
    Scenario("relu by fmin", lambda x: -np.fmin(-x, 0), 0.0, special="the kink"),
    Scenario("relu by where", lambda x: np.where(x > 0, x, 0), 0.0, special="the boundary"),
    Scenario("relu by where, equality included", lambda x: np.where(x >= 0, x, 0), 0.0,
             special="the boundary"),
    Scenario("relu by a product", relu_by_product, 0.0, special="the kink"),
    Scenario("relu by clip", lambda x: np.clip(x, 0, None), 0.0, special="the bound"),
    Scenario("relu by absolute value", lambda x: (x + np.abs(x)) / 2, 0.0, special="the kink"),
    Scenario("maximum of x and x", lambda x: np.maximum(x, x), 1.3, special="a tie with itself",
             closed_form=lambda x: 1.0),
    Scenario("maximum of two curves that touch", lambda x: np.maximum(x**2, 2 * x - 1), 1.0,
             special="a tie of equal slopes", closed_form=lambda x: 2.0),
    Scenario("minimum of two curves that cross", lambda x: np.minimum(x**2, x), 1.0, special="a tie"),
    Scenario("leaky relu at 0", leaky_relu, 0.0, special="the boundary"),
    Scenario("relu six at its upper bound", relu6, 6.0, special="the bound"),
    Scenario("clip at the lower bound", lambda x: np.clip(x, -1, 1), -1.0, special="the bound"),
    Scenario("clip at the upper bound", lambda x: np.clip(x, -1, 1), 1.0, special="the bound"),
    Scenario("clip inside, at and outside", lambda x: np.clip(x, -1, 1), [-2.0, -1.0, 0.0, 1.0, 5.0]),
    Scenario("clip with equal bounds", lambda x: np.clip(x, 1, 1), 1.0, special="f is constant"),
    Scenario("hard sigmoid at its corner", hard_sigmoid, 2.5, special="the bound"),
    Scenario("hinge loss at its corner", hinge, 1.0, special="the kink"),
    Scenario("hat at its top", hat, 0.0, special="the kink"),
    Scenario("hat at its foot", hat, -1.0, special="the kink"),
    Scenario("soft threshold at its corner", soft_threshold, 1.0, special="the kink"),
    Scenario("pinball loss at 0", pinball, 0.0, special="the kink"),
    Scenario("median of three curves", median_of_three, 1.0, special="three tie"),
    # Pieces that join smoothly, or not ----------------------------------------------------------------
    Scenario("ELU at 0", elu, 0.0, special="pieces join smoothly", closed_form=lambda x: 1.0),
    Scenario("Huber's loss by where, at its seam", huber, 1.0, special="pieces join smoothly",
             closed_form=lambda x: 1.0),
    Scenario("Huber's loss by where, at 0", huber, 0.0, special="the branch not taken has a kink",
             closed_form=lambda x: 0.0),
    Scenario("piecewise at its joint", three_pieces, [-1.0, 0.0, 1.0], special="the boundary"),
    Scenario("select at its joint", chosen, 1.0, special="the boundary"),
    Scenario("select at a jump's edge", chosen, 2.0, special="continuous, with a kink"),
    Scenario("interpolation at a knot", tax, 10.0, special="the kink"),
    Scenario("interpolation beyond its end", tax, 60.0, special="constant there", closed_form=lambda x: 0.0),
    Scenario("jump in where", lambda x: np.where(x < 0, x, x + 1), 0.0,
             special="a jump, equal slopes beside it"),
    # Rounding and remainders --------------------------------------------------------------------------
    Scenario("floor at an integer", np.floor, 2.0, special="a jump"),
    Scenario("floor between integers", np.floor, 2.5, closed_form=lambda x: 0.0),
    Scenario("ceiling at an integer", np.ceil, -1.0, special="a jump"),
    Scenario("truncation at 0", np.trunc, 0.0, special="no jump: f is 0 on both sides",
             closed_form=lambda x: 0.0),
    Scenario("round at a half", np.round, 0.5, special="a jump"),
    Scenario("rint away from a half", np.rint, 1.2, closed_form=lambda x: 0.0),
    Scenario("round to decimals", lambda x: np.round(x, 1), 0.33, closed_form=lambda x: 0.0),
    Scenario("sawtooth at its jump", sawtooth, 3.0, special="a jump, equal slopes beside it"),
    Scenario("sawtooth on a tooth", sawtooth, 3.25, closed_form=lambda x: 1.0),
    Scenario("remainder at a multiple", lambda x: np.mod(x, 3), 6.0, special="a jump"),
    Scenario("remainder, negative", lambda x: np.mod(x, 3), -4.0, closed_form=lambda x: 1.0),
    Scenario("remainder by its divisor", lambda x: np.mod(7.0, x), 2.0, closed_form=lambda x: -3.0),
    Scenario("remainder by its divisor, negative", lambda x: np.mod(7.0, x), -2.0, closed_form=lambda x: 4.0),
    Scenario("fmod, negative", lambda x: np.fmod(x, 3), -4.0, closed_form=lambda x: 1.0),
    Scenario("fmod by its divisor, negative", lambda x: np.fmod(-7.0, x), 2.0, closed_form=lambda x: 3.0),
    Scenario("floor division", lambda x: x // 0.7, 2.0, closed_form=lambda x: 0.0),
    Scenario("quotient and remainder together", lambda x: sum(np.divmod(x, 2.0)), 5.5,
             closed_form=lambda x: 1.0),
    Scenario("fraction of modf", lambda x: np.modf(x)[0] ** 2, -1.75, closed_form=lambda x: -1.5),
    Scenario("triangle wave at its top", triangle_wave, 2.0, special="a jump of the remainder, a kink of f"),
    Scenario("triangle wave at its foot", triangle_wave, 1.0, special="the kink"),
    # Powers and angles at 0 ---------------------------------------------------------------------------
    Scenario("square root at 0", np.sqrt, 0.0, special="an infinite slope from the right"),
    Scenario("cube root at 0", np.cbrt, 0.0, special="an infinite slope"),
    Scenario("x to the 0 at 0", lambda x: x**0.0, 0.0, special="constant", closed_form=lambda x: 0.0),
    Scenario("x to the integer 0 at 0", lambda x: x**0, 0.0, special="constant", closed_form=lambda x: 0.0),
    Scenario("x to the 1 at 0", lambda x: x**1.0, 0.0, closed_form=lambda x: 1.0),
    Scenario("x to the 1.5 at 0", lambda x: x**1.5, 0.0, special="f ends here, its slope is 0"),
    Scenario("x to the x at 0", lambda x: x**x, 0.0, special="the slope tends to minus infinity"),
    Scenario("0 to the x", lambda x: 0.0**x, 2.0, special="constant", closed_form=lambda x: 0.0),
    Scenario("0 to the x at 0", lambda x: 0.0**x, 0.0, special="a jump"),
    Scenario("one to the x", lambda x: 1.0**x, 0.0, special="constant", closed_form=lambda x: 0.0),
    Scenario("negative base to x", lambda x: (-2.0) ** x, 3.0, special="defined at integers alone"),
    Scenario("square at 0 with a float exponent", lambda x: x**2.0, 0.0, closed_form=lambda x: 0.0),
    Scenario("arctan2 on the positive axis", lambda x: np.arctan2(x, 1.0), 0.0, closed_form=lambda x: 1.0),
    Scenario("arctan2 on the negative axis", lambda x: np.arctan2(x, -1.0), 0.0,
             special="a jump by a full turn"),
    Scenario("arctan2 at the origin", lambda x: np.arctan2(x, 0.0), 0.0, special="a jump by half a turn"),
    Scenario("arctan2 of the other argument at 0", lambda x: np.arctan2(0.0, x), 0.0, special="a jump"),
    Scenario("hypot at the origin", lambda x: np.hypot(x, 0.0), 0.0, special="the kink of |x|"),
    Scenario("hypot with one side 0", lambda x: np.hypot(x, 2.0), 0.0, closed_form=lambda x: 0.0),
    Scenario("sinc at 0", np.sinc, 0.0, special="0/0, filled in", closed_form=lambda x: 0.0),
    Scenario("sinc at an integer", np.sinc, 1.0, closed_form=lambda x: -1.0),
    Scenario("arcsine at 1", np.arcsin, 1.0, special="an infinite slope from the left"),
    Scenario("inverse hyperbolic cosine at 1", np.arccosh, 1.0, special="an infinite slope from the right"),
    Scenario("logaddexp of x and x", lambda x: np.logaddexp(x, x), 3.0, closed_form=lambda x: 1.0),
    Scenario("modified Bessel I0 at 0", np.i0, 0.0, closed_form=lambda x: 0.0),
    Scenario("nan_to_num at a number", np.nan_to_num, 2.0, closed_form=lambda x: 1.0),
)  # fmt: skip
