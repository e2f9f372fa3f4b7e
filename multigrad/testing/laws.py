"""The laws of `multigrad.backends.contract`, each as a function that a backend passes or fails."""

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from multigrad.backends.rows import OPTIONAL, REQUIRED
from multigrad.errors import DeviceUnavailable, NotDifferentiable
from multigrad.testing.bench import FLOAT, Bench

Law = Callable[[Bench], None]

_LAWS: dict[str, Law] = {}


def law(function: Law) -> Law:
    """Registers a law under its name."""
    _LAWS[function.__name__.replace("_", " ")] = function
    return function


def laws() -> dict[str, Callable[..., None]]:
    """Name -> ``check(backend, device, state)``."""

    def check(function: Law) -> Callable[..., None]:
        return lambda backend, device, state: function(Bench(backend, device, state))

    return {name: check(function) for name, function in _LAWS.items()}


# Names, arrays and devices ---------------------------------------------------------------------------


@law
def rows_are_those_of_the_table(bench: Bench) -> None:
    present = set(bench.rows)
    assert present >= REQUIRED, f"required rows are missing: {sorted(REQUIRED - present)}"
    unknown = present - REQUIRED - OPTIONAL
    assert not unknown, f"rows that rows.py does not list: {sorted(unknown)}"


@law
def says_who_it_is(bench: Bench) -> None:
    backend = bench.backend
    for text in (backend.name, backend.module, backend.install, backend.version()):
        assert isinstance(text, str) and text, f"expected a text, got {text!r}"
    assert isinstance(backend.forward_is_cheaper, bool), f"{backend.forward_is_cheaper!r} is not a bool"


@law
def owns_its_own_arrays_only(bench: Bench) -> None:
    for stranger in (1.0, 1, None, "x", [1.0], np.float64(1.0), np.ones(2), object(), Bench):
        assert not bench.backend.owns(stranger), f"owns {stranger!r}"
    owned = bench.seen_inside_vjp(bench.backend.owns)
    assert owned is True, "does not own what is recorded inside vjp"


@law
def devices_keep_their_names(bench: Bench) -> None:
    backend = bench.backend
    assert backend.devices(), "no devices"
    for name in backend.devices():
        device = backend.device(name)
        assert backend.device_name(device) == name, f"{name!r} became {backend.device_name(device)!r}"
        assert backend.device(device) == device, f"device({device!r}) gives another device"
        assert backend.device(backend.device_name(device)) == device, f"no way back to {device!r}"


@law
def absent_devices_are_refused(bench: Bench) -> None:
    for spec in ("cuda:99", "gpu0", "", "cpu:", "cpu:x", "cpu:-1", " cpu", 7, 1.5, object()):
        try:
            device = bench.backend.device(spec)
        except DeviceUnavailable as error:
            for name in bench.backend.devices():
                assert name in str(error), f"the message for {spec!r} does not list {name!r}: {error}"
        else:
            raise AssertionError(f"device({spec!r}) gave {device!r} instead of DeviceUnavailable")


@law
def from_host_copies(bench: Bench) -> None:
    fortran, strided = np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0)[::-2]
    fixed = np.arange(3.0)
    fixed.flags.writeable = False
    for array in (
        np.arange(3.0),
        np.array(1.5),
        fortran,
        strided,
        fixed,
        np.zeros((0, 2)),
        np.array([2**40 + 1]),
    ):
        with bench.context():
            before = array.copy()
            native = bench.backend.from_host(array, bench.place)
            bench.expect(f"from_host({array!r})", native, before)
            if array.flags.writeable and array.size:
                array[...] = 9
                bench.expect("a native array after its source was overwritten", native, before)
                array[...] = before
            assert bench.backend.dtype_of(native) == array.dtype, (
                f"dtype_of: {bench.backend.dtype_of(native)}"
            )


@law
def to_host_copies(bench: Bench) -> None:
    with bench.context():
        native = bench.native([1.0, 2.0])
        copy = bench.host(native)
        assert isinstance(copy, np.ndarray), f"to_host gave a {type(copy)}"
        copy[...] = 9
        bench.expect("a native array after its copy was overwritten", native, [1.0, 2.0])


@law
def to_host_reads_what_is_recorded(bench: Bench) -> None:
    seen = bench.seen_inside_vjp(bench.host)
    assert type(seen) is np.ndarray and seen == 2.0, f"expected array(2.0), got {seen!r}"


