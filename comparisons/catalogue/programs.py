"""Programs as people write them: networks, physics, finance, geometry, statistics, signals.

Whole computations of a screenful or less; here a fault anywhere in the array, an adapter or a framework shows.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

INPUTS = np.array([[0.5, -1.0], [1.5, 2.0], [-0.3, 0.8]])
LABELS = np.array([0, 1, 1])
SAMPLES = np.array([1.2, -0.4, 0.9, 2.1, 0.3])
READING_V = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
PLANETS = np.array([[0.0, 0.0], [2.0, 0.0]])


def two_layers(w):
    hidden = np.maximum(INPUTS @ w[:4].reshape(2, 2) + 0.1, 0)
    return np.mean((hidden @ w[4:] - SAMPLES[:3]) ** 2)


def cross_entropy(w):
    scores = INPUTS @ w.reshape(2, 2)
    scores = scores - scores.max(axis=1, keepdims=True)
    log_shares = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -np.mean(log_shares[np.arange(3), LABELS])


def cross_entropy_gradient(w):
    e = np.exp(INPUTS @ w.reshape(2, 2))
    return (INPUTS.T @ (e / e.sum(axis=1, keepdims=True) - np.eye(2)[LABELS]) / 3).ravel()


def logistic_regression(w):
    margins = (2 * LABELS - 1) * (INPUTS @ w)
    return np.sum(np.logaddexp(0, -margins)) + 0.5 * w @ w


def attention(q):
    scores = READING_V @ q / np.sqrt(2)
    weights = np.exp(scores - scores.max())
    return np.sum(weights / weights.sum() @ READING_V)


def layer_norm(x):
    return np.sum((x - x.mean()) / np.sqrt(x.var() + 1e-5) * np.arange(4.0))


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def recurrent_cell(w):
    h = 0.0
    for value in SAMPLES:
        h = np.tanh(w[0] * value + w[1] * h + w[2])
    return h


def convolution_layer(kernel):
    windows = np.stack([SAMPLES[k : k + 3] for k in range(3)])
    return np.max(windows @ kernel)


def gaussian_mixture(parameters):
    """Negative log-likelihood; a weight's logit, two means and a log-width."""
    share = 1 / (1 + np.exp(-parameters[0]))
    z = (SAMPLES[:, None] - parameters[1:3]) / np.exp(parameters[3])
    density = np.exp(-(z**2) / 2) @ np.array([1.0, 0.0]) * share + np.exp(-(z[:, 1] ** 2) / 2) * (1 - share)
    return -np.sum(np.log(density) - parameters[3])


def hidden_markov(logits):
    """Log-likelihood of a sequence by the forward algorithm."""
    stay = 1 / (1 + np.exp(-logits[0]))
    move = np.array([[1.0, 0.0], [0.0, 1.0]]) * stay + np.array([[0.0, 1.0], [1.0, 0.0]]) * (1 - stay)
    alpha = np.array([0.5, 0.5])
    total = 0.0
    for value in SAMPLES:
        alpha = (alpha @ move) * np.exp(-((value - logits[1:]) ** 2) / 2)
        total = total + np.log(alpha.sum())
        alpha = alpha / alpha.sum()
    return total


def kalman(noise):
    mean, variance, total = 0.0, 1.0, 0.0
    for value in SAMPLES:
        variance = variance + noise[0]
        spread = variance + noise[1]
        total = total + np.log(spread) + (value - mean) ** 2 / spread
        gain = variance / spread
        mean, variance = mean + gain * (value - mean), (1 - gain) * variance
    return total


def garch(p):
    variance, total = 1.0, 0.0
    for value in SAMPLES:
        total = total + np.log(variance) + value**2 / variance
        variance = p[0] + p[1] * value**2 + p[2] * variance
    return total


def nearest_centres(c):
    return np.sum(np.min((SAMPLES[:, None] - c) ** 2, axis=1))


def dynamic_time_warping(x):
    cost = (x[:, None] - SAMPLES[:3]) ** 2
    rows = [[cost[0, 0]]]
    for j in (1, 2):
        rows[0].append(rows[0][-1] + cost[0, j])
    for i in (1, 2):
        row = [rows[-1][0] + cost[i, 0]]
        for j in (1, 2):
            row.append(cost[i, j] + np.minimum(np.minimum(rows[-1][j], rows[-1][j - 1]), row[-1]))
        rows.append(row)
    return rows[-1][-1]


def pendulum(angle):
    """Where a pendulum is after 20 steps of leapfrog."""
    speed, h = 0.0, 0.1
    for _ in range(20):
        speed = speed - h * np.sin(angle)
        angle = angle + h * speed
    return angle


def gravity(x):
    return np.sum(-1 / np.sqrt(np.sum((x - PLANETS) ** 2, axis=1) + 0.01))


