"""What each framework recorded itself on the way from x to f(x), as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from multigrad import backends
from multigrad.backends.contract import Function, Native
from multigrad.errors import MultigradError
from multigrad.explanation.explanation import Explanation, named, taped
from multigrad.explanation.folding import Repeated, folded
from multigrad.explanation.idioms import NoIdiom, idiom
from multigrad.explanation.tape import Tape
from multigrad.faces import Face
from multigrad.operators import differentiate

Graph = dict[Hashable, tuple[str, list[Hashable]]]
"""A node -> its label, and the nodes that it was made of; the result first."""

LONGEST_IDIOM = 40
"""Lines; longer code is not printed beside the table."""


@dataclass(frozen=True)
class Framework:
    """One framework's own view of the same slope. Printed, it is its recording and the code that a person writes.

    Attributes
    ----------
    recorded : str
        Its graph, or jaxpr. Empty where it recorded nothing.
    idiom : str
        Code that sets ``answer``. Empty where none could be written.
    reason : str
        Why either is empty.
    """

    name: str
    version: str
    recorded: str
    idiom: str
    reason: str

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def body(self) -> str:
        """What it recorded, the code, and what is to be said of either."""
        return "\n\n".join(part for part in (self.recorded, self.shown_idiom, self.reason) if part)

    @property
    def shown_idiom(self) -> str:
        """The code, or, of long code, how long it is."""
        lines = self.idiom.count("\n") + 1
        return self.idiom if lines <= LONGEST_IDIOM else f"the same by hand: {lines} lines, in .idiom"

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.body}"


def frameworks(explained: Explanation) -> Iterator[Framework]:
    """The view of each framework that is installed and has one."""
    for info in backends.list_backends():
        if info.installed and info.name in RECORDERS:
            yield _framework(explained, info.name, info.version or "")


def _framework(explained: Explanation, name: str, version: str) -> Framework:
    record, derivative = RECORDERS[name]

    def operator(face: Face, f: Function) -> tuple[str, tuple[str, str]]:
        g: Function = partial(face.call, f)
        for _ in range(explained.order - 1):
            g = derivative(g)
        return record(g, face.x), by_hand(face, f)

    def by_hand(face: Face, f: Function) -> tuple[str, str]:
        tape = Tape(face.recording.backend)
        try:
            return idiom(tape, *taped(tape, face, f), *named(f), explained.order), ""
        except NoIdiom as error:
            return "", str(error)

    try:
        return differentiate(
            explained.f, explained.x, None, name, operator,
            lambda _, recorded, code: Framework(name, version, recorded, *code),
        )  # fmt: skip
    except MultigradError as error:
        return Framework(name, version, "", "", str(error))


# Graphs ------------------------------------------------------------------------------------------------


def listed(graph: Graph) -> str:
    """A graph, a numbered node on each line with the numbers of those that it was made of; loops are folded."""
    number = {node: k for k, node in enumerate(graph, start=1)}
    rows = [
        (label, f"{number[node]:>4}  {label}{f'  ← {_numbers(sources, number)}' if sources else ''}")
        for node, (label, sources) in graph.items()
    ]
    return "\n".join(_lines(folded(rows, lambda row: row[0])))


def _numbers(sources: list[Hashable], number: dict[Hashable, int]) -> str:
    return ", ".join(str(number[source]) for source in sources)


def _lines(rows: Any) -> Iterator[str]:
    for row in rows:
        if isinstance(row, Repeated):
            body = list(_lines(row.passes[0]))
            yield f"      {len(row.passes)} times in a row, {len(row.items)} lines in all:"
            yield from (f"    │ {line}" for line in body)
        else:
            yield row[1]


def _walked(root: Any, label: Callable[[Any], str], sources: Callable[[Any], list[Any]]) -> Graph:
    """Everything that a node was made of, each after all that use it."""
    order: list[Any] = []
    seen = set()
    stack = [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack += [(node, True), *((source, False) for source in sources(node))]
    return {node: (label(node), list(sources(node))) for node in reversed(order)}


def _torch_graph(g: Function, x: Native) -> str:
    y = g(x.requires_grad_())
    if y.grad_fn is None:
        return "x itself" if y is x else "nothing: grad_fn is None"

    def sources(node: Any) -> list[Any]:
        return [source for source, _ in node.next_functions if source is not None]

    def label(node: Any) -> str:
        return f"{node.name().rpartition('::')[2]}{' (x)' if getattr(node, 'variable', None) is x else ''}"

    return listed(_walked(y.grad_fn, label, sources))


def _torch_derivative(g: Function) -> Function:
    import torch

    def derivative(x: Native) -> Native:
        y = g(x)
        return torch.autograd.grad(y, x, create_graph=True)[0] if y.requires_grad else torch.zeros_like(x)

    return derivative


def _autograd_graph(g: Function, x: Native) -> str:
    from autograd.core import VJPNode
    from autograd.tracer import Node, notrace_primitives

    from multigrad.backends._autograd import _record  # autograd's own tracing is confused by threads and errors

    class Named(Node):  # type: ignore[misc]  # autograd has no types
        """Keeps the name of its operation, which autograd's own nodes forget once they have its rule."""

        __slots__ = ("label", "parents")

        def __init__(self, value: Any, fun: Any, args: Any, kwargs: Any, argnums: Any, parents: Any) -> None:
            self.parents, self.label = parents, getattr(fun, "__name__", str(fun))

        def initialize_root(self) -> None:
            self.parents, self.label = [], "x"

    notrace_primitives[Named] = notrace_primitives[VJPNode]
    try:
        _, node = _record(g, x, Named.new_root())
    finally:
        del notrace_primitives[Named]
    if node is None:
        return "nothing: f(x) is no box"
    return listed(_walked(node, lambda node: str(node.label), lambda node: list(node.parents)))


def _autograd_derivative(g: Function) -> Function:
    backend = backends.get("autograd")

    def derivative(x: Native) -> Native:
        y, pullback = backend.vjp(g, x, nested=True)
        return pullback(backend.like(y, 1.0))

    return derivative


def _jaxpr(g: Function, x: Native) -> str:
    import jax

    try:
        jaxpr, heading = jax.make_jaxpr(g)(x), ""
    except Exception:  # noqa: BLE001  f ran with values elsewhere, so what stops it here is the lack of them
        jaxpr = jax.make_jaxpr(jax.linearize(g, x)[1])(x)
        heading = "f branches on values, so it has no jaxpr; that of its derivative at x, a linear function:\n"
    shown = jaxpr.pretty_print(use_color=False)  # IPython switches the colours on
    rows = [(re.sub(r"\b\w+:\w+(\[[^\]]*\])?|\b[a-z]{1,2}\b", "", line), line) for line in shown.splitlines()]
    return heading + "\n".join(_lines(folded(rows, lambda row: row[0])))


def _jax_derivative(g: Function) -> Function:
    import jax

    return jax.grad(g)


RECORDERS: dict[str, tuple[Callable[[Function, Native], str], Callable[[Function], Function]]] = {
    "autograd": (_autograd_graph, _autograd_derivative),
    "torch": (_torch_graph, _torch_derivative),
    "jax": (_jaxpr, _jax_derivative),
}
"""Backend -> how what it records is shown, and its own first derivative."""

__all__ = ["Framework", "frameworks"]
