"""The statistic of the benchmarks, on a machine that is simulated."""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parent.parent / "benchmarks" / "side_by_side.py"


@pytest.fixture
def module():
    spec = importlib.util.spec_from_file_location("benchmarks_side_by_side", PATH)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Machine:
    """Its clock; `load` says by how much all is slower at each call."""

    def __init__(self, load):
        self.now, self.load = 0.0, itertools.cycle(load)

    def perf_counter(self):
        return self.now

    def work(self, seconds):
        def run():
            self.now += seconds * next(self.load)

        return run


@pytest.mark.parametrize(
    "load",
    [
        [1.0],
        np.repeat(np.random.default_rng(1).uniform(1, 9, 50), 40),  # neighbours come and go
        np.where(np.arange(700) % 7 == 3, 20.0, 1.0),  # single calls are cut off
    ],
    ids=["quiet", "neighbours", "interrupted"],
)
@pytest.mark.parametrize("true", [1.0, 1.1])
def test_the_ratio_is_that_of_a_quiet_machine(load, true, module, monkeypatch):
    machine = Machine(load)
    monkeypatch.setattr(module, "time", machine)
    timing = module.measure(machine.work(0.1 * true), machine.work(0.1), 60.0)
    assert len(timing.ratios) >= module.LEAST
    assert float(str(timing).split()[0]) == pytest.approx(true, abs=0.005)  # as it is printed


def test_who_is_first_has_no_advantage(module, monkeypatch):
    machine = Machine([1.0, 2.0])  # every second call is twice as slow
    monkeypatch.setattr(module, "time", machine)
    timing = module.measure(machine.work(0.1), machine.work(0.1), 60.0)
    assert str(timing).split() == ["1.00", "1.00", "to", "1.00"]


def test_a_slow_pair_is_measured_often_enough(module, monkeypatch):
    machine = Machine([1.0])
    monkeypatch.setattr(module, "time", machine)
    assert len(module.measure(machine.work(10.0), machine.work(20.0), 1.0).ratios) == module.LEAST
