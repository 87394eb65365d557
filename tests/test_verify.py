"""A built site is proved before it is published: each fault is found, and nothing else is."""

import gzip
import json
import re
import shutil
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import PATHWAYS, build_site
from made import large_pathway
from pathbook import barriers, built, built_page, overview, verify
from pathbook.cli import main

pytestmark = [pytest.mark.site, pytest.mark.graphviz]

CONFIG = (
    "site_name: Test\nsite_url: https://example.org/books/\nsite_description: A test\n"
    "theme: {name: material, font: false}\nplugins: [search, pathbook]\n"
)
BOOK = "every-kind"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with all that a site can have: redirects, a sitemap, pages around."""
    base = tmp_path_factory.mktemp("whole")
    (base / "docs").mkdir()
    (base / "docs" / "own.md").write_text("# Own page\n\n## A part\n\nWords. ![dot](dot.png)\n")
    (base / "docs" / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (base / "docs" / "_redirects").write_text("# former addresses\n/old /books/own/ 301\n")
    (base / "docs" / "more.css").write_text("p { background: url(dot.png) }\n")
    shutil.copytree(PATHWAYS / BOOK, base / "flow" / BOOK)
    shutil.copytree(PATHWAYS / "bare", base / "flow" / "bare")
    return build_site(base, PATHWAYS, f"{CONFIG}extra_css: [more.css]\n")


@pytest.fixture
def site(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to spoil; pages that are as before are not read again."""
    monkeypatch.setattr(built_page, "read", READ)
    shutil.copytree(whole, tmp_path / "site")
    return tmp_path / "site"


READ = lru_cache(maxsize=None)(built_page.read)


def codes(site: Path) -> set[str]:
    return {problem.code for problem in verify.verified(site, browser=False).problems}


Spoil = Callable[[Path], object]


def swap(file: str, old: str, new: str) -> Spoil:
    """Replace the first match of a pattern in a file, which has to be there."""

    def spoil(site: Path) -> None:
        text = (site / file).read_text(encoding="utf-8")
        changed, count = re.subn(old, lambda found: found.expand(new), text, count=1, flags=re.S)
        assert count == 1, f"{file} has no {old}"
        assert changed != text
        (site / file).write_text(changed, encoding="utf-8")

    return spoil


def take_away(file: str) -> Spoil:
    def spoil(site: Path) -> None:
        path = site / file
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return spoil


def take_away_all(pattern: str) -> Spoil:
    def spoil(site: Path) -> None:
        for path in site.glob(pattern):
            path.unlink()

    return spoil


def write(file: str, content: bytes) -> Spoil:
    def spoil(site: Path) -> None:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_bytes(content)

    return spoil


def put(page: str, html: str) -> Spoil:
    """Write some HTML at the end of what a page itself says."""
    return swap(page, "</article>", html.replace("\\", r"\\") + "</article>")


def data(change: Callable[[dict[str, object]], object]) -> Spoil:
    def spoil(site: Path) -> None:
        file = site / BOOK / "pathway.json"
        found = json.loads(file.read_text(encoding="utf-8"))
        change(found)
        file.write_text(json.dumps(found), encoding="utf-8")

    return spoil


def drop_search_of(page: str) -> Spoil:
    def spoil(site: Path) -> None:
        file = site / "search" / "search_index.json"
        found = json.loads(file.read_text(encoding="utf-8"))
        found["docs"] = [doc for doc in found["docs"] if not doc["location"].startswith(page)]
        file.write_text(json.dumps(found), encoding="utf-8")

    return spoil


FEW = f"{BOOK}/begin/index.html"
FRONT = f"{BOOK}/index.html"
STEP = f"{BOOK}/check/index.html"
EVIDENCE = f"{BOOK}/evidence/index.html"
OWN = "own/index.html"
BOX = r'<a [^>]*data-step="check".*?</a>'
ARROW = r'<g [^>]*data-route="[^"]*".*?</g>'
ITEM = r'<li data-step="check".*?</li>'

