"""Expressions against Python's own evaluation of the same text, and everything that must be refused."""

import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multigrad import slope
from multigrad.errors import ExpressionError
from multigrad.expressions import FUNCTIONS, MAX_DEPTH, MAX_LENGTH, load_target, parse, parse_point, resolve

POINTS = np.array([-2.0, -0.5, 0.25, 1.0, 3.0])
NAMES = {"np": np, "numpy": np, **vars(np)}


def evaluated(text, x):
    """The text as Python evaluates it, with NumPy's names: what `parse` must not do, but mean."""
    with np.errstate(all="ignore"):
        return eval(text, {**NAMES, "abs": np.abs, "x": x})


def parsed(text, x):
    with np.errstate(all="ignore"):
        return parse(text)(x)


# What is read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x**3 + 3*x**2 - 5*x + 4",
        "-x**2",
        "--x - +x",
        "2**-1 * x**-2",
        "x // 2 + x % 3",
        "sin(x) * exp(-x)",
        "np.sin(x) + numpy.cos(pi*x)",
        "np.linalg.norm(x)",
        "where(x > 0, sqrt(abs(x)), -x)",
        "where(x != 1, x, e)",
        "maximum(x, 0) - minimum(x, 0.5)",
        "clip(x, -1, 1)",
        "1/(1 + exp(-x))",
        "x * (2 > 1)",
        "1e-3*x + 1_000 + .5 + 0x10",
        "sum(x**2) / 2**3**2",
        "  ( x\n + 1 )\t",
    ],
)
def test_means_what_python_means(text):
    np.testing.assert_array_equal(parsed(text, POINTS), evaluated(text.strip(), POINTS))


