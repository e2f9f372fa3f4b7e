"""The NumPy-faced array: what f is called with where host data is differentiated.

Importing this fills the table of functions (`table.FUNCTIONS`): each module below enters its own.
"""

from multigrad.array import (
    creation,
    elementwise,
    fft,
    indexing,
    joining,
    linalg,
    products,
    selection,
    structure,
)
from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import Recording, running

__all__ = [
    "RecordedArray",
    "Recording",
    "creation",
    "elementwise",
    "fft",
    "indexing",
    "joining",
    "linalg",
    "products",
    "running",
    "selection",
    "structure",
]
