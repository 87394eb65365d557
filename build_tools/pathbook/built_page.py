"""What a page of a built site holds, read from its HTML alone."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import html5lib
from html5lib.constants import E
from justhtml import Element, JustHTML

Use = Literal["go", "load", "say", "move"]
"""Why a page names an address: a reader goes there, the browser loads it, machines are told of it,
or the page moves on by itself."""

Spot = tuple[int, int]
"""A line and a column, counted from 1."""

LOADED = {
    ("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("video", "poster"), ("audio", "src"), ("track", "src"), ("embed", "src"), ("object", "data"),
    ("input", "src"), ("image", "href"), ("image", "xlink:href"), ("use", "href"),
    ("use", "xlink:href"), ("body", "background"), ("feImage", "href"), ("frame", "src"),
}  # fmt: skip
"""Attributes whose address the browser asks for by itself."""

GONE_TO = {
    ("a", "href"), ("a", "xlink:href"), ("area", "href"), ("form", "action"),
    ("button", "formaction"), ("input", "formaction"), ("blockquote", "cite"), ("q", "cite"),
    ("ins", "cite"), ("del", "cite"),
}  # fmt: skip
"""Attributes whose address a reader goes to."""

SAID = frozenset({"canonical", "alternate", "prev", "next", "author", "help", "license", "search"})
"""Relations of a `link` that are said and not loaded."""

NAMED = (
    "for", "form", "headers", "list", "popovertarget", "aria-labelledby", "aria-describedby",
    "aria-controls", "aria-owns", "aria-details", "aria-flowto", "aria-activedescendant",
)  # fmt: skip
"""Attributes that name ids of the same page."""

_CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+["']([^"']+)"""
)
_CSS_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_REFRESH = re.compile(r"^\s*\d*(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?([^'\"]*)", re.IGNORECASE)
_DATA_BLOCK = re.compile(
    r"(application|text)/(ld\+)?json|text/(plain|template|x-)|importmap|speculationrules"
)


@dataclass(frozen=True)
class Link:
    """An address that a page names."""

    use: Use
    address: str
    at: Spot
    what: str
    """The element and the attribute, such as `a href`."""
    own: bool = False
    """Whether it stands in what the page itself says, and not in what a theme puts around it."""
    way: bool = False
    """Whether it stands in a list of the ways to a step and from it."""


@dataclass
class BuiltPage:
    """What one page of a built site holds."""

    path: str
    """Its file, from the top of the site."""
    links: list[Link] = field(default_factory=list)
    ids: dict[str, list[Spot]] = field(default_factory=dict)
    names: list[tuple[str, str, Spot]] = field(default_factory=list)
    """Ids that attributes of what the page itself says name: the id, the attribute, and where."""
    lang: str = ""
    title: str = ""
    description: str = ""
    headings: list[tuple[int, str, Spot]] = field(default_factory=list)
    """Level and text of each heading, in order."""
    faults: list[tuple[str, Spot]] = field(default_factory=list)
    """What a checker of HTML says."""
    inline: list[tuple[str, Spot]] = field(default_factory=list)
    """Code and styles that stand in what the page itself says."""
    scripts: list[tuple[str, Spot]] = field(default_factory=list)
    """The text of every script that stands in the page, and where."""
    styles: list[tuple[str, Spot]] = field(default_factory=list)
    """The text of every `style` element, and where."""
    boxes: list[tuple[str, str]] = field(default_factory=list)
    """The boxes of the chart: step and address."""
    arrows: list[tuple[str, str, str]] = field(default_factory=list)
    """The arrows of the chart: from, to, route."""
    items: list[tuple[str, str]] = field(default_factory=list)
    """The items of the outline: step, and the first address in it."""
    ways: list[tuple[str, str, str, str]] = field(default_factory=list)
    """The routes of the outline: from, to, route, address."""
    advice: str = ""
    """The words of the urgent advice that a reader sees."""
    words: str = ""
    """The words of what the page itself says."""

    @property
    def moves(self) -> bool:
        """Tell whether it only leads to where something is now."""
        return any(link.use == "move" for link in self.links)


