"""The explorer in a browser: a page of Panel's, on this machine alone, which asks for nothing from elsewhere.

The controls are plain HTML (``page.js``) and speak with the model in messages: ``{"do": name, "value": ...}`` there,
the whole ``state`` back. The page has one message under way at a time, and of those that wait sends the latest:
a slider that is dragged never runs ahead of its numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from multigrad.play import picture
from multigrad.play.answers import shown
from multigrad.play.drawing import accumulation_said, descent_said
from multigrad.play.model import EXAMPLE, Explorer
from multigrad.play.notebook import needed

HERE = Path(__file__).parent
PAPERS = {False: ("#1d1f21", "#dedfda", "#63676b"), True: ("#e4e5e2", "#34383b", "#9a9fa3")}
"""Whether the page is dark -> the colours of curve, grid and labels."""


class View:
    """One visitor's page: an `Explorer`, its figure, and the messages between the two and the browser."""

    def __init__(self, expression: str, x: float) -> None:
        self.model = model = Explorer(expression, x)
        self.figure, self._sources, self._looks = _figure()
        self._rows, self._referee = model.rows, ""
        self._changes: dict[str, Callable[[Any], object]] = {
            "f": lambda value: model.set_expression(str(value)),
            "x": lambda value: model.set_x(value if isinstance(value, float | int) else str(value)),
            "dtype": lambda value: model.set_dtype(str(value)),
            "rate": lambda value: model.set_rate(str(value)),
            "forget": lambda value: setattr(model, "forget", bool(value)),
            "step": lambda _: model.step(),
            "reset": lambda _: model.reset(),
            "backward": lambda _: model.backward(),
            "dark": self._recolour,
            "judge": lambda _: None,
        }
        self.draw()

    def receive(self, message: Any) -> dict[str, Any]:
        """Do what the browser asks; the state afterwards, with the number of the message."""
        name = message.get("do")
        if name in self._changes:
            self._changes[name](message.get("value"))
        if name == "judge":
            self._rows, self._referee = self.model.judge()
        elif name != "dark":
            self._rows, self._referee = self.model.rows, ""
        self.draw()
        return self.state(message.get("n", 0))

    def state(self, n: int = 0) -> dict[str, Any]:
        """Everything that the page shows, in words and digits."""
        model = self.model
        return {
            "n": n, "f": model.f.source, "errors": model.errors, "x": model.x, "window": list(model.window),
            "dtype": model.dtype, "note": model.note, "differing": model.differing, "referee": self._referee,
            "rate": model.rate, "forget": model.forget, "descent": descent_said(model),
            "descent_error": model.descent_error, "torch_missing": model.torch_missing,
            "accumulation": accumulation_said(model), "accumulation_error": model.accumulation_error,
            "rows": [
                {
                    "backend": row.backend, "version": row.version, "value": shown(row.value), "error": row.error,
                    "slope": shown(row.slope), "word": row.word, "sign": row.sign, "colour": picture.COLOURS[k % 6],
                }
                for k, row in enumerate(self._rows)
            ],
        }  # fmt: skip

    def draw(self) -> None:
        """The picture as the model has it; what did not change is not sent."""
        model, source = self.model, self._sources
        xs, ys = model.curve
        if source["curve"].tags != [id(ys)]:
            source["curve"].data, source["curve"].tags = {"x": xs, "y": ys}, [id(ys)]
            for axis, pair in ((self.figure.x_range, model.window), (self.figure.y_range, model.limits)):
                axis.update(start=pair[0], end=pair[1])
        drawn = model.tangents
        tangents = [(k, drawn[row.backend]) for k, row in enumerate(model.rows) if row.backend in drawn]
        data = {
            "tangents": {
                "xs": [list(line[0]) for _, line in tangents], "ys": [list(line[1]) for _, line in tangents],
                "colour": [picture.COLOURS[k % 6] for k, _ in tangents],
                "width": [picture.WIDTHS[k % 6] for k, _ in tangents],
            },
            "point": _columns([model.place] if model.place else []),
            "trail": _columns(picture.finite(model.trail)),
        }  # fmt: skip
        for name, columns in data.items():
            if source[name].data != columns:
                source[name].data = columns

    def _recolour(self, dark: Any) -> None:
        ink, line, quiet = PAPERS[bool(dark)]
        for look, names, colour in self._looks(ink, line, quiet):
            look.update(**dict.fromkeys(names, colour))