FAULTS: dict[str, tuple[str, Spoil]] = {
    # links
    "a page is gone": ("dead-link", take_away(f"{BOOK}/check")),
    "a link has a slip": ("dead-link", swap(STEP, r'href="\.\./begin/"', 'href="../begni/"')),
    "a link in the content is dead": ("dead-link", put(OWN, '<a href="../nowhere/">x</a>')),
    "a link to a file is dead": ("dead-link", put(OWN, '<a href="../leaflet.pdf">x</a>')),
    "a link in a small map is dead": (
        "dead-link",
        swap(STEP, r'(<svg.*?<a [^>]*href=")[^"#]+', r"\1../nowhere/"),
    ),
    "an old kind of link in SVG is dead": (
        "dead-link",
        put(OWN, '<svg><a xlink:href="../nowhere/"><text>x</text></a></svg>'),
    ),
    "a link leads above the site": ("dead-link", put(OWN, '<a href="../../../x/">x</a>')),
    "a link leads past the site's folder": ("dead-link", put(OWN, '<a href="/other/">x</a>')),
    "a link with the full address is dead": (
        "dead-link",
        put(OWN, '<a href="https://example.org/books/nowhere/">x</a>'),
    ),
    "a link differs in case": ("dead-link", put(OWN, '<a href="../Every-Kind/">x</a>')),
    "an alternate address is dead": (
        "dead-link",
        swap(OWN, "</head>", '<link rel="alternate" hreflang="nl" href="../nl/"></head>'),
    ),
    "an area of a picture is dead": (
        "dead-link",
        put(OWN, '<map name="m"><area href="../nowhere/" alt="x"></map>'),
    ),
    # anchors
    "an anchor is renamed": (
        "dead-anchor",
        swap(EVIDENCE, r'<li id="statement-[^"]+"', '<li id="renamed"'),
    ),
    "an anchor on the same page is gone": ("dead-anchor", put(OWN, '<a href="#gone">x</a>')),
    "an anchor on another page is gone": (
        "dead-anchor",
        put(OWN, f'<a href="../{BOOK}/#gone">x</a>'),
    ),
    "a label names nothing": ("dead-anchor", put(OWN, '<p aria-labelledby="gone">x</p>')),
    "a term's button opens nothing": (
        "dead-anchor",
        put(OWN, '<button type="button" popovertarget="gone">x</button>'),
    ),
    "a link opens the chart at a step that is not there": (
        "dead-step",
        put(OWN, f'<a href="../{BOOK}/?step=nowhere">x</a>'),
    ),
    "a shared walk names a step that is not there": (
        "dead-step",
        put(OWN, f'<a href="../{BOOK}/?walk=nowhere:yes">x</a>'),
    ),
    # files
    "a picture is gone": ("missing-file", take_away("dot.png")),
    "a picture has a slip": ("missing-file", put(OWN, '<img src="../dto.png" alt="">')),
    "a set of pictures has a slip": (
        "missing-file",
        put(OWN, '<img src="../dot.png" srcset="../dot.png 1x, ../dot2.png 2x" alt="">'),
    ),
    "a picture's source is gone": (
        "missing-file",
        put(OWN, '<picture><source srcset="../a.webp 1x"><img src="../dot.png" alt=""></picture>'),
    ),
    "the stylesheet is gone": ("missing-file", take_away("assets/pathbook/pathbook.css")),
    "the script is gone": ("missing-file", take_away("assets/pathbook/pathbook.js")),
    "a stylesheet of the site is gone": ("missing-file", take_away("more.css")),
    "a picture in a stylesheet is gone": (
        "missing-file",
        write("more.css", b"p { background: url('nowhere.png') }"),
    ),
    "a stylesheet imports one that is gone": (
        "missing-file",
        write("more.css", b'@import "a.css";'),
    ),
    "an icon is gone": ("missing-file", take_away("assets/images/favicon.png")),
    "the search's worker is gone": ("missing-file", take_away("assets/javascripts/workers")),
    "a picture in SVG is gone": (
        "missing-file",
        put(OWN, '<svg><image href="../nowhere.png"/></svg>'),
    ),
    "a frame is empty": ("missing-file", put(OWN, '<iframe src="../nowhere/" title="x"></iframe>')),
    "a poster is gone": ("missing-file", put(OWN, '<video poster="../nowhere.png"></video>')),
    "a stylesheet is cut to nothing": ("missing-file", write("more.css", b"")),
    # other hosts, schemes, code
    "a script comes from another host": (
        "other-host",
        swap(OWN, "</head>", '<script src="https://cdn.example/x.js"></script></head>'),
    ),
    "a picture comes from another host": (
        "other-host",
        put(OWN, '<img src="https://track.example/p.gif" alt="">'),
    ),
    "a picture comes from another host, without a scheme": (
        "other-host",
        put(OWN, '<img src="//track.example/p.gif" alt="">'),
    ),
    "a font comes from another host": (
        "other-host",
        write("more.css", b"@font-face { src: url(https://fonts.example/x.woff2) }"),
    ),
    "a stylesheet imports from another host": (
        "other-host",
        write("more.css", b"@import url('https://fonts.example/css');"),
    ),
    "another host is greeted early": (
        "other-host",
        swap(OWN, "</head>", '<link rel="preconnect" href="https://fonts.example"></head>'),
    ),
    "a form sends to another host": (
        "other-host",
        put(OWN, '<form action="https://forms.example/"></form>'),
    ),
    "a link runs code": ("strange-scheme", put(OWN, '<a href="javascript:alert(1)">x</a>')),
    "a link runs code behind spaces and tabs": (
        "strange-scheme",
        put(OWN, '<a href=" java\tscript:alert(1)">x</a>'),
    ),
    "a link in SVG runs code": (
        "strange-scheme",
        put(OWN, '<svg><a xlink:href="JavaScript:alert(1)"><text>x</text></a></svg>'),
    ),
    "a link has an unknown scheme": ("strange-scheme", put(OWN, '<a href="foo:bar">x</a>')),
    "a link holds a page": ("strange-scheme", put(OWN, '<a href="data:text/html,x">x</a>')),
    "a link leads to a disk": ("strange-scheme", put(OWN, '<a href="file:///etc/hosts">x</a>')),
    "a script stands in the page": ("inline-code", put(OWN, "<script>alert(1)</script>")),
    "a style stands in the page": ("inline-code", put(OWN, "<style>p { color: red }</style>")),
    "an element has a style": ("inline-code", put(OWN, '<p style="color: red">x</p>')),
    "an element has a handler": ("inline-code", put(OWN, '<p onclick="alert(1)">x</p>')),
    "a handler stands in the theme": ("inline-code", swap(OWN, "<header", '<header onfocus="x()"')),
    # addresses for machines
    "the canonical address is another page's": (
        "false-canonical",
        swap(OWN, r'<link rel="canonical" href="[^"]*"', '<link rel="canonical" href="../"'),
    ),
    "the canonical address is another host's": (
        "false-canonical",
        swap(
            OWN, r'<link rel="canonical" href="[^"]*"', '<link rel="canonical" href="https://a.b/"'
        ),
    ),
    "the sitemap names a page that is not there": (
        "sitemap-entry",
        swap("sitemap.xml", "books/own/", "books/won/"),
    ),
    "the sitemap leaves a page out": (
        "sitemap-entry",
        swap("sitemap.xml", r"<url>\s*<loc>[^<]*/own/</loc>.*?</url>", ""),
    ),
    "the sitemap is cut off": ("sitemap-entry", swap("sitemap.xml", "</urlset>", "")),
    "the packed sitemap is an old one": (
        "sitemap-entry",
        write("sitemap.xml.gz", gzip.compress(b"<urlset/>")),
    ),
    "the sitemap is empty": (
        "nothing-checked",
        write("sitemap.xml", b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'),
    ),
    "the search leads to a page that is not there": (
        "search-entry",
        swap("search/search_index.json", '"location": ?"own/"', '"location":"won/"'),
    ),
    "the search leads to a part that is not there": (
        "search-entry",
        swap("search/search_index.json", "own/#a-part", "own/#no-part"),
    ),
    "the search does not find a step": ("search-entry", drop_search_of(f"{BOOK}/check/")),
    "the search finds nothing": ("search-entry", drop_search_of("")),
    "the search index is cut off": ("search-entry", swap("search/search_index.json", r"\]\}$", "")),
    "a redirect of the host is dead": (
        "dead-redirect",
        write("_redirects", b"/a /books/nowhere/ 301\n"),
    ),
    "a page sends readers to nowhere": (
        "dead-redirect",
        swap(f"{BOOK}/old-check/index.html", r"url=[^\"]*", "url=../nowhere/"),
    ),
    "a former address is gone": ("lost-address", take_away(f"{BOOK}/old-check")),
    "a former address leads to another step": (
        "lost-address",
        swap(f"{BOOK}/old-check/index.html", r"url=[^\"]*", "url=../begin/"),
    ),
    "a page is an orphan": ("orphan", lambda site: shutil.copytree(site / "own", site / "alone")),
    # HTML
    "a tag is not closed": ("invalid-html", put(OWN, "<div><p>x</div></span>")),
    "the page is cut off": ("invalid-html", swap(OWN, r"</article>.*", "<di")),
    "a paragraph holds a block": ("invalid-html", put(OWN, "<p><ul><li>x</li></ul></p>")),
    "an attribute stands twice": ("invalid-html", put(OWN, '<p class="a" class="b">x</p>')),
    "the page has no doctype": ("invalid-html", swap(OWN, "<!doctype html>", "")),
    "a second first heading": ("one-h1", put(OWN, "<h1>Again</h1>")),
    "no first heading": ("one-h1", swap(OWN, r"<h1(.*?)</h1>", r"<h2\1</h2>")),
    "an empty first heading": ("one-h1", swap(OWN, r"(<h1[^>]*>).*?</h1>", r"\1</h1>")),
    "no language": ("no-language", swap(OWN, ' lang="en"', "")),
    "no title": ("no-title", swap(OWN, "<title>.*?</title>", "")),
    "an empty title": ("no-title", swap(OWN, "<title>.*?</title>", "<title> </title>")),
    "no description": ("no-description", swap(OWN, '<meta name="description"[^>]*>', "")),
    "an empty description": (
        "no-description",
        swap(OWN, '(<meta name="description" content=)"[^"]*"', r'\1""'),
    ),
    "an id stands twice": ("duplicate-id", put(OWN, '<p id="a-part">x</p>')),
    # books
    "a box of the chart is gone": ("missing-box", swap(FRONT, BOX, "")),
    "a box of the chart leads elsewhere": (
        "missing-box",
        swap(FRONT, r'(<a [^>]*data-step="check"[^>]*href=)"[^"]*"', r'\1"begin/"'),
    ),
    "a box of the chart stands twice": (
        "missing-box",
        swap(FRONT, f"({BOX})", r"\1\1"),
    ),
    "an item of the outline is gone": ("missing-box", swap(FRONT, ITEM, "")),
    "an arrow of the chart is gone": ("missing-arrow", swap(FRONT, ARROW, "")),
    "an arrow of the chart ends elsewhere": (
        "missing-arrow",
        swap(FRONT, r'(<g [^>]*data-to=)"[^"]*"', r'\1"elsewhere"'),
    ),
    "a route of the outline is gone": (
        "missing-way",
        swap(FRONT, r'(<a [^>]*)data-route="[^"]*"', r"\1"),
    ),
    "a route of the outline leads elsewhere": (
        "missing-way",
        swap(FRONT, r'(<a [^>]*data-route="[^"]*"[^>]* href=)"[^"]*"', r'\1"../own/"'),
    ),
    "a step is new in the data alone": (
        "unreadable",
        data(lambda d: d["steps"].update(new=d["steps"]["check"])),  # type: ignore[attr-defined, index]
    ),
    "a step is not in the data": (
        "unreadable",
        data(lambda d: d["steps"].pop("check")),  # type: ignore[attr-defined]
    ),
    "a page of a step is headed wrongly": (
        "missing-step",
        swap(STEP, r"(<h1[^>]*>).*?</h1>", r"\1Other</h1>"),
    ),
    "a step is not on paper": (
        "missing-step",
        swap(f"{BOOK}/print/index.html", 'id="step-check"', 'id="step-chekc"'),
    ),
    "the page for paper is gone": ("no-book", take_away(f"{BOOK}/print")),
    "a page leaves a way out": (
        "missing-way",
        swap(f"{BOOK}/begin/index.html", r'<ul class="pb-ways">.*?</ul>', ""),
    ),
    "a statement is gone": (
        "missing-statement",
        swap(EVIDENCE, r'<li id="statement-.*?</li>', ""),
    ),
    "a statement says something else": (
        "missing-statement",
        swap(EVIDENCE, r'(<li id="statement-[^>]*>)[^<]*', r"\1Changed. "),
    ),
    "the page of the evidence is gone": ("no-book", take_away(f"{BOOK}/evidence")),
    "a term is gone": (
        "missing-term",
        swap(f"{BOOK}/glossary/index.html", r'<dt id="term-', '<dt id="word-'),
    ),
    "urgent advice is gone from a step": (
        "missing-advice",
        swap(STEP, r'<section class="pb-alerts".*?</section>', ""),
    ),
    "urgent advice is hidden": (
        "missing-advice",
        swap(STEP, r'<section class="pb-alerts"', '<section hidden class="pb-alerts"'),
    ),
    "urgent advice lacks a sign": (
        "missing-advice",
        swap(STEP, r'(<section class="pb-alerts".*?)<li>.*?</li>', r"\1"),
    ),
    "urgent advice is gone from the page for paper": (
        "missing-advice",
        swap(f"{BOOK}/print/index.html", r'<section class="pb-alerts".*?</section>', ""),
    ),
    # whole files
    "the data is cut off": ("unreadable", swap(f"{BOOK}/pathway.json", r"\}\s*$", "")),
    "the data is of another shape": ("unreadable", write(f"{BOOK}/pathway.json", b"[]")),
    "a page is not UTF-8": ("unreadable", write(OWN, b"<!doctype html><p>\xff")),
    "a page is empty": ("missing-file", write(OWN, b"")),
    "all books are gone": (
        "no-book",
        take_away_all("*/pathway.json"),
    ),
    "the stylesheet is an old one": (
        "changed-asset",
        write("assets/pathbook/pathbook.css", b"p { color: red }"),
    ),
    "all pages are gone": (
        "nothing-checked",
        take_away_all("**/*.html"),
    ),
}


def both(file: str, one: str, other: str) -> Spoil:
    """Let two texts of a file change places."""

    def spoil(site: Path) -> None:
        text = (site / file).read_text(encoding="utf-8")
        assert text.count(one) >= 1 <= text.count(other)
        parts = re.split(f"({re.escape(one)}|{re.escape(other)})", text)
        swapped = (other if part == one else one if part == other else part for part in parts)
        (site / file).write_text("".join(swapped), encoding="utf-8")

    return spoil


def put_head(page: str, html: str) -> Spoil:
    return swap(page, "</head>", html + "</head>")


def around_advice(before: str, after: str, page: str = STEP) -> Spoil:
    return swap(page, f"({ADVICE})", before + r"\1" + after)


def advice_last(site: Path) -> None:
    """Put the urgent advice at the end of what a page says."""
    text = (site / STEP).read_text(encoding="utf-8")
    advice = re.search(ADVICE, text, re.S)
    assert advice
    moved = text.replace(advice[0], "").replace("</article>", advice[0] + "</article>")
    (site / STEP).write_text(moved, encoding="utf-8")


def emergency_last(site: Path) -> None:
    text = (site / STEP).read_text(encoding="utf-8")
    first, last = re.findall(r'<div class="pb-alert pb-alert-.*?</div>', text, re.S)[:2]
    (site / STEP).write_text(
        text.replace(first, "@@").replace(last, first).replace("@@", last), encoding="utf-8"
    )


def listed(change: Callable[[str], str]) -> Spoil:
    """Change the sitemap and its packed twin."""

    def spoil(site: Path) -> None:
        old = (site / "sitemap.xml").read_text(encoding="utf-8")
        new = change(old)
        assert new != old
        (site / "sitemap.xml").write_text(new, encoding="utf-8")
        (site / "sitemap.xml.gz").write_bytes(gzip.compress(new.encode()))

    return spoil


def take_away_some(site: Path) -> None:
    for path in sorted((site / BOOK).iterdir())[:8]:
        if path.is_dir():
            shutil.rmtree(path)


def circle(site: Path) -> None:
    """Make two pages that send readers to one another."""
    for here, there in (("ra", "rb"), ("rb", "ra")):
        page = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Moved</title>'
            f'<meta name="description" content="x">'
            f'<meta http-equiv="refresh" content="0; url=../{there}/"></head>'
            "<body><h1>Moved</h1></body></html>"
        )
        write(f"{here}/index.html", page.encode())(site)


