"""autograd's rows: its own functions by name, and what it has no rule for composed from them.

autograd wraps all of NumPy, so a function exists for every name, but only some have derivative rules, and of
those some only in reverse. `AutogradBackend.jvp` goes round the latter; the former are composed here where
`rows.py` requires them and left out where it does not.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import autograd.numpy as anp
import numpy as np
import numpy.typing as npt
from autograd.extend import defjvp, defvjp, primitive
from autograd.tracer import getval, isbox

from multigrad.backends.rows import (
    BINARY,
    COMPARISONS,
    LOGICAL,
    REDUCTIONS,
    UNARY,
    UNARY_PREDICATES,
)
from multigrad.errors import NotDifferentiable

Native = Any
Axes = tuple[int, ...]
Index = tuple[Any, ...]

OPTIONAL_WITH_RULES = "sinc deg2rad rad2deg angle nan_to_num logaddexp2".split()
SPECIAL_WITH_RULES = "erf erfc expit gammaln digamma i0 i1".split()


# Primitives of our own, where autograd has no rule, or one for some arguments only -----------------------


@primitive
def cast(x: Native, dtype: npt.DTypeLike) -> Native:
    return np.asarray(x).astype(dtype)


defvjp(cast, lambda ans, x, dtype: lambda g: astype(g, anp.result_type(x)))
defjvp(cast, lambda g, ans, x, dtype: astype(g, dtype))


@primitive
def _write(x: Native, index: Index, value: Native) -> Native:
    changed = np.array(x)
    changed[index] = value
    return changed


def _write_vjp_value(ans: Native, x: Native, index: Index, value: Native) -> Callable[[Native], Native]:
    return lambda g: _summed_to(g[index], np.shape(getval(value)))


defvjp(
    _write,
    lambda ans, x, index, value: lambda g: _write(g, index, 0.0),
    _write_vjp_value,
    argnums=(0, 2),
)
defjvp(
    _write,
    lambda g, ans, x, index, value: _write(g, index, 0.0),
    lambda g, ans, x, index, value: _write(np.zeros(np.shape(getval(x)), anp.result_type(g)), index, g),
    argnums=(0, 2),
)


def _summed_to(g: Native, shape: Axes) -> Native:
    """The transpose of broadcasting from `shape`."""
    extra = np.ndim(getval(g)) - len(shape)
    stretched = tuple(k for k, n in enumerate(anp.shape(g)) if k < extra or (shape[k - extra] == 1 != n))
    return anp.reshape(anp.sum(g, axis=stretched), shape) if stretched or extra else g


# Structure -------------------------------------------------------------------------------------------


def astype(x: Native, dtype: npt.DTypeLike) -> Native:
    """x in another dtype; recorded only where both sides can carry a slope."""
    target = np.dtype(dtype)
    if target.kind not in "fc":
        return np.asarray(getval(x)).astype(target)
    given = anp.result_type(x)
    if given.kind == "c" and target.kind == "f":
        x = anp.real(x)
    return x if given == target else cast(x, target)


def broadcast_to(x: Native, shape: Axes) -> Native:
    """autograd's own rule cannot add axes, nor stretch one to length 0."""
    given = anp.shape(x)
    if given == shape:
        return x
    if 0 in shape:
        return x + np.zeros(shape, anp.result_type(x))
    return anp.broadcast_to(anp.reshape(x, (1,) * (len(shape) - len(given)) + given), shape)


def where(condition: Native, a: Native, b: Native) -> Native:
    """autograd's own rule forgets to sum over broadcast axes."""
    shape = np.broadcast_shapes(*map(np.shape, map(getval, (condition, a, b))))
    a, b = (broadcast_to(x, shape) if isbox(x) else x for x in (a, b))
    return anp.where(condition, a, b)


def clip(x: Native, low: Native, high: Native) -> Native:
    """autograd's own has no rule for recorded bounds, nor for bounds that are larger than x."""
    bounds = [bound for bound in (low, high) if bound is not None]
    if any(map(isbox, bounds)):
        raised = x if low is None else anp.maximum(x, low)
        return raised if high is None else anp.minimum(raised, high)
    shape = np.broadcast_shapes(np.shape(getval(x)), *map(np.shape, bounds))
    return anp.clip(broadcast_to(x, shape), low, high)


def getitem(x: Native, index: Index) -> Native:
    return x[index]


def set_at(x: Native, index: Index, value: Native) -> Native:
    return _write(x, index, value)


def gather(x: Native, positions: npt.NDArray[np.int64]) -> Native:
    return x[(positions,)]


def argsort(x: Native, axis: int) -> Native:
    return np.argsort(getval(x), axis, stable=True)


def sort(x: Native, axis: int) -> Native:
    """autograd's own rule is for one dimension."""
    order = argsort(x, axis)
    index = list(np.indices(order.shape, sparse=True))
    index[axis] = order
    return x[tuple(index)]


def concatenate(arrays: Sequence[Native], axis: int) -> Native:
    return anp.concatenate(arrays, axis)


def stack(arrays: Sequence[Native], axis: int) -> Native:
    return anp.stack(arrays, axis)


