"""numpy.linalg and numpy.fft: as NumPy's own, and with its slopes."""

import numpy as np
import pytest

import multigrad
from tests.array import programs
from tests.array.programs import agrees, differentiates

LINALG = """
VECTOR: np.linalg.norm(x)
VECTOR: np.linalg.norm(x, 1)
VECTOR: np.linalg.norm(x, np.inf)
VECTOR: np.linalg.norm(x, 3)
VECTOR: np.linalg.tensorinv(np.reshape(np.eye(4)+x[0]*np.arange(16).reshape(4, 4)**.5, (2, 2, 2, 2)))
VECTOR: np.linalg.tensorsolve(np.reshape(np.diag(x[:4])+SQUARE[0, 1], (2, 2, 2, 2)), np.ones((2, 2)))
MATRIX: np.linalg.norm(x)
MATRIX: np.linalg.norm(x, axis=1)
MATRIX: np.linalg.norm(x, axis=1, keepdims=True)
MATRIX: np.linalg.norm(x, "fro")
MATRIX: np.linalg.norm(x, 2)
MATRIX: np.linalg.norm(x, "nuc")
MATRIX: np.linalg.norm(x, 1)
MATRIX: np.linalg.norm(x, -np.inf)
MATRIX: np.linalg.pinv(x)
MATRIX: np.linalg.pinv(x, rcond=1e-9)
MATRIX: np.linalg.lstsq(x.T, [1., 2., 3.])[0]
MATRIX: np.linalg.lstsq(x.T, [1., 2., 3.])
MATRIX: np.linalg.matrix_rank(x)
MATRIX: np.linalg.svd(x, full_matrices=False).S
MATRIX: np.linalg.svd(x, compute_uv=False)
MATRIX: np.linalg.svdvals(x)
MATRIX: np.linalg.qr(x)
MATRIX: np.linalg.qr(x.T)
MATRIX: np.linalg.qr(x.T, mode="r")
CUBE: np.linalg.norm(x, axis=(0, 2))
CUBE: np.linalg.norm(x, 1, axis=(2, 0))
CUBE: np.linalg.norm(x)
CUBE: np.linalg.vector_norm(x, axis=(0, 2), keepdims=True)
CUBE: np.linalg.vector_norm(x)
CUBE: np.linalg.matrix_norm(x)
CUBE: np.linalg.qr(x)
SQUARE: np.linalg.cond(x)
SQUARE: np.linalg.cond(x, 1)
SQUARE: np.linalg.det(x)
SQUARE: np.linalg.slogdet(x)
SQUARE: np.linalg.slogdet(x).logabsdet
SQUARE: np.linalg.inv(x)
SQUARE: np.linalg.solve(x, [1, 2, 3])
SQUARE: np.linalg.solve(x, x)
SQUARE: np.linalg.solve(SQUARE, x[0])
SQUARE: np.linalg.solve(np.stack([x, 2*x]), x[0])
SQUARE: np.linalg.cholesky(x@x.T)
SQUARE: np.linalg.cholesky(x@x.T, upper=True)
SQUARE: np.linalg.eigvalsh(x+x.T)
SQUARE: np.linalg.eigh(x+x.T)[0]
SQUARE: np.abs(np.linalg.eigh(x+x.T, UPLO="U").eigenvectors)
SQUARE: np.linalg.svd(x)[1]
SQUARE: np.linalg.qr(x)
"""

FOURIER = """
VECTOR: np.fft.fft(x)
VECTOR: np.fft.ifft(x)
VECTOR: np.fft.rfft(x)
VECTOR: np.fft.irfft(x)
VECTOR: np.fft.fft(x, 4)
VECTOR: np.fft.fft(x, 9, norm="ortho")
VECTOR: np.fft.rfft(x, norm="forward")
VECTOR: np.fft.hfft(x)
VECTOR: np.fft.ihfft(x)
VECTOR: np.fft.hfft(x, norm="ortho")
VECTOR: np.fft.ihfft(x, norm="forward")
VECTOR: np.fft.ifft(np.fft.fft(x)*np.fft.fftfreq(6)).real
MATRIX: np.fft.fft(x, axis=0)
MATRIX: np.fft.fft2(x)
MATRIX: np.fft.ifft2(x)
CUBE: np.fft.fftn(x)
CUBE: np.fft.ifftn(x, axes=(0, 1), norm="ortho")
CUBE: np.fft.rfftn(x)
CUBE: np.fft.rfft2(x)
CUBE: np.fft.irfftn(x+1j)
CUBE: np.fft.irfft2(x, s=(4, 5))
"""


@pytest.mark.parametrize("case", LINALG.strip().splitlines())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_linalg_answer_as_numpy_does(case: str, dtype: type) -> None:
    f, x = programs.read(case)
    agrees(f, x.astype(dtype))


@pytest.mark.parametrize("case", LINALG.strip().splitlines())
def test_linalg_differentiate(case: str) -> None:
    differentiates(*programs.read(case))


@pytest.mark.parametrize("case", FOURIER.strip().splitlines())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_fourier_answer_as_numpy_does(case: str, dtype: type) -> None:
    f, x = programs.read(case)
    agrees(f, x.astype(dtype))


@pytest.mark.parametrize("case", FOURIER.strip().splitlines())
def test_fourier_differentiate(case: str) -> None:
    differentiates(*programs.read(case))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.cholesky(x).sum(),
        lambda x: np.linalg.cholesky(x, upper=True).sum(),
        lambda x: np.linalg.eigvalsh(x) @ [1.0, 3.0],
        lambda x: np.linalg.eigvalsh(x, "U") @ [1.0, 3.0],
        lambda x: np.abs(np.linalg.eigh(x)[1]) @ [1.0, 3.0],
    ],
)
def test_the_triangle_that_numpy_does_not_read_has_no_slope(f, backend):
    x, step = np.array([[4.0, 1.0], [0.5, 3.0]]), 1e-6
    units = np.eye(4).reshape(4, 2, 2) * step
    expected = np.array([np.sum(f(x + h) - f(x - h)) / (2 * step) for h in units]).reshape(2, 2)
    assert 0.0 in (expected[0, 1], expected[1, 0])
    found = multigrad.gradient(lambda x: np.sum(f(x)), x, "cpu", backend=backend)
    np.testing.assert_allclose(found, expected, atol=1e-8)
