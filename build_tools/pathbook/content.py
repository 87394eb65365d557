"""Find what is wrong in the words of a definition: warnings, with limits that a pathway can set."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from statistics import median
from typing import get_args

from pathbook import citations, wording
from pathbook.case import Case, Rule
from pathbook.model import Checked, Definition, Step
from pathbook.problems import Place, Problem, near_miss
from pathbook.readability import Measures, measure, words
from pathbook.terms import forms
from pathbook.wording import Piece

FEW = 30
"""With fewer words than these a grade says nothing."""

_ABBREVIATION = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]*(?:[/&][A-Z0-9]+)*[A-Z0-9]s?(?!\w)")
_ROMAN = re.compile(r"[IVX]+")
_COMMON = frozenset("AM AND EU NO NOT OK OR PM UK US USA YES".split())
"""Capitals that everybody knows, or that only stress a word."""


def review_overdue(case: Case) -> Iterator[Problem]:
    """A pathway is reviewed by the day it is due."""
    due = case.definition.pathway.review_due
    retired = case.definition.pathway.status == "retired"
    if due is not None and due < case.today and not retired:
        yield _warning(
            "review-overdue",
            case.at("review_due"),
            f"the review was due on {due}; every page says so",
            "a review, and then new days in `reviewed` and `review_due`",
        )


def missing_about(case: Case) -> Iterator[Problem]:
    """The page that tells what the site is exists."""
    about = case.definition.pathway.about
    if about is not None and about not in case.site:
        yield _warning(
            "missing-about",
            case.at("about"),
            f"there is no page '{about[:80]}' beside the pathways, so no page links to it",
            "a page in docs/, such as about.md",
            near_miss(about, case.site),
        )


def uncited_page(case: Case) -> Iterator[Problem]:
    """Where a pathway has statements, every page rests on one."""
    shown = {name for name, found in case.definition.evidence.statements.items() if found.shown}
    citing = {found.step.id for found in case.citations if found.step and found.name in shown}
    for step in case.definition.pathway.steps.values():
        if case.definition.evidence.statements and step.id not in citing:
            yield _warning(
                "uncited-page",
                case.at("steps", step.id),
                f"nothing on the page of step '{step.id}' names a source",
                "`evidence: [...]` at the step or a way on, or a link to evidence.md in its page",
            )


def unused_statement(case: Case) -> Iterator[Problem]:
    """Every statement is cited somewhere."""
    cited = {citation.name for citation in case.citations}
    for name in case.definition.evidence.statements:
        if name not in cited:
            yield _warning(
                "unused-statement",
                case.at("statements", name, file="evidence.yaml"),
                f"nothing rests on statement '{name}'",
                "its id under `evidence` at the step it belongs to, or no such statement",
            )


def unused_source(case: Case) -> Iterator[Problem]:
    """Every source has a statement."""
    used = {statement.source for statement in case.definition.evidence.statements.values()}
    for name in case.definition.evidence.sources:
        if name not in used:
            yield _warning(
                "unused-source",
                case.at("sources", name, file="evidence.yaml"),
                f"no statement comes from source '{name}'",
                "a statement with `source: " + name + "`, or no such source",
            )


def unplaced_guideline(case: Case) -> Iterator[Problem]:
    """A guideline says whose it is, where it holds and from which year it is."""
    for name, source in case.definition.evidence.sources.items():
        missing = [key for key in ("body", "country", "year") if getattr(source, key) is None]
        if source.is_guideline and missing:
            yield _warning(
                "unplaced-guideline",
                case.at("sources", name, file="evidence.yaml"),
                f"the guideline '{name}' does not say its {', '.join(missing)}",
                "`body`, `country` and `year`, so that readers know if it is about them",
            )


def unsaid_difference(case: Case) -> Iterator[Problem]:
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
            yield _warning(
                "unsaid-difference",
                case.at("steps", step.id),
                f"step '{step.id}' rests on '{against[0]}', which disagrees, and does not say so",
                "one of its `differences` that says who says what, and names that statement",
            )


def evidence_gap(case: Case) -> Iterator[Problem]:
    """Every claim in a profile or about a difference names its statement."""
    for step in case.definition.pathway.steps.values():
        for spot, claim in step.claims:
            if not claim.evidence:
                yield _warning(
                    "evidence-gap",
                    case.at("steps", step.id, *spot),
                    f"step '{step.id}' says '{claim.text[:50]}' without a source",
                    "`text: ...` with `evidence: [...]`",
                )


def missing_section(case: Case) -> Iterator[Problem]:
    """The page of every procedure has the headings that the pathway asks for."""
    wanted = case.definition.pathway.content.sections
    for step in case.definition.pathway.steps.values():
        page = case.definition.pages.get(step.id)
        if step.kind != "procedure" or not wanted:
            continue
        found = {part.heading for part in wording.sections(page.text)} if page else set()
        missing = [heading for heading in wanted if heading not in found]
        if missing:
            yield _warning(
                "missing-section",
                _page(case, step),
                f"the page of '{step.id}' has no heading '{missing[0]}'"
                + (f", and lacks {len(missing) - 1} more" if len(missing) > 1 else ""),
                "## " + missing[0],
            )


def hard_page(case: Case) -> Iterator[Problem]:
    """A page can be read by those it is for: no grade above the limit."""
    limit = case.definition.pathway.content.grade
    for step, found in _graded(case.definition, case.measured):
        if round(found.grade, 1) > limit:
            yield _warning(
                "hard-page",
                _page(case, step),
                f"the page of '{step.id}' reads at school grade {found.grade:.1f}",
                f"{limit:g} at most: shorter sentences and shorter words",
                f"The longest sentence: {found.longest[:120]}",
            )


def hard_pathway(case: Case) -> Iterator[Problem]:
    """The page in the middle can be read with ease."""
    grades = [found.grade for _, found in _graded(case.definition, case.measured)]
    limit = case.definition.pathway.content.median_grade
    if len(grades) > 2 and round(median(grades), 1) > limit:
        yield _warning(
            "hard-pathway",
            case.at("content", "median_grade"),
            f"half of the pages read at school grade {median(grades):.1f} or above",
            f"{limit:g} at most: shorter sentences and shorter words",
        )


def long_sentence(case: Case) -> Iterator[Problem]:
    """No sentence is too long to follow."""
    limit = case.definition.pathway.content.sentence
    known = wording.known(case.definition)
    for piece in _pieces(case):
        found = measure([piece.html], known)
        for sentence, length in zip(found.sentences, found.lengths, strict=True):
            if length > limit:
                yield _warning(
                    "long-sentence",
                    _find(case, piece, sentence),
                    f"a sentence has {length} words: {sentence[:60]}...",
                    f"{limit:g} words at most; a term of the glossary counts as one",
                )


def long_sentences(case: Case) -> Iterator[Problem]:
    """The sentences of a page are short on average."""
    limit = case.definition.pathway.content.mean_sentence
    for step, found in case.measured:
        if len(found.sentences) > 3 and found.mean > limit:
            yield _warning(
                "long-sentences",
                _page(case, step),
                f"the sentences about '{step.id}' have {found.mean:.1f} words on average",
                f"{limit:g} words at most",
            )


def unexplained_abbreviation(case: Case) -> Iterator[Problem]:
    """An abbreviation is explained: in the glossary, or where it stands, in brackets."""
    definition = case.definition
    known = set(definition.pathway.content.abbreviations) | _COMMON
    known |= {form for form, _ in forms(definition.glossary)}
    for source in definition.evidence.sources.values():
        known |= set(words(source.body or "")) | {source.body or ""}
    own: dict[str, set[str]] = {}
    for step in definition.pathway.steps.values():
        whole = " ".join(piece.html for piece in wording.about(definition, step))
        own[step.id] = _explained(f"{step.title} {_plain(whole)}")
    warned: set[tuple[str, str]] = set()
    for piece in _pieces(case):
        plain = _plain(piece.html)
        about = piece.step.id if piece.step else ""
        explained = own[about] if piece.step else _explained(plain)
        for match in _ABBREVIATION.finditer(plain):
            name = match.group()
            alone = name.removesuffix("s")
            if {name, alone} & (known | explained) or _ROMAN.fullmatch(name):
                continue
            if (about, alone) not in warned:
                yield _warning(
                    "unexplained-abbreviation",
                    _find(case, piece, name),
                    f"'{name}' is not explained" + (f" on the page of '{about}'" if about else ""),
                    f"a term '{alone}' in glossary.yaml, or the long form followed by ({alone})",
                )
            warned.add((about, alone))


def _explained(plain: str) -> set[str]:
    """Find the abbreviations that a text explains itself."""
    found = set(re.findall(r"\(([^()\s]+)\)", plain))
    return found | set(re.findall(r"(?<!\S)(\S{1,40}) (?:\(|is short for|stands for|means)", plain))


RULES: tuple[Rule, ...] = (
    review_overdue,
    missing_about,
    uncited_page,
    unused_statement,
    unused_source,
    unplaced_guideline,
    unsaid_difference,
    evidence_gap,
    missing_section,
    hard_page,
    hard_pathway,
    long_sentence,
    long_sentences,
    unexplained_abbreviation,
)
"""The rules about words; each only warns."""


def _graded(
    definition: Definition, rows: Iterable[tuple[Step, Measures]]
) -> list[tuple[Step, Measures]]:
    """Leave out what has no grade: the formula is for English, and for more than a few words."""
    if not definition.pathway.language.lower().startswith("en"):
        return []
    return [(step, found) for step, found in rows if found.words >= FEW]


def figures(definition: Definition) -> str:
    """Lay out the measures of every page, and how much of the pathway rests on sources."""
    rows = [(step, found) for step, found in wording.measured(definition) if found.words]
    lines = [f"{definition.id}", "  grade  letters  words  mean  longest  page"]
    lines += [
        f"  {found.grade:5.1f}  {found.letters_grade:7.1f}  {found.words:5}  {found.mean:4.1f}"
        f"  {max(found.lengths):7}  {step.id}"
        for step, found in rows
    ]
    grades = [found.grade for _, found in _graded(definition, rows)]
    if grades:
        lines.append(f"median grade {median(grades):.1f}, highest {max(grades):.1f}")
    statements = definition.evidence.statements.values()
    checks = Counter(found.checked for found in statements)
    routes = [route for step in definition.pathway.steps.values() for route in step.next]
    lines += [
        f"{len(definition.evidence.sources)} sources, {len(statements)} statements: "
        + ", ".join(f"{checks[word]} checked {word}" for word in get_args(Checked)),
        f"{len(routes)} routes, {sum(route.inferred for route in routes)} of them inferred",
    ]
    return "\n".join(lines)


def _pieces(case: Case) -> Iterator[Piece]:
    """Go through all that is written for readers, apart from statements and titles."""
    yield from wording.common(case.definition)
    for step in case.definition.pathway.steps.values():
        yield from wording.about(case.definition, step)


def _find(case: Case, piece: Piece, sentence: str) -> Place:
    """Find the place of a sentence: in a page its line, broken by marks and line ends or not."""
    if piece.spot or piece.step is None:
        return case.at(*piece.spot)
    page = case.definition.pages[piece.step.id]
    first = words(sentence)[:4]
    for count in range(len(first), 0, -1):
        found = re.search(r"[\W_]+".join(map(re.escape, first[:count])), page.text)
        if found:
            return Place(str(page.file), page.text.count("\n", 0, found.start()) + 1, 1)
    return Place(str(page.file), 1, 1)


def _plain(html: str) -> str:
    """Take the marks out of HTML, and code with what is in it."""
    return unescape(re.sub(r"<code>.*?</code>|<[^>]*>", " ", html, flags=re.DOTALL))


def _page(case: Case, step: Step) -> Place:
    page = case.definition.pages.get(step.id)
    return Place(str(page.file), 1, 1) if page else case.at("steps", step.id)


def _warning(code: str, place: Place, fact: str, expected: str, hint: str = "") -> Problem:
    return Problem(code, place, fact, expected, hint, severity="warning")
