"""The hand-written idiom: the recorded f in a framework's own words, and its derivative there, as code that runs."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from operator import attrgetter
from sys import modules
from typing import Any

import numpy as np

from multigrad.backends.rows import BINARY, BINARY_OPTIONAL, REDUCTIONS
from multigrad.explanation.formulas import as_operator, call, literal, name, reduced
from multigrad.explanation.steps import SUBSCRIPTS, Array, names_of, origin
from multigrad.explanation.tape import INPUT, PULLBACK, Node, Tape

SEVERAL = frozenset(("linalg.slogdet", "linalg.eigh", "linalg.svd", "linalg.qr"))
"""Rows with several results."""

DEEPEST = 8
"""Steps in one expression, before one of them gets a line of its own."""


class NoIdiom(Exception):
    """There is no short code; the message says why."""


@dataclass(frozen=True)
class Dialect:
    """How a framework writes what NumPy's rows do."""

    module: str
    """What its functions are called with: torch, in ``torch.sin``."""
    imported: str
    """That module's name in `sys.modules`."""
    head: str
    """What imports it."""
    special: str
    """Where SciPy's functions are."""
    axis: str = "axis"
    keepdims: str = "keepdims"
    ddof: str = "ddof"
    renamed: dict[str, str] = field(default_factory=lambda: {"conjugate": "conj"})
    """Rows -> functions that have another name here."""
    without: frozenset[str] = SEVERAL | {PULLBACK, "to_device", "set_at"}
    """Rows that take more than one expression here."""
    arrays_alone: frozenset[str] = frozenset()
    """Functions of two arrays that take no Python numbers."""


DIALECTS = {
    "autograd": Dialect(
        "np", "autograd.numpy", "import autograd.numpy as np\nfrom autograd import grad", "autograd.scipy.special"
    ),
    "jax": Dialect(
        "jnp", "jax.numpy", "import jax\nimport jax.numpy as jnp", "jax.scipy.special",
        without=SEVERAL | {PULLBACK, "to_device"},
    ),
    "torch": Dialect(
        "torch", "torch", "import torch", "torch.special", "dim", "keepdim", "correction",
        {"conjugate": "conj", "rint": "round", "transpose": "permute", "i0": "special.i0"},
        SEVERAL | {PULLBACK, "to_device", "set_at", "floor_divide"}, frozenset((*BINARY, *BINARY_OPTIONAL)),
    ),
}  # fmt: skip


def idiom(tape: Tape, x: Node, y: Node, called: str, variable: str, order: int) -> str:
    """Code that sets ``answer`` to the derivative of y by x.

    Raises
    ------
    NoIdiom
        f uses something that takes more than an expression, or does not depend on x.
    """
    if y not in tape.descendants(x):
        raise NoIdiom("f(x) does not depend on x, and nothing is recorded")
    dialect, called = DIALECTS[tape.name], _identifier(called)
    writer = _Writer(tape, dialect, x, y, variable)
    body = "\n".join(f"    {line}" for line in writer.body)
    special = f"\nimport {dialect.special}" if f"{dialect.special}." in body and tape.name != "torch" else ""
    point = ast.unparse(writer.array(tape.to_host(x), bare=True))
    ends = {"autograd": _autograd, "jax": _jax, "torch": _torch}
    end = ends[tape.name](called, point, order, tape.dtype_of(x) == np.float64)
    return f"{dialect.head}{special}\n\n\ndef {called}({writer.names[x]}):\n{body}\n\n\n{end}"


def _nested(grad: str, called: str, order: int) -> str:
    return f"{grad}({called})" if order == 1 else f"{grad}({_nested(grad, called, order - 1)})"


def _autograd(called: str, point: str, order: int, wide: bool) -> str:
    return f"answer = {_nested('grad', called, order)}({point})"


def _jax(called: str, point: str, order: int, wide: bool) -> str:
    derivative = f"answer = {_nested('jax.grad', called, order)}({point})"
    return f"with jax.enable_x64(True):\n    {derivative}" if wide else derivative


def _torch(called: str, point: str, order: int, wide: bool) -> str:
    if order > 1:
        return f"answer = {_nested('torch.func.grad', called, order)}({point})"
    return f"x = {point[:-1]}, requires_grad=True)\n{called}(x).backward()\nanswer = x.grad"


