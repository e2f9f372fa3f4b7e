"""Linear algebra: products, solutions, factorisations and spectra, also where they are singular or degenerate.

An eigenvector has no derivative where its eigenvalue is double, but a symmetric function of the spectrum has.
"""

import numpy as np

from multigrad.comparisons.scenario import Scenario

SQUARE = [[4.0, 1.0], [2.0, 3.0]]
SPD = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]
SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
SINGULAR_3 = [[1.0, 2.0, 0.0], [0.0, 2.0, 4.0], [2.0, 0.0, -8.0]]
"""Each of its minors is 0 or a power of two: elimination in any order, with any kernel, meets a pivot of exactly 0."""
RANK_ONE_3 = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]]
TALL = [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]
A = np.array(SPD)
B = np.array([1.0, 2.0, 3.0])


def hilbert(n):
    return 1 / (np.arange(n)[:, None] + np.arange(n) + 1.0)


def symmetric(x):
    return (x + x.T) / 2


def quadratic_form(x):
    return x @ A @ x


def sum_of_solution(x):
    return np.sum(np.linalg.solve(x, np.array([1.0, 2.0])))


def solution_by_right_side(b):
    return np.sum(np.linalg.solve(A, b))


def energy(x):
    """b·A⁻¹b."""
    return B @ np.linalg.solve(symmetric(x), B)


def energy_slope(x):
    y = np.linalg.solve(x, B)
    return -np.outer(y, y)


def log_determinant(x):
    return np.linalg.slogdet(x)[1]


def log_determinant_by_cholesky(x):
    return 2 * np.sum(np.log(np.diag(np.linalg.cholesky(symmetric(x)))))


def gaussian_log_likelihood(x):
    covariance = symmetric(x)
    return -0.5 * (B @ np.linalg.inv(covariance) @ B + np.log(np.linalg.det(covariance)))


def inverse_of_a_product(x):
    return np.trace(np.linalg.inv(x @ x.T))


def largest_eigenvalue(x):
    return np.linalg.eigvalsh(symmetric(x))[-1]


def sum_of_eigenvalues(x):
    return np.sum(np.linalg.eigvalsh(symmetric(x)))


def spectral_function(x):
    """The trace of exp(x), by eigenvalues."""
    return np.sum(np.exp(np.linalg.eigvalsh(symmetric(x))))


def projection_on_top_vector(x):
    v = np.linalg.eigh(symmetric(x))[1][:, -1]
    return (v @ np.array([1.0, 0.0, 0.0])) ** 2


def reconstructed(x):
    w, v = np.linalg.eigh(symmetric(x))
    return np.sum((v * w) @ v.T * A)


def gap_of_eigenvalues(x):
    w = np.linalg.eigvalsh(symmetric(x))
    return w[1] - w[0]


def nuclear_norm(x):
    return np.sum(np.linalg.svd(x, compute_uv=False))


def nuclear_norm_slope(x):
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return u @ vh


def squared_singular_values(x):
    return np.sum(np.linalg.svd(x, compute_uv=False) ** 2)


