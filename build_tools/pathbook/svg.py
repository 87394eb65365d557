"""Draw a planned chart as SVG: linked, named, themed by CSS and open to assistive technology."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import asinh, dist, sqrt

from markupsafe import Markup, escape

from pathbook.boxes import ANSWER_LEADING, ANSWER_SIZE, LEADING, SIZE, step_box
from pathbook.chart import Arrow
from pathbook.graph import Graph
from pathbook.layout import Point
from pathbook.lines import Line, Plan, Rect
from pathbook.model import Kind, Route, Step

KIND_NAMES: dict[Kind, str] = {
    "state": "State",
    "decision": "Decision",
    "action": "Action",
    "procedure": "Procedure",
    "outcome": "End",
    "link": "Link to another pathway",
}
"""What readers are told a kind of step is."""

DASH = 7.0
"""Length of a dash and its gap, as in the stylesheet."""

RADIUS = 8.0
"""Pixels; how far corners of lines are rounded where there is room."""

WIDEST = 1400.0
"""Pixels; a wider chart is scrolled and not shrunk, or its text could not be read."""

Href = Callable[[Step], str]
"""Gives the address of a step's page from the page that the chart stands on."""


@dataclass(frozen=True)
class Mark:
    """What sets a box or an arrow apart, in a chart that shows what has changed."""

    name: str
    """Its value under `data-change`, and what is said of it."""
    sign: str
    """What is shown beside it, such as `+`."""


@dataclass(frozen=True)
class Marks:
    """The boxes and arrows of a chart that are set apart."""

    boxes: Mapping[str, Mark] = field(default_factory=dict)
    """By step."""
    arrows: Mapping[tuple[str, str, str], Mark] = field(default_factory=dict)
    """By the step it begins at, the step it leads to, and the id of its route, if it is one."""
    prefix: str = ""
    """What the ids of boxes begin with, so that two charts can stand on one page."""

    def of(self, arrow: Arrow) -> Mark | None:
        """Give the mark of an arrow."""
        return self.arrows.get((arrow.step.id, arrow.to, arrow.route.id if arrow.route else ""))


UNMARKED = Marks()
"""The marks of an ordinary chart."""


def tag(name: str, *content: str, **attributes: object) -> Markup:
    """Write an element; everything that is not markup already is escaped.

    >>> print(tag("text", "a < b", class_="pb-title", data_step="x", hidden=None))
    <text class="pb-title" data-step="x">a &lt; b</text>
    """
    pairs = [
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    ]
    parts = ["<", name, *pairs]
    parts += [">", *map(escape, content), "</", name, ">"] if content else ["/>"]
    return Markup("".join(parts))  # noqa: S704 (all is escaped just above)


def _value(value: object) -> object:
    """Write the value of an attribute; lengths with one decimal at most.

    >>> _value(3.0), _value(2.25), str(_value("<"))
    ('3', '2.2', '&lt;')
    """
    return _number(value) if isinstance(value, float) else escape(value)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def chart(graph: Graph, plan: Plan, href: Href, marks: Marks = UNMARKED) -> Markup:
    """Draw the whole chart of a pathway."""
    steps = graph.pathway.steps
    boxes = [
        box(graph, steps[name], plan.boxes[name], href(steps[name]), marks) for name in graph.order
    ]
    arrows = [_arrow(line, marks.of(line.arrow)) for line in plan.lines]
    signs = [_sign(line, mark) for line in plan.lines if (mark := marks.of(line.arrow))]
    return document(
        "pb-chart pb-wide" if plan.width > WIDEST else "pb-chart",
        plan.width,
        plan.height,
        f"Flowchart: {graph.pathway.title}. {len(steps)} numbered boxes, also given as a list.",
        tag("g", *_bands(graph, plan), class_="pb-bands", aria_hidden="true"),
        tag("g", *_backgrounds(graph, plan), class_="pb-backgrounds", aria_hidden="true"),
        tag("g", *arrows, class_="pb-routes", aria_hidden="true"),
        tag("g", *_band_titles(graph, plan), class_="pb-bands", aria_hidden="true"),
        *([tag("g", *signs, class_="pb-change-signs", aria_hidden="true")] if signs else []),
        tag("g", *boxes, class_="pb-boxes"),
    )


def document(style: str, width: float, height: float, name: str, *content: Markup) -> Markup:
    """Write an SVG that assistive technology opens; `img` as its role would hide the links."""
    return tag(
        "svg",
        *content,
        class_=style,
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        width=width,
        height=height,
        role="graphics-document document",
        aria_label=name,
    )


def _bands(graph: Graph, plan: Plan) -> Iterable[Markup]:
    for shade, (_, top, bottom) in enumerate(_stages(graph, plan)):
        rect = tag("rect", x=0.0, y=top, width=plan.width, height=bottom - top, rx="6")
        yield tag("g", rect, class_=f"pb-band-{shade % 2}")


