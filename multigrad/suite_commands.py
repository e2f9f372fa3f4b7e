"""The commands of the comparison suite: ``multigrad report``, ``merge`` and ``diff``.

Exit status of ``report`` and ``merge``: 0 where nothing is new, 1 where an answer outside the table of known
differences is wrong or misplaced or failed, or a known difference is no longer there; of ``diff``: 0 where nothing
changed, 1 where something did; 2 where the command is at fault; 130 after Ctrl-C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
    from multigrad.comparisons.suite import DTYPES, run_suite

    earlier = output / "report.json" if resume else None
    with _progress(console(), quiet=as_json) as progress:
        record = run_suite(
            family,
            backend,
            device or ["cpu"],
            dtype or DTYPES,
            workers=workers,
            progress=progress,
            resume=earlier,
        )
    return _finish(record, output, as_json=as_json)


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


def _finish(record: dict[str, Any], folder: Path, *, as_json: bool) -> int:
    """Write the files, say what is in them, and with which status to end."""
    from multigrad.comparisons import records
    from multigrad.comparisons.report.terminal import summary
    from multigrad.comparisons.report.writing import write_report

    try:
        written = write_report(record, folder)
    except OSError as error:
        raise Fault(type(error).__name__, f"cannot write to {folder}: {error}") from error
    status = INTERRUPTED if record["interrupted"] else records.status(record)
    if as_json:
        counts = {"cases": len(record["cases"]), "verdicts": records.counts(record)}
        print_json({"status": status, **counts, "written": [str(path) for path in written]})
        return status
    out = console()
    out.print(summary(record))
    out.print(f"written: {', '.join(map(str, written))}")
    if record["interrupted"]:
        out.print("interrupted: what was done is kept, and --resume goes on with it")
    return status


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
