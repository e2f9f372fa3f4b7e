"""One slope(f, x, device) over PyTorch, JAX and HIPS autograd, and the instrument that tells whether they agree.

Importing this loads no framework; each is loaded when it is asked for. `compare` loads the referee.
"""

from typing import Any

from multigrad.backends import BackendInfo, list_backends, list_devices
from multigrad.dispatch import use_backend
from multigrad.errors import (
    BackendMismatch,
    BackendUnavailable,
    DeviceUnavailable,
    ExpressionError,
    MultigradError,
    NotDifferentiable,
    NotElementwise,
    NotScalarValued,
    RecordError,
    UnknownBackend,
    UnknownScenario,
)
from multigrad.operators import gradient, slope, value_and_gradient, value_and_slope

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "compare":
        from multigrad.comparisons import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), "compare"])


__all__ = [
    "BackendInfo",
    "BackendMismatch",
    "BackendUnavailable",
    "DeviceUnavailable",
    "ExpressionError",
    "MultigradError",
    "NotDifferentiable",
    "NotElementwise",
    "NotScalarValued",
    "RecordError",
    "UnknownBackend",
    "UnknownScenario",
    "compare",
    "gradient",
    "list_backends",
    "list_devices",
    "slope",
    "use_backend",
    "value_and_gradient",
    "value_and_slope",
]
