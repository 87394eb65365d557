"""Turn definitions and their charts into `{path: page}`: Markdown that any generator can publish.

Headings are Markdown, so that every generator finds them; all else is HTML made by templates that
escape what they are given. No page holds a blank line inside its HTML, which would end the block.
"""

import dataclasses
import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from html import escape
from pathlib import PurePosixPath
from textwrap import dedent
from types import MappingProxyType
from typing import Any, get_args
from urllib.parse import unquote

from jinja2 import Environment
from markupsafe import Markup

from pathbook import citations, minimap, overview, prose, published, schema, shipped, strips, svg
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.excerpt import excerpt
from pathbook.graph import Graph
from pathbook.legend import legend
from pathbook.lines import Plan
from pathbook.model import Alert, Claim, Definition, Level, Pathway, Step
from pathbook.problems import Problem
from pathbook.sources import Sources
from pathbook.terms import GLOSSARY, Explainer, Terms

STYLESHEET = "assets/pathbook/pathbook.css"
SCRIPT = "assets/pathbook/pathbook.js"
CLASSIC = "assets/pathbook/pathbook-classic.js"
"""The same, not as a module: no browser loads a module from a folder of files."""
SEARCH = "assets/pathbook/search.js"
SEARCH_CLASSIC = "assets/pathbook/search-classic.js"
"""What searches a large library, as a module and not as one."""

WELCOME = """---
title: Pathways
description: Every decision pathway of this site.
hide: [navigation, toc]
---
# Pathways"""
"""What the front page says where nobody wrote anything."""

ANCHORED: Mapping[str, str] = MappingProxyType({citations.PAGE: "statement", GLOSSARY: "term"})
"""What a link to a part of a page names: a statement on one, a term on the other."""

_FRONT_MATTER = r"\s*(---\n.*?\n---\n)?(.*)"
_COMMENTS = re.compile(r"^ *(?:/\*.*?\*/|//.*?$)\n", re.MULTILINE | re.DOTALL)
"""Comments that have lines of their own."""
_MARKDOWN = re.compile(
    r"[\\`*_{}\[\]<>&#|~^=$@\"!+/]|:(?=[\w+-]+:)|\((?=(?:c|r|tm)\))", re.IGNORECASE
)
"""What Markdown, or an extension of it for symbols, may read as more than a letter."""
_TEMPLATE = re.compile(r"\{(?=[{%#])")
"""Where a plugin for macros would begin to run what stands there."""


@dataclass(frozen=True)
class Page:
    """One file of the book."""

    make: Callable[[], str]
    """Makes what stands in it."""
    source: PurePosixPath | None = None
    """The file under `flow/` that a maintainer changes to change this page."""

    @property
    def text(self) -> str:
        """Make what stands in it: a library may have more pages than memory."""
        return self.make()


Pages = Mapping[str, Page]
"""The files of a site by their paths."""


@dataclass(frozen=True)
class Book:
    """A checked definition, its graph and its planned chart, or the overview of a large one."""

    definition: Definition
    graph: Graph
    plan: Plan
    today: date
    """The day on which it is made: a review that was due before it is overdue."""
    site: frozenset[str] = frozenset()
    """The pages of the site around it, such as `about.md`."""

    @property
    def pathway(self) -> Pathway:
        """The graph and what is said about it."""
        return self.definition.pathway


FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "involves": "What it involves",
        "aim": "What it aims at",
        "lasts": "How long it may help",
        "undone": "Can it be undone?",
        "who": "Who usually does it",
        "first": "What must come first",
    }
)
"""What readers see for each fact of a profile."""

SHEET_PREFIX = "step-"
"""What the ids of the sections for paper begin with."""

SHEET = (800.0, 960.0)
"""Pixels; a larger chart would be set in less than 7 points on A4 or Letter, or cut."""

NOTICE = "General information, not advice for one person."
"""What a page says about itself where the pathway says nothing."""


