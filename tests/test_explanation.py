"""`explain`: numbers along the graph multiply out to the slope, names come from f, and the idioms run."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import rosen

from multigrad import NotDifferentiable, NotScalarValued, backends, explain, slope
from multigrad.command_line import main
from multigrad.comparisons.referee import referee
from multigrad.explanation import Repeated
from multigrad.explanation.drawing import graph, layout
from multigrad.explanation.folding import folded, unfolded
from multigrad.explanation.tape import Tape
from multigrad.testing import conformance


def cubic(x):
    a = x**3
    b = 3 * x**2
    return a + b - 5 * x + 4


def helper(u, v):
    w = np.exp(-u * v)
    return w / (1 + v**2)


def composed(x):
    y = helper(x, np.sin(x))
    return y * y + np.where(x < 2, np.log(x), x)


def newton(a):
    y = a
    for _ in range(10):
        y = (y + a / y) / 2
    return y


def nested_loops(x, most=4):
    s = x
    for k in range(1, most + 1):
        for _ in range(k + 1):
            s = np.sin(s)
        s = s * x + k
    return s


def written(x):
    y = np.zeros_like(x)
    y[0], y[1:] = x[1], x[:-1] * x[0]
    return np.var(y) + np.linalg.norm(x, 3) + y[::-1][0]


def matrix(x):
    m = np.stack([x, x**2, np.cos(x)])
    return np.sum(np.linalg.inv(m @ m.T + np.eye(3))) + np.max(np.maximum(x, 0.3))


def hidden_slope(x):
    return x * slope(lambda t: np.sin(t * x), x)


SCALAR = [(cubic, -2.0), (composed, 0.7), (newton, 2.0), (nested_loops, 0.4), (hidden_slope, 0.6)]
VECTOR = [(written, np.array([0.4, 1.3, -0.6])), (matrix, np.array([0.4, 1.3, -0.6])), (rosen, np.array([1.2, 0.8]))]


def truth(f, x, order=1):
    operator = "gradient" if np.ndim(x) else "slope"
    judged = referee(f, np.asarray(x), operator=operator, order=order)
    assert judged.source == "mpmath"
    return judged.slope


def pushed_forward(explained):
    """The derivative as the local ones multiply out from x on: the other way round than what flows back."""
    size = explained.x.size
    tangents = [np.eye(size).reshape(*explained.x.shape, size)]
    for step in explained.steps[1:]:
        tangent = np.zeros((*step.value.shape, size))
        for operand in step.operands:
            before, local = tangents[operand.step], operand.local
            if local.shape == step.value.shape == before.shape[:-1]:
                tangent += local[..., None] * before  # elementwise
            else:
                tangent += np.tensordot(local, before, before.ndim - 1)
        tangents.append(tangent)
    result = next(step for step in reversed(explained.steps) if step.flow is not None)
    return tangents[result.number].reshape(explained.x.shape)


@pytest.mark.parametrize(("f", "x"), SCALAR + VECTOR, ids=lambda value: getattr(value, "__name__", ""))
def test_numbers_multiply_out_to_the_slope_of_the_referee(f, x, backend):
    explained = explain(f, x, backend=backend)
    np.testing.assert_allclose(explained.slope, truth(f, x), rtol=1e-11)
    np.testing.assert_allclose(pushed_forward(explained), truth(f, x), rtol=1e-11)
    for step in explained.steps[:-1]:
        edges = [each for user in explained.steps for each in user.operands if each.step == step.number]
        flows = [edge.flow for edge in edges if edge.flow is not None]
        if step.flow is not None:
            np.testing.assert_allclose(step.flow, sum(flows), rtol=1e-12)


@pytest.mark.parametrize(("f", "x", "order"), [(cubic, -2.0, 3), *((f, x, 2) for f, x in SCALAR[1:4])])
def test_higher_slopes_are_walks_over_a_longer_tape(f, x, order, backend):
    explained = explain(f, x, order=order, backend=backend)
    np.testing.assert_allclose(explained.slope, truth(f, x, order), rtol=1e-9)
    np.testing.assert_allclose(explained.value, truth(f, x, order - 1), rtol=1e-9)
    np.testing.assert_allclose(pushed_forward(explained), truth(f, x, order), rtol=1e-9)


@pytest.mark.parametrize(("framework", "every"), [("autograd", 20), ("torch", 80)])
def test_the_tape_is_a_backend(framework, every):
    """It passes the conformance kit, a sample of it, but for two laws on f that see the native arrays themselves."""
    natives = {"recorded values do not leave when strict", "mixing knows arithmetic"}
    cases = [case for case in conformance.cases() if not case.name.startswith("value")]
    laws = [case for case in cases if case.name.startswith("law") and case.subject not in natives]
    for case in [*laws, *[case for case in cases if case not in laws and case.subject not in natives][::every]]:
        case.check(Tape(backends.get(framework)))


def test_names_and_places_are_those_of_the_source():
    names = {step.name: step for step in explain(cubic, -2.0).steps}
    assert names["a"].formula == "x ** 3" and names["a"].place.text == "x**3"
    assert names["b"].formula == "3 * v₁" and names["b"].place.text == "3 * x**2"
    assert names["a"].place.line == cubic.__code__.co_firstlineno + 1
    assert list(names)[-1] == "cubic(x)"
    assert {"w", "y", "x"} <= {step.name for step in explain(composed, 0.7).steps}
    assert [step.name for step in explain(newton, 2.0).steps if step.name[0] == "y"][::9] == ["y₁", "y₁₀"]


def test_of_a_library_that_f_calls_only_the_call_is_shown():
    def f(x):
        far = rosen(x)
        return 2 * far

    steps = explain(f, np.array([1.2, 0.8])).steps
    assert {step.place.text for step in steps[1:]} == {"rosen(x)", "2 * far"}
    assert steps[-2].name == "far"


def test_without_a_source_the_formulas_remain():
    space = {"np": np}
    exec("def f(t):\n    return np.sin(t) * t", space)
    step = explain(space["f"], 1.0).steps[1]
    assert (step.name, step.formula, step.place) == ("v₁", "sin(t)", None)


def test_loops_are_folded_and_nothing_is_lost():
    explained = explain(lambda x: nested_loops(x, 8), 0.4)
    assert len(explained.steps) == 1 + sum(range(2, 10)) + 2 * 8
    assert len(explained.lines) < 12 and any(isinstance(line, Repeated) for line in explained.lines)
    assert list(unfolded(explained.lines)) == list(explained.steps)
    straight = folded(range(100), key=lambda number: number)
    assert straight == list(range(100))
    text = str(explain(newton, 2.0))
    assert "y₁ … y₁₀" in text and "10 times" in text and "31 steps" in text


def test_what_each_framework_recorded():
    views = {view.name: view for view in explain(cubic, -2.0).frameworks}
    torchs, autograds = views["torch"].recorded, views["autograd"].recorded
    assert [torchs.count(name) for name in ("PowBackward0", "AddBackward0", "AccumulateGrad (x)")] == [2, 2, 1]
    assert [autograds.count(name) for name in ("power", "add", "multiply")] == [2, 2, 2]
    assert views["jax"].recorded.count("integer_pow") == 2
    assert "f branches on values" in next(
        view.recorded for view in explain(lambda x: x**2 if x > 0 else x, 2.0).frameworks if view.name == "jax"
    )


@pytest.mark.parametrize(
    ("f", "x", "order"), [*((f, x, 1) for f, x in SCALAR[:4] + VECTOR), (cubic, -2.0, 2), (composed, 0.7, 2)]
)
def test_idioms_run_and_yield_the_same_number(f, x, order):
    explained, without = explain(f, x, order=order), set()
    for view in explained.frameworks:
        if not view.idiom:
            without.add(view.name)
            assert "set_at" in view.reason
            continue
        space = {}
        exec(view.idiom, space)
        np.testing.assert_allclose(np.asarray(space["answer"]), explained.slope, rtol=1e-10, err_msg=view.idiom)
    assert without == ({"autograd", "torch"} if f is written else set())


def test_an_idiom_runs_alone_in_a_new_process_in_float32():
    explained = explain(composed, np.float32(0.7), backend="jax")
    assert explained.slope.dtype == np.float32
    code = "\n".join(f"{view.idiom}\nprint(answer.dtype, float(answer))" for view in explained.frameworks)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for view, printed in zip(explained.frameworks, done.stdout.splitlines(), strict=True):
        dtype, number = printed.split()
        assert dtype.endswith("float32") or view.name == "autograd"  # some of whose rules answer in float64
        assert float(number) == pytest.approx(float(explained.slope), rel=1e-5)


def test_the_graph_is_drawn_without_crossing_boxes(tmp_path):
    for explained in (explain(cubic, -2.0, order=2), explain(matrix, VECTOR[1][1]), explain(newton, 2.0)):
        boxes, arrows = graph(explained)
        points, paths = layout(boxes, arrows)
        for path in paths:
            assert all(a[0] < b[0] for a, b in pairwise(path))
        for k, (x, y) in enumerate(points):
            for other, (u, v) in enumerate(points[:k]):
                assert abs(y - v) > 0.8 or abs(x - u) > (boxes[k].width + boxes[other].width) / 2
    ax = explain(cubic, -2.0).plot()
    shown = {text.get_text().strip() for text in ax.texts}
    assert {"a = x ** 3\n-8", "12", "← 1"} <= shown
    explain(cubic, -2.0).save(tmp_path / "graph.svg")
    assert "<svg" in (tmp_path / "graph.svg").read_text()


def test_dot_is_the_same_graph():
    dot = explain(lambda x: np.where(x < 1, x, x * x), 0.5).dot()
    nodes = set(re.findall(r"^  (n\d+) \[", dot, re.MULTILINE))
    edges = re.findall(r"(n\d+) -> (n\d+) \[label=\"([^\"]*)\"\]", dot)
    assert {end for edge in edges for end in edge[:2]} == nodes and len(nodes) == 3
    assert sorted(label for *_, label in edges) == ["0", "0.5, 0.5", "1"]


class Tags(HTMLParser):
    """Fails where tags are not balanced."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_balanced_and_escaped():
    page = explain(lambda x: np.where(x < 1, x, x**3) * 2, 0.5)._repr_html_()
    tags = Tags()
    tags.feed(page)
    assert not tags.open and tags.seen.count("details") == 3 and "svg" in tags.seen
    assert "np.where(x &lt; 1, x, x**3)" in page


