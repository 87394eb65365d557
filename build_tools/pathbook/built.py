"""Read a built site, and say where an address on one of its pages leads."""

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from pathbook import built_page, search
from pathbook.built_page import BuiltPage, Link
from pathbook.problems import PathbookError, Place
from pathbook.reading import shown

MANY = 400
"""From so many pages on, every processor reads some."""

WEB = frozenset({"http", "https"})
KNOWN = frozenset({"", "mailto", "tel", *WEB})
"""Schemes that a link may have; an empty one stands for an address within the site."""

NOT_FOUND = "404.html"
"""The page for addresses that do not exist: no page leads there."""


@dataclass(frozen=True)
class Target:
    """Where an address leads."""

    kind: str
    """`here` for a file of the site, `dead`, `outside` the site's folder, `away` for another host,
    `other` for what is no page, such as a telephone number, and `bad`."""
    file: str = ""
    """The file of the site, from its top; for `dead` the one that should be there."""
    fragment: str = ""
    query: str = ""


@dataclass(frozen=True)
class BuiltBook:
    """A book of a built site, as its `pathway.json` tells it."""

    id: str
    """The folder of the book, which is its address."""
    data: Mapping[str, Any]
    """What its `pathway.json` holds."""

    @property
    def steps(self) -> Mapping[str, Mapping[str, Any]]:
        """Its steps by id."""
        return self.data["steps"]  # type: ignore[no-any-return]

    @property
    def alerts(self) -> list[Mapping[str, Any]]:
        """Its urgent advice."""
        return list(self.data["alerts"])


@dataclass
class BuiltSite:
    """A built site: its files, its pages and its books."""

    folder: Path
    files: frozenset[str] = frozenset()
    """Every file, from the top of the site."""
    pages: dict[str, BuiltPage] = field(default_factory=dict)
    """What each page holds, by its file."""
    books: list[BuiltBook] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Files that could not be read, and why."""

    def place(self, file: str, line: int = 0, column: int = 0) -> Place:
        """Name a spot in a file of the site, the way the maintainer does."""
        return Place(shown(self.folder / file), line, column)

    def text(self, file: str) -> str:
        """Read a file of the site; what cannot be read is empty, and noted."""
        try:
            return (self.folder / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            self.unread.append((file, why))
            return ""

    @cached_property
    def base(self) -> str:
        """The address of the site's top, as its first page says it; empty where it says none."""
        front = self.pages.get("index.html")
        said = [
            link.address
            for link in (front.links if front else ())
            if link.what == "link canonical" and _web(link.address)
        ]
        return said[0].rstrip("/") + "/" if said else ""

    @cached_property
    def index(self) -> search.Read | None:
        """What the search of a large library knows; nothing where there is no such search."""
        if not any(file.startswith(f"{search.FOLDER}/") for file in self.files):
            return None
        return search.read(lambda file: (self.folder / file).read_bytes())

    def lead(self, page: str, address: str) -> Target:
        """Tell where an address on a page, or in a stylesheet, leads."""
        parts = split(address)
        if parts is None:
            return Target("bad")
        if self.base and address.startswith(self.base):
            return self._within(address[len(self.base) :].lstrip("/"), parts)
        if parts.netloc or parts.scheme in WEB:
            return Target("away")
        if parts.scheme:
            return Target("other" if parts.scheme in KNOWN else "bad")
        return self._inside(page, parts)

    def _inside(self, page: str, parts: SplitResult) -> Target:
        """Tell where an address without a host leads."""
        if not parts.path:
            return Target("here", page, unquote(parts.fragment), parts.query)
        if not parts.path.startswith("/"):
            return self._within(posixpath.join(posixpath.dirname(page), parts.path), parts)
        top = split(self.base)
        begin = (top.path if top else "") or "/"
        within = parts.path.startswith(begin)
        return self._within(parts.path[len(begin) :], parts) if within else Target("outside")

    def _within(self, path: str, parts: SplitResult) -> Target:
        """Find the file that a path stands for, the way a server of static files does."""
        path = unquote(path.partition("#")[0].partition("?")[0])
        ends = path.endswith(("/", "/.", "/..")) or path in {"", ".", ".."}
        path = posixpath.normpath(path) if path else "."
        if path == ".." or path.startswith(("../", "/")):
            return Target("outside")
        inside = posixpath.normpath(posixpath.join(path, "index.html"))
        file = inside if ends or (path not in self.files and inside in self.files) else path
        kind = "here" if file in self.files else "dead"
        return Target(kind, file, unquote(parts.fragment), parts.query)

    def follow(self, page: BuiltPage, link: Link) -> Target:
        """Tell where a link of a page leads."""
        return self.lead(page.path, link.address)

    def page_of(self, book: BuiltBook, address: str) -> BuiltPage | None:
        """Find the page that an address in a book's `pathway.json` stands for."""
        return self.pages.get(self.lead(f"{book.id}/pathway.json", address).file)

    def named(self, book: BuiltBook, name: str) -> BuiltPage | None:
        """Find a page of a book by its name, such as `evidence`."""
        found = (f"{book.id}/{name}/index.html", f"{book.id}/{name}.html")
        return next((self.pages[file] for file in found if file in self.pages), None)

    def front(self, book: BuiltBook) -> BuiltPage | None:
        """Find the page with the chart of a book."""
        return self.pages.get(f"{book.id}/index.html")


