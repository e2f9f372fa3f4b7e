"""Three columns of live code."""

from __future__ import annotations

import doctest

import pytest
import side_by_side as module
from side_by_side import side_by_side


def test_the_docstring() -> None:
    assert doctest.testmod(module).failed == 0 and doctest.testmod(module).attempted > 0


def test_code_and_result_stand_in_the_page_and_in_the_text() -> None:
    table = side_by_side({"row": ("1 + 1", "'<b>'", "")}, {}, ("a", "b", "c"))
    page = table._repr_html_()
    assert page.count("<td") == 3 and "1 + 1" in page and "→ 2" in page
    assert "→ &#x27;&lt;b&gt;&#x27;" in page, "what code gives is no markup"
    assert str(table).splitlines()[-2:] == [f"{'1 + 1':38}  '<b>'", f"{'→ 2':38}  → '<b>'"]


def test_an_error_is_a_result() -> None:
    table = side_by_side({"row": ("1 / 0", "[].pop()", "x = 1")}, {}, ("a", "b", "c"))
    assert [result for _, result in table.rows[0][1]] == ["✗ ZeroDivisionError: division by zero",
                                                          "✗ IndexError: pop from empty list", ""]  # fmt: skip


def test_names_stay_where_they_were_assigned() -> None:
    names: dict[str, object] = {}
    side_by_side({"row": ("y = 3\ny", "y + 1", "")}, names)
    assert names["y"] == 3


def test_a_long_line_is_broken_and_ends() -> None:
    table = side_by_side({"row": ("'" + "long" * 50 + "'", "1", "2")}, {})
    assert max(map(len, str(table).splitlines())) <= 3 * (module.LINE + 2)


def test_a_row_of_two() -> None:
    with pytest.raises(ValueError, match=r"row 'r' has 2 cells; expected one for each of torch, JAX, autograd"):
        side_by_side({"r": ("1", "2")}, {})
