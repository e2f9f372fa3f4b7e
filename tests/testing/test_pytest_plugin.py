"""The pytest plugin as its users meet it: pytest runs on files of theirs, and on a start that costs nothing."""

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from multigrad import compare
from multigrad.comparisons.records import load
from multigrad.comparisons.report.page import as_page
from multigrad.testing.recording import write

# What is imported here once each pytest run inside this one need not import again.
assert as_page and write and compare(lambda x: x**2, 1.0).agree

TESTS = """
    import numpy as np
    import pytest

    pytestmark = pytest.mark.multigrad(backends="autograd")

    def relu(x):
        return x * (x > 0)

    def test_right(multigrad):
        comparison = multigrad.agree(np.sin, 0.5)
        assert float(comparison.rows[0].slope) == np.cos(0.5)

    def test_wrong(multigrad):
        multigrad.agree(np.linalg.norm, np.zeros(2))

    def test_lossy(multigrad):
        multigrad.agree(lambda x: (1 - np.cos(x)) / x**2, 1e-7)

    @pytest.mark.multigrad(allow=("convention", "differ"))
    def test_allowed(multigrad):
        for _ in range(2):
            multigrad.agree(np.linalg.norm, np.zeros(2))

    def test_kink(multigrad):
        multigrad.agree(relu, 0.0)

    def test_other():
        pass
"""
COUNTS = {"agree": 1, "differ": 1, "inaccurate": 1, "known": 2, "convention": 1}


def run(pytester, *arguments):
    """Without two plugins that take longer than all else: one imports hypothesis anew, one collects garbage."""
    return pytester.runpytest("-p", "no:hypothesispytest", "-p", "no:unraisableexception", *arguments)


def verdicts(record):
    return {(case["scenario"], row["verdict"]) for case in record["cases"] for row in case["rows"]}


def summary(result):
    lines = result.outlines
    start = next(k for k, line in enumerate(lines) if " multigrad: " in line)
    return lines[start : next(k for k in range(start + 1, len(lines)) if lines[k].startswith("==="))]


# The fixture and the marker --------------------------------------------------------------------------


def test_a_run_with_its_summary(pytester):
    pytester.makepyfile(TESTS)
    result = run(pytester)
    result.assert_outcomes(passed=4, failed=2)
    head, counts, *rows = summary(result)
    assert "multigrad: 6 comparisons" in head
    assert counts.startswith("autograd: ") and dict(map(reversed, map(str.split, counts[10:].split(",")))) == {
        verdict: str(number) for verdict, number in COUNTS.items()
    }
    assert [row.split(" autograd ")[1].split(":")[0] for row in rows] == ["differ", "known", "known", "inaccurate"]
    assert "summary.py::test_wrong: gradient of norm at [0, 0]: autograd differ: slope[0] nan" in rows[0]
    result.stdout.fnmatch_lines([
        "E*AssertionError: gradient of norm at [[]0, 0[]], in float64 on cpu: autograd: wrong",
        "E*reproduce: python -c *np.linalg.norm, np.array([[]0.0, 0.0[]]), backends=[[]'autograd'[]]*",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*multigrad/testing*")  # the traceback ends in the test


def test_the_closest_marker_wins_and_the_call_over_it(pytester):
    pytester.makepyfile("""
        import numpy as np
        import pytest

        pytestmark = pytest.mark.multigrad(backends=["autograd"], allow=())

        def relu(x):
            return x * (x > 0)

        @pytest.mark.multigrad(device="cpu")
        class TestKink:
            @pytest.mark.multigrad(allow="convention")
            def test_near(self, multigrad):
                comparison = multigrad.agree(relu, 0.0)
                assert [row.backend for row in comparison.rows] == ["autograd"]

            def test_far(self, multigrad):
                with pytest.raises(AssertionError, match="a choice at a kink"):
                    multigrad.agree(relu, 0.0)

            def test_call(self, multigrad):
                multigrad.agree(relu, 0.0, allow=["convention"])
                assert len(multigrad.agree(np.sin, 0.0, backends=["autograd", "torch"], rtol=1e-3).rows) == 2
    """)
    run(pytester).assert_outcomes(passed=3)


@pytest.mark.parametrize(("given", "said"), [("'torch'", "'torch'"), ("tolerance=1", "tolerance=1")])
def test_a_marker_that_says_nothing_known(pytester, given, said):
    pytester.makepyfile(f"import pytest\n@pytest.mark.multigrad({given})\ndef test(multigrad): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([
        f"*UsageError: @pytest.mark.multigrad({said}): it takes device, backends, rtol, allow, by keyword"
    ])  # fmt: skip


def test_tests_that_compare_can_be_chosen(pytester):
    pytester.makepyfile("def test_one(multigrad): pass\ndef test_other(): pass")
    run(pytester, "-m", "multigrad", "--strict-markers").assert_outcomes(passed=1, deselected=1)
    run(pytester, "-m", "not multigrad").assert_outcomes(passed=1, deselected=1)
    run(pytester, "--markers").stdout.fnmatch_lines(["@pytest.mark.multigrad(device=None, *"])


# The report ------------------------------------------------------------------------------------------


def test_all_four_formats(pytester):
    jsonschema = pytest.importorskip("jsonschema")
    pytester.makepyfile(TESTS)
    paths = [Path("out") / name for name in ("a.html", "a.json", "a.md", "a.xml")]
    result = run(pytester, *(f"--multigrad-report={path}" for path in paths))
    assert [line for line in summary(result) if line.startswith("report: ")] == [
        f"report: {pytester.path / path}" for path in paths
    ]
    html, data, text, xml = ((pytester.path / path).read_text("utf-8") for path in paths)
    record = load(json.loads(data))
    schema = Path(sys.modules["multigrad.comparisons"].__file__).with_name("report") / "report.schema.json"
    jsonschema.validate(record, json.loads(schema.read_text("utf-8")))
    assert {name.partition(":")[0] for name, verdict in verdicts(record) if verdict == "differ"} == {"test_wrong"}
    assert len({case["id"] for case in record["cases"]}) == len(record["cases"]) == 6
    known, again = (case["rows"][0]["known"] for case in record["cases"] if "test_allowed" in case["scenario"])
    assert known == again and known["reason"].startswith("differ, which the test allows: slope[0] nan")
    HTMLParser().feed(html)
    assert html.startswith("<!doctype html>") and "test_wrong: gradient of norm at [0, 0]" in html
    assert "test_wrong: gradient of norm at [0, 0]" in text and text.count("which the test allows") == 2
    suites = ElementTree.fromstring(xml)
    assert {name: suites.get(name) for name in ("tests", "failures")} == {"tests": "6", "failures": "1"}


def test_a_report_of_nothing(pytester):
    pytester.makepyfile("def test(): pass")
    paths = [f"a{suffix}" for suffix in (".html", ".json", ".md", ".xml")]
    result = run(pytester, *(f"--multigrad-report={path}" for path in paths))
    assert result.ret == 0 and "multigrad: 0 comparisons" in summary(result)[0]
    assert all((pytester.path / path).exists() for path in paths)


def test_another_suffix_is_refused_before_anything_runs(pytester):
    pytester.makepyfile(TESTS)
    result = run(pytester, "--multigrad-report=report.pdf")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --multigrad-report=*report.pdf: expected a path that ends in .html, *"])


@pytest.mark.parametrize(("path", "said"), [("d.json", "that is a folder"), ("file/d.json", "cannot be made")])
def test_a_path_that_cannot_be_is_refused_before_anything_runs(pytester, path, said):
    pytester.makepyfile("def test(): pass")
    pytester.mkdir("d.json")
    (pytester.path / "file").write_text("")
    result = run(pytester, f"--multigrad-report={path}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --multigrad-report=*{path}: *{said}*"])


