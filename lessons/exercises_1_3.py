"""The exercises of lessons 1, 2 and 3."""

from __future__ import annotations

from typing import Any

import numpy as np
from checks import Exercise, Mistake, host, number, word

COLUMN = np.array([[1.0], [-3.0], [-4.0], [4.0]])
"""Each leg's steps, (1, 2), (0, 3), (-1, 1) and (2, 2), with the weights 3 and -1."""


def near(low: float, high: float) -> Any:
    """Whether an answer is one number, of the shape (), from low to high."""
    return lambda answer: host(answer).shape == () and low <= number(answer) <= high


def words(*expected: str) -> Any:
    """Whether an answer is these words, each alone or in a list."""
    return lambda answer: [word(each) for each in answer] == list(expected)


ARRAYS = (
    Exercise(
        "1.1", "The weighted sum of each leg, of the shape (4, 1).", COLUMN,
        praise="The weights became a column, (2, 1), and (4, 2) @ (2, 1) is (4, 1).",
        mistakes=(
            Mistake(COLUMN.ravel(), "the numbers are right, in a vector of the shape (4,): make the weights a column "
                                    "with reshape(-1, 1) first."),
            Mistake(COLUMN.T, "the numbers are right, in a row of the shape (1, 4): reshape(-1, 1) makes a column."),
            Mistake([[3.0, -2.0], [0.0, -3.0], [-3.0, -1.0], [6.0, -2.0]],
                    "that is element by element, *; the dot product @ also adds up each row."),
            Mistake([[-1.0], [9.0], [5.0], [4.0]], "the weights are in the wrong order: east counts 3, north -1."),
        ),
        hint="each leg is a row: east times 3, plus north times -1. Use @ and reshape(-1, 1).",
    ),
    Exercise(
        "1.2", "b[1], p[0] and q[2], in a list.", [5.0, 7.0, 0.0],
        praise="b and p are one memory, so each sees the other's change; q was a copy from the start.",
        mistakes=(
            Mistake([7.0, 7.0, 0.0], "p[1] = 5 came last, and p writes into the memory of b."),
            Mistake([7.0, 0.0, 0.0], "that would be two copies; from_numpy makes none."),
            Mistake([5.0, 7.0, 7.0], "torch.tensor(b) copies: what happens to b later does not reach q."),
            Mistake([7.0, 0.0, 7.0], "the other way round: from_numpy shares, torch.tensor copies."),
        ),
        hint="which of the two tensors shares its memory with b? Follow the two assignments in order.",
    ),
    Exercise(
        "1.3", "The dtype, as a word.", "float32",
        praise="JAX narrowed it on the way in, and what is lost there does not come back.",
        mistakes=(
            Mistake("float64", "that is what went in; look at the row 'of a float64 array' above."),
            Mistake("int32", "nothing here is an integer."),
            Mistake("float", "float32 or float64?", when=lambda a: word(a) in ("float", "f")),
        ),
        hint="a dtype's name, such as 'int32'. Try it in a cell of your own.",
    ),
    Exercise(
        "1.4", 'A function of one bool that returns "cuda" or "cpu".', ["cuda", "cpu"], accepts=words("cuda", "cpu"),
        praise="The rest of the program says .to(place), and runs on both.",
        mistakes=(
            Mistake(["cpu", "cuda"], "the other way round: \"cuda\" is for where a GPU is.", when=words("cpu", "cuda")),
            Mistake(["cuda", "cuda"], "without a GPU, .to(\"cuda\") is refused.", when=words("cuda", "cuda")),
            Mistake(["cpu", "cpu"], "that is safe, and never uses the GPU.", when=words("cpu", "cpu")),
            Mistake(["cuda:0", "cpu"], "that is the first GPU and no other; leave the number out.",
                    when=words("cuda:0", "cpu")),
            Mistake(["gpu", "cpu"], "JAX says \"gpu\"; torch's name is \"cuda\".", when=words("gpu", "cpu")),
            Mistake([True, False], "return the name of the place, a str.", when=lambda a: host(a).dtype == bool),
        ),
        hint='return "cuda" if available, else "cpu".',
    ),
)  # fmt: skip

