"""docs/numpy_coverage.md says what is so: every cell of torch and autograd, and some of JAX, whose calls compile."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from multigrad.testing.numpy_calls import Call
from multigrad.testing.numpy_coverage import BACKENDS, RIGHT, Truth, answer, by_differences, grouped, page, row

PAGE = Path(__file__).parent.parent / "docs" / "numpy_coverage.md"
Cells = dict[str, dict[str, str]]
Truths = dict[str, list[tuple[Call, Truth]]]
EVERY = {"autograd": 1, "torch": 1, "jax": 12}
"""Of so many functions, one is tried."""


@pytest.fixture(scope="module")
def cells() -> Cells:
    """function -> backend -> cell."""
    rows = re.findall(r"^\| `(.+?)` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {name: dict(zip(BACKENDS, rest.split(" | "), strict=False)) for name, rest in rows}


@pytest.fixture(scope="module")
def truths() -> Truths:
    return {function: [(call, by_differences(call)) for call in of_it] for function, of_it in grouped().items()}


def test_every_cell_is_so(cells: Cells, truths: Truths, backend: str) -> None:
    assert list(cells) == list(truths), "run: python -m multigrad.testing.numpy_coverage docs/numpy_coverage.md"
    wrong = {}
    for function, of_it in list(truths.items())[:: EVERY[backend]]:
        found = [answer(call, truth, backend) for call, truth in of_it]
        now = next((cell for cell in found if cell != RIGHT), RIGHT)
        if now != cells[function][backend]:
            wrong[function] = now
    assert not wrong


def test_as_many_functions_are_right_as_the_page_says(cells: Cells) -> None:
    right = sum(set(row.values()) == {RIGHT} for row in cells.values())
    assert f"{right} of {len(cells)} functions are right on all three" in PAGE.read_text("utf-8")
    assert right >= 300
    assert not [f for f, row in cells.items() if any(cell.startswith("wrong") for cell in row.values())]


@pytest.mark.slow
def test_the_page_is_written_so_again(request: pytest.FixtureRequest) -> None:
    if set(request.config.getoption("--backends").split(",")) != set(BACKENDS):
        pytest.skip("a backend was left out on purpose")
    assert page(row(function, of_it) for function, of_it in grouped().items()) == PAGE.read_text("utf-8")


def test_a_wrong_gradient_is_seen() -> None:
    call = grouped()["np.sin"][0]
    truth = by_differences(call)
    assert truth.judge(truth.value, truth.gradient) == RIGHT
    for lie in (truth.gradient * 1.001, np.full(truth.gradient.shape, np.nan), 0 * truth.gradient):
        assert truth.judge(truth.value, lie).startswith("wrong")
    assert truth.judge(truth.value + 1e-3, truth.gradient).startswith("wrong")
