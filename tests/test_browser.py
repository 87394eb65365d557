"""What readers do works in a real browser: read, search, follow links and print."""

import io
import unicodedata
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect
from pypdf import PdfReader

from conftest import SHIPPED, definition, pathway_folders
from pathbook import barriers, walk
from pathbook.graph import Graph
from reader import (
    BOOK,
    DESK,
    PHONE,
    SMALL_PHONE,
    at_address,
    focused,
    in_view,
    page_in,
    stands_at,
    states_of_the_chart,
)
from test_walk import walk_at_random

pytestmark = [pytest.mark.browser, pytest.mark.site, pytest.mark.graphviz]

KINDS = [
    "/",
    f"{BOOK}/",
    f"{BOOK}/severe-signs/",
    f"{BOOK}/rfa/",
    f"{BOOK}/surgery-type/",
    f"{BOOK}/urgent/",
    f"{BOOK}/evidence/",
    f"{BOOK}/glossary/",
    f"{BOOK}/print/",
    "/404.html",
    "/about/",
    "/urgent-help/",
]


@pytest.mark.parametrize("path", KINDS)
def test_nothing_is_wider_than_a_phone(path: str, chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE)
    page.goto(shipped + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", KINDS)
def test_no_request_leaves_for_another_host(path: str, chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(shipped + path, wait_until="networkidle")
    assert [url for url in asked if not url.startswith((shipped, "data:", "blob:"))] == []


# At the two longest, which take axe as long as all others, `make verify` looks.
SHORT = [path for path in KINDS if not path.endswith(("/evidence/", "/print/"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", SHORT)
def test_no_page_has_a_barrier_that_axe_finds(
    path: str, scheme: str, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, color_scheme=scheme)
    page.goto(shipped + path)
    found = Axe().run(page, options=barriers.AXE)
    assert found.violations_count == 0, found.generate_report()


def boxes_that_burst(page: Page) -> list[str]:
    """List the boxes whose text is wider or higher than their shape."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('svg[role] :is(.pb-box, .pb-answer)')]
        .filter(box => {
            const text = box.querySelector('.pb-text').getBBox();
            const shape = box.querySelector('.pb-shape, rect').getBBox();
            return text.x < shape.x + 3 || text.x + text.width > shape.x + shape.width - 3
                || text.y < shape.y || text.y + text.height > shape.y + shape.height;
        }).map(box => box.textContent)"""
    )
    return found


FONTS = [
    "system-ui",
    "Arial",
    "Helvetica",
    "DejaVu Sans",
    "Verdana",
    "Roboto",
    "Noto Sans",
    "sans-serif",
]


@pytest.mark.parametrize("font", FONTS)
def test_text_fits_its_box_in_the_fonts_readers_have(
    font: str, chromium: Browser, shipped: str, tested: str
) -> None:
    page = page_in(chromium)
    for address in (
        f"{shipped}{BOOK}/",
        f"{shipped}{BOOK}/less-invasive-enough/",
        f"{tested}/every-kind/",
    ):
        page.goto(address)
        page.add_style_tag(content=f".pb-chart {{ font-family: '{font}', sans-serif !important }}")
        assert page.locator(".pb-chart .pb-box").count() > 4
        assert boxes_that_burst(page) == []


def test_tab_goes_through_the_chart_in_reading_order(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.locator(".pb-scroll").focus()
    met = []
    for _ in range(47):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.getAttribute('data-step')"))
    assert met == list(Graph(definition(SHIPPED / BOOK[1:]).pathway).order)
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('svg')")


def test_a_box_of_the_chart_leads_to_its_page(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.locator('.pb-box[data-step="rfa"]').click()
    page.wait_for_url("**/rfa/")
    page.locator("aside .pb-box").filter(has_text="Have the less invasive").click()
    page.wait_for_url("**/less-invasive-enough/")


def test_a_screen_reader_hears_number_title_kind_and_ways_on(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    name = (
        "4 Did the injection bring relief, and did the relief last? Decision."
        " Ways on: Yes: to 5 Take part in physical therapy and recovery care;"
        " No, or the pain came back: to 6 The injection has not worked."
    )
    expect(page.locator(".pb-scroll").get_by_role("link", name=name, exact=True)).to_have_count(1)
    expect(page.locator("svg[role=img] a")).to_have_count(0)


def test_without_script_everything_is_there(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, java_script_enabled=False)
    page.goto(f"{shipped}{BOOK}/")
    expect(page.locator(".pb-chart a[data-step]")).to_have_count(47)
    expect(page.locator("li[data-step]")).to_have_count(47)
    page.locator('li[data-step="relief-check"] a[data-route="no"]').click()
    page.wait_for_url("**/injection-failed/")
    expect(page.get_by_role("heading", name="What can come next")).to_be_visible()


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("radiofrequency ablation", "rfa"),
        ("pain came back", "relief-check"),
        ("physiotherapy", "physical-therapy"),
        ("slipped disc", "microdiscectomy"),
        ("epidural", "epidural-steroid-injection"),
    ],
)
def test_searching_leads_to_the_step_that_is_meant(
    words: str, step: str, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/", wait_until="networkidle")
    box = page.get_by_role("textbox", name="Search")
    box.click()
    box.press_sequentially(words, delay=20)
    first = page.locator(".md-search-result__item a.md-search-result__link").first
    assert f"/{step}/" in str(first.get_attribute("href"))


def test_colours_follow_light_and_dark(chromium: Browser, shipped: str) -> None:
    seen = []
    for scheme in ("light", "dark"):
        page = page_in(chromium, color_scheme=scheme)
        page.goto(f"{shipped}{BOOK}/")
        seen.append(
            page.evaluate("getComputedStyle(document.querySelector('.pb-state .pb-shape')).fill")
        )
    assert seen == ["rgb(255, 255, 255)", "rgb(39, 49, 60)"]


def test_nothing_hostile_in_a_definition_runs(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    opened: list[str] = []

    def note(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    for path in (
        "/",
        "/hostile/",
        "/hostile/a/",
        "/hostile/evidence/",
        "/hostile/glossary/",
        "/hostile/print/",
    ):
        page.goto(tested + path, wait_until="networkidle")
        assert (
            page.locator(
                "article script:not([src$='../assets/pathbook/pathbook.js']), article img,"
                " article [onclick], article [onerror]"
            ).count()
            == 0
        )
    assert opened == []


def test_a_former_address_arrives_at_the_step(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/older-check/")
    page.wait_for_url("**/every-kind/check/")


def test_urgent_advice_is_the_first_thing_on_a_phone(chromium: Browser, tested: str) -> None:
    page = page_in(chromium, PHONE)
    for path in ("/every-kind/", "/every-kind/check/", "/every-kind/print/"):
        page.goto(tested + path)
        box = page.locator(".pb-alert-emergency").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < PHONE["height"]
        title = page.locator("h1").bounding_box()
        assert title is not None
        assert title["y"] > box["y"]


@pytest.mark.parametrize("path", ["/", f"{BOOK}/", f"{BOOK}/rfa/", f"{BOOK}/evidence/", "/about/"])
def test_all_urgent_signs_are_read_on_a_small_phone_without_scrolling_and_help_is_one_tap_away(
    path: str, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, SMALL_PHONE, has_touch=True)
    page.goto(shipped + path)
    signs = page.locator(".pb-alerts").first.locator(".pb-alert :is(li, p, a)")
    bottoms = [box["y"] + box["height"] for sign in signs.all() if (box := sign.bounding_box())]
    assert len(bottoms) == 2 + 6 + 4 + 1  # titles, signs, and who to call
    assert max(bottoms) <= SMALL_PHONE["height"]
    page.locator(".pb-alert-title a").first.tap()
    page.wait_for_url("**/urgent/")
    expect(page.locator('a[href="tel:999"]').first).to_be_visible()


def test_urgent_advice_is_pointed_to_beside_the_chart_and_the_list(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/")
    for heading in ("the-chart", "all-steps-as-a-list"):
        line = page.locator(f"#{heading} + .pb-alerts-line")
        expect(line).to_contain_text("Urgent advice comes first: the signs, and who to call.")


@pytest.mark.parametrize("script", [True, False])
def test_a_term_is_explained_where_it_stands_by_pointing_by_tab_and_by_tap(
    script: bool, chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE, java_script_enabled=script, has_touch=True)
    page.goto(f"{shipped}{BOOK}/rfa/")
    term = page.locator(".pb-term").first
    meaning = term.locator(".pb-meaning")
    expect(meaning).to_be_hidden()
    term.locator("button").hover()
    expect(meaning).to_be_visible()
    page.mouse.move(0, 0)
    expect(meaning).to_be_hidden()
    term.locator("button").focus()
    expect(meaning).to_be_visible()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    term.locator("button").blur()
    expect(meaning).to_be_hidden()
    term.locator("button").tap()
    expect(meaning).to_be_visible()
    box = meaning.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_no_explanation_is_cut_off_at_the_edge_of_a_phone(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/gabapentinoids/")
    for term in page.locator(".pb-term:visible").all():
        term.locator("button").focus()
        box = term.locator(".pb-meaning").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_options_are_compared_on_a_phone_without_moving_sideways(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/pain-type/")
    table = page.get_by_role("table", name="")
    assert table.get_by_role("row").count() >= 6
    box = page.locator(".pb-options").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]
    expect(table).to_contain_text("How long it may help")


IN_PAGE = """async ([script, walks]) => {
    const pb = await import(script);
    const steps = pb.read(document.querySelector(".pb-outline"));
    const start = document.querySelector("[data-pb-walk]").dataset.start;
    return walks.map((text) => {
        const walk = pb.follow(steps, start, pb.parse(text));
        return {
            taken: walk.taken,
            current: walk.current,
            answers: pb.written(walk.answers),
            dropped: pb.written(walk.dropped),
            waiting: walk.waiting,
            routes: [...walk.routes].sort(),
            strands: walk.strands.map(({ names, at, meet }) => ({ names, at, meet: meet ?? null })),
            states: Object.fromEntries(pb.states(steps, walk)),
            ends: pb.ends(steps, walk),
            separating: pb.separating(steps, walk) ?? null,
        };
    });
}"""


def as_the_oracle_says(graph: Graph, text: str) -> dict[str, object]:
    found = walk.follow(graph, walk.parse(text))
    return {
        "taken": list(found.taken),
        "current": found.current,
        "answers": walk.written(found.answers),
        "dropped": walk.written(found.dropped),
        "waiting": list(found.waiting),
        "routes": sorted(f"{name} {route}" for name, route in found.routes),
        "strands": [
            {"names": list(one.names), "at": one.at, "meet": one.meet} for one in found.strands
        ],
        "states": walk.states(graph, found),
        "ends": list(walk.ends(graph, found)),
        "separating": walk.separating(graph, found),
    }


@pytest.mark.parametrize("folder", pathway_folders(), ids=lambda path: path.name)
def test_the_walk_on_the_page_goes_where_the_definition_says(
    folder: Path, chromium: Browser, shipped: str, tested: str
) -> None:
    graph = Graph(definition(folder).pathway)
    texts = ["", "nowhere:no,:,x"]
    for found in walk.covering(graph):
        texts += [walk.written(found[:count]) for count in range(1, len(found) + 1)]
    for seed in range(40):
        answers = walk_at_random(graph, seed, 25)
        texts += [walk.written(answers[:count]) for count in range(len(answers) + 1)]
        # An earlier answer that was changed: what came after may no longer apply.
        texts.append(walk.written([*answers[1:3], *answers[:1], *answers[3:]]))
    page = page_in(chromium)
    page.goto(f"{shipped if folder.parent == SHIPPED else tested}/{folder.name}/")
    results = page.evaluate(IN_PAGE, ["../assets/pathbook/pathbook.js", texts])
    assert len(results) > 80
    for text, result in zip(texts, results, strict=True):
        assert result == as_the_oracle_says(graph, text), text


def test_answers_light_the_chart_and_stand_in_the_address(chromium: Browser, shipped: str) -> None:
    graph = Graph(definition(SHIPPED / "back-injection-not-working").pathway)
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/")
    page.get_by_role("button", name="No, or the pain came back").click()
    at_address(page, "/?walk=relief-check:no")
    expect(page.get_by_label("Often part of it: Look again at recent scans")).to_have_count(1)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    text = page.url.partition("walk=")[2]
    found = walk.follow(graph, walk.parse(text))
    assert found.current == "correctable-problem"
    assert states_of_the_chart(page) == walk.states(graph, found)
    page.go_back()
    page.wait_for_url("**/?walk=relief-check:no,reassess:*")
    assert states_of_the_chart(page)["severe-signs"] == "current"
    page.reload()
    assert states_of_the_chart(page)["severe-signs"] == "current"


def test_an_earlier_answer_is_changed_and_what_no_longer_applies_is_named(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:no,reassess:part-of-it,severe-signs:yes")
    page.get_by_role("button", name="Change: Does clear evidence").click()
    page.get_by_role("button", name="No", exact=True).click()
    at_address(page, "severe-signs:no")
    page.get_by_role("button", name="Change: Did the injection").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    at_address(page, "?walk=relief-check:yes")
    note = page.locator(".pb-walk-note:not(:empty)").inner_text()
    assert "“Full diagnostic reassessment” is no longer on your way" in note


def test_not_sure_yet_shows_the_ends_that_are_still_possible(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:yes")
    expect(page.locator(".pb-walk-unsure")).to_have_count(0)
    page.goto(f"{shipped}{BOOK}/")
    page.get_by_text("Not sure yet").click()
    expect(page.locator(".pb-walk-unsure li")).to_have_count(5)
    expect(page.locator(".pb-walk-unsure").get_by_text("The next question")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_script_the_walk_says_where_to_begin(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, java_script_enabled=False)
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:yes")
    expect(page.locator(".pb-walk")).to_contain_text("each page says where each answer leads")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_link_to_a_step_brings_its_box_into_view(
    size: dict[str, int], chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, size)
    page.goto(f"{shipped}{BOOK}/?step=prp")
    assert focused(page) == "prp"
    assert in_view(page, "prp")
    box = page.locator('.pb-scroll [data-step="prp"]').bounding_box()
    assert box is not None
    assert 48 <= box["y"] <= size["height"] - box["height"]


def test_a_step_is_found_in_the_chart_by_typing(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/")
    page.get_by_label("Find a step in the chart").fill("disc repl")
    page.keyboard.press("Enter")
    assert focused(page) == "disc-replacement"
    assert in_view(page, "disc-replacement")


def test_arrow_keys_follow_the_routes_and_escape_leaves_the_chart(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?step=pain-type")
    for key, step in (
        ("ArrowDown", "joint-block"),
        ("ArrowRight", "neuromodulation-choice"),
        ("ArrowLeft", "joint-block"),
        ("ArrowUp", "pain-type"),
        ("End", "no-surgery-target"),
        ("Home", "had-injection"),
    ):
        page.keyboard.press(key)
        assert focused(page) == step, key
    page.keyboard.press("Escape")  # the card
    page.keyboard.press("Escape")
    assert focused(page) == ""


def test_the_chart_is_made_larger_and_smaller_by_buttons_and_fits(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium, PHONE)
    page.goto(f"{shipped}{BOOK}/")
    chart = page.locator(".pb-scroll .pb-chart")

    def width() -> float:
        box = chart.bounding_box()
        assert box is not None
        return box["width"]

    before = width()
    page.get_by_role("button", name="Larger").click()
    assert width() > before
    page.get_by_role("button", name="Smaller").click()
    assert width() == pytest.approx(before, rel=0.01)
    page.get_by_role("button", name="Fit the chart to the screen").click()
    smallest = min(
        box["height"]
        for shape in page.locator(".pb-scroll .pb-box .pb-shape").all()
        if (box := shape.bounding_box())
    )
    assert 24 <= smallest < 26  # as WCAG asks for, even when fitted


def test_the_wheel_moves_the_page_unless_a_key_is_held(chromium: Browser, shipped: str) -> None:
    page = page_in(chromium)
    page.goto(f"{shipped}{BOOK}/?step=rfa")
    page.locator(".pb-scroll .pb-chart").hover(position={"x": 300, "y": 2200})
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 300)
    page.wait_for_function("before => scrollY !== before", arg=before)
    width = page.locator(".pb-scroll .pb-chart").bounding_box()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function(
        "width => document.querySelector('.pb-scroll .pb-chart').clientWidth > width",
        arg=width and width["width"],
    )


def test_rounds_of_a_loop_are_counted(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/?walk=check:1-30,round:once-more")
    expect(page.locator(".pb-walk-now")).to_contain_text("Now, round 2")


def test_a_shared_walk_through_a_former_id_still_arrives(chromium: Browser, tested: str) -> None:
    page = page_in(chromium)
    page.goto(f"{tested}/every-kind/?walk=old-check:no")
    stands_at(page, "elsewhere")
    at_address(page, "?walk=check:no")


def test_my_path_prints_answers_where_they_lead_questions_and_urgent_advice(
    chromium: Browser, shipped: str
) -> None:
    page = page_in(chromium)
    page.add_init_script("globalThis.print = () => {}")
    page.goto(f"{shipped}{BOOK}/?walk=relief-check:yes")
    page.get_by_role("button", name="Print my path").click()
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    said = " ".join(unicodedata.normalize("NFKC", sheets[0].extract_text()).split())
    for words in (
        "My path",
        "Get emergency help now.",
        "Did the injection bring relief, and did the relief last? Yes",
        "Take part in physical therapy and recovery care",
        "When can I begin physical therapy?",
        "version 0.2.0 of 2026-11-23: draft, not yet reviewed by a clinician.",
        "?walk=relief-check:yes",
    ):
        assert words in said, words
    assert len(sheets) == 1
    assert "call 999" in said
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".pb-path")).to_have_count(0)


MOUNTED = """async ([script, list]) => {
    const pb = await import(script);
    document.querySelector(".pb-outline").innerHTML = list;
    const place = document.querySelector("[data-pb-walk]");
    place.dataset.start = "a";
    pb.mount(place);
}"""


@pytest.mark.parametrize(
    ("take", "ways", "expected"),
    [
        ("all", "b c d?", (["checkbox"], "d", "a:b;c;d")),
        ("one", "b c d?", (["radio", "radio", "checkbox"], "c", "a:c")),
        ("any", "b d?", (["checkbox"], "d", "a:b;d")),
    ],
)
def test_what_every_answer_takes_is_not_asked_for(
    take: str, ways: str, expected: tuple[list[str], str, str], chromium: Browser, tested: str
) -> None:
    asked, answer, address = expected
    links = "".join(
        f'<a data-route="{way[0]}" data-to="{way[0]}" data-when="To {way[0]}"'
        f"{' data-optional' if way.endswith('?') else ''}></a>"
        for way in ways.split()
    )
    on = "".join(
        f'<li data-step="{name}" data-kind="action" value="{at}"><a>{name}</a>'
        '<a data-route="z" data-to="z" data-when=""></a></li>'
        for at, name in enumerate("bcd", start=2)
    )
    end = '<li data-step="z" data-kind="outcome" value="9"><a>z</a></li>'
    begin = f'<li data-step="a" data-kind="action" data-take="{take}" value="1"><a>a</a>'
    page = page_in(chromium)
    page.goto(f"{tested}/bare/")
    page.evaluate(MOUNTED, ["../assets/pathbook/pathbook.js", f"{begin}{links}</li>{on}{end}"])
    inputs = page.locator(".pb-walk-answers input")
    assert [one.get_attribute("type") for one in inputs.all()] == asked
    page.get_by_label(f"To {answer}").check()
    page.get_by_role("button", name="Go on").click()
    at_address(page, f"?walk={address}")
    stands_at(page, "z")
