"""Curves with their tangents, on matplotlib.

Every function draws on `ax`, or on the current axes as pyplot does, returns the Axes and shows nothing: so
several calls draw one picture, and `plt.show()` or ``ax.figure.savefig(...)`` is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from multigrad import backends
from multigrad.errors import NotScalarValued
from multigrad.operators import value_and_slope

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Function = Callable[[Any], Any]
Floats = npt.NDArray[np.float64]

STYLES = tuple(zip(("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"), "osD^vP", strict=True))
"""Colours and markers of the tangents: those of Okabe and Ito, told apart by colour-blind readers too."""

DASHES = ("-", "--", "-.", ":")

POINTS = 601
REACH = 0.18
"""Half the length of a tangent, as a part of the axes' width and height."""
POLE = 10
"""A curve whose highest values are this many times its ordinary range has a pole and leaves the picture."""


def plot_func(
    func: Function, color: Any = "red", ax: Axes | None = None, xlim: tuple[float, float] = (-3, 3)
) -> Axes:
    """Draw a function.

    Parameters
    ----------
    func : callable
        Takes a NumPy array of points, or else one point after the other. Where it has no real value, the
        curve has a gap.
    color : matplotlib colour
    ax : matplotlib.axes.Axes or None
        None: the current axes, so that ``plot_func(f); plot_func(g)`` draws both in one picture.
    xlim : (float, float)
        From where to where.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from multigrad.plotting import plot_func
    >>> ax = plot_func(lambda x: x**3 + 3 * x**2 - 5 * x + 4)
    >>> ax.lines[0].get_color()
    'red'
    """
    ax = _axes(ax)
    x = np.linspace(*xlim, POINTS)
    ax.plot(x, _curve(func, x), color=color)
    return ax


def plot_gradient(x: Any, y: Any, slope: Any, ax: Axes | None = None) -> Axes:
    """Draw the line of a slope at the point (x, y), from x - 1 to x + 1.

    Parameters
    ----------
    x, y, slope : number, 0-d array or tensor
        Of NumPy or any framework, on any device, recorded or not.
    ax : matplotlib.axes.Axes or None
        None: the current axes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    NotScalarValued
        There are several points.

    Examples
    --------
    >>> from multigrad.plotting import plot_gradient
    >>> ax = plot_gradient(-2.0, 18.0, -5.0)
    >>> ax.lines[-1].get_xydata().tolist()
    [[-3.0, 23.0], [-1.0, 13.0]]
    """
    sizes = [_host(each).size for each in (x, y, slope)]
    if sizes != [1, 1, 1]:
        raise NotScalarValued(
            f"x, y and slope have {', '.join(map(str, sizes))} entries; expected one number each: for several points "
            "write plot_slope(f, x)"
        )
    ax = _axes(ax)
    x, y, slope = (_host(each).item() for each in (x, y, slope))
    ax.plot([x - 1, x + 1], [y - slope, y + slope], color=STYLES[0][0], linewidth=2)
    return ax


