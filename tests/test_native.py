"""Native arrays: f sees them, may use all of their framework, and the answer is one, where it was computed."""

import numpy as np
import pytest

from multigrad import (
    DeviceUnavailable,
    NotDifferentiable,
    NotElementwise,
    NotScalarValued,
    gradient,
    slope,
    value_and_slope,
)

torch = pytest.importorskip("torch")
jax = pytest.importorskip("jax")
jnp = jax.numpy


def f(x):
    return x**3 + 3 * x**2 - 5 * x + 4


def test_f_sees_a_tensor_and_a_tensor_comes_back():
    seen = []
    answer = slope(lambda x: seen.append(type(x)) or f(x), torch.tensor(-2.0))
    assert type(answer) is torch.Tensor and answer.dtype == torch.float32 and answer.item() == -5.0
    assert set(seen) == {torch.Tensor}


def test_f_sees_a_jax_array_and_a_jax_array_comes_back():
    answer = slope(f, jnp.float32(-2.0))
    assert isinstance(answer, jax.Array) and answer.dtype == jnp.float32 and float(answer) == -5.0
    assert not jax.config.jax_enable_x64


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16])
def test_the_dtype_of_a_tensor_is_kept(dtype):
    value, answer = value_and_slope(f, torch.tensor([-2.0, 0.0], dtype=dtype))
    assert value.dtype == answer.dtype == dtype and answer.tolist() == [-5.0, -5.0]


def test_a_module_of_torch():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    x = torch.linspace(-1, 1, 5)
    answer = slope(lambda x: net(x.unsqueeze(-1)).squeeze(-1), x)
    expected = torch.stack([torch.func.grad(lambda xi: net(xi.reshape(1, 1)).squeeze())(xi) for xi in x])
    torch.testing.assert_close(answer, expected.detach())
    assert all(p.grad is None for p in net.parameters())


def test_functions_of_jax():
    x = jnp.linspace(-1, 1, 5)
    answer = slope(lambda x: jax.nn.softplus(x) + jnp.where(x > 0, x**2, 0), x)
    np.testing.assert_allclose(answer, jax.nn.sigmoid(x) + np.where(x > 0, 2 * x, 0), rtol=1e-6)
    second = slope(jnp.sin, x, order=2)
    np.testing.assert_allclose(second, -np.sin(x), rtol=1e-6, atol=1e-7)


def test_within_a_transformation_of_jax_s():
    assert float(jax.jit(lambda x: slope(f, x))(-2.0)) == -5.0
    assert float(jax.grad(lambda x: slope(f, x))(-2.0)) == -6.0
    np.testing.assert_array_equal(jax.vmap(lambda x: slope(f, x))(jnp.array([-2.0, 0.0])), [-5.0, -5.0])


MIXING = {
    "roll": lambda xp, x: xp.roll(x, 1) * x,
    "cumsum": lambda xp, x: xp.cumsum(x, 0),
    "x - mean": lambda xp, x: x - x.mean(),
    "flip": lambda xp, x: xp.flip(x, (0,)),
    "softmax": lambda xp, x: xp.exp(x) / xp.exp(x).sum(),
    "neighbour": lambda xp, x: x * x[0],
}
ELEMENTWISE = {
    "cubic": lambda xp, x: f(x),
    "where": lambda xp, x: xp.where(x > 0, x**3 + 3 * x**2 - 5 * x + 4, f(x)),
    "there and back": lambda xp, x: xp.flip(xp.flip(f(x), (0,)), (0,)),
    "stacked": lambda xp, x: xp.stack([f(xi) for xi in x]),
}


@pytest.mark.parametrize("make", [(torch, torch.tensor), (jnp, jnp.array)], ids=["torch", "jax"])
def test_elementwise_or_not(make):
    xp, array = make
    x = array([0.5, -1.0, 2.0])
    for function in MIXING.values():
        with pytest.raises(NotElementwise):
            slope(lambda x, function=function: function(xp, x), x)
    for function in ELEMENTWISE.values():
        answer = slope(lambda x, function=function: function(xp, x), x)
        np.testing.assert_allclose(answer, [-1.25, -8.0, 19.0], rtol=1e-5)
    with pytest.raises(NotElementwise, match="gradient"):
        slope(lambda x: x.sum(), x)
    with pytest.raises(NotScalarValued, match="jacobian"):
        gradient(lambda x: x**2, x)
    np.testing.assert_allclose(gradient(lambda x: (x**2).sum(), x), [1.0, -2.0, 4.0])


def test_meta_is_judged_by_structure_alone():
    x = torch.empty(3, device="meta")
    answer = slope(f, x)
    assert answer.device.type == "meta" and answer.shape == (3,)
    assert gradient(lambda x: (x**2).sum(), x).device.type == "meta"
    with pytest.raises(NotElementwise):
        slope(lambda x: x.flip(0).flip(0), x)


@pytest.mark.parametrize("x", [torch.tensor(2), torch.tensor(1j), torch.tensor(True), jnp.int32(2)])
def test_native_arrays_without_slope(x):
    with pytest.raises(NotDifferentiable, match=r"int|complex|bool"):
        slope(f, x)


