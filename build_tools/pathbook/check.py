"""Find what is wrong in a definition that could be read: one function a rule."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import networkx as nx

from pathbook import content, prose
from pathbook.case import Case, Rule
from pathbook.graph import Graph
from pathbook.model import ENDS, RESERVED_IDS, Definition, Spot
from pathbook.problems import Place, Problem, in_order, near_miss, one_of
from pathbook.terms import forms

SHARED_PAGES = ("index", "evidence", "glossary", "print")
"""Pages that every pathway has; one with urgent advice also has `urgent`."""


@dataclass(frozen=True)
class Counts:
    """How much was checked."""

    pathways: int = 0
    steps: int = 0
    routes: int = 0
    statements: int = 0
    pages: int = 0

    def __str__(self) -> str:
        """Say it in one line.

        >>> str(Counts(1, 5, 4))
        '1 pathway, 5 steps, 4 routes, 0 statements, 0 pages'
        """
        pairs = vars(self).items()
        return ", ".join(f"{n} {word if n != 1 else word.removesuffix('s')}" for word, n in pairs)


def problems(
    definitions: Sequence[Definition], today: date, site: frozenset[str] = frozenset()
) -> tuple[Problem, ...]:
    """Run every rule over every definition of a library.

    `site` names the pages around the library, such as `about.md`, that prose may link to.
    """
    addresses = frozenset(found.id for found in definitions) | frozenset(
        f"{found.id}/{step}" for found in definitions for step in found.pathway.steps
    )
    addresses |= {f"{found.id}/urgent" for found in definitions if found.pathway.alerts}
    cases = [Case(found, Graph(found.pathway), addresses, site, today) for found in definitions]
    return in_order(problem for case in cases for problem in _problems(case))


def _problems(case: Case) -> tuple[Problem, ...]:
    """Look at the words only where all else is right: a slip in a name makes much look unused."""
    errors = tuple(problem for rule in SHAPE_RULES for problem in rule(case))
    return errors or tuple(problem for rule in content.RULES for problem in rule(case))


def counts(definitions: Iterable[Definition]) -> Counts:
    """Count what there is to check, so that a green run over nothing shows."""
    found = list(definitions)
    steps = [step for definition in found for step in definition.pathway.steps.values()]
    return Counts(
        pathways=len(found),
        steps=len(steps),
        routes=sum(len(step.next) for step in steps),
        statements=sum(len(definition.evidence.statements) for definition in found),
        pages=sum(len(definition.pages) for definition in found),
    )


# What is referred to must exist


def unknown_start(case: Case) -> Iterator[Problem]:
    """The walk begins at a step that exists."""
    pathway = case.definition.pathway
    if pathway.start not in pathway.steps:
        yield _unknown(case, ("start",), "step", pathway.start, pathway.steps, "the start names")


def dangling_target(case: Case) -> Iterator[Problem]:
    """Every route, `informs`, `background` and `compare` names a step that exists."""
    steps = case.definition.pathway.steps
    for step in steps.values():
        for i, route in enumerate(step.next):
            if route.to not in steps:
                spot = ("steps", step.id, "next", i, "to")
                yield _unknown(case, spot, "step", route.to, steps, f"step '{step.id}' leads to")
        for key in ("informs", "background", "compare"):
            for i, name in enumerate(getattr(step, key)):
                if name not in steps:
                    fact = f"step '{step.id}' names under '{key}'"
                    yield _unknown(case, ("steps", step.id, key, i), "step", name, steps, fact)


def unknown_stage(case: Case) -> Iterator[Problem]:
    """Every step's stage is in the list of stages."""
    stages = [stage.id for stage in case.definition.pathway.stages]
    for step in case.definition.pathway.steps.values():
        if step.stage is not None and step.stage not in stages:
            fact = f"step '{step.id}' stands in"
            yield _unknown(case, ("steps", step.id, "stage"), "stage", step.stage, stages, fact)


