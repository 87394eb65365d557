"""An editor sees what a change means for readers, all that changed, and nothing that did not."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from conftest import PATHWAYS, SHIPPED, TESTS
from made import made_pathways
from pathbook import diff_chart, diff_page, diff_report, layout, load, prose
from pathbook.consequences import Consequences
from pathbook.diff import Difference, compared
from pathbook.diff_report import Report
from reader import page_in

GOLDEN = TESTS / "golden" / "diff"
BACK, EVERY, BARE = (
    SHIPPED / "back-injection-not-working",
    PATHWAYS / "every-kind",
    PATHWAYS / "bare",
)

Edit = Callable[[Path], None]
"""Changes the folder of a pathway."""


def put(old: str, new: str, file: str = "pathway.yaml") -> Edit:
    """Write something else in one place of a file, as a maintainer would."""

    def edit(pathway: Path) -> None:
        text = (pathway / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (text.count(old), old)
        (pathway / file).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def change(act: Callable[[Any], object]) -> Edit:
    """Change what `pathway.yaml` says, and write it anew as JSON, which is YAML too."""

    def edit(pathway: Path) -> None:
        file = pathway / "pathway.yaml"
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        act(data)
        file.write_text(json.dumps(data), encoding="utf-8")

    return edit


def rename(old: str, new: str) -> Edit:
    """Write another name wherever one stands in `pathway.yaml`."""

    def edit(pathway: Path) -> None:
        file = pathway / "pathway.yaml"
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text), encoding="utf-8")

    return edit


def drop_extra(data: Any) -> None:
    del data["steps"]["extra"], data["steps"]["together"]["compare"]
    data["steps"]["left"]["next"] = "finish"


def add_wait(data: Any) -> None:
    wait = {"kind": "action", "stage": "after-injection", "title": "Wait", "next": "reassess"}
    data["steps"] |= {"wait": wait}
    data["steps"]["injection-failed"]["next"][0]["to"] = "wait"


def add_end(data: Any) -> None:
    data["steps"]["surgery"] = {"kind": "outcome", "title": "Have an operation"}
    data["steps"]["better"]["next"].append({"when": "It got worse", "to": "surgery"})


EDITS: dict[str, tuple[Path, Sequence[Edit]]] = {
    "step-added": (BACK, [change(add_wait)]),
    "step-removed": (EVERY, [change(drop_extra)]),
    "step-renamed": (
        EVERY,
        [rename("round", "twice"), put("  twice:\n", "  twice:\n    was: round\n")],
    ),
    "step-renamed-without-was": (EVERY, [rename("round", "twice")]),
    "former-id-forgotten": (EVERY, [put("[old-check, older-check]", "[older-check]")]),
    "route-retargeted": (
        BACK,
        [put("id: no\n        to: injection-failed", "id: no\n        to: reassess")],
    ),
    "answer-reworded": (BACK, [put("when: Often part of it", "when: Nearly always")]),
    "answer-reworded-with-id": (
        BACK,
        [put("when: No, or the pain came back", "when: No, or it came back")],
    ),
    "evidence-changed": (
        EVERY,
        [
            put("        evidence: [A1, G1]", "        evidence: [A2, G1]"),
            put("The number is 1.", "The number is 2.", "evidence.yaml"),
            put("strength: strong, ", "", "evidence.yaml"),
            put("title: A trial,", "title: A large trial,", "evidence.yaml"),
            put("  walk: {text", "  walking: {text", "glossary.yaml"),
        ],
    ),
    "page-edited": (
        EVERY,
        [
            put("A word before", "Two words before", "pages/check.md"),
            put("| 1 | 2 |", "| 1 | 3 |", "pages/check.md"),
        ],
    ),
    "page-removed": (EVERY, [lambda pathway: (pathway / "pages" / "check.md").unlink()]),
    "end-lost": (EVERY, [put("      - when: はい\n        to: gone\n", "")]),
    "end-reached": (BARE, [change(add_end)]),
    "scenario-ends-elsewhere": (
        EVERY,
        [put("to: together\n        evid", "to: gone\n        evid")],
    ),
    "metadata": (
        EVERY,
        [
            put("status: published", "status: retired"),
            put("review_due: 2099-01-31", "review_due: 2099-02-28"),
            put("you cannot feel your foot", "you cannot feel your leg"),
            put("title: Then}", "title: After that}"),
            put("abbreviations: [OK]", "abbreviations: [OK, NHS]"),
        ],
    ),
}


def library(base: Path, pathway: Path, edits: Sequence[Edit] = ()) -> Path:
    """Copy a pathway into a library of its own and change it."""
    shutil.copytree(pathway, base / pathway.name)
    for edit in edits:
        edit(base / pathway.name)
    return base


def differences(old: Path, new: Path) -> tuple[Difference, ...]:
    return compared(load.library(old)[0], load.library(new)[0])


@pytest.fixture
def changed(folder: Path) -> Callable[..., Report]:
    """Compare a pathway with what edits make of it."""

    def report(pathway: Path, *edits: Edit) -> Report:
        before, after = (
            library(folder / "before", pathway),
            library(folder / "after", pathway, edits),
        )
        return Report("before", "after", differences(before, after))

    return report


def readers(report: Report) -> Consequences:
    ((_, found),) = report.changed
    return found


def paths(report: Report) -> list[tuple[str, ...]]:
    return [change.path for found in report.differences for change in found.changes]


# What is told, and what is not


@pytest.mark.parametrize("name", EDITS)
def test_a_change_is_told_as_it_was_agreed(
    name: str, changed: Callable[..., Report], golden: Callable[[Path, str], None]
) -> None:
    pathway, edits = EDITS[name]
    golden(GOLDEN / f"{name}.txt", diff_report.text(changed(pathway, *edits)))


def test_scripts_and_reviews_get_the_form_that_was_agreed(
    changed: Callable[..., Report], golden: Callable[[Path, str], None]
) -> None:
    edits = [edit for name in ("end-lost", "page-edited", "metadata") for edit in EDITS[name][1]]
    report = changed(EVERY, *edits)
    golden(GOLDEN / "several.json", diff_report.as_json(report))
    golden(GOLDEN / "several.md", diff_report.markdown(report))
    assert json.loads(diff_report.as_json(report))["counts"] == report.counts


def test_a_pathway_that_came_or_went_is_told_with_the_addresses_that_are_lost(
    folder: Path, golden: Callable[[Path, str], None]
) -> None:
    library(folder / "before", BARE)
    library(folder / "after", EVERY)
    library(folder / "before", PATHWAYS / "crossing-stages")
    library(folder / "after", PATHWAYS / "crossing-stages")
    found = Report("before", "after", differences(folder / "before", folder / "after"))
    golden(GOLDEN / "pathways.txt", diff_report.text(found))


@pytest.mark.parametrize("pathway", [BACK, EVERY, BARE], ids=lambda path: path.name)
def test_what_is_the_same_is_no_difference(pathway: Path, changed: Callable[..., Report]) -> None:
    report = changed(pathway)
    assert paths(report) == []
    assert report.changed == ()
    assert report.total.startswith("No differences. Compared 1 pathway, ")
    assert diff_report.text(report).endswith(f"\n{report.total}\n")


def reversed_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_all(value[key]) for key in reversed(value)}
    return [reversed_all(item) for item in reversed(value)] if isinstance(value, list) else value


def reordered(pathway: Path) -> None:
    """Write every file with all that it holds the other way round, in other quotes."""
    for file in pathway.glob("*.yaml"):
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        text = yaml.safe_dump(reversed_all(data), sort_keys=False, default_style='"', width=40)
        file.write_text(f"# Another way to write it\n{text}", encoding="utf-8")


def rewrapped(pathway: Path) -> None:
    """Begin a new line within the paragraphs of every page, which readers do not see."""
    for file in pathway.glob("pages/*.md"):
        text = file.read_text(encoding="utf-8")
        lines = re.sub(r"^([A-Z].{9,}?[a-z]) (?=[a-z])", r"\1\n", text, flags=re.MULTILINE)
        file.write_text(f"{lines}\n\n", encoding="utf-8")


@pytest.mark.parametrize("pathway", [BACK, EVERY, BARE], ids=lambda path: path.name)
@pytest.mark.parametrize("edit", [reordered, rewrapped])
def test_another_order_other_quotes_and_line_ends_are_no_difference(
    edit: Edit, pathway: Path, changed: Callable[..., Report]
) -> None:
    assert paths(changed(pathway, edit)) == []


def test_a_list_in_a_page_that_readers_see_differently_is_a_difference(
    changed: Callable[..., Report],
) -> None:
    page = Path("pages") / "right.md"
    before = "- one\n- two\n"
    report = changed(EVERY, lambda pathway: (pathway / page).write_text(before) and None)
    assert paths(report) == [("pages", "right")]
    shutil.copytree("after", "later")
    put("- two", "    - two", str(page))(Path("later") / "every-kind")
    (found,) = differences(Path("after"), Path("later"))
    assert [change.path for change in found.changes] == [("pages", "right")]


def test_a_route_to_a_step_that_was_renamed_leads_where_it_led(
    changed: Callable[..., Report],
) -> None:
    report = changed(EVERY, *EDITS["step-renamed"][1])
    assert paths(report) == [("steps", "twice", "id")]
    assert readers(report).are_harmless
    assert readers(report).walks == 4


def test_a_saved_answer_that_was_named_after_a_renamed_step_is_lost(
    changed: Callable[..., Report],
) -> None:
    step = "conservative-enough"
    report = changed(
        BACK, rename(step, "enough"), put("  enough:\n", f"  enough:\n    was: {step}\n")
    )
    found = readers(report)
    assert found.addresses_lost == ()
    assert [answer.walk for answer in found.answers_lost] == [
        f"physical-therapy:{step}",
        f"medication-review:{step}",
    ]
    assert {journey.now.waits and journey.now.waits.id for journey in found.walks_changed} == {
        "physical-therapy"
    }


def test_a_link_from_another_pathway_follows_a_renamed_step(folder: Path) -> None:
    edits = [
        rename("better", "relieved"),
        put("  relieved:\n", "  relieved:\n    was: better\n"),
    ]
    library(library(folder / "before", BARE), EVERY)
    library(library(folder / "after", BARE, edits), EVERY, [put("bare/better", "bare/relieved")])
    found = differences(folder / "before", folder / "after")
    assert [(one.id, len(one.changes)) for one in found] == [("bare", 1), ("every-kind", 0)]


def test_a_step_that_takes_over_a_former_id_keeps_the_address_but_is_not_renamed(
    changed: Callable[..., Report],
) -> None:
    def merge(data: Any) -> None:
        del data["steps"]["scan"]
        data["steps"]["walk"]["was"] = "scan"
        data["steps"]["better"]["next"][1]["to"] = "walk"

    report = changed(BARE, change(merge))
    assert paths(report) == [
        ("steps", "better", "next", "no", "to"),
        ("steps", "walk", "was"),
        ("steps", "scan"),
    ]
    assert readers(report).addresses_lost == ()
    assert readers(report).ends_lost == ()


def test_two_answers_that_change_places_are_told_as_routes_that_lead_elsewhere(
    changed: Callable[..., Report],
) -> None:
    def swap(data: Any) -> None:
        one, other = data["steps"]["better"]["next"]
        one["to"], other["to"] = other["to"], one["to"]

    report = changed(BARE, change(swap))
    assert paths(report) == [("steps", "better", "next", name, "to") for name in ("yes", "no")]
    assert len(readers(report).walks_changed) == readers(report).walks == 2
    assert not any(journey.is_cut_short for journey in readers(report).walks_changed)


def test_a_new_question_on_the_way_cuts_saved_walks_short(changed: Callable[..., Report]) -> None:
    def ask(data: Any) -> None:
        data["steps"]["pain"] |= {
            "take": "one",
            "next": [{"when": "Old", "to": "better"}, {"when": "New", "to": "scan"}],
        }

    found = readers(changed(BARE, change(ask)))
    assert [journey.is_cut_short for journey in found.walks_changed] == [True, True]
    assert {journey.now.waits and journey.now.waits.id for journey in found.walks_changed} == {
        "pain"
    }
    assert found.answers_lost == ()


def test_answers_that_may_no_longer_be_given_together_are_told(
    changed: Callable[..., Report],
) -> None:
    def only_one(data: Any) -> None:
        data["steps"]["surgery-type"].pop("take")

    (lost,) = readers(changed(BACK, change(only_one))).answers_lost
    assert lost.walk == "surgery-type:pressure;unstable;disc"


def test_a_chart_that_cannot_be_walked_says_so(changed: Callable[..., Report]) -> None:
    report = changed(BARE, put("start: pain", "start: pian"))
    assert paths(report) == [("start",)]
    assert readers(report).unwalked
    assert "No walk could be tried" in diff_report.text(report)


def test_ways_to_nowhere_and_undeclared_loops_are_compared_all_the_same(
    changed: Callable[..., Report],
) -> None:
    report = changed(
        BARE, put("        to: scan", "        to: sacn"), put("    next: better", "    next: pain")
    )
    assert ("steps", "better", "next", "no", "to") in paths(report)
    assert readers(report).ends_lost


def test_a_long_list_says_how_much_it_leaves_out(folder: Path) -> None:
    library(folder / "before", BACK)
    library(folder / "after", BARE)
    text = diff_report.text(Report("", "", differences(folder / "before", folder / "after")))
    assert "Addresses that lead nowhere any more: 49." in text
    assert text.count("- back-injection-not-working/") == 12
    assert "- and 37 more\n" in text


def test_prose_that_is_nested_too_deeply_to_read_is_compared_as_it_is_written(
    changed: Callable[..., Report],
) -> None:
    def nest(pathway: Path) -> None:
        (pathway / "pages" / "check.md").write_text(f"{'> ' * 3000}deep\nand deeper\n")

    assert paths(changed(EVERY, nest)) == [("pages", "check")]


# What the forms let through


def hostile(folder: Path) -> Report:
    """Compare a pathway of hostile texts with one in which all of them are other hostile texts."""
    library(folder / "before", PATHWAYS / "hostile")
    shutil.copytree(folder / "before", folder / "after")
    for file in (folder / "after" / "hostile").rglob("*.*"):
        text = file.read_text(encoding="utf-8").replace("alert(1)", "alert(2)")
        file.write_text(
            f"{text}\n```\n@someone #1 www.example.org\n" if file.suffix == ".md" else text
        )
    put("        to: c\n", "        to: b\n")(folder / "after" / "hostile")
    report = Report("<b>*old*</b>", "@new", differences(folder / "before", folder / "after"))
    assert len(paths(report)) > 20
    return report


def test_no_text_of_a_definition_acts_in_a_terminal(folder: Path) -> None:
    report = hostile(folder)
    for write in (diff_report.text, diff_report.as_json, diff_report.markdown):
        text = write(report)
        assert "\u202e" not in text
        assert "\\u202e" in text
    data = json.loads(diff_report.as_json(report))
    assert "\u202e" in data["pathways"][0]["title"]


def test_no_text_of_a_definition_is_markdown_in_a_review(folder: Path) -> None:
    text = diff_report.markdown(hostile(folder))
    blocks = re.sub(r"^(`{3,})diff\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"<[^>]*>?", blocks)) == {
        "<details>", "</details>", "<summary>", "</summary>", "<b>", "</b>",
    }  # fmt: skip
    assert not re.search(r"[\[\]`|]|://|www\.|@|#\d(?!\d*;)", blocks)
    assert prose.links(blocks) == ()


class Elements(HTMLParser):
    """Gathers the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, key: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if key in attributes]


