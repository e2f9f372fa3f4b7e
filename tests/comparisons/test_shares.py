"""Threads with shares of the tasks; children that stay with their thread; and what a child makes of JAX."""

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import CancelledError
from itertools import pairwise

import pytest

from multigrad.comparisons.processes import Crew, Settings
from multigrad.comparisons.shares import Shares


def test_each_thread_works_through_neighbours():
    done, wait = defaultdict(list), threading.Barrier(2)

    def task(n):
        done[threading.get_ident()].append(n)
        if n < 0:
            wait.wait(30)  # until both threads are there
        time.sleep(0.002)

    with Shares(2) as executor:
        first = [executor.submit(task, -1), executor.submit(task, -1)]
        futures = [executor.submit(task, n) for n in range(200)]
        assert [future.result() for future in (*first, *futures)] == [None] * 202
    assert len(done) == 2 and sorted(n for own in done.values() for n in own if n >= 0) == list(range(200))
    # Out of order only where a thread went on with half of what the other had left: log2(200) times, not 100.
    jumps = sum(b != a + 1 for own in done.values() for a, b in pairwise(own[1:]))
    assert jumps <= 16


def test_errors_come_to_who_asks_and_the_thread_goes_on():
    with Shares(1) as executor:
        bad, good = executor.submit(int, "one"), executor.submit(int, "1")
        assert good.result(30) == 1 and isinstance(bad.exception(), ValueError)
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(int)


def test_what_has_not_begun_is_cancelled():
    begun, go = threading.Event(), threading.Event()

    def holds():
        begun.set()
        return go.wait(30)

    executor = Shares(1)
    running, waiting = executor.submit(holds), executor.submit(int)
    assert begun.wait(30)
    executor.shutdown(wait=False, cancel_futures=True)
    go.set()
    assert running.result(30) is True
    with pytest.raises(CancelledError):
        waiting.result(30)


def test_a_thread_keeps_its_child():
    crew = Crew(Settings("tests.comparisons.planted", ("autograd",), 10.0))
    with crew.child() as mine, crew.child() as other:
        pass  # `other` is idle first
    other.thread = -1
    try:
        with crew.child() as again:
            assert again is mine
        other.thread, mine.thread = threading.get_ident(), -1
        with crew.child() as again:
            assert again is other
    finally:
        crew.close()


IN_A_CHILD = """
import jax, jax.numpy as jnp
from multigrad.comparisons import worker
def text(n):
    return jax.jit(lambda x: jnp.sin(x) * n).lower(1.0).compiler_ir().operation
own = [text(n) for n in (1, 2)]
assert own[0].context is not own[1].context
assert worker.share_context()
shared = [text(n) for n in (1, 2)]
assert shared[0].context is shared[1].context
assert list(map(str, shared)) == list(map(str, own))
"""


def test_the_programs_of_one_context_are_those_of_many():
    """Where a new JAX has no such function any more, nothing breaks but the speed, and this says so."""
    pytest.importorskip("jax", reason="JAX is not installed")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", IN_A_CHILD], check=True, env=env)
