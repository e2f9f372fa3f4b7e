"""The judge by hand: answers and the referee's words are written down here, and no framework is asked.

The tests take no arguments, so that `mutants` can call them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from multigrad.comparisons.entries import ROUNDINGS, Kind, find
from multigrad.comparisons.referee import Directions, Judgement
from multigrad.comparisons.run import Outcome, Status
from multigrad.comparisons.verdict import DISAGREEING, Verdict, judge, settled

EPS = 2.0**-52
NAN, INF = float("nan"), float("inf")


def array(*numbers):
    return np.array(numbers, dtype=np.float64)


def referee(slope, value=None, left=None, right=None, kink=None, **others):
    """A judgement about one point for each slope; the value is 1, and the sides are the slope, where not given."""
    slope = np.asarray(slope, np.float64)
    return Judgement(
        "mpmath", value=np.ones(slope.shape) if value is None else np.asarray(value, np.float64), slope=slope,
        left=slope if left is None else np.asarray(left, np.float64),
        right=slope if right is None else np.asarray(right, np.float64),
        kink=np.zeros(slope.shape, bool) if kink is None else np.asarray(kink), **others,
    )  # fmt: skip


def outcome(slope, value=None, name="one", **others):
    slope = np.asarray(slope, np.float64)
    value = np.ones(slope.shape) if value is None else np.asarray(value, np.float64)
    lay = {"value_device": "cpu", "slope_device": "cpu", "devices": frozenset(("cpu",))}
    return Outcome(name, "1.0", "cpu", Status.ANSWERED, value, slope, **{**lay, **others})


def kind(slope, judgement, eps=EPS, value=None):
    return find(outcome(slope, value), judgement, eps).worst


def verdicts(outcomes, judgement, eps=EPS):
    return [row.verdict for row in judge(outcomes, judgement, eps)]


# One entry -------------------------------------------------------------------------------------------


def test_a_thousand_roundings_are_right_and_more_are_not():
    for size in (3.0, -3.0, 3e-30, 3e30):
        for eps in (EPS, 2.0**-23):
            judgement = referee(size)
            assert kind(size * (1 + 1000 * eps), judgement, eps) is Kind.RIGHT
            assert kind(size * (1 - 1000 * eps), judgement, eps) is Kind.RIGHT
            assert kind(size * (1 + 1040 * eps), judgement, eps) is Kind.WRONG
            assert kind(size * (1 - 1040 * eps), judgement, eps) is Kind.WRONG
    assert ROUNDINGS == 1024


def test_digits_that_the_arithmetic_loses_are_lost_and_no_more():
    judgement = referee(2.0, arithmetic_error=np.array(1e-6))
    assert kind(2 + 15e-6, judgement) is Kind.LOST
    assert kind(2 - 15e-6, judgement) is Kind.LOST
    assert kind(2 + 17e-6, judgement) is Kind.WRONG
    assert kind(NAN, judgement) is kind(INF, judgement) is Kind.WRONG
    assert kind(0.0, referee(2.0, arithmetic_error=np.array(NAN))) is Kind.WRONG  # nothing known excuses nothing


def test_what_one_rounding_of_x_moves_is_right():
    judgement = referee(2.0, sensitivity=np.array(1e-6))
    assert kind(2 + 0.9e-6, judgement) is Kind.RIGHT
    assert kind(2 + 15e-6, judgement) is Kind.LOST
    assert kind(2 + 17e-6, judgement) is Kind.WRONG


def test_what_is_too_small_for_a_number_is_zero():
    assert kind(0.0, referee(1e-46), 2.0**-23) is kind(0.0, referee(4e-324)) is Kind.RIGHT
    assert kind(0.0, referee(1e-44), 2.0**-23) is kind(0.0, referee(1e-46)) is kind(0.0, referee(2e-323)) is Kind.WRONG


def test_a_zero_is_right_to_what_is_lost_and_to_the_last_digits_of_the_largest():
    assert kind(0.0, referee(0.0)) is Kind.RIGHT
    assert kind(-1e-300, referee(0.0)) is Kind.WRONG
    assert kind(15e-6, referee(0.0, arithmetic_error=np.array(1e-6))) is Kind.RIGHT
    assert kind(17e-6, referee(0.0, arithmetic_error=np.array(1e-6))) is Kind.WRONG
    pair = referee([0.0, 1.0])
    assert kind([3.9 * EPS, 1.0], pair) is Kind.RIGHT
    assert kind([4.1 * EPS, 1.0], pair) is Kind.WRONG
    assert kind([1e-20, NAN], referee([0.0, NAN], value=[1, NAN])) is Kind.WRONG  # NaN is not the largest


# Kinks, jumps and places without a slope -------------------------------------------------------------


def test_at_a_kink_anything_between_the_sides_is_a_choice():
    for left, right in ((-1.0, 3.0), (3.0, -1.0)):
        judgement = referee(NAN, left=left, right=right, kink=True)
        for s in (-1.0, 3.0, 0.0, -1 - 1000 * EPS, 3 + 1000 * EPS):
            assert kind(s, judgement) is Kind.CHOICE, s
        for s in (-1 - 1e-11, 3 + 1e-11, NAN, INF, -INF):
            assert kind(s, judgement) is Kind.WRONG, s
        assert kind(3.0009, judgement, 2.0**-23) is Kind.WRONG is not kind(3.0003, judgement, 2.0**-23)
        lossy = replace(judgement, arithmetic_error=np.array(1e-6))
        assert kind(3 + 15e-6, lossy) is kind(-1 - 15e-6, lossy) is Kind.CHOICE
        assert kind(3 + 17e-6, lossy) is kind(-1 - 17e-6, lossy) is Kind.WRONG


def test_beside_an_infinite_slope_nan_is_a_choice_too():
    cusp = referee(NAN, left=-INF, right=INF, kink=True)
    assert {kind(s, cusp) for s in (0.0, 5.0, NAN, INF, -INF)} == {Kind.CHOICE}
    half = referee(NAN, left=0.0, right=INF, kink=True)
    assert {kind(s, half) for s in (0.0, 5.0, NAN, INF)} == {Kind.CHOICE}
    assert kind(-1.0, half) is kind(-1e-13, half) is kind(-INF, half) is Kind.WRONG
    other = referee(NAN, left=-INF, right=0.0, kink=True)
    assert {kind(s, other) for s in (0.0, -5.0, NAN, -INF)} == {Kind.CHOICE}
    assert kind(1e-13, other) is kind(INF, other) is Kind.WRONG


def test_the_larger_side_says_how_much_rounding_there_is():
    uneven = referee(NAN, left=-1e3, right=1.0, kink=True)
    assert kind(-1e3 * (1 + 1000 * EPS), uneven) is kind(1 + 1000e3 * EPS, uneven) is Kind.CHOICE
    assert kind(-1e3 * (1 + 1040 * EPS), uneven) is Kind.WRONG


def test_where_one_side_alone_is_known():
    judgement = referee(NAN, left=2.0, right=NAN)
    assert kind(2.0, judgement) is kind(INF, judgement) is Kind.CHOICE
    assert kind(3.0, judgement) is kind(NAN, judgement) is Kind.WRONG


def test_an_infinite_slope_is_that_one():
    judgement = referee(INF, left=NAN)
    assert kind(INF, judgement) is Kind.RIGHT
    assert kind(-INF, judgement) is kind(1e308, judgement) is kind(0.0, judgement) is Kind.WRONG
    judgement = referee(-INF)
    assert kind(-INF, judgement) is Kind.RIGHT
    assert kind(INF, judgement) is kind(-1e308, judgement) is Kind.WRONG


def test_where_f_is_undefined_a_rule_may_go_on_and_where_it_is_not_it_may_not():
    gone = referee(NAN, value=NAN)
    assert kind(NAN, gone, value=NAN) is Kind.RIGHT
    assert kind(-1.0, gone, value=NAN) is kind(INF, gone, value=NAN) is Kind.CHOICE
    alone = referee(NAN, value=0.0)
    assert kind(NAN, alone, value=0.0) is Kind.RIGHT
    assert kind(INF, alone, value=0.0) is Kind.CHOICE
    assert kind(-1.0, alone, value=0.0) is Kind.WRONG


def test_each_point_is_undefined_on_its_own():
    partly = referee([NAN, NAN], value=[NAN, 0.0])
    assert kind([5.0, NAN], partly, value=[NAN, 0.0]) is Kind.CHOICE
    assert kind([NAN, 5.0], partly, value=[NAN, 0.0]) is Kind.WRONG
    of_all = referee([NAN, NAN], value=NAN)  # a gradient has one value
    assert kind([5.0, 5.0], of_all, value=NAN) is Kind.CHOICE
    boxed = referee([NAN, NAN], value=[[NAN]])
    assert kind([5.0, NAN], boxed, value=[[NAN]]) is Kind.CHOICE
    pole = referee(NAN, value=-INF)
    assert kind(0.0, pole, value=-INF) is Kind.CHOICE


def test_where_the_referee_cannot_look_it_says_nothing():
    partly = referee([NAN, NAN], value=[0.0, 0.0], unknown=np.array([True, False]))
    assert kind([5.0, NAN], partly, value=[0.0, 0.0]) is Kind.RIGHT
    assert kind([5.0, 5.0], partly, value=[0.0, 0.0]) is Kind.WRONG
    assert verdicts([outcome([5.0, NAN], [0.0, 0.0])], partly) == [Verdict.AGREE]
    assert verdicts([outcome([5.0, 5.0], [0.0, 0.0])], partly) == [Verdict.DIFFER]
    single = referee([NAN], unknown=np.array([True]))
    assert verdicts([outcome([5.0]), outcome([6.0])], single) == [Verdict.DIFFER] * 2
    nowhere = replace(partly, unknown=np.array([True, True]))
    assert verdicts([outcome([5.0, NAN], [0.0, 0.0]), outcome([6.0, NAN], [0.0, 0.0])], nowhere) == [Verdict.DIFFER] * 2
    empty = referee(np.zeros(0), unknown=np.zeros(0, bool))
    assert not judge([outcome(np.zeros(0))], empty, EPS)[0].reason


def test_where_nothing_is_said_of_sides_kinks_and_values():
    bare = Judgement("closed form", slope=np.array(2.0))
    assert kind(2.0, bare) is Kind.RIGHT and kind(2.1, bare) is Kind.WRONG
    assert kind(NAN, Judgement("closed form", slope=np.array(NAN))) is Kind.RIGHT
    assert kind(1.0, Judgement("closed form", slope=np.array(NAN))) is Kind.CHOICE


# f(x), and all entries together ----------------------------------------------------------------------


def test_f_of_x_is_compared_as_well():
    for value in (1 + 1040 * EPS, 0.0, NAN, INF, -INF):
        assert kind(2.0, referee(2.0), value=value) is Kind.WRONG
    for size in (1e-6, 1.0, 1e6):
        assert kind(2.0, referee(2.0, value=size), value=size * (1 + 1000 * EPS)) is Kind.RIGHT
        assert kind(2.0, referee(2.0, value=size), value=size * (1 - 1040 * EPS)) is Kind.WRONG
    assert kind(2.0, referee(2.0, value_error=np.array(1e-6)), value=1 + 15e-6) is Kind.RIGHT
    assert kind(2.0, referee(2.0, value_error=np.array(1e-6)), value=1 + 17e-6) is Kind.WRONG
    assert kind(2.0, referee(2.0, value=INF), value=INF) is Kind.RIGHT
    assert kind(2.0, referee(2.0, value=INF), value=1e308) is Kind.WRONG
    assert kind(2.0, referee(2.0, value=NAN), value=0.0) is Kind.WRONG
    assert kind([2.0, 2.0], referee([2.0, 2.0]), value=[1.0, 1.1]) is Kind.WRONG
    assert "f(x)[1] is 1.1 here, and 1 in" in find(outcome([2.0, 2.0], [1.0, 1.1]), referee([2.0, 2.0]), EPS).reason
    assert "shape (2,) here, and (3,)" in find(outcome([2.0] * 3, [1.0] * 2), referee([2.0] * 3), EPS).reason
    assert kind([2.0, 3.0], referee([2.0, 3.0], value=[1.0]), value=1.0) is Kind.RIGHT  # one number either way


def test_what_numpy_makes_of_f_is_no_fault_of_a_backend():
    judgement = referee(1.0, value=5.0, plain=np.array(NAN))
    assert kind(1.0, judgement, value=NAN) is Kind.RIGHT
    assert kind(NAN, judgement, value=NAN) is Kind.LOST
    assert kind(NAN, judgement, value=7.0) is Kind.WRONG
    finite = referee(1.0, value=5.0, plain=np.array(7.0))
    assert kind(3.0, finite, value=7 * (1 + 1000 * EPS)) is Kind.LOST
    assert kind(3.0, finite, value=7 * (1 + 1040 * EPS)) is Kind.WRONG
    assert kind(3.0, finite, value=5.0) is Kind.WRONG
    infinite = referee(1.0, value=5.0, plain=np.array([INF]))
    assert kind(NAN, infinite, value=INF) is Kind.LOST
    # What one point loses excuses no other point, but all of a gradient.
    pair = referee([1.0, 1.0], value=[5.0, 5.0], plain=array(7.0, 5.0))
    assert kind([3.0, 1.0], pair, value=[7.0, 5.0]) is Kind.LOST
    assert kind([3.0, 1.1], pair, value=[7.0, 5.0]) is Kind.WRONG
    gradient = referee([1.0, 1.0], value=5.0, plain=np.array(7.0))
    assert kind([3.0, 1.1], gradient, value=7.0) is Kind.LOST


def test_a_slope_of_another_shape_is_wrong():
    found = find(outcome([2.0, 2.0], [1.0]), referee([2.0], value=[1.0]), EPS)
    assert found.worst is Kind.WRONG and "shape (2,), the referee's (1,)" in found.reason


TIE = referee(
    [NAN, NAN], value=1.0, left=[0.0, 0.0], right=[1.0, 1.0], kink=[True, True],
    combined=Directions(array([1.0, 1.0], [1.0, -1.0]), array(1.0, -1.0), array(1.0, 1.0)),
)  # fmt: skip


def test_each_entry_possible_but_not_together():
    swapped = replace(TIE, combined=Directions(TIE.combined.vectors, TIE.combined.right, TIE.combined.left))
    for slope in ([1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.25, 0.75 + 900 * EPS]):
        assert kind(slope, TIE, value=1.0) is kind(slope, swapped, value=1.0) is Kind.CHOICE
    for slope in ([0.0, 0.0], [1.0, 1.0], [0.5, 0.5 + 1e-11], [0.5, 0.5 - 1e-11]):
        found = find(outcome(slope, 1.0), TIE, EPS)
        assert found.kinds == {Kind.WRONG} and "along (++)" in found.reason and "from 1 to 1" in found.reason
    narrow = replace(TIE, combined=Directions(array([1.0, -1.0]), array(0.75), array(0.25)))
    assert "along (+-) they add up to 1, and f has slopes from 0.25 to 0.75" in find(
        outcome([1.0, 0.0], 1.0), narrow, EPS
    ).reason
    assert "each entry" not in find(outcome([0.0, 5.0], 1.0), TIE, EPS).reason  # it is not


def test_a_direction_and_a_loss_of_which_nothing_is_known_say_nothing():
    unknown = Directions(array([1.0, 1.0], [1.0, -1.0]), array(NAN, -1.0), array(NAN, 1.0))
    assert kind([0.0, 0.0], replace(TIE, combined=unknown), value=1.0) is Kind.CHOICE
    half = Directions(array([1.0, -1.0], [1.0, 1.0]), array(NAN, 1.0), array(0.0, NAN))
    assert kind([1.0, 0.0], replace(TIE, combined=half), value=1.0) is Kind.WRONG
    assert "along (+-)" in find(outcome([1.0, 0.0], 1.0), replace(TIE, combined=half), EPS).reason
    lossy = replace(TIE, arithmetic_error=array(1e-6, NAN))
    assert kind([0.5, 0.5 + 15e-6], lossy, value=1.0) is Kind.CHOICE
    assert kind([0.5, 0.5 + 17e-6], lossy, value=1.0) is Kind.WRONG
    both = replace(TIE, arithmetic_error=array(1e-6, 1e-6))
    assert kind([0.5 + 15e-6, 0.5 + 15e-6], both, value=1.0) is Kind.CHOICE
    assert kind([0.5 + 17e-6, 0.5 + 17e-6], both, value=1.0) is Kind.WRONG
    assert kind([1.0, 1.0], replace(TIE, combined=None), value=1.0) is Kind.CHOICE


def test_along_directions():
    vectors = array([1.0, 1.0], [1.0, -1.0])
    judgement = referee([5.0, -1.0], value=1.0, directions=vectors)
    assert kind([2.0, 3.0], judgement, value=1.0) is Kind.RIGHT
    assert kind([3.0, 2.0], judgement, value=1.0) is Kind.WRONG
    found = find(outcome([5.0], 1.0), judgement, EPS)
    assert found.worst is Kind.WRONG and "shape (1,), the referee's (2,)" in found.reason


# What is said ----------------------------------------------------------------------------------------


def test_digits():
    def digits(slope, judgement, value=None):
        return find(outcome(slope, value), judgement, EPS).digits

    assert digits(2.0, referee(2.0)) == 16.0
    assert digits(0.0, referee(0.0)) == 16.0
    assert abs(digits(2 * (1 + 1e-5), referee(2.0)) - 5) < 1e-6
    assert abs(digits([1.0, 2 * (1 - 1e-5)], referee([1.0, 2.0])) - 5) < 1e-6  # the worst
    assert abs(digits([1e-5, 10.0], referee([0.0, 10.0])) - 6) < 1e-6  # of a zero, beside the largest
    assert abs(digits(1e-5, referee(0.0)) - 5) < 1e-6
    assert digits(NAN, referee(2.0)) == 0.0
    assert digits(200.0, referee(2.0)) == 0.0
    assert str(digits(4.0, referee(2.0))) == "0.0"
    assert np.isnan(digits(0.0, referee(NAN, left=-1, right=1, kink=True)))
    mixed = referee([NAN, 2.0], left=[-1, 2], right=[1, 2], kink=[True, False])
    assert digits([7.0, 2.0], mixed) == 16.0  # at a kink there are none
    assert np.isnan(digits([1.0], referee([2.0], kink=[True])))


def test_reasons():
    def reason(slope, judgement, value=None):
        return find(outcome(slope, value), judgement, EPS).reason

    assert reason(2.0, referee(2.0)) == ""
    assert reason(3.0, referee(2.0)) == "slope 3; the referee says 2"
    assert reason([2.0, 3.0, 4.0], referee([2.0] * 3)) == "slope[1] 3; the referee says 2"
    lossy = referee(2.0, arithmetic_error=np.array(1.0))
    assert reason(3.0, lossy) == "slope 3, exactly 2: f's own arithmetic loses the other digits"
    kink = referee(NAN, left=-1, right=1, kink=True)
    assert reason(0.5, kink) == "slope 0.5; from the left -1, from the right 1"
    assert reason(2.0, kink) == "slope 2; the referee says from the left -1, from the right 1"
    worst_first = referee([NAN, 2.0], left=[-1, 2], right=[1, 2], kink=[True, False])
    assert reason([0.5, 3.0], worst_first).startswith("slope[1] 3")
    jump = referee(4.0, left=-1, right=1, kink=True)
    assert reason(2.0, jump).endswith("from the right 1")
    nowhere = referee(NAN, value=0.0)
    assert reason(1.0, nowhere, 0.0) == "slope 1; the referee says from the left nan, from the right nan"
    empty = find(outcome(np.zeros(0)), referee(np.zeros(0)), EPS)
    assert empty.kinds == {Kind.RIGHT} and empty.reason == "" and np.isnan(empty.digits)


# From findings to verdicts ---------------------------------------------------------------------------

KINK = referee(NAN, left=-1.0, right=3.0, kink=True)


def test_in_the_middle_all_agree_and_otherwise_none_does():
    assert verdicts([outcome(1.0), outcome(1.0)], KINK) == [Verdict.AGREE] * 2
    assert verdicts([outcome(1 + 1e-13), outcome(1 - 1e-13)], KINK) == [Verdict.AGREE] * 2
    assert verdicts([outcome(1.0), outcome(1 + 1e-11)], KINK) == [Verdict.CONVENTION] * 2
    assert verdicts([outcome(-1.0)], KINK) == [Verdict.CONVENTION]
    step = referee(NAN, left=0.0, right=0.0, kink=True)
    assert verdicts([outcome(0.0)], step) == [Verdict.AGREE]
    for sides in ((0.0, 2e6), (2e6, 0.0)):
        steep = referee(NAN, left=sides[0], right=sides[1], kink=True)
        assert verdicts([outcome(1e6 * (1 + 1500 * EPS))], steep) == [Verdict.AGREE]
        assert verdicts([outcome(1e6 * (1 + 2100 * EPS))], steep) == [Verdict.CONVENTION]
    assert verdicts([outcome(1.0), outcome(9.0)], KINK) == [Verdict.AGREE, Verdict.DIFFER]
    both = referee([NAN, NAN], left=[-1, -1], right=[3, 3], kink=[True, True])
    # What a wrong answer chooses elsewhere is no convention; nor does the place of what is right matter.
    assert verdicts([outcome([1.0, 1.0]), outcome([0.0, 9.0])], both) == [Verdict.AGREE, Verdict.DIFFER]
    assert verdicts([outcome([1.0, 1.0]), outcome([1.0, 0.0])], both) == [Verdict.CONVENTION] * 2
    mixed = referee([NAN, 2.0], left=[-1, 2], right=[3, 2], kink=[True, False])
    assert verdicts([outcome([1.0, 2.0])], mixed) == [Verdict.AGREE]


def test_the_worst_entry_counts():
    judgement = referee(
        [NAN, 2.0, 2.0], left=[-1, 2, 2], right=[3, 2, 2], kink=[True, False, False], arithmetic_error=array(0, 1, 1e-9)
    )
    for slope, expected in (
        ([0.0, 2.0, 2.0], Verdict.CONVENTION), ([0.0, 2.5, 2.0], Verdict.INACCURATE), ([0.0, 2.5, 2.5], Verdict.DIFFER),
        ([1.0, 2.5, 2.0], Verdict.INACCURATE),
    ):  # fmt: skip
        (row,) = judge([outcome(slope)], judgement, EPS)
        assert row.verdict is expected and row.reason


def test_misplaced_unless_it_is_wrong_too():
    strayed = {"slope_device": "cuda:0", "devices": frozenset(("cpu", "cuda:0"))}
    (row,) = judge([outcome(2.0, **strayed)], referee(2.0), EPS)
    assert row.verdict is Verdict.MISPLACED and row.device == "cpu, cuda:0"
    assert row.reason == "asked for cpu, but something lay on cuda:0"
    assert verdicts([outcome(3.0, **strayed)], referee(2.0)) == [Verdict.DIFFER]
    assert verdicts([outcome(0.0, **strayed)], KINK) == [Verdict.MISPLACED]
    hidden = replace(outcome(2.0), devices=frozenset(("cpu", "meta")))
    assert verdicts([hidden], referee(2.0)) == [Verdict.MISPLACED]


def failure(status):
    return Outcome("one", "1.0", "cpu", status, error="KeyError", message="mine")


def test_who_did_not_answer():
    rows = judge([failure(status) for status in (Status.FAILED, Status.UNSUPPORTED, Status.UNAVAILABLE)], KINK, EPS)
    assert [row.verdict for row in rows] == [Verdict.FAILED, Verdict.UNSUPPORTED, Verdict.UNAVAILABLE]
    assert [row.reason for row in rows] == ["KeyError: mine", "mine", "mine"]
    assert rows[0].device == "cpu" and np.isnan(rows[0].digits)
    unknown = Judgement("none", "f is a mystery")
    rows = judge([failure(Status.FAILED), outcome(1.0)], unknown, EPS)
    assert rows[0].verdict is Verdict.FAILED and rows[0].reason == "KeyError: mine"


def test_a_fault_of_the_array_fails_everybody():
    rows = judge([outcome(2.0), outcome(3.0)], referee(2.0, array_mismatch="2 is not 3"), EPS)
    assert {row.verdict for row in rows} == {Verdict.FAILED} and all("2 is not 3" in row.reason for row in rows)


def test_where_placement_alone_is_judged():
    def placed(*devices):
        return Outcome("one", "1.0", "meta", Status.ANSWERED, devices=frozenset(devices))

    rows = judge([placed("meta"), placed("meta", "cpu"), failure(Status.UNAVAILABLE)], KINK, EPS)
    assert [row.verdict for row in rows] == [Verdict.AGREE, Verdict.MISPLACED, Verdict.UNAVAILABLE]
    assert rows[0].reason == "of placement alone: meta holds no values" and "lay on cpu" in rows[1].reason
    assert rows[2].reason == "mine"


def test_without_a_referee_the_majority_says_and_the_reason_too():
    unknown = Judgement("none", "f is a mystery")
    rows = judge([outcome(1.0), outcome(1 + 1000 * EPS), outcome(1.1)], unknown, EPS)
    assert [row.verdict for row in rows] == [Verdict.AGREE, Verdict.AGREE, Verdict.DIFFER]
    assert [row.reason for row in rows] == [
        f"no referee (f is a mystery): {count} of 3 answers are alike" for count in (2, 2, 1)
    ]
    assert verdicts([outcome(1.0), outcome(1 + 2000 * EPS)], unknown) == [Verdict.DIFFER] * 2
    assert verdicts([outcome(NAN, value=NAN)] * 2, unknown) == [Verdict.AGREE] * 2
    assert verdicts([outcome(0.0), outcome(1e-300)], unknown) == [Verdict.DIFFER] * 2
    assert verdicts([outcome([1.0, 1.0]), outcome(1.0)], unknown) == [Verdict.DIFFER] * 2
    assert judge([outcome(1.0)], Judgement("none", note="chance"), EPS)[0].reason.startswith("no referee (chance)")
    valued = replace(unknown, value=np.array(1.0))
    rows = judge([outcome(1.0), outcome(1.0, 3.0)], valued, EPS)
    assert [row.verdict for row in rows] == [Verdict.AGREE, Verdict.DIFFER] and "f(x) is 3" in rows[1].reason
    strayed = {"slope_device": "cuda:0", "devices": frozenset(("cpu", "cuda:0"))}
    assert verdicts([outcome(1.0), outcome(1.0, **strayed)], unknown) == [Verdict.AGREE, Verdict.MISPLACED]
    assert verdicts([outcome(1.0), outcome(2.0, **strayed), outcome(1.0)], unknown)[1] is Verdict.DIFFER


def test_what_makes_a_report_red():
    assert {Verdict.DIFFER, Verdict.MISPLACED, Verdict.FAILED} == DISAGREEING


# Beyond the range of the dtype ------------------------------------------------------------------------

EPS_SHORT = 2.0**-23
TOP = float(np.finfo(np.float32).max)


def test_infinity_is_the_rounded_answer_beyond_the_range():
    assert kind([INF], referee([1e39]), EPS_SHORT) is Kind.RIGHT
    assert kind([-INF], referee([-1e39]), EPS_SHORT) is Kind.RIGHT
    assert kind([INF, 2.0], referee([1e300, 2.0]), EPS_SHORT) is Kind.RIGHT
    assert find(outcome([INF]), referee([1e39]), EPS_SHORT).digits == 16.0


def test_infinity_is_wrong_within_the_range_or_on_the_other_side():
    for slope, truth in [(INF, 3e38), (-INF, 1e39), (INF, -1e39), (-INF, 1e300), (INF, 0.0), (TOP, 1e39), (NAN, 1e39)]:
        assert kind([slope], referee([truth]), EPS_SHORT) is Kind.WRONG
    assert kind([INF], referee([1e39])) is Kind.WRONG  # float64 has that number
    assert kind([INF, INF], referee([1e300, 2.0]), EPS_SHORT) is Kind.WRONG
    assert kind([INF, -INF], referee([1e300, 0.0]), EPS_SHORT) is Kind.WRONG


def test_infinity_is_a_choice_between_slopes_beyond_the_range():
    kink = referee([NAN], left=[-1e39], right=[1e39], kink=[True])
    assert [kind([s], kink, EPS_SHORT) for s in (INF, -INF, 0.0, NAN)] == [Kind.CHOICE] * 3 + [Kind.WRONG]
    small = referee([NAN], left=[-1.0], right=[1e39], kink=[True])
    assert [kind([s], small, EPS_SHORT) for s in (INF, -INF)] == [Kind.CHOICE, Kind.WRONG]


# What need not be measured ---------------------------------------------------------------------------


def test_where_all_agree_on_a_smooth_slope_no_loss_could_change_a_verdict():
    smooth, right, wrong = referee(2.0), outcome(2.0), outcome(2.0 + 1e-6)
    assert settled([right, right], smooth, EPS)
    assert not settled([right, wrong], smooth, EPS)  # which may be a loss
    assert not settled([right, outcome(2.0, value=1.1)], smooth, EPS)
    assert not settled([right, outcome(2.0, devices=frozenset(("cpu", "cpu:1")))], smooth, EPS)
    assert not settled([outcome(0.0)], referee(0.0, left=-1.0, right=1.0, kink=True), EPS)  # its slack has a share
    one_of_two = referee([2.0, 0.0], left=[2.0, -1.0], right=[2.0, 1.0], kink=[False, True])
    assert verdicts([outcome([2.0, 0.0])], one_of_two) == [Verdict.AGREE]
    assert not settled([outcome([2.0, 0.0])], one_of_two, EPS)
    assert not settled([outcome(1e-20)], referee(0.0), EPS)
    absent = Outcome("two", "", "cpu", Status.UNAVAILABLE)
    assert settled([right, absent], smooth, EPS) and settled([absent], smooth, EPS)


def test_where_nobody_knows_nan_at_a_number_is_nobodys_agreement():
    nobody = Judgement("none", "too many entries")
    assert verdicts([outcome(NAN), outcome(NAN, name="two")], nobody) == [Verdict.DIFFER] * 2
    assert verdicts([outcome([NAN, 1.0], value=[NAN, 1.0])] * 2, nobody) == [Verdict.AGREE] * 2
    assert verdicts([outcome([NAN, 1.0], value=[1.0, NAN])] * 2, nobody) == [Verdict.DIFFER] * 2
    assert verdicts([outcome([NAN, 1.0], value=1.0)] * 2, nobody) == [Verdict.DIFFER] * 2
    assert "NaN, where f(x) is a number" in judge([outcome(NAN)], nobody, EPS)[0].reason
