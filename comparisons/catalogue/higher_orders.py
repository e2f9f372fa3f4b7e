"""Slopes of order two and three: the rules of the rules.

What is differentiated twice meets rules that nobody looks at once; kinks become jumps, and roots poles.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def cubic(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def damped_wave(x):
    return np.sin(x) * np.exp(-x)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def newton_root(x):
    y = x
    for _ in range(7):
        y = (y + x / y) / 2
    return y


def bump(x):
    return np.exp(-1 / (1 - x**2))


def smoothstep(x):
    t = np.clip(x, 0, 1)
    return t * t * (3 - 2 * t)


def lennard_jones(r):
    return 4 * (r**-12 - r**-6)


def log_sum_exp_of_a_line(x):
    y = x * np.array([1.0, -2.0, 0.5])
    top = np.max(y)
    return top + np.log(np.sum(np.exp(y - top)))


def determinant_of_a_line(x):
    return np.linalg.det(np.array([[2.0, 1.0], [1.0, 3.0]]) + x * np.eye(2))


def resolvent(x):
    return np.sum(np.linalg.inv(np.array([[2.0, 1.0], [1.0, 3.0]]) + x * np.eye(2)))


def cubic_spline(x):
    return np.where(x < 0, x**3, 2 * x**3)


def product_of_a_line(x):
    return np.prod(x + np.array([0.0, 1.0, 2.0]))


SCENARIOS = (
    # Second -------------------------------------------------------------------------------------------
    Scenario("cubic, twice", cubic, -2.0, order=2, closed_form=lambda x: 6 * x + 6),
    Scenario("cubic at many points, twice", cubic, [-1.0, 0.0, 2.0], order=2,
             closed_form=lambda x: 6 * x + 6),
    Scenario("straight line, twice", lambda x: 3 * x + 1, 2.0, order=2, closed_form=lambda x: 0.0),
    Scenario("constant, twice", lambda x: 5.0, 2.0, order=2, closed_form=lambda x: 0.0),
    Scenario("sine, twice", np.sin, 0.8, order=2, closed_form=lambda x: -np.sin(x)),
    Scenario("logistic curve, twice", logistic, 0.0, order=2, special="the point of inflection",
             closed_form=lambda x: 0.0),
    Scenario("softplus by logaddexp, twice", lambda x: np.logaddexp(x, 0.0), 1.5, order=2,
             closed_form=lambda x: logistic(x) * logistic(-x)),
    Scenario("square root, twice", np.sqrt, 2.0, order=2, closed_form=lambda x: -0.25 * x**-1.5),
    Scenario("cube root, twice", np.cbrt, -8.0, order=2, closed_form=lambda x: 2 / 9 * 2.0**-5),
    Scenario("power with an integer exponent at 0, twice", lambda x: x**2, 0.0, order=2,
             closed_form=lambda x: 2.0),
    Scenario("power with a float exponent at 0, twice", lambda x: x**2.0, 0.0, order=2,
             closed_form=lambda x: 2.0),
    Scenario("x at power 1 at 0, twice", lambda x: x**1.0, 0.0, order=2, closed_form=lambda x: 0.0),
    Scenario("x to the x, twice", lambda x: x**x, 1.5, order=2,
             closed_form=lambda x: x**x * ((np.log(x) + 1) ** 2 + 1 / x)),
    Scenario("arctan2, twice", lambda x: np.arctan2(x, 2.0), 1.0, order=2,
             closed_form=lambda x: -4 * x / (4 + x**2) ** 2),
    Scenario("hypot, twice", lambda x: np.hypot(x, 2.0), 0.0, order=2, closed_form=lambda x: 0.5),
    Scenario("sinc at 0, twice", np.sinc, 0.0, order=2, special="0/0, filled in",
             closed_form=lambda x: -(np.pi**2) / 3),
    Scenario("Newton's root, twice", newton_root, 2.0, order=2, closed_form=lambda x: -0.25 * x**-1.5),
    Scenario("product of three factors, one zero, twice", product_of_a_line, 0.0, order=2,
             special="a factor is 0",
             closed_form=lambda x: 6 * x + 6),
    Scenario("determinant along a line, twice", determinant_of_a_line, 0.5, order=2,
             closed_form=lambda x: 2.0),
    Scenario("resolvent, twice", resolvent, 0.5, order=2),
    Scenario("log-sum-exp along a line, twice", log_sum_exp_of_a_line, 0.4, order=2),
    Scenario("norm along a line, twice", lambda x: np.linalg.norm(np.array([1.0, 2.0]) + x), 0.5, order=2,
             closed_form=lambda x: 1 / ((1 + x) ** 2 + (2 + x) ** 2) ** 1.5),
    Scenario("standard deviation along a line, twice", lambda x: np.std(x * np.array([1.0, 2.0, 4.0]) ** 2), 1.0,
             order=2, closed_form=lambda x: 0.0),
    Scenario("Lennard and Jones' potential, twice", lennard_jones, 1.1, order=2,
             closed_form=lambda r: 4 * (156 * r**-14 - 42 * r**-8)),
    Scenario("cosine near its maximum, twice", lambda x: (1 - np.cos(x)) / x**2, 1e-3, order=2,
             special="digits cancel",
             closed_form=lambda x: -1 / 12 + x**2 / 60),
    Scenario("product of x and its sine at 0, twice", lambda x: x * np.sin(x), 0.0, order=2,
             closed_form=lambda x: 2.0),
    # Second, at kinks ---------------------------------------------------------------------------------
    Scenario("absolute value away from 0, twice", np.abs, -1.5, order=2, closed_form=lambda x: 0.0),
    Scenario("x times its size at 0, twice", lambda x: x * np.abs(x), 0.0, order=2,
             special="the slope has a kink"),
    Scenario("half a parabola at 0, twice", lambda x: np.maximum(x, 0) ** 2, 0.0, order=2,
             special="the slope has a kink"),
    Scenario("Huber's loss at its seam, twice", lambda x: np.where(np.abs(x) <= 1, x**2 / 2, np.abs(x) - 0.5), 1.0,
             order=2, special="the slope has a kink"),
    Scenario("smoothstep at its end, twice", smoothstep, 1.0, order=2, special="the slope has a kink"),
    Scenario("spline at its knot, twice", cubic_spline, 0.0, order=2, special="smooth to this order",
             closed_form=lambda x: 0.0),
    Scenario("maximum of two parabolas that touch, twice", lambda x: np.maximum(x**2, 2 * x**2), 0.0, order=2,
             special="the slope has a kink"),
    # Third --------------------------------------------------------------------------------------------
    Scenario("cubic, three times", cubic, -2.0, order=3, closed_form=lambda x: 6.0),
    Scenario("damped wave, three times", damped_wave, 1.0, order=3,
             closed_form=lambda x: 2 * np.exp(-x) * (np.cos(x) + np.sin(x))),
    Scenario("exponential of a square, three times", lambda x: np.exp(x**2), 0.5, order=3,
             closed_form=lambda x: (8 * x**3 + 12 * x) * np.exp(x**2)),
    Scenario("tangent, three times", np.tan, 0.5, order=3,
             closed_form=lambda x: (2 + 4 * np.sin(x) ** 2) / np.cos(x) ** 4),
    Scenario("hyperbolic tangent, three times", np.tanh, 0.3, order=3,
             closed_form=lambda x: (4 * np.sinh(x) ** 2 - 2) / np.cosh(x) ** 4),
    Scenario("logarithm, three times", np.log, 0.7, order=3, closed_form=lambda x: 2 / x**3),
    Scenario("arctangent, three times", np.arctan, 1.3, order=3,
             closed_form=lambda x: (6 * x**2 - 2) / (1 + x**2) ** 3),
    Scenario("arcsine, three times", np.arcsin, 0.2, order=3,
             closed_form=lambda x: (1 + 2 * x**2) / (1 - x**2) ** 2.5),
    Scenario("parabola, three times at 0", lambda x: x**2, 0.0, order=3, closed_form=lambda x: 0.0),
    Scenario("cube at 0, three times", lambda x: x**3, 0.0, order=3, closed_form=lambda x: 6.0),
    Scenario("reciprocal, three times", lambda x: 1 / x, -2.0, order=3, closed_form=lambda x: -6 / x**4),
    Scenario("bump function, three times", bump, 0.4, order=3),
    Scenario("spline at its knot, three times", cubic_spline, 0.0, order=3, special="a jump of this order"),
    Scenario("curve in space, three times", lambda t: np.array([np.cos(t), np.sin(t), t**3]), 0.5, order=3,
             closed_form=lambda t: np.array([np.sin(t), -np.cos(t), 6.0])),
)  # fmt: skip
