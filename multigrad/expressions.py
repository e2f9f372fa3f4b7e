"""What a person types for f: an expression, ``sin(x) * exp(-x)``, or a target, ``package.module:function``.

An expression is parsed by Python's own parser and then translated, node by node, from the tables below;
nothing is evaluated that they do not list. So an expression cannot reach a file, a module or an attribute,
and it cannot hang: its length and depth are bounded, constants are folded in float64, and no function of the
table makes an array larger than x.

A target is a person's own code: it is imported and trusted as Python trusts it.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import math
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from multigrad.errors import ExpressionError

Number = float  # int and bool among them
Function = Callable[[Any], Any]
Operation = Callable[..., Any]

MAX_LENGTH = 2000
MAX_DEPTH = 100
LARGEST_INTEGER = 2**53
"""Integers beyond it become floats: float64 does not hold them all, and their powers may never end."""

CONSTANTS: dict[str, Number] = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}

OPERATORS: dict[type[ast.AST], Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

OF_ONE = """abs absolute fabs sign sqrt cbrt square reciprocal negative exp exp2 expm1 log log2 log10 log1p
    sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh asin acos atan asinh acosh atanh
    sinc i0 deg2rad rad2deg floor ceil trunc rint isnan isinf isfinite logical_not
    sum prod mean median var std max min cumsum cumprod diff sort linalg.norm""".split()
OF_TWO = """maximum minimum fmax fmin power pow arctan2 atan2 hypot logaddexp logaddexp2 remainder mod fmod
    copysign heaviside logical_and logical_or logical_xor dot""".split()
OF_THREE = ["where", "clip"]

FUNCTIONS: dict[str, tuple[int, Operation]] = {
    name: (arity, operator.attrgetter(name)(np))
    for arity, names in enumerate((OF_ONE, OF_TWO, OF_THREE), start=1)
    for name in names
}
"""NumPy's name -> how many arguments it has in an expression, and the function."""

RENAMED = {
    "ln": "log",
    "tg": "tan",
    "sgn": "sign",
    "round": "rint",
    "norm": "linalg.norm",
    "max": "maximum",
    "min": "minimum",
}
"""Names from elsewhere, and of reductions that were given two arguments -> what NumPy calls them."""

ALLOWED = "allowed are numbers, x, pi, e, + - * / // % **, comparisons, parentheses and NumPy functions"

HINTS: dict[type[ast.AST], str] = {
    ast.BitXor: "write ** for powers",
    ast.MatMult: "write dot(a, b)",
    ast.BitAnd: "write logical_and(a, b)",
    ast.BitOr: "write logical_or(a, b)",
    ast.Invert: "write logical_not(a)",
    ast.Not: "write logical_not(a)",
    ast.BoolOp: "write logical_and(a, b) or logical_or(a, b)",
    ast.IfExp: "write where(condition, a, b)",
    ast.Attribute: "there are no attributes; NumPy functions are written sin(x), or np.sin(x)",
    ast.Lambda: "write only what the function returns",
    ast.NamedExpr: "write only what the function returns",
    ast.Subscript: "there are no indices; the expression is that of one point x",
    ast.keyword: "arguments have no names here",
    ast.Starred: "arguments are written one by one",
    ast.Call: "write * to multiply",
}
"""What to write instead of syntax that is not listed; everything else gets `ALLOWED`."""

CHARACTERS = {
    "\N{MINUS SIGN}": "write - for minus",
    "\N{EN DASH}": "write - for minus",
    "\N{MULTIPLICATION SIGN}": "write * to multiply",
    "\N{MIDDLE DOT}": "write * to multiply",
    "\N{DOT OPERATOR}": "write * to multiply",
    "\N{DIVISION SIGN}": "write / to divide",
    "\N{SUPERSCRIPT TWO}": "write **2",
    "\N{SUPERSCRIPT THREE}": "write **3",
    "\N{SQUARE ROOT}": "write sqrt(x)",
    "\N{GREEK SMALL LETTER PI}": "write pi",
    "\N{INFINITY}": "write inf",
    "#": "there are no comments",
}


@dataclass(frozen=True)
class Expression:
    """A function of x that was read from text.

    Attributes
    ----------
    source : str
        The text; also the function's ``__name__``.

    Examples
    --------
    >>> from multigrad.expressions import parse
    >>> f = parse("x**3 + 3*x**2 - 5*x + 4")
    >>> f, float(f(-2.0))
    (Expression(source='x**3 + 3*x**2 - 5*x + 4'), 18.0)
    """

    source: str
    evaluate: Function = field(repr=False, compare=False)

    def __call__(self, x: Any) -> Any:
        return self.evaluate(np.float64(x) if type(x) in (int, float) else x)

    @property
    def __name__(self) -> str:
        return self.source


