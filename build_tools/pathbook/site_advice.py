"""The rules about urgent advice: it comes first on every page, where everyone sees it."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import get_args

from pathbook import prose
from pathbook.built import NOT_FOUND, BuiltSite
from pathbook.built_page import BuiltPage
from pathbook.model import Alert, Level
from pathbook.rule import Finding, whole

ADDED = "Added by this site."
"""What is said below advice that the sources do not have."""


def missing_advice(site: BuiltSite) -> Iterator[Finding]:
    """Every page shows the urgent advice that its pathway has, or all pathways share; no other."""
    for page in site.pages.values():
        if page.moves:
            continue
        alerts = advice_for(site, page)
        wanted: list[tuple[str, str, str]] = [
            (alert.level, _bare(alert.title), _said(alert)) for alert in by_level(alerts)
        ]
        found = [(one.level, _bare(one.title), _bare(one.words)) for one in page.pieces.advice]
        plain = [(level, title, said.removesuffix(_bare(ADDED))) for level, title, said in found]
        if plain == wanted:
            continue
        for alert, one in zip(by_level(alerts), wanted, strict=True):
            if one not in plain:
                fact = f"the page does not show the urgent advice '{alert.title}'"
                yield Finding(site.place(page.path), fact, "all of it, before everything else")
        for shown, one in zip(page.pieces.advice, plain, strict=True):
            if one not in wanted:
                fact = (
                    f"the page shows urgent advice that pathway.json does not hold: '{shown.title}'"
                )
                yield Finding(site.place(page.path), fact, "what pathway.json holds")
        if sorted(plain) == sorted(wanted):
            fact = "the urgent advice does not begin with the most urgent"
            yield Finding(site.place(page.path), fact, "emergencies first")


def late_advice(site: BuiltSite) -> Iterator[Finding]:
    """Nothing stands before the urgent advice or within it, and it leads to who to call."""
    for page in site.pages.values():
        alerts = advice_for(site, page)
        if page.moves or not page.pieces.advice:
            continue
        for words in filter(None, (page.before_advice, page.pieces.advice_rest)):
            fact = f"'{_short(words)}' stands before the urgent advice, or within it"
            yield Finding(site.place(page.path), fact, "the advice before everything else")
        more = any(alert.more for alert in alerts) or any(alert.evidence for alert in alerts)
        urgent = [site.named(book, "urgent") for book in site.books if book.alerts == alerts]
        files = {one.path for one in urgent if one}
        if more and not {page.path, site.end(page, page.pieces.advice[0].call)} & files:
            fact = "the first urgent advice does not lead to who to call"
            yield Finding(site.place(page.path), fact, "a link to the page of urgent help")


def lost_help(site: BuiltSite) -> Iterator[Finding]:
    """All that is said about urgent advice stands on its own page and on paper."""
    for book in site.books:
        for page in filter(None, (site.named(book, "urgent"), site.named(book, "print"))):
            for alert in book.alerts:
                for part in prose.sections(alert.more or "", lambda address: address):
                    for words in (part.heading, _plain(part.html)):
                        if _bare(words) not in _bare(page.words):
                            fact = f"the page does not say '{_short(words)}', about '{alert.title}'"
                            yield Finding(site.place(page.path), fact, "all that helps")


def advice_for(site: BuiltSite, page: BuiltPage) -> tuple[Alert, ...]:
    """Give the urgent advice that a page has to show.

    A page outside the books shows what all of them share. Where they differ, it shows none, and the
    page that lists them leads to that of each. A theme makes the page for what is not found.
    """
    if book := site.of(page):
        return book.alerts
    sets = [book.alerts for book in site.books]
    shared = sets and page.path != NOT_FOUND and all(one == sets[0] for one in sets)
    return sets[0] if shared else ()


def by_level(alerts: Sequence[Alert]) -> list[Alert]:
    """Put the most urgent first."""
    levels = get_args(Level)
    return sorted(alerts, key=lambda alert: levels.index(alert.level))


def _said(alert: Alert) -> str:
    """Give the words of advice, as they stand on a page."""
    return _bare(_plain(prose.render(alert.text, lambda address: address)))


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def _bare(text: str) -> str:
    """Give a text without its spaces, which differ with the tags around words."""
    return "".join(text.split())


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:77]}..."


RULES = tuple(map(whole, (missing_advice, late_advice, lost_help)))
