"""Every page says what the definition says, links where it should, and lets nothing through."""

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from conftest import PATHWAYS, SHIPPED, TESTS, definition, definitions
from pathbook import book, pages
from pathbook.addresses import Addresses
from pathbook.graph import Graph
from pathbook.legend import legend
from pathbook.lines import Plan, Rect
from pathbook.model import Alert, Claim, Definition, Profile
from test_prose import elements

KEPT = """
    index begin check together extra elsewhere evidence glossary print urgent
""".split()


def unplanned(found: Definition) -> pages.Book:
    """A book whose boxes all stand in one spot: for what does not depend on Graphviz."""
    graph = Graph(found.pathway)
    boxes = {name: Rect(0, 0, 10, 10) for name in graph.order}
    return pages.Book(
        found,
        graph,
        Plan(10, 10, boxes, (), dict.fromkeys(graph.bands.values(), (0, 10))),
        date(2026, 11, 23),
    )


def written(found: Definition) -> pages.Pages:
    return pages.book_pages(unplanned(found))


@pytest.mark.parametrize("name", KEPT)
def test_pages_read_as_agreed(name: str, golden: Callable[[Path, str], None]) -> None:
    text = written(definition(PATHWAYS / "every-kind"))[f"every-kind/{name}.md"].text
    golden(TESTS / "golden" / "every-kind" / f"{name}.md", text)


def test_a_page_for_every_step_and_every_address_of_the_contract(any_pathway: Definition) -> None:
    names = {"index", "evidence", "glossary", "print", *any_pathway.pathway.steps}
    names |= {"urgent"} if any_pathway.pathway.alerts else set()
    expected = {f"{any_pathway.id}/{name}.md" for name in names} | {
        f"{any_pathway.id}/pathway.json"
    }
    found = written(any_pathway)
    assert {path for path in found if not path.endswith(".html")} == expected


def test_only_headings_are_markdown_so_that_any_generator_reads_the_rest(
    any_pathway: Definition,
) -> None:
    for path, page in written(any_pathway).items():
        if path.endswith(".md"):
            _, front, body = page.text.split("---\n", 2)
            assert not re.search(r"\n\n(?!#{1,6} |<|$)", body.strip()), path
            assert all(re.match(r"#{1,6} |<", line) for line in body.split("\n") if line), path
            assert front.startswith("title: ")


def test_nothing_of_a_definition_becomes_markup() -> None:
    for path, page in written(definition(PATHWAYS / "hostile")).items():
        if not path.endswith(".md"):
            continue
        ours = r'<script type="module" src="(\.\./)+assets/pathbook/pathbook\.js"></script>'
        found = elements(re.sub(ours, "", page.text))
        assert {"script", "img", "iframe", "object"}.isdisjoint({tag for tag, _, _ in found}), path
        assert not [name for _, name, _ in found if name.startswith("on") or name == "style"], path
        links = [value for _, name, value in found if name == "href"]
        strange = [
            link for link in links if not re.match(r"[\w./#?=-]*$|https://example\.org/", link)
        ]
        assert strange == [], path


def test_links_of_prose_lead_to_published_pages() -> None:
    found = written(definition(PATHWAYS / "every-kind"))
    assert 'href="../begin/"' in found["every-kind/check.md"].text
    assert 'href="../../bare/"' in found["every-kind/check.md"].text
    assert 'href="../check/"' in found["every-kind/begin.md"].text
    assert 'href="check/"' in found["every-kind/index.md"].text


def test_addresses_follow_the_site_where_pages_are_files() -> None:
    flat = Addresses(directories=False)
    found = pages.book_pages(unplanned(definition(PATHWAYS / "every-kind")), flat)
    assert 'href="begin.html"' in found["every-kind/check.md"].text
    assert 'href="../bare/index.html"' in found["every-kind/check.md"].text
    assert 'href="check.html"' in found["every-kind/index.md"].text
    assert 'href="#step-begin"' in found["every-kind/print.md"].text
    assert "every-kind/old-check.html" in found


def test_a_former_address_still_arrives() -> None:
    found = written(definition(PATHWAYS / "every-kind"))
    for name in ("old-check", "older-check"):
        assert 'url=../check/"' in found[f"every-kind/{name}/index.html"].text


def test_what_nobody_checked_is_never_shown() -> None:
    for page in written(definition(PATHWAYS / "every-kind")).values():
        assert "must never be shown" not in page.text
        assert "Nobody has read this" not in page.text


