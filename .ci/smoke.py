"""smoke.py BACKEND …: an installed multigrad, with exactly these backends, does what its README says.

Run from a folder outside the checkout, or the checkout's own `multigrad/` would be tried instead.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np

import multigrad
from multigrad import BackendUnavailable, list_backends, slope


def f(x):
    """The reading's cubic: 3x² + 6x - 5 is -5 at -2."""
    return x**3 + 3 * x**2 - 5 * x + 4


installed = set(sys.argv[1:])
site_packages = Path(sysconfig.get_path("purelib"))
assert Path(multigrad.__file__).is_relative_to(site_packages), f"not the installed one: {multigrad.__file__}"
assert not (site_packages / "backends").exists(), "a top-level `backends` in the user's site-packages"
assert not {"torch", "jax", "matplotlib"} & set(sys.modules), "a framework was loaded unasked"

listing = {row.name: row for row in list_backends()}
assert set(listing) == {"autograd", "torch", "jax"}, listing
xs = np.linspace(-3.0, 3.0, 61)
for name, row in listing.items():
    assert row.installed == (name in installed), row
    if name in installed:
        assert slope(f, -2.0, backend=name) == -5.0
        np.testing.assert_allclose(slope(f, xs, backend=name), 3 * xs**2 + 6 * xs - 5, rtol=1e-14, atol=1e-14)
    else:
        said = "an answer"
        try:
            slope(f, -2.0, backend=name)
        except BackendUnavailable as error:
            said = str(error)
        assert row.install in said, f"{name} is not installed, and asking for it gave: {said}"

command = Path(sysconfig.get_path("scripts")) / "multigrad"
answer = subprocess.run([command, "slope", "sin(x)", "--at", "0"], check=True, capture_output=True, text=True)
assert "1" in answer.stdout, answer
subprocess.run([command, "compare", "x**3 - 5*x", "--at", "-2"], check=True, stdout=subprocess.DEVNULL)
print(f"multigrad {multigrad.__version__} on Python {sys.version.split()[0]}: {', '.join(sorted(installed))}")
