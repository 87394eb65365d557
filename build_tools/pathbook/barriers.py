"""Look at a built site in Chromium: barriers that axe finds, and what a page asks for or breaks."""

import functools
import http.server
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pathbook import headers
from pathbook.built import BuiltBook, BuiltSite
from pathbook.problems import PathbookError
from pathbook.rule import Finding, Rule

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = {"resultTypes": ["violations"]}
"""Only these are told in full; the rest would take time to gather."""

PATIENCE = 60_000
"""Milliseconds that a page may take; a busy machine may be slow, never wrong."""

SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
"""Width and height in pixels. Light and dark are each looked at on one of them."""

BARRIER: Rule[object] = Rule(
    "barrier",
    "error",
    "No kind of page has a barrier that axe finds, in light or in dark colours.",
    "site",
)
FAULT: Rule[object] = Rule(
    "browser-fault",
    "error",
    "In a browser, no page breaks, asks for what is not there, or breaks its policy.",
    "site",
)
UNSEEN: Rule[object] = Rule(
    "unseen-advice",
    "error",
    "In a browser, urgent advice is on the page, in full size, and nothing covers it.",
    "site",
)
RULES = (BARRIER, FAULT, UNSEEN)

_UNSEEN = """() => [...document.querySelectorAll('.pb-alerts')].flatMap((advice) => {
  if (advice.closest('template')) return [];
  const parts = [...advice.querySelectorAll('.pb-alert-title, .pb-alert li, .pb-alert p')];
  return [advice, ...parts].filter((part) => {
    part.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = part.getBoundingClientRect();
    const middle = [box.left + Math.min(box.width, innerWidth) / 2, box.top + box.height / 2];
    const at = document.elementFromPoint(...middle);
    return !part.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      || box.width < 40 || box.height < 10 || getComputedStyle(part).fontSize.startsWith('0')
      || !at || !(part.contains(at) || at.contains(part));
  }).map((part) => part.textContent.trim().replace(/\\s+/g, ' ').slice(0, 80));
})"""
"""Gives the words of the urgent advice on a page that a reader does not see."""


def chromium() -> str | None:
    """Give the path of the machine's own Chromium, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def kinds(site: BuiltSite) -> dict[str, str]:
    """Choose a page of every kind that the site has, the largest: the kind and the page's file."""
    found: dict[str, list[str]] = {}
    for book in site.books:
        for kind, file in _of_book(site, book):
            found.setdefault(kind, []).append(file)
    inside = tuple(f"{book.id}/" for book in site.books)
    for file, page in sorted(site.pages.items()):
        if not file.startswith(inside) and not page.moves:
            special = {"index.html": "library", "404.html": "not found"}
            found.setdefault(special.get(file, "around"), []).append(file)
    size = {file: (site.folder / file).stat().st_size for files in found.values() for file in files}
    return {kind: max(sorted(files), key=size.__getitem__) for kind, files in sorted(found.items())}


def _of_book(site: BuiltSite, book: BuiltBook) -> Iterator[tuple[str, str]]:
    pages = {"pathway": site.front(book)}
    pages |= {name: site.named(book, name) for name in ("evidence", "glossary", "print", "urgent")}
    yield from ((kind, page.path) for kind, page in pages.items() if page)
    for name, step in book.steps.items():
        page = site.step(book, name)
        if page and not page.leaves:
            yield step.kind, page.path


def looked_at(site: BuiltSite) -> tuple[list[tuple[Rule[object], Finding]], int]:
    """Open a page of every kind; give what is wrong, and how many pages were looked at.

    `PathbookError` where there is no browser to look with.
    """
    chosen = kinds(site)
    found: list[tuple[Rule[object], Finding]] = []
    looks = 0
    with served(site.folder, site.top) as address, opened() as browser:
        for kind, file in chosen.items():
            for scheme, screen in (("light", "desktop"), ("dark", "phone")):
                found += _seen(browser, site, address, (kind, file, scheme, screen))
                looks += 1
    return found, looks