def page(report: Report) -> str:
    unions = diff_chart.unions(report.differences)
    return diff_page.html(report, unions, diff_chart.draw(unions))


@pytest.mark.graphviz
def test_the_page_runs_nothing_and_asks_no_other_host(folder: Path) -> None:
    text = page(hostile(folder))
    elements = Elements(text)
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form"}
    for _, attributes in elements.found:
        assert not [key for key in attributes if key.startswith("on") or key in {"src", "action"}]
        assert (attributes.get("href") or "#").startswith("#")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "default-src 'none'" in text
    assert "\u202e" not in text


@pytest.mark.graphviz
def test_the_page_has_a_title_one_heading_and_ends_for_all_its_links(
    changed: Callable[..., Report],
) -> None:
    edits = [edit for name in ("step-removed", "end-lost", "metadata") for edit in EDITS[name][1]]
    text = page(changed(EVERY, *reversed(edits)))
    elements = Elements(text)
    assert [tag for tag, _ in elements.found].count("h1") == 1
    assert "<title>What changed from before to after</title>" in text
    assert ("html", {"lang": "en"}) in elements.found
    ids = [attributes["id"] for attributes in elements.having("id")]
    assert len(set(ids)) == len(ids)
    links = {(attributes["href"] or "").removeprefix("#") for attributes in elements.having("href")}
    assert links <= set(ids)


