"""Go through what is written for readers, piece by piece, and measure it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from pathbook import prose
from pathbook.model import Definition, Spot, Step
from pathbook.readability import Measures, measure
from pathbook.terms import forms


@dataclass(frozen=True)
class Piece:
    """Something written for readers, and where."""

    html: str
    spot: Spot = ()
    """Where in `pathway.yaml`; empty if it stands in the page of its step."""
    step: Step | None = None
    """The step it is about; none for what stands on every page."""


def common(definition: Definition) -> Iterator[Piece]:
    """Go through what is about no step: urgent advice, and the whole way in short."""
    pathway = definition.pathway
    texts: list[tuple[Spot, str | None]] = [
        (("alerts", i, key), getattr(alert, key))
        for i, alert in enumerate(pathway.alerts)
        for key in ("text", "more")
    ]
    for spot, text in (*texts, (("overview",), pathway.overview)):
        yield from (Piece(part.html, spot) for part in sections(text or ""))


def about(definition: Definition, step: Step) -> Iterator[Piece]:
    """Go through what is about a step, apart from statements and titles."""
    at: Spot = ("steps", step.id)
    yield Piece(escape(step.summary), (*at, "summary"), step)
    for spot, claim in step.claims:
        yield Piece(escape(claim.text), (*at, *spot), step)
    for i, route in enumerate(step.next):
        yield Piece(escape(route.note), (*at, "next", i, "note"), step)
    if page := definition.pages.get(step.id):
        yield from (Piece(part.html, (), step) for part in sections(page.text))


def everything(definition: Definition) -> Iterator[str]:
    """Go through all text that readers see, as HTML: titles, answers and statements too."""
    pathway = definition.pathway
    yield from (piece.html for piece in common(definition))
    yield from (escape(alert.title) for alert in pathway.alerts)
    yield from (escape(text) for text in (pathway.title, pathway.summary, pathway.audience))
    for step in pathway.steps.values():
        yield from map(escape, (step.title, *(route.when for route in step.next)))
        yield from (piece.html for piece in about(definition, step))
        yield from map(escape, step.aliases)
    evidence = definition.evidence
    yield from (escape(found.text) for found in evidence.statements.values())
    yield from (escape(found.title) for found in evidence.sources.values())


def measured(definition: Definition) -> Iterator[tuple[Step, Measures]]:
    """Measure what is written about each step."""
    counted = known(definition)
    for step in definition.pathway.steps.values():
        yield step, measure((piece.html for piece in about(definition, step)), counted)


def known(definition: Definition) -> list[str]:
    """List the terms and names that count as one short word."""
    bodies = [source.body for source in definition.evidence.sources.values() if source.body]
    return [*(form for form, _ in forms(definition.glossary)), *bodies]


def sections(text: str) -> tuple[prose.Section, ...]:
    """Render prose whose links do not matter; nothing where it is nested too deeply to."""
    try:
        return prose.sections(text, lambda target: target)
    except RecursionError:  # told as a problem of its own
        return ()
