"""JAX against the conformance kit, and what only JAX has: switches, commitment, jaxprs and its own errors.

JAX compiles every primitive for every shape, so the whole kit takes minutes and is marked `slow`. What runs
otherwise is each law on either CPU and one case of each row on the second, where placement shows.
"""

import cProfile
import math
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from multigrad import DeviceUnavailable, NotDifferentiable
from multigrad.backends._jax import JaxBackend
from multigrad.testing import conformance

BACKEND = JaxBackend()
F64, F32 = np.dtype(np.float64), np.dtype(np.float32)


def state():
    return jax.config.jax_enable_x64, jax.config.jax_default_device


HERE, THERE = conformance.cases("cpu", state), conformance.cases("cpu:1", state)
LAWS = [
    pytest.param(case, id=f"{case}, on {place}")
    for place, cases in (("cpu", HERE), ("cpu:1", THERE))
    for case in cases
    if case.name.startswith("law")
]
ROWS = {c.subject: c for kind in ("value", "slope") for c in reversed(THERE) if c.name.startswith(kind)}
"""The first slope of every row, which checks values too; the first value where it has none."""


@pytest.fixture(autouse=True, scope="module")
def _compiled_code_is_given_back():
    yield
    jax.clear_caches()


@pytest.mark.parametrize("case", LAWS)
def test_laws(case):
    case.check(BACKEND)


@pytest.mark.parametrize("case", ROWS.values(), ids=str)
def test_rows_on_the_second_cpu(case):
    case.check(BACKEND)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS)
def test_rows_in_full(row):
    """float32 both as native arrays have it and, as host data do, with 64-bit numbers switched on."""
    for case in HERE:
        if case.subject == row:
            case.check(BACKEND)
            if "float32" in case.name:
                with jax.enable_x64(True):
                    case.check(BACKEND)
    jax.clear_caches()


# Rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["linalg.cholesky", "linalg.eigvalsh"])
def test_only_the_lower_triangle_has_a_slope(name):
    """NumPy does not read the upper one."""
    a, h = np.array([[4.0, 9.0], [1.0, 3.0]]), 1e-6
    f = getattr(np.linalg, name.partition(".")[2])
    steps = h * np.eye(4).reshape(4, 2, 2)
    expected = np.array([np.sum(f(a + step) - f(a - step)) / (2 * h) for step in steps]).reshape(2, 2)
    with BACKEND.context(BACKEND.device("cpu"), F64):
        y, pullback = BACKEND.vjp(BACKEND.rows[name], jnp.asarray(a), nested=False)
        np.testing.assert_allclose(pullback(jnp.ones_like(y)), expected, atol=1e-8)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int32, np.int64])
def test_integers_have_the_dtypes_of_numpy(dtype):
    x = np.array([[1, 0], [1, 1]], dtype)
    with BACKEND.context(BACKEND.device("cpu"), F64):
        native = BACKEND.from_host(x, BACKEND.device("cpu"))
        for name, more in (("mean", ()), ("var", (0,)), ("std", (0,)), ("sum", ()), ("prod", ())):
            answer, expected = BACKEND.rows[name](native, (0,), False, *more), getattr(np, name)(x, axis=0)
            assert answer.dtype == expected.dtype, name
            np.testing.assert_allclose(answer, expected)
        for name in ("cumsum", "cumprod"):
            assert BACKEND.rows[name](native, 0).dtype == getattr(np, name)(x, axis=0).dtype, name


# Devices and switches --------------------------------------------------------------------------------


def test_devices_have_names():
    first, second = jax.devices("cpu")[:2]
    assert BACKEND.devices()[:2] == ("cpu", "cpu:1")
    for spec, device in (("cpu", first), ("cpu:0", first), ("cpu:1", second), (second, second)):
        assert BACKEND.device(spec) == device


@pytest.mark.parametrize("f", [lambda x: x[0], jnp.sum, lambda x: jnp.array(3.0), lambda x: jnp.ones(3)])
def test_answers_stay_where_x_is(f):
    """Uncommitted ones would wander to the default device when they are next used."""
    there = BACKEND.device("cpu:1")
    with BACKEND.context(there, F32):
        x = BACKEND.from_host(np.ones(3, np.float32), there)
        y, pullback = BACKEND.vjp(f, x, nested=False)
        answers = [y, pullback(jnp.ones_like(y)), *BACKEND.jvp(f, x, x, nested=False)]
    for answer in answers:
        assert answer.committed
        assert jnp.sin(answer).devices() == {there}


def test_sharded_arrays_have_no_single_device():
    mesh = jax.sharding.Mesh(jax.devices("cpu")[:2], ("half",))
    x = jax.device_put(jnp.arange(4.0), jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("half")))
    assert BACKEND.device_of(x) is None
    np.testing.assert_array_equal(BACKEND.vjp(jnp.square, x, nested=False)[1](x), 2 * np.arange(4.0) ** 2)


