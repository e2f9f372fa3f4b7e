"""The explorer without its looks: an expression, an x, a precision, a descent and an accumulated gradient."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from multigrad.backends import list_backends
from multigrad.errors import ExpressionError, MultigradError
from multigrad.expressions import describe, parse, parse_point
from multigrad.play import picture
from multigrad.play.answers import Accumulator, Number, Row, answers, judged, own_gradients, shown
from multigrad.play.picture import Floats, Pair

EXAMPLE = "x**3 + 3*x**2 - 5*x + 4"
DTYPES = ("float64", "float32")
HALF = 5.0
"""Half the width of the window at the start."""
NAMES = {"x": "x", "rate": "the step size"}
SUCH_AS = {"x": "-2 or pi/2", "rate": "0.1"}
LARGEST_X = 1e100
"""A window around a larger x could not be drawn."""


class Explorer:
    """What a person explores. A view sets and reads it, and draws; nothing here knows a view.

    Parameters
    ----------
    expression : str
        f, as `multigrad.expressions.parse` reads it; nothing else is run.
    x : float
        Where.
    dtype : {"float64", "float32"}

    Raises
    ------
    ExpressionError
        The first expression cannot be read. A later one that cannot is refused: see `set_expression`.

    Examples
    --------
    >>> from multigrad.play.model import Explorer
    >>> explorer = Explorer("x**2", 3.0)
    >>> explorer.rows[0].slope
    np.float64(6.0)
    >>> explorer.set_expression("x**")
    False
    >>> explorer.f.source
    'x**2'
    """

    def __init__(self, expression: str = EXAMPLE, x: float = -2.0, dtype: str = "float64") -> None:
        self.f = parse(expression)
        self.errors: dict[str, str] = {}
        """What was typed last and is refused ("f", "x" or "rate") -> why."""
        self.dtype = dtype
        self.backends = list_backends()
        self.window: Pair = (-HALF, HALF)
        self.rate = 0.1
        self.forget = False
        self.x = float(x)
        if not abs(self.x) <= LARGEST_X:
            raise ExpressionError(f"x={x!r}; expected a number between -{LARGEST_X:g} and {LARGEST_X:g}")
        self._show_x()
        self._restart()

    # What is set ---------------------------------------------------------------------------------------

    def set_expression(self, text: str) -> bool:
        """Explore another f; one that cannot be read leaves the last good one, and its reason in `errors`."""
        try:
            f = parse(text)
        except ExpressionError as error:
            return self._refuse("f", str(error))
        self.errors.pop("f", None)
        if f != self.f:
            self.f = f
            self._restart()
        return True

    def set_x(self, x: float | str) -> bool:
        """Go to x, a number or its text (``"pi/2"``); the window follows where it would be left."""
        number = self._number("x", x)
        if number is None:
            return False
        if not abs(number) <= LARGEST_X:
            return self._refuse("x", f"x is {x}; expected a number between -{LARGEST_X:g} and {LARGEST_X:g}")
        self._move(number)
        self._show_x()
        return True

    def set_rate(self, rate: float | str) -> bool:
        """The step size of the descent."""
        number = self._number("rate", rate)
        if number is None:
            return False
        if not 0 < number < np.inf:
            return self._refuse("rate", f"the step size is {rate}; expected a number above 0, such as 0.1")
        self.rate = number
        return True

    def set_dtype(self, dtype: str) -> None:
        """Compute in ``"float64"`` or ``"float32"`` from now on."""
        if dtype not in DTYPES:
            raise ValueError(f"dtype={dtype!r}; expected one of {', '.join(DTYPES)}")
        self.dtype = dtype
        self._restart()

    @property
    def error(self) -> str:
        """Why something that was typed is refused, in one line; empty where nothing is."""
        return next(iter(self.errors.values()), "")

    def _number(self, field: str, given: float | str) -> float | None:
        if isinstance(given, str) and not given.strip():
            self._refuse(field, f"the field of {NAMES[field]} is empty; expected a number, such as {SUCH_AS[field]}")
            return None
        try:
            number = parse_point(given) if isinstance(given, str) else float(given)
        except ExpressionError as error:
            self._refuse(field, str(error))
            return None
        if not isinstance(number, float):
            self._refuse(field, f"{given!r} is an array; expected one number")
            return None
        self.errors.pop(field, None)
        return number

    def _refuse(self, field: str, why: str) -> bool:
        self.errors[field] = why
        return False

    def _move(self, x: float) -> None:
        self.x = x
        self._forget_answers("point", "rows")

    def _show_x(self) -> None:
        low, high = self.window
        if not low <= self.x <= high:
            half = max(HALF, 0.1 * abs(self.x))
            self.window = (self.x - half, self.x + half)
            self._forget_answers("sampled", "limits")

    def _restart(self) -> None:
        """Another f or precision: nothing that was computed holds any more."""
        self._forget_answers("point", "rows", "sampled", "limits")
        self.accumulator = Accumulator()
        self.accumulation_error = ""
        self.own_gradients: dict[str, str] = {}
        self.trail: list[Pair] = []
        self.descent_error = ""

    def _forget_answers(self, *names: str) -> None:
        for name in names:
            self.__dict__.pop(name, None)

    # What is shown -------------------------------------------------------------------------------------

    @cached_property
    def point(self) -> Number:
        """x in the precision that is explored."""
        with np.errstate(all="ignore"):
            point: Number = np.dtype(self.dtype).type(self.x)
        return point

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The answer of each backend at x."""
        return answers(self.f, self.point, self.backends)

    @cached_property
    def sampled(self) -> tuple[Floats, Floats]:
        """The curve over the window, whole."""
        return picture.curve(self.f, self.window, self.dtype)

    @property
    def curve(self) -> tuple[Floats, Floats]:
        """The curve over the window, cut at the limits."""
        x, y = self.sampled
        return x, picture.clipped(y, self.limits)

    @cached_property
    def limits(self) -> Pair:
        """The picture's lowest and highest y; of a huge curve, around its ordinary part."""
        return picture.limits(self.sampled[1])

    @property
    def height(self) -> float:
        """f(x), as the first backend with a finite value has it; else the first value, or NaN where none answers."""
        values = [float(row.value) for row in self.rows if row.value is not None]
        return next(filter(np.isfinite, values), values[0] if values else np.nan)

    @property
    def place(self) -> Pair | None:
        """x and f(x); None where f has no value that can be drawn."""
        found = picture.finite([(self.x, self.height)])
        return found[0] if found else None

    @property
    def tangents(self) -> dict[str, tuple[Pair, Pair]]:
        """Backend -> the ends of its tangent; left out where it has none."""
        drawn = {
            row.backend: picture.tangent(self.x, float(row.value), float(row.slope), self.window, self.limits)
            for row in self.rows
            if row.value is not None and row.slope is not None
        }
        return {name: line for name, line in drawn.items() if line is not None}

    @property
    def note(self) -> str:
        """What the picture cannot show."""
        if self.place is None and np.isfinite(self.height):
            return f"f(x) = {shown(self.height)} is too large to draw"
        if self.place is None:
            return "f has no finite value at x: there is no point and no tangent to draw"
        if not picture.inside(self.place, self.window, self.limits):
            return f"the point ({shown(self.place[0])}, {shown(self.place[1])}) lies outside the picture"
        return ""

    @property
    def differing(self) -> str:
        """Says so where the backends' slopes are not all the same; else empty."""
        differ = any(row.word == "differs" for row in self.rows)
        return "the backends' slopes differ here" if differ else ""

    def judge(self) -> tuple[tuple[Row, ...], str]:
        """The rows with the verdicts of `multigrad.compare`, and what the referee says: for when x rests."""
        return judged(self.f, self.point, self.rows)

    # Gradient descent ----------------------------------------------------------------------------------

    def step(self) -> bool:
        """One step downhill: x - rate * slope, with the slope of the first backend that has a finite one."""
        self.descent_error = ""
        slopes = [row.slope for row in self.rows if row.slope is not None and np.isfinite(row.slope)]
        place = (self.x, self.height)
        if not slopes or not np.isfinite(self.height):
            self.descent_error = "no step: no backend has a finite value and slope here"
            return False
        with np.errstate(all="ignore"):
            reached = float(self.point - np.dtype(self.dtype).type(self.rate) * slopes[0])
        if not abs(reached) <= LARGEST_X:
            self.descent_error = f"no step: it would lead to x = {shown(reached)}; take a smaller step size"
            return False
        if not self.trail or self.trail[-1] != place:  # x was moved by hand: the descent begins anew
            self.trail = [place]
        self._move(reached)
        self.trail += [(reached, self.height)]
        return True

    def reset(self) -> None:
        """Back to where the descent began; the trail is wiped."""
        if self.trail:
            self._move(self.trail[0][0])
            self._show_x()
        self.trail, self.descent_error = [], ""

    # Accumulation --------------------------------------------------------------------------------------

    @property
    def torch_missing(self) -> str:
        """Why there is no tensor, with the line that installs torch; empty where there is one."""
        return next((info.reason for info in self.backends if info.name == "torch"), "")

    def backward(self) -> bool:
        """Call ``backward()`` on a real torch tensor at x, and ask jax.grad and autograd.grad beside it."""
        self.own_gradients = own_gradients(self.f, self.point)
        self.accumulation_error = ""
        try:
            self.accumulator.backward(self.f, self.point, forget=self.forget)
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever f or a framework raises is shown
            self.accumulation_error = str(error) if isinstance(error, MultigradError) else describe(error)
            return False
        return True


__all__ = ["DTYPES", "EXAMPLE", "Explorer"]
