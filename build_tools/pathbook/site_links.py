"""The rules about addresses: each one on a built site leads to something that is there."""

import gzip
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from pathbook.built import KNOWN, NOT_FOUND, WEB, BuiltSite, Target, split
from pathbook.built_page import BuiltPage, Link, addresses_in_css
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
    for page, link, target in followed(site, "go", "move"):
        there = site.pages.get(target.file)
        if target.kind == "here" and there and not _has(there, target.fragment):
            fact = (
                f"'{_short(link.address)}' leads to the id '{target.fragment}', which is not there"
            )
            yield Finding(site.place(page.path, *link.at), fact, f"that id in {target.file}")
    for page in site.pages.values():
        for name, what, at in page.names:
            if name not in page.ids:
                fact = f"'{what}' names the id '{_short(name)}', which is not there"
                yield Finding(site.place(page.path, *at), fact, "an id of this page")


def dead_step(site: BuiltSite) -> Iterator[Finding]:
    """Every link that opens a pathway at a step, or with a walk, names steps of the pathway."""
    steps = {f"{book.id}/index.html": book.steps for book in site.books}
    for page, link, target in followed(site, "go"):
        if target.kind == "here" and target.query and target.file in steps:
            asked = parse_qs(target.query)
            walked = [pair.partition(":")[0] for pair in ",".join(asked.get("walk", ())).split(",")]
            named = {*asked.get("step", ()), *filter(None, walked)}
            for name in sorted(named - set(steps[target.file])):
                fact = f"'{_short(link.address)}' names the step '{name}', which is not there"
                yield Finding(site.place(page.path, *link.at), fact, "a step of the pathway")


def missing_file(site: BuiltSite) -> Iterator[Finding]:
    """Every picture, script, stylesheet and font that a page loads is there, and not empty."""
    for page, link, target in followed(site, "load"):
        inlined = link.address.startswith("data:")
        if target.kind in {"dead", "outside"} or (target.kind == "bad" and not inlined):
            fact = f"'{link.what}' loads '{_short(link.address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(page.path, *link.at), fact, _expected(target))
    for sheet, address, target in in_stylesheets(site):
        if target.kind in {"dead", "outside"}:
            fact = f"the stylesheet loads '{_short(address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(sheet), fact, _expected(target))
    for file in sorted(site.files):
        if not (site.folder / file).stat().st_size and file.rpartition(".")[2] in _NEVER_EMPTY:
            yield Finding(site.place(file), "the file is empty", "what was built")


_NEVER_EMPTY = {"html", "css", "js", "json", "png", "svg", "jpg", "xml", "gz", "woff2"}


def other_host(site: BuiltSite) -> Iterator[Finding]:
    """Nothing is loaded from another host, and nothing is sent there."""
    for page, link, target in followed(site, "load", "go", "move"):
        sent = "action" in link.what
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
        if target.kind == "bad" or (parts and parts.scheme not in KNOWN):
            fact = f"'{link.what}' has the address '{_short(link.address)}', {_WHERE['bad']} safely"
            yield Finding(site.place(page.path, *link.at), fact, "https, http, mailto or tel")
    for page, link, _ in followed(site, "load"):
        parts = split(link.address)
        if parts and parts.scheme not in {*WEB, "", "data"}:
            fact = f"'{link.what}' loads '{_short(link.address)}', which holds code"
            yield Finding(site.place(page.path, *link.at), fact, "the address of a file")


def false_canonical(site: BuiltSite) -> Iterator[Finding]:
    """A page that says its address to search engines says its own."""
    for page, link, target in followed(site, "say"):
        own = {page.path, *(site.follow(page, one).file for one in page.links if one.use == "move")}
        if link.what in {"link canonical", "meta content"} and page.path != NOT_FOUND:
            picture = link.what == "meta content" and target.file not in site.pages
            if target.kind == "away" or (
                target.kind == "here" and not picture and target.file not in own
            ):
                fact = f"the page says that its address is '{_short(link.address)}'"
                yield Finding(site.place(page.path, *link.at), fact, "its own address")


def dead_redirect(site: BuiltSite) -> Iterator[Finding]:
    """Every page and every line that sends readers on sends them to something that is there."""
    for page, link, target in followed(site, "move"):
        if target.kind in {"dead", "outside"}:
            fact = f"the page sends readers on to '{_short(link.address)}', {_WHERE[target.kind]}"
            yield Finding(site.place(page.path, *link.at), fact, _expected(target))
    for number, end in redirects(site):
        found = site.lead(REDIRECTS, end)
        if found.kind in {"dead", "outside", "bad"}:
            fact = f"the line sends readers on to '{_short(end)}', {_WHERE[found.kind]}"
            yield Finding(site.place(REDIRECTS, number, 1), fact, _expected(found))


