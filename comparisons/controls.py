"""Controls of the placement audit: the frameworks' own code beside multigrad's, through one audit.

An audit that never finds anything proves nothing. Hand-written `jax.grad` does not keep the device of its input,
and hand-written torch may make a constant elsewhere: both have to be caught, and `gradient` has to pass.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import Any

import numpy as np

from multigrad import backends as registry
from multigrad.backends import Backend
from multigrad.comparisons.referee import referee
from multigrad.comparisons.run import Outcome, Status, run
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.verdict import Verdict, judge
from multigrad.errors import BackendUnavailable, DeviceUnavailable

Function = Callable[[Any], Any]

X = np.array([1.0, 2.0, 3.0], np.float32)

# What each does looks the same in NumPy and in a framework, so that one f serves both.
TRAPS: dict[str, Function] = {
    "sum(x)": lambda x: x.sum(),
    "x[0]": lambda x: x[0],
    "mean(x)": lambda x: x.mean(),
    "(x * ones).sum()": lambda x: (x * np.ones(3, np.float32)).sum(),
}


def controls(names: Container[str]) -> Iterator[dict[str, str]]:
    """Each control of those backends that can run here, with the verdict expected and the one it got."""
    for name, device, by_hand, functions in (
        ("jax", "cpu:1", _by_hand_in_jax, TRAPS),
        ("torch", "meta", _by_hand_in_torch, {"(x * [1, 2, 3]).sum()": lambda x: (x * np.arange(1, 4)).sum()}),
    ):
        if name not in names:
            continue
        try:
            adapter = registry.get(name)
            adapter.device(device)
        except (BackendUnavailable, DeviceUnavailable):
            continue
        for text, f in functions.items():
            scenario = Scenario(text, f, X, "gradient")
            yield _control(f"{name} by hand: {text} on {device}", scenario, by_hand(adapter, f, device), "misplaced")
            yield _control(f"gradient, {name}: {text} on {device}", scenario, run(scenario, name, device), "agree")


def _control(name: str, scenario: Scenario, outcome: Outcome, expected: str) -> dict[str, str]:
    judgement = referee(scenario.f, scenario.x, operator="gradient")
    (row,) = judge([outcome], judgement, float(np.finfo(X.dtype).eps))
    return {
        "name": name,
        "backend": outcome.backend,
        "expected": str(Verdict(expected)),
        "verdict": str(row.verdict),
        "reason": row.reason,
    }


def _by_hand_in_jax(adapter: Backend, f: Function, device: str) -> Outcome:
    import jax

    x = jax.device_put(X, adapter.device(device))
    value, slope = jax.value_and_grad(f)(x)
    there, here = (adapter.device_name(adapter.device_of(answer)) for answer in (value, slope))
    return Outcome(
        "jax", adapter.version(), device, Status.ANSWERED, np.array(value), np.array(slope), there, here,
        frozenset((there, here)),
    )  # fmt: skip


def _by_hand_in_torch(adapter: Backend, f: Function, device: str) -> Outcome:
    import torch

    seen: set[str] = set()
    x = torch.empty(len(X), device=device, requires_grad=True)
    with adapter.audit(seen):
        weights = torch.arange(1.0, 4.0)  # on the CPU, where torch makes what is told nothing else
        value = (x * weights.to(x.device)).sum()
        (slope,) = torch.autograd.grad(value, x)
    return Outcome(
        "torch", adapter.version(), device, Status.ANSWERED, None, None, str(value.device), str(slope.device),
        frozenset(seen),
    )  # fmt: skip


__all__ = ["controls"]