def test_a_tensor_made_under_inference_mode():
    with torch.inference_mode():
        x = torch.tensor([-2.0, 0.0, 1.0])
    for strict in (False, True):
        assert slope(f, x, strict=strict).tolist() == [-5.0, -5.0, 4.0]
    assert slope(f, x, order=2).tolist() == [-6.0, 6.0, 12.0]
    assert gradient(lambda x: (x**2).sum(), x).tolist() == [-4.0, 0.0, 2.0]
    assert x.is_inference() and x.tolist() == [-2.0, 0.0, 1.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.eye(2).to_sparse(), lambda: torch.eye(2).to_sparse_csr(),
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), lambda: torch.ones(2).to_mkldnn(),
    ],
    ids=["coo", "csr", "nested", "mkldnn"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")  # torch's, of sparse and nested tensors being new
def test_a_sparse_or_nested_tensor_is_told_to_be_dense(make):
    with pytest.raises(NotDifferentiable, match=r"dense ones; write x\.to_dense\(\)") as caught:
        slope(lambda x: x * x, make())
    assert len(str(caught.value)) < 400


def showing(show, seen):
    """A square that shows its argument."""
    return lambda x: seen.append(show(x)) or x**2


@pytest.mark.parametrize("strict", [False, True])
def test_f_may_show_what_it_sees(strict):
    seen = []
    for x in (torch.tensor(2.0), jnp.float32(2.0)):
        assert float(slope(showing("{0} {0!r}".format, seen), x, strict=strict)) == 4.0
    assert float(slope(showing("{:.3f}".format, seen), torch.tensor(2.0), strict=strict)) == 4.0
    assert all("2" in text for text in seen)


@pytest.mark.parametrize(
    ("show", "x", "instead"),
    [
        ("%.3f".__mod__, torch.tensor(2.0), r"'%\.3f' % x .* f'\{x:\.3f\}' to show it"),
        ("%d".__mod__, torch.tensor(2.0), r"to show it, write f'\{x:\.0f\}'"),
        ("{:.3f}".format, jnp.float32(2.0), r"jax\.debug\.print"),
        ("%.3f".__mod__, jnp.float32(2.0), r"jax\.debug\.print\(.* to show it"),
        ("%d".__mod__, jnp.float32(2.0), r"jax\.debug\.print"),
    ],
)
@pytest.mark.parametrize("operator", [slope, gradient])
def test_what_cannot_show_it_says_what_can(operator, show, x, instead):
    with pytest.raises(NotDifferentiable, match=instead):
        operator(showing(show, []), x, strict=True)
    with pytest.raises(TypeError, match=r"list|NoneType") as caught:  # the person's own fault stays as it is
        operator(lambda x: show([None]), x)
    assert not isinstance(caught.value, NotDifferentiable)


def test_writing_into_a_native_x():
    x = torch.tensor([1.0, 2.0])

    def writes(x):
        x += 1
        return x

    with pytest.raises(NotDifferentiable) as caught:
        slope(writes, x)
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert x.tolist() == [1.0, 2.0]

    def assigns(x):
        x[0] = 1
        return x

    with pytest.raises(NotDifferentiable) as caught:
        slope(assigns, jnp.ones(2))
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad=True to a scalar")
def test_strict_guards_native_tensors():
    import math

    x = torch.tensor(0.5)
    assert slope(lambda x: x * math.sin(x), x).item() == pytest.approx(math.sin(0.5))  # wrong, and torch's own
    for leaves in (lambda x: x * math.sin(x), lambda x: x.item() * x, lambda x: x * float(x), lambda x: x * int(x)):
        with pytest.raises(NotDifferentiable):
            slope(leaves, x, strict=True)
    assert slope(lambda x: x**2 if x > 0 else x, x, strict=True).item() == 1.0


def test_devices_of_native_arrays():
    assert slope(f, torch.tensor(-2.0), "cpu").item() == -5.0
    assert slope(f, torch.tensor(-2.0), torch.device("cpu")).item() == -5.0
    assert slope(f, torch.tensor(-2.0), "meta").device.type == "meta"
    second = jax.devices("cpu")[1]
    moved = slope(f, jnp.float32(-2.0), "cpu:1")
    assert moved.devices() == {second} and float(moved) == -5.0
    assert slope(f, jax.device_put(jnp.float32(-2.0), second)).devices() == {second}
    with pytest.raises(DeviceUnavailable, match="cpu"):
        slope(f, torch.tensor(-2.0), "cuda:99")


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.sum(),
        lambda x: x[0],
        lambda x: x.mean(),
        lambda x: (x * jnp.ones(2)).sum(),
        lambda x: jnp.float32(3.0),
        lambda x: 3.0,
    ],
)
def test_the_placement_trap_of_jax(function):
    """`jax.grad` itself answers on the first device here."""
    second = jax.devices("cpu")[1]
    x = jax.device_put(jnp.ones(2), second)
    assert gradient(function, x).devices() == {second}


def test_no_number_comes_back_from_native_code():
    for result in (None, "a", [torch.tensor(1.0)]):
        with pytest.raises(NotDifferentiable):
            slope(lambda x, result=result: result, torch.tensor(1.0))
    assert slope(lambda x: 3.0, torch.tensor(1.0)).item() == 0.0
