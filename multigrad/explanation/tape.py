"""The tape: a backend around another that writes down every row f calls, and pulls slopes back along what it wrote.

`Tape.backward` is the chain rule, and all of it: the local pullbacks are the framework's own. Since pulling back
is written down as well, the slope of a slope needs nothing new: it is the same walk over a longer tape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from multigrad.backends.contract import Backend, Device, Function, Native, Pullback
from multigrad.errors import MultigradError
from multigrad.explanation.source import Frames, calling

INPUT, ARGUMENT, PULLBACK = "input", "argument", "pullback"
"""What is on a tape beside rows: x, an argument of an inner slope (which stands for its value), and a pullback."""


@dataclass(eq=False)
class Node:
    """A value on the tape, and how it came about. A constant has no row."""

    value: Native
    row: str = ""
    function: Callable[..., Native] | None = None
    arguments: tuple[Any, ...] = ()
    """What `function` was called with: nodes, alone or in lists and tuples, beside plain Python values."""
    frames: Frames = ()
    """Where in f."""

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))

    @property
    def operands(self) -> list[Node]:
        return list(nodes_in(self.arguments))


def nodes_in(arguments: object) -> Iterator[Node]:
    """The nodes in nested lists and tuples, in order."""
    if isinstance(arguments, Node):
        yield arguments
    elif isinstance(arguments, (list, tuple)):
        for each in arguments:
            yield from nodes_in(each)


def filled(arguments: Any, values: Iterator[Native]) -> Any:
    """`arguments` with the next of `values` in the place of each node."""
    if isinstance(arguments, Node):
        return next(values)
    if isinstance(arguments, (list, tuple)):
        return type(arguments)(filled(each, values) for each in arguments)
    return arguments


@dataclass(frozen=True, eq=False)
class LocalPullback:
    """u -> uᵀJ, where J is the derivative of one node by one of its operands: a function of all operands and of u."""

    backend: Backend
    node: Node
    slot: int

    def __call__(self, *values: Native) -> Native:
        *operands, u = values
        return self.at(operands)(u)

    def at(self, operands: list[Native]) -> Pullback:
        """The pullback for these values of the operands."""
        function = self.node.function
        assert function is not None  # a constant has no operands

        def of_one(value: Native) -> Native:
            values = iter([*operands[: self.slot], value, *operands[self.slot + 1 :]])
            return function(*filled(self.node.arguments, values))

        return self.backend.vjp(of_one, operands[self.slot], nested=True)[1]


@final
class Tape(Backend):
    """A backend whose arrays are nodes over the arrays of another, which computes.

    Parameters
    ----------
    inner : Backend
        The framework whose rows are written down.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad import backends
    >>> tape = Tape(backends.get("autograd"))
    >>> y, pullback = tape.vjp(lambda x: tape.rows["square"](x), tape.from_host(np.array(3.0), "cpu"), nested=False)
    >>> [node.row for node in tape.nodes], float(pullback(tape.like(y, 1.0)).value)
    (['argument', 'square'], 6.0)
    """

    name: ClassVar[str] = "tape"
    module: ClassVar[str] = "multigrad"
    install: ClassVar[str] = "pip install multigrad-compare"
    forward_is_cheaper: ClassVar[bool] = False

    def __init__(self, inner: Backend) -> None:
        self.inner = inner
        self.name = inner.name  # type: ignore[misc]  # an instance's own: it stands for the one that computes
        self.nodes: list[Node] = []
        """What depends on an input or on an argument, in the order of its making."""
        self.rows = {name: partial(self.record, name, row) for name, row in inner.rows.items()}
        self.stopped = False
        """Set where nothing more is to be written down: pulling back along the tape is then mere arithmetic."""

    # Recording ---------------------------------------------------------------------------------------

    def record(self, row: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function over native arrays with nodes, and write down each of its results."""
        found = function(*filled(arguments, iter([node.value for node in nodes_in(arguments)])))
        if isinstance(found, tuple):
            return tuple(
                self._noted(value, row, partial(_output, function, k), arguments) for k, value in enumerate(found)
            )
        return self._noted(found, row, function, arguments)

    def start(self, value: Native, row: str = INPUT, *of: Node) -> Node:
        """A node that slopes can be taken by."""
        node = Node(value, row, _identity, of)
        self.nodes.append(node)
        return node

    def _noted(self, value: Native, row: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Node:
        depends = not self.stopped and any(node.row for node in nodes_in(arguments))
        if not depends or self.inner.dtype_of(value).kind not in "fc":
            return Node(value)
        node = Node(value, row, function, arguments, calling())
        self.nodes.append(node)
        return node

    # The chain rule ------------------------------------------------------------------------------------

    def backward(self, y: Node, x: Node, u: Node) -> tuple[dict[Node, Node], dict[tuple[Node, int], Node]]:
        """What flows back from y, where it is u, as far as x: into each node, and along each edge.

        An edge is a node and the number of one of its operands. What flows into a node is the sum over the
        edges that lead to it.
        """
        into, along = {y: u}, {}
        between = self.descendants(x)
        for node in reversed(self.nodes[:]):
            if node is x or node not in into:
                continue
            for slot, operand in enumerate(node.operands):
                if operand in between:
                    flow = along[node, slot] = self.pull(node, slot, into[node])
                    into[operand] = self.rows["add"](into[operand], flow) if operand in into else flow
        return into, along

    def descendants(self, x: Node) -> set[Node]:
        """x, and what was made of it."""
        found = {x}
        for node in self.nodes:
            if any(operand in found for operand in node.operands):
                found.add(node)
        return found

    def pull(self, node: Node, slot: int, u: Node) -> Node:
        """What u, flowing into a node, is when it has passed to one of its operands."""
        if node.row == ARGUMENT:
            return u
        function = LocalPullback(self.inner, node, slot)
        operands = [
            operand if operand.row and self._matters(function, k, u) else Node(operand.value)
            for k, operand in enumerate(node.operands)
        ]
        return self.record(PULLBACK, function, *operands, u)  # type: ignore[no-any-return]  # it has one result

    def _matters(self, function: LocalPullback, k: int, u: Node) -> bool:
        """Whether a local derivative depends on an operand: that of a sum does not, that of a product does."""
        if self.stopped:
            return False
        values = [each.value for each in function.node.operands]
        recorded = True

        def watched(value: Native) -> Native:
            nonlocal recorded
            result = function(*values[:k], value, *values[k + 1 :], u.value)
            recorded = self.inner.is_recorded(result)
            return result

        self.inner.vjp(watched, values[k], nested=True)
        return recorded

    def vjp(self, f: Function, x: Node, *, nested: bool) -> tuple[Node, Pullback]:
        # An argument of its own, so that what f closes over is constant for it, though it be made of x.
        argument = self.start(x.value, ARGUMENT, x)
        y = f(argument)

        def pullback(u: Node) -> Node:
            into, _ = self.backward(y, argument, u)
            return into[argument] if argument in into else self.like(x, 0.0)

        return y, pullback

    def jvp(self, f: Function, x: Node, v: Node, *, nested: bool) -> tuple[Node, Node]:
        """The pullback is linear in u, so that its own pullback is v -> Jv."""
        y, pullback = self.vjp(f, x, nested=nested)
        # Any u will do, but for rules that take a short cut where it is 0, as autograd's of eigh does.
        anything = np.cos(np.arange(1.0, y.size + 1)).reshape(y.shape)
        _, transposed = self.vjp(pullback, self.like(y, anything), nested=nested)
        return y, transposed(v)

    # What the inner backend knows ------------------------------------------------------------------------

    def version(self) -> str:
        return self.inner.version()

    def owns(self, x: object) -> bool:
        return isinstance(x, Node)

    def devices(self) -> tuple[str, ...]:
        return self.inner.devices()

    def device(self, spec: object) -> Device:
        return self.inner.device(spec)

    def device_name(self, device: Device) -> str:
        return self.inner.device_name(device)

    def device_of(self, x: Node) -> Device | None:
        return self.inner.device_of(x.value)

    def dtype_of(self, x: Node) -> np.dtype[Any]:
        return self.inner.dtype_of(x.value)

    def from_host(self, array: npt.NDArray[Any], device: Device) -> Node:
        return Node(self.inner.from_host(array, device))

    def to_host(self, x: Node) -> npt.NDArray[Any]:
        # A row's index may be a plain array, which the node then stands for.
        return x.value.copy() if type(x.value) is np.ndarray else self.inner.to_host(x.value)

    def move(self, x: Node, device: Device) -> Node:
        return self.record("to_device", partial(_moved, self.inner, device), x)  # type: ignore[no-any-return]

    def context(self, device: Device | None, dtype: np.dtype[Any]) -> AbstractContextManager[object]:
        return self.inner.context(device, dtype)

    def is_recorded(self, x: Node) -> bool:
        return bool(x.row)

    def mixing(self, f: Function, x: Node, y: Node) -> list[str]:
        return sorted({node.row for node in self.descendants(x)})

    def translate(self, error: BaseException) -> MultigradError | None:
        return self.inner.translate(error)

    def compile(self, f: Callable[..., Any]) -> Callable[..., Any]:
        return f


def _identity(x: Native) -> Native:
    return x


def _output(function: Callable[..., Iterable[Native]], k: int, *arguments: Any) -> Native:
    return tuple(function(*arguments))[k]


def _moved(backend: Backend, device: Device, x: Native) -> Native:
    return backend.move(x, device)


__all__ = ["ARGUMENT", "INPUT", "PULLBACK", "LocalPullback", "Node", "Tape", "filled", "nodes_in"]
