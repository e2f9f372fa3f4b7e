"""Computations that leave the recording: the framework would take what comes back for a constant.

The right answer is an error that says so; a number here would be a silent partial derivative.
"""

import math

import numpy as np

from multigrad.comparisons.scenario import Scenario


def by_the_math_module(x):
    return x * math.sin(x)


def by_float(x):
    return x + float(x) ** 2


def by_int(x):
    return x * int(x)


def by_item(x):
    return x * x.item()


def by_tolist(x):
    return np.sum(x) + x.tolist()[0] ** 2


def by_a_plain_array(x):
    y = np.zeros(3)
    y[0] = x[0] ** 2
    return np.sum(y) + x[1]


def by_a_cast_to_float(x):
    return np.sum(np.asarray(x, dtype=float) ** 2) + x[0]


def by_formatting(x):
    return x * float(f"{x:.3f}")


def by_complex(x):
    return x * complex(x).real


SCENARIOS = (
    Scenario("math.sin", by_the_math_module, 1.2, closed_form=lambda x: np.sin(x) + x * np.cos(x)),
    Scenario("float(x)", by_float, 1.5, closed_form=lambda x: 1 + 2 * x),
    Scenario("int(x)", by_int, 2.5, closed_form=lambda x: 2.0),
    Scenario("x.item()", by_item, 1.5, closed_form=lambda x: 2 * x),
    Scenario("x.tolist()", by_tolist, [1.0, 2.0], "gradient", closed_form=lambda x: np.array([3.0, 1.0])),
    Scenario("written into a plain array", by_a_plain_array, [3.0, 4.0], "gradient",
             closed_form=lambda x: np.array([6.0, 1.0])),
    Scenario("asarray with a dtype", by_a_cast_to_float, [3.0, 4.0], "gradient",
             closed_form=lambda x: np.array([7.0, 8.0])),
    Scenario("formatted and read again", by_formatting, 1.25, special="a staircase of steps of 1/1000",
             closed_form=lambda x: x),
    Scenario("complex(x)", by_complex, 1.5, closed_form=lambda x: 2 * x),
)  # fmt: skip
