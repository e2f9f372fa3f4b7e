"""Ufuncs through the array: NumPy's promotion, values and corner cases, and right slopes beside them."""

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special

from multigrad.array.composed import COMPOSED
from multigrad.array.elementwise import DIRECT
from multigrad.errors import NotDifferentiable
from tests.array.faces import AUTOGRAD, agrees_with_numpy, derivative, differentiates, recorded

Function = Callable[[Any], Any]

V = np.array([1.5, -2, 0.3])
ARRAYS = {
    "float64": V,
    "float32": V.astype(np.float32),
    "float64 scalar": np.float64(1.5),
    "float32 scalar": np.float32(1.5),
    "integers": np.array([3, 4, -5]),
    "int8": np.array([3, 4, -5], np.int8),
    "booleans": np.array([True, False, True]),
}
OPERANDS = {
    "2": 2,
    "-1": -1,
    "0.5": 0.5,
    "1j": 1j,
    "True": True,
    "float16": np.float16(2),
    "float32": np.float32(2),
    "float64": np.float64(2),
    "int8": np.int8(2),
    "int64": np.int64(3),
    "uint8": np.uint8(2),
    "bool_": np.bool_(True),
    "float32s": np.array([1, 2, 3], np.float32),
    "float64s": np.array([1.0, 2, 3]),
    "int8s": np.array([1, 2, 3], np.int8),
    "int64s": np.array([1, 2, 3]),
    "booleans": np.array([True, False, True]),
    "0-d": np.array(2.0),
    "complex64s": np.array([1, 2, 3j], np.complex64),
    "list": [1, 2, 3],
    "floats": [1.0, 2, 3],
    "column": np.array([[1.0], [2]]),
    "float16s": np.array([1, 2, 3], np.float16),
}
BINARY: list[Any] = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
    operator.lt,
    operator.ge,
    operator.eq,
    operator.ne,
    operator.and_,
    operator.or_,
    operator.xor,
    divmod,
    np.maximum,
    np.fmin,
    np.arctan2,
    np.hypot,
    np.copysign,
    np.fmod,
    np.heaviside,
    np.float_power,
    np.logaddexp2,
    np.logaddexp,
    np.divmod,
    np.ldexp,
    np.logical_xor,
    np.nextafter,
    np.gcd,
    np.bitwise_or,
]
UFUNCS = {u.__name__: u for u in vars(np).values() if isinstance(u, np.ufunc) and u.signature is None}
EXTREMES = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e308, -1e308, 1e-320, -2.0, 0.5])
SPECIAL = {
    u.__name__: u
    for u in vars(scipy.special).values()
    if isinstance(u, np.ufunc)
    and u.nin < 3
    and f"special.{u.__name__.replace('psi', 'digamma')}" in {*COMPOSED, *AUTOGRAD.rows}
}


def _as_numpy_does(f: Function, x: Any) -> None:
    """The same answer, or an error of the same kind."""
    try:
        with np.errstate(all="ignore"):
            f(x)
    except Exception as error:  # noqa: BLE001  whatever NumPy raises
        builtin = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
        with pytest.raises(builtin):
            f(recorded(x))
    else:
        agrees_with_numpy(f, x)


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
@pytest.mark.parametrize("x", ARRAYS.values(), ids=ARRAYS)
def test_promotion_is_numpys(function: Any, x: Any) -> None:
    for name, other in OPERANDS.items():
        if function is operator.pow and x.dtype == bool and name == "2":
            continue  # an array of booleans ** 2 answers int8 in NumPy, and nothing else does
        if function is operator.mul and x.ndim == 0 and isinstance(other, list):
            continue  # a list times a scalar of NumPy's is taken as a repetition
        _as_numpy_does(lambda x, o=other: function(x, o), x)
        _as_numpy_does(lambda x, o=other: function(o, x), x)


@pytest.mark.parametrize("ufunc", UFUNCS.values(), ids=UFUNCS)
def test_values_at_the_ends_of_the_line(ufunc: np.ufunc) -> None:
    if ufunc is np.spacing:  # which differs in float16
        agrees_with_numpy(lambda x: ufunc(x), EXTREMES)
    elif ufunc.nin == 1:
        for x in (EXTREMES, *ARRAYS.values(), np.array([1, 2, 200], np.uint8), np.array([1 + 2j, -1j])):
            _as_numpy_does(lambda x: ufunc(x), x)
    else:
        _as_numpy_does(lambda x: ufunc(x[:, None], x), EXTREMES)


