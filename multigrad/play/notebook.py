"""The explorer in a notebook, of ipywidgets; its picture is an SVG, which is drawn faster than x is dragged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from multigrad.errors import BackendUnavailable
from multigrad.play import drawing
from multigrad.play.model import DTYPES, EXAMPLE, Explorer

INSTALL = "pip install 'multigrad-compare[play]'"


def needed(module: str) -> Any:
    """A module of the extra ``play``.

    Raises
    ------
    BackendUnavailable
        It is not installed; the message has the line that installs it.
    """
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise BackendUnavailable(f"the explorer needs {name}, which is not installed: {INSTALL}") from error


def explorer(expression: str = EXAMPLE, x: float = -2.0, dtype: str = "float64") -> Any:
    """An explorer of slopes for a notebook: drag x, and every backend's tangent and numbers follow.

    Parameters
    ----------
    expression : str
        f, as the command line reads it: arithmetic and NumPy functions of x.
    x : float
        Where to begin.
    dtype : {"float64", "float32"}

    Returns
    -------
    ipywidgets.VBox
        The last line of a cell shows it. Its ``model`` is the `Explorer`; ``controls`` has the widgets by name.

    Raises
    ------
    ExpressionError
        The expression cannot be read.
    BackendUnavailable
        ipywidgets is not installed.

    Examples
    --------
    >>> from multigrad.play import explorer
    >>> shown = explorer("x**2", 3.0)
    >>> shown.controls["x"].value = 1.0
    >>> shown.model.rows[0].slope
    np.float64(2.0)
    """
    return _View(Explorer(expression, x, dtype)).box


class _View:
    """The widgets of one explorer, each bound to the model."""

    def __init__(self, model: Explorer) -> None:
        self.model = model
        self.w = w = needed("ipywidgets")
        wide, style = w.Layout(width="100%", max_width="46rem"), {"description_width": "5.5rem"}
        self.controls = c = {
            "f": w.Text(model.f.source, description="f(x) =", layout=wide, style=style),
            "slider": w.FloatSlider(model.x, description="x", readout=False, layout=wide, style=style),
            "x": w.FloatText(model.x, description="x, exactly", step=0.1, style=style),
            "dtype": w.ToggleButtons(options=DTYPES, value=model.dtype, description="precision", style=style),
            "judge": w.Button(description="Ask the referee", tooltip="Judge the answers as multigrad.compare does"),
            "rate": w.FloatText(model.rate, description="step size", step=0.05, style=style),
            "step": w.Button(description="Step"),
            "reset": w.Button(description="Reset"),
            "backward": w.Button(description="backward()", disabled=bool(model.torch_missing)),
            "forget": w.Checkbox(description="forget to zero", value=model.forget, indent=False),
        }
        names = ("error", "picture", "rows", "descent", "accumulation")
        self.parts = {name: w.HTML(layout=wide) for name in names}
        self._quiet = False
        self._bind()
        p = self.parts
        self.box: Any = w.VBox([
            c["f"], p["error"], p["picture"], c["slider"], self._line("x", "dtype", "judge"), p["rows"],
            w.HTML("<b>Gradient descent</b>"), self._line("rate", "step", "reset"), p["descent"],
            w.HTML("<b>Accumulation in torch</b>"), self._line("backward", "forget"), p["accumulation"],
        ])  # fmt: skip
        self.box.model, self.box.controls, self.box.parts = model, c, p
        self.show()

    def _line(self, *names: str) -> Any:
        return self.w.HBox([self.controls[name] for name in names], layout=self.w.Layout(flex_flow="row wrap"))

    def _bind(self) -> None:
        model, c = self.model, self.controls
        set_by = {
            "f": model.set_expression, "slider": model.set_x, "x": model.set_x, "dtype": model.set_dtype,
            "rate": model.set_rate, "forget": lambda value: setattr(model, "forget", value),
        }  # fmt: skip
        for name, change in set_by.items():
            c[name].observe(lambda event, change=change: self._do(change, event["new"]), "value")
        for name in ("step", "reset", "backward"):
            c[name].on_click(lambda _, name=name: self._do(getattr(model, name)))
        c["judge"].on_click(lambda _: self.show(verdicts=True))

    def _do(self, change: Any, *value: Any) -> None:
        if not self._quiet:
            change(*value)
            self.show()

    @contextmanager
    def _hushed(self) -> Iterator[None]:
        """Widgets that are set here tell the model nothing that it does not know."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def show(self, *, verdicts: bool = False) -> None:
        """Everything as the model has it."""
        model, c = self.model, self.controls
        rows, referee = model.judge() if verdicts else (model.rows, "")
        with self._hushed():
            slider = c["slider"]
            low, high = model.window
            slider.min, slider.max = min(low, slider.max), high
            slider.min, slider.step = low, (high - low) / 500
            slider.value = model.x
            if "x" not in model.errors:
                c["x"].value = model.x
        shown = {
            "error": drawing.alert(model.error),
            "picture": drawing.svg(model),
            "rows": drawing.table(rows, model.differing, referee),
            "descent": drawing.descent(model),
            "accumulation": drawing.accumulation(model),
        }
        for name, html in shown.items():
            self.parts[name].value = html


__all__ = ["explorer", "needed"]
