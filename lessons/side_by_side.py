"""Three columns of live code: what torch, JAX and autograd with NumPy say to the same question.

In a notebook a table with each cell's code above its result; as text the same, for terminals and plain readers.
"""

from __future__ import annotations

import ast
import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADS = ("torch", "JAX", "autograd / NumPy")
LINE = 38
"""Characters of a line in a column; a longer one goes on in the next, indented."""

TABLE = "border-collapse:collapse;text-align:left"
CELL = "text-align:left;vertical-align:top;padding:.35em .6em;border-top:1px solid rgba(128,128,128,.4)"
PRE = "margin:0;background:none;color:inherit;white-space:pre;font-family:monospace;font-size:.85em"


@dataclass(frozen=True)
class Table:
    """Rows of cells; a cell is its code and what came of it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="{CELL}">{html.escape(each)}</th>' for each in ("", *self.heads))
        body = "".join(
            f'<tr><th style="{CELL}">{html.escape(label)}</th>{"".join(map(_cell_html, cells))}</tr>'
            for label, cells in self.rows
        )
        table = f'<table style="{TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        return f'<div style="overflow-x:auto">{table}</div>'  # on a phone the table moves, not the page

    def __repr__(self) -> str:
        lines = [_line(self.heads), "─" * ((LINE + 2) * len(self.heads) - 2)]
        for label, cells in self.rows:
            lines.append(f"[{label}]")
            for part in zip(*cells, strict=True):  # the codes, then the results
                split = [_wrapped(each) for each in part]
                height = max(map(len, split))
                lines += [_line([each[i] if i < len(each) else "" for each in split]) for i in range(height)]
        return "\n".join(line.rstrip() for line in lines)


def side_by_side(
    rows: Mapping[str, Sequence[str]], names: dict[str, Any], heads: Sequence[str] = HEADS
) -> Table:
    """Run code in each framework and show it with its result.

    Parameters
    ----------
    rows : dict
        What is asked -> one piece of code a column: statements, and an expression at the end whose value is shown.
        An error is shown as a result. An empty string leaves its cell empty.
    names : dict
        Where the code runs: ``globals()``. What it assigns stays there.
    heads : sequence of str
        The columns.

    Examples
    --------
    >>> import numpy as np
    >>> print(side_by_side({"half of 3": ("3 / 2", "3 // 2", "np.float32(3) / 2")}, globals(), ("a", "b", "c")))
    a                                       b                                       c
    ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    [half of 3]
    3 / 2                                   3 // 2                                  np.float32(3) / 2
    → 1.5                                   → 1                                     → np.float32(1.5)
    """
    for label, codes in rows.items():
        if len(codes) != len(heads):
            raise ValueError(f"row {label!r} has {len(codes)} cells; expected one for each of {', '.join(heads)}")
    results = tuple((label, tuple((code, _result(code, names)) for code in codes)) for label, codes in rows.items())
    return Table(tuple(heads), results)


def _result(code: str, names: dict[str, Any]) -> str:
    """What a piece of code gives, as text."""
    if not code:
        return ""
    body = ast.parse(code).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    try:
        exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
        if last is None:
            return ""
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)  # type: ignore[attr-defined]
    except Exception as error:  # noqa: BLE001  # what a framework refuses is a result to be seen
        sentence = str(error).strip().partition("\n")[0].partition(". ")[0]
        return f"✗ {type(error).__name__}: {sentence}"
    return "→ " + repr(value).replace("\n", "\n  ")


def _cell_html(cell: tuple[str, str]) -> str:
    code, result = (html.escape("\n".join(_wrapped(part))) for part in cell)
    return f'<td style="{CELL}"><pre style="{PRE};opacity:.75">{code}</pre><pre style="{PRE}">{result}</pre></td>'


def _wrapped(text: str) -> list[str]:
    """Lines of at most LINE characters; what goes on is indented."""
    wrapper = textwrap.TextWrapper(LINE, subsequent_indent="  ", break_on_hyphens=False)
    return [part for line in text.splitlines() for part in wrapper.wrap(line) or [""]]


def _line(parts: Sequence[str]) -> str:
    return "  ".join(f"{part:{LINE}}" for part in parts)