ADVICE = r'<section class="pb-alerts".*?</section>'
PAPER = f"{BOOK}/print/index.html"
EXTRA = f"{BOOK}/extra/index.html"
GLOSSARY = f"{BOOK}/glossary/index.html"
LIST = 'data-step="check" data-kind="decision"'

LIES: dict[str, tuple[str, Spoil]] = {
    # A reader is sent the wrong way, or told something else.
    "answers change places on the page of a step": (
        "missing-way",
        both(STEP, '<b class="pb-when">on</b>', '<b class="pb-when">No</b>'),
    ),
    "two ways on change places": (
        "missing-way",
        both(STEP, 'href="../together/" data-search', 'href="../elsewhere/" data-search'),
    ),
    "a way on names another step": (
        "missing-way",
        swap(STEP, r"(What can come next.*?</span> )Two things at once", r"\1Have it all"),
    ),
    "an answer is lost whose word stands elsewhere": (
        "missing-way",
        swap(STEP, 'If <b class="pb-when">on</b>, go to', "Go to"),
    ),
    "a way is lost that leads where another does": (
        "missing-way",
        swap(f"{BOOK}/round/index.html", r'<li><b class="pb-when">Once more</b>.*?</li>', ""),
    ),
    "the ways on are hidden": (
        "missing-way",
        swap(STEP, r'(come next</h2>\s*<ul) class="pb-ways"', r'\1 hidden class="pb-ways"'),
    ),
    "it is not said that no source spells a way out": (
        "missing-way",
        swap(f"{BOOK}/begin/index.html", r' <span class="pb-tag pb-tag-inferred">.*?</span>', ""),
    ),
    "the background of a step is lost": (
        "missing-way",
        swap(f"{BOOK}/begin/index.html", r'<h2 id="background">.*?</ul>', ""),
    ),
    "answers change places in the list": (
        "missing-way",
        both(FRONT, 'If <b class="pb-when">on</b>', 'If <b class="pb-when">No</b>'),
    ),
    "the walk is told another answer": (
        "missing-way",
        swap(FRONT, 'data-when="on"', 'data-when="No"'),
    ),
    "the walk is not told that a way goes back": ("missing-way", swap(FRONT, " data-back ", " ")),
    "the walk begins at another step": (
        "missing-way",
        swap(FRONT, 'data-start="begin"', 'data-start="check"'),
    ),
    "the box for the walk is gone": (
        "missing-way",
        swap(FRONT, r'<div class="pb-walk".*?</div>', ""),
    ),
    "a way is lost on paper": (
        "missing-way",
        swap(PAPER, r'(id="step-check">.*?)<li>If <b class="pb-when">on</b>.*?</li>', r"\1"),
    ),
    "a box of the chart says something else": (
        "missing-box",
        swap(FRONT, r'(data-step="check".*?<tspan[^>]*>)[^<]*', r"\1Other words"),
    ),
    "a box of the chart is read out as another": (
        "missing-box",
        swap(FRONT, r'(data-step="check"[^>]*aria-label=)"[^"]*"', r'\1"Other"'),
    ),
    "the chart is hidden": (
        "missing-box",
        swap(FRONT, '<figure class="pb-fig', '<figure hidden class="pb-fig'),
    ),
    "the chart is not drawn": (
        "missing-box",
        swap(
            FRONT, r'<svg (class="pb-chart" [^>]*aria-label="Flowchart)', r'<svg display="none" \1'
        ),
    ),
    "a box of the strips, which phones show, is lost": (
        "missing-box",
        swap(FRONT, r'<a class="pb-box[^>]*data-at="check".*?</a>', ""),
    ),
    "a box of the strips leads to another step": (
        "missing-box",
        swap(FRONT, r'(data-at="check" href=)"[^"]*"', r'\1"begin/"'),
    ),
    "the strips are gone": (
        "missing-box",
        swap(FRONT, r'<section class="pb-strips.*?</section>', ""),
    ),
    "an item of the list is called something else": (
        "missing-box",
        swap(FRONT, rf"({LIST}[^>]*><a [^>]*>)[^<]*", r"\1Other"),
    ),
    "the walk is told another kind of step": (
        "missing-box",
        swap(FRONT, LIST, 'data-step="check" data-kind="state"'),
    ),
    "the walk is told another host": (
        "missing-box",
        swap(FRONT, r'data-host="begin"', 'data-host="round"'),
    ),
    "saved walks no longer find a step": ("missing-box", swap(FRONT, ' data-was="[^"]*"', "")),
    "the walk takes one way for all": (
        "missing-box",
        swap(FRONT, 'data-take="all"', 'data-take="one"'),
    ),
    "the list is hidden": (
        "missing-box",
        swap(FRONT, 'div class="pb-outline"', 'div hidden class="pb-outline"'),
    ),
    "an item stands in another stage": (
        "missing-box",
        both(FRONT, "<h3>First steps</h3>", "<h3>Then</h3>"),
    ),
    "an answer on an arrow is another": (
        "missing-arrow",
        swap(FRONT, r'(data-from="check" data-to="together".*?<tspan[^>]*>)on', r"\1off"),
    ),
    "an arrow is not drawn": (
        "missing-arrow",
        swap(FRONT, r'(data-from="begin" data-to="check"[^>]*>)<path[^>]*/>', r"\1"),
    ),
    "an answer in the strips is another": (
        "missing-arrow",
        swap(FRONT, r'(data-way="check on"><g class="pb-answer">.*?<tspan[^>]*>)on', r"\1off"),
    ),
    "the small chart is gone": (
        "missing-step",
        swap(STEP, r'<aside class="pb-near".*?</aside>', ""),
    ),
    "the small chart leads to another step": (
        "missing-step",
        swap(STEP, r'(pb-minimap.*?<a class="pb-box[^>]*href=)"[^"]*"', r'\1"../gone/"'),
    ),
    "the small chart shows another answer": (
        "missing-step",
        swap(STEP, r'(pb-minimap.*?class="pb-when">)on<', r"\1off<"),
    ),
    "the summary of a step is gone": (
        "missing-step",
        swap(EXTRA, r'<p class="pb-lead">.*?</p>', ""),
    ),
    "a section for paper is hidden": (
        "missing-step",
        swap(PAPER, 'class="pb-sheet" id="step-check"', 'hidden class="pb-sheet" id="step-check"'),
    ),
    "a section for paper is empty": (
        "missing-way",
        swap(PAPER, r'(id="step-check">\s*<h2>.*?</h2>).*?</section>', r"\1</section>"),
    ),
    "a page does not say that it is a draft": (
        "false-words",
        swap(STEP, r'<div class="pb-notice".*?</div>', ""),
    ),
    "the library does not lead to urgent help": (
        "missing-card",
        swap("index.html", r'<p class="pb-card-urgent">.*?</p>', ""),
    ),
    # What readers are told about sources and words.
    "two statements change places": (
        "missing-statement",
        both(EVIDENCE, "It is on or off. <", "The number is 1. <"),
    ),
    "a statement is hidden": (
        "missing-statement",
        swap(EVIDENCE, '<li id="statement-A1"', '<li hidden id="statement-A1"'),
    ),
    "a statement has another strength": (
        "missing-statement",
        swap(EVIDENCE, "strength: strong", "strength: weak"),
    ),
    "a statement stands under another source": (
        "missing-statement",
        both(EVIDENCE, '<li id="statement-A1">', '<li id="statement-G1">'),
    ),
    "the address of a source is lost": (
        "missing-statement",
        swap(EVIDENCE, r"<dt>Address</dt>.*?</dd>", ""),
    ),
    "it is not said where a statement is used": (
        "missing-statement",
        swap(EVIDENCE, r"(Used by: )<a .*?</a>, ", r"\1"),
    ),
    "a statement is told in other words": (
        "missing-citation",
        swap(STEP, "<li>It is on or off. <span", "<li>Nobody knows. <span"),
    ),
    "what a route rests on is lost": (
        "missing-citation",
        swap(STEP, r'<li>Do it\. <span class="pb-locator">.*?</li>', ""),
    ),
    "a citation leads to another statement": (
        "missing-citation",
        swap(
            STEP,
            r'(pb-locator"><a href=")../evidence/#statement-A1',
            r"\1../evidence/#statement-A3",
        ),
    ),
    "the facts about an option are lost": (
        "missing-fact",
        swap(EXTRA, r'<div class="pb-glance">.*?</dl>', "<div>"),
    ),
    "one fact about an option is lost": (
        "missing-fact",
        swap(EXTRA, r"<div><dt>How long it may help</dt>.*?</div>", ""),
    ),
    "a fact says something else": ("missing-fact", swap(EXTRA, "Nobody knows", "Everybody knows")),
    "it is not said where sources differ": (
        "missing-fact",
        swap(EXTRA, r'<div class="pb-differ".*?</div>', ""),
    ),
    "the table of options says something else": (
        "missing-fact",
        swap(f"{BOOK}/together/index.html", r"(<td[^>]*>)Nobody knows", r"\1All know"),
    ),
    "a term means something else": (
        "missing-term",
        swap(GLOSSARY, "A named group of steps.", "Something else."),
    ),
    "a term is explained in other words": (
        "missing-term",
        swap(EXTRA, r"(popover data-search-exclude><b>[^<]*</b>: )[^<]*", r"\1Nothing"),
    ),
    # pathway.json
    "the data of one of several books is gone": ("no-book", take_away(f"{BOOK}/pathway.json")),
    "the data are another book's": (
        "unreadable",
        lambda site: shutil.copy(site / "bare/pathway.json", site / BOOK / "pathway.json"),
    ),
    "the data have a key that no schema has": ("unreadable", data(lambda d: d.update(surprise=1))),
    "the data have a number for a text": ("unreadable", data(lambda d: d.update(language=5))),
    "the data begin nowhere": ("unreadable", data(lambda d: d.update(start="nowhere"))),
    "the data have no sources": ("unreadable", data(lambda d: d.update(sources={}))),
    "the data hold half a character": ("unreadable", data(lambda d: d.update(title="\ud800"))),
    "the data are nested deeply": ("unreadable", write(f"{BOOK}/pathway.json", b"[" * 100_000)),
    "a key stands twice in the data": (
        "unreadable",
        swap(f"{BOOK}/pathway.json", r"^\{", '{"id": "x",'),
    ),
    "the data have no statements": (
        "missing-statement",
        data(
            lambda d: d.update(
                json.loads(
                    re.sub(
                        r'"evidence": \[[^\]]*\]',
                        '"evidence": []',
                        json.dumps({**d, "statements": {}}),
                    ).replace('"inferred": false', '"inferred": true')
                )
            )
        ),
    ),
    "the data have no urgent advice": ("missing-advice", data(lambda d: d.update(alerts=[]))),
    "the data have no terms": ("missing-term", data(lambda d: d.update(terms={}))),
    "the data have another title": ("false-words", data(lambda d: d.update(title="Other"))),
    "the data have another status": ("false-words", data(lambda d: d.update(status="draft"))),
    "the schema of the data is gone": ("changed-asset", take_away("schema")),
    # Urgent advice that nobody sees, or not first.
    "urgent advice comes last": ("late-advice", advice_last),
    "an emergency comes second": ("missing-advice", emergency_last),
    "urgent advice is in a closed dialog": (
        "missing-advice",
        around_advice("<dialog>", "</dialog>"),
    ),
    "urgent advice is in a canvas": ("missing-advice", around_advice("<canvas>", "</canvas>")),
    "urgent advice is in an object": (
        "missing-advice",
        around_advice('<object data="../../dot.png">', "</object>"),
    ),
    "urgent advice is in a video": ("missing-advice", around_advice("<video>", "</video>")),
    "urgent advice is folded": (
        "missing-advice",
        around_advice("<details><summary>x</summary>", "</details>"),
    ),
    "urgent advice comes up on demand": (
        "missing-advice",
        swap(STEP, '<section class="pb-alerts"', '<section popover class="pb-alerts"'),
    ),
    "urgent advice cannot be reached": (
        "missing-advice",
        swap(STEP, '<section class="pb-alerts"', '<section inert class="pb-alerts"'),
    ),
    "a sign is hidden": (
        "missing-advice",
        swap(STEP, r'(<section class="pb-alerts".*?)<li>', r"\1<li hidden>"),
    ),
    "urgent advice is weakened": (
        "missing-advice",
        swap(STEP, 'pb-alert-title">Get', 'pb-alert-title">Never get'),
    ),
    "words stand within urgent advice": (
        "late-advice",
        swap(STEP, r'(<section class="pb-alerts"[^>]*>)', r"\1<p>Ignore this:</p>"),
    ),
    "urgent advice does not say who to call": (
        "late-advice",
        swap(STEP, r' <a href="[^"]*">Who to call</a>', ""),
    ),
    "the page of urgent help is empty": (
        "lost-help",
        swap(f"{BOOK}/urgent/index.html", r"(<h1.*?</h1>).*?</article>", r"\1</article>"),
    ),
    # Pages that lead away, and addresses.
    "a page of a step sends readers away": (
        "stray-page",
        put_head(STEP, '<meta http-equiv="refresh" content="0; url=../begin/">'),
    ),
    "a page loads itself again and again": (
        "dead-redirect",
        put_head(STEP, '<meta http-equiv="refresh" content="0">'),
    ),
    "two pages send readers to one another": ("dead-redirect", circle),
    "a redirect leads to a part that is not there": (
        "dead-redirect",
        write("_redirects", b"/a /books/own/#gone 301\n"),
    ),
    "a redirect takes a page away": (
        "dead-redirect",
        write("_redirects", b"/books/own/ https://other.example/ 301!\n"),
    ),
    "a base changes all addresses": ("stray-page", put_head(OWN, '<base href="/books/nowhere/">')),
    "a base is another host's": (
        "other-host",
        put_head(OWN, '<base href="https://evil.example/">'),
    ),
    "the own host is written without a scheme": (
        "dead-link",
        put(OWN, '<a href="//example.org/books/nowhere/">x</a>'),
    ),
    "the own host is written in capitals": (
        "dead-link",
        put(OWN, '<a href="HTTPS://Example.ORG/books/nowhere/">x</a>'),
    ),
    "a picture has an empty address": ("missing-file", put(OWN, '<img src="" alt="x">')),
    "a picture is a page": ("missing-file", put(OWN, '<img src="../own/" alt="x">')),
    "a set of pictures is written closely": (
        "missing-file",
        put(OWN, '<img alt="" src="../dot.png" srcset="../dot.png ,../gone.png 2x">'),
    ),
    "a stylesheet is written in capitals": (
        "missing-file",
        write("more.css", b"p{b:URL(gone.png)}"),
    ),
    "a stylesheet has a set of pictures": (
        "missing-file",
        write("more.css", b"p{background:image-set('gone.png' 1x)}"),
    ),
    "a stylesheet that is not UTF-8 loads what is gone": (
        "missing-file",
        write("more.css", b"/* \xe9 */ p { background: url(gone.png) }"),
    ),
    "a stylesheet is not UTF-8": ("unreadable", write("more.css", b"/* \xe9 */")),
    "a drawing uses what is gone": ("dead-anchor", put(OWN, '<svg><use href="#gone"/></svg>')),
    "a drawing is filled with what is gone": (
        "dead-anchor",
        put(OWN, '<svg><rect fill="url(#gone)"/></svg>'),
    ),
    "a map of a picture is gone": (
        "dead-anchor",
        put(OWN, '<img src="../dot.png" alt="x" usemap="#gone">'),
    ),
    "a shared picture is gone": (
        "dead-link",
        put_head(OWN, '<meta name="twitter:image" content="https://example.org/books/gone.png">'),
    ),
    "the sitemap names a page twice": (
        "sitemap-entry",
        listed(
            lambda t: t.replace(
                "</urlset>", "<url><loc>https://example.org/books/own/</loc></url></urlset>"
            )
        ),
    ),
    "the sitemap has no full address": (
        "sitemap-entry",
        listed(lambda t: t.replace("https://example.org/books/own/", "own/")),
    ),
    "the sitemap names what moved": (
        "sitemap-entry",
        listed(lambda t: t.replace("books/own/", f"books/{BOOK}/old-check/")),
    ),
    "the packed sitemap is broken": (
        "sitemap-entry",
        write("sitemap.xml.gz", b"\x1f\x8b\x08broken"),
    ),
    "the search index is gone": ("search-entry", take_away("search/search_index.json")),
    "the search index is nested deeply": (
        "search-entry",
        write("search/search_index.json", b'{"docs":' + b"[" * 100_000),
    ),
    # Code and requests.
    "a script is called data": (
        "inline-code",
        put(OWN, '<script type="text/x-javascript">alert(1)</script>'),
    ),
    "a script is in its address": (
        "strange-scheme",
        put(OWN, '<script src="data:text/javascript,alert(1)"></script>'),
    ),
    "a page is in the address of a frame": (
        "strange-scheme",
        put(OWN, '<iframe title="x" src="data:text/html,x"></iframe>'),
    ),
    "a drawing sets a link to code": (
        "strange-scheme",
        put(OWN, '<svg><a><animate attributeName="href" to="javascript:x"/></a></svg>'),
    ),
    "a script in a drawing has text and an address": (
        "inline-code",
        put(OWN, '<svg><script src="../assets/pathbook/pathbook.js">alert(1)</script></svg>'),
    ),
    "modules come from another host": (
        "other-host",
        put(OWN, '<script type="importmap">{"imports":{"a":"https://x.example/a.js"}}</script>'),
    ),
    "another host is told of a click": (
        "other-host",
        put(OWN, '<a href="../own/" ping="https://track.example/p">x</a>'),
    ),
    "another host is asked where there are no scripts": (
        "other-host",
        put(OWN, '<noscript><img alt="x" src="https://track.example/p"></noscript>'),
    ),
    "a style of the theme asks another host": (
        "other-host",
        swap(OWN, "<header", '<header style="background:url(https://track.example/p)"'),
    ),
    "a drawing asks another host": (
        "other-host",
        put(OWN, '<svg><rect filter="url(https://x.example/f.svg#f)"/></svg>'),
    ),
    "a stylesheet hides an import": (
        "other-host",
        write("more.css", rb"@IMPORT 'https://x.example/a'; p{b:\75rl(https://x.example/b)}"),
    ),
    "the policy is gone": ("policy-breach", take_away("_headers")),
    "the policy lets everything through": (
        "policy-breach",
        swap("_headers", "script-src 'self'", "script-src * 'unsafe-inline'"),
    ),
    "the policy for nginx lacks a script": (
        "policy-breach",
        swap("headers.nginx.conf", r"'sha256-[^']*' ", ""),
    ),
    # HTML
    "a block stands among words": ("invalid-html", put(OWN, "<span><div>x</div></span>")),
    "a list holds a block": ("invalid-html", put(OWN, "<ul><div>x</div></ul>")),
    "an item stands outside a list": ("invalid-html", put(OWN, "<div><li>x</li></div>")),
    "a button stands in a link": (
        "invalid-html",
        put(OWN, '<a href="../own/"><button type="button">x</button></a>'),
    ),
    "an element is obsolete": ("invalid-html", put(OWN, "<center>x</center>")),
    "an element is unknown": ("invalid-html", put(OWN, "<foo>x</foo>")),
    "an id has a space": ("invalid-html", put(OWN, '<p id="a b">x</p>')),
    "a page says another encoding": (
        "invalid-html",
        swap(OWN, 'charset="utf-8"', 'charset="iso-8859-1"'),
    ),
    "a page has two titles": ("invalid-html", put_head(OWN, "<title>Another</title>")),
    "a language that is none": ("no-language", swap(OWN, 'lang="en"', 'lang="123"')),
    "the first heading is hidden": ("one-h1", swap(OWN, "<h1", "<h1 hidden")),
    "half of the site was not copied": (
        "unfinished",
        take_away_some,
    ),
}

