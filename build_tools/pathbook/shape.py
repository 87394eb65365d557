"""Find what is wrong in the shape of a graph; without these rules kept there is no book."""

from collections.abc import Iterator, Sequence

import networkx as nx

from pathbook.case import Case
from pathbook.model import ENDS
from pathbook.problems import Place, one_of
from pathbook.references import dangling_target
from pathbook.rule import Finding, needed


@needed
def duplicate_stage(case: Case) -> Iterator[Finding]:
    """No two stages have the same id."""
    seen: set[str] = set()
    for i, stage in enumerate(case.definition.pathway.stages):
        if stage.id in seen:
            fact = f"there are two stages '{stage.id}'"
            yield Finding(case.at("stages", i, "id"), fact, "each stage once")
        seen.add(stage.id)


@needed
def duplicate_route_id(case: Case) -> Iterator[Finding]:
    """No two routes of a step have the same id: a shared walk could mean either."""
    for step in case.definition.pathway.steps.values():
        seen: set[str] = set()
        for i, route in enumerate(step.next):
            if route.id in seen:
                fact = f"step '{step.id}' has two routes with the id '{route.id}'"
                yield Finding(
                    case.at("steps", step.id, "next", i, "id"),
                    fact,
                    "an id that is new within the step",
                )
            seen.add(route.id)


@needed
def duplicate_route(case: Case) -> Iterator[Finding]:
    """No step leads to the same step twice under the same words."""
    for step in case.definition.pathway.steps.values():
        seen: set[tuple[str, str]] = set()
        for i, route in enumerate(step.next):
            read = (route.to, route.when.casefold())
            # Two answers of a decision that read the same have a problem of their own.
            if read in seen and step.kind != "decision":
                yield Finding(
                    case.at("steps", step.id, "next", i),
                    f"step '{step.id}' leads to '{route.to}' twice",
                    "each route once, or a `when` that tells the two apart",
                )
            seen.add(read)


