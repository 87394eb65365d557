"""Explain the shapes and lines of a chart, each with a small picture."""

from collections.abc import Iterable

from markupsafe import Markup

from pathbook import svg
from pathbook.graph import Graph
from pathbook.lines import Rect


def legend(graph: Graph) -> list[tuple[Markup, str]]:
    """Explain the shapes and lines that this chart uses, each with a small picture."""
    return [(picture, words) for picture, words, used in _legend_items(graph) if used]


def _legend_items(graph: Graph) -> Iterable[tuple[Markup, str, bool]]:
    steps = list(graph.pathway.steps.values())
    words = {
        "state": "State: where someone is",
        "decision": "Decision: a question with answers",
        "action": "Action: something that is done",
        "procedure": "Procedure: a treatment or test",
        "outcome": "End of this pathway",
        "link": "Goes on in another pathway",
    }
    for kind, text in words.items():
        yield _sample_shape(kind), text, any(step.kind == kind for step in steps)
    routes = [route for step in steps for route in step.next]
    yield (
        _sample_line("pb-route"),
        "Route that a source spells out",
        any(not r.inferred for r in routes),
    )
    yield (
        _sample_line("pb-route pb-inferred"),
        "Route that no source spells out",
        any(r.inferred for r in routes),
    )
    optional = any(route.optional and route.when for route in routes)
    yield _sample_answer(), "Optional: may be added, never needed", optional
    yield (
        _sample_line("pb-informs"),
        "The result is used later",
        any(step.informs for step in steps),
    )


def _sample_shape(kind: str) -> Markup:
    at = Rect(22, 12, 40, 20)
    return _sample(svg.tag("g", *svg.shape(kind, at), class_=f"pb-{kind}"))  # type: ignore[arg-type]


def _sample_line(style: str) -> Markup:
    line = svg.tag("path", d="M2 12L34 12", class_="pb-line")
    head = svg.tag("path", d="M42 12L33 7L33 17Z", class_="pb-head")
    return _sample(svg.tag("g", line, head, class_=style))


def _sample_answer() -> Markup:
    label = svg.tag("rect", x=4.0, y=4.0, width=36.0, height=16.0, rx="8")
    return _sample(svg.tag("g", svg.tag("g", label, class_="pb-answer"), class_="pb-optional"))


def _sample(content: Markup) -> Markup:
    return svg.tag(
        "svg",
        content,
        class_="pb-chart",
        viewBox="0 0 44 24",
        width=44.0,
        height=24.0,
        aria_hidden="true",
    )
