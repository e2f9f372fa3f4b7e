"""The server of the explorer's page: on the loopback address, for pages from there alone."""

from __future__ import annotations

import socket
from typing import Any

from multigrad.play.model import EXAMPLE, Explorer
from multigrad.play.notebook import needed
from multigrad.play.page import component

HOST = "127.0.0.1"
TITLE = "multigrad play"


def warm(expression: str = EXAMPLE, x: float = -2.0) -> None:
    """Load every backend and let it compile, in both precisions and for the referee, before anybody waits."""
    model = Explorer(expression, x)
    for dtype in ("float32", "float64"):
        model.set_dtype(dtype)
        model.judge()


def bound(port: int) -> int:
    """A free port on the loopback address: this one, or where it is 0 any.

    Raises
    ------
    OSError
        Another program has it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind((HOST, port))
        return int(free.getsockname()[1])


def server(expression: str = EXAMPLE, x: float = -2.0, port: int = 0) -> tuple[Any, str]:
    """A server of Panel's that is not started yet, and its address.

    Raises
    ------
    ExpressionError, BackendUnavailable
        As `multigrad.play.page.component`.
    OSError
        The port is taken.
    """
    panel = needed("panel")
    Explorer(expression, x)  # an expression that cannot be read is said here, and not on the page
    port = bound(port)
    panel.extension()
    served = panel.io.server.get_server(
        lambda: component(expression, x), port=port, address=HOST, websocket_origin=[f"{HOST}:{port}"],
        title=TITLE, show=False, start=False, verbose=False,
    )  # fmt: skip
    return served, f"http://{HOST}:{port}/"


__all__ = ["HOST", "bound", "server", "warm"]
