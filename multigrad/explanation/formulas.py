"""A step as an expression of Python: ``3 * b``, ``sin(x)``, ``x[0]``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from multigrad.backends.rows import REDUCTIONS
from multigrad.explanation.tape import PULLBACK, Node

Writer = Callable[[Node], ast.expr]
"""How an operand is written."""

OPERATORS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "subtract": ast.Sub,
    "multiply": ast.Mult,
    "divide": ast.Div,
    "power": ast.Pow,
    "remainder": ast.Mod,
    "floor_divide": ast.FloorDiv,
    "matmul": ast.MatMult,
}
PREFIXES: dict[str, type[ast.unaryop]] = {"negative": ast.USub}


def formula(node: Node, write: Writer) -> str:
    """A step in terms of its operands."""
    return ast.unparse(as_operator(node, write) or _called(node, write))


def as_operator(node: Node, write: Writer) -> ast.expr | None:
    """A step for which Python has an operator."""
    arguments = [written(each, write) for each in node.arguments if isinstance(each, (Node, int, float))]
    if node.row in OPERATORS and len(arguments) == 2:
        return ast.BinOp(arguments[0], OPERATORS[node.row](), arguments[1])
    if node.row in PREFIXES:
        return ast.UnaryOp(PREFIXES[node.row](), arguments[0])
    if node.row in ("getitem", "gather"):
        return ast.Subscript(arguments[0], index(node.arguments[1], write), ast.Load())
    return None


def _called(node: Node, write: Writer) -> ast.expr:
    if node.row == PULLBACK:
        pullback: Any = node.function
        by = pullback.node.operands[pullback.slot]
        ratio = name(f"∂{ast.unparse(write(pullback.node))}/∂{ast.unparse(write(by))}")
        match u := write(node.operands[-1]):
            case ast.Constant(value=1):  # goes without saying
                return ratio
        return ast.BinOp(u, ast.Mult(), ratio)
    return call(node.row, *reduced(node.row, node.arguments), write=write)


def reduced(row: str, arguments: Sequence[Any]) -> list[Any]:
    """The arguments of a row that say something: trailing defaults don't, nor do all of the axes."""
    kept = list(arguments)
    if row in REDUCTIONS and len(kept) > 2:
        x, axes, keepdims, *rest = kept
        every = isinstance(axes, tuple) and axes == tuple(range(len(x.shape))) and not keepdims
        kept = [x] if every and not any(rest) else kept
    while kept and (kept[-1] is None or kept[-1] is False):
        kept.pop()
    return kept


# Writing ---------------------------------------------------------------------------------------------


def name(text: str) -> ast.expr:
    return ast.Name(text, ast.Load())


def call(function: str, *arguments: Any, write: Writer, **keywords: Any) -> ast.expr:
    """``function(arguments)``, with nodes among them."""
    named = [ast.keyword(key, written(value, write)) for key, value in keywords.items()]
    return ast.Call(name(function), [written(each, write) for each in arguments], named)


def written(value: Any, write: Writer) -> ast.expr:
    """Anything that a row may be called with."""
    if isinstance(value, (Node, np.ndarray)):
        return write(value if isinstance(value, Node) else Node(value))
    if isinstance(value, (list, tuple)):
        parts = [written(each, write) for each in value]
        return ast.List(parts, ast.Load()) if isinstance(value, list) else ast.Tuple(parts, ast.Load())
    if isinstance(value, np.dtype):
        return ast.Constant(value.name)
    return literal(value)


def literal(value: Any) -> ast.expr:
    """A number, a nested list of numbers, or None; Python's own where NumPy has another."""
    plain = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    if isinstance(plain, list):
        return ast.List([literal(each) for each in plain], ast.Load())
    if isinstance(plain, float) and not np.isfinite(plain):
        return ast.Call(name("float"), [ast.Constant(str(plain))], [])
    return ast.parse(repr(plain), mode="eval").body


def index(entries: Any, write: Writer) -> ast.expr:
    """What stands between brackets."""
    if not isinstance(entries, tuple):
        return written(entries, write)
    parts = [_entry(each, write) for each in entries]
    return parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())


def _entry(entry: Any, write: Writer) -> ast.expr:
    if isinstance(entry, slice):
        bounds = (None if each is None else literal(each) for each in (entry.start, entry.stop, entry.step))
        return ast.Slice(*bounds)
    return written(entry, write)


__all__ = ["OPERATORS", "Writer", "as_operator", "call", "formula", "index", "literal", "name", "reduced", "written"]
