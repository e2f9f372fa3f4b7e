"""From outcomes and the referee's answer to a verdict on each backend.

Every entry of a slope is judged on its own, and the worst one names the row. The argument, entry by entry:

- The referee's slope r is known to far more digits than any backend has. ``|s - r|`` within a few thousand
  roundings of r is *agree*.
- A rule that is right still loses digits where f's own arithmetic loses them. How many, the referee measures
  with the right rules in arithmetic as short as the backend's. Within 16 times that error (a backend sums in
  another order than the measurement) the answer is *inaccurate*, not wrong.
- Beyond both no rounding explains it: *differ*.
- Where the one-sided slopes differ, any number between them is a choice: *convention*, unless all backends
  answer their middle. NaN, infinity, or a number outside is wrong: *differ*.

Of several derivatives by several entries a kink allows some combinations only (the slopes of ``max(x)`` at a tie
add up to 1), which the referee's extra directions test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.run import Outcome, Status

Array = npt.NDArray[Any]


class Verdict(StrEnum):
    """What is said of one backend's answer."""

    AGREE = "agree"
    """Matches the referee within the dtype's tolerance."""
    CONVENTION = "convention"
    """At a kink: between the one-sided slopes."""
    INACCURATE = "inaccurate"
    """The right derivative, digits lost in f's own arithmetic."""
    DIFFER = "differ"
    """Wrong."""
    KNOWN = "known"
    """Wrong, and already understood."""
    MISPLACED = "misplaced"
    """Right, but something lived on another device."""
    UNSUPPORTED = "unsupported"
    """The backend cannot, and says so."""
    UNAVAILABLE = "unavailable"
    """The backend or the device is not here."""
    FAILED = "failed"
    """The backend raised, or multigrad itself is at fault."""


ANSWERED = frozenset(
    (Verdict.AGREE, Verdict.CONVENTION, Verdict.INACCURATE, Verdict.DIFFER, Verdict.KNOWN, Verdict.MISPLACED)
)
DISAGREEING = frozenset((Verdict.DIFFER, Verdict.MISPLACED, Verdict.FAILED))

ROUNDINGS = 2.0**10
"""How many roundings of the answer count as agreement: 13 digits in float64, 4 in float32."""

ARITHMETIC = 16.0
"""How many times the measured error of right rules in short arithmetic a right backend may be off."""


@dataclass(frozen=True)
class Row:
    """One backend's line in a comparison."""

    backend: str
    version: str
    verdict: Verdict
    value: Any
    """f(x), as an array of the host, or None."""
    slope: Any
    """The slope or gradient, as an array of the host, or None."""
    device: str
    """Where value and slope lay; ``"cpu, cuda:0"`` where they lay apart."""
    digits: float
    """How many decimal digits of the slope are right, at the worst entry; NaN where there is none to compare."""
    reason: str
    devices: frozenset[str] = field(default_factory=frozenset)
    """Where anything lay."""
    seconds: float = 0.0


def judge(outcomes: Sequence[Outcome], referee: Judgement, eps: float) -> tuple[Row, ...]:
    """A row for each outcome.

    Parameters
    ----------
    eps : float
        The rounding of the dtype that was computed in: ``numpy.finfo(dtype).eps``.
    """
    if referee.array_mismatch is not None:
        fault = f"multigrad's own array computes another f than NumPy does: {referee.array_mismatch}"
        return tuple(_row(outcome, Verdict.FAILED, reason=fault) for outcome in outcomes)
    if referee.slope is None:
        return _without_referee(outcomes, referee, eps)
    findings = [_finding(outcome, referee, eps) for outcome in outcomes]
    at_a_kink = [finding for finding in findings if finding is not None and finding.choice]
    if at_a_kink and all(finding.middle for finding in at_a_kink):
        for finding in at_a_kink:
            finding.worst = max((kind for kind in finding.kinds if kind is not Kind.CHOICE), default=Kind.RIGHT)
    return tuple(
        _unanswered(outcome) if finding is None else _answered(outcome, finding)
        for outcome, finding in zip(outcomes, findings, strict=True)
    )


def _row(outcome: Outcome, verdict: Verdict, digits: float = float("nan"), reason: str = "") -> Row:
    lay = dict.fromkeys(filter(None, (outcome.value_device, outcome.slope_device))) or {outcome.requested: None}
    return Row(
        outcome.backend, outcome.version, verdict, outcome.value, outcome.slope, ", ".join(lay), digits, reason,
        outcome.devices, outcome.seconds,
    )  # fmt: skip


def _unanswered(outcome: Outcome) -> Row:
    verdict = {
        Status.UNAVAILABLE: Verdict.UNAVAILABLE,
        Status.UNSUPPORTED: Verdict.UNSUPPORTED,
    }.get(outcome.status, Verdict.FAILED)
    raised = outcome.message if verdict is not Verdict.FAILED else f"{outcome.error}: {outcome.message}"
    return _row(outcome, verdict, reason=raised)


def _answered(outcome: Outcome, finding: Finding) -> Row:
    verdict = VERDICTS[finding.worst]
    reason = finding.reason if verdict is not Verdict.AGREE else ""
    if outcome.misplaced and verdict is not Verdict.DIFFER:
        verdict = Verdict.MISPLACED
        reason = f"asked for {outcome.requested}, but something lay on {', '.join(sorted(outcome.misplaced))}"
    return _row(outcome, verdict, finding.digits, reason)
