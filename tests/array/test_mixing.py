"""Which operations are noted as letting one point depend on another: never too few, none for formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from multigrad.array import RecordedArray
from tests.array.programs import VECTOR, recorded

ELEMENTWISE = """
np.where(x > 0, x, x**2)
np.clip(x, 0, 1) + np.maximum(x, 0.5)
np.select([x > 1, x > 0], [x, x**2], 3 * x)
np.choose((x > 0).astype(int), [x, x**2])
x.astype(np.float32).copy() * np.ones_like(x) + np.zeros_like(x)
np.atleast_1d(x)[...].ravel().reshape(-1)[:] * np.arange(6)
np.squeeze(x.T) + np.real(x) + np.broadcast_to(x, (6,))
"""

MIXING = """
x[::-1]
np.flip(x)
np.roll(x, 1)
x[[1, 0, 2, 3, 4, 5]]
np.concatenate([x[1:], x[:1]])
np.stack([x, x])[:, 0]
x + x[0]
x * np.linalg.norm(x)
x - np.dot(x, np.ones(6))
np.fft.ifft(np.fft.fft(x)).real
np.ravel(x.reshape(2, 3), "F")
x.reshape(2, 3).T.reshape(-1)
np.trace(np.outer(x, x)) * x
np.array([x[1], x[0], x[2], x[3], x[4], x[5]]) * x
np.take(x, [1, 0, 2, 3, 4, 5])
np.sort(x)
np.linspace(x[0], x[1], 6)
np.tile(x[:3], 2)
np.pad(x[1:], (0, 1))
np.meshgrid(x, x)[0][0, ::-1]
np.diag(np.diag(x)[::-1])
np.einsum("i,j->i", x, x)
"""


def _names(body: str) -> set[str]:
    x = recorded(VECTOR)
    result: Any = eval(body, {"np": np, "x": x})
    assert isinstance(result, (RecordedArray, np.ndarray))
    return x._recording.mixing


@pytest.mark.parametrize("body", ELEMENTWISE.strip().splitlines())
def test_formulas_are_proved_elementwise(body: str) -> None:
    assert _names(body) == set()


@pytest.mark.parametrize("body", MIXING.strip().splitlines())
def test_what_moves_entries_is_named(body: str) -> None:
    assert _names(body)
