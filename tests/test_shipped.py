"""The shipped book says all that its source says, and names the source each time."""

import re

import pytest
from markupsafe import escape

from conftest import SHIPPED, definition
from pathbook import prose
from test_pages import written

PROCEDURES = """
    epidural-steroid-injection facet-joint-injection diagnostic-block physical-therapy dry-needling
    mechanical-traction gabapentinoids muscle-relaxers rfa scs drg nerve-root-block prp
    decompression laminectomy microdiscectomy fusion disc-replacement
""".split()
"""Every procedure or medicine group that the article names."""

HEADINGS = [
    "What it is",
    "When it is considered",
    "What must come first",
    "What happens",
    "What it aims at, and how long it may last",
    "Risks and limits",
    "Questions to ask",
]

BOOK = definition(SHIPPED / "back-injection-not-working")
PAGES = {path.removesuffix(".md").split("/")[-1]: page.text for path, page in written(BOOK).items()}


def test_84_of_84_statements_are_shown_with_their_source() -> None:
    statements = BOOK.evidence.statements
    assert list(statements) == [f"F{number}" for number in range(1, 85)]
    on_steps = "".join(PAGES[name] for name in BOOK.pathway.steps)
    for name, statement in statements.items():
        text = str(escape(statement.text))
        link = (
            f'<span class="pb-locator"><a href="../evidence/#statement-{name}">{name}</a>, Section '
        )
        assert f"<li>{text} {link}" in on_steps, name
        assert (
            f'<li id="statement-{name}"><b class="pb-id">{name}</b> {text} <span'
            in PAGES["evidence"]
        )


def test_every_list_of_statements_names_its_source() -> None:
    source = "<cite>What happens if back injections don&#39;t work?</cite></p>\n"
    for name in BOOK.pathway.steps:
        lists = PAGES[name].count('<ul class="pb-statements">')
        assert PAGES[name].count(f'{source}<ul class="pb-statements">') == lists
        assert lists == (0 if name in {"continue-with-team", "no-surgery-target"} else 1)


def test_every_statement_is_used_by_a_step() -> None:
    assert "Not used by any step yet" not in PAGES["evidence"]


@pytest.mark.parametrize("name", PROCEDURES)
def test_each_procedure_has_its_page_under_the_same_headings(name: str) -> None:
    assert BOOK.pathway.steps[name].kind == "procedure"
    headings = re.findall(r"^## (.*)$", PAGES[name], flags=re.MULTILINE)
    assert headings[: len(HEADINGS)] == HEADINGS
    assert "What the sources say" in headings


def test_there_are_18_procedures_and_no_others() -> None:
    kinds = [step.id for step in BOOK.pathway.steps.values() if step.kind == "procedure"]
    assert sorted(kinds) == sorted(PROCEDURES)
    assert len(PROCEDURES) == 18


def test_every_step_has_a_sentence_that_stands_alone() -> None:
    assert [step.id for step in BOOK.pathway.steps.values() if not step.summary] == []


@pytest.mark.parametrize("name", sorted(BOOK.pages))
def test_prose_is_in_short_sentences(name: str) -> None:
    html = prose.render(BOOK.pages[name].text, lambda target: target)
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</(h\d|p|li)>", ". ", html))
    sentences = [part.split() for part in re.split(r"[.!?:]+\s", text) if part.split()]
    lengths = [len(words) for words in sentences]
    assert max(lengths) <= 25
    assert sum(lengths) / len(lengths) <= 15


def test_the_only_figure_is_the_one_the_article_gives() -> None:
    figures = {name: re.findall(r"\d+", page.text) for name, page in BOOK.pages.items()}
    assert {name: found for name, found in figures.items() if found} == {"rfa": ["6", "1"]}


def test_urgent_signs_stand_first_on_every_page() -> None:
    assert [alert.level for alert in BOOK.pathway.alerts] == ["emergency", "urgent"]
    for name, text in PAGES.items():
        if name != "pathway.json":
            assert text.split("---\n", 2)[2].startswith('\n<section class="pb-alerts"'), name
