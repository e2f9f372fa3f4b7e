"""The rows: which NumPy functions a backend supplies, and the narrow signature of each.

The NumPy-faced array (`multigrad/array`) reads NumPy's own signatures, with all their keywords, and calls
these rows with what is left. So a row never sees a keyword of NumPy's, and a backend has one meaning to get
right for each name. Every row takes and gives native arrays and obeys these laws:

- operands of one call lie on the same device and have the same dtype, already promoted as NumPy promotes;
  one operand of a binary row may be a Python number instead (weak, as in NEP 50);
- shapes broadcast as NumPy's do; axes are non-negative ints; an ``axis`` written ``axes`` is a tuple;
- the result has NumPy's shape and dtype for that call: `argmax` gives integers, comparisons give booleans;
- no operand is written to.

Where a framework has a function of its own with NumPy's meaning, the row *is* that function, so that its
derivative rule, and what it answers at a kink, is the framework's own and can be compared. Optional rows are
composed from the required ones where a backend lacks them (`multigrad/array/composed.py`).
"""

UNARY = tuple(
    """negative absolute sign sqrt square reciprocal exp exp2 expm1 log log2 log10 log1p
    sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh
    floor ceil trunc rint real imag conjugate""".split()
)
"""``row(x)``: floating or complex x (integers too for negative, absolute, sign, square)."""

UNARY_OPTIONAL = tuple("cbrt sinc deg2rad rad2deg i0 angle nan_to_num".split())

UNARY_PREDICATES = tuple("isnan isinf isfinite signbit logical_not".split())
"""``row(x)`` -> booleans."""

BINARY = tuple(
    """add subtract multiply divide power maximum minimum fmax fmin arctan2 hypot
    logaddexp remainder floor_divide""".split()
)
"""``row(a, b)``"""

BINARY_OPTIONAL = tuple("logaddexp2 fmod copysign heaviside float_power".split())

COMPARISONS = tuple("equal not_equal less less_equal greater greater_equal".split())
LOGICAL = tuple("logical_and logical_or logical_xor".split())
"""``row(a, b)`` over booleans."""

SPECIAL = tuple(
    "special.erf special.erfc special.expit special.gammaln special.digamma special.i0 special.i1".split()
)
"""SciPy's ufuncs, ``row(x)``; optional."""

REDUCTIONS = {
    "sum": "(x, axes, keepdims)",
    "prod": "(x, axes, keepdims)",
    "mean": "(x, axes, keepdims)",
    "var": "(x, axes, keepdims, ddof)",
    "std": "(x, axes, keepdims, ddof)",
    "max": "(x, axes, keepdims)",
    "min": "(x, axes, keepdims)",
    "any": "(x, axes, keepdims) over booleans",
    "all": "(x, axes, keepdims) over booleans",
    "argmax": "(x, axis, keepdims)",
    "argmin": "(x, axis, keepdims)",
}
ALONG_AXIS = {
    "cumsum": "(x, axis)",
    "sort": "(x, axis), ascending, NaN last",
    "argsort": "(x, axis), stable, NaN last",
}
ALONG_AXIS_OPTIONAL = {"cumprod": "(x, axis)"}

STRUCTURE = {
    "where": "(condition, a, b), condition boolean; a or b may be a Python number",
    "clip": "(x, low, high), either bound may be None; bounds are Python numbers or native",
    "astype": "(x, dtype), dtype is NumPy's; real from complex drops the imaginary part",
    "reshape": "(x, shape), C order, shape without -1",
    "transpose": "(x, axes)",
    "broadcast_to": "(x, shape)",
    "concatenate": "(sequence of x, axis)",
    "stack": "(sequence of x, axis)",
    "getitem": "(x, index), index a tuple of ints, slices (any step), None, Ellipsis, and NumPy integer or "
    "boolean arrays; or native integer or boolean arrays. NumPy's meaning, advanced indexing included",
    "set_at": "(x, index, value), a new array: x with x[index] = value; value broadcasts. index as above, "
    "no entry twice",
    "gather": "(x, positions), x flat, positions a NumPy int64 array of any shape: x[positions]",
}

PRODUCTS = {
    "matmul": "(a, b), NumPy's matmul, 1-d operands included",
    "einsum": "(subscripts, *operands)",
}

LINALG = {
    "linalg.norm": "(x, ord, axes, keepdims): axes of length 1 or 2, a vector or a matrix norm; "
    "or axes None with ord None: the 2-norm of all entries. ord as numpy.linalg.norm's",
    "linalg.det": "(x)",
    "linalg.slogdet": "(x) -> (sign, logabsdet)",
    "linalg.inv": "(x)",
    "linalg.solve": "(a, b), b of shape (..., n, k)",
    "linalg.cholesky": "(x), lower",
    "linalg.eigh": "(x) -> (w, v), lower triangle",
    "linalg.eigvalsh": "(x)",
    "linalg.svd": "(x) -> (u, s, vh), reduced",
    "linalg.svdvals": "(x)",
    "linalg.qr": "(x) -> (q, r), reduced",
    "linalg.pinv": "(x)",
}

FFT = dict.fromkeys(
    ("fft.fft", "fft.ifft", "fft.rfft", "fft.irfft"), "(x, n, axis), unnormalised forward, 1/n backward"
)

REQUIRED = frozenset(
    (*UNARY, *UNARY_PREDICATES, *BINARY, *COMPARISONS, *LOGICAL, *REDUCTIONS, *ALONG_AXIS, *STRUCTURE, *PRODUCTS)
)
OPTIONAL = frozenset(
    (*UNARY_OPTIONAL, *BINARY_OPTIONAL, *SPECIAL, *ALONG_AXIS_OPTIONAL, *LINALG, *FFT)
)
