"""Find what a definition refers to and does not have; without these rules kept there is no book."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from pathbook import prose
from pathbook.case import Case
from pathbook.model import RESERVED_IDS, Spot
from pathbook.problems import Place, near_miss, one_of
from pathbook.rule import Finding, needed
from pathbook.terms import GLOSSARY, forms

SHARED_PAGES = ("index", "evidence", "glossary", "print")
"""Pages that every pathway has; one with urgent advice also has `urgent`."""


@needed
def unknown_start(case: Case) -> Iterator[Finding]:
    """The walk begins at a step that exists."""
    pathway = case.definition.pathway
    if pathway.start not in pathway.steps:
        yield _unknown(case, ("start",), "step", pathway.start, pathway.steps, "the start names")


@needed
def dangling_target(case: Case) -> Iterator[Finding]:
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


@needed
def unknown_stage(case: Case) -> Iterator[Finding]:
    """Every step's stage is in the list of stages."""
    stages = [stage.id for stage in case.definition.pathway.stages]
    for step in case.definition.pathway.steps.values():
        if step.stage is not None and step.stage not in stages:
            fact = f"step '{step.id}' stands in"
            yield _unknown(case, ("steps", step.id, "stage"), "stage", step.stage, stages, fact)


@needed
def unknown_evidence(case: Case) -> Iterator[Finding]:
    """Every statement that is cited exists."""
    statements = case.definition.evidence.statements
    for citation in case.citations:
        if citation.name not in statements:
            who = f"step '{citation.step.id}' cites" if citation.step else "urgent advice cites"
            yield _unknown(
                case, case.cited_at(citation), "statement", citation.name, statements, who
            )


@needed
def unknown_source(case: Case) -> Iterator[Finding]:
    """Every statement's source is in the list of sources."""
    evidence = case.definition.evidence
    for name, statement in evidence.statements.items():
        if statement.source not in evidence.sources:
            spot = ("statements", name, "source")
            fact = f"statement '{name}' comes from"
            yield _unknown(
                case, spot, "source", statement.source, evidence.sources, fact, "evidence.yaml"
            )


