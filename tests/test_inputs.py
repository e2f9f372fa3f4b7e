"""What x and f may be, what comes back, and what the wrong ones get."""

import decimal
import fractions
import math

import numpy as np
import pytest

from multigrad import (
    BackendMismatch,
    DeviceUnavailable,
    MultigradError,
    NotDifferentiable,
    UnknownBackend,
    gradient,
    slope,
    use_backend,
    value_and_slope,
)


def at(place, **more):
    return {"device": place.device, "backend": place.backend, **more}


def square(x):
    return x**2


class ArrayLike:
    """As a pandas.Series."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])


# What comes back -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "kind", "dtype"),
    [
        (3.0, float, None),
        (3, float, None),
        (np.float64(3), np.float64, None),
        (np.float32(3), np.float32, None),
        (np.float16(3), np.float16, None),
        (np.int64(3), np.float64, None),
        (np.array(3.0), np.ndarray, "float64"),
        (np.array([3.0, 4.0]), np.ndarray, "float64"),
        (np.array([3, 4]), np.ndarray, "float64"),
        (np.array([3, 4], np.uint8), np.ndarray, "float64"),
        (np.array([3, 4], np.float32), np.ndarray, "float32"),
        (np.array([3, 4], np.float16), np.ndarray, "float16"),
        (np.array([3, 4], ">f8"), np.ndarray, "float64"),
    ],
)
def test_the_answer_is_what_x_is(x, kind, dtype, place):
    for answer, expected in zip(value_and_slope(square, x, **at(place)), (square(x * 1.0), 2.0 * x), strict=True):
        assert type(answer) is kind
        if dtype:
            assert answer.dtype == dtype and answer.shape == x.shape
        np.testing.assert_array_equal(answer, expected)


def test_float16_is_computed_in_float32(place):
    # 300 ** 2 is beyond float16, 300 ** 2 / 1000 is not.
    seen = []
    answer = slope(lambda x: seen.append(x.dtype) or x**2 / 1000, np.float16(300), **at(place))
    assert set(seen) == {np.dtype(np.float32)}
    assert answer == np.float16(0.6)


def test_promotion_is_numpy_s_and_the_slope_is_cast_back(place):
    wide = np.array([1.0, 2.0])
    value, answer = value_and_slope(lambda x: x * wide, np.array([3.0, 4.0], np.float32), **at(place))
    assert value.dtype == np.float64 and answer.dtype == np.float32
    np.testing.assert_array_equal(answer, wide)


@pytest.mark.parametrize(
    "x", [np.arange(6.0)[::2], np.arange(6.0)[::-1], np.arange(6.0).reshape(2, 3).T, np.broadcast_to(2.0, (3,))]
)
def test_strided_and_read_only_arrays(x, place):
    np.testing.assert_array_equal(slope(square, x, **at(place)), 2 * x)


def test_nan_and_infinity_propagate(place):
    answer = slope(lambda x: x**2, np.array([np.nan, np.inf, -np.inf, 1.0]), **at(place))
    np.testing.assert_array_equal(answer, [np.nan, np.inf, -np.inf, 2.0])


def test_empty_arrays_give_empty_arrays(place):
    assert slope(square, np.zeros((0, 3)), **at(place)).shape == (0, 3)
    assert gradient(np.sum, np.zeros(0), **at(place)).shape == (0,)


def test_a_constant_has_slope_zero(place):
    assert slope(lambda x: 4, 2.0, **at(place)) == 0.0
    np.testing.assert_array_equal(slope(lambda x: np.ones(3), np.zeros(3), **at(place)), np.zeros(3))
    np.testing.assert_array_equal(gradient(lambda x: 1.5, np.zeros(3), **at(place)), np.zeros(3))


def test_f_writes_into_a_copy_of_its_own(place):
    x = np.array([1.0, 2.0, 3.0])

    def writes(x):
        x[0] = 1
        x += 1
        return np.sum(x**2)

    np.testing.assert_array_equal(gradient(writes, x, **at(place)), [0.0, 6.0, 8.0])
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])


# What is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ("3", "str"),
        (None, "None"),
        (object(), "object"),
        (True, "bool"),
        (1j, "complex"),
        (np.array([True]), "bool"),
        (np.array([1j]), "complex128"),
        (np.array(["a"]), "<U1"),
        (np.array([1.0], object), "object"),
        (np.ma.masked_array([1.0, 2.0], [0, 1]), "MaskedArray"),
        (np.longdouble(1), "longdouble|float128|float64"),
        (fractions.Fraction(1, 2), "Fraction"),
        (decimal.Decimal(2), r"write float\(x\)"),
        (memoryview(b"12"), "memoryview"),
        (ArrayLike(), r"ArrayLike.* write numpy\.asarray\(x\)"),
        ([1.0, 2.0], r"numpy\.array"),
        ((1.0, 2.0), r"numpy\.array"),
        ({"a": 1.0}, "dict"),
        (np.datetime64("2020-01-01"), "datetime64"),
    ],
    ids=repr,
)
def test_an_x_that_has_no_slope(x, said, place):
    if isinstance(x, np.longdouble) and np.dtype(np.longdouble) == np.float64:
        pytest.skip("longdouble is float64 on this platform")
    for operator in (slope, gradient):
        with pytest.raises(NotDifferentiable, match=said) as caught:
            operator(square, x, **at(place))
        assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("result", [None, "3", [1.0], (1.0,), {}, object(), 1j, np.array(["a"])], ids=repr)
def test_an_f_that_returns_no_number(result, place):
    for operator in (slope, gradient):
        with pytest.raises(NotDifferentiable):
            operator(lambda x: result, 1.0, **at(place))


def test_an_f_that_returns_complex_numbers(place):
    with pytest.raises(NotDifferentiable, match="complex"):
        slope(lambda x: x * 1j, 1.0, **at(place))


@pytest.mark.parametrize(("f", "kind"), [(None, "None"), (3, "an int"), ("x**2", "a str")])
def test_an_f_that_is_no_function(f, kind, place):
    with pytest.raises(NotDifferentiable, match=f"f is {kind}; expected a function"):
        slope(f, 1.0, **at(place))


@pytest.mark.parametrize(
    ("f", "instead"),
    [
        (lambda x: math.sin(x), r"numpy\.sin"),
        (lambda x: x * math.sin(x), r"numpy\.sin"),
        (lambda x: float(x), "x itself"),
        (lambda x: x * int(x), r"astype\(int\)|trunc"),
        (lambda x: x.item() ** 2, "x itself"),
        (lambda x: np.asarray(x, dtype=float) ** 2, r"np\.asarray\(x\)"),
        (lambda x: _into_plain(x), r"zeros_like|stack"),
        (lambda x: math.floor(x) * 1.0 if False else complex(x), "x"),
        (lambda x: np.sin(x, out=np.zeros(())), "out"),
    ],
)
def test_what_leaves_the_recording_is_told_what_to_write(f, instead, place):
    with pytest.raises(NotDifferentiable, match=instead):
        slope(f, 0.5, **at(place))


def _into_plain(x):
    plain = np.zeros(2)
    plain[0] = x
    return plain[0]


def test_an_exception_of_f_s_own_passes_untouched(place):
    class Mine(Exception):
        pass

    for error in (Mine("mine"), ValueError("mine"), TypeError("mine"), RuntimeError("mine"), ZeroDivisionError()):

        def f(x, error=error):
            raise error

        with pytest.raises(type(error)) as caught:
            slope(f, 1.0, **at(place))
        assert caught.value is error


@pytest.mark.parametrize(
    ("show", "shown"),
    [
        (str, "-2.0"), ("{}".format, "-2.0"), ("{:.3f}".format, "-2.000"), ("{:+.1e}".format, "-2.0e+00"),
        ("%s".__mod__, "-2.0"), (repr, "RecordedArray(-2., "),
    ],
)  # fmt: skip
def test_f_may_show_a_recorded_number(show, shown, place):
    seen = []
    assert slope(lambda x: seen.append(show(x)) or square(x), -2.0, **at(place)) == -4.0
    assert seen[0].startswith(shown)


@pytest.mark.parametrize(
    ("pattern", "instead"), [("%.3f", r"\{x:\.3f\}"), ("%g", r"\{x:\.3f\}"), ("%d", r"\{x:\.0f\}")]
)
def test_what_python_formats_as_a_float_says_how_to_show_it(pattern, instead, place):
    """``"%.3f" % x`` asks for ``float(x)``, which cannot be told from a person's own."""
    with pytest.raises(NotDifferentiable, match=rf"% x.*(write|and) .*{instead}"):
        slope(lambda x: [pattern % x, square(x)][1], -2.0, **at(place))
    with pytest.raises(TypeError, match="not NoneType"):
        slope(lambda x: "%d".__mod__(None), -2.0, **at(place))


