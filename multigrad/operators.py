"""The operators: slope and gradient, derived from a backend's two products, `vjp` and `jvp`.

From x to the answer: `face_of` (which backend, how f sees x) -> `differentiate` (state and errors) -> `slope_of`
or `gradient_of` (the products) -> the face again (how the answer is given back).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

from multigrad.array.recording import running
from multigrad.backends import Backend
from multigrad.errors import MultigradError, NotDifferentiable, NotElementwise, NotScalarValued, UnknownOperator, a
from multigrad.faces import Face, face_of
from multigrad.swallowed import swallowed

T = TypeVar("T")
Function = Callable[[Any], Any]
Native = Any
Product = Callable[[Any], Native]  # of a number, or of a host array in the shape of x
Operator = Callable[[Face, Function], tuple[Native, Native]]
Reader = Callable[[Face, Native, Native], T]

ToFloat = Callable[[Any], float]
Floats = TypeVar("Floats", bound=npt.NDArray[np.floating[Any]])
Integers = npt.NDArray[np.integer[Any]]
Float64s = npt.NDArray[np.float64]

# What each operator answers, by its x. The last of a group is for native arrays, and NumPy's scalars.


@overload
def slope(
    f: ToFloat, x: float, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> float: ...
@overload
def slope(
    f: Function, x: Floats, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> Floats: ...
@overload
def slope(
    f: Function, x: Integers, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> Float64s: ...
@overload
def slope(
    f: Function, x: float, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> Any: ...
@overload
def slope(
    f: Function, x: T, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> T: ...
def slope(
    f: Function, x: Any, device: object = None, *, backend: str | None = None, order: int = 1, strict: bool = False
) -> Any:
    """The slope of f at x: its derivative at a point, or at each of many points.

    Parameters
    ----------
    f : callable
        Takes what x is and returns a number, or an array of the shape of x whose i-th entry depends on the
        i-th entry of x alone. A Python number or NumPy array reaches f as an array that obeys NumPy, so plain
        NumPy code is differentiated unchanged; a native array reaches it as native arrays. For a scalar x,
        f may also return an array: a curve in space.
    x : float, int, numpy.ndarray, torch.Tensor or jax.Array
        Any shape. Python numbers and integer arrays count as float64; float32 is computed in float32.
    device : str, torch.device, jax.Device or None
        ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"gpu"``, ``"tpu"``, ``"mps"``, or torch's ``"meta"`` for native
        tensors. A device object of another framework than x's counts by its name. None: where x is.
    backend : {"autograd", "torch", "jax"} or None
        For host data; None: see `use_backend`. A native array always goes to its own.
    order : int
        1 for the first derivative, 2 for the second, and so on.
    strict : bool
        On native arrays: raise where a value leaves the recording, which the framework itself takes for a
        constant: ``x.item()``, ``int(x)``, and on torch ``float(x)`` and ``math.sin(x)`` as well. It costs 1.3
        to 2 times there. Host data is always guarded.

    Returns
    -------
    float, numpy.ndarray or native array
        What x is, in its shape and dtype, on the device where it was computed; for a curve, the shape of f(x).

    Raises
    ------
    NotDifferentiable
        x or f(x) has no slope, or the computation left the recording.
    NotElementwise
        f(x)[i] depends on more than x[i], or f(x) has not the shape of x.
    DeviceUnavailable, UnknownBackend, BackendUnavailable, BackendMismatch
        What was asked for is not here, or does not go together.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad import slope
    >>> def f(x):
    ...     return x**3 + 3 * x**2 - 5 * x + 4
    >>> slope(f, -2.0)
    -5.0
    >>> slope(f, np.array([-2.0, 0.0, 1.0]))
    array([-5., -5.,  4.])
    >>> slope(f, -2.0, order=2)
    -6.0
    """
    return differentiate(f, x, device, backend, slope_of(order), _slope_only, strict=strict)


@overload
def value_and_slope(
    f: ToFloat, x: float, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> tuple[float, float]: ...
@overload
def value_and_slope(
    f: Function, x: Floats, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> tuple[Floats, Floats]: ...
@overload
def value_and_slope(
    f: Function, x: Integers, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> tuple[Float64s, Float64s]: ...
@overload
def value_and_slope(
    f: Function, x: float, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> tuple[Any, Any]: ...
@overload
def value_and_slope(
    f: Function, x: T, device: object = ..., *, backend: str | None = ..., order: int = ..., strict: bool = ...
) -> tuple[T, T]: ...
def value_and_slope(
    f: Function, x: Any, device: object = None, *, backend: str | None = None, order: int = 1, strict: bool = False
) -> tuple[Any, Any]:
    """``(f(x), slope)``, with the arguments of `slope`.

    Examples
    --------
    >>> from multigrad import value_and_slope
    >>> value_and_slope(lambda x: x**2, 3.0)
    (9.0, 6.0)
    """
    return differentiate(f, x, device, backend, slope_of(order), _value_and_slope, strict=strict)


@overload
def gradient(
    f: Function, x: float, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> float: ...
@overload
def gradient(
    f: Function, x: Floats, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> Floats: ...
@overload
def gradient(
    f: Function, x: Integers, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> Float64s: ...
@overload
def gradient(
    f: Function, x: T, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> T: ...
def gradient(
    f: Function, x: Any, device: object = None, *, backend: str | None = None, strict: bool = False
) -> Any:
    """The gradient of a function of one array that returns one number.

    Parameters
    ----------
    f : callable
        Takes an array and returns one number: 0-d, or an array of one entry.
    x, device, backend, strict
        As for `slope`.

    Returns
    -------
    numpy.ndarray, float or native array
        The derivative of f(x) by each entry of x, in the shape and dtype of x.

    Raises
    ------
    NotScalarValued
        f(x) has several entries.
    NotDifferentiable, DeviceUnavailable, UnknownBackend, BackendUnavailable, BackendMismatch
        As for `slope`.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad import gradient
    >>> gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return differentiate(f, x, device, backend, gradient_of, _slope_only, strict=strict)


