"""The command ``multigrad``: slopes, comparisons and the list of backends, for people and for machines.

Exit status: 0; 1 where backends disagree; 2 where the command, f, x, a backend or a device is at fault, or where
the answer cannot be written. Then one line on the standard error says which; with ``--json`` it is
``{"error": {"type": ..., "message": ...}}`` on the standard output. Numbers that JSON lacks are the strings "nan",
"inf" and "-inf".

Each command imports what it needs when it runs, so that ``--help`` and an error in f come at once.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import numpy as np
import typer

from multigrad import __version__, explain_command, play_command, suite_commands
from multigrad.command_parts import (
    AT_FAULT,
    DISAGREE,
    INTERRUPTED,
    Backends,
    Fault,
    Json,
    Output,
    console,
    print_json,
)
from multigrad.errors import MultigradError
from multigrad.expressions import Function, describe, parse_point, resolve

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE}
"""How writing an answer fails: a full disk, a closed pipe."""

P = ParamSpec("P")
T = TypeVar("T")

app = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})

# What is typed ---------------------------------------------------------------------------------------

Of = Annotated[
    str,
    typer.Argument(
        metavar="F",
        help="An expression of x with NumPy's functions, such as 'x**2 + sin(x)', or a target: "
        "package.module:function or path/file.py:function.",
    ),
]
At = Annotated[
    list[str],
    typer.Option(metavar="X", help="Where: -2, pi/2, or several as one array: 1,2,3. Can be repeated."),
]
Backend = Annotated[str | None, typer.Option(metavar="NAME", help="autograd, torch or jax.")]
Device = Annotated[str | None, typer.Option(metavar="NAME", help="cpu, cuda, cuda:1, gpu; default: cpu.")]
Order = Annotated[int, typer.Option(min=1, help="1 for the first derivative, 2 for the second, ...")]
Plot = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw the curve and its tangents: out.png, .svg or .pdf.")
]
Version = Annotated[bool, typer.Option("--version", help="Show the version and exit.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str or None
        None: those of the process.

    Returns
    -------
    int
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a tick in an old encoding is no reason to fail
    try:
        status = _answer(given)
        typer.echo(nl=False)  # flushes what f printed
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        with suppress(OSError):  # the same may be true of the standard error, and of a stream without a file
            if error.errno != errno.EPIPE:
                typer.echo(f"error: cannot write the answer: {error.strerror}", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is written at the exit
        return AT_FAULT
    return status


def _answer(given: list[str]) -> int:
    try:
        return _run([f" {word}" if _is_negative(word) else word for word in given])
    except Fault as fault:
        if "--json" in given:
            print_json({"error": {"type": fault.kind, "message": str(fault)}})
        else:
            typer.echo(f"error: {fault}", err=True)
        return AT_FAULT


def _is_negative(word: str) -> bool:
    """Whether it is a number or an expression and no option: of short options there are -h and -o."""
    return word.startswith("-") and not word.startswith("--") and word not in ("-", "-h", "-o")


def _run(arguments: list[str]) -> int:
    try:
        status = typer.main.get_command(app).main(arguments, prog_name="multigrad", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except MultigradError as error:
        raise Fault(type(error).__name__, str(error)) from error
    except Exception as error:
        if isinstance(error, Fault) or not hasattr(error, "format_message"):
            raise
        raise Fault("UsageError", error.format_message()) from error
    return status or 0


# Commands --------------------------------------------------------------------------------------------


@app.callback(invoke_without_command=True)
def _root(context: typer.Context, *, version: Version = False) -> None:
    """One slope over PyTorch, JAX and HIPS autograd, and whether they agree."""
    if version:
        typer.echo(f"multigrad {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(AT_FAULT)


@app.command("backends")
def _backends(*, as_json: Json = False) -> None:
    """List the backends: version, devices, and why one cannot be used."""
    from dataclasses import asdict

    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from multigrad import list_backends

    found = list_backends()
    if as_json:
        print_json({"backends": [asdict(each) for each in found]})
        return
    table = Table("backend", "installed", "version", "devices", "reason", box=SIMPLE_HEAD, pad_edge=False)
    for each in found:
        installed = "yes" if each.installed else "no"
        table.add_row(each.name, installed, each.version, ", ".join(each.devices), each.reason)
    console().print(table)


@app.command("slope")
def _slope(
    of: Of,
    at: At,
    backend: Backend = None,
    device: Device = None,
    order: Order = 1,
    plot: Plot = None,
    *,
    as_json: Json = False,
) -> None:
    """Print the slope of F at each X."""
    from multigrad import dispatch, value_and_slope

    if plot is not None and order > 1:
        raise Fault("UsageError", "--plot draws first slopes: leave --order out")
    f, points = resolve(of), [parse_point(text) for text in at]
    chosen, place = dispatch.for_host(backend, device)
    answers = [_call(value_and_slope, f, x, device, backend=backend, order=order) for x in points]
    if plot is not None:
        _draw(plot, f, points, answers)
    if as_json:
        from multigrad.comparisons.report import plain

        print_json(
            {
                "function": of.strip(),
                "order": order,
                "backend": chosen.name,
                "version": chosen.version(),
                "device": chosen.device_name(place),
                "points": [
                    {"x": plain(x), "value": plain(value), "slope": plain(slope)}
                    for x, (value, slope) in zip(points, answers, strict=True)
                ],
            }
        )
        return
    for _, slope in answers:
        typer.echo(" ".join(map(str, np.ravel(slope).tolist())))


@app.command("compare")
def _compare(
    of: Of, at: At, backend: Backends = None, device: Device = None, *, as_json: Json = False
) -> int:
    """Show what every backend answers for F at each X, and whether a referee agrees."""
    from multigrad.comparisons import compare

    f, points = resolve(of), [parse_point(text) for text in at]
    results = [_call(compare, f, x, device, backends=backend) for x in points]
    agree = all(result.agree for result in results)
    if as_json:
        print_json({"agree": agree, "comparisons": [result.to_dict() for result in results]})
    else:
        console().print(*results, sep="\n")
    return 0 if agree else DISAGREE


@app.command("demo")
def _demo(*, output: Output = Path("report"), as_json: Json = False) -> int:
    """Compare a dozen functions on every backend; writes a picture and a report."""
    from rich.progress import track

    from multigrad.comparisons import demo
    from multigrad.comparisons.catalogue.tour import TOUR
    from multigrad.comparisons.report import as_dict, overview

    out = console()
    quiet = as_json or not out.is_terminal
    steps = track(demo.tour(), "Comparing", len(TOUR), console=out, disable=quiet, transient=True)
    results = list(steps)
    try:
        written = demo.write(output, results)
    except OSError as error:
        raise Fault(type(error).__name__, f"cannot write to {output}: {error}") from error
    judged = [demo.judged(result) for result in results]
    if as_json:
        print_json({"comparisons": [as_dict(result) for result in results]})
    else:
        out.print(overview(results))
        agree = sum(result.agree for result in results)
        out.print(f"{agree} of {len(results)} agree on every backend, {sum(judged)} judged by the referee")
        out.print(f"written: {', '.join(map(str, written))}")
    return 0 if all(judged) else DISAGREE


app.add_typer(explain_command.app)
app.add_typer(suite_commands.app)
app.add_typer(play_command.app)

# Between ---------------------------------------------------------------------------------------------


def _call(operator: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What an operator returns; whatever is not raised by multigrad itself was raised by f."""
    try:
        with np.errstate(all="ignore"):  # NaN and infinity are answers, and are shown
            return operator(*args, **kwargs)
    except MultigradError:
        raise
    except (Exception, SystemExit) as error:
        raise Fault(type(error).__name__, f"f raised {describe(error)}") from error


def _draw(path: Path, f: Function, points: Sequence[Any], answers: Sequence[tuple[Any, Any]]) -> None:
    from matplotlib.figure import Figure

    from multigrad.plotting import plot_tangents

    figure = Figure(layout="constrained")
    x, y, slope = (np.concatenate([*map(np.ravel, each)]) for each in (points, *zip(*answers, strict=True)))
    _call(plot_tangents, f, x, y, slope, figure.subplots())
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:  # no such folder; no such format
        raise Fault(type(error).__name__, f"cannot write {path}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