def split(address: str) -> SplitResult | None:
    r"""Take an address apart, the way browsers do; nothing where that is not possible.

    >>> split(" java\tscript:alert(1)").scheme
    'javascript'
    >>> split("https://[")
    """
    try:
        return urlsplit(
            re.sub(r"[\t\r\n]", "", address).strip("\x00\x01\x02\x1f ").replace("\\", "/")
        )
    except ValueError:
        return None


def _web(address: str) -> bool:
    parts = split(address)
    return bool(parts and parts.scheme in WEB)


def read(folder: Path) -> BuiltSite:
    """Read a built site; `PathbookError` where there is none."""
    if not folder.is_dir():
        message = f"there is no folder '{folder}'; build the site first, as with 'mkdocs build'"
        raise PathbookError(message)
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    site = BuiltSite(folder, frozenset(files))
    texts = {file: site.text(file) for file in files if file.endswith((".html", ".htm"))}
    site.pages = {page.path: page for page in _pages(texts)}
    for file in files:
        if posixpath.basename(file) == "pathway.json":
            _add_book(site, file)
    return site


def _pages(texts: Mapping[str, str]) -> Iterable[BuiltPage]:
    if len(texts) < MANY:
        return list(map(built_page.read, texts, texts.values()))
    with ProcessPoolExecutor() as pool:
        return list(pool.map(built_page.read, texts, texts.values(), chunksize=20))


def _add_book(site: BuiltSite, file: str) -> None:
    """Read a `pathway.json`; note it among the unread where it is not what it should be."""
    try:
        data = json.loads(site.text(file))
        fault = _fault(data)
    except (ValueError, RecursionError):
        fault = "it is not JSON"
    if fault:
        site.unread.append((file, fault))
    else:
        site.books.append(BuiltBook(posixpath.dirname(file), data))


def _fault(data: object) -> str:
    """Tell what a checked definition lacks for the rules to look at it."""
    if not isinstance(data, dict):
        return "it is no checked definition"
    shapes = {"steps": dict, "statements": dict, "alerts": list, "title": str, "terms": dict}
    for key, shape in shapes.items():
        if not isinstance(data.get(key), shape):
            return f"'{key}' is missing, or is not what it should be"
    if not all(map(_is_step, data["steps"].values())):
        return "a step is not what it should be"
    if not all(
        isinstance(alert, dict) and {"title", "text"} <= set(alert) for alert in data["alerts"]
    ):
        return "a piece of urgent advice is not what it should be"
    return ""


def _is_step(step: object) -> bool:
    keys = {"title": str, "url": str, "next": list, "evidence": list, "was": list, "kind": str}
    return (
        isinstance(step, dict)
        and all(isinstance(step.get(key), shape) for key, shape in keys.items())
        and all(isinstance(route, dict) and {"to", "id"} <= set(route) for route in step["next"])
    )
