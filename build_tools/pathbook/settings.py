"""Turn a `mkdocs.yml` into the settings of a generator that runs no plugin of others.

The YAML is changed part by part, as a whole: tags such as `!ENV` stay what they are.
"""

from collections.abc import Callable, Sequence
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


def without_plugin(
    text: str,
    name: str,
    docs: str,
    listed: Callable[[navigation.Nav | None], navigation.Nav],
    addresses: Addresses,
) -> str:
    """Write the settings that lead a generator to the written pages.

    `docs` is the folder of these, seen from the settings; `listed` puts the books into a
    navigation. `PathbookError` where the settings cannot be read.
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
        "nav": _node(_moved(listed(nav), addresses)),
        "plugins": _listed(keys.get("plugins"), leave_out=navigation.PLACE),
        "extra_css": _listed(keys.get("extra_css"), first=(pages.STYLESHEET,)),
        "markdown_extensions": _listed(keys.get("markdown_extensions"), first=ALWAYS),
        "use_directory_urls": _node(addresses.directories),
    }
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


def _listed(node: yaml.Node | None, *, first: Sequence[str] = (), leave_out: str = "") -> yaml.Node:
    """Give a list of entries with some before it that it lacks, and without others."""
    found = _node([])
    there = list(node.value) if isinstance(node, yaml.SequenceNode) else []
    names = set(map(_called, there))
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
