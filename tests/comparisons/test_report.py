"""The report, in each of its forms, made from records whose content is known."""

import copy
import json
import re
from html.parser import HTMLParser
from io import StringIO
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from rich.console import Console

from multigrad.comparisons.merging import merge
from multigrad.comparisons.report import facts
from multigrad.comparisons.report.junit import as_junit
from multigrad.comparisons.report.markdown import as_markdown, code
from multigrad.comparisons.report.page import as_page
from multigrad.comparisons.report.plots import tangents
from multigrad.comparisons.report.terminal import summary
from multigrad.comparisons.report.writing import write_report
from multigrad.comparisons.verdict import Verdict
from multigrad.errors import RecordError
from tests.comparisons import handmade
from tests.comparisons.handmade import GREEN, HARM, RED, case, record, row

VOID = {"meta", "input", "br", "link", "img"}


class Tree(HTMLParser):
    """Elements as (name, attributes), the text within each id, and whether every element is closed."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.open, self.text = [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def terminal(record):
    out = StringIO()
    Console(file=out, width=400, color_system=None).print(summary(record))
    return out.getvalue()


# The page --------------------------------------------------------------------------------------------


def test_a_page_needs_nothing_else():
    tree = Tree(as_page(RED))
    assert not tree.all("link") and not tree.all("img") and len(tree.all("script")) == 1
    for _, attrs in tree.elements:
        assert not {"src", "srcset", "data", "action", "style"} & attrs.keys()
        assert not any(name.startswith("on") for name in attrs)
        assert attrs.get("href", "#").startswith("#")
    policy = next(attrs["content"] for attrs in tree.all("meta") if "http-equiv" in attrs)
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_every_case_is_there_and_every_link_leads_somewhere():
    tree = Tree(as_page(RED))
    ids = [attrs["id"] for _, attrs in tree.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {facts.anchor(RED, each) for each in RED["cases"] if each is not handmade.HOSTILE} <= set(ids)
    assert len([name for name, attrs in tree.elements if name == "tbody" and "data-verdicts" in attrs]) == 10
    assert {unquote(attrs["href"][1:]) for attrs in tree.all("a")} <= set(ids)


def test_what_a_page_says():
    text = " ".join(" ".join(Tree(as_page(RED)).text).split())
    for words in (
        "3 of 10 cases agree on every backend", "3 answers outside the table", "1 known difference no longer there",
        "1 control of the placement audit failed", "from the left -1", "from the right 1", "it chooses no subgradient",
        "import torch assert torch.tensor(0.0) == 0", "slope inf; the referee says 1", "strayed to cpu", "61 s",
        "vanished", "torch: 0",
    ):  # fmt: skip
        assert words in text, words
    assert "Nothing new: 1 difference known and explained." in " ".join(Tree(as_page(GREEN)).text)


def test_names_and_errors_cannot_bring_markup():
    page = as_page(RED)
    assert HARM not in page and "<img" not in page and page.count("<script>") == 1
    tree = Tree(page)
    assert HARM in tree.text and any(handmade.HOSTILE["id"] == attrs.get("id") for _, attrs in tree.elements)
    for character in "\x00\x1b\u202e\ud800":
        assert character not in page
    assert r"\x1b[31m\u202e" in "".join(tree.text)  # seen, not obeyed


def test_tangents():
    picture = tangents(handmade.KINK)
    assert picture.count('<path class="tangent') == 4  # a line and its sample for each of two slopes
    assert "torch: 0" in picture and "jax: 1" in picture
    together = copy.deepcopy(handmade.KINK)
    for each in together["rows"]:
        each["slope"] = "nan"
    assert "no line torch, jax: nan" in tangents(together) and 'class="tangent' not in tangents(together)
    assert tangents(handmade.SMOOTH) is None
    for hard in (["nan"] * 5, ["inf", 1e300, 0, -1e300, "-inf"], [0.0] * 5):
        each = copy.deepcopy(handmade.KINK)
        each["curve"]["y"] = hard
        assert not re.search("nan|inf", str(tangents(each) or ""))


def test_conventions_name_both_sides_and_only_the_entries_at_a_kink():
    tie = case("tie", row("torch", "convention", [1.0, 0.0, 0.0]), referee={
        "slope": ["nan", "nan", 0.0], "left": [0.0, 0.0, 0.0], "right": [1.0, 1.0, 0.0], "kink": [True, True, False],
    })  # fmt: skip
    assert [facts.at_kinks(tie, tie["referee"][side]) for side in ("left", "right")] == ["[0, 0]", "[1, 1]"]
    assert facts.at_kinks(tie, tie["rows"][0]["slope"]) == "[1, 0]"
    same, other = copy.deepcopy(tie), copy.deepcopy(tie)
    same["dtype"], other["device"] = "float32", "cpu:1"
    other["rows"][0]["slope"] = [0.0, 1.0, 0.0]
    assert list(facts.conventions(record(tie, same, other, handmade.SMOOTH))) == [tie, other]


def test_two_machines_on_one_page():
    other = copy.deepcopy(GREEN)
    other["machines"][0]["name"] = "a Mac"
    both = merge([GREEN, other])
    tree = Tree(as_page(both))
    ids = [attrs["id"] for _, attrs in tree.elements if "id" in attrs]
    assert len(ids) == len(set(ids)) and "kinks/length/float64/cpu/machine 2" in ids
    assert "a Mac" in " ".join(tree.text)
    names = [
        test.get("classname") + test.get("name")
        for test in ElementTree.fromstring(as_junit(both)).iter("testcase")
    ]
    assert len(names) == len(set(names)) == 24


# The other forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("each", "whose", "tag", "kind"),
    [
        (handmade.SMOOTH, "torch", None, None),
        (handmade.KINK, "jax", "system-out", None),
        (handmade.KNOWN, "jax", "system-out", None),
        (handmade.VANISHED, "jax", "failure", "vanished"),
        (handmade.WRONG, "torch", "failure", "differ"),
        (handmade.STRAY, "jax", "failure", "misplaced"),
        (handmade.STRAY, "torch", "skipped", None),
        (handmade.CANNOT, "torch", "skipped", None),
        (handmade.HOSTILE, "torch", "error", "ValueError"),
    ],
)
def test_junit(each, whose, tag, kind):
    root = ElementTree.fromstring(as_junit(record(each)))
    test = next(test for test in root.iter("testcase") if test.get("classname").endswith(f".{whose}"))
    assert (
        each["scenario"] in test.get("name")
        and each["dtype"] in test.get("name")
        and test.get("time") == "0.250000"
    )
    assert [child.tag for child in test] == ([tag] if tag else [])
    assert not tag or test[0].get("type") == kind


def test_junit_counts():
    root = ElementTree.fromstring(as_junit(RED))
    counts = {name: int(root.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 22, "failures": 4, "errors": 1, "skipped": 2}
    for name, number in counts.items():
        assert number == sum(int(suite.get(name)) for suite in root)


def test_markdown_is_short_and_inert():
    text = as_markdown(RED)
    assert text.startswith("### ✗ 3 of 10 cases agree on every backend") and "| `torch` |" in text
    assert "**New: 4**" in text and "<summary>Conventions: 1</summary>" in text
    bare = re.sub(
        r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text.replace("<details><summary>", "").replace("</summary>", "")
    )
    assert "<script" not in bare and "<img" not in bare and "@everyone" not in bare
    for line in text.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line)) - 1
            assert cells in (5, len(Verdict) + 1), line  # no name can end its cell
    many = record(*(case(f"case {k}", row("torch", "differ", reason="x" * 5000)) for k in range(2000)))
    assert len(as_markdown(many)) < 10_000 and "1975 more" in as_markdown(many)
    assert code("``") == "``` `` ```" and code("") == "` `"


def test_the_terminal():
    text = terminal(RED)
    assert "3 of 10 cases agree on every backend" in text and "smooth/root/float64/cpu, torch: differ" in text
    assert "by hand" in text and "\x1b" not in text and r"\x1b" not in text.split("smooth/root")[0]
    assert "known" in terminal(GREEN) and "✗" not in terminal(GREEN)
    absent = copy.deepcopy(GREEN)
    absent["backends"][0] |= {"installed": False, "reason": "pip install torch"}
    assert "torch is not here: pip install torch" in terminal(absent)


def test_an_empty_and_an_interrupted_record():
    empty = record(interrupted=True)
    for text in (as_page(empty), as_markdown(empty), terminal(empty)):
        assert "0 of 0 cases" in text and "interrupted" in text
    assert ElementTree.fromstring(as_junit(empty)).get("tests") == "0"


def test_agreement_is_that_of_all():
    assert facts.worst(["agree", "agree"]) == Verdict.AGREE == facts.worst(["agree", "unavailable"])
    assert facts.worst(["agree", "unsupported"]) == Verdict.UNSUPPORTED
    assert facts.worst(["convention", "known"]) == Verdict.KNOWN
    assert set(facts.WORST_FIRST) == set(Verdict)


def test_files(tmp_path):
    written = write_report(RED, tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["report.html", "report.json", "report.md", "junit.xml"]
    assert json.loads(written[1].read_text("utf-8")) == RED
    again = write_report(written[1], tmp_path / "again")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]
    with pytest.raises(RecordError):
        write_report({"cases": []}, tmp_path)
