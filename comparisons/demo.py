"""The main job of a first run: the tour of functions on every backend, a table, a picture and a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from multigrad import __version__
from multigrad import backends as registry
from multigrad.comparisons import records
from multigrad.comparisons.catalogue.tour import TOUR, f
from multigrad.comparisons.comparison import Comparison, compared
from multigrad.comparisons.report.writing import write_report
from multigrad.comparisons.worker import hello


def tour(names: Sequence[str] | None = None, device: object = None) -> Iterator[Comparison]:
    """Each scenario of the tour, compared."""
    chosen = list(registry.registered()) if names is None else list(names)
    return (compared(scenario, chosen, device) for scenario in TOUR)


def as_record(comparisons: Sequence[Comparison], device: str = "cpu") -> dict[str, Any]:
    """Comparisons made here, one after the other, in the form that a run of the suite has."""
    names = tuple(dict.fromkeys(row.backend for each in comparisons for row in each.rows))
    here = hello(names)
    return {
        "schema": records.SCHEMA,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(sum(row.seconds for each in comparisons for row in each.rows), 3),
        "interrupted": False,
        "multigrad": __version__,
        "machines": [here["machine"]],
        "backends": [{**backend, "machine": 0} for backend in here["backends"]],
        "asked": {
            "families": list(dict.fromkeys(each.scenario.family for each in comparisons)),
            "backends": list(names),
            "devices": [device],
            "dtypes": list(dict.fromkeys(str(each.scenario.dtype) for each in comparisons)),
        },
        "cases": [
            records.case(each.scenario, each.scenario.family, device, each.referee, each.rows, each.outcomes)
            for each in comparisons
        ],
        "controls": [],
    }


def write(folder: Path, comparisons: Sequence[Comparison]) -> list[Path]:
    """``tangent.png`` and the files of `write_report` in the folder."""
    from matplotlib.figure import Figure

    from multigrad.plotting import plot_slope

    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "tangent.png"
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    plot_slope(f, -2.0, ax=figure.subplots())
    figure.savefig(picture, dpi=150)
    return [picture, *write_report(as_record(comparisons), folder)]


def judged(comparison: Comparison) -> bool:
    """Whether the referee knows the answer, and somebody gave one."""
    return comparison.referee.slope is not None and any(row.slope is not None for row in comparison.rows)