def _seen(
    browser: "Browser", site: BuiltSite, address: str, look: tuple[str, str, str, str]
) -> Iterator[tuple[Rule[object], Finding]]:
    """Open one page, and tell what is wrong with it."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 (only where it is there)
    from playwright.sync_api import Error  # noqa: PLC0415 (may be absent)

    kind, file, scheme, screen = look
    width, height = SCREENS[screen]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    faults = _listened(page, address)
    place, where = site.place(file), f"{kind}, {scheme}, {screen}"
    violations, unseen = [], []
    try:
        page.goto(f"{address}/{quote(file)}", timeout=PATIENCE)
        violations = Axe().run(page, options=AXE).response["violations"]
        unseen = page.evaluate(_UNSEEN)
    except Error as error:  # a page that moves on or breaks while it is looked at
        faults.append(f"it cannot be looked at: {error.message.splitlines()[0]}"[:300])
    for fault in faults:
        yield FAULT, Finding(place, f"in Chromium ({where}): {fault}", "a page without faults")
    for words in unseen:
        fact = f"in Chromium ({where}): nobody sees the urgent advice '{words}'"
        yield UNSEEN, Finding(place, fact, "advice that everyone sees")
    for violation in violations:
        nodes = [" ".join(node["html"].split())[:160] for node in violation["nodes"]]
        fact = f"{violation['help']} ({violation['id']}; {where}): {nodes[0]}"
        more = f"and {len(nodes) - 1} more of this kind" if len(nodes) > 1 else ""
        yield BARRIER, Finding(place, fact, "nothing that keeps anyone out", more)
    context.close()


def _listened(page: "Page", address: str) -> list[str]:
    """Note in a list what goes wrong on a page from now on."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"the script failed: {error}"[:300]))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((address, "data:", "blob:"))
            else faults.append(f"it asks another host, or above the site: {asked.url[:200]}")
        ),
    )
    page.on(
        "response",
        lambda got: (
            faults.append(f"{got.url.removeprefix(address)[:200]} is not there")
            if got.status >= 400 and not got.url.endswith("/favicon.ico")
            else None
        ),
    )
    page.on(
        "console",
        lambda said: (
            faults.append(said.text[:300])
            if said.type == "error" and "Failed to load resource" not in said.text
            else None
        ),
    )
    return faults


@contextmanager
def opened() -> "Iterator[Browser]":
    """Open Chromium: the machine's own, or the one that Playwright brought."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 (may be absent)
    except ImportError as error:
        message = "looking for barriers needs Playwright: pip install 'pathbook[verify]'"
        raise PathbookError(f"{message}. Or leave that out with --no-browser") from error
    alone = [] if getattr(os, "geteuid", lambda: 1)() else ["--no-sandbox"]
    arguments = [*alone, "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        except Error as error:
            message = "looking for barriers needs Chromium: playwright install chromium"
            raise PathbookError(f"{message}. Or leave that out with --no-browser") from error
        yield browser
        browser.close()


@contextmanager
def served(folder: Path, top: str = "/") -> Iterator[str]:
    """Serve a built site on this machine, under its own policy; give its address.

    It stands below the same path as where it is published: some addresses are not relative.
    """
    handler = functools.partial(_Quiet, told(folder), top, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{top.rstrip('/')}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def told(folder: Path) -> dict[str, str]:
    """Give what a host is told to say about every file, by the `_headers` file of a site."""
    file = folder / headers.FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    pairs = (re.fullmatch(r"\s+([A-Za-z-]+):\s*(.+)", line) for line in lines)
    return {pair[1]: pair[2] for pair in pairs if pair}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, says what a host is told to say, and writes no log."""

    def __init__(self, headers: Mapping[str, str], top: str, *more: object, directory: str) -> None:
        self.told = headers
        self.top = top
        super().__init__(*more, directory=directory)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def translate_path(self, path: str) -> str:
        """Find the file; above the site there is none."""
        if path.startswith(self.top):
            return super().translate_path(f"/{path.removeprefix(self.top)}")
        return os.devnull + "/nothing"

    def end_headers(self) -> None:
        """Add what the host is told to say."""
        for name, value in self.told.items():
            self.send_header(name, value)
        super().end_headers()
