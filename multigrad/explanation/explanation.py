"""`explain`: how a slope came about."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from multigrad import backends
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import running
from multigrad.errors import NotDifferentiable, NotScalarValued
from multigrad.explanation.folding import Line, folded
from multigrad.explanation.steps import Array, Step, steps_of
from multigrad.explanation.tape import Node, Tape
from multigrad.faces import Face
from multigrad.operators import differentiate, slope

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from multigrad.explanation.frameworks import Framework

Function = Callable[[Any], Any]


@dataclass(frozen=True, repr=False)
class Explanation:
    """How a slope came about. Printed, it is a table; in a notebook, a table with the graph.

    Attributes
    ----------
    name : str
        What f is called.
    order : int
        Of the derivative.
    value : numpy.ndarray
        f(x), or, where `order` is more than 1, the derivative before this one.
    slope : numpy.ndarray
        The slope, or the gradient, of f at x.
    steps : tuple of Step
        Everything that was recorded, x first.
    """

    name: str
    order: int
    backend: str
    version: str
    device: str
    x: Array
    value: Array
    slope: Array
    steps: tuple[Step, ...]
    f: Function = field(repr=False)

    @property
    def lines(self) -> list[Line[Step]]:
        """The steps as they are shown: where they are many, a loop's passes are one line."""
        return folded(self.steps, lambda step: step.key)

    @property
    def result(self) -> str:
        """What is differentiated, as a person writes it: ``f(x)``, ``f'(x)``."""
        return f"{self.name}{chr(39) * (self.order - 1)}({self.steps[0].name})"

    @cached_property
    def frameworks(self) -> tuple[Framework, ...]:
        """What each installed framework recorded itself, and the code that a person writes there by hand.

        Loads them, and runs f on each.
        """
        from multigrad.explanation.frameworks import frameworks

        return tuple(frameworks(self))

    def dot(self) -> str:
        """The graph in Graphviz' language."""
        from multigrad.explanation.drawing import as_dot

        return as_dot(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the graph: values in black, local derivatives along the arrows, what flows back in red."""
        from multigrad.explanation.drawing import draw

        return draw(self, ax)

    def save(self, path: str | Path) -> None:
        """Write the drawn graph to a file, in a size that fits: ``.svg``, ``.png`` or ``.pdf``."""
        from multigrad.explanation.drawing import save

        save(self, path)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `json.dumps` takes."""
        from multigrad.explanation.page import as_dict

        return as_dict(self)

    def __str__(self) -> str:
        from multigrad.explanation.table import as_text

        return as_text(self)

    __repr__ = __str__

    def __rich__(self) -> Any:
        from multigrad.explanation.table import as_rich

        return as_rich(self)

    def _repr_html_(self) -> str:
        from multigrad.explanation.page import as_html

        return as_html(self)


def explain(
    f: Function, x: Any, device: object = None, *, backend: str | None = None, order: int = 1
) -> Explanation:
    """Show how the slope of f at x came about, step by step.

    f is run once, on a tape that writes down every operation. Local derivatives are the backend's own; what flows
    back is the chain rule over the tape.

    Parameters
    ----------
    f : callable
        Plain NumPy, as for `slope` and `gradient`; f(x) is one number.
    x : float, int, numpy.ndarray or native array
        A number, or an array of which a gradient is taken. A native array is copied to the host first.
    device : str, device object or None
        As for `slope`.
    backend : {"autograd", "torch", "jax"} or None
        Whose local derivatives; None: that of x, or see `use_backend`.
    order : int
        2 explains how the slope of the slope came about, over the recording of the first; x is a number then.

    Returns
    -------
    Explanation
        ``.steps``, ``.slope``, ``.dot()``, ``.plot()``, ``.frameworks``, ``.to_dict()``; as text a table.

    Raises
    ------
    NotScalarValued
        f(x) has several entries, or x has where `order` is more than 1.
    NotDifferentiable, DeviceUnavailable, UnknownBackend, BackendUnavailable
        As for `slope`.

    Examples
    --------
    >>> from multigrad import explain
    >>> explained = explain(lambda x: x**3 - 5 * x, -2.0)
    >>> for step in explained.steps:
    ...     print(f"{step.name:4}  {step.formula:9} {step.value:5} {step.flow:4}")
    x                -2.0  7.0
    v₁    x ** 3     -8.0  1.0
    v₂    5 * x     -10.0 -1.0
    f(x)  v₁ - v₂     2.0  1.0
    >>> [float(operand.local) for operand in explained.steps[1].operands]
    [12.0]
    """
    if type(order) is not int or order < 1:
        raise ValueError(f"order={order!r}; expected 1 for the first derivative, 2 for the second, ...")
    if running.get() is not None or isinstance(x, RecordedArray):
        raise NotDifferentiable("a slope is running; explain starts a recording of its own: call it outside of f")
    owner = backends.owner(x)
    if owner is not None:
        x, backend = owner.to_host(x), owner.name if backend is None else backend
    operator = partial(_explained, order=order)
    explained: Explanation = differentiate(f, x, device, backend, operator, lambda face, explained, _: explained)
    return explained


def _explained(face: Face, f: Function, *, order: int) -> tuple[Explanation, None]:
    """An operator whose answer is how the answer came about."""
    inner, device = face.recording.backend, face.recording.device
    x = face.x
    if x.shape and order > 1:
        raise NotScalarValued(f"x has the shape {tuple(x.shape)}; a slope of order {order} is explained at one number")
    tape = Tape(inner)
    start, y = taped(tape, face, f, order)
    name, variable = named(f)
    steps, derivative = steps_of(tape, start, y, variable, f"{name}{chr(39) * (order - 1)}({variable})")
    return Explanation(
        name=name,
        order=order,
        backend=inner.name,
        version=inner.version(),
        device=inner.device_name(device),
        x=inner.to_host(x),
        value=tape.to_host(y),
        slope=inner.to_host(derivative),
        steps=steps,
        f=f,
    ), None


def taped(tape: Tape, face: Face, f: Function, order: int = 1) -> tuple[Node, Node]:
    """x and what f, or its derivative before the one of that order, makes of it, on the tape.

    Raises
    ------
    NotScalarValued
        That is not one number.
    """
    x, recording = tape.start(face.x), face.recording
    recording.backend, recording.rows = tape, tape.rows  # from here on, what f computes goes over the tape
    y = face.call(partial(run_f, _derivative(f, order - 1)), x)
    if any(length != 1 for length in y.shape):
        raise NotScalarValued(
            f"f(x) has the shape {tuple(y.shape)}; one number is explained: return a sum or one entry, or pass one "
            "number for x"
        )
    return x, y


def run_f(f: Function, x: RecordedArray) -> Any:
    """Call f; `source` sees by this function's name where f begins."""
    return f(x)


def _derivative(f: Function, order: int) -> Function:
    return (lambda x: slope(_derivative(f, order - 1), x)) if order else f


def named(f: Function) -> tuple[str, str]:
    """What f and its variable are called."""
    name = str(getattr(f, "__name__", "f"))
    try:
        variable = next(iter(inspect.signature(f).parameters))
    except (TypeError, ValueError, StopIteration):
        variable = "x"
    return name if name.isidentifier() else "f", variable


__all__ = ["Explanation", "explain", "named", "taped"]
