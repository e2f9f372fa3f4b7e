"""The NumPy-faced array: what f sees where host data is differentiated.

It wraps one native array of a backend and answers to NumPy: operators and methods here, `numpy.sin` and its
kind through ``__array_ufunc__``, `numpy.sum` and its kind through ``__array_function__``. Its dtype follows
NumPy's rules, whatever the backend's are. What would take a value out of the recording is an error.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from types import MethodType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import numpy.typing as npt

from multigrad.array.table import FUNCTIONS, UFUNCS
from multigrad.errors import NotDifferentiable

if TYPE_CHECKING:
    from multigrad.array.recording import Recording
    from multigrad.array.views import View
    from multigrad.backends.contract import Native

FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)
FLOATING = frozenset((FLOAT64, FLOAT32))
"""The dtypes that a recorded value is differentiated in."""

BOOL = np.dtype(np.bool_)
EXACT_INTEGERS = 2**53
"""Python integers beyond this do not reach a framework as integers: some refuse them."""


def _operator(name: str, *, reflected: bool = False, dtype: Any = None) -> Callable[[Any, Any], Any]:
    """A binary operator: straight to the backend's row where no promotion is needed, else NumPy's ufunc.

    The direct way is what keeps a slope of a short function close to the framework's own cost.
    """
    ufunc = getattr(np, name)

    def general(self: RecordedArray, other: Any, kind: type) -> Any:
        if kind in (str, bytes, dict, set, type(None)):
            return NotImplemented
        return ufunc(other, self) if reflected else ufunc(self, other)

    def apply(self: RecordedArray, other: Any) -> Any:
        kind, own = type(other), self.dtype
        if own is FLOAT64 or own is FLOAT32:
            recording = self._recording
            if kind is float or (kind is int and -EXACT_INTEGERS < other < EXACT_INTEGERS):
                operand = other
            elif (
                kind is RecordedArray and other.dtype is own and other._recording.backend is recording.backend
            ):
                operand = other._value
            elif kind is np.float64 and own is FLOAT64:
                operand = float(other)
            else:
                return general(self, other, kind)
            row = recording.rows[name]
            value = row(operand, self._value) if reflected else row(self._value, operand)
            return RecordedArray(value, recording, dtype or own)
        return general(self, other, kind)

    return apply


def _ufunc(name: str, *, reflected: bool = False) -> Callable[[Any, Any], Any]:
    """A binary operator for which speed does not matter: NumPy's ufunc."""
    ufunc = getattr(np, name)
    if reflected:
        return lambda self, other: ufunc(other, self)
    return lambda self, other: ufunc(self, other)