HARMLESS: dict[str, Spoil] = {
    "a page begins with a mark of its encoding": lambda site: (site / OWN).write_text(
        "\ufeff" + (site / OWN).read_text(encoding="utf-8"), encoding="utf-8"
    ),
    "a picture is in its address": put(
        OWN, '<img alt="x" src="DATA:image/png;base64,iVBORw0KGgo=">'
    ),
    "an anchor of the old kind": put(OWN, '<a name="old"></a><a href="#old">x</a>'),
    "a link to a message": put(OWN, '<a href="sms:999">x</a>'),
    "an encoded address": put(OWN, '<a href="../%6fwn/">x</a>'),
    "a redirect with a part that varies": write("_redirects", b"/news/* /books/:splat 301\n"),
    "a redirect with a query": write("_redirects", b"/store id=:id /books/own/ 301\n"),
    "a namespace in a stylesheet": write(
        "more.css", b"@namespace s url(http://www.w3.org/2000/svg);"
    ),
    "a file by which a search engine knows the owner": write(
        "google123.html", b"google-site-verification: google123.html"
    ),
}


def test_a_clean_site_has_no_problem_and_says_how_much_was_proved(whole: Path) -> None:
    found = verify.verified(whole, browser=False)
    assert [str(problem) for problem in found.problems] == []
    assert all(found.counts.values())
    assert found.absent == ()


