"""What a page of a built site holds, read from its HTML alone."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import html5lib
from html5lib.constants import E
from justhtml import Element, JustHTML

from pathbook import css, markup
from pathbook.pieces import Noter, Pieces
from pathbook.seen import attribute, elements, text, words

Use = Literal["go", "load", "say", "move", "send"]
"""Why a page names an address: a reader goes there, the browser loads it, machines are told of it,
the page moves on by itself, or the browser sends something there."""

Spot = tuple[int, int]
"""A line and a column, counted from 1."""

LOADED = {
    ("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("video", "poster"), ("audio", "src"), ("track", "src"), ("embed", "src"), ("object", "data"),
    ("input", "src"), ("image", "href"), ("image", "xlink:href"), ("use", "href"),
    ("use", "xlink:href"), ("feImage", "href"), ("feImage", "xlink:href"), ("frame", "src"),
    ("script", "href"), ("script", "xlink:href"), ("textPath", "href"), ("textPath", "xlink:href"),
}  # fmt: skip
"""Attributes whose address the browser asks for by itself; so does `background` of any element."""

GONE_TO = {
    ("a", "href"), ("a", "xlink:href"), ("area", "href"), ("form", "action"),
    ("button", "formaction"), ("input", "formaction"), ("blockquote", "cite"), ("q", "cite"),
    ("ins", "cite"), ("del", "cite"),
}  # fmt: skip
"""Attributes whose address a reader goes to."""

SAID = frozenset({"canonical", "alternate", "prev", "next", "author", "help", "license", "search"})
"""Relations of a `link` that are said and not loaded."""

SHARED = frozenset({"og:url", "og:image", "twitter:image", "twitter:image:src", "twitter:url"})
"""Names and properties of a `meta` that hold an address."""

NAMED = (
    "for", "form", "headers", "list", "popovertarget", "commandfor", "usemap", "aria-labelledby",
    "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-flowto",
    "aria-activedescendant", "aria-errormessage",
)  # fmt: skip
"""Attributes that name ids of the same page."""

_REFRESH = re.compile(r"^\s*[\d.]*\s*(?:[;,\s]\s*(?:url\s*=)?\s*['\"]?([^'\"]*))?", re.IGNORECASE)
_RUN = re.compile(
    r"(?:module|importmap|speculationrules|(?:application|text)/(?:x-)?(?:java|ecma)script"
    r"|text/(?:javascript1\.[0-5]|jscript|livescript))?"
)
"""Types of scripts that browsers act on; all else is data.

