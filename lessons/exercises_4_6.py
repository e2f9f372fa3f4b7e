"""The exercises of lessons 4, 5 and 6."""

from __future__ import annotations

import numpy as np
from checks import Exercise, Mistake, host, number

LESSON_4 = (
    Exercise(
        "4.1",
        "The number in x.grad after the backward of f, of g, and of f again, nothing cleared.",
        -14.0,
        praise="-5 + -4 + -5: each backward adds, whichever function it comes from.",
        mistakes=(
            Mistake(-5.0, "that is what the last backward brings; what was in .grad before it?"),
            Mistake(-9.0, "that is after two of the three; what does the third bring?"),
            Mistake(-10.0, "g was called in between: its part stays in the sum too."),
            Mistake(14.0, "the size is right; do both curves rise or fall at x = -2?"),
        ),
        hint="Take the slope of f at -2 and that of g, and add one for each backward.",
    ),
    Exercise(
        "4.2",
        "Both slopes, each of its own curve.",
        [-5.0, -4.0],
        praise="Cleared between the two, .grad holds the slope of g alone.",
        mistakes=(
            Mistake([-5.0, -9.0], "the slope of g still has that of f in it. What empties x.grad between the two?"),
            Mistake([-5.0, -5.0], "the second number is that of f: let g(x).backward() run as it stands."),
            Mistake([-5.0, 0.0], "cleared too late: the line goes before g(x).backward(), not after it."),
        ),
        hint="Leave the other lines as they are; the one line clears x.grad.",
    ),
    Exercise(
        "4.3",
        "w after two steps of size 0.25 from 0, where no gradient is cleared.",
        3.75,
        praise="The second step goes by -6 + -3, and beyond the minimum; with a cleared .grad w would be at 2.25.",
        mistakes=(
            Mistake(2.25, "that is with a cleared .grad. Here the second step still has the first slope, -6, in it."),
            Mistake(1.5, "that is w after the first step."),
            Mistake(-5.25, "downhill is against the slope: w - lr * grad."),
            Mistake(6.0, "do not forget the step size, 0.25, in each step."),
        ),
        hint="Write two columns, .grad and w. Each line: add 2·(w - 3) to .grad, then take 0.25 times .grad from w.",
    ),
    Exercise(
        "4.4",
        "Three weights, for batches of 5, 5 and 2 of 12 points.",
        [5 / 12, 5 / 12, 2 / 12],
        praise="Each batch counts by its share of the points: size / 12.",
        mistakes=(
            Mistake([1 / 3, 1 / 3, 1 / 3], "then each of the two last points counts for more than one of the others."),
            Mistake([1.0, 1.0, 1.0], "that adds three means; the whole batch has one."),
            Mistake([5.0, 5.0, 2.0], "that is the gradient of the sum over all points; the loss is their mean."),
            Mistake([1 / 5, 1 / 5, 1 / 2], "the loss of each batch is a mean already: divide by its size no more."),
        ),
        hint="The mean over 12 is the sum over 12 divided by 12; a batch's mean times its size is its sum.",
        within=1e-3,
    ),
    Exercise(
        "4.5",
        "v.grad after a backward, a slope, and another backward.",
        7.0,
        praise="2 from v**2, 5 from 5·v; slope adds nothing, though its f reads v.",
        mistakes=(
            Mistake(15.0, "the 8 is the slope of v·x³ by v, and slope puts it nowhere."),
            Mistake(19.0, "the 12 is what slope returns; it does not put it into v.grad."),
            Mistake(5.0, "two calls of .backward(), and nothing was cleared between them."),
            Mistake(2.0, "that is after the first backward; the second adds."),
        ),
        hint="Which of the three lines writes into v.grad, and how much?",
    ),
)

