"""Say what a checked definition implies for its pages: the words that readers have to find there.

The templates write them; here they are written once more, so that the one proves the other.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from pathbook import check, citations, references, shape
from pathbook.graph import Graph
from pathbook.model import Definition, Pathway, Route, Source, Statement, Step
from pathbook.published import Published
from pathbook.svg import KIND_NAMES

_NAMES = (
    references.unknown_start, references.dangling_target, references.unknown_stage,
    references.unknown_source, references.clashing_was, references.odd_compare,
    references.stray_to, references.two_meanings,
)  # fmt: skip
"""The rules about names that hold for what is published, which has no prose."""


def faults(folder: str, definition: Definition, found: Published) -> Iterator[str]:
    """Tell why a `pathway.json` cannot be what was built, although it can be read."""
    if found.id != folder:
        yield f"its id is '{found.id}', and it stands in the folder '{folder}'"
    (case,) = check.cases((definition,), datetime.now(tz=UTC).date())
    broken = [one.fact for rule in (*_NAMES, *shape.RULES) for one in rule(case)]
    known = definition.evidence.statements
    broken += [
        f"the statement '{one.name}' is cited, and is not there"
        for one in citations.of_definition(definition)
        if one.link is None and one.name not in known
    ]
    yield from broken
    if not broken:
        for name, number in case.graph.numbers.items():
            if found.steps[name].number != number:
                yield f"the number of step '{name}' is not {number}"
        for name, step in found.steps.items():
            if step.url not in {f"{name}/", f"{name}.html"}:
                yield f"the address of step '{name}' is '{step.url}'"


def line(text: object) -> str:
    """Give a text with one space between its words."""
    return " ".join(str(text or "").split())


def opened(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def named(graph: Graph, step: Step) -> str:
    """Name a step as links do."""
    return line(f"{graph.numbers[step.id]} {step.title}")


def way_on(graph: Graph, step: Step, route: Route, *, short: bool) -> str:
    """Say where an answer leads; `short` as in the list of all steps."""
    to = named(graph, graph.pathway.steps[route.to])
    if route.when and step.kind == "decision":
        said = f"If {route.when}, go to {to}"
    else:
        said = f"{route.when}: {to}" if route.when else f"Go to {to}"
    return line(f"{said} {_tags(route, short=short)} {'' if short else route.note}")


def way_here(graph: Graph, step: Step, route: Route) -> str:
    """Say from where and by which answer one comes to a step."""
    answer = f": {route.when}" if route.when else ""
    said = f"From {named(graph, step)}{answer}"
    return line(f"{said} {_tags(route, short=False)} {route.note}")


def _tags(route: Route, *, short: bool) -> str:
    inferred = "inferred" if short else "inferred: no source spells this out"
    told = {"optional": route.optional, "goes back": route.back, inferred: route.inferred}
    return " ".join(word for word, holds in told.items() if holds)


def taken(step: Step) -> str:
    """Say how the ways on from a step are taken, where it has to be said."""
    if len(step.needed) < 2:
        return ""
    said = {"all": "All of these, at the same time:", "any": "One or more of these:"}
    return said.get(step.take or "", "" if step.kind == "decision" else "One of these:")


def data_of_way(route: Route) -> tuple[tuple[str, str], ...]:
    """Give what the walk reads about a route."""
    told = {"data-to": route.to, "data-route": route.id, "data-when": route.when}
    told |= {"data-optional": ""} if route.optional else {}
    told |= {"data-back": ""} if route.back else {}
    return tuple(sorted(told.items()))


def data_of_item(graph: Graph, step: Step) -> tuple[tuple[str, str], ...]:
    """Give what the walk reads about a step."""
    told = {"data-step": step.id, "data-kind": step.kind}
    told |= {"data-take": step.take} if step.take else {}
    told |= {"data-differs": ""} if step.differences else {}
    told |= {"data-host": graph.hosts[step.id]} if step.id in graph.hosts else {}
    told |= {"data-was": " ".join(step.was)} if step.was else {}
    return (*sorted(told.items()), ("number", str(graph.numbers[step.id])))


def stage(graph: Graph, step: Step) -> str:
    """Give the title of the stage that a step stands in."""
    stages = graph.pathway.stages
    return line(stages[graph.bands[step.id]].title) if stages else ""


def eyebrow(graph: Graph, step: Step) -> str:
    """Say what stands above the title of a step."""
    kind = f"{graph.numbers[step.id]} {KIND_NAMES[step.kind]}"
    parts = [kind, stage(graph, step), line(graph.pathway.title)]
    return " · ".join(part for part in parts if part)


def state(pathway: Pathway) -> str:
    """Say how far a pathway is."""
    reviewed = f"reviewed {pathway.reviewed}" if pathway.reviewed else "not yet reviewed"
    by = f" by {pathway.reviewer}" if pathway.reviewer else ""
    return line(f"{pathway.status}, {reviewed}{by}")


def edition(pathway: Pathway) -> str:
    """Say which pathway this is, in which version."""
    updated = f" of {pathway.updated}" if pathway.updated else ""
    return line(f"{pathway.title}, version {pathway.version}{updated}: {state(pathway)}.")


def source(found: Source) -> str:
    """Name a source."""
    body = f"{found.body}: " if found.body else ""
    updated = f"updated {found.updated}" if found.updated else ""
    facts = ", ".join(str(fact) for fact in (found.country, found.year, updated) if fact)
    return line(f"{body}{found.title} {f'({facts})' if facts else ''}")


def facts(name: str, statement: Statement) -> str:
    """Say what stands behind a statement."""
    told = [name, statement.locator or ""]
    told += [f"strength: {statement.strength}"] if statement.strength else []
    told += ["read in a summary, not in the original"] * (statement.checked == "second-hand")
    return line(", ".join(part for part in told if part))
