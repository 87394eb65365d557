"""Divide a pathway into parts, and draw the overview of one that is too large for a single chart.

A part is what is drawn in one strip: a stage, or some of the steps of a long one. The overview has
a box for each part, or for some that follow one another where there are very many; it is laid out
and drawn like any chart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from pathbook import svg
from pathbook.boxes import LEADING, SIZE, step_box
from pathbook.graph import Graph
from pathbook.lines import Plan, Rect
from pathbook.model import Pathway, Route, Step

WHOLE = 120
"""Steps of the largest pathway that is shown whole: one of 200 is 24,000 pixels high."""

PART = 40
"""Steps of a part, at most; all of them where the pathway is shown whole."""

BOXES = 60
"""Boxes of an overview, at most."""


@dataclass(frozen=True)
class Part:
    """Steps that follow one another and are drawn together."""

    number: int
    """Its place among the parts, counted from 1."""
    title: str
    steps: tuple[Step, ...]
    first: int
    """The number of its first step."""

    @property
    def last(self) -> int:
        """The number of its last step."""
        return self.first + len(self.steps) - 1

    @property
    def said(self) -> str:
        """Say which steps these are, by their numbers."""
        return _said(self.first, self.last)


def is_large(graph: Graph) -> bool:
    """Tell whether a pathway is shown in parts."""
    return len(graph.order) > WHOLE


def shown(graph: Graph) -> Graph:
    """Give the graph that Graphviz lays out: the whole, or the overview of a large one."""
    return overview(graph) if is_large(graph) else graph


def parts(graph: Graph) -> tuple[Part, ...]:
    """Divide a pathway by its stages, and those of a large one that are long once more."""
    most = PART if is_large(graph) else len(graph.order)
    divided = (
        part
        for stage, steps in graph.sections()
        for part in _divided(stage.title if stage else "All steps", steps, most)
    )
    return tuple(
        Part(number, title, steps, graph.numbers[steps[0].id])
        for number, (title, steps) in enumerate(divided, start=1)
    )


def _divided(
    title: str, steps: tuple[Step, ...], most: int
) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Divide the steps of a stage evenly."""
    count = -(-len(steps) // most)
    for at in range(count):
        named = f"{title}, part {at + 1} of {count}" if count > 1 else title
        yield named, steps[at * len(steps) // count : (at + 1) * len(steps) // count]


@dataclass(frozen=True)
class _Box:
    """Parts that stand in the overview as one box."""

    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        ends = dict.fromkeys((self.parts[0].title, self.parts[-1].title))
        return " to ".join(ends)

    @property
    def said(self) -> str:
        return _said(self.parts[0].first, self.parts[-1].last)

    @property
    def badge(self) -> str:
        return "–".join(map(str, dict.fromkeys((self.parts[0].first, self.parts[-1].last))))


def _boxes(graph: Graph) -> dict[str, _Box]:
    """Name the boxes of the overview; parts that are too many for one each share them."""
    found = parts(graph)
    size = -(-len(found) // BOXES)
    return {f"b{at}": _Box(found[at : at + size]) for at in range(0, len(found), size)}


def overview(graph: Graph) -> Graph:
    """Make the graph of the overview: its boxes as steps, and the ways between them."""
    boxes = _boxes(graph)
    place = {name: at for at, name in enumerate(boxes)}
    holder = {
        step.id: name for name, box in boxes.items() for part in box.parts for step in part.steps
    }
    ways = {(holder[step.id], holder[route.to]) for step, route in graph.routes()}
    steps = {
        name: Step(
            id=name,
            kind="state",
            title=box.title,
            next=tuple(
                Route(to=other, id=other, back=place[other] < place[name])
                for other in boxes
                if other != name and (name, other) in ways
            ),
        )
        for name, box in boxes.items()
    }
    start = holder.get(graph.pathway.start, "b0")
    return Graph(Pathway(title=graph.pathway.title, start=start, steps=steps))


def draw(graph: Graph, plan: Plan) -> Markup:
    """Draw the overview of a pathway, from the plan of its graph; each box leads to its part."""
    boxes = [_drawn(box, plan.boxes[name]) for name, box in _boxes(graph).items()]
    arrows = [svg.tag("g", *svg.arrow(line.legs), class_="pb-route") for line in plan.lines]
    return svg.document(
        "pb-chart pb-wide" if plan.width > svg.WIDEST else "pb-chart",
        plan.width,
        plan.height,
        f"Overview: {graph.pathway.title}. {len(boxes)} boxes, each leads to a part of the chart.",
        svg.tag("g", *arrows, class_="pb-routes", aria_hidden="true"),
        svg.tag("g", *boxes, class_="pb-boxes"),
    )


def _drawn(box: _Box, at: Rect) -> Markup:
    return svg.tag(
        "a",
        *svg.shape("state", at),
        svg.badge(box.badge, "state", at),
        " ",
        svg.text_lines(step_box(Step(kind="state", title=box.title)).lines, at, LEADING, SIZE),
        class_="pb-box pb-state",
        href=f"#part-{box.parts[0].number}",
        data_parts=" ".join(str(part.number) for part in box.parts),
        aria_label=f"{box.title}, {box.said}",
    )


def _said(first: int, last: int) -> str:
    return f"step {first}" if first == last else f"steps {first} to {last}"
