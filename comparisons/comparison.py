"""`compare`: one function at one point, on every backend, judged by the referee."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from multigrad import backends as registry
from multigrad.array import RecordedArray
from multigrad.comparisons import report
from multigrad.comparisons.entries import ROUNDINGS
from multigrad.comparisons.referee import Judgement, referee
from multigrad.comparisons.run import Outcome, run
from multigrad.comparisons.scenario import Function, Operator, Scenario, each_once
from multigrad.comparisons.verdict import ANSWERED, DISAGREEING, Row, judge, settled
from multigrad.errors import NotDifferentiable, UnknownBackend, UnknownOperator, a
from multigrad.faces import FLOAT16, FLOAT32, host_array


@dataclass(frozen=True, repr=False)
class Comparison:
    """What every backend says of one function at one point. Printed, it is a table."""

    scenario: Scenario
    rows: tuple[Row, ...]
    """One for each backend."""
    referee: Judgement
    """The independent source of truth."""
    outcomes: tuple[Outcome, ...] = ()
    """What was judged: one for each row."""

    @property
    def agree(self) -> bool:
        """Whether at least one backend answered, and none differs, is misplaced or failed."""
        verdicts = {row.verdict for row in self.rows}
        return bool(verdicts & ANSWERED) and not verdicts & DISAGREEING

    @property
    def title(self) -> str:
        """``"slope of f at -2.0"``."""
        order = "" if self.scenario.order == 1 else f" of order {self.scenario.order}"
        dtype = "" if self.scenario.dtype == np.float64 else f", in {self.scenario.dtype}"
        return f"{self.scenario.operator}{order} of {self.scenario.name} at {report.brief(self.scenario.x)}{dtype}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `json.dumps` takes."""
        return report.as_dict(self)

    def __str__(self) -> str:
        return report.as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return report.as_html(self)

    def __rich__(self) -> Any:
        return report.as_rich(self)


def compare(
    f: Function,
    x: Any,
    device: object = None,
    *,
    backends: str | Iterable[str] | None = None,
    operator: Operator | None = None,
    rtol: float | None = None,
) -> Comparison:
    """Run f at x on every backend, and judge each answer by a referee that is none of them.

    Parameters
    ----------
    f : callable
        Plain NumPy, as for `slope` and `gradient`.
    x : float, int, numpy.ndarray or native array
        Every backend gets the same host data; a native array is copied to the host first.
    device : str, device object or None
        None: the CPU.
    backends : iterable of str or None
        Their names; None: all that are registered, installed or not.
    operator : {"slope", "gradient"} or None
        None: slope where x is a scalar or f(x) has the shape of x, gradient where an array gives one number.
    rtol : float or None
        How far from the referee, relative to its answer, a backend agrees. None: 1,024 roundings of x's dtype.

    Returns
    -------
    Comparison
        ``.rows``, ``.referee``, ``.agree``, ``.to_dict()``; as text a table, in a notebook an HTML table.

    Raises
    ------
    NotDifferentiable
        f is not callable, or x is no floating or integer data.
    UnknownBackend
        A name in `backends` is not registered, or there is none.
    UnknownOperator
        `operator` is neither "slope" nor "gradient".
    ValueError
        `rtol` is negative or no number.

    Examples
    --------
    >>> from multigrad import compare
    >>> comparison = compare(lambda x: x**3 + 3 * x**2 - 5 * x + 4, -2.0, backends=["autograd"])
    >>> comparison.agree
    True
    >>> row = comparison.rows[0]
    >>> row.backend, float(row.slope), str(row.verdict)
    ('autograd', -5.0, 'agree')
    """
    if not callable(f):
        raise NotDifferentiable(f"f is {a(f)}; expected a function: compare(f, x)")
    if rtol is not None and not 0 <= rtol < float("inf"):
        raise ValueError(f"rtol={rtol!r}; expected a number from 0 up, such as 1e-6, or None")
    if operator not in (None, "slope", "gradient"):
        raise UnknownOperator(f"operator={operator!r}; expected 'slope', 'gradient', or None to choose by shapes")
    names = _names(backends)
    array = _host(x)
    scenario = Scenario(_name_of(f), f, array, operator or _operator_for(f, array))
    return compared(scenario, names, device, rtol)


def compared(
    scenario: Scenario, names: Iterable[str], device: object = None, rtol: float | None = None
) -> Comparison:
    """A scenario through every stage: run, referee, verdict."""
    outcomes = tuple(run(scenario, name, device) for name in names)
    rounding = float(np.finfo(scenario.dtype).eps) if rtol is None else rtol / ROUNDINGS
    judgement = referee(
        scenario.f, scenario.x, operator=scenario.operator, order=scenario.order, closed_form=scenario.closed_form,
        settled=lambda judged: settled(outcomes, judged, rounding),
    )  # fmt: skip
    return Comparison(scenario, judge(outcomes, judgement, rounding), judgement, outcomes)


def _names(backends: str | Iterable[str] | None) -> list[str]:
    """Each name once; one name may stand alone."""
    if backends is None:
        return list(registry.registered())
    names = list(each_once(backends))
    for name in names:
        registry.check_name(name)
    if not names:
        raise UnknownBackend("backends= is empty; name one, or leave it out for all")
    return names


def _host(x: Any) -> Any:
    owner = registry.owner(x)
    if owner is not None:
        x = owner.to_host(x)
    if isinstance(x, RecordedArray):
        raise NotDifferentiable("x is recorded by a slope that is running; compare takes numbers and arrays")
    array = host_array(x)
    return array.astype(FLOAT32) if array.dtype == FLOAT16 else array


def _operator_for(f: Function, x: Any) -> Operator:
    if x.ndim == 0:
        return "slope"
    try:
        with np.errstate(all="ignore"):
            shape = np.shape(f(x.copy()))
    except Exception:  # noqa: BLE001  what is wrong with f each backend's row will say
        return "slope"
    return "slope" if shape == x.shape or any(length != 1 for length in shape) else "gradient"


def _name_of(f: Function) -> str:
    name = getattr(f, "__name__", type(f).__name__)
    return "f" if name == "<lambda>" else str(name)