def anchor(name: str) -> str:
    """Make an anchor of any name; different names have different anchors.

    >>> anchor("F54"), anchor("G1.1")
    ('F54', 'G1_46_1')
    """
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found.group())}_", name)


def known_facts(step: Step) -> dict[str, Claim]:
    """Give what the profile of a step says, by the words that readers see for it."""
    known = {key: claim for key, claim in step.profile or () if claim}
    return {words: known[key] for key, words in FIELDS.items() if key in known}


def heading(text: str) -> Markup:
    """Write a text for a Markdown heading, so that nothing in it is Markdown or HTML.

    >>> print(heading("Pain <5 & *worse*?"))
    Pain &#60;5 &#38; &#42;worse&#42;?
    """
    text = text.unescape() if isinstance(text, Markup) else text
    return Markup(_MARKDOWN.sub(lambda found: f"&#{ord(found.group())};", text))  # noqa: S704


def quoted(text: object) -> Markup:
    """Write a text for front matter, as themes put it into HTML as it is.

    >>> print(quoted("a < b"))
    "a &lt; b"
    """
    return Markup(json.dumps(inert(escape(str(text))), ensure_ascii=False))  # noqa: S704


def inert(html: str) -> str:
    """Write HTML so that no plugin for macros finds something to run in it.

    >>> inert("{{ config }} {one}")
    '&#123;{ config }} {one}'
    """
    return _TEMPLATE.sub("&#123;", html)


@dataclass(frozen=True)
class Library:
    """What the books of a site have to know of one another."""

    titles: Mapping[str, str]
    """The title of everything that a link to another pathway may name."""
    origins: Mapping[str, Mapping[str, str]]
    """For each pathway the titles, by id, of the pathways that go on in it."""

    @classmethod
    def of(cls, books: Sequence[Book]) -> "Library":
        """Gather it from all books of a site."""
        titles: dict[str, str] = {}
        origins: dict[str, dict[str, str]] = {}
        for book in books:
            name, title = book.definition.id, book.pathway.title
            titles[name] = title
            for step in book.pathway.steps.values():
                titles[f"{name}/{step.id}"] = f"{title}: {step.title}"
                if step.to:
                    origins.setdefault(step.to.partition("/")[0], {})[name] = title
        return cls(titles, origins)


ALONE = Library(MappingProxyType({}), MappingProxyType({}))
"""What a book knows of others where there are none."""


@dataclass(frozen=True)
class _Links:
    """Turns links between pages of prose into links between published pages."""

    here: str
    """The page that they stand on."""
    prefix: str
    """The id of the pathway."""
    addresses: Addresses

    def __call__(self, target: str) -> str:
        path, mark, name = target.partition("#")
        if not path.endswith(".md") or ":" in path:
            return target
        there = posixpath.normpath(posixpath.join(self.prefix, path))
        kind = ANCHORED.get(posixpath.basename(there), "") if mark else ""
        at = f"{kind}-{anchor(unquote(name))}" if kind else name
        return self.addresses.between(self.here, there) + mark + at


@dataclass(frozen=True)
class _LinksOnSheet:
    """Leads to a step where it stands on the sheet, and to anything else where that is."""

    elsewhere: _Links
    steps: frozenset[str]
    own: str = ""
    """The step whose prose they stand in."""

    def __call__(self, target: str) -> str:
        name = target.partition("#")[0].removesuffix(".md") or self.own
        return f"#{SHEET_PREFIX}{name}" if name in self.steps else self.elsewhere(target)