def test_faults_say_what_to_write():
    with pytest.raises(NotScalarValued, match="return a sum or one entry"):
        explain(np.sin, np.array([1.0, 2.0]))
    with pytest.raises(NotScalarValued, match="at one number"):
        explain(np.sum, np.array([1.0, 2.0]), order=2)
    with pytest.raises(NotDifferentiable, match="call it outside of f"):
        slope(lambda x: explain(np.sin, x).slope, 1.0)
    with pytest.raises(NotDifferentiable, match="write x itself"):
        explain(lambda x: x * float(x), 1.0)
    with pytest.raises(ValueError, match="order=0"):
        explain(np.sin, 1.0, order=0)


def test_what_does_not_depend_on_x():
    explained = explain(lambda x: 5.0, 1.0)
    assert explained.slope == 0 and len(explained.steps) == 1
    assert all("does not depend" in view.reason for view in explained.frameworks)
    explained = explain(lambda x: x, 3.0)
    assert explained.slope == 1 and all("return x" in view.idiom for view in explained.frameworks)


def test_a_native_x_is_taken_to_the_host():
    torch = pytest.importorskip("torch")
    explained = explain(cubic, torch.tensor(-2.0, dtype=torch.float64))
    assert (explained.backend, float(explained.slope)) == ("torch", -5.0)


def test_the_command_line(tmp_path, capsys):
    dot, picture = tmp_path / "graph.dot", tmp_path / "graph.png"
    assert main(["explain", "x**3 - 5*x", "--at", "-2", "--dot", str(dot), "--plot", str(picture)]) == 0
    shown = capsys.readouterr().out
    assert "slope of f(x) at x = -2: 7" in shown and "into x: 12 · 1 + 5 · (-1) = 7" in shown and "jaxpr" not in shown
    assert dot.read_text().startswith("digraph") and picture.read_bytes().startswith(b"\x89PNG")
    assert main(["explain", "x**3", "--at", "2", "--order", "2", "--backend", "torch", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["slope"], data["backend"], data["steps"][-1]["name"]) == (12.0, "torch", "f'(x)")
    assert main(["explain", "x", "--at", "1", "--plot", str(tmp_path / "none" / "graph.png")]) == 2
    assert "cannot write" in capsys.readouterr().err
