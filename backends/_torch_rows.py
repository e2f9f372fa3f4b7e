"""torch's rows: its own function wherever that has NumPy's meaning, and compositions where it has another.

Where torch differs, said once: its ``sum`` over no axes sums over all, its ``var`` divides by n - 1, it has
neither slices that run backwards nor NumPy's rule for an integer beside an index array, ``sign(nan)`` is 0,
quotients and means of integers come in the default dtype or not at all.
"""

import math
from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from multigrad.backends.rows import LOGICAL, UNARY

Axes = tuple[int, ...]
Index = tuple[Any, ...]
Row = Callable[..., Any]

DTYPES = {
    np.dtype(name): getattr(torch, name)
    for name in """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64
    float16 float32 float64 complex64 complex128""".split()
}
"""NumPy's dtypes and torch's."""

OTHER_NAMES = {
    "absolute": torch.abs, "arcsin": torch.asin, "arccos": torch.acos, "arctan": torch.atan,
    "arcsinh": torch.asinh, "arccosh": torch.acosh, "arctanh": torch.atanh, "conjugate": torch.conj,
}  # fmt: skip
"""What torch calls otherwise than NumPy."""


def from_host(array: npt.NDArray[Any], device: torch.device) -> Tensor:
    """A copy on `device`: `torch.tensor` would take four times as long for a scalar."""
    tensor = torch.from_numpy(np.array(array, array.dtype.newbyteorder("="), order="C"))
    return tensor if device.type == "cpu" else tensor.to(device)


# Elementwise -----------------------------------------------------------------------------------------


def _tensors(function: Row) -> Row:
    """Makes a Python number beside a tensor a tensor, for a function that takes nothing else."""

    def row(a: Any, b: Any) -> Tensor:
        if not isinstance(a, Tensor):
            a = b.new_full((), a)
        elif not isinstance(b, Tensor):
            b = a.new_full((), b)
        return function(a, b)  # type: ignore[no-any-return]  # torch's functions bear no types

    return row


def _floating(x: Any) -> Any:
    """Integers and booleans as float64, which is what NumPy divides them in."""
    whole = isinstance(x, Tensor) and not (x.is_floating_point() or x.is_complex())
    return x.to(torch.float64) if whole else x


def divide(a: Any, b: Any) -> Tensor:
    return torch.div(_floating(a), _floating(b))


def sign(x: Tensor) -> Tensor:
    if x.is_complex():
        return torch.sgn(x)
    return torch.where(torch.isnan(x), x, torch.sign(x)) if x.is_floating_point() else torch.sign(x)


def rint(x: Tensor) -> Tensor:
    return torch.complex(torch.round(x.real), torch.round(x.imag)) if x.is_complex() else torch.round(x)


def imag(x: Tensor) -> Tensor:
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


def where(condition: Tensor, a: Any, b: Any) -> Tensor:
    return torch.where(condition, a, b)


def clip(x: Tensor, low: Any, high: Any) -> Tensor:
    """`torch.clamp`, which takes two numbers or two tensors."""
    if low is None and high is None:
        return x
    if isinstance(low, Tensor) or isinstance(high, Tensor):
        low, high = (x.new_full((), n) if isinstance(n, int | float) else n for n in (low, high))
    return torch.clamp(x, low, high)


def astype(x: Tensor, dtype: npt.DTypeLike) -> Tensor:
    target = DTYPES[np.dtype(dtype)]
    if x.is_complex() and not (target.is_complex or target is torch.bool):
        x = x.real  # torch would do it too, with a warning
    return x.to(target)


# Reductions ------------------------------------------------------------------------------------------


def _reduction(function: Row) -> Row:
    """Gives a reduction over no axes an axis of length 1, since torch would reduce over all."""

    def row(x: Tensor, axes: Axes, keepdims: bool, *more: int) -> Tensor:
        if not axes:
            x, axes, keepdims = x.unsqueeze(0), (0,), False
        return function(x, axes, keepdims, *more)  # type: ignore[no-any-return]  # torch's bear no types

    return row


