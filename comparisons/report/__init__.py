"""The last stage: comparisons and records of the suite as text, HTML and plain data. Nothing here computes a
derivative, or knows a framework.

What shows one comparison is imported here; what shows a record, `write_report` at its head, stands in modules of
its own, each made from the record alone.
"""

from multigrad.comparisons.report.data import as_dict, plain
from multigrad.comparisons.report.table import as_html, as_rich, as_text, brief, overview

__all__ = ["as_dict", "as_html", "as_rich", "as_text", "brief", "overview", "plain"]
