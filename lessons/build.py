"""Run the lessons: each text form in a fresh kernel, into its notebook with outputs.

    python lessons/build.py          # all
    python lessons/build.py 1 2      # some

What is written depends on the lesson and the frameworks, not on the machine: no timings, no paths, fixed cell
ids, and the CPU even where there is an accelerator. Running twice gives the same file.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jupytext
import nbformat as untyped_nbformat
from nbclient import NotebookClient

nbformat: Any = untyped_nbformat  # has py.typed, and functions that are not

HERE = Path(__file__).resolve().parent
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu", "JAX_NUM_CPU_DEVICES": "1", "JAX_PPRINT_USE_COLOR": "0",
    "PYTHONHASHSEED": "0",
    # IPython's own choice for notebooks; a caller's MPLBACKEND=agg would leave the pictures out.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}  # fmt: skip
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "name": "python"},
}
TIMEOUT = 120
"""Seconds that one cell may take."""

LIMIT = 500_000
"""Bytes that a notebook may have: it is read over slow lines too, and kept in git."""


def texts(numbers: Sequence[str] = ()) -> list[Path]:
    """The text forms of these lessons, or of all, in order."""
    found = sorted(HERE.glob("[0-9]_*.py"))
    return [path for path in found if not numbers or path.name[0] in numbers]


def read(text: Path) -> Any:
    """A text form as a notebook that has not run; its cells' ids are fixed."""
    notebook = jupytext.read(text, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for i, cell in enumerate(notebook.cells):
        cell.id = f"lesson-{text.name[0]}-cell-{i:02d}"
        cell.metadata = nbformat.from_dict({"tags": tags} if (tags := cell.metadata.get("tags")) else {})
    return notebook


def executed(text: Path, environment: dict[str, str] | None = None) -> Any:
    """A lesson with its outputs, from a fresh kernel; an error in a cell is raised."""
    notebook = read(text)
    client = NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", record_timing=False,
                            coalesce_streams=True, extra_arguments=["--log-level=ERROR"],
                            resources={"metadata": {"path": str(HERE)}})  # fmt: skip
    client.execute(env={**os.environ, **(ENVIRONMENT if environment is None else environment)})
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_lean(output) for output in cell.outputs]
    return notebook


def _lean(output: Any) -> Any:
    """An output without what the kernel says about itself."""
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    return output


def leaks(text: str) -> list[str]:
    """What a notebook must not tell: this machine's paths, and addresses in memory, which change with each run."""
    return re.findall(rf"{re.escape(str(HERE.parent))}|{re.escape(str(Path.home()))}/\w+|\bat 0x[0-9a-f]+", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", nargs="*", help="1, 2, ...; all where none is given")
    for text in texts(parser.parse_args().lesson):
        start = time.perf_counter()
        content = nbformat.writes(executed(text)) + "\n"
        if told := leaks(content):
            raise SystemExit(f"{text.name}: its outputs tell {sorted(set(told))}; print something that stays the same")
        if len(content) > LIMIT:
            raise SystemExit(f"{text.name}: {len(content):,} bytes; at most {LIMIT:,}: fewer or smaller pictures")
        text.with_suffix(".ipynb").write_text(content, encoding="utf-8")
        print(f"{text.stem}: {time.perf_counter() - start:.1f} s, {len(content) // 1000} kB")


if __name__ == "__main__":
    main()
