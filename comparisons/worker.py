"""The program in a child process: one case after another, each a line of JSON in and a line of JSON out.

``python -m multigrad.comparisons.worker CATALOGUE BACKEND...``, started by `multigrad.comparisons.processes`.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from multigrad import backends as registry
from multigrad.comparisons import records
from multigrad.comparisons.controls import controls
from multigrad.comparisons.referee import Judgement, referee
from multigrad.comparisons.run import Outcome, Status, run
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.state import Setting, watched
from multigrad.comparisons.verdict import judge, settled

Message = dict[str, Any]

PROGRAMS = 4000
"""How many programs of JAX's are kept before all are dropped: each takes 0.3 MB, and 1.4 MB with a context each."""

LOOKS = 0.5
"""Seconds between two looks whether the parent is still there."""

GRACE = 10.0
"""Seconds beyond its limit after which a case ends the process, where the parent has not ended it."""


def main(catalogue: str, *names: str) -> None:
    """Answer requests until there are no more."""
    _end_with_parent()
    requests, answers = _own_channels()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")  # NaN and infinity are answers
    module = import_module(catalogue)
    print(json.dumps(hello(names)), file=answers, flush=True)
    forget = _forgets_programs()
    # What is imported and compiled stays: to look through it often finds nothing.
    gc.freeze()
    gc.set_threshold(100_000, 10, 100)
    for line in requests:
        request = json.loads(line)
        with _ended_after(request["limit"] + GRACE):
            answer = answered(request, module.scenario, names)
        print(json.dumps(answer, allow_nan=False), file=answers, flush=True)
        if answer.get("last"):
            return
        forget()


def _end_with_parent() -> None:
    """End this process once its parent is gone, even in the middle of a case: nobody else would."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


@contextmanager
def _ended_after(seconds: float) -> Iterator[None]:
    """The same where that thread cannot look, since a case that hangs keeps the interpreter to itself."""
    faulthandler.dump_traceback_later(min(seconds, threading.TIMEOUT_MAX), exit=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def share_context() -> bool:
    """Let JAX lower all programs of a thread in one MLIR context; whether it could be told so.

    It makes one for each, which takes longer than all the rest of its lowering, and most of the memory that the
    program takes. The programs are the same, but no user should have JAX altered: this is for these processes alone.
    """
    mlir: Any = sys.modules.get("jax._src.interpreters.mlir")
    make: Callable[[], Any] | None = getattr(mlir, "make_ir_context", None)
    if make is None:
        return False
    own = threading.local()

    def context() -> Any:
        if not hasattr(own, "context"):
            own.context = make()
        return own.context

    mlir.make_ir_context = context
    return True


def _forgets_programs() -> Callable[[], None]:
    """What drops what JAX compiled, once it is much; it is still in the folder that the children share."""
    jax, compiled = sys.modules.get("jax"), [0]
    if jax is None:
        return lambda: None
    most = PROGRAMS if share_context() else PROGRAMS // 4

    def listen(event: str, _: float, **__: object) -> None:
        compiled[0] += event == "/jax/core/compile/backend_compile_duration"

    def forget() -> None:
        if compiled[0] >= most:
            jax.clear_caches()
            compiled[0] = 0

    jax.monitoring.register_event_duration_secs_listener(listen)
    return forget


def _own_channels() -> tuple[Iterator[str], Any]:
    """Standard input and output, and others in their place: f may print, and read."""
    requests, answers = (os.fdopen(os.dup(number), mode, encoding="utf-8") for number, mode in ((0, "r"), (1, "w")))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, answers


def hello(names: tuple[str, ...]) -> Message:
    """What there is: the machine and the backends. Imports every framework, and lets each set itself up."""
    warm_up = Scenario("square", lambda x: x**2, np.array(3.0))
    for name in names:
        # What it changes on every call is put back here too, or would be taken for what was there before.
        with watched({}):
            run(warm_up, name)
    found = {info.name: info for info in registry.list_backends() if info.name in names}
    return {
        "machine": records.machine(),
        "backends": [
            {
                "name": name,
                "version": found[name].version or "",
                "installed": found[name].installed,
                "devices": list(found[name].devices),
                "reason": found[name].reason,
            }
            for name in names
        ],
    }


def answered(request: Message, scenario_named: Callable[[str], Scenario], names: tuple[str, ...]) -> Message:
    """The answer to a request.

    It is the last one where a global setting was changed: that was put back, but the next case is owed a process
    in which it never was.
    """
    if "controls" in request:
        return {"controls": list(controls(names))}
    scenario = cast(scenario_named(request["scenario"]), request["dtype"])
    changed: dict[Setting, str] = {}
    outcomes = {
        device: [_outcome(scenario, name, device, changed) for name in request["backends"]]
        for device in request["devices"]
    }
    eps = float(np.finfo(scenario.dtype).eps)
    with watched(changed):
        judgement = _judgement(scenario, outcomes, eps)
        cases = [
            records.case(scenario, request["family"], device, judgement, judge(row, judgement, eps), row)
            for device, row in outcomes.items()
        ]
    return {"cases": cases, "last": any(not setting.drawn_from for setting in changed)}


def cast(scenario: Scenario, dtype: str) -> Scenario:
    """The same scenario, computed in another precision."""
    return replace(scenario, x=scenario.x.astype(dtype))


def _outcome(scenario: Scenario, name: str, device: str, all_changed: dict[Setting, str]) -> Outcome:
    """A run that may raise anything, and whose changes to global settings count as its failure."""
    changed: dict[Setting, str] = {}
    with watched(changed):
        try:
            outcome = run(scenario, name, device)
        except BaseException as error:  # noqa: BLE001  f may say sys.exit()
            outcome = Outcome(name, "", device, Status.FAILED, error=type(error).__name__, message=str(error))
    all_changed.update(changed)
    if any(setting.drawn_from for setting in changed):
        changed = {setting: how for setting, how in changed.items() if setting not in drawn_by(scenario)}
    if not changed:
        return outcome
    said = "; ".join(f"{setting.name} {how}".strip() for setting, how in changed.items())
    message = f"it changed what is not its own: {said}"
    return replace(outcome, status=Status.FAILED, error="GlobalStateChanged", message=message)


def drawn_by(scenario: Scenario) -> set[Setting]:
    """The random states from which f itself draws, on plain NumPy: these are its own affair."""
    changed: dict[Setting, str] = {}
    with watched(changed), suppress(BaseException):  # what is wrong with f each backend's row says
        scenario.f(scenario.x.copy())
    return {setting for setting in changed if setting.drawn_from}


def _judgement(scenario: Scenario, outcomes: dict[str, list[Outcome]], eps: float) -> Judgement:
    """The referee's, where anything can be compared with it."""
    every = [outcome for row in outcomes.values() for outcome in row]
    if all(outcome.status is Status.UNAVAILABLE or outcome.placed_only for outcome in every):
        return Judgement("none", "nobody gave values to compare")
    try:
        return referee(
            scenario.f, scenario.x, operator=scenario.operator, order=scenario.order, closed_form=scenario.closed_form,
            settled=lambda judged: all(settled(row, judged, eps) for row in outcomes.values()),
        )  # fmt: skip
    except BaseException as error:  # noqa: BLE001  f may say sys.exit()
        return Judgement("none", f"f raised {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
