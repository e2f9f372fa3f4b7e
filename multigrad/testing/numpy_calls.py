"""Calls of every NumPy function that has a derivative, as text: what `numpy_coverage` runs.

A line names the point at which x lies, and a call of x. The first function that it names is the one that it is
about. Points lie off kinks and jumps, and no two entries are alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

POINTS: dict[str, Array] = {
    "V": np.array([0.7, -1.3, 2.1, 0.4, -0.6, 1.9]),  # any vector
    "P": np.array([0.7, 1.3, 2.1, 0.4]),  # positive
    "I": np.array([0.7, -0.3, 0.2, -0.85]),  # inside -1 and 1
    "A": np.array([1.7, 2.3, 1.2]),  # above 1
    "M": np.array([[1.2, -0.4, 0.9], [0.3, 2.2, -1.1]]),  # a matrix
    "S": np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.6], [-0.2, 0.5, 3.0]]),  # a square one
    "C": np.cos(np.arange(1.0, 13.0)).reshape(2, 3, 2),  # a cube
}

UNARY = {
    "V": """absolute fabs negative positive sign square reciprocal exp exp2 expm1 sin cos tan arctan sinh cosh tanh
        arcsinh cbrt deg2rad rad2deg degrees radians rint floor ceil trunc conjugate modf frexp sinc i0 fix around
        round nan_to_num real imag angle real_if_close""",
    "P": "sqrt log log2 log10 log1p",
    "I": "arcsin arccos arctanh",
    "A": "arccosh",
}
BINARY = {
    "V": """add subtract multiply divide maximum minimum fmax fmin arctan2 hypot logaddexp logaddexp2 copysign
        heaviside fmod remainder floor_divide divmod nextafter""",
    "P": "power float_power",
}
ALONG_AXES = "sum prod mean std var max min median ptp nansum nanprod nanmean nanstd nanvar nanmax nanmin nanmedian"
ALONG_AN_AXIS = "cumsum cumprod nancumsum nancumprod cumulative_sum cumulative_prod sort diff flip unwrap"
METHODS = """sum() prod() mean() std() var() max() min() cumsum() cumprod() dot(x[::-1]) clip(0,1) round(1) copy()
    ravel() flatten() reshape(2,-1) repeat(2) take([1,0]) compress(x>0) squeeze() swapaxes(0,0) diagonal() trace()
    transpose() astype(float) conj() T real tolist()""".split()
"""Of ndarray; those that write stand among the calls below."""

CALLS = """
V np.clip(x, -0.5, 1.0)
V np.clip(x, x[::-1] - 2, None)
V np.where(x > 0, x**2, np.sin(x))
V np.select([x > 1, x > 0], [x, x**2], x**3)
V np.choose([0, 1, 0, 1, 0, 1], [x, x**2])
V np.piecewise(x, [x < 0, x > 1], [lambda t: t**2, lambda t: 3 * t, 7.0])
V np.interp(x, [-2.0, 0.1, 3.0], [1.0, 4.0, 2.0])
V np.interp(0.3, np.sort(x), x**2)
V np.ldexp(x, 2)
V np.spacing(x) * x
A np.average(x, weights=x**2)
M np.average(x, axis=0, weights=[0.3, 0.7])
M np.percentile(x, [20, 70], axis=1)
M np.quantile(x, 0.35)
P np.nanpercentile(np.where(x > 2, np.nan, x), 30)
P np.nanquantile(np.where(x > 2, np.nan, x), [0.2, 0.7])
P np.nansum(np.where(x > 2, np.nan, x * 2))
P np.nanmedian(np.where(x > 2, np.nan, x))
P np.nanstd(np.where(x > 2, np.nan, x))
M np.corrcoef(x)
M np.cov(x)
V np.cov(x, x**2)
V np.gradient(x**2)
M np.gradient(x, 0.5, axis=1)
V np.trapezoid(x, dx=0.5)
V np.trapezoid(x**2, x)
V np.ediff1d(x, to_end=x[0])
V np.convolve(x, x[:3], mode="same")
V np.correlate(x, [1.0, 2.0, 0.5], mode="full")
V np.bincount([0, 2, 1, 2, 0, 1], weights=x)
V np.histogram([0.1, 0.4, 0.4, 0.9, 0.2, 0.3], bins=3, weights=x)[0]
V np.histogram2d([0.1, 0.4, 0.4, 0.9, 0.2, 0.3], [0.1, 0.4, 0.4, 0.9, 0.2, 0.3], bins=2, weights=x)[0]
V np.histogramdd(np.ones((6, 1)) * [[0.5]], bins=2, weights=x)[0]
V np.vander(x, 3)
V np.reshape(x, (2, 3))
M np.reshape(x, -1, order="F")
M np.ravel(x)
M np.transpose(x)
M np.permute_dims(x, (1, 0))
M np.matrix_transpose(x)
C np.swapaxes(x, 0, 2)
C np.moveaxis(x, 0, -1)
C np.rollaxis(x, 2)
V np.expand_dims(x, 0)
V np.squeeze(x[None])
V np.atleast_1d(x[0])
V np.atleast_2d(x)
V np.atleast_3d(x)
V np.broadcast_to(x, (2, 6))
V np.broadcast_arrays(x, np.ones((2, 1)))
V np.meshgrid(x, x[:2])
M np.fliplr(x)
M np.flipud(x)
M np.rot90(x)
V np.roll(x, 2)
M np.roll(x, 1, axis=1)
V np.repeat(x, [1, 0, 2, 1, 1, 1])
V np.tile(x, 2)
V np.resize(x, (2, 4))
V np.delete(x, [1, 3])
V np.insert(x, 1, x[0] ** 2)
V np.append(x, x[:2])
V np.trim_zeros(np.concatenate([np.zeros(2), x]))
V np.pad(x, 2)
V np.pad(x, 2, mode="reflect")
V np.pad(x, 2, mode="mean")
V np.concatenate([x, [1.0], x[:2]])
V np.concat([x, x])
V np.stack([x, x**2], axis=-1)
V np.vstack([x, x])
V np.hstack([x, 1.0])
V np.dstack([x, x])
V np.column_stack([x, x**2])
V np.block([x, x])
V np.split(x, 3)
V np.array_split(x, 4)
M np.hsplit(x, 3)
M np.vsplit(x, 2)
C np.dsplit(x, 2)
V np.unstack(x)
V np.unique(x)
V np.unique_values(x)
V np.unique_all(x).values
V np.unique_counts(x).values
V np.unique_inverse(x).values
V np.union1d(x, [0.5])
V np.partition(x, 2)
V np.sort_complex(x)
V np.take(x, [0, 2])
V np.take_along_axis(x, np.array([1, 0]), 0)
V np.compress(x > 0, x)
V np.extract(x > 0, x)
S np.diag(x)
V np.diag(x)
S np.diagonal(x, 1)
V np.diagflat(x)
S np.tril(x)
S np.triu(x, 1)
S np.trace(x)
V np.copy(x)
V np.astype(x, np.float64)
V np.zeros_like(x) + x
V np.ones_like(x) * x
V np.empty_like(x) * 0 + x
V np.full_like(x, x[0])
V np.full(3, x[0])
V np.linspace(x[0], x[1], 5)
P np.logspace(x[0], 2, 4)
P np.geomspace(x[0], x[2], 4)
V np.dot(x, x[::-1])
V np.vdot(x, x**2)
V np.inner(x, x**2)
V np.outer(x, x[:2])
S np.matmul(x, x.T)
M np.vecdot(x, x**2)
S np.matvec(x, x[0])
S np.vecmat(x[0], x)
M np.tensordot(x, x, axes=([1], [1]))
M np.einsum("ij,kj->ik", x, x)
S np.einsum("ii", x)
M np.kron(x, x[0])
M np.cross(x[0], x[1])
S np.linalg.norm(x)
V np.linalg.norm(x, 3)
S np.linalg.norm(x, "nuc")
M np.linalg.norm(x, axis=1)
V np.linalg.vector_norm(x)
S np.linalg.matrix_norm(x)
S np.linalg.cond(x)
S np.linalg.det(x)
S np.linalg.slogdet(x)
S np.linalg.inv(x)
S np.linalg.solve(x, x[0])
S np.linalg.pinv(x[:, :2])
S np.linalg.lstsq(x[:, :2], x[2])[0]
S np.linalg.cholesky(x @ x.T)
S np.linalg.eigh(x + x.T)[0]
S np.linalg.eigh(x + x.T)[1] ** 2
S np.linalg.eigvalsh(x + x.T)
S np.linalg.svd(x)[1]
M np.linalg.svd(x, full_matrices=False)[2] ** 2
M np.linalg.svdvals(x)
S np.linalg.qr(x)
S np.linalg.matrix_power(x, -2)
S np.linalg.multi_dot([x, x.T, x])
V np.linalg.outer(x, x)
S np.linalg.matmul(x, x)
S np.linalg.diagonal(x)
S np.linalg.trace(x)
M np.linalg.matrix_transpose(x)
M np.linalg.vecdot(x, x**2)
M np.linalg.cross(x[0], x[1])
M np.linalg.tensordot(x, x.T, axes=1)
S np.linalg.tensorinv(x, ind=1)
S np.linalg.tensorsolve(x, x[0])
V np.fft.fft(x)
V np.fft.ifft(x)
V np.fft.rfft(x)
V np.fft.irfft(x)
V np.fft.hfft(x)
V np.fft.ihfft(x)
M np.fft.fft2(x)
M np.fft.ifft2(x)
M np.fft.rfft2(x)
M np.fft.irfft2(x)
M np.fft.fftn(x)
M np.fft.ifftn(x)
M np.fft.rfftn(x)
M np.fft.irfftn(x)
V np.fft.fftshift(x)
V np.fft.ifftshift(x)
A np.poly(x)
V np.polyadd(x, x[:2])
V np.polysub(x, x[:2])
V np.polymul(x, x[:2])
V np.polydiv(x, x[:3])
V np.polyder(x)
V np.polyint(x)
V np.polyval(x, 1.5)
V np.polyfit(np.arange(6.0), x, 2)
A np.roots(np.poly(x))
M np.apply_along_axis(lambda row: row @ row, 1, x)
C np.apply_over_axes(np.sum, x, [0, 2])
V list(x.flat)
V np.array([x[0], 1.0, x[1] ** 2])
V np.asarray(x) ** 2
V np.vectorize(lambda t: t**2 if t > 0 else -t)(x)
V np.frompyfunc(lambda t: t**2, 1, 1)(x)
M np.add.reduce(x, axis=1)
M np.multiply.reduce(x)
M np.maximum.reduce(x)
V np.logaddexp.reduce(x)
V np.add.accumulate(x)
V np.multiply.accumulate(x)
V np.maximum.accumulate(x)
V np.add.reduceat(x, [0, 3, 1])
V np.multiply.outer(x, x[:2])
V np.add.at(y := x.copy(), [0, 0, 2], x[:3]) or y
V np.put(y := x.copy(), [1, 2], x[:2] ** 2) or y
V np.place(y := x.copy(), x > 0, x[:2] ** 2) or y
V np.putmask(y := x.copy(), x > 0, x**2) or y
V np.put_along_axis(y := x.copy(), np.array([1, 2]), x[:2] ** 2, 0) or y
V np.copyto(y := x.copy(), x**2, where=x > 0) or y
S np.fill_diagonal(y := x.copy(), x[0] ** 2) or y
V (y := x.copy()).sort() or y
V (y := x.copy()).fill(x[0]) or y
V (y := x.copy()).put([1, 2], x[:2] ** 2) or y
"""


@dataclass(frozen=True)
class Call:
    """One call of one function."""

    function: str
    body: str
    x: Array
    f: Callable[[Any], Any]
    """One number that depends on every entry of the answer, each in its own way."""


def weighed(answer: Any) -> Any:
    """A sum of every entry of an answer with uneven weights; of tuples and lists too."""
    if isinstance(answer, (tuple, list)):
        return sum(weighed(part) * (k + 1.0) for k, part in enumerate(answer))
    if not hasattr(answer, "dtype"):
        return answer
    if answer.dtype.kind == "c":
        return weighed(np.real(answer)) + 0.7 * weighed(np.imag(answer))
    if answer.dtype.kind == "O":
        return sum(entry * np.cos(k) for k, entry in enumerate(answer.ravel().tolist()))
    return np.sum(answer * np.cos(np.arange(np.size(answer))).reshape(np.shape(answer)))


def _lines() -> list[str]:
    by_domain = [(p, name) for p, names in UNARY.items() for name in names.split()]
    lines = [f"{point} np.{name}(x)" for point, name in by_domain]
    for point, names in BINARY.items():
        lines += [f"{point} np.{name}(x, np.abs(x[::-1]) + 0.35)" for name in names.split()]
    for name in ALONG_AXES.split():
        lines += [f"V np.{name}(x)", f"C np.{name}(x, axis=(0, 2), keepdims=True)"]
    lines += [f"M np.{name}(x, axis=1)" for name in ALONG_AN_AXIS.split()]
    lines += [f"{'S' if method[:4] in ('diag', 'trac') else 'V'} x.{method}" for method in METHODS]
    return lines + CALLS.strip().splitlines()


def calls() -> list[Call]:
    """Every call, of the functions that this NumPy has."""
    found = []
    for line in _lines():
        point, _, body = line.partition(" ")
        name = re.search(r"np(\.\w+)+|(?<=[x)]\.)\w+", body)
        assert name is not None, line
        function = name[0] if name[0].startswith("np.") else f"ndarray.{name[0]}"
        if _is_here(function):
            answer = eval(f"lambda x: {body}", {"np": np})
            f = lambda x, answer=answer: weighed(answer(x))  # noqa: E731  it binds the answer of this turn
            found.append(Call(function, body, POINTS[point], f))
    return found


def _is_here(function: str) -> bool:
    room, found = {"np": np, "ndarray": np.ndarray}, None
    head, *rest = function.split(".")
    found = room[head]
    for name in rest:
        found = getattr(found, name, None)
    return found is not None


__all__ = ["Call", "calls", "weighed"]
