"""Follow the answers a reader has given: where they are, what can still come, what no longer can.

The script of the pages does the same in the browser; tests hold the two against each other.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from random import Random
from typing import Literal

import networkx as nx

from pathbook.graph import Graph
from pathbook.model import ENDS, Route, Step

State = Literal["taken", "current", "reachable", "ruled-out"]

END = ""
"""Stands for the route that an end does not have, where routes and ends are counted together."""

TRIES, ROUTES_TRIED = 20, 2000
"""How often a covering set of walks is looked for, and for large pathways less often."""

Answer = tuple[str, tuple[str, ...]]
"""A step that asks, and the ids of the routes that were chosen there."""


@dataclass(frozen=True)
class Walk:
    """Where some answers lead."""

    taken: tuple[str, ...]
    """The steps that were passed, in order; one that was passed twice stands twice."""
    current: str
    """The step that waits for an answer, or the end that was reached last."""
    answers: tuple[Answer, ...]
    """The answers that apply, in the order in which they are asked for."""
    dropped: tuple[Answer, ...]
    """The answers that do not apply, such as after an earlier one was changed."""
    waiting: tuple[str, ...]
    """Where strands begin, or meet, that come after the present one."""
    ended: tuple[str, ...]
    """The ends that were reached."""
    routes: frozenset[tuple[str, str]]
    """The routes that were taken, each by its step and its id."""
    strands: tuple["Strands", ...]
    """What goes on at the same time, the outermost split first."""


@dataclass(frozen=True)
class Strands:
    """The strands of a split that have not all been walked."""

    names: tuple[str, ...]
    """The step each begins with."""
    at: int
    """The position of the present one."""
    meet: str | None
    """Where they meet."""


@dataclass
class _Split:
    """Strands that are walked one after the other, until they meet."""

    opened: int
    """How many steps had been taken."""
    meet: str | None
    names: tuple[str, ...]
    """The step each strand begins with."""
    waiting: list[str]
    met: bool = False
    """Whether a strand has come to where they meet."""


def parse(text: str) -> tuple[Answer, ...]:
    """Read a walk as an address holds it; several routes of one answer are set apart by `;`.

    >>> parse("relief-check:no,surgery-type:pressure;unstable")
    (('relief-check', ('no',)), ('surgery-type', ('pressure', 'unstable')))
    """
    pairs = (part.partition(":") for part in text.split(",") if part)
    return tuple((step, tuple(routes.split(";"))) for step, _, routes in pairs)


def written(answers: Iterable[Answer]) -> str:
    """Write a walk for an address.

    >>> written(parse("a:b,c:d;e"))
    'a:b,c:d;e'
    """
    return ",".join(f"{step}:{';'.join(routes)}" for step, routes in answers)


def asks(step: Step) -> bool:
    """Tell whether a reader has to choose: among the routes, or whether to add one."""
    return is_choice(step) or len(step.next) > len(step.needed)


def is_choice(step: Step) -> bool:
    """Tell whether a reader has to choose among the routes, whatever may be added besides."""
    only_offers = bool(step.next) and not step.needed
    return only_offers or (len(step.needed) > 1 and step.taken != "all")


def fits(step: Step, chosen: Sequence[str]) -> bool:
    """Tell whether some routes are an answer at a step.

    Of the routes that are needed one; where several may be taken one or more; where all are taken
    all of them. And any of those that may be added.
    """
    known = {route.id: route for route in step.next}
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(known):
        return False
    needed = sum(not known[name].optional for name in chosen)
    if step.taken == "all" or not step.needed:
        return needed == len(step.needed) and bool(chosen)
    return needed >= 1 if step.taken == "any" else needed == 1


def follow(graph: Graph, answers: Iterable[Answer] = ()) -> Walk:
    """Walk from the start as far as the answers lead.

    At each step that asks, the first answer for it that is not used yet counts. What is left over
    does not apply.
    """
    return _Going(graph, answers).walk


class _Going:
    """A walk that goes on with each answer."""

    def __init__(self, graph: Graph, answers: Iterable[Answer] = ()) -> None:
        self.graph = graph
        self.here = graph.pathway.start
        self.left, self.used = list(answers), list[Answer]()
        self.taken, self.ended = list[str](), list[str]()
        self.splits: list[_Split] = []
        self.covered = list[tuple[str, str]]()
        """The routes it took and the ends it came to, one after the other."""
        self.go()

    def answer(self, answer: Answer) -> None:
        """Go on from a step that waits."""
        self.left.append(answer)
        self.go()

    def go(self) -> None:
        """Go as far as the answers lead."""
        steps, splits = self.graph.pathway.steps, self.splits
        # Each round of a loop uses an answer; what goes round without one would never end.
        while len(self.taken) <= len(steps) * (len(self.used) + 2):
            if splits and self.here == splits[-1].meet:
                splits[-1].met = True
                self.here = _next_strand(splits) or self.here
                continue
            step = steps[self.here]
            if step.next:
                chosen = _chosen(step, self.left, self.used)
                if chosen is None:
                    break
                self.taken.append(self.here)
                self.covered += [(self.here, route.id) for route in chosen]
                self.here = _go(self.graph, chosen, self.taken, splits)
            else:
                self.ended.append(self.here)
                self.covered.append((self.here, END))
                following = _next_strand(splits)
                if following is None:
                    break
                self.taken.append(self.here)
                self.here = following

    @property
    def walk(self) -> Walk:
        """Where it is."""
        coming = [name for split in self.splits for name in (*split.waiting, split.meet) if name]
        return Walk(
            tuple(self.taken),
            self.here,
            tuple(self.used),
            tuple(self.left),
            tuple(dict.fromkeys(coming)),
            tuple(self.ended),
            frozenset(each for each in self.covered if each[1] != END),
            tuple(
                Strands(split.names, len(split.names) - len(split.waiting) - 1, split.meet)
                for split in self.splits
            ),
        )


def _chosen(step: Step, left: list[Answer], used: list[Answer]) -> tuple[Route, ...] | None:
    """Give the routes that are taken at a step; nothing where it waits for an answer."""
    if not asks(step):
        return step.next
    for answer in left:
        if answer[0] == step.id and fits(step, answer[1]):
            left.remove(answer)
            used.append(answer)
            return tuple(route for route in step.next if route.id in answer[1])
    return None


def _go(graph: Graph, chosen: Sequence[Route], taken: Sequence[str], splits: list[_Split]) -> str:
    """Open a split where several routes are chosen, and give the step that comes next."""
    targets = list(dict.fromkeys(route.to for route in chosen))
    if len(targets) > 1:
        splits.append(_Split(len(taken), graph.meeting(targets), tuple(targets), targets[1:]))
    elif chosen[0].back and targets[0] in taken:
        # Going back to before a split ends it: all of it is walked anew.
        before = len(taken) - 1 - taken[::-1].index(targets[0])
        while splits and splits[-1].opened > before:
            splits.pop()
    return targets[0]


def _next_strand(splits: list[_Split]) -> str | None:
    """Give what follows where a strand ends: the next one, or where all have met."""
    while splits:
        split = splits[-1]
        while split.waiting:
            following = split.waiting.pop(0)
            if following != split.meet:
                return following
            split.met = True
        splits.pop()
        if split.met:
            return split.meet
    return None


def reachable(graph: Graph, walk: Walk) -> frozenset[str]:
    """Name the steps that can still come."""
    found = set(nx.descendants(graph.whole, walk.current))
    return frozenset(found.union(walk.waiting, *(_after(graph, name) for name in walk.waiting)))


def states(graph: Graph, walk: Walk) -> dict[str, State]:
    """Tell of each step whether it is taken, current, reachable or ruled out.

    What is only background is in the state of the step it belongs to.
    """
    can, taken = reachable(graph, walk), {*walk.taken, *walk.ended}
    found: dict[str, State] = {}
    for name in graph.order:
        about = graph.hosts.get(name, name)
        if about == walk.current:
            found[name] = "current" if about == name else "taken"
        elif about in taken:
            found[name] = "taken"
        else:
            found[name] = "reachable" if about in can else "ruled-out"
    return found


def ends(graph: Graph, walk: Walk) -> tuple[str, ...]:
    """Name the ends that were reached or can still be, in reading order."""
    can = {walk.current, *walk.ended, *reachable(graph, walk)}
    return tuple(name for name in graph.order if name in can and _is_end(graph, name))


def separating(graph: Graph, walk: Walk) -> str | None:
    """Find the next question whose answers lead to different ends."""
    can = {walk.current, *reachable(graph, walk)}
    for name in sorted(can, key=lambda name: (name != walk.current, graph.numbers[name])):
        step = graph.pathway.steps[name]
        found = {
            frozenset(end for end in _after(graph, route.to) if _is_end(graph, end))
            for route in step.next
        }
        if asks(step) and len(found) > 1:
            return name
    return None


def covering(graph: Graph) -> tuple[tuple[Answer, ...], ...]:
    """Find the fewest walks, as far as is known, that take every route and come to every end.

    The fewest cannot be found in reasonable time for every graph, so some ways to choose are tried:
    first the best at each question, then with a little chance, always the same.
    """
    tries = max(1, min(TRIES, ROUTES_TRIED // (1 + sum(1 for _ in graph.routes()))))
    ahead = _Ahead(graph)
    found = [_spared(graph, _covering(ahead, Random(n) if n else None)) for n in range(tries)]  # noqa: S311
    return min(found, key=lambda walks: (len(walks), sum(map(len, walks))))


class _Ahead:
    """The routes and ends that lie ahead of each step, as the bits of a number."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        steps = graph.pathway.steps
        named = [(name, [route.id for route in steps[name].next]) for name in graph.reached]
        found = [(name, id_) for name, ids in named for id_ in ids or [END]]
        self.bits = {each: 1 << at for at, each in enumerate(found)}
        self._own = {name: self.of((name, id_) for id_ in ids or [END]) for name, ids in named}
        self._from: dict[str, int] = {}

    def of(self, found: Iterable[tuple[str, str]]) -> int:
        """Give the bits of some routes and ends."""
        return reduce(or_, map(self.bits.__getitem__, found), 0)

    def __call__(self, name: str) -> int:
        """Give all that lies ahead of a step."""
        if name not in self._from:
            self._from[name] = reduce(or_, map(self._own.__getitem__, self.graph.ahead(name)), 0)
        return self._from[name]


