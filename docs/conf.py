"""Sphinx' settings for the site. `make site` builds it into build/site; nothing in it comes from a network.

Before Sphinx looks for pages, the lessons' notebooks are copied here, with the outputs that they have: there is one
original of each, in lessons/.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

from multigrad import __version__  # noqa: E402  what is documented is what is installed

project = "multigrad"
author = "the multigrad authors"
copyright = author
release = version = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "commands"]
exclude_patterns = ["_*", "lessons/*.py"]
suppress_warnings = ["toc.empty_glob"]  # without lessons there is a site too
html_title = f"multigrad {release}"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = html_show_sphinx = html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5f99", "color-brand-content": "#1f5f99"},
    "dark_css_variables": {"color-brand-primary": "#8cc0f0", "color-brand-content": "#8cc0f0"},
}
pygments_style, pygments_dark_style = "tango", "github-dark"

# Pages in Markdown, notebooks with the outputs that are stored in them. Widgets would load scripts from a network.
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}
nb_merge_streams = True

# The reference. A single backtick in a docstring is code; names of other packages have no page here to link to.
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_use_ivar = True
napoleon_use_rtype = False
nitpick_ignore_regex = [(r"py:.*", r"(?!multigrad\b).*")]
python_use_unqualified_type_names = True
linkcheck_timeout = 20


def copy_lessons(*_: object) -> None:
    """lessons/*.ipynb into docs/lessons/, where something changed; and out of it, what is no more."""
    source, target = HERE.parent / "lessons", HERE / "lessons"
    target.mkdir(exist_ok=True)
    wanted = {path.name: path for path in source.glob("[0-9]*.ipynb")}
    for old in target.glob("*.ipynb"):
        if old.name not in wanted:
            old.unlink()
    for name, path in wanted.items():
        if not (target / name).exists() or (target / name).read_bytes() != path.read_bytes():
            shutil.copyfile(path, target / name)


def trim(_: object, page: nodes.document) -> None:
    """Drop the line that doctest wants before the fence at the end of a session."""
    for block in page.findall(nodes.literal_block):
        block.rawsource = block.astext().rstrip()  # where both differ, Sphinx highlights nothing
        block[:] = [nodes.Text(block.rawsource)]


def setup(app: Any) -> None:
    """Called by Sphinx."""
    as_written: dict[str, list[str]] = {}

    # Napoleon takes "What was judged: one for each row" on an attribute for a type and a description.
    def keep(_: object, what: str, name: str, __: object, ___: object, lines: list[str]) -> None:
        as_written[name] = lines.copy()

    def restore(_: object, what: str, name: str, __: object, ___: object, lines: list[str]) -> None:
        if what in ("attribute", "data", "property"):
            lines[:] = as_written[name]

    app.connect("autodoc-process-docstring", keep, priority=100)
    app.connect("autodoc-process-docstring", restore, priority=900)
    app.connect("config-inited", copy_lessons)
    app.connect("doctree-read", trim)
