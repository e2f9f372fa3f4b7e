"""The command ``multigrad play``: the explorer on a page of this machine, until Ctrl-C."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from multigrad.command_parts import Fault
from multigrad.expressions import parse_point

app = typer.Typer()

Of = Annotated[str, typer.Argument(metavar="[EXPR]", help="An expression of x to begin with, such as 'sin(x)'.")]
At = Annotated[str, typer.Option(metavar="X", help="Where to begin: -2, pi/2.")]
Port = Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: any that is free.")]
Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")]


@app.command("play")
def _play(of: Of = "x**3 + 3*x**2 - 5*x + 4", at: At = "-2", port: Port = 0, *, browser: Browser = True) -> None:
    """Explore slopes on a local page: drag x, and every backend's tangent follows."""
    from multigrad.play.server import server, warm

    x = parse_point(at)
    if not isinstance(x, float):
        raise Fault("UsageError", f"--at {at!r} is an array; expected one number")
    try:
        served, address = server(of, x, port)
    except OSError as error:
        raise Fault(
            type(error).__name__,
            f"port {port} is taken, or not yours to take ({error.strerror}); choose another, or leave --port out",
        ) from error
    _hush()
    try:
        warm(of, x)
        served.start()
        typer.echo(f"{address}   (Ctrl-C ends it)")
        if browser:
            served.io_loop.add_callback(typer.launch, address)
        served.io_loop.start()
    except KeyboardInterrupt:
        pass
    finally:
        served.stop()


def _hush() -> None:
    """Tabs that close, and strangers that are refused, are no news; the servers log them, with tracebacks."""
    for name, level in {"asyncio": "CRITICAL", "bokeh": "CRITICAL", "panel": "ERROR", "tornado": "ERROR"}.items():
        logging.getLogger(name).setLevel(level)


__all__ = ["app"]
