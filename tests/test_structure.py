"""A text of a definition never becomes structure: a page is built the same, whatever it says."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import markdown
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hostile import TEXTS, anywhere, definition, written
from pathbook import book

MARKDOWN = frozenset({"notice", "overview", "text", "more"})
"""Keys of a pathway and its alerts that hold Markdown, which may become structure."""

# What the reader refuses by itself is tried elsewhere; the term of the glossary becomes structure.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)


class Outline(HTMLParser):
    """Lists elements with the names of their attributes; in a drawing each kind only once.

    How many lines a text takes in its box depends on its width, so drawings repeat some elements.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.drawn: set[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = f"{tag} {' '.join(sorted(name for name, _ in attrs))}".strip()
        if tag == "svg":
            self.drawn = set()
        if self.drawn is None:
            self.found.append(element)
        else:
            self.drawn.add(element)

    def handle_endtag(self, tag: str) -> None:
        if self.drawn is None:
            self.found.append(f"/{tag}")
        elif tag == "svg":
            self.found.append(f"svg: {sorted(self.drawn)}")
            self.drawn = None

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.found.append("declaration")


def outline(text: str) -> list[str]:
    """Give the structure of a page, made the way MkDocs makes it."""
    front, body = re.fullmatch(r"(?:---\n(.*?)\n---\n)?(.*)", text, flags=re.DOTALL).groups("")  # type: ignore[union-attr]
    extensions = ["toc", "tables", "fenced_code", "attr_list", "footnotes", "abbr"]
    reader = Outline()
    reader.feed(markdown.markdown(body, extensions=extensions))
    return [*re.findall(r"^\w+:", front, flags=re.MULTILINE), *reader.found]


def plain(files: dict[str, str]) -> dict[str, str]:
    """Put a harmless text wherever Markdown may stand."""
    pathway: dict[str, Any] = json.loads(files["pathway.yaml"])
    alerts = [{k: "x" if k in MARKDOWN else v for k, v in a.items()} for a in pathway["alerts"]]
    kept = {key: "x" if key in MARKDOWN else value for key, value in pathway.items()}
    own = {"pathway.yaml": json.dumps({**kept, "alerts": alerts})}
    return {**files, **own, "pages/a.md": "## H\n\npain\n", "pages/b.md": "Words\n"}


def outlines(text: str) -> dict[str, list[str]] | None:
    """Give the structure of every page of a pathway with a text in every field of words."""
    with TemporaryDirectory() as folder:
        found = written(plain(definition(text)), Path(folder))
    pages = {} if found.errors else book.site(book.draw(found, anywhere))
    made = {path: outline(pages[path].text) for path in pages if path.endswith((".md", ".html"))}
    return made or None


def differences(text: str) -> Iterator[tuple[str, str, str]]:
    """Compare with the pages of the same text whose marks are letters."""
    made, other = outlines(text), outlines(re.sub(r"[^\w\s]", "x", text))
    assume(made and other)
    for path, elements in (made or {}).items():
        pairs = zip([*elements, "end"], [*(other or {})[path], "end"], strict=False)
        yield from ((path, one, two) for one, two in pairs if one != two)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_that_means_harm_adds_no_element_and_no_attribute(text: str) -> None:
    assert outlines(text)
    assert next(differences(text), None) is None


@pytest.mark.long
@given(text=WORDS)
def test_no_text_adds_an_element_or_an_attribute(text: str) -> None:
    assert next(differences(text), None) is None


def test_an_element_too_much_would_be_seen() -> None:
    assert outline("# a\n\n<p>b</p>\n") != outline("# a\n\n<p>b<b>c</b></p>\n")
    assert outline("<p>b</p>\n") != outline("<p id='x'>b</p>\n")
    assert outline("<svg><g/></svg>\n") != outline("<svg><g onload='x'/></svg>\n")
