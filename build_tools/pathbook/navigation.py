"""Put the books where a maintainer's navigation names them."""

from collections.abc import Iterator, Sequence
from typing import Any

from pathbook import pages

Nav = list[Any]
"""Navigation as MkDocs has it: paths, and mappings from a title to a path or a list of these."""

PLACE = "pathbook"
"""An entry of this name in `nav` is where the pathways go."""

FRONT = "index.md"
"""The library; a maintainer may have written its beginning."""

FRONTS = frozenset({FRONT, "README.md"})
"""What that page may be called in the folder of documents."""


def whole(nav: Nav | None, books: Sequence[pages.Book], documents: Sequence[str]) -> Nav:
    """Put the library and the pathways where the navigation names them, else first.

    Where there is no navigation, all documents follow.
    """
    if nav is None:
        nav = [PLACE, *(path for path in documents if path not in FRONTS)]
    ours = [{"Pathways": FRONT}, *pages.navigation(books)]
    found = placed(nav, ours)
    return [*ours, *nav] if found == nav else found


def placed(nav: Nav, ours: Nav) -> Nav:
    """Replace the entry that stands for the pathways, at whatever depth it is.

    >>> placed(["about.md", {"Books": "pathbook"}], ["index.md"])
    ['about.md', {'Books': ['index.md']}]
    """
    found: Nav = []
    for item in nav:
        title, below = next(iter(item.items())) if isinstance(item, dict) else (None, item)
        if below == PLACE:
            found += [{title: ours}] if title else ours
        elif isinstance(below, list):
            found.append({title: placed(below, ours)})
        else:
            found.append(item)
    return found


def paths(nav: Nav) -> Iterator[str]:
    """List the paths that a navigation names."""
    for item in nav:
        target = next(iter(item.values())) if isinstance(item, dict) else item
        if isinstance(target, list):
            yield from paths(target)
        else:
            yield str(target)
