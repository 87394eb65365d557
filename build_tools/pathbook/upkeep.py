"""Find what a definition lacks, no longer uses, or has to look at again; each can be excused."""

from collections.abc import Iterator
from urllib.parse import unquote

from pathbook import citations, scenarios, wording
from pathbook.case import Case
from pathbook.problems import near_miss
from pathbook.rule import Finding, warning
from pathbook.terms import Terms

QUESTION_MARKS = ("?", "？", "؟", ";", "՞", "፧")
"""What a question ends in: Latin, Chinese, Arabic, Greek, Armenian, Ethiopic."""


@warning
def review_overdue(case: Case) -> Iterator[Finding]:
    """A pathway is reviewed by the day it is due."""
    due = case.definition.pathway.review_due
    retired = case.definition.pathway.status == "retired"
    if due is not None and due < case.today and not retired:
        yield Finding(
            case.at("review_due"),
            f"the review was due on {due}; every page says so",
            "a review, and then new days in `reviewed` and `review_due`",
        )


@warning
def missing_about(case: Case) -> Iterator[Finding]:
    """The page that is named under `about` exists."""
    about = case.definition.pathway.about
    if about is not None and about not in case.site:
        yield Finding(
            case.at("about"),
            f"there is no page '{about[:80]}' beside the pathways, so no page links to it",
            "a page in docs/, such as about.md",
            near_miss(about, case.site),
        )


@warning
def uncited_page(case: Case) -> Iterator[Finding]:
    """Where a pathway has statements, every page rests on one."""
    shown = {name for name, found in case.definition.evidence.statements.items() if found.shown}
    citing = {found.step.id for found in case.citations if found.step and found.name in shown}
    for step in case.definition.pathway.steps.values():
        if case.definition.evidence.statements and step.id not in citing:
            yield Finding(
                case.at("steps", step.id),
                f"nothing on the page of step '{step.id}' names a source",
                "`evidence: [...]` at the step or a way on, or a link to evidence.md in its page",
            )


@warning
def unused_statement(case: Case) -> Iterator[Finding]:
    """Every statement is cited somewhere."""
    cited = {citation.name for citation in case.citations}
    for name in case.definition.evidence.statements:
        if name not in cited:
            yield Finding(
                case.at("statements", name, file="evidence.yaml"),
                f"nothing rests on statement '{name}'",
                "its id under `evidence` at the step it belongs to, or no such statement",
            )


@warning
def unused_source(case: Case) -> Iterator[Finding]:
    """Every source has a statement."""
    used = {statement.source for statement in case.definition.evidence.statements.values()}
    for name in case.definition.evidence.sources:
        if name not in used:
            yield Finding(
                case.at("sources", name, file="evidence.yaml"),
                f"no statement comes from source '{name}'",
                "a statement with `source: " + name + "`, or no such source",
            )


@warning
def unplaced_guideline(case: Case) -> Iterator[Finding]:
    """A guideline says whose it is, where it holds and from which year it is."""
    for name, source in case.definition.evidence.sources.items():
        missing = [key for key in ("body", "country", "year") if getattr(source, key) is None]
        if source.is_guideline and missing:
            yield Finding(
                case.at("sources", name, file="evidence.yaml"),
                f"the guideline '{name}' does not say its {', '.join(missing)}",
                "`body`, `country` and `year`, so that readers know if it is about them",
            )


@warning
def unsaid_difference(case: Case) -> Iterator[Finding]:
    """Where a source disagrees with the pathway, the page says so in words."""
    statements = case.definition.evidence.statements
    for step in case.definition.pathway.steps.values():
        said = {name for claim in step.differences for name in claim.evidence}
        against = [
            found.name
            for found in citations.of_step(case.definition, step)
            if found.name in statements
            and statements[found.name].shown
            and statements[found.name].relation == "disagrees"
            and found.name not in said
        ]
        if against:
            yield Finding(
                case.at("steps", step.id),
                f"step '{step.id}' rests on '{against[0]}', which disagrees, and does not say so",
                "one of its `differences` that says who says what, and names that statement",
            )


@warning
def evidence_gap(case: Case) -> Iterator[Finding]:
    """Every claim in a profile or about a difference names its statement."""
    for step in case.definition.pathway.steps.values():
        for spot, claim in step.claims:
            if not claim.evidence:
                yield Finding(
                    case.at("steps", step.id, *spot),
                    f"step '{step.id}' says '{claim.text[:50]}' without a source",
                    "`text: ...` with `evidence: [...]`",
                )


@warning
def missing_section(case: Case) -> Iterator[Finding]:
    """The page of every procedure has the headings that the pathway asks for."""
    wanted = case.definition.pathway.content.sections
    for step in case.definition.pathway.steps.values():
        page = case.definition.pages.get(step.id)
        if step.kind != "procedure" or page is None:
            continue  # a procedure without a page has a problem of its own
        found = {part.heading for part in wording.sections(page.text)}
        missing = [heading for heading in wanted if heading not in found]
        if missing:
            yield Finding(
                case.page(step),
                f"the page of '{step.id}' has no heading '{missing[0]}'"
                + (f", and lacks {len(missing) - 1} more" if len(missing) > 1 else ""),
                "## " + missing[0],
            )


