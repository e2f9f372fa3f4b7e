"""The NumPy-faced array: what f is called with where host data is differentiated.

Importing this fills the table of functions (`table.FUNCTIONS`): each module below enters its own.
"""

from multigrad.array import (
    calculus,
    composed,
    creation,
    cumulative,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    nan_reductions,
    pointwise,
    polynomials,
    products,
    quantiles,
    reductions,
    selection,
    sorting,
    special,
    statistics,
    structure,
    ufunc_methods,
)
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import Recording, running

__all__ = [
    "RecordedArray",
    "Recording",
    "calculus",
    "composed",
    "creation",
    "cumulative",
    "elementwise",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "nan_reductions",
    "pointwise",
    "polynomials",
    "products",
    "quantiles",
    "reductions",
    "running",
    "selection",
    "sorting",
    "special",
    "statistics",
    "structure",
    "ufunc_methods",
]