# The chart of both states


CHARTED = [name for name, (pathway, _) in EDITS.items() if pathway != BACK or "route" in name]


@pytest.mark.graphviz
@pytest.mark.parametrize("name", CHARTED)
def test_every_step_and_route_of_both_states_is_in_the_chart_with_its_mark(
    name: str, changed: Callable[..., Report]
) -> None:
    pathway, edits = EDITS[name]
    report = changed(pathway, *edits)
    (found,) = report.differences
    elements = Elements(page(report))
    marks = {entry.id: entry.how for entry in found.entries if entry.part == "step"}
    boxes = elements.having("data-step")
    assert {box["data-step"]: box.get("data-change") for box in boxes} == {
        name: marks.get(name) for name in found.steps
    }
    drawn = {
        (arrow["data-from"], arrow["data-to"], arrow["data-route"]): arrow.get("data-change")
        for arrow in elements.having("data-route")
    }
    assert drawn == expected_routes(found)
    labels = {box["data-step"]: str(box["aria-label"]) for box in boxes}
    assert all(labels[name].startswith(f"{how}: ") for name, how in marks.items())


def expected_routes(found: Difference) -> dict[tuple[str, str, str], str | None]:
    """Tell from the differences alone how each route has to be drawn."""
    assert found.new is not None
    assert found.before is not None
    routes: dict[tuple[str, str, str], str | None] = {
        (step.id, route.to, route.id): None
        for step in found.new.pathway.steps.values()
        for route in step.next
    }
    old = {
        (step.id, route.id): route
        for step in found.before.pathway.steps.values()
        for route in step.next
    }
    for change in found.changes:
        if change.path[:3:2] != ("steps", "next"):
            continue
        _, step, _, route, *key = change.path
        if change.how == "removed" and not key:
            routes[step, old[step, route].to, route] = "removed"
            continue
        (now,) = [
            name for name in routes if name[::2] == (step, route) and routes[name] != "removed"
        ]
        routes[now] = "changed" if key else "added"
        if key == ["to"]:
            routes[step, change.old, route] = "removed"
    return routes


