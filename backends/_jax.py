"""JAX behind the contract: every primitive run eagerly, on any of its devices.

JAX has three pieces of global state that matter here, and a context of its own for each, per thread:
64-bit numbers are off until switched on, what depends on no operand (zeros, constants, the gradient of a sum)
is made on the default device, and such an array is not committed to where it lies, so that it wanders to the
default device when it is used next.

JAX shows no intermediates, so `audit` sees none; the NumPy-faced array notes those of host data itself.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache, wraps
from typing import Any, ClassVar, NamedTuple, final

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax.core import Tracer
from jax.extend.backend import backends as clients

from multigrad.backends._jax_rows import table
from multigrad.backends.contract import Backend, Device, Function, Native, Pullback
from multigrad.errors import DeviceUnavailable, MultigradError, NotDifferentiable

_config: Any = jax.config  # which does not declare its fields

ELEMENTWISE = frozenset(
    """mul div neg add sub add_any select_n convert_element_type reduce_precision
    real imag complex conj copy copy_p device_put""".split()
)
"""What JAX makes of derivatives of elementwise functions: they are linear, so few primitives can occur."""

CALLS = {
    "jit": "jaxpr", "pjit": "jaxpr", "remat2": "jaxpr", "checkpoint": "jaxpr", "custom_jvp_call": "call_jaxpr"
}  # fmt: skip
"""Primitives that call one function with the same inputs and outputs -> where it stands."""

LEAVING = {"__int__": "int(x)", "item": "x.item()"}
"""Methods of JAX's tracers that make a plain number of a recorded value -> how a person calls them."""


class Fault(NamedTuple):
    """A fault in JAX's words, and in ours."""

    kind: type[Exception] | tuple[type[Exception], ...]
    beginning: str | tuple[str, ...]
    """Of JAX's message, where the type alone could be anybody's."""
    message: str
    ours: type[MultigradError] = NotDifferentiable


_TRACERS = ("JVPTracer", "LinearizeTracer", "BatchTracer", "DynamicJaxprTracer")
SHOWN = tuple(
    words + tracer
    for words in ("unsupported format string passed to ", "%d format: a real number is required, not ")
    for tracer in _TRACERS
)
"""What Python says of ``f"{x:.3f}"``, and of ``"%d" % x`` where ``int(x)`` is refused."""

FAULTS = (
    Fault(
        (jax.errors.TracerBoolConversionError, jax.errors.NonConcreteBooleanIndexError), "",
        "JAX has no values while it traces f (jit, vmap, while_loop), so no branch and no mask can depend on "
        "them: write jax.numpy.where(condition, a, b) or jax.lax.cond",
    ),
    Fault(
        jax.errors.TracerIntegerConversionError, "",
        "an index or a count depends on x where JAX has no values, while it traces f (in jit or vmap): "
        "write jax.numpy.take, or an integer that does not depend on x",
    ),
    Fault(
        (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError), "",
        "float(x), a function of NumPy's or of the math module, '%.3f' % x, or a write into a NumPy array takes "
        "the value out of the recording, so its derivative would be lost; write x itself, jax.numpy.sin for "
        "numpy.sin or math.sin, jax.debug.print('{:.3f}', x) to show it, and jax.numpy.stack of a list to fill an "
        "array",
    ),
    Fault(
        TypeError, SHOWN,
        "f shows a recorded value in a format, which JAX refuses; write f'{x}', or jax.debug.print('{:.3f}', x)",
    ),
    Fault(
        jax.errors.UnexpectedTracerError, "",
        "a value recorded by an earlier call of f was used again; return it from f instead of keeping it",
    ),
    Fault(
        TypeError, "JAX arrays are immutable",
        "f writes into a jax.Array, which cannot change; write x = x.at[index].set(value)",
    ),
    Fault(
        TypeError, "grad requires real- or complex-valued inputs",
        "jax.grad met integers; a slope needs floating numbers: write x.astype(float)",
    ),
    Fault(
        ValueError, "Reverse-mode differentiation does not work for lax.while_loop",
        "JAX has no reverse mode for a loop whose length depends on a value; write jax.lax.scan, or "
        "jax.lax.fori_loop with fixed bounds",
    ),
    Fault(
        ValueError, "Received incompatible devices",
        "f combines arrays on different devices; write jax.device_put(a, device) for what f closes over",
        DeviceUnavailable,
    ),
)  # fmt: skip
"""The first that fits is meant."""


