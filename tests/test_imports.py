"""What importing multigrad loads, and that no submodule takes a public name away."""

import importlib
import json
import pkgutil
import subprocess
import sys

import numpy as np

import multigrad


def in_a_new_process(code: str) -> object:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


HEAVY = "torch jax autograd matplotlib mpmath scipy typer rich pandas".split()


def test_importing_multigrad_loads_no_framework():
    loaded = in_a_new_process(
        f"import sys, json, multigrad; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    )
    assert loaded == []


def test_a_slope_on_autograd_loads_neither_torch_nor_jax():
    loaded = in_a_new_process(
        "import sys, json, numpy, multigrad\n"
        "assert multigrad.slope(numpy.sin, 0.0) == 1.0\n"
        "print(json.dumps([m for m in ('torch', 'jax', 'matplotlib') if m in sys.modules]))"
    )
    assert loaded == []


def test_every_public_name_works_after_every_submodule_was_imported():
    for module in pkgutil.walk_packages(multigrad.__path__, "multigrad."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in multigrad.__all__:
        assert callable(getattr(multigrad, name)), f"{name} is hidden by a module of that name"
        assert name in dir(multigrad)
    x = np.array([3.0])
    assert multigrad.slope(lambda x: x**2, 3.0) == 6.0
    assert multigrad.value_and_slope(lambda x: x**2, 3.0) == (9.0, 6.0)
    assert multigrad.gradient(np.sum, x).tolist() == [1.0]
    assert multigrad.value_and_gradient(np.sum, x)[0] == 3.0
    assert multigrad.list_backends() and multigrad.list_devices()
    assert multigrad.compare(lambda x: x**2, 3.0, backends=["autograd"]).agree
    with multigrad.use_backend("autograd"):
        assert multigrad.slope(np.exp, 0.0) == 1.0


def test_dir_lists_what_is_public():
    multigrad = importlib.import_module("multigrad")
    assert dir(multigrad) == sorted([*multigrad.__all__, "__version__"])


def test_exports_are_named_honestly():
    """What `multigrad` exports is what it has; each error stands in the tree that errors.py draws."""
    assert len(set(multigrad.__all__)) == len(multigrad.__all__)
    errors = importlib.import_module("multigrad.errors")
    for name in errors.__all__:
        assert getattr(multigrad, name) is getattr(errors, name)
        assert f" {name} " in errors.__doc__ + " " or name == "MultigradError"


def test_nothing_is_needed_but_the_core(tmp_path):
    """Where torch and jax cannot be imported, slope works and the listing says how to install them."""
    code = (
        "import sys, json\n"
        "for name in ('torch', 'jax'): sys.modules[name] = None\n"
        "import numpy, multigrad\n"
        "assert multigrad.slope(numpy.sin, 0.0) == 1.0\n"
        "print(json.dumps({i.name: [i.installed, i.reason] for i in multigrad.list_backends()}))"
    )
    found = in_a_new_process(code)
    assert found["autograd"][0]
    for name in ("torch", "jax"):
        assert not found[name][0] and f"pip install {name}" in found[name][1]