LESSON_5 = (
    Exercise(
        "5.1",
        "The x after one step of size 0.1 from x = 2.",
        0.1,
        praise="The slope at 2 is 12 + 12 - 5 = 19, and 2 - 0.1 · 19 = 0.1.",
        mistakes=(
            Mistake(3.9, "that is uphill: the step goes against the slope."),
            Mistake(-17.0, "the slope is not walked as a whole: take 0.1 of it."),
            Mistake(0.6, "that uses f(2), the height; how steep is f there?"),
            Mistake(1.9, "the slope is right, and this is 0.1 of it; now take that from 2."),
        ),
        hint="The slope of x**3 + 3·x**2 - 5·x + 4 is 3·x**2 + 6·x - 5.",
    ),
    Exercise(
        "5.2",
        "The step size from which on the descent on 3·x² + 1 no longer settles.",
        1 / 3,
        praise="The curvature is 6, and the edge is at 2 / 6.",
        mistakes=(
            Mistake(1 / 6, "that step lands on the minimum at once. How far can you go beyond, and still come closer?"),
            Mistake(2 / 3, "3 is the number before x²; what is the slope of the slope?"),
            Mistake(6.0, "that is the curvature; the factor of a step is 1 - step · curvature."),
            Mistake(0.2041, "that is the edge of the curve above; h has another curvature."),
        ),
        hint="The factor 1 - step · curvature has to be -1 at the edge.",
        within=2e-3,
    ),
    Exercise(
        "5.3",
        "one_step(w, slopes, step): w after one step down.",
        [0.0, 4.0],
        praise="Against the gradient, each entry by its own slope.",
        mistakes=(
            Mistake([2.0, 0.0], "that is uphill, for each entry."),
            Mistake([-9.0, 22.0], "the whole gradient at once; where is the step size?"),
            Mistake([-1.0, 2.0], "that is what has to be added to w."),
            Mistake([1.0, -2.0], "that is step · gradient; take it from w."),
        ),
        hint="The same line as in walk, with w, slopes and step.",
    ),
    Exercise(
        "5.4",
        "How many of the 33 weights are further than 1e-9 from 0, after ten steps that begin at 0.",
        0.0,
        praise="Each layer's slope has the other layer as a factor, which is 0, and as many labels pull the height "
        "up as down. From 0 the net never learns.",
        mistakes=(
            Mistake(33.0, "is every slope at 0 different from 0? Look at gradient(loss, np.zeros(33))."),
            Mistake(1.0, "the height alone has a path to the loss; but which way do 100 labels of each kind pull it?"),
            Mistake(9.0, "the second layer's slope has tanh(0) as a factor."),
        ),
        hint="np.sum(np.abs(walk(loss_in(np.float64), np.zeros(33), 2.0, 10, 'torch')[-1]) > 1e-9)",
    ),
    Exercise(
        "5.5",
        "The number of doublings from 1e-7 to 1.",
        23,
        praise="2**23 is 8e6. The rounding of float32 is that size; in float64, from 2e-16, it takes 52.",
        mistakes=(
            Mistake(7, "seven is the number of powers of ten; how many doublings make one of ten?"),
            Mistake(52, "that is from 2e-16, the rounding of float64."),
            Mistake(16.1, "log(1e7) has the base e; doubling has the base 2."),
        ),
        hint="For which n is 2**n about 1e7?",
        accepts=lambda answer: 22 <= number(answer) <= 25,
    ),
)

LESSON_6 = (
    Exercise(
        "6.1",
        "The possible slopes of max(x, 0) at 0 among -0.5, 0, 0.3, 1, 1.5; a list.",
        [0.0, 0.3, 1.0],
        praise="All from the slope on the left, 0, to that on the right, 1.",
        mistakes=(
            Mistake([0.0, 1.0], "the ends are possible; what of a line between the two?"),
            Mistake([0.0], "that is one choice; every line that stays below the curve is one."),
            Mistake([-0.5, 0.0, 0.3, 1.0, 1.5], "a line of slope 1.5 through 0 is above the curve right of it."),
            Mistake([0.0, 0.3, 1.0, 1.5], "which slope has the curve right of 0?"),
            Mistake([-0.5, 0.0, 0.3, 1.0], "which slope has the curve left of 0?"),
            Mistake([1.0, 0.3, 0.0], "these three; the smallest first."),
        ),
        hint="A list of numbers between the slope left of 0 and the slope right of 0.",
    ),
    Exercise(
        "6.2",
        "The slope of log(1 + exp(x)) at 0.",
        0.5,
        praise="exp(x) / (1 + exp(x)) is 1/2 at 0.",
        mistakes=(
            Mistake(0.0, "log(1 + exp(x)) rises everywhere: compare it at -0.1 and at 0.1."),
            Mistake(0.6931, "that is the value at 0, log(2); how fast does it grow there?"),
            Mistake(1.0, "that is the slope of exp at 0, and there is a logarithm around it."),
        ),
        hint="The chain rule: the slope of log(u) is 1/u times that of u, with u = 1 + exp(x).",
        within=1e-2,
    ),
    Exercise(
        "6.3",
        "The gradient on each backend at [4, -1], with a `safe` that keeps log from seeing what is not taken.",
        [[0.45, 0.0]] * 3,
        praise="1/4 + 1/5 where it is taken, 0 where not, and no NaN on the way.",
        mistakes=(
            Mistake(
                [[0.45, float("nan")]] * 3,
                "log still sees 0 at x = -1: there s · (s + 1) must be larger than 0.",
                when=lambda answer: bool(np.isnan(host(answer)).any()),
            ),
            Mistake(
                [[0.0, 0.0]] * 3,
                "where x > 0, safe(x) has to be x itself: else nothing depends on x any more.",
                when=lambda answer: not host(answer).any(),
            ),
        ),
        hint="safe is one np.where: x where x > 0, and a positive number elsewhere.",
    ),
    Exercise(
        "6.4",
        "The device of torch.arange(3.0), where x is on cuda; a word.",
        "cpu",
        praise="torch makes what is told nothing else on the CPU; write torch.arange(3.0, device=x.device).",
        mistakes=(
            Mistake("cuda", "nothing in torch.arange(3.0) says where x is."),
            Mistake("cuda:0", "nothing in torch.arange(3.0) says where x is."),
            Mistake("meta", "that was the example above; what did torch.ones(3) say there?"),
        ),
        hint="Print torch.arange(3.0).device.",
    ),
    Exercise(
        "6.5",
        "The exit status, after a known difference is gone; 0 or 1.",
        1,
        praise="A difference that is listed and no longer there is news as well: the table has to follow.",
        mistakes=(
            Mistake(0, "nothing is wrong any more, but something is not as the table says."),
            Mistake(2, "2 is for a command that is at fault; this one ran."),
        ),
        hint="0 says that everything is as the table of known differences has it.",
    ),
)

EXERCISES: tuple[Exercise, ...] = (*LESSON_4, *LESSON_5, *LESSON_6)