SLOPES = (
    Exercise(
        "2.1", "Your guess of the slope of f at -2, as one number.", 4.0, within=0.0, accepts=near(2.5, 5.5),
        praise="Well guessed; the exact slope is 4: from -3 to -1 its line rises by 8.",
        mistakes=(
            Mistake(7.0, "that is about the value f(-2), how high the curve is; how fast does it rise there?",
                    when=near(6.5, 7.5)),
            Mistake(-4.0, "which way does the curve go at -2, read from left to right?", when=lambda a: number(a) < 0),
            Mistake(0.0, "it is flat at the top of the hill, a little further right; at -2 it still rises.",
                    when=near(0, 0.9)),
            Mistake(1.2, "read the rise from the numbers on the axis, not from the angle that you see: the axes have "
                         "different units.", when=near(0.9, 2.5)),
            Mistake(10.0, "that is the rise from -3 to -2. The curve bends: look closer to -2.", when=near(9, 11)),
        ),
        hint="lay a ruler along the curve at -2: how much does it rise while x grows by 1?",
    ),
    Exercise(
        "2.2", "The slope of the secant of f from -2 to 0.", -2.0,
        praise="(f(0) - f(-2)) / 2 = (3 - 7) / 2. Far apart, a secant need not even have the tangent's sign.",
        mistakes=(
            Mistake(2.0, "the sign: take the values in the same order as the points, f(0) - f(-2) over 0 - (-2)."),
            Mistake(-4.0, "that is the rise alone; divide it by the run, which is 2."),
            Mistake(4.0, "that is the tangent at -2. The secant is the line through two points of the curve."),
            Mistake(-0.5, "run over rise; it is rise over run."),
            Mistake(5.0, "that is the mean of the two values; a slope is their difference over the run."),
        ),
        hint="(f(0) - f(-2)) / (0 - (-2)).",
    ),
    Exercise(
        "2.3", "The exact slope of f at 2, by a framework of your choice.", 12.0, within=1e-7,
        praise="3·x² + 2·x - 4 at x = 2.",
        mistakes=(
            Mistake(7.0, "that is the value f(2); ask for the slope: .grad, grad(f)(2.0), or multigrad.slope."),
            Mistake(-12.0, "the sign: f rises at 2."),
            Mistake(2.0, "that is x² + x - 4: the factors 3 and 2 that come down from the exponents are missing."),
            Mistake(16.0, "the term -4·x has a slope too."),
            Mistake(4.0, "that is the slope at -2; here x is 2."),
            Mistake(12.000007, "close: a difference quotient, a secant and not the tangent. Ask a framework.",
                    when=near(11, 13)),
        ),
        hint="torch: x = torch.tensor(2.0, requires_grad=True); f(x).backward(); x.grad",
    ),
    Exercise(
        "2.4", "About the best step of a forward difference in float32, whose eps is 1.2e-7.", 3.5e-4, within=0.0,
        accepts=near(5e-5, 2e-3),
        praise="About sqrt(eps): there truncation, which shrinks with h, meets rounding, which grows as eps/h.",
        mistakes=(
            Mistake(1.2e-7, "at eps itself f(x + h) and f(x) differ in the last digit at most: all rounding.",
                    when=near(5e-8, 1e-6)),
            Mistake(1.5e-8, "that is sqrt(eps) of float64.", when=near(1e-9, 5e-8)),
            Mistake(5e-3, "that is the cube root of eps, the best step of a *central* difference.",
                    when=near(2e-3, 2e-2)),
            Mistake(1e-12, "so small a step is lost beside x: x + h == x.", when=near(0, 1e-9)),
        ),
        hint="where is the lowest point of its curve in the figure? It is near sqrt(eps).",
    ),
    Exercise(
        "2.5", "How many times smaller the truncation error of a central difference gets when h is halved.", 4.0,
        within=0.05, praise="It goes with h², and (1/2)² is a quarter.",
        mistakes=(
            Mistake(2.0, "so it is for the forward difference, whose error goes with h. The central one falls twice as "
                         "steeply in the figure."),
            Mistake(0.25, "the right factor, upside down: how many times *smaller*?"),
            Mistake(8.0, "that would be h³; look at the slope of its curve: two decades down for one to the left."),
            Mistake(1.0, "it does shrink: follow its curve from the right edge to the left."),
        ),
        hint="read off the error at h = 0.1 and at h = 0.01: the ratio is 100 = 10².",
    ),
)  # fmt: skip

