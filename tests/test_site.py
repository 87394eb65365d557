"""The published site is whole: same steps everywhere, every link alive, nothing lost."""

import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from conftest import PATHWAYS, ROOT, SHIPPED, build_site, pathway_folders
from pathbook import book

pytestmark = [pytest.mark.site, pytest.mark.graphviz]

Route = tuple[str, str, str]


class Found(HTMLParser):
    """What a page holds, read from its HTML alone."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.chart_steps: list[str] = []
        self.chart_routes: list[Route] = []
        self.list_steps: list[str] = []
        self.list_routes: list[Route] = []
        self.edit = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "a" and got.get("rel") == "edit":
            self.edit = got["href"]
        if tag == "a" and "data-step" in got:
            self.chart_steps.append(got["data-step"])
        if tag == "g" and "data-route" in got:
            self.chart_routes.append((got["data-from"], got["data-to"], got["data-route"]))
        if tag == "li" and "data-step" in got:
            self.list_steps.append(got["data-step"])
        if tag == "a" and "data-route" in got:
            self.list_routes.append((self.list_steps[-1], got["data-to"], got["data-route"]))


def site_of(folder: Path, request: pytest.FixtureRequest) -> Path:
    name = "shipped_site" if folder.parent == SHIPPED else "test_site"
    site: Path = request.getfixturevalue(name)
    return site


@pytest.mark.parametrize("folder", pathway_folders(), ids=lambda path: path.name)
def test_definition_chart_list_and_json_hold_the_same_steps_and_routes(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    # The definition is read here with a plain YAML reader, so that the loader is under test too.
    raw = yaml.load((folder / "pathway.yaml").read_text(encoding="utf-8"), yaml.CBaseLoader)
    steps = sorted(raw["steps"])
    ends = []
    for name, step in raw["steps"].items():
        routes = step.get("next", [])
        listed = [routes] if isinstance(routes, str) else routes
        ends += [(name, route if isinstance(route, str) else route["to"]) for route in listed]
    site = site_of(folder, request) / folder.name
    page = Found(site / "index.html")
    data = json.loads((site / "pathway.json").read_text(encoding="utf-8"))
    in_json = [
        (name, r["to"], r["id"]) for name, step in data["steps"].items() for r in step["next"]
    ]
    assert sorted(page.chart_steps) == steps
    assert sorted(page.list_steps) == steps
    assert sorted(data["steps"]) == steps
    assert page.chart_steps == page.list_steps == list(data["steps"])
    assert sorted(page.chart_routes) == sorted(page.list_routes) == sorted(in_json)
    assert sorted((a, b) for a, b, _ in in_json) == sorted(ends)
    assert len({(a, c) for a, _, c in in_json}) == len(ends)
    for name in steps:
        assert (site / name / "index.html").exists()


def search_index(site: Path) -> dict[str, str]:
    docs = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    found: dict[str, str] = {}
    for doc in docs:
        page = doc["location"].partition("#")[0]
        found[page] = (
            found.get(page, "") + " " + doc["title"] + " " + re.sub(r"<[^>]+>", " ", doc["text"])
        )
    return found


def test_titles_summaries_other_names_and_answers_are_found_on_the_step_they_belong_to(
    shipped_site: Path,
) -> None:
    found = search_index(shipped_site)
    data = json.loads((shipped_site / "back-injection-not-working" / "pathway.json").read_text())
    for name, step in data["steps"].items():
        text = unescape(found[f"back-injection-not-working/{name}/"])
        words = [
            step["title"],
            step["summary"],
            *step["aliases"],
            *(r["when"] for r in step["next"]),
        ]
        assert [word for word in words if word not in text] == [], name


def test_labels_of_the_charts_do_not_fill_the_search_results(shipped_site: Path) -> None:
    found = search_index(shipped_site)
    book = "back-injection-not-working"
    for words, page in {
        "Is conservative care doing enough?": f"{book}/conservative-enough/",
        "numb or tingling": f"{book}/",
    }.items():
        assert {address for address, text in found.items() if words in text} == {page}


def test_an_edit_link_leads_to_the_file_in_the_pathways_folder(tmp_path: Path) -> None:
    config = (
        "site_name: Test\nrepo_url: https://forge.example/team/books\nedit_uri: edit/main/docs/\n"
        "theme: {name: material, font: false, features: [content.action.edit]}\n"
        "plugins: [search, pathbook]\n"
    )
    site = build_site(tmp_path, PATHWAYS, config)
    base = "https://forge.example/team/books/edit/main/flow/every-kind"
    assert Found(site / "every-kind" / "check" / "index.html").edit == f"{base}/pages/check.md"
    assert Found(site / "every-kind" / "begin" / "index.html").edit == f"{base}/pathway.yaml"
    assert Found(site / "every-kind" / "evidence" / "index.html").edit == f"{base}/evidence.yaml"


MATERIAL = "site_name: T\ntheme: {name: material, font: false}\n"
OTHER_WAYS = {
    "plain-theme": "site_name: T\nplugins: [search, pathbook]\n",
    "pages-as-files": MATERIAL + "use_directory_urls: false\nplugins: [search, pathbook]\n",
    "own-navigation": MATERIAL + "nav: [own.md, pathbook]\nplugins: [pathbook: {flow: books}]\n",
    "under-a-title": MATERIAL + "nav: [own.md, More: [Books: pathbook]]\nplugins: [pathbook]\n",
}


@pytest.mark.parametrize("config", OTHER_WAYS.values(), ids=OTHER_WAYS.keys())
def test_other_ways_to_set_up_a_site_work_too(config: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "own.md").write_text("# Our own page\n")
    front = "README.md" if "More" in config else "index.md"
    (tmp_path / "docs" / front).write_text("# Welcome\n\nWords that someone wrote.\n")
    shutil.copytree(PATHWAYS, tmp_path / "flow")
    shutil.copytree(PATHWAYS, tmp_path / "books")
    site = build_site(tmp_path, PATHWAYS, config)
    html = (site / "index.html").read_text(encoding="utf-8")
    assert "Words that someone wrote." in html
    assert "Everything a pathway can hold" in html
    assert (site / "own" / "index.html").exists() or (site / "own.html").exists()


def snapshot(site: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def rebuilt(base: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(command, cwd=base, capture_output=True, text=True, check=False)


def test_a_mistake_leaves_the_last_good_site_as_it_was(last_good_site: Path) -> None:
    before = snapshot(last_good_site / "site")
    pathway = last_good_site / "flow" / "bare" / "pathway.yaml"
    pathway.write_text(pathway.read_text().replace("to: scan", "to: scna"))
    run = rebuilt(last_good_site)
    assert run.returncode == 1
    assert (
        "flow/bare/pathway.yaml:15:9: error: step 'better' leads to the step 'scna'" in run.stderr
    )
    assert "Traceback" not in run.stdout + run.stderr
    assert f"{last_good_site / 'site'} is as it was." in run.stderr
    assert snapshot(last_good_site / "site") == before


def test_a_build_that_fails_half_way_leaves_the_last_good_site_as_it_was(
    last_good_site: Path,
) -> None:
    before = snapshot(last_good_site / "site")
    (last_good_site / "docs" / "more.md").write_text("# More\n\n[dead](gone.md)\n")
    run = rebuilt(last_good_site)
    assert run.returncode == 1
    assert "gone.md" in run.stderr
    assert snapshot(last_good_site / "site") == before
    assert [path.name for path in last_good_site.glob(".site*")] == []


@pytest.mark.parametrize(
    "name", ["bare.md", "bare/README.md", "bare/walk.md", "bare/walk/index.md"]
)
def test_a_page_that_someone_wrote_is_never_overwritten(name: str, last_good_site: Path) -> None:
    page = last_good_site / "docs" / name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("# My own page\n")
    run = rebuilt(last_good_site)
    assert run.returncode == 1
    assert f"docs/{name} would be lost" in run.stderr


def test_two_builds_in_two_places_are_the_same_to_the_byte(
    shipped_site: Path, tmp_path: Path
) -> None:
    (tmp_path / "fonts.conf").write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    shutil.copytree(ROOT / "docs", tmp_path / "elsewhere" / "docs")
    other = build_site(
        tmp_path / "elsewhere",
        SHIPPED,
        (ROOT / "mkdocs.yml").read_text(encoding="utf-8"),
        PYTHONHASHSEED="4711",
        FONTCONFIG_FILE=str(tmp_path / "fonts.conf"),
        LC_ALL="C",
        TZ="Pacific/Kiritimati" if os.environ.get("SOURCE_DATE_EPOCH") else "UTC",
    )
    assert set(snapshot(other)) == set(snapshot(shipped_site))
    _, different, unread = filecmp.cmpfiles(shipped_site, other, snapshot(other), shallow=False)
    assert (different, unread) == ([], [])


def test_another_clock_folder_or_order_of_files_gives_the_same_bytes(tmp_path: Path) -> None:
    first = build_site(tmp_path / "first", PATHWAYS, SOURCE_DATE_EPOCH="1")
    other = tmp_path / "other"
    for path in sorted((tmp_path / "first").rglob("*"), reverse=True):
        copy = other / path.relative_to(tmp_path / "first")
        if path.is_file() and first not in path.parents:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(other / "mkdocs.yml")]
    env = {**os.environ, "SOURCE_DATE_EPOCH": "2000000000", "PYTHONHASHSEED": "1"}
    (other / "docs").mkdir(exist_ok=True)
    subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True)
    assert snapshot(other / "site") == snapshot(first)


def test_the_stylesheet_and_the_schemas_are_published(test_site: Path) -> None:
    assert "--pb-ink" in (test_site / "assets" / "pathbook" / "pathbook.css").read_text()
    schema = json.loads((test_site / "schema" / "pathway.schema.json").read_text())
    assert {"title", "start", "steps"} == set(schema["required"])


def test_a_mistake_in_the_preview_is_told_and_the_last_good_books_stay(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.exceptions import PluginError

    from pathbook.plugin import PathbookPlugin

    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    config = MkDocsConfig(str(folder / "mkdocs.yml"))
    config.load_dict({"site_name": "Test"})
    config.validate()
    plugin = PathbookPlugin()
    plugin.load_config({})
    plugin.on_startup(command="serve", dirty=False)
    plugin.on_config(config)
    good = plugin.books
    pathway = folder / "flow" / "bare" / "pathway.yaml"
    pathway.write_text(pathway.read_text().replace("to: scan", "to: scna"))
    plugin.on_config(config)
    assert plugin.books == good
    assert "step 'better' leads to the step 'scna'" in caplog.text
    plugin.on_startup(command="build", dirty=False)
    with pytest.raises(PluginError, match="leads to the step 'scna'"):
        plugin.on_config(config)


def test_urgent_advice_stands_on_the_pages_around_and_leaves_them_their_titles(
    shipped_site: Path,
) -> None:
    for path, title in (
        ("about", "About this site"),
        ("maintain", "For maintainers"),
        ("privacy", "Privacy"),
    ):
        text = (shipped_site / path / "index.html").read_text(encoding="utf-8")
        assert f"<title>{title} - Pathbook</title>" in text
        assert text.index("Get emergency help now.") < text.index("<h1")


def test_a_link_to_urgent_help_that_is_not_there_is_told(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    (folder / "flow" / "bare" / "pages").mkdir()
    (folder / "flow" / "bare" / "pages" / "pain.md").write_text("[help](urgent.md)\n")
    assert "broken-link" in {problem.code for problem in book.read(Path("flow")).problems}


def test_a_front_page_in_another_encoding_is_named(last_good_site: Path) -> None:
    (last_good_site / "docs" / "index.md").write_bytes("# Café\n".encode("latin-1"))
    run = rebuilt(last_good_site)
    assert run.returncode == 1
    assert "docs/index.md is not UTF-8 text" in run.stderr
    assert "Traceback" not in run.stderr


def copies(name: str, count: int, folder: Path) -> Path:
    """Make a library of copies of one pathway: knee-0, knee-1 and so on."""
    for number in range(count):
        shutil.copytree(PATHWAYS / name, folder / f"knee-{number}")
    return folder


def test_a_page_costs_its_readers_the_same_in_a_large_library_as_alone(tmp_path: Path) -> None:
    many = build_site(tmp_path / "library", copies("crossing-stages", 30, tmp_path / "many"))
    alone = build_site(tmp_path / "single", copies("crossing-stages", 1, tmp_path / "one"))
    page = "knee-0/d/index.html"
    assert (many / page).stat().st_size <= 1.1 * (alone / page).stat().st_size
    html = (many / page).read_text(encoding="utf-8")
    assert html.count('<a href="../b/" class="md-nav__link">') == 1
    assert "knee-1/" not in html
    front = (many / "index.html").read_text(encoding="utf-8")
    assert all(f'href="knee-{number}/"' in front for number in range(30))


def test_a_large_library_says_the_same_on_its_pages_and_finds_them(tmp_path: Path) -> None:
    many = build_site(tmp_path / "library", copies("bare", 12, tmp_path / "many"))
    alone = build_site(tmp_path / "single", copies("bare", 1, tmp_path / "one"))
    for step in ("", "pain/", "scan/", "glossary/", "print/"):
        article = re.compile(r"<article.*?</article>", re.DOTALL)
        pages = [(site / "knee-0" / step / "index.html").read_text() for site in (many, alone)]
        assert article.findall(pages[0]) == article.findall(pages[1])
    found = search_index(many)
    assert set(search_index(alone)) - {""} <= set(found)
    assert {f"knee-{number}/scan/" for number in range(12)} <= set(found)


def test_a_large_library_has_its_own_place_in_a_navigation_that_someone_wrote(
    tmp_path: Path,
) -> None:
    (tmp_path / "library" / "docs").mkdir(parents=True)
    (tmp_path / "library" / "docs" / "about.md").write_text("# About\n")
    config = (
        "site_name: Test\ntheme: {name: mkdocs, highlightjs: false}\nplugins: [search, pathbook]\n"
        "nav: [about.md, {Books: pathbook}]\n"
    )
    site = build_site(tmp_path / "library", copies("bare", 12, tmp_path / "many"), config)
    html = (site / "knee-3" / "scan" / "index.html").read_text(encoding="utf-8")
    assert html.index("About</a>") < html.index("Books") < html.index('href="../pain/"')
    assert "knee-4" not in html
    about = (site / "about" / "index.html").read_text(encoding="utf-8")
    assert ">Pathways</a>" in about
    assert "knee-" not in about
