"""The rules about each page of a built site: valid, named, without code of its own."""

from collections.abc import Iterator

from pathbook import headers, pages
from pathbook.addresses import Addresses
from pathbook.built import BuiltSite
from pathbook.rule import Finding, whole


def unreadable(site: BuiltSite) -> Iterator[Finding]:
    """Every page and every `pathway.json` can be read."""
    for file, why in sorted(set(site.unread)):
        yield Finding(site.place(file), f"the file cannot be used: {why}", "what was built")


def invalid_html(site: BuiltSite) -> Iterator[Finding]:
    """Every page is valid HTML."""
    for page in site.pages.values():
        for fault, at in page.faults:
            yield Finding(site.place(page.path, *at), f"the HTML is not valid: {fault}")


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
        if not page.lang.strip():
            yield Finding(site.place(page.path), "the page says no language", '<html lang="...">')


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
    """Whatever a page holds is allowed by the policy that the site is published with."""
    if headers.FILE not in site.files:
        return
    policy = site.text(headers.FILE)
    for page in site.pages.values():
        for what, found in (("script", page.scripts), ("style", page.styles)):
            for text, at in found:
                if headers.hashed(text) not in policy:
                    fact = f"a {what} stands here that the policy in {headers.FILE} does not know"
                    yield Finding(site.place(page.path, *at), fact, "no such code, or a new build")


def changed_asset(site: BuiltSite) -> Iterator[Finding]:
    """The stylesheet and the script of the books are as they were shipped."""
    assets = pages.assets(Addresses(pages.CLASSIC not in site.files))
    for file in (pages.STYLESHEET, pages.SCRIPT, pages.CLASSIC) if site.books else ():
        if file in assets and file not in site.files:
            yield Finding(site.place(file), "the file is missing", "the file that was shipped")
        elif file in assets and site.text(file) != assets[file].text:
            yield Finding(
                site.place(file), "the file is not the one that was shipped", "a new build"
            )


RULES = tuple(
    map(
        whole,
        (
            unreadable, invalid_html, one_h1, no_language, no_title, no_description, duplicate_id,
            inline_code, policy_breach, changed_asset,
        ),
    )
)  # fmt: skip
