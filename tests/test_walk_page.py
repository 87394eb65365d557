"""A reader walks through a pathway: each answer counts, each can be changed, nothing is lost."""

import pytest
from playwright.sync_api import Browser, expect

from conftest import SHIPPED, definition
from pathbook import walk
from pathbook.graph import Graph
from reader import (
    BOOK,
    DESK,
    PHONE,
    at_address,
    in_view,
    page_in,
    stands_at,
    states_of_the_chart,
)

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

GRAPH = Graph(definition(SHIPPED / BOOK[1:]).pathway)
TO_CARE = "relief-check:no,reassess:part-of-it,severe-signs:no,source-clear:no"


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
    expect(page.locator(".pb-strip[open]")).to_have_count(1)
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
    expect(strands).to_contain_text("Part 1 of 2 that go together")
    expect(strands).to_contain_text("Review the medicines taken by mouth (comes after)")
    expect(strands).to_contain_text("They meet at Is conservative care doing enough?")
    page.get_by_role("button", name="Go on").click()
    expect(strands).to_contain_text("Part 2 of 2")
    page.get_by_role("button", name="Go on").click()
    stands_at(page, "conservative-enough")
    expect(strands).to_have_count(0)


def test_a_walk_goes_on_in_another_pathway_and_comes_back(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/?walk=check:no")
    page.locator(".pb-walk-now a[data-goes-on]").click()
    page.wait_for_url("**/bare/?step=better&from=*")
    back = page.locator(".pb-walk-origin a")
    expect(page.locator(".pb-walk-origin")).to_contain_text("You came from another pathway")
    page.locator(".pb-walk-now button").first.click()
    assert "from=every-kind" in page.url
    back.click()
    page.wait_for_url("**/every-kind/?walk=check:no")
    stands_at(page, "elsewhere")


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
    expect(page.locator(".pb-walk-origin")).to_have_count(0)


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
    stands_at(page, "relief-rehab")
    at_address(page, "?walk=relief-check:yes")


def test_an_answer_that_is_looked_at_again_is_not_lost_until_there_is_another(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    address = f"{shipped}{BOOK}/?walk={TO_CARE}"
    page.goto(address)
    page.get_by_role("button", name="Change: Does clear evidence").click()
    expect(page).to_have_url(address)
    stands_at(page, "severe-signs")
    before = page.get_by_role("button", name="No", exact=True)
    assert before.get_attribute("aria-current") == "true"
    page.get_by_role("button", name="Leave it as it was").click()
    expect(page).to_have_url(address)
    stands_at(page, "physical-therapy")


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
    expect(page.locator(".pb-walk-now")).to_contain_text("You can tick nothing.")
    page.get_by_role("checkbox", name="Needling may be added").check()
    page.get_by_role("button", name="Go on").click()
    assert "dry-needling" in walk.follow(GRAPH, walk.parse(page.url.partition("walk=")[2])).taken
    page.go_back()
    page.get_by_role("button", name="Go on").click()
    at_address(page, "physical-therapy:conservative-enough")


def test_the_focus_is_at_the_question_after_each_action(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    for name in ("Change: Does clear evidence", "Leave it as it was", "Go on", "Start again"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.matches('.pb-walk-now')")
    page.go_back()
    page.wait_for_function("document.activeElement.matches('.pb-walk-now')")


def test_where_a_box_stands_in_the_walk_is_heard(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no")
    heard = {
        step: page.locator(f'.pb-scroll [data-step="{step}"]').evaluate(
            "box => document.getElementById(box.getAttribute('aria-describedby'))?.textContent"
        )
        for step in ("relief-check", "reassess", "relief-rehab", "fusion")
    }
    assert heard == {
        "relief-check": "on your way",
        "reassess": "where you are",
        "relief-rehab": "no longer on your way",
        "fusion": None,
    }


def test_steps_that_ask_nothing_are_named_on_the_way(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no,reassess:part-of-it,severe-signs:yes")
    between = page.locator(".pb-walk-between").inner_text()
    assert between == "On the way: Full review: history, scans and how treatments worked"


def test_a_page_that_is_read_on_the_way_leads_back_to_the_answers(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    page.locator('.pb-scroll [data-step="rfa"]').click()
    page.get_by_role("link", name="Back to my answers").click()
    page.wait_for_url(f"**/?walk={TO_CARE}#walk-through-it")
    stands_at(page, "physical-therapy")
    page.goto(f"{shipped}{BOOK}/rfa/")
    expect(page.get_by_role("link", name="Back to my answers")).to_be_hidden()


def test_a_shared_walk_is_pointed_to_at_the_top(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    page.get_by_role("link", name="Go to where they lead").click()
    expect(page.get_by_role("heading", name="Walk through it")).to_be_visible()
    page.goto(f"{shipped}{BOOK}/")
    expect(page.get_by_text("This link holds answers.")).to_be_hidden()


def test_links_within_the_page_do_not_touch_the_walk(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk={TO_CARE}")
    page.get_by_role("button", name="Change: Does clear evidence").click()
    page.get_by_role("link", name="The same as a list").click()
    page.wait_for_url("**#all-steps-as-a-list")
    expect(page.get_by_role("button", name="Leave it as it was")).to_be_visible()


def test_stages_that_were_opened_by_hand_stay_open(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.locator(".pb-strip summary").last.click()
    page.get_by_role("button", name="No, or the pain came back").click()
    page.locator('.pb-strip[open] [data-at="reassess"][data-state="current"]').wait_for()
    assert page.locator(".pb-strip").last.get_attribute("open") is not None
