"""Products of vectors, matrices and tensors: as NumPy's own, and with its slopes."""

import numpy as np
import pytest

from tests.array import programs
from tests.array.programs import agrees, differentiates

PROGRAMS = """
VECTOR: np.dot(x, x)
VECTOR: np.dot(x, 2.0)
VECTOR: np.dot([1, 2, 3, 4, 5, 6], x)
VECTOR: np.vdot(x, x)
VECTOR: np.vdot(x+1j*x, x*1j)
VECTOR: np.inner(x, x)
VECTOR: np.outer(x, x[:2])
VECTOR: np.linalg.outer(x, x)
VECTOR: np.vecdot(x, x)
VECTOR: np.tensordot(x, x, 0)
VECTOR: np.kron(x, np.eye(2))
VECTOR: np.cross(x[:3], [1, 2, 3])
VECTOR: np.linalg.cross(x[:3], x[3:])
VECTOR: np.dot(np.array([x[0], x[1]]), x[:2])
MATRIX: np.dot(x, x.T)
MATRIX: x.dot(x[0])
MATRIX: x@x.T
MATRIX: np.ones(2)@x
MATRIX: np.matmul(x, np.arange(6).reshape(3, 2))
MATRIX: np.linalg.vecdot(x, x, axis=0)
MATRIX: np.einsum("ij, kj->ik", x, x)
MATRIX: np.einsum(x, [0, 1], x, [0, 2])
MATRIX: np.einsum(x, [0, 1], [1, 0])
MATRIX: np.kron(x, x)
MATRIX: np.cross(x, x[::-1])
MATRIX: np.linalg.multi_dot([x, x.T, x])
MATRIX: np.array([[x[0, 0], x[0, 1]], [x[1, 0], x[1, 1]]])@np.array([[x[0, 0], x[1, 1]], [x[1, 0], x[0, 1]]])
CUBE: np.dot(x, np.ones((4, 2)))
CUBE: np.dot(x, np.ones((5, 4, 2)))
CUBE: np.inner(x, x)
CUBE: x@np.ones(4)
CUBE: np.tensordot(x, x, axes=3)
CUBE: np.tensordot(x, x, axes=([0, 2], [0, 2]))
CUBE: np.tensordot(x, np.ones((3, 2)), axes=(1, 0))
CUBE: np.einsum("...ij, jk", x, np.ones((4, 2)))
CUBE: np.cross(x, x**2, axis=1)
CUBE: np.trace(x, 1, 0, 2)
CUBE: np.linalg.trace(x)
SQUARE: np.matvec(x, x)
SQUARE: np.vecmat(x, x)
SQUARE: np.einsum("ii", x)
SQUARE: np.einsum("ii->i", x)
SQUARE: np.trace(x)
SQUARE: np.linalg.matrix_power(x, 3)
SQUARE: np.linalg.matrix_power(x, -2)
SQUARE: np.linalg.matrix_power(x, 0)+x
"""


@pytest.mark.parametrize("case", PROGRAMS.strip().splitlines())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_programs_answer_as_numpy_does(case: str, dtype: type) -> None:
    f, x = programs.read(case)
    agrees(f, x.astype(dtype))


@pytest.mark.parametrize("case", PROGRAMS.strip().splitlines())
def test_programs_differentiate(case: str) -> None:
    differentiates(*programs.read(case))