def parse(text: str) -> Expression:
    """The function of x that an expression describes.

    Parameters
    ----------
    text : str
        Arithmetic, comparisons and NumPy functions (``sin(x)``, or ``np.sin(x)``) over ``x``, numbers,
        ``pi``, ``e``, ``inf`` and ``nan``. What is the same for every x is computed once, in float64.

    Returns
    -------
    Expression
        Takes a number (as float64), a NumPy array, or the array that a slope records.

    Raises
    ------
    ExpressionError
        It is anything else; one line, which quotes the place and says what to write.

    Examples
    --------
    >>> import numpy as np
    >>> from multigrad.expressions import parse
    >>> parse("where(x > 0, x, 0)")(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    source, tree = _read(text)
    made = _Translation(source).translate(tree)
    return Expression(source, made if callable(made) else lambda x: made)


def parse_point(text: str) -> float | npt.NDArray[np.float64]:
    """A number (``"-2"``, ``"pi/2"``) or, where there are commas, an array of them (``"1, 2, 3"``).

    Raises
    ------
    ExpressionError
        It is not a constant.

    Examples
    --------
    >>> from multigrad.expressions import parse_point
    >>> parse_point("-2")
    -2.0
    >>> parse_point("0, 1/2, 1")
    array([0. , 0.5, 1. ])
    """
    source, tree = _read(text)
    if isinstance(tree, (ast.Tuple, ast.List)):
        return np.array([_constant(entry, source) for entry in tree.elts])
    return _constant(tree, source)


def load_target(text: str) -> Function:
    """The function that ``package.module:function`` or ``path/file.py:function`` names.

    A module is looked for as ``python -m`` does, in the working directory first; a file sees its neighbours.

    Raises
    ------
    ExpressionError
        There is no such module, file or function, it cannot be called, or importing it raised an error.
    """
    place, _, name = text.strip().rpartition(":")
    module = _import_file(Path(place)) if place.endswith(".py") else _import_module(place)
    try:
        function: Any = operator.attrgetter(name)(module)
    except AttributeError as error:
        known = [key for key, value in vars(module).items() if callable(value)]
        raise ExpressionError(f"{place} has no function {name!r}{_nearest(name, known)}") from error
    if not callable(function):
        raise ExpressionError(f"{name!r} of {place} is of type {type(function).__name__}; expected a function")
    return function  # type: ignore[no-any-return]  # mypy narrows Any by callable() to Any


def resolve(text: str) -> Function:
    """f, from a target (a module or a ``.py`` file, a colon, a name) or else from an expression.

    Raises
    ------
    ExpressionError
        As `load_target` and `parse`.
    """
    place, _, name = text.strip().rpartition(":")
    if _is_dotted(name) and (place.endswith(".py") or _is_dotted(place)):
        return load_target(text)
    return parse(text)


def describe(error: BaseException) -> str:
    """Somebody else's exception in one line: ``ZeroDivisionError: division by zero``."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


# Reading ---------------------------------------------------------------------------------------------


def _read(text: str) -> tuple[str, ast.expr]:
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text):,} characters, of which at most {MAX_LENGTH:,} are read; write a "
            "function in a file and name it: path/file.py:function"
        )
    source = " ".join(text.split())
    if not source:
        raise ExpressionError("the expression is empty; expected something like x**2 + sin(x)")
    if source.endswith(".py"):
        raise _refusal(source, source, f"a function in a file is written {source}:function")
    for character in source:
        if character in CHARACTERS or not (character.isascii() and character.isprintable()):
            raise _refusal(source, character, CHARACTERS.get(character, ALLOWED))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Python only warns of "0or x"
            return source, ast.parse(source, mode="eval").body
    except SyntaxError as error:
        place = source[(error.offset or 1) - 1 :] or source
        raise _refusal(source, place, _advice(source) or f"{error.msg}; {ALLOWED}") from error
    except (MemoryError, RecursionError, ValueError) as error:  # the parser's own limits
        raise _refusal(source, source, str(error) or "it is nested too deeply") from error


def _advice(source: str) -> str | None:
    """What is most likely meant by text that is not Python."""
    if re.search(r"(?<![\w.])[\d.]+ ?((x|pi|e)\b|[a-z]\w*\()", source):
        return "write * to multiply: 2*x"
    if re.search(r"(?<![=<>!])=(?!=)", source):
        return "write the right-hand side alone, without y ="
    return None


def _refusal(source: str, place: str, hint: str) -> ExpressionError:
    whole, part = _shortened(source), _shortened(place)
    where = "" if part == whole else f" in {whole}"
    return ExpressionError(f"cannot read {part}{where}: {hint}")


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:57]}...")


def _nearest(name: str, known: Iterable[str]) -> str:
    near = [RENAMED[name]] if name in RENAMED else difflib.get_close_matches(name, known)
    return f"; did you mean {' or '.join(near)}?" if near else ""


# Translating -----------------------------------------------------------------------------------------


