"""Placement: programs whose result is easily computed on another device than x lies on.

Constants made inside f, results that do not need x's values, reductions whose rule knows only a shape.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

WEIGHTS = np.array([0.5, -1.0, 2.0])
MATRIX = np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])


def constants_created_inside(x):
    return np.sum(x * np.ones(3)) + np.sum(np.zeros(3))


def grid_created_inside(x):
    t = np.linspace(0.0, 1.0, 3)
    return np.sum(np.exp(x * t))


def eye_created_inside(x):
    return np.sum(np.eye(3) @ x)


def range_created_inside(x):
    return np.sum(x * np.arange(3))


def full_like_x(x):
    return np.sum(x * np.full_like(x, 2.0))


def list_of_numbers_inside(x):
    return np.sum(np.array([1.0, 2.0, 3.0]) * x)


def weights_of_the_module(x):
    return WEIGHTS @ x


def layer(x):
    return np.sum(np.tanh(MATRIX @ x + np.array([0.1, -0.2])))


def written_into_zeros(x):
    y = np.zeros_like(x)
    y[1:] = x[:-1] ** 2
    return np.sum(y)


def stacked_with_constants(x):
    return np.sum(np.concatenate([np.zeros(2), x, np.ones(1)]) ** 2)


def padded(x):
    return np.sum(np.pad(x, 1, constant_values=5.0) * np.arange(5.0))


def python_numbers_beside_x(x):
    return 2.5 * np.sum(x) + 1 - 3


def mask_of_the_module(x):
    return np.sum(np.where(WEIGHTS > 0, x, 0.0))


def index_of_the_module(x):
    return np.sum(x[np.array([2, 0])])


def decided_by_a_value(x):
    return np.sum(x**2) if x[0] > 0 else np.sum(x)


def loop_over_values(x):
    total = 0.0
    for value in x:
        total = total + value * (2.0 if value > 1 else 1.0)
    return total


def position_of_the_largest(x):
    return x[int(np.argmax(x))] * 3


def noise_created_inside(x):
    return np.sum(x + np.random.default_rng(0).normal(size=3))


def a_constant_array(x):
    return np.sum(np.ones(3))


def shape_alone(x):
    return np.sum(np.ones_like(x)) * len(x)


def cast_and_back(x):
    return np.sum(x.astype(int)) + np.sum(x)


SCENARIOS = (
    # The trap: rules that know a shape and no array ---------------------------------------------------
    Scenario("placed sum", lambda x: np.sum(x), [1.0, 2.0, 3.0], "gradient", closed_form=np.ones_like),
    Scenario("placed mean", lambda x: np.mean(x), [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.full(3, 1 / 3)),
    Scenario("placed entry", lambda x: x[0], [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 0.0, 0.0])),
    Scenario("placed slice", lambda x: np.sum(x[1:]), [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0, 1.0])),
    Scenario("placed x itself", lambda x: x, 2.0, closed_form=lambda x: 1.0),
    Scenario("placed x itself, many points", lambda x: x, [1.0, 2.0, 3.0], closed_form=np.ones_like),
    Scenario("placed reshaping", lambda x: np.sum(x.reshape(3, 1)), [1.0, 2.0, 3.0], "gradient",
             closed_form=np.ones_like),
    Scenario("placed negation", lambda x: -x, [1.0, 2.0], closed_form=lambda x: -np.ones(2)),
    Scenario("placed scaling", lambda x: 3 * x, [1.0, 2.0], closed_form=lambda x: np.full(2, 3.0)),
    Scenario("placed minimum", lambda x: np.min(x), [3.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0, 0.0])),
    Scenario("placed running sum", lambda x: np.cumsum(x)[-1], [1.0, 2.0, 3.0], "gradient",
             closed_form=np.ones_like),
    Scenario("placed sort", lambda x: np.sort(x)[0], [3.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0, 0.0])),
    # Constants made inside f --------------------------------------------------------------------------
    Scenario("ones and zeros made inside", constants_created_inside, [1.0, 2.0, 3.0], "gradient",
             closed_form=np.ones_like),
    Scenario("grid made inside", grid_created_inside, 0.5),
    Scenario("identity made inside", eye_created_inside, [1.0, 2.0, 3.0], "gradient",
             closed_form=np.ones_like),
    Scenario("integers made inside", range_created_inside, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.arange(3.0)),
    Scenario("like x, made inside", full_like_x, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.full(3, 2.0)),
    Scenario("list of numbers inside", list_of_numbers_inside, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 2.0, 3.0])),
    Scenario("weights of the module", weights_of_the_module, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: WEIGHTS),
    Scenario("layer with weights of the module", layer, [0.1, 0.2, 0.3], "gradient",
             closed_form=lambda x: (1 / np.cosh(MATRIX @ x + np.array([0.1, -0.2])) ** 2) @ MATRIX),
    Scenario("written into zeros like x", written_into_zeros, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([2.0, 4.0, 0.0])),
    Scenario("joined with constants", stacked_with_constants, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("padded with constants", padded, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 2.0, 3.0])),
    Scenario("Python numbers beside x", python_numbers_beside_x, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.full(3, 2.5)),
    Scenario("mask of the module", mask_of_the_module, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 0.0, 1.0])),
    Scenario("positions of the module", index_of_the_module, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 0.0, 1.0])),
    Scenario("noise made inside, always the same", noise_created_inside, [1.0, 2.0, 3.0], "gradient",
             closed_form=np.ones_like),
    # Values that the host has to see ------------------------------------------------------------------
    Scenario("decided by a value", decided_by_a_value, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("decided by each value", loop_over_values, [0.5, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 2.0, 2.0])),
    Scenario("position of the largest as an integer", position_of_the_largest, [1.0, 3.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 3.0, 0.0])),
    # Results that could fall back ---------------------------------------------------------------------
    Scenario("placed constant", a_constant_array, [1.0, 2.0, 3.0], "gradient",
             special="f does not depend on x",
             closed_form=np.zeros_like),
    Scenario("placed shape", shape_alone, [1.0, 2.0, 3.0], "gradient", special="f depends on x's shape alone",
             closed_form=np.zeros_like),
    Scenario("placed integers of x", cast_and_back, [1.5, 2.5, 3.5], "gradient",
             special="part of f has no slope",
             closed_form=np.ones_like),
    Scenario("placed Python number", lambda x: 4.0, 2.0, special="f returns a number of Python's",
             closed_form=lambda x: 0.0),
)  # fmt: skip
