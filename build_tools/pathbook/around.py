"""Turn the documents around the books into pages for a generator that runs no plugin.

What the plugin does for them in MkDocs is done to their text: the urgent advice stands first, and
links to books hold.
"""

import posixpath
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import markdown
import yaml

from pathbook import pages, search
from pathbook.addresses import Addresses
from pathbook.navigation import FRONT, FRONTS

_CODE = r"^(?P<fence> {0,3}(?:`{3,}|~{3,})).*?^(?P=fence)|(?P<tick>`+).*?(?P=tick)"
_LINK = re.compile(rf"{_CODE}|(?P<to>(?<=\]\()[^()\s]+|(?<=\]: )\S+)", re.DOTALL | re.MULTILINE)
"""Code, which stays as it is, or the target of a link or a picture."""


def documents(
    texts: Mapping[str, str],
    books: Sequence[pages.Book],
    addresses: Addresses,
    known: Container[str],
) -> pages.Pages:
    """Give the pages around the books by their paths; the front page belongs to the library.

    `known` holds the paths of all files of the site, as a maintainer names them in links.
    """
    return {
        path: pages.Page(partial(_document, path, text, books, addresses, known))
        for path, text in texts.items()
        if path not in FRONTS
    }


def front(texts: Mapping[str, str], addresses: Addresses, known: Container[str]) -> str:
    """Give what a maintainer wrote for the front page."""
    return relinked(_written(texts), FRONT, addresses, known)


def _written(texts: Mapping[str, str]) -> str:
    return texts.get(FRONT) or texts.get("README.md") or ""


def entries(texts: Mapping[str, str], addresses: Addresses) -> Iterator[search.Entry]:
    """Give what the search of a large library knows of these pages, the front page first."""
    others = {path: text for path, text in texts.items() if path not in FRONTS}
    for path, text in {FRONT: _written(texts).strip() or pages.WELCOME, **others}.items():
        head, body = pages.apart(f"{text.strip()}\n")
        known = _settings(head)
        if (known.get("search") or {}).get("exclude"):
            continue
        heading = re.search(r"^# +(.+)$", body, re.MULTILINE)
        title = known.get("title") or (heading[1] if heading else path.removesuffix(".md"))
        summary = str(known.get("description") or "")
        html = markdown.markdown(body, extensions=["tables", "fenced_code"])
        yield search.of_page(addresses.url(path), str(title), summary, html)


def _settings(head: str) -> dict[str, Any]:
    """Read what stands between `---` at the top of a page; what cannot be read says nothing."""
    try:
        told = yaml.safe_load(head.strip().strip("-"))
    except yaml.YAMLError:
        return {}
    return told if isinstance(told, dict) else {}


def _document(
    path: str, text: str, books: Sequence[pages.Book], addresses: Addresses, known: Container[str]
) -> str:
    head, body = pages.apart(text)
    advice = pages.shared_alerts(books, path, addresses)
    return f"{head}{advice}\n{relinked(body, path, addresses, known)}"


def relinked(text: str, here: str, addresses: Addresses, known: Container[str]) -> str:
    """Let links between pages lead to where these are written; what is code stays as it is.

    >>> relinked("[a](b.md#c), `[a](b.md)`, [d](e.md)", "about.md", Addresses(), {"b.md"})
    '[a](../b/index.md#c), `[a](b.md)`, [d](e.md)'
    """
    begin = posixpath.dirname(addresses.source(here))

    def moved(found: re.Match[str]) -> str:
        path, mark, name = (found["to"] or "").partition("#")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
        if not path or there not in known:
            return found.group()
        return posixpath.relpath(addresses.source(there), begin or ".") + mark + name

    return _LINK.sub(moved, text)
