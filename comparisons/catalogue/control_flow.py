"""Control flow: loops, early return, recursion, iterations that stop when they stand still.

The derivative of a program is that of the path it took; a tracer that needs a fixed path cannot follow.
"""

import math
from functools import reduce

import numpy as np

from multigrad.comparisons.scenario import Scenario


def newton_root(x):
    """The square root of x, until it stands still."""
    y = x
    for _ in range(40):
        before, y = y, (y + x / y) / 2
        if y == before:
            break
    return y


def newton_while(x):
    y = 1.0 + 0 * x
    while abs(y * y - x) > 1e-4:
        y = y - (y * y - x) / (2 * y)
    return (y + x / y) / 2


def kepler(e):
    """Eccentric anomaly at mean anomaly 1."""
    anomaly = 1.0
    for _ in range(6):
        anomaly = anomaly - (anomaly - e * np.sin(anomaly) - 1.0) / (1 - e * np.cos(anomaly))
    return anomaly


def kepler_slope(e):
    anomaly = kepler(e)
    return np.sin(anomaly) / (1 - e * np.cos(anomaly))


def bisected(x):
    """The cube root of x: its digits come from comparisons alone, so the recorded slope is 0."""
    low, high = 0.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        if middle**3 < x:
            low = middle
        else:
            high = middle
    return low + 0 * x


def bisected_and_polished(x):
    """Bisection, then one step of Newton's, which knows the slope."""
    low, high = 0.0, 4.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**3 < x else (low, middle)
    return low - (low**3 - x) / (3 * low**2)


def fixed_point(x):
    y = 0.5
    for _ in range(80):
        y = np.cos(x * y)
    return y


def fixed_point_slope(x):
    y = fixed_point(x)
    return -np.sin(x * y) * y / (1 + x * np.sin(x * y))


