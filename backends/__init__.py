"""The frameworks, one adapter a file, behind one contract (`multigrad.backends.contract`).

No framework is imported before it is asked for: an adapter's module is the only one that imports its
framework, and this registry imports an adapter on first use. Importing torch takes a second or more, and who
uses one framework need not have the others.
"""

import sys
from dataclasses import dataclass
from importlib import import_module

from multigrad.backends.contract import Backend, Device
from multigrad.errors import BackendUnavailable, DeviceUnavailable, UnknownBackend

GROUP = "multigrad.backends"
"""The entry-point group under which third parties register a subclass of `Backend`."""


@dataclass(frozen=True)
class Registration:
    """What is known of a backend before anything of it is imported."""

    name: str
    target: str
    """``package.module:Class`` of the adapter."""
    module: str
    """The framework's own module."""
    install: str
    """The line that installs it."""


BUILT_IN = {
    entry.name: entry
    for entry in (
        Registration("autograd", "multigrad.backends._autograd:AutogradBackend", "autograd", "pip install autograd"),
        Registration("torch", "multigrad.backends._torch:TorchBackend", "torch", "pip install torch"),
        Registration("jax", "multigrad.backends._jax:JaxBackend", "jax", "pip install jax"),
    )
}
"""In the order in which they are offered for host data."""

_loaded: dict[str, Backend] = {}
_owners: dict[type, str | None] = {}


@dataclass(frozen=True)
class BackendInfo:
    """A backend as `list_backends` shows it."""

    name: str
    installed: bool
    """Whether it can be used: a framework whose import crashes counts as not installed."""
    version: str | None
    devices: tuple[str, ...]
    install: str
    """The line that installs it."""
    reason: str
    """Why it cannot be used; empty where it can."""


def registered() -> dict[str, Registration]:
    """Every known backend by name, the built-in ones first."""
    from importlib import metadata  # it takes as long to import as a third of numpy, and is rarely needed

    found = dict(BUILT_IN)
    for entry in metadata.entry_points(group=GROUP):
        distribution = entry.dist.name if entry.dist else entry.name
        found.setdefault(
            entry.name, Registration(entry.name, entry.value, entry.name, f"pip install {distribution}")
        )
    return found


def get(name: str) -> Backend:
    """The backend of that name, imported now if it was not before.

    Raises
    ------
    UnknownBackend
        No backend of that name is registered.
    BackendUnavailable
        Its framework is not installed, or importing it crashes; the message says which.
    """
    try:
        return _loaded[name]
    except (KeyError, TypeError):
        pass
    entry = check_name(name)
    # Two threads may both build one: instances hold no state, and the first to be entered is kept.
    return _loaded.setdefault(name, _load(entry))


def check_name(name: str) -> Registration:
    """What is registered under that name.

    Raises
    ------
    UnknownBackend
        Nothing is; the message lists the names.
    """
    if isinstance(name, str) and name in BUILT_IN:
        return BUILT_IN[name]
    known = registered()
    if not isinstance(name, str) or name not in known:
        raise UnknownBackend(f"backend={name!r} is none of those registered: {', '.join(known)}")
    return known[name]


def _load(entry: Registration) -> Backend:
    module, _, attribute = entry.target.partition(":")
    try:
        backend: Backend = getattr(import_module(module), attribute)()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == entry.module.partition(".")[0]:
            raise BackendUnavailable(
                f"backend {entry.name!r} is not installed; install it with: {entry.install}"
            ) from error
        raise BackendUnavailable(
            f"backend {entry.name!r} is installed, but its import fails: no module {error.name!r}"
        ) from error
    except Exception as error:
        # Whatever a broken installation raises (OSError for a missing library, AttributeError after a
        # half upgrade): the backend is not usable, and the person should read why.
        raise BackendUnavailable(
            f"backend {entry.name!r} is installed, but its import crashes: {type(error).__name__}: {error}"
        ) from error
    return backend


def owner(x: object) -> Backend | None:
    """The backend whose native array x is; None for host data and everything else."""
    kind = type(x)
    if kind not in _owners:
        # A type is asked about once. An array cannot exist before its framework was imported.
        candidates = [entry.name for entry in registered().values() if entry.module in sys.modules]
        _owners[kind] = next((name for name in candidates if _owns(name, x)), None)
    name = _owners[kind]
    return None if name is None else get(name)


def _owns(name: str, x: object) -> bool:
    try:
        return get(name).owns(x)
    except BackendUnavailable:
        return False


def placed(backend: Backend, spec: object) -> Device:
    """The device of a backend that a name means, or a device object of any framework's: another's counts by its name.

    Raises
    ------
    DeviceUnavailable
        The backend has none of that name.
    """
    try:
        return backend.device(spec)
    except DeviceUnavailable:
        if isinstance(spec, str):
            raise
        names = [entry.name for entry in registered().values() if entry.module in sys.modules]
        named = next((known for name in names if (known := _device_name(name, spec)) is not None), None)
        if named is None:
            raise
    return backend.device(named)


def _device_name(name: str, spec: object) -> str | None:
    """What that backend calls its own device object; None where it is none, or not here."""
    try:
        adapter = get(name)
        return adapter.device_name(adapter.device(spec))
    except (BackendUnavailable, DeviceUnavailable):
        return None


def list_backends() -> tuple[BackendInfo, ...]:
    """Every registered backend: installed or not, version, devices, how to install it.

    Never fails: a backend that cannot be imported is listed with the reason.

    Examples
    --------
    >>> from multigrad import list_backends
    >>> [backend.name for backend in list_backends()][:3]
    ['autograd', 'torch', 'jax']
    """
    return tuple(map(_info, registered().values()))


def _info(entry: Registration) -> BackendInfo:
    try:
        backend = get(entry.name)
        return BackendInfo(entry.name, True, backend.version(), backend.devices(), entry.install, "")
    except Exception as error:  # noqa: BLE001  a listing reports a broken backend, whatever it raises
        return BackendInfo(entry.name, False, None, (), entry.install, str(error))


def list_devices(backend: str | None = None) -> tuple[str, ...]:
    """Names of the devices that are here, of one backend or of all that are installed.

    Raises
    ------
    UnknownBackend, BackendUnavailable
        As `get`, where `backend` is given.

    Examples
    --------
    >>> from multigrad import list_devices
    >>> list_devices("autograd")
    ('cpu',)
    """
    if backend is not None:
        return get(backend).devices()
    return tuple(dict.fromkeys(device for info in list_backends() for device in info.devices))


def for_device(spec: object) -> Backend:
    """The first backend, in the order of `registered`, that can be used and has the device.

    Raises
    ------
    DeviceUnavailable
        None has it; the message lists the devices of each.
    """
    here: list[str] = []
    for name in registered():
        try:
            backend = get(name)
            backend.device(spec)
        except BackendUnavailable:
            here.append(f"{name} is not installed")
        except DeviceUnavailable:
            here.append(f"{name} has {', '.join(backend.devices())}")
        else:
            return backend
    meant = f" (the backend of that name is backend={spec!r})" if isinstance(spec, str) and spec in registered() else ""
    raise DeviceUnavailable(f"device={spec!r} is not here: {'; '.join(here)}{meant}")


__all__ = [
    "Backend", "BackendInfo", "Registration", "check_name", "for_device", "get", "list_backends", "list_devices",
    "owner", "placed", "registered",
]  # fmt: skip

