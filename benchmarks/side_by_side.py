"""slope beside hand-written framework code: the median of the ratios of calls that stand beside each other.

    python benchmarks/side_by_side.py

Absolute times depend on the machine and its neighbours; the ratios much less, since both sides alternate. Half of the
ratios lie in what is printed as their middle half: where that is wide, the machine was not quiet.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from multigrad import slope

MANY = np.linspace(-3.0, 3.0, 10**6)
LEAST = 9  # ratios, however long they take


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


class Pair(NamedTuple):
    """Ours, theirs, and what is aimed at."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    aim: float


def autograd_pairs() -> list[Pair]:
    import autograd

    one, many = autograd.grad(f), autograd.elementwise_grad(f)
    return [
        Pair("autograd, host scalar", lambda: slope(f, -2.0, backend="autograd"), lambda: one(-2.0), 1.15),
        Pair("autograd, 10^6 host points", lambda: slope(f, MANY, backend="autograd"), lambda: many(MANY), 1.1),
    ]


def torch_pairs() -> list[Pair]:
    import torch

    def by_hand(x: torch.Tensor) -> torch.Tensor:
        x = x.detach().requires_grad_()
        f(x).backward()
        return x.grad

    def host_by_hand() -> float:
        return by_hand(torch.tensor(-2.0, dtype=torch.float64)).item()

    def many_by_hand(x: torch.Tensor) -> torch.Tensor:
        x = x.detach().requires_grad_()
        y = f(x)
        y.backward(torch.ones_like(y))
        return x.grad

    net = torch.nn.Sequential(torch.nn.Linear(1, 256), torch.nn.Tanh(), torch.nn.Linear(256, 1)).double()

    def work(x: torch.Tensor) -> torch.Tensor:
        return net(x.reshape(1, 1)).squeeze()

    def work_by_hand(x: torch.Tensor) -> torch.Tensor:
        x = x.detach().requires_grad_()
        return torch.autograd.grad(work(x), x)[0]

    x, xs = torch.tensor(-2.0, dtype=torch.float64), torch.from_numpy(MANY)
    return [
        Pair("torch, native scalar", lambda: slope(f, x), lambda: by_hand(x), 1.15),
        Pair("torch, native scalar, a network", lambda: slope(work, x), lambda: work_by_hand(x), 1.05),
        Pair("torch, host scalar", lambda: slope(f, -2.0, backend="torch"), host_by_hand, 1.25),
        Pair("torch, 10^6 native points", lambda: slope(f, xs), lambda: many_by_hand(xs), 1.1),
        Pair(
            "torch, 10^6 host points",
            lambda: slope(f, MANY, backend="torch"),
            lambda: many_by_hand(torch.tensor(MANY)).numpy(),
            1.1,
        ),
    ]


def jax_pairs() -> list[Pair]:
    import jax

    jnp = jax.numpy
    with jax.enable_x64(True):
        xs = jnp.asarray(MANY)
    x = jnp.float32(-2.0)

    def many_by_hand(xs: jax.Array) -> jax.Array:
        with jax.enable_x64(True):
            y, pullback = jax.vjp(f, xs)
            return pullback(jnp.ones_like(y))[0].block_until_ready()

    def many_from_host() -> np.ndarray:
        with jax.enable_x64(True):
            return np.asarray(many_by_hand(jnp.asarray(MANY)))

    return [
        Pair("jax, native scalar", lambda: slope(f, x).block_until_ready(),
             lambda: jax.grad(f)(x).block_until_ready(), 1.15),
        Pair("jax, host scalar", lambda: slope(f, -2.0, backend="jax"), lambda: float(jax.grad(f)(-2.0)), 0.4),
        Pair("jax, 10^6 native points", lambda: slope(f, xs).block_until_ready(), lambda: many_by_hand(xs), 1.1),
        Pair("jax, 10^6 host points", lambda: slope(f, MANY, backend="jax"), many_from_host, 1.1),
    ]  # fmt: skip


class Timing(NamedTuple):
    """Median seconds of both sides, and the ratios of neighbouring calls, in order of size."""

    ours: float
    theirs: float
    ratios: list[float]

    def __str__(self) -> str:
        low, middle, high = statistics.quantiles(self.ratios, n=4)
        return f"{middle:7.2f}   {low:.2f} to {high:.2f}"


def seconds_of(side: Callable[[], object], calls: int = 1) -> float:
    """Seconds that one of so many calls takes."""
    started = time.perf_counter()
    for _ in range(calls):
        side()
    return (time.perf_counter() - started) / calls


def measure(ours: Callable[[], object], theirs: Callable[[], object], seconds: float) -> Timing:
    """Ours, theirs, theirs, ours, and so on until the seconds are over.

    What slows the machine for a while, or whoever comes second, slows both sides of the four, so that each ratio is of
    like with like; and the median of the ratios does not mind the four that were cut in two.
    """
    ours(), theirs()
    calls = max(1, int(0.01 / max(seconds_of(theirs), 1e-6)))
    pairs: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    while len(pairs) < LEAST or time.perf_counter() < end:
        first, second, third, fourth = (seconds_of(side, calls) for side in (ours, theirs, theirs, ours))
        pairs.append(((first + fourth) / 2, (second + third) / 2))
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Timing(mine, other, sorted(one / two for one, two in pairs))


def importing(module: str) -> Callable[[], object]:
    """A whole process that imports the module."""
    return lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each line")
    parser.add_argument("--backends", default="autograd,torch,jax")
    options = parser.parse_args()
    print(f"{'':34} {'ours':>12} {'by hand':>12} {'ratio':>7}   {'middle half':12} {'aim':>6}")

    def show(name: str, ours: Callable[[], object], theirs: Callable[[], object], aim: float) -> None:
        timing = measure(ours, theirs, options.seconds)
        times = f"{timing.ours * 1e6:9.1f} µs {timing.theirs * 1e6:9.1f} µs"
        print(f"{name:34} {times} {timing!s:22} {aim:6.2f}", flush=True)

    makers = {"autograd": autograd_pairs, "torch": torch_pairs, "jax": jax_pairs}
    for name in options.backends.split(","):
        for pair in makers[name]():
            show(*pair)
    show("import multigrad / import numpy", importing("multigrad"), importing("numpy"), 1.5)


if __name__ == "__main__":
    main()
