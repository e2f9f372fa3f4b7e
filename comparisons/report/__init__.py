"""The last stage: comparisons as text, HTML and plain data. Nothing here computes, or knows a framework."""

from multigrad.comparisons.report.data import as_dict, plain
from multigrad.comparisons.report.page import as_html, write_page
from multigrad.comparisons.report.table import as_rich, as_text, brief, overview

__all__ = ["as_dict", "as_html", "as_rich", "as_text", "brief", "overview", "plain", "write_page"]
