"""What a maintainer writes comes out as they meant it, and nothing in it can act on a reader."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from pathbook import prose


def test_headings_cut_prose_into_sections() -> None:
    found = prose.sections(
        "Before\n\n## One *and* more\n\ntext\n\n### Below\n\n> ## quoted\n", lambda to: to
    )
    assert [(part.heading, part.level) for part in found] == [
        ("", 1),
        ("One and more", 1),
        ("Below", 2),
    ]
    assert "quoted" in found[2].html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        '[x](a.md "\\" onclick=alert(1)")',
        "![x](http://elsewhere.example/x.png)",
        "<div\nonclick=alert(1)>x</div>",
        "<a href='javascript:alert(1)'>x</a>",
        '<https://a.example/"onclick=alert(1)>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_nothing_in_prose_can_run(text: str) -> None:
    found = elements(prose.render(text, lambda to: to))
    assert {tag for tag, _, _ in found} <= prose.TAGS
    assert {name for _, name, _ in found} <= {"", "href", "title"}
    assert all(value.startswith(("a.md", "https:")) for _, name, value in found if name == "href")


def elements(html: str) -> list[tuple[str, str, str]]:
    """List the tags and attributes that a browser would see."""
    found: list[tuple[str, str, str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend((tag, name, value or "") for name, value in [("", ""), *attrs])

    Reader().feed(html)
    return found


@given(st.text(max_size=300))
def test_any_text_is_rendered_on_lines_without_a_gap(text: str) -> None:
    assert "\n\n" not in prose.render(text, lambda to: to)
    prose.links(text)


def test_a_link_is_told_with_its_place() -> None:
    found = prose.links(
        "One [a](a.md).\n\nTwo [a](a.md) and [b][1].\n\n[1]: https://b.example/?x=1&y=2\n"
    )
    assert [(link.target, link.line, link.column) for link in found] == [
        ("a.md", 1, 9),
        ("a.md", 3, 9),
        ("https://b.example/?x=1&y=2", 5, 6),
    ]


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("rest.md", True),
        ("rest.md#why", True),
        ("#why", True),
        ("https://example.org/", True),
        ("mailto:a@example.org", True),
        ("tel:112", True),
        ("../../etc/passwd", False),
        ("/rest.md", False),
        ("//example.org/rest.md", False),
        ("other.md", False),
        ("javascript:alert(1)", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_links_lead_to_pages_or_to_the_web(target: str, safe: bool) -> None:
    assert prose.is_safe(target, ["rest.md"]) == safe


def test_the_page_about_prose_names_all_that_it_may_become_and_nothing_else() -> None:
    page = (ROOT / "docs" / "maintain" / "prose.md").read_text(encoding="utf-8")
    rows = [line.rsplit("|", 2)[1] for line in page.splitlines() if line.startswith("| ")]
    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(prose.TAGS)
    (links,) = (line for line in page.splitlines() if line.startswith("Links lead to"))
    assert set(re.findall(r"`(\w+):`", links)) == set(prose.SCHEMES)
