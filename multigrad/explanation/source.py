"""Where in f a step stands, and what f calls it: ``y = x**3`` names the step y."""

from __future__ import annotations

import ast
import linecache
import sys
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import NamedTuple

Frames = tuple[tuple[CodeType, int], ...]
"""Code and instruction of the functions of f's that are running, the innermost first."""

Span = tuple[int | None, int | None, int | None, int | None]
"""First line, last line, first column, last column; columns in bytes of UTF-8."""

INTERNAL = """multigrad.array multigrad.backends multigrad.dispatch multigrad.explanation multigrad.expressions
    multigrad.faces multigrad.operators numpy contextlib functools""".split()
"""Modules between f and a row."""

BOUNDARY = "run_f"
"""The function of multigrad's that calls f: what is beyond it is not f."""

RETURNED = ""
"""The name of what a function returns: it is known to the one that called it."""


@dataclass(frozen=True)
class Place:
    """Where a step stands."""

    line: int
    text: str
    """The part of f's source that made it, in one line."""


class _Source(NamedTuple):
    lines: list[str]
    names: dict[Span, tuple[str, ...]]


def calling() -> Frames:
    """Where f is at this moment."""
    found: list[tuple[CodeType, int]] = []
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_name != BOUNDARY:
        module = frame.f_globals.get("__name__", "")
        if not any(module == room or module.startswith(f"{room}.") for room in INTERNAL):
            found.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(found)


def in_file_of_f(frames: Frames) -> Frames:
    """Those whose code stands in one file with f; of a library that f calls, the call alone is f's."""
    return tuple(each for each in frames if each[0].co_filename == frames[-1][0].co_filename)


def place(frames: Frames) -> Place | None:
    """The line and the part of it; None where there is no source, as for what was typed at Python's prompt."""
    if not frames:
        return None
    code, instruction = in_file_of_f(frames)[0]
    first, last, start, stop = span = _span(code, instruction)
    lines = _source(code.co_filename).lines[slice((first or 0) - 1, last)]
    if not lines or None in span:
        return None
    parts = [line.encode() for line in lines]
    parts[-1] = parts[-1][:stop]
    parts[0] = parts[0][start:]
    return Place(first or 0, " ".join(b" ".join(parts).decode(errors="replace").split()))


def names(frames: Frames) -> tuple[str, ...]:
    """What f assigns the result to: one name, none, or several where the result is unpacked."""
    for code, instruction in in_file_of_f(frames):
        found = _source(code.co_filename).names.get(_span(code, instruction), ())
        if found != (RETURNED,):
            return found
    return ()


def _span(code: CodeType, instruction: int) -> Span:
    return list(code.co_positions())[instruction // 2]


@lru_cache(maxsize=64)
def _parsed(text: str) -> dict[Span, tuple[str, ...]]:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a notebook's cell with a line of its own kind
        return {}
    found: dict[Span, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.NamedExpr(target=target, value=value):
                found |= _assigned(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                found |= _assigned(target, value)
            case ast.AugAssign(target=ast.Name(id=name)):
                found[_of(node)] = (name,)
            case ast.For(target=ast.Name(id=name), iter=iterated):
                found[_of(node)] = found[_of(iterated)] = (name,)
            case ast.Return(value=ast.expr() as value) | ast.Lambda(body=value):
                found[_of(value)] = (RETURNED,)
    return found


def _source(filename: str) -> _Source:
    lines = linecache.getlines(filename)
    return _Source(lines, _parsed("".join(lines)))


def _assigned(target: ast.expr, value: ast.expr) -> dict[Span, tuple[str, ...]]:
    match target, value:
        case ast.Name(id=name), _:
            return {_of(value): (name,)}
        case (ast.Tuple(elts=targets), ast.Tuple(elts=values)) if len(targets) == len(values):
            return {span: name for pair in zip(targets, values, strict=True) for span, name in _assigned(*pair).items()}
        case ast.Tuple(elts=targets), _ if all(isinstance(each, ast.Name) for each in targets):
            several = tuple(each.id for each in targets if isinstance(each, ast.Name))
            return {_of(target): several, _of(value): several}
    return {}


def _of(node: ast.expr | ast.stmt) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


__all__ = ["Frames", "Place", "calling", "in_file_of_f", "names", "place"]
