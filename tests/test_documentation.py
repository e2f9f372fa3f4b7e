"""Every example in the README, the documents and the docstrings runs and prints what it says."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest

import multigrad

ROOT = Path(__file__).parent.parent
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = ["multigrad", *(m.name for m in pkgutil.walk_packages(multigrad.__path__, "multigrad."))]
PAGES = ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_docstrings(name):
    module = importlib.import_module(name)
    with np.printoptions(legacy=False):
        failed, _ = doctest.testmod(module, optionflags=OPTIONS)
    assert not failed


@pytest.mark.parametrize("page", PAGES)
def test_pages(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    failed, _ = doctest.testfile(str(ROOT / page), module_relative=False, optionflags=OPTIONS)
    assert not failed


def test_the_readme_has_examples():
    examples = doctest.DocTestParser().get_examples((ROOT / "README.md").read_text("utf-8"))
    assert len(examples) > 20


def test_contributing_names_every_room():
    rooms = {f"{path.parent.relative_to(ROOT)}/" for path in ROOT.glob("multigrad/*/__init__.py")}
    rooms |= {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")} - {"multigrad/"}
    rooms |= {f"{name}/" for name in ("benchmarks", "docs", "lessons") if (ROOT / name).is_dir()}
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [room for room in sorted(rooms) if f"| `{room}` |" not in table] == []
