"""Walk the scenarios of a pathway: where they come to, what fails, and what they cover."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from pathbook import walk
from pathbook.graph import Graph
from pathbook.load import slug
from pathbook.model import ENDS, Definition, Given, Pathway, Route, Scenario, Spot, Step
from pathbook.problems import near_miss, one_of
from pathbook.walk import Answer, Walk


@dataclass(frozen=True)
class Failure:
    """Something a scenario says that is not so."""

    spot: Spot
    """Where in the scenario."""
    fact: str
    expected: str
    hint: str = ""

    def lines(self) -> list[str]:
        """Lay it out below its scenario."""
        more = [f"Expected: {self.expected}", self.hint]
        return [f"          {line}" for line in (self.fact, *more) if line]


@dataclass(frozen=True)
class Coverage:
    """How much of a pathway some walks take."""

    routes: tuple[tuple[Step, Route], ...]
    """Every route that a reader can take."""
    ends: tuple[Step, ...]
    """Every end that a reader can come to."""
    routes_left: tuple[tuple[Step, Route], ...]
    """The routes that no walk takes."""
    ends_left: tuple[Step, ...]
    """The ends that no walk comes to."""

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left."""
        return not (self.routes_left or self.ends_left)


@dataclass(frozen=True)
class Tested:
    """What came of the scenarios of one pathway."""

    definition: Definition
    outcomes: tuple[tuple[Scenario, tuple[Failure, ...]], ...]
    """Each scenario with where it and the pathway differ."""
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Tell whether every scenario came to where it must."""
        return not any(failed for _, failed in self.outcomes)

    def __str__(self) -> str:
        """Lay it out: each scenario in a line, what failed below it, then what is not covered."""
        lines = [self.definition.id]
        for scenario, failed in self.outcomes:
            lines.append(f"  {'FAILED' if failed else 'passed'}  {scenario.title}")
            lines += [line for failure in failed for line in failure.lines()]
        left = self.coverage
        lines += [f"  no scenario takes {_route(step, route)}" for step, route in left.routes_left]
        lines += [f"  no scenario ends at '{step.id}': {step.title}" for step in left.ends_left]
        return "\n".join(lines)


def answers_of(graph: Graph, scenario: Scenario) -> tuple[Answer, ...]:
    """Give the answers of a scenario by the ids of their routes, in the order they are given."""
    return tuple((given.step, _chosen(graph, given)) for given in scenario.answers)


def _chosen(graph: Graph, given: Given) -> tuple[str, ...]:
    step = graph.pathway.steps.get(given.step)
    if step is None:
        return given.answer
    chosen = [_route_id(step, said) for said in given.answer]
    # Where there is no choice but what to add, the rest is done in any case.
    done = () if walk.is_choice(step) else (route.id for route in step.needed)
    return tuple(dict.fromkeys([*chosen, *done]))


def _route_id(step: Step, said: str) -> str:
    """Find the route that an answer means: by its id, by its words, or nearly by its words."""
    for told in (
        lambda r: r.id == said,
        lambda r: r.when == said,
        lambda r: slug(r.when) == slug(said),
    ):
        for route in step.next:
            if told(route):
                return route.id
    return said


def walked(graph: Graph, scenario: Scenario) -> Walk:
    """Walk a scenario; what may be added is not, where the scenario says nothing of it."""
    return _completed(graph, answers_of(graph, scenario))


def _completed(graph: Graph, answers: tuple[Answer, ...]) -> Walk:
    found = walk.follow(graph, answers)
    # Each round gives one more answer; in a loop without questions there would be no end to them.
    for _ in graph.pathway.steps:
        step = graph.pathway.steps[found.current]
        if not step.next or walk.is_choice(step):
            break
        answers = (*answers, (step.id, tuple(route.id for route in step.needed)))
        found = walk.follow(graph, answers)
    return found


def failures(graph: Graph, scenario: Scenario) -> tuple[Failure, ...]:
    """Find where a scenario and the pathway differ.

    Answers that do not fit lead a walk astray, so they are told alone.
    """
    found = walked(graph, scenario)
    return tuple(_left_over(graph, scenario, found)) or tuple(_missed(graph, scenario, found))


def _missed(graph: Graph, scenario: Scenario, found: Walk) -> Iterator[Failure]:
    """Find what a walk was to come to or to avoid, and did not."""
    step = graph.pathway.steps[found.current]
    came = {*found.taken, *found.ended, found.current}
    ended = {*found.ended, found.current} if step.next else {*found.ended}
    if scenario.ends_at and step.next and step.id not in scenario.ends_at:
        fact = f"it waits at '{step.id}' for an answer"
        yield Failure(("answers",), fact, _choices(step), f"Asked there: {step.title}")
    elif scenario.ends_at and ended != set(scenario.ends_at):
        fact = f"it ends at {_listed(ended)}, not at {_listed(scenario.ends_at)}"
        expected = f"`ends_at: [{', '.join(sorted(ended))}]`, or other answers"
        yield Failure(("ends_at",), fact, expected)
    for name in scenario.passes:
        if name not in came:
            yield Failure(("passes",), f"it does not pass '{name}'", f"a way through '{name}'")
    for name in scenario.avoids:
        if name in came:
            yield Failure(("avoids",), f"it passes '{name}'", f"a way that avoids '{name}'")


def _left_over(graph: Graph, scenario: Scenario, found: Walk) -> Iterator[Failure]:
    """Find answers that are not asked for, or are none."""
    left = list(found.dropped)
    for i, answer in enumerate(answers_of(graph, scenario)):
        if answer in left:
            left.remove(answer)
            yield _stray(graph.pathway.steps[answer[0]], scenario.answers[i], answer[1])


def _stray(step: Step, given: Given, chosen: Sequence[str]) -> Failure:
    """Say why an answer does not apply."""
    said = "; ".join(given.answer)
    if not walk.asks(step):
        fact, expected = f"nothing is asked at '{step.id}'", "no answer for that step"
    elif not walk.fits(step, chosen):
        fact, expected = f"'{said}' is no answer at '{step.id}'", _choices(step)
    else:
        fact = f"it never comes to '{step.id}' to answer '{said}'"
        expected = "answers that lead there, or no such answer"
    words = [route.when for route in step.next if route.when]
    hint = "" if said in words else near_miss(said, words)
    # Its place where answers stand one below the other; in a list, that of the list.
    return Failure(("answers", step.id), fact, expected, hint)


def _choices(step: Step) -> str:
    return one_of(route.when or route.id for route in step.next)


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"'{name}'" for name in sorted(names)) or "no end"


def coverage(graph: Graph, walks: Iterable[Walk]) -> Coverage:
    """Tell which routes and ends some walks take, of all that a reader can take."""
    found = list(walks)
    taken = frozenset[tuple[str, str]]().union(*(one.routes for one in found))
    reached = {name for one in found for name in one.ended}
    steps = [graph.pathway.steps[name] for name in graph.order if name in graph.reached]
    routes = [(step, route) for step in steps for route in step.next]
    ends = [step for step in steps if step.kind in ENDS]
    return Coverage(
        tuple(routes),
        tuple(ends),
        tuple(pair for pair in routes if (pair[0].id, pair[1].id) not in taken),
        tuple(step for step in ends if step.id not in reached),
    )


def tested(definition: Definition) -> Tested:
    """Walk all scenarios of a pathway."""
    graph = Graph(definition.pathway)
    listed = definition.scenarios.scenarios
    outcomes = tuple((scenario, failures(graph, scenario)) for scenario in listed)
    walks = [walked(graph, scenario) for scenario in listed]
    return Tested(definition, outcomes, coverage(graph, walks))


def total(results: Sequence[Tested]) -> str:
    """Say in one line how many scenarios passed, and how much they cover."""
    outcomes = [failed for result in results for _, failed in result.outcomes]
    good = sum(not failed for failed in outcomes)
    routes = [(len(r.coverage.routes), len(r.coverage.routes_left)) for r in results]
    ends = [(len(r.coverage.ends), len(r.coverage.ends_left)) for r in results]
    return (
        f"{good} of {len(outcomes)} scenarios passed in {len(results)}"
        f" pathway{'s' if len(results) != 1 else ''}."
        f" Covered: {_share(routes)} routes, {_share(ends)} ends."
    )


def _share(pairs: Iterable[tuple[int, int]]) -> str:
    """Say how many of how many are covered.

    >>> _share([(60, 10), (2, 0)])
    '52 of 62 (83 %)'
    """
    listed = list(pairs)
    whole, left = sum(n for n, _ in listed), sum(n for _, n in listed)
    return f"{whole - left} of {whole} ({100 * (whole - left) // whole if whole else 0} %)"


def _route(step: Step, route: Route) -> str:
    words = f" '{route.when}'" if route.when else ""
    return f"{step.id}:{route.id}{words}, to '{route.to}'"


def suggested(pathway: Pathway) -> str:
    """Write few walks that take every route, as a `scenarios.yaml` in the words of the chart."""
    graph = Graph(pathway)
    told: set[tuple[str, str]] = set()
    listed = [_scenario(graph, answers, told) for answers in walk.covering(graph)]
    return yaml.dump(
        {"scenarios": listed}, Dumper=_Indented, allow_unicode=True, sort_keys=False, width=100
    )


class _Indented(yaml.SafeDumper):
    """Sets lists further right than what they belong to, as a definition has them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (PyYAML's signature)
        super().increase_indent(flow, indentless=False)


def _scenario(
    graph: Graph, answers: Sequence[Answer], told: set[tuple[str, str]]
) -> dict[str, object]:
    """Write a walk, under a title that says which answer no scenario before it has given."""
    steps, found = graph.pathway.steps, walk.follow(graph, answers)
    given = [{name: _words(steps[name], chosen)} for name, chosen in _said(graph, found)]
    pairs = [(name, one) for name, chosen in found.answers for one in chosen]
    new = next(((steps[name], one) for name, one in pairs if (name, one) not in told), None)
    told.update(pairs)
    ends = list(dict.fromkeys(found.ended))
    arrived = " and ".join(steps[name].title for name in ends)
    title = f"{new[0].title} {_words(new[0], new[1:])}. {arrived}" if new else arrived
    once = len({name for one in given for name in one}) == len(given)
    merged = {name: said for one in given for name, said in one.items()}
    return {"title": title, "answers": merged if once else given, "ends_at": ends}


def _said(graph: Graph, found: Walk) -> tuple[Answer, ...]:
    """Leave out the answers that a scenario need not give: that nothing is added."""
    needed = found.answers
    for answer in found.answers:
        if walk.is_choice(graph.pathway.steps[answer[0]]):
            continue
        fewer = tuple(other for other in needed if other is not answer)
        same = _completed(graph, fewer)
        if (same.taken, same.ended) == (found.taken, found.ended):
            needed = fewer
    return needed


def _words(step: Step, chosen: Sequence[str]) -> str | list[str]:
    """Say an answer in the words of the chart; by the id of a route that has none."""
    known = {route.id: route for route in step.next}
    words = [known[name].when or name for name in chosen]
    return words[0] if len(words) == 1 else words
