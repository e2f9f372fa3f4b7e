"""The pytest plugin: the fixture and the marker `multigrad`, ``--multigrad-report``, and a section in the summary.

It stands outside the package `multigrad`, which imports NumPy: pytest loads every plugin that is installed, and the
tests of people who use none of this must not pay for it. Whatever costs is imported by the fixture.

A test's comparisons travel on its reports, as JSON: from a worker of pytest-xdist to the controller as well, and
what a crashed worker had found is kept.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from multigrad.testing.recording import Recorder

Data = dict[str, Any]

MARKER = (
    "multigrad(device=None, backends=None, rtol=None, allow=('convention',)): what the fixture `multigrad` compares "
    "by in this test, class or module; every test that uses the fixture has it."
)
OPTIONS = ("device", "backends", "rtol", "allow")
SUFFIXES = (".html", ".json", ".md", ".xml")

MOST = 10
"""Rows that the summary lists one by one."""

WORST_FIRST = ("failed", "differ", "misplaced", "known", "unsupported", "inaccurate")
"""Verdicts that are listed one by one; the others are counted."""

FOUND = pytest.StashKey[list[Data]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--multigrad-report``."""
    parser.getgroup("multigrad").addoption(
        "--multigrad-report", action="append", default=[], metavar="PATH",
        help="Write what the tests compared with the fixture `multigrad`: PATH ends in .html, .json, .md or .xml. "
        "Can be repeated.",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and collect in the process that reports."""
    config.addinivalue_line("markers", MARKER)
    paths = [config.invocation_params.dir / path for path in config.getoption("multigrad_report")]
    for path in paths:
        if path.suffix not in SUFFIXES:
            raise pytest.UsageError(f"--multigrad-report={path}: expected a path that ends in {', '.join(SUFFIXES)}")
        if path.is_dir():
            raise pytest.UsageError(f"--multigrad-report={path}: that is a folder; expected a file, there or not")
    if not hasattr(config, "workerinput"):
        _make_parents(paths)
        config.pluginmanager.register(Collector(paths), "multigrad-collector")


def _make_parents(paths: list[Path]) -> None:
    """Before the tests run: where it cannot be done they would run for nothing."""
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = f"its folder cannot be made: {error}; expected a path that can be written"
            raise pytest.UsageError(f"--multigrad-report={path}: {said}") from error


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let ``-m multigrad`` choose the tests that compare."""
    if "multigrad" in getattr(item, "fixturenames", ()):
        item.add_marker("multigrad")


@pytest.fixture
def multigrad(request: pytest.FixtureRequest) -> Recorder:
    """``multigrad.agree(f, x)`` fails unless all backends agree on the derivative of f at x, and records it."""
    from multigrad.testing.recording import Recorder

    node = request.node
    defaults: Data = {}
    for marker in node.iter_markers("multigrad"):  # the closest first
        if marker.args or not {*marker.kwargs} <= {*OPTIONS}:
            said = ", ".join([*map(repr, marker.args), *(f"{k}={v!r}" for k, v in marker.kwargs.items())])
            raise pytest.UsageError(f"@pytest.mark.multigrad({said}): it takes {', '.join(OPTIONS)}, by keyword")
        defaults = {**marker.kwargs, **defaults}
    return Recorder(node.nodeid, defaults, node.stash.setdefault(FOUND, []))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hang what a test found on its report."""
    report = yield
    if found := item.stash.get(FOUND, None):
        report.multigrad = json.dumps(found)  # type: ignore[attr-defined]  # a report may bear more than pytest's own
        found.clear()
    return report


class Collector:
    """What the reports bring along; at the end, the files and the summary."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.started = time.perf_counter()
        self.found: dict[str, Data] = {}
        self.unwritten: dict[Path, OSError] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a report brings: of a test that is run again, the last."""
        for part in json.loads(getattr(report, "multigrad", "[]")):
            self.found[part["case"]["id"]] = part

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        """Write the files asked for; one that cannot be written costs the exit status, and not the summary."""
        if self.paths:
            from multigrad.testing.recording import record_of, write

            seconds, interrupted = time.perf_counter() - self.started, exitstatus == pytest.ExitCode.INTERRUPTED
            record = record_of(list(self.found.values()), seconds, interrupted=interrupted)
            for path in self.paths:
                try:
                    write(record, path)
                except OSError as error:
                    self.unwritten[path] = error
            if self.unwritten and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show how often each verdict came, and the worst rows."""
        if not self.found and not self.paths:
            return
        rows = [(part["case"], row) for part in self.found.values() for row in part["case"]["rows"]]
        say = terminalreporter.write_line
        terminalreporter.section(f"multigrad: {len(self.found)} comparisons")
        for name in dict.fromkeys(row["backend"] for _, row in rows):
            counts = Counter(row["verdict"] for _, row in rows if row["backend"] == name)
            say(f"{name}: {', '.join(f'{count} {verdict}' for verdict, count in counts.most_common())}")
        listed = sorted((pair for pair in rows if pair[1]["verdict"] in WORST_FIRST), key=_badness)
        for case, row in listed[:MOST]:
            red = {"red": True} if row["verdict"] in WORST_FIRST[:3] else {}
            said = " ".join((row["known"] or row)["reason"].split())
            say(f"{case['family']}::{case['scenario']}: {row['backend']} {row['verdict']}: {said}", **red)
        if len(listed) > MOST:
            say(f"... and {len(listed) - MOST} more")
        for path in self.paths:
            if path in self.unwritten:
                say(f"report: {path} was not written: {self.unwritten[path]}", red=True)
            else:
                say(f"report: {path}")


def _badness(pair: tuple[Data, Data]) -> tuple[int, float]:
    """First by verdict, then by how few digits are right."""
    digits = float(pair[1]["digits"])
    return WORST_FIRST.index(pair[1]["verdict"]), -1.0 if digits != digits else digits
