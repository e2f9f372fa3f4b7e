"""Precision: casts inside f, constants of another dtype, points where float32 overflows, underflows or is coarse.

In float32 and in float64 f is not the same function of floats; the suite runs both.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

SINGLE = np.array([0.1, 0.2, 0.3], dtype=np.float32)
DOUBLE = np.array([0.1, 0.2, 0.3])
BYTES = np.array([100, 200, 50], dtype=np.uint8)


def cast_to_single(x):
    return np.sin(x.astype(np.float32))


def cast_to_single_and_back(x):
    return (x.astype(np.float32) * 3).astype(np.float64)


def cast_to_double(x):
    return np.exp(x.astype(np.float64))


def single_constants(x):
    return np.sum(x * SINGLE)


def double_constants(x):
    return np.sum(x * DOUBLE)


def unsigned_constants(x):
    return np.sum(x * BYTES)


def sum_in_double(x):
    return np.sum(x, dtype=np.float64)


def machine_epsilon_of_x(x):
    return np.sqrt(x + np.finfo(x.dtype).eps)


def array_in_the_dtype_of_x(x):
    return np.sum(np.arange(3, dtype=x.dtype) * x)


def integer_division_of_sizes(x):
    return np.sum(x[: len(x) // 2]) / (len(x) // 2)


def until_it_stands_still(x):
    total, n = 0 * x, 1
    while True:
        new = total + x**n / n
        if new == total:
            return total
        total, n = new, n + 1


def harmonic_like(x):
    return np.sum(x / np.arange(1, 9, dtype=np.int32))


def powers_of_integers(x):
    return np.sum(np.arange(4) ** 2 * x)


def bool_constants(x):
    return np.sum(x * np.array([True, False, True]))


def half_constant(x):
    return x * np.float16(0.1)


SCENARIOS = (
    # Casts --------------------------------------------------------------------------------------------
    Scenario("cast to float32 inside", cast_to_single, 0.5, special="f is computed in float32"),
    Scenario("cast to float32 and back", cast_to_single_and_back, [0.25, 1.5],
             special="f is computed in float32",
             closed_form=lambda x: np.full(2, 3.0)),
    Scenario("cast to float64 inside", cast_to_double, 0.5, closed_form=np.exp),
    Scenario("summed in float64", sum_in_double, [0.1, 0.2, 0.3], "gradient", closed_form=np.ones_like),
    # Constants of other dtypes ------------------------------------------------------------------------
    Scenario("float32 constants", single_constants, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: SINGLE.astype(float)),
    Scenario("float64 constants", double_constants, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: DOUBLE),
    Scenario("float32 scalar of NumPy", lambda x: x * np.float32(0.1), 2.0,
             closed_form=lambda x: float(np.float32(0.1))),
    Scenario("float16 scalar of NumPy", half_constant, 2.0, closed_form=lambda x: float(np.float16(0.1))),
    Scenario("float64 scalar of NumPy", lambda x: x * np.float64(0.1), 2.0, closed_form=lambda x: 0.1),
    Scenario("float of Python", lambda x: x * 0.1, 2.0, closed_form=lambda x: 0.1),
    Scenario("whole number beyond 2**53", lambda x: x * 9007199254740993, 2.0,
             special="no float64 is this integer"),
    Scenario("unsigned bytes", unsigned_constants, [1.0, 2.0, 3.0], "gradient",
             special="their own sum overflows",
             closed_form=lambda x: BYTES.astype(float)),
    Scenario("integers of 32 bits", harmonic_like, 2.0, closed_form=lambda x: np.sum(1 / np.arange(1.0, 9))),
    Scenario("squares of integers", powers_of_integers, 2.0, closed_form=lambda x: 14.0),
    Scenario("truth values as factors", bool_constants, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([1.0, 0.0, 1.0])),
    Scenario("range in the dtype of x", array_in_the_dtype_of_x, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.arange(3.0)),
    Scenario("half of x by whole division", integer_division_of_sizes, [1.0, 2.0, 3.0, 4.0], "gradient",
             closed_form=lambda x: np.array([0.5, 0.5, 0.0, 0.0])),
    # Points where float32 ends ------------------------------------------------------------------------
    Scenario("exp where float32 overflows", np.exp, 89.0, special="f is infinite in float32",
             closed_form=np.exp),
    Scenario("exp where float32 underflows", np.exp, -100.0, special="f is subnormal in float32",
             closed_form=np.exp),
    Scenario("square where float32 overflows", np.square, 1e25, special="f is infinite in float32",
             closed_form=lambda x: 2 * x),
    Scenario("square where float32 underflows", np.square, 1e-25, special="f is 0 in float32",
             closed_form=lambda x: 2 * x),
    Scenario("one added where float32 is coarse", lambda x: (x + 1) * (x - 1), 16777216.0,
             special="in float32 x + 1 is x", closed_form=lambda x: 2 * x),
    Scenario("sine where float32 is coarse", np.sin, 33554432.0, special="half a period between floats",
             closed_form=np.cos),
    Scenario("square root of a float32 subnormal", np.sqrt, 2.0**-140, special="subnormal in float32",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("softplus where float32 saturates", lambda x: np.log1p(np.exp(-x)), 20.0,
             closed_form=lambda x: -np.exp(-x) / (1 + np.exp(-x))),
    Scenario("tanh where float32 saturates", np.tanh, 10.0, special="f is 1 in float32",
             closed_form=lambda x: 1 / np.cosh(x) ** 2),
    # The dtype decides --------------------------------------------------------------------------------
    Scenario("series until it stands still", until_it_stands_still, 0.5, special="stops by the precision"),
    Scenario("epsilon of x's dtype", machine_epsilon_of_x, 0.25, special="f depends on the precision"),
)  # fmt: skip
