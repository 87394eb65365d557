"""Prove a built site: run every rule about sites, and count what there was to prove."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pathbook import (
    barriers,
    built,
    headers,
    site_advice,
    site_books,
    site_evidence,
    site_links,
    site_pages,
)
from pathbook.built import BuiltSite
from pathbook.problems import PathbookError, Place, Problem, in_order
from pathbook.reading import shown
from pathbook.rule import Finding, Rule, whole

Counts = dict[str, int]
"""How many there were of each thing that was looked at."""

NEEDED = ("pages", "links", "anchors", "loaded_files", "pathways", "steps", "routes")
"""What every site has; where one of these is zero, something is wrong with the site or with us."""


def nothing_checked(site: BuiltSite) -> Iterator[Finding]:
    """Whatever every site has was there to be checked."""
    counts = counted(site)
    mapped = ("sitemap_lines",) if site.base else ()
    for name in (*NEEDED, *mapped):
        if not counts[name]:
            fact = f"there are no {name.replace('_', ' ')} to check"
            yield Finding(site.place(""), fact, "at least one")


READ: tuple[Rule[BuiltSite], ...] = (
    *site_links.RULES,
    *site_books.RULES,
    *site_evidence.RULES,
    *site_advice.RULES,
    *site_pages.RULES,
    whole(nothing_checked),
)
"""The rules about a built site that need no browser."""

RULES: tuple[Rule[Any], ...] = (*READ, *barriers.RULES)
"""Every rule about a built site."""


@dataclass(frozen=True)
class Verified:
    """What a built site was found to be."""

    problems: tuple[Problem, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many there were of each thing that was looked at; never zero."""
    absent: tuple[str, ...] = ()
    """What such a site may have, and this one has not."""


def verified(folder: Path, *, browser: bool = True) -> Verified:
    """Read a built site and run every rule over it; without one, that is the problem."""
    try:
        site = built.read(folder)
    except PathbookError as error:
        missing = Finding(Place(shown(folder)), str(error), "a built site")
        return Verified((whole(nothing_checked).problem(missing),))
    found = [problem for rule in READ for problem in rule.problems(site)]
    counts = counted(site)
    if browser:
        seen, counts["browser_looks"] = barriers.looked_at(site)
        found += [rule.problem(finding) for rule, finding in seen]
    present = {name: count for name, count in counts.items() if count}
    return Verified(in_order(found), present, tuple(name for name in counts if name not in present))


def counted(site: BuiltSite) -> Counts:
    """Count what there is on a site to prove."""
    pages = list(site.pages.values())
    links = [link for page in pages for link in page.links]
    steps = [step for book in site.books for step in book.steps.values()]
    within = list(site_links.followed(site, "go"))
    has_map = site_links.SITEMAP in site.files
    return {
        "pages": len(pages),
        "links": sum(target.kind == "here" for *_, target in within),
        "anchors": sum(bool(target.fragment) for *_, target in within)
        + sum(len(page.names) for page in pages),
        "loaded_files": sum(link.use == "load" for link in links),
        "outside_links": sum(target.kind == "away" for *_, target in within),
        "search_results": len(site_links.search_entries(site) or ()),
        "sitemap_lines": len(site_links.sitemap(site)[0]) if has_map else 0,
        "redirects": sum(page.moves for page in pages) + len(list(site_links.redirects(site))),
        "pathways": len(site.books),
        "steps": len(steps),
        "routes": sum(len(step.next) for step in steps),
        "procedures": sum(step.kind == "procedure" for step in steps),
        "statements": sum(len(book.definition.evidence.statements) for book in site.books),
        "header_files": sum(file in site.files for file in headers.FILES),
        "urgent_notices": sum(bool(site_advice.advice_for(site, page)) for page in pages),
    }