@final
class JaxBackend(Backend):
    """JAX, eager."""

    name: ClassVar[str] = "jax"
    module: ClassVar[str] = "jax"
    install: ClassVar[str] = "pip install jax"
    forward_is_cheaper: ClassVar[bool] = True

    def __init__(self) -> None:
        self.rows = table()

    def version(self) -> str:
        return jax.__version__

    # Arrays and devices ------------------------------------------------------------------------------

    def owns(self, x: object) -> bool:
        return isinstance(x, jax.Array)

    def devices(self) -> tuple[str, ...]:
        return tuple(_devices())

    def device(self, spec: object) -> Device:
        here = _devices()
        if isinstance(spec, jax.Device) and spec in here.values():
            return spec
        if isinstance(spec, str):
            platform, colon, number = spec.partition(":")
            if platform == "gpu":
                platform = next((name.partition(":")[0] for name in here if name[:3] != "cpu"), "gpu")
            wanted = f"{platform}:{number if colon else 0}"
            device = here.get("cpu" if wanted == "cpu:0" else wanted)
            if device is not None:
                return device
        raise DeviceUnavailable(f"device={spec!r} is none of those that JAX has here: {', '.join(here)}")

    def device_name(self, device: Device) -> str:
        return next(name for name, known in _devices().items() if known == device)

    def device_of(self, x: Native) -> Device | None:
        if isinstance(x, Tracer):
            return None
        devices = x.devices()
        return next(iter(devices)) if len(devices) == 1 else None

    def dtype_of(self, x: Native) -> np.dtype[Any]:
        dtype: np.dtype[Any] = x.dtype
        if getattr(dtype, "isbuiltin", 0) != 1:
            raise NotDifferentiable(f"x has dtype {dtype}, which NumPy has not; write x.astype('float32')")
        return dtype

    def from_host(self, array: npt.NDArray[Any], device: Device | None) -> Native:
        # A copy of our own, because JAX keeps the memory of an aligned NumPy array instead of copying it.
        return jax.device_put(np.array(array), device)

    def to_host(self, x: Native) -> npt.NDArray[Any]:
        # Inside a derivative `stop_gradient` has the plain value; where only shapes are known, it raises.
        return np.array(jax.lax.stop_gradient(x) if isinstance(x, Tracer) else x)

    def move(self, x: Native, device: Device) -> Native:
        return jax.device_put(x, device)

    @contextmanager
    def context(self, device: Device | None, dtype: np.dtype[Any]) -> Iterator[None]:
        """Switches 64-bit numbers on for a 64-bit dtype, and leaves them as they are for any other.

        What stands right is not touched: JAX compiles every primitive once more for each state.
        """
        wide = dtype.itemsize == (16 if dtype.kind == "c" else 8)
        here = _config.jax_default_device or jax.local_devices()[0]
        with (
            jax.enable_x64(True) if wide and not _config.jax_enable_x64 else nullcontext(),
            jax.default_device(device) if device not in (None, here) else nullcontext(),
        ):
            yield

    # Derivatives -------------------------------------------------------------------------------------

    def is_recorded(self, x: Native) -> bool:
        return isinstance(x, Tracer)

    def vjp(self, f: Function, x: Native, *, nested: bool) -> tuple[Native, Pullback]:
        y, pullback = jax.vjp(f, x)

        def committed_pullback(u: Native) -> Native:
            if not jnp.issubdtype(jnp.result_type(y), jnp.inexact):
                return _committed(jnp.zeros_like(x), x)
            return _committed(pullback(u)[0], x)

        return _committed(y, x), committed_pullback

    def jvp(self, f: Function, x: Native, v: Native, *, nested: bool) -> tuple[Native, Native]:
        try:
            y, slope = jax.jvp(f, (x,), (v,))
        except (TypeError, NotImplementedError) as error:
            if "custom_vjp" not in str(error) and "custom_lin" not in str(error):
                raise
            y, slope = _transposed(f, x, v)
        if slope.dtype == jax.dtypes.float0:
            slope = jnp.zeros(y.shape, x.dtype)
        return _committed(y, x), _committed(slope, x)

    @contextmanager
    def strict(self) -> Iterator[None]:
        """JAX itself refuses ``float(x)``, but gives ``int(x)`` and ``x.item()`` as plain numbers.

        JAX has no hook for them: from the first time on, its tracers have these two methods with a guard before
        them, which acts in here and in this thread alone.
        """
        _guard_tracers()
        _strict.depth += 1
        try:
            yield
        finally:
            _strict.depth -= 1

    def mixing(self, f: Function, x: Native, y: Native) -> list[str]:
        """Reads the jaxpr of v -> Jv, which has every derivative rule in it, the user's own ones too."""
        names: list[str] = []
        try:
            # A new function each time: JAX would answer for one that it knows from memory, although what f
            # closes over may have changed.
            jaxpr = jax.make_jaxpr(lambda x, v: jax.jvp(f, (x,), (v,))[1])(x, x)
        except Exception:  # noqa: BLE001  f ran with values, so whatever stops it here is the lack of them
            return ["control flow"]
        _follow(jaxpr.jaxpr, [False, True], x.shape, names)
        return names

    def translate(self, error: BaseException) -> MultigradError | None:
        if str(error) == "setting an array element with a sequence." and error.__cause__ is not None:
            error = error.__cause__  # NumPy's words for what JAX refused
        for fault in FAULTS:
            if isinstance(error, fault.kind) and str(error).startswith(fault.beginning):
                return fault.ours(fault.message)
        return None

    def compile(self, f: Function) -> Function:
        return jax.jit(f)


