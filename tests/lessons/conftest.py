"""The lessons need all three frameworks and the notebook tools; without one of them their tests are skipped."""

import sys
from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "lessons"

# A lesson's kernel starts in its folder, and so finds `checks` there. At the end: `build` is a package's name too.
sys.path.append(str(LESSONS))


@pytest.fixture(autouse=True)
def everything_is_here() -> None:
    for name in ("torch", "jax", "jupytext", "nbclient", "ipykernel"):
        pytest.importorskip(name, reason=f"the lessons need {name}: pip install 'multigrad-compare[all,lessons]'")