def sitemap_entry(site: BuiltSite) -> Iterator[Finding]:
    """The sitemap names every page of the site, if it names any, and nothing else."""
    if SITEMAP not in site.files:
        return
    listed, fault = sitemap(site)
    if fault:
        yield Finding(site.place(SITEMAP), fault, "what was built")
    found = {site.lead("index.html", address).file for address in listed}
    for address in listed:
        if site.lead("index.html", address).kind != "here":
            fact = f"the sitemap names '{_short(address)}', which is not a page of this site"
            yield Finding(site.place(SITEMAP), fact, "the address of a page")
    for page in site.pages.values():
        if listed and page.path not in found and page.path != NOT_FOUND and not page.moves:
            yield Finding(site.place(page.path), "the sitemap does not name the page", "every page")


def search_entry(site: BuiltSite) -> Iterator[Finding]:
    """Whatever the search finds is there, and the search finds every step."""
    index = search_index(site)
    if not index and not site.index:
        return
    locations = search_locations(site)
    if locations is None:
        yield Finding(site.place(index), "the search cannot read its index", "what was built")
        return
    for file, location in locations:
        target = site.lead("index.html", location)
        there = site.pages.get(target.file)
        if target.kind != "here" or not there or not _has(there, target.fragment):
            fact = f"the search leads to '{_short(location)}', which is not there"
            yield Finding(site.place(file), fact, "a page, or an id on one")
    found = {site.lead("index.html", location).file for _, location in locations}
    for book in site.books:
        for step in book.steps.values():
            page = site.page_of(book, step["url"])
            if page and page.path not in found:
                yield Finding(
                    site.place(page.path), "the search does not find the step", "every step"
                )


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
            false_canonical, dead_redirect, sitemap_entry, search_entry, search_part, orphan,
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
            for address in addresses_in_css(site.text(file)):
                if not address.startswith(("data:", "#")):
                    yield file, address, site.lead(file, address)


def redirects(site: BuiltSite) -> Iterator[tuple[int, str]]:
    """Give the lines of a `_redirects` file, as some hosts read it: its number and its end."""
    if REDIRECTS in site.files:
        for number, line in enumerate(site.text(REDIRECTS).splitlines(), 1):
            words = line.partition("#")[0].split() if not line.startswith("#") else []
            if len(words) > 1:
                yield number, words[1]


def sitemap(site: BuiltSite) -> tuple[list[str], str]:
    """Give the addresses that the sitemap names, and what is wrong with the file."""
    raw = (site.folder / SITEMAP).read_bytes()
    if re.search(rb"<!(DOCTYPE|ENTITY)", raw):
        return [], "the sitemap holds more than addresses"
    try:
        listed = [e.text or "" for e in ET.fromstring(raw).iter() if e.tag.endswith("}loc")]  # noqa: S314 (no entities)
        packed = site.folder / f"{SITEMAP}.gz"
        same = not packed.is_file() or gzip.decompress(packed.read_bytes()) == raw
    except (ET.ParseError, OSError, EOFError):
        return [], "the sitemap, or its packed twin, cannot be read"
    return listed, "" if same else "the sitemap and its packed twin differ"


def search_index(site: BuiltSite) -> str:
    """Name the file that a theme's search reads; empty where there is none."""
    return next((file for file in INDEXES if file in site.files), "")


def search_locations(site: BuiltSite) -> list[tuple[str, str]] | None:
    """Give what the search leads to, each with the file that says so.

    Nothing where a theme's index cannot be read, or is empty and there is no other.
    """
    ours, index = site.index.addresses if site.index else (), search_index(site)
    try:
        entries = json.loads(site.text(index))[INDEXES[index]] if index else []
        return [*ours, *((index, str(entry["location"])) for entry in entries)] or None
    except (ValueError, KeyError, TypeError):
        return None


def _has(page: BuiltPage, fragment: str) -> bool:
    """Tell whether a page has what a fragment names; browsers know `top` and texts."""
    return not fragment or fragment == "top" or ":~:" in fragment or fragment in page.ids


def _expected(target: Target) -> str:
    return f"a file {target.file}" if target.file else "an address within the site"


def _short(address: str) -> str:
    return address if len(address) <= 120 else f"{address[:117]}..."
