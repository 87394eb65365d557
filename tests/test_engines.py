"""Readers get the same site whichever generator makes it: MkDocs, ProperDocs or Zensical."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, expect

import reader
from conftest import PATHWAYS, ROOT, SHIPPED
from pathbook import barriers, built, verify
from pathbook.built import BuiltSite

pytestmark = [pytest.mark.site, pytest.mark.graphviz]

BOOK = reader.BOOK.strip("/")
OTHERS = ("properdocs", "zensical")


def ran(base: Path, *words: str) -> str:
    """Run a command of the project's environment as a maintainer would, and give what it said."""
    command = [str(Path(sys.executable).parent / words[0]), *words[1:]]
    run = subprocess.run(command, cwd=base, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def by_properdocs(base: Path) -> None:
    ran(base, "properdocs", "build", "--strict", "-f", "mkdocs.yml")


def by_zensical(base: Path) -> None:
    """Only what `docs/maintain/move.md` says."""
    ran(base, "pathbook", "write", "pages", "--config", "mkdocs.yml")
    said = ran(base, "zensical", "build", "--strict", "-f", "mkdocs.pages.yml")
    assert "No issues found" in said


@pytest.fixture(scope="session")
def mkdocs(shipped_site: Path) -> BuiltSite:
    return built.read(shipped_site)


def made(base: Path, build: Callable[[Path], None]) -> BuiltSite:
    """Build the site that this repository publishes, from the same files."""
    shutil.copytree(ROOT / "docs", base / "docs")
    shutil.copytree(SHIPPED, base / "flow")
    shutil.copyfile(ROOT / "mkdocs.yml", base / "mkdocs.yml")
    build(base)
    return built.read(base / "site")


@pytest.fixture(scope="session")
def properdocs(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    return made(tmp_path_factory.mktemp("properdocs"), by_properdocs)


@pytest.fixture(scope="session")
def zensical(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    return made(tmp_path_factory.mktemp("zensical"), by_zensical)


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest) -> BuiltSite:
    """The same site by another generator."""
    site: BuiltSite = request.getfixturevalue(request.param)
    return site


def article(site: BuiltSite, path: str) -> list[str]:
    """Give the lines of what a page itself says, without what a theme or its search adds."""
    html = site.text(path)
    found = re.search(r"<article[^>]*>(.*?)</article>", html, re.DOTALL)
    assert found, path
    said = re.sub(r' data-search-exclude(="")?|<a id="__skip"[^>]*></a>', "", found[1])
    said = re.sub(r'<a [^>]*class="md-content__button.*?</a>', "", said, flags=re.DOTALL)
    return [line.strip() for line in said.splitlines() if line.strip()]


def words(lines: Iterable[str]) -> str:
    """Give what is said in HTML, without its tags and spaces."""
    return "".join(unescape(re.sub(r"<[^>]+>", "", "".join(lines))).split())


def headed(site: BuiltSite) -> dict[str, tuple[str, list[str]]]:
    """Give the title of each page and its headings."""
    return {
        path: (page.title, [text for _, text, _ in page.headings])
        for path, page in site.pages.items()
    }


def test_links_and_saved_addresses_still_arrive(mkdocs: BuiltSite, other: BuiltSite) -> None:
    assert sorted(other.pages) == sorted(mkdocs.pages)


def test_each_page_keeps_its_title_and_its_headings(mkdocs: BuiltSite, other: BuiltSite) -> None:
    ours, theirs = headed(mkdocs), headed(other)
    del ours["404.html"], theirs["404.html"]  # each theme has its own words there
    assert theirs == ours


def test_each_page_says_the_same(mkdocs: BuiltSite, other: BuiltSite) -> None:
    for path in mkdocs.pages:
        if path.startswith(f"{BOOK}/") or path == "index.html":
            assert article(other, path) == article(mkdocs, path), path
        elif path != "404.html":
            # Zensical colours the code that is in documents; the words are the same.
            assert words(article(other, path)) == words(article(mkdocs, path)), path


def test_the_chart_and_the_maps_are_the_same_to_the_byte(
    mkdocs: BuiltSite, other: BuiltSite
) -> None:
    drawings = re.compile(r'<svg[^>]*class="pb-.*?</svg>', re.DOTALL)
    pages = [path for path in mkdocs.pages if path.startswith(f"{BOOK}/")]
    found = {path: drawings.findall(mkdocs.text(path)) for path in pages}
    assert sum(map(len, found.values())) > 100
    for path in pages:
        assert drawings.findall(other.text(path)) == found[path], path


def test_the_chart_and_the_list_hold_the_same_steps_and_routes(
    mkdocs: BuiltSite, other: BuiltSite
) -> None:
    ours, theirs = (site.pages[f"{BOOK}/index.html"].pieces for site in (mkdocs, other))
    assert len(ours.boxes) == len(ours.items) == 47
    assert (theirs.boxes, theirs.arrows) == (ours.boxes, ours.arrows)
    assert (theirs.items, theirs.ways) == (ours.items, ours.ways)


def test_scripts_get_the_same_definition_to_the_byte(mkdocs: BuiltSite, other: BuiltSite) -> None:
    for file in (f"{BOOK}/pathway.json", "schema/pathway.schema.json", "stylesheets/site.css"):
        assert (other.folder / file).read_bytes() == (mkdocs.folder / file).read_bytes()


def test_every_rule_about_built_sites_holds(mkdocs: BuiltSite, other: BuiltSite) -> None:
    ours, theirs = (verify.verified(site.folder, browser=False) for site in (mkdocs, other))
    assert [str(problem) for problem in theirs.problems] == []
    # The search of Zensical's theme loses its look under the policy, so there is none.
    assert set(theirs.absent) - set(ours.absent) <= {"header_files"}
    for what in ("pages", "search_results", "steps", "routes", "statements", "urgent_notices"):
        assert theirs.counts[what] == ours.counts[what], what


@pytest.mark.browser
def test_the_one_barrier_of_another_theme_is_known(
    zensical: BuiltSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = barriers.kinds(zensical)
    some = {kind: kinds[kind] for kind in ("library", "state", "around")}
    monkeypatch.setattr(barriers, "kinds", lambda _: some)
    found, looks = reader.apart(barriers.looked_at, zensical)
    told = {re.sub(r"\(landmark-unique; .*?\)", "(landmark-unique)", one.fact) for _, one in found}
    assert looks == 2 * len(some)
    assert len(told) == 1, told
    assert '(landmark-unique): <nav class="md-nav" data-md-level="1"' in told.pop()


def test_every_page_that_the_navigation_listed_is_listed(
    mkdocs: BuiltSite, other: BuiltSite
) -> None:
    def listed(site: BuiltSite, page: str) -> set[str]:
        links = re.findall(r'<a href="([^"]*)" class="md-nav__link', site.text(page))
        return {site.lead(page, address).file for address in links if address[:1] != "#"}

    for page in ("index.html", f"{BOOK}/rfa/index.html", "about/index.html"):
        missing = listed(mkdocs, page) - listed(other, page)
        assert missing == set(), page


def test_what_an_engine_does_not_write_is_what_the_documents_say(
    mkdocs: BuiltSite, properdocs: BuiltSite, zensical: BuiltSite
) -> None:
    assert properdocs.files == mkdocs.files
    missing = {file for file in mkdocs.files - zensical.files if not file.startswith("assets/")}
    by_the_plugin = {"_headers", "headers.nginx.conf"}
    assert missing == {*by_the_plugin, "sitemap.xml.gz", "search/search_index.json"}


@pytest.mark.browser
def test_a_walk_works_lights_the_chart_and_can_be_shared(
    other: BuiltSite, chromium: Browser
) -> None:
    with reader.served(other.folder) as address:
        page = reader.page_in(chromium)
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.goto(f"{address}{reader.BOOK}/")
        page.get_by_role("button", name="No, or the pain came back").click()
        page.get_by_role("button", name="Go on").click()
        reader.at_address(page, "?walk=relief-check:no,reassess:part-of-it")
        reader.stands_at(page, "severe-signs")
        states = reader.states_of_the_chart(page, ".pb-scroll .pb-box[data-step]")
        assert states["relief-check"] == "taken"
        assert states["severe-signs"] == "current"
        assert states["fusion"] == "reachable"
        assert states["relief-rehab"] == "ruled-out"
        shared = reader.page_in(chromium, reader.PHONE)
        shared.goto(page.url)
        reader.stands_at(shared, "severe-signs")
        page.locator('.pb-scroll a[data-step="rfa"]').click()
        expect(page.locator("h1")).to_have_text("Radiofrequency ablation (RFA)")
        page.get_by_role("link", name="Back to my answers").click()
        reader.stands_at(page, "severe-signs")
        assert failures == []


def test_a_build_that_fails_in_properdocs_leaves_the_last_good_site(tmp_path: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", tmp_path / "flow" / "bare")
    config = "site_name: Test\ntheme: {name: material, font: false}\nplugins: [search, pathbook]\n"
    (tmp_path / "mkdocs.yml").write_text(config)
    (tmp_path / "docs").mkdir()
    by_properdocs(tmp_path)
    before = sorted(tmp_path.rglob("site/**/*"))
    (tmp_path / "docs" / "more.md").write_text("# More\n\n[dead](gone.md)\n")
    with pytest.raises(AssertionError, match=r"gone\.md"):
        by_properdocs(tmp_path)
    assert sorted(tmp_path.rglob("site/**/*")) == before


def test_a_document_that_would_hide_a_page_of_a_book_is_named(tmp_path: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", tmp_path / "flow" / "bare")
    (tmp_path / "docs" / "bare").mkdir(parents=True)
    (tmp_path / "docs" / "bare" / "walk.md").write_text("# Mine\n")
    with pytest.raises(AssertionError, match=r"bare/walk\.md would be lost"):
        ran(tmp_path, "pathbook", "write", "out")
    assert not (tmp_path / "out").exists()


def test_the_documents_name_the_versions_that_were_tried() -> None:
    locked = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    text = (ROOT / "docs" / "maintain" / "move.md").read_text(encoding="utf-8")
    for name in ("mkdocs", "mkdocs-material", *OTHERS):
        version = re.search(rf"^{name}==(\S+)", locked, re.MULTILINE)
        assert version, name
        assert f" {version[1]} " in text, f"{name} {version[1]}"


def test_settings_keep_all_else_that_a_maintainer_wrote(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: !ENV [NAME, Ours]\nplugins: [search, pathbook: {flow: flow}]\n"
        "extra_css: [own.css]\nmarkdown_extensions: [toc: {permalink: true}, admonition]\n"
        "nav: [about.md, {Books: pathbook}, {Elsewhere: 'https://example.org/'}]\n"
    )
    shutil.copytree(PATHWAYS / "bare", tmp_path / "flow" / "bare")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "about.md").write_text("# About\n\n[Scan](bare/scan.md#x) `(a.md)`\n")
    (tmp_path / "docs" / "index.md").write_text("# Ours\n\n[About](about.md)\n")
    for _ in range(2):
        ran(tmp_path, "pathbook", "write", "out", "--config", "mkdocs.yml")
    text = (tmp_path / "mkdocs.out.yml").read_text(encoding="utf-8")
    assert "site_name: !ENV [NAME, Ours]" in text
    found = yaml.safe_load(text.replace("!ENV", ""))
    assert found["docs_dir"] == "out"
    assert found["plugins"] == ["search"]
    assert found["extra_css"] == ["assets/pathbook/pathbook.css", "own.css"]
    extensions = ["tables", "fenced_code", {"toc": {"permalink": True}}, "admonition"]
    assert found["markdown_extensions"] == extensions
    assert found["nav"][0] == "about/index.md"
    assert found["nav"][1]["Books"][0] == {"Pathways": "index.md"}
    assert found["nav"][2] == {"Elsewhere": "https://example.org/"}
    about = (tmp_path / "out" / "about" / "index.md").read_text(encoding="utf-8")
    assert "[Scan](../bare/scan/index.md#x) `(a.md)`" in about
    front = (tmp_path / "out" / "index.md").read_text(encoding="utf-8")
    assert front.index("[About](about/index.md)") < front.index("pb-card")
