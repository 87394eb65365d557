"""Readers take the chart to an appointment on paper: nothing is cut, and all can be read."""

import io
import unicodedata
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PageObject, PdfReader

from conftest import PATHWAYS, SHIPPED, definition
from pathbook.model import Pathway
from reader import BOOK, page_in

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

LEAST = 7.0
"""Points; smaller type is hard to read on paper."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper."""

    text: str
    sizes: tuple[tuple[float, str], ...]
    """The size in points of each piece of text, as it stands on the sheet."""


def read(page: PageObject) -> Sheet:
    sizes: list[tuple[float, str]] = []

    def note(text: str, around: list[float], own: list[float], _: object, size: float) -> None:
        if text.strip():
            sizes.append((size * abs(own[3]) * abs(around[3]), text))

    text = unicodedata.normalize("NFKC", page.extract_text(visitor_text=note))
    return Sheet(" ".join(text.split()), tuple(sizes))


def printed(page: Page, sheet: str) -> list[Sheet]:
    return [read(page) for page in PdfReader(io.BytesIO(page.pdf(format=sheet))).pages]


def holds(pathway: Pathway, sheets: list[Sheet]) -> None:
    """Check that each box stands on one sheet, whole, and that all text can be read."""
    for step in pathway.steps.values():
        assert any(step.title in sheet.text for sheet in sheets), step.title
        for route in step.next:
            assert any(route.when in sheet.text for sheet in sheets), route.when
    assert [small for sheet in sheets for small in sheet.sizes if small[0] < LEAST] == []


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_a_large_chart_is_printed_stage_by_stage_and_can_be_read(
    sheet: str, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    # The list says the same once more: only the chart is to be looked at.
    page.add_style_tag(
        content="@media print { .pb-outline, h2#all-steps-as-a-list { display: none } }"
    )
    sheets = printed(page, sheet)
    pathway = definition(SHIPPED / BOOK[1:]).pathway
    holds(pathway, sheets)
    assert len(sheets) <= 6
    together = " ".join(sheet.text for sheet in sheets)
    for stage in pathway.stages:
        assert stage.title in together
    assert "Get emergency help now." in sheets[0].text


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_no_box_reaches_over_the_edge_of_a_sheet(
    sheet: str, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.emulate_media(media="print")
    heights = page.evaluate(
        """() => [...document.querySelectorAll(".pb-slice")].map(slice => [
            slice.getBoundingClientRect().height, getComputedStyle(slice).breakInside])"""
    )
    # A4 and Letter have 267 and 249 millimetres between margins of 15; 96 pixels are 25.4 of them.
    room = {"A4": 267, "Letter": 249}[sheet] * 96 / 25.4
    assert len(heights) == 47
    assert all(height < room and kept == "avoid" for height, kept in heights)
    expect(page.locator(".pb-figure")).to_be_hidden()


@pytest.mark.parametrize("name", ["bare", "crossing-stages"])
def test_a_chart_that_fits_a_sheet_is_printed_whole(
    name: str, chromium: Browser, tested: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/{name}/")
    page.add_style_tag(content="@media print { .pb-outline { display: none } }")
    sheets = printed(page, "Letter")
    holds(definition(PATHWAYS / name).pathway, sheets)
    page.emulate_media(media="print")
    expect(page.locator(".pb-figure .pb-chart").last).to_be_visible()
    expect(page.locator(".pb-slice").first).to_be_hidden()


def test_a_chart_on_paper_shows_a_walk_only_if_there_is_one(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    for walk, states in (("", 0), ("?walk=relief-check:no", 47)):
        page.goto(f"{shipped}{BOOK}/{walk}")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.locator(".pb-slice [data-at][data-state]")).to_have_count(states)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(page.locator(".pb-slice [data-at][data-state]")).to_have_count(47)


def test_the_whole_book_on_paper_has_urgent_advice_first_and_every_step_in_type_to_read(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/print/")
    sheets = printed(page, "Letter")
    first = sheets[0].text
    for words in (
        "Get emergency help now.",
        "Call a doctor or your clinic urgently",
        "999",
        "not yet reviewed by a clinician",
    ):
        assert words in first
    pathway = definition(SHIPPED / BOOK[1:]).pathway
    holds(pathway, sheets)
    together = " ".join(sheet.text for sheet in sheets)
    assert [step.id for step in pathway.steps.values() if step.summary not in together] == []
