"""check_wheel.py WHEEL: what a wheel holds must be what stands in the checkout, file by file, and no more.

setuptools leaves a nested package out without a word when `packages=` forgets it, and packs a module that was
renamed long ago when it finds one in `build/lib`. Both would show here.
"""

import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent


def expected(mapping: dict[str, str]) -> set[str]:
    """The files that the package-dir mapping promises, under the names that they install as."""
    return {
        f"{package.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"
        for package, folder in mapping.items()
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".css", ".js", ".json") or path.name == "py.typed"
    }


def main(wheel: str) -> None:
    """Print what is wrong and exit 1, or say how many files were found right."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    want = expected(project["tool"]["setuptools"]["package-dir"])
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    name, version, _ = Path(wheel).name.split("-", 2)
    metadata = f"{name}-{version}.dist-info/"
    have = {name for name in names if not name.startswith(metadata)}
    homes = {f"{name.rpartition('/')[0]}/__init__.py" for name in want}
    faults = [
        *(f"missing from the checkout: {name}" for name in sorted(homes - want)),
        *(f"missing from the wheel: {name}" for name in sorted(want - have)),
        *(f"should not be in the wheel: {name}" for name in sorted(have - want)),
        *(
            f"missing from the wheel: {metadata}{name}"
            for name in ("licenses/LICENSE", "entry_points.txt", "METADATA")
            if metadata + name not in names
        ),
    ]
    if faults:
        sys.exit("\n".join(faults))
    print(f"{Path(wheel).name}: {len(have)} files, as in the checkout")


if __name__ == "__main__":
    main(*sys.argv[1:])
