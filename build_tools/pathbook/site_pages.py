"""The rules about each page of a built site: valid, named, without code of its own."""

import re
from collections.abc import Iterator

from pathbook import headers, pages
from pathbook.addresses import Addresses
from pathbook.built import BuiltSite
from pathbook.rule import Finding, whole


def unreadable(site: BuiltSite) -> Iterator[Finding]:
    """Every page and every `pathway.json` can be read, and is what was built."""
    for file, why in sorted(set(site.unread)):
        yield Finding(site.place(file), f"the file cannot be used: {why}", "what was built")


def invalid_html(site: BuiltSite) -> Iterator[Finding]:
    """Every page is valid HTML."""
    for page in site.pages.values():
        for fault, at in page.faults:
            yield Finding(site.place(page.path, *at), f"the HTML is not valid: {fault}")
        if page.charset != "utf-8":
            fact = "the page does not say that it is written in UTF-8"
            yield Finding(site.place(page.path), fact, '<meta charset="utf-8">')


def one_h1(site: BuiltSite) -> Iterator[Finding]:
    """Every page has one heading of the first level, and it is not empty."""
    for page in site.pages.values():
        first = [(text, at) for level, text, at in page.headings if level == 1]
        if len(first) != 1 or not first[0][0]:
            count = f"the page has {len(first)} headings of the first level"
            fact = "the first heading is empty" if len(first) == 1 else count
            at = first[-1][1] if first else (0, 0)
            yield Finding(site.place(page.path, *at), fact, "one, with the title of the page")


def no_language(site: BuiltSite) -> Iterator[Finding]:
    """Every page says its language, so that a screen reader can speak it."""
    for page in site.pages.values():
        if not _LANGUAGE.fullmatch(page.lang.strip()):
            said = (
                f"the page says the language '{page.lang}'" if page.lang else "no language is said"
            )
            yield Finding(site.place(page.path), said, '<html lang="...">')


_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def no_title(site: BuiltSite) -> Iterator[Finding]:
    """Every page has a title."""
    for page in site.pages.values():
        if not page.title:
            yield Finding(
                site.place(page.path), "the page has no title", "a `title` with words in it"
            )


def no_description(site: BuiltSite) -> Iterator[Finding]:
    """Every page says what it is about, for those who find it by a search engine."""
    for page in site.pages.values():
        if not page.description:
            fact = "the page has no description"
            hint = (
                "Write `description:` above a page in docs/, or `site_description:` in mkdocs.yml."
            )
            yield Finding(site.place(page.path), fact, "a meta element with one", hint)


def duplicate_id(site: BuiltSite) -> Iterator[Finding]:
    """No id stands twice on a page, else links lead to the wrong place."""
    for page in site.pages.values():
        for name, spots in page.ids.items():
            for at in spots[1:]:
                fact = (
                    f"the id '{name}' stands here a second time; the first is on line {spots[0][0]}"
                )
                yield Finding(site.place(page.path, *at), fact, "each id once")
            if not name:
                yield Finding(site.place(page.path, *spots[0]), "an id is empty", "a name")


def inline_code(site: BuiltSite) -> Iterator[Finding]:
    """What a page itself says holds no script, no style and no code in attributes."""
    for page in site.pages.values():
        for what, at in page.inline:
            yield Finding(
                site.place(page.path, *at), f"there is {what}", "a file of its own for it"
            )


def policy_breach(site: BuiltSite) -> Iterator[Finding]:
    """The site is published with a strict policy, and whatever a page holds is allowed by it.

    Some generators write none, and the theme of one does not work under it: then there is none.
    """
    policies = {file: site.text(file) for file in headers.FILES if file in site.files}
    for file in headers.FILES:
        if file not in policies and policies:
            fact = "the file that tells a host the policy is missing"
            yield Finding(site.place(file), fact, "what was built")
        for weak in sorted(_weak(policies[file])) if file in policies else ():
            yield Finding(site.place(file), f"the policy lets through {weak}", "a strict policy")
    for page in site.pages.values():
        for what, found in (("script", page.scripts), ("style", page.styles)):
            for text, at in found:
                code = headers.hashed(text)
                if lacking := [file for file, policy in policies.items() if code not in policy]:
                    where = " and in ".join(lacking)
                    fact = f"a {what} stands here that the policy in {where} does not know"
                    place = site.place(page.path, *at)
                    yield Finding(place, fact, "no such code, or a new build")


_OPEN = frozenset({"*", "http:", "https:", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'"})
"""Sources that let code in from anywhere."""


def _weak(policy: str) -> Iterator[str]:
    """Tell what a policy lets through that can run: https://www.w3.org/TR/CSP3/#directives-fetch."""
    said = re.findall(r"(?:^|[;:\"\s])(default-src|script-src|object-src)\s([^;\"\n]*)", policy)
    if "default-src" not in {name for name, _ in said}:
        yield "whatever it does not name, as it has no default-src"
    for name, values in said:
        yield from (f"{one} in {name}" for one in values.split() if one in _OPEN)


def changed_asset(site: BuiltSite) -> Iterator[Finding]:
    """The stylesheet, the script and the schemas of the books are as they were shipped."""
    flat = any(f"{book.id}/evidence.html" in site.files for book in site.books)
    addresses = Addresses(directories=not flat)
    for file, page in pages.assets(addresses).items() if site.books else ():
        if file not in site.files:
            yield Finding(site.place(file), "the file is missing", "the file that was shipped")
        elif site.text(file) != page.text:
            fact = "the file is not the one that was shipped"
            yield Finding(site.place(file), fact, "a new build")


RULES = tuple(
    map(
        whole,
        (
            invalid_html, one_h1, no_language, no_title, no_description, duplicate_id,
            inline_code, policy_breach, changed_asset, unreadable,
        ),
    )
)  # fmt: skip
