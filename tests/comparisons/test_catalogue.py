"""The catalogue is data: unique, documented, cheap, and its formulas agree with a referee that knows none of them."""

import ast
import sys
import time
from collections import Counter
from importlib import import_module, util
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from multigrad import UnknownScenario
from multigrad.comparisons.catalogue import FAMILIES, families, family, scenario
from multigrad.comparisons.catalogue.tour import TOUR
from multigrad.comparisons.referee import referee
from multigrad.comparisons.run import Status, run

SCENARIOS = [each for members in families().values() for each in members]
PUBLISHED = ("least squares", "optimisation")

TOLERANCE = 1e-12
"""Of the largest entry. The formulas are evaluated in float64, whose rounding is 1e-16; well-conditioned ones keep
the twelve digits."""

SUBNORMAL = 1e-322
"""Below the normal numbers a float64 has fewer digits: some units in its last place."""


def test_there_are_hundreds_and_no_two_have_a_name():
    assert len(SCENARIOS) >= 400
    assert not [name for name, count in Counter(each.name for each in SCENARIOS).items() if count > 1]


def test_no_scenario_is_another_one_under_another_name():
    def key(each):
        code = each.f.__code__
        return code.co_code, code.co_consts, code.co_names, each.x.tobytes(), each.x.shape, each.operator, each.order

    written = [each for each in SCENARIOS if hasattr(each.f, "__code__")]
    seen = {}
    for each in written:
        seen.setdefault(repr(key(each)), []).append(each.name)
    assert not [names for names in seen.values() if len(names) > 1]


def test_every_scenario_is_of_its_family_in_float64_and_small():
    for name, members in families().items():
        for each in members:
            assert each.family == name, each.name
            assert each.x.dtype == np.float64 and each.x.size <= 16, each.name
            assert each.operator in ("slope", "gradient") and each.order in (1, 2, 3), each.name
            assert each.order == 1 or each.operator == "slope", each.name


def test_what_was_published_says_where():
    for name in PUBLISHED:
        assert all(each.source for each in family(name))
    assert all(len(each.source) > 20 for each in SCENARIOS if each.source)


def test_orders_one_to_three_and_both_operators_occur():
    assert {(each.operator, each.order) for each in SCENARIOS} == {
        ("slope", 1), ("slope", 2), ("slope", 3), ("gradient", 1),
    }  # fmt: skip


@pytest.mark.parametrize("file", FAMILIES)
def test_a_family_is_data_introduced_by_why_it_is_there(file):
    text = Path(import_module(f"multigrad.comparisons.catalogue.{file}").__file__).read_text("utf-8")
    introduction = ast.get_docstring(ast.parse(text))
    assert introduction.count("\n") >= 2 and text.count("\n") < 500
    called = {
        node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and node.id.startswith("multigrad")
    }
    assert not called  # functions as strangers write them


def test_without_scipy_its_family_is_empty(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    spec = util.find_spec("multigrad.comparisons.catalogue.scipy_functions")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.SCENARIOS == ()


def test_scenarios_are_found_by_name_and_typing_errors_are_helped_with():
    assert scenario("absolute value at 0").f is np.abs
    assert len(family("least squares")) == len(families()["least squares"])
    assert {each.name for each in TOUR} <= {each.name for each in SCENARIOS}
    with pytest.raises(UnknownScenario, match="absolute value at 0"):
        scenario("absolut value at 0")
    with pytest.raises(UnknownScenario, match="least squares"):
        family("least square")


@pytest.mark.parametrize("name", families())
def test_closed_forms_agree_with_the_referee(name):
    """By differences of f in many digits, where there is one slope."""
    wrong = []
    for each in family(name):
        if each.closed_form is None:
            continue
        judged = referee(each.f, each.x, operator=each.operator, order=each.order)
        if judged.source != "mpmath":
            assert name == "escapes", (each.name, judged.reason)
            continue
        formula = np.asarray(each.closed_form(each.x.copy()), dtype=float)
        with np.errstate(all="ignore"):
            error = np.abs(formula - judged.slope)
        largest = np.max(np.abs(judged.slope), initial=0.0)
        if formula.shape != judged.slope.shape or not np.all(error <= TOLERANCE * largest + SUBNORMAL):
            wrong.append((each.name, formula, judged.slope))
    assert not wrong


def test_the_singular_matrix_is_singular_in_any_arithmetic():
    """A pivot is a quotient of minors: of powers of two each is exact, and the one that has to be 0 is 0."""
    matrix = scenario("determinant of a singular matrix, three by three").x.astype(int)
    pairs = list(combinations(range(3), 2))
    minors = [a * d - b * c for r in pairs for s in pairs for (a, b), (c, d) in [matrix[np.ix_(r, s)].tolist()]]
    assert all(abs(each).bit_count() <= 1 for each in [*matrix.ravel().tolist(), *minors]) and any(minors)
    cofactors = [(-1) ** k * minors[-1 - k] for k in range(3)]  # of the first row
    assert sum(a * b for a, b in zip(matrix[0].tolist(), cofactors, strict=True)) == 0


@pytest.mark.filterwarnings("ignore")  # f warns of its own overflow, as it does for its author
@pytest.mark.parametrize("name", families())
def test_none_takes_long_or_fails_in_autograd(name):
    """Errors are those of a framework at a singular matrix, or of multigrad where a value leaves the recording."""
    for each in family(name):
        started = time.process_time()
        outcome = run(each, "autograd")
        assert time.process_time() - started < 1, each.name
        expected = (Status.ANSWERED, Status.UNSUPPORTED) if name == "escapes" else (Status.ANSWERED,)
        assert outcome.status in expected or outcome.error == "LinAlgError", (each.name, outcome.message)