https://mimesniff.spec.whatwg.org/#javascript-mime-type
"""


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
    targets: set[str] = field(default_factory=set)
    """What links can name besides ids: anchors of the old kind, and maps."""
    scripts: list[tuple[str, Spot]] = field(default_factory=list)
    """The text of every script that stands in the page, and where."""
    styles: list[tuple[str, Spot]] = field(default_factory=list)
    """The text of every `style` element, and where."""
    pieces: Pieces = field(default_factory=Pieces)
    """What stands for a book on it."""
    words: str = ""
    """The words of what the page itself says."""
    before_advice: str = ""
    """Those that stand before its urgent advice."""
    charset: str = ""
    """The encoding that it says it has."""
    base: str = ""
    """What its addresses are relative to, where it is not the page."""
    searches: bool = False
    """Whether readers can search from it."""
    bare: bool = False
    """Whether it has neither an article nor a main part: it says nothing of its own."""

    @property
    def leaves(self) -> bool:
        """Tell whether it takes readers elsewhere by itself."""
        return any(link.use == "move" for link in self.links)

    @property
    def moves(self) -> bool:
        """Tell whether it only leads to where something is now, and says nothing else."""
        return self.bare and self.leaves

    def has(self, name: str) -> bool:
        """Tell whether it has what a fragment names; browsers know `top` and texts."""
        known = {"", "top"} | self.targets
        return name in known or ":~:" in name or name in self.ids


def read(path: str, html: str) -> BuiltPage:
    """Read a page; what is wrong in its HTML is among its faults."""
    html = html.removeprefix("\ufeff")
    root = JustHTML(html, sanitize=False, track_node_locations=True).root
    page = BuiltPage(path, faults=_faults(html))
    found = list(elements(root))
    page.faults += [(fault, _at(one)) for fault, one in markup.faults(found)]
    content = _content([element for element, *_ in found])
    noter = Noter()
    for element, around, seen in found:
        _note(page, element, own=any(one is content for one in around), seen=seen)
        if seen:
            noter.note(element, around)
        else:
            noter.note_hidden(element)
    page.pieces = noter.found
    page.bare = content is None
    page.words = words(content) if content else ""
    page.before_advice = _before_advice(content) if content else ""
    return page


def _faults(html: str) -> list[tuple[str, Spot]]:
    """Check HTML by the letter of its standard, as far as its syntax goes."""
    checker = html5lib.HTMLParser()
    checker.parse(html)
    return [(str(E[code] % found), place) for place, code, found in checker.errors]


def _content(found: list[Element]) -> Element | None:
    """Find what the page itself says: its article, or else its main part."""
    articles = (one for one in found if one.name == "article")
    mains = (one for one in found if "main" in {one.name, attribute(one, "role")})
    return next(articles, None) or next(mains, None)


def _before_advice(content: Element) -> str:
    """Give what is said before the urgent advice, without the signs to edit a page and the like."""
    said = ""
    for element, around, seen in elements(content):
        if "pb-alerts" in attribute(element, "class").split():
            return said
        if seen and element.name in {"p", "li", "h1", "h2", "h3", "h4", "dd", "td", "figcaption"}:
            said = said or words(element)
        if element.name == "nav" or any(one.name == "nav" for one in around):
            said = ""
    return ""


def _at(element: Element) -> Spot:
    return (element.origin_line or 1, element.origin_col or 1)


def _note(page: BuiltPage, element: Element, *, own: bool, seen: bool) -> None:
    """Note all that one element says."""
    _note_ids(page, element, own=own)
    page.links += (replace(link, own=own) for link in _links(element))
    _note_head(page, element)
    _note_code(page, element, own=own)
    if re.fullmatch(r"h[1-6]", element.name):
        said = words(element) if seen else ""
        page.headings.append((int(element.name[1]), said, _at(element)))
    role = attribute(element, "role")
    names = {attribute(element, "data-md-component"), role, element.name, attribute(element, "id")}
    page.searches = page.searches or not names.isdisjoint({"search", "mkdocs_search_modal"})


def _note_ids(page: BuiltPage, element: Element, *, own: bool) -> None:
    if "id" in (element.attrs or {}):
        page.ids.setdefault(attribute(element, "id"), []).append(_at(element))
    if element.name in {"a", "map"}:
        page.targets.add(attribute(element, "name"))
    for key in NAMED if own else ():
        for name in attribute(element, key).split():
            named = name.removeprefix("#") if key == "usemap" else name
            page.names.append((named, f"{element.name} {key}", _at(element)))


def _links(element: Element) -> Iterator[Link]:
    def link(use: Use, address: str, key: str) -> Link:
        return Link(use, address, _at(element), f"{element.name} {key}")

    for key, value in (element.attrs or {}).items():
        for use, address in _uses(element, key, value or ""):
            yield link(use, address, key)
    if element.name == "link" and "href" in (element.attrs or {}):
        relations = attribute(element, "rel").lower().split()
        said = SAID.issuperset(relations)
        yield link("say" if said else "load", attribute(element, "href"), " ".join(relations))
    if element.name == "meta":
        yield from _links_of_meta(element, link("say", attribute(element, "content"), "content"))
    yield from (link("load", found, "text") for found in _in_text(element))
    if element.name == "noscript":  # read as a text, as a browser with scripts does
        for one, *_ in elements(JustHTML(text(element), sanitize=False).root):
            yield from (replace(found, at=_at(element)) for found in _links(one))


def _uses(element: Element, key: str, value: str) -> Iterator[tuple[Use, str]]:
    """Tell what an attribute uses addresses for, and which."""
    name = element.name
    if (name, key) in GONE_TO:
        yield "go", value
    elif (name, key) in LOADED or key == "background":
        yield "load", value
    elif key == "ping":
        yield from (("send", one) for one in value.split())
    elif key in {"srcset", "imagesrcset"}:
        yield from (("load", one) for one in in_set(value))
    elif name in {"animate", "set"} and key in {"to", "from", "by", "values"}:
        if attribute(element, "attributeName").lower() in {"href", "xlink:href"}:
            yield from (("go", one) for one in value.split(";"))
    elif key == "style" or "url(" in value.lower() or "\\" in value:
        yield from (("load", one) for one in css.addresses(value) if key not in _PROSE)


_PROSE = frozenset({"alt", "aria-label", "class", "content", "data-label", "id", "title", "value"})
"""Attributes that hold no style, whatever their words look like."""


def in_set(value: str) -> Iterator[str]:
    """List the addresses of a set of pictures.

    https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute

    >>> list(in_set("a.png ,b.png 2x, c,d.png 3x")), list(in_set("e.png, f.png"))
    (['a.png', 'b.png', 'c,d.png'], ['e.png', 'f.png'])
    """
    rest = value.lstrip(" \t\n\r\f,")
    while rest:
        address, rest = [*re.split(r"[ \t\n\r\f]+", rest, maxsplit=1), ""][:2]
        if address.endswith(","):
            address = address.rstrip(",")
        else:
            rest = rest.partition(",")[2]
        yield address
        rest = rest.lstrip(" \t\n\r\f,")


def _links_of_meta(element: Element, said: Link) -> Iterator[Link]:
    if attribute(element, "http-equiv").lower() == "refresh":
        if found := _REFRESH.match(said.address):
            yield Link("move", (found[1] or "").strip(), said.at, "meta refresh")
    elif {attribute(element, "property"), attribute(element, "name")} & SHARED:
        yield said


def _in_text(element: Element) -> Iterator[str]:
    """Give the addresses in a style, or in data that a browser or a theme acts on."""
    if element.name == "style":
        yield from css.addresses(text(element))
    kind = attribute(element, "type").lower()
    is_config = attribute(element, "id") == "__config"  # what Material for MkDocs tells its script
    if element.name != "script" or not (is_config or kind in {"importmap", "speculationrules"}):
        return
    try:
        data = json.loads(text(element))
    except (ValueError, RecursionError):
        return
    if not is_config:
        # Whatever looks like an address is one: other texts of these are names and words.
        yield from (one for one in _texts_in(data) if "/" in one)
    elif isinstance(data, dict) and isinstance(data.get("search"), str):
        yield data["search"]


def _texts_in(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _texts_in(part)


def _note_head(page: BuiltPage, element: Element) -> None:
    if element.name == "html":
        page.lang = attribute(element, "lang")
    if element.name == "meta" and "charset" in (element.attrs or {}):
        page.charset = page.charset or attribute(element, "charset").lower()
    if element.name == "base" and not page.base:
        page.base = attribute(element, "href")
    if element.name == "title" and element.namespace in {None, "html"} and not page.title:
        page.title = words(element)
    if element.name == "meta" and attribute(element, "name").lower() == "description":
        page.description = attribute(element, "content").strip()


def _note_code(page: BuiltPage, element: Element, *, own: bool) -> None:
    """Note scripts and styles that stand in the page itself, and who wrote them."""
    at = _at(element)
    if element.name == "script" and _runs(element):
        page.scripts.append((text(element), at))
        if own:
            page.inline.append(("a script", at))
    if element.name == "style":
        page.styles.append((text(element), at))
        if own:
            page.inline.append(("a style element", at))
    for key in element.attrs or {}:
        if key == "style" and own:
            page.inline.append(("a style attribute", at))
        elif key.startswith("on"):
            page.inline.append((f"code in the attribute {key}", at))
        elif key == "srcdoc":
            page.inline.append(("a page within the attribute srcdoc", at))


def _runs(element: Element) -> bool:
    """Tell whether a browser would act on the text of a script; in SVG there is no `src`."""
    elsewhere = {"href", "xlink:href"} if element.namespace == "svg" else {"src"}
    kind = attribute(element, "type").strip().lower()
    return elsewhere.isdisjoint(element.attrs or {}) and bool(_RUN.fullmatch(kind))
