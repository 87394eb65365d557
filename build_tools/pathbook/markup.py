"""Find the faults in HTML that its syntax allows: which element may not stand where.

A small part of what the standard asks for, as a table: https://html.spec.whatwg.org/multipage/
"""

from collections.abc import Iterable, Iterator

from justhtml import Element

from pathbook.seen import Around, attribute

_BLOCKS = frozenset(
    """
    address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section
    summary table ul
    """.split()
)
_PHRASES = frozenset(
    """
    abbr b bdi bdo cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label mark output p pre q s samp
    small span strong sub sup time u var
    """.split()
)
"""What holds words, and no blocks."""
_PRESSED = frozenset(
    """
    button details embed iframe input label select textarea
    """.split()
)
"""What a reader acts on, and what therefore stands in no link and no button."""
_OBSOLETE = frozenset(
    """
    acronym applet basefont bgsound big blink center dir font frame frameset isindex keygen
    listing marquee menuitem multicol nextid nobr noembed noframes plaintext rb rtc spacer strike
    tt xmp
    """.split()
)
_OTHERS = frozenset(
    """
    a area audio base body br canvas caption col colgroup datalist del head html img ins legend
    link map meta meter noscript object optgroup option param picture progress rp rt ruby script
    slot source style tbody td template tfoot th thead title tr track video wbr
    """.split()
)
_KNOWN = _BLOCKS | _PHRASES | _PRESSED | _OTHERS
_ALWAYS = frozenset({"script", "template"})
_CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "menu": {"li"}, "dl": {"dt", "dd", "div"}, "tr": {"td", "th"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}, "tbody": {"tr"},
    "thead": {"tr"}, "tfoot": {"tr"},
}  # fmt: skip
"""What alone may stand directly in some elements."""
_PARENTS = {
    "li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "summary": {"details"},
    "figcaption": {"figure"}, "legend": {"fieldset"},
}  # fmt: skip
"""In what alone some elements may stand."""


def faults(found: Iterable[tuple[Element, Around, bool]]) -> Iterator[tuple[str, Element]]:
    """Tell what is wrong, and at which element."""
    titles = 0
    for element, around, _ in found:
        if element.namespace not in {None, "html"}:
            continue
        name, outer = element.name, around[-1].name if around else ""
        titles += name == "title"
        yield from ((fault, element) for fault in _of(element, outer, around))
        if name == "title" and titles > 1:
            yield "a second title", element


def _of(element: Element, outer: str, around: Around) -> Iterator[str]:
    name, got = element.name, element.attrs or {}
    if name in _OBSOLETE:
        yield f"the element {name} is obsolete"
    elif name not in _KNOWN and "-" not in name:
        yield f"there is no element {name}"
    yield from _misplaced(name, outer)
    if name in _PRESSED or (name == "a" and "href" in got):
        for one in around:
            if one.name in {"a", "button"} and attribute(element, "type") != "hidden":
                yield f"the element {name} may not stand in {one.name}"
    if name == "img" and "src" not in got and "srcset" not in got:
        yield "a picture has no address"
    if any(space in attribute(element, "id") for space in " \t\n\f\r"):
        yield "an id has a space in it"


def _misplaced(name: str, outer: str) -> Iterator[str]:
    if name in _BLOCKS and outer in _PHRASES:
        yield f"the element {name} may not stand in {outer}"
    others = name not in _CHILDREN.get(outer, {name}) | _ALWAYS
    if others or outer not in _PARENTS.get(name, {outer}):
        yield f"the element {name} may not stand directly in {outer}"
