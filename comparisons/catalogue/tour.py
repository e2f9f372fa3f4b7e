"""The tour: a first curve, and a dozen functions at points where differentiating is not easy.

Scenarios of the catalogue, one or two of a family: what a person meets on the first day with any framework.
"""

from multigrad.comparisons.catalogue import scenario
from multigrad.comparisons.catalogue.elementary import cubic as f

TOUR = tuple(map(scenario, (
    "cubic", "square", "cubic at many points", "damped wave, three times", "Newton's square root",
    "Rosenbrock's function", "log-sum-exp, huge", "absolute value at 0", "relu by maximum", "maximum of a tie",
    "norm at the origin", "standard deviation of a constant", "one minus cosine, tiny", "sine over x by where",
    "float32 scalar of NumPy", "determinant of a singular matrix",
)))  # fmt: skip

__all__ = ["TOUR", "f"]
