"""Find everything in a definition that names a statement."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from pathbook import prose
from pathbook.model import Definition, Route, Spot, Step

PAGE = "evidence.md"
"""The page that prose links to where it cites: `[NICE, 2016](evidence.md#G1.1)`."""


@dataclass(frozen=True)
class Citation:
    """A statement is named here."""

    name: str
    """Id of the statement."""
    spot: Spot
    """Where in `pathway.yaml`; empty if it is in prose."""
    step: Step | None = None
    """The step whose page it is on; none for urgent advice."""
    route: Route | None = None
    """The route that rests on it."""
    link: prose.Link | None = None
    """The link in prose that names it."""


def of_definition(definition: Definition) -> tuple[Citation, ...]:
    """List every citation: of urgent advice first, then of each step in the order of the file."""
    found = [
        Citation(name, ("alerts", i, "evidence", n))
        for i, alert in enumerate(definition.pathway.alerts)
        for n, name in enumerate(alert.evidence)
    ]
    pathway = definition.pathway
    texts: list[tuple[Spot, str | None]] = [(("overview",), pathway.overview)]
    texts += [(("notice",), pathway.notice)]
    for i, alert in enumerate(pathway.alerts):
        texts += [(("alerts", i, "text"), alert.text), (("alerts", i, "more"), alert.more)]
    found += [
        Citation(name, spot, link=link)
        for spot, text in texts
        for name, link in _in_prose(definition, text or "")
    ]
    for step in definition.pathway.steps.values():
        found += of_step(definition, step)
    return tuple(found)


def of_step(definition: Definition, step: Step) -> tuple[Citation, ...]:
    """List what the page of a step cites: the step, its routes, its claims and its prose."""
    at: Spot = ("steps", step.id)
    found = [Citation(name, (*at, "evidence", n), step) for n, name in enumerate(step.evidence)]
    for i, route in enumerate(step.next):
        found += [
            Citation(name, (*at, "next", i, "evidence", n), step, route)
            for n, name in enumerate(route.evidence)
        ]
    for spot, claim in step.claims:
        found += [
            Citation(name, (*at, *spot, "evidence", n), step)
            for n, name in enumerate(claim.evidence)
        ]
    if page := definition.pages.get(step.id):
        cited = _in_prose(definition, page.text)
        found += [Citation(name, (), step, link=link) for name, link in cited]
    return tuple(found)


def _in_prose(definition: Definition, text: str) -> Iterator[tuple[str, prose.Link]]:
    if PAGE not in text:
        return
    try:
        links = prose.links(text)
    except RecursionError:  # told as a problem of its own
        return
    for link in links:
        path, mark, name = link.target.partition("#")
        here = posixpath.normpath(posixpath.join(definition.id, path))
        if here == f"{definition.id}/{PAGE}" and mark:
            yield unquote(name), link