@needed
def unknown_pathway(case: Case) -> Iterator[Finding]:
    """A link to another pathway leads to one of this library."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "link" and step.to is not None and step.to not in case.library:
            fact = f"the link '{step.id}' goes on in"
            yield _unknown(
                case, ("steps", step.id, "to"), "pathway", step.to, sorted(case.library), fact
            )


@needed
def unknown_scenario_step(case: Case) -> Iterator[Finding]:
    """Scenarios name only steps that exist."""
    steps = case.definition.pathway.steps
    for i, scenario in enumerate(case.definition.scenarios.scenarios):
        answered = [given.step for given in scenario.answers]
        named = [("answers", name) for name in answered]
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


@needed
def orphan_page(case: Case) -> Iterator[Finding]:
    """Every page belongs to a step."""
    steps = case.definition.pathway.steps
    for name, page in case.definition.pages.items():
        if name not in steps:
            yield Finding(
                Place(str(page.file)),
                f"there is no step '{name}', so nobody would ever see this page",
                "a file named after a step's id, or no such file if its step is gone",
                near_miss(name, steps),
            )


@needed
def nested_prose(case: Case) -> Iterator[Finding]:
    """Prose is not nested too deeply, nor cut into too many pieces, to be read."""
    for text, place in case.texts:
        if case.links_of(text) is None:
            fact = (
                "lists, quotes or open brackets are nested far too deeply, or headings are too many"
            )
            most = f"a list in a list at the most, and no more than {prose.MOST_HEADINGS} headings"
            yield Finding(place, fact, most)


MOST_REPEATED = 1 << 30
"""Characters that all pages of a pathway may repeat together."""


@needed
def heavy_pages(case: Case) -> Iterator[Finding]:
    """What stands on every page is short enough to stand there."""
    pathway = case.definition.pathway
    titles = [step.title for step in pathway.steps.values()]
    titles += [stage.title for stage in pathway.stages]
    titles += [alert.title for alert in pathway.alerts]
    texts = [pathway.title, pathway.notice or "", *(alert.text for alert in pathway.alerts)]
    each = sum(map(len, (*titles, *texts)))
    if each * len(titles) > MOST_REPEATED:
        fact = f"titles, notice and urgent advice have {each:,} characters, and stand on every page"
        most = f"no more than {MOST_REPEATED // len(titles):,} for so many steps"
        hint = f"The longest title begins '{max(titles, key=len)[:40]}'."
        yield Finding(case.at("title"), fact, most, hint)


@needed
def picture(case: Case) -> Iterator[Finding]:
    """Prose holds no pictures: they would not be shown."""
    for link, place in case.links:
        if link.picture:
            fact = f"the picture '{link.target[:80]}' would not be shown: prose holds no pictures"
            yield Finding(place, fact, "words, or a link to a page with the picture")


@needed
def broken_link(case: Case) -> Iterator[Finding]:
    """Links in prose lead to pages of this site, or to an address on the web."""
    names = _linkable(case)
    for link, place in case.links:
        if not link.picture and not prose.is_safe(link.target, names):
            yield Finding(
                place,
                f"the link leads to '{link.target[:80]}', which is not a page of this pathway",
                "a page such as step-id.md, or an address that begins with https://",
                near_miss(link.target, sorted(names)),
            )


def _linkable(case: Case) -> frozenset[str]:
    """List the pages that prose may link to, as a link to each is written."""
    own = [f"{name}.md" for name in (*case.definition.pathway.steps, *SHARED_PAGES)]
    own += ["urgent.md"] if case.definition.pathway.alerts else []
    others = [f"../{name}.md" for name in case.library if "/" in name]
    others += [
        f"../{name}/{page}.md" for name in case.library if "/" not in name for page in SHARED_PAGES
    ]
    others += [f"../{path}" for path in case.site]
    return frozenset([*own, *others, "../index.md"])


@needed
def unknown_term(case: Case) -> Iterator[Finding]:
    """A link to a term of the glossary leads to one that is there."""
    terms = case.definition.glossary.terms
    for link, place in case.links:
        path, mark, name = link.target.partition("#")
        if path == GLOSSARY and mark and unquote(name) not in terms:
            yield _unknown(case, place, "term", unquote(name), terms, "the link leads to")


@needed
def clashing_was(case: Case) -> Iterator[Finding]:
    """A former id is not in use, and no two steps claim the same one."""
    steps = case.definition.pathway.steps
    claimed: dict[str, str] = {}
    for step in steps.values():
        for i, name in enumerate(step.was):
            other = name if name in steps else claimed.setdefault(name, step.id)
            if other != step.id or name in steps or name in RESERVED_IDS:
                what = "the address of another page" if name in RESERVED_IDS else f"step '{other}'"
                yield Finding(
                    case.at("steps", step.id, "was", i),
                    f"step '{step.id}' says it was '{name}', but that is {what}",
                    "a former id that no step has or claims",
                )


@needed
def unchecked_evidence(case: Case) -> Iterator[Finding]:
    """Nothing that readers see rests only on statements that nobody has checked."""
    statements = case.definition.evidence.statements
    for what, spot, cited in _resting(case):
        known = [statements[name] for name in cited if name in statements]
        if known and not any(statement.shown for statement in known):
            yield Finding(
                case.at(*spot, "evidence"),
                f"all that {what} rests on is unchecked",
                "a statement that was checked, or no `evidence`",
            )
    for citation in case.citations:
        if citation.link and citation.name in statements and not statements[citation.name].shown:
            yield Finding(
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


@needed
def two_meanings(case: Case) -> Iterator[Finding]:
    """No form of a word stands for two terms."""
    seen: dict[str, str] = {}
    for form, word in forms(case.definition.glossary):
        other = seen.setdefault(form.casefold(), word)
        if other != word:
            yield Finding(
                case.at("terms", word, file="glossary.yaml"),
                f"'{form}' stands for the term '{word}' and for '{other}'",
                "each word and each of its other forms under one term",
            )


@needed
def odd_compare(case: Case) -> Iterator[Finding]:
    """A comparison names two other steps or more, each once."""
    for step in case.definition.pathway.steps.values():
        names = step.compare
        if names and (len(set(names)) < max(2, len(names)) or step.id in names):
            yield Finding(
                case.at("steps", step.id, "compare"),
                f"step '{step.id}' compares {', '.join(names)}",
                "two other steps or more, each once",
            )


@needed
def stray_to(case: Case) -> Iterator[Finding]:
    """Only a link says where it goes on."""
    for step in case.definition.pathway.steps.values():
        if step.to is not None and step.kind != "link":
            yield Finding(
                case.at("steps", step.id, "to"),
                f"step '{step.id}' is no link, so `to` leads nowhere",
                "`next: ...`, or the kind `link`",
            )


@needed
def unknown_rule(case: Case) -> Iterator[Finding]:
    """The rules that a pathway sets or excuses exist."""
    for spot, code in _rules_named(case):
        if code not in case.rules:
            yield _unknown(case, spot, "rule", code, case.rules, "this names")


@needed
def fixed_rule(case: Case) -> Iterator[Finding]:
    """A pathway sets or excuses no rule that every book needs."""
    for spot, code in _rules_named(case):
        if not case.rules.get(code, True):
            yield Finding(
                case.at(*spot),
                f"the rule '{code}' always holds: no book can be made where it is broken",
                "a rule of those that can be set; `pathbook rules` lists them",
            )


def _rules_named(case: Case) -> Iterator[tuple[Spot, str]]:
    """Go through the rules that a definition names, each with its place."""
    rules = case.definition.pathway.rules
    for code in rules.severity:
        yield ("rules", "severity", code), code
    for i, excuse in enumerate(rules.excused):
        yield ("rules", "excused", i, "rule"), excuse.rule


def _unknown(  # noqa: PLR0913, PLR0917 (what an error says, in the order it says it)
    case: Case,
    spot: Spot | Place,
    what: str,
    name: str,
    known: Iterable[str],
    fact: str,
    file: str = "pathway.yaml",
) -> Finding:
    """Report a name that stands for nothing, with the names that were meant most likely."""
    names = list(known)
    shown = f"{fact} the {what} '{name[:80]}', which does not exist"
    hint = near_miss(name, names)
    place = spot if isinstance(spot, Place) else case.at(*spot, file=file)
    return Finding(place, shown, "" if hint else one_of(names), hint)


RULES = (
    unknown_start,
    dangling_target,
    unknown_stage,
    unknown_evidence,
    unknown_source,
    unknown_pathway,
    unknown_term,
    unknown_scenario_step,
    orphan_page,
    nested_prose,
    heavy_pages,
    picture,
    broken_link,
    clashing_was,
    two_meanings,
    odd_compare,
    stray_to,
    unchecked_evidence,
    unknown_rule,
    fixed_rule,
)
"""The rules about names."""