@law
def dtypes_are_numpys(bench: Bench) -> None:
    with bench.context():
        for dtype in (np.float64, np.float32, np.int64, np.int32, np.bool_, np.complex128, np.complex64):
            got = bench.backend.dtype_of(bench.native([1, 0], dtype))
            assert got == np.dtype(dtype), f"dtype_of an array of {np.dtype(dtype)} is {got!r}"


@law
def move_stays_connected(bench: Bench) -> None:
    with bench.context():
        for name in bench.backend.devices():
            there = bench.backend.device(name)
            moved = bench.backend.move(bench.native([3.0]), there)
            device = bench.backend.device_of(moved)
            assert device in (None, there), f"moved to {there!r}, lies on {device!r}"

            def around(x: Any, there: Any = there) -> Any:
                return bench.cube(bench.backend.move(bench.backend.move(x, there), bench.place))

            bench.expect("a slope through move", bench.slope(around, bench.native(2.0), forward=False), 12.0)


@law
def context_leaves_no_trace(bench: Bench) -> None:
    for dtype in (np.float64, np.float32, np.complex64):
        before = bench.snapshot()
        with bench.context(dtype):
            x = bench.native(2.0, dtype)
            bench.backend.vjp(bench.cube, x, nested=True)[1](x)
            bench.backend.jvp(bench.cube, x, x, nested=True)
        assert bench.snapshot() == before, f"the context for {np.dtype(dtype)} changed the global state"
        try:
            with bench.context(dtype):
                bench.backend.vjp(lambda x: 1 / 0, bench.native(2.0, dtype), nested=False)
        except ZeroDivisionError:
            pass
        else:
            raise AssertionError("vjp lost the ZeroDivisionError that f raised")
        assert bench.snapshot() == before, "an exception inside the context left it changed"


# Derivatives -----------------------------------------------------------------------------------------


@law
def f_is_called_once_by_vjp_and_twice_at_most_by_jvp(bench: Bench) -> None:
    calls = []

    def counted(x: Any) -> Any:
        calls.append(1)
        return bench.cube(x)

    with bench.context():
        x = bench.native(2.0)
        _, pullback = bench.backend.vjp(counted, x, nested=True)
        pullback(x), pullback(x)
        assert len(calls) == 1, f"vjp called f {len(calls)} times"
        bench.backend.jvp(counted, x, x, nested=True)
        assert len(calls) <= 3, f"jvp called f {len(calls) - 1} times"


@law
def pullback_may_be_called_again(bench: Bench) -> None:
    with bench.context():
        for nested in (False, True):
            y, pullback = bench.backend.vjp(bench.cube, bench.native([1.0, 2.0]), nested=nested)
            bench.expect("f(x)", y, [1.0, 8.0])
            for _ in range(2):
                bench.expect("the pullback", pullback(bench.native([1.0, 2.0])), [3.0, 24.0])
            bench.expect("the pullback of zeros", pullback(bench.native([0.0, 0.0])), [0.0, 0.0])


@law
def constants_have_zero_derivatives(bench: Bench) -> None:
    with bench.context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        constant = bench.native([5.0, 7.0])
        of_no_effect: dict[str, Callable[[Any], Any]] = {
            "a native constant": lambda x: constant,
            "floor": lambda x: bench.rows["floor"](
                bench.rows["broadcast_to"](bench.rows["sum"](x, (0,), True), (2,))
            ),
        }
        for name, f in of_no_effect.items():
            x, v = bench.native([0.4, 0.3, 0.2]), bench.native([1.0, 2.0, 3.0])
            y, pullback = bench.backend.vjp(f, x, nested=True)
            bench.expect(f"vjp of {name}", pullback(constant), np.zeros(3))
            bench.expect(f"vjp of {name}, again", pullback(constant), np.zeros(3))
            y, slope = bench.backend.jvp(f, x, v, nested=True)
            bench.expect(f"jvp of {name}", slope, np.zeros(2))
            bench.expect(f"value of {name}", y, [5.0, 7.0] if f(x) is constant else [0.0, 0.0])


@law
def nothing_has_the_slope_of_nothing(bench: Bench) -> None:
    with bench.context():
        for shape in ((0,), (2, 0)):
            x = bench.native(np.zeros(shape))
            y, pullback = bench.backend.vjp(bench.cube, x, nested=False)
            for what in (y, pullback(x), *bench.backend.jvp(bench.cube, x, x, nested=False)):
                bench.expect("a derivative over an empty array", what, np.zeros(shape))


