"""Draw a step with what comes just before and just after it, small enough for any phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pathbook import svg, text
from pathbook.graph import Graph
from pathbook.lines import Rect
from pathbook.model import Step

WIDTH = 300.0
"""Pixels; a phone of 320 pixels shows all of it."""
INDENT = 26.0
BUS = 12.0
"""Where the upright line runs."""
GAP = 14.0
SIZE = 13.0
LEADING = 17.0
MOST = 8
"""Neighbours drawn on either side; of more it says how many, and the lists on the page name all."""


@dataclass(frozen=True)
class Neighbour:
    """A step next to the one the map is about, and how it is joined."""

    step: Step
    when: str = ""
    style: str = "pb-route"


@dataclass(frozen=True)
class _Row:
    neighbour: Neighbour
    at: Rect
    label_y: float


def draw(graph: Graph, step: Step, href: svg.Href) -> Markup:
    """Draw the neighbourhood of a step, from top to bottom along one upright line."""
    before, after = neighbours(graph, step)
    upper, y = _rows(before[:MOST], 2.0, label_below=True)
    parts = [_more(len(before), y)]
    y += GAP if before else 0
    here, y = _row(Neighbour(step), 0.0, y)
    lower, y = _rows(after[:MOST], y)
    parts.append(_more(len(after), y))
    y += GAP if len(after) > MOST else 0
    parts += [_into(row, here) for row in upper] + [_out_of(row, here) for row in lower]
    boxes = [_box(graph, row, href, current=row is here) for row in (*upper, here, *lower)]
    return svg.document(
        "pb-chart pb-minimap",
        WIDTH,
        y + 4,
        "This step with what comes before and after it",
        svg.tag("g", *parts, aria_hidden="true"),
        svg.tag("g", *boxes),
    )


def neighbours(graph: Graph, step: Step) -> tuple[list[Neighbour], list[Neighbour]]:
    """Give what comes before a step and after it, also what is not walked."""
    before = [
        Neighbour(way.step, way.route.when, _style(inferred=way.route.inferred))
        for way in graph.arrivals[step.id]
    ]
    before += [
        Neighbour(other, "Its result is used here", "pb-informs")
        for other in graph.informed_by[step.id]
    ]
    after = [
        Neighbour(graph.pathway.steps[route.to], route.when, _style(inferred=route.inferred))
        for route in step.next
    ]
    after += [
        Neighbour(graph.pathway.steps[other], "The result is used later", "pb-informs")
        for other in step.informs
    ]
    if step.id in graph.hosts:
        host = graph.pathway.steps[graph.hosts[step.id]]
        after.append(Neighbour(host, "The way goes on from here", "pb-informs"))
    return before, after


def _style(*, inferred: bool) -> str:
    return "pb-route pb-inferred" if inferred else "pb-route"


def _more(count: int, y: float) -> Markup:
    """Say how many neighbours are not drawn."""
    if count <= MOST:
        return Markup()
    return svg.tag("text", f"and {count - MOST} more", x=INDENT + 4, y=y + 6, class_="pb-when")


def _rows(
    neighbours: Sequence[Neighbour], y: float, *, label_below: bool = False
) -> tuple[list[_Row], float]:
    rows: list[_Row] = []
    for neighbour in neighbours:
        row, y = _row(neighbour, INDENT, y, label_below=label_below)
        rows.append(row)
    return rows, y


def _row(
    neighbour: Neighbour, left: float, y: float, *, label_below: bool = False
) -> tuple[_Row, float]:
    """Set one box below what stands above it; give it and where the next may begin.

    What a route is called stands on the way: below the box it leaves, above the box it enters.
    """
    label = 17.0 if neighbour.when else 0.0
    top = y + 8 + (0 if label_below else label)
    width = WIDTH - 2 - left
    height = len(_lines(neighbour.step, width)) * LEADING + 18
    label_y = top + height + 15 if label_below else y + 10
    end = top + height + GAP + (label if label_below else 0)
    return _Row(
        neighbour, Rect(1 + left + width / 2, top + height / 2, width, height), label_y
    ), end


def _lines(step: Step, width: float) -> tuple[str, ...]:
    return text.wrap(step.title, SIZE, width - 52, 3)


def _box(graph: Graph, row: _Row, href: svg.Href, *, current: bool) -> Markup:
    step = row.neighbour.step
    inside = [
        *svg.shape(step.kind, row.at),
        svg.badge(str(graph.numbers[step.id]), step.kind, row.at, INDENT if current else 0.0),
        " ",
        svg.text_lines(_lines(step, row.at.width), row.at, LEADING, SIZE),
    ]
    if current:
        return svg.tag("g", *inside, class_=f"pb-box pb-{step.kind} pb-current", aria_hidden="true")
    label = f"{graph.numbers[step.id]} {step.title}"
    return svg.tag("a", *inside, class_=f"pb-box pb-{step.kind}", href=href(step), aria_label=label)


def _into(row: _Row, here: _Row) -> Markup:
    """Lead from a box on the left side down into the step."""
    top = here.at.y - here.at.height / 2
    corner = [(row.at.x - row.at.width / 2, row.at.y), (BUS, row.at.y), (BUS, top)]
    return _joined(row, svg.arrow([corner]))


def _out_of(row: _Row, here: _Row) -> Markup:
    """Lead from the step down and into a box on its left side."""
    left = row.at.x - row.at.width / 2
    corner = [(BUS, here.at.y + here.at.height / 2), (BUS, row.at.y), (left, row.at.y)]
    return _joined(row, svg.arrow([corner], shared_end=False))


def _joined(row: _Row, arrow: tuple[Markup, ...]) -> Markup:
    parts = list(arrow)
    if row.neighbour.when:
        shown = text.wrap(row.neighbour.when, 12, WIDTH - INDENT - 30, 1)
        parts.append(svg.tag("text", *shown, x=INDENT + 4, y=row.label_y, class_="pb-when"))
    return svg.tag("g", *parts, class_=row.neighbour.style)
