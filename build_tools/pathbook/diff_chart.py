"""Draw the chart of both states of a pathway: what is new, what is gone and what has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
from markupsafe import Markup

from pathbook import chart, layout, lines, svg
from pathbook.consequences import walkable
from pathbook.diff import Difference, How, pairs
from pathbook.graph import Graph
from pathbook.model import Definition, Route, Stage

MARKS: Mapping[How, svg.Mark] = {
    "added": svg.Mark("added", "+"),
    "removed": svg.Mark("removed", "−"),
    "changed": svg.Mark("changed", "~"),
}
"""How each kind of difference is told apart without colour."""

Ways = Mapping[str, Sequence[tuple[Route, How | None]]]
"""For each step its routes, with what has become of each."""


@dataclass(frozen=True)
class Union:
    """Both states of a pathway in one: as it is now, with what is gone."""

    graph: Graph
    marks: svg.Marks


def unions(differences: Iterable[Difference]) -> dict[str, Union]:
    """Put both states of every pathway that is different into one, where that can be."""
    found = {difference.id: union(difference) for difference in differences if difference.changes}
    return {name: both for name, both in found.items() if both}


def union(difference: Difference) -> Union | None:
    """Put both states of a pathway into one; nothing where one is missing, or has no start.

    A route that leads elsewhere now is there twice: as it is, and where it led, as removed.
    """
    old, new = difference.before, difference.new
    if old is None or new is None:
        return None
    ways = _without_new_loops(_ways(difference, old, new))
    informs = {name: _both("informs", old, new, name) for name in difference.steps}
    steps = {
        name: step.model_copy(
            update={
                "next": tuple(route for route, _ in ways[name]),
                "informs": tuple(informs[name]),
                "background": tuple(_both("background", old, new, name)),
            }
        )
        for name, step in difference.steps.items()
    }
    stages = _stages(old.pathway.stages, new.pathway.stages)
    graph = walkable(new.pathway.model_copy(update={"steps": steps, "stages": stages}))
    boxes = {entry.id: MARKS[entry.how] for entry in difference.entries if entry.part == "step"}
    arrows = {
        (name, route.to, route.id): MARKS[how]
        for name, routes in ways.items()
        for route, how in routes
        if how
    }
    arrows |= {
        (name, other, ""): MARKS[how]
        for name, others in informs.items()
        for other, how in others.items()
        if how
    }
    return Union(graph, svg.Marks(boxes, arrows, f"{difference.id}.")) if graph else None


def draw(unions: Mapping[str, Union]) -> dict[str, Markup]:
    """Draw charts, each under the id of its pathway; none where Graphviz cannot.

    A box leads to what has the id `change-pathway.step` on the same page.
    """
    placed = _placed({name: chart.dot(both.graph) for name, both in unions.items()})
    return {name: _drawn(name, unions[name], found) for name, found in placed.items()}


def _drawn(name: str, both: Union, placed: layout.Layout) -> Markup:
    plan = lines.plan(both.graph, placed)
    return svg.chart(both.graph, plan, lambda step: f"#change-{name}.{step.id}", both.marks)


def _placed(dots: Mapping[str, str]) -> dict[str, layout.Layout]:
    """Lay out all charts at the same time; where one fails, one after the other without it."""
    try:
        return layout.place_all(dots)
    except layout.LayoutError:
        if len(dots) < 2:
            return {}
    found: dict[str, layout.Layout] = {}
    for name, text in dots.items():
        found |= _placed({name: text})
    return found


def _ways(difference: Difference, old: Definition, new: Definition) -> Ways:
    """Find all routes of both states, with what has become of each."""
    changed = {
        (change.path[1], change.path[3])
        for change in difference.changes
        if change.path[:3:2] == ("steps", "next")
    }

    def of(name: str) -> Iterator[tuple[Route, How | None]]:
        before, now = (found.pathway.steps.get(name) for found in (old, new))
        found = pairs(before.next if before else (), now.next if now else ())
        for was, route in sorted(found, key=lambda pair: pair[1] is None):
            if route:
                same = was is not None and (name, route.id) not in changed
                yield route, None if same else "changed" if was else "added"
            if was and (route is None or route.to != was.to):
                yield was, "removed"

    return {name: tuple(of(name)) for name in difference.steps}


def _without_new_loops(ways: Ways) -> Ways:
    """Let removed routes go back where they would lead round in a loop that nothing declares."""
    onward: nx.DiGraph[str] = nx.DiGraph()
    onward.add_nodes_from(ways)
    for name, routes in ways.items():
        onward.add_edges_from((name, r.to) for r, how in routes if how != "removed" and not r.back)

    def turned(name: str, route: Route, how: How | None) -> Route:
        if how != "removed" or route.back or route.to not in ways:
            return route
        if nx.has_path(onward, route.to, name):
            return route.model_copy(update={"back": True})
        onward.add_edge(name, route.to)
        return route

    return {
        name: tuple((turned(name, route, how), how) for route, how in routes)
        for name, routes in ways.items()
    }


def _both(key: str, old: Definition, new: Definition, name: str) -> dict[str, How | None]:
    """Give the steps that a step names under a key, now and before, and what became of each."""
    before, now = (
        getattr(found.pathway.steps[name], key) if name in found.pathway.steps else ()
        for found in (old, new)
    )
    found: dict[str, How | None] = {other: None if other in before else "added" for other in now}
    return found | {other: "removed" for other in before if other not in now}


def _stages(old: Iterable[Stage], new: Iterable[Stage]) -> tuple[Stage, ...]:
    """Put the stages that are gone where they were: after the one that came before."""
    found = {stage.id: stage for stage in new}
    order, at = list(found), 0
    for stage in old:
        if stage.id not in found:
            found[stage.id] = stage
            order.insert(at, stage.id)
        at = order.index(stage.id) + 1
    return tuple(found[name] for name in order)
