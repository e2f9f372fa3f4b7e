"""The steps of a recording: what was computed, its local derivatives, and what flows back; read off a tape."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends.contract import Native
from multigrad.backends.rows import BINARY, UNARY
from multigrad.explanation import formulas, source
from multigrad.explanation.source import Place
from multigrad.explanation.tape import ARGUMENT, INPUT, LocalPullback, Node, Tape

Array = npt.NDArray[Any]

SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"

LARGEST_JACOBIAN = 1024
"""Entries; that of a larger one is not shown, as nobody would read it."""


@dataclass(frozen=True)
class Operand:
    """What a step was made of, and what it sends back there."""

    step: int
    """The number of the step that is the operand."""
    local: Array | None
    """The derivative of this step by that one: a number; one for each entry where the step is elementwise; else in
    the shape of this step followed by that of the operand. None for a Jacobian that is too large to be read."""
    flow: Array | None
    """What flows back to the operand from here; None where the result does not depend on this step."""


@dataclass(frozen=True)
class Step:
    """One recorded step."""

    number: int
    name: str
    """What f calls it, or v₁, v₂ ..."""
    formula: str
    """How it was computed, in the names of other steps."""
    row: str
    """NumPy's name of the operation."""
    value: Array
    operands: tuple[Operand, ...]
    flow: Array | None
    """What flows back into it: the derivative of the result by it. None where the result does not depend on it."""
    place: Place | None
    """Where it stands in f's source, if that can be read."""
    key: object = None
    """The same for all passes of a loop."""


# From the tape -----------------------------------------------------------------------------------------


def steps_of(tape: Tape, x: Node, y: Node, variable: str, result: str) -> tuple[tuple[Step, ...], Native]:
    """Everything on the tape that was made of x, and the derivative of y by x."""
    tape.stopped = True
    into, along = tape.backward(y, x, tape.like(y, 1.0))
    made = tape.descendants(x)
    nodes = [node for node in tape.nodes if node in made and node.row != ARGUMENT]
    number: dict[Node, int] = {node: k for k, node in enumerate(nodes)}
    called = dict(zip(nodes, names_of(nodes, variable, result, y), strict=True))

    def write(node: Node) -> ast.expr:
        node = origin(node)
        return formulas.name(called[node]) if node in called else _number(tape.to_host(node))

    def host(node: Node | None) -> Array | None:
        return None if node is None else tape.to_host(node)

    steps = tuple(
        Step(
            number=k,
            name=called[node],
            formula="" if node.row == INPUT else formulas.formula(node, write),
            row=node.row,
            value=tape.to_host(node),
            operands=tuple(
                Operand(number[origin(operand)], _local(tape, node, slot), host(along.get((node, slot))))
                for slot, operand in enumerate(node.operands)
                if operand in made
            ),
            flow=host(into.get(node)),
            place=source.place(node.frames),
            key=(node.row, node.frames),
        )
        for k, node in enumerate(nodes)
    )
    return steps, into[x].value if x in into else tape.like(x, 0.0).value


def origin(node: Node) -> Node:
    """What an argument of an inner slope stands for."""
    while node.row == ARGUMENT:
        node = node.operands[0]
    return node


def _number(value: Array) -> ast.expr:
    return formulas.name(brief(value)) if value.ndim else formulas.literal(value)


def _local(tape: Tape, node: Node, slot: int) -> Array | None:
    """A step's derivative by one operand, pulled back row by row; the diagonal where it is elementwise."""
    operand = node.operands[slot]
    dtypes = {tape.dtype_of(node).kind, tape.dtype_of(operand).kind}
    if dtypes != {"f"} or node.size * operand.size > LARGEST_JACOBIAN:
        return None
    pull = LocalPullback(tape.inner, node, slot).at([each.value for each in node.operands])

    def pulled(u: Array) -> Array:
        return tape.to_host(Node(pull(tape.like(node, u).value)))

    if node.row in (*UNARY, *BINARY) and node.shape == operand.shape:
        return pulled(np.ones(node.shape))
    units = np.eye(node.size).reshape(-1, *node.shape)
    return np.stack([pulled(unit) for unit in units]).reshape(node.shape + operand.shape)


def names_of(nodes: Sequence[Node], variable: str, result: str, y: Node) -> list[str]:
    """A name for each node: f's own, numbered where f uses one repeatedly, or v₁, v₂ ..."""
    given = [variable, *("" for _ in nodes[1:])]
    for run in _runs(nodes):
        names = source.names(nodes[run[0]].frames)
        last = [k for k in run if nodes[k].row == nodes[run[-1]].row] if names else []
        for k, position in enumerate(last):
            given[position] = names[k % len(names)]
    if y in nodes[1:] and not given[nodes.index(y)]:
        given[nodes.index(y)] = result
    often, seen = Counter(given), Counter[str]()
    found = []
    for name in given:
        base = name or "v"
        seen[base] += 1
        found.append(base if name and often[name] == 1 else base + _subscript(seen[base]))
    return found


def _runs(nodes: Sequence[Node]) -> Iterator[list[int]]:
    """The numbers of nodes that one instruction of f's made, as it does where NumPy's function is composed."""
    run: list[int] = []
    for k, node in enumerate(nodes):
        if not node.frames:
            continue
        here = source.in_file_of_f(node.frames)
        if run and source.in_file_of_f(nodes[run[-1]].frames) != here:
            yield run
            run = []
        run.append(k)
    if run:
        yield run


def _subscript(number: int) -> str:
    return "".join(SUBSCRIPTS[int(digit)] for digit in str(number))


# Numbers -----------------------------------------------------------------------------------------------


def brief(value: Array | None, digits: int = 6) -> str:
    """Numbers for a cell: all of a few; of many, the shape and how far they reach."""
    if value is None:
        return ""
    if value.size > 9:
        shape = " by ".join(map(str, value.shape))
        if value.dtype.kind not in "biuf":
            return f"{shape} numbers"
        return f"{shape} numbers from {value.min():.{digits}g} to {value.max():.{digits}g}"
    if value.ndim:
        return f"[{', '.join(brief(entry, digits) for entry in value)}]"
    return str(value) if value.dtype.kind in "bc" else f"{value:.{digits}g}"


__all__ = ["Operand", "Step", "brief", "names_of", "origin", "steps_of"]