@pytest.mark.parametrize("name", ["shipped_site", "test_site"])
def test_the_sites_that_are_published_are_whole(name: str, request: pytest.FixtureRequest) -> None:
    found = verify.verified(request.getfixturevalue(name), browser=False)
    assert [str(problem) for problem in found.problems] == []
    assert found.counts["links"] > 200


SHAPES: dict[str, str] = {
    "in flat files, below a path, with pages that are fetched": (
        "site_url: https://example.org/sub/path/\nuse_directory_urls: false\n"
        "theme: {name: material, font: false, features: [navigation.instant, search.share]}\n"
    ),
    "in MkDocs' own theme, with signs beside headings": (
        "theme: {name: mkdocs, highlightjs: false}\n"
        "markdown_extensions: [{toc: {permalink: true}}]\n"
    ),
}


@pytest.mark.parametrize("config", SHAPES.values(), ids=SHAPES.keys())
def test_a_sound_site_of_another_shape_has_no_problem(config: str, tmp_path: Path) -> None:
    for name in ("bare", BOOK, "hostile"):  # whose urgent advice differs
        shutil.copytree(PATHWAYS / name, tmp_path / "flow" / name)
    given = f"site_name: T\nsite_description: d\nplugins: [search, pathbook]\n{config}"
    told = run(build_site(tmp_path, PATHWAYS, given), "--no-browser")
    # A source of this pathway is on the host that the test uses for the site.
    own = [
        line for line in told.output.splitlines() if "[" in line and "example.org/guide" not in line
    ]
    assert [line for line in own if re.search(r"error: .*\[[a-z-]+\]$", line)] == []


