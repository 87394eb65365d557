"""Turn a maintainer's Markdown into sections of safe HTML, and find the links in it."""

import re
import threading
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import islice
from posixpath import normpath
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE
from markupsafe import Markup

TAGS = frozenset(
    "a abbr b blockquote br code dd del dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre strong sub sup"
    " table tbody td th thead tr ul".split()
)
"""What prose may become; anything else stays visible as the text that was written."""

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""Addresses outside the site that prose may lead to."""

DEEPEST = 40
"""How many lists, quotes or open brackets may lie in one another; each list counts twice."""

MOST_HEADINGS = 300
"""In one text; Markdown would take many seconds over some thousand."""

_HEADINGS = re.compile(r"^ {0,3}(?:#|=+[ \t]*$|-+[ \t]*$)", re.MULTILINE)

_LINES = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What some programs take for the end of a line, and Markdown does not."""

_HREF = re.compile(r'<a href="([^"]*)"')

Resolve = Callable[[str], str]
"""Gives the address to write for a link as it stands in the prose."""


@dataclass(frozen=True)
class Link:
    """A link as it was written."""

    target: str
    line: int
    column: int
    picture: bool = False


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    """Plain text; empty for what comes before the first heading."""
    level: int
    """1 for the highest level in the text."""
    html: Markup
    """Safe HTML."""


def sections(text: str, resolve: Resolve) -> tuple[Section, ...]:
    """Render prose and cut it at its headings."""
    html = render(text, resolve)
    parts = re.split(r"<h([1-6])>(.*?)</h\1>", html, flags=re.DOTALL)
    found = [Section("", 1, Markup(parts[0].strip()))] if parts[0].strip() else []  # noqa: S704
    levels = [int(level) for level in parts[1::3]]
    for level, heading, body in zip(levels, parts[2::3], parts[3::3], strict=True):
        plain = unescape(re.sub(r"<[^>]*>", "", heading)).strip()
        found.append(Section(plain, level - min(levels) + 1, Markup(body.strip())))  # noqa: S704
    return tuple(found)


def render(text: str, resolve: Resolve) -> Markup:
    """Render Markdown without raw HTML, and let nothing pass that could act on a reader.

    `RecursionError` where it is nested too deeply, see `links`.

    >>> print(render("Ask <script>alert(1)</script> [here](x.md)", lambda to: "../x/"))
    <p>Ask &lt;script&gt;alert(1)&lt;/script&gt; <a href="../x/">here</a></p>
    """

    def resolved(found: re.Match[str]) -> str:
        return f'<a href="{escape(resolve(unescape(found[1])))}"'

    return Markup(_HREF.sub(resolved, _read(text).html))  # noqa: S704 (clean)


def links(text: str) -> tuple[Link, ...]:
    r"""Find the links and pictures in prose, with their places.

    `RecursionError` where lists, quotes or brackets are nested too deeply, or headings are far too
    many: Markdown would take minutes over some thousand, and could come to the end of its stack.

    >>> links("One\n\nSee [the block](block.md).")
    (Link(target='block.md', line=3, column=17, picture=False),)
    """
    return _read(text).links


def is_safe(target: str, pages: Container[str]) -> bool:
    """Tell whether a link leads to a page of the book, within its own page, or to the web.

    >>> is_safe("rfa.md#risks", ["rfa.md"]), is_safe("javascript:alert(1)", [])
    (True, False)
    """
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.netloc)
    if parts.scheme:
        return parts.scheme in SCHEMES and bool(parts.path)
    if parts.netloc or parts.query:
        return False
    return normpath(parts.path) in pages if parts.path else bool(parts.fragment)


def _depth(text: str, brackets: str) -> int:
    """Count how many brackets are open at the same time, at the most.

    >>> _depth("[a](b) [[c] d", "[]")
    2
    """
    opening = brackets[0]
    depth = deepest = 0
    for character in re.findall(f"[{re.escape(brackets)}]", text):
        if character == opening:
            depth += 1
            deepest = max(deepest, depth)
        elif depth:
            depth -= 1
    return deepest