class _Writer:
    """Renders the pages of one book."""

    def __init__(self, book: Book, addresses: Addresses, library: Library = ALONE) -> None:
        self.book = book
        self.library = library
        self.graph = book.graph
        self.addresses = addresses
        self.sources = Sources(book.definition)
        self.prefix = book.definition.id

    def path(self, name: str) -> str:
        return f"{self.prefix}/{name}.md"

    def href(self, here: str) -> Callable[[Step], str]:
        return lambda step: self.addresses.between(here, self.path(step.id))

    def context(self, here: str) -> dict[str, Any]:
        """Gather what every template may use."""
        return {
            "id": self.prefix,
            "script": self.script(here),
            "pathway": self.book.pathway,
            "evidence": self.book.definition.evidence,
            "glossary": self.book.definition.glossary,
            "graph": self.graph,
            "numbers": self.graph.numbers,
            "steps": self.book.pathway.steps,
            "kind_names": svg.KIND_NAMES,
            "href": self.href(here),
            "to": lambda name: self.addresses.between(here, self.path(name)),
            "alerts": self.alerts(here),
            "notice": self.notice(here),
            "overdue": self.overdue,
            "explained": Explainer(self.terms),
            "plain": lambda text: text,
            "fields": FIELDS,
            "known": known_facts,
            "relations": self.sources.relations,
        }

    def script(self, here: str) -> Markup:
        """Load the script; a site in flat files may be opened without a server."""
        if self.addresses.directories:
            tag = Markup('<script type="module" src="{}"></script>')
            return tag.format(self.addresses.between(here, SCRIPT))
        return Markup('<script defer src="{}"></script>').format(
            self.addresses.between(here, CLASSIC)
        )

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.book.definition.glossary, anchor)

    @property
    def overdue(self) -> bool:
        due = self.book.pathway.review_due
        return due is not None and due < self.book.today

    def alerts(self, here: str) -> list[tuple[Alert, Markup]]:
        resolve = self.resolver(here)
        return [(alert, prose.render(alert.text, resolve)) for alert in self.by_level]

    @property
    def by_level(self) -> list[Alert]:
        """The urgent advice, the most urgent first."""
        levels = get_args(Level)
        return sorted(self.book.pathway.alerts, key=lambda alert: levels.index(alert.level))

    def notice(self, here: str) -> Markup:
        pathway = self.book.pathway
        written = prose.render(pathway.notice or NOTICE, self.resolver(here))
        # No heading of its own: it stands on every page.
        text = Markup(re.sub(r"<(/?)h[1-6]>", r"<\1p>", written))  # noqa: S704 (clean)
        if pathway.about not in self.book.site:
            return text
        link = Markup(' <a href="{}">About this site</a>')
        return text + link.format(self.addresses.between(here, str(pathway.about)))

    def resolver(self, here: str) -> "_Links":
        return _Links(here, self.prefix, self.addresses)

    def render(self, template: str, name: str, **more: object) -> str:
        here = self.path(name)
        text = _environment().get_template(template).render(**self.context(here), **more)
        return _finished(text)

    def pathway(self) -> str:
        here = self.path("index")
        return self.render(
            "pathway.md.j2",
            "index",
            **self.charts(self.href(here)),
            followed=self.sources.followed,
            questions=self.questions(self.resolver(here)),
            links={
                name: self.goes_on(step, here) for name, step in self.book.pathway.steps.items()
            },
            origins=[
                (name, title, self.addresses.between(here, f"{name}/index.md"))
                for name, title in self.library.origins.get(self.prefix, {}).items()
            ],
            call=self.call(self.resolver(here)),
            overview=prose.render(self.book.pathway.overview or "", self.resolver(here)),
        )

    def charts(self, href: svg.Href) -> dict[str, Any]:
        """Gather what shows the chart, whole and stage by stage."""
        plan, large = self.book.plan, overview.is_large(self.graph)
        return {
            "chart": overview.draw(self.graph, plan)
            if large
            else svg.chart(self.graph, plan, href),
            "large": large,
            "strips": strips.draw(self.graph, href),
            "legend": legend(self.graph),
            "fits_sheet": not large and plan.width <= SHEET[0] and plan.height <= SHEET[1],
        }

    def questions(self, resolve: prose.Resolve) -> dict[str, Markup]:
        """Give the questions that readers take along, by step."""
        heading = self.book.pathway.content.questions
        return {
            step.id: part.html
            for step in self.book.pathway.steps.values()
            for part in self.prose(step, resolve)
            if part.heading == heading
        }

    def urgent(self) -> str:
        """Write the full page of urgent advice."""
        return self.render(
            "urgent.md.j2",
            "urgent",
            more=self.more(self.resolver(self.path("urgent"))),
            cited=self.sources.groups(self.sources.by_step[""]),
        )

    def more(self, resolve: prose.Resolve) -> list[tuple[Alert, tuple[prose.Section, ...]]]:
        """Give what is said about urgent advice beyond what stands on every page."""
        found = []
        for alert in self.by_level:
            parts = prose.sections(alert.more or "", resolve)
            if parts and not parts[0].heading:
                parts = (dataclasses.replace(parts[0], heading=alert.title), *parts[1:])
            found += [(alert, parts)] if parts else []
        return found

    def call(self, resolve: prose.Resolve) -> Markup | None:
        """Give what is said first about the most urgent advice: who to call."""
        more = self.more(resolve)
        return more[0][1][0].html if more else None

    def step(self, step: Step) -> str:
        here = self.path(step.id)
        order = self.graph.order
        at = self.graph.numbers[step.id] - 1
        return self.render(
            "step.md.j2",
            step.id,
            step=step,
            stage=_stage_title(self.graph, step),
            sections=self.prose(step, self.resolver(here)),
            map=minimap.draw(self.graph, step, self.href(here)),
            evidence_groups=self.sources.groups(self.sources.by_step[step.id]),
            before=self.book.pathway.steps[order[at - 1]] if at else None,
            after=self.book.pathway.steps[order[at + 1]] if at + 1 < len(order) else None,
            link=self.link(step, here),
            options=[self.book.pathway.steps[name] for name in self.graph.options(step)],
        )

    def prose(self, step: Step, resolve: prose.Resolve) -> tuple[prose.Section, ...]:
        written = self.book.definition.pages.get(step.id)
        return prose.sections(written.text, resolve) if written else ()

    def link(self, step: Step, here: str) -> tuple[str, str] | None:
        """Give the address and the title of what a link goes on in."""
        if step.to is None:
            return None
        path = f"{step.to}.md" if "/" in step.to else f"{step.to}/index.md"
        return self.addresses.between(here, path), self.library.titles.get(step.to, step.to)

    def goes_on(self, step: Step, here: str) -> tuple[str, str] | None:
        """Give where a walk goes on in another pathway, and the title of that."""
        if step.to is None:
            return None
        name, _, at = step.to.partition("/")
        address = self.addresses.between(here, f"{name}/index.md")
        title = self.library.titles.get(step.to, step.to)
        return address + (f"?step={at}#box-{at}" if at else ""), title

    def evidence(self) -> str:
        uses = self.sources.uses(self.graph.numbers)
        return self.render("evidence.md.j2", "evidence", uses=uses)

    def glossary(self) -> str:
        return self.render("glossary.md.j2", "glossary")

    def published(self) -> str:
        return published.text(self.book.definition, self.graph, self.addresses)

    def print(self) -> str:
        links = _LinksOnSheet(self.resolver(self.path("print")), frozenset(self.book.pathway.steps))
        return self.render(
            "print.md.j2",
            "print",
            **self.charts(_on_sheet),
            prose={
                name: self.prose(step, dataclasses.replace(links, own=name))
                for name, step in self.book.pathway.steps.items()
            },
            cited=self.sources.groups(self.sources.citations),
            rests_on={
                name: [found for found, _ in self.sources.shown(self.sources.by_step[name])]
                for name in self.book.pathway.steps
            },
            more=self.more(links),
            options={
                name: [self.book.pathway.steps[other] for other in self.graph.options(step)]
                for name, step in self.book.pathway.steps.items()
            },
            print_href=_on_sheet,
        )