def test_a_large_pathway_that_is_shown_in_parts_has_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built_page, "read", READ)
    folder = tmp_path / "flow" / "large"
    folder.mkdir(parents=True)
    (folder / "pathway.yaml").write_text(
        json.dumps(large_pathway(overview.WHOLE + 1, 3)), encoding="utf-8"
    )
    site = build_site(tmp_path, PATHWAYS)
    assert [str(one) for one in verify.verified(site, browser=False).problems] == []
    swap("large/index.html", r'<a class="pb-box[^>]*data-step="s77".*?</a>', "")(site)
    assert "missing-box" in codes(site)


@pytest.mark.parametrize(
    ("code", "spoil"), [*FAULTS.values(), *LIES.values()], ids=[*FAULTS, *LIES]
)
def test_a_fault_in_a_built_site_is_found_before_readers_find_it(
    code: str, spoil: Spoil, site: Path
) -> None:
    spoil(site)
    assert code in codes(site)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_sound_is_not_called_a_fault(change: Spoil, site: Path) -> None:
    change(site)
    assert codes(site) == set()


def test_every_rule_finds_a_fault_that_was_seeded() -> None:
    # This site is too small for a search of its own; test_search_page.py spoils such a one.
    seeded = {code for code, _ in (*FAULTS.values(), *LIES.values())} | {"search-part"}
    assert seeded == {rule.code for rule in verify.READ}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, arguments)])


