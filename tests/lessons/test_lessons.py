"""Each lesson runs from nothing, says what its notebook says, and has the parts that a lesson has."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jupytext", reason="the lessons need jupytext: pip install 'multigrad-compare[lessons]'")
pytest.importorskip("nbclient", reason="the lessons need nbclient: pip install 'multigrad-compare[lessons]'")

import nbformat
from checks import exercises

from lessons import build

LESSONS = build.texts()
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])")
VERSION = re.compile(r"\b(torch|jax|autograd|numpy|matplotlib) v?\d+(\.\w+)+(\+\w+)?")

each_lesson = pytest.mark.parametrize("text", LESSONS, ids=lambda text: text.stem)


@cache
def committed(text: Path) -> Any:
    return nbformat.read(text.with_suffix(".ipynb"), 4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def said(cell: Any) -> list[tuple[str, str]]:
    """What a cell put out, as pairs of a kind and a text; of pictures and pages the kind alone."""
    kept: list[tuple[str, str]] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            kept.append((output.name, output.text))
        kept += [(kind, text if kind == "text/plain" else "") for kind, text in sorted(output.get("data", {}).items())]
    return kept


def alike(one: str, other: str, tolerance: float = 1e-3) -> bool:
    """Whether two outputs say the same: word for word, but for versions, and numbers within a tolerance."""
    one, other = VERSION.sub(r"\1", one), VERSION.sub(r"\1", other)
    if NUMBER.sub("#", one).split() != NUMBER.sub("#", other).split():
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=tolerance, abs_tol=1e-12) for a, b in pairs)


@pytest.mark.parametrize(("one", "other", "same"), [
    ("slope 4.0", "slope 4.0001", True),
    ("slope 4.0", "slope 4.1", False),
    ("slope 4.0", "slope -4.0", False),
    ("slope 4.0", "value 4.0", False),
    ("slope 4.0", "slope 4.0 5.0", False),
    ("torch 2.13.0+cpu: 1", "torch 2.14.1: 1", True),
    ("array([1., 2.])", "array([1., 3.])", False),
    ("float32", "float64", False),
    ("error 1e-16", "error 3e-16", True),
])  # fmt: skip
def test_the_comparison_of_outputs(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


def test_there_are_lessons() -> None:
    assert [text.stem for text in LESSONS[:3]] == ["1_arrays_and_tensors", "2_slopes", "3_recording"]


@each_lesson
def test_the_pair_agrees(text: Path) -> None:
    cells = [[(cell.cell_type, cell.id, cell.source, dict(cell.metadata)) for cell in notebook.cells]
             for notebook in (build.read(text), committed(text))]  # fmt: skip
    assert cells[0] == cells[1]
    assert dict(committed(text).metadata) == build.METADATA


@each_lesson
def test_the_notebook_has_run(text: Path) -> None:
    cells = code(committed(text))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    content = text.with_suffix(".ipynb").read_text("utf-8")
    assert build.leaks(content) == [] and len(content) < build.LIMIT
    assert not re.search(r"\\u001b\[", content), "colours of a terminal, which a page shows as letters"


@each_lesson
def test_it_runs_and_says_what_the_notebook_says(text: Path) -> None:
    """A cell tagged `varies` shows rounding or times; it runs, and what it says is its own."""
    for new, old in zip(code(build.executed(text)), code(committed(text)), strict=True):
        now, then = said(new), said(old)
        assert [kind for kind, _ in now] == [kind for kind, _ in then], new.source
        if "varies" not in new.metadata.get("tags", []):
            for (_, here), (_, there) in zip(now, then, strict=True):
                assert alike(here, there), f"{new.source}\n\nsays\n{here}\n\nand the notebook\n{there}"


@each_lesson
def test_opening_and_end(text: Path) -> None:
    cells = committed(text).cells
    assert re.match(rf"# {text.name[0]}\. .+\n\nAfter this you can\b", cells[0].source)
    assert cells[-1].source.startswith("## What differs between frameworks\n")
    table = r"^\|.*\| torch \| JAX \| autograd.*\|\n\|[-|]+\|\n(\|.+(\n|$)){3}"
    assert re.search(table, cells[-1].source, re.MULTILINE)


@each_lesson
def test_exercises_stand_in_the_lesson_and_in_the_table(text: Path) -> None:
    sources = [cell.source for cell in code(committed(text))]
    asked = [key for source in sources for key in re.findall(r'^check\("([\d.]+)"', source, re.MULTILINE)]
    assert asked == [key for key in exercises() if key.partition(".")[0] == text.name[0]]
    assert 3 <= len(asked) <= 5
    prose = "\n".join(cell.source for cell in committed(text).cells if cell.cell_type == "markdown")
    assert re.findall(r"\*\*Exercise ([\d.]+)\.\*\*", prose) == asked
    texts = [output.text for cell in code(committed(text)) for output in cell.outputs if "text" in output]
    # A program to be mended has no blank of its own: what it says, as it is handed out, is a hint.
    verdicts = re.findall(r"^([\d.]+): (?:not answered yet|not yet): ", "".join(texts), re.MULTILINE)
    assert verdicts == asked, "the notebook is handed out unsolved"


@each_lesson
def test_no_formula_needs_a_page_from_the_net(text: Path) -> None:
    prose = "\n".join(cell.source for cell in committed(text).cells if cell.cell_type == "markdown")
    assert not re.search(r"\$|\\\(|\\frac|https?://", prose)


@each_lesson
@pytest.mark.gpu
def test_it_runs_with_a_gpu(text: Path) -> None:
    if not pytest.importorskip("torch").cuda.is_available():
        pytest.skip("no GPU here: torch.cuda.is_available() is False")
    build.executed(text, environment={"MPLBACKEND": build.ENVIRONMENT["MPLBACKEND"]})
