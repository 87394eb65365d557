"""Readers use the chart as a map: by pointing, by touch, by keyboard, stage by stage."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from conftest import SHIPPED, definition
from pathbook.graph import Graph
from reader import BOOK, DESK, PHONE, focused, in_view, page_in

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

GRAPH = Graph(definition(SHIPPED / BOOK[1:]).pathway)
CHART = ".pb-scroll .pb-chart"
TARGET = 24
"""Pixels: WCAG 2.2, 2.5.8."""


def width(chart: Locator) -> float:
    box = chart.bounding_box()
    assert box is not None
    return box["width"]


def box_of(page: Page, step: str) -> Locator:
    return page.locator(f'.pb-scroll [data-step="{step}"]')


def lit(page: Page) -> set[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('.pb-box[data-lit]')].map(box => box.dataset.step)"
    )
    return set(found)


def test_pointing_at_a_box_lights_what_leads_to_it_and_what_follows_and_says_what_it_is(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    box_of(page, "pain-type").hover()
    card = page.locator(".pb-card-about")
    card.wait_for()
    step = GRAPH.pathway.steps["pain-type"]
    expect(card).to_contain_text("23 What kind of pain is it? · Decision")
    expect(card).to_contain_text(step.summary)
    before = {way.step.id for way in GRAPH.arrivals["pain-type"]}
    assert lit(page) == before | {route.to for route in step.next}
    shown, at = card.bounding_box(), box_of(page, "pain-type").bounding_box()
    assert shown is not None
    assert at is not None
    beside = shown["x"] >= at["x"] + at["width"] - 6 or shown["x"] + shown["width"] <= at["x"] + 6
    assert beside or shown["y"] >= at["y"] + at["height"] - 6


def test_the_card_stays_while_it_is_pointed_at_and_goes_when_the_pointer_leaves(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    box_of(page, "rfa").hover()
    card = page.locator(".pb-card-about")
    card.wait_for()
    card.hover()
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    card.wait_for(state="hidden")
    assert lit(page) == set()


def test_escape_closes_the_card_and_leaves_pointer_and_focus_where_they_are(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    card = page.locator(".pb-card-about")
    box_of(page, "rfa").hover()
    card.wait_for()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.goto(f"{shipped}{BOOK}/?step=rfa")
    page.keyboard.press("ArrowDown")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    assert focused(page) == "less-invasive-enough"


def test_a_box_in_focus_has_its_summary_as_description(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?step=rfa")
    page.keyboard.press("ArrowUp")
    name = focused(page)
    described = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
    )
    assert described == GRAPH.pathway.steps[name].summary


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_covers_what_has_the_focus(
    size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{shipped}{BOOK}/")
    page.locator(".pb-scroll").focus()
    covered = []
    for key in ["Tab"] * len(GRAPH.order) + ["Shift+Tab"] * (len(GRAPH.order) - 1):
        page.keyboard.press(key)
        seen = page.evaluate(
            """() => {
                const box = document.activeElement;
                const at = box.getBoundingClientRect();
                const found = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
                return box.contains(found);
            }"""
        )
        if not seen:
            covered.append((key, focused(page)))
    assert covered == []


def test_two_fingers_make_the_chart_larger_and_one_moves_the_page(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{shipped}{BOOK}/?step=rfa")
    chart = page.locator(CHART)
    before = width(chart)
    view = page.locator(".pb-scroll").bounding_box()
    assert view is not None
    x, y = view["x"] + view["width"] / 2, view["y"] + 150
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + away, "y": y, "id": i} for i, away in enumerate(apart)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -20, 20)
    for away in (30, 40, 60):
        touch("touchMove", -away, away)
    touch("touchEnd")
    page.wait_for_function(
        "before => document.querySelector('.pb-scroll .pb-chart').getBoundingClientRect().width"
        " > 1.5 * before",
        arg=before,
    )
    action = page.locator(".pb-scroll").evaluate("view => getComputedStyle(view).touchAction")
    assert action == "pan-x pan-y"


def test_keys_make_the_chart_larger_smaller_and_fit(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    chart = page.locator(CHART)
    page.locator(".pb-scroll").focus()
    before = width(chart)
    page.keyboard.press("+")
    larger = width(chart)
    assert larger > before
    page.keyboard.press("-")
    assert width(chart) < larger
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert width(chart) == pytest.approx(before, rel=0.02)


def test_arrow_keys_follow_the_routes_stage_by_stage_too(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/")
    page.locator('.pb-strips [data-at="relief-check"]').focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == "relief-rehab"
    page.keyboard.press("End")
    assert focused(page) == GRAPH.order[-1]
    assert in_view(page, GRAPH.order[-1], ".pb-strips [data-at]")


def test_a_stage_is_read_at_360_pixels_without_moving_sideways(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE, java_script_enabled=False)
    page.goto(f"{shipped}{BOOK}/")
    expect(page.locator(".pb-strip")).to_have_count(5)
    for strip in page.locator(".pb-strip").all():
        if strip.get_attribute("open") is None:
            strip.locator("summary").click()
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".pb-slice")].map(slice => {
            const text = slice.querySelector(".pb-text");
            const at = slice.getBoundingClientRect();
            const scale = at.width / slice.viewBox.baseVal.width;
            return [at.left, at.right, parseFloat(getComputedStyle(text).fontSize) * scale];
        })"""
    )
    assert len(sizes) == len(GRAPH.order)
    for left, right, size in sizes:
        assert left >= 0
        assert right <= PHONE["width"]
        assert size >= 13
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_all_that_can_be_tapped_has_24_pixels_at_the_smallest_scale(
    size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no")
    for _ in range(8):
        page.get_by_role("button", name="Smaller").click()
    page.evaluate("document.querySelectorAll('.pb-strip').forEach(strip => strip.open = true)")
    small = page.evaluate(
        """least => [...document.querySelectorAll(
            ".pb-scroll a, .pb-strips :is(a, summary), .pb-map :is(button, input),"
            + ".pb-walk :is(button, label, summary)"
        )].map(one => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, at]) => at.width < least - 0.5 || at.height < least - 0.5)
        .map(([text, at]) => [text, at.width, at.height])""",
        TARGET,
    )
    assert small == []


def test_a_named_step_of_another_stage_is_one_tap_away(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE, has_touch=True, java_script_enabled=False)
    page.goto(f"{shipped}{BOOK}/")
    page.locator('.pb-strips a.pb-on[href="#at-reassess"]:visible').tap()
    box = page.locator("#at-reassess")
    expect(box).to_be_visible()
    at = box.bounding_box()
    assert at is not None
    assert 0 <= at["y"] <= PHONE["height"]


def test_what_is_not_found_is_said_and_leaving_the_field_moves_nothing(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    field = page.get_by_label("Find a step in the chart")
    field.fill("zzz")
    field.press("Enter")
    assert page.locator(".pb-map [role=status]").inner_text() == "No step found"
    field.fill("lamin")
    field.press("Tab")
    assert focused(page) == ""
    field.fill("8")
    field.press("Enter")
    assert focused(page) == GRAPH.order[7]


def test_a_box_is_in_sight_in_full_screen(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no,reassess:part-of-it,severe-signs:yes")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement")
    field = page.get_by_label("Find a step in the chart")
    field.fill("spinal fusion")
    field.press("Enter")
    assert focused(page) == "fusion"
    for box in (
        box_of(page, "fusion").bounding_box(),
        page.locator(".pb-card-about").bounding_box(),
    ):
        assert box is not None
        assert 0 <= box["y"] <= DESK["height"] - box["height"] / 2
