"""Tell what a difference means for readers: ends, addresses and walks that they have saved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pathbook import scenarios, walk
from pathbook.addresses import DIRECTORIES
from pathbook.diff import Difference
from pathbook.graph import Graph
from pathbook.model import ENDS, Definition, Given, Pathway, Step
from pathbook.walk import Answer, Walk


@dataclass(frozen=True)
class Named:
    """A step, as it is told."""

    id: str
    title: str


@dataclass(frozen=True)
class Outcome:
    """Where a walk leads."""

    ends: tuple[Named, ...]
    """The ends it comes to, in reading order."""
    waits: Named | None
    """The step where it stops short of an end, because an answer is missing."""


@dataclass(frozen=True)
class Journey:
    """A walk from before the change, and where it leads since."""

    title: str
    """What its scenario is called; nothing for a walk that was made up to try the chart."""
    answers: tuple[tuple[str, str], ...]
    """What is asked on the way, and what is answered, in the words of the chart as it was."""
    walk: str
    """The same as it stands in a shared address."""
    before: Outcome
    now: Outcome

    @property
    def is_cut_short(self) -> bool:
        """Tell whether it came to its end, and stops before one now."""
        return self.now.waits is not None and self.before.waits is None


@dataclass(frozen=True)
class LostAnswer:
    """An answer that readers may have saved or shared, and that is no answer any more."""

    step: Named
    """Where it was given."""
    answer: str
    """What it was, in the words of the chart as it was."""
    walk: str
    """The same as it stands in a shared address."""


@dataclass(frozen=True)
class Consequences:
    """What a difference means for readers."""

    ends_reached: tuple[Named, ...] = ()
    """Ends that walks can come to now, and could not before."""
    ends_lost: tuple[Named, ...] = ()
    """Ends that no walk comes to any more."""
    addresses_lost: tuple[str, ...] = ()
    """Addresses of pages, from the top of the site, that lead nowhere any more."""
    answers_lost: tuple[LostAnswer, ...] = ()
    walks: int = 0
    """How many walks were tried: a few that take every route of the old chart between them."""
    walks_changed: tuple[Journey, ...] = ()
    """Those of them that lead elsewhere now, or stop."""
    scenarios_changed: tuple[Journey, ...] = ()
    """The scenarios from before the change that lead elsewhere now, or stop."""
    unwalked: bool = False
    """Whether no walk could be tried, because a pathway starts at a step that does not exist."""

    @property
    def are_harmless(self) -> bool:
        """Tell whether everything still leads to where it led."""
        return not (
            self.ends_lost
            or self.addresses_lost
            or self.answers_lost
            or self.walks_changed
            or self.scenarios_changed
            or self.unwalked
        )


def of(difference: Difference) -> Consequences:
    """Work out what a difference in one pathway means for its readers."""
    old, new = difference.old, difference.new
    if old is None or not difference.changes:
        return Consequences()
    lost = tuple(sorted(addresses(old) - (addresses(new) if new else frozenset())))
    if new is None:
        return Consequences(addresses_lost=lost)
    return _Comparison(old, new).consequences(lost)


def addresses(definition: Definition) -> frozenset[str]:
    """Give the addresses of all pages of a pathway, and those that lead on to one."""
    steps = definition.pathway.steps.values()
    names = {"index", *(name for step in steps for name in (step.id, *step.was))}
    names |= {"urgent"} if definition.pathway.alerts else set()
    return frozenset(DIRECTORIES.url(f"{definition.id}/{name}.md") for name in names)


def walkable(pathway: Pathway) -> Graph | None:
    """Leave out what names steps that do not exist; nothing is left where the start does not."""
    if pathway.start not in pathway.steps:
        return None
    steps = {name: _walkable(step, pathway) for name, step in pathway.steps.items()}
    return Graph(pathway.model_copy(update={"steps": steps}))


def _walkable(step: Step, pathway: Pathway) -> Step:
    changed: dict[str, object] = {
        key: tuple(name for name in getattr(step, key) if name in pathway.steps)
        for key in ("informs", "background", "compare")
    }
    changed["next"] = tuple(route for route in step.next if route.to in pathway.steps)
    return step.model_copy(update=changed)


class _Comparison:
    """Walks the old and the new chart with the same answers."""

    def __init__(self, old: Definition, new: Definition) -> None:
        self.scenarios = old.scenarios.scenarios
        self.old, self.new = walkable(old.pathway), walkable(new.pathway)
        self.moved = _moved(new.pathway)

    def consequences(self, addresses_lost: tuple[str, ...]) -> Consequences:
        """Compare where readers can come to, and where they come with what they saved."""
        old, new = self.old, self.new
        if old is None or new is None:
            return Consequences(addresses_lost=addresses_lost, unwalked=True)
        before, now = _ends(old), _ends(new)
        kept = {self.id_now(name) for name in before}
        tried = walk.covering(old)
        return Consequences(
            ends_reached=tuple(now[name] for name in now if name not in kept),
            ends_lost=tuple(end for name, end in before.items() if self.id_now(name) not in now),
            addresses_lost=addresses_lost,
            answers_lost=tuple(self.answers_lost(old, new)),
            walks=len(tried),
            walks_changed=self.elsewhere(self.walks(old, new, tried)),
            scenarios_changed=self.elsewhere(self.stories(old, new)),
        )

    def id_now(self, name: str) -> str:
        """Give the id that a step has now."""
        return self.moved.get(name, name)

    def answers_lost(self, old: Graph, new: Graph) -> Iterator[LostAnswer]:
        """Find the answers that a reader could have given before, and cannot now."""
        for name in old.order:
            step, now = old.pathway.steps[name], new.pathway.steps.get(self.id_now(name))
            if walk.asks(step) and name in old.reached:
                for chosen in _lost(step, now):
                    words = _words(old, step, chosen)
                    yield LostAnswer(_named(step), words, walk.written([(name, chosen)]))

    def walks(self, old: Graph, new: Graph, tried: Iterable[Sequence[Answer]]) -> list[Journey]:
        """Walk both charts with the same answers, as a saved walk does."""
        found = []
        for answers in tried:
            moved = [(self.id_now(name), chosen) for name, chosen in answers]
            found.append(_journey("", old, walk.follow(old, answers), new, walk.follow(new, moved)))
        return found

    def stories(self, old: Graph, new: Graph) -> list[Journey]:
        """Walk both charts as the old scenarios say."""
        found = []
        for story in self.scenarios:
            answers = [
                Given(step=self.id_now(name), answer=chosen)
                for name, chosen in scenarios.answers_of(old, story)
            ]
            moved = story.model_copy(update={"answers": tuple(answers)})
            before, now = scenarios.walked(old, story), scenarios.walked(new, moved)
            found.append(_journey(story.title, old, before, new, now))
        return found

    def elsewhere(self, journeys: Iterable[Journey]) -> tuple[Journey, ...]:
        """Choose the walks that do not lead where they led."""
        return tuple(found for found in journeys if self.leads_elsewhere(found))

    def leads_elsewhere(self, journey: Journey) -> bool:
        before, now = journey.before, journey.now
        waited = self.id_now(before.waits.id) if before.waits else None
        return {self.id_now(end.id) for end in before.ends} != {end.id for end in now.ends} or (
            waited != (now.waits.id if now.waits else None)
        )


def _moved(pathway: Pathway) -> Mapping[str, str]:
    """Give the step that stands for each former id."""
    found: dict[str, str] = {}
    for step in pathway.steps.values():
        for name in step.was:
            if name not in pathway.steps:
                found.setdefault(name, step.id)
    return found


def _journey(title: str, old: Graph, before: Walk, new: Graph, now: Walk) -> Journey:
    asked = ((old.pathway.steps[name], chosen) for name, chosen in before.answers)
    words = tuple((step.title, _words(old, step, chosen)) for step, chosen in asked)
    saved = walk.written(before.answers)
    return Journey(title, words, saved, _outcome(old, before), _outcome(new, now))


def _named(step: Step) -> Named:
    return Named(step.id, step.title)


def _ends(graph: Graph) -> dict[str, Named]:
    """Find the ends that some walk comes to, in reading order."""
    steps = (graph.pathway.steps[name] for name in graph.order if name in graph.reached)
    return {step.id: _named(step) for step in steps if step.kind in ENDS}


def _outcome(graph: Graph, found: Walk) -> Outcome:
    steps = graph.pathway.steps
    ends = (_named(steps[name]) for name in graph.order if name in found.ended)
    last = steps[found.current]
    return Outcome(tuple(ends), _named(last) if last.next else None)


def _words(graph: Graph, step: Step, chosen: Iterable[str]) -> str:
    """Say an answer in the words of the chart; by where it leads if it has none."""
    titles = graph.pathway.steps
    words = {route.id: route.when or titles[route.to].title for route in step.next}
    return "; ".join(words.get(name, name) for name in chosen)


def _lost(step: Step, now: Step | None) -> Iterator[tuple[str, ...]]:
    """Find the answers at a step that are no answers any more.

    Routes that are gone are named one by one; after that, answers of several routes that may not
    be chosen together any more.
    """
    asks = now is not None and walk.asks(now)
    left = {route.id for route in now.next} if now and asks else set()
    gone = [route.id for route in step.next if route.id not in left]
    yield from ((name,) for name in gone)
    if now and asks and not gone:
        yield from (chosen for chosen in _possible(step) if not walk.fits(now, chosen))


def _possible(step: Step) -> Iterator[tuple[str, ...]]:
    """Give the smallest answers that are possible at a step, and the largest."""
    every = tuple(route.id for route in step.next)
    tried = [*((name,) for name in every), tuple(route.id for route in step.needed), every]
    yield from dict.fromkeys(chosen for chosen in tried if walk.fits(step, chosen))
