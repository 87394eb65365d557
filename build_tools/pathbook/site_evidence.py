"""The rules about what books rest on: statements, facts and terms stand where readers look."""

from collections.abc import Iterable, Iterator

from pathbook import implied
from pathbook.built import BuiltBook, BuiltSite
from pathbook.built_page import BuiltPage
from pathbook.citations import of_step
from pathbook.implied import line
from pathbook.model import Claim, Profile, Step
from pathbook.pages import FIELDS, anchor, known_facts
from pathbook.pieces import Claim as Shown
from pathbook.pieces import Said
from pathbook.rule import Finding, whole
from pathbook.site_books import differences
from pathbook.sources import Sources

UNSAID = "not stated in the sources"


def missing_statement(site: BuiltSite) -> Iterator[Finding]:
    """Every statement stands on the page of the evidence, with its source and what rests on it."""
    for book in site.books:
        page = site.named(book, "evidence")
        evidence = book.definition.evidence
        if not page:
            continue
        wanted = [
            (_anchor(name), line(one.text), implied.facts(name, one),
             implied.source(evidence.sources[one.source]))
            for name, one in evidence.statements.items()
        ]  # fmt: skip
        found = [(one.anchor, one.words, one.facts, one.source) for one in page.pieces.said]
        yield from differences(site, page, "statement", wanted, found)
        yield from _unused(site, book, page)
        yield from differences(site, page, "fact about a source", _of_sources(book), (
            (one.name, one.words) for one in page.pieces.sources if one.label == "dd"
        ))  # fmt: skip


def _of_sources(book: BuiltBook) -> Iterator[tuple[str, str]]:
    for source in book.definition.evidence.shown_sources.values():
        for fact in (source.kind, source.updated, source.note, source.url):
            if fact:
                yield implied.source(source), line(fact)


def _unused(site: BuiltSite, book: BuiltBook, page: BuiltPage) -> Iterator[Finding]:
    """Compare where a statement is said to be used with what rests on it; prose may use more."""
    uses = Sources(book.definition).uses(book.graph.numbers)
    ends: dict[str, set[str]] = {}
    said = {one.anchor: one for one in page.pieces.said}
    for name, used in uses.items():
        one = said.get(_anchor(name))
        told = {site.end(page, address) for address in one.used} if one else set()
        for use in used if one else ():
            user = site.step(book, use.step) if use.step else site.named(book, "urgent")
            if user and user.path not in told:
                fact = f"the statement '{name}' does not say that {user.path} rests on it"
                yield Finding(site.place(page.path), fact, "all that rests on it")
        for file in sorted(told):
            user = site.pages.get(file)
            if user and file not in ends:
                ends[file] = _ends(site, user)
            if f"{page.path}#{_anchor(name)}" not in ends.get(file, ()):
                fact = f"the statement '{name}' says that {file} rests on it, which it does not"
                yield Finding(site.place(page.path), fact, "what rests on it")


def _ends(site: BuiltSite, page: BuiltPage) -> set[str]:
    """Give the files and ids that the links of what a page itself says lead to."""
    return {site.end(page, link.address) for link in page.links if link.own and link.use == "go"}


def missing_citation(site: BuiltSite) -> Iterator[Finding]:
    """Every page tells the statements it rests on in their words, and leads to each of them."""
    for book in site.books:
        evidence = site.named(book, "evidence")
        known = book.definition.evidence
        for page, names in _citing(site, book):
            told = {_name(one): one for one in page.pieces.said}
            for name in dict.fromkeys(names):
                if name not in told:
                    fact = f"the page does not tell the statement '{name}' that it rests on"
                    yield Finding(site.place(page.path), fact, "each statement it rests on")
            for name, one in told.items():
                if name not in known.statements:
                    fact = f"the page tells a statement '{name}', which pathway.json does not hold"
                    yield Finding(site.place(page.path), fact, "what pathway.json holds")
                    continue
                statement = known.statements[name]
                source = known.sources[statement.source]
                origin = f"{implied.opened(source.kind)}: {implied.source(source)}"
                if (one.words, one.facts, one.source) != (
                    line(statement.text), implied.facts(name, statement), line(origin),
                ):  # fmt: skip
                    fact = f"the statement '{name}' is not told as pathway.json holds it"
                    yield Finding(site.place(page.path), fact, line(statement.text))
                end = f"{evidence.path}#{_anchor(name)}" if evidence else ""
                if one.address and site.end(page, one.address) != end:
                    fact = f"the statement '{name}' leads to '{one.address}'"
                    yield Finding(site.place(page.path), fact, end)