def test_a_device_object_of_any_framework(place):
    torch, jax = pytest.importorskip("torch"), pytest.importorskip("jax")
    for device in (torch.device("cpu"), torch.device("cpu", 0), jax.devices("cpu")[0]):
        assert slope(square, 3.0, device, backend=place.backend) == 6.0
        with use_backend(place.backend):
            assert slope(square, 3.0, device) == 6.0
        for x in (torch.tensor(3.0), jax.numpy.float32(3.0)):
            assert float(slope(square, x, device)) == 6.0
    with pytest.raises(DeviceUnavailable, match="cpu"):
        slope(square, 3.0, torch.device("cuda:99"), backend=place.backend)
    if place.backend != "jax":  # the second CPU is JAX's alone
        with pytest.raises(DeviceUnavailable, match=r"'cpu:1'"):
            slope(square, 3.0, jax.devices("cpu")[1], backend=place.backend)


@pytest.mark.parametrize("device", ["cuda:99", "gpu0", "", "cpu:x", 7, 1.5, object(), {}, "CPU "], ids=repr)
def test_a_device_that_is_not_here(device, place):
    for name in (place.backend, None):
        with pytest.raises(DeviceUnavailable, match="cpu"):
            slope(square, 1.0, device, backend=name)


def test_a_backend_s_name_is_no_device():
    with pytest.raises(DeviceUnavailable, match=r"backend='jax'"):
        slope(square, 1.0, "jax")


