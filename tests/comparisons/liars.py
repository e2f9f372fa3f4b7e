"""Liars: real backends that are wrong in one way.

A tell is a function that takes a backend of its own and spoils one thing of it. Most spoil the derivative on its
way out, f(x), or the derivative rule of one row; the value that a spoilt rule gives stays right.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from multigrad import backends
from multigrad.backends import Backend

Tell = Callable[[Backend], object]
Native = Any
Change = Callable[[Native, Native], Native]  # (answer, x) to the changed answer


def liar(of: str, tell: Tell, name: str = "liar") -> Backend:
    """A backend that is another's twin, but for one lie."""
    twin = type(backends.get(of))()
    twin.name = name  # type: ignore[misc]  # an instance of its own, with a name of its own
    tell(twin)
    return twin


def _on_the_host(liar: Backend, change: Callable[..., Any], answer: Native, x: Native) -> Native:
    changed = change(liar.to_host(answer), liar.to_host(x))
    return liar.from_host(np.asarray(changed), liar.device_of(answer))


def _spoilt(liar: Backend, slope: Change, value: Change) -> None:
    """Both products of a liar, with something done to what they answer at the outermost level."""
    jvp, vjp = liar.jvp, liar.vjp

    def lying_jvp(f: Any, x: Native, v: Native, *, nested: bool) -> Any:
        y, s = jvp(f, x, v, nested=nested)
        return (y, s) if liar.is_recorded(x) else (value(y, x), slope(s, x))

    def lying_vjp(f: Any, x: Native, *, nested: bool) -> Any:
        y, pullback = vjp(f, x, nested=nested)
        return (y, pullback) if liar.is_recorded(x) else (value(y, x), lambda u: slope(pullback(u), x))

    liar.jvp, liar.vjp = lying_jvp, lying_vjp  # type: ignore[method-assign]  # this instance's


def _as_it_is(answer: Native, x: Native) -> Native:
    return answer


def slope(change: Callable[[Any, Any], Any]) -> Tell:
    """The derivative changed by ``change(slope, x)``, over NumPy arrays."""
    return lambda liar: _spoilt(liar, lambda s, x: _on_the_host(liar, change, s, x), _as_it_is)


def value(change: Callable[[Any, Any], Any]) -> Tell:
    """f(x) changed by ``change(value, x)``, over NumPy arrays; the slope stays right."""
    return lambda liar: _spoilt(liar, _as_it_is, lambda y, x: _on_the_host(liar, change, y, x))


def native_slope(change: Callable[[Backend, Native], Native]) -> Tell:
    """The derivative changed by ``change(liar, slope)``, over native arrays."""
    return lambda liar: _spoilt(liar, lambda s, x: change(liar, s), _as_it_is)


def native_value(change: Callable[[Backend, Native], Native]) -> Tell:
    return lambda liar: _spoilt(liar, _as_it_is, lambda y, x: change(liar, y))


def remembered(change: Callable[[Any, Any], Any]) -> Tell:
    """The derivative changed by ``change(slope, slope of the last call)``."""

    def tell(liar: Backend) -> None:
        memory: list[Any] = []

        def recall(s: Any, x: Any) -> Any:
            memory.append(s)
            return change(s, memory[-2]) if len(memory) > 1 else s

        slope(recall)(liar)

    return tell


def reverse_mode(change: Callable[[Any, Any], Any]) -> Tell:
    """The pullback alone changed: slopes that are taken forwards stay right."""

    def tell(liar: Backend) -> None:
        jvp = liar.jvp
        slope(change)(liar)
        liar.jvp = jvp  # type: ignore[method-assign]  # this instance's

    return tell


def row(name: str, wrong: Callable[..., Native]) -> Tell:
    """One row replaced by ``wrong(m, *operands)``, where m has the honest rows as attributes."""

    def tell(liar: Backend) -> None:
        m = _honest(liar)
        liar.rows = {**liar.rows, name: lambda *operands: wrong(m, *operands)}

    return tell


def rule(name: str, wrong: Callable[..., Native]) -> Tell:
    """One row with its own value, and the derivative of ``wrong(m, *operands)``."""

    def joined(m: Any, *operands: Any) -> Native:
        right, other = m.row(name)(*operands), wrong(m, *operands)
        return m.add(m.frozen(right), m.subtract(other, m.frozen(other)))

    return row(name, joined)


def _honest(liar: Backend) -> SimpleNamespace:
    """The rows by name, and `frozen`: the same numbers, of which no derivative is recorded."""

    def frozen(x: Native) -> Native:
        return liar.from_host(liar.to_host(x), liar.device_of(x)) if hasattr(x, "shape") else x

    rows = dict(liar.rows)
    plain = {name: function for name, function in rows.items() if "." not in name}
    return SimpleNamespace(**plain, row=rows.__getitem__, frozen=frozen, liar=liar)


def raising(error: BaseException | type[BaseException]) -> Tell:
    """Every derivative raises."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    def tell(liar: Backend) -> None:
        liar.jvp = liar.vjp = fail  # type: ignore[method-assign]  # this instance's

    return tell


def doing(act: Callable[[], object]) -> Tell:
    """Right answers, and something done on the way."""

    def change(s: Any, x: Any) -> Any:
        act()
        return s

    return slope(change)


def answering(change: Callable[[Any], Any]) -> Tell:
    """What leaves the backend for the host changed, value and slope alike."""

    def tell(liar: Backend) -> None:
        to_host = liar.to_host
        liar.to_host = lambda x: change(to_host(x))  # type: ignore[method-assign]  # this instance's

    return tell


def with_method(name: str, wrong: Callable[..., Any]) -> Tell:
    """One method of the contract replaced by ``wrong(honest method, *arguments)``."""

    def tell(liar: Backend) -> None:
        honest = getattr(liar, name)
        setattr(liar, name, lambda *arguments: wrong(honest, *arguments))

    return tell
