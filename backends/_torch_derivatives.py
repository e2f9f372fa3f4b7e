"""Products with Jacobians in torch: always by reverse mode, forward ones by differentiating the pullback.

`torch.autograd.forward_ad` knows one level a process, so it can neither nest nor serve several threads, and
`torch.func` costs ten times as much for a scalar. Only inside their transformations is `torch.func.vjp` used,
which is what they need to see through.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.autograd.graph import Node, get_gradient_edge

from multigrad.backends.contract import Function, Pullback
from multigrad.errors import NotDifferentiable

ELEMENTWISE = frozenset(
    f"{operation}Backward{variant}"
    for variant in range(4)
    for operation in """
    Abs Acos Acosh Add Addcdiv Addcmul Alias Angle Asin Asinh Atan Atan2 Atanh Ceil Celu Clamp ClampMax
    ClampMin Clone Complex Conj ConjPhysical Copysign Cos Cosh Deg2Rad Digamma Div Elu EluBackward Erf
    Erfc Erfinv Exp Exp2 Expand Expm1 Floor Fmax Fmin Fmod Frac Gelu GeluBackward Hardshrink Hardsigmoid
    Hardswish Hardtanh Hypot I0 LeakyRelu Lerp Lgamma Log Log10 Log1P Log2 LogSigmoid Logaddexp
    Logaddexp2 Logit MaskedFill Maximum Minimum Mish Mul NanToNum Neg NegView Nextafter Polygamma Pow
    Rad2Deg Reciprocal Relu Remainder Round Rsqrt Rsub Sgn Sigmoid SigmoidBackward Sign Silu Sin Sinc
    Sinh Softplus SoftplusBackward Softshrink SpecialEntr SpecialErfcx SpecialI0E SpecialI1 SpecialI1E
    SpecialLogNdtr SpecialNdtri Sqrt Sub Tan Tanh TanhBackward Threshold ThresholdBackward ToCopy Trunc
    Where Xlogy""".split()
) | {"_MultigradArgumentBackward"}
"""Elementwise operations, broadcasting included, in torch's names; those of a person's own end otherwise."""

# What `torch.autograd.grad` calls, in torch since 1.5: its checks would take a quarter of a scalar's slope.
_run_backward = torch.autograd.Variable._execution_engine.run_backward

_Products = tuple[Callable[..., Any], Callable[..., Any]]
"""Of one kind: in plain torch, and inside a transformation of torch's."""