def book_pages(book: Book, addresses: Addresses = DIRECTORIES, library: Library = ALONE) -> Pages:
    """Write all pages of one book."""
    writer = _Writer(book, addresses, library)
    written, folder = book.definition, book.definition.folder
    whole = folder / "pathway.yaml"
    found = {writer.path("index"): Page(writer.pathway, whole)}
    for name in book.graph.order:
        source = folder / "pages" / f"{name}.md" if name in written.pages else whole
        found[writer.path(name)] = Page(partial(writer.step, book.pathway.steps[name]), source)
    sources = folder / "evidence.yaml" if written.evidence.sources else whole
    found[writer.path("evidence")] = Page(writer.evidence, sources)
    terms = folder / "glossary.yaml" if written.glossary.terms else whole
    found[writer.path("glossary")] = Page(writer.glossary, terms)
    found[writer.path("print")] = Page(writer.print, whole)
    if book.pathway.alerts:
        found[writer.path("urgent")] = Page(writer.urgent, whole)
    found[f"{writer.prefix}/pathway.json"] = Page(writer.published, whole)
    return {**found, **_moved(book, addresses)}


def library_page(books: Sequence[Book], addresses: Addresses = DIRECTORIES, intro: str = "") -> str:
    """Write the front page: every pathway with a card, after what a maintainer wrote there."""
    own = intro.replace("\r\n", "\n").strip() or WELCOME
    front, body = apart(f"{own}\n")
    cards = [
        (
            book,
            addresses.between("index.md", f"{book.definition.id}/index.md"),
            addresses.between("index.md", f"{book.definition.id}/urgent.md"),
        )
        for book in books
    ]
    below = _finished(_environment().get_template("library.md.j2").render(cards=cards))
    return f"{front}{shared_alerts(books, 'index.md', addresses)}\n{body}{below}"


