"""A pathway of hundreds of steps is shown part by part, under an overview that leads to each."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import reader
from conftest import build_site
from made import large_pathway
from pathbook import book, built_page, chart, layout, overview, pages
from pathbook.book import Checked
from pathbook.graph import Graph
from pathbook.pages import Book
from reader import PHONE, at_address, page_in, stands_at

SIZES = [(121, 0), (200, 8), (500, 0), (2000, 200)]
"""Steps and stages."""


def checked(folder: Path, size: int, stages: int) -> Checked:
    (folder / "flow" / "large").mkdir(parents=True)
    text = json.dumps(large_pathway(size, stages))
    (folder / "flow" / "large" / "pathway.yaml").write_text(text, encoding="utf-8")
    found = book.read(folder / "flow")
    assert [str(problem) for problem in found.errors] == []
    return found


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]} steps, {size[1]} stages")
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    (found,) = book.draw(checked(tmp_path_factory.mktemp("large"), *request.param))
    return found


def page_of(large: Book, name: str = "index") -> built_page.BuiltPage:
    text = pages.book_pages(large)[f"large/{name}.md"].text
    return built_page.read(f"large/{name}.html", text)


pytestmark = pytest.mark.graphviz


def test_no_step_or_route_of_a_large_pathway_is_lost_or_stands_twice_in_its_charts(
    large: Book,
) -> None:
    page = page_of(large).pieces
    routes = Counter((step.id, route.to, route.id) for step, route in large.graph.routes())
    assert Counter(box.step for box in page.boxes) == Counter(large.graph.order)
    assert Counter(arrow.way for arrow in page.arrows) == routes
    assert Counter(item.step for item in page.items) == Counter(large.graph.order)
    told = ((way.step, way.data) for way in page.ways)
    data = ((step, dict(found)) for step, found in told)
    assert Counter((step, one["data-to"], one["data-route"]) for step, one in data) == routes


def test_every_link_within_the_page_of_a_large_pathway_arrives(large: Book) -> None:
    page = page_of(large)
    # Markdown gives these to the headings.
    given = {"walk-through-it", "the-chart", "all-steps-as-a-list"}
    inside = {link.address[1:] for link in page.links if link.address.startswith("#")}
    assert inside - given <= set(page.ids)
    assert all(len(places) == 1 for places in page.ids.values())


def test_nothing_on_the_page_of_a_large_pathway_is_too_large_to_read(large: Book) -> None:
    found = overview.parts(large.graph)
    assert max(len(part.steps) for part in found) <= overview.PART
    assert [step.id for part in found for step in part.steps] == list(large.graph.order)
    boxes = overview.overview(large.graph).pathway.steps
    assert 2 <= len(boxes) <= overview.BOXES
    assert len(large.plan.boxes) == len(boxes)


def test_graphviz_is_never_given_more_than_a_chart_that_can_be_read(large: Book) -> None:
    assert chart.dot(overview.shown(large.graph)).count("width=") <= overview.WHOLE + 5


def test_every_part_is_reached_from_the_overview_and_named_for_a_screen_reader(
    large: Book,
) -> None:
    drawn = str(overview.draw(large.graph, large.plan))
    named = re.findall(r'data-parts="([^"]+)" aria-label="([^"]+)"', drawn)
    numbers = [int(number) for some, _ in named for number in some.split()]
    assert numbers == [part.number for part in overview.parts(large.graph)]
    assert all(re.search(r", steps? \d+( to \d+)?$", label) for _, label in named)


def test_the_page_for_paper_shows_a_large_pathway_part_by_part(large: Book) -> None:
    page = page_of(large, "print")
    assert Counter(box.step for box in page.pieces.boxes) == Counter(large.graph.order)


def test_a_pathway_that_fits_one_chart_stays_whole(graph: Graph) -> None:
    assert overview.shown(graph) is graph
    assert [part.steps for part in overview.parts(graph)] == [
        steps for _, steps in graph.sections()
    ]


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    base = tmp_path_factory.mktemp("site")
    (base / "books" / "large").mkdir(parents=True)
    text = json.dumps(large_pathway(200, 8))
    (base / "books" / "large" / "pathway.yaml").write_text(text, encoding="utf-8")
    with reader.served(build_site(base, base / "books")) as address:
        yield address


@pytest.mark.browser
@pytest.mark.site
@pytest.mark.parametrize("size", [reader.DESK, PHONE], ids=["desk", "phone"])
def test_a_box_of_the_overview_opens_its_part(
    size: dict[str, int], chromium: Browser, large_site: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{large_site}/large/")
    page.locator('[data-parts="6"]').click()
    at_address(page, "#part-6")
    expect(page.locator("#part-6 [data-step]").first).to_be_in_viewport()


@pytest.mark.browser
@pytest.mark.site
def test_a_walk_goes_on_from_part_to_part_and_lights_the_overview(
    chromium: Browser, large_site: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{large_site}/large/?walk=s0:1,s3:4,s6:50,s51:110")
    stands_at(page, "s111")
    expect(page.locator('.pb-box[data-step="s111"]')).to_have_attribute("data-state", "current")
    states = page.evaluate(
        "[...document.querySelectorAll('[data-parts]')].map(box => box.dataset.state)"
    )
    ahead = ["reachable"] * 3
    assert states == ["taken", "ruled-out", "taken", "reachable", "current", *ahead]
    page.locator('.pb-walk-now button[data-answer="170"]').click()
    stands_at(page, "s171")
    expect(page.locator('[data-parts="7"]')).to_have_attribute("data-state", "current")
    expect(page.locator('.pb-box[data-step="s171"]')).to_be_visible()


@pytest.mark.browser
@pytest.mark.site
def test_a_step_is_found_by_its_name_and_by_its_address_in_a_part_that_is_closed(
    chromium: Browser, large_site: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{large_site}/large/?step=s150")
    expect(page.locator('.pb-box[data-step="s150"]')).to_be_focused()
    page.get_by_label("Find a step in the chart").fill("step 77")
    page.keyboard.press("Enter")
    expect(page.locator('.pb-box[data-step="s77"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('.pb-box[data-step="s78"]')).to_be_focused()


def test_a_large_pathway_is_laid_out_within_the_limit_of_one_chart(tmp_path: Path) -> None:
    seen: list[str] = []

    def noted(dots: dict[str, str]) -> dict[str, layout.Layout]:
        seen.extend(dots.values())
        return layout.place_all(dots)

    book.draw(checked(tmp_path, 2000, 20), noted)  # type: ignore[arg-type]
    (dot,) = seen
    assert len(dot) < 20_000
