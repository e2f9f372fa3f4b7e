"""PyTorch behind the contract: its tensors, devices and faults; `_torch_derivatives.py` has the products."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from textwrap import shorten
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from multigrad.backends import _torch_derivatives as derivatives
from multigrad.backends import _torch_rows
from multigrad.backends._torch_modes import Audit, Strict
from multigrad.backends.contract import Backend, Function, Pullback
from multigrad.errors import DeviceUnavailable, MultigradError, NotDifferentiable

_NUMPYS = {torchs: numpys for numpys, torchs in _torch_rows.DTYPES.items()}

_FAULTS: tuple[tuple[str, type[MultigradError], str], ...] = (
    (
        r"being used in an in-place operation|is a view and is being modified inplace",
        NotDifferentiable,
        "f wrote into its argument, which is recorded; write into a copy: y = x.clone()",
    ),
    (
        r"has been modified by an inplace operation",
        NotDifferentiable,
        "f wrote into a tensor whose value its derivative needs; write y = y + 1 instead of y += 1",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad|Can't export tensors that require gradient",
        NotDifferentiable,
        "a NumPy function of x takes the value out of the recording; write torch's, or pass x as an array",
    ),
    (
        r"derivative for .* is not implemented|does not support automatic differentiation",
        NotDifferentiable,
        "f uses an operation for which torch has no derivative; write it with others",
    ),
    (
        r"[Oo]nly Tensors of floating point|[Aa]ll outputs of f must be floating-point",
        NotDifferentiable,
        "only floating tensors have a derivative; write x.double()",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        NotDifferentiable,
        "f asks torch for a derivative of what it did not record; write multigrad.slope(g, y) inside f",
    ),
    (
        r"Inference tensors cannot be saved for backward",
        NotDifferentiable,
        "f uses a tensor that was made under torch.inference_mode; write tensor.clone() outside of it",
    ),
    (
        r"from the '(Sparse|Nested|Mkldnn)\w*' backend|unsupported tensor layout|NestedTensorImpl|Mkldnn tensor",
        NotDifferentiable,
        "a sparse or nested tensor met an operation for dense ones; write x.to_dense() or x.to_padded_tensor(0.0)",
    ),
    (
        r"^%\w format: a real number is required, not Tensor",
        NotDifferentiable,
        "'%d' % x takes the value out of the recording; to show it, write f'{x:.0f}'",
    ),
    (
        r"on meta tensors|[Cc]annot copy out of meta tensor|can't convert meta device",
        NotDifferentiable,
        "f asks for the value of a tensor on the meta device, which has shapes only; choose another device",
    ),
    (
        r"[Ee]xpected all tensors to be on the same device|is not on the expected device",
        DeviceUnavailable,
        "f mixes tensors on different devices; make its constants with device=x.device",
    ),
    (
        r"not compiled with \w+ enabled|Found no NVIDIA driver|No CUDA GPUs|invalid device ordinal",
        DeviceUnavailable,
        "f uses a device that is not here",
    ),
)
"""What torch says, which error that is, and what to write instead."""


@final
class TorchBackend(Backend):
    """PyTorch, on every device that it sees.

    Examples
    --------
    >>> import torch
    >>> backend = TorchBackend()
    >>> value, pullback = backend.vjp(lambda x: x**3, torch.tensor(2.0), nested=False)
    >>> value, pullback(torch.tensor(1.0))
    (tensor(8.), tensor(12.))
    """

    name: ClassVar[str] = "torch"
    module: ClassVar[str] = "torch"
    install: ClassVar[str] = "pip install torch"
    forward_is_cheaper: ClassVar[bool] = False  # the reading's cubic: torch.func.jvp takes ten times as long

    def __init__(self) -> None:
        self.rows = _torch_rows.table()

    def version(self) -> str:
        return str(torch.__version__)

    # Arrays and devices ------------------------------------------------------------------------------

    def owns(self, x: object) -> bool:
        return isinstance(x, Tensor)

    def devices(self) -> tuple[str, ...]:
        if not torch.accelerator.is_available():
            return ("cpu",)
        kind = _accelerator()
        return ("cpu", *(f"{kind}:{number}" for number in range(torch.accelerator.device_count())))

    def device(self, spec: object) -> torch.device:
        """As torch reads it: ``"cuda"`` is the current one. ``"gpu"`` is whatever accelerator is here."""
        here = self.devices()
        name = str(spec) if isinstance(spec, str | torch.device) else None
        if name in ("cpu", "cpu:0"):
            return torch.device("cpu")
        if name == "meta":
            return torch.device("meta")
        if len(here) > 1 and name in ("gpu", _accelerator()):
            return torch.device(_accelerator(), torch.accelerator.current_device_index())
        if name in here:
            return torch.device(name)
        raise DeviceUnavailable(
            f"device={spec!r} is not here: torch has {', '.join(here)} (and meta, for shapes without values)"
        )

    def device_name(self, device: torch.device) -> str:
        return str(device)

    def device_of(self, x: Tensor) -> torch.device:
        return x.device

    def dtype_of(self, x: Tensor) -> np.dtype[Any]:
        try:
            return _NUMPYS[x.dtype]
        except KeyError:
            raise NotDifferentiable(
                f"a tensor has the dtype {x.dtype}, unknown to NumPy; expected float64 or float32: x.float()"
            ) from None

    def from_host(self, array: npt.NDArray[Any], device: torch.device) -> Tensor:
        return _torch_rows.from_host(array, device)

    def to_host(self, x: Tensor) -> npt.NDArray[Any]:
        with torch._C.DisableTorchFunction():  # inside `strict` too: the caller knows that it leaves
            return np.array(x.numpy(force=True))

    def like(self, x: Tensor, values: npt.ArrayLike) -> Any:
        return torch.full_like(x, values) if isinstance(values, float) else super().like(x, values)

    def move(self, x: Tensor, device: torch.device) -> Tensor:
        return x.to(device)

    # Derivatives -------------------------------------------------------------------------------------

    def is_recorded(self, x: Tensor) -> bool:
        return x.requires_grad or derivatives.inside_a_transformation()

    def vjp(self, f: Function, x: Tensor, *, nested: bool) -> tuple[Any, Pullback]:
        return derivatives.vjp(f, x, nested=nested)

    def jvp(self, f: Function, x: Tensor, v: Tensor, *, nested: bool) -> tuple[Any, Tensor]:
        return derivatives.jvp(f, x, v, nested=nested)

    def strict(self) -> AbstractContextManager[object]:
        """Any tensor that requires a gradient counts as recorded, also one that f closes over."""
        return Strict()

    def mixing(self, f: Function, x: Tensor, y: Tensor) -> list[str]:
        return derivatives.mixing(x, y)

    def audit(self, seen: set[str]) -> AbstractContextManager[object]:
        """Also adds ``"host (item)"`` where the host read a value on another device."""
        return Audit(seen)

    def translate(self, error: BaseException) -> MultigradError | None:
        if not isinstance(error, RuntimeError | TypeError | AssertionError | BufferError):
            return None
        said = str(error)
        for pattern, kind, message in _FAULTS:
            if re.search(pattern, said):
                return kind(f"{message} (torch: {shorten(said.partition(chr(10))[0], 200, placeholder=' ...')})")
        return None

    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """`torch.compile`, or f itself where that fails: it needs a C++ compiler when it runs."""
        compiled: Callable[..., Any] = torch.compile(f)

        def run(*args: Any) -> Any:
            nonlocal compiled
            try:
                return compiled(*args)
            except torch._dynamo.exc.TorchDynamoException:
                compiled = f
                return f(*args)

        return run


def _accelerator() -> str:
    """The kind of accelerator here: cuda, mps, xpu."""
    device = torch.accelerator.current_accelerator()
    return device.type if device else ""


__all__ = ["TorchBackend"]
