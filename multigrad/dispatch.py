"""Which backend and which device a call goes to.

Native arrays decide by their type. Host data goes, in this order, to ``backend=``, to the backend of the slope
that is running, to `use_backend`, to ``MULTIGRAD_BACKEND``, and else to autograd on the CPU, or to the first
backend that has the device.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from multigrad import backends
from multigrad.array.recording import Recording, running
from multigrad.backends import Backend
from multigrad.errors import BackendMismatch, DeviceUnavailable

FALLBACK = "autograd"
"""Small, always installed, and the quickest to start."""

VARIABLE = "MULTIGRAD_BACKEND"

_default: ContextVar[str | None] = ContextVar("default backend", default=None)


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Within the ``with`` block, host data goes to this backend where a call does not name one.

    The choice belongs to the thread or task that made it, and blocks nest.

    Parameters
    ----------
    name : str
        ``"autograd"``, ``"torch"``, ``"jax"``, or that of a registered third party.

    Raises
    ------
    UnknownBackend, BackendUnavailable
        At once, not at the first slope.

    Examples
    --------
    >>> from multigrad import slope, use_backend
    >>> with use_backend("autograd"):
    ...     slope(lambda x: x**2, 3.0)
    6.0
    """
    backends.get(name)
    token = _default.set(name)
    try:
        yield
    finally:
        _default.reset(token)


def for_host(backend: str | None, device: object) -> tuple[Backend, object]:
    """The backend and the device (its own object) for host data.

    Raises
    ------
    UnknownBackend, BackendUnavailable, DeviceUnavailable
        What was asked for is not here.
    """
    outer = running.get()
    if backend is None and outer is not None:
        return outer.backend, outer.device if device is None else _placed(outer.backend, device)
    name = backend or _default.get() or os.environ.get(VARIABLE)
    if name or backend is not None:
        chosen = backends.get(name or str(backend))
    elif device is None or device == "cpu":
        chosen = backends.get(FALLBACK)
    else:
        chosen = backends.for_device(device)
    return chosen, _placed(chosen, "cpu" if device is None else device)


def _placed(backend: Backend, device: object) -> object:
    place = backends.placed(backend, device)
    if backend.device_name(place) == "meta":
        raise DeviceUnavailable(
            'device="meta" holds shapes without values, so it takes native tensors only: pass '
            'torch.empty(shape, device="meta")'
        )
    return place


def for_native(owner: Backend, backend: str | None) -> Backend:
    """The backend for a native array: its own.

    Raises
    ------
    BackendMismatch
        Another one was asked for.
    """
    if backend is not None and backend != owner.name:
        backends.get(backend)
        raise BackendMismatch(
            f"x is an array of {owner.name}, but backend={backend!r} was asked for; pass a Python number or a "
            "NumPy array to choose the backend, or leave backend= out"
        )
    return owner


def recording_for(backend: Backend, device: object) -> Recording:
    """The recording of a run: that of the run it stands in, where it is on the same backend and device."""
    outer = running.get()
    if outer is not None and outer.backend is backend and outer.device == device:
        return outer
    return Recording(backend, device)