def unknown_evidence(case: Case) -> Iterator[Problem]:
    """Every statement that is cited exists."""
    statements = case.definition.evidence.statements
    for citation in case.citations:
        if citation.name not in statements:
            who = f"step '{citation.step.id}' cites" if citation.step else "urgent advice cites"
            yield _unknown(
                case, case.cited_at(citation), "statement", citation.name, statements, who
            )


def unknown_source(case: Case) -> Iterator[Problem]:
    """Every statement's source is in the list of sources."""
    evidence = case.definition.evidence
    for name, statement in evidence.statements.items():
        if statement.source not in evidence.sources:
            spot = ("statements", name, "source")
            fact = f"statement '{name}' comes from"
            yield _unknown(
                case, spot, "source", statement.source, evidence.sources, fact, "evidence.yaml"
            )


def unknown_link(case: Case) -> Iterator[Problem]:
    """A link to another pathway leads to one of this library."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "link" and step.to is not None and step.to not in case.library:
            fact = f"the link '{step.id}' goes on in"
            yield _unknown(
                case, ("steps", step.id, "to"), "pathway", step.to, sorted(case.library), fact
            )


def unknown_scenario_step(case: Case) -> Iterator[Problem]:
    """Scenarios speak of steps that exist."""
    steps = case.definition.pathway.steps
    for i, scenario in enumerate(case.definition.scenarios.scenarios):
        named = [("answers", name) for name in scenario.answers]
        named += [
            (key, name)
            for key in ("ends_at", "passes", "avoids")
            for name in getattr(scenario, key)
        ]
        for key, name in named:
            if name not in steps:
                fact = f"scenario '{scenario.title}' names under '{key}'"
                spot = ("scenarios", i, key, name)
                yield _unknown(case, spot, "step", name, steps, fact, "scenarios.yaml")


def orphan_page(case: Case) -> Iterator[Problem]:
    """Every page belongs to a step."""
    steps = case.definition.pathway.steps
    for name, page in case.definition.pages.items():
        if name not in steps:
            yield Problem(
                "orphan-page",
                Place(str(page.file)),
                f"there is no step '{name}', so nobody would ever see this page",
                "a file named after a step's id",
                near_miss(name, steps),
            )


def broken_link(case: Case) -> Iterator[Problem]:
    """Links in prose lead to pages of this site, or to an address on the web."""
    own = [f"{name}.md" for name in (*case.definition.pathway.steps, *SHARED_PAGES)]
    own += ["urgent.md"] if case.definition.pathway.alerts else []
    others = [f"../{name}.md" for name in case.library if "/" in name]
    others += [
        f"../{name}/{page}.md" for name in case.library if "/" not in name for page in SHARED_PAGES
    ]
    others += [f"../{path}" for path in case.site]
    names = frozenset([*own, *others, "../index.md"])
    pathway = case.definition.pathway
    texts = [(page.text, Place(str(page.file), 1, 1)) for page in case.definition.pages.values()]
    texts += [
        (getattr(alert, key) or "", case.at("alerts", i, key))
        for i, alert in enumerate(pathway.alerts)
        for key in ("text", "more")
    ]
    texts += [(getattr(pathway, key) or "", case.at(key)) for key in ("overview", "notice")]
    for text, place in texts:
        try:
            found = prose.links(text)
        except RecursionError:
            fact = "lists or quotes are nested far too deeply"
            yield Problem("nested-prose", place, fact, "a list in a list at the most")
            continue
        for link in found:
            # In a page the place is that of the link; in an alert that of its text.
            at = Place(place.file, link.line, link.column) if place.file.endswith(".md") else place
            yield from _link_problems(link, at, names)


def _link_problems(link: prose.Link, place: Place, names: frozenset[str]) -> Iterator[Problem]:
    if link.picture:
        fact = f"the picture '{link.target[:80]}' would not be shown: prose holds no pictures"
        yield Problem("picture", place, fact, "words, or a link to a page with the picture")
    elif not prose.is_safe(link.target, names):
        yield Problem(
            "broken-link",
            place,
            f"the link leads to '{link.target[:80]}', which is not a page of this pathway",
            "a page such as step-id.md, or an address that begins with https://",
            near_miss(link.target, sorted(names)),
        )


# The shape of the graph


def clashing_was(case: Case) -> Iterator[Problem]:
    """A former id is not in use, and no two steps claim the same one."""
    steps = case.definition.pathway.steps
    claimed: dict[str, str] = {}
    for step in steps.values():
        for i, name in enumerate(step.was):
            other = name if name in steps else claimed.setdefault(name, step.id)
            if other != step.id or name in steps or name in RESERVED_IDS:
                what = "the address of another page" if name in RESERVED_IDS else f"step '{other}'"
                yield Problem(
                    "clashing-was",
                    case.at("steps", step.id, "was", i),
                    f"step '{step.id}' says it was '{name}', but that is {what}",
                    "a former id that no step has or claims",
                )


def twice_named_stage(case: Case) -> Iterator[Problem]:
    """No two stages have one id."""
    seen: set[str] = set()
    for i, stage in enumerate(case.definition.pathway.stages):
        if stage.id in seen:
            fact = f"there are two stages '{stage.id}'"
            yield Problem("duplicate-stage", case.at("stages", i, "id"), fact, "each stage once")
        seen.add(stage.id)


def twice_named_route(case: Case) -> Iterator[Problem]:
    """No two routes of a step have one id: a shared walk could mean either."""
    for step in case.definition.pathway.steps.values():
        seen: set[str] = set()
        for i, route in enumerate(step.next):
            if route.id in seen:
                fact = f"step '{step.id}' has two routes with the id '{route.id}'"
                yield Problem(
                    "duplicate-route-id",
                    case.at("steps", step.id, "next", i, "id"),
                    fact,
                    "an id that is new within the step",
                )
            seen.add(route.id)


def few_answers(case: Case) -> Iterator[Problem]:
    """A decision has at least two ways on."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "decision" and len(step.next) < 2:
            found = "one way on" if step.next else "no way on"
            yield Problem(
                "few-answers",
                case.at("steps", step.id, "next"),
                f"the decision '{step.id}' has {found}",
                "two answers or more, each with `when` and `to`",
                "If there is nothing to decide, make it an action or a state.",
            )