# Reductions ------------------------------------------------------------------------------------------


def _merged(x: Native, axes: Axes) -> Native:
    """x with the given axes merged into a last one."""
    shape = anp.shape(x)
    kept = tuple(k for k in range(len(shape)) if k not in axes)
    return anp.reshape(anp.transpose(x, kept + axes), (*(shape[k] for k in kept), _count(shape, axes)))


def _count(shape: Axes, axes: Axes) -> int:
    return int(np.prod([shape[k] for k in axes], dtype=int))


def _kept(x: Native, shape: Axes, axes: Axes, keepdims: bool) -> Native:
    """A reduced x, with the axes that it lost put back as ones where they are to be kept."""
    return anp.reshape(x, tuple(1 if k in axes else n for k, n in enumerate(shape))) if keepdims else x


def _reduction(function: Callable[..., Native]) -> Callable[..., Native]:
    def row(x: Native, axes: Axes, keepdims: bool, *ddof: int) -> Native:
        shape = anp.shape(x)
        options = {"ddof": ddof[0]} if ddof else {}
        if len(axes) == 1:
            return function(x, axis=axes[0], keepdims=keepdims, **options)
        # Several axes at once have no rule that works in both modes for each of these functions.
        return _kept(function(_merged(x, axes), axis=-1, **options), shape, axes, keepdims)

    return row


def _along(function: Callable[..., Native]) -> Callable[..., Native]:
    return lambda x, axis, keepdims: function(getval(x), axis=axis, keepdims=keepdims)


# Products --------------------------------------------------------------------------------------------


def einsum(subscripts: str, *operands: Native) -> Native:
    """autograd's own rule cannot repeat a letter within one operand: diagonals are taken first."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if not arrow:
        letters = inputs.replace("...", "").replace(",", "")
        output = "..." * ("..." in inputs) + "".join(c for c in sorted(set(letters)) if letters.count(c) == 1)
    pairs = [_diagonal(term, operand) for term, operand in zip(terms, operands, strict=True)]
    return anp.einsum(f"{','.join(term for term, _ in pairs)}->{output}", *(x for _, x in pairs))


def _diagonal(term: str, x: Native) -> tuple[str, Native]:
    unique = "..." * ("..." in term) + "".join(dict.fromkeys(term.replace("...", "")))
    if len(unique) == len(term):
        return term, x
    shape = anp.shape(x)
    size = int(np.prod(shape))
    positions = np.einsum(f"{term}->{unique}", np.arange(size).reshape(shape))
    return unique, gather(anp.reshape(x, (size,)), positions)


# Linear algebra --------------------------------------------------------------------------------------


def norm(x: Native, ord: Any, axes: Axes | None, keepdims: bool) -> Native:
    """autograd's own for the orders that it has rules for, NumPy's definition for the others."""
    if axes is None:
        axes, answer = tuple(range(np.ndim(getval(x)))), anp.linalg.norm(anp.reshape(x, (-1,)))
    elif len(axes) == 1:
        answer = _vector_norm(x, ord, axes[0])
    else:
        answer = _matrix_norm(x, ord, axes)
    return _kept(answer, anp.shape(x), axes, keepdims)


def _vector_norm(x: Native, ord: Any, axis: int) -> Native:
    if ord is None or 1 < ord < np.inf:
        return anp.linalg.norm(x, ord, axis)
    size = anp.absolute(x)
    if ord == np.inf:
        return anp.max(size, axis)
    if ord == -np.inf:
        return anp.min(size, axis)
    if ord == 0:
        return np.linalg.norm(getval(x), 0, axis)
    if ord == 1:
        return anp.sum(size, axis)
    return anp.sum(size**ord, axis) ** (1.0 / ord)


def _matrix_norm(x: Native, ord: Any, axes: Axes) -> Native:
    if ord is None or ord == "fro":
        return anp.linalg.norm(x, ord, axes)
    rest = tuple(k for k in range(np.ndim(getval(x))) if k not in axes)
    matrix = anp.transpose(x, rest + axes)
    if ord in ("nuc", 2, -2):
        values = svdvals(matrix)
        return anp.sum(values, -1) if ord == "nuc" else _extreme(values, ord)
    if ord in (1, -1):
        return _extreme(anp.sum(anp.absolute(matrix), -2), ord)
    if ord in (np.inf, -np.inf):
        return _extreme(anp.sum(anp.absolute(matrix), -1), ord)
    raise ValueError(f"ord={ord!r} is no matrix norm's; expected None, 'fro', 'nuc', ±1, ±2 or ±inf")


def _extreme(values: Native, ord: float) -> Native:
    return anp.max(values, -1) if ord > 0 else anp.min(values, -1)


def solve(a: Native, b: Native) -> Native:
    """autograd's own rule forgets to sum over broadcast axes."""
    lead = np.broadcast_shapes(anp.shape(a)[:-2], anp.shape(b)[:-2])
    a, b = (broadcast_to(x, lead + anp.shape(x)[-2:]) for x in (a, b))
    return anp.linalg.solve(a, b)


