"""The rules about the books of a built site: readers find all that `pathway.json` holds."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from pathbook import prose
from pathbook.built import NOT_FOUND, BuiltBook, BuiltSite
from pathbook.built_page import BuiltPage
from pathbook.pages import anchor
from pathbook.rule import Finding, whole


def no_book(site: BuiltSite) -> Iterator[Finding]:
    """The site has a book, and every book has its page with the chart."""
    if not site.books:
        yield Finding(site.place("pathway.json"), "no folder of the site has one", "a built book")
    for book in site.books:
        if not site.front(book):
            yield Finding(
                site.place(f"{book.id}/index.html"), "the page is missing", "the chart's page"
            )
        if not book.steps:
            yield Finding(site.place(f"{book.id}/pathway.json"), "it has no steps", "steps")


def missing_box(site: BuiltSite) -> Iterator[Finding]:
    """The chart and the outline hold every step once, and each leads to the page of its step."""
    for book, page in _fronts(site):
        for where, found in (("chart", page.boxes), ("outline", page.items)):
            yield from _differences(
                site, page, f"step of the {where}", book.steps, (n for n, _ in found)
            )
            for name, address in found:
                there = site.lead(page.path, address).file
                if name in book.steps and site.page_of(
                    book, book.steps[name]["url"]
                ) is not site.pages.get(there):
                    fact = f"in the {where}, the step '{name}' leads to '{address}'"
                    yield Finding(site.place(page.path), fact, book.steps[name]["url"])


def missing_arrow(site: BuiltSite) -> Iterator[Finding]:
    """The chart and the outline hold every route once, and each leads to the page of its end."""
    for book, page in _fronts(site):
        routes = [
            (name, str(route["to"]), str(route["id"]))
            for name, step in book.steps.items()
            for route in step["next"]
        ]
        outline = [(start, end, route) for start, end, route, _ in page.ways]
        for where, found in (("chart", page.arrows), ("outline", outline)):
            yield from _differences(site, page, f"route of the {where}", routes, found)
        for start, end, _, address in page.ways:
            there = site.pages.get(site.lead(page.path, address).file)
            if end in book.steps and there is not site.page_of(book, book.steps[end]["url"]):
                fact = f"in the outline, a route from '{start}' to '{end}' leads to '{address}'"
                yield Finding(site.place(page.path), fact, book.steps[end]["url"])


def missing_step(site: BuiltSite) -> Iterator[Finding]:
    """Every step has a page under its own title, and stands on the page for paper."""
    for book in site.books:
        paper = site.named(book, "print")
        if not paper:
            yield Finding(
                site.place(f"{book.id}/print/index.html"),
                "the page is missing",
                "the page for paper",
            )
        for name, step in book.steps.items():
            page = site.page_of(book, step["url"])
            titles = [text for level, text, _ in page.headings if level == 1] if page else []
            title = " ".join(step["title"].split())
            if not page:
                fact = f"the {step['kind']} '{name}' has no page"
                yield Finding(site.place(f"{book.id}/pathway.json"), fact, step["url"])
            elif title not in titles:
                yield Finding(
                    site.place(page.path), f"the page is not headed '{title}'", "the title"
                )
            if paper and f"step-{name}" not in paper.ids:
                fact = f"the {step['kind']} '{name}' is not on the page for paper"
                yield Finding(site.place(paper.path), fact, "every step")


def missing_way(site: BuiltSite) -> Iterator[Finding]:
    """The page of a step leads to every step that can come next, and says each answer."""
    for book in site.books:
        for step in book.steps.values():
            page = site.page_of(book, step["url"])
            for route in step["next"] if page else ():
                there = site.page_of(book, book.steps.get(route["to"], {}).get("url", ""))
                if page and (not there or there.path not in _ways(site, page)):
                    fact = f"the page has no link to '{route['to']}', which can come next"
                    yield Finding(
                        site.place(page.path), fact, "a link to each step that can come next"
                    )
                elif page and " ".join(str(route.get("when", "")).split()) not in page.words:
                    fact = f"the page does not say the answer '{route['when']}'"
                    yield Finding(site.place(page.path), fact, "every answer")


def missing_statement(site: BuiltSite) -> Iterator[Finding]:
    """The page of the evidence holds every statement, and each step leads to those it rests on."""
    for book in site.books:
        page = site.named(book, "evidence")
        if not page:
            yield Finding(
                site.place(f"{book.id}/evidence/index.html"), "the page is missing", "the evidence"
            )
            continue
        for name, statement in book.data["statements"].items():
            if f"statement-{anchor(name)}" not in page.ids:
                yield Finding(
                    site.place(page.path), f"the statement '{name}' is not there", "every statement"
                )
            elif " ".join(str(statement.get("text", "")).split()) not in page.words:
                fact = f"the statement '{name}' does not say what pathway.json says"
                yield Finding(site.place(page.path), fact, "the words of the statement")
        yield from _uncited(site, book, page)


def _uncited(site: BuiltSite, book: BuiltBook, evidence: BuiltPage) -> Iterator[Finding]:
    for step in book.steps.values():
        page = site.page_of(book, step["url"])
        leads = _own_anchors(site, page) if page else set()
        for name in step["evidence"] if page else ():
            if page and (evidence.path, f"statement-{anchor(name)}") not in leads:
                fact = f"the page does not lead to the statement '{name}' that the step rests on"
                yield Finding(site.place(page.path), fact, "a link to each")


def missing_term(site: BuiltSite) -> Iterator[Finding]:
    """The glossary holds every term."""
    for book in site.books:
        page = site.named(book, "glossary")
        for name in book.data["terms"]:
            if not page or f"term-{anchor(name)}" not in page.ids:
                file = page.path if page else f"{book.id}/glossary/index.html"
                yield Finding(site.place(file), f"the term '{name}' is not there", "every term")


def lost_address(site: BuiltSite) -> Iterator[Finding]:
    """The former address of a step leads to the step."""
    for book in site.books:
        for name, step in book.steps.items():
            for former in step["was"]:
                page = site.named(book, former)
                there = site.page_of(book, step["url"])
                moves = [link for link in page.links if link.use == "move"] if page else []
                if not page or all(
                    site.follow(page, link).file != getattr(there, "path", "") for link in moves
                ):
                    file = page.path if page else f"{book.id}/{former}/index.html"
                    fact = f"the former address '{former}' does not lead to the step '{name}'"
                    yield Finding(site.place(file), fact, "a page that sends readers on")


def missing_advice(site: BuiltSite) -> Iterator[Finding]:
    """Every page shows the urgent advice of its pathway, or that which all pathways share."""
    for page in site.pages.values():
        if not page.moves:
            for alert in advice_for(site, page):
                shown = _plain(page.advice)
                if _plain(alert["title"]) not in shown or _plain_prose(alert["text"]) not in shown:
                    fact = f"the page does not show the urgent advice '{alert['title']}'"
                    yield Finding(site.place(page.path), fact, "all of it, before everything else")


RULES = tuple(
    map(
        whole,
        (
            no_book, missing_box, missing_arrow, missing_step, missing_way, missing_statement,
            missing_term, lost_address, missing_advice,
        ),
    )
)  # fmt: skip


def advice_for(site: BuiltSite, page: BuiltPage) -> list[Mapping[str, Any]]:
    """Give the urgent advice that a page has to show."""
    for book in site.books:
        if page.path.startswith(f"{book.id}/"):
            return book.alerts
    sets = [book.alerts for book in site.books]
    return (
        sets[0] if sets and page.path != NOT_FOUND and all(one == sets[0] for one in sets) else []
    )


def _fronts(site: BuiltSite) -> Iterator[tuple[BuiltBook, BuiltPage]]:
    for book in site.books:
        if page := site.front(book):
            yield book, page


def _differences(
    site: BuiltSite, page: BuiltPage, what: str, wanted: Iterable[object], found: Iterable[object]
) -> Iterator[Finding]:
    """Tell what is missing, what is too much, and what stands twice."""
    wanted_now, found_now = Counter(list(wanted)), Counter(list(found))
    for one in sorted((wanted_now - found_now), key=str):
        yield Finding(
            site.place(page.path), f"a {what} is missing: {_named(one)}", "all of pathway.json"
        )
    for one in sorted((found_now - wanted_now), key=str):
        fact = f"a {what} is not in pathway.json, or stands twice: {_named(one)}"
        yield Finding(site.place(page.path), fact, "what pathway.json holds, once")


def _named(one: object) -> str:
    return " -> ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def _ways(site: BuiltSite, page: BuiltPage) -> set[str]:
    """Give the pages that the lists of ways on a page lead to."""
    return {site.follow(page, link).file for link in page.links if link.way and link.use == "go"}


def _own_anchors(site: BuiltSite, page: BuiltPage) -> set[tuple[str, str]]:
    """Give the files and ids that the links of what a page itself says lead to."""
    targets = (site.follow(page, link) for link in page.links if link.own and link.use == "go")
    return {(target.file, target.fragment) for target in targets}


def _plain(text: str) -> str:
    """Give a text without its spaces, which differ with the tags around words."""
    return "".join(text.split())


def _plain_prose(text: str) -> str:
    """Give the words of a Markdown text as they stand on a page."""
    return _plain(unescape(re.sub(r"<[^>]+>", "", prose.render(text, lambda address: address))))
