"""numpy.fft over recorded arrays, from the four one-dimensional transforms of a backend."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from multigrad.array.operands import delivered, inexact, lifted
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.table import FUNCTIONS


def _transform(name: str, array: RecordedArray, n: Any, axis: int, norm: str | None) -> Any:
    """One of the rows, scaled as `norm` says: rows are unnormalised forward, and divided by n backward."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    axis = normalize_axis_index(axis, array.ndim)
    given = array.shape[axis]
    length = operator.index(n) if n is not None else 2 * (given - 1) if name == "irfft" else given
    if length < 1:
        raise ValueError(f"Invalid number of FFT data points ({length}) specified.")
    if name == "rfft" and array.dtype.kind == "c":
        raise TypeError("ufunc 'rfft_n_even' did not contain a loop for complex input: write np.fft.fft")
    if name == "irfft" and array.dtype.kind != "c":
        array = array.astype(np.result_type(array.dtype, np.complex64))
    recording = array._recording
    recording.mixing.add(f"fft.{name}")
    value = recording.row(f"fft.{name}")(array._value, length, axis)
    complex_dtype = np.result_type(array.dtype, np.complex64)
    dtype = np.zeros((), complex_dtype).real.dtype if name == "irfft" else complex_dtype
    result = RecordedArray(value, recording, dtype)
    backward = name in ("ifft", "irfft")
    power = {"ortho": -0.5, "forward": -1.0}.get(norm or "backward", 0.0) * (-1 if backward else 1)
    return result * float(length) ** power if power else result


def _one(name: str) -> Callable[..., Any]:
    def apply(a: Any, n: Any = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
        return delivered(f"fft.{name}", _transform(name, inexact(lifted(a)), n, axis, norm), out)

    return apply


def _hfft(a: Any, n: Any = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    """The forward transform to real values, of half of a Hermitian array."""
    array = np.conjugate(inexact(lifted(a)))
    return delivered("fft.hfft", _transform("irfft", array, n, axis, _SWAPPED[norm]), out)


def _ihfft(a: Any, n: Any = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    array = inexact(lifted(a))
    return delivered("fft.ihfft", np.conjugate(_transform("rfft", array, n, axis, _SWAPPED[norm])), out)


_SWAPPED = {None: "forward", "backward": "forward", "ortho": "ortho", "forward": "backward"}
"""Forward and backward exchanged: `hfft` is an inverse transform that is scaled as a forward one."""


def _several(name: str, default_axes: tuple[int, ...] | None) -> Callable[..., Any]:
    """The transform along several axes; the real one of a pair stands last in `rfftn` and in `irfftn`."""
    plain = "ifft" if name in ("ifft", "irfft") else "fft"

    def apply(
        a: Any,
        s: Sequence[int] | None = None,
        axes: Sequence[int] | None = default_axes,
        norm: str | None = None,
        out: Any = None,
    ) -> Any:
        array = inexact(lifted(a))
        if axes is None:
            axes = range(-(array.ndim if s is None else len(s)), 0)
        lengths = [None] * len(axes) if s is None else [None if n == -1 else n for n in s]
        if len(lengths) != len(axes):
            raise ValueError("Shape and axes have different lengths.")
        *others, (last_axis, last) = zip(axes, lengths, strict=True)
        if name == "irfft":
            for axis, n in others:
                array = _transform(plain, array, n, axis, norm)
            array = _transform(name, array, last, last_axis, norm)
        else:
            array = _transform(name, array, last, last_axis, norm)
            for axis, n in reversed(others):
                array = _transform(plain, array, n, axis, norm)
        return delivered(f"fft.{name}n", array, out)

    return apply


for _name in ("fft", "ifft", "rfft", "irfft"):
    FUNCTIONS[getattr(np.fft, _name)] = _one(_name)
    FUNCTIONS[getattr(np.fft, f"{_name}2")] = _several(_name, (-2, -1))
    FUNCTIONS[getattr(np.fft, f"{_name}n")] = _several(_name, None)
FUNCTIONS[np.fft.hfft] = _hfft
FUNCTIONS[np.fft.ihfft] = _ihfft