@needed
def few_answers(case: Case) -> Iterator[Finding]:
    """A decision has at least two ways on."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "decision" and len(step.next) < 2:
            found = "one way on" if step.next else "no way on"
            yield Finding(
                case.at("steps", step.id, "next"),
                f"the decision '{step.id}' has {found}",
                "two answers or more, each with `when` and `to`",
                "If there is nothing to decide, make it an action or a state.",
            )


@needed
def unnamed_answer(case: Case) -> Iterator[Finding]:
    """Every answer of a decision can be read."""
    for step in case.definition.pathway.steps.values():
        for i, route in enumerate(step.next):
            if step.kind == "decision" and len(step.next) > 1 and not route.when:
                yield Finding(
                    case.at("steps", step.id, "next", i),
                    f"the decision '{step.id}' has a way to '{route.to}' without an answer",
                    "a line `when: ...` with the answer",
                )


@needed
def end_goes_on(case: Case) -> Iterator[Finding]:
    """Nothing follows an end."""
    for step in case.definition.pathway.steps.values():
        if step.kind in ENDS and step.next:
            yield Finding(
                case.at("steps", step.id, "next"),
                f"step '{step.id}' is an end ({step.kind}), but something comes after it",
                "no `next`, or another kind of step",
            )


@needed
def no_way_out(case: Case) -> Iterator[Finding]:
    """Only an end ends a walk: every other step leads on."""
    for step in case.definition.pathway.steps.values():
        # A decision without any way on has a problem of its own.
        goes_on = step.next or step.kind in ENDS or step.kind == "decision"
        if not goes_on and step.id not in case.graph.hosts:
            yield Finding(
                case.at("steps", step.id),
                f"step '{step.id}' leads nowhere",
                "a line `next: step-id`, or the kind `outcome` if the pathway ends here",
            )


@needed
def trap(case: Case) -> Iterator[Finding]:
    """From every step a walk can come to an end."""
    steps, whole = case.definition.pathway.steps, case.graph.whole
    ends = [name for name, step in steps.items() if step.kind in ENDS]
    saved = set(ends).union(*(nx.ancestors(whole, name) for name in ends))
    caught = [name for name in case.graph.order if name in case.graph.reached and name not in saved]
    # A step that leads nowhere at all has a problem of its own, and so have those before it.
    if caught and all(steps[name].next for name in caught) and not any(dangling_target(case)):
        yield Finding(
            case.at("steps", caught[0]),
            f"from step '{caught[0]}' no way leads to an end",
            "a step of the kind `outcome` or `link` that can be reached from here",
        )


@needed
def same_answers(case: Case) -> Iterator[Finding]:
    """No two answers of a decision read the same."""
    for step in case.definition.pathway.steps.values():
        seen: set[str] = set()
        for i, route in enumerate(step.next):
            read = route.when.casefold()
            if step.kind == "decision" and read and read in seen:
                yield Finding(
                    case.at("steps", step.id, "next", i, "when"),
                    f"the decision '{step.id}' has two answers that read '{route.when[:60]}'",
                    "answers that a reader can tell apart",
                )
            seen.add(read)


@needed
def unreachable_step(case: Case) -> Iterator[Finding]:
    """Every step can be reached from the start, or is background of one that can."""
    graph = case.graph
    if any(dangling_target(case)):
        return  # the route that was meant to lead there may be the one that leads nowhere
    for step in case.definition.pathway.steps.values():
        if graph.reached and step.id not in graph.reached and step.id not in graph.hosts:
            yield Finding(
                case.at("steps", step.id),
                f"no route from the start leads to step '{step.id}'",
                "a route that leads here",
            )


@needed
def missing_take(case: Case) -> Iterator[Finding]:
    """Where several routes leave a step that is no decision, it says how they are taken."""
    for step in case.definition.pathway.steps.values():
        if step.kind != "decision" and len(step.needed) > 1 and step.take is None:
            yield Finding(
                case.at("steps", step.id, "next"),
                f"step '{step.id}' has {len(step.needed)} ways on, but not how they are taken",
                "a line `take: one`, `take: any` or `take: all`",
            )


@needed
def undeclared_loop(case: Case) -> Iterator[Finding]:
    """A loop says so: the route that goes back carries `back: true`."""
    for names in case.graph.loops:
        yield Finding(
            _closing(case, names),
            f"these steps lead round in a loop: {one_of(names).removeprefix('one of: ')}",
            "`back: true` at the route that goes back",
        )


def _closing(case: Case, names: Sequence[str]) -> Place:
    """Find the route that closes a loop: it leads to a step that is read before."""
    numbers = case.graph.numbers
    for name in sorted(names, key=numbers.__getitem__, reverse=True):
        for i, route in enumerate(case.definition.pathway.steps[name].next):
            if route.to in names and not route.back and numbers[route.to] <= numbers[name]:
                return case.at("steps", name, "next", i)
    return case.at("steps", names[0])


@needed
def false_back(case: Case) -> Iterator[Finding]:
    """A route that says `back` really goes back."""
    onward = case.graph.onward
    for step in case.definition.pathway.steps.values():
        for i, route in enumerate(step.next):
            if route.back and route.to in onward and not nx.has_path(onward, route.to, step.id):
                yield Finding(
                    case.at("steps", step.id, "next", i, "back"),
                    f"the route from '{step.id}' to '{route.to}' says `back`, but goes on",
                    "`back: true` only where the target leads here again",
                )


@needed
def split_never_meets(case: Case) -> Iterator[Finding]:
    """What is done together, or may be added, comes together again."""
    if case.graph.loops or any(dangling_target(case)):
        return  # the route that was meant to lead on may be the one that leads nowhere
    for step in case.definition.pathway.steps.values():
        splits = step.take == "all" and len(step.next) > 1
        offers = any(route.optional for route in step.next)
        if (splits or offers) and case.graph.join(step) is None:
            why = "are taken together" if splits else "include one that may be added"
            yield Finding(
                case.at("steps", step.id, "next"),
                f"the routes of step '{step.id}' {why}, but no step follows on all of them",
                "one step that each of them leads to in the end",
            )


RULES = (
    duplicate_stage,
    duplicate_route_id,
    duplicate_route,
    few_answers,
    unnamed_answer,
    end_goes_on,
    no_way_out,
    trap,
    same_answers,
    unreachable_step,
    missing_take,
    undeclared_loop,
    false_back,
    split_never_meets,
)
"""The rules about the shape of the graph."""