def test_urgent_advice_stands_above_everything_on_every_page() -> None:
    for path, page in written(definition(PATHWAYS / "every-kind")).items():
        if path.endswith(".md"):
            body = page.text.split("---\n", 2)[2]
            assert body.startswith('\n<section class="pb-alerts"'), path
            assert "Get emergency help now if" in body


def test_a_front_page_that_someone_wrote_is_kept() -> None:
    book = unplanned(definition(PATHWAYS / "bare"))
    text = pages.library_page(
        [book], intro="---\ntitle: Ours\n---\n# Our pathways\n\n- one\n    - two\n"
    )
    assert text.startswith("---\ntitle: Ours\n---\n")
    assert "\n# Our pathways\n\n- one\n    - two\n" in text
    assert 'href="bare/">Sore knee</a>' in text


def test_each_card_of_a_library_leads_to_its_own_urgent_help() -> None:
    books = [unplanned(found) for found in definitions(PATHWAYS)]
    text = pages.library_page(books)
    assert '<a href="every-kind/urgent/">Urgent help</a>' in text
    assert "bare/urgent/" not in text


def test_the_front_page_of_one_pathway_has_its_urgent_advice_first() -> None:
    text = pages.library_page([unplanned(definition(PATHWAYS / "every-kind"))])
    assert text.index("Get emergency help now if") < text.index("# Pathways")
    assert 'href="every-kind/check/"' in text


def test_a_link_names_the_pathway_it_goes_on_in() -> None:
    books = [unplanned(found) for found in definitions(PATHWAYS)]
    made = book.site(books)["every-kind/elsewhere.md"].text
    assert '<a href="../../bare/better/">Sore knee: Does rest help?</a>' in made


def test_a_page_leads_to_the_file_that_makes_it() -> None:
    found = written(definition(SHIPPED / "back-injection-not-working"))
    source = found["back-injection-not-working/rfa.md"].source
    assert str(source).endswith("flow/back-injection-not-working/pages/rfa.md")
    source = found["back-injection-not-working/evidence.md"].source
    assert str(source).endswith("flow/back-injection-not-working/evidence.yaml")
    source = found["back-injection-not-working/urgent.md"].source
    assert str(source).endswith("flow/back-injection-not-working/pathway.yaml")


def test_scripts_get_the_checked_definition(any_pathway: Definition) -> None:
    data = json.loads(written(any_pathway)[f"{any_pathway.id}/pathway.json"].text)
    steps = any_pathway.pathway.steps
    assert set(data["steps"]) == set(steps)
    assert [step["number"] for step in data["steps"].values()] == list(range(1, len(steps) + 1))
    for name, step in data["steps"].items():
        assert [(r["id"], r["to"], r["when"]) for r in step["next"]] == [
            (r.id, r.to, r.when) for r in steps[name].next
        ]


def test_what_scripts_get_is_as_the_published_schema_says(any_pathway: Definition) -> None:
    schema = json.loads(pages.assets()["schema/published.schema.json"].text)
    data = json.loads(written(any_pathway)[f"{any_pathway.id}/pathway.json"].text)
    jsonschema.validate(data, schema)
    assert data["$schema"] == "../schema/published.schema.json"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "steps": {"a": {}}}, schema)


def test_scripts_are_never_told_of_a_statement_that_nobody_checked() -> None:
    data = json.loads(written(definition(PATHWAYS / "every-kind"))["every-kind/pathway.json"].text)
    named = set(re.findall(r'"(G\d)"', json.dumps(data)))
    assert named == {"G1", "G3"} <= set(data["statements"])
    assert data["steps"]["extra"]["profile"]["first"]["evidence"] == ["A1"]


def test_a_reader_is_told_when_a_review_is_overdue() -> None:
    found = definition(PATHWAYS / "every-kind")
    late = dataclasses.replace(unplanned(found), today=date(2100, 1, 1))
    due = dataclasses.replace(unplanned(found), today=date(2099, 1, 31))
    banner = "<b>The review of this pathway is overdue.</b> It was due on 2099-01-31."
    for path, page in pages.book_pages(late).items():
        assert (banner in page.text) == path.endswith(".md"), path
    assert not [path for path, page in pages.book_pages(due).items() if banner in page.text]


def test_a_reader_is_told_when_a_pathway_is_retired() -> None:
    found = definition(PATHWAYS / "every-kind")
    retired = found.pathway.model_copy(update={"status": "retired"})
    text = written(dataclasses.replace(found, pathway=retired))["every-kind/begin.md"].text
    assert "<b>This pathway is retired.</b>" in text


