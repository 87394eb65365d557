"""Write a pathway as DOT text: what Graphviz has to place, and nothing of how it looks.

Every box has the size its text needs, so the picture does not depend on any font. Answers are
small nodes on their routes, which keeps room for them. Bands are kept apart by bars that the steps
of one stage stand above and the steps of the next stand below.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import graphviz

from pathbook.boxes import Box, answer_box, step_box
from pathbook.graph import Graph
from pathbook.model import Route, Step

PIXELS_PER_INCH = 72.0
"""Graphviz measures nodes in inches and places them in points; a point is a pixel of ours."""


@dataclass(frozen=True)
class Arrow:
    """A line with a head: a route, or a result that is used later.

    Its helper nodes are named by numbers only, so that no id of a definition enters DOT.
    """

    step: Step
    """Where it begins."""
    to: str
    """The step it leads to."""
    index: int
    """Its position among the arrows of the step."""
    route: Route | None
    """The route it stands for, if it is one."""
    rises: bool
    """Whether it leads up the chart, round the side."""
    tail: str
    """The DOT node it begins at."""
    head: str
    """The DOT node it ends at."""

    @property
    def box(self) -> Box | None:
        """The label on the way, if there is one."""
        return answer_box(self.route) if self.route else None

    def node(self, part: str) -> str:
        """Name a helper node: the `answer` on the way, the `turn` below or the `top` above."""
        return f"{part}_{self.tail}_{self.index}"

    def edges(self) -> Iterator[tuple[str, str]]:
        """List the DOT edges that make up the arrow, each downwards."""
        below = self.tail
        if self.box:
            yield below, self.node("answer")
            below = self.node("answer")
        if self.rises:
            yield below, self.node("turn")
            yield self.node("top"), self.head
            yield self.node("top"), self.node("turn")
            if self.route is None and self.head != self.tail:
                # Nothing else says which of the two stands above: a route that goes back is
                # answered by routes that lead here again, a result is not.
                yield self.head, self.tail
        else:
            yield below, self.head


def step_node(graph: Graph, name: str) -> str:
    """Name the DOT node of a step."""
    return f"s{graph.numbers[name]}"


def arrows(graph: Graph) -> tuple[Arrow, ...]:
    """List all arrows of the chart, in reading order."""
    found: list[Arrow] = []
    for name in graph.order:
        step = graph.pathway.steps[name]
        targets: list[tuple[str, Route | None]] = [(route.to, route) for route in step.next]
        targets += [(other, None) for other in step.informs]
        for index, (to, route) in enumerate(targets):
            tail, head = step_node(graph, name), step_node(graph, to)
            found.append(Arrow(step, to, index, route, graph.rises(step, to), tail, head))
    return tuple(found)


def dot(graph: Graph) -> str:
    """Write the DOT text of a pathway's chart."""
    drawing = graphviz.Digraph(
        "pathway",
        graph_attr={
            "rankdir": "TB",
            "nodesep": "0.25",
            "ranksep": "0.3",
            "splines": "polyline",
            "ordering": "out",
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "width": "0", "height": "0"},
        edge_attr={"arrowhead": "none"},
    )
    for name in graph.order:
        _node(drawing, step_node(graph, name), step_box(graph.pathway.steps[name]))
    drawn = arrows(graph)
    for arrow in drawn:
        if arrow.box:
            _node(drawing, arrow.node("answer"), arrow.box)
        for tail, head in arrow.edges():
            drawing.edge(tail, head, weight=_weight(arrow, head))
    for name in graph.order:
        _background(drawing, graph, graph.pathway.steps[name])
    for tail, head in _bars(graph, drawn):
        drawing.edge(tail, head, weight="0")
    return str(drawing.source)


def _node(drawing: graphviz.Digraph, node: str, box: Box) -> None:
    """Declare a node of a fixed size, in inches."""
    width, height = (f"{length / PIXELS_PER_INCH:.4f}" for length in (box.width, box.height))
    drawing.node(node, width=width, height=height)


def _weight(arrow: Arrow, head: str) -> str:
    """Say how short and straight an edge should be: an answer stays close to its question."""
    if arrow.route is None:
        return "0"
    if head == arrow.node("answer"):
        return "8"
    return "1" if arrow.route.optional else "3"


def _background(drawing: graphviz.Digraph, graph: Graph, step: Step) -> None:
    """Place what is only background beside its step."""
    guests = [other for other in step.background if graph.hosts.get(other) == step.id]
    row = [step_node(graph, name) for name in (step.id, *guests)]
    if guests:
        with drawing.subgraph() as beside:
            beside.attr(rank="same")
            for left, right in pairwise(row):
                beside.edge(left, right, weight="20")


def _bars(graph: Graph, drawn: Sequence[Arrow]) -> Iterator[tuple[str, str]]:
    """Hold each band between a bar above and a bar below.

    Only nodes that nothing of their own band holds already are tied to a bar: each tie costs room.
    """
    used = sorted(set(graph.bands.values()))
    inside: dict[int, list[tuple[str, str]]] = {band: [] for band in used}
    nodes: dict[int, list[str]] = {band: [] for band in used}
    for name in graph.order:
        nodes[graph.bands[name]].append(step_node(graph, name))
    for arrow in drawn:
        here, there = graph.bands[arrow.step.id], graph.bands[arrow.to]
        parts = [(arrow.node("answer"), here)] if arrow.box else []
        parts += [(arrow.node("turn"), here), (arrow.node("top"), there)] if arrow.rises else []
        band = dict([(arrow.tail, here), (arrow.head, there), *parts])
        for node, at in parts:
            nodes[at].append(node)
        for tail, head in arrow.edges():
            if band[tail] == band[head]:
                inside[band[tail]].append((tail, head))
    for above, below in pairwise(used):
        held = {tail for tail, _ in inside[above]}
        yield from ((node, f"bar{below}") for node in nodes[above] if node not in held)
        held = {head for _, head in inside[below]}
        yield from ((f"bar{below}", node) for node in nodes[below] if node not in held)
