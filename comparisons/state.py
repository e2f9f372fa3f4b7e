"""Global settings that a case might change, of Python, NumPy and the frameworks: noticed and put back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple


class Setting(NamedTuple):
    """One piece of global state."""

    name: str
    module: str
    """What has to have been imported for it to exist."""
    read: Callable[[Any], Any]
    """Given the module. The answer compares with ==, except that bytes stand for arrays."""
    write: Callable[[Any, Any], object]
    drawn_from: bool = False
    """Whether f changes it by merely drawing random numbers."""


def _write_jax(jax: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if jax.config.values[name] != value:
            jax.config.update(name, value)


def _numpy_random(np: Any) -> Any:
    kind, keys, *rest = np.random.get_state()
    return kind, keys.tobytes(), *rest


def _write_numpy_random(np: Any, state: Any) -> None:
    kind, keys, *rest = state
    np.random.set_state((kind, np.frombuffer(keys, np.uint32), *rest))


def _write_torch_random(torch: Any, state: bytes) -> None:
    torch.set_rng_state(torch.frombuffer(bytearray(state), dtype=torch.uint8))


SETTINGS = (
    Setting("numpy's error state", "numpy", lambda np: np.geterr(), lambda np, old: np.seterr(**old)),
    Setting("numpy's print options", "numpy", lambda np: np.get_printoptions(),
            lambda np, old: np.set_printoptions(**old)),
    Setting("numpy's random state", "numpy", _numpy_random, _write_numpy_random, drawn_from=True),
    Setting("Python's random state", "random", lambda random: random.getstate(),
            lambda random, old: random.setstate(old), drawn_from=True),
    Setting("the recursion limit", "sys", lambda sys: sys.getrecursionlimit(),
            lambda sys, old: sys.setrecursionlimit(old)),
    Setting("the working directory", "os", lambda os: os.getcwd(), lambda os, old: os.chdir(old)),
    Setting("torch's grad mode", "torch", lambda torch: torch.is_grad_enabled(),
            lambda torch, old: torch.set_grad_enabled(old)),
    Setting("torch's default dtype", "torch", lambda torch: torch.get_default_dtype(),
            lambda torch, old: torch.set_default_dtype(old)),
    Setting("torch's default device", "torch", lambda torch: torch.get_default_device(),
            lambda torch, old: torch.set_default_device(old)),
    Setting("torch's deterministic algorithms", "torch", lambda torch: torch.are_deterministic_algorithms_enabled(),
            lambda torch, old: torch.use_deterministic_algorithms(old)),
    Setting("torch's number of threads", "torch", lambda torch: torch.get_num_threads(),
            lambda torch, old: torch.set_num_threads(old)),
    Setting("torch's random state", "torch", lambda torch: torch.get_rng_state().numpy().tobytes(),
            _write_torch_random, drawn_from=True),
    Setting("jax's configuration", "jax", lambda jax: dict(jax.config.values), _write_jax),
    Setting("jax's 64-bit switch", "jax", lambda jax: jax.config.jax_enable_x64,
            lambda jax, old: jax.config.update("jax_enable_x64", old)),
)  # fmt: skip


def snapshot() -> dict[Setting, Any]:
    """What every setting is now, of the modules that are imported."""
    loaded = {setting: sys.modules.get(setting.module) for setting in SETTINGS}
    return {setting: setting.read(module) for setting, module in loaded.items() if module is not None}


@contextmanager
def watched(changed: dict[Setting, str]) -> Iterator[None]:
    """Puts every setting back at the end, and enters into `changed` what each was changed to.

    Examples
    --------
    >>> import numpy as np
    >>> changed = {}
    >>> with watched(changed):
    ...     old = np.seterr(all="raise")
    >>> [setting.name for setting in changed], np.geterr()["divide"] == old["divide"]
    (["numpy's error state"], True)
    """
    before = snapshot()
    try:
        yield
    finally:
        for setting, now in snapshot().items():
            # Of what was imported meanwhile nobody knows what it was before.
            if setting in before and now != before[setting]:
                setting.write(sys.modules[setting.module], before[setting])
                changed[setting] = _difference(before[setting], now)


def _difference(old: Any, new: Any) -> str:
    """From what to what, in a few words; nothing of what is too long to read."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        return ", ".join(f"{name} from {old.get(name)} to {new.get(name)}" for name in names[:3])
    text = f"from {old} to {new}"
    return text if len(text) <= 100 else ""


__all__ = ["SETTINGS", "Setting", "snapshot", "watched"]