class _Translation:
    """From the nodes of one expression to functions of x, or to a number where x is not in them."""

    def __init__(self, source: str) -> None:
        self.source = source

    def refusal(self, node: ast.AST, hint: str) -> ExpressionError:
        segment = ast.get_source_segment(self.source, node)
        return _refusal(self.source, segment or self.source, hint)

    def translate(self, node: ast.expr, depth: int = 0) -> Number | Function:
        if depth > MAX_DEPTH:
            raise self.refusal(node, f"it is nested more than {MAX_DEPTH} deep")

        def apply(operation: Operation, *operands: ast.expr) -> Number | Function:
            return self.apply(node, operation, *(self.translate(each, depth + 1) for each in operands))

        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self.number(node, number)
            case ast.Name() | ast.Attribute():
                return self.named(node)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
                return apply(OPERATORS[type(op)], operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return apply(OPERATORS[type(op)], left, right)
            case ast.Compare(left=left, ops=ops, comparators=rest) if OPERATORS.keys() >= set(map(type, ops)):
                sides = zip((left, *rest), rest, strict=False)
                links = [apply(OPERATORS[type(op)], *pair) for op, pair in zip(ops, sides, strict=True)]
                return reduce(lambda a, b: self.apply(node, np.logical_and, a, b), links)
            case ast.Call(func=ast.Name() | ast.Attribute() as called, args=arguments, keywords=[]):
                return apply(self.function(called, arguments), *arguments)
        parts = [getattr(node, "op", None), *getattr(node, "ops", ()), *getattr(node, "keywords", ()), node]
        raise self.refusal(node, next((HINTS[type(part)] for part in parts if type(part) in HINTS), ALLOWED))

    def number(self, node: ast.expr, number: Number) -> Number:
        if abs(number) > sys.float_info.max:
            raise self.refusal(node, "it is larger than a float64 can be")
        return float(number) if abs(number) > LARGEST_INTEGER else number

    def named(self, node: ast.Name | ast.Attribute) -> Number | Function:
        name = _dotted(node)
        if name == "x":
            return lambda x: x
        if name in CONSTANTS:
            return CONSTANTS[name]
        if name in FUNCTIONS:
            arguments = ", ".join("xab"[: FUNCTIONS[name][0]])
            raise self.refusal(node, f"it is a function; write {name}({arguments})")
        if isinstance(node, ast.Attribute):
            raise self.refusal(node, HINTS[ast.Attribute])
        raise self.refusal(node, f"the variable is x{_nearest(name, (*CONSTANTS, *FUNCTIONS))}")

    def function(self, node: ast.Name | ast.Attribute, arguments: list[ast.expr]) -> Operation:
        name, given = _dotted(node), len(arguments)
        if name == "x" or name in CONSTANTS:
            raise self.refusal(node, "it is not a function; write * to multiply")
        if name not in FUNCTIONS and isinstance(node, ast.Attribute):
            raise self.refusal(node, HINTS[ast.Attribute])
        if name not in FUNCTIONS:
            raise self.refusal(node, f"there is no such function{_nearest(name, FUNCTIONS)}")
        arity, function = FUNCTIONS[name]
        if given != arity:
            needed = f"{arity} argument{'s' * (arity > 1)}"
            raise self.refusal(node, f"it takes {needed} here, not {given}{_nearest(name, ())}")
        return function

    def apply(self, node: ast.expr, operation: Operation, *operands: Number | Function) -> Number | Function:
        numbers = [each for each in operands if not callable(each)]
        if len(numbers) < len(operands):
            return lambda x: operation(*(each(x) if callable(each) else each for each in operands))
        try:
            with np.errstate(all="ignore"):
                value = operation(*map(np.float64, numbers))  # not Python's integers: 9**9**9 would not end
        except (TypeError, ValueError) as error:
            raise self.refusal(node, describe(error)) from error
        if isinstance(value, np.bool_):
            return bool(value)
        whole = all(isinstance(each, int) for each in numbers) and abs(value) <= LARGEST_INTEGER
        return int(value) if whole and value == int(value) else float(value)


def _constant(node: ast.expr, source: str) -> float:
    translation = _Translation(source)
    value = translation.translate(node)
    if callable(value):
        raise translation.refusal(node, "expected a number")
    return float(value)


def _dotted(node: ast.expr) -> str:
    """``linalg.norm`` for the nodes of ``np.linalg.norm``; "" where an attribute is not of a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join(names if names and node.id in ("np", "numpy") else (node.id, *names))


# Importing -------------------------------------------------------------------------------------------


def _is_dotted(text: str) -> bool:
    return all(map(str.isidentifier, text.split(".")))


@contextmanager
def _importing(place: str, folder: Path) -> Iterator[None]:
    """Modules of `folder` can be imported, and what goes wrong in them is said in one line."""
    sys.path.insert(0, str(folder))
    try:
        yield
    except (Exception, SystemExit) as error:
        raise ExpressionError(f"importing {place} raised {describe(error)}") from error
    finally:
        sys.path.remove(str(folder))


def _import_module(name: str) -> ModuleType:
    with _importing(name, Path.cwd()):
        return importlib.import_module(name)


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ExpressionError(f"there is no file {str(path)!r}; expected path/file.py:function")
    name = f"_target_{path.stem}"  # the prefix keeps a file called jax.py from becoming everybody's jax
    loader = SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None  # it is, where no loader was found
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        with _importing(str(path), path.parent.resolve()):
            loader.exec_module(module)
    except ExpressionError:
        del sys.modules[name]
        raise
    return module
