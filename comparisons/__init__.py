"""Comparisons: scenario -> run -> verdict -> report, in one direction.

`compare` sends one function through all stages. The referee stands beside the run: it evaluates f itself in many
digits, and knows no backend.
"""

from multigrad.comparisons.compare import Comparison, compare
from multigrad.comparisons.run import Outcome, Status
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.verdict import Row, Verdict

__all__ = ["Comparison", "Outcome", "Row", "Scenario", "Status", "Verdict", "compare"]
