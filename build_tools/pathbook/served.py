"""Serve a preview: make a page when it is asked for, and put what is wrong above it."""

import json
import posixpath
import re
from collections.abc import Callable, Container, Iterable, Mapping
from threading import RLock
from typing import TYPE_CHECKING
from wsgiref.util import FileWrapper

from markupsafe import Markup

from pathbook import pages
from pathbook.preview import LastGood

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_BEGINS = (rb"<article\b[^>]*>", rb'<\w+\b[^>]*\brole="main"[^>]*>', rb"<body\b[^>]*>")
"""Where the content of a page begins, in the themes there are."""


class Served:
    """The pages of a preview: which are still to be made, and what is wrong with them."""

    def __init__(self, good: LastGood) -> None:
        self.good = good
        self.build: Callable[[], str] = str
        """Builds what is wanted; gives why that failed, or nothing."""
        self.wanted: frozenset[str] = frozenset()
        """The files that are built now, from the top of the site; none stands for all."""
        self.pages: Mapping[str, str] = {}
        """The address of each page of the site, by its file."""
        self.stale: frozenset[str] = frozenset()
        """The outdated files, to be made anew before they are served."""
        self.failure = ""
        """Why the site, or a page of it, could not be built."""
        self.lock = RLock()
        """Held while anything changes: pages are asked for from many threads."""

    def wants(self, file: str) -> bool:
        """Tell whether a file of the site is built now."""
        return not self.wanted or file in self.wanted

    def kept(self) -> frozenset[str]:
        """Give the addresses of the pages that are not built now, as the search knows them."""
        kept = (url for file, url in self.pages.items() if not self.wants(file))
        return frozenset(url.removeprefix("./") for url in kept)

    def outdate(self, files: Iterable[str]) -> None:
        """Take all pages for outdated, and so these files."""
        self.stale |= {*self.pages, *files}

    def make_all(self) -> None:
        """Build the whole site; where that fails, what was outdated stays so."""
        with self.lock:
            self.failure = self.build()
            if not self.failure:
                self.stale = frozenset()

    def make(self, path: str) -> None:
        """Build the page at an address from the top of the site, if it is outdated."""
        with self.lock:
            self.wanted = self.stale_at(path)
            if self.wanted:
                self.failure = self.build() or self.failure
                self.stale -= self.wanted
            self.wanted = frozenset()

    def stale_at(self, path: str) -> frozenset[str]:
        """Give the outdated file that an address stands for."""
        there = posixpath.normpath(f"/{path}").lstrip("/")
        return self.stale & {there, posixpath.join(there, "index.html")}

    def box(self, path: str) -> Markup:
        """Write what is wrong with the page at an address; nothing where nothing is."""
        name, below, _ = path.partition("/")
        front = not below and name in {"", "index.html"}
        ids = [id_ for id_ in self.good.problems if front or id_ in {"", name}]
        errors = self.good.errors(ids)
        warnings = [] if front else self.good.warnings(ids)
        if not (self.failure or errors or warnings):
            return Markup()
        kept = all(id_ in self.good.books for id_ in ids if id_)
        return pages.problems_box(self.failure, errors, warnings, kept=kept)


def overlaid(app: "WSGIApplication", served: Served, top: str) -> "WSGIApplication":
    """Serve what a server serves below an address, each page made before and with its box."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
        if not path.startswith(top):
            return app(environ, start)
        here = path.removeprefix(top)
        status, headers, body = _asked(app, environ)
        while served.stale_at(here):
            served.make(here)
            _close(body)
            status, headers, body = _asked(app, environ)
        box = str(served.box(here)).encode()
        if box and dict(headers).get("Content-Type") == "text/html":
            html = with_box(b"".join(body), box)
            _close(body)
            kept = [(name, value) for name, value in headers if name != "Content-Length"]
            start(status, [*kept, ("Content-Length", str(len(html)))])
            return [html]
        start(status, headers)
        return body

    return answer


Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]
"""What a server says to a request: status, headers, body."""


def _asked(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Ask a server, without passing on yet what it says."""
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def note(
        status: str, headers: list[tuple[str, str]], _: object = None, /
    ) -> Callable[[bytes], object]:
        told.append((status, headers))
        return bytes  # nobody writes this way any more

    body = app(environ, note)
    return (*told[-1], body)


def _close(body: Iterable[bytes]) -> None:
    """Close a file that is not passed on."""
    if isinstance(body, FileWrapper):
        body.close()


def merged(last: str, built: str, kept: Container[str]) -> str:
    """Put the pages that were built into the index for the search, beside those that are kept.

    >>> old = '{"docs": [{"location": "rest/#why"}, {"location": "scan/"}, {"location": "gone/"}]}'
    >>> merged(old, '{"docs": [{"location": "scan/", "title": "Scan"}]}', ["rest/"])
    '{"docs":[{"location":"rest/#why"},{"location":"scan/","title":"Scan"}]}'
    """
    index = json.loads(built)
    docs = [d for d in json.loads(last)["docs"] if d["location"].partition("#")[0] in kept]
    return json.dumps({**index, "docs": [*docs, *index["docs"]]}, separators=(",", ":"))


def with_box(html: bytes, box: bytes) -> bytes:
    """Put a box where the content of a page begins.

    >>> with_box(b"<body><nav></nav><article class='a'><h1>Rest</h1></article></body>", b"<p>!</p>")
    b"<body><nav></nav><article class='a'><p>!</p><h1>Rest</h1></article></body>"
    >>> with_box(b"404 Not Found", b"<p>!</p>")
    b'<p>!</p>404 Not Found'
    """
    for begin in _BEGINS:
        if found := re.search(begin, html):
            return html[: found.end()] + box + html[found.end() :]
    return box + html