def unnamed_answer(case: Case) -> Iterator[Problem]:
    """Every answer of a decision can be read."""
    for step in case.definition.pathway.steps.values():
        for i, route in enumerate(step.next):
            if step.kind == "decision" and len(step.next) > 1 and not route.when:
                yield Problem(
                    "unnamed-answer",
                    case.at("steps", step.id, "next", i),
                    f"the decision '{step.id}' has a way to '{route.to}' without an answer",
                    "a line `when: ...` with the answer",
                )


def no_way_out(case: Case) -> Iterator[Problem]:
    """Only an end ends a walk; nothing follows an end."""
    graph = case.graph
    for step in case.definition.pathway.steps.values():
        ends = step.kind in ENDS
        if ends and step.next:
            yield Problem(
                "end-goes-on",
                case.at("steps", step.id, "next"),
                f"step '{step.id}' is an end ({step.kind}), but something comes after it",
                "no `next`, or another kind of step",
            )
        if not (ends or step.next or step.kind == "decision" or step.id in graph.hosts):
            yield Problem(
                "no-way-out",
                case.at("steps", step.id),
                f"step '{step.id}' leads nowhere",
                "a line `next: step-id`, or the kind `outcome` if the pathway ends here",
            )


def trapped(case: Case) -> Iterator[Problem]:
    """From every step a walk can come to an end."""
    steps, whole = case.definition.pathway.steps, case.graph.whole
    ends = [name for name, step in steps.items() if step.kind in ENDS]
    saved = set(ends).union(*(nx.ancestors(whole, name) for name in ends))
    caught = [name for name in case.graph.order if name in case.graph.reached and name not in saved]
    # A step that leads nowhere at all has a problem of its own, and so have those before it.
    if caught and all(steps[name].next for name in caught) and not any(dangling_target(case)):
        yield Problem(
            "trap",
            case.at("steps", caught[0]),
            f"from step '{caught[0]}' no way leads to an end",
            "a step of the kind `outcome` or `link` that can be reached from here",
        )


