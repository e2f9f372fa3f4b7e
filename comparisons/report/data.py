"""Comparisons as plain data, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from multigrad.comparisons.comparison import Comparison


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Plain data that `json.dumps` takes; numbers that JSON has not are the strings "nan", "inf" and "-inf"."""
    referee = comparison.referee
    return {
        "function": comparison.title,
        "operator": comparison.scenario.operator,
        "x": plain(comparison.scenario.x),
        "dtype": str(comparison.scenario.dtype),
        "agree": comparison.agree,
        "rows": [
            {
                "backend": row.backend,
                "version": row.version,
                "device": row.device,
                "verdict": str(row.verdict),
                "value": plain(row.value),
                "slope": plain(row.slope),
                "digits": plain(row.digits),
                "reason": row.reason,
            }
            for row in comparison.rows
        ],
        "referee": {
            "source": referee.source,
            "reason": referee.reason,
            "value": plain(referee.value),
            "slope": plain(referee.slope),
            "left": plain(referee.left),
            "right": plain(referee.right),
            "digits": plain(referee.digits),
            "note": referee.note,
        },
    }


def plain(value: Any) -> Any:
    """Arrays as nested lists, numbers as JSON has them."""
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    number = float(value)
    return number if np.isfinite(number) else str(number)
