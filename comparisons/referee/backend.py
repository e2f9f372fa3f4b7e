"""The referee's numbers as a backend: f runs over them under the array that it runs under elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, ClassVar

import mpmath
import numpy as np
import numpy.typing as npt

from multigrad.backends.contract import Backend, Device, Function, Native, Pullback
from multigrad.comparisons.referee.arrays import Arrays
from multigrad.comparisons.referee.duals import Dual, primal, rows_over
from multigrad.comparisons.referee.scalars import Scalars, to_complex, to_float
from multigrad.errors import DeviceUnavailable, MultigradError

_LEVELS = itertools.count(1)


class RefereeBackend(Backend):
    """Numbers of as many digits as are asked for; derivatives by dual numbers.

    Parameters
    ----------
    bits : int
        Binary digits that every operation is rounded to; `run_at` changes it.
    dtype : numpy.dtype
        What floating arrays count as: the dtype of x.

    Examples
    --------
    >>> backend = RefereeBackend(bits=200)
    >>> two = backend.from_host(np.array(2.0), "cpu")
    >>> one = backend.from_host(np.array(1.0), "cpu")
    >>> value, slope = backend.jvp(backend.rows["sqrt"], two, one)
    >>> str(slope[()])[:20]
    '0.353553390593273762'
    """

    name: ClassVar[str] = "mpmath"
    module: ClassVar[str] = "mpmath"
    install: ClassVar[str] = "pip install mpmath"
    forward_is_cheaper: ClassVar[bool] = True

    def __init__(self, bits: int, dtype: npt.DTypeLike = np.float64) -> None:
        self.arrays = Arrays(Scalars(bits))
        self.float_dtype = np.dtype(dtype)
        self.rows = rows_over(self.arrays)

    def version(self) -> str:
        return str(mpmath.__version__)

    def run_at(self, bits: int, *, rounds_float32: bool = False) -> None:
        """Round every operation from here on to `bits` digits; casts to float32 to 29 fewer, if told so."""
        self.arrays.context.prec = bits
        self.arrays.steps = 0
        self.arrays.rounds_float32 = rounds_float32

    # Arrays and devices ------------------------------------------------------------------------------

    def owns(self, x: object) -> bool:
        return isinstance(x, Dual) or (
            isinstance(x, np.ndarray)
            and x.dtype == object
            and isinstance(next(x.flat, None), self._numbers())
        )

    def _numbers(self) -> tuple[type, ...]:
        return self.arrays.context.mpf, self.arrays.context.mpc

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def device(self, spec: object) -> Device:
        if spec in ("cpu", "cpu:0"):
            return "cpu"
        raise DeviceUnavailable(f"the referee computes on the device 'cpu' alone, not on {spec!r}")

    def device_name(self, device: Device) -> str:
        return str(device)

    def device_of(self, x: Native) -> Device:
        return "cpu"

    def dtype_of(self, x: Native) -> np.dtype[Any]:
        array = primal(x)
        if array.dtype != object:
            return array.dtype  # type: ignore[no-any-return]  # an array of integers or booleans
        is_complex = any(isinstance(entry, self.arrays.context.mpc) for entry in array.flat)
        return np.result_type(self.float_dtype, np.complex64) if is_complex else self.float_dtype

    def from_host(self, array: npt.NDArray[Any], device: Device) -> Native:
        return array.copy() if array.dtype.kind in "biu" else self.arrays.lifted(array)

    def to_host(self, x: Native) -> npt.NDArray[Any]:
        array, dtype = primal(x), self.dtype_of(x)
        if array.dtype != object:
            return array.copy()  # type: ignore[no-any-return]
        nearest = to_complex if dtype.kind == "c" else to_float
        with np.errstate(over="ignore"):
            return np.array([nearest(entry) for entry in array.flat], dtype).reshape(array.shape)

    def move(self, x: Native, device: Device) -> Native:
        return x

    # Derivatives -------------------------------------------------------------------------------------

    def jvp(self, f: Function, x: Native, v: Native, *, nested: bool = True) -> tuple[Native, Native]:
        level = next(_LEVELS)
        y = f(Dual(x, v, level))
        if isinstance(y, Dual) and y.level == level:
            return y.value, y.tangent
        return y, self._zeros(y.shape)

    def vjp(self, f: Function, x: Native, *, nested: bool = True) -> tuple[Native, Pullback]:
        """As the contract has it, by one `jvp` for each entry of x."""
        units = np.eye(int(np.prod(x.shape))).reshape(-1, *x.shape)
        pushed = [self.jvp(f, x, self.from_host(unit, "cpu"), nested=nested) for unit in units]
        y = pushed[0][0] if pushed else f(x)
        rows = self.rows

        def pullback(u: Native) -> Native:
            axes = tuple(range(len(y.shape)))
            parts = [rows["sum"](rows["multiply"](u, slope), axes, False) for _, slope in pushed]
            return rows["reshape"](rows["stack"](parts, 0), x.shape) if parts else self._zeros(x.shape)

        return y, pullback

    def _zeros(self, shape: tuple[int, ...]) -> Native:
        return self.arrays.lifted(np.zeros(shape))

    def mixing(self, f: Function, x: Native, y: Native) -> list[str]:
        return ["what the referee does not record"]

    def translate(self, error: BaseException) -> MultigradError | None:
        return None

    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        return f


__all__ = ["RefereeBackend"]