def plot_slope(
    f: Function, x: Any, device: object = None, backend: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw f with its tangent at x, or with one at each of several x; the legend says their slopes.

    Parameters
    ----------
    f, x, device, backend
        As for `multigrad.slope`; f(x) has one value for each x.
    ax : matplotlib.axes.Axes or None
        None: the current axes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    NotScalarValued
        f(x) has several values at one x: a curve in space.
    MultigradError
        As for `multigrad.slope`.

    Examples
    --------
    >>> from multigrad.plotting import plot_slope
    >>> ax = plot_slope(lambda x: x**3 + 3 * x**2 - 5 * x + 4, -2.0)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['f', 'slope at -2: -5']
    """
    y, slope = value_and_slope(f, x, device, backend=backend)
    return plot_tangents(f, x, y, slope, ax)


def plot_tangents(f: Function, x: Any, y: Any, slope: Any, ax: Axes | None = None) -> Axes:
    """`plot_slope` for values and slopes that are there already.

    Parameters
    ----------
    f : callable
        The curve; called with what `y` is, NumPy's or a framework's.
    x, y, slope : number, array or tensor
        The points, f(x), and the slopes there; all of one shape.
    ax : matplotlib.axes.Axes or None
        None: the current axes.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    NotScalarValued
        There is not one value and one slope for each point.
    """
    points, values, slopes = (_host(each).astype(np.float64).ravel() for each in (x, y, slope))
    if not points.size == values.size == slopes.size:
        counts = f"{points.size} points, {values.size} values and {slopes.size} slopes"
        raise NotScalarValued(
            f"{counts}; expected one value and one slope at each point: of a curve in space draw one component, "
            "plot_slope(lambda t: f(t)[0], x)"
        )
    ax = _axes(ax)
    at = np.union1d(np.linspace(*_limits(points), POINTS), points[np.isfinite(points)])
    drawn = [line.get_gid() for line in ax.lines]  # by earlier calls: a second function looks different
    dashes = DASHES[drawn.count("curve") % len(DASHES)]
    ax.plot(at, _curve(_like(y, f), at, values), color="0.35", linestyle=dashes, label=_name(f), gid="curve")
    few = points.size <= len(STYLES)
    dx, dy = _reach(ax, slopes)
    for i, (px, py, m) in enumerate(zip(points, values, slopes, strict=True)):
        color, marker = STYLES[(drawn.count("tangent") + i * few) % len(STYLES)]
        label = f"slope at {px:.8g}: {m:.6g}" if few else None
        xs, ys = (px - dx[i], px, px + dx[i]), (py - dy[i], py, py + dy[i])
        ax.plot(xs, ys, color=color, linewidth=2, marker=marker, markevery=[1], label=label, gid="tangent")
    if not few:
        low, high = np.fmin.reduce(slopes), np.fmax.reduce(slopes)
        ax.lines[-1].set_label(f"{points.size} slopes, {low:.6g} to {high:.6g}")
    ax.set_xlabel(ax.get_xlabel() or "x")
    ax.legend()
    return ax


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt  # slow to load, and not needed by those who bring their axes

    return plt.gca()


def _host(x: Any) -> npt.NDArray[Any]:
    owner = backends.owner(x)
    return np.asarray(x) if owner is None else owner.to_host(x)


def _name(f: Function) -> str:
    """What the legend calls f. (It leaves out names that begin with an underscore.)"""
    name = getattr(f, "__name__", "f")
    return name if len(name) <= 40 and not name.startswith(("_", "<")) else "f"


def _limits(points: Floats) -> tuple[float, float]:
    """From where to where the curve is drawn: -3 to 3 where that shows every point, else around them."""
    finite = points[np.isfinite(points)]
    if not np.any(np.abs(finite) > 0.9 * 3):
        return -3.0, 3.0
    low, high = finite.min(), finite.max()
    centre = low + (high - low) / 2
    half = max(3.0, 0.6 * (high - low), 0.1 * abs(centre))
    return centre - half, centre + half


def _reach(ax: Axes, slopes: Floats) -> tuple[Floats, Floats]:
    """Half of each tangent, in data units: as seen, equally long however steep, and shorter among many."""
    width, height = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    with np.errstate(over="ignore"):
        angles = np.arctan(slopes * (width / height))
    reach = REACH * min(1, np.sqrt(len(STYLES) / max(1, slopes.size)))
    return reach * width * np.cos(angles), reach * height * np.sin(angles)


def _like(y: Any, f: Function) -> Function:
    """f of a NumPy array, where f takes what y is: an array of some framework, or NumPy's."""
    owner = backends.owner(y)
    if owner is None:
        return f
    device, dtype = owner.device_of(y), owner.dtype_of(y)

    def hosted(x: Floats) -> npt.NDArray[Any]:
        with owner.context(device, dtype):
            return _host(f(owner.from_host(np.asarray(x, dtype), device)))

    return hosted


def _curve(f: Function, x: Floats, shown: Iterable[float] = ()) -> Floats:
    """f at each x. NaN, which leaves a gap, where f has no real value, and on the way to a pole.

    The values in `shown` stay in the picture.
    """
    with np.errstate(all="ignore"):
        y = _evaluate(f, x)
        finite = np.isfinite(y)
        if finite.any():
            low, high = np.quantile(y[finite], (0.05, 0.95))
            if np.ptp(y[finite]) > POLE * (high - low) and _has_pole(f, x, np.where(finite, y, 0)):
                finite &= y >= min((2 * low - high, *shown))
                finite &= y <= max((2 * high - low, *shown))
        else:
            f(x[0])  # nothing to draw: let f say why
    return np.where(finite, y, np.nan)


def _has_pole(f: Function, x: Floats, y: Floats) -> bool:
    """Whether the highest peak grows when it is looked at more closely."""
    peak = int(np.argmax(np.abs(y)))
    around = np.linspace(x[max(peak - 1, 0)], x[min(peak + 1, x.size - 1)], POINTS)
    return not np.max(np.abs(_evaluate(f, around))) <= 2 * np.abs(y[peak])


def _evaluate(f: Function, x: Floats) -> Floats:
    """f of all of x, or of one point after the other where f does not take arrays."""
    try:
        y = np.asarray(f(x.copy())).astype(np.float64, casting="same_kind")
        if y.shape == x.shape:
            return y
    except Exception:  # noqa: BLE001  # whatever it is, one point alone shows it again
        pass
    values: list[float] = []
    for point in x:
        try:
            value = f(point)
        except (ArithmeticError, ValueError):  # outside the domain of f
            value = np.nan
        values.append(np.asarray(value).item())
    return np.array(values, dtype=np.float64)