def gravity_gradient(x):
    d = x - PLANETS
    return np.sum(d / (np.sum(d**2, axis=1, keepdims=True) + 0.01) ** 1.5, axis=0)


def lennard_jones_cluster(x):
    p = x.reshape(3, 2)
    energy = 0.0
    for i in range(3):
        for j in range(i):
            s = 1 / np.sum((p[i] - p[j]) ** 2)
            energy = energy + 4 * (s**6 - s**3)
    return energy


def heat(diffusivity):
    u = np.array([0.0, 0.0, 1.0, 0.0, 0.0])
    for _ in range(8):
        u = u + diffusivity * (np.roll(u, 1) - 2 * u + np.roll(u, -1))
    return u


def predator_prey(p):
    prey, predators = 1.0, 0.5
    for _ in range(12):
        prey, predators = (
            prey + 0.1 * prey * (p[0] - p[1] * predators),
            predators + 0.1 * predators * (p[1] * prey - p[2]),
        )
    return prey * predators


def projectile(angle):
    """How far a ball flies with drag, by steps and a last interpolated one."""
    x = y = 0.0
    vx, vy = 10 * np.cos(angle), 10 * np.sin(angle)
    while True:
        speed = np.hypot(vx, vy)
        vx, vy = vx - 0.1 * 0.02 * speed * vx, vy - 0.1 * (9.81 + 0.02 * speed * vy)
        if y + 0.1 * vy < 0:
            return x - y * vx / vy
        x, y = x + 0.1 * vx, y + 0.1 * vy


def bond(rate):
    return np.sum(5.0 / (1 + rate) ** np.arange(1, 11)) + 100 / (1 + rate) ** 10


def bond_slope(rate):
    years = np.arange(1, 11)
    return -np.sum(5.0 * years / (1 + rate) ** (years + 1)) - 1000 / (1 + rate) ** 11


def internal_rate(cash):
    rate = 0.1
    years = np.arange(4)
    for _ in range(8):
        value = np.sum(cash / (1 + rate) ** years)
        rate = rate + value / np.sum(years * cash / (1 + rate) ** (years + 1))
    return rate


def internal_rate_gradient(cash):
    rate, years = internal_rate(cash), np.arange(4)
    return (1 + rate) ** -years.astype(float) / np.sum(years * cash / (1 + rate) ** (years + 1))


def binomial_option(volatility):
    """A European call by a tree of 8 steps."""
    up = np.exp(volatility * np.sqrt(1 / 8))
    p = (np.exp(0.03 / 8) - 1 / up) / (up - 1 / up)
    values = np.maximum(100 * up ** np.arange(-8.0, 9, 2) - 95, 0)
    for _ in range(8):
        values = np.exp(-0.03 / 8) * (p * values[1:] + (1 - p) * values[:-1])
    return values[0]


def haversine(x):
    """The distance of two places on a globe, in radii."""
    a = np.sin((x[2] - x[0]) / 2) ** 2 + np.cos(x[0]) * np.cos(x[2]) * np.sin((x[3] - x[1]) / 2) ** 2
    return 2 * np.arcsin(np.sqrt(a))


def shoelace(x):
    p = x.reshape(-1, 2)
    return 0.5 * np.sum(p[:, 0] * np.roll(p[:, 1], -1) - p[:, 1] * np.roll(p[:, 0], -1))


def heron(sides):
    s = np.sum(sides) / 2
    return np.sqrt(s * np.prod(s - sides))


def quaternion_rotation(q):
    w, x, y, z = q / np.linalg.norm(q)
    return 2 * (x * y - w * z) + (1 - 2 * (y * y + z * z))


def bezier(t):
    points = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 3.0], [4.0, 0.0]])
    while len(points) > 1:
        points = (1 - t) * points[:-1] + t * points[1:]
    return points[0]


def bilinear(p):
    image = np.arange(9.0).reshape(3, 3) ** 2
    (i, j), (a, b) = np.floor(p).astype(int), p - np.floor(p)
    return (
        image[i, j] * (1 - a) * (1 - b) + image[i + 1, j] * a * (1 - b)
        + image[i, j + 1] * (1 - a) * b + image[i + 1, j + 1] * a * b
    )  # fmt: skip


def michaelis_menten(p):
    dose = np.array([0.5, 1.0, 2.0, 4.0, 8.0])
    return np.sum((p[0] * dose / (p[1] + dose) - SAMPLES) ** 2)


def page_rank(damping):
    links = np.array([[0.0, 0.5, 1.0], [0.5, 0.0, 0.0], [0.5, 0.5, 0.0]])
    rank = np.ones(3) / 3
    for _ in range(15):
        rank = damping * links @ rank + (1 - damping) / 3
    return rank


