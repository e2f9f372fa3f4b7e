"""Promise 4: it runs where you asked. x, every intermediate, value and slope, off the default device."""

import numpy as np
import pytest

from multigrad import gradient, slope, value_and_slope
from multigrad.array import running
from multigrad.comparisons.run import Status, run
from multigrad.comparisons.scenario import Scenario

FUNCTIONS = {
    "cubic": lambda x: x**3 + 3 * x**2 - 5 * x + 4,
    "sum": np.sum,
    "first": lambda x: x[0],
    "mean": np.mean,
    "constants": lambda x: (x * np.ones(3)).sum(),
    "no x at all": lambda x: 3.0,
    "made inside": lambda x: np.sum(np.zeros_like(x) + np.arange(3.0) * x + np.linspace(0, 1, 3)),
    "written": lambda x: _written(x),
    "sorted": lambda x: np.sum(np.sort(x) * np.arange(3)),
    "linear algebra": lambda x: np.linalg.det(np.outer(x, x) + np.eye(3)),
    "branch": lambda x: np.sum(x**2) if x[0] > 0 else np.sum(x),
}


def _written(x):
    y = np.zeros(3) * x
    y[1:] = x[:-1] ** 2
    return np.sum(y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_everything_lies_where_it_was_asked_for(name, place):
    operator = "slope" if name == "cubic" else "gradient"
    outcome = run(Scenario(name, FUNCTIONS[name], np.array([1.0, 2.0, 3.0]), operator), place.backend, place.device)
    assert outcome.status is Status.ANSWERED, outcome.message
    assert outcome.devices == {place.device} and not outcome.misplaced
    assert outcome.value_device == outcome.slope_device == place.device


def test_f_is_told_its_device(place):
    seen = []
    slope(lambda x: seen.append((x.device, running.get().backend.name)) or x, 1.0, place.device, backend=place.backend)
    assert set(seen) == {(place.device, place.backend)}


def test_every_operation_of_torch_s_stays_on_meta():
    torch = pytest.importorskip("torch")
    from torch.utils._python_dispatch import TorchDispatchMode

    devices = set()

    class Watch(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            for leaf in torch.utils._pytree.tree_leaves((args, result)):
                if isinstance(leaf, torch.Tensor):
                    devices.add(leaf.device.type)
            assert function is not torch.ops.aten._local_scalar_dense.default, "a host sync"
            return result

    x = torch.empty(4, device="meta")
    with Watch():
        value, answer = value_and_slope(lambda x: x**3 + torch.sin(x), x)
        other = gradient(lambda x: (x * torch.ones(4, device="meta")).sum(), x)
    assert devices == {"meta"} and value.device.type == answer.device.type == other.device.type == "meta"


def test_nothing_of_jax_s_is_transferred_while_it_differentiates():
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    x = jax.device_put(jnp.arange(3.0), jax.devices("cpu")[1])
    with jax.transfer_guard("disallow"):
        # Without numbers: JAX itself brings the 3 of x**3 from the host each time.
        answer = slope(lambda x: x * x + jnp.sin(x), x)
        other = gradient(lambda x: (x * x).sum(), x)
    assert answer.devices() == other.devices() == x.devices()


def test_the_audit_catches_what_strays():
    """Hand-written code that brings its own tensor from elsewhere."""
    torch = pytest.importorskip("torch")
    from multigrad.backends import get

    seen = set()
    with get("torch").audit(seen):
        torch.ones(2) * 2
        torch.empty(2, device="meta") * 2
    assert seen == {"cpu", "meta"}


def test_torch_asking_meta_for_a_shape_is_no_stray():
    pytest.importorskip("torch")
    outcome = run(Scenario("x |x|", lambda x: x * np.abs(x), np.array(0.0), order=2), "torch")
    assert outcome.devices == {"cpu"}