def apart(text: str) -> tuple[str, str]:
    r"""Take a page apart into the lines between `---` at its top, and the rest.

    >>> apart("---\ntitle: Knee\n---\n# Knee\n")
    ('---\ntitle: Knee\n---\n', '# Knee\n')
    """
    front, body = re.fullmatch(_FRONT_MATTER, text, flags=re.DOTALL).groups("")  # type: ignore[union-attr]
    return front, body


def shared_alerts(books: Sequence[Book], here: str, addresses: Addresses = DIRECTORIES) -> str:
    """Write the urgent advice for a page of the site outside the books.

    It stands there where all pathways have the same; else each has its own, on its own pages.
    """
    if len({book.pathway.alerts for book in books}) != 1 or not books[0].pathway.alerts:
        return ""
    writer = _Writer(books[0], addresses)
    template = _environment().get_template("alerts.md.j2")
    to = lambda name: addresses.between(here, writer.path(name))  # noqa: E731 (as in `context`)
    return _finished(template.render(alerts=writer.alerts(here), to=to))


def problems_box(
    failure: str, errors: Sequence[Problem], warnings: Sequence[Problem], *, kept: bool
) -> Markup:
    """Write what is wrong, for the top of a page in a preview: never part of a site."""
    template = _environment().get_template("problems.html.j2")
    told = {"failure": failure, "errors": errors, "warnings": warnings, "excerpt": excerpt}
    return Markup(template.render(**told, kept=kept))  # noqa: S704 (escaped)


@cache
def assets(addresses: Addresses = DIRECTORIES) -> dict[str, Page]:
    """Give the stylesheet, the script and the schemas that are published with every site."""
    # Its comments are for whoever changes it; readers would pay for them.
    script = _COMMENTS.sub("", shipped.text("assets/pathbook.js"))
    found = {STYLESHEET: shipped.text("assets/pathbook.css"), SCRIPT: script}
    if not addresses.directories:
        found[CLASSIC] = _classic(script)
    found |= {f"schema/{name}": text for name, text in schema.files().items()}
    found[published.SCHEMA] = published.schema_text()
    return {path: Page(lambda text=text: text) for path, text in found.items()}  # type: ignore[misc]


@cache
def search_script(addresses: Addresses = DIRECTORIES) -> dict[str, Page]:
    """Give the script that searches a large library: each page of such a site loads it."""
    script = shipped.text("assets/search.js")
    if addresses.directories:
        return {SEARCH: Page(lambda: script)}
    return {SEARCH_CLASSIC: Page(lambda: _classic(script))}