def _band_titles(graph: Graph, plan: Plan) -> Iterable[Markup]:
    """Set the titles above the lines: a line that passes behind one must not strike it out."""
    for shade, (title, top, _) in enumerate(_stages(graph, plan)):
        yield tag("text", title, x=16.0, y=top + 22, class_=f"pb-band-title pb-on-{shade % 2}")


def _stages(graph: Graph, plan: Plan) -> Iterable[tuple[str, float, float]]:
    stages = graph.pathway.stages
    return [(stages[i].title, *plan.bands[i]) for i in sorted(plan.bands)] if stages else []


def _backgrounds(graph: Graph, plan: Plan) -> Iterable[Markup]:
    """Tie boxes that are only background to the step they belong to."""
    for name, host in graph.hosts.items():
        here, there = plan.boxes[host], plan.boxes[name]
        yield tag("path", d=f"M{_xy((here.x, here.y))}L{_xy((there.x, there.y))}", class_="pb-tie")


def _arrow(planned: Line, mark: Mark | None) -> Markup:
    """Draw an arrow with its answer; a route carries the data that scripts and tests look for."""
    route = planned.arrow.route
    parts = arrow(planned.legs)
    if planned.label and planned.arrow.box:
        parts += (answer(planned.label, planned.arrow.box.lines),)
    return tag(
        "g",
        *parts,
        class_=route_style(route),
        data_from=planned.arrow.step.id,
        data_to=planned.arrow.to,
        data_route=route.id if route else None,
        data_change=mark.name if mark else None,
    )


def _sign(planned: Line, mark: Mark) -> Markup:
    """Set the sign of a mark on the answer of an arrow, or on its longest stretch."""
    if at := planned.label:
        x, y = at.x - at.width / 2 - 3, at.y
    else:
        stretches = (pair for leg in planned.legs for pair in pairwise(leg))
        start, end = max(stretches, key=lambda pair: dist(*pair))
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    circle = tag("circle", cx=float(x), cy=float(y), r="8")
    sign = tag("text", mark.sign, x=float(x), y=y + 4.5)
    return tag("g", circle, sign, data_change=mark.name)


def route_style(route: Route | None) -> str:
    """Name the classes of an arrow; one without a route is a result that is used later."""
    if route is None:
        return "pb-informs"
    return "pb-route" + " pb-inferred" * route.inferred + " pb-optional" * route.optional


def arrow(legs: Sequence[Sequence[Point]], *, shared_end: bool = True) -> tuple[Markup, ...]:
    """Draw the stretches of an arrow, and a head at the end of the last."""
    *before, last = legs
    (x, y), (from_x, from_y) = last[-1], last[-2]
    right, down = (x > from_x) - (x < from_x), (y > from_y) - (y < from_y)
    end = (x - 7 * right, y - 7 * down)
    corners = [
        (x - right, y - down),
        (x - 10 * right - 5 * down, y - 10 * down - 5 * right),
        (x - 10 * right + 5 * down, y - 10 * down + 5 * right),
    ]
    return (
        *(line(leg, shared_end=False) for leg in before),
        line([*last[:-1], end], shared_end=shared_end),
        tag("path", d=f"M{'L'.join(map(_xy, corners))}Z", class_="pb-head"),
    )


def line(points: Sequence[Point], *, shared_end: bool) -> Markup:
    """Draw a line with rounded corners.

    Dashes of lines that run together must fall on one another, or dashed lines would look solid:
    they are counted from the end of the line that is shared.
    """
    offset = float(-_length(points) % DASH) if shared_end else None
    return tag("path", d=rounded(points), class_="pb-line", stroke_dashoffset=offset)


def _room(before: Point, corner: Point, after: Point) -> float:
    """Give the radius that a corner has room for."""
    return min(RADIUS, dist(before, corner) / 2, dist(corner, after) / 2)


def _length(points: Sequence[Point]) -> float:
    """Measure a line along its rounded corners.

    A quarter turn drawn as a quadratic curve is 1 + asinh(1) / sqrt(2) = 1.6232 times as long as
    its radius, where the sharp corner would be 2 times.
    """
    turns = zip(points, points[1:], points[2:], strict=False)
    sharp = sum(dist(a, b) for a, b in pairwise(points))
    return sharp - sum((1 - asinh(1) / sqrt(2)) * _room(*turn) for turn in turns)


def rounded(points: Sequence[Point]) -> str:
    """Write a path through corner points, each corner rounded as far as there is room.

    >>> rounded([(0, 0), (0, 20), (40, 20)])
    'M0 0L0 12Q0 20 8 20L40 20'
    """
    path = f"M{_xy(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        room = _room(before, corner, after)
        begin, end = _towards(corner, before, room), _towards(corner, after, room)
        path += f"L{_xy(begin)}Q{_xy(corner)} {_xy(end)}"
    return path + f"L{_xy(points[-1])}"


