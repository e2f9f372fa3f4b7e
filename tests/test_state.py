"""Promise 6: nothing else changes. And: what is safe from one thread is safe from sixteen."""

import random
import threading

import numpy as np
import pytest

from multigrad import MultigradError, gradient, slope


def snapshot():
    import autograd.tracer
    import jax
    import torch

    return {
        "torch": (
            torch.is_grad_enabled(),
            torch.get_default_dtype(),
            torch.is_inference_mode_enabled(),
            torch.get_rng_state().numpy().tobytes(),
            torch.get_num_threads(),
        ),
        "jax": (
            jax.config.jax_enable_x64,
            jax.config.jax_default_device,
            jax.config.jax_debug_nans,
            jax.config.jax_transfer_guard,
        ),
        "numpy": (np.geterr(), np.random.get_state()[1].tobytes(), np.random.get_state()[2]),
        "python": random.getstate(),
        "autograd": autograd.tracer.trace_stack.top,
    }


def fails(x):
    raise KeyError("mine")


def refused(error, f, place):
    with pytest.raises(error):
        slope(f, 1.0, place.device, backend=place.backend)


CALLS = {
    "slope": lambda place: slope(lambda x: np.sin(x) ** 2, 0.3, place.device, backend=place.backend),
    "second order": lambda place: slope(np.exp, 0.3, place.device, backend=place.backend, order=2),
    "many points": lambda place: slope(np.tanh, np.ones(3), place.device, backend=place.backend),
    "probed": lambda place: slope(lambda x: x[::-1][::-1], np.ones(3), place.device, backend=place.backend),
    "float32": lambda place: gradient(np.sum, np.ones(3, np.float32), place.device, backend=place.backend),
    "f raises": lambda place: refused(KeyError, fails, place),
    "refused": lambda place: refused(MultigradError, float, place),
}


@pytest.mark.parametrize("call", CALLS)
def test_state_before_is_state_after(call, place):
    CALLS[call](place)  # whatever a framework sets up once
    before = snapshot()
    CALLS[call](place)
    assert snapshot() == before


def test_inside_no_grad_and_inference_mode():
    torch = pytest.importorskip("torch")
    x = torch.tensor(3.0)
    with torch.no_grad():
        assert slope(lambda x: x**2, x).item() == 6.0
        assert slope(lambda x: x**2, 3.0, backend="torch") == 6.0
    with torch.inference_mode():
        assert slope(lambda x: x**2, 3.0, backend="torch") == 6.0
        assert slope(lambda x: x**2, torch.tensor(3.0)).item() == 6.0


def test_the_user_s_tensors_stay_as_they_were():
    torch = pytest.importorskip("torch")
    weight = torch.tensor(2.0, requires_grad=True)
    weight.grad = torch.tensor(7.0)
    x, y = torch.tensor(3.0), torch.tensor(3.0, requires_grad=True)
    slope(lambda x: weight * x**2, x)
    slope(lambda x: weight * x**2, y)
    assert weight.grad.item() == 7.0 and x.grad is None and y.grad is None
    assert not x.requires_grad and y.requires_grad and y.is_leaf


def test_a_native_answer_stays_differentiable_where_x_required_it():
    torch = pytest.importorskip("torch")
    x = torch.tensor(3.0, requires_grad=True)
    answer = slope(lambda x: x**3, x)
    answer.backward()
    assert answer.item() == 27.0 and x.grad.item() == 18.0
    assert not slope(lambda x: x**3, torch.tensor(3.0)).requires_grad


def test_sixteen_threads_over_all_backends():
    """Each thread has its own function; answers as in one thread."""
    names = ("autograd", "torch", "jax")
    wrong: list[object] = []
    start = threading.Barrier(16)

    def work(k):
        try:
            start.wait()
            for turn in range(12):
                name = names[(k + turn) % 3]
                got = slope(lambda x: np.sin(k * x) * x, 0.5, backend=name, order=1 + turn % 2)
                first = k * np.cos(k / 2) / 2 + np.sin(k / 2)
                second = 2 * k * np.cos(k / 2) - k * k * np.sin(k / 2) / 2
                expected = second if turn % 2 else first
                if abs(got - expected) > 1e-11 * (1 + k * k):
                    wrong.append((k, name, got, expected))
        except Exception as error:  # noqa: BLE001  whatever a thread raises is to be seen in this one
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
