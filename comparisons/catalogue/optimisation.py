"""Other published test functions of optimisation: many valleys, cusps, plateaus, needles.

Their minima are quoted everywhere, their gradients hardly anywhere; here they are.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

JAMIL = (
    "M. Jamil, X.-S. Yang, International Journal of Mathematical Modelling and Numerical Optimisation 4 (2013) "
    "150-194"
)
HARTMANN_A = np.array([[3.0, 10, 30], [0.1, 10, 35], [3.0, 10, 30], [0.1, 10, 35]])
HARTMANN_P = np.array([[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547],
                       [0.0381, 0.5743, 0.8828]])  # fmt: skip
HARTMANN_C = np.array([1.0, 1.2, 3.0, 3.2])
SHEKEL_A = np.array([[4.0, 4, 4, 4], [1.0, 1, 1, 1], [8.0, 8, 8, 8], [6.0, 6, 6, 6], [3.0, 7, 3, 7]])
SHEKEL_C = np.array([0.1, 0.2, 0.2, 0.4, 0.4])


def ackley(x):
    n = len(x)
    return (
        -20 * np.exp(-0.2 * np.sqrt(np.sum(x**2) / n)) - np.exp(np.sum(np.cos(2 * np.pi * x)) / n) + 20 + np.e
    )


def ackley_gradient(x):
    n, r = len(x), np.sqrt(np.mean(x**2))
    waves = np.exp(np.mean(np.cos(2 * np.pi * x)))
    return 4 * np.exp(-0.2 * r) * x / (n * r) + 2 * np.pi / n * np.sin(2 * np.pi * x) * waves


def rastrigin(x):
    return 10 * len(x) + np.sum(x**2 - 10 * np.cos(2 * np.pi * x))


def griewank(x):
    i = np.sqrt(np.arange(1, len(x) + 1))
    return 1 + np.sum(x**2) / 4000 - np.prod(np.cos(x / i))


def griewank_gradient(x):
    i = np.sqrt(np.arange(1, len(x) + 1))
    return x / 2000 + np.prod(np.cos(x / i)) * np.tan(x / i) / i


def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def himmelblau_gradient(x):
    p, q = x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7
    return np.array([4 * x[0] * p + 2 * q, 2 * p + 4 * x[1] * q])


def goldstein_price(v):
    x, y = v
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def branin(v):
    x, y = v
    a = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    return a**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10


def branin_gradient(v):
    x, y = v
    a = y - 5.1 / (4 * np.pi**2) * x**2 + 5 / np.pi * x - 6
    inner = -5.1 / (2 * np.pi**2) * x + 5 / np.pi
    return np.array([2 * a * inner - 10 * (1 - 1 / (8 * np.pi)) * np.sin(x), 2 * a])


def three_hump_camel(v):
    x, y = v
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def six_hump_camel(v):
    x, y = v
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2


def easom(x):
    return -np.prod(np.cos(x)) * np.exp(-np.sum((x - np.pi) ** 2))


def easom_gradient(x):
    return easom(x) * (-np.tan(x) - 2 * (x - np.pi))


def mccormick(v):
    x, y = v
    return np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def styblinski_tang(x):
    return np.sum(x**4 - 16 * x**2 + 5 * x) / 2


def levy(x):
    w = 1 + (x - 1) / 4
    middle = (w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)
    return np.sin(np.pi * w[0]) ** 2 + np.sum(middle) + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2)


def schwefel(x):
    return 418.9829 * len(x) - np.sum(x * np.sin(np.sqrt(np.abs(x))))


def schwefel_gradient(x):
    r = np.sqrt(np.abs(x))
    return -np.sin(r) - r / 2 * np.cos(r)


def eggholder(v):
    x, y = v
    return -(y + 47) * np.sin(np.sqrt(np.abs(y + x / 2 + 47))) - x * np.sin(np.sqrt(np.abs(x - y - 47)))


def michalewicz(x):
    i = np.arange(1, len(x) + 1)
    return -np.sum(np.sin(x) * np.sin(i * x**2 / np.pi) ** 20)


def zakharov(x):
    weighted = np.sum(0.5 * np.arange(1, len(x) + 1) * x)
    return np.sum(x**2) + weighted**2 + weighted**4


def dixon_price(x):
    i = np.arange(2, len(x) + 1)
    return (x[0] - 1) ** 2 + np.sum(i * (2 * x[1:] ** 2 - x[:-1]) ** 2)


def trid(x):
    return np.sum((x - 1) ** 2) - np.sum(x[1:] * x[:-1])


def bukin(v):
    x, y = v
    return 100 * np.sqrt(np.abs(y - 0.01 * x**2)) + 0.01 * np.abs(x + 10)


def cross_in_tray(v):
    inner = np.abs(np.sin(v[0]) * np.sin(v[1]) * np.exp(np.abs(100 - np.hypot(v[0], v[1]) / np.pi)))
    return -0.0001 * (inner + 1) ** 0.1


def drop_wave(x):
    square = np.sum(x**2)
    return -(1 + np.cos(12 * np.sqrt(square))) / (0.5 * square + 2)


def holder_table(v):
    x, y = v
    return -np.abs(np.sin(x) * np.cos(y) * np.exp(np.abs(1 - np.sqrt(x**2 + y**2) / np.pi)))


def schaffer(v):
    x, y = v
    return 0.5 + (np.sin(x**2 - y**2) ** 2 - 0.5) / (1 + 0.001 * (x**2 + y**2)) ** 2


def salomon(x):
    r = np.sqrt(np.sum(x**2))
    return 1 - np.cos(2 * np.pi * r) + 0.1 * r


def hartmann(x):
    return -np.sum(HARTMANN_C * np.exp(-np.sum(HARTMANN_A * (x - HARTMANN_P) ** 2, axis=1)))


def hartmann_gradient(x):
    e = HARTMANN_C * np.exp(-np.sum(HARTMANN_A * (x - HARTMANN_P) ** 2, axis=1))
    return 2 * e @ (HARTMANN_A * (x - HARTMANN_P))


def shekel(x):
    return -np.sum(1 / (np.sum((x - SHEKEL_A) ** 2, axis=1) + SHEKEL_C))


def shekel_gradient(x):
    d = np.sum((x - SHEKEL_A) ** 2, axis=1) + SHEKEL_C
    return 2 * (1 / d**2) @ (x - SHEKEL_A)


SCENARIOS = (
    Scenario("Ackley's function", ackley, [0.5, -1.2, 2.0], "gradient", closed_form=ackley_gradient,
             source="D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987"),
    Scenario("Ackley's function at its minimum", ackley, [0.0, 0.0], "gradient", special="a cone's tip",
             source="D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987"),
    Scenario("Rastrigin's function", rastrigin, [0.3, -1.7, 4.1], "gradient",
             closed_form=lambda x: 2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
             source="L. A. Rastrigin, Systems of Extremal Control, Nauka 1974"),
    Scenario("Griewank's function", griewank, [10.0, -7.0, 3.0], "gradient", closed_form=griewank_gradient,
             source="A. O. Griewank, Journal of Optimization Theory and Applications 34 (1981) 11-39"),
    Scenario("Himmelblau's function", himmelblau, [-1.0, 2.0], "gradient", closed_form=himmelblau_gradient,
             source="D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill 1972"),
    Scenario("Goldstein and Price's function", goldstein_price, [-0.3, 0.4], "gradient",
             source="A. A. Goldstein, J. F. Price, Mathematics of Computation 25 (1971) 569-574"),
    Scenario("Goldstein and Price's function at its minimum", goldstein_price, [0.0, -1.0], "gradient",
             special="the gradient is 0", closed_form=lambda v: np.zeros(2),
             source="A. A. Goldstein, J. F. Price, Mathematics of Computation 25 (1971) 569-574"),
    Scenario("Branin's function", branin, [2.0, 7.0], "gradient", closed_form=branin_gradient,
             source="F. H. Branin, IBM Journal of Research and Development 16 (1972) 504-522"),
    Scenario("three-hump camel", three_hump_camel, [-1.5, 0.5], "gradient",
             closed_form=lambda v: np.array([4 * v[0] - 4.2 * v[0] ** 3 + v[0] ** 5 + v[1], v[0] + 2 * v[1]]),
             source=JAMIL),
    Scenario("six-hump camel", six_hump_camel, [1.2, -0.4], "gradient",
             closed_form=lambda v: np.array([8 * v[0] - 8.4 * v[0] ** 3 + 2 * v[0] ** 5 + v[1],
                                             v[0] - 8 * v[1] + 16 * v[1] ** 3]),
             source=JAMIL),
    Scenario("Easom's needle", easom, [2.0, 4.0], "gradient", closed_form=easom_gradient, source=JAMIL),
    Scenario("Easom's needle from afar", easom, [30.0, -10.0], "gradient", special="f underflows to 0",
             closed_form=lambda x: np.zeros(2), source=JAMIL),
    Scenario("McCormick's function", mccormick, [0.5, -1.0], "gradient",
             closed_form=lambda v: np.cos(v[0] + v[1]) + 2 * (v[0] - v[1]) * np.array([1, -1]) + [-1.5, 2.5],
             source="G. P. McCormick, Mathematical Programming 10 (1976) 147-175"),
    Scenario("Styblinski and Tang's function", styblinski_tang, [-2.0, 0.5, 3.0], "gradient",
             closed_form=lambda x: 2 * x**3 - 16 * x + 2.5,
             source="M. A. Styblinski, T.-S. Tang, Neural Networks 3 (1990) 467-483"),
    Scenario("Levy's function", levy, [-3.0, 0.5, 2.0], "gradient", source=JAMIL),
    Scenario("Schwefel's function", schwefel, [420.0, -302.0], "gradient", closed_form=schwefel_gradient,
             source="H.-P. Schwefel, Numerical Optimization of Computer Models, Wiley 1981"),
    Scenario("Schwefel's function at 0", schwefel, [0.0, 100.0], "gradient",
             special="the root of |x| is infinitely steep, f is not",
             source="H.-P. Schwefel, Numerical Optimization of Computer Models, Wiley 1981"),
    Scenario("eggholder", eggholder, [200.0, -100.0], "gradient", source=JAMIL),
    Scenario("Michalewicz's function", michalewicz, [2.2, 1.57, 0.3], "gradient",
             special="twentieth powers: steep and flat",
             source="Z. Michalewicz, Genetic Algorithms + Data Structures = Evolution Programs, Springer 1992"),
    Scenario("Zakharov's function", zakharov, [1.0, -0.5, 2.0], "gradient", source=JAMIL),
    Scenario("Dixon and Price's function", dixon_price, [1.0, -2.0, 0.5], "gradient", source=JAMIL),
    Scenario("Trid", trid, [1.0, 3.0, -2.0], "gradient",
             closed_form=lambda x: 2 * (x - 1) - np.append(x[1:], 0) - np.append(0, x[:-1]), source=JAMIL),
    Scenario("Bukin's sixth function in its gorge", bukin, [-8.0, 0.64], "gradient",
             special="an infinite slope",
             source=JAMIL),
    Scenario("cross-in-tray", cross_in_tray, [1.0, -2.0], "gradient", source=JAMIL),
    Scenario("cross-in-tray on its cross", cross_in_tray, [0.0, 1.0], "gradient", special="the kink",
             source=JAMIL),
    Scenario("drop wave", drop_wave, [0.6, -0.3], "gradient", source=JAMIL),
    Scenario("drop wave at its minimum", drop_wave, [0.0, 0.0], "gradient",
             special="smooth, by the root of a square",
             closed_form=lambda x: np.zeros(2), source=JAMIL),
    Scenario("Holder's table", holder_table, [2.0, 1.0], "gradient", source=JAMIL),
    Scenario("Schaffer's second function", schaffer, [1.0, -2.0], "gradient", source=JAMIL),
    Scenario("Salomon's function", salomon, [0.3, 0.4], "gradient",
             source="R. Salomon, BioSystems 39 (1996) 263-278"),
    Scenario("Hartmann's function of three", hartmann, [0.2, 0.5, 0.8], "gradient",
             closed_form=hartmann_gradient,
             source=JAMIL),
    Scenario("Shekel's foxholes", shekel, [4.1, 3.9, 4.0, 4.2], "gradient", closed_form=shekel_gradient,
             source=JAMIL),
)  # fmt: skip