def test_context_touches_only_what_must_change():
    first, second = jax.devices("cpu")[:2]
    before = jax.config.jax_enable_x64, jax.config.jax_default_device
    with BACKEND.context(first if jax.default_backend() == "cpu" else None, F32):
        assert (jax.config.jax_enable_x64, jax.config.jax_default_device) == before
    with BACKEND.context(second, F64):
        assert (jax.config.jax_enable_x64, jax.config.jax_default_device) == (True, second)
        with BACKEND.context(None, F32):
            assert (jax.config.jax_enable_x64, jax.config.jax_default_device) == (True, second)
    assert (jax.config.jax_enable_x64, jax.config.jax_default_device) == before


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e5m2", "int4"])
def test_dtypes_that_numpy_has_not(dtype):
    x = jnp.ones(2, dtype)
    with pytest.raises(NotDifferentiable, match="which NumPy has not"):
        BACKEND.dtype_of(x)


# Derivatives -----------------------------------------------------------------------------------------


@jax.custom_vjp
def reverse_only(x):
    return x**3


reverse_only.defvjp(lambda x: (reverse_only(x), x), lambda x, u: (3 * x**2 * u,))


def slope(f, x, forward):
    one = BACKEND.like(x, 1.0)
    return BACKEND.jvp(f, x, one, nested=True)[1] if forward else BACKEND.vjp(f, x, nested=True)[1](one)


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
def test_a_function_with_a_reverse_rule_only(outer, inner):
    x = jnp.float32(2)
    assert slope(reverse_only, x, inner) == 12
    assert slope(lambda x: slope(reverse_only, x, inner), x, outer) == 12
    assert slope(lambda x: x * reverse_only(x), x, inner) == 32


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("around", [jax.jit, jax.vmap, jax.grad, jax.checkpoint], ids=lambda f: f.__name__)
def test_inside_a_transformation(around, forward):
    x = jnp.linspace(0.0, 1.0, 3) if around is jax.vmap else jnp.float32(0.4)
    expected = -np.sin(x) if around is jax.grad else np.cos(x)
    np.testing.assert_allclose(around(lambda x: slope(jnp.sin, x, forward))(x), expected, rtol=1e-6)


@pytest.mark.parametrize("f", [lambda x: x.astype(int), lambda x: x > 1, lambda x: jnp.ones((), int)])
def test_whole_numbers_have_a_slope_of_zero(f):
    x = jnp.float32(2)
    for forward in (True, False):
        answer = slope(f, x, forward)
        assert (answer, answer.dtype) == (0, F32)


# Mixing ----------------------------------------------------------------------------------------------

ELEMENTWISE = [
    jax.nn.relu, jax.nn.gelu, jax.nn.softplus, jax.nn.silu, jnp.sinc, jnp.abs, jnp.nan_to_num,
    jax.scipy.special.erf, jax.jit(lambda x: jnp.where(x > 1, x, x**2)), jax.vmap(jax.grad(lambda x: x**3)),
    jax.checkpoint(lambda x: jnp.sin(x) * x), lambda x: jnp.clip(x, -1, 1) * jnp.arange(3), lambda x: x**x,
    lambda x: jnp.abs(jnp.exp(1j * x)), lambda x: x.astype(jnp.bfloat16).astype(x.dtype), jnp.ones_like,
]  # fmt: skip
MIXERS = [
    jnp.cumsum, jnp.flip, jax.jit(lambda x: x - jnp.mean(x)), jax.checkpoint(lambda x: jnp.roll(x, 1)),
    lambda x: jnp.fft.fft(x).real, lambda x: x[::-1].at[0].set(1), lambda x: jnp.where(x > 1, x[0], x),
    lambda x: jax.lax.fori_loop(0, 2, lambda _, v: jnp.roll(v, 1), x), jax.jit(jax.grad(jnp.prod)),
]  # fmt: skip


@pytest.mark.parametrize("f", ELEMENTWISE)
def test_elementwise_functions_are_known(f):
    x = jnp.array([0.5, 1.5, 2.5])
    assert BACKEND.mixing(f, x, f(x)) == []


@pytest.mark.parametrize("f", MIXERS)
def test_mixers_are_named(f):
    x = jnp.array([0.5, 1.5, 2.5])
    jacobian = jax.jacobian(f)(x)
    assert np.any(jacobian != np.diag(np.diag(jacobian))), "not a mixer: the test is wrong"
    assert BACKEND.mixing(f, x, f(x))


