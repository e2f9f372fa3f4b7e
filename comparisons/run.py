"""Running a scenario on one backend: an outcome is a value even where it failed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad import backends, operators
from multigrad.array.recording import Recording
from multigrad.backends import Backend
from multigrad.comparisons.scenario import Scenario
from multigrad.errors import BackendUnavailable, DeviceUnavailable, MultigradError
from multigrad.faces import Face

Array = npt.NDArray[Any]

SHAPES_ONLY = "meta"
"""A device, torch's, that holds shapes and no values: of what runs there only the placement can be judged."""


class Status(StrEnum):
    """How a run ended."""

    ANSWERED = "answered"
    UNAVAILABLE = "unavailable"
    """The backend or the device is not here."""
    UNSUPPORTED = "unsupported"
    """The backend cannot differentiate this f, and says so."""
    FAILED = "failed"
    """Something else was raised."""


@dataclass(frozen=True)
class Outcome:
    """What one backend made of one scenario."""

    backend: str
    version: str
    requested: str
    """The device that was asked for."""
    status: Status
    value: Array | None = None
    slope: Array | None = None
    value_device: str = ""
    slope_device: str = ""
    """Where they really lay; empty where the framework does not say."""
    devices: frozenset[str] = field(default_factory=frozenset)
    """Where x, every intermediate that shows itself, value and slope lay."""
    error: str = ""
    """The class of the exception."""
    message: str = ""
    seconds: float = 0.0

    @property
    def misplaced(self) -> frozenset[str]:
        """The devices on which something lay that were not asked for."""
        return self.devices - {self.requested}

    @property
    def placed_only(self) -> bool:
        """Whether it ran on a device that holds no values."""
        return self.status is Status.ANSWERED and self.requested == SHAPES_ONLY


def run(scenario: Scenario, backend: str, device: object = None) -> Outcome:
    """Run a scenario on one backend. Never raises for a fault of f, backend or device.

    Parameters
    ----------
    backend : str
        Its name.
    device : str, device object or None
        None: the CPU.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.comparisons.scenario import Scenario
    >>> outcome = run(Scenario("square", lambda x: x**2, np.array(3.0)), "autograd")
    >>> outcome.status, float(outcome.slope)
    (<Status.ANSWERED: 'answered'>, 6.0)
    """
    started = time.perf_counter()
    version, requested, found = "", "cpu" if device is None else str(device), False
    try:
        adapter = backends.get(backend)
        version = adapter.version()
        place = backends.placed(adapter, "cpu" if device is None else device)
        found, requested = True, adapter.device_name(place)
        if adapter.device(requested) != place:
            raise DeviceUnavailable(f"it calls the device {place} {requested!r}, which is the name of another")
        return _answered(scenario, adapter, place, started)
    except Exception as error:  # noqa: BLE001  in a run, failure is a value
        return Outcome(
            backend, version, requested, _status(error, found),
            error=type(error).__name__, message=str(error), seconds=time.perf_counter() - started,
        )  # fmt: skip


def _status(error: Exception, found: bool) -> Status:
    if isinstance(error, (BackendUnavailable, DeviceUnavailable)):
        # Once the device was found, a complaint about devices is the backend's own muddle.
        return Status.FAILED if found else Status.UNAVAILABLE
    return Status.UNSUPPORTED if isinstance(error, MultigradError) else Status.FAILED


def _answered(scenario: Scenario, adapter: Backend, place: object, started: float) -> Outcome:
    seen: set[str] = set()
    requested = adapter.device_name(place)
    shapes_only = requested == SHAPES_ONLY

    def read(face: Face, y: Any, s: Any) -> Outcome:
        value_device, slope_device = _device_name(adapter, y), _device_name(adapter, s)
        value, slope = (None, None) if shapes_only else (adapter.to_host(y), adapter.to_host(s))
        if not shapes_only:
            _require_numbers(value, slope, scenario.dtype)
        return Outcome(
            adapter.name, adapter.version(), requested, Status.ANSWERED,
            value, slope, value_device, slope_device,
            frozenset(seen | {value_device, slope_device} - {""}),
            seconds=time.perf_counter() - started,
        )  # fmt: skip

    operator: Callable[..., Any] = (
        operators.gradient_of if scenario.operator == "gradient" else operators.slope_of(scenario.order)
    )
    # f gets an array of its own: what it writes into its argument is nobody else's.
    x: Any = np.array(scenario.x)
    if shapes_only:
        # Host data has values, and is refused there: f sees the same NumPy-faced array as everywhere.
        x = Recording(adapter, place).lift(adapter.from_host(x, place))
    return operators.differentiate(scenario.f, x, place, adapter.name, operator, read, strict=True, seen=seen)


def _require_numbers(value: object, slope: object, dtype: np.dtype[Any]) -> None:
    """What is no array of floating numbers cannot be judged: NumPy would read None as NaN, and drop what is imaginary.

    A slope may be as short as f(x) where f itself rounds to float32; shorter than both x and f(x), digits were
    thrown away, whether or not they are missed at this point.
    """
    for name, answer in (("f(x)", value), ("slope", slope)):
        if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f":
            kind = f"an array of {answer.dtype}" if isinstance(answer, np.ndarray) else f"a {type(answer).__name__}"
            raise TypeError(f"its {name} is {kind}; expected an array of floating numbers")
        dtype = min(dtype, answer.dtype, key=lambda each: each.itemsize) if name == "f(x)" else dtype
        if name == "slope" and answer.dtype.itemsize < dtype.itemsize:
            raise TypeError(f"its slope is of {answer.dtype}, though x and f(x) are of {dtype}")


def _device_name(adapter: Backend, x: Any) -> str:
    device = adapter.device_of(x)
    return "" if device is None else adapter.device_name(device)
