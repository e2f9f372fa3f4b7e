"""torch's rows: its own function wherever that has NumPy's meaning, and compositions where it has another.

Where torch differs, said once: its ``sum`` over no axes sums over all, its ``var`` divides by n - 1, it has
neither slices that run backwards nor NumPy's rule for an integer beside an index array, ``sign(nan)`` is 0,
quotients and means of integers come in the default dtype or not at all.
"""

import math
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from multigrad.backends.rows import UNARY

Axes = tuple[int, ...]
Index = tuple[Any, ...]
Row = Callable[..., Any]

DTYPES = {
    np.dtype(name): getattr(torch, name)
    for name in """bool int8 int16 int32 int64 uint8 uint16 uint32 uint64
    float16 float32 float64 complex64 complex128""".split()
}
"""NumPy's dtypes and torch's."""


def from_host(array: npt.NDArray[Any], device: torch.device) -> Tensor:
    """A copy on `device`: `torch.tensor` would take four times as long for a scalar."""
    dtype = array.dtype if array.dtype.isnative else array.dtype.newbyteorder("=")
    tensor = torch.from_numpy(np.array(array, dtype, order="C"))
    return tensor if device.type == "cpu" else tensor.to(device)


# Elementwise -----------------------------------------------------------------------------------------


def _of_its_range(x: Tensor, n: Any) -> Any:
    """A Python number in x's precision, where that rounds it to infinity: torch refuses it instead."""
    if not isinstance(n, int | float) or not x.is_floating_point() or not abs(n) > torch.finfo(x.dtype).max:
        return n
    return torch.tensor(float(n), dtype=torch.float64).to(x.dtype).item()


def _tensors(function: Row) -> Row:
    """Makes a Python number beside a tensor a tensor, for a function that takes nothing else."""

    def row(a: Any, b: Any) -> Any:
        if not isinstance(a, Tensor):
            a = b.new_full((), _of_its_range(b, a))
        elif not isinstance(b, Tensor):
            b = a.new_full((), _of_its_range(a, b))
        return function(a, b)

    return row


def where(condition: Tensor, a: Any, b: Any) -> Tensor:
    a = _of_its_range(b, a) if isinstance(b, Tensor) else a
    return torch.where(condition, a, _of_its_range(a, b) if isinstance(a, Tensor) else b)


def _floating(x: Any) -> Any:
    """Integers and booleans as float64, which is what NumPy divides them in."""
    whole = isinstance(x, Tensor) and not (x.is_floating_point() or x.is_complex())
    return x.to(torch.float64) if whole else x


def divide(a: Any, b: Any) -> Tensor:
    return torch.div(_floating(a), _floating(b))


def floor_divide(a: Any, b: Any) -> Tensor:
    """With a derivative, 0, which `torch.floor_divide` has not."""
    return torch.div(a, b, rounding_mode="floor")


def sign(x: Tensor) -> Tensor:
    if x.is_complex():
        return torch.sgn(x)
    return torch.where(torch.isnan(x), x, torch.sign(x)) if x.is_floating_point() else torch.sign(x)


def rint(x: Tensor) -> Tensor:
    return torch.complex(torch.round(x.real), torch.round(x.imag)) if x.is_complex() else torch.round(x)


def imag(x: Tensor) -> Tensor:
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


def angle(x: Tensor) -> Tensor:
    """Of -0.0 it is π in NumPy, 0 in torch."""
    return torch.angle(x) if x.is_complex() else torch.atan2(torch.zeros_like(x), x)


def clip(x: Tensor, low: Any, high: Any) -> Tensor:
    """`torch.clamp`, which takes two numbers or two tensors."""
    if low is None and high is None:
        return x
    low, high = _of_its_range(x, low), _of_its_range(x, high)
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

    def row(x: Tensor, axes: Axes, keepdims: bool, *more: int) -> Any:
        if not axes:
            x, axes, keepdims = x.unsqueeze(0), (0,), False
        return function(x, axes, keepdims, *more)

    return row