def test_the_command_ends_with_0_for_a_whole_site_and_says_what_it_proved(site: Path) -> None:
    told = run(site, "--no-browser")
    assert told.exit_code == 0, told.output
    assert re.fullmatch(r"No problems\. Checked \d+ pages, [^.]+ urgent notices\.\n", told.output)
    assert " 0 " not in told.output


def test_what_a_site_has_not_is_said_and_not_counted(tmp_path: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", tmp_path / "flow" / "bare")
    built_site = build_site(tmp_path, PATHWAYS)
    told = run(built_site, "--no-browser")
    assert told.exit_code == 0, told.output
    assert "This site has no sitemap lines, redirects, procedures, " in told.output
    assert " 0 " not in told.output


def test_the_command_ends_with_1_and_names_the_line_of_a_fault(site: Path) -> None:
    put(OWN, '<a href="../nowhere/">x</a>')(site)
    told = run(site, "--no-browser")
    assert told.exit_code == 1
    assert re.search(r"own/index\.html:\d+:\d+: error: 'a href' leads to", told.output)
    assert "Expected: a file nowhere/index.html" in told.output
    assert "1 error found. Checked " in told.output


def test_scripts_forges_and_reviews_get_the_same_faults(site: Path) -> None:
    put(OWN, '<a href="../nowhere/">x</a>')(site)
    as_json = json.loads(run(site, "--no-browser", "--format", "json").stdout)
    assert [problem["code"] for problem in as_json["problems"]] == ["dead-link"]
    assert as_json["checked"]["pages"] > 20
    log = json.loads(run(site, "--no-browser", "--format", "sarif").stdout)["runs"][0]
    (result,) = log["results"]
    assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "dead-link"
    assert "::error file=" in run(site, "--no-browser", "--format", "github").stdout
    remark = run(site, "--no-browser", "--format", "markdown").stdout
    assert remark.startswith("1 error found. Checked ")
    assert "dead-link |" in remark


def test_an_address_in_a_comment_for_a_review_does_nothing_there(site: Path) -> None:
    put(OWN, '<a href="../x|<b>@team https:example.org">x</a>')(site)
    remark = run(site, "--no-browser", "--format", "markdown").stdout
    row = remark.splitlines()[4]
    assert row.count("|") == 5
    assert not {"<b>", "@team"} & set(re.split(r"[^<>b@team]", row))


def test_no_site_at_all_is_told_and_not_green(tmp_path: Path) -> None:
    told = run(tmp_path / "nothing", "--no-browser")
    assert told.exit_code == 1
    assert "build the site first" in told.output
    as_json = run(tmp_path / "nothing", "--no-browser", "--format", "json").stdout
    assert [one["code"] for one in json.loads(as_json)["problems"]] == ["nothing-checked"]
    (tmp_path / "empty").mkdir()
    told = run(tmp_path / "empty", "--no-browser")
    assert told.exit_code == 1
    assert "there are no pages to check" in told.output


def test_what_changed_since_the_last_build_is_listed(whole: Path, site: Path) -> None:
    assert "Nothing changed: " in run(site, "--no-browser", "--against", whole).output
    swap(OWN, "Words\\.", "Other words.")(site)
    swap(STEP, "<header", '<header data-new=""')(site)
    (site / "leaflet.pdf").write_bytes(b"%PDF")
    write("more.css", b"p { color: red }")(site)
    take_away("dot.png")(site)
    told = run(site, "--no-browser", "--against", whole).output
    for title, file in (
        ("New:", "leaflet.pdf"),
        ("Gone (links to these from elsewhere break):", "dot.png"),
        ("Pages that say something else:", OWN),
        ("Pages with the same words, whose surroundings or markup changed:", STEP),
        ("Other files that changed:", "more.css"),
    ):
        assert f"{title}\n- {file}\n" in told
    plain = json.loads(run(site, "--no-browser", "--against", whole, "--format", "json").stdout)[
        "changes"
    ]
    assert plain["said"] == [OWN]
    log = json.loads(run(site, "--no-browser", "--against", whole, "--format", "sarif").stdout)
    assert log["runs"][0]["properties"]["changes"] == plain
    shown = run(site, "--no-browser", "--against", whole, "--format", "github").stdout
    assert "::notice title=What changed in the site::New:%0A- leaflet.pdf%0A" in shown
    remark = run(site, "--no-browser", "--against", whole, "--format", "markdown").stdout
    assert "\n\nNew:\n" in remark


def test_a_page_of_every_kind_is_looked_at(whole: Path) -> None:
    assert set(barriers.kinds(built.read(whole))) == {
        "library", "not found", "around", "pathway", "evidence", "glossary", "print", "urgent",
        "state", "decision", "action", "procedure", "outcome", "link",
    }  # fmt: skip


@pytest.mark.browser
def test_readers_meet_no_barrier_on_any_kind_of_page_in_light_or_dark(test_site: Path) -> None:
    # The site of this repository is large: `make verify` looks at it.
    told = run(test_site)
    assert told.exit_code == 0, told.output
    assert int(re.search(r"(\d+) browser looks", told.output)[1]) >= 20  # type: ignore[index]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (put(OWN, '<img src="../dot.png">'), "barrier"),
        (put(OWN, '<p class="pale">Pale</p>'), "barrier"),
        (swap("assets/pathbook/pathbook.js", "^", "throw new Error('broken');"), "browser-fault"),
    ],
    ids=["a picture without words", "text that is too pale", "a script that breaks"],
)
def test_a_barrier_or_a_broken_script_is_found(
    spoil: Spoil, words: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "more.css").write_text(".pale { color: #bbb }")
    spoil(site)
    monkeypatch.setattr(barriers, "kinds", lambda _: {"around": OWN, "state": FEW})
    told = run(site)
    assert told.exit_code == 1
    assert f"[{words}]" in told.output