def _covering(ahead: _Ahead, chance: Random | None) -> list[tuple[Answer, ...]]:
    """Walk again and again, at each question where most routes lie that no walk has taken yet."""
    graph, steps = ahead.graph, ahead.graph.pathway.steps
    left = ahead.of(ahead.bits)
    found: list[tuple[Answer, ...]] = []
    while left:
        going, seen, still = _Going(graph), 0, left
        for _ in range(3 * len(steps)):
            still &= ~ahead.of(going.covered[seen:])
            seen = len(going.covered)
            step = steps[going.here]
            if not step.next:
                break
            going.answer(_towards(ahead, step, still, chance))
        still &= ~ahead.of(going.covered[seen:])
        if still == left:
            break
        left = still
        found.append(tuple(going.used))
    return found


def _spared(graph: Graph, walks: list[tuple[Answer, ...]]) -> tuple[tuple[Answer, ...], ...]:
    """Leave out walks whose routes and ends the others have, the first ones first."""
    taken = [frozenset(_Going(graph, answers).covered) for answers in walks]
    times = Counter(each for covered in taken for each in covered)
    kept = []
    for answers, covered in zip(walks, taken, strict=True):
        if all(times[each] > 1 for each in covered):
            times.subtract(covered)
        else:
            kept.append(answers)
    return tuple(kept)


def _towards(ahead: _Ahead, step: Step, left: int, chance: Random | None) -> Answer:
    """Choose the answer that leads to most of some routes; it goes back only along one of them."""
    new = [route for route in step.next if ahead.bits[step.id, route.id] & left]

    def worth(route: Route) -> float:
        many = (ahead(route.to) & left).bit_count() + (route in new)
        return many * chance.uniform(0.5, 1) if chance else many

    among = step.needed or step.next
    best = max([route for route in among if not route.back or route in new] or among, key=worth)
    others = step.needed if step.taken == "all" else (best,)
    added = [route for route in new if route.optional or (step.taken == "any" and not route.back)]
    chosen = {route.id for route in (*others, *added)}
    return step.id, tuple(route.id for route in step.next if route.id in chosen)


def _after(graph: Graph, name: str) -> set[str]:
    """Name a step and all that it leads to."""
    return {name} | nx.descendants(graph.whole, name)


def _is_end(graph: Graph, name: str) -> bool:
    return graph.pathway.steps[name].kind in ENDS