def same_answers(case: Case) -> Iterator[Problem]:
    """No two answers of a decision read the same."""
    for step in case.definition.pathway.steps.values():
        seen: set[str] = set()
        for i, route in enumerate(step.next):
            read = route.when.casefold()
            if step.kind == "decision" and read and read in seen:
                yield Problem(
                    "same-answers",
                    case.at("steps", step.id, "next", i, "when"),
                    f"the decision '{step.id}' has two answers that read '{route.when[:60]}'",
                    "answers that a reader can tell apart",
                )
            seen.add(read)


def stray_to(case: Case) -> Iterator[Problem]:
    """Only a link says where it goes on."""
    for step in case.definition.pathway.steps.values():
        if step.to is not None and step.kind != "link":
            yield Problem(
                "stray-to",
                case.at("steps", step.id, "to"),
                f"step '{step.id}' is no link, so `to` leads nowhere",
                "`next: ...`, or the kind `link`",
            )


def unchecked_evidence(case: Case) -> Iterator[Problem]:
    """Nothing that readers see rests on statements alone that nobody has checked."""
    statements = case.definition.evidence.statements
    for what, spot, cited in _resting(case):
        known = [statements[name] for name in cited if name in statements]
        if known and not any(statement.shown for statement in known):
            yield Problem(
                "unchecked-evidence",
                case.at(*spot, "evidence"),
                f"all that {what} rests on is unchecked",
                "a statement that was checked, or no `evidence`",
            )
    for citation in case.citations:
        if citation.link and citation.name in statements and not statements[citation.name].shown:
            yield Problem(
                "unchecked-evidence",
                case.cited_at(citation),
                f"the text cites '{citation.name}', which nobody has checked and is not shown",
                "a statement that was checked",
            )


def _resting(case: Case) -> Iterator[tuple[str, Spot, Sequence[str]]]:
    """Go through all that readers see with the statements it rests on."""
    pathway = case.definition.pathway
    for i, alert in enumerate(pathway.alerts):
        yield f"the advice '{alert.title[:40]}'", ("alerts", i), alert.evidence
    for step in pathway.steps.values():
        at: Spot = ("steps", step.id)
        for i, route in enumerate(step.next):
            way = f"the way from '{step.id}' to '{route.to}'"
            yield way, (*at, "next", i), route.evidence
        for spot, claim in step.claims:
            yield f"'{claim.text[:40]}'", (*at, *spot), claim.evidence


def two_meanings(case: Case) -> Iterator[Problem]:
    """No form of a word stands for two terms."""
    seen: dict[str, str] = {}
    for form, word in forms(case.definition.glossary):
        other = seen.setdefault(form.casefold(), word)
        if other != word:
            yield Problem(
                "two-meanings",
                case.at("terms", word, file="glossary.yaml"),
                f"'{form}' stands for the term '{word}' and for '{other}'",
                "each word and each of its other forms under one term",
            )


def odd_compare(case: Case) -> Iterator[Problem]:
    """What is laid side by side are two other steps or more, each once."""
    for step in case.definition.pathway.steps.values():
        names = step.compare
        if names and (len(set(names)) < max(2, len(names)) or step.id in names):
            yield Problem(
                "odd-compare",
                case.at("steps", step.id, "compare"),
                f"step '{step.id}' compares {', '.join(names)}",
                "two other steps or more, each once",
            )


