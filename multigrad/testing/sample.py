"""One call of one row, as plain data, and NumPy's own function for each row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends import rows as names

Array = npt.NDArray[Any]
Rows = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Host:
    """An array that the row takes as a NumPy array, not as a native one: an index, a list of positions."""

    array: Array

    def __repr__(self) -> str:
        return f"Host({self.array!r})"


@dataclass(frozen=True)
class Sample:
    """One call of one row.

    Examples
    --------
    >>> import numpy as np
    >>> print(Sample("sum", (np.ones((2, 3)), (0,), False)))
    sum(float64[2,3], (0,), False)
    """

    row: str
    """The row's name, ``"linalg.norm"``."""
    arguments: tuple[Any, ...]
    """What it is called with. NumPy arrays become native, in lists and tuples too, except for `Host`."""
    smooth: bool = False
    """Whether it has two derivatives here, with no kink within 0.05: then they are compared as well."""
    note: str = ""
    """What is special about it, for the name of the case."""
    enter: Callable[[Rows, Any], Any] | None = None
    """Applied to an operand before its derivative is taken: makes a matrix symmetric."""
    leave: Callable[[Rows, tuple[Any, ...], Any], Any] | None = None
    """From arguments and answer to what is differentiated, where the answer itself has no slope."""
    canonical: Callable[[Rows, Any], Any] | None = None
    """Applied to the answer before anything is compared: eigenvectors are unique up to their sign only."""

    def __str__(self) -> str:
        call = f"{self.row}({', '.join(map(_brief, self.arguments))})"
        return f"{call}, {self.note}" if self.note else call

    def shown(self) -> str:
        """The call with its numbers, for the message of a failure."""
        return f"{self.row}({', '.join(map(repr, self.arguments))})"


def _brief(value: Any) -> str:
    if isinstance(value, Host):
        return f"host {_brief(value.array)}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype}[{','.join(map(str, value.shape))}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_brief, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, slice):
        return ":".join("" if part is None else str(part) for part in (value.start, value.stop, value.step))
    return "..." if value is Ellipsis else str(value)


def arrays_in(value: Any) -> Iterator[Array]:
    """The arrays of an argument list that become native, in order."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from arrays_in(item)


def with_arrays(value: Any, arrays: Iterator[Any]) -> Any:
    """The same argument list with others in the places of its arrays."""
    if isinstance(value, Host):
        return value.array
    if isinstance(value, np.ndarray):
        return next(arrays)
    if isinstance(value, tuple | list):
        return type(value)([with_arrays(item, arrays) for item in value])
    return value


def _set_at(x: Array, index: Any, value: Any) -> Array:
    changed = np.array(x)
    changed[index] = value
    return changed


def _norm(x: Array, ord: Any, axes: tuple[int, ...] | None, keepdims: bool) -> Any:
    if axes is None:
        return np.linalg.norm(np.ravel(x)).reshape((1,) * x.ndim if keepdims else ())
    return np.linalg.norm(x, ord, axes[0] if len(axes) == 1 else axes, keepdims)


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axes, keepdims: function(x, axis=axes, keepdims=keepdims)


def _spread(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axes, keepdims, ddof: function(x, axis=axes, keepdims=keepdims, ddof=ddof)


def _numpy_rows() -> dict[str, Callable[..., Any]]:
    named = "where clip reshape transpose broadcast_to concatenate stack cumsum cumprod sort matmul einsum"
    elementwise = (
        names.UNARY + names.UNARY_OPTIONAL + names.UNARY_PREDICATES
        + names.BINARY + names.BINARY_OPTIONAL + names.COMPARISONS + names.LOGICAL
    )  # fmt: skip
    table: dict[str, Callable[..., Any]] = {n: getattr(np, n) for n in (*elementwise, *named.split())}
    rooms: list[tuple[Any, Iterable[str]]] = [(np.linalg, names.LINALG), (np.fft, names.FFT)]
    if find_spec("scipy"):
        rooms.append((import_module("scipy.special"), names.SPECIAL))
    for module, room in rooms:
        table |= {name: getattr(module, name.partition(".")[2]) for name in room}
    table |= {name: _reduction(getattr(np, name)) for name in names.REDUCTIONS}
    return table | {
        "var": _spread(np.var),
        "std": _spread(np.std),
        "argsort": lambda x, axis: np.argsort(x, axis, stable=True),
        "astype": lambda x, dtype: np.asarray(x).astype(dtype),
        "getitem": lambda x, index: x[index],
        "set_at": _set_at,
        "gather": lambda x, positions: x[positions],
        "linalg.norm": _norm,
        "linalg.svd": lambda x: np.linalg.svd(x, full_matrices=False),
    }


NUMPY: Rows = _numpy_rows()
"""NumPy's function behind each row, in the row's narrow signature; where SciPy is installed, its own too."""

__all__ = ["NUMPY", "Host", "Rows", "Sample", "arrays_in", "with_arrays"]
