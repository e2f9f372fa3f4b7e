"""The command ``multigrad explain``: how a slope came about, as a table, a graph, or JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from multigrad.command_parts import Fault, Json, console, print_json
from multigrad.errors import MultigradError
from multigrad.expressions import describe, parse_point, resolve

app = typer.Typer()

Of = Annotated[
    str, typer.Argument(metavar="F", help="An expression of x, package.module:function, or path/file.py:function.")
]
At = Annotated[str, typer.Option(metavar="X", help="Where: -2, pi/2, or an array: 1,2,3.")]
Backend = Annotated[str | None, typer.Option(metavar="NAME", help="Whose local derivatives: autograd, torch or jax.")]
Order = Annotated[int, typer.Option(min=1, help="2 explains the slope of the slope.")]
Dot = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the graph in Graphviz' language.")]
Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the graph: out.png, .svg or .pdf.")]


@app.command("explain")
def _explain(
    of: Of,
    at: At,
    backend: Backend = None,
    order: Order = 1,
    dot: Dot = None,
    plot: Plot = None,
    *,
    as_json: Json = False,
) -> None:
    """Show every step on the way to the slope of F at X, and what each framework records."""
    from multigrad.explanation import explain

    f, x = resolve(of), parse_point(at)
    try:
        with np.errstate(all="ignore"):  # NaN and infinity are answers, and are shown
            explained = explain(f, x, backend=backend, order=order)
    except MultigradError:
        raise
    except (Exception, SystemExit) as error:
        raise Fault(type(error).__name__, f"f raised {describe(error)}") from error
    try:
        if dot is not None:
            dot.write_text(explained.dot() + "\n", encoding="utf-8")
        if plot is not None:
            explained.save(plot)
    except (OSError, ValueError) as error:  # no such folder; no such format
        raise Fault(type(error).__name__, f"cannot write {plot or dot}: {error}") from error
    if as_json:
        print_json(explained.to_dict())
    else:
        console().print(explained)


__all__ = ["app"]
