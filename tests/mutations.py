"""Break good pathways on purpose: each mutation breaks one thing, and names the rule it breaks."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import networkx as nx
import yaml

from pathbook import load, model
from pathbook.graph import Graph
from pathbook.model import ENDS, Definition, Prose

MOST = 9
"""How often one thing is broken in one pathway at most."""

Data = dict[str, Any]


@dataclass
class Copy:
    """What a definition is made from, to be changed at will."""

    definition: Definition
    pathway: Data
    evidence: Data
    glossary: Data
    scenarios: Data
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> dict[str, Data]:
        return self.pathway["steps"]  # type: ignore[no-any-return]

    @property
    def graph(self) -> Graph:
        return Graph(self.definition.pathway)

    def made(self) -> Definition:
        """Make a definition of it, as the loader would."""
        steps = {name: load._named_step(name, step) for name, step in self.steps.items()}
        named = {**self.pathway, "id": self.definition.id, "steps": steps}
        texts = {
            name: Prose(PurePosixPath(f"pages/{name}.md"), text)
            for name, text in self.pages.items()
        }
        return replace(
            self.definition,
            pathway=model.Pathway.model_validate(named),
            evidence=model.Evidence.model_validate(self.evidence),
            glossary=model.Glossary.model_validate(self.glossary),
            scenarios=model.Scenarios.model_validate(self.scenarios),
            pages=MappingProxyType(texts),
        )


@cache
def _read(definition_folder: PurePosixPath, name: str) -> Data:
    path = definition_folder / name
    try:
        return yaml.load(Path(path).read_text("utf-8"), Loader=yaml.CBaseLoader) or {}
    except FileNotFoundError:
        return {}


def copied(definition: Definition) -> Copy:
    """Copy what a definition was read from; every route is written out, and no rule is set."""
    pathway, evidence, glossary, scenarios = (
        deepcopy(_read(definition.folder, name))
        for name in ("pathway.yaml", "evidence.yaml", "glossary.yaml", "scenarios.yaml")
    )
    pathway.pop("rules", None)
    for name, step in pathway["steps"].items():
        listed = step.get("next", [])
        listed = [listed] if isinstance(listed, str) else listed
        routes = definition.pathway.steps[name].next
        step["next"] = [
            {**({"to": way} if isinstance(way, str) else way), "id": route.id}
            for way, route in zip(listed, routes, strict=True)
        ]
    pages = {name: page.text for name, page in definition.pages.items()}
    return Copy(definition, pathway, evidence, glossary, scenarios, pages)


Mutate = Callable[[Copy], Iterator[Callable[[Copy], None]]]
MUTATIONS: dict[str, list[Mutate]] = {}


def breaks(code: str) -> Callable[[Mutate], Mutate]:
    """Register what breaks a rule."""

    def register(mutate: Mutate) -> Mutate:
        MUTATIONS.setdefault(code, []).append(mutate)
        return mutate

    return register


def mutated(definition: Definition, code: str) -> Iterator[Definition]:
    """Break a rule in a definition, in each of some ways and places."""
    for mutate in MUTATIONS[code]:
        for change in islice(mutate(copied(definition)), MOST):
            fresh = copied(definition)
            change(fresh)
            yield fresh.made()


def at_steps(
    change: Callable[[Copy, str], None], where: Callable[[Copy, str], bool] = lambda *_: True
) -> Mutate:
    """Break something at each step of which something holds."""

    def mutate(before: Copy) -> Iterator[Callable[[Copy], None]]:
        for name in before.steps:
            if where(before, name):
                yield lambda copy, name=name: change(copy, name)  # type: ignore[misc]

    return mutate


def at_routes(
    change: Callable[[Data, Data, int], None],
    where: Callable[[Copy, str, int], bool] = lambda *_: True,
) -> Mutate:
    """Break something at each route of which something holds: gets its step, itself, its place."""

    def mutate(before: Copy) -> Iterator[Callable[[Copy], None]]:
        for name, step in before.steps.items():
            for i in range(len(step["next"])):
                if where(before, name, i):
                    yield lambda copy, name=name, i=i: change(  # type: ignore[misc]
                        copy.steps[name], copy.steps[name]["next"][i], i
                    )

    return mutate


def once(change: Callable[[Copy], None], where: Callable[[Copy], bool] = lambda _: True) -> Mutate:
    """Break something once, where it can be."""

    def mutate(before: Copy) -> Iterator[Callable[[Copy], None]]:
        if where(before):
            yield change

    return mutate


def put(**values: object) -> Callable[[Copy, str], None]:
    """Give a step some keys."""
    return lambda copy, name: copy.steps[name].update(values)


def kind(*kinds: str) -> Callable[[Copy, str], bool]:
    return lambda copy, name: copy.steps[name]["kind"] in kinds


def other(copy: Copy, name: str) -> str:
    return next(found for found in copy.steps if found != name)


def decides(copy: Copy, name: str) -> bool:
    return bool(copy.steps[name]["kind"] == "decision")


def ends(copy: Copy, name: str) -> bool:
    return bool(copy.steps[name]["kind"] in ENDS)


def leads(copy: Copy, name: str) -> bool:
    """Tell whether a step that is no decision has just one way on."""
    return not decides(copy, name) and len(copy.steps[name]["next"]) == 1


def walked(copy: Copy, name: str) -> bool:
    return name in copy.graph.reached


def wrote(copy: Copy, name: str) -> bool:
    return name in copy.pages


def an_end(copy: Copy, besides: str = "") -> str:
    return next(name for name in copy.steps if ends(copy, name) and name != besides)


# Names


breaks("unknown-start")(once(lambda copy: copy.pathway.update(start="nowhere")))
breaks("dangling-target")(at_routes(lambda step, route, i: route.update(to=route["to"] + "x")))
for key in ("informs", "background", "compare"):
    breaks("dangling-target")(at_steps(put(**{key: ["nowhere"]})))
breaks("unknown-stage")(at_steps(put(stage="nowhere")))
breaks("unknown-evidence")(at_steps(put(evidence=["NONE"])))
breaks("unknown-evidence")(at_routes(lambda step, route, i: route.update(evidence=["NONE"])))
breaks("stray-to")(at_steps(put(to="bare"), lambda copy, name: not kind("link")(copy, name)))
breaks("unknown-pathway")(at_steps(put(to="nowhere"), kind("link")))
breaks("unknown-pathway")(at_steps(put(kind="link", to="nowhere/step", next=[]), kind("outcome")))
breaks("odd-compare")(at_steps(lambda copy, name: copy.steps[name].update(compare=[name])))
breaks("clashing-was")(
    at_steps(lambda copy, name: copy.steps[name].update(was=[other(copy, name)]))
)
breaks("clashing-was")(at_steps(put(was=["urgent"])))
breaks("duplicate-stage")(
    once(
        lambda copy: copy.pathway["stages"].append(copy.pathway["stages"][0]),
        lambda copy: bool(copy.pathway.get("stages")),
    )
)
breaks("unknown-rule")(once(lambda copy: copy.pathway.update(rules={"severity": {"no": "off"}})))
for fixed in ("dangling-target", "broken-yaml", "trap"):
    breaks("fixed-rule")(
        once(lambda copy, fixed=fixed: copy.pathway.update(rules={"severity": {fixed: "off"}}))  # type: ignore[misc]
    )


@breaks("unknown-source")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for name in before.evidence.get("statements", {}):
        yield lambda copy, name=name: copy.evidence["statements"][name].update(source="none")  # type: ignore[misc]


@breaks("unknown-scenario-step")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for i in range(len(before.scenarios.get("scenarios", []))):
        for key in ("ends_at", "passes", "avoids"):
            yield lambda copy, i=i, key=key: copy.scenarios["scenarios"][i].update({key: "none"})  # type: ignore[misc]


@breaks("two-meanings")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for word in before.glossary.get("terms", {}):
        yield lambda copy, word=word: copy.glossary["terms"].update(  # type: ignore[misc]
            {"another": {"text": "Something else.", "aliases": [word]}}
        )


# Prose


def write(text: str) -> Callable[[Copy, str], None]:
    """Add a text to the page of a step."""
    return lambda copy, name: copy.pages.update({name: copy.pages.get(name, "") + f"\n\n{text}\n"})


breaks("broken-link")(at_steps(write("See [this](nowhere.md).")))
breaks("broken-link")(at_steps(write("See [this](javascript:alert(1)).")))
breaks("picture")(at_steps(write("![A knee](knee.png)")))
breaks("unknown-term")(at_steps(write("See [this](glossary.md#none).")))
breaks("unknown-evidence")(at_steps(write("See [this](evidence.md#NONE).")))
breaks("nested-prose")(at_steps(write("- " * 2000 + "a")))
breaks("orphan-page")(
    at_steps(lambda copy, name: copy.pages.update({f"{name}-2": copy.pages.pop(name)}), wrote)
)
breaks("empty-page")(at_steps(lambda copy, name: copy.pages.update({name: " \n"}), wrote))
breaks("unexplained-abbreviation")(at_steps(write("The QZX helps.")))
breaks("long-sentence")(at_steps(write("It goes on " + "and on " * 30 + "to the end.")))
breaks("long-sentences")(at_steps(write(("It goes on " + "and on " * 12 + "to the end. ") * 40)))
breaks("hard-page")(
    at_steps(write("Multidisciplinary rehabilitation necessitates individualization. " * 60))
)


@breaks("hard-pathway")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    def change(copy: Copy) -> None:
        for name in copy.steps:
            write("Multidisciplinary rehabilitation necessitates individualization. " * 60)(
                copy, name
            )

    yield change


@breaks("missing-section")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for name in before.steps:
        if wrote(before, name) and kind("procedure")(before, name):
            yield lambda copy, name=name: copy.pages.update({name: "## Another\n\nA text.\n"})  # type: ignore[misc]


def without_page(copy: Copy, name: str) -> None:
    copy.steps[name]["kind"] = "procedure"
    copy.pages.pop(name, None)


breaks("missing-page")(at_steps(without_page, leads))


# The shape


def copy_route(step: Data, route: Data, i: int) -> None:
    step["next"].append({**route, "id": "again"})
    step.setdefault("take", "any")


breaks("duplicate-route")(at_routes(copy_route, lambda copy, name, i: not decides(copy, name)))
breaks("duplicate-route-id")(
    at_routes(
        lambda step, route, i: step["next"][i - 1].update(id=route["id"]),
        lambda copy, name, i: i > 0,
    )
)
breaks("few-answers")(
    at_steps(lambda copy, name: copy.steps[name].update(next=copy.steps[name]["next"][:1]), decides)
)
breaks("unnamed-answer")(
    at_routes(
        lambda step, route, i: route.update(when=""), lambda copy, name, i: decides(copy, name)
    )
)
breaks("same-answers")(
    at_routes(
        lambda step, route, i: route.update(when=step["next"][i - 1]["when"].upper()),
        lambda copy, name, i: decides(copy, name) and i > 0,
    )
)
breaks("end-goes-on")(
    at_steps(lambda copy, name: copy.steps[name].update(next=[{"to": an_end(copy)}]), ends)
)
breaks("no-way-out")(
    at_steps(
        put(next=[]),
        lambda copy, name: not decides(copy, name) and not ends(copy, name) and walked(copy, name),
    )
)
breaks("missing-take")(
    at_steps(
        lambda copy, name: copy.steps[name]["next"].append({"to": an_end(copy), "when": "Or"}),
        lambda copy, name: (
            leads(copy, name)
            and "take" not in copy.steps[name]
            and copy.steps[name]["next"][0]["to"] != an_end(copy)
        ),
    )
)
breaks("undeclared-loop")(
    at_steps(
        lambda copy, name: copy.steps[name].update(
            next=[*copy.steps[name]["next"], {"to": copy.pathway["start"], "when": "Anew"}],
            take="any",
        ),
        lambda copy, name: walked(copy, name) and not ends(copy, name),
    )
)
breaks("unreachable-step")(
    once(lambda copy: copy.steps.update(island={"kind": "outcome", "next": []}))
)
breaks("unreachable-step")(
    once(lambda copy: copy.steps.update(isle={"kind": "action", "next": [{"to": an_end(copy)}]}))
)


def goes_on(copy: Copy, name: str, i: int) -> bool:
    """Tell whether the target of a route does not lead back to where it comes from."""
    route = copy.steps[name]["next"][i]
    return not nx.has_path(copy.graph.whole, route["to"], name)


breaks("false-back")(at_routes(lambda step, route, i: route.update(back="true"), goes_on))


@breaks("trap")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    def change(copy: Copy) -> None:
        for name in list(copy.steps):
            if ends(copy, name):
                back = [{"to": copy.pathway["start"], "back": "true"}]
                copy.steps[name] = {"kind": "action", "next": back}

    yield change


def parts(copy: Copy, name: str) -> bool:
    """Tell whether the ways on from a step never meet again."""
    routes = [route["to"] for route in copy.steps[name]["next"]]
    return len(set(routes)) > 1 and copy.graph.meeting(routes) is None


breaks("split-never-meets")(at_steps(put(take="all"), parts))


# What it rests on, and upkeep


def cited_route(copy: Copy, name: str, i: int) -> bool:
    return bool(copy.steps[name]["next"][i].get("evidence"))


@breaks("unchecked-evidence")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for name, step in before.steps.items():
        for i in range(len(step["next"])):
            if cited_route(before, name, i):
                cited = step["next"][i]["evidence"]

                def change(copy: Copy, cited: list[str] = cited) -> None:
                    for one in cited:
                        copy.evidence["statements"][one]["checked"] = "no"

                yield change


breaks("review-overdue")(once(lambda copy: copy.pathway.update(review_due="2020-01-31")))
breaks("missing-about")(once(lambda copy: copy.pathway.update(about="nowhere.md")))
breaks("missing-alert")(
    once(
        lambda copy: copy.pathway.update(status="published", alerts=[]),
        lambda copy: "urgent.md" not in str(copy.pages) + str(copy.pathway),
    )
)
breaks("inferred-route")(
    at_routes(
        lambda step, route, i: route.update(evidence=[]),
        lambda copy, name, i: copy.pathway.get("status") == "published",
    )
)
breaks("inferred-route")(once(lambda copy: copy.pathway.update(status="published")))
breaks("evidence-gap")(at_steps(put(profile={"lasts": "A long time."})))
breaks("evidence-gap")(at_steps(put(differences=["Some say this, some say that."])))


@breaks("uncited-page")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for name in before.steps if before.evidence.get("statements") else ():

        def change(copy: Copy, name: str = name) -> None:
            for gone in ("evidence", "profile", "differences"):
                copy.steps[name].pop(gone, None)
            for route in copy.steps[name]["next"]:
                route.pop("evidence", None)
            copy.pages.pop(name, None)

        yield change


@breaks("unsaid-difference")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for step in before.steps.values():
        for one in step.get("evidence", [])[:1]:
            if before.evidence["statements"][one].get("checked") != "no":
                yield lambda copy, one=one: copy.evidence["statements"][one].update(  # type: ignore[misc]
                    relation="disagrees"
                )


@breaks("unplaced-guideline")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for name in before.evidence.get("sources", {}):

        def change(copy: Copy, name: str = name) -> None:
            copy.evidence["sources"][name]["kind"] = "guideline"
            copy.evidence["sources"][name].pop("country", None)

        yield change


def title_of(copy: Copy, name: str) -> str:
    return copy.definition.pathway.steps[name].title


breaks("unasked-question")(
    at_steps(lambda copy, name: copy.steps[name].update(title="A matter to look at"), decides)
)
breaks("same-title")(
    at_steps(
        lambda copy, name: copy.steps[name].update(title=title_of(copy, other(copy, name)).upper())
    )
)
breaks("unused-stage")(
    once(lambda copy: copy.pathway.setdefault("stages", []).append({"id": "idle", "title": "Idle"}))
)
breaks("unused-statement")(
    once(
        lambda copy: copy.evidence["statements"].update(
            Z0={"text": "A fact.", "source": next(iter(copy.evidence["sources"]))}
        ),
        lambda copy: bool(copy.evidence.get("statements")),
    )
)
breaks("unused-source")(
    once(lambda copy: copy.evidence.setdefault("sources", {}).update(idle={"title": "Idle"}))
)
breaks("unused-term")(
    once(lambda copy: copy.glossary.setdefault("terms", {}).update(zyzzyva="A small beetle."))
)
breaks("long-text")(at_steps(put(title="A title that goes on and on " * 9 + "?")))
breaks("long-text")(
    at_routes(lambda step, route, i: route.update(when="An answer that goes on and on " * 9))
)
breaks("unused-excuse")(
    once(
        lambda copy: copy.pathway.update(
            rules={
                "excused": [{"rule": "same-title", "at": "x", "reason": "R", "until": "2099-01-01"}]
            }
        )
    )
)


def scenarios_changed(**values: object) -> Mutate:
    def mutate(before: Copy) -> Iterator[Callable[[Copy], None]]:
        for i in range(len(before.scenarios.get("scenarios", []))):
            yield lambda copy, i=i: copy.scenarios["scenarios"][i].update(values)  # type: ignore[misc]

    return mutate


breaks("idle-scenario")(scenarios_changed(ends_at=[], passes=[], avoids=[]))
breaks("failing-scenario")(scenarios_changed(answers=[]))


@breaks("failing-scenario")
def _(before: Copy) -> Iterator[Callable[[Copy], None]]:
    for i, scenario in enumerate(before.scenarios.get("scenarios", [])):
        came = scenario["ends_at"]
        yield lambda copy, i=i, came=came: copy.scenarios["scenarios"][i].update(  # type: ignore[misc]
            ends_at=an_end(copy, came if isinstance(came, str) else came[0])
        )
        yield lambda copy, i=i: copy.scenarios["scenarios"][i].update(  # type: ignore[misc]
            avoids=[copy.pathway["start"]]
        )