def _classic(script: str) -> str:
    """Write a module as a script that is none."""
    bare = re.sub(r"^export ", "", script, flags=re.MULTILINE)
    bare = bare.replace("import.meta.url", "document.currentScript.src")
    return f'(() => {{\n"use strict";\n{bare}}})();\n'


def left_out(text: str) -> str:
    r"""Have a theme's own search leave a page out, by its front matter.

    >>> left_out('---\ntitle: "A"\nsearch:\n  boost: 0.5\n---\n# A\n')
    '---\ntitle: "A"\nsearch:\n  exclude: true\n---\n# A\n'
    """
    front, body = re.fullmatch(_FRONT_MATTER, text, flags=re.DOTALL).groups("")  # type: ignore[union-attr]
    kept = re.sub(r"^search:\n(?:[ ]+.*\n)*", "", front or "---\n---\n", flags=re.MULTILINE)
    return kept.removesuffix("---\n") + "search:\n  exclude: true\n---\n" + body


def navigation(books: Sequence[Book]) -> list[dict[str, Any]]:
    """List the pages of each book in reading order, by title."""
    return [{_escaped(book.pathway.title): _book_navigation(book)} for book in books]


def _book_navigation(book: Book) -> list[object]:
    prefix = book.definition.id
    items: list[object] = [{_escaped(book.pathway.title): f"{prefix}/index.md"}]
    for stage, steps in book.graph.sections():
        pages = [{_escaped(step.title): f"{prefix}/{step.id}.md"} for step in steps]
        items += [{_escaped(stage.title): pages}] if stage else pages
    items += [{"Urgent help": f"{prefix}/urgent.md"}] if book.pathway.alerts else []
    items += [{"Evidence": f"{prefix}/evidence.md"}] if book.definition.evidence.sources else []
    items.append({"Glossary": f"{prefix}/glossary.md"})
    return [*items, {"Print the whole book": f"{prefix}/print.md"}]


def _escaped(title: str) -> Markup:
    """Escape a title for themes that write it into HTML as it is."""
    return Markup(inert(escape(title)))  # noqa: S704


def _on_sheet(step: Step) -> str:
    """Give the address of a step on the page that holds the whole book."""
    return f"#{SHEET_PREFIX}{step.id}"


def _stage_title(graph: Graph, step: Step) -> str:
    stages = graph.pathway.stages
    return stages[graph.bands[step.id]].title if stages else ""


def _moved(book: Book, addresses: Addresses) -> Pages:
    """Keep the addresses of former ids alive."""
    found: dict[str, Page] = {}
    prefix = book.definition.id
    for step in book.pathway.steps.values():
        for name in step.was:
            here = f"{prefix}/{name}.md"
            there = addresses.between(here, f"{prefix}/{step.id}.md")
            make = partial(_pointer, step, there, book.pathway.language)
            found[addresses.file(here)] = Page(make)
    return found


def _pointer(step: Step, there: str, language: str) -> str:
    """Write the page that stands where a step was, and leads to where it is."""
    template = _environment().get_template("moved.html.j2")
    return template.render(step=step, there=there, language=language)


def _finished(text: str) -> str:
    """Take blank lines and indents out of the HTML, and set headings apart."""
    front, body = apart(text)
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    spaced = [f"\n{line}\n" if re.match(r"#{1,6} ", line) else line for line in lines]
    return front + inert(re.sub(r"\n{3,}", "\n\n", "\n".join(["", *spaced])).rstrip()) + "\n"


@cache
def _environment() -> Environment:
    environment = shipped.templates()
    environment.filters["heading"] = heading
    environment.filters["quoted"] = quoted
    environment.filters["anchor"] = anchor
    environment.filters["dedent"] = dedent
    environment.filters["opened"] = lambda text: text[:1].upper() + text[1:]
    return environment