@overload
def value_and_gradient(
    f: Function, x: float, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> tuple[float, float]: ...
@overload
def value_and_gradient(
    f: Function, x: Floats, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> tuple[Any, Floats]: ...
@overload
def value_and_gradient(
    f: Function, x: Integers, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> tuple[Any, Float64s]: ...
@overload
def value_and_gradient(
    f: Function, x: T, device: object = ..., *, backend: str | None = ..., strict: bool = ...
) -> tuple[T, T]: ...
def value_and_gradient(
    f: Function, x: Any, device: object = None, *, backend: str | None = None, strict: bool = False
) -> tuple[Any, Any]:
    """``(f(x), gradient)``, with the arguments of `gradient`.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad import value_and_gradient
    >>> value_and_gradient(lambda x: np.sum(x**2), np.array([1.0, 2.0]))
    (np.float64(5.0), array([2., 4.]))
    """
    return differentiate(f, x, device, backend, gradient_of, _value_and_slope, strict=strict)


def _slope_only(face: Face, y: Native, s: Native) -> Any:
    return face.slope(s)


def _value_and_slope(face: Face, y: Native, s: Native) -> tuple[Any, Any]:
    return face.value(y), face.slope(s)


def differentiate(
    f: Function,
    x: Any,
    device: object,
    backend: str | None,
    operator: Operator,
    read: Reader[T],
    *,
    strict: bool = False,
    seen: set[str] | None = None,
) -> T:
    """What `read` makes of value and derivative: the one way through which every operator goes.

    Parameters
    ----------
    operator : callable
        `slope_of` an order, or `gradient_of`: ``(face, f)`` to native f(x) and derivative.
    read : callable
        ``(face, y, s)`` to the answer, called while the backend's context is still in force.
    seen : set of str or None
        Where given, collects the devices of everything that was computed.
    """
    if not callable(f):
        raise NotDifferentiable(f"f is {a(f)}; expected a function: slope(f, x)")
    face = face_of(x, device, backend)
    recording = face.recording
    adapter = recording.backend
    token = running.set(recording)
    try:
        with adapter.context(recording.device, face.widest):
            if strict:
                f = _guarded(adapter, f)
            if seen is None:
                return read(face, *operator(face, f))
            recording.seen = seen
            with adapter.audit(seen):
                return read(face, *operator(face, f))
    except MultigradError:
        raise
    except Exception as error:
        known = swallowed(error, recording) or adapter.translate(error)
        if known is None:
            raise
        raise known from error
    finally:
        running.reset(token)
        recording.refusal, recording.gave_objects = None, False


def _guarded(backend: Backend, f: Function) -> Function:
    def guarded(x: Any) -> Any:
        with backend.strict():
            return f(x)

    return guarded


# Products to operators -------------------------------------------------------------------------------


def slope_of(order: int) -> Operator:
    """The operator of a slope of that order."""
    if type(order) is not int or order < 1:
        raise UnknownOperator(f"order={order!r}; expected 1 for the first derivative, 2 for the second, ...")
    return _first_slope if order == 1 else partial(_higher_slope, order=order)


def _first_slope(face: Face, f: Function) -> tuple[Native, Native]:
    x = face.x
    if not x.shape:
        return _ones_product(face, lambda x: face.call(f, x), x, face.nested)[:2]
    names: list[str] = []
    y, s, product = _ones_product(face, lambda x: face.watch(f, x, names), x, face.nested)
    if y.shape != x.shape:
        raise _not_elementwise(x.shape, y.shape)
    if names and x.shape != (1,) * len(x.shape):
        _require_elementwise(face.recording.backend, x, y, s, product, names)
    return y, s


def _higher_slope(face: Face, f: Function, *, order: int) -> tuple[Native, Native]:
    """The slope of the slope of ...: where f is elementwise, which the first one finds out, so are they all."""
    y, _ = _first_slope(face, f)

    def derivative(x: Native, order: int) -> Native:
        def lower(x: Native) -> Native:
            return derivative(x, order - 1) if order > 1 else face.call(f, x)

        return _ones_product(face, lower, x, True)[1]

    x = face.x
    return y, _ones_product(face, lambda x: derivative(x, order - 1), x, face.nested)[1]


def _ones_product(face: Face, g: Function, x: Native, nested: bool) -> tuple[Native, Native, Product]:
    """g(x), its product with ones, and the product with anything else.

    Ones from either side give the slope where the Jacobian is diagonal. A column, the slope of a curve, comes
    from the right.
    """
    backend = face.recording.backend

    def forward(values: Any) -> tuple[Native, Native]:
        return backend.jvp(g, x, backend.like(x, values), nested=nested)

    if backend.forward_is_cheaper:
        return *forward(1.0), lambda values: forward(values)[1]
    y, pullback = backend.vjp(g, x, nested=nested)
    if not x.shape and y.shape:
        return *forward(1.0), lambda values: forward(values)[1]
    return y, pullback(backend.like(y, 1.0)), lambda values: pullback(backend.like(y, values))


def gradient_of(face: Face, f: Function) -> tuple[Native, Native]:
    """The operator of a gradient."""
    backend = face.recording.backend
    y, pullback = backend.vjp(lambda x: face.call(f, x), face.x, nested=face.nested)
    if any(length != 1 for length in y.shape):
        raise NotScalarValued(
            f"f(x) has the shape {tuple(y.shape)}; a gradient needs one number: return a sum, or ask for slope (where "
            "f(x)[i] depends on x[i] alone) or a jacobian"
        )
    return y, pullback(backend.like(y, 1.0))


# One point on its own --------------------------------------------------------------------------------


def _not_elementwise(given: tuple[int, ...], returned: tuple[int, ...]) -> NotElementwise:
    if all(length == 1 for length in returned):
        return NotElementwise(
            f"f(x) is one number for the {tuple(given)} points of x; write gradient(f, x) for its derivative by "
            "each of them"
        )
    return NotElementwise(
        f"f(x) has the shape {tuple(returned)} for x of shape {tuple(given)}; a slope needs f(x)[i] for each x[i]"
    )


def _require_elementwise(
    backend: Backend, x: Native, y: Native, s: Native, product: Product, names: list[str]
) -> None:
    """Judge by a product with random numbers r whether the Jacobian J is diagonal.

    Where it is, rᵀJ is r times 1ᵀJ, the slope. Where J[j, i] is not zero, the difference has the term
    (r[j] - r[i]) J[j, i], which is zero by chance only. (Ones in both directions would miss ``x - x.mean()``.)
    What over all of x would not change a digit of f(x) is rounding: of ``x / x``, that is the whole slope.
    """
    listed = ", ".join(sorted(set(names)))
    try:
        slopes = backend.to_host(s)
        r = np.random.default_rng(20).uniform(0.5, 1.5, slopes.shape).astype(slopes.dtype)
        mixed = backend.to_host(product(r))
    except MultigradError:
        raise
    except Exception as error:
        # On torch's meta device, and inside a transformation of JAX's, there are no numbers to compare.
        raise NotElementwise(
            f"whether f(x)[i] depends on x[i] alone cannot be seen through {listed} without values"
        ) from error
    with np.errstate(all="ignore"):
        alone = r * slopes
        rounding = 128 * np.finfo(slopes.dtype).eps
        known = np.isfinite(mixed) & np.isfinite(alone)
        largest = np.max(np.abs(mixed), where=known, initial=0)
        points, values = backend.to_host(x), backend.to_host(y)
        least = np.abs(np.divide(values, points, where=points != 0, out=np.zeros_like(values)))
        least = np.where(np.isfinite(least), least, 0)
        apart = np.abs(mixed - alone) > rounding * (np.abs(mixed) + np.abs(alone) + largest + least)
        wrong = np.where(known, apart, np.isfinite(mixed) != np.isfinite(alone))
    if wrong.any():
        point = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise NotElementwise(
            f"f(x) is not elementwise: its entries depend on other points than their own, at {point} for one "
            f"(seen in: {listed}). A slope over an array is the slope at each point on its own; for a function of all "
            "points that returns one number, write gradient(f, x)"
        )
