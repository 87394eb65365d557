"""The shipped book says all that its source says, and names the source each time."""

import re
from collections.abc import Iterator
from statistics import median

import pytest
from markupsafe import escape

from conftest import ROOT, SHIPPED, definition
from pathbook import book, citations, prose, wording
from pathbook.model import Step
from pathbook.readability import measure
from test_pages import written

PROCEDURES = """
    epidural-steroid-injection facet-joint-injection diagnostic-block physical-therapy dry-needling
    mechanical-traction gabapentinoids muscle-relaxers rfa scs drg nerve-root-block prp
    decompression laminectomy microdiscectomy fusion disc-replacement
""".split()
"""Every procedure or medicine group that the article names."""

BOOK = definition(SHIPPED / "back-injection-not-working")
PAGES = {path.removesuffix(".md").split("/")[-1]: page.text for path, page in written(BOOK).items()}
STATEMENTS = BOOK.evidence.statements
SOURCES = BOOK.evidence.sources
HEADINGS = list(BOOK.pathway.content.sections)
SHOWN = {name: statement for name, statement in STATEMENTS.items() if statement.shown}

DIFFERENCES = {
    "D2": ("disc-replacement", "NICE (2016) England (2009)"),
    "D3": ("fusion", "NICE (2016) England North American Spine Society (United States, 2014)"),
    "D4": ("gabapentinoids", "NICE (2020) (2013) England VA/DoD (2017) MHRA (2019, 2026)"),
    "D5": ("had-injection", "NICE (2016) England BMJ (2025) AAN, 2025 ASIPP, 2013 United States"),
    "D6": ("rfa", "NICE (2016) England BMJ (2025) international 6 to 12 months"),
    "D7": ("scs", "NICE (2008) England Cochrane 2023 dispute"),
    "D8": ("drg", "(2017) different condition"),
    "D9": ("mechanical-traction", "NICE (2016) England WHO (2023) Colorado (2014)"),
    "D10": ("muscle-relaxers", "VA/DoD (2017) United States benzodiazepines"),
    "D11": ("medication-review", "NSAIDs first American College of Physicians (2017)"),
    "D12": ("prp", "emerging No guideline studies disagree CADTH"),
    "D13": ("dry-needling", "APTA, 2021 United States North American Spine Society (2020)"),
    "D14": ("diagnostic-block", "ASIPP, 2013 United States limited good"),
    "D15": ("reassess", "NICE (2016) England change the plan"),
    "D16": ("surgical-review", "North American Spine Society (2012) Colorado (2014) Emergencies"),
    "D17": (
        "physical-therapy",
        "self-management exercise psychological NICE (2016) England VA/DoD (2017)",
    ),
}
"""Where the article and guidelines differ: the page that says so, and words it must say it with."""


def texts(step: Step) -> Iterator[str]:
    """What is written for readers on the page of a step, as plain text."""
    yield step.summary
    yield from (claim.text for _, claim in step.profile or () if claim)
    yield from (claim.text for claim in step.differences)
    yield from (route.note for route in step.next)
    html = prose.render(BOOK.pages[step.id].text, lambda target: target)
    yield re.sub(r"<[^>]+>", " ", html)


def test_84_of_84_statements_of_the_article_are_shown_with_their_source() -> None:
    article = [name for name in STATEMENTS if re.fullmatch(r"F\d+", name)]
    assert article == [f"F{number}" for number in range(1, 85)]
    assert {STATEMENTS[name].source for name in article} == {"article"}
    assert all(STATEMENTS[name].shown for name in article)


def test_what_the_article_leaves_open_is_said_too() -> None:
    left_open = [name for name in STATEMENTS if re.fullmatch(r"A\d+", name)]
    assert left_open == [f"A{number}" for number in range(1, 21)]


@pytest.mark.parametrize("name", SHOWN)
def test_each_checked_statement_is_shown_on_a_page_and_with_its_source(name: str) -> None:
    anchor = name.replace(".", "_46_")
    said = f'{anchor}">{name}</a>'
    assert any(said in PAGES[page] for page in (*BOOK.pathway.steps, "urgent"))
    assert f'<li id="statement-{anchor}">{escape(SHOWN[name].text)} ' in PAGES["evidence"]


def test_what_nobody_checked_is_shown_nowhere() -> None:
    unchecked = [name for name, statement in STATEMENTS.items() if not statement.shown]
    assert len(unchecked) == 8
    for name in unchecked:
        for page, text in PAGES.items():
            assert str(escape(STATEMENTS[name].text)) not in text, page
            assert f">{name}</a>" not in text, page


def test_guidelines_stand_apart_with_body_country_and_year() -> None:
    guidelines = [source for source in SOURCES.values() if source.kind == "guideline"]
    assert len(guidelines) > 15
    for source in guidelines:
        assert source.body
        assert source.country
        assert source.year
    for name in BOOK.pathway.steps:
        for part in PAGES[name].split("\n## ")[1:]:
            kinds = set(re.findall(r'<p class="pb-from">(.*?):', part))
            if part.startswith("What guidelines say"):
                assert kinds == {"Guideline"}
            elif part.startswith("What the article says"):
                assert kinds == {"Article"}


@pytest.mark.parametrize("number", DIFFERENCES)
def test_a_difference_is_said_out_loud_with_body_country_and_year(number: str) -> None:
    page, words = DIFFERENCES[number]
    box = re.search(r'<div class="pb-differ".*?</div>', PAGES[page], re.DOTALL)
    assert box is not None
    said = re.sub(r"<span class=\"pb-meaning\".*?</span>|<[^>]*>", "", box.group())
    assert [word for word in re.findall(r"[\w/]+", words) if word not in said] == []


