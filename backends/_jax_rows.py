"""JAX's rows: `jax.numpy`'s own functions by name, wherever they mean what NumPy's mean.

What is composed here, and why:

- products are taken in full precision: on an accelerator JAX rounds float32 operands to 10 bits or fewer;
- matrices that NumPy reads the lower triangle of are mirrored: `jax.numpy` averages both triangles;
- NumPy's means of integers, and running sums of short ones, are of 64 bits.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax import lax
from jax.scipy import special

from multigrad.backends.rows import (
    ALONG_AXIS,
    ALONG_AXIS_OPTIONAL,
    BINARY,
    BINARY_OPTIONAL,
    COMPARISONS,
    FFT,
    LINALG,
    LOGICAL,
    PRODUCTS,
    REDUCTIONS,
    SPECIAL,
    UNARY,
    UNARY_OPTIONAL,
    UNARY_PREDICATES,
)

Native = Any
Index = tuple[Any, ...]
Axes = tuple[int, ...]

ROOMS = {"": jnp, "linalg": jnp.linalg, "fft": jnp.fft, "special": special}

def _own(name: str) -> Callable[..., Native]:
    """JAX's function of NumPy's or SciPy's name."""
    room, _, function = name.rpartition(".")
    found: Callable[..., Native] = getattr(ROOMS[room], function)
    return found


def _reduction(function: Callable[..., Native]) -> Callable[..., Native]:
    def row(x: Native, axes: Axes, keepdims: bool, *ddof: int) -> Native:
        return function(x, axes, keepdims=keepdims, **({"ddof": ddof[0]} if ddof else {}))

    return row


def _of_floats(row: Callable[..., Native]) -> Callable[..., Native]:
    return lambda x, *options: row(x if x.dtype.kind in "fc" else x.astype(float), *options)


def _of_wide_integers(row: Callable[..., Native]) -> Callable[..., Native]:
    return lambda x, axis: row(x.astype(int) if x.dtype.kind in "bi" else x, axis)


def astype(x: Native, dtype: npt.DTypeLike) -> Native:
    given, target = x.dtype, np.dtype(dtype)
    return (x.real if given.kind == "c" and target.kind == "f" else x).astype(target)


def angle(x: Native) -> Native:
    return jnp.angle(x).astype(x.real.dtype)  # that of real numbers is of JAX's default width


def getitem(x: Native, index: Index) -> Native:
    return x[index]


def set_at(x: Native, index: Index, value: Native) -> Native:
    return x.at[index].set(value, unique_indices=True)


ENTRIES = lax.GatherDimensionNumbers(offset_dims=(), collapsed_slice_dims=(0,), start_index_map=(0,))
"""Of a vector, one entry for each index."""


def gather(x: Native, positions: npt.NDArray[np.int64]) -> Native:
    # One operation; ``x[positions]`` takes seven, each compiled for each shape, to count from the end and to broadcast.
    return lax.gather(x, positions[..., None], ENTRIES, (1,), mode="promise_in_bounds")


def clip(x: Native, low: Native, high: Native) -> Native:
    return jnp.clip(x, low, high)


def concatenate(arrays: Sequence[Native], axis: int) -> Native:
    return jnp.concatenate(arrays, axis)


def stack(arrays: Sequence[Native], axis: int) -> Native:
    return jnp.stack(arrays, axis)


# Linear algebra --------------------------------------------------------------------------------------


def norm(x: Native, ord: Any, axes: Axes | None, keepdims: bool) -> Native:
    return jnp.linalg.norm(x, ord, axes, keepdims)


def _of_lower_triangle(function: Callable[[Native], Native]) -> Callable[[Native], Native]:
    def row(x: Native) -> Native:
        return function(jnp.tril(x) + jnp.swapaxes(jnp.tril(x, -1), -1, -2).conj())

    return row


def table() -> dict[str, Callable[..., Native]]:
    """Every row by NumPy's name."""
    own = (
        *UNARY, *UNARY_OPTIONAL, *UNARY_PREDICATES, *BINARY, *BINARY_OPTIONAL, *COMPARISONS, *LOGICAL,
        *SPECIAL, *ALONG_AXIS, *ALONG_AXIS_OPTIONAL, *LINALG, *FFT,
        "where", "reshape", "transpose", "broadcast_to",
    )  # fmt: skip
    rows = {name: _own(name) for name in own}
    rows |= {name: _reduction(_own(name)) for name in REDUCTIONS}
    rows |= {name: partial(_own(name), precision="highest") for name in PRODUCTS}
    rows |= {
        "mean": _of_floats(rows["mean"]), "var": _of_floats(rows["var"]), "std": _of_floats(rows["std"]),
        "cumsum": _of_wide_integers(jnp.cumsum), "cumprod": _of_wide_integers(jnp.cumprod),
        "angle": angle, "clip": clip, "astype": astype, "concatenate": concatenate, "stack": stack,
        "getitem": getitem, "set_at": set_at, "gather": gather,
        "linalg.cholesky": _of_lower_triangle(jnp.linalg.cholesky),
        "linalg.eigh": _of_lower_triangle(jnp.linalg.eigh),
        "linalg.eigvalsh": _of_lower_triangle(jnp.linalg.eigvalsh),
        "linalg.norm": norm, "linalg.svd": partial(jnp.linalg.svd, full_matrices=False),
    }  # fmt: skip
    return rows