@law
def what_is_recorded_is_known(bench: Bench) -> None:
    assert bench.seen_inside_vjp(bench.backend.is_recorded), "is_recorded(x) is False inside vjp"


@law
def like_has_shape_dtype_and_place(bench: Bench) -> None:
    with bench.context(np.float32):
        x = bench.native([[1.0, 2.0, 3.0]] * 2, np.float32)
        bench.expect("like(x, 1)", bench.backend.like(x, 1), np.ones((2, 3), np.float32))
        row = np.array([1.0, 2.0, 3.0])
        bench.expect("like(x, a row)", bench.backend.like(x, row), np.array([row, row], np.float32))


@law
def derivatives_of_derivatives_are_right(bench: Bench) -> None:
    with bench.context():
        for outer in (False, True):
            for inner in (False, True):

                def first(x: Any, inner: bool = inner) -> Any:
                    return bench.slope(bench.cube, x, forward=inner)

                def second(x: Any, first: Any = first, inner: bool = inner) -> Any:
                    return bench.slope(first, x, forward=inner)

                how = f"forward={outer} over forward={inner}"
                bench.expect(f"second, {how}", bench.slope(first, bench.native(2.0), forward=outer), 12.0)
                bench.expect(f"third, {how}", bench.slope(second, bench.native(2.0), forward=outer), 6.0)


@law
def perturbations_are_not_confused(bench: Bench) -> None:
    multiply, add = bench.rows["multiply"], bench.rows["add"]
    with bench.context():
        for outer in (False, True):
            for inner in (False, True):

                def f(x: Any, inner: bool = inner) -> Any:
                    """x d/dy (x + y) = x, whose slope is 1 (2 where the two levels are mixed up)."""
                    return multiply(x, bench.slope(lambda y: add(x, y), bench.native(1.0), forward=inner))

                def g(x: Any, inner: bool = inner) -> Any:
                    """d/dy (x y) at y = 3 is x: its slope is 1, and that of x² y is 2 x."""
                    return bench.slope(
                        lambda y: multiply(bench.rows["square"](x), y), bench.native(3.0), forward=inner
                    )

                how = f"forward={outer} over forward={inner}"
                bench.expect(f"x d(x + y)/dy, {how}", bench.slope(f, bench.native(5.0), forward=outer), 1.0)
                bench.expect(f"d(x² y)/dy, {how}", bench.slope(g, bench.native(5.0), forward=outer), 10.0)


@law
def the_answers_keep_their_dtype(bench: Bench) -> None:
    rows = bench.rows

    def there_and_back(x: Any) -> Any:
        narrow = rows["astype"](x, np.dtype(np.float32))
        return rows["astype"](rows["multiply"](narrow, 2.0), FLOAT)

    with bench.context():
        x = bench.native([1.0, 2.0])
        bench.expect(
            "vjp through float32", bench.backend.vjp(there_and_back, x, nested=False)[1](x), [2.0, 4.0]
        )
        bench.expect(
            "jvp through float32", bench.backend.jvp(there_and_back, x, x, nested=False)[1], [2.0, 4.0]
        )
    with bench.context(np.float32):
        x = bench.native([1.0, 2.0], np.float32)
        for name in ("exp2", "log2", "sqrt", "arctan", "absolute", "tanh"):
            y, pullback = bench.backend.vjp(rows[name], x, nested=False)
            for what in (y, pullback(x), bench.backend.jvp(rows[name], x, x, nested=False)[1]):
                assert bench.backend.dtype_of(what) == np.float32, f"{name} of float32 leaks {what!r}"


@law
def recorded_values_do_not_leave_when_strict(bench: Bench) -> None:
    def leaves(x: Any) -> Any:
        with bench.backend.strict():
            return bench.rows["multiply"](x, float(x))

    with bench.context():
        try:
            bench.backend.vjp(leaves, bench.native(2.0), nested=False)
        except NotDifferentiable:
            return
        except Exception as error:  # noqa: BLE001  which ones translate knows is what is judged
            known = bench.backend.translate(error)
            assert isinstance(known, NotDifferentiable), (
                f"float(x) raised {error!r}, which translate does not know"
            )
        else:
            raise AssertionError("float(x) left the recording inside strict()")


