"""Traps: f is well behaved at the point, and the usual rules are not: 0 * inf, inf - inf, overflow out of sight.

What everybody runs into once; agreement among the frameworks proves the least here.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def sine_over_x(x):
    return np.where(x == 0, 1.0, np.sin(x) / x)


def sine_over_x_twice_where(x):
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, np.sin(safe) / safe)


def sine_over_x_by_if(x):
    return np.sin(x) / x if x != 0 else 1.0 + 0 * x


def root_where_positive(x):
    return np.where(x > 0, np.sqrt(np.abs(x)), 0.0)


def log_where_positive(x):
    return np.sum(np.where(x > 0, np.log(x), 0.0))


def xlogx(x):
    return np.sum(np.where(x > 0, x * np.log(x), 0.0))


def reciprocal_elsewhere(x):
    return np.where(x > 1, 1 / (x - 1), x)


def overflow_in_a_branch(x):
    return np.where(x < 100, np.exp(np.minimum(x, 1)), np.exp(x))


def overflow_not_taken(x):
    return np.sum(np.where(x > 50, x, np.log1p(np.exp(x))))


def stable_softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def stable_logistic(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))


def log_sum_exp_naive(x):
    return np.log(np.sum(np.exp(x)))


def log_mean_exp_of_weights(x):
    return np.logaddexp.reduce(np.append(x, -np.inf))


def masked_softmax(x):
    scores = np.where(np.array([True, True, False]), x, -np.inf)
    e = np.exp(scores - np.max(scores))
    return np.sum(e / np.sum(e) * np.array([1.0, 2.0, 3.0]))


def geometric_mean(x):
    return np.prod(x) ** (1 / 3)


def standardised(x):
    return np.sum((x - np.mean(x)) / (np.std(x) + 1e-8))


def angle_between(x):
    a, b = x[:2], x[2:]
    return np.arccos(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))


def gaussian_of_far_point(x):
    return np.exp(-np.sum(x**2))


def log_of_gaussian(x):
    return np.log(np.exp(-(x**2) / 2))


def power_of_negative(x):
    return np.where(x > 0, np.abs(x) ** 1.5, 0.0)


def masked_mean(x):
    kept = x[x > 0]
    return np.sum(kept) / max(len(kept), 1)


def root_of_difference(x):
    return np.sqrt(x[0] - x[1])


def entropy(x):
    p = x / np.sum(x)
    return -np.sum(p * np.log(p))


def cross_entropy_naive(x):
    p = np.exp(x) / np.sum(np.exp(x))
    return -np.log(p[0])


def relative_error(x):
    return np.abs(x - 1) / np.abs(x)


def cancelled_pole(x):
    return (x**2 - 1) / (x - 1)


def squared_root(x):
    return np.sqrt(x) ** 2


def product_of_zero_and_root(x):
    return x[0] * np.sqrt(x[1])


def dot_with_infinite_weight(x):
    weights = np.array([1.0, np.inf])
    return np.sum(np.where(np.isfinite(weights), weights * x, 0.0))


def nansum_of_logs(x):
    return np.nansum(np.where(x > 0, np.log(x), np.nan))


SCENARIOS = (
    # where, and the branch not taken ------------------------------------------------------------------
    Scenario("sine over x by where", sine_over_x, 0.0, special="the branch not taken is 0/0",
             closed_form=lambda x: 0.0),
    Scenario("sine over x by two wheres", sine_over_x_twice_where, 0.0, special="the remedy",
             closed_form=lambda x: 0.0),
    Scenario("sine over x by if", sine_over_x_by_if, 0.0, special="the other remedy",
             closed_form=lambda x: 0.0),
    Scenario("sine over x at many points", sine_over_x, [-1.0, 0.0, 1e-8], special="0/0 at one of them"),
    Scenario("root where positive, at 0", lambda x: np.where(x > 0, np.sqrt(x), 0.0 * x), 0.0,
             special="an infinite slope in the branch not taken"),
    Scenario("root where positive, negative x", root_where_positive, -4.0, closed_form=lambda x: 0.0),
    Scenario("sum of logs where positive", log_where_positive, [0.0, 1.0, 2.0], "gradient",
             special="log(0) in the branch not taken"),
    Scenario("sum of logs where positive, negative x", log_where_positive, [-1.0, 2.0], "gradient",
             special="NaN in the branch not taken", closed_form=lambda x: np.array([0.0, 0.5])),
    Scenario("sum of x log x at 0", xlogx, [0.0, 1.0], "gradient", special="0 log 0, filled in"),
    Scenario("reciprocal in the other branch", reciprocal_elsewhere, 1.0,
             special="1/0 in the branch not taken"),
    Scenario("overflow in the other branch", overflow_in_a_branch, 0.5, special="x far below it",
             closed_form=lambda x: np.exp(0.5)),
    Scenario("softplus that overflows where not taken", overflow_not_taken, [1.0, 1000.0], "gradient",
             special="exp(1000) in the branch not taken",
             closed_form=lambda x: np.array([1 / (1 + np.exp(-1.0)), 1.0])),
    Scenario("power where positive, at 0", power_of_negative, 0.0, special="joins smoothly",
             closed_form=lambda x: 0.0),
    Scenario("sum that leaves NaN out", nansum_of_logs, [1.0, -1.0, 4.0], "gradient", special="NaN, left out",
             closed_form=lambda x: np.array([1.0, 0.0, 0.25])),
    Scenario("infinite weight, masked", dot_with_infinite_weight, [2.0, 3.0], "gradient",
             special="inf in the branch not taken", closed_form=lambda x: np.array([1.0, 0.0])),
    Scenario("masked softmax", masked_softmax, [0.5, 1.0, 2.0], "gradient", special="-inf inside"),
    Scenario("mean of the positive", masked_mean, [1.0, -1.0, 3.0], "gradient",
             closed_form=lambda x: np.array([0.5, 0.0, 0.5])),
    Scenario("mean of no positive", masked_mean, [-1.0, -2.0], "gradient", special="an empty selection",
             closed_form=lambda x: np.zeros(2)),
    # Overflow and underflow ---------------------------------------------------------------------------
    Scenario("softplus, naive and large", lambda x: np.log(1 + np.exp(x)), 800.0,
             special="its exponential overflows"),
    Scenario("softplus, stable and large", stable_softplus, 800.0, closed_form=lambda x: 1.0),
    Scenario("softplus, stable at 0", stable_softplus, 0.0, special="two kinks that cancel",
             closed_form=lambda x: 0.5),
    Scenario("logistic curve by where, large", stable_logistic, 800.0,
             special="inf/inf in the branch not taken",
             closed_form=lambda x: 0.0),
    Scenario("logistic curve by where, negative", stable_logistic, -30.0,
             closed_form=lambda x: np.exp(x) / (1 + np.exp(x)) ** 2),
    Scenario("tanh by exponentials, large", lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1), 400.0,
             special="inf/inf"),
    Scenario("log-sum-exp, naive and huge", log_sum_exp_naive, [800.0, 0.0], "gradient", special="overflows"),
    Scenario("log-sum-exp, naive and very negative", log_sum_exp_naive, [-800.0, -801.0], "gradient",
             special="underflows"),
    Scenario("log-sum-exp with -inf appended", log_mean_exp_of_weights, [1.0, 2.0], "gradient",
             special="-inf inside",
             closed_form=lambda x: np.exp(x) / np.sum(np.exp(x))),
    Scenario("logaddexp with -inf", lambda x: np.logaddexp(x, -np.inf), 1.0, special="-inf beside x",
             closed_form=lambda x: 1.0),
    Scenario("logaddexp of far apart", lambda x: np.logaddexp(x, 0.0), 1000.0, closed_form=lambda x: 1.0),
    Scenario("cross-entropy, naive and huge", cross_entropy_naive, [1000.0, 0.0], "gradient",
             special="inf/inf"),
    Scenario("gaussian of a far point", gaussian_of_far_point, [30.0, 20.0], "gradient",
             special="f underflows to 0",
             closed_form=lambda x: np.zeros(2)),
    Scenario("log of a far gaussian", log_of_gaussian, 40.0, special="log of 0"),
    Scenario("quotient of huge numbers", lambda x: x**200 / x**199, 1e3, special="inf/inf"),
    Scenario("huge over huge squared", lambda x: x / (1 + x**2), 1e200, special="its square overflows"),
    Scenario("exponential of a huge square, inverted", lambda x: 1 / np.exp(x**2), 27.0,
             special="slope near the smallest",
             closed_form=lambda x: -2 * x * np.exp(-(x**2))),
    # Roots, powers and angles -------------------------------------------------------------------------
    Scenario("square of a root at 0", squared_root, 0.0, special="0 times an infinite slope"),
    Scenario("zero times a root at 0", product_of_zero_and_root, [0.0, 0.0], "gradient",
             special="0 times an infinite slope"),
    Scenario("root of a difference of equals", root_of_difference, [2.0, 2.0], "gradient",
             special="infinite slopes"),
    Scenario("cube root of a cube at 0", lambda x: np.cbrt(x**3), 0.0, special="f is x: infinity times 0",
             closed_form=lambda x: 1.0),
    Scenario("exponential of a log at 0", lambda x: np.exp(np.log(x)), 0.0,
             special="f is x: 0 times infinity"),
    Scenario("x log x at 0", lambda x: x * np.log(x), 0.0, special="0 times -inf"),
    Scenario("x over x at 0", lambda x: x / x, 0.0, special="0/0: f itself is NaN"),
    Scenario("cancelled pole", cancelled_pole, 1.0, special="0/0: f itself is NaN"),
    Scenario("relative error at the truth", relative_error, 1.0, special="the kink"),
    Scenario("angle between parallel vectors", angle_between, [1.0, 0.0, 2.0, 0.0], "gradient",
             special="arccos at 1, clipped"),
    Scenario("angle of a right angle", angle_between, [1.0, 0.0, 0.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, -1.0, -0.5, 0.0])),
    # Products with zeros ------------------------------------------------------------------------------
    Scenario("product with one zero", lambda x: np.prod(x), [2.0, 0.0, 3.0], "gradient",
             special="x divides nothing",
             closed_form=lambda x: np.array([0.0, 6.0, 0.0])),
    Scenario("product with two zeros", lambda x: np.prod(x), [0.0, 0.0, 3.0], "gradient",
             closed_form=lambda x: np.zeros(3)),
    Scenario("running product with a zero", lambda x: np.sum(np.cumprod(x)), [2.0, 0.0, 3.0, 4.0], "gradient",
             closed_form=lambda x: np.array([1.0, 2 + 6 + 24, 0.0, 0.0])),
    Scenario("running product with two zeros", lambda x: np.sum(np.cumprod(x)), [2.0, 0.0, 0.0, 4.0],
             "gradient",
             closed_form=lambda x: np.array([1.0, 2.0, 0.0, 0.0])),
    Scenario("geometric mean with a zero", geometric_mean, [1.0, 0.0, 4.0], "gradient",
             special="an infinite slope"),
    Scenario("product of tiny and huge", lambda x: np.prod(x), [1e-200, 1e-200, 1e200, 1e200], "gradient",
             special="a partial product underflows"),
    Scenario("reduced product with a zero", lambda x: np.multiply.reduce(x), [5.0, 0.0], "gradient",
             closed_form=lambda x: np.array([0.0, 5.0])),
    # Statistics of constants --------------------------------------------------------------------------
    Scenario("standard deviation of a constant", lambda x: np.std(x), [1.0, 1.0, 1.0], "gradient",
             special="the kink"),
    Scenario("variance of a constant", lambda x: np.var(x), [1.0, 1.0, 1.0], "gradient", special="smooth",
             closed_form=lambda x: np.zeros(3)),
    Scenario("standardised constant", standardised, [2.0, 2.0, 2.0], "gradient", special="0 over a little"),
    Scenario("standard deviation of one number", lambda x: np.std(x), [3.0], "gradient", special="constant",
             closed_form=lambda x: np.zeros(1)),
    Scenario("standard deviation, shifted far", lambda x: np.std(x), [1e9, 1e9 + 1, 1e9 + 2], "gradient",
             special="digits cancel",
             closed_form=lambda x: np.array([-1.0, 0.0, 1.0]) / (3 * np.sqrt(2 / 3))),
    Scenario("entropy of a certainty", entropy, [1.0, 0.0], "gradient", special="0 log 0: f is NaN"),
    Scenario("entropy of equals", entropy, [2.0, 2.0], "gradient", special="a maximum: the gradient is 0",
             closed_form=lambda x: np.zeros(2)),
)  # fmt: skip
