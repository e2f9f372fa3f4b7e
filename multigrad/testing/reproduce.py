"""A comparison in one line that can be pasted into a shell; where f cannot be named there, into the test."""

from __future__ import annotations

import ast
import dis
import inspect
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from multigrad.comparisons.records import source_text

LONGEST = 256
"""How many numbers a line may have."""


class Expression(NamedTuple):
    """Text that a new Python evaluates to f."""

    text: str
    imports: tuple[str, ...] = ()


def one_line(
    f: Callable[..., Any],
    x: npt.NDArray[Any],
    device: str | None = None,
    backends: Iterable[str] | None = None,
    rtol: float | None = None,
) -> str:
    """The call of `multigrad.compare`, for a shell where f can be named there.

    Examples
    --------
    >>> import numpy as np
    >>> print(one_line(np.abs, np.array(0.0), backends=["jax"]))
    python -c "import multigrad, numpy as np; print(multigrad.compare(np.absolute, 0.0, backends=['jax']))"
    """
    found = expression(f)
    point = numbers(x)
    given = [found.text if found else _text(f, "__name__").replace("<lambda>", "f") or "f", point or "x"]
    given += [] if device is None else [repr(device)]
    given += [] if backends is None else [f"backends={list(backends)!r}"]
    given += [] if rtol is None else [f"rtol={rtol!r}"]
    call = f"multigrad.compare({', '.join(given)})"
    if found is None or point is None:
        return f"{call}  # f is {_place(f)}" + ("" if point else f", x its {x.size:,} numbers")
    imports = ", ".join(dict.fromkeys(("multigrad", "numpy as np", *found.imports)))
    code = f"import {imports}; print({call})"
    return f"python -c {shlex.quote(code)}" if re.search(r'["$`\\!]', code) else f'python -c "{code}"'


def numbers(x: npt.NDArray[Any]) -> str | None:
    """x to the last digit, as it is typed; None where there is too much of it.

    Examples
    --------
    >>> import numpy as np
    >>> numbers(np.array(0.1 + 0.2)), numbers(np.array([1.0, np.nan]))
    ('0.30000000000000004', 'np.array([1.0, np.nan])')
    >>> numbers(np.array([[0.1]], np.float32)), numbers(np.empty((0, 3)))
    ("np.array([[0.1]], 'float32')", 'np.empty((0, 3))')
    """
    if x.size > LONGEST:
        return None
    dtype = "" if x.dtype == np.float64 else f", '{x.dtype}'"
    if not x.size:
        return f"np.empty({x.shape}{dtype})"
    # In its own precision: the shortest digits that give the same float32 again.
    text = re.sub(r"\b(nan|inf)\b", r"np.\1", nested(x))
    if x.ndim == 0:
        return text if not dtype else f"np.{x.dtype}({text})"
    return f"np.array({text}{dtype})"


def nested(x: npt.NDArray[Any]) -> str:
    """The numbers, as short as they are exact."""
    return f"[{', '.join(map(nested, x))}]" if np.ndim(x) else str(x[()])


def expression(f: Callable[..., Any]) -> Expression | None:
    """How f is written where nothing is defined; None where that takes more than one expression."""
    if isinstance(f, np.ufunc):
        return Expression(f"np.{f.__name__}") if getattr(np, f.__name__, None) is f else None
    name, module = _text(f, "__name__"), sys.modules.get(_text(f, "__module__"))
    if name == "<lambda>":  # a wrapper may be called like what it wraps
        return _lambda(f) if isinstance(f, FunctionType) else None
    if module is None or getattr(module, name, None) is not f:
        return None
    home = module.__name__
    if home == "builtins":
        return Expression(name)
    if home.partition(".")[0] == "numpy":
        return Expression(f"{home.replace('numpy', 'np', 1)}.{name}")
    file = getattr(module, "__file__", None)
    if file is None:
        return None
    if _can_be_imported(home, Path(file)):
        return Expression(f"{home}.{name}", (home,))
    target = f"{_relative(Path(file)).as_posix()}:{name}"
    return Expression(f"multigrad.expressions.resolve({target!r})", ("multigrad.expressions",))


def _can_be_imported(module: str, file: Path) -> bool:
    """Whether that name finds the file: pytest imports tests by more ways than a shell has."""
    here = Path.cwd().joinpath(*module.split("."))
    installed = {"site-packages", "dist-packages"} & {*file.parts}
    return bool(installed) or file in (here.with_name(f"{here.name}.py"), here / "__init__.py")


def _relative(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _text(f: Any, attribute: str) -> str:
    """An attribute that is text: an object may answer anything, and raise anything."""
    try:
        value = getattr(f, attribute, "")
    except Exception:  # noqa: BLE001  f's own __getattr__
        return ""
    return value if isinstance(value, str) else ""


def _lambda(f: FunctionType) -> Expression | None:
    """The text of a lambda that needs nothing but modules."""
    code = f.__code__
    if code.co_freevars or f.__defaults__ or f.__kwdefaults__:
        return None
    used = [f.__globals__[name] for name in _names(code) if name in f.__globals__]
    if not all(isinstance(each, ModuleType) for each in used):
        return None
    try:
        tree = ast.parse("".join(inspect.findsource(f)[0]))
    except (OSError, TypeError, SyntaxError):
        return None
    texts = {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno
    }
    if len(texts) != 1:
        return None
    (text,) = texts
    imports = (f"{f.__globals__[name].__name__} as {name}" for name in _names(code) if name in f.__globals__)
    return Expression(text, tuple(each.removesuffix(f" as {each.partition(' ')[0]}") for each in imports))


def _names(code: CodeType) -> Iterator[str]:
    """The globals that the code loads, in inner functions too; `co_names` has the attributes as well."""
    for each in dis.get_instructions(code):
        if each.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield each.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _place(f: Callable[..., Any]) -> str:
    try:
        inner = inspect.unwrap(f)
        return f"in {_relative(Path(inspect.getfile(inner)))}, line {inspect.getsourcelines(inner)[1]}"
    except Exception:  # noqa: BLE001  no source, or f's own answers to what was asked
        if isinstance(f, FunctionType | BuiltinFunctionType | np.ufunc):
            return source_text(f)
        return f"of the type {type(f).__module__}.{type(f).__qualname__}"


__all__ = ["nested", "one_line"]