def _name(one: Said) -> str:
    """Read the id of a statement out of what is said about it."""
    return one.facts.partition(",")[0]


def _citing(site: BuiltSite, book: BuiltBook) -> Iterator[tuple[BuiltPage, list[str]]]:
    """Give the pages that tell statements, and those that each has to tell."""
    every: list[str] = []
    for name, step in book.steps.items():
        names = [one.name for one in of_step(book.definition, step)]
        every += names
        if page := site.step(book, name):
            yield page, names
    urgent = [name for alert in book.alerts for name in alert.evidence]
    if page := site.named(book, "urgent"):
        yield page, urgent
    if page := site.named(book, "print"):
        yield page, [*every, *urgent]


def missing_fact(site: BuiltSite) -> Iterator[Finding]:
    """Every fact about a step, and where sources differ, stands on its page and on paper."""
    for book in site.books:
        paper = site.named(book, "print")
        wanted: list[tuple[str, str, str, tuple[str, ...]]] = []
        cells: list[tuple[str, str, str]] = []
        for name, step in book.steps.items():
            page = site.step(book, name)
            claims, table = list(_claims(site, book, step)), list(_cells(book, step))
            wanted += [(name, label, text, ()) for label, text, _ in claims]
            cells += [(name, label, text) for label, text in table]
            if page:
                found = (
                    (one.label, one.words, _cites(site, page, one)) for one in page.pieces.claims
                )
                yield from differences(site, page, "fact", claims, found)
                seen = ((one.label, one.words) for one in page.pieces.cells)
                yield from differences(site, page, "fact in the table", table, seen)
        if paper:
            told = ((one.step, one.label, one.words, one.cites) for one in paper.pieces.claims)
            yield from differences(site, paper, "fact", wanted, told)
            listed = ((one.step, one.label, one.words) for one in paper.pieces.cells)
            yield from differences(site, paper, "fact in the table", cells, listed)


def _cites(site: BuiltSite, page: BuiltPage, one: Shown) -> tuple[str, ...]:
    return tuple(site.end(page, address) for address in one.cites)


def _claims(
    site: BuiltSite, book: BuiltBook, step: Step
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give the facts about a step: the label, the words, and the statements they rest on."""
    evidence = site.named(book, "evidence")
    labelled: list[tuple[str, Claim]] = list(known_facts(step).items())
    for label, claim in [*labelled, *(("differs", claim) for claim in step.differences)]:
        path = evidence.path if evidence else ""
        cites = tuple(f"{path}#{_anchor(name)}" for name in claim.evidence)
        yield label, line(claim.text), cites


def _cells(book: BuiltBook, step: Step) -> Iterator[tuple[str, str]]:
    """Give what the table says that lays options side by side."""
    for key, words in FIELDS.items():
        for name in book.graph.options(step):
            profile = book.steps[name].profile or Profile()
            claim: Claim | None = getattr(profile, key)
            yield words, line(claim.text) if claim else UNSAID


def missing_term(site: BuiltSite) -> Iterator[Finding]:
    """Every term stands in the glossary and on paper, and means the same wherever it is used."""
    for book in site.books:
        terms = book.definition.glossary.terms
        wanted = []
        for word, term in terms.items():
            also = f" ({', '.join(term.aliases)})" if term.aliases else ""
            wanted.append((f"term-{anchor(word)}", line(f"{word}{also}"), line(term.text)))
        if page := site.named(book, "glossary"):
            yield from differences(site, page, "term", wanted, _terms(page))
        if page := site.named(book, "print"):
            plain = [("", line(word), line(term.text)) for word, term in terms.items()]
            yield from differences(site, page, "term", plain, _terms(page))
        meanings = {
            f"pb_meaning_{anchor(word)}": line(f"{word}: {term.text}")
            for word, term in terms.items()
        }
        for page in site.pages.values():
            for one in page.pieces.meanings if site.of(page) is book else ():
                if meanings.get(one.name) != one.words:
                    fact = f"a term is explained as '{one.words}'"
                    expected = meanings.get(one.name, "a term of the glossary")
                    yield Finding(site.place(page.path), fact, expected)


def _terms(page: BuiltPage) -> Iterable[tuple[str, str, str]]:
    """Give the terms of a page, each with the meaning that follows it."""
    rows = page.pieces.terms
    return [
        (term.name, term.words, meaning.words)
        for term, meaning in zip(rows[::2], rows[1::2], strict=False)
    ]


def _anchor(name: str) -> str:
    return f"statement-{anchor(name)}"


RULES = tuple(map(whole, (missing_statement, missing_citation, missing_fact, missing_term)))