def test_mixing_reads_the_rule_that_is_used():
    """The values of this one are elementwise, and its derivative is not."""
    f = jax.custom_jvp(jnp.sin)
    f.defjvp(lambda primals, tangents: (jnp.sin(*primals), tangents[0] * jnp.sum(tangents[0])))
    assert BACKEND.mixing(f, jnp.ones(3), jnp.ones(3))


def test_mixing_without_values():
    x = jnp.array([0.5, 1.5, 2.5])
    assert BACKEND.mixing(lambda x: x if x[0] > 0 else -x, x, x) == ["control flow"]


def test_mixing_does_not_remember():
    """JAX keeps the jaxpr of a function that it has seen, whatever that closes over by now."""
    x, g = jnp.ones(3), jnp.sin

    def f(x):
        return g(x)

    assert BACKEND.mixing(f, x, x) == []
    g = jnp.cumsum
    assert BACKEND.mixing(f, x, x) == ["cumsum"]


# Leaving the recording, and errors -------------------------------------------------------------------


def wrote_into_numpy(x):
    filled = np.zeros(2)
    filled[0] = x
    return jnp.asarray(filled)


def wrote_into_jax(x):
    x = jnp.stack([x, x])
    x[0] = 1
    return x


def used_again():
    kept = []
    slope(lambda x: kept.append(x) or x, jnp.float32(2), False)
    return lambda x: kept[0] * x


FAULTS = {
    "float(x)": lambda x: x * float(x),
    "math.sin": lambda x: math.sin(x),
    "numpy.sin": np.sin,
    "numpy.asarray": lambda x: x * np.asarray(x, dtype=float),
    "numpy.array of a list": lambda x: jnp.sum(np.array([x, x])),
    "tolist": lambda x: x.tolist(),
    "a write into a NumPy array": wrote_into_numpy,
    "a write into a JAX array": wrote_into_jax,
    "a branch in jit": jax.jit(lambda x: x if x > 0 else -x),
    "a mask in jit": jax.jit(lambda x: jnp.sum(jnp.stack([x, x])[jnp.stack([x, x]) > 0])),
    "an index in jit": jax.jit(lambda x: x * (1, 2, 3)[x.astype(int)]),
    "a loop of unknown length": lambda x: jax.lax.while_loop(lambda v: v < 9, lambda v: 2 * v, x),
    "jax.grad of integers": lambda x: x * jax.grad(lambda y: y * y)(2),
    "a value that was kept": used_again(),
}


@pytest.mark.parametrize("f", FAULTS.values(), ids=FAULTS)
def test_faults_are_translated(f):
    x = jnp.float32(2)
    with pytest.raises(Exception) as caught:  # noqa: PT011  JAX's own, of many types, is what is translated
        slope(f, x, False)
    assert type(BACKEND.translate(caught.value)) is NotDifferentiable


def test_arrays_on_two_devices_are_translated():
    x, other = (jax.device_put(np.float32(2), device) for device in jax.devices("cpu")[:2])
    with pytest.raises(ValueError, match="incompatible devices") as caught:
        slope(lambda x: x * other, x, True)
    assert type(BACKEND.translate(caught.value)) is DeviceUnavailable


@pytest.mark.parametrize("error", [
    ValueError("setting an array element with a sequence."), TypeError("JAX arrays"), IndexError("mask"),
])  # fmt: skip
def test_errors_of_others_are_not(error):
    assert BACKEND.translate(error) is None


def strictly(f):
    def guarded(x):
        with BACKEND.strict():
            return f(x)

    return guarded


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("leave", [int, lambda x: x.item()], ids=["int", "item"])
def test_strict_catches_what_jax_lets_go(leave, forward):
    x = jnp.float32(2)
    assert slope(lambda x: x * leave(x), x, forward) == 2, "JAX refuses it by itself now: no need for a guard"
    with pytest.raises(NotDifferentiable, match="takes the value out of the recording"):
        slope(strictly(lambda x: x * leave(x)), x, forward)
    assert slope(lambda x: x * leave(x), x, forward) == 2, "the guard acts in strict alone"


def test_strict_lets_whole_numbers_and_branches_pass():
    def f(x):
        return x * int(x.astype(int)) if x > 1 else x

    assert slope(strictly(f), jnp.float32(2.5), True) == 2


def test_strict_is_this_thread_s_alone():
    with BACKEND.strict(), ThreadPoolExecutor(1) as other:
        assert other.submit(slope, lambda x: x * int(x), jnp.float32(2), True).result() == 2


def test_strict_beside_a_profiler():
    with cProfile.Profile(), pytest.raises(NotDifferentiable, match="takes the value out"):
        slope(strictly(lambda x: x * int(x)), jnp.float32(2), True)


def test_compiled_functions_are_jaxs():
    assert BACKEND.compile(jnp.square)(jnp.float32(3)) == 9