@warning
def missing_alert(case: Case) -> Iterator[Finding]:
    """A published pathway has urgent advice."""
    pathway = case.definition.pathway
    if pathway.status == "published" and not pathway.alerts:
        yield Finding(
            case.at("status"),
            "the pathway is published without urgent advice",
            "`alerts:` with the signs that need help at once, and who to call",
        )


@warning
def missing_page(case: Case) -> Iterator[Finding]:
    """Every procedure has a page: a procedure is an action with a full page."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "procedure" and step.id not in case.definition.pages:
            yield Finding(
                case.at("steps", step.id, "kind"),
                f"the procedure '{step.id}' has no page of its own",
                f"a file pages/{step.id}.md, or the kind `action`",
            )


@warning
def empty_page(case: Case) -> Iterator[Finding]:
    """Every page that was begun says something."""
    for name, page in case.definition.pages.items():
        step = case.definition.pathway.steps[name]
        if not any(part.html for part in wording.sections(page.text)):
            yield Finding(
                case.page(step),
                f"the page of '{name}' says nothing",
                "some sentences below its headings, or no such file",
            )


@warning
def inferred_route(case: Case) -> Iterator[Finding]:
    """In a published pathway every route rests on a statement."""
    pathway = case.definition.pathway
    for step in pathway.steps.values():
        for i, route in enumerate(step.next):
            if pathway.status == "published" and route.inferred:
                yield Finding(
                    case.at("steps", step.id, "next", i),
                    f"the way from '{step.id}' to '{route.to}' rests on no statement,"
                    " and the pathway is published",
                    "`evidence: [...]` at the route",
                    "Readers see it dashed. If it has to stay so, excuse it with a reason.",
                )


@warning
def unasked_question(case: Case) -> Iterator[Finding]:
    """The title of a decision is a question."""
    for step in case.definition.pathway.steps.values():
        if step.kind == "decision" and not step.title.endswith(QUESTION_MARKS):
            yield Finding(
                case.at("steps", step.id, "title"),
                f"the title of the decision '{step.id}' is no question: {step.title[:60]}",
                "a title that ends in a question mark",
            )


@warning
def same_title(case: Case) -> Iterator[Finding]:
    """No two steps have the same title."""
    seen: dict[str, str] = {}
    for step in case.definition.pathway.steps.values():
        other = seen.setdefault(step.title.casefold(), step.id)
        if other != step.id:
            yield Finding(
                case.at("steps", step.id, "title"),
                f"the steps '{other}' and '{step.id}' have the same title",
                "titles that a reader can tell apart",
            )


@warning
def unused_stage(case: Case) -> Iterator[Finding]:
    """Every stage has a step."""
    used = {step.stage for step in case.definition.pathway.steps.values()}
    for i, stage in enumerate(case.definition.pathway.stages):
        if stage.id not in used:
            yield Finding(
                case.at("stages", i),
                f"no step stands in the stage '{stage.id}'",
                f"a step with `stage: {stage.id}`, or no such stage",
            )


@warning
def unused_term(case: Case) -> Iterator[Finding]:
    """Every term is used somewhere."""
    glossary = case.definition.glossary
    used = Terms(glossary, str).used(text for text in wording.everything(case.definition))
    linked = {unquote(link.target.partition("#")[2]) for link, _ in case.links}
    for word in glossary.terms:
        if word not in used | linked:
            yield Finding(
                case.at("terms", word, file="glossary.yaml"),
                f"the term '{word}' stands nowhere in the text",
                "the form in which the text has it, under `aliases`, or no such term",
            )


@warning
def failing_scenario(case: Case) -> Iterator[Finding]:
    """Every scenario comes to where it says."""
    for i, scenario in enumerate(case.definition.scenarios.scenarios):
        for failure in scenarios.failures(case.graph, scenario):
            yield Finding(
                case.at("scenarios", i, *failure.spot, file="scenarios.yaml"),
                f"the scenario '{scenario.title}' no longer fits: {failure.fact}",
                failure.expected,
                failure.hint,
            )


@warning
def idle_scenario(case: Case) -> Iterator[Finding]:
    """Every scenario says where it must end, or which steps it passes or avoids."""
    for i, scenario in enumerate(case.definition.scenarios.scenarios):
        if not (scenario.ends_at or scenario.passes or scenario.avoids):
            yield Finding(
                case.at("scenarios", i, file="scenarios.yaml"),
                f"the scenario '{scenario.title}' expects nothing, so it cannot fail",
                "`ends_at`, `passes` or `avoids`",
            )


RULES = (
    review_overdue,
    missing_about,
    missing_alert,
    missing_page,
    empty_page,
    missing_section,
    uncited_page,
    inferred_route,
    evidence_gap,
    unsaid_difference,
    unplaced_guideline,
    unasked_question,
    same_title,
    unused_stage,
    unused_statement,
    unused_source,
    unused_term,
    failing_scenario,
    idle_scenario,
)
"""The rules about what is there, what it rests on, and whether it still fits."""