def test_a_chain_of_comparisons_is_taken_entry_by_entry():
    np.testing.assert_array_equal(parse("where(-1 < x <= 1, x, 0)")(POINTS), [0, -0.5, 0.25, 1, 0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_numpys(name):
    text = f"np.{name}({', '.join(['x', '0.5', '2.0'][: FUNCTIONS[name][0]])})"
    np.testing.assert_array_equal(parsed(text, POINTS), evaluated(text, POINTS))


TREES = st.recursive(
    st.sampled_from(["x", "x", "1.5", "2", "pi"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "*", "/"]), inner).map("({0[0]}{0[1]}{0[2]})".format),
        st.tuples(inner, st.sampled_from(["**2", "**3", "**-1"])).map("({0[0]}){0[1]}".format),
        st.tuples(st.sampled_from(["sin", "np.exp", "tanh", "-", "abs"]), inner).map("{0[0]}({0[1]})".format),
        st.tuples(inner, inner, inner).map("where({0[0]} < {0[1]}, {0[1]}, {0[2]})".format),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_random_expressions_mean_what_python_means(text):
    ours = np.broadcast_to(parsed(text, POINTS), POINTS.shape)
    try:
        expected = np.broadcast_to(evaluated(text, POINTS), POINTS.shape)
    except ZeroDivisionError:  # Python's, of constants; they are NumPy's here
        return
    np.testing.assert_allclose(ours, expected, rtol=1e-12)


def test_its_slope_is_right_on_every_backend(backend):
    f = parse("x**3 + 3*x**2 - 5*x + 4 + where(x < 0, sin(2*x), abs(x)**(1/2))")
    assert slope(f, -2.0, backend=backend) == pytest.approx(-5 + 2 * np.cos(4), rel=1e-14)
    assert slope(f, 4.0, backend=backend) == pytest.approx(3 * 16 + 24 - 5 + 1 / 4, rel=1e-14)


def test_whole_constants_stay_integers_so_that_powers_keep_their_rule():
    for text in ("x**3", "x**(1 + 2)", "x**(6/2)"):
        assert slope(parse(text), -2.0) == 12.0
        assert slope(parse(text), 0.0, order=4) == 0.0


def test_constants_are_those_of_float64():
    assert parse("1/0")(1.0) == np.inf
    assert np.isnan(parse("(-8)**(1/3)")(1.0))  # Python's would be complex
    assert parse("x")(np.float32(0.1)).dtype == np.float32
    assert parse("2*x + pi")(np.float32(0.1)).dtype == np.float32  # constants are weak, as in NEP 50


def test_keeps_its_source():
    f = parse(" x**2 ")
    assert (f.source, f.__name__, repr(f)) == ("x**2", "x**2", "Expression(source='x**2')")
    assert f == parse("x**2") != parse("x*x")


# What is refused -------------------------------------------------------------------------------------

HOSTILE = [
    "__import__('os').system('true')",
    "__import__",
    "().__class__.__bases__[0].__subclasses__()",
    "x.__class__",
    "x.sum()",
    "np.load('f')",
    "np.lib.format.open_memmap",
    "np.sin.__call__(x)",
    "numpy",
    "math.sin(x)",
    "eval('1')",
    "open('/etc/passwd')",
    "exec",
    "[i for i in x]",
    "(i for i in x)",
    "{x: 1}",
    "{x}",
    "[x, x]",
    "x, x",
    "x[0]",
    "lambda x: x",
    "lambda:x",
    "(y := x)",
    "'text'",
    "b'text'",
    "f'{x}'",
    "sin(*x)",
    "sin(**x)",
    "sum(x, axis=0)",
    "sin(x)(x)",
    "sin",
    "sin()",
    "x()",
    "pi(x)",
    "(x + 1)(x - 1)",
    "x if x > 0 else 0",
    "x > 0 and x < 1",
    "not x",
    "x is x",
    "x in x",
    "x & 1",
    "x << 99999999999",
    "~x",
    "x @ x",
    "True",
    "None",
    "...",
    "1j",
    "1e999",
    "9" * 1500,
    "9" * 5000,
    "a" * 1500,
    "x" * 10_000_000,
    "(" * 150 + "x" + ")" * 150 + "(" * 100,
    "(" * 900 + "x" + ")" * 900,
    "-" * 1500 + "x",
    "sin(" * 190 + "x" + ")" * 190,
    "x" + "+x" * 900,
    "x**" * 500 + "x",
    "[" * 1000,
    "x;x",
    "x = 1",
    "import os",
    "print(x)",
    "yield x",
    "await x",
    "0or x",
    "x #",
    "x\0",
    "\udcff",
    "ѕin(x)",  # noqa: RUF001  a Cyrillic s
    "",
    "  ",
    "y",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_is_refused_at_once_and_in_one_line(text):
    started = time.perf_counter()
    with pytest.raises(ExpressionError) as caught:
        resolve(text)
    assert time.perf_counter() - started < 1
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 350


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x^2", "write ** for powers"),
        ("2x + 1", "write * to multiply"),
        ("2 x", "write * to multiply"),
        ("3(x + 1)", "write * to multiply"),
        ("x(x + 1)", "write * to multiply"),
        ("y = x**2", "without y ="),
        ("ln(x)", "did you mean log?"),
        ("sine(x)", "did you mean sin"),
        ("max(x, 0)", "did you mean maximum?"),
        ("norm(x)", "did you mean linalg.norm?"),
        ("arctan2(x)", "takes 2 arguments here, not 1"),
        ("t**2", "the variable is x"),
        ("np.sin", "write sin(x)"),
        ("x \N{MINUS SIGN} 1", "write - for minus"),
        ("x\N{SUPERSCRIPT TWO}", "write **2"),
        ("\N{GREEK SMALL LETTER PI}*x", "write pi"),
        ("x if x > 0 else 0", "where(condition, a, b)"),
        ("curves/f.py", "curves/f.py:function"),
        ("diff(1)", "at least one dim"),
        ("x**2 + foo.bar", "cannot read 'foo.bar' in 'x**2 + foo.bar'"),
    ],
)
def test_says_what_to_write(text, hint):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("9**9**9**9", np.inf), ("x*9**9**9**9", np.inf), ("2**99999**9", np.inf), ("0**9**9", 0)],
)
def test_towers_of_powers_end(text, value):
    started = time.perf_counter()
    assert parse(text)(2) == value
    assert time.perf_counter() - started < 1


