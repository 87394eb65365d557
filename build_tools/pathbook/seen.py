"""Tell what a reader can see of a page: what its HTML holds and nobody is shown does not count."""

import re
from collections.abc import Collection, Iterator

from justhtml import Element

Around = tuple[Element, ...]
"""The elements around one, from the outermost."""

_UNSHOWN = frozenset(
    {
        "audio", "canvas", "clipPath", "datalist", "defs", "desc", "embed", "filter", "iframe",
        "linearGradient", "marker", "mask", "metadata", "noframes", "noscript", "object", "pattern",
        "radialGradient", "script", "select", "style", "symbol", "template", "textarea", "title",
        "video",
    }
)  # fmt: skip
"""Elements whose content is shown to nobody, or only where something fails."""

_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"
    r"|content-visibility\s*:\s*hidden)",
    re.IGNORECASE,
)
_LINKED_HEADING = "headerlink"
"""The class of the sign beside a heading by which MkDocs links to it; no word of the heading."""


def attribute(element: Element, name: str) -> str:
    """Give the value of an attribute, or an empty text."""
    return str((element.attrs or {}).get(name) or "")


def has_class(element: Element, name: str) -> bool:
    """Tell whether an element is of a class."""
    return name in attribute(element, "class").split()


def hides(element: Element) -> bool:
    """Tell whether an element keeps itself, and all in it, from everyone."""
    got = element.attrs or {}
    return (
        element.name in _UNSHOWN
        or not got.keys().isdisjoint({"hidden", "popover", "inert"})
        or (element.name == "dialog" and "open" not in got)
        or got.get("display") == "none"
        or got.get("visibility") in {"hidden", "collapse"}
        or got.get("opacity") == "0"
        or bool(_HIDING.search(got.get("style") or ""))
    )


def is_set_apart(element: Element) -> bool:
    """Tell whether some have to open an element first, or are not told of it."""
    folded = element.name == "details" and "open" not in (element.attrs or {})
    return folded or attribute(element, "aria-hidden") == "true"


def children(node: object) -> list[object]:
    """Give what stands in a node, the content of a template with it."""
    inside = getattr(node, "template_content", None)
    return [*(getattr(node, "children", None) or ()), *([inside] if inside else [])]


def elements(root: object) -> Iterator[tuple[Element, Around, bool]]:
    """Give every element with those around it, and whether it is seen, in the order of the page.

    It never recurses, however deeply a page is nested.
    """
    waiting: list[tuple[object, Around, bool]] = [
        (one, (), True) for one in reversed(children(root))
    ]
    while waiting:
        one, around, seen = waiting.pop()
        if isinstance(one, Element):
            seen = seen and not hides(one)
            yield one, around, seen
            around = (*around, one)
        waiting += [(child, around, seen) for child in reversed(children(one))]


def words(node: object, without: Collection[str] = ()) -> str:
    """Give the words that a reader sees in a node, with one space between them.

    What is of one of the classes `without` is left out.
    """
    return " ".join("".join(_texts(node, {_LINKED_HEADING, *without})).split())


def _texts(node: object, without: Collection[str]) -> Iterator[str]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if getattr(one, "name", "") == "#text":
            yield str(getattr(one, "data", "") or "")
        elif isinstance(one, Element) and one is not node:
            if not hides(one) and not any(has_class(one, name) for name in without):
                waiting += reversed(children(one))
        elif getattr(one, "name", "") != "#comment":
            waiting += reversed(children(one))


def text(element: Element) -> str:
    """Give the text that stands in an element itself, as in a script."""
    return "".join(str(getattr(child, "data", "") or "") for child in element.children or ())


def inside(element: Element, *names: str) -> Iterator[Element]:
    """Give the elements of some names or classes that a reader sees in another one.

    A class begins with a dot, as in CSS.
    """
    for one, _, seen in elements(element):
        if seen and any(
            has_class(one, name[1:]) if name.startswith(".") else one.name == name for name in names
        ):
            yield one


def first(element: Element, *names: str) -> Element | None:
    """Give the first of such elements, if there is one."""
    return next(inside(element, *names), None)


def nearest(around: Around, *names: str) -> Element | None:
    """Give the innermost element of some names or classes around one."""
    return next(
        (
            one
            for one in reversed(around)
            for name in names
            if (has_class(one, name[1:]) if name.startswith(".") else one.name == name)
        ),
        None,
    )