def read(path: str, html: str) -> BuiltPage:
    """Read a page; what is wrong in its HTML is among its faults."""
    parsed = JustHTML(html, sanitize=False, track_node_locations=True)
    page = BuiltPage(path, faults=_faults(html))
    elements = list(_elements(parsed.root, ()))
    content = _content([element for element, _ in elements])
    for element, around in elements:
        _note(page, element, around, own=any(one is content for one in around))
    page.words = words_of(content) if content else ""
    page.advice = " ".join(page.advice.split())
    return page


def _faults(html: str) -> list[tuple[str, Spot]]:
    """Check HTML by the letter of its standard, as far as its syntax goes."""
    checker = html5lib.HTMLParser()
    checker.parse(html)
    return [(str(E[code] % found), place) for place, code, found in checker.errors]


def words_of(node: object) -> str:
    """Give the words of an element, with one space between them."""
    return " ".join("".join(_texts(node)).split())


def addresses_in_css(text: str) -> Iterator[str]:
    """List the addresses that a stylesheet loads.

    >>> list(addresses_in_css("@import 'a.css'; /* url(x) */ p { background: url( 'b.png' ) }"))
    ['a.css', 'b.png']
    """
    for found in _CSS_ADDRESS.finditer(_CSS_REMARK.sub("", text)):
        if address := next(filter(None, found.groups()), ""):
            yield address


def _children(node: object) -> list[object]:
    inside = getattr(node, "template_content", None)
    return [*(getattr(node, "children", None) or ()), *([inside] if inside else [])]


def _elements(
    node: object, around: tuple[Element, ...]
) -> Iterator[tuple[Element, tuple[Element, ...]]]:
    """Give every element with those around it, in the order of the page; never recurses deeply."""
    waiting = [(child, around) for child in reversed(_children(node))]
    while waiting:
        one, outer = waiting.pop()
        if isinstance(one, Element):
            yield one, outer
            outer = (*outer, one)
        waiting += [(child, outer) for child in reversed(_children(one))]


def _texts(node: object) -> Iterator[str]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if getattr(one, "name", "") == "#text":
            yield str(getattr(one, "data", "") or "")
        elif getattr(one, "name", "") not in {"script", "style", "#comment"}:
            waiting += reversed(_children(one))


def _attribute(element: Element, name: str) -> str:
    return str((element.attrs or {}).get(name) or "")


def _content(elements: list[Element]) -> Element | None:
    """Find what the page itself says: its article, or else its main part."""
    tests: tuple[Callable[[Element], bool], ...] = (
        lambda element: element.name == "article",
        lambda element: "main" in {element.name, _attribute(element, "role")},
    )
    return next((element for test in tests for element in elements if test(element)), None)


def _at(element: Element) -> Spot:
    return (element.origin_line or 1, element.origin_col or 1)


def _is_seen(around: tuple[Element, ...]) -> bool:
    return not any(
        one.name in {"template", "details", "noscript"}
        or "hidden" in (one.attrs or {})
        or _attribute(one, "aria-hidden") == "true"
        for one in around
    )


def _note(page: BuiltPage, element: Element, around: tuple[Element, ...], *, own: bool) -> None:
    """Note all that one element says."""
    _note_ids(page, element, own=own)
    way = any("pb-ways" in _attribute(one, "class").split() for one in around)
    page.links += (replace(link, own=own, way=way) for link in _links(element))
    _note_head(page, element)
    _note_code(page, element, own=own)
    _note_chart(page, element, around)
    if re.fullmatch(r"h[1-6]", element.name):
        page.headings.append((int(element.name[1]), words_of(element), _at(element)))
    if "pb-alert" in _attribute(element, "class").split() and _is_seen((*around, element)):
        page.advice += f" {words_of(element)}"


def _note_ids(page: BuiltPage, element: Element, *, own: bool) -> None:
    if "id" in (element.attrs or {}):
        page.ids.setdefault(_attribute(element, "id"), []).append(_at(element))
    for attribute in NAMED if own else ():
        for name in _attribute(element, attribute).split():
            page.names.append((name, f"{element.name} {attribute}", _at(element)))


