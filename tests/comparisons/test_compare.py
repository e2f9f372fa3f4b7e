"""compare, as a person calls it: who is right is known from calculus, not from the backends."""

import json

import numpy as np
import pytest

from multigrad import NotDifferentiable, UnknownBackend, UnknownOperator, compare, slope
from multigrad.comparisons import Verdict


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def verdicts(comparison):
    return {row.backend: str(row.verdict) for row in comparison.rows}


def test_a_curve_agrees_everywhere():
    comparison = compare(f, -2.0)
    assert comparison.agree and bool(comparison.agree)
    assert verdicts(comparison) == {"autograd": "agree", "torch": "agree", "jax": "agree"}
    for row in comparison.rows:
        assert float(row.value) == 18.0 and float(row.slope) == -5.0 and row.digits > 15
        assert row.device == "cpu" and row.version and not row.reason and isinstance(row.verdict, Verdict)
    assert comparison.referee.source == "mpmath" and float(comparison.referee.slope) == -5.0


def test_a_kink_is_a_convention():
    comparison = compare(np.abs, 0.0)
    assert comparison.agree
    assert set(verdicts(comparison).values()) == {"convention"}
    assert {row.backend: float(row.slope) for row in comparison.rows} == {"autograd": 0, "torch": 0, "jax": 1}
    assert float(comparison.referee.left) == -1 and float(comparison.referee.right) == 1
    assert "from the left -1, from the right 1" in str(comparison)


def test_all_in_the_middle_agree():
    assert set(verdicts(compare(lambda x: np.maximum(x, 0), 0.0)).values()) == {"agree"}


def test_lost_digits_are_no_wrong_rule():
    comparison = compare(lambda x: (1 - np.cos(x)) / x**2, 1e-7)
    assert comparison.agree and set(verdicts(comparison).values()) == {"inaccurate"}
    assert float(comparison.referee.slope) == pytest.approx(-1e-7 / 12, rel=1e-12)


def test_nan_where_a_subgradient_exists_is_wrong():
    comparison = compare(lambda x: np.linalg.norm(x), np.zeros(2))
    assert comparison.scenario.operator == "gradient" and not comparison.agree
    assert verdicts(comparison) == {"autograd": "differ", "torch": "agree", "jax": "differ"}


def test_all_alike_and_all_wrong():
    """The where trap: agreement proves nothing.

    It is a trap of reverse mode, in which 0 flows back into the branch not taken and meets an infinite slope
    there. Forward mode, in which JAX and autograd take a slope, chooses between two finished slopes.
    """
    comparison = compare(lambda x: np.sum(np.where(x == 0, 1.0, np.sin(x) / x)), np.zeros(2))
    assert set(verdicts(comparison).values()) == {"differ"} and not comparison.agree
    comparison = compare(lambda x: np.where(x == 0, 1.0, np.sin(x) / x), 0.0)
    assert verdicts(comparison) == {"autograd": "agree", "torch": "differ", "jax": "agree"}


def test_the_gradient_of_a_singular_determinant():
    comparison = compare(np.linalg.det, np.array([[1.0, 2.0], [2.0, 4.0]]))
    assert verdicts(comparison) == {"autograd": "failed", "torch": "differ", "jax": "agree"}
    np.testing.assert_allclose(comparison.referee.slope, [[4, -2], [-2, 1]], atol=1e-15)


def test_each_entry_possible_but_not_all_together():
    """max of a tie: slopes (0, 0) lie within [0, 1] each, but add up to 1 for any right answer."""
    from multigrad.comparisons.entries import Kind, find
    from multigrad.comparisons.referee import referee
    from multigrad.comparisons.run import Outcome, Status

    judgement = referee(np.max, np.array([2.0, 2.0]), operator="gradient")

    def kind(slope):
        outcome = Outcome("liar", "", "cpu", Status.ANSWERED, np.array(2.0), np.array(slope))
        return find(outcome, judgement, 2.0**-52).worst

    assert kind([1.0, 0.0]) == kind([0.5, 0.5]) == kind([0.25, 0.75]) == Kind.CHOICE
    assert kind([0.0, 0.0]) == kind([1.0, 1.0]) == kind([0.5, 0.50001]) == Kind.WRONG


