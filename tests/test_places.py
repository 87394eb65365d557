"""A book works wherever readers meet it: strict servers, swapped pages, files, any screen."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

import reader
from conftest import PATHWAYS, SHIPPED, build_site, definition
from pathbook import barriers, pages, walk
from pathbook.graph import Graph
from reader import BOOK, PHONE, at_address, focused, page_in, stands_at, states_of_the_chart

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

GRAPH = Graph(definition(SHIPPED / BOOK[1:]).pathway)
WALK = "relief-check:no,reassess:part-of-it,severe-signs:no"
MINIMAL = "site_name: Test\nplugins: [search, pathbook]\ntheme:\n  name: material\n  font: false\n"


def test_the_walk_and_the_map_work_under_the_strictest_policy(
    chromium: Browser, shipped_site: Path
) -> None:
    with reader.served(shipped_site, "default-src 'self'") as address:
        page = page_in(chromium)
        page.add_init_script(
            "globalThis.refused = [];"
            "addEventListener('securitypolicyviolation', ({ effectiveDirective: what, target }) =>"
            "  refused.push([what, Boolean(target?.closest?.('article'))]))"
        )
        page.goto(f"{address}{BOOK}/?walk={WALK}")
        stands_at(page, "source-clear")
        page.get_by_role("button", name="Larger").click()
        page.get_by_role("button", name="Yes", exact=True).click()
        at_address(page, "source-clear:yes")
        # The theme's own inline scripts and pictures are refused; nothing of a book is.
        refused = page.evaluate("refused")
        assert [what for what, ours in refused if ours] == []
        assert not [what for what, _ in refused if what.startswith("style")]


def test_a_site_in_a_folder_of_files_keeps_its_walk(chromium: Browser, tmp_path: Path) -> None:
    site = build_site(tmp_path, PATHWAYS, f"{MINIMAL}use_directory_urls: false\n")
    page = page_in(chromium)
    page.goto((site / "every-kind" / "index.html").as_uri())
    page.get_by_role("button", name="No", exact=True).click()
    at_address(page, "every-kind/index.html?walk=check:no")
    stands_at(page, "elsewhere")
    page.go_back()
    page.wait_for_function("!location.search")
    stands_at(page, "check")
    page.locator('.pb-scroll [data-step="finish"]').click()
    at_address(page, "every-kind/finish.html")
    expect(page.get_by_role("heading", name="You are done")).to_be_visible()


def test_pages_that_a_theme_swaps_in_come_to_life_and_are_left_as_they_were(
    chromium: Browser, tmp_path: Path
) -> None:
    (tmp_path / "site").mkdir()
    with reader.served(tmp_path / "site") as address:
        swapped = f"site_url: {address}/\n{MINIMAL}  features: [navigation.instant]\n"
        base = tmp_path / "made"
        shutil.copytree(build_site(base, PATHWAYS, swapped), tmp_path / "site", dirs_exist_ok=True)
        page = page_in(chromium)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}/", wait_until="networkidle")
        page.evaluate("globalThis.same = true")
        page.locator('.pb-card > a[href$="every-kind/"]').click()
        page.get_by_role("button", name="No", exact=True).click()
        page.wait_for_url("**/every-kind/?walk=check:no")
        assert page.locator(".pb-map button").count() >= 3
        page.locator(".pb-walk ol a").first.click()
        page.get_by_role("heading", name="Is it on or off?").wait_for()
        page.go_back()
        page.locator('.pb-walk-now[data-now="elsewhere"]').wait_for()
        assert page.locator(".pb-map button").count() == page.locator(".pb-map > button").count()
        expect(page.locator(".pb-card-about")).to_have_count(1)
        page.go_back()
        page.locator('.pb-walk-now[data-now="check"]').wait_for()
        assert page.evaluate("globalThis.same") is True
        assert faults == []


def test_what_the_script_did_is_undone_when_a_page_is_left(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/")
    page.locator(".pb-walk-now").wait_for()
    left = page.evaluate(
        """async () => {
            const at = place => document.querySelector(place);
            const places = [at("[data-pb-walk]"), at("[data-pb-map]")];
            const { mount, map } = await import("../assets/pathbook/pathbook.js");
            for (const place of places) place.replaceChildren();
            document.querySelectorAll(".pb-card-about").forEach(card => card.remove());
            for (const name of ["data-state", "aria-describedby"])
                document.querySelectorAll(`[${name}]`).forEach(one => one.removeAttribute(name));
            const before = document.querySelector("article").innerHTML;
            for (const undo of [map(places[1]), mount(places[0])].reverse()) undo();
            document.querySelectorAll("[style='']").forEach(one => one.removeAttribute("style"));
            document.querySelectorAll(".pb-strip").forEach((one, at) => one.open = at === 0);
            return [before, document.querySelector("article").innerHTML];
        }"""
    )
    assert left[0] == left[1]


@pytest.mark.parametrize("size", [PHONE, reader.DESK], ids=["phone", "desk"])
def test_the_four_states_are_told_apart_without_colour(
    size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size, forced_colors="active")
    page.goto(f"{shipped}{BOOK}/?walk={WALK}")
    looks = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".pb-scroll a")].map(box => {
            const [shape, text] = [".pb-shape", ".pb-text"]
                .map(part => getComputedStyle(box.querySelector(part)));
            const { strokeWidth, strokeDasharray } = shape;
            return [box.dataset.state, [strokeWidth, strokeDasharray, text.textDecorationLine]];
        }))"""
    )
    assert set(looks) == {"taken", "current", "reachable", "ruled-out"}
    assert len({tuple(look) for look in looks.values()}) == 4
    # What stands on the page is the reader's own colours, and no text is lost in them.
    page.locator('.pb-scroll [data-state="current"]').scroll_into_view_if_needed()
    shown = page.evaluate(
        """() => [".pb-shape", ".pb-text"].map(part => {
            const look = getComputedStyle(document.querySelector(`.pb-scroll .pb-state ${part}`));
            return look.fill;
        })"""
    )
    assert shown[0] != shown[1]


