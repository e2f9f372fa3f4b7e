"""From the outcomes of one scenario and the referee's answer to a verdict on each backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from multigrad.comparisons.entries import ROUNDINGS, Finding, Kind, find, value_is_wrong
from multigrad.comparisons.referee import Judgement
from multigrad.comparisons.run import Outcome, Status


class Verdict(StrEnum):
    """What is said of one backend's answer."""

    AGREE = "agree"
    """Matches the referee within the dtype's tolerance."""
    CONVENTION = "convention"
    """At a kink: each answer lies between the one-sided slopes, and not all are their middle."""
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
    """f or the backend raised, or multigrad itself is at fault."""


ANSWERED = frozenset(
    (Verdict.AGREE, Verdict.CONVENTION, Verdict.INACCURATE, Verdict.DIFFER, Verdict.KNOWN, Verdict.MISPLACED)
)
DISAGREEING = frozenset((Verdict.DIFFER, Verdict.MISPLACED, Verdict.FAILED))

OF_KIND = {
    Kind.RIGHT: Verdict.AGREE,
    Kind.CHOICE: Verdict.CONVENTION,
    Kind.LOST: Verdict.INACCURATE,
    Kind.WRONG: Verdict.DIFFER,
}
OF_STATUS = {
    Status.UNAVAILABLE: Verdict.UNAVAILABLE,
    Status.UNSUPPORTED: Verdict.UNSUPPORTED,
    Status.FAILED: Verdict.FAILED,
}


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
    if any(outcome.placed_only for outcome in outcomes):
        return tuple(map(_placed, outcomes))
    if referee.array_mismatch is not None:
        fault = f"multigrad's own array computes another f than NumPy does: {referee.array_mismatch}"
        return tuple(_row(outcome, Verdict.FAILED, reason=fault) for outcome in outcomes)
    if referee.slope is None or _knows_nothing(referee):
        return _without_referee(outcomes, referee, eps)
    findings = [find(o, referee, eps) if o.status is Status.ANSWERED else None for o in outcomes]
    # What a wrong answer chooses elsewhere makes nobody's middle a convention.
    chosen = [finding for finding in findings if finding is not None and finding.worst is not Kind.WRONG]
    all_in_the_middle = all(finding.middle for finding in chosen if Kind.CHOICE in finding.kinds)
    return tuple(
        _row(outcome, OF_STATUS[outcome.status], reason=_raised(outcome))
        if finding is None
        else _answered(outcome, finding, all_in_the_middle)
        for outcome, finding in zip(outcomes, findings, strict=True)
    )


def settled(outcomes: Sequence[Outcome], referee: Judgement, eps: float) -> bool:
    """Whether every answer agrees on a smooth slope as it is: no loss in f's own arithmetic could make that less."""
    verdicts = {row.verdict for row in judge(outcomes, referee, eps)}
    return verdicts & ANSWERED <= {Verdict.AGREE} and not np.any(referee.kink)


def _row(outcome: Outcome, verdict: Verdict, digits: float = float("nan"), reason: str = "") -> Row:
    lay = dict.fromkeys(filter(None, (outcome.value_device, outcome.slope_device))) or (outcome.requested,)
    return Row(
        outcome.backend, outcome.version, verdict, outcome.value, outcome.slope, ", ".join(lay), digits, reason,
        outcome.devices, outcome.seconds,
    )  # fmt: skip


def _raised(outcome: Outcome) -> str:
    return f"{outcome.error}: {outcome.message}" if outcome.status is Status.FAILED else outcome.message


def _answered(outcome: Outcome, finding: Finding, all_in_the_middle: bool) -> Row:
    verdict = OF_KIND[finding.worst]
    if verdict is Verdict.CONVENTION and all_in_the_middle:
        verdict = Verdict.AGREE
    reason = "" if verdict is Verdict.AGREE else finding.reason
    if outcome.misplaced and verdict is not Verdict.DIFFER:
        verdict, reason = Verdict.MISPLACED, _strayed(outcome)
    return _row(outcome, verdict, finding.digits, reason)


def _placed(outcome: Outcome) -> Row:
    """The row of a run on a device that holds no values."""
    if outcome.status is not Status.ANSWERED:
        return _row(outcome, OF_STATUS[outcome.status], reason=_raised(outcome))
    if outcome.misplaced:
        return _row(outcome, Verdict.MISPLACED, reason=_strayed(outcome))
    return _row(outcome, Verdict.AGREE, reason=f"of placement alone: {outcome.requested} holds no values")


def _strayed(outcome: Outcome) -> str:
    return f"asked for {outcome.requested}, but something lay on {', '.join(sorted(outcome.misplaced))}"


def _knows_nothing(referee: Judgement) -> bool:
    """Whether no slope there could be known: x is infinite, or the differences settle on none."""
    return referee.unknown is not None and referee.unknown.size > 0 and bool(referee.unknown.all())


def _without_referee(outcomes: Sequence[Outcome], referee: Judgement, eps: float) -> tuple[Row, ...]:
    """Backends against each other, where no referee knows: who stands alone differs, and the reason says so."""
    slopes = [np.asarray(o.slope, np.float64) for o in outcomes if o.status is Status.ANSWERED]

    def supporters(s: Any) -> int:
        return sum(_alike(s, other, eps) for other in slopes)

    rows = []
    for outcome in outcomes:
        if outcome.status is not Status.ANSWERED:
            rows.append(_row(outcome, OF_STATUS[outcome.status], reason=_raised(outcome)))
            continue
        alike = supporters(np.asarray(outcome.slope, np.float64))
        agrees = 2 * alike > len(slopes)
        among = f"no referee ({referee.reason or referee.note}): {alike} of {len(slopes)} answers are alike"
        wrong = value_is_wrong(outcome, referee, eps)[0]  # f(x) may be known where its slope is not
        if not wrong and referee.slope is None and _is_nan_at_a_number(outcome):
            wrong = f"its slope is NaN, where f(x) is a number; {among}"
        verdict = Verdict.AGREE if agrees and not wrong else Verdict.DIFFER
        if outcome.misplaced and verdict is Verdict.AGREE:
            verdict = Verdict.MISPLACED
        rows.append(_row(outcome, verdict, reason=wrong or among))
    return tuple(rows)


def _is_nan_at_a_number(outcome: Outcome) -> bool:
    slope, value = np.asarray(outcome.slope), np.asarray(outcome.value)
    return bool(np.any(np.isnan(slope) & np.isfinite(value if value.shape == slope.shape else np.sum(value))))


def _alike(a: Any, b: Any, eps: float) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, ROUNDINGS * eps, 0.0, equal_nan=True))
