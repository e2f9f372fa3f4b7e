"""HTML of the model's state, for a notebook: the picture as SVG, the table, and what the panels say.

Its colours are those of the text around it, so it is readable on light and on dark paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from multigrad.play import picture
from multigrad.play.answers import Row, shown
from multigrad.play.model import Explorer
from multigrad.play.picture import Pair

WIDTH, HEIGHT, EDGE = 640, 340, 34


def alert(text: str, sign: str = "✗") -> str:
    """An error, or what else must not be overlooked, in one line."""
    return f'<p role="alert" style="color:#c4541b;font-weight:600;margin:0">{sign} {escape(text)}</p>' if text else ""


def svg(model: Explorer) -> str:
    """The curve, each backend's tangent, the trail and the point."""
    xs, ys = model.curve
    window, limits = model.window, model.limits

    def at(point: Pair) -> str:
        x = EDGE + (point[0] - window[0]) / (window[1] - window[0]) * (WIDTH - EDGE - 8)
        y = HEIGHT - EDGE + 12 - (point[1] - limits[0]) / (limits[1] - limits[0]) * (HEIGHT - EDGE)
        return f"{x:.1f},{min(max(y, -9e3), 9e3):.1f}"

    parts = [_axes(window, limits, at), *(_line(piece, at, "currentColor", 2) for piece in _pieces(xs, ys))]
    for k, row in enumerate(model.rows):
        if row.backend in model.tangents:
            a, b = zip(*model.tangents[row.backend], strict=True)
            parts.append(_line([a, b], at, picture.COLOURS[k % 6], picture.WIDTHS[k % 6]))
    trail = picture.finite(model.trail)
    parts += [_line(trail, at, "#888", 1.5), *(_dot(point, at, 3.5, "#888") for point in trail)]
    if model.place is not None:
        parts.append(_dot(model.place, at, 5, "currentColor"))
    note = f'<p style="margin:0">{escape(model.note)}</p>' if model.note else ""
    label = f"The curve of {escape(model.f.source, quote=True)} with its tangents at x = {shown(model.x)}"
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'style="width:100%;height:auto;overflow:hidden;display:block">{"".join(parts)}</svg>{note}'
    )


def _pieces(xs: picture.Floats, ys: picture.Floats) -> Iterable[list[Pair]]:
    """The curve between its gaps."""
    piece: list[Pair] = []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if y == y:
            piece.append((x, y))
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _line(points: Sequence[Pair], at: picture.Placing, colour: str, width: float) -> str:
    path = " ".join(map(at, points))
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>' if points else ""


def _dot(point: Pair, at: picture.Placing, radius: float, colour: str) -> str:
    x, y = at(point).split(",")
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}"/>'


def _axes(window: Pair, limits: Pair, at: picture.Placing) -> str:
    lines, left, foot = [], window[0], limits[0]
    for tick in picture.ticks(window):
        lines.append(_line([(tick, foot), (tick, limits[1])], at, "#8884", 1))
        lines.append(_text(tick, at((tick, foot)), 0, 16, "middle"))
    for tick in picture.ticks(limits):
        lines.append(_line([(left, tick), (window[1], tick)], at, "#8884", 1))
        lines.append(_text(tick, at((left, tick)), -5, 4, "end"))
    return "".join(lines)


def _text(tick: float, place: str, right: float, down: float, anchor: str) -> str:
    x, y = map(float, place.split(","))
    return (
        f'<text x="{x + right:.1f}" y="{y + down:.1f}" text-anchor="{anchor}" font-size="11" '
        f'fill="currentColor">{tick:.4g}</text>'
    )


def table(rows: Sequence[Row], differing: str = "", referee: str = "") -> str:
    """The answers; an error stands in the row of the backend that has it."""
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left;white-space:nowrap">'
        f'<span style="color:{picture.COLOURS[k % 6]}" aria-hidden="true">▬ </span>'
        f"{escape(row.backend)} {escape(row.version)}</th>"
        f"{_numbers(row)}"
        f'<td style="white-space:nowrap;text-align:left">{row.sign} {escape(row.word)}</td></tr>'
        for k, row in enumerate(rows)
    )
    names = ("backend", "f(x)", "slope", "agreement")
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in names)
    foot = f'<p style="margin:0">{escape(referee)}</p>' if referee else ""
    style = "font-variant-numeric:tabular-nums;border-spacing:1em .1em;margin-left:-1em"
    body = f'<table style="{style}"><tr>{head}</tr>{lines}</table>'
    return body + alert(differing, "≠") + foot


def _numbers(row: Row) -> str:
    if row.error:
        return f'<td colspan="2" style="text-align:left">{escape(row.error)}</td>'
    return f"<td>{shown(row.value)}</td><td>{shown(row.slope)}</td>"


def descent_said(model: Explorer) -> str:
    """Where the descent is."""
    steps = max(0, len(model.trail) - 1)
    if not steps:
        return "No step yet: each goes from x to x - step size * slope."
    x, y = model.trail[-1]
    return f"{steps} step{'s' * (steps > 1)} from x = {shown(model.trail[0][0])} to x = {shown(x)}, f(x) = {shown(y)}"


def descent(model: Explorer) -> str:
    """What the descent panel says."""
    return f'<p style="margin:0">{escape(descent_said(model))}</p>{alert(model.descent_error)}'


def accumulation_said(model: Explorer) -> list[tuple[str, str]]:
    """What holds which gradient, and how much it is."""
    calls, grad = model.accumulator.calls, model.accumulator.grad
    since = f"w.grad of torch, after {calls} backward{'s' * (calls != 1)}"
    return [(since, "None" if grad is None else shown(grad)), *model.own_gradients.items()]


def accumulation(model: Explorer) -> str:
    """What the accumulation panel says."""
    if model.torch_missing:
        return alert(model.torch_missing)
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th><td>{escape(text)}</td></tr>'
        for name, text in accumulation_said(model)
    )
    return f"<table>{lines}</table>{alert(model.accumulation_error)}"


__all__ = ["accumulation", "accumulation_said", "alert", "descent", "descent_said", "svg", "table"]
