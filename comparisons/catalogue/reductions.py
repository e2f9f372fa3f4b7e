"""Reductions and statistics: along axes, with weights, with NaN left out, with n - 1, and their moments.

The frameworks differ in what their functions of the same name mean: torch's var divides by n - 1.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

FIVE = [2.0, 4.0, 4.5, 5.0, 9.0]
TABLE = [[1.0, 2.0, 3.0], [4.0, 6.0, 5.0]]
WITH_NAN = [1.0, np.nan, 3.0]
W6 = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]])


def skewness(x):
    d = x - np.mean(x)
    return np.mean(d**3) / np.mean(d**2) ** 1.5


def kurtosis(x):
    d = x - x.mean()
    return (d**4).mean() / x.var() ** 2


def coefficient_of_variation(x):
    return np.std(x, ddof=1) / np.mean(x)


def correlation(x):
    return np.corrcoef(x, [1.0, 2.0, 3.0, 5.0, 4.0])[0, 1]


def covariance(x):
    return np.sum(np.cov(x) * np.array([[1.0, 2.0], [3.0, 4.0]]))


def weighted_average(x):
    return np.average(x, weights=[5.0, 4.0, 3.0, 2.0, 1.0])


def average_by_its_weights(x):
    return np.average([1.0, 2.0, 3.0, 4.0, 5.0], weights=x)


def harmonic_mean(x):
    return len(x) / np.sum(1 / x)


def power_mean(x):
    return np.mean(x**3) ** (1 / 3)


def trimmed_mean(x):
    return np.mean(np.sort(x)[1:-1])


def interquartile_range(x):
    return np.subtract(*np.percentile(x, [75, 25]))


def gini(x):
    return np.sum(np.abs(x[:, None] - x)) / (2 * len(x) ** 2 * np.mean(x))


def two_pass_variance(x):
    return np.mean(x**2) - np.mean(x) ** 2


def welford(x):
    mean = spread = 0.0
    for n, value in enumerate(x, 1):
        delta = value - mean
        mean = mean + delta / n
        spread = spread + delta * (value - mean)
    return spread / len(x)


def softmax_weighted(x):
    e = np.exp(x - np.max(x))
    return np.sum(e * np.arange(5.0)) / np.sum(e)


def kahan_sum(x):
    total = carry = 0.0
    for value in x:
        y = value - carry
        t = total + y
        carry = (t - total) - y
        total = t
    return total


def regression_slope(x):
    t = np.arange(5.0)
    return np.sum((t - t.mean()) * (x - x.mean())) / np.sum((t - t.mean()) ** 2)


def fitted_parabola(x):
    return np.polyfit(np.arange(5.0), x, 2)[0]


def autocovariance(x):
    d = x - np.mean(x)
    return np.sum(d[1:] * d[:-1]) / np.sum(d**2)


def variance_slope(x):
    return 2 * (x - np.mean(x)) / len(x)


SCENARIOS = (
    # Sums and products --------------------------------------------------------------------------------
    Scenario("sum along an axis, kept", lambda x: np.sum(x / np.sum(x, axis=1, keepdims=True) * W6), TABLE,
             "gradient"),
    Scenario("sum along a negative axis", lambda x: np.prod(np.sum(x, axis=-1)), TABLE, "gradient",
             closed_form=lambda x: np.array([[15.0] * 3, [6.0] * 3])),
    Scenario("sum over two axes", lambda x: np.sum(x**2, axis=(0, 1)), TABLE, "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("sum where", lambda x: np.sum(x**2, where=np.array([True, False, True, True, False])), FIVE,
             "gradient",
             closed_form=lambda x: 2 * x * np.array([1.0, 0.0, 1.0, 1.0, 0.0])),
    Scenario("sum with a start", lambda x: np.sum(x, initial=10.0) ** 2, FIVE, "gradient",
             closed_form=lambda x: np.full(5, 2 * (10 + np.sum(x)))),
    Scenario("sum of huge and tiny", lambda x: np.sum(x), [1e300, 1.0, -1e300, 1e-300], "gradient",
             special="f loses all its digits, its gradient none", closed_form=np.ones_like),
    Scenario("compensated sum", kahan_sum, [1.0, 1e16, -1e16], "gradient",
             special="the rounding errors themselves are computed", closed_form=np.ones_like),
    Scenario("product along an axis", lambda x: np.sum(np.prod(x, axis=0)), TABLE, "gradient",
             closed_form=lambda x: x[::-1]),
    Scenario("product of negatives", lambda x: np.prod(x), [-1.0, -2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([-6.0, -3.0, 2.0])),
    Scenario("running product", lambda x: np.sum(np.cumprod(x)), [2.0, -3.0, 0.5], "gradient",
             closed_form=lambda x: np.array([1 - 3 - 1.5, 2 + 1.0, -6.0])),
    Scenario("running sum along an axis", lambda x: np.sum(np.cumsum(x, axis=1) * W6), TABLE, "gradient",
             closed_form=lambda x: np.cumsum(W6[:, ::-1], axis=1)[:, ::-1]),
    # Means and spreads --------------------------------------------------------------------------------
    Scenario("mean of a table by columns", lambda x: np.prod(np.mean(x, axis=0)), TABLE, "gradient"),
    Scenario("variance", lambda x: np.var(x), FIVE, "gradient", closed_form=variance_slope),
    Scenario("variance with n - 1", lambda x: np.var(x, ddof=1), FIVE, "gradient",
             closed_form=lambda x: 2 * (x - np.mean(x)) / 4),
    Scenario("variance of one number with n - 1", lambda x: np.var(x, ddof=1), [3.0], "gradient",
             special="0/0: f itself is NaN"),
    Scenario("variance along an axis", lambda x: np.sum(np.var(x, axis=1) * np.array([1.0, 5.0])), TABLE,
             "gradient",
             closed_form=lambda x: 2 * (x - x.mean(axis=1, keepdims=True)) / 3 * np.array([[1.0], [5.0]])),
    Scenario("variance as a difference, shifted far", two_pass_variance, [1e6, 1e6 + 1, 1e6 + 2], "gradient",
             special="digits cancel", closed_form=variance_slope),
    Scenario("variance by Welford", welford, FIVE, "gradient", closed_form=variance_slope),
    Scenario("standard deviation", lambda x: np.std(x), FIVE, "gradient",
             closed_form=lambda x: (x - np.mean(x)) / (5 * np.std(x))),
    Scenario("standard deviation with n - 1 by rows", lambda x: np.sum(x.std(axis=1, ddof=1)), TABLE,
             "gradient"),
    Scenario("coefficient of variation", coefficient_of_variation, FIVE, "gradient"),
    Scenario("skewness", skewness, FIVE, "gradient"),
    Scenario("kurtosis", kurtosis, FIVE, "gradient"),
    Scenario("weighted average", weighted_average, FIVE, "gradient",
             closed_form=lambda x: np.array([5.0, 4.0, 3.0, 2.0, 1.0]) / 15),
    Scenario("average by its weights", average_by_its_weights, FIVE, "gradient"),
    Scenario("harmonic mean", harmonic_mean, FIVE, "gradient",
             closed_form=lambda x: 5 / (x * np.sum(1 / x)) ** 2),
    Scenario("power mean", power_mean, FIVE, "gradient",
             closed_form=lambda x: x**2 / 5 * np.mean(x**3) ** (-2 / 3)),
    Scenario("mean weighted by a softmax", softmax_weighted, FIVE, "gradient"),
    # Order statistics ---------------------------------------------------------------------------------
    Scenario("median", lambda x: np.median(x), FIVE, "gradient",
             closed_form=lambda x: np.array([0.0, 0, 1, 0, 0])),
    Scenario("median along an axis", lambda x: np.sum(np.median(x, axis=0)), TABLE, "gradient",
             closed_form=lambda x: np.full((2, 3), 0.5)),
    Scenario("trimmed mean", trimmed_mean, FIVE, "gradient",
             closed_form=lambda x: np.array([0.0, 1, 1, 1, 0]) / 3),
    Scenario("interquartile range", interquartile_range, FIVE, "gradient",
             closed_form=lambda x: np.array([0.0, -1.0, 0.0, 1.0, 0.0])),
    Scenario("Gini's coefficient", gini, FIVE, "gradient"),
    # NaN left out -------------------------------------------------------------------------------------
    Scenario("nansum", lambda x: np.nansum(x**2), WITH_NAN, "gradient", special="a NaN in x"),
    Scenario("nanmean", lambda x: np.nanmean(x), WITH_NAN, "gradient", special="a NaN in x"),
    Scenario("nanvar without a NaN", lambda x: np.nanvar(x), FIVE, "gradient", closed_form=variance_slope),
    Scenario("nanmedian without a NaN", lambda x: np.nanmedian(x), FIVE, "gradient",
             closed_form=lambda x: np.array([0.0, 0, 1, 0, 0])),
    Scenario("NaN made and left out", lambda x: np.nanmean(np.where(x > 4.2, x, np.nan) ** 2), FIVE,
             "gradient",
             special="NaN inside", closed_form=lambda x: 2 * x * np.array([0.0, 0.0, 1, 1, 1]) / 3),
    # Two samples --------------------------------------------------------------------------------------
    Scenario("covariance matrix", covariance, TABLE, "gradient"),
    Scenario("correlation", correlation, FIVE, "gradient"),
    Scenario("correlation with itself", lambda x: np.corrcoef(x, x)[0, 1], FIVE, "gradient",
             special="constant 1", closed_form=lambda x: np.zeros(5)),
    Scenario("slope of a regression", regression_slope, FIVE, "gradient",
             closed_form=lambda x: np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) / 10),
    Scenario("fitted parabola", fitted_parabola, FIVE, "gradient",
             closed_form=lambda x: np.array([2.0, -1.0, -2.0, -1.0, 2.0]) / 14),
    Scenario("autocorrelation at lag one", autocovariance, FIVE, "gradient"),
)  # fmt: skip
