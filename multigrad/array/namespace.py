"""What ``x.__array_namespace__()`` returns: the Python array API standard over recorded arrays.

NumPy's own main namespace follows the standard since NumPy 2, and its functions come to the recorded array by
the same table as ever. What differs is creation: it answers with arrays of the run, on its device, so that
they can be written into. Names of NumPy's own that the standard has not are here too, where the table has
them: over NumPy's arrays the namespace is `numpy` itself, and people go on to write ``xp.power``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import Recording
from multigrad.array.table import FUNCTIONS
from multigrad.backends import placed
from multigrad.errors import DeviceUnavailable

CREATION = frozenset("arange empty eye full linspace ones tril triu zeros".split())
LIKE = frozenset("empty_like full_like ones_like zeros_like".split())
NAMES = frozenset(
    """
    e inf nan newaxis pi
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
    astype can_cast finfo iinfo isdtype result_type __array_namespace_info__
    abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_invert bitwise_left_shift bitwise_or
    bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide equal exp expm1 floor floor_divide
    greater greater_equal hypot imag isfinite isinf isnan less less_equal log log10 log1p log2 logaddexp
    logical_and logical_not logical_or logical_xor maximum minimum multiply negative nextafter not_equal
    positive pow real reciprocal remainder round sign signbit sin sinh sqrt square subtract tan tanh trunc
    broadcast_arrays broadcast_to concat expand_dims flip moveaxis permute_dims repeat reshape roll squeeze
    stack tile unstack meshgrid
    matmul matrix_transpose tensordot vecdot
    argmax argmin count_nonzero nonzero searchsorted where
    take take_along_axis unique_all unique_counts unique_inverse unique_values argsort sort
    cumulative_prod cumulative_sum max mean min prod std sum var
    all any diff linalg isin
    """.split()
)
"""The standard's names that are NumPy's."""


class Namespace:
    """The array API standard's namespace for the arrays of one run."""

    __array_api_version__ = "2024.12"
    __name__ = __name__  # a namespace is a module elsewhere, and SciPy asks for its name

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.fft = _Fourier(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Namespace) and other._recording.backend is self._recording.backend

    def __hash__(self) -> int:
        return hash((Namespace, self._recording.backend.name))

    def __getattr__(self, name: str) -> Any:
        if name in CREATION:
            return self.creating(getattr(np, name))
        if name in LIKE:
            return self._placed(getattr(np, name))
        found = getattr(np, name, None)
        if name in NAMES or isinstance(found, np.ufunc) or (callable(found) and found in FUNCTIONS):
            return found
        raise AttributeError(f"the array API standard has no {name!r}, or it has no derivative here")

    def __dir__(self) -> list[str]:
        return sorted({*NAMES, *CREATION, *LIKE, "asarray", "fft"})

    def asarray(
        self, obj: Any, /, *, dtype: npt.DTypeLike | None = None, device: Any = None, copy: bool | None = None
    ) -> RecordedArray:
        """Any array, number or list, recorded values among it included, as an array of the run."""
        self._check(device)
        array = self._recording.recorded(obj)
        if dtype is not None and np.dtype(dtype) != array.dtype:
            if copy is False:
                raise ValueError("Unable to avoid copy while creating an array as requested.")
            return array.astype(dtype)
        return array.copy() if copy and array is obj else array

    def creating(self, function: Callable[..., Any]) -> Callable[..., RecordedArray]:
        """A function of NumPy's that makes an array, made to make one of the run."""
        placed = self._placed(function)
        return lambda *args, **kwargs: self._recording.recorded(placed(*args, **kwargs))

    def _placed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(*args: Any, device: Any = None, **kwargs: Any) -> Any:
            self._check(device)
            return function(*args, **kwargs)

        return apply

    def _check(self, device: Any) -> None:
        backend, here = self._recording.backend, self._recording.device
        if device is not None and placed(backend, device) != here:
            raise DeviceUnavailable(
                f"device={device!r} inside a run on {backend.device_name(here)!r}; leave device= out, or "
                "give the device to the operator"
            )


class _Fourier:
    """The standard's ``fft``, whose frequencies are arrays of the run."""

    def __init__(self, namespace: Namespace) -> None:
        self.fftfreq = namespace.creating(np.fft.fftfreq)
        self.rfftfreq = namespace.creating(np.fft.rfftfreq)

    def __getattr__(self, name: str) -> Any:
        return getattr(np.fft, name)
