"""The conformance kit's samples: what every row is called with."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.backends import rows as names
from multigrad.testing import samples_of_arrays
from multigrad.testing.points import ABOVE_ONE, DIVISORS, INSIDE, OTHERS, POINTS, POSITIVE, grid
from multigrad.testing.sample import Rows, Sample

SPECIAL_VALUES = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5)

DOMAIN: dict[str, Sequence[float]] = {
    **dict.fromkeys(("sqrt", "log", "log2", "log10", "log1p", "cbrt", "i0"), POSITIVE),
    **dict.fromkeys(("arcsin", "arccos", "arctanh"), INSIDE),
    **dict.fromkeys(("arccosh", "special.gammaln", "special.digamma"), ABOVE_ONE),
    **dict.fromkeys(("power", "float_power"), POSITIVE),
}
"""Where a row is smooth, if not everywhere."""

NO_SPECIAL_VALUES = {"i0", "special.i0", "special.i1", "special.gammaln", "special.digamma"}
"""Series and recurrences: NumPy's and SciPy's own answers at infinity differ between versions."""

NO_COMPLEX = {"floor", "ceil", "trunc"}
"""NumPy has these for real numbers only."""


def _chosen(rows: Rows, arguments: tuple[Any, ...], answer: Any) -> Any:
    """A boolean answer has no slope; choosing between two lines by it has."""
    x = next(a for a in arguments if type(a) not in (int, float))
    return rows["where"](answer, x, rows["multiply"](x, 2.0))


def _unary(dtype: npt.DTypeLike) -> Iterator[Sample]:
    special = np.array(SPECIAL_VALUES, dtype)
    for name in (*names.UNARY, *names.UNARY_OPTIONAL, *names.SPECIAL, *names.UNARY_PREDICATES):
        if name == "logical_not":
            continue
        leave = _chosen if name in names.UNARY_PREDICATES else None
        points = DOMAIN.get(name, POINTS)
        yield Sample(name, (grid(points, dtype, 2, 3),), smooth=True, leave=leave)
        yield Sample(name, (grid(points, dtype),), smooth=True, leave=leave)
        yield Sample(name, (np.zeros((0, 3), dtype),))
        if name not in NO_SPECIAL_VALUES:
            yield Sample(name, (special,), note="special values")


def _binary(dtype: npt.DTypeLike) -> Iterator[Sample]:
    special = np.array(SPECIAL_VALUES, dtype)
    for name in (*names.BINARY, *names.BINARY_OPTIONAL, *names.COMPARISONS):
        if name == "float_power" and np.dtype(dtype) != np.float64:
            continue  # its answer is float64 whatever it is given, which JAX has in the x64 mode only
        leave = _chosen if name in names.COMPARISONS else None
        x, y = grid(DOMAIN.get(name, POINTS), dtype, 2, 3), grid(OTHERS, dtype, 2, 3)
        yield Sample(name, (x, y), smooth=True, leave=leave)
        for number in (3, 2.5):
            yield Sample(name, (x, number), smooth=True, leave=leave)
            yield Sample(name, (number, grid(DIVISORS, dtype, 2, 3)), smooth=True, leave=leave)
        yield Sample(name, (grid(DOMAIN.get(name, POINTS), dtype), y[0]), smooth=True, leave=leave)
        yield Sample(name, (x, y[:, :1]), smooth=True, leave=leave)
        yield Sample(name, (x[:0], y[0]))
        yield Sample(name, (special[:, None], special), note="special values")
    for exponent in (0, 1, 2, 3, -2):
        yield Sample("power", (grid(POINTS, dtype, 2, 3), exponent), smooth=True, note="negative bases")


def _complex(dtype: npt.DTypeLike) -> Iterator[Sample]:
    z = (grid(POINTS, dtype, 2, 3) + 1j * grid(OTHERS, dtype, 2, 3)).astype(
        np.result_type(dtype, np.complex64)
    )
    for name in (*names.UNARY, "angle", "isnan", "isinf", "isfinite"):
        if name not in NO_COMPLEX:
            yield Sample(name, (z,))
    for name in ("add", "subtract", "multiply", "divide", "power", "equal"):
        yield Sample(name, (z, z[:, :1]))
        yield Sample(name, (z, 2.5))
    yield Sample("matmul", (z, z.T.copy()))
    for name in ("sum", "mean", "prod"):
        yield Sample(name, (z, (1,), False))
    yield Sample("astype", (z, np.dtype(dtype)), note="drops the imaginary part")
    yield Sample("astype", (z.real.copy(), z.dtype))


def _whole_numbers() -> Iterator[Sample]:
    n = np.array([[3, -2, 5], [4, 7, -6]])
    for name in ("negative", "absolute", "sign", "square"):
        yield Sample(name, (n,))
    for name in ("add", "subtract", "multiply", "maximum", "minimum", "floor_divide", "remainder", "divide"):
        yield Sample(name, (n, n[0]))
        yield Sample(name, (n, 3))
    for name in ("power", "equal", "less"):
        yield Sample(name, (n, 2))
    for name in ("sum", "prod", "max", "min", "mean"):
        yield Sample(name, (n, (1,), False))
    yield Sample("sum", (n.astype(np.int32), (0,), False), note="widened")
    for name in ("cumsum", "sort", "argsort", "cumprod"):
        yield Sample(name, (n, 1))
    yield Sample("clip", (n, 0, 4))
    yield Sample("astype", (n, np.dtype(np.float64)))
    yield Sample("astype", (n, np.dtype(bool)))
    yield Sample("matmul", (n, n.T.copy()))


def _booleans() -> Iterator[Sample]:
    bits = np.array([[True, False, True], [True, True, False]])
    one = np.array(True)
    for name in names.LOGICAL:
        yield Sample(name, (bits, bits[0]))
        yield Sample(name, (one, bits))
    yield Sample("logical_not", (bits,))
    yield Sample("logical_not", (one,))
    for name in ("any", "all"):
        for axes in ((0,), (0, 1)):
            for keepdims in (False, True):
                yield Sample(name, (bits, axes, keepdims))
        yield Sample(name, (bits[:0], (0,), False))
        yield Sample(name, (one, (), False))
    for name in ("sum", "mean"):
        yield Sample(name, (bits, (0, 1), False))
    yield Sample("cumsum", (bits, 1))
    yield Sample("astype", (bits, np.dtype(np.float64)))
    yield Sample("equal", (bits, bits[0]))
    yield Sample("where", (bits, np.array([3, 1, 2]), np.array(5)))


def samples(dtype: npt.DTypeLike) -> Iterator[Sample]:
    """All samples with floating data of one dtype; with float64, those of integers and booleans as well."""
    yield from _unary(dtype)
    yield from _binary(dtype)
    yield from _complex(dtype)
    yield from samples_of_arrays.samples(dtype)
    if np.dtype(dtype) == np.float64:
        yield from _whole_numbers()
        yield from _booleans()


__all__ = ["samples"]
