"""Special functions written in NumPy: series, recurrences, continued fractions, quadratures, iterations.

Long chains of a few operations: what one rule gets slightly wrong adds up here. Most slopes are known formulas.
"""

import math

import numpy as np

from multigrad.comparisons.scenario import Scenario

ANGLES = np.arange(48) * np.pi / 24
LANCZOS = (
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
)  # fmt: skip
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def erf_by_series(x):
    term, total = x, x
    for n in range(1, 30):
        term = -term * x * x / n
        total = total + term / (2 * n + 1)
    return 2 / np.sqrt(np.pi) * total


def erfc_by_continued_fraction(x):
    y = x
    for n in range(60, 0, -1):
        y = x + n / 2 / y
    return np.exp(-x * x) / (y * np.sqrt(np.pi))


def dawson_by_quadrature(x):
    t = (NODES + 1) * x / 2
    return x / 2 * np.sum(WEIGHTS * np.exp(t**2 - x**2))


def bessel_j0(x):
    """The mean of cos(x sin t) over a period."""
    return np.mean(np.cos(x * np.sin(ANGLES)))


def bessel_j0_slope(x):
    return -np.mean(np.cos(ANGLES - x * np.sin(ANGLES)))


def spherical_bessel_j1(x):
    return np.sin(x) / x**2 - np.cos(x) / x


def spherical_bessel_j1_slope(x):
    return np.sin(x) / x - 2 * spherical_bessel_j1(x) / x


def airy_ai(x):
    """The series at the origin."""
    f = f_term = 1.0
    g = g_term = x
    for n in range(1, 16):
        f_term = f_term * x**3 / ((3 * n - 1) * 3 * n)
        g_term = g_term * x**3 / (3 * n * (3 * n + 1))
        f, g = f + f_term, g + g_term
    return 0.355028053887817239 * f - 0.258819403792806798 * g


def gamma_lanczos(x):
    series = 0.99999999999980993
    for n, coefficient in enumerate(LANCZOS):
        series = series + coefficient / (x + n)
    t = x + 6.5
    return np.sqrt(2 * np.pi) * t ** (x - 0.5) * np.exp(-t) * series


def log_gamma_stirling(x):
    inverse = 1 / x
    correction = inverse / 12 - inverse**3 / 360 + inverse**5 / 1260 - inverse**7 / 1680
    return (x - 0.5) * np.log(x) - x + np.log(2 * np.pi) / 2 + correction


def digamma(x):
    """Up the recurrence, until the asymptotic series holds."""
    shift = 0.0
    while x < 12:
        shift = shift - 1 / x
        x = x + 1
    square = 1 / x**2
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return shift + np.log(x) - 0.5 / x - series



def zeta(s):
    """Borwein's alternating series with 20 terms."""
    n = 20
    d = np.cumsum([n * math.factorial(n + i - 1) * 4**i / (math.factorial(n - i) * math.factorial(2 * i))
                   for i in range(n + 1)])  # fmt: skip
    k = np.arange(n)
    total = np.sum((-1.0) ** k * (d[:-1] - d[-1]) / (k + 1) ** s)
    return -total / (d[-1] * (1 - 2 ** (1 - s)))


def dilogarithm(x):
    k = np.arange(1, 70)
    return np.sum(x**k / k**2)


def exponential_integral(x):
    """E1, by a continued fraction."""
    y = 0.0
    for n in range(50, 0, -1):
        y = n / (1 + n / (x + y))
    return np.exp(-x) / (x + y)


def elliptic_k(k):
    """By the arithmetic-geometric mean."""
    a, b = 1.0, np.sqrt(1 - k**2)
    for _ in range(6):
        a, b = (a + b) / 2, np.sqrt(a * b)
    return np.pi / (2 * a)


def elliptic_e(k):
    return np.mean(np.sqrt(1 - k**2 * np.sin(ANGLES) ** 2)) * np.pi / 2


