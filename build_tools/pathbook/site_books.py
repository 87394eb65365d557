"""The rules about the books of a built site: its charts, lists and steps are what was built."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator

from pathbook import implied, minimap, overview, svg
from pathbook.built import BuiltBook, BuiltSite
from pathbook.built_page import BuiltPage
from pathbook.implied import line
from pathbook.model import Route, Step
from pathbook.pages import SHEET_PREFIX
from pathbook.pieces import Arrow, Box, Named
from pathbook.rule import Finding, whole
from pathbook.text import ELLIPSIS

NAMES = ("evidence", "glossary", "print")
"""The pages that every book has besides those of its steps."""


def no_book(site: BuiltSite) -> Iterator[Finding]:
    """The site has a book, and every book has its pages and its `pathway.json`."""
    known = {book.id for book in site.books}
    told = {posixpath.dirname(file) for file, _ in site.unread if file.endswith("pathway.json")}
    if not known | told:
        yield Finding(site.place("pathway.json"), "no folder of the site has one", "a built book")
    shown = {folder: page for page in site.pages.values() for folder in _books_on(site, page)}
    for folder in sorted(set(shown) - known - told):
        fact = f"{shown[folder].path} shows the pathway '{folder}', whose data is missing"
        yield Finding(site.place(f"{folder}/pathway.json"), fact, "the data of every book")
    for book in site.books:
        pages = {name: site.named(book, name) for name in NAMES} | {"index": site.front(book)}
        pages |= {"urgent": site.named(book, "urgent")} if book.alerts else {}
        for name, page in pages.items():
            if not page:
                file = f"{book.id}/{name}/index.html".replace("/index/", "/")
                yield Finding(site.place(file), "the page is missing", "every page of the book")


def _books_on(site: BuiltSite, page: BuiltPage) -> Iterator[str]:
    """Name the folders of the books that a page belongs to, or leads to."""
    if page.pieces.walks:
        yield posixpath.dirname(page.path)
    for card in page.pieces.cards:
        if found := site.end(page, card.address):
            yield posixpath.dirname(found)


def missing_box(site: BuiltSite) -> Iterator[Finding]:
    """Every chart and the list hold every step once, as it is called, and lead to its page."""
    for book, page in _charted(site):
        large, here = overview.is_large(book.graph), site.named(book, "print") is page
        wanted = [
            (name, _end_of(site, book, name, here=here), line(step.title), number, said)
            for name, step in book.steps.items()
            for number in [str(book.graph.numbers[name])]
            for said in [line(svg.name_of(book.graph, step))]
        ]
        boxes, twins = page.pieces.boxes, page.pieces.twins
        for what, found in (("chart", boxes), ("strips", [] if large else twins)):
            if found or not (large and what == "strips"):
                seen = (_box(site, book, page, box) for box in found)
                yield from differences(site, page, f"box of the {what}", wanted, seen)
        if large and not here:
            parts = [f"part-{part.number}" for part in overview.parts(book.graph)]
            told = [f"part-{one}" for named, _ in page.pieces.parts for one in named.split(" ")]
            yield from differences(site, page, "part in the overview", parts, told)
    for book, page in _fronts(site):
        items = [
            (
                step.id, implied.stage(book.graph, step), _end_of(site, book, step.id),
                line(step.title), implied.data_of_item(book.graph, step), line(step.summary),
            )
            for step in book.steps.values()
        ]  # fmt: skip
        listed = (
            (one.step, one.stage, site.end(page, one.address), one.title, one.data, one.summary)
            for one in page.pieces.items
        )
        yield from differences(site, page, "item of the list", items, listed)


def _box(site: BuiltSite, book: BuiltBook, page: BuiltPage, box: Box) -> tuple[str, ...]:
    step = book.steps.get(box.step)
    title = _full(box.title, step.title) if step else box.title
    return box.step, site.end(page, box.address), title, box.number, line(box.name)


def _full(shown: str, said: str) -> str:
    """Give what is said, where what is shown of it in lines is the same or the beginning of it."""
    bare, whole_text = "".join(shown.split()), "".join(said.split())
    cut = bare.endswith(ELLIPSIS) and whole_text.startswith(bare.removesuffix(ELLIPSIS))
    return line(said) if bare == whole_text or cut else shown


def missing_arrow(site: BuiltSite) -> Iterator[Finding]:
    """Every chart holds every route once, drawn, and under its answer."""
    for book, page in _charted(site):
        routes: dict[tuple[str, ...], Route] = {
            (name, route.to, route.id): route
            for name, step in book.steps.items()
            for route in step.next
        }
        informs = [(name, to, "") for name, step in book.steps.items() for to in step.informs]
        large = overview.is_large(book.graph)
        wanted = [(*way, "" if large else line(routes[way].when)) for way in routes]
        wanted += [(*way, "") for way in informs]
        seen = [
            (*arrow.way, "" if large else _full(arrow.answer, routes[arrow.way].when))
            if arrow.way in routes
            else (*arrow.way, arrow.answer)
            for arrow in page.pieces.arrows
            if arrow.lines > (not large and arrow.way in routes and bool(routes[arrow.way].when))
        ]
        yield from differences(site, page, "arrow of the chart", wanted, seen)
        twins: dict[tuple[str, ...], str] = {
            (name, route.id): route.when for (name, _, _), route in routes.items()
        }
        yield from _strips(site, page, twins, lines=not large)


def _strips(
    site: BuiltSite, page: BuiltPage, routes: dict[tuple[str, ...], str], *, lines: bool
) -> Iterator[Finding]:
    """Compare the arrows of the strips, of which each may stand in several pieces."""
    found = page.pieces.ways_drawn
    drawn = {arrow.way for arrow in found if arrow.lines} if lines else set(routes)
    yield from differences(site, page, "arrow of the strips", routes, drawn)
    wanted = {(*way, line(when)) for way, when in routes.items() if when}
    answers = {_answered(arrow, routes) for arrow in found if arrow.answer}
    yield from differences(site, page, "answer in the strips", wanted, answers)


def _answered(arrow: Arrow, routes: dict[tuple[str, ...], str]) -> tuple[str, ...]:
    return (*arrow.way, _full(arrow.answer, routes.get(arrow.way, "")))


def missing_way(site: BuiltSite) -> Iterator[Finding]:
    """Every step says each answer and where it leads: on its page, in the list and on paper."""
    for book, page in _fronts(site):
        wanted = [
            (name, implied.way_on(book.graph, step, route, short=True),
             _end_of(site, book, route.to), implied.data_of_way(route))
            for name, step in book.steps.items()
            for route in step.next
        ]  # fmt: skip
        seen = (
            (way.step, way.words, site.end(page, way.address), way.data)
            for way in page.pieces.ways
            if way.group == "list" and dict(way.data).get("data-route")
        )
        yield from differences(site, page, "way in the list", wanted, seen)
        walks = [(book.id, book.definition.pathway.start)]
        yield from differences(site, page, "box for the walk", walks, page.pieces.walks)
    for book in site.books:
        paper = site.named(book, "print")
        on_paper: list[tuple[str, str, str, str]] = []
        for name, step in book.steps.items():
            if own := site.step(book, name):
                found = (
                    (one.group, one.words, site.end(own, one.address)) for one in own.pieces.ways
                )
                yield from differences(
                    site, own, "way", _ways(site, book, step, paper=False), found
                )
            on_paper += ((name, *way) for way in _ways(site, book, step, paper=True))
        if paper:
            told = (
                (way.step, way.group, way.words, site.end(paper, way.address))
                for way in paper.pieces.ways
            )
            yield from differences(site, paper, "way", on_paper, told)


def _ways(
    site: BuiltSite, book: BuiltBook, step: Step, *, paper: bool
) -> Iterator[tuple[str, str, str]]:
    """Give the ways to a step and on from it: the heading, the words, and where each leads."""
    graph, steps = book.graph, book.steps

    def way(group: str, said: str, to: str) -> tuple[str, str, str]:
        return group, line(said), _end_of(site, book, to, here=paper)

    here, on = "How you get here", "What can come next"
    for came in graph.arrivals[step.id]:
        yield way(here, implied.way_here(graph, came.step, came.route), came.step.id)
    for route in step.next:
        yield way(on, implied.way_on(graph, step, route, short=False), route.to)
    for name in step.informs:
        said = f"The result is used later, in {implied.named(graph, steps[name])}"
        yield way(on, said, name)
    if paper:
        return
    for other in graph.informed_by[step.id]:
        yield way(here, f"The result of {implied.named(graph, other)} is used here", other.id)
    if host := graph.hosts.get(step.id):
        yield way(here, f"Background reading for {implied.named(graph, steps[host])}", host)
    for name in step.background:
        summary = f". {steps[name].summary}" if steps[name].summary else ""
        yield way("Background", f"{implied.named(graph, steps[name])}{summary}", name)


def missing_step(site: BuiltSite) -> Iterator[Finding]:
    """Every step has a page that says what it is, and stands in the same words on paper."""
    for book in site.books:
        graph, on_paper = book.graph, []
        for name, step in book.steps.items():
            page = site.step(book, name)
            take, lead = implied.taken(step), line(step.summary)
            said = [("pb-lead", lead), ("pb-take", take)]
            kind = svg.KIND_NAMES[step.kind]
            on_paper += [
                (name, label, text) for label, text in (("pb-eyebrow", kind), *said) if text
            ]
            if not page:
                fact = f"the {step.kind} '{name}' has no page"
                yield Finding(site.place(f"{book.id}/pathway.json"), fact, "a page for each step")
                continue
            titles = [text for level, text, _ in page.headings if level == 1]
            if line(step.title) not in titles:
                fact = f"the page is not headed '{line(step.title)}'"
                yield Finding(site.place(page.path), fact, "the title")
            also = f"Also found as: {', '.join(step.aliases)}" if step.aliases else ""
            wanted = [
                *said,
                ("pb-eyebrow", implied.eyebrow(graph, step)),
                ("pb-aliases", line(also)),
            ]
            found = texts(page.pieces.texts, "pb-lead", "pb-take", "pb-eyebrow", "pb-aliases")
            texts_wanted = ((label, text) for label, text in wanted if text)
            seen = ((label, text) for _, label, text in found)
            yield from differences(site, page, "text", texts_wanted, seen)
            yield from _small_map(site, book, step, page)
        if paper := site.named(book, "print"):
            sheets = [
                (f"{SHEET_PREFIX}{name}", implied.named(graph, step))
                for name, step in book.steps.items()
            ]
            told = ((one.name, one.label) for one in paper.pieces.sheets if one.name)
            yield from differences(site, paper, "section", sheets, told)
            found = texts(paper.pieces.texts, "pb-lead", "pb-take", "pb-eyebrow")
            yield from differences(site, paper, "text", on_paper, (one for one in found if one[0]))


def texts(found: Iterable[Named], *labels: str) -> list[tuple[str, str, str]]:
    """Give the texts of some classes: the step they are about, the class, the words."""
    return [(one.name, one.label, one.words) for one in found if one.label in labels]


def _small_map(site: BuiltSite, book: BuiltBook, step: Step, page: BuiltPage) -> Iterator[Finding]:
    """Compare the small chart of a step, from top to bottom."""
    sides = [side[: minimap.MOST] for side in minimap.neighbours(book.graph, step)]
    around = [one for side in sides for one in side]
    wanted = [
        (_end_of(site, book, one.step.id), implied.named(book.graph, one.step)) for one in around
    ]
    seen = [
        (site.end(page, box.address), _full(f"{box.number} {box.title}", box.name))
        for box in page.pieces.near
    ]
    yield from differences(site, page, "box of the small chart", wanted, seen)
    if len(page.pieces.near_answers) == len(around):
        for one, shown in zip(around, page.pieces.near_answers, strict=True):
            if _full(shown, one.when) != line(one.when):
                fact = f"the small chart shows '{shown}' on the way from or to '{one.step.id}'"
                yield Finding(site.place(page.path), fact, line(one.when))
    else:
        yield Finding(site.place(page.path), "the small chart has not the arrows that it should")


def lost_address(site: BuiltSite) -> Iterator[Finding]:
    """The former address of a step leads to the step."""
    for book in site.books:
        for name, step in book.steps.items():
            for former in step.was:
                page, there = site.named(book, former), site.step(book, name)
                moves = [link for link in page.links if link.use == "move"] if page else []
                ends = {site.follow(page, link).file for link in moves} if page else set()
                if not there or ends != {there.path}:
                    file = page.path if page else f"{book.id}/{former}/index.html"
                    fact = f"the former address '{former}' does not lead to the step '{name}'"
                    yield Finding(site.place(file), fact, "a page that sends readers on")


def false_words(site: BuiltSite) -> Iterator[Finding]:
    """Every page of a book says which pathway it belongs to, in which state, and for whom."""
    for page in site.pages.values():
        book = site.of(page)
        if book and not page.moves:
            pathway = book.definition.pathway
            told = {
                label: text
                for _, label, text in texts(page.pieces.texts, "pb-notice", "pb-colophon")
            }
            if not told.get("pb-notice", "").startswith(
                f"{implied.opened(implied.state(pathway))}."
            ):
                fact = "the page does not say how far the pathway is"
                yield Finding(site.place(page.path), fact, implied.opened(implied.state(pathway)))
            if not told.get("pb-colophon", "").startswith(implied.edition(pathway)):
                fact = "the end of the page does not say what it belongs to"
                yield Finding(site.place(page.path), fact, implied.edition(pathway))
    for book, page in _charted(site):
        pathway = book.definition.pathway
        intro = next((text for _, _, text in texts(page.pieces.texts, "pb-intro")), "")
        wanted = [
            line(pathway.summary),
            f"For: {line(pathway.audience)}." if pathway.audience else "",
        ]
        if page is site.front(book):
            start = implied.named(book.graph, book.steps[pathway.start])
            wanted.append(f"The first step is {start}.")
        if (1, line(pathway.title)) not in {(level, text) for level, text, _ in page.headings}:
            fact = f"the page is not headed '{line(pathway.title)}'"
            yield Finding(site.place(page.path), fact, "the title")
        for text in wanted:
            if text not in intro:
                fact = f"the page does not say '{text}' at its beginning"
                yield Finding(site.place(page.path), fact, "what the pathway is")


def missing_card(site: BuiltSite) -> Iterator[Finding]:
    """The page that lists the pathways leads to each, and to its urgent advice."""
    wanted = []
    for book in site.books:
        pathway, front, urgent = (
            book.definition.pathway,
            site.front(book),
            site.named(book, "urgent"),
        )
        call = urgent.path if urgent and pathway.alerts else ""
        wanted.append((front.path if front else "", line(pathway.title), call))
        for page in site.pages.values():
            for card in page.pieces.cards:
                if front and site.end(page, card.address) == front.path:
                    facts = (
                        pathway.summary,
                        f"{len(book.steps)} steps · {pathway.status} · version {pathway.version}",
                    )
                    for text in map(line, facts):
                        if text not in card.words:
                            fact = f"the card of '{book.id}' does not say '{text}'"
                            yield Finding(site.place(page.path), fact, "what the pathway is")
    for page in site.pages.values():
        if page.pieces.cards:
            seen = (
                (
                    site.end(page, card.address),
                    card.title,
                    card.urgent and site.end(page, card.urgent),
                )
                for card in page.pieces.cards
            )
            yield from differences(site, page, "card", wanted, seen)


RULES = tuple(
    map(
        whole,
        (
            no_book, missing_box, missing_arrow, missing_way, missing_step, lost_address,
            false_words, missing_card,
        ),
    )
)  # fmt: skip


def _fronts(site: BuiltSite) -> Iterator[tuple[BuiltBook, BuiltPage]]:
    for book in site.books:
        if page := site.front(book):
            yield book, page


def _charted(site: BuiltSite) -> Iterator[tuple[BuiltBook, BuiltPage]]:
    """Give the pages that show the chart: that of the walk, and that for paper."""
    yield from _fronts(site)
    for book in site.books:
        if page := site.named(book, "print"):
            yield book, page


def _end_of(site: BuiltSite, book: BuiltBook, name: str, *, here: bool = False) -> str:
    """Say where a link to a step should lead: to its page, or to where it stands on paper."""
    page = site.named(book, "print") if here else site.step(book, name)
    file = page.path if page else f"{book.id}/{name}/index.html"
    return f"{file}#{SHEET_PREFIX}{name}" if here else file


def differences(
    site: BuiltSite, page: BuiltPage, what: str, wanted: Iterable[object], found: Iterable[object]
) -> Iterator[Finding]:
    """Tell what is missing on a page, and what is there that should not be, or stands twice."""
    wanted_now, found_now = Counter(list(wanted)), Counter(list(found))
    for one in sorted(wanted_now - found_now, key=str):
        fact = f"this {what} is missing: {_shown(one)}"
        yield Finding(site.place(page.path), fact, "all that pathway.json holds")
    for one in sorted(found_now - wanted_now, key=str):
        fact = f"this {what} is not what pathway.json holds, or stands twice: {_shown(one)}"
        yield Finding(site.place(page.path), fact, "what pathway.json holds, once")


def _shown(one: object) -> str:
    parts = one if isinstance(one, tuple) else (one,)
    return " | ".join(
        _shown(part) if isinstance(part, tuple) else str(part) for part in parts if part != ""
    )
