"""slope beside hand-written framework code: ratios of medians, interleaved in one process.

    python benchmarks/side_by_side.py

Absolute times depend on the machine and its neighbours; the ratios much less, since both sides alternate.
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


def measure(pair: Pair, repeats: int) -> tuple[float, float]:
    """Median seconds of both sides, which take turns."""
    for side in (pair.ours, pair.theirs):
        side()
    started = time.perf_counter()
    pair.theirs()
    calls = max(1, int(0.02 / max(time.perf_counter() - started, 1e-6)))
    times: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(repeats):
        for name in times:
            side = getattr(pair, name)
            started = time.perf_counter()
            for _ in range(calls):
                side()
            times[name].append((time.perf_counter() - started) / calls)
    return statistics.median(times["ours"]), statistics.median(times["theirs"])


def import_ratio(repeats: int) -> float:
    """`import multigrad` over `import numpy`, as whole processes."""
    times: dict[str, list[float]] = {"multigrad": [], "numpy": []}
    for _ in range(repeats):
        for module in times:
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
            times[module].append(time.perf_counter() - started)
    return statistics.median(times["multigrad"]) / statistics.median(times["numpy"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--backends", default="autograd,torch,jax")
    options = parser.parse_args()
    print(f"{'':34} {'ours':>12} {'by hand':>12} {'ratio':>7} {'aim':>6}")
    makers = {"autograd": autograd_pairs, "torch": torch_pairs, "jax": jax_pairs}
    for name in options.backends.split(","):
        for pair in makers[name]():
            ours, theirs = measure(pair, options.repeats)
            print(f"{pair.name:34} {ours * 1e6:9.1f} µs {theirs * 1e6:9.1f} µs {ours / theirs:7.2f} {pair.aim:6.2f}")
    print(f"{'import multigrad / import numpy':34} {'':12} {'':12} {import_ratio(options.repeats):7.2f} {1.5:6.2f}")


if __name__ == "__main__":
    main()