def _links(element: Element) -> Iterator[Link]:
    def link(use: Use, address: str, attribute: str) -> Link:
        return Link(use, address, _at(element), f"{element.name} {attribute}")

    for attribute, value in (element.attrs or {}).items():
        for use, address in _uses(element.name, attribute, value or ""):
            yield link(use, address, attribute)
    if element.name == "link":
        relations = _attribute(element, "rel").lower().split()
        said = SAID.issuperset(relations)
        yield link("say" if said else "load", _attribute(element, "href"), " ".join(relations))
    if element.name == "meta":
        yield from _links_of_meta(element, link("say", _attribute(element, "content"), "content"))
    if element.name == "style":
        yield from (
            link("load", found, "url") for found in addresses_in_css("".join(_texts_of(element)))
        )
    if _attribute(element, "id") == "__config":  # what Material for MkDocs tells its script
        yield from (link("load", found, "search") for found in _worker("".join(_texts_of(element))))


def _uses(name: str, attribute: str, value: str) -> Iterator[tuple[Use, str]]:
    """Tell what an attribute uses addresses for, and which."""
    if (name, attribute) in GONE_TO:
        yield "go", value
    elif (name, attribute) in LOADED:
        yield "load", value
    elif attribute in {"srcset", "imagesrcset"}:
        for one in re.split(r"(?<=[xw]),\s*|,\s+", value):
            yield "load", next(iter(one.split()), "")


def _links_of_meta(element: Element, said: Link) -> Iterator[Link]:
    if _attribute(element, "http-equiv").lower() == "refresh":
        if found := _REFRESH.match(said.address):
            yield Link("move", found[1].strip(), said.at, "meta refresh")
    elif _attribute(element, "property") in {"og:url", "og:image"}:
        yield said


def _worker(config: str) -> Iterator[str]:
    try:
        data = json.loads(config)
    except ValueError:
        return
    if isinstance(data, dict) and isinstance(data.get("search"), str):
        yield data["search"]


def _texts_of(element: Element) -> Iterator[str]:
    return (str(getattr(child, "data", "") or "") for child in element.children or ())


def _note_head(page: BuiltPage, element: Element) -> None:
    if element.name == "html":
        page.lang = _attribute(element, "lang")
    if element.name == "title" and element.namespace in {None, "html"} and not page.title:
        page.title = words_of(element)
    if element.name == "meta" and _attribute(element, "name").lower() == "description":
        page.description = _attribute(element, "content").strip()


def _note_code(page: BuiltPage, element: Element, *, own: bool) -> None:
    """Note scripts and styles that stand in the page itself, and who wrote them."""
    at, text = _at(element), "".join(_texts_of(element))
    active = element.name == "script" and "src" not in (element.attrs or {})
    if active and not _DATA_BLOCK.match(_attribute(element, "type").lower()):
        page.scripts.append((text, at))
        if own:
            page.inline.append(("a script", at))
    if element.name == "style":
        page.styles.append((text, at))
        if own:
            page.inline.append(("a style element", at))
    for attribute in element.attrs or {}:
        if attribute == "style" and own:
            page.inline.append(("a style attribute", at))
        elif attribute.startswith("on"):
            page.inline.append((f"code in the attribute {attribute}", at))
        elif attribute == "srcdoc":
            page.inline.append(("a page within the attribute srcdoc", at))


def _note_chart(page: BuiltPage, element: Element, around: tuple[Element, ...]) -> None:
    """Note what stands for the pathway: boxes, arrows, and the items of the outline."""
    got = {name: value or "" for name, value in (element.attrs or {}).items()}
    if element.name == "a" and "data-step" in got:
        page.boxes.append((got["data-step"], got.get("href", "")))
    if element.name == "g" and "data-route" in got:
        page.arrows.append((got.get("data-from", ""), got.get("data-to", ""), got["data-route"]))
    if element.name == "li" and "data-step" in got:
        first = next((e for e, _ in _elements(element, ()) if e.name == "a"), None)
        page.items.append((got["data-step"], _attribute(first, "href") if first else ""))
    if element.name == "a" and "data-route" in got:
        item = next((one for one in reversed(around) if "data-step" in (one.attrs or {})), None)
        step = _attribute(item, "data-step") if item else ""
        page.ways.append((step, got.get("data-to", ""), got["data-route"], got.get("href", "")))
