"""Turn a `mkdocs.yml` into the settings of a generator that runs no plugin of others.

The YAML is changed part by part, as a whole: tags such as `!ENV` stay what they are.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from pathbook import navigation, pages
from pathbook.addresses import Addresses
from pathbook.problems import PathbookError

MARK = "# Written by pathbook from "
"""How the first line begins."""

FIRST = MARK + "{}: what you change here is lost when it is written again.\n"

ALWAYS = ("toc", "tables", "fenced_code")
"""Extensions of Markdown that MkDocs always uses; without them named, Zensical uses 24 others."""


@dataclass(frozen=True)
class Made:
    """What was written for a generator."""

    addresses: Addresses
    books: Sequence[pages.Book]
    documents: Sequence[str]
    """The pages around the books, by their paths."""
    files: Container[str]
    """Everything, by its path."""

    def listed(self, nav: navigation.Nav | None) -> navigation.Nav:
        """Put the books into a navigation, with every page under the path of its file."""
        return _moved(navigation.whole(nav, self.books, self.documents), self.addresses)

    @property
    def scripts(self) -> list[str | dict[str, str]]:
        """What every page has to load: the search of a large library."""
        if pages.SEARCH in self.files:
            return [{"path": pages.SEARCH, "type": "module"}]
        return [pages.SEARCH_CLASSIC] if pages.SEARCH_CLASSIC in self.files else []


def without_plugin(text: str, name: str, docs: str, made: Made) -> str:
    """Write the settings that lead a generator to the written pages.

    `docs` is the folder of these, seen from the settings. `PathbookError` where the settings
    cannot be read.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise PathbookError(f"{name} holds no settings")
        keys = {key.value: value for key, value in root.value}
        nav = _plain(keys.get("nav"))
    except yaml.YAMLError as error:
        raise PathbookError(f"{name} cannot be read: {error}") from error
    keys |= {
        "docs_dir": _node(docs),
        "nav": _node(made.listed(nav)),
        "plugins": _listed(keys.get("plugins"), leave_out=navigation.PLACE),
        "extra_css": _listed(keys.get("extra_css"), first=(pages.STYLESHEET,)),
        "markdown_extensions": _listed(keys.get("markdown_extensions"), first=ALWAYS),
        "use_directory_urls": _node(made.addresses.directories),
    }
    if made.scripts:
        keys["extra_javascript"] = _listed(keys.get("extra_javascript"), first=made.scripts)
    root.value = [(_node(key), value) for key, value in keys.items()]
    written: str = yaml.serialize(root, allow_unicode=True, width=200)
    return FIRST.format(name) + written


def _node(content: object) -> yaml.Node:
    node = yaml.compose(yaml.safe_dump(content, allow_unicode=True), yaml.SafeLoader)
    assert node, "what was dumped has content"  # noqa: S101 (for the type)
    return node


def _plain(node: yaml.Node | None) -> Any:  # noqa: ANN401 (navigation is data of any depth)
    return node and yaml.safe_load(yaml.serialize(node))


def _called(node: yaml.Node) -> str:
    """Give the name of an entry, which may have settings of its own below it."""
    while isinstance(node, yaml.MappingNode):
        node = node.value[0][0]
    return str(node.value)


def _listed(
    node: yaml.Node | None,
    *,
    first: Sequence[str | dict[str, str]] = (),
    leave_out: str = "",
) -> yaml.Node:
    """Give a list of entries with some before it that it lacks, and without others."""
    found = _node([])
    there = list(node.value) if isinstance(node, yaml.SequenceNode) else []
    names = list(map(_called, there))
    found.value = [
        *(_node(name) for name in first if name not in names),
        *(entry for entry in there if _called(entry) != leave_out),
    ]
    return found


def _moved(nav: navigation.Nav, addresses: Addresses) -> navigation.Nav:
    """Name each page by the path under which it is written."""
    found: navigation.Nav = []
    for item in nav:
        title, below = next(iter(item.items())) if isinstance(item, dict) else (None, item)
        inner = isinstance(below, list)
        moved = _moved(below, addresses) if inner else addresses.source(str(below))
        found.append({str(title): moved} if title else moved)
    return found
