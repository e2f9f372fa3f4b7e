"""The main job of a first run: the tour of functions on every backend, a table, a picture and a report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from multigrad import backends as registry
from multigrad.comparisons.catalogue.tour import TOUR, f
from multigrad.comparisons.compare import Comparison, compared
from multigrad.comparisons.report import as_dict, write_page


def tour(names: Sequence[str] | None = None, device: object = None) -> Iterator[Comparison]:
    """Each scenario of the tour, compared."""
    chosen = list(registry.registered()) if names is None else list(names)
    return (compared(scenario, chosen, device) for scenario in TOUR)


def write(folder: Path, comparisons: Sequence[Comparison]) -> list[Path]:
    """``tangent.png``, ``report.html`` and ``report.json`` in the folder."""
    from matplotlib.figure import Figure

    from multigrad.plotting import plot_slope

    folder.mkdir(parents=True, exist_ok=True)
    picture, page, data = folder / "tangent.png", folder / "report.html", folder / "report.json"
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    plot_slope(f, -2.0, ax=figure.subplots())
    figure.savefig(picture, dpi=150)
    write_page(page, comparisons, picture)
    data.write_text(json.dumps([as_dict(each) for each in comparisons], indent=1, allow_nan=False), "utf-8")
    return [picture, page, data]


def judged(comparison: Comparison) -> bool:
    """Whether the referee knows the answer, and somebody gave one."""
    return comparison.referee.slope is not None and any(row.slope is not None for row in comparison.rows)
