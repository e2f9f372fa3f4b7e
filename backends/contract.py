"""What a backend is: a few primitives with stated laws. Every operator is derived from them once, for all.

A backend's file holds one final subclass of `Backend`. Its NumPy-shaped functions, the *rows*, stand in a
table of their own (`Backend.rows`), whose names and narrow signatures are listed in `rows.py`.

Third parties register a subclass under the entry-point group ``multigrad.backends`` and test it with the
conformance kit that the built-in ones pass (`multigrad.testing.conformance`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from multigrad.errors import MultigradError

Native = Any  # an array of the backend's own: torch.Tensor, jax.Array, numpy.ndarray or an autograd box
Device = Any  # the backend's own device object
Function = Callable[[Native], Native]
Pullback = Callable[[Native], Native]


class Backend(ABC):
    """One framework behind the common interface.

    An instance exists only where the framework could be imported: the constructor imports it and lets
    whatever goes wrong there through. Instances hold no state of a computation, so one serves all threads.
    """

    name: ClassVar[str]
    """The name that a person writes: ``backend="torch"``."""
    module: ClassVar[str]
    """The module whose presence in `sys.modules` is a precondition for `owns` to be true."""
    install: ClassVar[str]
    """The line that installs it."""
    forward_is_cheaper: ClassVar[bool]
    """Whether `jvp` costs less than `vjp` for the slope of a function of one variable (measured)."""
    rows: Mapping[str, Callable[..., Any]]
    """NumPy's names (``"sum"``, ``"linalg.norm"``) -> this backend's function over native arrays; see `rows.py`."""

    @abstractmethod
    def version(self) -> str:
        """The framework's version."""

    # Arrays and devices ------------------------------------------------------------------------------

    @abstractmethod
    def owns(self, x: object) -> bool:
        """Whether x is a native array of this backend, recorded or not."""

    @abstractmethod
    def devices(self) -> tuple[str, ...]:
        """Names of the devices that are here, the default first: ``("cpu", "cuda:0")``."""

    @abstractmethod
    def device(self, spec: object) -> Device:
        """The device that a name or a device object means.

        Law: ``device(device_name(d)) == d``.

        Raises
        ------
        DeviceUnavailable
            The name is malformed, or no such device is here; the message lists `devices`.
        """

    @abstractmethod
    def device_name(self, device: Device) -> str:
        """Its name: ``"cpu"``, ``"cuda:0"``; the second of several CPUs is ``"cpu:1"``."""

    @abstractmethod
    def device_of(self, x: Native) -> Device | None:
        """Where x lies; None where that cannot be known (inside a JAX transformation, or sharded)."""

    @abstractmethod
    def dtype_of(self, x: Native) -> np.dtype[Any]:
        """NumPy's dtype for x's. Raises NotDifferentiable for one that NumPy has not (bfloat16)."""

    @abstractmethod
    def from_host(self, array: npt.NDArray[Any], device: Device) -> Native:
        """A copy of a NumPy array on `device`, in the same dtype. Law: never shares memory with `array`."""

    @abstractmethod
    def to_host(self, x: Native) -> npt.NDArray[Any]:
        """A NumPy copy of the values of x, recorded or not. Raises where x has no values."""

    def like(self, x: Native, values: npt.ArrayLike) -> Native:
        """`values` broadcast to the shape of x, in its dtype and on its device; recorded by nobody."""
        array = np.broadcast_to(np.asarray(values, self.dtype_of(x)), x.shape)
        return self.from_host(array, self.device_of(x))

    @abstractmethod
    def move(self, x: Native, device: Device) -> Native:
        """x on `device`, still connected to what recorded it."""

    def context(self, device: Device | None, dtype: np.dtype[Any]) -> AbstractContextManager[object]:
        """In force while f runs and its answers are made: whatever keeps new arrays on `device` in `dtype`.

        Law: after it, the framework's global state is what it was before, in every thread.
        """
        return nullcontext()

    # Derivatives -------------------------------------------------------------------------------------

    def is_recorded(self, x: Native) -> bool:
        """Whether a derivative that is under way, multigrad's or the framework's own, depends on x."""
        return True

    @abstractmethod
    def vjp(self, f: Function, x: Native, *, nested: bool) -> tuple[Native, Pullback]:
        """``f(x)``, and the pullback u -> uᵀJ in the shape of x.

        Laws: f is called once; the pullback may be called again; where f(x) does not depend on x it gives
        zeros, without a warning. Both answers stay connected to what records x, and, where `nested`, to
        whatever else records: so the derivative of a derivative is right.
        """

    @abstractmethod
    def jvp(self, f: Function, x: Native, v: Native, *, nested: bool) -> tuple[Native, Native]:
        """``f(x)`` and Jv in the shape of f(x). Laws as for `vjp`, except that f may be called twice."""

    def strict(self) -> AbstractContextManager[object]:
        """Raises NotDifferentiable where a value that is recorded leaves the recording inside this context."""
        return nullcontext()

    @abstractmethod
    def mixing(self, f: Function, x: Native, y: Native) -> list[str]:
        """Names of the recorded operations between native x and ``y = f(x)`` that may not be elementwise.

        An empty list is a proof that f is elementwise. What is unknown is named: a false alarm costs one
        more product, a miss would be a wrong number.
        """

    def audit(self, seen: set[str]) -> AbstractContextManager[object]:
        """While in force, adds to `seen` the device name of every intermediate that the framework shows."""
        return nullcontext()

    @abstractmethod
    def translate(self, error: BaseException) -> MultigradError | None:
        """The multigrad error for a fault that the framework reported in its own words; None for any other."""

    @abstractmethod
    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """A faster f over native arrays, for prepared operators; f itself where the backend has no compiler."""
