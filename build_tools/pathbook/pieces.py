"""Note what stands for a book on a page, piece by piece: what a reader sees, and the walk reads."""

import re
from dataclasses import dataclass, field

from justhtml import Element

from pathbook.seen import Around, attribute, first, has_class, inside, is_set_apart, nearest, words

TEXTS = (
    "pb-lead", "pb-eyebrow", "pb-notice", "pb-colophon", "pb-banner", "pb-take", "pb-aliases",
    "pb-rests", "pb-intro",
)  # fmt: skip
"""Classes whose words are noted as they are."""


@dataclass(frozen=True)
class Box:
    """A box of the chart, or of a strip."""

    step: str
    address: str
    title: str
    number: str
    name: str
    """What a screen reader says."""


@dataclass(frozen=True)
class Arrow:
    """An arrow of a chart, or one that belongs to it in a strip, or an answer on one."""

    way: tuple[str, ...]
    """The step it begins at, the step it leads to and the route; in a strip only step and route."""
    answer: str
    lines: int
    """How many lines it is drawn with: one up to its answer, one from there."""


@dataclass(frozen=True)
class Item:
    """An item of the list of all steps."""

    step: str
    stage: str
    address: str
    title: str
    data: tuple[tuple[str, str], ...]
    """What the walk reads: the `data-` attributes, and the number."""
    summary: str


@dataclass(frozen=True)
class Way:
    """A way to a step or on from it, in words."""

    step: str
    """The step it is a way of, where a page holds several; else empty."""
    group: str
    """The heading above it, or `list`."""
    words: str
    address: str
    data: tuple[tuple[str, str], ...]
    """What the walk reads."""


@dataclass(frozen=True)
class Said:
    """A statement, where it is shown."""

    anchor: str
    """The id under which it can be linked to; empty where it is only told again."""
    address: str
    """Where it leads to the page of the evidence."""
    words: str
    facts: str
    """Its id, and what is said about it."""
    source: str
    """What stands above it: its source."""
    used: tuple[str, ...]
    """Where it says that it is used."""