@pytest.mark.parametrize("ufunc", UFUNCS.values(), ids=UFUNCS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_slopes(ufunc: np.ufunc) -> None:
    if "d" not in {loop[0] for loop in ufunc.types}:
        return
    a, b = np.array([1.53, 2.71, 3.34]), np.array([1.32, 0.71, -0.4])
    if ufunc.nin == 2 and ufunc not in (np.nextafter, np.ldexp):
        differentiates(lambda x: ufunc(x, b), a)
        differentiates(lambda x: ufunc(a, x), b)
    elif ufunc.nin == 1:
        differentiates(lambda x: ufunc(x), a if ufunc is np.arccosh else a / 4)
        if ufunc in DIRECT and DIRECT[ufunc][1] is None:
            x = recorded(a / 4, AUTOGRAD)
            assert ufunc(x).dtype == np.float64
            assert not x._recording.mixing


@pytest.mark.parametrize("ufunc", SPECIAL.values(), ids=SPECIAL)
def test_scipys(ufunc: np.ufunc) -> None:
    inside = np.array([0.3, 0.6, 0.95])
    if ufunc.nin == 1:
        for x in (inside, inside.astype(np.float32), np.array([-1.7, -0.4, 0.0, 2.5, 30, -30])):
            agrees_with_numpy(lambda x: ufunc(x), x, 1e-12)
        differentiates(lambda x: ufunc(x), inside)
        return
    agrees_with_numpy(lambda x: ufunc(x, np.float32(0.8)), inside.astype(np.float32))
    differentiates(lambda x: ufunc(x, 0.8), inside)
    differentiates(lambda x: ufunc(0.8, x), inside)
    if "beta" not in ufunc.__name__:  # at their poles these answer NaN
        for a, b in itertools.product(
            (np.array([0.0, 0.3, 1.6, 2.0]), 0.7, np.array([-1.0, 0, 0.5, np.nan])), repeat=2
        ):
            agrees_with_numpy(lambda x, b=b: ufunc(x, b), a, 1e-12)


KEYWORDS: dict[str, Function] = {
    "where": lambda x: np.sqrt(x, out=np.zeros_like(x), where=x > 0),
    "where, binary": lambda x: np.divide(1.0, x, out=np.ones_like(x), where=x > 0),
    "out": lambda x: (lambda y: (np.add(y, 1, out=y), y)[1])(x.copy()),
    "out of constants": lambda x: (lambda y: (np.multiply(2.0, 3.0, out=y), y)[1])(x.copy()),
    "out, two": lambda x: np.modf(x, out=(np.zeros_like(x), np.zeros_like(x))),
    "nested lists": lambda x: np.add([x[0], 1.0, x[1]], x) * [1, 2, 3] - (1, 2, 3),
    "object array": lambda x: np.array([x[0], 2.0, x[2]]) * x,
    "large integers": lambda x: x * 10**20,
    "vecdot": lambda x: np.vecdot(x, x) + np.matmul(x, x),
    "vectorize": lambda x: np.sum(np.vectorize(lambda t: t**2 if t > 0 else t)(x)),
}


@pytest.mark.parametrize("f", KEYWORDS.values(), ids=KEYWORDS)
def test_keywords(f: Function) -> None:
    agrees_with_numpy(f, V)
    differentiates(f, V + 0.1)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.add(x, 1, dtype=np.float32),
        lambda x: np.add(x, 1, dtype=int),
        lambda x: np.add(x, 1, dtype=int, casting="unsafe"),
        lambda x: np.log(x, out=np.zeros_like(x), where=x > 0),
        lambda x: np.add(x, 1, out=np.zeros_like(x, dtype=np.float32)),
        lambda x: x * 10**400,
        lambda x: np.add(x, np.ones((2, 3)), out=np.zeros_like(x)),
        lambda x: x + "a",
        lambda x: -(x > 0),
        lambda x: (x > 0) & (x < 1) | ~(x == 0),
        lambda x: np.where((x > 0).all(), 1.0, x),
    ],
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_dtypes_and_errors_are_numpys(f: Function, dtype: Any) -> None:
    _as_numpy_does(f, V.astype(dtype))


def test_where_never_evaluates_what_is_masked() -> None:
    def f(x: Any) -> Any:
        return np.sqrt(x, out=np.zeros_like(x), where=x > 0) + np.divide(
            1, x, out=np.zeros_like(x), where=x != 0
        )

    np.testing.assert_allclose(derivative(f, [0.0, 4.0]), [0.0, np.cos(1) * (0.25 - 1 / 16)])


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: scipy.special.xlogy(x, 3.0), 0.0, np.log(3.0)),
        (scipy.special.exprel, 0.0, 0.5),
        (lambda x: scipy.special.eval_chebyt(3, x), 2.0, 45.0),
        (lambda x: scipy.special.eval_legendre(3, x), 2.0, 28.5),
        (lambda x: scipy.special.eval_hermite(2, x), 2.0, 16.0),
        (lambda x: scipy.special.eval_laguerre(2, x), 2.0, 0.0),
        (scipy.special.entr, 0.0, np.inf),
        (lambda x: scipy.special.boxcox(2.0, x), 0.0, np.log(2.0) ** 2 / 2),
        (scipy.special.expit, -800.0, 0.0),
        (scipy.special.log_expit, -800.0, 1.0),
        (np.cbrt, 0.0, np.inf),
        (lambda x: np.fmod(x, 3.0), 0.0, 1.0),
        (lambda x: np.copysign(x, 1.0), 2.0, 1.0),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_slopes_where_the_plain_formula_has_none(f: Function, x: float, slope: float) -> None:
    np.testing.assert_allclose(derivative(f, x), slope, rtol=1e-12)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: np.add(x, 1, out=np.zeros(3)), "zeros_like"),
        (lambda x: np.sqrt(x, where=x > 0), "without out="),
        (lambda x: scipy.special.jv(1, x), r"special\.jv"),
        (lambda x: x * np.longdouble(1), "longdouble"),
    ],
)
def test_what_has_no_derivative_is_a_clear_error(f: Function, message: str) -> None:
    with pytest.raises(NotDifferentiable, match=message):
        f(recorded(V))


def test_python_integers_beyond_the_dtype_are_compared_as_numpy_does() -> None:
    for f in (lambda x: x < 300, lambda x: x == -1000, lambda x: x < 10**20, lambda x: x + 300):
        _as_numpy_does(f, np.array([3, 4], np.int8))


def test_vectorize_that_decides_for_floats_is_an_error() -> None:
    with pytest.raises((ValueError, NotDifferentiable)) as caught:
        np.vectorize(lambda t: 0.0 if t > 0 else t)(recorded(V))
    assert isinstance(caught.value.__cause__ or caught.value, NotDifferentiable)
