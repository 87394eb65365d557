"""The rules about addresses: each one on a built site leads to something that is there."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from pathbook import css
from pathbook.built import KNOWN, NOT_FOUND, WEB, BuiltSite, Target, split
from pathbook.built_page import BuiltPage, Link
from pathbook.rule import Finding, whole

INDEXES = {"search/search_index.json": "docs", "search.json": "items"}
"""What the search of a theme reads, and where in it the pages are listed: MkDocs', Zensical's."""

SCRIPTS = frozenset({"assets/pathbook/search.js", "assets/pathbook/search-classic.js"})
"""What searches the index of a large library, in pages and in files."""

SITEMAP = "sitemap.xml"
REDIRECTS = "_redirects"

_WHERE = {
    "dead": "which is not there",
    "outside": "which leads out of the site's folder",
    "bad": "which no browser can follow",
}


def dead_link(site: BuiltSite) -> Iterator[Finding]:
    """Every link within the site leads to a page or a file of the site."""
    for page, link, target in followed(site, "go", "say"):
        if target.kind in {"dead", "outside"}:
            fact = f"'{link.what}' leads to '{_short(link.address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(page.path, *link.at), fact, _expected(target))


def dead_anchor(site: BuiltSite) -> Iterator[Finding]:
    """Every link into a page leads to an id that is there, and every id that is named is there."""
    for page, link, target in followed(site, "go", "move", "load"):
        there = site.pages.get(target.file)
        if target.kind == "here" and there and not there.has(target.fragment):
            fact = (
                f"'{_short(link.address)}' leads to the id '{target.fragment}', which is not there"
            )
            yield Finding(site.place(page.path, *link.at), fact, f"that id in {target.file}")
    for page in site.pages.values():
        for name, what, at in page.names:
            if name not in page.ids and name not in page.targets:
                fact = f"'{what}' names the id '{_short(name)}', which is not there"
                yield Finding(site.place(page.path, *at), fact, "an id of this page")


def dead_step(site: BuiltSite) -> Iterator[Finding]:
    """Every link that opens a pathway at a step, or with a walk, names steps of the pathway."""
    steps = {f"{book.id}/index.html": book.steps for book in site.books}
    for page, link, target in followed(site, "go"):
        if target.kind == "here" and target.query and target.file in steps:
            known = steps[target.file]
            asked = parse_qs(target.query)
            walked = [
                pair.split(":") for pair in ",".join(asked.get("walk", ())).split(",") if pair
            ]
            named = {*asked.get("step", ()), *(step for step, *_ in walked)}
            lost = [f"the step '{name}'" for name in sorted(named - set(known))]
            for step, *answers in walked:
                routes = {route.id for route in known[step].next} if step in known else set(answers)
                said = {one for answer in answers for one in re.split(r"[+;]", answer)}
                lost += [f"the answer '{one}'" for one in sorted(said - routes - {""})]
            for one in lost:
                fact = f"'{_short(link.address)}' names {one}, which is not there"
                yield Finding(site.place(page.path, *link.at), fact, "what the pathway has")


def missing_file(site: BuiltSite) -> Iterator[Finding]:
    """Every picture, script, stylesheet and font that a page loads is there, and not empty."""
    for page, link, target in followed(site, "load"):
        if target.kind in {"dead", "outside"} or (target.kind == "bad" and not _is_data(link)):
            fact = f"'{link.what}' loads '{_short(link.address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(page.path, *link.at), fact, _expected(target))
        elif not link.address.strip():
            fact = f"'{link.what}' names no file"
            yield Finding(site.place(page.path, *link.at), fact, "the address of a file")
        elif target.file in site.pages and not target.fragment and link.what in _NO_PAGE:
            fact = f"'{link.what}' loads '{_short(link.address)}', which is a page"
            yield Finding(site.place(page.path, *link.at), fact, "the address of a file")
    for sheet, address, target in in_stylesheets(site):
        if target.kind in {"dead", "outside"}:
            fact = f"the stylesheet loads '{_short(address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(sheet), fact, _expected(target))
    for file in sorted(site.files):
        if not (site.folder / file).stat().st_size and file.rpartition(".")[2] in _NEVER_EMPTY:
            yield Finding(site.place(file), "the file is empty", "what was built")


_NEVER_EMPTY = {
    "html", "css", "js", "json", "png", "svg", "jpg", "jpeg", "webp", "gif", "xml", "gz", "woff2",
}  # fmt: skip
_NO_PAGE = {"img src", "script src", "link stylesheet", "link icon", "img srcset", "source srcset"}
_PICTURES = {"img src", "img srcset", "source srcset", "image href", "link icon", "video poster"}
"""What may hold its picture in its address, where no code could run."""


def _is_data(link: Link) -> bool:
    return link.address.strip().lower().startswith("data:")


def other_host(site: BuiltSite) -> Iterator[Finding]:
    """Nothing is loaded from another host, and nothing is sent there."""
    for page, link, target in followed(site, "load", "go", "move", "send"):
        sent = "action" in link.what or link.use == "send"
        if target.kind == "away" and (link.use != "go" or sent):
            does = "sends to" if sent else "loads"
            fact = f"'{link.what}' {does} '{_short(link.address)}', which is another host"
            yield Finding(site.place(page.path, *link.at), fact, "a file of the site itself")
    for sheet, address, target in in_stylesheets(site):
        if target.kind == "away":
            fact = f"the stylesheet loads '{_short(address)}', which is another host"
            yield Finding(site.place(sheet), fact, "a file of the site itself")


def strange_scheme(site: BuiltSite) -> Iterator[Finding]:
    """Links begin with nothing, http, https, mailto or tel, and never hold code."""
    for page, link, target in followed(site, "go", "say", "move"):
        parts = split(link.address)
        idle = link.address == "javascript:void(0)" and not link.own  # a button of a theme
        if (target.kind == "bad" or (parts and parts.scheme not in KNOWN)) and not idle:
            fact = f"'{link.what}' has the address '{_short(link.address)}', {_WHERE['bad']} safely"
            yield Finding(site.place(page.path, *link.at), fact, "https, http, mailto or tel")
    for page, link, _ in followed(site, "load"):
        parts = split(link.address)
        shown = _is_data(link) and (
            link.what in _PICTURES or link.what.endswith((" style", " url"))
        )
        if parts and parts.scheme not in {*WEB, ""} and not shown:
            fact = f"'{link.what}' loads '{_short(link.address)}', which holds code"
            yield Finding(site.place(page.path, *link.at), fact, "the address of a file")


def false_canonical(site: BuiltSite) -> Iterator[Finding]:
    """A page that says its address to search engines says its own, in full, and once."""
    for page in site.pages.values():
        said = [link for link in page.links if link.what in {"link canonical", "meta content"}]
        own = {page.path, *(site.follow(page, one).file for one in page.links if one.use == "move")}
        for link in said if page.path != NOT_FOUND else ():
            target = site.follow(page, link)
            picture = link.what == "meta content" and target.file not in site.pages
            full = not site.base or page.moves or link.address.startswith(site.base)
            elsewhere = target.kind == "here" and not picture and target.file not in own
            if target.kind == "away" or elsewhere or (not picture and not full):
                fact = f"the page says that its address is '{_short(link.address)}'"
                yield Finding(site.place(page.path, *link.at), fact, "its own address")
        told = any(link.what == "link canonical" for link in said)
        if site.base and not told and not page.moves and page.path != NOT_FOUND:
            fact = "the page does not say its address to search engines, as others do"
            yield Finding(site.place(page.path), fact, "its own address")


def dead_redirect(site: BuiltSite) -> Iterator[Finding]:
    """Whatever sends readers on sends them to something that is there, and not in a circle."""
    for page, link, target in followed(site, "move"):
        if target.kind in {"dead", "outside"}:
            fact = f"the page sends readers on to '{_short(link.address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(page.path, *link.at), fact, _expected(target))
        elif page.path in _chain(site, target.file):
            fact = "the page sends readers on in a circle"
            yield Finding(site.place(page.path, *link.at), fact, "a page that stays")
    for number, start, end in redirects(site):
        found = site.lead(REDIRECTS, end)
        there = site.pages.get(found.file)
        if found.kind in {"dead", "outside", "bad"}:
            fact = f"the line sends readers on to '{_short(end)}', {_WHERE[found.kind]}"
            yield Finding(site.place(REDIRECTS, number, 1), fact, _expected(found))
        elif there and not there.has(found.fragment):
            fact = f"the line sends readers on to the id '{found.fragment}', which is not there"
            yield Finding(site.place(REDIRECTS, number, 1), fact, f"that id in {found.file}")
        if site.lead(REDIRECTS, start).file in site.pages:
            fact = f"the line sends readers away from '{_short(start)}', which is a page"
            yield Finding(site.place(REDIRECTS, number, 1), fact, "an address that no page has")


def _chain(site: BuiltSite, file: str) -> set[str]:
    """Give the pages that a reader is sent through from a page on."""
    seen: set[str] = set()
    while file in site.pages and file not in seen:
        seen.add(file)
        page = site.pages[file]
        ends = [site.follow(page, link).file for link in page.links if link.use == "move"]
        file = ends[0] if ends else ""
    return seen


def stray_page(site: BuiltSite) -> Iterator[Finding]:
    """A page with something to say stays where it is, and its addresses are its own."""
    for page, link, _ in followed(site, "move"):
        if not page.bare:
            fact = f"the page sends readers on to '{_short(link.address)}' and says much itself"
            yield Finding(site.place(page.path, *link.at), fact, "a page that stays")
    for page in site.pages.values():
        if page.base:
            fact = f"the addresses of the page are changed by the base '{_short(page.base)}'"
            yield Finding(site.place(page.path), fact, "no base")


def sitemap_entry(site: BuiltSite) -> Iterator[Finding]:
    """The sitemap names every page of the site once, if it names any, and nothing else."""
    if SITEMAP not in site.files:
        return
    listed, fault = sitemap(site)
    if fault:
        yield Finding(site.place(SITEMAP), fault, "what was built")
    files = [site.lead("index.html", address).file for address in listed]
    for address in listed:
        if fact := _stray(site, address, files):
            said = f"the sitemap names '{_short(address)}', {fact}"
            yield Finding(site.place(SITEMAP), said, "the address of a page, once")
    for page in site.pages.values():
        if listed and page.path not in files and page.path != NOT_FOUND and not page.moves:
            yield Finding(site.place(page.path), "the sitemap does not name the page", "every page")


def _stray(site: BuiltSite, address: str, files: Sequence[str]) -> str:
    """Tell why an address may not stand in the sitemap beside the others."""
    target = site.lead("index.html", address)
    page = site.pages.get(target.file)
    if target.kind != "here" or not page or page.moves:
        return "which is not a page of this site"
    if not site.base or not address.startswith(site.base):
        return "which is not its address in full"
    if not page.has(target.fragment):
        return f"where there is no id '{target.fragment}'"
    return "which it names more than once" if files.count(target.file) > 1 else ""


def search_entry(site: BuiltSite) -> Iterator[Finding]:
    """Where readers can search, whatever is found is there, and every page of a book is found."""
    index = search_index(site)
    if not index and not site.index:
        if any(page.searches for page in site.pages.values()):
            fact = "readers can search, and the index is missing"
            yield Finding(site.place(next(iter(INDEXES))), fact, "it")
        return
    entries = search_entries(site)
    if entries is None:
        yield Finding(site.place(index), "the search cannot read its index", "what was built")
        return
    for file, location, _ in entries:
        target = site.lead("index.html", location)
        there = site.pages.get(target.file)
        if target.kind != "here" or not there or not there.has(target.fragment):
            fact = f"the search leads to '{_short(location)}', which is not there"
            yield Finding(site.place(file), fact, "a page, or an id on one")
    titles = {site.lead("index.html", location).file: title for _, location, title in entries[::-1]}
    for book in site.books:
        pages = [site.step(book, name) for name in book.steps]
        pages += [site.named(book, name) for name in ("evidence", "glossary", "urgent")]
        for page in filter(None, pages):
            if not titles.get(page.path):
                fact = "the search does not find the page"
                yield Finding(site.place(page.path), fact, "every page of a book, by its title")


def unfinished(site: BuiltSite) -> Iterator[Finding]:
    """The site was built and copied to its end: few of the pages that are named are missing."""
    named = {target.file for *_, target in followed(site, "go") if target.kind == "dead"}
    lost = {file for file in named if file.endswith((".html", "/"))}
    if len(lost) > max(2, len(site.pages) // 10):
        fact = f"{len(lost)} pages that others lead to are not there"
        hint = "The build or the copy may have ended early; build or copy again."
        yield Finding(site.place(""), fact, "a whole site", hint)


def search_part(site: BuiltSite) -> Iterator[Finding]:
    """The index of a large library is whole, and every page of it loads the script for it."""
    if not site.index:
        return
    for file, why in site.index.faults:
        yield Finding(site.place(file), f"the search cannot use the file: {why}", "what was built")
    for page in site.pages.values():
        loaded = {site.follow(page, link).file for link in page.links if link.use == "load"}
        if not page.moves and not loaded & SCRIPTS:
            yield Finding(site.place(page.path), "the page does not load the script of the search")


def orphan(site: BuiltSite) -> Iterator[Finding]:
    """A reader who follows links from the first page comes to every page."""
    seen, waiting = {"index.html"}, ["index.html"]
    while waiting:
        page = site.pages.get(waiting.pop())
        for link in page.links if page else ():
            target = site.follow(page, link) if page else Target("bad")
            if link.use in {"go", "move"} and target.file in site.pages and target.file not in seen:
                seen.add(target.file)
                waiting.append(target.file)
    for page in site.pages.values():
        if page.path not in seen and page.path != NOT_FOUND and not page.moves:
            fact = "no page that readers come to leads to this page"
            yield Finding(site.place(page.path), fact, "a link to it, or no such page")


RULES = tuple(
    map(
        whole,
        (
            dead_link, dead_anchor, dead_step, missing_file, other_host, strange_scheme,
            false_canonical, dead_redirect, stray_page, sitemap_entry, search_entry, search_part,
            orphan, unfinished,
        ),
    )
)  # fmt: skip


def followed(site: BuiltSite, *uses: str) -> Iterator[tuple[BuiltPage, Link, Target]]:
    """Give every address that pages use in one of some ways, and where it leads."""
    for page in site.pages.values():
        for link in page.links:
            if link.use in uses:
                yield page, link, site.follow(page, link)


def in_stylesheets(site: BuiltSite) -> Iterator[tuple[str, str, Target]]:
    """Give every address in the site's stylesheets, and where it leads."""
    for file in sorted(site.files):
        if file.endswith(".css"):
            for address in css.addresses(site.text(file)):
                if not address.lower().startswith(("data:", "#")):
                    yield file, address, site.lead(file, address)


