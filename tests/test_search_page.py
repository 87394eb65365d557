"""A reader of a large library searches in the theme's own box, and nothing else moves."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

import hostile
import reader
from conftest import PATHWAYS, build_site
from pathbook import barriers, verify
from reader import DESK, PHONE, at_address, page_in

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

LIMIT = "from pathbook import search\n\nsearch.LIMIT = 3\n"
"""Makes a small library a large one."""

CONFIG = """site_name: Test
site_description: A test
hooks: [limit.py]
plugins: [search, pathbook]
theme:
  name: material
  font: false
  features: [{features}]
  palette:
    - {{media: "(prefers-color-scheme: light)", scheme: default}}
    - {{media: "(prefers-color-scheme: dark)", scheme: slate}}
"""


def large(base: Path, config: str = "", features: str = "", **more: str) -> Path:
    """Build a library that counts as large, with pages around it and pathways that mean harm."""
    (base / "docs").mkdir(parents=True)
    (base / "limit.py").write_text(LIMIT)
    (base / "docs" / "own.md").write_text("# Our own page\n\nWe are the zebra team.\n")
    hidden = "---\nsearch:\n  exclude: true\n---\n# Hidden\n\nZebra minutes.\n"
    (base / "docs" / "hidden.md").write_text(hidden)
    for name in ("every-kind", "bare"):
        shutil.copytree(PATHWAYS / name, base / "flow" / name)
    for name in ("script", "handler", "svg"):
        hostile.written(hostile.definition(hostile.TEXTS[name]), base, f"harm-{name}")
    return build_site(base, PATHWAYS, (config or CONFIG.format(features=features)), **more)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large(tmp_path_factory.mktemp("large"))


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with reader.served(site) as found:
        yield found


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Search")


def search(page: Page, words: str) -> Locator:
    """Type words into the box; give what is found."""
    if page.viewport_size == PHONE and not page.locator("#__search").is_checked():
        page.locator("header label[for=__search]").first.click()
    box(page).click()
    box(page).press_sequentially(words, delay=10)
    return page.locator(".pb-search .md-search-result__item")


def said(page: Page) -> Locator:
    return page.locator(".pb-search .md-search-result__meta")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_typing_arrows_and_enter_lead_to_the_page_of_a_step(
    size: dict[str, int], chromium: Browser, address: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{address}/own/")
    found = search(page, "on or off")
    expect(found.first).to_contain_text("Is it on or off?")
    expect(found.first).to_contain_text("Everything a pathway can hold")
    assert page.locator(".pb-search mark").all_text_contents()[:3] == ["on", "or", "off"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.keyboard.press("ArrowDown")
    expect(found.first.locator("a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    at_address(page, "/every-kind/check/")


def test_enter_in_the_box_waits_for_what_is_found_and_goes_to_the_best(
    chromium: Browser, address: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{address}/own/")
    search(page, "on or off")
    page.keyboard.press("Enter")
    at_address(page, "/every-kind/check/")


def test_the_theme_shows_and_loads_nothing_of_its_own(
    site: Path, chromium: Browser, address: str
) -> None:
    assert json.loads((site / "search" / "search_index.json").read_text())["docs"] == []
    page = page_in(chromium)
    page.goto(f"{address}/own/")
    expect(search(page, "step").first).to_be_visible()
    expect(page.locator('[data-md-component="search-result"]')).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()
    page.keyboard.press("/")  # the theme's key for the search
    expect(box(page)).to_be_focused()


def test_pages_around_the_books_are_found_but_not_what_a_maintainer_left_out(
    chromium: Browser, address: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{address}/")
    expect(search(page, "zebras")).to_have_count(1)
    expect(said(page)).to_have_text("1 matching document")
    expect(page.locator(".pb-search a")).to_have_attribute("href", f"{address}/own/")


def test_a_screen_reader_hears_how_many_there_are_and_that_words_were_left_out(
    chromium: Browser, address: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{address}/")
    search(page, "zebra")
    expect(page.get_by_role("status")).to_have_text("1 matching document")
    page.keyboard.type(" qqqq")
    expect(said(page)).to_contain_text("No page has all of these words.")
    box(page).fill("qqqq")
    expect(said(page)).to_have_text("No matching documents")
    page.get_by_role("button", name="Clear").click()
    expect(said(page)).to_have_text("Type to start searching")
    expect(page.locator(".pb-search li")).to_have_count(0)


def test_more_is_shown_when_asked_for(chromium: Browser, address: str) -> None:
    page = page_in(chromium)
    page.goto(f"{address}/")
    found = search(page, "alert")
    expect(found).to_have_count(10)
    more = page.get_by_role("button", name="Show more")
    for _ in range(11):
        page.keyboard.press("ArrowDown")
    expect(more).to_be_focused()
    page.keyboard.press("Space")
    expect(found.nth(10).locator("a")).to_be_focused()
    page.keyboard.type("x")
    expect(box(page)).to_be_focused()


def test_a_title_that_means_harm_is_text(chromium: Browser, address: str) -> None:
    page = page_in(chromium)
    harmed: list[str] = []

    def opened(dialog: Dialog) -> None:
        harmed.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", opened)
    page.on("pageerror", lambda error: harmed.append(str(error)))
    page.goto(f"{address}/")
    for name, word in (("script", "script"), ("handler", "onerror"), ("svg", "onload")):
        box(page).fill("")
        expect(said(page)).to_have_text("Type to start searching")
        expect(search(page, word).first).to_be_visible()
        shown = page.locator(".pb-found-title", has_text=f"P {hostile.TEXTS[name]}")
        expect(shown.first).to_be_visible()
    assert page.locator(".pb-search :is(script, img, svg, [onerror], [onload])").count() == 0
    assert harmed == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_barrier_stands_in_the_opened_search(
    size: dict[str, int], scheme: str, chromium: Browser, address: str
) -> None:
    page = page_in(chromium, size, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{address}/own/")
    expect(search(page, "step").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)  # the theme moves its box
    found = Axe().run(page, context=".md-search")
    assert found.violations_count == 0, found.generate_report()


def test_it_works_under_the_policies_that_allow_least(chromium: Browser, site: Path) -> None:
    with reader.served(site, "default-src 'self'") as strict, barriers.served(site) as own:
        for address in (strict, own):
            page = page_in(chromium)
            page.add_init_script(
                "globalThis.refused = [];"
                "addEventListener('securitypolicyviolation', ({ effectiveDirective: what }) =>"
                "  refused.push(what))"
            )
            page.goto(f"{address}/own/")
            expect(search(page, "on or off").first).to_contain_text("Is it on or off?")
            refused = set(page.evaluate("refused"))
            # The theme's own inline code is refused under the first; nothing else is.
            assert refused <= ({"script-src-elem", "img-src"} if address == strict else set())


def test_pages_that_a_theme_swaps_in_keep_one_search(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with reader.served(tmp_path / "site") as address:
        swapped = CONFIG.format(features="navigation.instant, search.highlight")
        built = large(tmp_path / "made", f"site_url: {address}/\n{swapped}")
        shutil.copytree(built, tmp_path / "site", dirs_exist_ok=True)
        page = page_in(chromium)
        page.goto(f"{address}/own/", wait_until="networkidle")
        page.evaluate("globalThis.same = true")
        for words, there in (("on or off", "/every-kind/check/"), ("zebra", "/own/")):
            box(page).fill("")
            expect(search(page, words).first).to_be_visible()
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{there}?h=*")
            expect(page.locator(".pb-search")).to_have_count(1)
            expect(page.locator("#__search")).not_to_be_checked()
        assert page.evaluate("globalThis.same") is True


def test_an_index_that_cannot_be_loaded_is_told_and_asked_for_again(
    chromium: Browser, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "site")
    index = tmp_path / "site" / "search" / "pathbook"
    index.rename(tmp_path / "away")
    with reader.served(tmp_path / "site") as address:
        page = page_in(chromium)
        page.goto(f"{address}/own/")
        search(page, "zebr")
        expect(said(page)).to_contain_text("The search could not load what it needs.")
        (tmp_path / "away").rename(index)
        page.keyboard.type("a")
        expect(said(page)).to_have_text("1 matching document")
        (index / "1" / "0.bin").write_bytes(b"\x05\xff")
        page = page_in(chromium)
        page.goto(f"{address}/own/")
        search(page, "zebra")
        expect(said(page)).to_contain_text("The search could not load what it needs.")


def test_a_site_in_flat_files_is_searched_from_a_server_and_shows_no_dead_box_without_one(
    chromium: Browser, tmp_path: Path
) -> None:
    site = large(tmp_path, f"use_directory_urls: false\n{CONFIG.format(features='')}")
    page = page_in(chromium)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((site / "own.html").as_uri())
    expect(page.locator(".md-search")).to_be_hidden()  # the theme takes its box away
    assert faults == []
    with reader.served(site) as address:
        page.goto(f"{address}/own.html")
        search(page, "on or off")
        page.keyboard.press("Enter")
        at_address(page, "/every-kind/check.html")


def test_what_the_script_did_is_undone(chromium: Browser, address: str) -> None:
    page = page_in(chromium)
    page.goto(f"{address}/own/")
    expect(search(page, "zebra")).to_have_count(1)
    left = page.evaluate(
        """async () => {
            const box = document.querySelector('[data-md-component="search"]');
            const { mount } = await import("../assets/pathbook/search.js");
            mount(box)();
            const twice = box.querySelectorAll(".pb-search").length;
            box.querySelector(".pb-search").remove();
            box.querySelector('[data-md-component="search-result"]').hidden = false;
            delete box.dataset.pbSearch;
            const before = box.innerHTML;
            mount(box, new URL("../", location))();
            return [twice, before, box.innerHTML.replace(' hidden=""', "")];
        }"""
    )
    assert left[0] == 1
    assert left[1] == left[2]


def test_a_small_site_keeps_the_search_of_its_theme(shipped_site: Path) -> None:
    assert not (shipped_site / "search" / "pathbook").exists()
    assert "search.js" not in (shipped_site / "index.html").read_text()


@pytest.mark.parametrize(
    "config",
    [
        "site_name: T\nhooks: [limit.py]\nplugins: [search, pathbook]\n",
        (
            "site_name: T\nhooks: [limit.py]\ntheme: {name: material, font: false}\n"
            "plugins: [search, offline, pathbook]\n"
        ),
    ],
    ids=["another theme", "a site for offline use"],
)
def test_where_our_script_has_no_place_the_theme_keeps_its_search(
    config: str, tmp_path: Path
) -> None:
    site = large(tmp_path, config)
    assert not (site / "search" / "pathbook").exists()
    assert (
        "search.js" not in (site / "own" / "index.html").read_text()
        if (site / "own").exists()
        else True
    )
    assert len(json.loads((site / "search" / "search_index.json").read_text())["docs"]) > 20


def test_two_builds_are_the_same_bytes(site: Path, tmp_path: Path) -> None:
    again = large(tmp_path)
    for file in (site / "search").rglob("*.*"):
        assert (again / file.relative_to(site)).read_bytes() == file.read_bytes()


def codes(site: Path) -> set[str]:
    return {problem.code for problem in verify.verified(site, browser=False).problems}


def test_a_site_is_proved_with_its_index(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    whole = verify.verified(site, browser=False)
    assert [str(problem) for problem in whole.problems] == []
    assert whole.counts["search_results"] > 20
    index = tmp_path / "site" / "search" / "pathbook" / "1"
    (file,) = (one for one in index.glob("[0-9]*.json") if "kind/check/" in one.read_text())
    before = file.read_text()
    file.write_text(before.replace("kind/check/", "kind/chekc/"))
    assert codes(tmp_path / "site") == {"search-entry", "search-part"}
    file.write_text(before)
    (index / "0.bin").unlink()
    page = tmp_path / "site" / "own" / "index.html"
    page.write_text(page.read_text().replace("search.js", "pathbook.js"))
    found = verify.verified(tmp_path / "site", browser=False).problems
    assert [(problem.code, Path(problem.place.file).name) for problem in found] == [
        ("search-part", "index.html"),
        ("search-part", "0.bin"),
    ]