def prod(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:
    for axis in sorted(axes, reverse=True):
        x = torch.prod(x, axis, keepdims)
    return x


def mean(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:
    return torch.mean(_floating(x), axes, keepdims)


def var(x: Tensor, axes: Axes, keepdims: bool, ddof: int) -> Tensor:
    return torch.var(_floating(x), axes, correction=ddof, keepdim=keepdims)


def std(x: Tensor, axes: Axes, keepdims: bool, ddof: int) -> Tensor:
    return torch.std(_floating(x), axes, correction=ddof, keepdim=keepdims)


def _extreme(along: Row, over: Row) -> Row:
    """The function along one axis, whose slope goes to the first of equals, or over several: to all alike."""

    def row(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:
        return along(x, axes[0], keepdims).values if len(axes) == 1 else over(x, axes, keepdims)  # type: ignore[no-any-return]  # torch's bear no types

    return row


def _position(function: Row) -> Row:
    """Of booleans as of numbers."""
    return lambda x, axis, keepdims: function(x.to(torch.uint8) if x.dtype is torch.bool else x, axis, keepdims)


def sort(x: Tensor, axis: int) -> Tensor:
    return torch.sort(x, dim=axis, stable=True).values


def argsort(x: Tensor, axis: int) -> Tensor:
    return torch.argsort(x, dim=axis, stable=True)


# Indexing --------------------------------------------------------------------------------------------


def _is_torchs(entry: Any) -> bool:
    """Whether NumPy and torch read an entry alike."""
    if type(entry) is slice:
        return entry.step is None or entry.step > 0
    return type(entry) is int or entry is None or entry is Ellipsis


def getitem(x: Tensor, index: Index) -> Tensor:
    if all(map(_is_torchs, index)):
        return x[index]
    x, index, reversed_axes = _in_torch_terms(x, index)
    return x.flip(reversed_axes)[index]


def set_at(x: Tensor, index: Index, value: Any) -> Tensor:
    view, entries, reversed_axes = _in_torch_terms(x, index)
    changed = view.flip(reversed_axes)  # a copy, even where no axis is reversed
    changed[entries] = value
    return changed.flip(reversed_axes).reshape(x.shape)


def gather(x: Tensor, positions: npt.NDArray[np.int64]) -> Tensor:
    return x[from_host(positions, x.device)] if positions.ndim else x[int(positions)]


def _in_torch_terms(x: Tensor, index: Index) -> tuple[Tensor, Index, Axes]:
    """x with new axes for 0-d masks, an index that torch reads as NumPy would, and the axes to reverse first.

    Only slices with positive steps, ints and None remain, or else, where an array was among them, arrays of
    one shape in the places of all ints and arrays: that is how NumPy reads an int beside an array.
    """
    entries: list[Any] = []
    reversed_axes: list[int] = []
    axis = 0
    for entry in _written_out(index, x.ndim):
        if isinstance(entry, np.ndarray | Tensor):
            if str(entry.dtype).endswith("bool"):
                if entry.ndim == 0:
                    x = x.unsqueeze(axis)
                found = np.atleast_1d(entry).nonzero() if isinstance(entry, np.ndarray) else entry.nonzero(as_tuple=True)
            else:
                found = (entry,)
            entries += [_positions(part, x.device) for part in found]
            axis += len(found)
            continue
        if type(entry) is slice and not _is_torchs(entry):
            reversed_axes.append(axis)
            entry = _mirrored(entry, x.shape[axis])
        entries.append(entry)
        axis += entry is not None
    if any(isinstance(entry, Tensor) for entry in entries):
        entries = _of_one_shape(entries, x.device)
    return x, tuple(entries), tuple(reversed_axes)


def _written_out(index: Index, ndim: int) -> list[Any]:
    """The index with a slice for each axis that it leaves out."""

    def axes_of(entry: Any) -> int:
        if entry is None or entry is Ellipsis:
            return 0
        return entry.ndim if str(getattr(entry, "dtype", "")).endswith("bool") else 1

    rest = [slice(None)] * (ndim - sum(map(axes_of, index)))
    place = next((k for k, entry in enumerate(index) if entry is Ellipsis), len(index))
    return [*index[:place], *rest, *index[place + 1 :]]


def _positions(entry: Any, device: torch.device) -> Any:
    """An int or an int64 tensor."""
    if isinstance(entry, Tensor):
        return entry.to(torch.int64)
    return from_host(entry.astype(np.int64), device) if entry.ndim else int(entry)


def _mirrored(backwards: slice, length: int) -> slice:
    """The slice that takes the same places, in the same order, from the reversed axis."""
    places = range(*backwards.indices(length))
    if not places:
        return slice(0, 0)
    return slice(length - 1 - places[0], length - places[-1], -places.step)


def _of_one_shape(entries: list[Any], device: torch.device) -> list[Any]:
    where_arrays = [k for k, entry in enumerate(entries) if isinstance(entry, int | Tensor)]
    arrays = [torch.as_tensor(entries[k], device=device) for k in where_arrays]
    for k, array in zip(where_arrays, torch.broadcast_tensors(*arrays), strict=True):
        entries[k] = array
    return entries


# Linear algebra --------------------------------------------------------------------------------------


def norm(x: Tensor, ord: Any, axes: Axes | None, keepdims: bool) -> Tensor:
    if axes is None or len(axes) == 1:
        return torch.linalg.vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    return torch.linalg.matrix_norm(x, "fro" if ord is None else ord, axes, keepdims)


def solve(a: Tensor, b: Tensor) -> Tensor:
    """With as many axes on both sides: torch would take a matrix beside a batch for a batch of vectors."""
    return torch.linalg.solve(a, b.reshape((1,) * (a.ndim - b.ndim) + b.shape))


def svd(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return u, s, vh


def _parts(function: Row) -> Row:
    """With a plain tuple for an answer."""
    return lambda x: tuple(function(x))


# The table -------------------------------------------------------------------------------------------


def table() -> dict[str, Row]:
    """Every row by NumPy's name."""
    rows: dict[str, Row] = {name: getattr(torch, name) for name in UNARY if hasattr(torch, name)}
    rows |= OTHER_NAMES
    rows |= {"sign": sign, "rint": rint, "imag": imag}
    rows |= {
        name: getattr(torch, name)
        for name in """add subtract multiply isnan isinf isfinite signbit logical_not sinc deg2rad rad2deg i0 angle
        nan_to_num cumsum cumprod reshape stack matmul einsum broadcast_to""".split()
    }
    rows |= {"divide": divide, "power": torch.pow, "remainder": torch.remainder, "fmod": torch.fmod}
    rows |= {name: _tensors(getattr(torch, name)) for name in (*LOGICAL, *"maximum minimum fmax fmin hypot logaddexp logaddexp2 copysign heaviside".split())}
    rows |= {"arctan2": _tensors(torch.atan2)}
    rows |= {"equal": eq, "not_equal": ne, "less": lt, "less_equal": le, "greater": gt, "greater_equal": ge}
    rows |= {f"special.{name}": getattr(torch.special, name) for name in "erf erfc expit gammaln digamma i0 i1".split()}
    rows |= {
        name: _reduction(function)
        for name, function in {
            "sum": torch.sum, "prod": prod, "mean": mean, "var": var, "std": std, "any": torch.any, "all": torch.all,
            "max": _extreme(torch.max, torch.amax), "min": _extreme(torch.min, torch.amin),
        }.items()
    }  # fmt: skip
    rows |= {"argmax": _position(torch.argmax), "argmin": _position(torch.argmin)}
    rows |= {
        "sort": sort, "argsort": argsort, "where": where, "clip": clip, "astype": astype,
        "transpose": torch.permute, "concatenate": torch.cat,
        "getitem": getitem, "set_at": set_at, "gather": gather,
    }  # fmt: skip
    rows |= {f"linalg.{name}": getattr(torch.linalg, name) for name in "det inv cholesky eigvalsh svdvals pinv".split()}
    rows |= {f"linalg.{name}": _parts(getattr(torch.linalg, name)) for name in "slogdet eigh qr".split()}
    rows |= {"linalg.norm": norm, "linalg.solve": solve, "linalg.svd": svd}
    rows |= {f"fft.{name}": getattr(torch.fft, name) for name in "fft ifft rfft irfft".split()}
    rows["floor_divide"] = lambda a, b: torch.div(a, b, rounding_mode="floor")
    return rows
