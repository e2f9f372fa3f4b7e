"""Every test that takes `place` runs on each backend and device; one that is missing fails, unless it is a GPU."""

from __future__ import annotations

import os
from typing import NamedTuple

# JAX pretends to have a second CPU when told so before it starts: placement shows off the default device only.
os.environ.setdefault("JAX_NUM_CPU_DEVICES", "2")
os.environ.setdefault("MPLBACKEND", "agg")

import pytest

from multigrad import DeviceUnavailable, backends

pytest_plugins = ["pytester"]


class Place(NamedTuple):
    """Where a test runs."""

    backend: str
    device: str

    def __str__(self) -> str:
        return f"{self.backend}-{self.device}"


CPUS = [Place("autograd", "cpu"), Place("torch", "cpu"), Place("jax", "cpu"), Place("jax", "cpu:1")]
GPUS = [Place("torch", "cuda:0"), Place("jax", "cuda:0")]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--backends", default="autograd,torch,jax", help="test these only (where some are left out on purpose)"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = metafunc.config.getoption("--backends").split(",")
    if "place" in metafunc.fixturenames:
        places = [pytest.param(place, id=str(place)) for place in CPUS if place.backend in wanted]
        gpus = [
            pytest.param(place, id=str(place), marks=pytest.mark.gpu) for place in GPUS if place.backend in wanted
        ]
        metafunc.parametrize("place", places + gpus, indirect=True)
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", wanted)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    """A backend and one of its devices."""
    wanted: Place = request.param
    adapter = backends.get(wanted.backend)
    if wanted in GPUS:
        try:
            adapter.device(wanted.device)
        except DeviceUnavailable as error:
            pytest.skip(str(error))
    return wanted