def _towards(start: Point, end: Point, length: float) -> Point:
    share = length / (dist(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _xy(point: Point) -> str:
    return f"{_number(float(point[0]))} {_number(float(point[1]))}"


def answer(at: Rect, lines: Sequence[str]) -> Markup:
    """Draw the answer of a route."""
    left, top = at.x - at.width / 2, at.y - at.height / 2
    return tag(
        "g",
        tag("rect", x=left, y=top, width=at.width, height=at.height, rx=min(at.height / 2, 12.0)),
        text_lines(lines, at, ANSWER_LEADING, ANSWER_SIZE),
        class_="pb-answer",
    )


def box(graph: Graph, step: Step, at: Rect, href: str, marks: Marks = UNMARKED) -> Markup:
    """Draw the box of a step as a link to its page."""
    number, name = str(graph.numbers[step.id]), name_of(graph, step)
    mark = marks.boxes.get(step.id)
    return tag(
        "a",
        *shape(step.kind, at),
        badge(f"{mark.sign} {number}" if mark else number, step.kind, at),
        " ",
        text_lines(step_box(step).lines, at, LEADING, SIZE),
        class_=f"pb-box pb-{step.kind}",
        id=f"box-{marks.prefix}{step.id}",
        data_step=step.id,
        data_change=mark.name if mark else None,
        href=href,
        aria_label=f"{mark.name}: {name}" if mark else name,
    )


def name_of(graph: Graph, step: Step) -> str:
    """Say all that a box shows: its number, title and kind, and the ways on."""
    ways = []
    for route in step.next:
        target = graph.pathway.steps[route.to]
        when = f"{route.when}: " if route.when else ""
        ways.append(f"{when}to {graph.numbers[route.to]} {target.title}")
    on = f" Ways on: {_closed('; '.join(ways))}" if ways else ""
    return f"{graph.numbers[step.id]} {_closed(step.title)} {KIND_NAMES[step.kind]}.{on}"


def _closed(text: str) -> str:
    """End a sentence, once.

    >>> _closed("Is it?"), _closed("It is")
    ('Is it?', 'It is.')
    """
    return text if text.endswith(("?", "!", ".")) else f"{text}."


def shape(kind: Kind, at: Rect) -> tuple[Markup, ...]:
    """Draw the outline that the clinical algorithm standard of 1992 gives to a kind of step."""
    left, top = at.x - at.width / 2, at.y - at.height / 2
    right, bottom = left + at.width, top + at.height
    if kind == "decision":
        corners = [
            (left, at.y), (left + 18, top), (right - 18, top),
            (right, at.y), (right - 18, bottom), (left + 18, bottom),
        ]  # fmt: skip
        return (tag("polygon", points=" ".join(map(_xy, corners)), class_="pb-shape"),)
    if kind == "link":
        oval = tag(
            "ellipse", cx=at.x, cy=at.y, rx=at.width / 2, ry=at.height / 2, class_="pb-shape"
        )
        return (oval,)
    round_ = {"state": 12.0, "outcome": min(at.height / 2, 30.0)}.get(kind, 2.0)
    outline = tag(
        "rect", x=left, y=top, width=at.width, height=at.height, rx=round_, class_="pb-shape"
    )
    if kind != "procedure":
        return (outline,)
    sides = "".join(f"M{_xy((x, top))}L{_xy((x, bottom))}" for x in (left + 7, right - 7))
    return outline, tag("path", d=sides, class_="pb-sides")


def badge(number: str, kind: Kind, at: Rect, shift: float = 0.0) -> Markup:
    """Set the number of a step on the upper edge of its box, to the right of any line there."""
    width = 10.0 + 7 * len(number)
    left = at.x - at.width / 2 + {"decision": 20, "link": 18}.get(kind, 12) + shift
    return tag(
        "g",
        tag("rect", x=left, y=at.y - at.height / 2 - 8, width=width, height=16.0, rx="8"),
        tag("text", number, x=left + width / 2, y=at.y - at.height / 2 + 4),
        class_="pb-number",
    )


def text_lines(lines: Sequence[str], at: Rect, leading: float, size: float) -> Markup:
    """Set lines of text in the middle of a rectangle."""
    first = at.y - (len(lines) - 1) * leading / 2 + size * 0.35
    return tag("text", *spans(lines, at.x, first, leading), class_="pb-text")


def spans(lines: Sequence[str], x: float, y: float, leading: float) -> Iterable[Markup]:
    """Set lines below one another, with a space between that is read and found but has no width."""
    for i, line in enumerate(lines):
        if i:
            yield tag("tspan", " ", font_size="0")
        yield tag("tspan", line, x=x, y=y + i * leading)