class _MultigradArgument(torch.autograd.Function):
    """The identity, for an argument that is recorded already: torch refuses writing into its result."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, u: Tensor) -> Tensor:
        return u


# Products --------------------------------------------------------------------------------------------


def vjp(f: Function, x: Tensor, *, nested: bool) -> tuple[Any, Pullback]:
    """`Backend.vjp`."""
    answers: tuple[Any, Pullback] = _in_grad_mode(_VJP, f, x, connected=nested or x.requires_grad)
    return answers


def jvp(f: Function, x: Tensor, v: Tensor, *, nested: bool) -> tuple[Any, Tensor]:
    """`Backend.jvp`."""
    connected = nested or x.requires_grad or v.requires_grad
    answers: tuple[Any, Tensor] = _in_grad_mode(_JVP, f, x, v, connected=connected)
    return answers


def _in_grad_mode(products: _Products, f: Function, *operands: Tensor, connected: bool) -> Any:
    """The product with f recorded, also where the caller is in `torch.no_grad` or `torch.inference_mode`.

    There the caller asks for answers that are not recorded, and gets them.
    """
    if torch.is_grad_enabled():
        return products[inside_a_transformation()](f, *operands, connected)
    with torch.inference_mode(False), torch.enable_grad():
        plain = (x.clone() if x.is_inference() else x.detach() for x in operands)
        return products[False](f, *plain, False)


def _vjp(f: Function, x: Tensor, connected: bool) -> tuple[Any, Pullback]:
    leaf, y = _run(f, x)
    if not _is_recorded(y):
        return y, lambda u: torch.zeros_like(x)

    def pullback(u: Tensor) -> Tensor:
        if not connected:
            return _gradient(y, leaf, u, False)
        if u.requires_grad:
            return _still_recorded(_gradient(y, leaf, u, True), leaf)
        u = u.detach().requires_grad_()  # only then does torch mark what it cannot differentiate again
        return _still_recorded(_gradient(y, leaf, u, True), leaf, u)

    return _still_recorded(y, leaf) if connected else y.detach(), pullback


def _jvp(f: Function, x: Tensor, v: Tensor, connected: bool) -> tuple[Any, Tensor]:
    """The pullback is linear in u, so that its own pullback, at any u, is v -> Jv."""
    leaf, y = _run(f, x)
    if not _is_recorded(y):
        return y, torch.zeros_like(y)
    u = torch.zeros_like(y).requires_grad_()
    transposed = _still_recorded(_gradient(y, leaf, u, True), leaf)
    slope = _gradient(transposed, u, v, connected) if transposed.requires_grad else torch.zeros_like(y)
    if not connected:
        return y.detach(), slope
    return _still_recorded(y, leaf), _still_recorded(slope, leaf, u)


def _run(f: Function, x: Tensor) -> tuple[Tensor, Any]:
    """What stands for x, connected to x where that is recorded, and f of it."""
    if x.requires_grad:
        leaf: Tensor = _MultigradArgument.apply(x)  # type: ignore[no-untyped-call]  # torch's
    else:
        leaf = (x.clone() if x.is_inference() else x.detach()).requires_grad_()
    return leaf, f(leaf)


def _gradient(y: Tensor, x: Tensor, u: Tensor, connected: bool) -> Tensor:
    """uᵀJ, zeros where y does not depend on x; the recording of y can be used again."""
    (slope,) = _run_backward((y,), (u,), True, connected, (x,), True, accumulate_grad=False)
    return torch.zeros_like(x) if slope is None else slope


def _still_recorded(answer: Tensor, *own: Tensor) -> Tensor:
    """The answer, cut off where nothing but the leaves of our own would receive a derivative from it.

    Raises
    ------
    NotDifferentiable
        It passed through a `torch.autograd.Function` that is marked ``once_differentiable``: torch leaves it
        in no recording, so that a second derivative would be zero, or part of the right one.
    """
    if not answer.requires_grad:
        return answer
    root = get_gradient_edge(answer).node
    seen, stack, others = {root}, [root], False
    while stack:
        node = stack.pop()
        if node.name() == "torch::autograd::Error":
            raise NotDifferentiable(
                "f uses a torch.autograd.Function marked once_differentiable where its backward is to be "
                "differentiated; write that with differentiable operations, or pass x.detach()"
            )
        sources = [source for source, _ in node.next_functions if source is not None and source not in seen]
        seen.update(sources)
        stack += sources
        variable = getattr(node, "variable", None)
        others = others or (variable is not None and not any(variable is x for x in own))
    return answer if others else answer.detach()


def _is_recorded(y: object) -> bool:
    return isinstance(y, Tensor) and y.requires_grad


def inside_a_transformation() -> bool:
    """Whether `torch.func` transforms the caller, or some thread has a level of `forward_ad` open."""
    return forward_ad._current_level >= 0 or torch._C._functorch.peek_interpreter_stack() is not None


def _transformed_vjp(f: Function, x: Tensor, connected: bool) -> tuple[Any, Pullback]:
    y, pullback = torch.func.vjp(f, x)[:2]
    return y, lambda u: pullback(u)[0]


def _transformed_jvp(f: Function, x: Tensor, v: Tensor, connected: bool) -> tuple[Any, Tensor]:
    y, pullback = _transformed_vjp(f, x, connected)
    _, again = _transformed_vjp(pullback, torch.zeros_like(y), connected)
    return y, again(v)


_VJP: _Products = (_vjp, _transformed_vjp)
_JVP: _Products = (_jvp, _transformed_jvp)


# Structure -------------------------------------------------------------------------------------------


def mixing(x: Tensor, y: Any) -> list[str]:
    """Names of the operations from x to y that may not be elementwise.

    The proof, where there are none: an elementwise operation of a value that depends on x broadcasts it, so
    along every path from x to y shapes only grow, in the order of broadcasting. As y has the shape of x
    again, all on the way have it. Then no value was broadcast, and each of its entries was made of the
    entry of x in the same place and of what does not depend on x.
    """
    if not _is_recorded(y):
        return []
    if y.shape != x.shape:
        return ["broadcasting"]
    target = get_gradient_edge(x).node
    return sorted({node.name() for node in _between(target, get_gradient_edge(y).node)} - ELEMENTWISE)


def _between(target: Node, root: Node) -> set[Node]:
    """The operations on the paths from a value to another, without the one that made the former."""
    users: dict[Node, list[Node]] = {root: []}
    stack = [root]
    while stack:
        node = stack.pop()
        if node is target:
            continue
        for source, _ in node.next_functions:
            if source is None:
                continue
            if source not in users:
                users[source] = []
                stack.append(source)
            users[source].append(node)
    found: set[Node] = set()
    stack = list(users.get(target, ()))
    while stack:
        node = stack.pop()
        if node not in found:
            found.add(node)
            stack += users[node]
    return found