def rank_one_part(x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return np.sum(s[0] * np.outer(u[:, 0], vh[0]) * np.array(TALL))


def condition_number(x):
    s = np.linalg.svd(x, compute_uv=False)
    return s[0] / s[-1]


def least_squares_residual(x):
    y = np.array([1.0, -1.0, 2.0])
    coefficients = np.linalg.solve(x.T @ x, x.T @ y)
    return np.sum((x @ coefficients - y) ** 2)


def least_squares_slope(x):
    y = np.array([1.0, -1.0, 2.0])
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    return 2 * np.outer(x @ coefficients - y, coefficients)


def product_of_qr_diagonal(x):
    return np.abs(np.prod(np.diag(np.linalg.qr(x)[1])))


def power_iteration(x):
    v = np.array([1.0, 1.0, 1.0])
    for _ in range(12):
        v = symmetric(x) @ v
        v = v / np.linalg.norm(v)
    return v @ x @ v


def exponential_by_series(x):
    term = total = np.eye(2)
    for n in range(1, 18):
        term = term @ x / n
        total = total + term
    return np.sum(total)


def determinant_by_hand(x):
    return x[0, 0] * x[1, 1] - x[0, 1] * x[1, 0]


def cofactors(x):
    return np.array([[x[1, 1], -x[1, 0]], [-x[0, 1], x[0, 0]]])


def cofactors_3(x):
    return np.array([np.cross(x[1], x[2]), np.cross(x[2], x[0]), np.cross(x[0], x[1])])


SCENARIOS = (
    # Products -----------------------------------------------------------------------------------------
    Scenario("dot product with itself", lambda x: x @ x, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("quadratic form", quadratic_form, [1.0, -1.0, 2.0], "gradient", closed_form=lambda x: 2 * A @ x),
    Scenario("trace of a cube", lambda x: np.trace(x @ x @ x), SQUARE, "gradient",
             closed_form=lambda x: 3 * (x @ x).T),
    Scenario("matrix power", lambda x: np.sum(np.linalg.matrix_power(x, 3)), SQUARE, "gradient"),
    Scenario("einsum over three operands", lambda x: np.einsum("i,ij,j", x, A, x), [1.0, 0.5, -1.0],
             "gradient",
             closed_form=lambda x: 2 * A @ x),
    Scenario("einsum with a repeated index", lambda x: np.einsum("ii->", x), SPD, "gradient",
             closed_form=lambda x: np.eye(3)),
    Scenario("outer and inner", lambda x: np.inner(np.outer(x, B)[0], B), [2.0, 1.0], "gradient",
             closed_form=lambda x: np.array([B @ B, 0.0])),
    Scenario("Kronecker product", lambda x: np.sum(np.kron(x, x)), [1.0, 2.0], "gradient",
             closed_form=lambda x: np.full(2, 2 * np.sum(x))),
    Scenario("cross product", lambda x: np.sum(np.cross(x, B) * np.array([1.0, 10.0, 100.0])), [1.0, 0.0, 2.0],
             "gradient", closed_form=lambda x: np.cross(B, np.array([1.0, 10.0, 100.0]))),
    Scenario("tensor contraction", lambda x: np.tensordot(x, x, axes=2), SQUARE, "gradient",
             closed_form=lambda x: 2 * x),
    Scenario("chain of matrices", lambda x: np.sum(np.linalg.multi_dot([x, x.T, x])), SQUARE, "gradient"),
    # Solving and inverting ----------------------------------------------------------------------------
    Scenario("solution by the matrix", sum_of_solution, SQUARE, "gradient"),
    Scenario("solution by the right side", solution_by_right_side, [1.0, 2.0, 3.0], "gradient",
             closed_form=lambda b: np.linalg.solve(A, np.ones(3))),
    Scenario("energy of a solution", energy, SPD, "gradient", closed_form=energy_slope),
    Scenario("inverse of a matrix", lambda x: np.sum(np.linalg.inv(x)), SQUARE, "gradient"),
    Scenario("inverse, nearly singular", lambda x: np.sum(np.linalg.inv(x)), [[1.0, 1.0], [1.0, 1.0 + 1e-7]],
             "gradient", special="digits cancel"),
    Scenario("inverse of a Hilbert matrix", lambda x: np.trace(np.linalg.inv(x)), hilbert(4), "gradient",
             special="condition 15,000"),
    Scenario("inverse of a product", inverse_of_a_product, SQUARE, "gradient"),
    Scenario("pseudo-inverse of a tall matrix", lambda x: np.sum(np.linalg.pinv(x)), TALL, "gradient"),
    Scenario("pseudo-inverse of a singular matrix", lambda x: np.sum(np.linalg.pinv(x)), SINGULAR, "gradient",
             special="its rank jumps"),
    Scenario("residual of least squares", least_squares_residual, TALL, "gradient",
             closed_form=least_squares_slope),
    Scenario("gaussian log-likelihood", gaussian_log_likelihood, SPD, "gradient"),
    Scenario("exponential of a matrix by its series", exponential_by_series, [[0.0, 1.0], [-1.0, 0.0]],
             "gradient"),
    # Determinants -------------------------------------------------------------------------------------
    Scenario("determinant", lambda x: np.linalg.det(x), SPD, "gradient", closed_form=cofactors_3),
    Scenario("determinant by hand", determinant_by_hand, SINGULAR, "gradient", closed_form=cofactors),
    Scenario("determinant of a singular matrix", lambda x: np.linalg.det(x), SINGULAR, "gradient",
             special="the inverse does not exist, the cofactors do", closed_form=cofactors),
    Scenario("determinant of a singular matrix, three by three", lambda x: np.linalg.det(x), SINGULAR_3,
             "gradient",
             special="rank 2", closed_form=cofactors_3),
    Scenario("determinant of a matrix of rank 1", lambda x: np.linalg.det(x), RANK_ONE_3, "gradient",
             special="all cofactors are 0", closed_form=lambda x: np.zeros((3, 3))),
    Scenario("determinant with a zero on the diagonal", lambda x: np.linalg.det(np.diag(x)), [2.0, 0.0, 3.0, 1.0],
             "gradient", special="the vanishing pivot is not the last",
             closed_form=lambda x: np.array([0.0, 6.0, 0.0, 0.0])),
    Scenario("determinant of a matrix of zeros", lambda x: np.linalg.det(x), np.zeros((2, 2)), "gradient",
             special="all cofactors are 0", closed_form=lambda x: np.zeros((2, 2))),
    Scenario("determinant, nearly singular", lambda x: np.linalg.det(x), [[1.0, 1.0], [1.0, 1.0 + 1e-13]],
             "gradient",
             closed_form=cofactors),
    Scenario("log-determinant", log_determinant, SPD, "gradient", closed_form=np.linalg.inv),
    Scenario("log-determinant, negative determinant", log_determinant, [[0.0, 1.0], [1.0, 0.0]], "gradient",
             closed_form=lambda x: np.linalg.inv(x).T),
    Scenario("log-determinant, underflowing", log_determinant, np.diag([1e-200, 1e-200]), "gradient",
             special="the determinant is below the smallest number",
             closed_form=lambda x: np.diag([1e200, 1e200])),
    Scenario("log-determinant by Cholesky", log_determinant_by_cholesky, SPD, "gradient",
             closed_form=np.linalg.inv),
    # Spectra ------------------------------------------------------------------------------------------
    Scenario("largest eigenvalue", largest_eigenvalue, SPD, "gradient"),
    Scenario("largest eigenvalue, double", largest_eigenvalue, [[2.0, 0.0], [0.0, 2.0]], "gradient",
             special="a cone's tip"),
    Scenario("sum of double eigenvalues", sum_of_eigenvalues, [[2.0, 0.0], [0.0, 2.0]], "gradient",
             special="smooth: the trace", closed_form=lambda x: np.eye(2)),
    Scenario("trace of the exponential", spectral_function, SPD, "gradient"),
    Scenario("trace of the exponential, double eigenvalue", spectral_function, [[1.0, 0.0], [0.0, 1.0]],
             "gradient",
             special="smooth, made of a cone", closed_form=lambda x: np.e * np.eye(2)),
    Scenario("top eigenvector", projection_on_top_vector, SPD, "gradient"),
    Scenario("reconstruction by eigenvectors", reconstructed, SPD, "gradient", closed_form=lambda x: A),
    Scenario("reconstruction, double eigenvalue", reconstructed, np.diag([2.0, 2.0, 1.0]), "gradient",
             special="smooth: f is linear", closed_form=lambda x: A),
    Scenario("gap of nearly equal eigenvalues", gap_of_eigenvalues, [[1.0, 1e-6], [1e-6, 1.0]], "gradient",
             special="near a cone's tip"),
    Scenario("nuclear norm", nuclear_norm, TALL, "gradient", closed_form=nuclear_norm_slope),
    Scenario("nuclear norm of a singular matrix", nuclear_norm, SINGULAR, "gradient",
             special="a singular value 0"),
    Scenario("squares of double singular values", squared_singular_values, [[3.0, 0.0], [0.0, 3.0]],
             "gradient",
             special="smooth: the squared norm", closed_form=lambda x: 2 * x),
    Scenario("spectral norm", lambda x: np.linalg.norm(x, 2), SQUARE, "gradient"),
    Scenario("spectral norm of double singular values", lambda x: np.linalg.norm(x, 2), [[1.0, 0.0], [0.0, 1.0]],
             "gradient", special="a cone's tip"),
    Scenario("best approximation of rank one", rank_one_part, TALL, "gradient"),
    Scenario("condition number", condition_number, SQUARE, "gradient"),
    Scenario("volume by a QR factorisation", product_of_qr_diagonal, TALL, "gradient"),
    Scenario("power iteration", power_iteration, SPD, "gradient"),
    Scenario("Frobenius norm", lambda x: np.linalg.norm(x, "fro"), SQUARE, "gradient",
             closed_form=lambda x: x / np.linalg.norm(x)),
    Scenario("largest row sum", lambda x: np.linalg.norm(x, np.inf), SQUARE, "gradient",
             special="two rows tie"),
)  # fmt: skip
