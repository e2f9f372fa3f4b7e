"""The commands of the comparison suite: ``multigrad report``, ``merge`` and ``diff``.

Exit status of ``report`` and ``merge``: 0 where nothing is new, 1 where an answer outside the table of known
differences is wrong or misplaced or failed, a known difference is no longer there, or nobody has a device that was
asked for; of ``diff``: 0 where nothing changed, 1 where something did; 2 where the command is at fault; 130 after
Ctrl-C, 143 after SIGTERM.
"""

from __future__ import annotations

import os
import shlex
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from multigrad.command_parts import INTERRUPTED, Backends, Fault, Json, Output, console, print_json

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int, str, Mapping[str, int]], object]

app = typer.Typer()

Family = Annotated[
    list[str] | None,
    typer.Option("--family", metavar="NAME", help="kinks, traps, ...; default: all. Can be repeated."),
]
Devices = Annotated[
    list[str] | None,
    typer.Option(
        "--device", metavar="NAME", help="cpu, cpu:1, cuda, mps, meta; default: cpu. Can be repeated."
    ),
]
Dtypes = Annotated[
    list[str] | None,
    typer.Option("--dtype", metavar="NAME", help="float64 or float32; default: both. Can be repeated."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the report.json in the folder.")]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Cases at the same time; default: one a CPU.")
]
Record = Annotated[Path, typer.Argument(metavar="REPORT.JSON", help="What `multigrad report` wrote.")]
Records = Annotated[
    list[Path],
    typer.Argument(metavar="REPORT.JSON", help="What `multigrad report` wrote, of several machines."),
]


@app.command("report")
def _report(
    *,
    family: Family = None,
    backend: Backends = None,
    device: Devices = None,
    dtype: Dtypes = None,
    output: Output = Path("report"),
    resume: Resume = False,
    workers: Workers = None,
    as_json: Json = False,
) -> int:
    """Run the comparison suite and write report.html, report.json, report.md and junit.xml."""
    from multigrad.comparisons.suite import DEVICES, DTYPES, run_suite

    _check_writable(output)
    earlier = output / "report.json" if resume else None
    given = {"family": family, "backend": backend, "device": device, "dtype": dtype}
    held = _check_resumable(earlier, given) if earlier else 0
    with _one_interruption() as stop:
        try:
            with _progress(console(), quiet=as_json) as progress:
                record = run_suite(
                    family,
                    backend,
                    device or [*DEVICES],
                    dtype or DTYPES,
                    workers=workers,
                    progress=progress,
                    resume=earlier,
                )
                stop.heeded = False
        except KeyboardInterrupt:  # before there was anything to keep
            return stop.status
        return _finish(record, output, as_json=as_json, interrupted=stop.status, held=held)


@app.command("merge")
def _merge(reports: Records, *, output: Output, as_json: Json = False) -> int:
    """Make one report of those of several machines."""
    from multigrad.comparisons.merging import merge

    return _finish(merge(reports), output, as_json=as_json)


@app.command("diff")
def _diff(old: Record, new: Record, *, as_json: Json = False) -> int:
    """Show what changed from an old report to a new one."""
    from multigrad.comparisons.merging import diff, diff_status, diff_text
    from multigrad.comparisons.report.markup import visible

    changes = diff(old, new)
    if as_json:
        print_json(changes)
    else:
        typer.echo("\n".join(map(visible, diff_text(changes).split("\n"))))
    return diff_status(changes)


def _finish(
    record: dict[str, Any], folder: Path, *, as_json: bool, interrupted: int = INTERRUPTED, held: int = 0
) -> int:
    """Write the files, say what is in them, and with which status to end; `held` are the cases of the record there."""
    from multigrad.comparisons import records
    from multigrad.comparisons.report.terminal import summary
    from multigrad.comparisons.report.writing import write_report

    poorer = record["interrupted"] and len(record["cases"]) < held  # it had not yet taken over what was there
    try:
        written = [] if poorer else write_report(record, folder)
    except OSError as error:
        raise Fault(type(error).__name__, f"cannot write to {folder}: {error}") from error
    status = interrupted if record["interrupted"] else records.status(record)
    if as_json:
        counts = {"cases": len(record["cases"]), "verdicts": records.counts(record)}
        print_json({"status": status, **counts, "written": [str(path) for path in written]})
        return status
    out = console()
    if poorer:
        out.print(f"interrupted: {folder / 'report.json'} has more cases than this run had yet, and stays as it was")
        return status
    out.print(summary(record))
    out.print(f"written: {', '.join(map(str, written))}")
    if record["interrupted"]:
        out.print("interrupted: what was done is kept, and --resume goes on with it")
    return status