def power_by_squaring(x, n=13):
    if n == 0:
        return 1.0
    half = power_by_squaring(x, n // 2)
    return half * half * (x if n % 2 else 1.0)


def fibonacci_polynomial(x, n=7):
    return n if n < 2 else x * fibonacci_polynomial(x, n - 1) + fibonacci_polynomial(x, n - 2)


def ackermann_of_floats(x, depth=3):
    return x + 1 if depth == 0 else ackermann_of_floats(ackermann_of_floats(x, depth - 1) / 2, depth - 1)


def early_return(x):
    if x < 1:
        return x**2
    if x < 2:
        return 2 * x - 1
    return np.log(x)


def guarded_by_all(x):
    if np.all(x > 0):
        return np.sum(np.log(x))
    return np.sum(x)


def collatz_like(x):
    steps = 0
    while x > 1 and steps < 30:
        x = x / 2 if steps % 2 else 1.2 * x
        steps += 1
    return x


def until_small(x):
    total, term, n = 0.0, 1.0, 0
    while abs(term) > 1e-18:
        total = total + term
        n += 1
        term = term * x / n
    return total


def summed_in_pieces(x):
    total = 0.0
    for value in x:
        total += value**2 if value > 0 else -value
    return total


def with_continue_and_else(x):
    total = 0 * x[0]
    for value in x:
        if value < 0:
            continue
        total = total + np.sqrt(value)
        if total > 10:
            break
    else:
        total = 2 * total
    return total


def exception_as_a_branch(x):
    table = {1: 3.0, 2: 5.0}
    try:
        factor = table[len(x)]
    except KeyError:
        factor = 7.0
    return factor * np.sum(x)


def closure_over_a_counter(x):
    calls = []

    def step(y):
        calls.append(1)
        return y * len(calls)

    return step(step(step(x)))


def generator_of_terms(x):
    return sum(x**k / math.factorial(k) for k in range(20))


def folded(x):
    return reduce(lambda a, b: a * 2 + b, x)


def mapped(x):
    return sum(map(np.sin, x), start=0.0)


def nested_functions(x):
    def inner(a):
        return np.exp(a) * x

    return inner(x) + inner(2 * x)


def euler_steps(x):
    """Logistic growth from x, by 20 steps."""
    for _ in range(20):
        x = x + 0.1 * x * (1 - x)
    return x


def runge_kutta(rate):
    """Exponential decay from 1, by 10 steps."""
    y, h = 1.0, 0.1
    for _ in range(10):
        k1 = -rate * y
        k2 = -rate * (y + h / 2 * k1)
        k3 = -rate * (y + h / 2 * k2)
        k4 = -rate * (y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def runge_kutta_slope(rate):
    z = -rate / 10
    step = 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24
    return -(step**9) * (1 + z + z**2 / 2 + z**3 / 6)


def logistic_map(r):
    x = 0.5
    for _ in range(12):
        x = r * x * (1 - x)
    return x


def gradient_descent(x):
    """Where five steps of descent lead, from x."""
    for _ in range(5):
        x = x - 0.1 * (4 * x**3 - 2 * x)
    return x


def secant(x):
    a, b = 1.0, 2.0
    for _ in range(9):
        fa, fb = a**3 - x, b**3 - x
        if fa == fb:
            break
        a, b = b, b - fb * (b - a) / (fb - fa)
    return b


def simpson(x):
    t = np.linspace(0, 1, 9)
    weights = np.array([1.0, 4, 2, 4, 2, 4, 2, 4, 1]) / 24
    return x * np.dot(weights, np.exp(x * t))


def continued_logarithm(x):
    count = 0
    while x >= 2:
        x = x / 2
        count += 1
    return count + x


SCENARIOS = (
    # Iterations to convergence ------------------------------------------------------------------------
    Scenario("Newton's square root", newton_root, 2.0, closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("Newton's square root by while", newton_while, 3.0, special="stops by a tolerance",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("Newton's square root, tiny", newton_root, 1e-10, special="forty steps do not all count",
             closed_form=lambda x: 0.5 / np.sqrt(x)),
    Scenario("Kepler's equation", kepler, 0.4, closed_form=kepler_slope),
    Scenario("bisection", bisected, 2.0, special="f is a staircase in its code"),
    Scenario("bisection, polished", bisected_and_polished, 2.0),
    Scenario("secant method", secant, 2.5, special="its last steps divide differences that vanish"),
    Scenario("fixed point of a cosine", fixed_point, 0.8, closed_form=fixed_point_slope),
    Scenario("exponential, until terms are small", until_small, 1.5, closed_form=np.exp),
    Scenario("five steps of descent", gradient_descent, 0.3),
    # Steps in time ------------------------------------------------------------------------------------
    Scenario("Euler's steps", euler_steps, 0.2),
    Scenario("Runge and Kutta's steps", runge_kutta, 1.3, closed_form=runge_kutta_slope),
    Scenario("logistic map, periodic", logistic_map, 3.2),
    Scenario("logistic map, chaotic", logistic_map, 3.9, special="errors double with each step"),
    Scenario("Simpson's rule", simpson, 1.1),
    # Recursion ----------------------------------------------------------------------------------------
    Scenario("power by squaring", power_by_squaring, 1.1, closed_form=lambda x: 13 * x**12),
    Scenario("power by squaring at 0", power_by_squaring, 0.0, closed_form=lambda x: 0.0),
    Scenario("Fibonacci polynomial", fibonacci_polynomial, 0.5,
             closed_form=lambda x: 6 * x**5 + 20 * x**3 + 12 * x),
    Scenario("recursion of depth three", ackermann_of_floats, 1.0, closed_form=lambda x: 1 / 128),
    # Branches -----------------------------------------------------------------------------------------
    Scenario("early return, first branch", early_return, 0.5, closed_form=lambda x: 2 * x),
    Scenario("early return, last branch", early_return, 3.0, closed_form=lambda x: 1 / x),
    Scenario("early return where pieces join", early_return, 1.0, special="pieces join smoothly",
             closed_form=lambda x: 2.0),
    Scenario("early return at a jump", early_return, 2.0, special="a jump"),
    Scenario("branch on all entries", guarded_by_all, [1.0, 2.0], "gradient", closed_form=lambda x: 1 / x),
    Scenario("branch on all entries, one negative", guarded_by_all, [1.0, -2.0], "gradient",
             closed_form=lambda x: np.ones(2)),
    Scenario("halved and raised until small", collatz_like, 3.0, closed_form=lambda x: 0.6**3),
    Scenario("binary logarithm by halving", continued_logarithm, 11.0, closed_form=lambda x: 1 / 8),
    Scenario("binary logarithm by halving, at a power", continued_logarithm, 8.0, special="a kink"),
    Scenario("sum with an if for each entry", summed_in_pieces, [1.5, -2.0, 3.0], "gradient",
             closed_form=lambda x: np.array([3.0, -1.0, 6.0])),
    Scenario("continue, break and else", with_continue_and_else, [4.0, -1.0, 9.0], "gradient",
             closed_form=lambda x: np.array([0.5, 0.0, 1 / 3])),
    Scenario("exception as a branch", exception_as_a_branch, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: np.full(3, 7.0)),
    # Functions of functions ---------------------------------------------------------------------------
    Scenario("closure that counts", closure_over_a_counter, 2.0, closed_form=lambda x: 6.0),
    Scenario("sum of a generator", generator_of_terms, 0.7),
    Scenario("reduce", folded, [1.0, 2.0, 3.0], "gradient", closed_form=lambda x: np.array([4.0, 2.0, 1.0])),
    Scenario("map", mapped, [0.1, 0.2], "gradient", closed_form=np.cos),
    Scenario("inner function over x", nested_functions, 0.5,
             closed_form=lambda x: np.exp(x) * (1 + x) + np.exp(2 * x) * (1 + 2 * x)),
)  # fmt: skip
