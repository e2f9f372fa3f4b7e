"""check_site.py FOLDER: every link of the built site leads somewhere, nothing is loaded from a network, and every
public name has its entry. Prints what is wrong and exits 1, or says how much was found right.

What a page elsewhere says is not looked at: `make links` does that, with a network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

MODULES = tuple(f"multigrad{part}" for part in ("", ".errors", ".plotting", ".testing", ".comparisons"))
LOADS = {
    "script": ("src",), "img": ("src", "srcset"), "iframe": ("src",), "source": ("src", "srcset"), "embed": ("src",),
    "object": ("data",), "video": ("src", "poster"), "audio": ("src",), "use": ("href",), "image": ("href",),
}  # fmt: skip
"""What a browser fetches by itself, by element; and of `<link>` whatever is not merely a relation."""
RELATIONS = {"author", "canonical", "index", "license", "next", "prev", "search", "up"}
FETCHING = ("url(http", "url('http", 'url("http', "url(//", "@import url(http", '@import "http')
"""How a style sheet fetches."""


@dataclass
class Page(HTMLParser):
    """What a page loads, where it leads, and what can be led to."""

    path: Path
    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    styles: list[str] = field(default_factory=list)
    objects: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self._inside = ""
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        given = {name.removeprefix("xlink:"): value or "" for name, value in attrs}
        self._inside = tag
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        self.styles.append(given.get("style", ""))
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and not set(given.get("rel", "").split()) & RELATIONS:
            self.loads.append(given.get("href", ""))
        self.loads += [given[name].split()[0] for name in LOADS.get(tag, ()) if given.get(name)]
        if tag == "dt" and "sig" in given.get("class", "").split() and "id" in given:
            self.objects.add(given["id"])

    def handle_data(self, data: str) -> None:
        """Called by the parser."""
        if self._inside == "style":
            self.styles.append(data)
        if self._inside == "script":
            self.loads += re.findall(r"https?://[^\s\"'`)]+", data)

    def handle_endtag(self, tag: str) -> None:
        """Called by the parser."""
        self._inside = ""


def faults(site: Path) -> tuple[list[str], dict[str, int]]:
    """What is wrong, and how much was looked at."""
    pages = {path.resolve(): Page(path) for path in sorted(site.rglob("*.html"))}
    wrong = [fault for page in pages.values() for fault in (*_led_astray(page, pages, site), *_fetched(page, site))]
    for sheet in sorted(site.rglob("*.css")):
        wrong += _from_network(sheet.read_text("utf-8"), sheet.relative_to(site))
    objects = set().union(*(page.objects for page in pages.values()))
    entries = {name.rpartition(".")[2] for name in objects}
    wrong += [f"without an entry: {name}" for name in sorted(public() - entries)]
    links = [link for page in pages.values() for link in page.links]
    inside = sum(not urlsplit(link).scheme for link in links)
    return wrong, {
        "pages": len(pages), "links inside": inside, "links to elsewhere": len(links) - inside,
        "files loaded": sum(len(page.loads) for page in pages.values()), "names": len(public()),
    }  # fmt: skip


def _led_astray(page: Page, pages: dict[Path, Page], site: Path) -> Iterator[str]:
    """Links and files within the site that are not there."""
    for link in page.links + page.loads:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path.resolve()
        if not target.is_file() or not target.is_relative_to(site.resolve()):
            yield f"{page.path.relative_to(site)}: nothing at {link}"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"{page.path.relative_to(site)}: no anchor {link}"


def _fetched(page: Page, site: Path) -> Iterator[str]:
    """What the page loads from a network."""
    name = page.path.relative_to(site)
    for address in page.loads:
        parts = urlsplit(address)
        if parts.netloc or parts.scheme not in ("", "data"):
            yield f"{name}: loads {address}"
    for style in page.styles:
        yield from _from_network(style, name)


def _from_network(style: str, name: Path) -> Iterator[str]:
    squeezed = style.replace("url( ", "url(").lower()
    yield from (f"{name}: a style loads {mark}…" for mark in FETCHING if mark in squeezed)


def public() -> set[str]:
    """Every name that the modules offer."""
    return {name for module in MODULES for name in _offered(import_module(module))}


def _offered(module: ModuleType) -> Iterator[str]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        yield from listed
        return
    for name, thing in vars(module).items():
        if not name.startswith("_") and callable(thing) and thing.__module__ == module.__name__:
            yield name


def main(folder: str) -> None:
    """Print what is wrong and exit 1, or say how much was found right."""
    wrong, counts = faults(Path(folder))
    if wrong:
        sys.exit("\n".join(wrong))
    sys.stdout.write(f"{folder}: {', '.join(f'{number} {what}' for what, number in counts.items())}: all right\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
