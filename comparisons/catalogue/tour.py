"""The tour: a first curve, and a dozen functions at points where differentiating is not easy.

Each stands for a family: what a person meets on the first day with any framework. All are plain NumPy.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def g(x):
    return x**2


def damped_wave(x):
    return np.sin(x) * np.exp(-x)


def newton_root(x):
    """The square root of x by Newton's iteration, until it stands still."""
    y = x
    for _ in range(40):
        y = (y + x / y) / 2
    return y


def piecewise(x):
    return np.where(x > 0, x**2, np.sin(x))


def cancelling(x):
    return (1 - np.cos(x)) / x**2


def sine_over_x(x):
    return np.where(x == 0, 1.0, np.sin(x) / x)


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def log_sum_exp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def largest(x):
    return np.max(x)


def length(x):
    return np.linalg.norm(x)


def volume(x):
    return np.linalg.det(x)


def spread(x):
    return np.std(x)


def relu(x):
    return np.maximum(x, 0)


TOUR = (
    Scenario("f", f, np.array(-2.0), closed_form=lambda x: 3 * x**2 + 6 * x - 5, family="curves"),
    Scenario("g", g, np.array(-2.0), closed_form=lambda x: 2 * x, family="curves"),
    Scenario("f, many points", f, np.linspace(-3, 3, 7), family="curves"),
    Scenario("damped wave, third derivative", damped_wave, np.array(1.0), order=3, family="curves"),
    Scenario("Newton's square root", newton_root, np.array(2.0), family="loops",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("piecewise, float32", piecewise, np.array([-1.0, 0.5, 2.0], np.float32), family="branches"),
    Scenario("Rosenbrock's valley", rosenbrock, np.array([1.3, 0.7, -0.4]), "gradient", family="many variables",
             source="H. H. Rosenbrock, The Computer Journal 3 (1960) 175-184"),
    Scenario("log-sum-exp, huge", log_sum_exp, np.array([1000.0, 1001.0, 999.0]), "gradient",
             family="many variables"),
    Scenario("absolute value", np.abs, np.array(0.0), family="kinks", special="the kink"),
    Scenario("relu", relu, np.array(0.0), family="kinks", special="the kink"),
    Scenario("largest of a tie", largest, np.array([2.0, 2.0, 1.0]), "gradient", family="kinks", special="a tie"),
    Scenario("length", length, np.zeros(2), "gradient", family="kinks", special="the origin"),
    Scenario("spread of a constant", spread, np.ones(3), "gradient", family="kinks", special="all equal"),
    Scenario("cancelling", cancelling, np.array(1e-7), family="traps", special="digits cancel"),
    Scenario("sine over x, by hand", sine_over_x, np.array(0.0), family="traps",
             special="the branch not taken is 0/0", closed_form=lambda x: 0.0),
    Scenario("volume of a flat box", volume, np.array([[1.0, 2.0], [2.0, 4.0]]), "gradient", family="traps",
             special="a singular matrix"),
)  # fmt: skip