def test_every_page_says_how_far_it_was_reviewed_and_links_to_the_about_page() -> None:
    found = dataclasses.replace(
        unplanned(definition(SHIPPED / "back-injection-not-working")), site=frozenset({"about.md"})
    )
    for path, page in pages.book_pages(found).items():
        if path.endswith(".md"):
            text = " ".join(page.text.split())
            assert (
                "version 0.2.0 of 2026-11-23: draft, not yet reviewed by a clinician."
                " Next review due 2027-11-23." in text
            ), path
            assert ">About this site</a>" in text


def test_the_first_use_of_a_term_is_explained_in_place_and_only_that() -> None:
    text = written(definition(PATHWAYS / "every-kind"))["every-kind/extra.md"].text
    assert text.count('class="pb-term"') == 2
    assert 'aria-describedby="pb_meaning_walk">walk</button>' in text
    assert "popover data-search-exclude><b>walk</b>: The answers given so far.</span>" in text


def test_options_stand_side_by_side_and_a_gap_is_named() -> None:
    text = written(definition(PATHWAYS / "every-kind"))["every-kind/together.md"].text
    table = re.search(r'<table class="pb-options".*?</table>', text, re.DOTALL)
    assert table is not None
    assert re.findall(r'<th scope="row"[^>]*>(.*?)</th>', table.group()) == list(
        pages.FIELDS.values()
    )
    assert len(re.findall(r'scope="col"', table.group())) == 2
    assert table.group().count("not stated in the sources") == 3 + 6
    assert "A &lt;" in table.group()


def test_what_disagrees_is_said_with_its_source_strength_and_how_far_it_was_checked() -> None:
    text = written(definition(PATHWAYS / "every-kind"))["every-kind/extra.md"].text
    assert "Where sources differ" in text
    assert (
        'not at all. <span class="pb-cites">source <a href="../evidence/#statement-G3" aria' in text
    )
    assert "strength: weak against, read in a summary, not in the original</span> <span" in text
    assert ">disagrees with the article</span>" in text
    headings = re.findall(r"^## (What .* says?)$", text, re.MULTILINE)
    assert headings == ["What the article says", "What guidelines say", "What other sources say"]


def test_prose_that_cites_leads_to_the_statement() -> None:
    text = written(definition(PATHWAYS / "every-kind"))["every-kind/urgent.md"].text
    assert 'href="../evidence/#statement-A3">in the book</a>' in text


def test_pages_around_a_library_show_urgent_advice_where_all_pathways_share_it() -> None:
    one, other = (unplanned(definition(PATHWAYS / name)) for name in ("every-kind", "bare"))
    assert "Get emergency help now if" in pages.shared_alerts([one], "about.md")
    assert 'href="../every-kind/urgent/"' in pages.shared_alerts([one], "about.md")
    assert pages.shared_alerts([one, other], "about.md") == ""
    assert pages.shared_alerts([other], "about.md") == ""
    assert pages.shared_alerts([], "about.md") == ""


def changed(name: str, **update: object) -> Definition:
    found = definition(PATHWAYS / name)
    return dataclasses.replace(found, pathway=found.pathway.model_copy(update=update))


def test_the_most_urgent_advice_comes_first_however_it_is_written() -> None:
    alerts = definition(PATHWAYS / "every-kind").pathway.alerts
    text = written(changed("every-kind", alerts=alerts[::-1]))["every-kind/begin.md"].text
    assert text.index("Get emergency help now if") < text.index("Good to know")


def test_advice_without_more_leads_nowhere() -> None:
    short = Alert(level="urgent", title="Call", text="now")
    found = written(changed("bare", alerts=(short,)))
    assert "Who to call" not in found["bare/index.md"].text
    assert "<p></p>" not in found["bare/urgent.md"].text


def test_nothing_is_compared_where_nothing_is_known_or_all_is_done() -> None:
    found = definition(PATHWAYS / "every-kind")
    steps = dict(found.pathway.steps)
    for take, profile, shown in (("one", None, False), ("all", True, False), ("one", True, True)):
        known = Profile(aim=Claim(text="x")) if profile else None
        kinds = {"kind": "procedure", "profile": known}
        two = {name: steps[name].model_copy(update=kinds) for name in ("left", "right")}
        together = steps["together"].model_copy(update={"take": take, "compare": ()})
        changed_steps = {**steps, **two, "together": together}
        text = written(changed("every-kind", steps=changed_steps))["every-kind/together.md"].text
        assert ("pb-options" in text) == shown, (take, profile)


def test_the_legend_explains_just_what_the_chart_uses() -> None:
    words = [text for _, text in legend(Graph(definition(PATHWAYS / "bare").pathway))]
    assert words == [
        "State: where someone is",
        "Decision: a question with answers",
        "End of this pathway",
        "Route that no source spells out",
    ]
