"""Everything that multigrad raises.

::

    MultigradError
    ├── UnknownBackend       also ValueError    no backend has that name
    ├── BackendUnavailable   also ImportError   not installed, or its import crashes
    ├── BackendMismatch      also ValueError    arrays of two backends in one computation
    ├── DeviceUnavailable    also ValueError    no such device here
    ├── NotDifferentiable    also TypeError     x, f or f(x) has no derivative that could be recorded
    ├── NotElementwise       also ValueError    one point of f(x) depends on another point of x
    ├── NotScalarValued      also ValueError    a gradient was asked of a function with many values
    ├── UnknownOperator      also ValueError    no operator of that name, or no slope of that order
    ├── ExpressionError      also ValueError    the command line cannot read that expression or target
    ├── UnknownScenario      also ValueError    the catalogue has no such scenario or family
    ├── RecordError          also ValueError    that is no record of the suite, or not one that fits
    └── WorkerDied           also RuntimeError  a process of the suite ended before it answered

An error says what arrived, what was expected, and what to write instead. The error of a framework for
one of these faults is translated once, where an operator meets the backend, and kept as ``__cause__``.
An exception that the user's own function raises is none of these and passes through untouched.
"""


def a(kind: object) -> str:
    """``"a float"``, ``"an int"``, ``"None"``: what an object is, for a message."""
    name = type(kind).__name__
    return "None" if kind is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


class MultigradError(Exception):
    """Base of every error that multigrad raises on its own account."""


class UnknownBackend(MultigradError, ValueError):
    """No backend of that name is registered."""


class BackendUnavailable(MultigradError, ImportError):
    """The backend is known but cannot be used here; the message has the line that installs it."""


class BackendMismatch(MultigradError, ValueError):
    """Arrays of two backends met in one computation."""


class DeviceUnavailable(MultigradError, ValueError):
    """The device is malformed, absent, or one that this backend never has; lists those that are there."""


class NotDifferentiable(MultigradError, TypeError):
    """x, f or f(x) is of a kind that has no derivative, or the computation left the recording."""


class NotElementwise(MultigradError, ValueError):
    """A slope over an array needs f(x)[i] to depend on x[i] alone, with f(x) in the shape of x."""


class NotScalarValued(MultigradError, ValueError):
    """A gradient needs one number from f."""


class UnknownOperator(MultigradError, ValueError):
    """There is no such operator, or no slope of such an order."""


class ExpressionError(MultigradError, ValueError):
    """An expression or a target on the command line could not be read."""


class UnknownScenario(MultigradError, ValueError):
    """The catalogue has no scenario, or no family, of that name."""


class RecordError(MultigradError, ValueError):
    """Data that should be a record of the suite is none, or is of other versions than those it should go with."""


class WorkerDied(MultigradError, RuntimeError):
    """A process of the suite crashed or hung; the message says how."""


__all__ = [
    "BackendMismatch",
    "BackendUnavailable",
    "DeviceUnavailable",
    "ExpressionError",
    "MultigradError",
    "NotDifferentiable",
    "NotElementwise",
    "NotScalarValued",
    "RecordError",
    "UnknownBackend",
    "UnknownOperator",
    "UnknownScenario",
    "WorkerDied",
]