@pytest.mark.parametrize(
    ("x", "function", "operator"),
    [
        (2.0, f, "slope"),
        (np.array([1.0, 2.0]), f, "slope"),
        (np.array([1.0, 2.0]), np.sum, "gradient"),
        (np.array([1.0]), np.sin, "slope"),
        (np.array([[1.0, 2.0]]), np.linalg.norm, "gradient"),
        (np.array(1.0), f, "slope"),
    ],
)
def test_the_operator_is_chosen_by_shapes(x, function, operator):
    comparison = compare(function, x, backends=["autograd"])
    assert comparison.scenario.operator == operator and comparison.agree


def test_on_another_device():
    comparison = compare(f, -2.0, "cpu:1")
    rows = {row.backend: row for row in comparison.rows}
    assert str(rows["jax"].verdict) == "agree" and rows["jax"].device == "cpu:1"
    assert str(rows["autograd"].verdict) == str(rows["torch"].verdict) == "unavailable"
    assert comparison.agree  # who is not here does not disagree
    assert not compare(f, -2.0, "cuda:99").agree  # but nobody answered


def test_everything_that_goes_wrong_is_a_row():
    def broken(x):
        raise ZeroDivisionError("mine")

    comparison = compare(broken, 1.0)
    assert set(verdicts(comparison).values()) == {"failed"} and not comparison.agree
    assert all("ZeroDivisionError: mine" in row.reason for row in comparison.rows)
    comparison = compare(lambda x: np.roll(x, 1), np.ones(3), operator="slope")
    assert set(verdicts(comparison).values()) == {"unsupported"} and not comparison.agree
    for backends in (["tensorflow"], "tensorflow", []):
        with pytest.raises(UnknownBackend):
            compare(f, 1.0, backends=backends)
    assert len(compare(f, 1.0, backends="torch").rows) == len(compare(f, 1.0, backends=["torch"] * 2).rows) == 1
    for operator in (max, "jacobian", slope):
        with pytest.raises(UnknownOperator):
            compare(f, 1.0, operator=operator)
    for x in ("1", None, [1.0], 1j):
        with pytest.raises(NotDifferentiable):
            compare(f, x)
    with pytest.raises(NotDifferentiable):
        compare(3, 1.0)


def test_float32_is_judged_as_float32():
    comparison = compare(np.sin, np.float32(0.3))
    assert comparison.agree and all(row.slope.dtype == np.float32 and row.digits > 6 for row in comparison.rows)


def test_a_native_x_is_copied_to_the_host():
    torch = pytest.importorskip("torch")
    assert compare(f, torch.tensor(-2.0, dtype=torch.float64)).agree


def test_x_is_not_written_to():
    x = np.array([1.0, 2.0])

    def writes(x):
        x[0] = 5.0
        return np.sum(x**2)

    assert compare(writes, x).agree and x.tolist() == [1.0, 2.0]


# The report of one comparison ------------------------------------------------------------------------


def test_plain_data():
    data = json.loads(json.dumps(compare(lambda x: np.sqrt(x), 0.0).to_dict(), allow_nan=False))
    assert data["operator"] == "slope" and data["referee"]["right"] == "inf"
    assert {row["backend"] for row in data["rows"]} == {"autograd", "torch", "jax"}
    assert all(row.keys() == data["rows"][0].keys() for row in data["rows"])


def test_a_table_as_text():
    text = str(compare(f, -2.0))
    for word in ("backend", "version", "device", "value", "slope", "digits right", "verdict", "✓ agree", "mpmath"):
        assert word in text
    assert "\x1b" not in text


def test_html_escapes_what_f_says():
    def evil(x):
        raise ValueError("<script>alert(1)</script>")

    evil.__name__ = "<img src=x>"
    html = compare(evil, 1.0)._repr_html_()
    assert "<script" not in html and "<img" not in html and "&lt;script&gt;" in html


def test_what_fs_own_arithmetic_loses_is_measured_where_a_verdict_hangs_on_it():
    assert compare(f, -2.0).referee.arithmetic_error is None
    lossy = compare(lambda x: (1 - np.cos(x)) / x**2, 1e-7)
    assert set(verdicts(lossy).values()) == {"inaccurate"}
    assert lossy.referee.arithmetic_error > abs(lossy.referee.slope)
