"""Every code block of docs/ is tried, whatever its language; an unknown one fails.

================  =================================================================================
``python``        a session with ``>>>``: run by `tests/test_documentation.py`, page by page
``python``        with ``# name.py`` for a first line: a file, written to where the commands run
``toml``          as well; its entry points are then those of an installed package
``console``       ``$ command``, run, and its output compared
``sh``            commands of a clone with a network: that their targets and extras exist
``text``          a diagram, nothing to run
================  =================================================================================
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_documentation import OPTIONS

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "lessons" not in path.parts)
LONG = {"consistency_report.md", "writing_a_backend.md"}
"""Pages whose commands take more than five seconds."""
DIAGRAMS = {"how_it_works.md": 1}
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"# ([\w./]+\.(?:py|toml))\n")
PYTHON = {"multigrad": "multigrad", "pytest": "pytest", "python": ""}
"""Commands of a console, and the module that each is."""


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    language: str
    text: str

    @property
    def kind(self) -> str:
        """What is done with it."""
        if self.language in ("python", "toml"):
            return "file" if NAMED.match(self.text) else "session" if self.text.startswith(">>> ") else "unknown"
        return self.language if self.language in ("console", "sh", "text") else "unknown"

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Those of a console, each with the output that it should have."""
        parts = re.split(r"^\$ (.*)\n", self.text, flags=re.MULTILINE)[1:]
        return list(zip(parts[::2], parts[1::2], strict=True))


def blocks(page: Path) -> list[Block]:
    """The blocks with code: not the directives."""
    found = FENCE.findall(page.read_text("utf-8"))
    name = page.relative_to(DOCS).as_posix()
    return [Block(name, info.strip(), text) for _, info, text in found if not info.startswith("{")]


ALL = [block for page in PAGES for block in blocks(page)]


def test_every_block_is_of_a_kind_that_is_tried() -> None:
    assert [block for block in ALL if block.kind == "unknown"] == []
    assert Counter(block.page for block in ALL if block.kind == "text") == Counter(DIAGRAMS)
    assert Counter(block.kind for block in ALL)["session"] >= 50


def test_a_session_leaves_a_line_before_its_fence() -> None:
    """Or doctest takes the fence for output."""
    assert [block for block in ALL if block.kind == "session" and not block.text.endswith("\n\n")] == []


def words(line: str) -> list[str]:
    """A command, as this interpreter runs it."""
    name, *rest = shlex.split(line)
    return [sys.executable, *(["-m", PYTHON[name]] if PYTHON[name] else []), *rest]


def install(text: str, folder: Path) -> None:
    """What pip makes of a pyproject.toml, as far as entry points go."""
    project = tomllib.loads(text)["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n", encoding="utf-8"
    )
    lines = [
        line
        for group, entries in project["entry-points"].items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in entries.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def differences(of: list[Block], folder: Path) -> Iterator[str]:
    """Write the files, run the commands, and tell where the output is another."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "120", "NO_COLOR": "1", "PYTHONWARNINGS": ""}
    environment.pop("FORCE_COLOR", None)
    for block in of:
        named = NAMED.match(block.text)
        if named:
            (folder / named[1]).write_text(block.text, encoding="utf-8")
            if block.language == "toml":
                install(block.text, folder)
            continue
        for command, wanted in block.commands:
            ran = subprocess.run(
                words(command), cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=240, check=False,
            )  # fmt: skip
            if not doctest.OutputChecker().check_output(wanted, ran.stdout, OPTIONS):
                yield f"{block.page}: $ {command}\n{ran.stdout}\nexpected:\n{wanted}"


@pytest.mark.parametrize("page", [
    pytest.param(page.name, marks=[pytest.mark.slow] if page.name in LONG else [])
    for page in PAGES if any(block.kind == "console" for block in blocks(page))
])  # fmt: skip
def test_commands_say_what_the_page_says(page: str, tmp_path: Path) -> None:
    of = [block for block in blocks(DOCS / page) if block.kind in ("file", "console")]
    assert list(differences(of, tmp_path)) == []


def test_a_wrong_output_is_noticed(tmp_path: Path) -> None:
    def said(text: str) -> list[str]:
        return list(differences([Block("page.md", "console", text)], tmp_path))

    assert said("$ multigrad slope 'x**2' --at 3\n6.0\n$ multigrad slope 'x**2' --at 4\n8.0\n") == []
    (fault,) = said("$ multigrad slope 'x**2' --at 3\n6.0\n$ multigrad slope 'x**2' --at 4\n9.0\n")
    assert fault.startswith("page.md: $ multigrad slope 'x**2' --at 4\n8.0")


def test_files_are_written_and_entry_points_installed(tmp_path: Path) -> None:
    text = '# pyproject.toml\n[project]\nname = "a-b"\nversion = "1"\n[project.entry-points.c]\nd = "e:f"\n'
    wanted = "[EntryPoint(name='d', value='e:f', group='c')]"
    look = "from importlib.metadata import entry_points as e; print(sorted(e(group='c')))"
    console = f'$ python -c "{look}"\n{wanted}\n'
    assert list(differences([Block("p", "toml", text), Block("p", "console", console)], tmp_path)) == []


def test_commands_of_a_clone_name_what_there_is() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE)) | {""}
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    lines = [line for block in ALL if block.kind == "sh" for line in block.text.splitlines()]
    assert lines
    for line in lines:
        name, *rest = shlex.split(line, comments=True)
        if name == "make":
            assert {word for word in rest if "=" not in word} <= targets, line
        else:
            assert Path(name).name in ("python3", "pip", "pytest", "git"), line
        assert set(re.findall(r"\w+", " ".join(re.findall(r"\[(.*?)\]", line)))) <= extras, line
