"""Threads that each work through neighbouring tasks, so that what one of their children has compiled serves the next.

JAX compiles every operation for every shape, and each child for itself; neighbours in the catalogue have most of them
in common. Handed out one by one, as `ThreadPoolExecutor` does it, two children compile nearly everything twice.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

Task = tuple[Future[Any], Callable[[], Any]]


class Shares(Executor):
    """An executor of some threads with a share of the tasks each: who has none left takes half of the longest.

    Examples
    --------
    >>> with Shares(2) as executor:
    ...     futures = [executor.submit(pow, n, 2) for n in range(4)]
    >>> [future.result() for future in futures]
    [0, 1, 4, 9]
    """

    def __init__(self, threads: int) -> None:
        self._shares: list[deque[Task]] = [deque() for _ in range(threads)]
        self._newest = self._shares[0]
        """The share that the next task is a neighbour of."""
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, args=(share,), daemon=True) for share in self._shares]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """As an executor's: the task comes after all that were submitted before."""
        future: Future[Any] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the executor was shut down")
            self._newest.append((future, lambda: function(*args, **options)))
            self._changed.notify()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads once nothing is left to do; what has not begun may be cancelled."""
        with self._changed:
            self._closed = True
            if cancel_futures:
                for share in self._shares:
                    for future, _ in share:
                        future.cancel()
            self._changed.notify_all()
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self, own: deque[Task]) -> None:
        while task := self._next(own):
            future, call = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  it is raised where the result is asked for
                future.set_exception(error)
            else:
                future.set_result(result)

    def _next(self, own: deque[Task]) -> Task | None:
        """The next task of a share; None where there is none any more."""
        with self._changed:
            while not own:
                longest = max(self._shares, key=len)
                if longest:
                    own.extendleft(longest.pop() for _ in range((len(longest) + 1) // 2))
                    self._newest = own if longest is self._newest else self._newest
                elif self._closed:
                    return None
                else:
                    self._changed.wait()
            return own.popleft()


__all__ = ["Shares"]
