"""How a slope came about: every recorded step, its local derivative, and what flows back."""

from multigrad.explanation.explanation import Explanation, explain
from multigrad.explanation.folding import Repeated
from multigrad.explanation.steps import Operand, Step

__all__ = ["Explanation", "Operand", "Repeated", "Step", "explain"]