SCENARIOS = (
    # Learning -----------------------------------------------------------------------------------------
    Scenario("network of two layers", two_layers, [0.4, -0.2, 0.3, 0.8, 1.0, -0.5], "gradient"),
    Scenario("cross-entropy of a classifier", cross_entropy, [0.2, -0.4, 0.1, 0.9], "gradient",
             closed_form=cross_entropy_gradient),
    Scenario("logistic regression with a penalty", logistic_regression, [0.5, -0.7], "gradient"),
    Scenario("attention", attention, [0.6, -0.3], "gradient"),
    Scenario("layer normalisation", layer_norm, [1.0, -2.0, 0.5, 3.0], "gradient"),
    Scenario("GELU", gelu, [-2.0, 0.0, 0.7]),
    Scenario("recurrent cell", recurrent_cell, [0.5, 0.8, -0.1], "gradient"),
    Scenario("convolution and max pooling", convolution_layer, [1.0, -0.5, 0.2], "gradient"),
    Scenario("nearest of two centres", nearest_centres, [0.0, 1.5], "gradient"),
    Scenario("nearest of two equal centres", nearest_centres, [1.0, 1.0], "gradient",
             special="every sample ties"),
    # Statistics ---------------------------------------------------------------------------------------
    Scenario("gaussian mixture", gaussian_mixture, [0.3, 0.5, 1.0, -0.2], "gradient"),
    Scenario("hidden Markov model", hidden_markov, [1.0, 0.0, 1.5], "gradient"),
    Scenario("Kalman filter", kalman, [0.3, 0.5], "gradient"),
    Scenario("volatility model", garch, [0.2, 0.3, 0.4], "gradient"),
    Scenario("enzyme kinetics", michaelis_menten, [2.0, 1.0], "gradient"),
    Scenario("dynamic time warping", dynamic_time_warping, [1.0, 0.2, 0.7], "gradient"),
    Scenario("page rank", page_rank, 0.85),
    # Physics ------------------------------------------------------------------------------------------
    Scenario("pendulum", pendulum, 1.2),
    Scenario("pendulum, upright", pendulum, np.pi, special="unstable"),
    Scenario("gravity of two bodies", gravity, [0.5, 1.0], "gradient", closed_form=gravity_gradient),
    Scenario("cluster of three atoms", lennard_jones_cluster, [0.0, 0.0, 1.1, 0.0, 0.5, 1.0], "gradient"),
    Scenario("heat in a ring", heat, 0.2),
    Scenario("predator and prey", predator_prey, [1.1, 0.8, 0.6], "gradient"),
    Scenario("projectile with drag", projectile, 0.7),
    # Finance ------------------------------------------------------------------------------------------
    Scenario("price of a bond", bond, 0.04, closed_form=bond_slope),
    Scenario("price of a bond at no interest", bond, 0.0, closed_form=bond_slope),
    Scenario("internal rate of return", internal_rate, [-100.0, 30.0, 50.0, 60.0], "gradient",
             closed_form=internal_rate_gradient),
    Scenario("option by a tree", binomial_option, 0.25),
    # Geometry -----------------------------------------------------------------------------------------
    Scenario("great circle", haversine, [0.9, 0.1, 0.5, 2.3], "gradient"),
    Scenario("great circle to the antipode", haversine, [0.0, 0.0, 0.0, np.pi], "gradient",
             special="arcsine at 1"),
    Scenario("great circle to the same place", haversine, [0.4, 1.0, 0.4, 1.0], "gradient",
             special="a root at 0"),
    Scenario("area of a polygon", shoelace, [0.0, 0.0, 3.0, 0.0, 1.0, 2.0], "gradient",
             closed_form=lambda x: np.array([-2.0, -2.0, 2.0, -1.0, 0.0, 3.0]) / 2),
    Scenario("area of a triangle by its sides", heron, [3.0, 4.0, 5.0], "gradient",
             closed_form=lambda s: s * (np.sum(s**2) - 2 * s**2) / (8 * 6.0)),
    Scenario("area of a flat triangle", heron, [3.0, 4.0, 7.0], "gradient", special="an infinite slope"),
    Scenario("area of a needle of a triangle", heron, [1e4, 1e4, 1e-4], "gradient",
             special="half its perimeter is nearly a side",
             closed_form=lambda s: np.array([2.5e-5, 2.5e-5, 5e3])),
    Scenario("rotation by a quaternion", quaternion_rotation, [0.5, 0.1, -0.7, 0.2], "gradient"),
    Scenario("Bézier curve", bezier, 0.3,
             closed_form=lambda t: np.array([3 + 6 * t - 6 * t**2, 6 - 6 * t - 9 * t**2])),
    Scenario("bilinear interpolation", bilinear, [0.3, 1.6], "gradient"),
)  # fmt: skip