def prod(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:
    for axis in sorted(axes, reverse=True):
        x = torch.prod(x, axis, keepdims)
    return x


def mean(x: Tensor, axes: Axes, keepdims: bool) -> Tensor:
    return torch.mean(_floating(x), axes, keepdims)


def _spread(function: Row) -> Row:
    """`torch.var` or `torch.std`; both warn where no degree of freedom is left, and answer as NumPy does."""

    def row(x: Tensor, axes: Axes, keepdims: bool, ddof: int) -> Any:
        if not x.numel() or math.prod(x.shape[axis] for axis in axes) <= ddof:
            return torch.sum(torch.square(x - mean(x, axes, True)), axes, keepdims) / 0.0
        return function(_floating(x), axes, correction=ddof, keepdim=keepdims)

    return row


def _extreme(along: Row, over: Row) -> Row:
    """The function along one axis, whose slope goes to the first of equals, or over several: to all alike."""

    def row(x: Tensor, axes: Axes, keepdims: bool) -> Any:
        return along(x, axes[0], keepdims).values if len(axes) == 1 else over(x, axes, keepdims)

    return row


def _position(function: Row) -> Row:
    """Of booleans too, which torch has no order for."""
    return lambda x, axis, keepdims: function(
        x.to(torch.uint8) if x.dtype is torch.bool else x, axis, keepdims
    )


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
    if not all(map(_is_torchs, index)):
        x, index = _in_torch_terms(x, index)
    return x[index]


def set_at(x: Tensor, index: Index, value: Any) -> Tensor:
    if all(map(_is_torchs, index)):
        changed = x.clone()
        changed[index] = value
        return changed
    places = getitem(torch.arange(x.numel(), device=x.device).reshape(x.shape), index)
    values = value if isinstance(value, Tensor) else x.new_full((), _of_its_range(x, value))
    return x.reshape(-1).index_put((places,), values).reshape(x.shape)


def gather(x: Tensor, positions: npt.NDArray[np.int64]) -> Tensor:
    return x[from_host(positions, x.device)] if positions.ndim else x[int(positions)]


def _in_torch_terms(x: Tensor, index: Index) -> tuple[Tensor, Index]:
    """x[index] in words that torch reads as NumPy would: with positive steps, no masks, arrays of one shape.

    Beside an array an int is one too.
    """
    entries: list[Any] = []
    for entry in _written_out(index, x.ndim):
        axis = sum(before is not None for before in entries)
        if isinstance(entry, np.ndarray | Tensor):
            if _is_mask(entry) and entry.ndim == 0:
                x = x.unsqueeze(axis)
            entries += _places(entry, x.device)
        elif _is_torchs(entry):
            entries.append(entry)
        else:
            x = x.flip(axis)
            entries.append(_mirrored(entry, x.shape[axis]))
    if any(isinstance(entry, Tensor) for entry in entries):
        return _with_arrays(x, entries, _parted(index))
    return x, tuple(entries)


def _parted(index: Index) -> bool:
    """Whether an Ellipsis parts the ints and arrays, be it an empty one: NumPy then puts their axes first."""
    counted = [entry for entry in index if not (entry is None or isinstance(entry, slice))]
    return any(entry is Ellipsis for entry in counted[1:-1])


def _with_arrays(x: Tensor, entries: list[Any], first: bool) -> tuple[Tensor, Index]:
    """The ints and arrays among the entries broadcast against each other, and put first where asked."""
    which = [k for k, entry in enumerate(entries) if isinstance(entry, int | Tensor)]
    arrays = torch.broadcast_tensors(*(torch.as_tensor(entries[k], device=x.device) for k in which))
    if first:
        axes = [sum(before is not None for before in entries[:k]) for k in which]
        rest = [entry for k, entry in enumerate(entries) if k not in which]
        return x.movedim(axes, tuple(range(len(axes)))), (*arrays, *rest)
    for k, array in zip(which, arrays, strict=True):
        entries[k] = array
    return x, tuple(entries)


def _written_out(index: Index, ndim: int) -> list[Any]:
    """The index with a slice for each axis that it leaves out."""

    def axes_of(entry: Any) -> int:
        if entry is None or entry is Ellipsis:
            return 0
        return entry.ndim if _is_mask(entry) else 1

    rest = [slice(None)] * (ndim - sum(map(axes_of, index)))
    place = next((k for k, entry in enumerate(index) if entry is Ellipsis), len(index))
    return [*index[:place], *rest, *index[place + 1 :]]


def _is_mask(entry: Any) -> bool:
    return getattr(entry, "dtype", None) in (np.bool_, torch.bool)


def _places(entry: npt.NDArray[Any] | Tensor, device: torch.device) -> list[Any]:
    """An int or an int64 tensor for each axis that an index array stands for."""
    if isinstance(entry, Tensor):
        parts = entry.nonzero(as_tuple=True) if _is_mask(entry) else (entry,)
        return [part.to(torch.int64) for part in parts]
    found = np.atleast_1d(entry).nonzero() if _is_mask(entry) else (entry,)
    return [from_host(part.astype(np.int64), device) if part.ndim else int(part) for part in found]


def _mirrored(backwards: slice, length: int) -> slice:
    """The slice that takes the same places, in the same order, from the reversed axis."""
    places = range(*backwards.indices(length))
    if not places:
        return slice(0, 0)
    return slice(length - 1 - places[0], length - places[-1], -places.step)


# Linear algebra --------------------------------------------------------------------------------------


def norm(x: Tensor, ord: Any, axes: Axes | None, keepdims: bool) -> Any:
    if axes is None or len(axes) == 1:
        return torch.linalg.vector_norm(x, 2 if ord is None else ord, axes, keepdims)
    return torch.linalg.matrix_norm(x, "fro" if ord is None else ord, axes, keepdims)


def solve(a: Tensor, b: Tensor) -> Any:
    """With as many axes on both sides: torch would take a matrix beside a batch for a batch of vectors."""
    return torch.linalg.solve(a, b.reshape((1,) * (a.ndim - b.ndim) + b.shape))


def svd(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return u, s, vh


def _parts(function: Row) -> Row:
    """With a plain tuple for an answer."""
    return lambda x: tuple(function(x))


# The table -------------------------------------------------------------------------------------------

SAME = tuple(
    """add subtract multiply isnan isinf isfinite signbit logical_not sinc deg2rad rad2deg i0 nan_to_num
    cumsum cumprod reshape stack broadcast_to matmul einsum""".split()
)
"""torch's function of that name is NumPy's, besides those of the unary ones that it has."""

OF_TENSORS = tuple(
    """maximum minimum fmax fmin hypot logaddexp logaddexp2 copysign remainder fmod
    logical_and logical_or logical_xor""".split()
)
"""So are these, of two tensors."""


def _named(module: Any, names: str, prefix: str = "") -> dict[str, Row]:
    return {prefix + name: getattr(module, name) for name in names.split()}


def table() -> dict[str, Row]:
    """Every row by NumPy's name."""
    rows: dict[str, Row] = {name: getattr(torch, name) for name in (*UNARY, *SAME) if hasattr(torch, name)}
    rows |= {name: _tensors(getattr(torch, name)) for name in OF_TENSORS}
    reductions: dict[str, Row] = {
        "sum": torch.sum, "prod": prod, "mean": mean, "var": _spread(torch.var), "std": _spread(torch.std),
        "max": _extreme(torch.max, torch.amax), "min": _extreme(torch.min, torch.amin),
        "any": torch.any, "all": torch.all,
    }  # fmt: skip
    rows |= {name: _reduction(function) for name, function in reductions.items()}
    rows |= {
        "absolute": torch.abs, "arcsin": torch.asin, "arccos": torch.acos, "arctan": torch.atan,
        "arcsinh": torch.asinh, "arccosh": torch.acosh, "arctanh": torch.atanh, "conjugate": torch.conj,
        "sign": sign, "rint": rint, "imag": imag, "angle": angle,
        "divide": divide, "floor_divide": floor_divide, "power": torch.pow, "arctan2": _tensors(torch.atan2),
        "equal": eq, "not_equal": ne, "less": lt, "less_equal": le, "greater": gt, "greater_equal": ge,
        "argmax": _position(torch.argmax), "argmin": _position(torch.argmin),
        "sort": sort, "argsort": argsort,
        "clip": clip, "where": where, "astype": astype, "transpose": torch.permute, "concatenate": torch.cat,
        "getitem": getitem, "set_at": set_at, "gather": gather,
        "linalg.norm": norm, "linalg.solve": solve, "linalg.svd": svd,
        "linalg.slogdet": _parts(torch.linalg.slogdet), "linalg.eigh": _parts(torch.linalg.eigh),
        "linalg.qr": _parts(torch.linalg.qr),
    }  # fmt: skip
    rows |= _named(torch.linalg, "det inv cholesky eigvalsh svdvals pinv", "linalg.")
    rows |= _named(torch.special, "erf erfc expit gammaln digamma i0 i1", "special.")
    rows |= _named(torch.fft, "fft ifft rfft irfft", "fft.")
    return rows
