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
from pathbook import barriers, built, built_page, verify
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
        "missing-arrow",
        swap(FRONT, r'(<a [^>]*)data-route="[^"]*"', r"\1"),
    ),
    "a route of the outline leads elsewhere": (
        "missing-arrow",
        swap(FRONT, r'(<a [^>]*data-route="[^"]*"[^>]* href=)"[^"]*"', r'\1"../own/"'),
    ),
    "a step is new in the data alone": (
        "missing-box",
        data(lambda d: d["steps"].update(new=d["steps"]["check"])),  # type: ignore[attr-defined, index]
    ),
    "a step is not in the data": (
        "missing-box",
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
    "the page for paper is gone": ("missing-step", take_away(f"{BOOK}/print")),
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
    "the page of the evidence is gone": ("missing-statement", take_away(f"{BOOK}/evidence")),
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


@pytest.mark.parametrize(("code", "spoil"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_in_a_built_site_is_found_before_readers_find_it(
    code: str, spoil: Spoil, site: Path
) -> None:
    spoil(site)
    assert code in codes(site)


def test_the_faults_are_of_many_kinds() -> None:
    assert len(FAULTS) >= 60
    kinds = {code for code, _ in FAULTS.values()}
    known = {rule.code for rule in verify.READ}
    assert kinds <= known
    assert sorted(known - kinds) == ["policy-breach"]  # told in test_headers.py


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


def test_a_page_of_every_kind_is_looked_at(whole: Path) -> None:
    assert set(barriers.kinds(built.read(whole))) == {
        "library", "not found", "around", "pathway", "evidence", "glossary", "print", "urgent",
        "state", "decision", "action", "procedure", "outcome", "link",
    }  # fmt: skip


@pytest.mark.browser
def test_readers_meet_no_barrier_on_any_kind_of_page_in_light_or_dark(shipped_site: Path) -> None:
    told = run(shipped_site)
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
