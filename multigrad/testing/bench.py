"""What the laws of the conformance kit are tried on: a backend on one device."""

import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from multigrad.backends.contract import Backend

State = Callable[[], object] | None

FLOAT = np.dtype(np.float64)


@contextmanager
def quiet() -> Iterator[None]:
    """NumPy warns of empty means and of degrees of freedom: not what is judged here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=RuntimeWarning)
        yield


class Bench:
    """A backend on one device, with shorthands for what every law needs."""

    def __init__(self, backend: Backend, device: str | None, state: State) -> None:
        self.backend = backend
        self.rows = backend.rows
        self.place = backend.device(device or backend.devices()[0])
        self.state = state

    def context(self, dtype: Any = FLOAT) -> AbstractContextManager[object]:
        return self.backend.context(self.place, np.dtype(dtype))

    def native(self, value: Any, dtype: Any = FLOAT) -> Any:
        return self.backend.from_host(np.array(value, dtype), self.place)

    def host(self, x: Any) -> Any:
        return self.backend.to_host(x)

    def cube(self, x: Any) -> Any:
        return self.rows["multiply"](self.rows["square"](x), x)

    def slope(self, f: Callable[[Any], Any], x: Any, *, forward: bool, nested: bool = True) -> Any:
        """The slope of f at a scalar, by either mode."""
        one = self.native(1.0, self.backend.dtype_of(x))
        if forward:
            return self.backend.jvp(f, x, one, nested=nested)[1]
        return self.backend.vjp(f, x, nested=nested)[1](one)

    def seen_inside_vjp(self, look: Callable[[Any], Any]) -> Any:
        """What `look` makes of a recorded 2.0."""
        seen = []

        def f(x: Any) -> Any:
            seen.append(look(x))
            return self.cube(x)

        with self.context():
            self.backend.vjp(f, self.native(2.0), nested=False)
        assert len(seen) == 1, f"vjp called f {len(seen)} times"
        return seen[0]

    def expect(self, what: str, got: Any, expected: Any) -> None:
        """Equal in value, shape and dtype, and on the device."""
        host, wanted = self.host(got), np.asarray(expected)
        said = f"{what}: expected {wanted!r}, got {host!r}"
        assert (host.shape, host.dtype) == (wanted.shape, wanted.dtype), said
        assert np.allclose(host, wanted, 1e-12, 1e-12, equal_nan=True), said
        device = self.backend.device_of(got)
        assert device in (None, self.place), f"{what} lies on {device!r} instead of {self.place!r}"

    def snapshot(self) -> object:
        here = np.random.get_state(legacy=False)
        inner = here["state"]["key"].tobytes(), here["state"]["pos"]
        return np.geterr(), inner, random.getstate(), list(warnings.filters), self.state and self.state()