# Before and while the suite runs ---------------------------------------------------------------------


def _check_writable(folder: Path) -> None:
    """Try now what would otherwise fail after the whole run; nothing that was not there stays."""
    from multigrad.comparisons.report.writing import FORMS

    made: list[Path] = []
    try:
        for each in (*reversed(folder.parents), folder):
            if not os.path.isdir(each):
                each.mkdir()
                made.append(each)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for path in (folder / name for name in FORMS):
            if path.is_file() or path.is_dir():
                path.open("ab").close()
    except OSError as error:
        reason = f"{error}; expected a folder, there or not, to write {', '.join(FORMS)} in: write another --output"
        raise Fault(type(error).__name__, f"cannot write to {folder}: {reason}") from error
    finally:
        for each in reversed(made):
            with suppress(OSError):
                each.rmdir()


def _check_resumable(path: Path, given: Mapping[str, list[str] | None]) -> int:
    """How many cases the earlier record has: the new one takes its place, and holds only what is chosen now."""
    from multigrad import backends as registry
    from multigrad.comparisons.records import load
    from multigrad.comparisons.suite import DEVICES, DTYPES

    cases = load(path)["cases"]
    held = [
        {"family": [case["family"]], "backend": [row["backend"] for row in case["rows"]]}
        | {"device": [case["device"]], "dtype": [case["dtype"]]}
        for case in cases
    ]
    here = {axis: [word for each in held for word in each[axis]] for axis in given}
    usual = {"family": here["family"], "backend": registry.registered(), "device": DEVICES, "dtype": DTYPES}
    chosen = {axis: {*(words or usual[axis])} for axis, words in given.items()}
    lost = sum(any({*words} - chosen[axis] for axis, words in each.items()) for each in held)
    if lost:
        wider = [
            f"--{axis} {shlex.quote(word)}"
            for axis, words in given.items()
            if words or {*here[axis]} - chosen[axis]
            for word in dict.fromkeys([*here[axis], *(words or usual[axis])])
        ]
        raise Fault(
            "UsageError",
            f"--resume with this choice would lose {lost} of the {len(cases)} cases in {path}, or backends of theirs: "
            f"write --resume {' '.join(wider)}, or another --output without --resume",
        )
    return len(cases)


class _Stop:
    """What the first SIGINT or SIGTERM does: it interrupts the run; those after it would cost what was done."""

    status = INTERRUPTED

    def __init__(self) -> None:
        self.heeded = True

    def __call__(self, number: int, frame: object) -> None:
        if self.heeded:
            self.heeded, self.status = False, 128 + number
            raise KeyboardInterrupt


@contextmanager
def _one_interruption() -> Iterator[_Stop]:
    """SIGTERM as Ctrl-C, once. Only the main thread may set handlers; what is ignored from outside stays so."""
    stop, before = _Stop(), {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        before = {number: was for number, was in before.items() if was not in (None, signal.SIG_IGN)}
    try:
        for number in before:
            signal.signal(number, stop)
        yield stop
    finally:
        for number, was in before.items():
            signal.signal(number, was)


@contextmanager
def _progress(out: Console, *, quiet: bool) -> Iterator[Progress | None]:
    """A bar with the running family, the verdicts so far and the time left; nothing where there is no terminal."""
    if quiet or not out.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.table import Column

    from multigrad.comparisons.report.terminal import tally

    columns = (
        TextColumn("{task.description}", table_column=Column(min_width=18, no_wrap=True)),
        BarColumn(12),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[tally]}"),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("starting", total=None, tally="")

        def advance(done: int, total: int, family: str, counts: Mapping[str, int]) -> None:
            bar.update(task, completed=done, total=total, description=family, tally=tally(counts).markup)

        yield advance


__all__ = ["app"]