def test_nothing_moves_by_itself(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, reduced_motion="reduce")
    page.goto(f"{shipped}{BOOK}/?walk={WALK}")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("[class^='pb-'], [class*=' pb-']")].filter(one => {
            const look = getComputedStyle(one);
            return look.animationName !== "none" || look.scrollBehavior === "smooth"
                || look.transitionDuration.split(", ").some(time => parseFloat(time) > 0.3);
        }).map(one => one.className)"""
    )
    assert moving == []


def test_at_400_percent_the_walk_needs_no_moving_sideways(chromium: Browser, shipped: str) -> None:
    # A window of 1280 by 1024 at 400 %: WCAG 2.2, 1.4.10.
    page = page_in(chromium, {"width": 320, "height": 256}, device_scale_factor=4)
    page.goto(f"{shipped}{BOOK}/?walk={WALK}")
    page.get_by_role("button", name="No, it is clear enough").click()
    stands_at(page, "physical-therapy")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    strip = page.locator('.pb-strip[open] [data-at="physical-therapy"]').bounding_box()
    assert strip is not None
    assert strip["x"] >= 0
    assert strip["x"] + strip["width"] <= 320


def test_a_walk_by_finger_reaches_an_end(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE, has_touch=True, is_mobile=True)
    page.goto(f"{shipped}{BOOK}/")
    page.get_by_role("button", name="Yes", exact=True).tap()
    stands_at(page, "relief-rehab")
    expect(page.locator(".pb-walk-now")).to_contain_text("This way ends here")
    states = walk.states(GRAPH, walk.follow(GRAPH, walk.parse("relief-check:yes")))
    assert states_of_the_chart(page, ".pb-slice [data-at]") == states
    page.locator('.pb-strip[open] [data-at="relief-rehab"]').tap()
    page.wait_for_url("**/relief-rehab/?walk=relief-check:yes")


def test_a_whole_walk_needs_only_the_keyboard(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.get_by_role("heading", name="Walk through it").evaluate(
        "heading => { heading.tabIndex = -1; heading.focus(); }"
    )

    def tab_to(words: str) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            label = page.evaluate(
                "(document.activeElement.closest('label') ?? document.activeElement).textContent"
            )
            if label.strip().startswith(words):
                return
        raise AssertionError(words)

    for key, words, there in (
        ("Enter", "No, or the pain came back", "reassess"),
        ("Enter", "Go on", "severe-signs"),
        ("Enter", "Yes", "correctable-problem"),
        ("Space", "No", "no-surgery-target"),
    ):
        tab_to(words)
        page.keyboard.press(key)
        page.wait_for_function("there => document.activeElement.dataset.now === there", arg=there)
    expect(page.locator(".pb-walk-now")).to_contain_text("This way ends here")
    tab_to("Print my path")


def test_the_list_is_one_step_away_from_the_chart(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?step=rfa")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert focused(page) == ""
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "The same as a list":
            break
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name="All steps as a list").bounding_box()
    assert heading is not None
    assert 0 <= heading["y"] < 900


ALIVE = {
    "walking": "",
    "changing": "document.querySelector('.pb-walk-change').click()",
    "unsure": "document.querySelector('.pb-walk-unsure summary').click()",
    "stages": "document.querySelectorAll('.pb-strip').forEach(strip => strip.open = true)",
    "card": "document.querySelector('.pb-scroll [data-step=rfa]').focus({ focusVisible: true })",
    "search": "document.querySelector('#__search').click()",
    "menu": "document.querySelector('#__drawer').click()",
}


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (reader.DESK, "light")], ids=["phone", "desk"]
)
@pytest.mark.parametrize("what", ALIVE)
def test_no_barrier_stands_in_the_way_of_someone_who_uses_the_page(
    what: str, scheme: str, size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size, color_scheme=scheme)
    page.goto(f"{shipped}{BOOK}/?walk={WALK}")
    page.locator(".pb-walk-now").wait_for()
    page.evaluate(ALIVE[what] or "0")
    found = Axe().run(page, options=barriers.AXE)
    assert found.violations_count == 0, found.generate_report()


def test_the_script_is_light() -> None:
    import gzip

    script = pages.assets()[pages.SCRIPT].text
    assert len(gzip.compress(script.encode(), 6)) <= 10 * 1024
    assert "import " not in script
