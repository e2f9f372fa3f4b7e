"""Products and factorisations over object arrays of mpmath numbers.

Every operation is rounded to the context's precision, without guard digits: where the rounding of f's own
arithmetic is imitated, a factorisation loses the digits that a factorisation loses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from multigrad.comparisons.referee.arrays import Array, Arrays, Row, boxed
from multigrad.comparisons.referee.scalars import to_complex

SINGULAR = "Singular matrix"  # NumPy's own words


class Matrices:
    """The rows over matrices; stacks of matrices are taken one by one."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.context = arrays.context
        self.divide = arrays.scalars.functions["divide"]

    def table(self) -> dict[str, Row]:
        """Every row that is not composed from others."""
        return {
            "matmul": self._product(np.matmul),
            "einsum": self._product(np.einsum),
            "linalg.det": self._stacked(self.det),
            "linalg.slogdet": self._stacked(self.slogdet),
            "linalg.inv": self._stacked(lambda a: self.solve_one(a, self.identity(len(a)))),
            "linalg.solve": self.solve,
            "linalg.cholesky": self._stacked(self.cholesky),
            "linalg.eigh": self._stacked(self.eigh),
            "linalg.svd": self._stacked(self.svd),
            "linalg.tall_qr": self._stacked(self.tall_qr),
            "linalg.pinv": self._stacked(self.pinv),
        }

    def _product(self, product: Callable[..., Any]) -> Row:
        def row(*operands: Any) -> Array:
            subscripts = [x for x in operands if isinstance(x, str)]
            factors = self.arrays.alike(*operands[len(subscripts) :])
            result = boxed(product(*subscripts, *factors))
            return self.arrays.lifted(result) if factors[0].dtype == object else result

        return row

    def _stacked(self, function: Callable[[Array], Any]) -> Row:
        """A function of one matrix over stacks of them; its answers are numbers or arrays, one or several."""

        def row(x: Array) -> Any:
            x = self.arrays.lifted(x)
            lead = x.shape[:-2]
            answers = [function(matrix) for matrix in x.reshape(-1, *x.shape[-2:])]
            if not isinstance(answers[0], tuple):
                return _restacked(answers, lead)
            return tuple(_restacked(part, lead) for part in zip(*answers, strict=True))

        return row

    def solve(self, a: Array, b: Array) -> Array:
        a, b = self.arrays.lifted(a), self.arrays.lifted(b)
        lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a, b = (np.broadcast_to(x, lead + x.shape[-2:]).reshape(-1, *x.shape[-2:]) for x in (a, b))
        return _restacked([self.solve_one(*pair) for pair in zip(a, b, strict=True)], lead)

    def identity(self, n: int) -> Array:
        return self.arrays.lifted(np.eye(n))

    def eliminate(self, a: Array, b: Array) -> tuple[Array, Array, int]:
        """Upper triangle, right-hand side and sign of Gaussian elimination with partial pivoting."""
        a, b, sign = a.copy(), b.copy(), 1
        for k in range(len(a)):
            pivot = max(range(k, len(a)), key=lambda i: abs(a[i, k]))
            if pivot != k:
                a[[k, pivot]], b[[k, pivot]], sign = a[[pivot, k]], b[[pivot, k]], -sign
            if a[k, k] == 0:
                continue
            factors = boxed(np.frompyfunc(lambda x, p=a[k, k]: self.divide(x, p), 1, 1)(a[k + 1 :, k]))
            a[k + 1 :, k:] -= factors[:, None] * a[k, k:]
            b[k + 1 :] -= factors[:, None] * b[k]
        return a, b, sign

    def solve_one(self, a: Array, b: Array) -> Array:
        upper, x, _ = self.eliminate(a, b)
        for k in range(len(a))[::-1]:
            if upper[k, k] == 0:
                raise np.linalg.LinAlgError(SINGULAR)
            rest = boxed(upper[k, k + 1 :] @ x[k + 1 :]) if k + 1 < len(a) else 0
            x[k] = np.frompyfunc(lambda y, p=upper[k, k]: self.divide(y, p), 1, 1)(x[k] - rest)
        return x

    def det(self, a: Array) -> Any:
        upper, _, sign = self.eliminate(a, a[:, :0])
        return np.prod(np.diagonal(upper), initial=self.context.mpf(sign))

    def slogdet(self, a: Array) -> tuple[Any, Any]:
        upper, _, sign = self.eliminate(a, a[:, :0])
        functions, diagonal = self.arrays.scalars.functions, np.diagonal(upper).tolist()
        sign = self.context.mpf(sign)
        for x in diagonal:
            sign = sign * functions["sign"](x)
        return sign, sum((functions["log"](abs(x)) for x in diagonal), self.context.zero)

    def cholesky(self, a: Array) -> Array:
        lower = self.arrays.lifted(np.zeros(a.shape))
        for i, j in zip(*np.tril_indices(len(a)), strict=True):
            rest = a[i, j] - sum((lower[i, k] * lower[j, k].conjugate() for k in range(j)), self.context.zero)
            if i == j and not rest.real > 0:
                raise np.linalg.LinAlgError("Matrix is not positive definite")
            lower[i, j] = self.context.sqrt(rest.real) if i == j else rest / lower[j, j]
        return lower

    # Factorisations whose vectors have no sign of their own: they take those that NumPy gives ---------------

    def eigh(self, a: Array) -> tuple[Array, Array]:
        full = a.copy()
        for i, j in zip(*np.triu_indices(len(a), 1), strict=True):
            full[i, j] = a[j, i].conjugate()
        values, vectors = self.context.eigh(self.context.matrix(full.tolist()))
        w, v = _vector(values), _matrix(vectors)
        order = sorted(range(len(w)), key=lambda k: w[k])
        w, v = w[order], v[:, order]
        return w, v * self._signs(v, np.linalg.eigh(_hosted(a))[1])

    def svd(self, a: Array) -> tuple[Array, Array, Array]:
        u, s, vh = self.context.svd(self.context.matrix(a.tolist()))
        u, s, vh = _matrix(u), _vector(s), _matrix(vh)
        signs = self._signs(u, np.linalg.svd(_hosted(a), full_matrices=False)[0])
        return u * signs, s, signs[:, None] * vh

    def tall_qr(self, a: Array) -> tuple[Array, Array]:
        """Of a matrix with no more columns than rows."""
        q, r = self.context.qr(self.context.matrix(a.tolist()), mode="skinny", edps=0)
        q, r = _matrix(q), _matrix(r)
        signs = self._signs(q, np.linalg.qr(_hosted(a))[0])
        return q * signs, signs[:, None] * r

    def _signs(self, vectors: Array, like: Array) -> Array:
        agree = np.sum(_hosted(vectors).conj() * like, 0).real >= 0
        return self.arrays.lifted(np.where(agree, 1, -1))

    def pinv(self, a: Array) -> Array:
        u, s, vh = self.svd(a)
        cutoff = 1e-15 * max(s)  # NumPy's
        inverse = np.array([1 / x if x > cutoff else self.context.zero for x in s], dtype=object)
        conjugate = np.frompyfunc(lambda x: x.conjugate(), 1, 1)
        return boxed(conjugate(vh).T * inverse @ conjugate(u).T)


def _restacked(answers: Sequence[Any], lead: tuple[int, ...]) -> Array:
    shape = np.shape(answers[0])
    return np.array(answers, dtype=object).reshape(lead + shape)


def _hosted(a: Array) -> Array:
    host = np.array([to_complex(x) for x in a.ravel()]).reshape(a.shape)
    return host if np.any(host.imag) else host.real


def _matrix(m: Any) -> Array:
    result = np.empty((m.rows, m.cols), dtype=object)
    for at in np.ndindex(result.shape):
        result[at] = m[at]
    return result


def _vector(m: Any) -> Array:
    return _matrix(m).ravel()


__all__ = ["Matrices"]
