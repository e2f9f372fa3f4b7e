"""The site builds without a warning, and what looks over it notices what it should."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.check_site import MODULES, faults, public

ROOT = Path(__file__).parent.parent.parent
ENTRIES = "".join(f'<dt class="sig" id="multigrad.{name}"></dt>' for name in sorted(public()))
PAGE = '<h1 id="top">Here</h1><a href="#top">up</a><a href="b/two.html#there">two</a><img src="a%20b.png">'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site in which all is right."""
    (tmp_path / "b").mkdir()
    (tmp_path / "a b.png").touch()
    (tmp_path / "index.html").write_text(PAGE + ENTRIES, encoding="utf-8")
    (tmp_path / "b" / "two.html").write_text(
        '<p id="there">It</p><a href="../index.html">back</a><a href="https://elsewhere.org/page">away</a>'
        '<img src="data:image/png;base64,AA"><link rel="stylesheet" href="../site.css">',
        encoding="utf-8",
    )
    (tmp_path / "site.css").write_text("p { color: red }", encoding="utf-8")
    return tmp_path


def test_a_site_that_is_right(site: Path) -> None:
    wrong, counts = faults(site)
    assert wrong == []
    assert counts == {
        "pages": 2, "links inside": 3, "links to elsewhere": 1, "files loaded": 3, "names": len(public()),
    }  # fmt: skip


@pytest.mark.parametrize(("planted", "said"), [
    ('<a href="three.html">', "nothing at three.html"),
    ('<a href="../outside.html">', "nothing at ../outside.html"),
    ('<a href="b">', "nothing at b"),
    ('<a href="#nowhere">', "no anchor #nowhere"),
    ('<a href="b/two.html#top">', "no anchor b/two.html#top"),
    ('<img src="none.png">', "nothing at none.png"),
    ('<script src="https://cdn.org/x.js"></script>', "loads https://cdn.org/x.js"),
    ('<script src="//cdn.org/x.js"></script>', "loads //cdn.org/x.js"),
    ('<script>load("https://cdn.org/require.js")</script>', "loads https://cdn.org/require.js"),
    ('<link rel="stylesheet" href="http://fonts.org/a.css">', "loads http://fonts.org/a.css"),
    ('<link rel="icon" href="https://a.org/i.svg">', "loads https://a.org/i.svg"),
    ('<img src="https://a.org/i.png">', "loads https://a.org/i.png"),
    ('<svg><image xlink:href="https://a.org/i.png"></svg>', "loads https://a.org/i.png"),
    ('<style>@import url( "https://fonts.org/a.css");</style>', "a style loads"),
    ('<p style="background: url(//a.org/i.png)">', "a style loads"),
])  # fmt: skip
def test_a_fault_is_noticed(site: Path, planted: str, said: str) -> None:
    index = site / "index.html"
    index.write_text(index.read_text("utf-8") + planted, encoding="utf-8")
    wrong, _ = faults(site)
    assert wrong and all(fault.startswith("index.html: ") and said in fault for fault in wrong), wrong


def test_a_font_from_a_network_is_noticed(site: Path) -> None:
    (site / "site.css").write_text("@font-face { src: url('https://fonts.org/a.woff2') }", encoding="utf-8")
    assert faults(site)[0] == ["site.css: a style loads url('http…"]


def test_a_name_without_an_entry_is_noticed(site: Path) -> None:
    index = site / "index.html"
    index.write_text(index.read_text("utf-8").replace('id="multigrad.plot_slope"', ""), encoding="utf-8")
    assert faults(site)[0] == ["without an entry: plot_slope"]


def test_the_public_names_are_looked_for_everywhere() -> None:
    assert len(MODULES) == 5
    assert {"slope", "explain", "NotElementwise", "plot_func", "assert_backends_agree", "run_suite"} <= public()
    assert not {"Any", "Path"} & public()


def test_links_to_files_of_the_checkout_lead_there() -> None:
    """Markdown's own links, which the forge that shows the files follows too."""
    for page in (ROOT / "docs").glob("*.md"):
        prose = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", prose):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("myst_nb", reason="the site needs its extra: pip install 'multigrad-compare[docs]'")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-d", str(tmp_path / "read"), "docs"]
    ran = subprocess.run([*build, str(tmp_path / "site")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    wrong, counts = faults(tmp_path / "site")
    assert wrong == []
    lessons = {path.stem for path in (ROOT / "lessons").glob("[0-9]*.ipynb")}
    assert {path.stem for path in (tmp_path / "site" / "lessons").glob("*.html")} == lessons
    assert counts["pages"] >= 20 + len(lessons) and counts["links inside"] > 500
