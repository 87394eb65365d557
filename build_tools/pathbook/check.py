"""Run the rules over the definitions that could be read, and mind what is set and excused."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from pathbook import ahead, content, files, prose, references, shape, upkeep
from pathbook.case import Case
from pathbook.graph import Graph
from pathbook.model import Definition, Excuse
from pathbook.problems import Problem, in_order
from pathbook.progress import Tell, counted, quiet
from pathbook.rule import Finding, Rule
from pathbook.shard import WHOLE


@dataclass(frozen=True)
class Counts:
    """How much was checked."""

    pathways: int = 0
    steps: int = 0
    routes: int = 0
    statements: int = 0
    pages: int = 0
    rules: int = 0


UNUSED: Rule[Case] = Rule(
    "unused-excuse", "warning", "Every excuse still excuses something.", "care"
)
"""A rule about what the other rules find."""

NEEDED: tuple[Rule[Case], ...] = (*references.RULES, *shape.RULES)
"""The rules without which no book can be made."""

CARE: tuple[Rule[Case], ...] = (*upkeep.RULES, *content.RULES)
"""The rules that a definition can set, and whose findings it can excuse."""

RULES: tuple[Rule[Case], ...] = (*files.RULES, *NEEDED, *CARE, UNUSED)
"""Every rule there is."""

BY_THE_DAY = frozenset({"review-overdue"})
"""Codes of what comes with a day and not with a change: nobody's change is to be stopped for it."""

_SETTABLE: Mapping[str, bool] = MappingProxyType({rule.code: rule.settable for rule in RULES})


def problems(
    definitions: Sequence[Definition],
    today: date,
    site: frozenset[str] = frozenset(),
    tell: Tell = quiet,
    shard: Container[str] = WHOLE,
) -> tuple[Problem, ...]:
    """Run every rule over every definition of a library; what is excused is among the problems.

    `site` names the pages around the library, such as `about.md`, that prose may link to;
    `shard` holds the pathways that are checked.
    """
    found = cases(definitions, today, site)
    todo = [case for case in found if case.definition.id in shard]
    told = zip(counted(todo, "pathways checked", tell), each(todo), strict=True)
    return in_order(problem for _, own in told for problem in own)


def each(cases: Sequence[Case]) -> Iterator[tuple[Problem, ...]]:
    """Run every rule over each definition, some at the same time."""
    for found, read in ahead.each(_checked, cases):
        prose.learn(read)
        yield found


def _checked(case: Case) -> tuple[tuple[Problem, ...], prose.Known]:
    """Check a definition; give what was read for that too, as pages are made of it."""
    before = prose.count()
    return problems_of(case), prose.known(before)


def cases(
    definitions: Sequence[Definition], today: date, site: frozenset[str] = frozenset()
) -> tuple[Case, ...]:
    """Put each definition together with what is around it."""
    addresses = frozenset(found.id for found in definitions) | frozenset(
        f"{found.id}/{step}" for found in definitions for step in found.pathway.steps
    )
    addresses |= {f"{found.id}/urgent" for found in definitions if found.pathway.alerts}
    return tuple(
        Case(found, Graph(found.pathway), addresses, site, today, _SETTABLE)
        for found in definitions
    )


def problems_of(case: Case) -> tuple[Problem, ...]:
    """Run every rule over a definition; the rest only where names and shape are right.

    A slip in a name makes much look unused.
    """
    broken = tuple(problem for rule in NEEDED for problem in rule.problems(case))
    if broken:
        return broken
    found = tuple(problem for rule in CARE for problem in rule.problems(case))
    return tuple(_weighed(case, (*found, *_unused(case, found))))


def _unused(case: Case, found: Sequence[Problem]) -> Iterator[Problem]:
    """Find excuses for what is not there."""
    for i, excuse in enumerate(case.definition.pathway.rules.excused):
        if not any(_excuses(excuse, problem) for problem in found):
            about = f" about '{excuse.at}'" if excuse.at else ""
            yield UNUSED.problem(
                Finding(
                    case.at("rules", "excused", i),
                    f"there is nothing to excuse: '{excuse.rule}' finds nothing{about}",
                    "an excuse for what is found, with `at` as its id, or no such excuse",
                )
            )


def _weighed(case: Case, found: Iterable[Problem]) -> Iterator[Problem]:
    """Give each problem the weight that the definition gives its rule, and its excuse."""
    rules = case.definition.pathway.rules
    for problem in found:
        severity = rules.severity.get(problem.code, problem.severity)
        if severity != "off":
            excuses = [excuse for excuse in rules.excused if _excuses(excuse, problem)]
            yield _excused(replace(problem, severity=severity), excuses, case.today)


def _excused(problem: Problem, excuses: Sequence[Excuse], today: date) -> Problem:
    """Excuse a problem while an excuse lasts; after that, say that it has ended."""
    for excuse in excuses:
        if today <= excuse.until:
            return replace(problem, excuse=f"{excuse.reason} (until {excuse.until})")
    if excuses:
        return replace(problem, fact=f"{problem.fact}; its excuse ended on {excuses[-1].until}")
    return problem


def _excuses(excuse: Excuse, problem: Problem) -> bool:
    return (excuse.rule, excuse.at or "") == (problem.code, problem.place.about)


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
        rules=len(RULES),
    )
