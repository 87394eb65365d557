"""Read a built site, and say where an address on one of its pages leads."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from pathbook import built_page, implied, published, search
from pathbook.built_page import BuiltPage, Link
from pathbook.graph import Graph
from pathbook.model import Alert, Definition, Step
from pathbook.problems import PathbookError, Place
from pathbook.published import Published
from pathbook.reading import shown

MANY = 400
"""From so many pages on, every processor reads some."""

REMEMBERED = 500_000
"""Addresses of which it is remembered where they lead."""

WEB = frozenset({"http", "https"})
KNOWN = frozenset({"", "mailto", "sms", "tel", *WEB})
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


@dataclass
class BuiltBook:
    """A book of a built site, as its `pathway.json` tells it."""

    id: str
    """The folder of the book, which is its address."""
    definition: Definition
    """What its `pathway.json` holds; prose is not in it."""
    published: Published
    """The same, with what follows from it."""

    @property
    def steps(self) -> Mapping[str, Step]:
        """Its steps by id."""
        return self.definition.pathway.steps

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Its urgent advice."""
        return self.definition.pathway.alerts

    @cached_property
    def graph(self) -> Graph:
        """What its routes imply."""
        return Graph(self.definition.pathway)


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
    _texts: dict[str, str] = field(default_factory=dict, repr=False)
    _led: dict[tuple[str, str], Target] = field(default_factory=dict, repr=False)

    def place(self, file: str, line: int = 0, column: int = 0) -> Place:
        """Name a spot in a file of the site, the way the maintainer does."""
        return Place(shown(self.folder / file), line, column)

    def text(self, file: str) -> str:
        """Read a file of the site as far as it can be read; what is wrong with it is noted."""
        if file not in self._texts:
            self._texts[file] = self._read(file)
        return self._texts[file]

    def _read(self, file: str) -> str:
        try:
            content = (self.folder / file).read_bytes()
            return content.decode("utf-8")
        except OSError as error:
            self.unread.append((file, error.strerror or "it cannot be read"))
            return ""
        except UnicodeDecodeError:
            self.unread.append((file, "it is not UTF-8 text"))
            return content.decode("utf-8", errors="replace")

    @cached_property
    def base(self) -> str:
        """The address of the site's top, as its first page says it; empty where it says none."""
        front = self.pages.get("index.html")
        said = [
            link.address
            for link in (front.links if front else ())
            if link.what == "link canonical" and _web(link.address)
        ]
        return said[0].removesuffix("index.html").rstrip("/") + "/" if said else ""

    @property
    def top(self) -> str:
        """The path of the site's top on its host."""
        parts = split(self.base)
        return (parts.path if parts else "") or "/"

    @cached_property
    def index(self) -> search.Read | None:
        """What the search of a large library knows; nothing where there is no such search."""
        if not any(file.startswith(f"{search.FOLDER}/") for file in self.files):
            return None
        return search.read(lambda file: (self.folder / file).read_bytes())

    def lead(self, page: str, address: str) -> Target:
        """Tell where an address on a page, or in a stylesheet, leads; every rule asks it."""
        if (page, address) not in self._led:
            if len(self._led) >= REMEMBERED:
                self._led.clear()
            self._led[page, address] = self._lead(page, address)
        return self._led[page, address]

    def _lead(self, page: str, address: str) -> Target:
        parts = split(address)
        if parts is None:
            return Target("bad")
        if parts.netloc or parts.scheme in WEB:
            own = split(self.base)
            same = bool(own and parts.netloc.lower() == own.netloc.lower())
            within = same and parts.path.startswith(self.top)
            return self._within(parts.path[len(self.top) :], parts) if within else Target("away")
        if parts.scheme:
            return Target("other" if parts.scheme in KNOWN else "bad")
        return self._inside(page, parts)

    def _inside(self, page: str, parts: SplitResult) -> Target:
        """Tell where an address without a host leads."""
        if not parts.path:
            return Target("here", page, unquote(parts.fragment), parts.query)
        if not parts.path.startswith("/"):
            return self._within(posixpath.join(posixpath.dirname(page), parts.path), parts)
        within = parts.path.startswith(self.top)
        path = parts.path[len(self.top) :]
        return self._within(path, parts) if within else Target("outside")

    def _within(self, path: str, parts: SplitResult) -> Target:
        """Find the file that a path stands for, the way a server of static files does."""
        path = unquote(path)
        ends = path.endswith(("/", "/.", "/..")) or path in {"", ".", ".."}
        path = posixpath.normpath(path) if path else "."
        if path == ".." or path.startswith(("../", "/")):
            return Target("outside")
        inside = posixpath.normpath(posixpath.join(path, "index.html"))
        file = inside if ends or (path not in self.files and inside in self.files) else path
        kind = "here" if file in self.files else "dead"
        return Target(kind, file, unquote(parts.fragment), parts.query)

    def follow(self, page: BuiltPage, link: Link | str) -> Target:
        """Tell where a link of a page, or an address on it, leads."""
        address = link if isinstance(link, str) else link.address
        if not page.base:
            return self.lead(page.path, address)
        try:
            return self.lead(page.path, urljoin(page.base, address))
        except ValueError:
            return Target("bad")

    def end(self, page: BuiltPage, address: str) -> str:
        """Name the file that an address on a page leads to, with the id it names there."""
        found = self.follow(page, address)
        return f"{found.file}#{found.fragment}" if found.fragment else found.file

    def step(self, book: BuiltBook, name: str) -> BuiltPage | None:
        """Find the page of a step."""
        return self.named(book, name) if name in book.steps else None

    def of(self, page: BuiltPage) -> BuiltBook | None:
        """Find the book that a page belongs to."""
        return next((one for one in self.books if page.path.startswith(f"{one.id}/")), None)

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
    texts = {file: site.text(file) for file in files if file.endswith(PAGES)}
    texts = {file: text for file, text in texts.items() if not _PROOF.fullmatch(text)}
    site.pages = {page.path: page for page in _pages(texts)}
    for file in files:
        if posixpath.basename(file) == "pathway.json":
            _add_book(site, file)
    return site


PAGES = (".html", ".htm", ".xhtml")
"""How the names of pages end."""
_PROOF = re.compile(r"[\w-]+: ?[\w.-]+\s*")
"""What some search engines ask the owner of a site to publish; it is no page."""


def _pages(texts: Mapping[str, str]) -> Iterable[BuiltPage]:
    if len(texts) < MANY:
        return list(map(built_page.read, texts, texts.values()))
    with ProcessPoolExecutor() as pool:
        return list(pool.map(built_page.read, texts, texts.values(), chunksize=20))


def _add_book(site: BuiltSite, file: str) -> None:
    """Read a `pathway.json`; note it among the unread where it is not what it should be."""
    text = site.text(file)
    try:
        definition, found = published.read(text)
    except ValueError as error:
        site.unread.append((file, str(error)))
        return
    folder = posixpath.dirname(file)
    if faults := list(implied.faults(folder, definition, found)):
        site.unread += ((file, fault) for fault in faults)
    else:
        site.books.append(BuiltBook(folder, definition, found))
