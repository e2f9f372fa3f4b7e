"""The referee: the independent source of truth about a slope, by evaluating f in many digits."""

from multigrad.comparisons.referee.judge import referee
from multigrad.comparisons.referee.judgement import Directions, Judgement

__all__ = ["Directions", "Judgement", "referee"]