def test_every_inferred_route_says_what_the_article_leaves_open() -> None:
    inferred = [
        route for step in BOOK.pathway.steps.values() for route in step.next if route.inferred
    ]
    assert len(inferred) == 23
    assert [route.to for route in inferred if "article" not in route.note] == []
    for step in BOOK.pathway.steps.values():
        for route in step.next:
            if route.note:
                assert str(escape(route.note)) in PAGES[step.id]
                assert str(escape(route.note)) in PAGES[route.to]


def test_answers_are_yes_and_no_wherever_the_question_allows_it() -> None:
    decisions = [step for step in BOOK.pathway.steps.values() if step.kind == "decision"]
    plain = [
        step.id
        for step in decisions
        if [re.match("Yes|No", route.when) is not None for route in step.next] == [True, True]
    ]
    assert (len(decisions), len(plain)) == (12, 9)


def test_nothing_takes_a_side_or_promises() -> None:
    for step in BOOK.pathway.steps.values():
        text = " ".join(texts(step)).lower()
        for words in ("you should", "we recommend", "the best", "safe and effective", "guarantee"):
            assert words not in text, (step.id, words)


@pytest.mark.parametrize("name", PROCEDURES)
def test_each_procedure_has_its_page_under_the_same_headings(name: str) -> None:
    assert BOOK.pathway.steps[name].kind == "procedure"
    headings = re.findall(r"^## (.*)$", PAGES[name], flags=re.MULTILINE)
    assert headings[: len(HEADINGS)] == HEADINGS
    assert {"What can come next", "What the article says"} <= set(headings)


@pytest.mark.parametrize("name", PROCEDURES)
def test_risks_come_from_a_named_source_or_are_said_to_be_missing(name: str) -> None:
    risks = BOOK.pages[name].text.split("## Risks and limits\n")[1].split("\n## ")[0]
    assert "article gives no figures" in risks


@pytest.mark.parametrize("name", PROCEDURES)
def test_each_procedure_can_be_compared(name: str) -> None:
    profile = BOOK.pathway.steps[name].profile
    assert profile is not None
    assert profile.involves is not None
    assert profile.aim is not None
    assert all(claim.evidence for _, claim in profile if claim)


def test_there_are_18_procedures_and_no_others() -> None:
    kinds = [step.id for step in BOOK.pathway.steps.values() if step.kind == "procedure"]
    assert sorted(kinds) == sorted(PROCEDURES)
    assert len(PROCEDURES) == 18


def test_every_step_has_a_sentence_that_stands_alone_and_prose_with_questions_to_ask() -> None:
    for step in BOOK.pathway.steps.values():
        assert step.summary, step.id
        asked = BOOK.pages[step.id].text.partition("## Questions to ask\n")[2]
        assert asked.count("\n- ") >= 3, step.id
        assert asked.count("?\n") == asked.count("\n- "), step.id


def test_readers_understand_it_no_page_is_hard_and_no_sentence_long() -> None:
    found = {step.id: measures for step, measures in wording.measured(BOOK)}
    assert {name for name, page in found.items() if max(page.lengths) > 25} == set()
    assert {name for name, page in found.items() if page.mean > 15} == set()
    assert {name for name, page in found.items() if page.grade > 9} == set()
    assert median(page.grade for page in found.values()) <= 7


@pytest.mark.parametrize("name", ["about", "sources", "urgent-help", "privacy", "accessibility"])
def test_the_pages_around_the_book_are_plain_too(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    bodies = [source.body for source in SOURCES.values() if source.body]
    found = measure([prose.render(text, lambda target: target)], [*BOOK.glossary.terms, *bodies])
    assert max(found.lengths) <= 25
    assert found.mean <= 15
    assert found.grade <= 9


def test_nothing_in_it_gives_a_warning() -> None:
    assert [str(problem) for problem in book.read(SHIPPED, ROOT / "docs").problems] == []


@pytest.mark.parametrize("name", BOOK.pathway.steps)
def test_no_number_is_said_that_no_source_on_the_page_gives(name: str) -> None:
    step = BOOK.pathway.steps[name]
    cited = [STATEMENTS[one.name] for one in citations.of_step(BOOK, step)]
    given = " ".join(
        f"{one.text} {one.locator} {SOURCES[one.source].year} {SOURCES[one.source].updated}"
        for one in cited
        if one.shown
    )
    said = set(re.findall(r"\d[\d.,]*\d|\d", " ".join(texts(step))))
    assert said <= set(re.findall(r"\d[\d.,]*\d|\d", given))


def test_urgent_signs_stand_first_on_every_page_and_lead_to_who_to_call() -> None:
    assert [alert.level for alert in BOOK.pathway.alerts] == ["emergency", "urgent"]
    assert all(alert.added and alert.evidence for alert in BOOK.pathway.alerts)
    for name, text in PAGES.items():
        if name == "pathway.json":
            continue
        assert text.split("---\n", 2)[2].startswith('\n<section class="pb-alerts"'), name
        block = text[: text.index("</section>")]
        assert "Added by this site." in block
        if name != "urgent":
            assert re.search(r'<a href="[./urgent]*">Who to call</a>', block), name


def test_each_number_to_call_has_its_source_and_is_the_same_wherever_it_stands() -> None:
    called = set(re.findall(r'href="tel:(\d+)"', PAGES["urgent"]))
    around = (ROOT / "docs" / "urgent-help.md").read_text(encoding="utf-8")
    assert (
        called == set(re.findall(r"\(tel:(\d+)\)", around)) == {"999", "911", "112", "000", "111"}
    )
    given = " ".join(STATEMENTS[name].text for name in ("E4", "E5", "E7", "E8", "E10"))
    assert [number for number in called if number not in given] == []
