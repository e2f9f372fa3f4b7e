"""An explanation as HTML, for notebooks, and as plain data."""

from __future__ import annotations

from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from multigrad.explanation.steps import Array, Step
from multigrad.explanation.table import COLUMNS, RIGHT, cells, sentences, title

if TYPE_CHECKING:
    from multigrad.explanation.explanation import Explanation

STYLE = """
.multigrad-explanation table { border-collapse: collapse; font-variant-numeric: tabular-nums }
.multigrad-explanation th, .multigrad-explanation td { padding: .15em .7em; text-align: left; vertical-align: top }
.multigrad-explanation th { border-bottom: 1px solid currentColor }
.multigrad-explanation .right { text-align: right }
.multigrad-explanation .back { color: #b3261e; font-weight: 600 }
.multigrad-explanation .frameworks { display: flex; flex-wrap: wrap; gap: 0 2em }
.multigrad-explanation .graph { overflow-x: auto; background: white }
.multigrad-explanation pre { white-space: pre; overflow-x: auto }
"""


def as_html(explained: Explanation) -> str:
    """The table, the graph, and what each framework recorded. Everything that f had a say in is escaped."""
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column)}</th>' for column in COLUMNS)
    rows = "".join(
        f"<tr>{''.join(_cell(*pair) for pair in zip(COLUMNS, cells(explained, line), strict=True))}</tr>"
        for line in explained.lines
    )
    said = "<br>".join(map(escape, sentences(explained)))
    frameworks = "".join(
        f"<details open><summary>{escape(each.title)}</summary><pre>{escape(each.body)}</pre></details>"
        for each in explained.frameworks
    )
    return (
        f'<div class="multigrad-explanation"><style>{STYLE}</style><table><caption>{escape(title(explained))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{said}</p>"
        f'<div class="graph" role="img" aria-label="{escape(title(explained))}">{_svg(explained)}</div>'
        f'<div class="frameworks">{frameworks}</div></div>'
    )


def _class(column: str) -> str:
    names = [*(["right"] if column in RIGHT else []), *(["back"] if column == "flows back" else [])]
    return f' class="{" ".join(names)}"' if names else ""


def _cell(column: str, text: str) -> str:
    return f"<td{_class(column)}>{escape(text)}</td>"


def _svg(explained: Explanation) -> str:
    from multigrad.explanation.drawing import figure

    drawn = StringIO()
    figure(explained).savefig(drawn, format="svg", metadata={"Date": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]


# Plain data --------------------------------------------------------------------------------------------


def as_dict(explained: Explanation) -> dict[str, Any]:
    """Plain data that `json.dumps` takes; numbers that JSON has not are the strings "nan", "inf" and "-inf"."""
    return {
        "function": explained.name,
        "order": explained.order,
        "backend": explained.backend,
        "version": explained.version,
        "device": explained.device,
        "x": plain(explained.x),
        "value": plain(explained.value),
        "slope": plain(explained.slope),
        "steps": [_step(step) for step in explained.steps],
        "frameworks": [
            {
                "backend": each.name,
                "version": each.version,
                "recorded": each.recorded,
                "idiom": each.idiom,
                "reason": each.reason,
            }
            for each in explained.frameworks
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "formula": step.formula,
        "operation": step.row,
        "value": plain(step.value),
        "operands": [
            {"step": each.step, "local": plain(each.local), "flow": plain(each.flow)} for each in step.operands
        ],
        "flow": plain(step.flow),
        "line": None if step.place is None else step.place.line,
        "source": None if step.place is None else step.place.text,
    }


def plain(value: Array | None) -> Any:
    """Nested lists of numbers; of a complex number, its text."""

    def entry(number: Any) -> Any:
        if isinstance(number, list):
            return [entry(each) for each in number]
        finite = isinstance(number, (int, float)) and abs(number) < float("inf")
        return number if finite else str(number)

    return None if value is None else entry(value.tolist())


__all__ = ["as_dict", "as_html"]
