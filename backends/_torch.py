"""PyTorch behind the common interface."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch._dynamo.exc import TorchDynamoException

from multigrad.backends import _torch_derivatives, _torch_rows
from multigrad.backends._torch_modes import Audit, Strict
from multigrad.backends.contract import Backend, Function, Pullback
from multigrad.errors import DeviceUnavailable, MultigradError, NotDifferentiable

NUMPYS = {torchs: numpys for numpys, torchs in _torch_rows.DTYPES.items()}

COPY_FIRST = "write into a copy: x = x.clone()"

FAULTS: tuple[tuple[str, type[MultigradError], str], ...] = (
    ("leaf Variable that requires grad is being used in an in-place", NotDifferentiable, "f writes into its argument; " + COPY_FIRST),
)

@final
class TorchBackend(Backend):
    """PyTorch, on every device that it sees.

    Examples
    --------
    >>> backend = TorchBackend()
    >>> backend.device("cpu")
    device(type='cpu')
    """

    name: ClassVar[str] = "torch"
    module: ClassVar[str] = "torch"
    install: ClassVar[str] = 'pip install "multigrad-compare[torch]"'
    forward_is_cheaper: ClassVar[bool] = False

    def __init__(self) -> None:
        self.rows = _torch_rows.table()

    def version(self) -> str:
        return str(torch.__version__)

    def owns(self, x: object) -> bool:
        return isinstance(x, Tensor)

    def devices(self) -> tuple[str, ...]:
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        if accelerator is None:
            return ("cpu",)
        count = range(torch.accelerator.device_count())
        return ("cpu", *(self.device_name(torch.device(accelerator.type, k)) for k in count))

    def device(self, spec: object) -> torch.device:
        here = self.devices()
        try:
            if not isinstance(spec, str | torch.device):
                raise TypeError("neither a name nor a device")
            accelerator = here[1].partition(":")[0] if len(here) > 1 else "cuda"
            device = torch.device(accelerator if spec == "gpu" else spec)
        except (RuntimeError, TypeError):
            device = None
        if device is not None:
            device = _with_index(device)
            if device.type == "meta" or self.device_name(device) in here:
                return device
        raise DeviceUnavailable(f"device {spec!r} is not here; torch has {', '.join(here)}")

    def device_name(self, device: torch.device) -> str:
        return device.type if device.type == "mps" else str(device)

    def device_of(self, x: Tensor) -> torch.device:
        return x.device

    def dtype_of(self, x: Tensor) -> np.dtype[Any]:
        try:
            return NUMPYS[x.dtype]
        except KeyError:
            raise NotDifferentiable(
                f"a tensor of dtype {x.dtype} came, which NumPy has not; expected one of NumPy's: write x.float()"
            ) from None

    def from_host(self, array: npt.NDArray[Any], device: torch.device) -> Tensor:
        return _torch_rows.from_host(array, device)

    def to_host(self, x: Tensor) -> npt.NDArray[Any]:
        return np.array(x.numpy(force=True))

    def move(self, x: Tensor, device: torch.device) -> Tensor:
        return x.to(device)

    # Derivatives -------------------------------------------------------------------------------------

    def vjp(self, f: Function, x: Tensor, *, nested: bool) -> tuple[Any, Pullback]:
        return _torch_derivatives.vjp(f, x, nested=nested)

    def jvp(self, f: Function, x: Tensor, v: Tensor, *, nested: bool) -> tuple[Any, Tensor]:
        return _torch_derivatives.jvp(f, x, v, nested=nested)

    def strict(self) -> AbstractContextManager[object]:
        return Strict()

    def mixing(self, f: Function, x: Tensor, y: Tensor) -> list[str]:
        return _torch_derivatives.mixing(x, y)

    def audit(self, seen: set[str]) -> AbstractContextManager[object]:
        """Also adds ``"host (item)"`` where a value on an accelerator was read by the host."""
        return Audit(seen, self.device_name)

    def translate(self, error: BaseException) -> MultigradError | None:
        if isinstance(error, RuntimeError | TypeError | AssertionError):
            for pattern, kind, message in FAULTS:
                if re.search(pattern, str(error)):
                    return kind(message)
        return None

    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """`torch.compile`, or f itself once that has failed: it needs a C++ compiler where it runs."""
        compiled = torch.compile(f)

        def run(*args: Any) -> Any:
            nonlocal compiled
            try:
                return compiled(*args)
            except TorchDynamoException:
                compiled = f
                return f(*args)

        return run


def _with_index(device: torch.device) -> torch.device:
    """The device as its tensors name it: ``cpu``, ``cuda:0``."""
    if device.type in ("cpu", "meta"):
        return device if device.index else torch.device(device.type)
    return torch.device(device.type, device.index or 0)
