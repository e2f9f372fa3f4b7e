"""Several hundred functions that strangers wrote in plain NumPy, found in installed packages.

Nothing of theirs is copied: the packages stand in the `test` extra, and one that is missing fails the tests.
Each function is a `Case`: one array in, one number out, and a box of points to try it at.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Function = Callable[[Any], Any]
Source = Callable[[], Iterator["Case"]]

DIMENSION = 5
"""For functions of any number of variables."""


@dataclass(frozen=True, eq=False)
class Case:
    """A stranger's function, and the box from which its points are drawn."""

    name: str
    """Package and function: ``"opytimark.Ackley1"``."""
    f: Function
    low: Array
    high: Array

    def points(self, count: int) -> list[Array]:
        """Points in the box, the same in every run."""
        rng = np.random.default_rng(crc32(self.name.encode()))
        return [rng.uniform(self.low, self.high) for _ in range(count)]


def _case(package: str, name: str, f: Function, dimension: int, low: Any = 0.2, high: Any = 1.8) -> Case:
    """A case in a box with the same sides everywhere, or each its own; by default away from kinks at 0."""
    return Case(f"{package}.{name}", f, np.full(dimension, low), np.full(dimension, high))


def _classes(module: Any) -> list[tuple[str, Any]]:
    """The classes that a module defines, by name."""
    members = inspect.getmembers(module, inspect.isclass)
    return [(name, kind) for name, kind in members if kind.__module__ == module.__name__]


def _row(f: Function) -> Function:
    """For functions of whole populations, one point a row."""
    return lambda x: f(x[np.newaxis, :])[0]


def opytimark() -> Iterator[Case]:
    """Callable objects, whose decorators pass x through `np.asarray` and `np.squeeze` first."""
    for module in "one_dimensional two_dimensional n_dimensional many_dimensional".split():
        for name, kind in _classes(import_module(f"opytimark.markers.{module}")):
            f = kind()
            yield _case("opytimark", name, f, f.dims if f.dims > 0 else DIMENSION)
    for name, kind in _classes(import_module("opytimark.markers.cec.year_2008")):
        if name.startswith("F"):
            yield _case("opytimark.cec2008", name, kind(), DIMENSION)


def pybenchfcn() -> Iterator[Case]:
    """Whole populations at once, translated line by line from MATLAB."""
    for name, kind in _classes(import_module("PyBenchFCN.SingleObjectiveProblem")):
        f = kind(n_var=2)
        yield _case("PyBenchFCN", name, _row(f.F), f.n_var)


def bayeso_benchmarks() -> Iterator[Case]:
    """Loops over the entries, `np.array` of lists of results, assertions about shapes."""
    for kind in import_module("bayeso_benchmarks").all_benchmarks:
        f = kind(DIMENSION) if "dim_problem" in inspect.signature(kind).parameters else kind()
        yield Case(f"bayeso_benchmarks.{kind.__name__}", f.function, *np.float64(f.get_bounds()).T)


def uqtestfuns() -> Iterator[Case]:
    """Engineering formulas over columns, with a name for every term."""
    module = import_module("uqtestfuns")
    for name in module.list_functions(output_dimension=1, tabulate=False):
        try:
            f = module.create(name)
        except ValueError:  # of any number of variables
            f = module.create(name, input_dimension=DIMENSION)
        quartiles = [marginal.icdf(np.array([0.25, 0.75])) for marginal in f.prob_input.marginals]
        yield Case(f"uqtestfuns.{name}", _row(f), *np.array(quartiles).T)


def surfaces() -> Iterator[Case]:
    """Batches, through the namespace of the Python array API: ``xp = x.__array_namespace__()``."""
    for module in ("algebraic.standard", "benchmark.bbob"):
        namespace = import_module(f"surfaces.test_functions.{module}")
        for name in namespace.__all__:
            kind = getattr(namespace, name)
            if inspect.isclass(kind) and not name.startswith("BBOB"):
                f = kind(n_dim=DIMENSION) if "n_dim" in inspect.signature(kind).parameters else kind()
                yield _case("surfaces", name, _row(f.batch), f.n_dim)


def cma() -> Iterator[Case]:
    """Methods that take a point or a list of points, old and terse."""
    functions = import_module("cma.fitness_functions").FitnessFunctions()
    for name, f in inspect.getmembers(functions, inspect.ismethod):
        others = list(inspect.signature(f).parameters.values())[1:]
        if not name.startswith(("_", "grad_")) and all(p.default is not p.empty for p in others):
            yield _case("cma", name, f, DIMENSION)


def numpy_financial() -> Iterator[Case]:
    """Formulas of finance, of whole arrays of interest rates."""
    npf = import_module("numpy_financial")
    for name, f in {
        "fv": lambda r: npf.fv(r, 120.0, -100.0, -1000.0),
        "pv": lambda r: npf.pv(r, 120.0, -100.0, 15000.0),
        "pmt": lambda r: npf.pmt(r, 120.0, 20000.0),
        "nper": lambda r: npf.nper(r, -2000.0, 8000.0),
        "ipmt": lambda r: npf.ipmt(r, 3, 12, 2500.0),
        "ppmt": lambda r: npf.ppmt(r, 3, 12, 2500.0),
        "npv": lambda r: npf.npv(r[0], [-1000.0, 300.0, 400.0, 500.0]),
        "npv of values": lambda v: npf.npv(0.08, v),
        "mirr": lambda r: npf.mirr([-100.0, 39.0, 59.0, 55.0, 20.0], r[0], r[1]),
    }.items():
        yield _case("numpy_financial", name, lambda r, f=f: np.sum(f(r)), DIMENSION, 0.01, 0.2)


POLYNOMIALS = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "laguerre": "lag",
    "hermite": "herm",
    "hermite_e": "herme",
}


def polynomials() -> Iterator[Case]:
    """NumPy's own Python code: polynomials in six bases, at points, in their coefficients, and derived."""
    for name, base in POLYNOMIALS.items():
        module = import_module(f"numpy.polynomial.{name}")
        at, derived = getattr(module, f"{base}val"), getattr(module, f"{base}der")
        for what, f in {
            "val at x": lambda x, at=at: np.sum(at(x, [0.3, -1.2, 0.7, 2.0])),
            "val in c": lambda c, at=at: at(0.7, c),
            "der": lambda c, derived=derived: np.sum(derived(c)),
        }.items():
            yield _case("numpy", base + what, f, DIMENSION)


def rosenbrock() -> Iterator[Case]:
    """The one that everybody knows."""
    yield _case("scipy", "rosen", import_module("scipy.optimize").rosen, DIMENSION)


def landscapes() -> Iterator[Case]:
    """Python's `math`, which no array can follow."""
    for name, f in inspect.getmembers(import_module("landscapes.single_objective"), inspect.isfunction):
        if f.__module__ == "landscapes.single_objective":
            yield _case("landscapes", name, f, 2)


def bananabench() -> Iterator[Case]:
    """``x = np.asarray(x, dtype=float)`` on every first line, which cuts the recording."""
    for name, entry in import_module("bananabench").BENCHMARK_SUITE.items():
        low, high = np.float64(entry["bounds"]).T
        yield _case("bananabench", name, entry["function"], entry["default_dim"], low, high)


PLAIN = (
    *(opytimark, pybenchfcn, bayeso_benchmarks, uqtestfuns),
    *(surfaces, cma, numpy_financial, polynomials, rosenbrock),
)
"""Written in NumPy: must come out right."""

LEAVING = (landscapes, bananabench)
"""Written so that the recording is left: must be an error that says so, and never a number that is wrong."""
