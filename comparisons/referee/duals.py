"""Dual numbers over object arrays: a value and its derivative along one direction, by the rule of every row.

Used only to judge how many digits f's own arithmetic loses: the right rules, once in many digits and once in
about as many as the backends have. What the derivative *is*, the differences say.

A dual number has a level: a derivative of a derivative is a dual number whose parts are dual numbers of a
lower level. What has a lower level than the operation is a constant to it, so perturbations are not confused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from multigrad.comparisons.referee import rules
from multigrad.comparisons.referee.arrays import Arrays
from multigrad.comparisons.referee.composed import COMPOSED
from multigrad.comparisons.referee.face import Face, Functions, bare, lower_triangle
from multigrad.comparisons.referee.linear_algebra import Matrices

Native = Any  # an object array, an array of integers or booleans, or a Dual


class Dual:
    """A native array and its derivative, in the same shape."""

    __slots__ = ("level", "tangent", "value")

    def __init__(self, value: Native, tangent: Native, level: int) -> None:
        self.value = value
        self.tangent = tangent
        self.level = level

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)


HOLDS_DUALS = frozenset((Dual, list, tuple))


def primal(x: Native) -> Native:
    """The array under x, without derivatives."""
    while isinstance(x, Dual):
        x = x.value
    return x


def rows_over(arrays: Arrays) -> dict[str, Callable[..., Native]]:
    """Every row, over arrays of numbers and over dual numbers."""
    table: dict[str, Callable[..., Native]] = {}
    m = Functions(table)
    base = arrays.table() | Matrices(arrays).table()
    base |= {"pi": lambda: arrays.lifted(+arrays.context.pi), "fft.waves": _waves(arrays)}
    differentiated = _rules()
    for name, row in base.items():
        table[name] = _either(m, name, row, _shaken(arrays, differentiated.get(name)))
    for name, composed in COMPOSED.items():
        table[name] = _composed(m, composed)
    return table


def _waves(arrays: Arrays) -> Callable[[int, int, int], Native]:
    def waves(rows: int, size: int, sign: int) -> Native:
        context = arrays.context
        circle = [context.expjpi(context.mpf(2 * sign * k) / size) for k in range(size)]
        steps = np.outer(np.arange(rows), np.arange(size)) % max(size, 1)
        return np.array([*circle, None], dtype=object)[steps]

    return waves


def _composed(m: Functions, function: Callable[..., Any]) -> Callable[..., Native]:
    def row(x: Native, *others: Any) -> Native:
        answer = function(m, m.face(x), *others)
        return tuple(part.native for part in answer) if isinstance(answer, tuple) else answer.native

    return row


def _either(
    m: Functions, name: str, row: Callable[..., Native], rule: Callable[..., Native] | None
) -> Callable[..., Native]:
    """The row over numbers where no operand is dual, or where it has no derivative; else its rule as well."""

    def call(*operands: Any) -> Native:
        level = 0
        for x in operands:
            if type(x) in HOLDS_DUALS:
                level = max(level, _level(x))
        if not level:
            return row(*operands)
        if rule is None:
            return row(*map(_primals, operands))
        pairs = [_split(x, level) for x in operands]
        values, tangents = [value for value, _ in pairs], [tangent for _, tangent in pairs]
        answer = m.rows[name](*values)
        tangent = rule(m, name, answer, values, tangents)
        if tangent is None:
            return answer
        if not isinstance(answer, tuple):
            return Dual(answer, tangent, level)
        # A part whose tangent is None is constant: the sign of a determinant.
        return tuple(
            part if slope is None else Dual(part, slope, level)
            for part, slope in zip(answer, tangent, strict=True)
        )

    return call


def _shaken(arrays: Arrays, rule: Callable[..., Native] | None) -> Callable[..., Native] | None:
    """The rule, over tangents with one rounding more where the arrays are shaken."""

    def shake(m: Functions, tangent: Any) -> Any:
        if tangent is None:
            return None
        if isinstance(tangent, list):
            return [shake(m, part) for part in tangent]
        if type(tangent) is Dual:
            return m.rows["multiply"](tangent, arrays.roundings(tangent.shape))
        return arrays.shake(tangent)

    def shaken_rule(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
        if arrays.shaken is not None:
            tangents = [shake(m, tangent) for tangent in tangents]
        return rule(m, name, answer, values, tangents)  # type: ignore[misc]  # not None, see below

    return rule and shaken_rule


def _level(x: Any) -> int:
    if type(x) is Dual:
        return x.level
    return max(map(_level, x), default=0) if isinstance(x, (list, tuple)) else 0


def _primals(x: Any) -> Any:
    return [primal(part) for part in x] if isinstance(x, (list, tuple)) else primal(x)


def _split(x: Any, level: int) -> tuple[Any, Any]:
    """Value and tangent of an operand at a level; the tangent of a constant is None."""
    if isinstance(x, (list, tuple)) and any(isinstance(part, Dual) for part in x):
        values, tangents = zip(*(_split(part, level) for part in x), strict=True)
        return list(values), list(tangents)
    if type(x) is Dual and x.level == level:
        return x.value, x.tangent
    return x, None


# Rules: (functions, name of the row, answer, values, tangents) -> tangent -----------------------------------


def _zeros(m: Functions, like: Native) -> Native:
    return m.rows["astype"](np.zeros(like.shape), np.dtype(float))


def _unary(rule: Callable[..., Any]) -> Callable[..., Native]:
    def apply(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
        return m.rows["multiply"](rule(m, m.face(values[-1]), m.face(answer)).native, tangents[-1])

    return apply


def _binary(rule: Callable[..., Any]) -> Callable[..., Native]:
    def apply(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
        operands = [x if isinstance(x, (int, float, complex)) else m.face(x) for x in values]
        partials = rule(m, *operands, m.face(answer))
        add, multiply, total = m.rows["add"], m.rows["multiply"], None
        for partial, tangent in zip(partials, tangents, strict=True):
            if tangent is not None:
                term = multiply(bare(partial()), tangent)
                total = term if total is None else add(total, term)
        return m.rows["broadcast_to"](total, answer.shape)

    return apply


def _linear(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    return m.rows[name](tangents[0], *values[1:])


def _sum_of_operands(
    m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]
) -> Native:
    """Linear in each operand: the sum over them of the row with that one's tangent in its place."""
    add, total = m.rows["add"], None
    for k, tangent in enumerate(tangents):
        if tangent is not None:
            term = m.rows[name](*values[:k], tangent, *values[k + 1 :])
            total = term if total is None else add(total, term)
    return total


