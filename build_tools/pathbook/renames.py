"""Find the steps that have a new id, and use it wherever they are named."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from pathbook.load import slug
from pathbook.model import Definition, Pathway, Route, Scenario, Step

Names = Mapping[str, str]
"""Former names, each with the new one; a name that is not in it has stayed."""


def found(old: Pathway, new: Pathway) -> Names:
    """Find the steps that have a new id: they name the former one under `was`."""
    names: dict[str, str] = {}
    gone = old.steps.keys() - new.steps.keys()
    for step in new.steps.values():
        former = sorted(gone.intersection(step.was) - names.keys())
        if former and step.id not in old.steps:
            names[former[0]] = step.id
    return names


def applied(definition: Definition, names: Names, links: Names) -> Definition:
    """Give a definition in which steps have their new ids.

    `links` does the same for the steps of all pathways, as links name them: `knee/scan`.
    """
    pathway, walks = definition.pathway, definition.scenarios
    steps = [_step(step, names, links) for step in pathway.steps.values()]
    changed = {"steps": {step.id: step for step in steps}, "start": _name(pathway.start, names)}
    scenarios = tuple(_scenario(scenario, names) for scenario in walks.scenarios)
    pages = {_name(name, names): page for name, page in definition.pages.items()}
    return replace(
        definition,
        pathway=pathway.model_copy(update=changed),
        scenarios=walks.model_copy(update={"scenarios": scenarios}),
        pages=MappingProxyType(pages),
    )


def id_is_made(route: Route) -> bool:
    """Tell whether the id of a route is just what is made of its answer, or of where it leads."""
    return route.id == (slug(route.when) or slug(route.to))


def _step(step: Step, names: Names, links: Names) -> Step:
    changed: dict[str, object] = {
        key: _names(getattr(step, key), names) for key in ("informs", "background", "compare")
    }
    changed["next"] = tuple(_route(route, names) for route in step.next)
    changed["to"] = links.get(step.to, step.to) if step.to else None
    if step.id in names:
        changed |= {"id": names[step.id], "was": (*step.was, step.id)}
    return step.model_copy(update=changed)


def _route(route: Route, names: Names) -> Route:
    to = _name(route.to, names)
    made = id_is_made(route) and not route.when
    return route.model_copy(update={"to": to, "id": slug(to) if made else route.id})


def _scenario(scenario: Scenario, names: Names) -> Scenario:
    changed: dict[str, object] = {
        key: _names(getattr(scenario, key), names) for key in ("ends_at", "passes", "avoids")
    }
    changed["answers"] = tuple(
        given.model_copy(update={"step": _name(given.step, names)}) for given in scenario.answers
    )
    return scenario.model_copy(update=changed)


def _name(name: str, names: Names) -> str:
    return names.get(name, name)


def _names(before: Iterable[str], names: Names) -> tuple[str, ...]:
    return tuple(_name(name, names) for name in before)