def slogdet(x: Native) -> tuple[Native, Native]:
    answer = anp.linalg.slogdet(x)
    return answer[0], answer[1]


def eigh(x: Native) -> tuple[Native, Native]:
    answer = anp.linalg.eigh(x)
    return answer[0], answer[1]


def svd(x: Native) -> tuple[Native, Native, Native]:
    answer = anp.linalg.svd(x, full_matrices=False)
    return answer[0], answer[1], answer[2]


def svdvals(x: Native) -> Native:
    return anp.linalg.svd(x, full_matrices=False, compute_uv=False)


@primitive
def qr(x: Native) -> tuple[Native, Native]:
    """Reduced, as autograd's own, which has no rule."""
    q, r = np.linalg.qr(x)
    return q, r


def _qr_vjp(ans: Any, x: Native) -> Callable[[Any], Native]:
    if anp.shape(x)[-2] < anp.shape(x)[-1]:
        raise NotDifferentiable(
            f"linalg.qr of an array of shape {anp.shape(x)} has no derivative on autograd; "
            "expected at least as many rows as columns"
        )
    q, r = ans[0], ans[1]

    def vjp(g: Any) -> Native:
        # A common form: (g_Q + Q S) R⁻ᵀ, where S is the lower triangle of R g_Rᵀ - g_Qᵀ Q, mirrored.
        lower = anp.matmul(r, _turned(g[1])) - anp.matmul(_turned(g[0]), q)
        mirrored = anp.tril(lower) + _turned(anp.tril(lower, -1))
        return _turned(anp.linalg.solve(r, _turned(g[0] + anp.matmul(q, mirrored))))

    return vjp


defvjp(qr, _qr_vjp)


def _turned(x: Native) -> Native:
    return anp.swapaxes(x, -1, -2)


# Fourier transforms ------------------------------------------------------------------------------------


def rfft(x: Native, n: int | None, axis: int) -> Native:
    """autograd's own rule is for even lengths."""
    n = anp.shape(x)[axis] if n is None else n
    return anp.fft.fft(x, n, axis)[(slice(None),) * axis + (slice(n // 2 + 1),)]


def irfft(x: Native, n: int | None, axis: int) -> Native:
    """autograd's own rule is for even lengths: write out the half of the spectrum that is implied."""
    n = 2 * (anp.shape(x)[axis] - 1) if n is None else n
    lead = (slice(None),) * axis
    half = x[(*lead, slice(n // 2 + 1))]
    missing = n // 2 + 1 - anp.shape(half)[axis]
    if missing:
        shape = tuple(missing if k == axis else m for k, m in enumerate(anp.shape(half)))
        half = concatenate([half, np.zeros(shape, anp.result_type(half))], axis)
    mirrored = anp.conjugate(half[(*lead, slice(n - n // 2 - 1, 0, -1))])
    return anp.real(anp.fft.ifft(concatenate([half, mirrored], axis), n, axis))


# The table -------------------------------------------------------------------------------------------


def _special(name: str) -> Callable[[Native], Native]:
    """Imports SciPy when it is called: it is no dependency, and takes a tenth of a second."""
    return lambda x: getattr(import_module("autograd.scipy.special"), name)(x)


def table() -> dict[str, Callable[..., Native]]:
    """Every row by NumPy's name."""
    rows: dict[str, Callable[..., Native]] = {
        name: getattr(anp, name)
        for name in (*UNARY, *UNARY_PREDICATES, *BINARY, *COMPARISONS, *LOGICAL, *OPTIONAL_WITH_RULES)
    }
    rows |= {name: _reduction(getattr(anp, name)) for name in REDUCTIONS if name not in ("argmax", "argmin")}
    rows |= {"argmax": _along(np.argmax), "argmin": _along(np.argmin)}
    rows |= {
        "signbit": lambda x: np.signbit(getval(x)),
        "cumsum": anp.cumsum, "sort": sort, "argsort": argsort,
        "where": where, "clip": clip, "astype": astype, "reshape": anp.reshape, "transpose": anp.transpose,
        "broadcast_to": broadcast_to, "concatenate": concatenate, "stack": stack,
        "getitem": getitem, "set_at": set_at, "gather": gather,
        "matmul": anp.matmul, "einsum": einsum,
        "linalg.norm": norm, "linalg.det": anp.linalg.det, "linalg.slogdet": slogdet,
        "linalg.inv": anp.linalg.inv, "linalg.solve": solve, "linalg.cholesky": anp.linalg.cholesky,
        "linalg.eigh": eigh, "linalg.eigvalsh": lambda x: eigh(x)[0],
        "linalg.qr": qr, "linalg.svd": svd, "linalg.svdvals": svdvals, "linalg.pinv": anp.linalg.pinv,
        "fft.fft": anp.fft.fft, "fft.ifft": anp.fft.ifft, "fft.rfft": rfft, "fft.irfft": irfft,
    }  # fmt: skip
    if find_spec("scipy"):
        rows |= {f"special.{name}": _special(name) for name in SPECIAL_WITH_RULES}
    return rows