def _plus_minus(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    present = [0.0 if tangent is None else tangent for tangent in tangents]
    return m.rows["broadcast_to"](m.rows[name](*present), answer.shape)


def _joined(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    pairs = zip(values[0], tangents[0], strict=True)
    return m.rows[name]([_zeros(m, x) if tangent is None else tangent for x, tangent in pairs], values[1])


def _where(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    branches = (0.0 if tangent is None else tangent for tangent in tangents[1:])
    return m.rows["broadcast_to"](m.rows["where"](primal(values[0]), *branches), answer.shape)


def _set_at(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    base = _zeros(m, answer) if tangents[0] is None else tangents[0]
    return m.rows["set_at"](base, values[1], 0.0 if tangents[2] is None else tangents[2])


def _cast(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    return m.rows["astype"](tangents[0], values[1]) if np.dtype(values[1]).kind in "fc" else None


def _absolute(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    return m.real(m.conjugate(m.sign(m.face(values[0]))) * m.face(tangents[0])).native


def _angle(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    return m.imag(m.face(tangents[0]) / m.face(values[0])).native


def _by_products(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    """prod and cumprod: each factor's tangent times the others, without dividing by what may be zero."""
    x, slope, axis = m.face(values[0]), m.face(tangents[0]), values[1]
    axes = axis if isinstance(axis, tuple) else (axis,)
    terms = []
    for at in np.ndindex(*(x.shape[k] for k in axes)):
        index: list[Any] = [slice(None)] * len(x.shape)
        for k, position in zip(axes, at, strict=True):
            index[k] = slice(position, position + 1)
        term = m.call(name, m.set_at(x, tuple(index), slope[tuple(index)]), *values[1:])
        if name == "cumprod":
            places = np.arange(x.shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(x.shape))])
            term = m.where(places < at[0], 0.0, term)  # products that this factor has not entered yet
        terms.append(term)
    return sum(terms[1:], terms[0]).native if terms else _zeros(m, answer)


def _picked(positions: Callable[..., Any]) -> Callable[..., Native]:
    """Rows that choose entries: the tangents of those chosen."""

    def apply(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
        x = primal(values[0])
        index = np.arange(x.size).reshape(x.shape)
        chosen = positions(m, name, x, index, values)
        return m.rows["gather"](m.rows["reshape"](tangents[0], (x.size,)), chosen.reshape(answer.shape))

    return apply


def _extreme_positions(m: Functions, name: str, x: Any, index: Any, values: list[Any]) -> Any:
    axes = values[1]
    kept = [k for k in range(x.ndim) if k not in axes]
    order, shape = (*kept, *axes), (*(x.shape[k] for k in kept), -1)
    merged, places = x.transpose(order).reshape(shape), index.transpose(order).reshape(shape)
    best = m.rows[f"arg{name}"](merged, merged.ndim - 1, True)
    return np.take_along_axis(places, best, -1)


def _sorted_positions(m: Functions, name: str, x: Any, index: Any, values: list[Any]) -> Any:
    return np.take_along_axis(index, m.rows["argsort"](x, values[1]), values[1])


# Linear algebra ----------------------------------------------------------------------------------------


def _matrix(rule: Callable[..., Any]) -> Callable[..., Native]:
    """A rule over faces: (functions, answer, matrix, its tangent) -> tangent, or one for each answer."""

    def apply(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
        faces = tuple(map(m.face, answer)) if isinstance(answer, tuple) else m.face(answer)
        slope = rule(m, faces, m.face(values[0]), m.face(tangents[0]))
        if isinstance(slope, tuple):
            return tuple(None if part is None else part.native for part in slope)
        return slope.native

    return apply


def _det(m: Functions, y: Face, a: Face, da: Face) -> Any:
    """Column by column, since the inverse that Jacobi's formula has does not exist where det is zero."""
    n = a.shape[-1]
    columns = [m.set_at(a, (..., k), da[..., k]) for k in range(n)]
    terms = [m.call("linalg.det", column) for column in columns]
    return sum(terms[1:], terms[0])


def _trace(m: Functions, x: Face) -> Any:
    return m.einsum("...ii->...", x)


def _diagonal(m: Functions, x: Face) -> Any:
    return m.einsum("...ii->...i", x)


def _solve(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    da, db = tangents
    right = m.face(0.0 if db is None else db)
    if da is not None:
        right = right - m.face(da) @ m.face(answer)
    return m.call("linalg.solve", m.face(values[0]), right).native


def _hermitian(m: Functions, da: Face) -> Any:
    """From the lower triangle, which is all that the row has read."""
    return lower_triangle(m, da) + lower_triangle(m, da, 0.0).mT


def _cholesky(m: Functions, lower: Face, a: Face, da: Face) -> Any:
    half = m.call("linalg.solve", lower, _hermitian(m, da))
    both = m.call("linalg.solve", lower, half.mT)
    return lower @ lower_triangle(m, both, 0.5)


def _gaps(m: Functions, w: Face) -> Any:
    """1 / (w_j - w_i), zero where they are equal."""
    gap = w[..., None, :] - w[..., :, None]
    same = m.equal(gap, 0)
    return m.where(same, 0.0, 1 / m.where(same, 1.0, gap))


def _eigh(m: Functions, answer: tuple[Face, Face], a: Face, da: Face) -> tuple[Face, Face]:
    w, v = answer
    turned = v.mT @ _hermitian(m, da) @ v
    return m.real(_diagonal(m, turned)), v @ (_gaps(m, w) * turned)


def _svd(m: Functions, answer: tuple[Face, Face, Face], a: Face, da: Face) -> tuple[Face, Face, Face]:
    u, s, vh = answer
    v, row, column = vh.mT, s[..., None, :], s[..., :, None]
    turned = u.mT @ da @ v
    gaps = _gaps(m, s * s)
    du = u @ (gaps * (turned * row + column * turned.mT))
    dv = v @ (gaps * (column * turned + turned.mT * row))
    if u.shape[-2] > u.shape[-1]:
        du = du + (da @ v - u @ turned) / row
    if v.shape[-2] > v.shape[-1]:
        dv = dv + (da.mT @ u - v @ turned.mT) / row
    return du, m.real(_diagonal(m, turned)), dv.mT


def _tall_qr(m: Functions, answer: tuple[Face, Face], a: Face, da: Face) -> tuple[Face, Face]:
    q, r = answer
    slope = m.call("linalg.solve", r.mT, da.mT).mT  # da / r
    turned = q.mT @ slope
    below = lower_triangle(m, turned, 0.0)
    rotation = below - below.mT
    return q @ (rotation - turned) + slope, (turned - rotation) @ r


def _pinv(m: Functions, p: Face, a: Face, da: Face) -> Any:
    across = p @ p.mT @ da.mT
    along = da.mT @ p.mT @ p
    return across - across @ a @ p + along - p @ a @ along - p @ da @ p


def _slogdet(m: Functions, answer: Any, a: Face, da: Face) -> tuple[None, Face]:
    return None, m.real(_trace(m, m.call("linalg.solve", a, da)))


def _inv(m: Functions, y: Face, a: Face, da: Face) -> Any:
    return -(y @ da @ y)


def _rules() -> dict[str, Callable[..., Native]]:
    unary: Sequence[tuple[str, Any]] = [*rules.UNARY.items(), ("special.polygamma", None)]
    table = {name: _unary(rule) for name, rule in unary if rule}
    table["special.polygamma"] = _polygamma
    table |= {name: _binary(rule) for name, rule in rules.BINARY.items() if rule}
    linear = "negative conjugate real imag sum cumsum reshape transpose broadcast_to getitem gather"
    table |= dict.fromkeys(linear.split(), _linear)
    table |= {name: _picked(_extreme_positions) for name in ("max", "min")}
    table |= dict.fromkeys(("add", "subtract"), _plus_minus) | dict.fromkeys(
        ("concatenate", "stack"), _joined
    )
    table |= dict.fromkeys(("matmul", "einsum"), _sum_of_operands) | dict.fromkeys(
        ("prod", "cumprod"), _by_products
    )
    matrices: dict[str, Callable[..., Any]] = {
        "det": _det, "slogdet": _slogdet, "inv": _inv, "cholesky": _cholesky, "eigh": _eigh, "svd": _svd,
        "tall_qr": _tall_qr, "pinv": _pinv,
    }  # fmt: skip
    table |= {f"linalg.{name}": _matrix(rule) for name, rule in matrices.items()}
    return table | {
        "where": _where, "set_at": _set_at, "astype": _cast, "absolute": _absolute, "angle": _angle,
        "sort": _picked(_sorted_positions), "linalg.solve": _solve,
    }  # fmt: skip


def _polygamma(m: Functions, name: str, answer: Native, values: list[Any], tangents: list[Any]) -> Native:
    n, x = values
    return m.rows["multiply"](m.rows[name](primal(n) + 1, x), tangents[1])


__all__ = ["Dual", "primal", "rows_over"]
