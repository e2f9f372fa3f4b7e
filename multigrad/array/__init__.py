"""The NumPy-faced array: what f is called with where host data is differentiated.

The modules that answer for NumPy's functions are loaded by the first recording (`functions.py`): they take as
long to import as half of NumPy, and who differentiates native arrays never needs them.
"""

from multigrad.array.recorded_array import RecordedArray
from multigrad.array.recording import Recording, running

__all__ = ["RecordedArray", "Recording", "running"]
