"""A record as one HTML page that needs nothing else: no network, no other file, and to be read no script.

The page's own style and script are named to the browser by their hashes, and it runs no others: even markup that
came with somebody's function would stay dead.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from multigrad.comparisons.report import facts, plots
from multigrad.comparisons.report.case import article, mark, signed
from multigrad.comparisons.report.markup import Markup, join, link, node
from multigrad.comparisons.report.table import MEANINGS
from multigrad.comparisons.verdict import Verdict

Data = dict[str, Any]
Section = Callable[[Data], Markup | None]


def as_page(record: Data) -> str:
    """The page."""
    title, _ = facts.headline(record)
    style, script = (
        Markup(files(__package__).joinpath(f"page.{kind}").read_text("utf-8")) for kind in ("css", "js")
    )
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    found = {
        name: (heading, body)
        for name, (heading, make) in SECTIONS.items()
        if (body := make(record)) is not None
    }
    head = node(
        "head",
        node("meta", charset="utf-8"),
        node("meta", http_equiv="Content-Security-Policy", content=policy),
        node("meta", name="viewport", content="width=device-width, initial-scale=1"),
        node("meta", name="color-scheme", content="light dark"),
        node("title", f"multigrad: {title}"),
        node("style", style),
    )
    sections = [
        node(
            "section",
            node("h2", heading, id=f"{name}-heading"),
            body,
            id=name,
            aria_labelledby=f"{name}-heading",
        )
        for name, (heading, body) in found.items()
    ]
    menu = node("nav", *(link(name, heading) for name, (heading, _) in found.items()), aria_label="Sections")
    body = node("body", _header(record, menu), node("main", *sections), node("script", script))
    return f"<!doctype html>\n{node('html', head, body, lang='en')}\n"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _header(record: Data, menu: Markup) -> Markup:
    title, said = facts.headline(record)
    called = facts.by_case(record)
    red = bool(facts.news(record) or facts.escaped(record))
    when = record["created"].replace("T", " ").replace("+00:00", " UTC")
    over = f"multigrad {record['multigrad']} · consistency report · {when} · {record['seconds']:.0f} s"
    legend = [
        node(
            "li",
            mark(verdict, node("b", f"{number:,}"), f" {verdict}"),
            node("span", MEANINGS[verdict], class_="quiet"),
        )
        for verdict, number in called.items()
    ]
    return node(
        "header",
        node("p", over, class_="over"),
        node("h1", title),
        node("p", "✗ " if red else "✓ ", said, class_="said red" if red else "said"),
        plots.stacked({str(verdict): number for verdict, number in reversed(called.items())}),
        node("ul", *legend, class_="legend"),
        menu,
    )


def _table(head: Sequence[object], body: Iterable[Sequence[object]], **attributes: object) -> Markup:
    """A table whose first column names the rows."""
    rows = [
        node(
            "tr",
            node("th", first, scope="row"),
            *(node("td", cell, data_label=name) for name, cell in zip(head[1:], rest, strict=True)),
        )
        for first, *rest in body
    ]
    top = node("tr", *(node("th", cell, scope="col") for cell in head))
    return node("div", node("table", node("thead", top), node("tbody", *rows), **attributes), class_="wide")


def _where(record: Data) -> Markup | None:
    """Every row that makes the report red; alike ones as one."""
    rows = [
        (
            link(facts.anchor(record, each.cases[0]), each.cases[0]["scenario"]), signed(*facts.named(each.row)),
            ", ".join(each.backends), each.where, facts.what(each.row),
        )
        for each in facts.alike(facts.news(record))
    ]  # fmt: skip
    return (
        _table(["scenario", "verdict", "backends", "where", "why"], rows, class_="reasons") if rows else None
    )


def _setup(record: Data) -> Markup:
    several = len(record["machines"]) > 1
    rows = [
        (
            f"{each['name']} {each['version']}".strip(),
            ", ".join(each["devices"])
            if each["installed"]
            else mark("unavailable", f"not here: {each['reason']}"),
            *([f"machine {each['machine'] + 1}"] if several else []),
        )
        for each in record["backends"]
    ]
    machines = [
        node(
            "li",
            f"machine {k}: " if several else "",
            f"{each['name']}, {each['processor']}, Python {each['python']}, NumPy {each['numpy']}",
        )
        for k, each in enumerate(record["machines"], 1)
    ]
    head = ["backend", "devices", *(["machine"] if several else [])]
    return join([_table(head, rows), node("ul", *machines, class_="plain")])


def _families(record: Data) -> Markup:
    names = facts.backends(record)
    rows = [
        (
            node("a", family, href="#cases", data_family=family),
            *(_counted(cells.get(name, {}), data_family=family, data_backend=name) for name in names),
        )
        for family, cells in facts.matrix(record).items()
    ]
    return _table(["family", *names], rows, class_="matrix")


def _counted(counts: Mapping[str, int], **attributes: object) -> Markup:
    """Counts of verdicts, each a way to its cases."""
    parts = [
        node(
            "a", mark(verdict, f"{counts[verdict]:,}"), href="#cases", title=f"{counts[verdict]} {verdict}",
            aria_label=f"{counts[verdict]} {verdict}", data_verdict=verdict, **attributes,
        )
        for verdict in map(str, Verdict)
        if counts.get(verdict)
    ]  # fmt: skip
    return join(parts)


def _conventions(record: Data) -> Markup | None:
    names = facts.backends(record)
    rows = []
    shown: dict[tuple[str, str], Data] = {}
    for case in facts.conventions(record):
        by_name = {row["backend"]: row for row in case["rows"]}
        sides = (facts.at_kinks(case, case["referee"][side]) for side in ("left", "right"))
        name = [link(facts.anchor(record, case), case["scenario"])]
        if shown.setdefault((case["family"], case["scenario"]), case) is not case:
            name.append(node("span", f" {facts.where(record, case)}", class_="quiet"))
        rows.append((join(name), *sides, *(_answer(case, by_name.get(each)) for each in names)))
    if not rows:
        return None
    return _table(["at", "from the left", "from the right", *names], rows, class_="numbers")


def _answer(case: Data, row: Data | None) -> Markup:
    if row is None:
        return Markup("")
    said = facts.at_kinks(case, row["slope"]) or row["verdict"]
    return mark(row["verdict"], said) if row["verdict"] not in ("agree", "convention") else join([said])


def _placement(record: Data) -> Markup:
    names = facts.backends(record)
    rows = [
        (device, *(_stayed(cells.get(name, Counter())) for name in names))
        for device, cells in facts.placement(record).items()
    ]
    parts = [_table(["device", *names], rows, class_="matrix")]
    if record["controls"]:
        controls = [
            (each["name"], each["expected"], signed(*_kept(each)), each["reason"])
            for each in record["controls"]
        ]
        parts.append(node("h3", "Controls: the same audit on code that is known to stray"))
        parts.append(_table(["code", "has to be", "is", "reason"], controls))
    return join(parts)


def _kept(control: Data) -> tuple[str, str]:
    return "✓" if control["verdict"] == control["expected"] else "✗", control["verdict"]


def _stayed(counts: Counter[str]) -> Markup:
    parts = []
    for key, number in counts.items():
        verdict = "agree" if key == "stayed" else "misplaced" if key.startswith("strayed") else key
        parts += [mark(verdict, f"{number:,} {key}"), " "]
    return join(parts)


def _accuracy(record: Data) -> Markup | None:
    found = facts.digits(record)
    parts = []
    for dtype, by_backend in found.items():
        rows = []
        for name, pairs in by_backend.items():
            values = [value for value, _ in pairs]
            middle, (fewest, case) = values[len(values) // 2], pairs[0]
            said = [
                f"median {middle:.1f}, fewest {fewest:.1f} at ",
                link(facts.anchor(record, case), case["scenario"]),
            ]
            rows.append(
                node(
                    "div",
                    node("span", name, class_="who"),
                    plots.histogram(values),
                    node("span", *said, class_="quiet"),
                    class_="row",
                )
            )
        scale = node(
            "span", *(node("span", tick) for tick in range(0, 17, 4)), class_="scale", aria_hidden="true"
        )
        axis = node("div", node("span"), scale, node("span", "right digits", class_="quiet"), class_="row")
        parts.append(node("div", node("h3", dtype), *rows, axis, class_="accuracy"))
    return join(parts) if parts else None


def _known(record: Data) -> Markup | None:
    """Each entry of the table once, with the cases that bear it."""
    entries: dict[tuple[str, str, str], list[Data]] = {}
    for case, row in facts.having(record, Verdict.KNOWN):
        entries.setdefault((row["backend"], row["known"]["reason"], row["known"]["proof"]), []).append(case)
    items = []
    for (backend, reason, proof), cases in entries.items():
        seen = {case["scenario"]: case for case in reversed(cases)}
        links = [join([link(facts.anchor(record, case), name), " "]) for name, case in reversed(seen.items())]
        shown = node("details", node("summary", "proof"), node("pre", node("code", proof)))
        items.append(node("li", mark("known", backend), ": ", reason, node("p", *links), shown))
    return node("ul", *items, class_="news") if items else None


def _cases(record: Data) -> Markup:
    names = facts.backends(record)
    head = node(
        "div",
        node("span", "scenario"),
        *(node("span", name) for name in names),
        class_="columns",
        aria_hidden="true",
    )
    articles = [article(record, names, cases) for cases in facts.scenarios(record).values()]
    return join(
        [_controls(record, names), node("div", head, *articles, class_=f"list of{len(names)}", id="list")]
    )


ORDERS = {
    "run": "as they ran",
    "worst": "worst first",
    "digits": "fewest digits first",
    "seconds": "slowest first",
    "name": "by name",
}


def _controls(record: Data, names: Sequence[str]) -> Markup:
    """Search, filters and order. They need the script, which shows them."""
    verdicts = {row["verdict"] for case in record["cases"] for row in case["rows"]}
    options = {
        "family": facts.matrix(record),
        "verdict": [str(verdict) for verdict in Verdict if verdict in verdicts],
        "backend": names,
        "dtype": facts.matrix(record, "dtype"),
        "device": facts.matrix(record, "device"),
    }
    selects = [
        node(
            "label",
            name,
            node(
                "select",
                node("option", "any", value=""),
                *(node("option", each, value=each) for each in each_of),
                name=name,
            ),
        )
        for name, each_of in options.items()
        if len(each_of) > 1
    ]
    order = node("select", *(node("option", said, value=name) for name, said in ORDERS.items()), name="order")
    search = node(
        "input",
        type="search",
        name="search",
        placeholder="name, source, reason …",
        accesskey="s",
        autocomplete="off",
    )
    buttons = (
        node("button", "reset", type="button", name="clear"),
        node("button", "open all", type="button", name="open"),
    )
    return node(
        "form",
        node("label", "search ", node("kbd", "/"), search, class_="search"),
        *selects,
        node("label", "order", order),
        node("span", *buttons, class_="buttons"),
        node("output", "", name="count", aria_live="polite"),
        id="filters", hidden=True, role="search",
    )  # fmt: skip


SECTIONS: dict[str, tuple[str, Section]] = {
    "where": ("Where they do not agree", _where),
    "setup": ("What was asked", _setup),
    "families": ("Families", _families),
    "conventions": ("Conventions at kinks", _conventions),
    "placement": ("Placement", _placement),
    "accuracy": ("Right digits", _accuracy),
    "known": ("Known differences", _known),
    "cases": ("Cases", _cases),
}
"""In the order of the page; one that has nothing to say is left out."""

__all__ = ["as_page"]