def _in_place(name: str, make: Callable[[str], Callable[[Any, Any], Any]]) -> Callable[[Any, Any], Any]:
    """An augmented assignment: rebinds a scalar, as NumPy's scalars do, and writes into an array."""
    forward = make(name)

    def apply(self: RecordedArray, other: Any) -> Any:
        result = forward(self, other)
        if result is NotImplemented or self.ndim == 0:
            return result
        if not isinstance(result, RecordedArray) or result.shape != self.shape:
            raise ValueError(
                f"non-broadcastable output operand with shape {self.shape} doesn't match the broadcast "
                f"shape {np.shape(result)}"
            )
        if not np.can_cast(result.dtype, self.dtype, "same_kind"):
            raise TypeError(
                f"cannot cast the output of {name} from {result.dtype} to {self.dtype} with casting rule "
                "'same_kind'"
            )
        self[...] = result
        return self

    return apply


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """A method that is the function of NumPy's with the array as first argument."""

    def apply(self: RecordedArray, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    return apply


class Unsized(TypeError, AttributeError):
    """A scalar has no length; not even the attribute, so that ``hasattr(x, "__len__")`` is False."""


class _Sized:
    """A method that scalars do not have."""

    def __init__(self, method: Callable[[Any], int]) -> None:
        self.method = method

    def __get__(self, array: RecordedArray | None, owner: type) -> Any:
        if array is None:
            return self.method
        if not array._value.shape:
            raise Unsized("len() of unsized object")
        return MethodType(self.method, array)


class RecordedArray:
    """A NumPy-faced array over a native array of a backend.

    Parameters
    ----------
    value : native array
        The backend's own array, of any shape.
    recording : Recording
        The run that it belongs to.
    dtype : numpy.dtype
        Its dtype, as NumPy would have it.
    """

    __slots__ = ("__weakref__", "_recording", "_value", "_view", "dtype")

    def __init__(self, value: Native, recording: Recording, dtype: np.dtype[Any]) -> None:
        self._value = value
        self._recording = recording
        self._view: View | None = None
        self.dtype = dtype
        if recording.seen is not None:
            recording.note(value)

    @property  # type: ignore[misc]  # object's can be assigned to
    def __class__(self) -> type:
        """What `isinstance` is told: an array, or a scalar of its dtype, so that f branches as over NumPy's.

        ``isinstance(x, np.ndarray)``, ``isinstance(x[0], float)`` and ``np.isscalar(x[0])`` then hold as ever.
        """
        return np.ndarray if self._value.shape else self.dtype.type

    # NumPy's protocols -------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return UFUNCS[method](ufunc, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        implementation = FUNCTIONS.get(function)
        if implementation is None:
            name = f"{getattr(function, '__module__', 'numpy')}.{function.__name__}"
            raise NotDifferentiable(
                f"{name} has no derivative here; write it with functions that have one "
                "(the table stands in docs/numpy_coverage.md)"
            )
        return implementation(*args, **kwargs)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if self.dtype.kind in "biu":
            # Integers and booleans carry no derivative, so their values may leave.
            return np.asarray(self._host(), dtype=dtype)
        if dtype is not None and np.dtype(dtype) != np.dtype(object):
            self._refuse(
                f"np.asarray(x, dtype={np.dtype(dtype).name}), or writing x into a plain array",
                "np.asarray(x) without a dtype; to fill an array, start from np.zeros_like(x) or "
                "collect the values in a list and call np.stack(values)",
            )
        self._recording.gave_objects = True  # recorded scalars: slow, but nothing is lost on the way
        entries = np.empty(self.size, dtype=object)
        for position, entry in enumerate(self.reshape(-1) if self.ndim else [self]):
            entries[position] = entry
        entries.flags.writeable = bool(copy)  # with NumPy, x would see what is written into np.asarray(x)
        return entries.reshape(self.shape)

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        from multigrad.array.namespace import Namespace

        return Namespace(self._recording)

    def to_device(self, device: Any, /, *, stream: Any = None) -> RecordedArray:
        """This array, if it lies on that device already: an operator's whole run takes place on one."""
        return self.__array_namespace__().asarray(self, device=device)  # type: ignore[no-any-return]

    # Attributes --------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self._value.shape)

    @property
    def ndim(self) -> int:
        return len(self._value.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self._value.shape, dtype=int))

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def device(self) -> str:
        """The name of the device that the run takes place on."""
        return self._recording.backend.device_name(self._recording.device)

    @property
    def T(self) -> RecordedArray:
        return np.transpose(self)  # type: ignore[return-value]  # so says NumPy's stub

    @property
    def mT(self) -> RecordedArray:
        return np.swapaxes(self, -1, -2)  # type: ignore[return-value]  # so says NumPy's stub

    @property
    def real(self) -> RecordedArray:
        return np.real(self)

    @property
    def imag(self) -> RecordedArray:
        return np.imag(self)

    @property
    def flat(self) -> RecordedArray:
        return FUNCTIONS["flat"](self)  # type: ignore[no-any-return]  # the table is untyped

    @flat.setter
    def flat(self, values: Any) -> None:
        entries = self.flat
        entries[...] = np.resize(self._recording.recorded(values), entries.shape)

    def __getattr__(self, name: str) -> Any:
        # NumPy's loops over object arrays call sin(), exp(), arctan2() ... as methods of the entries.
        ufunc = None if name.startswith("_") else getattr(np, name, None)
        if isinstance(ufunc, np.ufunc):
            return lambda *args: ufunc(self, *args)
        raise AttributeError(
            f"the recorded array that f was called with has no attribute {name!r}; it has NumPy's"
        )

    # Elements ----------------------------------------------------------------------------------------

    @_Sized
    def __len__(self) -> int:
        return int(self._value.shape[0])

    def __iter__(self) -> Iterator[Any]:
        if not self._value.shape:
            raise TypeError("iteration over a 0-d array")
        return (self[position] for position in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return FUNCTIONS["getitem"](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        FUNCTIONS["setitem"](self, index, value)

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    # Leaving the recording -----------------------------------------------------------------------------

    def _host(self) -> npt.NDArray[Any]:
        """The values as NumPy has them, outside the recording."""
        return self._recording.backend.to_host(self._value).astype(self.dtype, copy=False)

    def _refuse(self, what: str, instead: str) -> NoReturn:
        refusal = NotDifferentiable(
            f"{what} takes the value out of the recording, so its derivative would be lost; write {instead}"
        )
        self._recording.refusal = refusal
        raise refusal

    def _number(self, what: str, instead: str, convert: Callable[[Any], Any]) -> Any:
        if self.size != 1:
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        if self.dtype.kind not in "biu":
            self._refuse(what, instead)
        return convert(self._host().reshape(()))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        return bool(self._host().reshape(()))

    def __float__(self) -> float:
        return float(
            self._number(
                "float(x), a function of the math module, '%.3f' % x, or a write into a plain array",
                "x itself, numpy.sin(x) instead of math.sin(x), f'{x:.3f}' to show it, and numpy.stack of a "
                "list, or numpy.zeros_like(x), for an array to fill",
                float,
            )
        )

    def __int__(self) -> int:
        return int(self._number("int(x)", "x.astype(int) or numpy.trunc(x)", int))

    def __index__(self) -> int:
        return int(
            self._number(
                "using x as an index or a count", "an integer that does not depend on x", operator.index
            )
        )

    def __complex__(self) -> complex:
        return complex(self._number("complex(x)", "x itself, or x + 0j", complex))

    def as_integer_ratio(self) -> NoReturn:
        self._refuse("statistics.mean, fractions.Fraction or x.as_integer_ratio()", "numpy.mean(x), or x itself")

    def is_integer(self) -> bool:
        return self._host().item().is_integer()  # type: ignore[no-any-return]  # of a Python number

    def __hash__(self) -> int:
        if self.ndim:
            raise TypeError("unhashable type: 'numpy.ndarray'")
        what, instead = "x as the key of a dict, a set or a cache", "a key that does not depend on x"
        return hash(self._number(what, instead, np.ndarray.item))

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        self._refuse("pickling x, or sending it to another process,", "the computation in this process")

    def item(self, *args: Any) -> Any:
        picked = (
            self.reshape(-1)[args[0]] if len(args) == 1 and self.ndim != 1 else self[args] if args else self
        )
        return picked._number("x.item()", "x itself, or x[0]", lambda value: value.item())

    def tolist(self) -> Any:
        """A (nested) list of recorded scalars."""
        if self.dtype.kind in "biu":
            return self._host().tolist()
        return [entry.tolist() for entry in self] if self.ndim else self

    def __repr__(self) -> str:
        try:
            shown = np.array2string(self._host(), separator=", ")
        except Exception:  # noqa: BLE001  inside a compiled function and on meta there are no values to show
            shown = f"shape {self.shape}"
        return f"RecordedArray({shown}, dtype={self.dtype}, backend={self._recording.backend.name!r})"

    def __str__(self) -> str:
        return repr(self) if self.ndim else str(self._host()[()])

    def __format__(self, spec: str) -> str:
        return format(self._host()[()], spec) if spec and not self.ndim else str(self)

    # Methods that are not functions of NumPy's with the same meaning -----------------------------------

    def astype(
        self,
        dtype: npt.DTypeLike,
        order: str = "K",
        casting: Any = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> RecordedArray:
        """A copy in another dtype; to an integer dtype it has the slope of `numpy.trunc`: zero."""
        return FUNCTIONS["astype"](self, np.dtype(dtype), casting, copy)  # type: ignore[no-any-return]

    def reshape(self, *shape: Any, order: Any = "C", copy: bool | None = None) -> RecordedArray:
        wanted = shape[0] if len(shape) == 1 else shape
        return np.reshape(self, wanted, order=order)  # type: ignore[return-value]  # so says NumPy's stub

    def transpose(self, *axes: Any) -> RecordedArray:
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return np.transpose(self, order)  # type: ignore[return-value]  # so says NumPy's stub

    def flatten(self, order: Any = "C") -> RecordedArray:
        return np.ravel(self, order).copy()  # type: ignore[return-value]  # so says NumPy's stub

    def view(self, *args: Any, **kwargs: Any) -> RecordedArray:
        if args or kwargs:
            raise NotDifferentiable(
                "x.view(dtype) reinterprets bits, which has no derivative; write x.astype(dtype)"
            )
        return self[...]  # type: ignore[no-any-return]

    def fill(self, value: Any) -> None:
        self[...] = value

    def sort(self, axis: int = -1, kind: Any = None, order: Any = None) -> None:
        self[...] = np.sort(self, axis=axis)

    def __copy__(self) -> RecordedArray:
        return self.copy()  # type: ignore[no-any-return]

    def __deepcopy__(self, memo: Any) -> RecordedArray:
        return self.copy()  # type: ignore[no-any-return]

    copy = _method(np.copy)
    ravel = _method(np.ravel)
    swapaxes = _method(np.swapaxes)
    squeeze = _method(np.squeeze)
    repeat = _method(np.repeat)
    diagonal = _method(np.diagonal)
    take = _method(np.take)
    compress = _method(lambda self, condition, *args, **kwargs: np.compress(condition, self, *args, **kwargs))
    choose = _method(np.choose)
    sum = _method(np.sum)
    prod = _method(np.prod)
    mean = _method(np.mean)
    var = _method(np.var)
    std = _method(np.std)
    max = _method(np.max)
    min = _method(np.min)
    any = _method(np.any)
    all = _method(np.all)
    argmax = _method(np.argmax)
    argmin = _method(np.argmin)
    argsort = _method(np.argsort)
    argpartition = _method(np.argpartition)
    nonzero = _method(np.nonzero)
    searchsorted = _method(np.searchsorted)
    cumsum = _method(np.cumsum)
    cumprod = _method(np.cumprod)
    trace = _method(np.trace)
    dot = _method(np.dot)
    clip = _method(np.clip)
    round = _method(np.round)
    conj = _method(np.conjugate)
    conjugate = _method(np.conjugate)
    put = _method(np.put)

    # Operators -----------------------------------------------------------------------------------------

    __add__, __radd__ = _operator("add"), _operator("add", reflected=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", reflected=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", reflected=True)
    __truediv__, __rtruediv__ = _operator("divide"), _operator("divide", reflected=True)
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _operator("floor_divide", reflected=True)
    __mod__, __rmod__ = _operator("remainder"), _operator("remainder", reflected=True)
    __pow__, __rpow__ = _operator("power"), _operator("power", reflected=True)

    __matmul__, __rmatmul__ = _ufunc("matmul"), _ufunc("matmul", reflected=True)
    __divmod__, __rdivmod__ = _ufunc("divmod"), _ufunc("divmod", reflected=True)
    __and__, __rand__ = _ufunc("bitwise_and"), _ufunc("bitwise_and", reflected=True)
    __or__, __ror__ = _ufunc("bitwise_or"), _ufunc("bitwise_or", reflected=True)
    __xor__, __rxor__ = _ufunc("bitwise_xor"), _ufunc("bitwise_xor", reflected=True)
    __lshift__, __rlshift__ = _ufunc("left_shift"), _ufunc("left_shift", reflected=True)
    __rshift__, __rrshift__ = _ufunc("right_shift"), _ufunc("right_shift", reflected=True)

    __iadd__, __isub__ = _in_place("add", _operator), _in_place("subtract", _operator)
    __imul__, __itruediv__ = _in_place("multiply", _operator), _in_place("divide", _operator)
    __ifloordiv__, __imod__ = _in_place("floor_divide", _operator), _in_place("remainder", _operator)
    __ipow__, __imatmul__ = _in_place("power", _operator), _in_place("matmul", _ufunc)
    __iand__, __ior__ = _in_place("bitwise_and", _ufunc), _in_place("bitwise_or", _ufunc)
    __ixor__ = _in_place("bitwise_xor", _ufunc)
    __ilshift__, __irshift__ = _in_place("left_shift", _ufunc), _in_place("right_shift", _ufunc)

    __lt__, __le__ = _operator("less", dtype=BOOL), _operator("less_equal", dtype=BOOL)
    __gt__, __ge__ = _operator("greater", dtype=BOOL), _operator("greater_equal", dtype=BOOL)
    __eq__, __ne__ = _operator("equal", dtype=BOOL), _operator("not_equal", dtype=BOOL)

    __neg__, __pos__, __abs__ = _method(np.negative), _method(np.positive), _method(np.absolute)
    __invert__ = _method(np.invert)
    __floor__, __ceil__, __trunc__ = _method(np.floor), _method(np.ceil), _method(np.trunc)
    __round__ = _method(lambda self, digits=None: np.round(self, digits or 0))


class Flat(RecordedArray):
    """``x.flat``: the entries in C order, which are an iterator too."""

    __slots__ = ("_next",)

    def __init__(self, value: Native, recording: Recording, dtype: np.dtype[Any]) -> None:
        super().__init__(value, recording, dtype)
        self._next = 0

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._next == self.size:
            raise StopIteration
        self._next += 1
        return self[self._next - 1]
