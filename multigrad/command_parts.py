"""What the modules of the command line share: options, how a command prints, and how it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

DISAGREE, AT_FAULT, INTERRUPTED = 1, 2, 130
"""Exit statuses, beside 0."""

Backends = Annotated[
    list[str] | None,
    typer.Option("--backend", metavar="NAME", help="autograd, torch or jax; default: all. Can be repeated."),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the files are written.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


class Fault(Exception):
    """What ends a command, in one line, and its kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(" ".join(message.split()))
        self.kind = kind


def console() -> Console:
    """Rich as it is on a terminal; in a pipe it has no colour, and lines as long as they need to be."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 10_000
    return Console(width=width, markup=False, highlight=False, emoji=False)


def print_json(data: object) -> None:
    """On the standard output."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False))


__all__ = [
    "AT_FAULT",
    "DISAGREE",
    "INTERRUPTED",
    "Backends",
    "Fault",
    "Json",
    "Output",
    "console",
    "print_json",
]
