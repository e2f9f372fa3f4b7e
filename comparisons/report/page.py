"""Comparisons as HTML: a table for a notebook, a page for a browser. Whatever f had a say in is escaped."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from multigrad.comparisons.report.table import COLUMNS, cells, lines_below

if TYPE_CHECKING:
    from multigrad.comparisons.compare import Comparison


def as_html(comparison: Comparison) -> str:
    """An HTML table, for notebooks. Everything that f had a say in is escaped."""
    head = "".join(f"<th>{escape(column)}</th>" for column in COLUMNS)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells(row))}</tr>" for row in comparison.rows
    )
    below = "<br>".join(map(escape, lines_below(comparison)))
    return (
        f"<table><caption>{escape(comparison.title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table><p>{below}</p>"
    )


STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 2.2rem 0 .3rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { text-align: left; padding: .15rem 1rem .15rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
p { margin: .4rem 0; font-size: .9rem; }
img { max-width: 100%; background: white; }
.wide { overflow-x: auto; }
"""


def write_page(path: Path, comparisons: Sequence[Comparison], picture: Path | None = None) -> None:
    """One page with every table, complete in itself: the picture stands in it."""
    drawn = ""
    if picture is not None:
        data = base64.b64encode(picture.read_bytes()).decode()
        drawn = f'<img alt="A curve with its tangents" src="data:image/png;base64,{data}">'
    agree = sum(comparison.agree for comparison in comparisons)
    tables = "".join(
        f"<h2>{escape(comparison.scenario.name)}</h2><div class=wide>{as_html(comparison)}</div>"
        for comparison in comparisons
    )
    path.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>multigrad: {agree} of {len(comparisons)} agree</title><style>{STYLE}</style>"
        f"<h1>{agree} of {len(comparisons)} functions: every backend agrees</h1>{drawn}{tables}</html>",
        encoding="utf-8",
    )
