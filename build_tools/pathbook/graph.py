"""Answer what the routes of a pathway imply: order, reach, loops, joins and ways in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from pathbook.model import Pathway, Route, Stage, Step


@dataclass(frozen=True)
class Arrival:
    """One way to get to a step."""

    step: Step
    """The step one comes from."""
    route: Route
    """The route one takes."""


@dataclass(frozen=True)
class Graph:
    """A pathway seen as a graph; references to steps that do not exist are left out."""

    pathway: Pathway

    def routes(self) -> Iterator[tuple[Step, Route]]:
        """Go through all routes whose target exists, in the order they are written."""
        for step in self.pathway.steps.values():
            for route in step.next:
                if route.to in self.pathway.steps:
                    yield step, route

    @cached_property
    def onward(self) -> "nx.DiGraph[str]":
        """The steps, with the routes that do not go back."""
        return self._digraph(with_back=False)

    @cached_property
    def whole(self) -> "nx.DiGraph[str]":
        """The steps, with all routes."""
        return self._digraph(with_back=True)

    def _digraph(self, *, with_back: bool) -> "nx.DiGraph[str]":
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.pathway.steps)
        graph.add_edges_from(
            (step.id, route.to) for step, route in self.routes() if with_back or not route.back
        )
        return graph

    @cached_property
    def loops(self) -> tuple[tuple[str, ...], ...]:
        """Sets of steps from which one comes round again without a route that says `back`."""
        found = [
            tuple(name for name in self.pathway.steps if name in group)
            for group in nx.strongly_connected_components(self.onward)
            if len(group) > 1 or any(self.onward.has_edge(name, name) for name in group)
        ]
        return tuple(sorted(found))

    @cached_property
    def hosts(self) -> Mapping[str, str]:
        """For each step that is only background, the first step it is background of."""
        steps, walked = self.pathway.steps, self.reached
        found: dict[str, str] = {}
        hosts = [name for name in self._walk_order if name in walked]
        for name in hosts:  # grows: background may have background of its own
            for other in steps[name].background:
                if other in steps and other not in walked and other not in found:
                    found[other] = name
                    hosts.append(other)
        return found

    @cached_property
    def reached(self) -> frozenset[str]:
        """The steps that some walk from the start comes through."""
        start = self.pathway.start
        if start not in self.whole:
            return frozenset()
        return frozenset({start} | nx.descendants(self.whole, start))

    @cached_property
    def _walk_order(self) -> tuple[str, ...]:
        """Each step after all that lead to it; a branch is followed to its end before the next."""
        turned: nx.DiGraph[str] = nx.DiGraph()
        turned.add_nodes_from(self.pathway.steps)
        for step in self.pathway.steps.values():
            turned.add_edges_from(
                (step.id, route.to)
                for route in reversed(step.next)
                if not route.back and route.to in self.pathway.steps
            )
        start = self.pathway.start
        # What the start leads to comes first; steps that nothing leads to keep their order.
        walked = list(nx.dfs_postorder_nodes(turned, start)) if start in turned else []
        seen = set(walked)
        return (*reversed(walked), *(name for name in self.pathway.steps if name not in seen))

    @cached_property
    def bands(self) -> Mapping[str, int]:
        """For each step the position of the band it is drawn in.

        A step that names no stage stands in the lowest band of those that lead to it.
        """
        position = {stage.id: i for i, stage in enumerate(self.pathway.stages)}
        found: dict[str, int] = {}
        for name in self._walk_order:
            step = self.pathway.steps[name]
            own = position.get(step.stage or "")
            before = [found[other] for other in self.onward.predecessors(name) if other in found]
            found[name] = max(before, default=0) if own is None else own
        for name, host in self.hosts.items():
            found[name] = found[host]
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The reading order: band by band, each step after those that lead to it."""
        guests: dict[str, list[str]] = {}
        for name, host in self.hosts.items():
            guests.setdefault(host, []).append(name)
        own = (name for name in self._walk_order if name not in self.hosts)
        waiting = sorted(own, key=self.bands.__getitem__)[::-1]
        found: list[str] = []
        while waiting:
            found.append(waiting.pop())
            waiting += reversed(guests.get(found[-1], []))
        return tuple(found)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each step: the same in the chart, the outline and the pages."""
        return {name: number for number, name in enumerate(self.order, start=1)}

    @cached_property
    def arrivals(self) -> Mapping[str, tuple[Arrival, ...]]:
        """For each step the ways to get to it, in reading order."""
        found: dict[str, list[Arrival]] = {name: [] for name in self.pathway.steps}
        for name in self.order:
            for route in self.pathway.steps[name].next:
                if route.to in found:
                    found[route.to].append(Arrival(self.pathway.steps[name], route))
        return {name: tuple(ways) for name, ways in found.items()}

    @cached_property
    def informed_by(self) -> Mapping[str, tuple[Step, ...]]:
        """For each step the earlier steps whose result it uses, in reading order."""
        found: dict[str, list[Step]] = {name: [] for name in self.pathway.steps}
        for name in self.order:
            for other in self.pathway.steps[name].informs:
                if other in found:
                    found[other].append(self.pathway.steps[name])
        return {name: tuple(steps) for name, steps in found.items()}

    def rises(self, step: Step, to: str) -> bool:
        """Tell whether the way from a step to another goes up the chart."""
        return self.numbers[to] <= self.numbers[step.id] or self.bands[to] < self.bands[step.id]

    def join(self, step: Step) -> str | None:
        """Find where the routes of a split meet again."""
        return self.meeting(
            route.to for route in step.next if route.to in self.onward and not route.back
        )

    def meeting(self, names: Iterable[str]) -> str | None:
        """Find where ways from several steps meet: the nearest step all of them lead to."""
        reach = [self.ahead(name) for name in names]
        common = frozenset.intersection(*reach) if reach else frozenset()
        return min(common, key=self.numbers.__getitem__, default=None)

    def ahead(self, name: str) -> frozenset[str]:
        """Name a step and all that it leads to without going back."""
        if name not in self._ahead:
            self._ahead[name] = frozenset({name} | nx.descendants(self.onward, name))
        return self._ahead[name]

    @cached_property
    def _ahead(self) -> dict[str, frozenset[str]]:
        """Keeps what was asked for: walks that cover a pathway ask for the same again and again."""
        return {}

    def options(self, step: Step) -> tuple[str, ...]:
        """Name the steps to lay side by side: those it says, else the procedures it leads to.

        What is done together is no choice; and without any fact there is nothing to compare.
        """
        if step.compare:
            return step.compare
        if step.taken == "all":
            return ()
        found = dict.fromkeys(
            route.to
            for route in step.next
            if route.to in self.pathway.steps and self.pathway.steps[route.to].kind == "procedure"
        )
        known = any(self.pathway.steps[name].profile for name in found)
        return tuple(found) if known and len(found) > 1 else ()

    def sections(self) -> Iterator[tuple[Stage | None, tuple[Step, ...]]]:
        """Go through the steps in reading order, stage by stage; without stages all at once."""
        steps = self.pathway.steps
        if not self.pathway.stages:
            yield None, tuple(steps[name] for name in self.order)
            return
        for i, stage in enumerate(self.pathway.stages):
            inside = tuple(steps[name] for name in self.order if self.bands[name] == i)
            if inside:
                yield stage, inside
