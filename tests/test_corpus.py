"""Promise 1, on strangers' functions: what can be called on an array can be differentiated, unchanged."""

from collections import defaultdict

import numpy as np
import pytest

from tests.corpus.collect import LEAVING, PLAIN, Case, Source
from tests.corpus.judge import Outcome, judge, judged, reference

# Strangers' code may warn: that is theirs to do.
pytestmark = pytest.mark.filterwarnings("ignore")


def outcomes(sources: tuple[Source, ...], backend: str) -> dict[Outcome, list[str]]:
    """What became of every case: outcome -> names, each with what was said."""
    found = defaultdict(list)
    for case in judged(sources):
        outcome, said = judge(case, backend)
        found[outcome].append(f"{case.name}: {said}")
    return found


def told(found: dict[Outcome, list[str]]) -> str:
    """Everything that is not right, for a person to read."""
    return "\n".join(f"{o} {name}" for o in Outcome for name in found[o] if o is not Outcome.RIGHT)


WHERE_TRAP = ("BentCigar", "RastriginRotated", "SchaffersF7", "SchaffersF7Ill")
"""Of `surfaces`: where(X > 0, power(X, 1 + c * sqrt(maximum(X, 0))), X). Where X < 0, the root's infinite slope at 0
meets the 0 of the branch not taken; of the three, torch's rule for maximum alone masks it."""


def test_plain_numpy_is_right(backend: str) -> None:
    found = outcomes(PLAIN, backend)
    count = sum(map(len, found.values()))
    assert count > 450, "the corpus has shrunk: a package changed, or its functions are no longer found"
    assert not found[Outcome.WRONG] + found[Outcome.CRASH], told(found)
    trapped = [name for name in found[Outcome.NAN] if not any(f"{trap}:" in name for trap in WHERE_TRAP)]
    assert not trapped and (backend != "torch" or not found[Outcome.NAN]), told(found)
    assert len(found[Outcome.RIGHT]) >= 0.98 * count, told(found)


def test_leaving_the_recording_is_an_error_that_says_so(backend: str) -> None:
    found = outcomes(LEAVING, backend)
    assert len(found[Outcome.ERROR]) > 90
    assert not found[Outcome.WRONG] + found[Outcome.CRASH], told(found)
    for name in found[Outcome.ERROR]:
        assert "write" in name, f"what to write instead is not said: {name}"


@pytest.mark.parametrize("lie", [1.001, -1.0, np.nan])
def test_the_judge_sees_a_slope_that_is_wrong(lie: float) -> None:
    case = Case("lie", lambda x: np.sum(np.sin(x) * x[0]), np.full(3, 0.2), np.full(3, 1.8))
    truth = reference(case)
    assert truth is not None
    x = truth.x
    right = np.cos(x) * x[0] + np.array([np.sum(np.sin(x)), 0.0, 0.0])
    assert truth.allows(truth.value, right)
    assert not truth.allows(truth.value, np.where(np.arange(3) == 1, lie * right, right))
    assert not truth.allows(truth.value * 1.001, right)


def test_the_judge_is_not_sure_of_a_function_of_chance_or_one_without_a_slope() -> None:
    rng = np.random.default_rng(0)
    low, high = np.full(2, 0.2), np.full(2, 1.8)
    assert reference(Case("chance", lambda x: np.sum(x) + rng.normal(), low, high)) is None
    rough = Case("rough", lambda x: sum(0.5**k * np.cos(7**k * np.pi * x[0]) for k in range(20)), low, high)
    assert reference(rough) is None
