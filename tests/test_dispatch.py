"""Which backend a call goes to."""

import threading

import numpy as np
import pytest

import multigrad
from multigrad import (
    BackendUnavailable,
    UnknownBackend,
    backends,
    list_backends,
    list_devices,
    slope,
    use_backend,
)
from multigrad.array import running


def backend_that_runs(x=1.0, **call):
    seen = []

    def f(x):
        seen.append(running.get().backend.name)
        return x**2

    slope(f, x, **call)
    return seen[0]


def test_host_data_goes_to_autograd():
    assert backend_that_runs() == "autograd"
    assert backend_that_runs(np.ones(2), device="cpu") == "autograd"


def test_the_environment_sets_the_default(monkeypatch):
    monkeypatch.setenv("MULTIGRAD_BACKEND", "torch")
    assert backend_that_runs() == "torch"
    with use_backend("jax"):
        assert backend_that_runs() == "jax"
    monkeypatch.setenv("MULTIGRAD_BACKEND", "nonsense")
    with pytest.raises(UnknownBackend, match="nonsense"):
        slope(lambda x: x, 1.0)


def test_use_backend_nests_and_belongs_to_its_thread():
    found = []
    with use_backend("jax"):
        with use_backend("torch"):
            assert backend_that_runs() == "torch"
        assert backend_that_runs() == "jax"
        thread = threading.Thread(target=lambda: found.append(backend_that_runs()))
        thread.start()
        thread.join()
        assert backend_that_runs(backend="autograd") == "autograd"
    assert found == ["autograd"]
    assert backend_that_runs() == "autograd"


def test_use_backend_refuses_at_once():
    with pytest.raises(UnknownBackend), use_backend("nonsense"):
        pass


def test_within_a_slope_the_default_is_what_runs():
    with use_backend("jax"):
        seen = []
        slope(lambda x: seen.append(backend_that_runs()) or x, 1.0, backend="torch")
        assert seen == ["torch"]


def test_a_native_array_goes_to_its_own():
    torch, jnp = pytest.importorskip("torch"), pytest.importorskip("jax.numpy")
    assert backend_that_runs(torch.tensor(1.0)) == "torch"
    assert backend_that_runs(jnp.float32(1.0)) == "jax"
    with use_backend("autograd"):
        assert backend_that_runs(torch.tensor(1.0), backend="torch") == "torch"
    with pytest.raises(multigrad.BackendMismatch, match="torch"):
        slope(lambda x: x, torch.tensor(1.0), backend="jax")


def test_the_listing():
    found = {info.name: info for info in list_backends()}
    assert {"autograd", "torch", "jax"} <= found.keys()
    for name, info in found.items():
        assert info.installed and info.version and "cpu" in info.devices and "pip install" in info.install
        assert list_devices(name) == info.devices
    assert "cpu" in list_devices()
    with pytest.raises(UnknownBackend):
        list_devices("nonsense")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise ImportError('no libfoo.so')", "crashes.*no libfoo"),
        ("raise OSError('bad magic')", "crashes.*bad magic"),
        ("import nonexistent_dependency", "nonexistent_dependency"),
    ],
)
def test_an_import_that_crashes_is_not_installed_and_says_why(code, said, monkeypatch, tmp_path):
    (tmp_path / "broken_framework.py").write_text(code)
    (tmp_path / "broken_adapter.py").write_text("import broken_framework\nclass B: pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    broken = backends.Registration("broken", "broken_adapter:B", "broken_framework", "pip install broken")
    monkeypatch.setitem(backends.BUILT_IN, "broken", broken)
    info = next(info for info in list_backends() if info.name == "broken")
    assert not info.installed and info.version is None and info.devices == ()
    with pytest.raises(BackendUnavailable, match=said):
        slope(lambda x: x, 1.0, backend="broken")
    with pytest.raises(ImportError):
        backends.get("broken")


def test_a_framework_that_is_absent_says_how_to_install_it(monkeypatch):
    absent = backends.Registration("absent", "multigrad_absent_adapter:B", "multigrad_absent_adapter", "pip install it")
    monkeypatch.setitem(backends.BUILT_IN, "absent", absent)
    with pytest.raises(BackendUnavailable, match="pip install it"):
        slope(lambda x: x, 1.0, backend="absent")


def test_a_third_party_adds_a_backend_by_an_entry_point(monkeypatch, tmp_path):
    (tmp_path / "third_party.py").write_text(
        "from multigrad.backends._autograd import AutogradBackend as B\n"
        "def make():\n    b = B(); b.name = 'third'; return b\n"
    )
    info = tmp_path / "third_party-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[multigrad.backends]\nthird = third_party:make\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "third" in {info.name for info in list_backends()}
    assert backend_that_runs(backend="third") == "third"
    backends._loaded.pop("third")
