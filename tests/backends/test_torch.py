"""The torch backend: the conformance kit, and what is torch's own: modes, transformations, faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.autograd import forward_ad

from multigrad import DeviceUnavailable, MultigradError, NotDifferentiable
from multigrad.backends._torch import TorchBackend
from multigrad.testing import conformance

BACKEND = TorchBackend()
ROWS = BACKEND.rows


def state() -> object:
    modes = torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_autocast_enabled("cpu")
    return modes, torch.get_default_dtype(), torch.get_default_device(), torch.get_rng_state().tolist()


CASES = [
    # Compiling takes half a minute where nothing is cached.
    pytest.param(case, id=str(case), marks=[pytest.mark.slow] if "compiled" in case.name else [])
    for case in conformance.cases(state=state)
]


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch's own, when it starts to compile
@pytest.mark.parametrize("case", CASES)
def test_conformance(case: conformance.Case) -> None:
    case.check(BACKEND)


def number(value: float, **options: Any) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64, **options)


def cube(x: Any) -> Any:
    return x**3


def slope(x: torch.Tensor, f: Callable[[Any], Any] = cube, nested: bool = True) -> torch.Tensor:
    y, pullback = BACKEND.vjp(f, x, nested=nested)
    answer: torch.Tensor = pullback(torch.ones_like(y))
    return answer


def forward_slope(x: torch.Tensor) -> torch.Tensor:
    answer: torch.Tensor = BACKEND.jvp(cube, x, torch.ones_like(x), nested=True)[1]
    return answer


# Indexing --------------------------------------------------------------------------------------------


def random_index(random: np.random.Generator, shape: tuple[int, ...]) -> tuple[Any, ...]:
    def entry(n: int) -> Any:
        kinds = [
            int(random.integers(-n, n)), slice(None), slice(None, None, -1), slice(-1, None, -2),
            slice(n, 0, -1), slice(5, 1), slice(1, None, 2), np.array([0, n - 1]), np.array([[0], [1]]),
            np.array(1), np.arange(n) > 0, torch.tensor([1, 0]), torch.arange(n) < 1,
        ]  # fmt: skip
        return kinds[random.integers(len(kinds))]

    count = int(random.integers(0, len(shape) + 1))
    before = int(random.integers(0, count + 1))
    axes = [*range(before), *range(len(shape) - count + before, len(shape))]
    index = [entry(shape[axis]) for axis in axes]
    index.insert(before, Ellipsis)
    for extra in (None, np.array(True)):
        if random.random() < 0.3:
            index.insert(int(random.integers(0, len(index) + 1)), extra)
    return tuple(index)


def test_indexing_is_numpys() -> None:
    random = np.random.default_rng(5)
    x = np.arange(24.0).reshape(2, 3, 4)
    tried = 0
    while tried < 1500:
        index = random_index(random, x.shape)
        plain = tuple(np.asarray(entry) if isinstance(entry, torch.Tensor) else entry for entry in index)
        try:
            expected = x[plain]
        except IndexError:  # arrays whose shapes do not go together
            continue
        tried += 1
        np.testing.assert_array_equal(ROWS["getitem"](torch.from_numpy(x), index), expected, str(index))
        if np.unique(expected).size == expected.size:
            value = np.asarray(-np.arange(1.0, expected.size + 1).reshape(expected.shape))
            changed = x.copy()
            changed[plain] = value
            given = ROWS["set_at"](torch.from_numpy(x.copy()), index, torch.from_numpy(value))
            np.testing.assert_array_equal(given, changed, str(index))


# Derivatives among torch's own -----------------------------------------------------------------------


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_callers_mode_is_for_the_answers_only(mode: Any) -> None:
    x = number(2.0, requires_grad=True)
    with mode():
        answers = slope(x), forward_slope(x), slope(number(2.0)), forward_slope(number(2.0))
        assert mode is torch.no_grad or torch.is_inference_mode_enabled()
    assert [float(answer) for answer in answers] == [12.0] * 4
    assert not any(answer.requires_grad for answer in answers)


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # torch.func.jvp's own
@pytest.mark.parametrize("product", [slope, forward_slope])
def test_inside_torchs_own_transformations(product: Callable[[Any], Any]) -> None:
    """d/dx 3 x² = 6 x, whoever takes the outer derivative."""
    x, one = number(2.0), number(1.0)
    assert torch.func.grad(product)(x) == 12.0
    assert torch.func.jvp(product, (x,), (one,)) == (12.0, 12.0)
    points = torch.arange(3.0, requires_grad=True)
    assert torch.func.vmap(product)(points).tolist() == [0.0, 3.0, 12.0]
    assert torch.func.vmap(torch.func.grad(product))(points).tolist() == [0.0, 6.0, 12.0]
    with forward_ad.dual_level():
        answer = product(forward_ad.make_dual(x, one))
        assert forward_ad.unpack_dual(answer).tangent == 12.0
    recorded = number(2.0, requires_grad=True)
    (second,) = torch.autograd.grad(product(recorded), recorded)
    assert second == 12.0
    assert recorded.grad is None


def test_answers_are_recorded_where_something_else_is() -> None:
    w = number(5.0, requires_grad=True)
    assert not slope(number(2.0)).requires_grad
    assert not slope(number(2.0), lambda x: w * x**2, nested=False).requires_grad
    (by_w,) = torch.autograd.grad(slope(number(2.0), lambda x: w * x**2), w)
    assert by_w == 4.0
    assert slope(number(2.0, requires_grad=True), nested=False).requires_grad
    assert w.grad is None


@pytest.mark.parametrize("recorded", [False, True])
def test_an_argument_is_not_written_into(recorded: bool) -> None:
    x = torch.ones(2, requires_grad=True) * 3 if recorded else torch.full((2,), 3.0)

    def doubles(x: torch.Tensor) -> torch.Tensor:
        x *= 2
        return x

    with pytest.raises(RuntimeError) as caught:
        slope(x, doubles)
    assert x.tolist() == [3.0, 3.0]
    assert "x.clone()" in str(BACKEND.translate(caught.value))


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, u: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        return 3 * x**2 * u


def test_once_differentiable_functions_give_no_silent_zero() -> None:
    x, one = number(2.0), number(1.0)
    assert slope(x, Once.apply, nested=False) == 12.0
    with pytest.raises(NotDifferentiable, match="once_differentiable"):
        BACKEND.jvp(Once.apply, x, one, nested=False)
    with pytest.raises(NotDifferentiable, match="once_differentiable"):
        slope(x, lambda x: x * slope(x, Once.apply))


# Structure -------------------------------------------------------------------------------------------


def mixing(f: Callable[[Any], Any], x: torch.Tensor) -> list[str]:
    names: list[str] = []

    def watched(x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = f(x)
        names.extend(BACKEND.mixing(f, x, y))
        return y

    BACKEND.vjp(watched, x, nested=False)
    return names


def test_mixing() -> None:
    x = torch.linspace(0.1, 0.9, 4, dtype=torch.float64).reshape(2, 2)
    w = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    elementwise: list[Callable[[Any], Any]] = [
        lambda x: x, lambda x: w, lambda x: torch.where(x > 0.5, x.clamp(min=0.2), torch.sigmoid(x).abs()),
        lambda x: x * (w @ w).sum(), lambda x: x.float().double() + torch.maximum(x, w),
        lambda x: slope(x, lambda x: x**4 + torch.sin(x)),
    ]  # fmt: skip
    mixed: list[Callable[[Any], Any]] = [
        lambda x: x * x.sum(), lambda x: x.mT, lambda x: x @ w, lambda x: x - x.mean(0),
        lambda x: x.softmax(0),
        lambda x: (x[:, None] * x).sum(0), lambda x: x[:1] + x[1:], lambda x: x[0] * x, lambda x: x[[1, 0]],
        lambda x: x.clone().index_put_((torch.tensor([0]),), x[1]), lambda x: Once.apply(x),
        lambda x: x.clone().t().mul_(x), lambda x: slope(x, lambda x: x.prod() * x),
    ]  # fmt: skip
    assert [mixing(f, x) for f in elementwise] == [[] for _ in elementwise]
    assert all(mixing(f, x) for f in mixed), [mixing(f, x) for f in mixed]


# What watches ----------------------------------------------------------------------------------------


def strictly(f: Callable[[Any], Any], x: torch.Tensor) -> torch.Tensor:
    def guarded(x: torch.Tensor) -> Any:
        with BACKEND.strict():
            return f(x)

    return slope(x, guarded)


@pytest.mark.filterwarnings("ignore:(Converting a|To copy construct)")  # torch's, before our error
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * math.sin(x), lambda x: x * float(x), lambda x: x * int(x), lambda x: x * x.item(),
        lambda x: x * x.tolist(), lambda x: x * float(x.detach().numpy()), lambda x: x * float(np.asarray(x)),
        lambda x: x * complex(x).real, lambda x: x * x.data.clone().item(),
        lambda x: x * torch.tensor([x, x])[0],
        lambda x: torch.as_tensor([x, 1.0]).sum(), lambda x: x * np.full(2, 1.0).__setitem__(0, x),
        lambda x: x * float(x.detach() * 2), lambda x: np.sin(x), lambda x: x * torch.linspace(0, x, 2)[1],
    ],
)  # fmt: skip
def test_strict_refuses_what_leaves(f: Callable[[Any], Any]) -> None:
    with pytest.raises(NotDifferentiable, match="write"):
        strictly(f, number(2.0))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x**3 if x > 0 else -x, lambda x: x**3 * float(x > 1), lambda x: x**3 * float(torch.ones(1)),
        lambda x: torch.stack([x, x]).prod() * x, lambda x: x**2 * torch.as_tensor(x),
        lambda x: (f"{x}", x**3)[1],
        lambda x: x**3 + torch.zeros_like(x).item(), lambda x: x.new_tensor([1.0, 2.0]).sum() * x**3 / 3,
        lambda x: x**3 * float(BACKEND.to_host(x) > 0),
        lambda x: x**3 + 0 * x.detach(), lambda x: x**3 * (int(x.long()) - 1),
    ],
)  # fmt: skip
def test_strict_allows_what_stays(f: Callable[[Any], Any]) -> None:
    assert strictly(f, number(2.0)) == 12.0


def test_audit() -> None:
    seen: set[str] = set()
    with BACKEND.audit(seen):
        slope(torch.ones(2, device="meta"))
    assert seen == {"meta"}
    with BACKEND.audit(seen):
        torch.ones(2, device="meta") * torch.ones(2).mean()
    assert seen == {"meta", "cpu"}


# Names and faults ------------------------------------------------------------------------------------


def test_device_objects_and_meta() -> None:
    assert BACKEND.device(torch.device("cpu", 0)) == BACKEND.device("cpu") == torch.ones(1).device
    assert BACKEND.device("meta") == torch.ones(1, device="meta").device
    assert "meta" not in BACKEND.devices()
    for absent in ("cpu:1", "meta:1", True, torch.device("xla")):
        with pytest.raises(DeviceUnavailable, match="cpu"):
            BACKEND.device(absent)


def test_dtypes_unknown_to_numpy() -> None:
    assert BACKEND.dtype_of(torch.ones(1, dtype=torch.float16)) == np.float16
    with pytest.raises(NotDifferentiable, match="bfloat16"):
        BACKEND.dtype_of(torch.ones(1, dtype=torch.bfloat16))


def test_host_arrays_of_the_other_byte_order() -> None:
    assert ROWS["gather"](torch.arange(3.0), np.array([2, 0], ">i8")).tolist() == [2.0, 0.0]
    assert BACKEND.from_host(np.array([1.5, 2.0], ">f8"), torch.device("cpu")).tolist() == [1.5, 2.0]


@pytest.mark.parametrize(
    ("f", "kind", "instead"),
    [
        (lambda x: np.asarray(x), NotDifferentiable, "torch's"),
        (lambda x: np.sin(x), NotDifferentiable, "torch's"),
        (lambda x: torch.heaviside(x, x), NotDifferentiable, "write it with others"),
        (lambda x: torch.autograd.grad(torch.ones(()), x), NotDifferentiable, "multigrad.slope"),
        (lambda x: x * torch.ones((), device="meta").item(), NotDifferentiable, "meta"),
        (lambda x: torch.ones(2, device="meta") * torch.ones(2), DeviceUnavailable, "device=x.device"),
        (lambda x: (lambda y: (y**2, y.add_(1))[0])(x.exp()), NotDifferentiable, "y = y"),
    ],
)
def test_torchs_faults_are_translated(
    f: Callable[[Any], Any], kind: type[MultigradError], instead: str
) -> None:
    with pytest.raises((RuntimeError, TypeError)) as caught:
        slope(number(2.0), f)
    known = BACKEND.translate(caught.value)
    assert type(known) is kind
    assert instead in str(known)


def test_a_failed_compilation_leaves_f_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(f: Any) -> Any:
        def compiled(*args: Any) -> Any:
            raise torch._dynamo.exc.TorchDynamoException("no C++ compiler")

        return compiled

    monkeypatch.setattr(torch, "compile", fails)
    assert BACKEND.compile(cube)(number(2.0)) == 8.0


@pytest.mark.parametrize(
    ("name", "operands", "expected"),
    [
        ("minimum", (2.0, 1e39), 2.0), ("maximum", (-1e39, 2.0), 2.0), ("arctan2", (2.0, 1e39), 0.0),
        ("where", (True, 1e39, 2.0), math.inf), ("where", (False, 2.0, -1e39), -math.inf),
        ("clip", (2.0, -1e39, 1e39), 2.0),
        ("minimum", (math.inf, 3.4028235e38), 3.4028234663852886e38), ("maximum", (2.0, 10**40), math.inf),
    ],
)  # fmt: skip
def test_a_number_beyond_the_range_of_float32_is_rounded_to_infinity(
    name: str, operands: tuple[Any, ...], expected: float
) -> None:
    """As NumPy does; 3.4028235e38 is how it prints the greatest float32, and rounds to it."""
    with np.errstate(over="ignore"):
        assert getattr(np, name)(*(np.float32(x) if x in (2.0, math.inf) else x for x in operands)) == expected
    native = [torch.tensor(x, dtype=torch.float32) if x in (2.0, math.inf) else x for x in operands]
    if name == "where":
        native[0] = torch.tensor(operands[0])
    assert ROWS[name](*native).item() == expected


def test_a_number_beyond_the_range_beside_an_index_array() -> None:
    x = torch.ones(3)
    changed = ROWS["set_at"](x, (np.array([0, 2]),), 1e39)
    assert changed.tolist() == [math.inf, 1.0, math.inf]
