"""What Rich draws, as plain text."""

from __future__ import annotations

from io import StringIO
from typing import Any


def plain_text(drawn: Any, width: int) -> str:
    """Anything that Rich prints, without colours, in lines of at most `width` characters."""
    from rich.console import Console

    text = StringIO()
    console = Console(  # in a notebook Rich would show it there and leave nothing here
        file=text, width=width, color_system=None, legacy_windows=False, force_jupyter=False
    )
    console.print(drawn)
    return text.getvalue()


__all__ = ["plain_text"]
