"""One slope(f, x, device) over PyTorch, JAX and HIPS autograd, and the instrument that tells whether they agree.

Importing this loads no framework; each is loaded when it is asked for. `compare` loads the referee.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from multigrad import errors
from multigrad.backends import BackendInfo, list_backends, list_devices
from multigrad.dispatch import use_backend
from multigrad.errors import *  # noqa: F403  the whole tree, as errors.__all__ lists it
from multigrad.operators import gradient, slope, value_and_gradient, value_and_slope

if TYPE_CHECKING:
    from multigrad.comparisons import compare
    from multigrad.explanation import explain

__version__ = "0.1.0"

_LAZY = {"compare": "multigrad.comparisons", "explain": "multigrad.explanation"}
"""What is imported when it is first asked for -> where from."""


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


__all__ = [
    *errors.__all__,
    "BackendInfo",
    "compare",
    "explain",
    "gradient",
    "list_backends",
    "list_devices",
    "slope",
    "use_backend",
    "value_and_gradient",
    "value_and_slope",
]