RECORDING = (
    Exercise(
        "3.1", "What x.grad is before .backward(), as a word or the thing itself.", "none",
        accepts=lambda a: a is None or word(a) == "none",
        praise="Nothing has been computed yet, and None says so. A 0 would be a wrong slope.",
        mistakes=(
            Mistake(0.0, "a slope of 0 would be an answer, and nobody has asked yet.", when=near(0, 0)),
            Mistake(33.0, "that is what it is afterwards.", when=near(33, 33)),
            Mistake("error", "the attribute is there, so nothing is raised; what does it hold?",
                    when=lambda a: "error" in word(a)),
        ),
        hint="make a tensor with requires_grad, and print its .grad.",
    ),
    Exercise(
        "3.2", "What flows back into a and into b, in a list.", [4.0, 9.0],
        praise="Of a product each factor receives the other one.",
        mistakes=(
            Mistake([9.0, 4.0], "swapped: ∂(a·b)/∂a is b."),
            Mistake([1.0, 1.0], "so it would be for a sum, a + b. For a product each factor gets the other one."),
            Mistake([36.0, 36.0], "that is the value a·b; the local derivative leaves one factor out."),
            Mistake([24.0, 9.0], "one step too far: that is what arrives at x; stop at a and b."),
        ),
        hint="what does a·b change by when a grows by a little? By b times as much.",
    ),
    Exercise(
        "3.3", "The slope at x = 3: the sum over both ways back.", 33.0,
        praise="4 · 6 on the way through a, 9 · 1 on the way through b, and ways are added.",
        mistakes=(
            Mistake(24.0, "that is the way through a alone; x is used twice, add the way through b."),
            Mistake(9.0, "that is the way through b alone; x is used twice, add the way through a."),
            Mistake(216.0, "local derivatives are multiplied *along* a way; the two ways are added."),
            Mistake(13.0, "the local derivative of a = x·x, which is 2·x, is missing on its way."),
            Mistake(36.0, "that is the value f(3)."),
            Mistake(21.0, "x·x uses x twice: ∂a/∂x is 2·x = 6, not x = 3."),
            Mistake(-33.0, "the sign: everything here grows with x."),
        ),
        hint="(what flows into a) · ∂a/∂x + (what flows into b) · ∂b/∂x.",
    ),
    Exercise(
        "3.4", "What reciprocal_rule(2.0) returns: the local derivative of 1 / v at v = 2.", -0.25,
        praise="-1 / v². The recorder needs nothing else to take slopes through a division.",
        mistakes=(
            Mistake(0.25, "the sign: 1 / v falls when v grows."),
            Mistake(0.5, "that is the value 1 / v."),
            Mistake(-0.5, "the exponent: 1 / v is v ** -1, and its slope is -1 · v ** -2."),
            Mistake(-1.0, "it depends on v: divide by v², and return that."),
            Mistake(-4.0, "divide by v², do not multiply."),
        ),
        hint="1 / v is v ** -1: bring the exponent down, and lower it by one.",
    ),
    Exercise(
        "3.5", "The slope that torch gives for x * x.detach() at 3.", 3.0,
        praise="The detached factor is a plain number to the recorder, so one of the two ways is not there.",
        mistakes=(
            Mistake(6.0, "that is the slope of x * x; .detach() takes one of the two ways off the record."),
            Mistake(9.0, "that is the value."),
            Mistake(0.0, "one of the two factors is still recorded."),
            Mistake(1.0, "the detached factor counts no more as a way, and still as a number: it multiplies."),
        ),
        hint="draw the graph: which arrows lead back to x?",
    ),
)  # fmt: skip

EXERCISES: tuple[Exercise, ...] = (*ARRAYS, *SLOPES, *RECORDING)
