"""Functions that do not depend on x, or on part of it only, or whose dependence cancels.

Frameworks answer with None, an error, zeros or a warning, by route; the derivative is 0.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def first_of_three(x):
    return x[0] ** 2


def middle_overwritten(x):
    y = x.copy()
    y[1] = 7.0
    return np.sum(y**2)


def unused_half(x):
    left, right = x[:2], x[2:]
    _ = np.sum(right)
    return np.sum(left)


def comparison_as_a_number(x):
    return np.sum(x > 1.5) * 1.0


def counted(x):
    return np.count_nonzero(x) * 2.0


def position(x):
    return np.argmax(x) * 1.0


def only_its_size(x):
    return float(x.size)


def parameter_ignored(x):
    def g(a, b=3.0):
        return b**2

    return g(x)


def whole_part(x):
    return x // 1 + 0.5


def masked_out(x):
    return np.sum(x * np.array([0.0, 1.0, 0.0]))


def dead_branch(x):
    return x**2 if x.ndim == 7 else 3.0 + 0 * x


def nothing_selected(x):
    return np.sum(x[x > 100])


def zero_steps(x):
    y = 2.0
    for _ in range(0):
        y = y * x
    return y


def sign_of_a_square(x):
    return np.sign(x**2 + 1)


SCENARIOS = (
    # Not at all ---------------------------------------------------------------------------------------
    Scenario("constant number", lambda x: 3.0, 1.5, closed_form=lambda x: 0.0),
    Scenario("constant integer", lambda x: 7, 1.5, closed_form=lambda x: 0.0),
    Scenario("constant NumPy scalar", lambda x: np.float64(2.0), 1.5, closed_form=lambda x: 0.0),
    Scenario("constant array of its own", lambda x: np.array([1.0, 2.0]), 1.5,
             closed_form=lambda x: np.zeros(2)),
    Scenario("constant of many variables", lambda x: 5.0, [1.0, 2.0], "gradient",
             closed_form=lambda x: np.zeros(2)),
    Scenario("constant at each point", lambda x: np.full(3, 4.0), [1.0, 2.0, 3.0],
             closed_form=lambda x: np.zeros(3)),
    Scenario("zeros like x", np.zeros_like, [1.0, 2.0], closed_form=lambda x: np.zeros(2)),
    Scenario("size of x", only_its_size, [1.0, 2.0], "gradient", closed_form=lambda x: np.zeros(2)),
    Scenario("argument ignored", parameter_ignored, 2.0, closed_form=lambda x: 0.0),
    Scenario("loop of no steps", zero_steps, 2.0, closed_form=lambda x: 0.0),
    Scenario("constant as a truth value", lambda x: np.isfinite(x) * 1.0, [1.0, 2.0],
             closed_form=lambda x: np.zeros(2)),
    # Through integers and truth values ----------------------------------------------------------------
    Scenario("number of entries beyond a bound", comparison_as_a_number, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("number of entries beyond a bound, on it", comparison_as_a_number, [1.5, 2.0], "gradient",
             special="a jump"),
    Scenario("number of nonzero entries", counted, [0.5, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("position of the largest", position, [1.0, 3.0, 2.0], "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("whole part", whole_part, 2.7, closed_form=lambda x: 0.0),
    Scenario("sign of something positive", sign_of_a_square, 0.0, closed_form=lambda x: 0.0),
    Scenario("exponent of frexp", lambda x: np.frexp(x)[1] * 1.0, 5.0, closed_form=lambda x: 0.0),
    # On part of x -------------------------------------------------------------------------------------
    Scenario("first entry alone", first_of_three, [3.0, 4.0, 5.0], "gradient",
             closed_form=lambda x: np.array([6.0, 0.0, 0.0])),
    Scenario("second half unused", unused_half, [1.0, 2.0, 3.0, 4.0], "gradient",
             closed_form=lambda x: np.array([1.0, 1.0, 0.0, 0.0])),
    Scenario("middle overwritten", middle_overwritten, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([2.0, 0.0, 6.0])),
    Scenario("masked by zeros", masked_out, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0, 0.0])),
    Scenario("nothing selected", nothing_selected, [1.0, 2.0], "gradient", closed_form=lambda x: np.zeros(2)),
    Scenario("only one of two branches", dead_branch, 2.0, closed_form=lambda x: 0.0),
    Scenario("entries of one row", lambda x: np.prod(x[1]), [[1.0, 2.0], [3.0, 4.0]], "gradient",
             closed_form=lambda x: np.array([[0.0, 0.0], [4.0, 3.0]])),
    # Dependence that cancels --------------------------------------------------------------------------
    Scenario("x less itself", lambda x: x - x, 2.0, closed_form=lambda x: 0.0),
    Scenario("x over itself", lambda x: x / x, 3.0, closed_form=lambda x: 0.0),
    Scenario("zero times x", lambda x: 0 * x, 4.0, closed_form=lambda x: 0.0),
    Scenario("sum of deviations from the mean", lambda x: np.sum(x - np.mean(x)), [1.0, 2.0, 6.0], "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("sum of a softmax", lambda x: np.sum(np.exp(x) / np.sum(np.exp(x))), [0.1, 0.5, -2.0],
             "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("norm of a unit vector", lambda t: np.hypot(np.cos(t), np.sin(t)), 0.8,
             closed_form=lambda t: 0.0),
    Scenario("logarithm of a power over a logarithm", lambda x: np.log(x**3) / np.log(x), 5.0,
             closed_form=lambda x: 0.0),
)  # fmt: skip