def elliptic_e_slope(k):
    return (elliptic_e(k) - elliptic_k(k)) / k


def lambert_w(x):
    """Six steps of Halley's iteration."""
    w = np.log1p(x)
    for _ in range(6):
        e = np.exp(w)
        f = w * e - x
        w = w - f / (e * (w + 1) - (w + 2) * f / (2 * w + 2))
    return w


def lambert_w_slope(x):
    w = lambert_w(x)
    return 1 / (np.exp(w) * (1 + w))


def legendre_p6(x):
    before, now = 1.0, x
    for n in range(1, 6):
        before, now = now, ((2 * n + 1) * x * now - n * before) / (n + 1)
    return now


def hermite_h5(x):
    before, now = 1.0, 2 * x
    for n in range(1, 5):
        before, now = now, 2 * x * now - 2 * n * before
    return now


def laguerre_l4(x):
    before, now = 1.0, 1 - x
    for n in range(1, 4):
        before, now = now, ((2 * n + 1 - x) * now - n * before) / (n + 1)
    return now


def langevin(x):
    return 1 / np.tanh(x) - 1 / x


def gudermannian(x):
    return 2 * np.arctan(np.tanh(x / 2))


def bump(x):
    return np.exp(-1 / (1 - x**2))


def bump_slope(x):
    return -2 * x / (1 - x**2) ** 2 * bump(x)


def theta(x):
    n = np.arange(1, 8)
    return 1 + 2 * np.sum(0.3 ** (n**2) * np.cos(2 * n * x))


def theta_slope(x):
    n = np.arange(1, 8)
    return -4 * np.sum(0.3 ** (n**2) * n * np.sin(2 * n * x))


def weierstrass(x):
    n = np.arange(8)
    return np.sum(0.5**n * np.cos(3.0**n * np.pi * x))


def golden_fraction(x):
    y = x
    for _ in range(60):
        y = x + 1 / y
    return y


def fresnel_sine(x):
    t = (NODES + 1) * x / 2
    return x / 2 * np.sum(WEIGHTS * np.sin(np.pi / 2 * t**2))


def normal_quantile_of_cdf(x):
    """Two steps of Newton's iteration back from a cumulative probability."""
    p = erf_by_series(x)
    y = x + 0.01
    for _ in range(4):
        y = y - (erf_by_series(y) - p) * np.sqrt(np.pi) / 2 * np.exp(y**2)
    return y


def binary_entropy(p):
    return -p * np.log(p) - (1 - p) * np.log1p(-p)