def unreachable_step(case: Case) -> Iterator[Problem]:
    """Every step can be reached from the start, or is background of one that can."""
    graph = case.graph
    if any(dangling_target(case)):
        return  # the route that was meant to lead there may be the one that leads nowhere
    for step in case.definition.pathway.steps.values():
        if graph.reached and step.id not in graph.reached and step.id not in graph.hosts:
            yield Problem(
                "unreachable-step",
                case.at("steps", step.id),
                f"no route from the start leads to step '{step.id}'",
                "a route that leads here",
            )


def missing_take(case: Case) -> Iterator[Problem]:
    """Where several routes leave a step that is no decision, it says how they are taken."""
    for step in case.definition.pathway.steps.values():
        if step.kind != "decision" and len(step.needed) > 1 and step.take is None:
            yield Problem(
                "missing-take",
                case.at("steps", step.id, "next"),
                f"step '{step.id}' has {len(step.needed)} ways on, but not how they are taken",
                "a line `take: one`, `take: any` or `take: all`",
            )


def undeclared_loop(case: Case) -> Iterator[Problem]:
    """A loop says so: the route that goes back carries `back: true`."""
    for names in case.graph.loops:
        yield Problem(
            "undeclared-loop",
            case.at("steps", names[0]),
            f"these steps lead round in a loop: {one_of(names).removeprefix('one of: ')}",
            "`back: true` at the route that goes back",
        )


def false_back(case: Case) -> Iterator[Problem]:
    """A route that says `back` really goes back."""
    onward = case.graph.onward
    for step in case.definition.pathway.steps.values():
        for i, route in enumerate(step.next):
            if route.back and route.to in onward and not nx.has_path(onward, route.to, step.id):
                yield Problem(
                    "false-back",
                    case.at("steps", step.id, "next", i, "back"),
                    f"the route from '{step.id}' to '{route.to}' says `back`, but goes on",
                    "`back: true` only where the target leads here again",
                )


def split_never_meets(case: Case) -> Iterator[Problem]:
    """What is done together, or may be added, comes together again."""
    if case.graph.loops:
        return
    for step in case.definition.pathway.steps.values():
        splits = step.take == "all" and len(step.next) > 1
        offers = any(route.optional for route in step.next)
        known = all(route.to in case.graph.onward for route in step.next)
        if (splits or offers) and known and case.graph.join(step) is None:
            why = "are taken together" if splits else "include one that may be added"
            yield Problem(
                "split-never-meets",
                case.at("steps", step.id, "next"),
                f"the routes of step '{step.id}' {why}, but no step follows on all of them",
                "one step that each of them leads to in the end",
            )


SHAPE_RULES: tuple[Rule, ...] = (
    unknown_start,
    dangling_target,
    unknown_stage,
    unknown_evidence,
    unknown_source,
    unknown_link,
    unknown_scenario_step,
    orphan_page,
    broken_link,
    clashing_was,
    twice_named_stage,
    twice_named_route,
    few_answers,
    unnamed_answer,
    no_way_out,
    trapped,
    same_answers,
    stray_to,
    unchecked_evidence,
    two_meanings,
    odd_compare,
    unreachable_step,
    missing_take,
    undeclared_loop,
    false_back,
    split_never_meets,
)
"""The rules about names and about the shape of the graph; each finds errors."""

RULES = (*SHAPE_RULES, *content.RULES)
"""Every rule there is."""


def _unknown(  # noqa: PLR0913, PLR0917 (what an error says, in the order it says it)
    case: Case,
    spot: Spot | Place,
    what: str,
    name: str,
    known: Iterable[str],
    fact: str,
    file: str = "pathway.yaml",
) -> Problem:
    """Report a name that stands for nothing, with the names that were meant most likely."""
    names = list(known)
    code = "dangling-target" if what == "step" else f"unknown-{what}"
    shown = f"{fact} the {what} '{name[:80]}', which does not exist"
    hint = near_miss(name, names)
    place = spot if isinstance(spot, Place) else case.at(*spot, file=file)
    return Problem(code, place, shown, "" if hint else one_of(names), hint)
