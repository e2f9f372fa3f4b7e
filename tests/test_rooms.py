"""The rooms: imports point one way, and only an adapter imports its framework."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

RANKS = {
    "multigrad.errors": 0,
    "multigrad.backends": 1,
    "multigrad.array": 2,
    "multigrad": 2,
    "multigrad.comparisons": 3,
    "multigrad.play": 3,
    "multigrad.command_line": 4,
    "multigrad.__main__": 4,
    "multigrad.testing": 4,
    "pytest_multigrad": 4,
}
"""What a module may import at its head: its own rank and those below. The longest prefix counts."""

FRAMEWORKS = {"torch", "jax", "jaxlib", "autograd", "array_api_compat"}
FOLDERS = {
    "multigrad": "multigrad",
    "backends": "multigrad.backends",
    "comparisons": "multigrad.comparisons",
    "pytest_multigrad": "pytest_multigrad",
}


def name_of(path: Path) -> str:
    """The name under which a file of the checkout is imported."""
    folder, *rest = path.relative_to(ROOT).with_suffix("").parts
    return ".".join([FOLDERS[folder], *(part for part in rest if part != "__init__")])


MODULES = {name_of(path): path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))}


def imported_at_head(path: Path) -> set[str]:
    """Modules that importing this one imports: not those inside functions, nor for type checkers alone."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text())]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else str(node.module) for name in names}
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            pending += node.orelse
        elif not isinstance(node, ast.FunctionDef | ast.Lambda):
            pending += ast.iter_child_nodes(node)
    return found


def rank(module: str) -> int:
    """The rank of the longest prefix that has one."""
    parts = module.split(".")
    return next(RANKS[p] for n in range(len(parts), 0, -1) if (p := ".".join(parts[:n])) in RANKS)


@pytest.mark.parametrize("module", [module for module in MODULES if module != "multigrad"])
def test_imports_point_one_way(module: str) -> None:
    ours = {name for name in imported_at_head(MODULES[module]) if name in MODULES and name != "multigrad"}
    assert {name for name in ours if rank(name) > rank(module)} == set()


@pytest.mark.parametrize("module", MODULES)
def test_only_an_adapter_imports_its_framework(module: str) -> None:
    frameworks = {name.partition(".")[0] for name in imported_at_head(MODULES[module])} & FRAMEWORKS
    if not module.startswith("multigrad.backends._"):
        assert frameworks == set()


def test_the_check_sees_an_import(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("import torch\nfrom multigrad import operators\ndef f():\n    import jax\n")
    assert imported_at_head(path) == {"torch", "multigrad.operators"}
