"""Find what is wrong in the words of a definition, with limits that a pathway can set."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from statistics import median
from typing import get_args

from pathbook import wording
from pathbook.boxes import Box, answer_box, step_box
from pathbook.case import Case
from pathbook.model import Checked, Definition, Spot, Step
from pathbook.problems import Place
from pathbook.readability import Measures, measure, words
from pathbook.rule import Finding, warning
from pathbook.terms import forms
from pathbook.text import ELLIPSIS
from pathbook.wording import Piece

FEW = 30
"""With fewer words than these a grade says nothing."""

_ABBREVIATION = re.compile(r"(?<![\w.])[A-Z][A-Z0-9]*(?:[/&][A-Z0-9]+){0,9}[A-Z0-9]s?(?!\w)")
_ROMAN = re.compile(r"[IVX]+")
_COMMON = frozenset("AM AND EU NO NOT OK OR PM UK US USA YES".split())
"""Capitals that everybody knows, or that only stress a word."""


@warning
def hard_page(case: Case) -> Iterator[Finding]:
    """No page is harder to read than the limit that holds for the pathway."""
    limit = case.definition.pathway.content.grade
    for step, found in _graded(case.definition, case.measured):
        if round(found.grade, 1) > limit:
            yield Finding(
                case.page(step),
                f"the page of '{step.id}' reads at school grade {found.grade:.1f}",
                f"{limit:g} at most: shorter sentences and shorter words",
                f"The longest sentence: {found.longest[:120]}",
            )


@warning
def hard_pathway(case: Case) -> Iterator[Finding]:
    """Half of the pages or more are easy to read."""
    grades = [found.grade for _, found in _graded(case.definition, case.measured)]
    limit = case.definition.pathway.content.median_grade
    if len(grades) > 2 and round(median(grades), 1) > limit:
        yield Finding(
            case.at("content", "median_grade"),
            f"half of the pages read at school grade {median(grades):.1f} or above",
            f"{limit:g} at most: shorter sentences and shorter words",
        )


@warning
def long_sentence(case: Case) -> Iterator[Finding]:
    """No sentence is too long to follow."""
    limit = case.definition.pathway.content.sentence
    known = wording.known(case.definition)
    for piece in _pieces(case):
        found = measure([piece.html], known)
        for sentence, length in zip(found.sentences, found.lengths, strict=True):
            if length > limit:
                yield Finding(
                    _find(case, piece, sentence),
                    f"a sentence has {length} words: {sentence[:60]}...",
                    f"{limit:g} words at most; a term of the glossary counts as one",
                )


@warning
def long_sentences(case: Case) -> Iterator[Finding]:
    """The sentences of a page are short on average."""
    limit = case.definition.pathway.content.mean_sentence
    for step, found in case.measured:
        if len(found.sentences) > 3 and found.mean > limit:
            yield Finding(
                case.page(step),
                f"the sentences about '{step.id}' have {found.mean:.1f} words on average",
                f"{limit:g} words at most",
            )


@warning
def unexplained_abbreviation(case: Case) -> Iterator[Finding]:
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
                yield Finding(
                    _find(case, piece, name),
                    f"'{name}' is not explained" + (f" on the page of '{about}'" if about else ""),
                    f"a term '{alone}' in glossary.yaml, or the long form followed by ({alone})",
                )
            warned.add((about, alone))


def _explained(plain: str) -> set[str]:
    """Find the abbreviations that a text explains itself."""
    found = set(re.findall(r"\(([^()\s]+)\)", plain))
    return found | set(re.findall(r"(?<!\S)(\S{1,40}) (?:\(|is short for|stands for|means)", plain))


@warning
def long_text(case: Case) -> Iterator[Finding]:
    """Titles and answers fit into their boxes on the chart."""
    for step in case.definition.pathway.steps.values():
        yield from _cut(case, "title", step.title, step_box(step), ("steps", step.id, "title"))
        for i, route in enumerate(step.next):
            if box := answer_box(route):
                spot = ("steps", step.id, "next", i, "when")
                yield from _cut(case, "answer", route.when, box, spot)


def _cut(case: Case, what: str, text: str, box: Box, spot: Spot) -> Iterator[Finding]:
    """Find a text that does not fit into its box."""
    if box.lines[-1].endswith(ELLIPSIS) and not text.endswith(ELLIPSIS):
        yield Finding(
            case.at(*spot),
            f"the chart cuts the {what} '{text[:60]}...' of step '{spot[1]}'",
            f"{len(' '.join(box.lines)) - 1} characters at most, in words like these",
            "Put the rest into the `summary` of the step, or into the `note` of the route.",
        )


RULES = (
    hard_page,
    hard_pathway,
    long_sentence,
    long_sentences,
    unexplained_abbreviation,
    long_text,
)
"""The rules about words."""


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
            return case.page(piece.step, page.text.count("\n", 0, found.start()) + 1)
    return case.page(piece.step)


def _plain(html: str) -> str:
    """Take the marks out of HTML, and code with what is in it."""
    return unescape(re.sub(r"<code>.*?</code>|<[^>]*>", " ", html, flags=re.DOTALL))
