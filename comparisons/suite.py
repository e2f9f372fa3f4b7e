"""The suite: every scenario in every precision on every device, on every backend, over many processes.

Scenarios travel by name. A task is one scenario in one precision, on all devices and backends, so that the referee
is asked once; one whose process ends is taken apart, and each part gets a process of its own: that finds who did
it, and keeps what the others answered.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import numpy as np

from multigrad import __version__
from multigrad import backends as registry
from multigrad.comparisons import processes, records
from multigrad.comparisons.known import mark
from multigrad.comparisons.known_table import KNOWN
from multigrad.comparisons.processes import Crew, Settings
from multigrad.comparisons.scenario import Scenario, each_once
from multigrad.comparisons.shares import Shares
from multigrad.errors import NotDifferentiable, RecordError, UnknownScenario, WorkerDied

Data = dict[str, Any]
Progress = Callable[[int, int, str, Mapping[str, int]], object]

CATALOGUE = "multigrad.comparisons.catalogue"
DEVICES = ("cpu",)
"""Where nobody says otherwise."""
DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Task:
    """One scenario in one precision."""

    scenario: str
    family: str
    dtype: str
    devices: tuple[str, ...]
    backends: tuple[str, ...]

    def parts(self) -> list[Task]:
        """A task for each device and backend."""
        return [replace(self, devices=(d,), backends=(b,)) for d in self.devices for b in self.backends]

    def ids(self) -> list[str]:
        """The names of its cases."""
        return [records.case_id(self.family, self.scenario, self.dtype, device) for device in self.devices]


def run_suite(
    families: Iterable[str] | None = None,
    backends: Iterable[str] | None = None,
    devices: Iterable[str] = DEVICES,
    dtypes: Iterable[str] = DTYPES,
    *,
    executor: Executor | None = None,
    workers: int | None = None,
    limit: float = 20.0,
    progress: Progress | None = None,
    resume: str | os.PathLike[str] | Data | None = None,
    scenarios: Iterable[str] | None = None,
    catalogue: str = CATALOGUE,
) -> Data:
    """Run the suite.

    Parameters
    ----------
    families, scenarios : iterable of str or None
        Which part of the catalogue; None: all of it.
    backends : iterable of str or None
        Their names; None: all that are registered, installed or not.
    devices : iterable of str
        A device that a backend lacks is a row that says so. On torch's ``"meta"`` placement alone is judged.
    dtypes : iterable of {"float64", "float32"}
        The precisions to which each scenario's x is cast. One that would become infinite or 0 is left out there.
    executor : concurrent.futures.Executor or None
        Where the tasks are run, each in a child process of the executor's worker: Dask's, MPI's, any.
        None: on this machine.
    workers : int or None
        How many at the same time, where `executor` is None. None: one for each CPU.
    limit : float
        Seconds that a case may take before its process is ended.
    progress : callable or None
        Called as ``progress(done, total, family, counts)`` after each task, with the cases done and how many rows
        have each verdict.
    resume : path, dict or None
        An earlier record: what stands in it is not run again.
    catalogue : str
        The module that holds the scenarios: ``families()`` gives those of each family by its name,
        ``scenario(name)`` gives one.

    Returns
    -------
    dict
        The record: plain data, in the form of ``report.schema.json``. After Ctrl-C, or when `progress` raises
        KeyboardInterrupt, it holds what was done until then and ``record["interrupted"]`` is true.

    Raises
    ------
    UnknownBackend, UnknownScenario, NotDifferentiable
        A backend, a family or scenario, or a precision is none that there is.
    RecordError
        `resume` is no record, or one of other versions than those that are here.
    WorkerDied
        No process could be started.

    Notes
    -----
    Most of the time is JAX's, which compiles each operation for each shape. Set the environment variable
    ``JAX_COMPILATION_CACHE_DIR`` to a folder, and the next run takes some two thirds of the time.
    """
    names = each_once(registry.registered() if backends is None else backends)
    for name in names:
        registry.check_name(name)
    devices, dtypes = each_once(devices), each_once(dtypes)
    chosen = _chosen(catalogue, families, scenarios)
    run = _Run(
        [
            Task(each.name, family, dtype, devices, names)
            for family, each in chosen
            for dtype in _checked(dtypes)
            if _survives(each, dtype)
        ],
        {"families": list(dict(chosen)), "backends": [*names], "devices": [*devices], "dtypes": [*dtypes]},
        progress,
    )
    earlier = None if resume is None else records.load(resume)
    with tempfile.TemporaryDirectory(prefix="multigrad-", ignore_cleanup_errors=True) as compiled:
        settings = Settings(catalogue, names, limit, _cpus(devices), compiled, processes.new_run())
        children = 1 if executor else max(1, min(workers or _processors(), len(run.tasks)))
        own = None if executor else Shares(children)
        try:
            run.greet(own or executor, settings, children, earlier)
            run.work(own or executor, settings)
        except KeyboardInterrupt:
            run.interrupted = True
        finally:
            for future in run.futures:
                future.cancel()
            processes.dismiss(settings)
            if own:
                own.shutdown(cancel_futures=True)
    return run.record()


def _chosen(
    catalogue: str, families: Iterable[str] | None, scenarios: Iterable[str] | None
) -> list[tuple[str, Scenario]]:
    """Family and scenario, in the order of the catalogue."""
    everything = import_module(catalogue).families()
    wanted = tuple(everything) if families is None else each_once(families)
    for family in wanted:
        if family not in everything:
            raise UnknownScenario(f"family={family!r} is none of the catalogue's: {', '.join(everything)}")
    chosen = [(family, each) for family in everything if family in wanted for each in everything[family]]
    if scenarios is None:
        return chosen
    names = set(each_once(scenarios))
    if unknown := names - {each.name for _, each in chosen}:
        raise UnknownScenario(f"no scenario is called {min(unknown)!r} in the families {', '.join(wanted)}")
    return [(family, each) for family, each in chosen if each.name in names]


def _checked(dtypes: Iterable[str]) -> Iterable[str]:
    for dtype in dtypes:
        if dtype not in DTYPES:
            raise NotDifferentiable(f"dtype={dtype!r}; the suite runs in {' and '.join(DTYPES)}")
        yield dtype


def _survives(scenario: Scenario, dtype: str) -> bool:
    """Whether x is still its point in that precision: what becomes infinite, or 0, is another."""
    with np.errstate(all="ignore"):
        cast = scenario.x.astype(dtype)
    return bool(np.all((np.isfinite(cast) == np.isfinite(scenario.x)) & ((cast == 0) == (scenario.x == 0))))


def _cpus(devices: Iterable[str]) -> int:
    """How many CPU devices JAX has to pretend to have."""
    numbers = [int(device[4:]) for device in devices if re.fullmatch(r"cpu:\d{1,2}", device)]
    return max(2, *(number + 1 for number in numbers), int(os.environ.get("JAX_NUM_CPU_DEVICES", 2)))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class _Run:
    """A run under way, and its record so far."""

    tasks: list[Task]
    asked: Data
    progress: Progress | None
    interrupted: bool = False
    futures: list[Future[Any]] = field(default_factory=list)
    machines: list[Data] = field(default_factory=list)
    backends: list[Data] = field(default_factory=list)
    cases: dict[str, Data] = field(default_factory=dict)
    controls: list[Data] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)
    earlier: float = 0.0
    """The seconds of the record that this run goes on with."""

    def greet(self, executor: Any, settings: Settings, children: int, earlier: Data | None) -> None:
        """Start the children, and take over what an earlier record has, if it comes from the same versions."""
        self.futures = [executor.submit(_greeted, settings) for _ in range(children)]
        for future in self.futures:
            self._machine(future.result())
        if earlier is not None:
            self._take_over(earlier, settings.backends)

    def _take_over(self, earlier: Data, names: tuple[str, ...]) -> None:
        """The cases that an earlier record has, if it is of the versions that are here."""
        here = {"multigrad": __version__, **_versions(self.backends)}
        there = {"multigrad": earlier["multigrad"], **_versions(earlier["backends"])}
        for name in here.keys() & there.keys():
            if here[name] != there[name]:
                raise RecordError(
                    f"the earlier record is of {name} {there[name] or '(absent)'}, and here is {here[name] or 'none'}: "
                    "run the whole suite, and compare both records with diff"
                )
        self.earlier = earlier["seconds"]
        wanted = {name for task in self.tasks for name in task.ids()}
        machines = [self._number(machine) for machine in earlier["machines"]]
        for case in earlier["cases"]:
            rows = [row for row in case["rows"] if row["backend"] in names]
            if case["id"] in wanted and len(rows) == len(names):
                self.cases[case["id"]] = {**case, "rows": rows, "machine": machines[case["machine"]]}

    def work(self, executor: Any, settings: Settings) -> None:
        """Run what is left to run."""
        left = [task for task in self.tasks if not self.cases.keys() >= {*task.ids()}]
        controls = executor.submit(_controls, settings)
        pending = {executor.submit(perform, settings, task): task for task in left}
        self.futures = [controls, *pending]
        for future in as_completed(pending):
            task = pending[future]
            try:
                hello, cases = future.result()
            except Exception as error:  # noqa: BLE001  a foreign executor lost its worker, in words of its own
                reason = f"was lost by its executor: {type(error).__name__}: {error}"
                hello, cases = None, _lost(settings, task, reason, 0.0)
            self._add(task, hello, cases)
        self.controls = controls.result()

    def _add(self, task: Task, hello: Data | None, cases: list[Data]) -> None:
        versions = _versions(self.backends)
        for case in cases:
            for row in case["rows"]:
                row["version"] = row["version"] or versions.get(row["backend"], "")
            case["machine"] = self._machine(hello) if hello else 0
            self.cases[case["id"]] = case
        mark(cases, KNOWN)
        if self.progress is not None:
            counts = Counter(row["verdict"] for case in self.cases.values() for row in case["rows"])
            total = sum(len(task.devices) for task in self.tasks)
            self.progress(len(self.cases), total, task.family, counts)

    def _machine(self, hello: Data) -> int:
        """The number of the machine that a child ran on."""
        known_before = len(self.machines)
        number = self._number(hello["machine"])
        if number == known_before:
            self.backends += [{**backend, "machine": number} for backend in hello["backends"]]
        return number

    def _number(self, machine: Data) -> int:
        if machine not in self.machines:
            self.machines.append(machine)
        return self.machines.index(machine)

    def record(self) -> Data:
        order = [name for task in self.tasks for name in task.ids()]
        return {
            "schema": records.SCHEMA,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(self.earlier + time.perf_counter() - self.started, 3),
            "interrupted": self.interrupted,
            "multigrad": __version__,
            "machines": self.machines,
            "backends": self.backends,
            "asked": self.asked,
            "cases": [self.cases[name] for name in order if name in self.cases],
            "controls": self.controls,
        }


def _versions(backends: list[Data]) -> dict[str, str]:
    return {backend["name"]: backend["version"] for backend in backends}


# What runs in the executor's workers -----------------------------------------------------------------


def _greeted(settings: Settings) -> Data:
    with processes.crew(settings).child() as child:
        return child.hello


def _controls(settings: Settings) -> list[Data]:
    try:
        with processes.crew(settings).child() as child:
            controls: list[Data] = child.ask({"controls": True}, processes.STARTING)["controls"]
            return controls
    except WorkerDied as died:
        return [{"name": "the controls", "backend": "", "expected": "agree", "verdict": "failed", "reason": str(died)}]


def perform(settings: Settings, task: Task) -> tuple[Data | None, list[Data]]:
    """What the child that ran a task said of itself, and the cases: whatever happens, one for each device."""
    return _performed(processes.crew(settings), task)


def _performed(crew: Crew, task: Task, *, fresh: bool = False) -> tuple[Data | None, list[Data]]:
    started = time.perf_counter()
    request = {
        "scenario": task.scenario, "family": task.family, "dtype": task.dtype, "devices": task.devices,
        "backends": task.backends,
    }  # fmt: skip
    try:
        with crew.child(fresh=fresh) as child:
            return child.hello, child.ask(request, crew.settings.limit)["cases"]
    except WorkerDied as died:
        if crew.closed:
            raise
        if fresh:
            return None, _lost(crew.settings, task, str(died), time.perf_counter() - started)
    # In a process of its own nobody can be blamed for what an earlier case did.
    return _joined([_performed(crew, part, fresh=True) for part in task.parts()])


def _joined(answers: list[tuple[Data | None, list[Data]]]) -> tuple[Data | None, list[Data]]:
    """The cases of a task from those of its parts, with the referee of a part that has one."""
    joined: dict[str, Data] = {}
    for _, (case,) in answers:
        first = joined.setdefault(case["id"], case)
        if first is not case:
            first["rows"] += case["rows"]
            if first["referee"]["source"] == "none":
                first.update(referee=case["referee"], curve=case["curve"])
    return next((hello for hello, _ in answers if hello), None), list(joined.values())


def _lost(settings: Settings, task: Task, reason: str, seconds: float) -> list[Data]:
    """The cases of a task of which no answer came."""
    scenario = import_module(settings.catalogue).scenario(task.scenario)
    scenario = replace(scenario, x=scenario.x.astype(task.dtype))
    return [
        records.lost_case(scenario, task.family, task.dtype, device, [
            records.lost_row(backend, "", device, reason, seconds) for backend in task.backends
        ])
        for device in task.devices
    ]  # fmt: skip