def test_powers_of_a_huge_python_integer_end():
    assert parsed("x**9**9", 10**200) == np.inf


def test_bounds():
    assert parse("x" + "+x" * MAX_DEPTH)(1.0) == MAX_DEPTH + 1
    with pytest.raises(ExpressionError, match="deep"):
        parse("x" + "+x" * (MAX_DEPTH + 1))
    assert parse("1" + " " * (MAX_LENGTH - 1))(0.0) == 1
    with pytest.raises(ExpressionError, match="2,001 characters"):
        parse("1" + " " * MAX_LENGTH)


# Points ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"), [("-2", -2.0), (" 3", 3.0), ("1e-7", 1e-7), ("-pi/2", -np.pi / 2), ("-inf", -np.inf)]
)
def test_a_point_is_a_float(text, value):
    assert parse_point(text) == value
    assert type(parse_point(text)) is float


@pytest.mark.parametrize(
    ("text", "values"),
    [("1,2, 3", [1, 2, 3]), ("[-1, sqrt(4)]", [-1, 2]), ("1,", [1]), ("nan, 1", [np.nan, 1]), ("[]", [])],
)
def test_points_are_an_array(text, values):
    points = parse_point(text)
    assert points.dtype == np.float64
    np.testing.assert_array_equal(points, values)


@pytest.mark.parametrize("text", ["x", "1, x", "one", "1 2", "(1, 2), 3", "range(3)", ""])
def test_a_point_is_constant(text):
    with pytest.raises(ExpressionError):
        parse_point(text)


# Targets ---------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "neighbour_of_f.py").write_text("def square(x): return x**2\n")
    (tmp_path / "jax.py").write_text(
        "from neighbour_of_f import square\n"
        "class Curves:\n    square = square\n"
        "number = 3\n"
        "def f(x): return square(x)\n"
    )
    yield tmp_path
    sys.modules.pop("neighbour_of_f", None)


@pytest.mark.parametrize("text", ["jax.py:f", "./jax.py:f", "jax.py:Curves.square", "neighbour_of_f:square"])
def test_a_target_is_imported(folder, text):
    path, modules = list(sys.path), sys.modules.get("jax")
    assert resolve(text)(3.0) == 9.0
    assert resolve(f"{folder}/{text}" if text.endswith(".py:f") else text)(3.0) == 9.0
    assert sys.path == path
    assert sys.modules.get("jax") is modules  # a file of a framework's name does not take its place


def test_a_target_of_a_package():
    assert resolve("numpy:linalg.norm") is load_target("numpy.linalg:norm") is np.linalg.norm


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nowhere.py:f", "there is no file 'nowhere.py'"),
        ("nowhere_at_all:f", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("jax.py:g", "jax.py has no function 'g'"),
        ("neighbour_of_f:squared", "did you mean square?"),
        ("jax.py:number", "'number' of jax.py is of type int; expected a function"),
        ("raises.py:f", "importing raises.py raised RuntimeError: two lines"),
        ("exits.py:f", "importing exits.py raised SystemExit: 3"),
        ("broken.py:f", "importing broken.py raised SyntaxError: invalid syntax (broken.py, line 1)"),
    ],
)
def test_a_target_that_is_not_there(folder, text, message):
    (folder / "raises.py").write_text("raise RuntimeError('two\\nlines')")
    (folder / "exits.py").write_text("raise SystemExit(3)")
    (folder / "broken.py").write_text("def f(:")
    path = list(sys.path)
    with pytest.raises(ExpressionError) as caught:
        resolve(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sys.path == path
    assert "_target_raises" not in sys.modules
