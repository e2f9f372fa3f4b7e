"""Child processes that run cases one at a time: whatever a case does to its process, it does to nobody else.

A case that crashes or hangs takes its process along, and the next one gets a new process. The child speaks lines
of JSON and is started as a program, never forked: so any executor will do to drive it, be it threads here,
processes, or a cluster whose workers may not have children of their own through `multiprocessing`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from multigrad.errors import WorkerDied

Message = dict[str, Any]

STARTING = 120.0
"""Seconds that importing the frameworks may take."""

IDLE = 30.0
"""Seconds after which a child that nobody asks anything is ended."""

ONE_THREAD = dict.fromkeys(
    "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS VECLIB_MAXIMUM_THREADS NUMEXPR_NUM_THREADS".split(), "1"
)
UNLESS_SET = {
    # JAX takes most of a GPU's memory at once, and several children share one.
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    # Small kernels are compiled for every shape: the children share them, where the parent names a folder.
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    # XLA asks for many small pieces of memory: glibc need not join those that it gives back, time and again.
    "GLIBC_TUNABLES": "glibc.malloc.mxfast=0",
    "MPLBACKEND": "agg",
}


@dataclass(frozen=True)
class Settings:
    """What the children of one run have in common."""

    catalogue: str
    """The module that holds the scenarios: with ``families()`` and ``scenario(name)``."""
    backends: tuple[str, ...]
    limit: float
    """Seconds that a case may take."""
    cpus: int = 2
    """How many CPU devices JAX pretends to have."""
    compiled: str = ""
    """A folder in which the children share what JAX compiled."""
    run: str = ""
    """Tells runs in one process apart."""

    def environment(self) -> dict[str, str]:
        """That of a child. What has to stand there before a framework is imported is set here."""
        given = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "JAX_NUM_CPU_DEVICES": str(self.cpus)}
        shared = {"JAX_COMPILATION_CACHE_DIR": self.compiled} if os.path.isdir(self.compiled) else {}
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
        return {**UNLESS_SET, **shared, **os.environ, **ONE_THREAD, **given, "XLA_FLAGS": flags}


class Child:
    """One process with the frameworks loaded, that answers each request with one message.

    Attributes
    ----------
    hello : dict
        What it said of itself at the start: ``machine`` and ``backends``.
    spent : bool
        Whether it ended itself after its last answer.
    thread : int
        The thread that asked it last.
    """

    spent = False
    thread = 0

    def __init__(self, settings: Settings) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "multigrad.comparisons.worker", settings.catalogue, *settings.backends],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, text=True, encoding="utf-8",
            env=settings.environment(),
            start_new_session=True,  # Ctrl-C is for the parent, which then ends its children
        )  # fmt: skip
        try:
            self.hello = self._answer(STARTING)
        except BaseException:
            self.close()
            raise

    def ask(self, request: Mapping[str, Any], limit: float) -> Message:
        """The answer to a request.

        Raises
        ------
        WorkerDied
            None came: the child crashed, or was ended after `limit` seconds.
        """
        try:
            print(json.dumps({**request, "limit": limit}), file=self._process.stdin, flush=True)
        except OSError:
            raise WorkerDied(self._obituary()) from None
        return self._answer(limit)

    def _answer(self, limit: float) -> Message:
        assert self._process.stdout is not None
        hung = threading.Event()

        def end() -> None:
            hung.set()
            self._process.kill()

        # Ending the process ends the waiting for its answer: pipes have no portable time limit.
        timer = threading.Timer(limit, end)
        timer.start()
        try:
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        if line.endswith("\n"):
            message: Message = json.loads(line)
            self.spent = message.pop("last", False)
            return message
        raise WorkerDied(f"hung: no answer within {limit:g} seconds" if hung.is_set() else self._obituary())

    def _obituary(self) -> str:
        status = self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return f"ended the process that it ran in ({how}){f': {lines[-1]}' if lines else ''}"

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._said.close()


class Crew:
    """The children of one run in this process: as many as are asked at the same time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.closed = False
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._timer: threading.Timer | None = None

    @contextmanager
    def child(self, *, fresh: bool = False) -> Iterator[Child]:
        """A child for one request; it goes on living if it survives it. A fresh one is for this request alone.

        Of the idle ones it is that which this thread had before, if there is: it has compiled what comes next.
        """
        here = threading.get_ident()
        with self._lock:
            idle = [] if fresh else sorted(self._idle, key=lambda each: each.thread == here)
            child = idle[-1] if idle else None
            if child is not None:
                self._idle.remove(child)
        if child is None:
            child = Child(self.settings)
        child.thread = here
        with self._lock:
            self._busy.add(child)
        alive = False
        try:
            if self.closed:
                raise WorkerDied("was not run: the suite was ended")
            yield child
            alive = not (self.closed or child.spent or fresh)
        finally:
            with self._lock:
                self._busy.discard(child)
                if alive:
                    self._idle.append(child)
                    self._rest()
            if not alive:
                child.close()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = threading.Timer(IDLE, self._dismiss)
        self._timer.daemon = True
        self._timer.start()

    def _dismiss(self) -> None:
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.close()

    def close(self) -> None:
        """End all children. Who waits for one is told that it died."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        with self._lock:
            busy = list(self._busy)
        for child in busy:
            child._process.kill()
        self._dismiss()


_crews: dict[str, Crew] = {}
_crews_lock = threading.Lock()


def crew(settings: Settings) -> Crew:
    """The crew of that run in this process."""
    with _crews_lock:
        return _crews.setdefault(settings.run, Crew(settings))


def dismiss(settings: Settings) -> None:
    """End the crew of that run in this process: a task of that run that still comes is refused."""
    crew(settings).close()


def new_run() -> str:
    """A name that no other run has."""
    return uuid4().hex


__all__ = ["Child", "Crew", "Settings", "crew", "dismiss", "new_run"]