def _devices() -> dict[str, jax.Device]:
    """Devices of this process by name, CPUs first; without those of a platform that does not start."""
    try:
        platforms = sorted(clients().items(), key=lambda item: item[0] != "cpu")
    except RuntimeError:
        return {}
    return {
        "cpu" if (platform, k) == ("cpu", 0) else f"{platform.lower()}:{k}": device
        for platform, client in platforms
        for k, device in enumerate(client.local_devices())
    }


def _committed(result: Native, x: Native) -> Native:
    """result, committed to the device of x where x is."""
    if isinstance(x, Tracer) or isinstance(result, Tracer) or getattr(result, "committed", True):
        return result
    if not x.committed or len(x.devices()) > 1:
        return result
    return jax.device_put(result, next(iter(x.devices())))


def _transposed(f: Function, x: Native, v: Native) -> tuple[Native, Native]:
    """Jv where f has a rule for uᵀJ only: the pullback is linear in u, and J is its transpose."""
    y, pullback = jax.vjp(f, x)
    _, transpose = jax.vjp(lambda u: pullback(u)[0], jnp.zeros_like(y))
    return y, transpose(v)[0]


class _Strict(threading.local):
    depth = 0
    """How many `strict` contexts this thread is in."""


_strict = _Strict()


@cache
def _guard_tracers() -> None:
    for name, called in LEAVING.items():
        setattr(Tracer, name, _guarded(getattr(Tracer, name), called))


def _guarded(method: Callable[..., Any], called: str) -> Callable[..., Any]:
    """That method, which in `strict` raises where it is about to make a plain number of a recorded floating value."""

    @wraps(method)
    def guarded(x: Any, *args: Any, **options: Any) -> Any:
        if _strict.depth and jnp.issubdtype(x.dtype, jnp.inexact):
            raise NotDifferentiable(
                f"{called} takes the value out of the recording, so its derivative would be lost; "
                "write x itself, or x.astype(int)"
            )
        return method(x, *args, **options)

    return guarded


def _follow(jaxpr: Any, given: Sequence[bool], shape: tuple[int, ...], names: list[str]) -> list[bool]:
    """Which outputs depend on the given inputs; adds to names what may mix their entries on the way."""
    depending = {id(v) for v, depends in zip(jaxpr.invars, given, strict=True) if depends}
    for equation in jaxpr.eqns:
        inputs = [id(v) in depending for v in equation.invars]
        if not any(inputs):
            continue
        name = equation.primitive.name
        if name in CALLS:
            inner = equation.params[CALLS[name]]
            outputs = _follow(getattr(inner, "jaxpr", inner), inputs, shape, names)
        else:
            outputs = [True] * len(equation.outvars)
            if name not in ELEMENTWISE or any(v.aval.shape != shape for v in equation.outvars):
                names.append(name)
        depending |= {id(v) for v, depends in zip(equation.outvars, outputs, strict=True) if depends}
    return [id(v) in depending for v in jaxpr.outvars]
