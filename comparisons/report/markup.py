"""HTML by construction: text is escaped where it enters, so that no function and no error can bring markup along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

VOID = frozenset("br col hr img input link meta".split())

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What a terminal obeys, XML cannot hold, or turns the direction of what is read: shown as Python would."""


def visible(text: object) -> str:
    r"""Text in which every character is seen for what it is.

    Examples
    --------
    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], str(text))


class Markup(str):
    """HTML that is meant as such."""

    __slots__ = ()


def node(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element. Children that are no `Markup` are text; an attribute that is None or False is left out.

    Examples
    --------
    >>> print(node("p", "a < b", class_="note", hidden=True))
    <p class="note" hidden>a &lt; b</p>
    """
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(visible(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{given}>" + ("" if name in VOID else f"{join(children)}</{name}>"))


def join(children: Iterable[object]) -> Markup:
    """One after the other."""
    return Markup(
        "".join(child if isinstance(child, Markup) else escape(visible(child)) for child in children)
    )


def link(anchor: str, /, *children: object, **attributes: object) -> Markup:
    """A link to the element of that id."""
    return node("a", *children, href=f"#{quote(visible(anchor), safe='/')}", **attributes)


__all__ = ["Markup", "join", "link", "node", "visible"]