@pytest.mark.graphviz
def test_any_two_pathways_can_be_drawn_as_one(folder: Path) -> None:
    found = made_pathways(folder, range(24)).definitions
    for old, new in zip(found[::2], found[1::2], strict=True):
        named = load.definition(folder / "flow" / new.id)[0]
        assert named is not None
        shutil.copytree(folder / "flow" / old.id, folder / "old" / old.id)
        shutil.copytree(folder / "flow" / new.id, folder / "new" / old.id)
    report = Report("old", "new", differences(folder / "old", folder / "new"))
    unions = diff_chart.unions(report.differences)
    drawn = diff_chart.draw(unions)
    assert len(drawn) == 12
    for one in report.differences:
        for name in one.steps:
            assert f'data-step="{name}"' in drawn[one.id]
        assert unions[one.id].graph.loops == ()


@pytest.mark.graphviz
def test_where_a_chart_cannot_be_drawn_the_page_says_so_and_lists_everything(
    changed: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        message = "out of ink"
        raise layout.LayoutError(message)

    monkeypatch.setattr(layout, "place_all", fail)
    text = page(changed(EVERY, *EDITS["end-lost"][1]))
    assert "This chart could not be drawn." in text
    assert "pb-scroll" not in text.partition("</style>")[2]
    assert 'id="change-every-kind.check"' in text


@pytest.mark.graphviz
def test_one_chart_that_cannot_be_drawn_leaves_the_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, pathway in (("before", BARE), ("after", BARE)):
        library(library(folder / name, pathway), EVERY)
    change(add_end)(folder / "after" / "bare")
    EDITS["end-lost"][1][0](folder / "after" / "every-kind")
    unions = diff_chart.unions(differences(folder / "before", folder / "after"))
    place = layout.place_all

    def place_some(dots: dict[str, str]) -> object:
        if "bare" in dots:
            message = "out of ink"
            raise layout.LayoutError(message)
        return place(dots)

    monkeypatch.setattr(layout, "place_all", place_some)
    assert set(unions) == {"bare", "every-kind"}
    assert set(diff_chart.draw(unions)) == {"every-kind"}


@pytest.mark.browser
@pytest.mark.graphviz
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_barrier_and_fits_a_small_phone(
    scheme: str, folder: Path, changed: Callable[..., Report], chromium: Browser
) -> None:
    edits = [
        edit for name in ("step-removed", "end-lost", "page-edited") for edit in EDITS[name][1]
    ]
    (folder / "page.html").write_text(page(changed(EVERY, *reversed(edits))), encoding="utf-8")
    for size in ({"width": 360, "height": 640}, {"width": 1280, "height": 900}):
        shown = page_in(chromium, size, color_scheme=scheme)
        shown.goto((folder / "page.html").as_uri())
        found = Axe().run(shown)
        assert found.violations_count == 0, found.generate_report()
        assert shown.evaluate("document.documentElement.scrollWidth") <= size["width"]