@dataclass(frozen=True)
class Claim:
    """A fact about a step, with the statements it rests on."""

    step: str
    label: str
    words: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A word with what is said about it: a term, a source, a text of some class, a sheet."""

    name: str
    label: str
    words: str
    address: str = ""


@dataclass(frozen=True)
class Advice:
    """A piece of urgent advice."""

    level: str
    title: str
    words: str
    call: str = ""
    """Where the link in its title leads: to who to call."""


@dataclass(frozen=True)
class Card:
    """A pathway on the page that lists them all."""

    address: str
    title: str
    words: str
    urgent: str


@dataclass
class Pieces:
    """All that stands for a book on a page."""

    boxes: list[Box] = field(default_factory=list)
    twins: list[Box] = field(default_factory=list)
    """The boxes of strips that stand beside a whole chart."""
    arrows: list[Arrow] = field(default_factory=list)
    ways_drawn: list[Arrow] = field(default_factory=list)
    """What belongs to arrows in strips."""
    parts: list[tuple[str, str]] = field(default_factory=list)
    """The boxes of an overview: their parts, and where they lead."""
    near: list[Box] = field(default_factory=list)
    """The boxes of the small chart of a step."""
    near_answers: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    cells: list[Claim] = field(default_factory=list)
    """What a table of options says."""
    terms: list[Named] = field(default_factory=list)
    meanings: list[Named] = field(default_factory=list)
    """What comes up over the text where a term is used."""
    sources: list[Named] = field(default_factory=list)
    sheets: list[Named] = field(default_factory=list)
    """The sections of the page for paper."""
    texts: list[Named] = field(default_factory=list)
    advice: list[Advice] = field(default_factory=list)
    advice_rest: str = ""
    """What stands among the urgent advice and is none."""
    cards: list[Card] = field(default_factory=list)
    walks: list[tuple[str, str]] = field(default_factory=list)
    """The boxes for the walk: the pathway, and the step where it begins."""


class Noter:
    """Notes the pieces of a page while its elements go by."""

    def __init__(self) -> None:
        self.found = Pieces()
        self.above = ""
        """The last heading that is not of the first level."""
        self.stage = ""
        self.source = ""

    def note(self, element: Element, around: Around) -> None:
        """Note what an element that is seen stands for."""
        if element.name in {"h2", "h3"}:
            self.above = words(element)
            self.stage = self.above if element.name == "h3" else ""
        if element.name == "cite" and nearest(around, ".pb-from"):
            self.source = words(nearest(around, ".pb-from"))
        if element.name in {"a", "g"}:
            self._chart(element, around)
        if element.name in {"li", "div", "td", "dt", "dd"}:
            self._row(element, around)
        for name in attribute(element, "class").split():
            self._of_class(name, element, around)

    def _chart(self, element: Element, around: Around) -> None:
        got, found = element.attrs or {}, self.found
        if "data-step" in got:
            found.boxes.append(_box(element, "data-step"))
        if "data-at" in got:
            found.twins.append(_box(element, "data-at"))
        if "data-parts" in got:
            found.parts.append((attribute(element, "data-parts"), attribute(element, "href")))
        if element.name == "g" and "data-from" in got:
            names = ("data-from", "data-to", "data-route")
            found.arrows.append(_arrow(element, *(attribute(element, name) for name in names)))
        if element.name == "g" and "data-way" in got:
            found.ways_drawn.append(_arrow(element, *attribute(element, "data-way").split(" ")))
        if nearest(around, ".pb-minimap"):
            if element.name == "a":
                found.near.append(_box(element, ""))
            elif has_class(element, "pb-route") or has_class(element, "pb-informs"):
                said = first(element, ".pb-when")
                found.near_answers.append(words(said) if said else "")

    def _row(self, element: Element, around: Around) -> None:
        found, outer = self.found, around[-1] if around else element
        if element.name == "li" and "data-step" in (element.attrs or {}):
            found.items.append(_item(element, self.stage))
        elif element.name == "li" and has_class(outer, "pb-ways"):
            found.ways.append(self._way(element, around))
        elif element.name == "li" and has_class(outer, "pb-statements"):
            found.said.append(_said(element, self.source or self.above))
        elif element.name == "li" and nearest(around, ".pb-differ"):
            found.claims.append(_claim(_step(around), "differs", element))
        elif element.name == "div" and outer.name == "dl" and nearest(around, ".pb-glance"):
            label, fact = first(element, "dt"), first(element, "dd")
            if label and fact:
                found.claims.append(_claim(_step(around), words(label), fact))
        elif element.name == "td" and "data-label" in (element.attrs or {}):
            head = first(outer, "th")
            found.cells.append(_claim(_step(around), words(head) if head else "", element))
        elif element.name in {"dt", "dd"} and has_class(outer, "pb-terms"):
            found.terms.append(Named(attribute(element, "id"), element.name, words(element)))
        elif element.name in {"dt", "dd"} and has_class(outer, "pb-source"):
            link = first(element, "a")
            address = attribute(link, "href") if link else ""
            found.sources.append(Named(self.above, element.name, words(element), address))

    def _way(self, element: Element, around: Around) -> Way:
        link = first(element, "a")
        item = nearest(around, "li")
        return Way(
            attribute(item, "data-step") if item else _step(around),
            "list" if item else self.above,
            words(element),
            attribute(link, "href") if link else "",
            _data(link) if link else (),
        )

    def _of_class(self, name: str, element: Element, around: Around) -> None:
        found = self.found
        if name in TEXTS:
            found.texts.append(Named(_step(around), name, words(element)))
        elif name == "pb-from":
            self.source = ""
        elif name == "pb-sheet":
            title = first(element, "h2")
            self.source = ""
            said = Named(attribute(element, "id"), words(title) if title else "", words(element))
            found.sheets.append(said)
        elif name == "pb-walk":
            walk = (attribute(element, "data-pathway"), attribute(element, "data-start"))
            found.walks.append(walk)
        elif name == "pb-card":
            found.cards.append(_card(element))
        elif name.startswith("pb-alert") and not any(map(is_set_apart, (*around, element))):
            self._advice(name, element)

    def _advice(self, name: str, element: Element) -> None:
        found = self.found
        if name == "pb-alerts":
            found.advice_rest += words(element, {"pb-alert", "pb-alerts-more"})
        elif name == "pb-alert":
            level = re.search(r"(?<!\S)pb-alert-(\S+)", attribute(element, "class"))
            title = first(element, ".pb-alert-title")
            link = first(title, "a") if title else None
            head = words(title).removesuffix(words(link)).strip() if title and link else ""
            found.advice.append(
                Advice(
                    level[1] if level else "",
                    head or (words(title) if title else ""),
                    words(element, {"pb-alert-title"}),
                    attribute(link, "href") if link else "",
                )
            )

    def note_hidden(self, element: Element) -> None:
        """Note what comes up only when a reader asks for it."""
        if has_class(element, "pb-meaning") and "popover" in (element.attrs or {}):
            said = Named(attribute(element, "id"), "", words(element))
            self.found.meanings.append(said)


def _step(around: Around) -> str:
    """Name the step whose sheet of paper an element is on."""
    sheet = nearest(around, ".pb-sheet")
    return attribute(sheet, "id").removeprefix("step-") if sheet else ""


def _data(element: Element) -> tuple[tuple[str, str], ...]:
    got = element.attrs or {}
    named = {key: value or "" for key, value in got.items() if key.startswith("data-")}
    named.pop("data-search-exclude", None)
    return tuple(sorted(named.items()))


def _words_in(element: Element, name: str) -> str:
    found = first(element, name)
    return words(found) if found else ""


def _box(element: Element, key: str) -> Box:
    return Box(
        attribute(element, key),
        attribute(element, "href"),
        _words_in(element, ".pb-text"),
        _words_in(element, ".pb-number"),
        attribute(element, "aria-label"),
    )


def _arrow(element: Element, *way: str) -> Arrow:
    lines = sum(bool(attribute(line, "d")) for line in inside(element, ".pb-line"))
    return Arrow(way, _words_in(element, ".pb-answer"), lines)


def _item(element: Element, stage: str) -> Item:
    link = first(element, "a")
    told = next((one for one in inside(element, "p") if "data-summary" in (one.attrs or {})), None)
    number = ("number", attribute(element, "value"))
    return Item(
        attribute(element, "data-step"),
        stage,
        attribute(link, "href") if link else "",
        words(link) if link else "",
        (*_data(element), number),
        words(told) if told else "",
    )


def _said(element: Element, source: str) -> Said:
    facts, used = first(element, ".pb-locator"), first(element, ".pb-used")
    link = first(facts, "a") if facts else None
    return Said(
        attribute(element, "id"),
        attribute(link, "href") if link else "",
        words(element, {"pb-locator", "pb-used", "pb-relation"}),
        words(facts) if facts else "",
        source,
        tuple(attribute(one, "href") for one in inside(used, "a")) if used else (),
    )


def _claim(step: str, label: str, element: Element) -> Claim:
    cites = first(element, ".pb-cites")
    links = tuple(attribute(one, "href") for one in inside(cites, "a")) if cites else ()
    return Claim(step, label, words(element, {"pb-cites"}), links)


def _card(element: Element) -> Card:
    link, urgent = first(element, "a"), first(element, ".pb-card-urgent")
    call = first(urgent, "a") if urgent else None
    return Card(
        attribute(link, "href") if link else "",
        words(link) if link else "",
        words(element),
        attribute(call, "href") if call else "",
    )