class _Writer:
    """Writes the steps from x to y as the lines of a function."""

    def __init__(self, tape: Tape, dialect: Dialect, x: Node, y: Node, variable: str) -> None:
        self.tape, self.dialect = tape, dialect
        made = tape.descendants(x)
        needed, pending = {x}, [y]
        while pending:
            node = origin(pending.pop())
            if node in made and node not in needed:
                needed.add(node)
                pending += node.operands
        nodes = [node for node in tape.nodes if node in needed]
        self.uses = Counter(origin(operand) for node in nodes for operand in node.operands)
        named = zip(nodes, names_of(nodes, variable, "", y), strict=True)
        self.names = {node: _identifier(name) for node, name in named}
        self.expressions: dict[Node, tuple[ast.expr, int]] = {}
        self.body: list[str] = []
        for node in nodes:
            if node.row != INPUT:
                self.add(node)
        result = self.write(y)
        if y.shape:
            result = ast.Call(ast.Attribute(result, "reshape", ast.Load()), [ast.Tuple([], ast.Load())], [])
        self.body.append(f"return {ast.unparse(result)}")

    def add(self, node: Node) -> None:
        """A line for a step, or, for one that is used once and has no name in f, an expression to be put in another."""
        if node.row in self.dialect.without:
            raise NoIdiom(f"no short code by hand: {node.row} takes more than one expression there")
        depth = 1 + max((self.expressions.get(origin(each), (None, 0))[1] for each in node.operands), default=0)
        expression = self.expression(node)
        unnamed = self.names[node].startswith("v_")
        if unnamed and self.uses[node] <= 1 and depth < DEEPEST:
            self.expressions[node] = expression, depth
            return
        self.body.append(f"{self.names[node]} = {ast.unparse(expression)}")
        self.expressions[node] = name(self.names[node]), 0

    def write(self, node: Node) -> ast.expr:
        """An operand."""
        node = origin(node)
        if node in self.expressions:
            return self.expressions[node][0]
        return name(self.names[node]) if node in self.names else self.array(self.tape.to_host(node), bare=True)

    def array(self, value: Array, *, bare: bool = False) -> ast.expr:
        """Values that are there from the start; single ones as a Python number where that means the same."""
        module, dtype = self.dialect.module, value.dtype
        if bare and not value.ndim and (module != "torch" and dtype == np.float64):
            return literal(value)
        implied = dtype.kind in "bi" or (module != "torch" and dtype == np.float64)
        keywords = [] if implied else [ast.keyword("dtype", name(f"{module}.{dtype.name}"))]
        return ast.Call(name(f"{module}.{'tensor' if module == 'torch' else 'array'}"), [literal(value)], keywords)

    def function(self, row: str) -> str:
        """What a row is called."""
        if row.startswith("special."):
            return self.dialect.special + row.removeprefix("special")
        found = self.dialect.renamed.get(row, row)
        try:
            attrgetter(found)(modules[self.dialect.imported])
        except AttributeError as error:
            raise NoIdiom(f"no short code by hand: there is no {self.dialect.module}.{found}") from error
        return f"{self.dialect.module}.{found}"

    def expression(self, node: Node) -> ast.expr:
        """A step in the framework's words."""
        row, write, dialect = node.row, self.write, self.dialect
        found = as_operator(node, write)
        if found is not None:
            return found
        if row in REDUCTIONS:
            return self.reduction(node)
        arguments = reduced(row, node.arguments)
        if row in dialect.arrays_alone:
            dtype = self.tape.dtype_of(node)
            arguments = [each if isinstance(each, Node) else np.asarray(each, dtype) for each in arguments]
        match row, arguments:
            case "astype", (x, dtype):
                how = "to" if dialect.module == "torch" else "astype"
                return ast.Call(ast.Attribute(write(x), how, ast.Load()), [name(f"{dialect.module}.{dtype}")], [])
            case "set_at", (x, where, value):
                at = as_operator(Node(None, "getitem", None, (x, where)), write)
                assert isinstance(at, ast.Subscript)
                at.value = ast.Attribute(at.value, "at", ast.Load())
                return ast.Call(ast.Attribute(at, "set", ast.Load()), [write(value)], [])
            case ("sort" | "cumsum" | "cumprod" | "stack" | "concatenate"), (x, axis):
                made = call(self.function(row), x, write=write, **{dialect.axis: axis})
                first = row == "sort" and dialect.module == "torch"  # which gives the positions too
                return ast.Subscript(made, ast.Constant(0), ast.Load()) if first else made
        return call(self.function(row), *arguments, write=write)

    def reduction(self, node: Node) -> ast.expr:
        """A sum, a mean and the like; over all axes where none is named."""
        dialect, row = self.dialect, node.row
        x, axes, keepdims, *ddof = node.arguments
        keywords: dict[str, Any] = {}
        if axes != tuple(range(len(x.shape))) or keepdims:
            keywords[dialect.axis] = axes[0] if len(axes) == 1 else axes
        if keepdims:
            keywords[dialect.keepdims] = True
        if any(ddof) or (ddof and dialect.module == "torch"):
            keywords[dialect.ddof] = ddof[0]
        if dialect.module == "torch" and keywords and row in ("max", "min"):
            row = f"a{row}"
        return call(self.function(row), x, write=self.write, **keywords)


def _identifier(text: str) -> str:
    """A step's name as Python has it: v₁ is v_1, and what the framework is called by stays its own."""
    base = text.rstrip(SUBSCRIPTS)
    digits = "".join(str(SUBSCRIPTS.index(digit)) for digit in text[len(base) :])
    reserved = base in ("np", "jnp", "jax", "torch", "autograd", "grad")
    return f"{base}_{digits}" if digits or reserved else base


__all__ = ["NoIdiom", "idiom"]
