"""A reader walks through a pathway: each answer counts, each can be changed, nothing is lost."""

import pytest
from playwright.sync_api import Browser, Page

from conftest import SHIPPED, definition
from pathbook import walk
from pathbook.graph import Graph
from reader import BOOK, DESK, PHONE, in_view, page_in, states_of_the_chart

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

GRAPH = Graph(definition(SHIPPED / BOOK[1:]).pathway)
TO_CARE = "relief-check:no,reassess:part-of-it,severe-signs:no,source-clear:no"


def now(page: Page) -> str | None:
    return page.locator(".pb-walk-now").get_attribute("data-now")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_present_step_stands_in_view_beside_its_question(
    size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no,reassess:part-of-it")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("button", name="Yes", exact=True).click()
    text = page.url.partition("walk=")[2]
    found = walk.follow(GRAPH, walk.parse(text))
    here = f'.pb-strip[open] [data-at="{found.current}"][data-state="current"]'
    page.locator(here).wait_for()
    page.wait_for_function("document.activeElement.matches('.pb-walk-now')")
    assert in_view(page, found.current, ".pb-strips [data-at]")
    assert page.locator(".pb-strip[open]").count() == 1
    assert states_of_the_chart(page, ".pb-slice [data-at]") == walk.states(GRAPH, found)


def test_arrows_are_lit_as_the_boxes_are(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    found = walk.follow(GRAPH, walk.parse(TO_CARE))
    taken = {f"{name} {route}" for name, route in found.routes}
    whole = page.evaluate(
        """() => [...document.querySelectorAll("g[data-route][data-state=taken]")]
        .map(({ dataset }) => `${dataset.from} ${dataset.route}`)"""
    )
    staged = page.evaluate(
        """() => [...document.querySelectorAll("g[data-way][data-state=taken]")]
        .map(({ dataset }) => dataset.way)"""
    )
    assert set(whole) == set(staged) == taken


def test_what_goes_on_at_the_same_time_is_shown_with_where_it_meets(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    strands = page.locator(".pb-walk-strands")
    assert "Part 1 of 2 that go together" in strands.inner_text()
    assert "Review the medicines taken by mouth (comes after)" in strands.inner_text()
    assert "They meet at Is conservative care doing enough?" in strands.inner_text()
    page.get_by_role("button", name="Go on").click()
    assert "Part 2 of 2" in strands.inner_text()
    page.get_by_role("button", name="Go on").click()
    assert now(page) == "conservative-enough"
    assert strands.count() == 0


def test_a_walk_goes_on_in_another_pathway_and_comes_back(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/?walk=check:no")
    page.locator(".pb-walk-now a[data-goes-on]").click()
    page.wait_for_url("**/bare/?step=better&from=*")
    back = page.locator(".pb-walk-origin a")
    assert "You came from another pathway" in page.locator(".pb-walk-origin").inner_text()
    page.locator(".pb-walk-now button").first.click()
    assert "from=every-kind" in page.url
    back.click()
    page.wait_for_url("**/every-kind/?walk=check:no")
    assert now(page) == "elsewhere"


@pytest.mark.parametrize(
    "origin",
    ["javascript:alert(1)", "//example.org/", "nowhere?walk=a:b", "bare", "", '"]x', "a?b?c"],
)
def test_no_link_leads_back_to_what_is_no_pathway_that_leads_here(
    origin: str, chromium: Browser, tested: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/bare/?from={origin}")
    page.locator(".pb-walk-now").wait_for()
    assert page.locator(".pb-walk-origin").count() == 0


def test_a_link_that_no_longer_fits_says_what_changed(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(
        f"{shipped}{BOOK}/?walk=relief-check:yes,severe-signs:maybe,gone:x,rfa:y,source-clear:no,:,gone:x"
    )
    note = page.locator(".pb-walk-note:not(:empty)").inner_text()
    assert note.startswith("This link no longer fits in full: ")
    assert "no longer has the answer “maybe”" in note
    assert "“gone” is no longer a step of this pathway" in note
    assert "“Radiofrequency ablation (RFA)” no longer has the answer “y”; and 1 more." in note
    assert now(page) == "relief-rehab"
    assert page.url.endswith("?walk=relief-check:yes")


def test_an_answer_that_is_looked_at_again_is_not_lost_until_there_is_another(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    address = f"{shipped}{BOOK}/?walk={TO_CARE}"
    page.goto(address)
    page.get_by_role("button", name="Change: Does clear evidence").click()
    assert page.url == address
    assert now(page) == "severe-signs"
    before = page.get_by_role("button", name="No", exact=True)
    assert before.get_attribute("aria-current") == "true"
    page.get_by_role("button", name="Leave it as it was").click()
    assert page.url == address
    assert now(page) == "physical-therapy"


def test_a_change_is_announced_where_a_screen_reader_already_listens(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    listening = page.locator(".pb-walk [role=status]").element_handle()
    assert listening is not None
    page.get_by_role("button", name="Change: Did the injection").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    assert listening.evaluate("status => status.isConnected")
    page.locator(".pb-walk-note:not(:empty)").wait_for()
    assert listening.inner_text().startswith("Left out: “Full diagnostic reassessment”")


def test_what_is_optional_is_offered_and_never_needed(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    assert "Choose what is added, if anything." in page.locator(".pb-walk-now").inner_text()
    page.get_by_role("checkbox", name="Needling may be added").check()
    page.get_by_role("button", name="Go on").click()
    assert "dry-needling" in walk.follow(GRAPH, walk.parse(page.url.partition("walk=")[2])).taken
    page.go_back()
    page.get_by_role("button", name="Go on").click()
    assert page.url.endswith("physical-therapy:conservative-enough")