@pytest.mark.browser
def test_a_page_with_addresses_from_the_top_works_where_it_is_published(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(barriers, "kinds", lambda _: {"not found": "404.html"})
    told = run(site)
    assert told.exit_code == 0, told.output


@pytest.mark.browser
@pytest.mark.parametrize(
    "style",
    ["display: none", "visibility: hidden", "opacity: 0", "margin-left: -9999px"],
)
def test_urgent_advice_that_a_stylesheet_hides_is_found(
    style: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(barriers, "kinds", lambda _: {"state": FEW})
    (site / "more.css").write_text(f".pb-alerts {{ {style} !important }}", encoding="utf-8")
    assert "[unseen-advice]" in run(site).output


@pytest.mark.browser
def test_a_request_to_another_host_that_only_a_script_makes_is_found(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(barriers, "kinds", lambda _: {"state": FEW})
    file = site / "assets" / "pathbook" / "pathbook.js"
    file.write_text("fetch('https://track.example/x');" + file.read_text(encoding="utf-8"))
    told = run(site).output
    assert re.search(r"in Chromium \(.*https://track\.example/x", told)


def test_a_machine_without_a_browser_is_told_what_to_do(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    told = run(site)
    assert told.exit_code == 1
    assert "pip install 'pathbook[verify]'. Or leave that out with --no-browser" in told.output
