"""Comparisons: scenario -> run -> verdict -> report, in one direction.

`compare` sends one function through all stages, `run_suite` a catalogue of them. The referee stands beside the
run: it evaluates f itself in many digits, and knows no backend.
"""

from multigrad.comparisons.comparison import Comparison, compare
from multigrad.comparisons.merging import diff, merge
from multigrad.comparisons.records import status
from multigrad.comparisons.report.writing import write_report
from multigrad.comparisons.run import Outcome, Status
from multigrad.comparisons.scenario import Scenario
from multigrad.comparisons.suite import run_suite
from multigrad.comparisons.verdict import Row, Verdict

__all__ = [
    "Comparison", "Outcome", "Row", "Scenario", "Status", "Verdict", "compare", "diff", "merge", "run_suite", "status",
    "write_report",
]  # fmt: skip