@dataclass(frozen=True)
class _Prose:
    """What a text of a maintainer is, wherever it will stand."""

    html: str
    """Safe HTML, with links as they were written."""
    links: tuple[Link, ...]


Known = Mapping[str, _Prose]
"""What was read, for another process."""

_KNOWN: dict[str, _Prose] = {}
"""What was read, by its text: prose stands on several pages, and is checked before."""

MOST_KNOWN = 1 << 16
"""Texts; a preview that runs for days has seen many."""


def count() -> int:
    """Tell how many texts were read and are known."""
    return len(_KNOWN)


def known(since: int) -> Known:
    """Give what was read, apart from so many texts that were read before."""
    return dict(islice(_KNOWN.items(), since, None))


def learn(found: Known) -> None:
    """Take over what another process read; its `known` gives it."""
    for text, read in found.items():
        _keep(text, read)


def _read(text: str) -> _Prose:
    """Read Markdown, once for all pages on which it stands."""
    return _KNOWN.get(text) or _keep(text, _read_anew(text))


def _keep(text: str, read: _Prose) -> _Prose:
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[text] = read
    return read


def _read_anew(text: str) -> _Prose:
    text = _LINES.sub(" ", text)
    if max(_depth(text, "[]"), _depth(text, "()")) > DEEPEST:
        raise RecursionError
    if len(_HEADINGS.findall(text)) > MOST_HEADINGS:
        raise RecursionError
    written = _MARKDOWN.read(text)
    html = nh3.clean(
        written,
        tags=set(TAGS),
        attributes={"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    # A line break inside <pre> must not end the HTML block that the page puts around it.
    html = re.sub(
        r"<pre>.*?</pre>", lambda found: found.group().replace("\n", "&#10;"), html, flags=re.DOTALL
    )
    # A line break only between tags: text at the start of a line could be read as Markdown again.
    html = re.sub(r"\n(?!<)|(?<!>)\n", " ", re.sub(r"\n\s*\n", "\n", html))
    return _Prose(html, tuple(_placed(text, _MARKDOWN.tidied.targets)))


def _placed(text: str, targets: Iterable[tuple[str, bool]]) -> Iterator[Link]:
    """Find where links were written."""
    begin: dict[str, int] = {}
    for target, picture in targets:
        at = text.find(target, begin.get(target, 0))
        begin[target] = at + 1
        line, column = text.count("\n", 0, max(at, 0)) + 1, at - text.rfind("\n", 0, max(at, 0))
        yield Link(target, line, max(column, 1), picture)


class _Tidy(Treeprocessor):
    """Keeps headings at the top level only, and notes what links it met."""

    targets: list[tuple[str, bool]]

    def run(self, root: Element) -> None:
        depth, row = 0, list(root)
        while row:
            depth += 1
            row = [child for element in row for child in element]
        if depth > DEEPEST:
            raise RecursionError
        for element in root.iter():
            if element.tag == "a" and (target := element.get("href")) is not None:
                self.targets.append((unescape(target.replace(AMP_SUBSTITUTE, "&")), False))
            if element.tag == "img":
                self.targets.append((element.get("src", ""), True))
        for child in root:
            for nested in child.iter():
                if nested is not child and re.fullmatch(r"h[1-6]", nested.tag):
                    nested.tag = "p"


class _Markdown(threading.local):
    """What turns Markdown into HTML; it takes longer to make than to use."""

    def __init__(self) -> None:
        self.make()

    def make(self) -> None:
        """Make it anew."""
        self.tidied = _Tidy()
        self.converter = markdown.Markdown(
            extensions=["tables", "def_list", "fenced_code", "sane_lists"]
        )
        # Raw HTML is shown as it was written, not passed on.
        self.converter.preprocessors.deregister("html_block")
        self.converter.inlinePatterns.deregister("html")
        self.converter.treeprocessors.register(self.tidied, "pathbook-tidy", 15)

    def read(self, text: str) -> str:
        """Give HTML; `tidied` knows the links that were met in it."""
        self.tidied.targets = []
        try:
            return self.converter.reset().convert(text)
        except BaseException:
            self.make()  # what it was about to do must not reach the next text
            raise


_MARKDOWN = _Markdown()