def redirects(site: BuiltSite) -> Iterator[tuple[int, str, str]]:
    """Give the lines of a `_redirects` file, as some hosts read it: number, start and end.

    What holds a place for a part of the address is left out, as nobody can tell where it leads.
    https://docs.netlify.com/manage/routing/redirects/overview/
    """
    if REDIRECTS in site.files:
        for number, line in enumerate(site.text(REDIRECTS).splitlines(), 1):
            words = (
                line.split("#")[0].split()
                if line.startswith("#")
                else re.split(r"\s#", line)[0].split()
            )
            start, *others = words or [""]
            ends = [word for word in others if word.startswith("/") or "://" in word]
            if ends and not re.search(r"[*]|/:", f"{start} {ends[0]}"):
                yield number, start, ends[0]


def sitemap(site: BuiltSite) -> tuple[list[str], str]:
    """Give the addresses that the sitemap names, and what is wrong with the file."""
    raw = (site.folder / SITEMAP).read_bytes()
    if re.search(rb"<!(DOCTYPE|ENTITY)", raw):
        return [], "the sitemap holds more than addresses"
    try:
        root = ET.fromstring(raw)  # noqa: S314 (no entities)
        packed = site.folder / f"{SITEMAP}.gz"
        same = not packed.is_file() or gzip.decompress(packed.read_bytes()) == raw
    except (ET.ParseError, OSError, EOFError, zlib.error, LookupError, ValueError):
        return [], "the sitemap, or its packed twin, cannot be read"
    dead = [
        address
        for one in root.iter()
        if one.tag.endswith("}link") and (address := one.get("href", ""))
        if site.lead("index.html", address).kind != "here"
    ]
    if dead:
        return _listed(root), f"the sitemap names '{_short(dead[0])}', which is not there"
    return _listed(root), "" if same else "the sitemap and its packed twin differ"


def _listed(root: ET.Element) -> list[str]:
    return [(one.text or "").strip() for one in root.iter() if one.tag.endswith("}loc")]


def search_index(site: BuiltSite) -> str:
    """Name the file that a theme's search reads; empty where there is none."""
    return next((file for file in INDEXES if file in site.files), "")


def search_entries(site: BuiltSite) -> list[tuple[str, str, str]] | None:
    """Give what the search leads to: the file that says so, the address and the title.

    Nothing where a theme's index cannot be read, or is empty and there is no other.
    """
    ours, index = site.index.pages if site.index else (), search_index(site)
    try:
        docs = json.loads(site.text(index))[INDEXES[index]] if index else []
        theirs = [(index, str(doc["location"]), str(doc["title"])) for doc in docs]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return [*ours, *theirs] or None


def _expected(target: Target) -> str:
    return f"a file {target.file}" if target.file else "an address within the site"


def _short(address: str) -> str:
    line = " ".join(address.split())
    return line if len(line) <= 120 else f"{line[:117]}..."