def test_meta_takes_native_tensors_only():
    with pytest.raises(DeviceUnavailable, match="native"):
        slope(square, 1.0, "meta", backend="torch")
    with pytest.raises(DeviceUnavailable, match="native"):
        slope(square, 1.0, "meta")


def test_unknown_backends(place):
    for name in ("tensorflow", "", 3):
        with pytest.raises(UnknownBackend, match="torch"):
            slope(square, 1.0, backend=name)


def test_every_error_is_one_of_multigrad_s():
    assert issubclass(BackendMismatch, MultigradError) and issubclass(BackendMismatch, ValueError)


def test_a_refusal_that_f_catches_is_no_other_function(place):
    """f falls back to what has another value, which it never does on plain data: an error, not a wrong slope."""

    def guesses(x):
        try:
            return float(x) ** 2
        except TypeError:
            return 0.0

    def falls_back(x):
        try:
            return x * math.sin(x)
        except TypeError:
            return x * np.sin(x)

    with pytest.raises(NotDifferentiable, match="takes the value out"):
        slope(guesses, 2.0, **at(place))
    assert slope(falls_back, 1.0, **at(place)) == pytest.approx(math.sin(1) + math.cos(1), rel=1e-14)


def test_a_framework_s_function_of_host_data_says_what_to_pass():
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    for function, backend in ((torch.sin, "torch"), (jnp.sin, "jax")):
        with pytest.raises(NotDifferentiable, match="pass an array of that framework") as caught:
            slope(lambda x, function=function: function(x), 2.0, backend=backend)
        assert isinstance(caught.value.__cause__, TypeError)
