"""Random programs in NumPy, as a person might write them: each is the text of an f, a point and an operator."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np

from multigrad.comparisons.scenario import Operator, Scenario

UNARY = (
    "sin cos tan exp expm1 exp2 log log1p log2 sqrt cbrt square reciprocal negative absolute sign floor rint "
    "arcsin arccos arctan sinh cosh tanh arcsinh sinc"
).split()
GENTLE = "sin cos tanh arctan square negative arcsinh".split()
PAIRS = "{a} + {b}|{a} - {b}|{a} * {b}|{a} * {b}|{a} / {b}|np.hypot({a}, {b})|np.arctan2({a}, {b})".split("|")
CHOICES = (
    "np.maximum({a}, {b})|np.minimum({a}, {b})|np.fmax({a}, {b})|np.where({a} > {c}, {a}, {b})"
    "|np.where({a} < {b}, {b}, {a})|np.clip({a}, -{c}, {c})|np.logaddexp({a}, {b})|np.remainder({a}, {c})"
    "|{a} ** {n}|np.abs({a}) ** {c}|np.power({a}, {n})"
).split("|")
ALONG = (
    "np.cumsum({a})|np.sort({a})|{a}[::-1]|np.roll({a}, 1)|np.append({a}[1:], {a}[0])|{a} - {a}.mean()"
    "|{a} * {a}[-1]|np.concatenate([{a}[:1], {b}[1:]])|{a} / np.linalg.norm({b})|np.take({a}, [2, 0, 1])|M @ {a}"
    "|np.cumprod({a})|np.where({a} > np.median({a}), {a}, {b})|np.interp({c}, [0, 1], [1, 2]) * {a}"
    "|np.outer({a}, {b})[1]"
).split("|")
REDUCED = (
    "np.sum({a})|np.mean({a})|np.prod({a})|np.max({a})|np.min({a})|np.var({a})|np.std({a})|np.linalg.norm({a})"
    "|np.median({a})|{a} @ ({b})|{a}[1] * ({b})[2]|np.max({a}) - np.min({b})|np.log(np.sum(np.exp({a})))|np.ptp({a})"
    "|np.sum(np.outer({a}, {b}) * M)|np.linalg.det(M + np.outer({a}, {b}))|np.trapezoid({a})|np.sum(np.abs({a}))"
).split("|")
LOOPS = (
    "    for k in range({n}):\n        y = {step}\n",
    "    k = 0\n    while k < {n}:\n        y, k = {step}, k + 1\n",
    "    if np.sum(x) > {c}:\n        y = {step}\n",
)
WRITES = (
    "    y[{i}] = ({b})[{i}]\n", "    y[{i}] = {c}\n", "    y[{i}] *= {c}\n", "    y[{i}] += ({b})[{i}]\n",
    "    part = y[{v}]\n    part *= {c}\n", "    part = y[{v}]\n    y[{w}] = ({b})[{w}]\n    y = y[0] * part\n",
    "    np.put(y, [1, 2, 1], {b})\n", "    y[:2], y[1:] = y[1:] * {c}, y[:2]\n",
)  # fmt: skip
"""Into an array of their own."""
PLACES = "0|-1|1:|::2|[0, 2]|[1, 1]|[2, 0, 2]|y > {c}|...|np.array([True, False, True])".split("|")
VIEWS = "1:|::2|::-1|:2|...|None".split("|")
POINTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
M = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [0.0, 1.0, 3.0]])


@dataclass(frozen=True)
class Program:
    """One f at one point."""

    seed: int
    text: str
    x: Any
    operator: Operator

    def scenario(self) -> Scenario:
        names: dict[str, Any] = {"np": np, "M": M}
        exec(self.text, names)
        return Scenario(f"program {self.seed}", names["f"], self.x, self.operator)

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.operator} at {self.x!r} of\n{self.text}"


def program(seed: int) -> Program:
    """The program of that number: always the same."""
    return _Writer(seed).program()


class _Writer:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)

    def program(self) -> Program:
        kind = self.random.choice(["number", "points", "gradient", "gradient"])
        many = kind == "gradient"
        body = f"    y = {self.expression(self.random.randint(1, 3), many)}\n"
        if self.random.random() < 0.3:
            gentle = f"np.{self.random.choice(GENTLE)}(y) * x + {self.constant()}"
            body += self.random.choice(LOOPS).format(n=self.random.randint(1, 3), c=self.constant(), step=gentle)
        if many and self.random.random() < 0.3:
            body += f"    y = {self.random.choice(['y * 1.0', 'y.copy()', 'np.copy(y)'])}\n{self.write()}"
        if many:
            body += f"    y = {self.random.choice(REDUCED).format(a='y', b=self.expression(1, many))}\n"
        text = f"def f(x):\n{body}    return {self.random.choice(['y', 'y', self.unary('y')])}\n"
        return Program(self.seed, text, self.point(() if kind == "number" else (3,)), "gradient" if many else "slope")

    def point(self, shape: tuple[int, ...]) -> Any:
        """Ordinary numbers, or numbers at which something may happen; one in five times single."""
        count = int(np.prod(shape, dtype=int))
        special = self.random.random() < 0.4
        numbers = [self.random.choice(POINTS) if special else self.random.gauss(0, 1.5) for _ in range(count)]
        return np.array(numbers, np.float32 if self.random.random() < 0.2 else np.float64).reshape(shape)

    def constant(self) -> str:
        return self.random.choice(["0.5", "1.0", "2.0", "3", "1.7", f"{self.random.uniform(0.1, 4):.3g}"])

    def write(self) -> str:
        place = self.random.choice(PLACES).format(c=self.constant())
        view, place_of_view = self.random.choice(VIEWS), self.random.choice(PLACES[:7])
        return self.random.choice(WRITES).format(
            i=place, v=view, w=place_of_view, b=self.expression(1, many=True), c=self.constant()
        )

    def unary(self, a: str) -> str:
        return f"np.{self.random.choice(UNARY)}({a})"

    def expression(self, depth: int, many: bool) -> str:
        if depth == 0:
            return self.random.choice(["x", "x", "x", self.constant() + " * x"])
        kinds = ["unary", "unary", "pair", "choice", *(["along", "along"] if many else [])]
        kind = self.random.choice(kinds)
        a = self.expression(depth - 1, many)
        if kind == "unary":
            return self.unary(a)
        b = self.expression(self.random.randint(0, depth - 1), many)
        forms = {"pair": PAIRS, "choice": CHOICES, "along": ALONG}[kind]
        return self.random.choice(forms).format(
            a=a if a.isidentifier() else f"({a})", b=b if b.isidentifier() else f"({b})", c=self.constant(),
            n=self.random.choice([2, 3, -1, 2, 0]),
        )  # fmt: skip
