"""The directive `{commands}`: every command of the command line, as Typer itself knows it, when the site is built."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from multigrad.command_line import app


def commands() -> dict[str, Any]:
    """Typer's commands by their names, in the order of `multigrad --help`."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def spelt(parameter: Any) -> str:
    """How a parameter is typed: ``-o, --output FOLDER``."""
    word = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return word if parameter.required or word.startswith("[") else f"[{word}]"
    names = ", ".join([*sorted(parameter.opts, key=len), *parameter.secondary_opts])
    if parameter.is_flag:
        return names
    kind = "N" if parameter.metavar is None else word
    return f"{names} {kind}"


def markdown(name: str, command: Any) -> Iterator[str]:
    """One command as a section."""
    typed = [spelt(each) for each in command.params if each.param_type_name == "argument" or each.required]
    yield f"## multigrad {name}\n\n```text\nmultigrad {' '.join([name, *typed, '[OPTIONS]'])}\n```\n"
    yield f"{inspect.cleandoc(command.help)}\n"
    for each in command.params:
        default = "" if each.default in (None, False, True, ()) else f" By default `{each.default}`."
        yield f"`{spelt(each)}`\n: {each.help}{default}\n"


class Commands(SphinxDirective):
    """Takes nothing."""

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        text = "\n".join(line for name, command in commands().items() for line in markdown(name, command))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(sphinx: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    sphinx.add_directive("commands", Commands)
    return {"parallel_read_safe": True}