def _columns(points: list[picture.Pair]) -> dict[str, list[float]]:
    return {"x": [x for x, _ in points], "y": [y for _, y in points]}


Looks = Callable[[str, str, str], list[tuple[Any, tuple[str, ...], str]]]
"""The colours of ink, lines and labels -> each model of the figure, which of its properties, and their colour."""


def _figure() -> tuple[Any, dict[str, Any], Looks]:
    """The empty picture, its sources, and its looks."""
    models, plotting = needed("bokeh.models"), needed("bokeh.plotting")
    plot = plotting.figure(
        height=380, sizing_mode="stretch_width", tools="", toolbar_location=None, lod_threshold=None,
        x_range=(0, 1), y_range=(0, 1), min_border_left=60, min_border_right=12,
        background_fill_alpha=0, border_fill_alpha=0, outline_line_alpha=0,
    )  # fmt: skip
    columns = {"curve": "x y", "trail": "x y", "point": "x y", "tangents": "xs ys colour width"}
    source = {name: models.ColumnDataSource({each: [] for each in named.split()}) for name, named in columns.items()}
    curve = plot.line("x", "y", source=source["curve"], line_width=2)
    plot.multi_line("xs", "ys", source=source["tangents"], line_color="colour", line_width="width")
    trail = plot.line("x", "y", source=source["trail"], line_width=1.5, line_dash="dotted")
    steps = plot.scatter("x", "y", source=source["trail"], size=8, fill_alpha=0)
    point = plot.scatter("x", "y", source=source["point"], size=12)
    told = models.CustomJS(code="window.dispatchEvent(new CustomEvent('multigrad:x', {detail: cb_obj.x}))")
    for event in ("tap", "pan"):
        plot.js_on_event(event, told)

    def looks(ink: str, line: str, quiet: str) -> list[tuple[Any, tuple[str, ...], str]]:
        axis = ("axis_line_color", "major_tick_line_color", "minor_tick_line_color", "major_label_text_color")
        return [
            (curve.glyph, ("line_color",), ink), (point.glyph, ("fill_color", "line_color"), ink),
            (trail.glyph, ("line_color",), quiet), (steps.glyph, ("line_color",), quiet),
            *((each, axis, quiet) for each in plot.axis), *((each, ("grid_line_color",), line) for each in plot.grid),
        ]  # fmt: skip

    for look, names, colour in looks(*PAPERS[False]):
        look.update(**dict.fromkeys(names, colour))
    return plot, source, looks


def _at_once(document: Any) -> None:
    """Let small messages go as they come; TCP would keep each back until the browser has acknowledged the last.

    Bokeh sends a message in three parts and has no setting for it: without this an answer is some 40 ms late.
    """
    context = getattr(document, "session_context", None)
    for connection in getattr(getattr(context, "session", None), "_subscribed_connections", ()):
        connection._socket.set_nodelay(True)


def component(expression: str = EXAMPLE, x: float = -2.0) -> Any:
    """A page for one visitor, as a component of Panel's.

    Raises
    ------
    ExpressionError, BackendUnavailable
        The expression cannot be read; Panel is not installed.
    """
    panel, param, custom = needed("panel"), needed("param"), needed("panel.custom")

    class Page(custom.JSComponent):  # type: ignore[misc,name-defined]  # Panel is here only where it is installed
        """The HTML around the figure."""

        state = param.Dict()
        plot = custom.Child()
        _esm = (HERE / "page.js").read_text("utf-8")
        _stylesheets: ClassVar[list[str]] = [(HERE / "page.css").read_text("utf-8")]

        def _handle_msg(self, message: Any) -> None:
            _at_once(panel.state.curdoc)
            with panel.io.hold():
                self._send_msg(view.receive(message))  # setting `state` would walk every model of the figure

    view = View(expression, x)
    return Page(
        plot=panel.pane.Bokeh(view.figure, sizing_mode="stretch_width", theme=None),
        state=view.state(), sizing_mode="stretch_width",
    )  # fmt: skip