SCENARIOS = (
    Scenario("erf by its series", erf_by_series, 0.9,
             closed_form=lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))),
    Scenario("erf's alternating series, large", erf_by_series, 2.5, special="terms far above their sum"),
    Scenario("erfc by a continued fraction", erfc_by_continued_fraction, 3.0,
             closed_form=lambda x: -2 / np.sqrt(np.pi) * np.exp(-(x**2))),
    Scenario("Dawson's integral by quadrature", dawson_by_quadrature, 1.1,
             closed_form=lambda x: 1 - 2 * x * dawson_by_quadrature(x)),
    Scenario("Bessel's J0 by quadrature", bessel_j0, 2.2, closed_form=bessel_j0_slope),
    Scenario("Bessel's J0 at its first minimum", bessel_j0, 3.8317059702075125,
             special="the slope is some 1e-17"),
    Scenario("spherical Bessel j1", spherical_bessel_j1, 2.0, closed_form=spherical_bessel_j1_slope),
    Scenario("spherical Bessel j1, tiny", spherical_bessel_j1, 1e-4, special="digits cancel",
             closed_form=lambda x: 1 / 3 - x**2 / 10),
    Scenario("modified Bessel I0", np.i0, 1.5),
    Scenario("Airy's Ai by its series", airy_ai, 1.0,
             closed_form=lambda x: -0.15914744129679322),
    Scenario("gamma by Lanczos", gamma_lanczos, 3.3),
    Scenario("log-gamma by Stirling, huge", log_gamma_stirling, 1e5,
             closed_form=lambda x: np.log(x) - 0.5 / x - 1 / (12 * x**2)),
    Scenario("digamma by its recurrence", digamma, 0.4),
    Scenario("digamma beside a pole", digamma, 1e-6, special="1/x rules",
             closed_form=lambda x: x**-2 + np.pi**2 / 6),
    Scenario("Riemann's zeta", zeta, 2.0, closed_form=lambda s: -0.9375482543158437537),
    Scenario("Riemann's zeta beside its pole", zeta, 1.0009765625, special="the first digits cancel"),
    Scenario("dilogarithm", dilogarithm, -0.6, closed_form=lambda x: -np.log1p(-x) / x),
    Scenario("exponential integral", exponential_integral, 1.4, closed_form=lambda x: -np.exp(-x) / x),
    Scenario("elliptic K by the arithmetic-geometric mean", elliptic_k, 0.6,
             closed_form=lambda k: elliptic_e(k) / (k * (1 - k**2)) - elliptic_k(k) / k),
    Scenario("elliptic E by quadrature", elliptic_e, 0.5, closed_form=elliptic_e_slope),
    Scenario("Lambert's W by Halley", lambert_w, 2.0, closed_form=lambert_w_slope),
    Scenario("Legendre polynomial by recurrence", legendre_p6, 0.3,
             closed_form=lambda x: (1386 * x**5 - 1260 * x**3 + 210 * x) / 16),
    Scenario("Hermite polynomial by recurrence", hermite_h5, -0.8,
             closed_form=lambda x: 160 * x**4 - 480 * x**2 + 120),
    Scenario("Laguerre polynomial by recurrence", laguerre_l4, 2.2,
             closed_form=lambda x: (4 * x**3 - 48 * x**2 + 144 * x - 96) / 24),
    Scenario("sinc", np.sinc, 0.7,
             closed_form=lambda x: np.cos(np.pi * x) / x - np.sin(np.pi * x) / (np.pi * x**2)),
    Scenario("sinc, tiny", np.sinc, 1e-5, special="digits cancel",
             closed_form=lambda x: -(np.pi**2) * x / 3 + np.pi**4 * x**3 / 30),
    Scenario("Langevin's function", langevin, 1.5, closed_form=lambda x: 1 / x**2 - 1 / np.sinh(x) ** 2),
    Scenario("Langevin's function, tiny", langevin, 1e-5, special="digits cancel",
             closed_form=lambda x: 1 / 3 - x**2 / 15),
    Scenario("Gudermann's function", gudermannian, 0.6, closed_form=lambda x: 1 / np.cosh(x)),
    Scenario("bump function", bump, 0.5, closed_form=bump_slope),
    Scenario("bump function near its edge", bump, 0.9995, special="every derivative vanishes",
             closed_form=bump_slope),
    Scenario("Jacobi's theta", theta, 0.4, closed_form=theta_slope),
    Scenario("Weierstrass' sum", weierstrass, 0.21, special="steep: terms grow as 1.5 to the n"),
    Scenario("golden continued fraction", golden_fraction, 1.0,
             closed_form=lambda x: 0.5 + x / (2 * np.sqrt(x**2 + 4))),
    Scenario("Fresnel's integral by quadrature", fresnel_sine, 1.2,
             closed_form=lambda x: np.sin(np.pi / 2 * x**2)),
    Scenario("inverse of the error function's values", normal_quantile_of_cdf, 0.7,
             special="an identity in disguise",
             closed_form=lambda x: 1.0),
    Scenario("entropy of a coin", binary_entropy, 0.2, closed_form=lambda p: np.log1p(-p) - np.log(p)),
    Scenario("entropy of a coin, nearly certain", binary_entropy, 1e-15,
             closed_form=lambda p: np.log1p(-p) - np.log(p)),
)  # fmt: skip