def _mixing(bench: Bench, f: Callable[[Any], Any]) -> list[str]:
    names: list[str] = []

    def watched(x: Any) -> Any:
        y = f(x)
        names.extend(bench.backend.mixing(f, x, y))
        return y

    with bench.context():
        bench.backend.vjp(watched, bench.native([0.3, 1.2, 2.1]), nested=True)
    return names


@law
def mixing_finds_what_is_not_elementwise(bench: Bench) -> None:
    rows = bench.rows
    positions = np.array([1, 2, 0])
    mixers = {
        "gather": lambda x: rows["gather"](x, positions),
        "cumsum": lambda x: rows["cumsum"](x, 0),
        "x - mean(x)": lambda x: rows["subtract"](x, rows["mean"](x, (0,), True)),
        "x * x[1]": lambda x: rows["multiply"](x, rows["getitem"](x, (1,))),
        "reversed": lambda x: rows["getitem"](x, (slice(None, None, -1),)),
        "sort": lambda x: rows["sort"](x, 0),
        "matmul": lambda x: rows["matmul"](bench.native(np.ones((3, 3))), x),
        "sum of a table": lambda x: rows["sum"](rows["multiply"](rows["reshape"](x, (3, 1)), x), (0,), False),
    }
    for name, f in mixers.items():
        assert _mixing(bench, f), f"mixing gave an empty list, a proof that {name!r} is elementwise"


@law
def mixing_knows_arithmetic(bench: Bench) -> None:
    rows = bench.rows
    constant = [0.0, 1.0, 2.0]

    def arithmetic(x: Any) -> Any:
        y = rows["multiply"](rows["sin"](x), rows["exp"](rows["negative"](x)))
        return rows["add"](rows["multiply"](y, bench.native(constant)), 3.0)

    for name, f in {"a cube": bench.cube, "sin(x) exp(-x) c + 3": arithmetic}.items():
        names = _mixing(bench, f)
        assert not names, f"mixing names {names} in {name}, which is elementwise"


@law
def audit_sees_this_device_only(bench: Bench) -> None:
    seen: set[str] = set()
    with bench.context(), bench.backend.audit(seen):
        bench.backend.vjp(bench.cube, bench.native(2.0), nested=False)
    assert seen <= {bench.backend.device_name(bench.place)}, f"intermediates lay on {sorted(seen)}"


@law
def exceptions_of_others_are_not_translated(bench: Bench) -> None:
    for error in (
        ValueError("mine"),
        TypeError("mine"),
        RuntimeError("mine"),
        ZeroDivisionError(),
        KeyError(1),
    ):
        known = bench.backend.translate(error)
        assert known is None, f"translate turned {error!r} into {known!r}"


@law
def compiled_functions_give_the_same(bench: Bench) -> None:
    with bench.context():
        compiled = bench.backend.compile(bench.cube)
        for _ in range(2):
            bench.expect("a compiled cube", compiled(bench.native([1.0, 2.0])), [1.0, 8.0])


@law
def contexts_stay_in_their_thread(bench: Bench) -> None:
    elsewhere: list[object] = []

    def look() -> None:
        thread = threading.Thread(target=lambda: elsewhere.append(bench.snapshot()))
        thread.start()
        thread.join()

    look()
    with bench.context(np.float32):
        look()
    assert elsewhere[0] == elsewhere[1], "inside a context, another thread sees another global state"


@law
def threads_do_not_disturb_each_other(bench: Bench) -> None:
    """Nested slopes in sixteen threads: ``d/dx [x d/dy (x y²)] = 4 k x`` at y = k."""
    multiply, square, wrong = bench.rows["multiply"], bench.rows["square"], []

    def nested(k: int, turn: int) -> Any:
        forward = bool((k + turn) % 2)

        def f(x: Any) -> Any:
            # Of unequal lengths: other threads start recordings, and end them, while this one records.
            time.sleep(1e-4 * (k * (turn + 1) % 7))
            slope = bench.slope(lambda y: multiply(x, square(y)), bench.native(float(k)), forward=forward)
            return multiply(x, slope)

        return bench.slope(f, bench.native(3.0), forward=not forward)

    def work(k: int) -> None:
        try:
            for turn in range(10):
                with bench.context():
                    bench.expect(f"thread {k}", nested(k, turn), 12.0 * k)
        except BaseException as error:  # noqa: BLE001  whatever it is, it is judged below, in the first thread
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, f"{len(wrong)} of 16 threads failed, the first with {wrong[0]!r}"
