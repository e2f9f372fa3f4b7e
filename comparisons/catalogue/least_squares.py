"""The least-squares problems of Moré, Garbow and Hillstrom, at their starting points, with analytic gradients.

What optimisers were tested with for forty years: badly scaled, singular and steep, and every gradient known.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

MGH = "J. J. Moré, B. S. Garbow, K. E. Hillstrom, ACM Transactions on Mathematical Software 7 (1981) 17-41, "

BEALE = np.array([1.5, 2.25, 2.625])
ONE_TO_TEN = np.arange(1.0, 11)
BARD = np.array([0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39])
BARD_U = np.arange(1.0, 16)
BARD_V = 16 - BARD_U
BARD_W = np.minimum(BARD_U, BARD_V)
GAUSS = np.array([0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989])
GAUSS = np.concatenate([GAUSS, GAUSS[-2::-1]])
GAUSS_T = (8 - np.arange(1.0, 16)) / 2
MEYER = np.array([34780.0, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307,
                  2872])  # fmt: skip
MEYER_T = 45 + 5 * np.arange(1.0, 17)
BOX_T = ONE_TO_TEN / 10
KOWALIK = np.array([0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246])
KOWALIK_U = np.array([4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
DENNIS_T = np.arange(1.0, 21) / 5
BIGGS_T = np.arange(1.0, 14) / 10
BIGGS = np.exp(-BIGGS_T) - 5 * np.exp(-10 * BIGGS_T) + 3 * np.exp(-4 * BIGGS_T)
GULF_T = np.arange(1.0, 11) / 100
GULF = 25 + (-50 * np.log(GULF_T)) ** (2 / 3)
LINEAR = np.eye(5)[:, :3] - 2 / 5


def rosenbrock(x):
    return np.sum(100 * (x[1::2] - x[::2] ** 2) ** 2 + (1 - x[::2]) ** 2)


def rosenbrock_gradient(x):
    gap = x[1::2] - x[::2] ** 2
    return np.column_stack([-400 * x[::2] * gap - 2 * (1 - x[::2]), 200 * gap]).ravel()


def freudenstein_roth(x):
    a, b = x
    return (-13 + a + ((5 - b) * b - 2) * b) ** 2 + (-29 + a + ((b + 1) * b - 14) * b) ** 2


def freudenstein_roth_gradient(x):
    a, b = x
    r = np.array([-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b])
    return 2 * np.array([[1, 1], [10 * b - 3 * b**2 - 2, 3 * b**2 + 2 * b - 14]]) @ r


def powell_badly_scaled(x):
    return (1e4 * x[0] * x[1] - 1) ** 2 + (np.exp(-x[0]) + np.exp(-x[1]) - 1.0001) ** 2


def powell_badly_scaled_gradient(x):
    r = np.array([1e4 * x[0] * x[1] - 1, np.exp(-x[0]) + np.exp(-x[1]) - 1.0001])
    return 2 * np.array([[1e4 * x[1], -np.exp(-x[0])], [1e4 * x[0], -np.exp(-x[1])]]) @ r


def brown_badly_scaled(x):
    return (x[0] - 1e6) ** 2 + (x[1] - 2e-6) ** 2 + (x[0] * x[1] - 2) ** 2


def brown_badly_scaled_gradient(x):
    a, b = x
    return 2 * np.array([a - 1e6 + b * (a * b - 2), b - 2e-6 + a * (a * b - 2)])


def beale(x):
    return np.sum((BEALE - x[0] * (1 - x[1] ** np.arange(1, 4))) ** 2)


def beale_gradient(x):
    i = np.arange(1, 4)
    r = BEALE - x[0] * (1 - x[1] ** i)
    return 2 * np.array([x[1] ** i - 1, x[0] * i * x[1] ** (i - 1)]) @ r


def jennrich_sampson(x):
    i = ONE_TO_TEN
    return np.sum((2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))) ** 2)


def jennrich_sampson_gradient(x):
    i = ONE_TO_TEN
    r = 2 + 2 * i - (np.exp(i * x[0]) + np.exp(i * x[1]))
    return -2 * np.array([i * np.exp(i * x[0]), i * np.exp(i * x[1])]) @ r


def helical_valley(x):
    theta = np.arctan2(x[1], x[0]) / (2 * np.pi)
    return 100 * ((x[2] - 10 * theta) ** 2 + (np.hypot(x[0], x[1]) - 1) ** 2) + x[2] ** 2


def helical_valley_gradient(x):
    a, b, c = x
    square = a**2 + b**2
    first = 10 * (c - 10 * np.arctan2(b, a) / (2 * np.pi))
    second = 10 * (np.sqrt(square) - 1)
    turn, up = np.array([50 * b, -50 * a, 0]) / (np.pi * square), np.array([0, 0, 1])
    return 2 * (first * (turn + 10 * up) + second * 10 * np.array([a, b, 0]) / np.sqrt(square) + c * up)


def bard(x):
    return np.sum((BARD - (x[0] + BARD_U / (BARD_V * x[1] + BARD_W * x[2]))) ** 2)


def bard_gradient(x):
    q = BARD_V * x[1] + BARD_W * x[2]
    r = BARD - (x[0] + BARD_U / q)
    return 2 * np.array([-np.ones(15), BARD_U * BARD_V / q**2, BARD_U * BARD_W / q**2]) @ r


def gaussian(x):
    return np.sum((x[0] * np.exp(-x[1] * (GAUSS_T - x[2]) ** 2 / 2) - GAUSS) ** 2)


def gaussian_gradient(x):
    d = GAUSS_T - x[2]
    e = np.exp(-x[1] * d**2 / 2)
    return 2 * np.array([e, -x[0] * e * d**2 / 2, x[0] * e * x[1] * d]) @ (x[0] * e - GAUSS)


def meyer(x):
    return np.sum((x[0] * np.exp(x[1] / (MEYER_T + x[2])) - MEYER) ** 2)


def meyer_gradient(x):
    t = MEYER_T + x[2]
    e = np.exp(x[1] / t)
    return 2 * np.array([e, x[0] * e / t, -x[0] * x[1] * e / t**2]) @ (x[0] * e - MEYER)


def gulf(x):
    return np.sum((np.exp(-(np.abs(GULF - x[1]) ** x[2]) / x[0]) - GULF_T) ** 2)


def gulf_gradient(x):
    d = GULF - x[1]
    p = np.abs(d) ** x[2] / x[0]
    e = np.exp(-p)
    return 2 * np.array([e * p / x[0], e * p * x[2] / d, -e * p * np.log(np.abs(d))]) @ (e - GULF_T)


def box(x):
    t = BOX_T
    return np.sum((np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))) ** 2)


def box_gradient(x):
    t = BOX_T
    weight = np.exp(-t) - np.exp(-10 * t)
    r = np.exp(-t * x[0]) - np.exp(-t * x[1]) - x[2] * weight
    return 2 * np.array([-t * np.exp(-t * x[0]), t * np.exp(-t * x[1]), -weight]) @ r


def powell_singular(x):
    a, b, c, d = x
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def powell_singular_gradient(x):
    a, b, c, d = x
    p, q, u, v = 2 * (a + 10 * b), 10 * (c - d), 4 * (b - 2 * c) ** 3, 40 * (a - d) ** 3
    return np.array([p + v, 10 * p + u, q - 2 * u, -q - v])


def wood(x):
    a, b, c, d = x
    return (
        100 * (b - a**2) ** 2 + (1 - a) ** 2 + 90 * (d - c**2) ** 2 + (1 - c) ** 2
        + 10 * (b + d - 2) ** 2 + (b - d) ** 2 / 10
    )  # fmt: skip


def wood_gradient(x):
    a, b, c, d = x
    p, q, u, v = b - a**2, d - c**2, 20 * (b + d - 2), (b - d) / 5
    return np.array([-400 * a * p - 2 * (1 - a), 200 * p + u + v, -360 * c * q - 2 * (1 - c), 180 * q + u - v])


def kowalik_osborne(x):
    u = KOWALIK_U
    return np.sum((KOWALIK - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])) ** 2)


def kowalik_osborne_gradient(x):
    u = KOWALIK_U
    n, d = u**2 + u * x[1], u**2 + u * x[2] + x[3]
    r = KOWALIK - x[0] * n / d
    return 2 * np.array([-n / d, -x[0] * u / d, x[0] * n * u / d**2, x[0] * n / d**2]) @ r


def brown_dennis(x):
    t = DENNIS_T
    return np.sum(((x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2) ** 2)


def brown_dennis_gradient(x):
    t = DENNIS_T
    p, q = x[0] + t * x[1] - np.exp(t), x[2] + x[3] * np.sin(t) - np.cos(t)
    return 4 * np.array([p, t * p, q, np.sin(t) * q]) @ (p**2 + q**2)


def biggs_exp6(x):
    t = BIGGS_T
    return np.sum((x[2] * np.exp(-t * x[0]) - x[3] * np.exp(-t * x[1]) + x[5] * np.exp(-t * x[4]) - BIGGS) ** 2)


def biggs_exp6_gradient(x):
    t = BIGGS_T
    a, b, c = np.exp(-t * x[0]), np.exp(-t * x[1]), np.exp(-t * x[4])
    r = x[2] * a - x[3] * b + x[5] * c - BIGGS
    return 2 * np.array([-t * x[2] * a, t * x[3] * b, a, -b, -t * x[5] * c, c]) @ r


def penalty_one(x):
    return 1e-5 * np.sum((x - 1) ** 2) + (np.sum(x**2) - 0.25) ** 2


def penalty_one_gradient(x):
    return 2e-5 * (x - 1) + 4 * x * (np.sum(x**2) - 0.25)


def variably_dimensioned(x):
    weighted = np.sum(np.arange(1, 5) * (x - 1))
    return np.sum((x - 1) ** 2) + weighted**2 + weighted**4


def variably_dimensioned_gradient(x):
    j = np.arange(1, 5)
    weighted = np.sum(j * (x - 1))
    return 2 * (x - 1) + j * (2 * weighted + 4 * weighted**3)


def trigonometric(x):
    i = np.arange(1, 5)
    return np.sum((4 - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)) ** 2)


def trigonometric_gradient(x):
    i = np.arange(1, 5)
    r = 4 - np.sum(np.cos(x)) + i * (1 - np.cos(x)) - np.sin(x)
    return 2 * np.sin(x) * np.sum(r) + 2 * r * (i * np.sin(x) - np.cos(x))


def brown_almost_linear(x):
    return np.sum((x[:-1] + np.sum(x) - (len(x) + 1)) ** 2) + (np.prod(x) - 1) ** 2


def brown_almost_linear_gradient(x):
    r = x[:-1] + np.sum(x) - (len(x) + 1)
    return 2 * (np.append(r, 0) + np.sum(r) + (np.prod(x) - 1) * np.prod(x) / x)


def discrete_boundary_value(x):
    h = 1 / (len(x) + 1)
    t = h * np.arange(1, len(x) + 1)
    padded = np.concatenate([[0.0], x, [0.0]])
    return np.sum((2 * x - padded[:-2] - padded[2:] + h**2 * (x + t + 1) ** 3 / 2) ** 2)


def discrete_boundary_value_gradient(x):
    h = 1 / (len(x) + 1)
    t = h * np.arange(1, len(x) + 1)
    second = 2 * np.eye(len(x)) - np.eye(len(x), k=1) - np.eye(len(x), k=-1)
    r = second @ x + h**2 * (x + t + 1) ** 3 / 2
    return 2 * (second @ r + r * 1.5 * h**2 * (x + t + 1) ** 2)


def broyden_tridiagonal(x):
    padded = np.pad(x, 1)
    return np.sum(((3 - 2 * x) * x - padded[:-2] - 2 * padded[2:] + 1) ** 2)


def broyden_tridiagonal_gradient(x):
    r = (3 - 2 * x) * x - np.pad(x, 1)[:-2] - 2 * np.pad(x, 1)[2:] + 1
    return 2 * ((3 - 4 * x) * r - np.pad(r, 1)[2:] - 2 * np.pad(r, 1)[:-2])


def linear_full_rank(x):
    m = 5
    total = 2 / m * np.sum(x) + 1
    return np.sum((x - total) ** 2) + (m - len(x)) * total**2


def linear_full_rank_gradient(x):
    return 2 * LINEAR.T @ (LINEAR @ x - 1)


def linear_rank_one(x):
    i = np.arange(1, 6)
    return np.sum((i * np.sum(np.arange(1, 4) * x) - 1) ** 2)


def linear_rank_one_gradient(x):
    j = np.arange(1, 4)
    return 2 * j * (55 * np.sum(j * x) - 15)


def chebyquad(x):
    total = 0.0
    before, now = 1.0, 2 * x - 1
    for i in range(1, len(x) + 1):
        integral = -1 / (i**2 - 1) if i % 2 == 0 else 0.0
        total = total + (np.mean(now) - integral) ** 2
        before, now = now, 2 * (2 * x - 1) * now - before
    return total


def chebyquad_gradient(x):
    gradient = np.zeros_like(x)
    for i in range(1, len(x) + 1):
        integral = -1 / (i**2 - 1) if i % 2 == 0 else 0.0
        angle = np.arccos(2 * x - 1)
        slopes = 2 * i * np.sin(i * angle) / np.sin(angle)
        gradient += 2 * (np.mean(np.cos(i * angle)) - integral) * slopes / len(x)
    return gradient


SCENARIOS = (
    Scenario("Rosenbrock's function", rosenbrock, [-1.2, 1.0], "gradient", closed_form=rosenbrock_gradient,
             source=MGH + "problem 1"),
    Scenario("Rosenbrock's function at its minimum", rosenbrock, [1.0, 1.0], "gradient",
             special="the gradient is 0",
             closed_form=lambda x: np.zeros(2), source=MGH + "problem 1"),
    Scenario("Freudenstein and Roth's function", freudenstein_roth, [0.5, -2.0], "gradient",
             closed_form=freudenstein_roth_gradient, source=MGH + "problem 2"),
    Scenario("Powell's badly scaled function", powell_badly_scaled, [0.0, 1.0], "gradient",
             closed_form=powell_badly_scaled_gradient, source=MGH + "problem 3"),
    Scenario("Brown's badly scaled function", brown_badly_scaled, [1.0, 1.0], "gradient",
             closed_form=brown_badly_scaled_gradient, source=MGH + "problem 4"),
    Scenario("Beale's function", beale, [1.0, 1.0], "gradient", closed_form=beale_gradient,
             source=MGH + "problem 5"),
    Scenario("Jennrich and Sampson's function", jennrich_sampson, [0.3, 0.4], "gradient",
             closed_form=jennrich_sampson_gradient, source=MGH + "problem 6"),
    Scenario("helical valley", helical_valley, [-1.0, 0.0, 0.0], "gradient", special="the cut of arctan2",
             source=MGH + "problem 7"),
    Scenario("helical valley off its cut", helical_valley, [-1.0, 0.5, 1.0], "gradient",
             closed_form=helical_valley_gradient, source=MGH + "problem 7, at another point"),
    Scenario("Bard's function", bard, [1.0, 1.0, 1.0], "gradient", closed_form=bard_gradient,
             source=MGH + "problem 8"),
    Scenario("gaussian fit", gaussian, [0.4, 1.0, 0.0], "gradient", closed_form=gaussian_gradient,
             source=MGH + "problem 9"),
    Scenario("Meyer's function", meyer, [0.02, 4000.0, 250.0], "gradient", closed_form=meyer_gradient,
             source=MGH + "problem 10"),
    Scenario("gulf research function", gulf, [5.0, 2.5, 0.15], "gradient", closed_form=gulf_gradient,
             source=MGH + "problem 11, ten residuals, |y - x2|"),
    Scenario("Box's function", box, [0.0, 10.0, 20.0], "gradient", closed_form=box_gradient,
             source=MGH + "problem 12"),
    Scenario("Powell's singular function", powell_singular, [3.0, -1.0, 0.0, 1.0], "gradient",
             closed_form=powell_singular_gradient, source=MGH + "problem 13"),
    Scenario("Powell's singular function at its minimum", powell_singular, [0.0, 0.0, 0.0, 0.0], "gradient",
             special="the Hessian is singular", closed_form=lambda x: np.zeros(4), source=MGH + "problem 13"),
    Scenario("Wood's function", wood, [-3.0, -1.0, -3.0, -1.0], "gradient", closed_form=wood_gradient,
             source=MGH + "problem 14"),
    Scenario("Kowalik and Osborne's function", kowalik_osborne, [0.25, 0.39, 0.415, 0.39], "gradient",
             closed_form=kowalik_osborne_gradient, source=MGH + "problem 15"),
    Scenario("Brown and Dennis' function", brown_dennis, [25.0, 5.0, -5.0, -1.0], "gradient",
             closed_form=brown_dennis_gradient, source=MGH + "problem 16"),
    Scenario("Biggs' sum of exponentials", biggs_exp6, [1.0, 2.0, 1.0, 1.0, 1.0, 1.0], "gradient",
             closed_form=biggs_exp6_gradient, source=MGH + "problem 18, 13 residuals"),
    Scenario("Rosenbrock's function, extended", rosenbrock, [-1.2, 1.0, -1.2, 1.0], "gradient",
             closed_form=rosenbrock_gradient, source=MGH + "problem 21, four variables"),
    Scenario("penalty function", penalty_one, [1.0, 2.0, 3.0, 4.0], "gradient",
             closed_form=penalty_one_gradient,
             source=MGH + "problem 23, four variables"),
    Scenario("variably dimensioned function", variably_dimensioned, [0.75, 0.5, 0.25, 0.0], "gradient",
             closed_form=variably_dimensioned_gradient, source=MGH + "problem 25, four variables"),
    Scenario("trigonometric function", trigonometric, [0.25, 0.25, 0.25, 0.25], "gradient",
             closed_form=trigonometric_gradient, source=MGH + "problem 26, four variables"),
    Scenario("Brown's almost linear function", brown_almost_linear, [0.5, 0.5, 0.5, 0.5], "gradient",
             closed_form=brown_almost_linear_gradient, source=MGH + "problem 27, four variables"),
    Scenario("discrete boundary value", discrete_boundary_value, [-0.16, -0.24, -0.24, -0.16], "gradient",
             closed_form=discrete_boundary_value_gradient, source=MGH + "problem 28, four variables"),
    Scenario("Broyden's tridiagonal function", broyden_tridiagonal, [-1.0, -1.0, -1.0, -1.0], "gradient",
             closed_form=broyden_tridiagonal_gradient, source=MGH + "problem 30, four variables"),
    Scenario("linear function of full rank", linear_full_rank, [1.0, 1.0, 1.0], "gradient",
             closed_form=linear_full_rank_gradient,
             source=MGH + "problem 32, three variables, five residuals"),
    Scenario("linear function of rank one", linear_rank_one, [1.0, 1.0, 1.0], "gradient",
             closed_form=linear_rank_one_gradient,
             source=MGH + "problem 33, three variables, five residuals"),
    Scenario("Chebyshev quadrature", chebyquad, [0.2, 0.4, 0.6, 0.8], "gradient",
             closed_form=chebyquad_gradient,
             source=MGH + "problem 35, four variables"),
)  # fmt: skip
