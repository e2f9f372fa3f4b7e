"""Ties and kinks of many variables: equal entries under max, min, sort, median, percentile and norms.

The subgradients here are many, and not every choice of entries makes one: [1, 1] is none of max(x) at a tie.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario


def largest(x):
    return np.max(x)


def range_of(x):
    return np.ptp(x)


def two_largest(x):
    return np.sum(np.sort(x)[-2:])


def weighted_order(x):
    return np.sum(np.sort(x) * np.array([1.0, 10.0, 100.0]))


def by_argmax(x):
    return x[np.argmax(x)]


def by_python_max(x):
    return max(x)


def by_builtin_sorted(x):
    return sorted(x)[1]


def running_maximum(x):
    return np.sum(np.maximum.accumulate(x))


def top_minus_runner_up(x):
    s = np.sort(x)
    return s[-1] - s[-2]


def infinity_norm(x):
    return np.linalg.norm(x, np.inf)


def one_norm(x):
    return np.linalg.norm(x, 1)


def total_variation(x):
    return np.sum(np.abs(np.diff(x)))


def distance_between(x):
    return np.linalg.norm(x[:2] - x[2:])


def cosine_similarity(x):
    a, b = x[:2], x[2:]
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def normalised(x):
    return np.sum(x / np.linalg.norm(x))


def mean_absolute_deviation(x):
    return np.mean(np.abs(x - np.median(x)))


def max_pool(x):
    return np.sum(x.reshape(2, 2, 2).max(axis=2))


def chebyshev_distance(x):
    return np.max(np.abs(x[:2] - x[2:]))


def lexicographic(x):
    return x[np.lexsort((x,))[0]]


def winner_takes_all(x):
    return np.sum(np.where(x == x.max(), x, 0))


def log_sum_exp(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def softmax_of_ties(x):
    e = np.exp(x - np.max(x))
    return (e / np.sum(e))[0]


SCENARIOS = (
    # Extremes -----------------------------------------------------------------------------------------
    Scenario("maximum of a tie", largest, [2.0, 2.0, 1.0], "gradient", special="two tie"),
    Scenario("maximum of three equals", largest, [1.0, 1.0, 1.0], "gradient", special="all tie"),
    Scenario("maximum without a tie", largest, [1.0, 3.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0, 0.0])),
    Scenario("minimum of a tie", lambda x: np.min(x), [0.5, 3.0, 0.5], "gradient", special="two tie"),
    Scenario("maximum of a tie of signed zeros", largest, [0.0, -0.0], "gradient", special="0 and -0"),
    Scenario("nanmax of a tie", lambda x: np.nanmax(x), [2.0, 2.0, 1.0], "gradient", special="two tie"),
    Scenario("maximum along rows", lambda x: np.sum(np.max(x, axis=1)), [[1.0, 1.0], [2.0, 0.0]], "gradient",
             special="a tie in one row"),
    Scenario("range of a constant", range_of, [2.0, 2.0, 2.0], "gradient", special="all tie"),
    Scenario("range with a tie at the top", range_of, [1.0, 4.0, 4.0], "gradient", special="two tie"),
    Scenario("maximum by its position", by_argmax, [2.0, 5.0, 5.0], "gradient", special="two tie"),
    Scenario("Python's max of a tie", by_python_max, [2.0, 5.0, 5.0], "gradient", special="two tie"),
    Scenario("pairwise maximum", lambda x: np.sum(np.maximum(x, x[::-1])), [1.0, 2.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 2.0, 0.0, 2.0])),
    Scenario("pairwise maximum of equals", lambda x: np.maximum(x[0], x[1]), [3.0, 3.0], "gradient",
             special="two tie"),
    Scenario("pairwise fmin of equals", lambda x: np.fmin(x[0], x[1]), [3.0, 3.0], "gradient",
             special="two tie"),
    Scenario("reduced maximum", lambda x: np.maximum.reduce(x), [2.0, 2.0, 1.0], "gradient",
             special="two tie"),
    Scenario("running maximum of a tie", running_maximum, [1.0, 3.0, 3.0, 2.0], "gradient",
             special="two tie"),
    Scenario("max pooling of equals", max_pool, [0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 5.0, 4.0], "gradient",
             special="ties in two windows"),
    Scenario("entries that equal their maximum", winner_takes_all, [1.0, 2.0, 2.0], "gradient",
             special="at a tie f jumps"),
    Scenario("maximum less the maximum", lambda x: np.max(x) - np.max(x[::-1]), [2.0, 2.0], "gradient",
             special="constant, made of two ties", closed_form=lambda x: np.zeros(2)),
    # Order --------------------------------------------------------------------------------------------
    Scenario("two largest of a tie", two_largest, [3.0, 1.0, 3.0, 3.0], "gradient",
             special="three tie for two places"),
    Scenario("sum of a sorted tie", lambda x: np.sum(np.sort(x)), [2.0, 1.0, 2.0], "gradient",
             special="smooth, made of a tie", closed_form=lambda x: np.ones(3)),
    Scenario("weighted order of a tie", weighted_order, [2.0, 1.0, 2.0], "gradient", special="two tie"),
    Scenario("weighted order", weighted_order, [3.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([100.0, 1.0, 10.0])),
    Scenario("second by Python's sorted", by_builtin_sorted, [2.0, 2.0, 1.0], "gradient", special="two tie"),
    Scenario("lead over the runner-up", top_minus_runner_up, [4.0, 1.0, 4.0], "gradient",
             special="two tie at the top"),
    Scenario("first in lexicographic order", lexicographic, [3.0, 1.0, 1.0], "gradient", special="two tie"),
    Scenario("median of an odd tie", lambda x: np.median(x), [1.0, 2.0, 2.0], "gradient", special="two tie"),
    Scenario("median of an even number", lambda x: np.median(x), [4.0, 1.0, 3.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 0.0, 0.5, 0.5])),
    Scenario("median of an even tie", lambda x: np.median(x), [1.0, 2.0, 2.0, 2.0], "gradient",
             special="three tie"),
    Scenario("percentile between entries", lambda x: np.percentile(x, 40), [5.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 0.2, 0.8])),
    Scenario("percentile on an entry", lambda x: np.percentile(x, 50), [5.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 0.0, 1.0])),
    Scenario("percentile of a tie", lambda x: np.percentile(x, 75), [1.0, 3.0, 3.0, 2.0], "gradient",
             special="two tie"),
    Scenario("quantile by the nearest", lambda x: np.quantile(x, 0.3, method="nearest"), [0.3, 0.9, 0.6],
             "gradient",
             closed_form=lambda x: np.array([0.0, 0.0, 1.0])),
    Scenario("mean absolute deviation from the median", mean_absolute_deviation, [1.0, 2.0, 6.0], "gradient",
             special="the median itself lies on a kink"),
    # Norms --------------------------------------------------------------------------------------------
    Scenario("norm at the origin", lambda x: np.linalg.norm(x), [0.0, 0.0], "gradient", special="the kink"),
    Scenario("norm by hand at the origin", lambda x: np.sqrt(np.sum(x**2)), [0.0, 0.0], "gradient",
             special="an infinite slope times 0"),
    Scenario("norm with one entry 0", lambda x: np.linalg.norm(x), [0.0, 2.0], "gradient",
             closed_form=lambda x: np.array([0.0, 1.0])),
    Scenario("square of the norm at the origin", lambda x: np.linalg.norm(x) ** 2, [0.0, 0.0], "gradient",
             special="smooth, made of a kink", closed_form=lambda x: np.zeros(2)),
    Scenario("1-norm with one entry 0", one_norm, [0.0, 2.0, -1.0], "gradient",
             special="a kink in one entry"),
    Scenario("infinity norm of a tie", infinity_norm, [2.0, -2.0, 1.0], "gradient",
             special="two tie in size"),
    Scenario("infinity norm at the origin", infinity_norm, [0.0, 0.0], "gradient", special="the kink"),
    Scenario("3-norm with one entry 0", lambda x: np.linalg.norm(x, 3), [0.0, 1.0, 2.0], "gradient",
             special="|x|³ is smooth"),
    Scenario("Frobenius norm of a matrix of zeros", lambda x: np.linalg.norm(x), [[0.0, 0.0], [0.0, 0.0]],
             "gradient", special="the kink"),
    Scenario("distance of a point from itself", distance_between, [1.0, 2.0, 1.0, 2.0], "gradient",
             special="the kink"),
    Scenario("cosine similarity with itself", cosine_similarity, [1.0, 2.0, 1.0, 2.0], "gradient",
             special="a maximum: the gradient is 0", closed_form=lambda x: np.zeros(4)),
    Scenario("normalised tiny vector", normalised, [3e-160, 4e-160], "gradient",
             special="its squares underflow"),
    Scenario("Chebyshev distance of a tie", chebyshev_distance, [1.0, 1.0, 3.0, -1.0], "gradient",
             special="two tie"),
    Scenario("total variation of a plateau", total_variation, [0.0, 1.0, 1.0, 0.0], "gradient",
             special="a kink between two entries"),
    # Smooth relatives ---------------------------------------------------------------------------------
    Scenario("log-sum-exp of a tie", log_sum_exp, [1000.0, 1000.0], "gradient",
             special="its shift ties, f is smooth",
             closed_form=lambda x: np.array([0.5, 0.5])),
    Scenario("log-sum-exp, huge", log_sum_exp, [1000.0, 1001.0, 999.0], "gradient",
             closed_form=lambda x: np.exp(x - 1001) / np.sum(np.exp(x - 1001))),
    Scenario("softmax of a tie", softmax_of_ties, [2.0, 2.0, 2.0], "gradient",
             special="its shift ties, f is smooth",
             closed_form=lambda x: np.array([2.0, -1.0, -1.0]) / 9),
)  # fmt: skip
