"""What watches torch while f runs: `Strict` for values that leave the recording, `Audit` for devices."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from multigrad.errors import NotDifferentiable

INSTEAD_OF_NUMPY = "x itself, and torch's functions instead of NumPy's"
LEAVING: dict[Callable[..., Any], tuple[str, str]] = {
    Tensor.__float__: (
        "float(x), a function of math, or '%.3f' % x",
        "x itself, torch.sin for math.sin, and f'{x:.3f}' to show it",
    ),
    Tensor.__int__: ("int(x)", "x.long() or torch.trunc(x)"),
    Tensor.__complex__: ("complex(x)", "x itself, or torch.complex(x, y)"),
    Tensor.item: ("x.item()", "x itself"),
    Tensor.tolist: ("x.tolist()", "x itself, or x.unbind()"),
    Tensor.numpy: ("x.numpy()", INSTEAD_OF_NUMPY),
    Tensor.__array__: ("a NumPy function of x, or np.asarray(x),", INSTEAD_OF_NUMPY),
    Tensor.__dlpack__: ("x.__dlpack__()", "x itself"),
}  # fmt: skip
"""What reads the values of a tensor, and what to write instead."""

COPYING = {
    **dict.fromkeys((torch.tensor, torch.as_tensor, torch.asarray, torch.linspace, torch.logspace), 0),
    Tensor.new_tensor: 1,
}
"""What makes a new tensor of values, and from which argument on; ``torch.stack`` keeps the connection."""


class Strict(TorchFunctionMode):
    """Raises NotDifferentiable where a recorded value is read out, also after ``x.detach()``."""

    def __init__(self) -> None:
        super().__init__()
        # Tensors that torch no longer records though they were made of recorded ones, by id; kept alive, so
        # that no other can get the same.
        self.cut_off: dict[int, Tensor] = {}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func in LEAVING and self._is_recorded(args[0]):
            raise _left(*LEAVING[func])
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.requires_grad:
            return result
        lost = [x for x in _tensors(result) if not x.requires_grad and not _is_whole(x)]
        if lost and any(map(self._is_recorded, _tensors((args, kwargs)))):
            name = getattr(func, "__name__", "")
            if func in COPYING and any(map(self._is_recorded, _tensors((args[COPYING[func] :], kwargs)))):
                raise _left(f"torch.{name}(...) of x", "torch.stack([...]), or x itself")
            if not (name.endswith("_like") or name.startswith("new_")):
                self.cut_off.update((id(x), x) for x in lost)
        return result

    def _is_recorded(self, x: Any) -> bool:
        return isinstance(x, Tensor) and (x.requires_grad or id(x) in self.cut_off)


def _is_whole(x: Tensor) -> bool:
    """Whether x holds integers or booleans, which carry no derivative."""
    return not (x.is_floating_point() or x.is_complex())


def _left(what: str, instead: str) -> NotDifferentiable:
    return NotDifferentiable(
        f"{what} takes the value out of the recording, so its derivative would be lost; write {instead}"
    )


def _tensors(value: Any) -> Iterator[Tensor]:
    """The tensors among (nested) arguments or results."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))


class Audit(TorchDispatchMode):
    """Adds to `seen` the device of every result, and ``"host (item)"`` where a device's value is read out.

    Not of those by which torch itself asks meta for the shape of a second derivative: no value comes back from there.
    """

    def __init__(self, seen: set[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's
        self.seen = seen

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """False: else torch imports its whole compiler, for a second and more, only to keep it out of here."""
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default and args[0].device.type != "cpu":
            self.seen.add("host (item)")
        result = func(*args, **(kwargs or {}))
        if func is not torch.ops.aten.lift_fresh.default:  # how host data enters, before it is moved
            asks = func.namespace == "prims" or func is torch.ops.aten.to.dtype_layout
            self.seen.update(str(x.device) for x in _tensors(result) if not (asks and x.device.type == "meta"))
        return result
