"""A record into a folder, in every form."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from multigrad.comparisons.records import load
from multigrad.comparisons.report.junit import as_junit
from multigrad.comparisons.report.markdown import as_markdown
from multigrad.comparisons.report.page import as_page


def as_json(record: dict[str, Any]) -> str:
    """The record itself."""
    return json.dumps(record, indent=1, allow_nan=False) + "\n"


FORMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "report.html": as_page,
    "report.json": as_json,
    "report.md": as_markdown,
    "junit.xml": as_junit,
}
"""The files of a report, and what makes each from the record."""


def write_report(
    record: dict[str, Any] | str | os.PathLike[str], folder: str | os.PathLike[str]
) -> list[Path]:
    """Write ``report.html``, ``report.json``, ``report.md`` and ``junit.xml``.

    Parameters
    ----------
    record : dict or path
        What `run_suite` or `merge` gave, or a ``report.json``.
    folder : path
        Made where it is not there.

    Returns
    -------
    list of pathlib.Path
        The files written.

    Raises
    ------
    RecordError
        That is no record.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> from multigrad.comparisons import run_suite, write_report
    >>> record = run_suite(["kinks"], ["autograd"], scenarios=["absolute value at 0"])  # doctest: +SKIP
    >>> [path.name for path in write_report(record, mkdtemp())]  # doctest: +SKIP
    ['report.html', 'report.json', 'report.md', 'junit.xml']
    """
    record = load(record)
    texts = {name: form(record) for name, form in FORMS.items()}
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


__all__ = ["FORMS", "write_report"]