def test_a_report_that_cannot_be_written_costs_the_status_and_not_the_summary(pytester):
    pytester.makepyfile(TESTS, test_full="""
        from pathlib import Path

        def test_full():
            Path("out/a.md").mkdir()
    """)  # fmt: skip
    paths = ("--multigrad-report=out/a.md", "--multigrad-report=out/b.md")
    result = run(pytester, *paths, "-k", "right or full")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(passed=2, deselected=5)
    result.stdout.fnmatch_lines(["report: *a.md was not written: *Is a directory*", "report: *b.md"])
    assert (pytester.path / "out" / "b.md").exists()


def test_over_several_processes_it_is_the_same_record(pytester):
    """Under pytest-xdist; and what a worker found before it crashed is not lost."""
    pytest.importorskip("xdist")
    pytester.makepyfile(TESTS, test_crash="""
        import os

        import numpy as np

        def test_before(multigrad):
            multigrad.agree(np.cos, 0.5, backends="autograd")

        def test_crash():
            os._exit(1)
    """)  # fmt: skip
    files = ("test_over_several_processes_it_is_the_same_record.py", "test_crash.py::test_before")
    run(pytester, "--multigrad-report=one.json", *files)
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "--multigrad-report=two.json", "-n", "2")
    result.assert_outcomes(passed=5, failed=3)  # the crash is one of them
    one, two = (load(pytester.path / name) for name in ("one.json", "two.json"))
    assert verdicts(one) == verdicts(two) and len(two["cases"]) == 7
    for name in ("machines", "backends", "multigrad", "schema"):
        assert one[name] == two[name]
    assert "multigrad: 7 comparisons" in summary(result)[0]


# What it costs ---------------------------------------------------------------------------------------


def test_unused_it_imports_nothing(pytester):
    """Not NumPy, nor any module of multigrad: pytest loads every plugin that is installed."""
    pytester.makepyfile("""
        import sys

        def test(request):
            assert request.config.pluginmanager.get_plugin("multigrad").__name__ == "pytest_multigrad"
            assert not {name for name in sys.modules if name.partition(".")[0] in ("multigrad", "numpy")}
    """)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*multigrad:*")


def test_it_loads_in_milliseconds():
    code = (
        "import pytest, time; start = time.perf_counter(); import pytest_multigrad; "
        "print(time.perf_counter() - start)"
    )
    best = min(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    )
    assert best < 0.02
