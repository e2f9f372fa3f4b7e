"""Mutants of the code that judges: each spoilt in one place, and each has to be noticed. ``make mutants`` runs them.

The judge is a function of outcomes and the referee's answer, so every lie is run once, and what the judge then said
is asked of each mutant again; after it the tests of `test_verdict`. The list at the end is of those that nobody
noticed; `mutants.md` says of each why that does not matter.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from multigrad import backends
from multigrad.comparisons import entries, verdict, worker
from multigrad.comparisons.state import watched
from tests.comparisons import test_lies
from tests.comparisons.liars import liar
from tests.comparisons.lies import LIES

MODULES = (entries, verdict)  # in the order in which they import each other
SWAPPED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
RENAMED = {"maximum": "minimum", "minimum": "maximum", "fmin": "fmax", "fmax": "fmin", "any": "all", "all": "any",
           "max": "min", "min": "max", "isnan": "isinf", "isinf": "isnan", "isfinite": "isnan", "sum": "max",
           "left": "right", "right": "left", "low": "high", "high": "low"}  # fmt: skip


def mutations(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """Field and new value of each way to spoil this very node."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in SWAPPED:
            yield "ops", [SWAPPED[type(op)]()]
        case ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in SWAPPED:
            yield "op", SWAPPED[type(op)]()
        case ast.Constant(value=bool() as value):
            yield "value", not value
        case ast.Constant(value=int() | float() as value):
            yield "value", value + 1
        case ast.Attribute(attr=name) if name in RENAMED:
            yield "attr", RENAMED[name]
        case ast.Name(id=name) if name in RENAMED and isinstance(node.ctx, ast.Load):
            yield "id", RENAMED[name]
        case ast.If() | ast.IfExp():
            yield "test", ast.Constant(True)
            yield "test", ast.Constant(False)


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Every mutant of a file, with a line that says what is spoilt."""
    for number, node in enumerate(ast.walk(tree)):
        for field, new in mutations(node):
            other = copy.deepcopy(tree)
            spoilt = next(each for k, each in enumerate(ast.walk(other)) if k == number)
            setattr(spoilt, field, new)
            yield f"{node.lineno}: {ast.unparse(node)} -> {ast.unparse(spoilt)}", ast.fix_missing_locations(other)


def planted() -> list[tuple[tuple[Any, ...], list[Any]]]:
    """What the judge was asked for each lie, and what it said."""
    asked: list[tuple[Any, ...]] = []

    def recorded(*question: Any) -> Any:
        asked.append(question)
        return verdict.judge(*question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "_judgement", lambda each, *_: test_lies.judged(each.name))
        patch.setattr(worker, "judge", recorded)
        for lie in LIES:
            patch.setitem(backends._loaded, "liar", liar(lie.by[0], lie.tell))
            with watched({}):
                test_lies.rows(lie.told_on, lie.by[0], lie.device)
    return [(question, said(verdict, question)) for question in asked]


def said(judge: Any, question: tuple[Any, ...]) -> list[Any]:
    return [(str(row.verdict), bool(row.reason)) for row in judge.judge(*question)]


def install(name: str, tree: ast.Module) -> list[ModuleType]:
    """The modules with one of them spoilt, in place of the right ones."""
    installed = []
    for module in MODULES:
        new = ModuleType(module.__name__)
        new.__file__ = module.__file__
        sys.modules[module.__name__] = new
        setattr(sys.modules["multigrad.comparisons"], module.__name__.rpartition(".")[2], new)
        source = tree if module.__name__ == name else ast.parse(Path(str(module.__file__)).read_text())
        exec(compile(source, str(module.__file__), "exec"), new.__dict__)
        installed.append(new)
    return installed


def complaint(name: str, tree: ast.Module, questions: list[tuple[tuple[Any, ...], list[Any]]]) -> str:
    """What was noticed of a mutant; nothing, if it was not."""
    try:
        judge = install(name, tree)[-1]
        if any(said(judge, question) != answer for question, answer in questions):
            return "a lie is called something else"
        spec = util.find_spec("tests.comparisons.test_verdict")
        assert spec is not None and spec.loader is not None
        tests = util.module_from_spec(spec)
        spec.loader.exec_module(tests)
        for test in [each for title, each in vars(tests).items() if title.startswith("test_")]:
            test()
    except Exception as error:  # noqa: BLE001  a mutant may raise anything
        return f"{type(error).__name__}: {error}"
    return ""


def main() -> None:
    questions = planted()
    unnoticed, count = [], 0
    with np.errstate(all="ignore"):
        for module in MODULES:
            path = Path(str(module.__file__))
            whole = ast.parse(path.read_text())
            if said := complaint(module.__name__, whole, questions):
                raise SystemExit(f"{path.name} is not spoilt, and yet: {said}")
            for text, tree in mutants(whole):
                count += 1
                if not complaint(module.__name__, tree, questions):
                    unnoticed.append(f"{path.name}:{text}")
                    print(unnoticed[-1], flush=True)
    print(f"{len(unnoticed)} of {count} mutants were not noticed")


if __name__ == "__main__":
    main()
