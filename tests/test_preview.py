"""A maintainer sees each edit on the page, and a mistake never takes the last good page away."""

import errno
import json
import logging
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import FileWrapper, setup_testing_defaults

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, EventEmitter

from conftest import PATHWAYS
from pathbook import check, layout, search
from pathbook.case import Case
from pathbook.plugin import PathbookPlugin, _watched_closely
from pathbook.preview import LastGood, Stamp, stamp
from pathbook.problems import Problem
from pathbook.served import Served, overlaid

graphviz = pytest.mark.graphviz
site = pytest.mark.site

CONFIG = "site_name: Test\ntheme: {name: material, font: false}\nplugins: [search, pathbook]\n"
BOX = 'class="pb-problems"'


class Preview:
    """A live preview without a network: edits, and what is on the pages after them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.builds = folder, 0
        self.site = Path(tempfile.mkdtemp(prefix="served-", dir=folder))
        config = self._config()
        config.plugins.on_startup(command="serve", dirty=False)
        build(config, serve_url="http://127.0.0.1/")
        self.server = LiveReloadServer(self._build, "127.0.0.1", 0, str(self.site))
        config.plugins.on_serve(self.server, config=config, builder=self._build)
        self.plugins = config.plugins

        self.server.error_handler = lambda code: (self.site / f"{code}.html").read_bytes()

    def _config(self) -> MkDocsConfig:
        return load_config(str(self.folder / "mkdocs.yml"), site_dir=str(self.site))

    def _build(self) -> None:
        self.builds += 1
        build(self._config(), serve_url="http://127.0.0.1/")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace some words in a file, and let the preview see it."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.server.builder()

    def write(self, file: str, text: str) -> None:
        """Write a file, and let the preview see it."""
        (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / file).write_text(text, encoding="utf-8")
        self.server.builder()

    def get(self, path: str) -> str:
        """Open a page."""
        environ: WSGIEnvironment = {"PATH_INFO": f"/{path}"}
        setup_testing_defaults(environ)
        app = self.server.get_app()
        assert app
        length = [-1]

        def start(
            status: str, headers: list[tuple[str, str]], _: object = None, /
        ) -> Callable[[bytes], object]:
            self.status = status
            length[:] = [int(value) for name, value in headers if name == "Content-Length"]
            return bytes

        body = app(environ, start)
        html = b"".join(body)
        if isinstance(body, FileWrapper):
            body.close()
        assert length in ([], [len(html)])
        return html.decode()

    def close(self) -> None:
        self.plugins.on_shutdown()
        self.server.server_close()


@pytest.fixture
def library(folder: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with two pathways, one of which leads to the other, and pages around them.

    As many more as a test asks for make it a large one.
    """
    for name in ("bare", "every-kind"):
        shutil.copytree(PATHWAYS / name, folder / "flow" / name)
    for number in range(getattr(request, "param", 0)):
        shutil.copytree(PATHWAYS / "bare", folder / "flow" / f"more-{number}")
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Our books\n\n[About](about.md)\n")
    (folder / "docs" / "about.md").write_text("# About us\n\n[All](index.md)\n")
    (folder / "mkdocs.yml").write_text(CONFIG)
    return folder


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Preview]]:
    """Open previews, and close them in the end."""
    found: list[Preview] = []

    def open_(folder: Path) -> Preview:
        found.append(Preview(folder))
        return found[-1]

    yield open_
    for preview in found:
        preview.close()


@pytest.fixture
def preview(library: Path, opened: Callable[[Path], Preview]) -> Preview:
    """A preview of two pathways."""
    return opened(library)


# Each edit is seen


class Watched:
    """As much of a server as watches a folder, and what it was told."""

    def __init__(self, folder: Path, known: Stamp) -> None:
        self.observer = BaseObserver(EventEmitter)
        self.told, self.lock = threading.Event(), threading.RLock()
        server = cast("LiveReloadServer", self)
        self.watch_ = _watched_closely(server, folder, known, self.lock)

    def watch(self, path: str) -> None:
        hint = FileSystemEventHandler()
        hint.on_any_event = lambda event: self.told.set()  # type: ignore[method-assign]
        self.observer.schedule(hint, path, recursive=True)

    def close(self) -> None:
        self.watch_.stop()
        self.watch_.join()


@pytest.fixture(params=["told by the system", "not told"])
def watched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """A folder with a file that is watched, on a disk that tells of changes and on another."""
    if request.param == "not told":

        def refuses(*_: object, **__: object) -> None:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")

        monkeypatch.setattr(Observer, "schedule", refuses)
    folder: Path = request.getfixturevalue("folder")
    (folder / "flow").mkdir()
    (folder / "flow" / "pathway.yaml").write_text("title: Before\n")
    made = Watched(folder / "flow", stamp(folder / "flow"))
    yield made
    made.close()


def test_an_edit_is_seen_also_where_the_system_does_not_tell_of_it(watched: Watched) -> None:
    Path("flow", "pathway.yaml").write_text("title: After that\n")
    assert watched.told.wait(30)


def test_an_edit_while_something_is_made_is_seen_after_that(watched: Watched) -> None:
    with watched.lock:
        Path("flow", "pathway.yaml").write_text("title: After that\n")
    assert watched.told.wait(30)


def test_an_edit_while_the_preview_begins_is_seen(folder: Path) -> None:
    (folder / "flow").mkdir()
    before = stamp(folder / "flow")
    (folder / "flow" / "pathway.yaml").write_text("title: New\n")
    watched = Watched(folder / "flow", before)
    try:
        assert watched.told.wait(30)
    finally:
        watched.close()


# What is shown is what a build would publish


def published(folder: Path) -> dict[str, str]:
    """Build the site anew elsewhere; give its pages, data and assets."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", "fresh"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = files(folder / "fresh")
    shutil.rmtree(folder / "fresh")
    return found


def files(base: Path) -> dict[str, str]:
    return {
        str(path.relative_to(base)): path.read_text(encoding="utf-8")
        for path in base.rglob("*")
        if path.suffix in {".html", ".json", ".css"}
    }


def shown(preview: Preview, expected: Iterable[str]) -> dict[str, str]:
    """Open every page there is or was, as a reader would; give the files that were served."""
    for path in {*expected, *files(preview.site)}:
        preview.get(path.removesuffix("index.html"))
    return files(preview.site)


def entries(index: str) -> list[str]:
    """What the search knows, in any order."""
    return sorted(json.dumps(doc, sort_keys=True) for doc in json.loads(index)["docs"])


def same(preview: Preview) -> int:
    """Hold every file of a preview against that of a fresh build; tell how many."""
    fresh = published(preview.folder)
    served = shown(preview, fresh)
    index = "search/search_index.json"
    assert entries(served.pop(index)) == entries(fresh.pop(index))
    assert sorted(served) == sorted(fresh)
    assert [path for path in fresh if served[path] != fresh[path]] == []
    return len(fresh)


NEW_STEP = """  rest:
    kind: outcome
    title: Rest for a week
  scan:
"""
NEW_ANSWER = """      - when: A little
        to: scan
      - when: No
"""


@site
@graphviz
def test_after_any_edits_the_preview_shows_what_a_fresh_build_would(preview: Preview) -> None:
    every, bare = "flow/every-kind/", "flow/bare/pathway.yaml"
    preview.edit(bare, "title: Sore knee", "title: A sore knee")
    preview.get("about/")
    preview.edit(bare, "title: Walk again", "title: Walk, and then walk again")
    preview.edit(every + "pages/check.md", "\n", "\nMore words.\n\n")
    preview.edit(bare, "  scan:\n", NEW_STEP)
    preview.edit(bare, "to: scan", "to: rest")
    assert "Rest for a week" not in preview.get("bare/"), "the step `scan` is never reached now"
    preview.edit(bare, "      - when: No\n", NEW_ANSWER)
    preview.edit(every + "evidence.yaml", "Do it.", "Do it twice.")
    assert same(preview) > 30
    preview.edit(bare, NEW_STEP, "  scan:\n")
    preview.edit(bare, "to: rest", "to: walk")
    preview.edit(every + "pathway.yaml", "was: [old-check, older-check]", "was: [old-check]")
    preview.edit("docs/about.md", "# About us", "# About all of us")
    preview.edit(every + "pathway.yaml", "to: bare/better", "to: bare/scan")
    preview.write("flow/third/pathway.yaml", (preview.folder / bare).read_text())
    shutil.rmtree(preview.folder / "flow" / "every-kind")
    preview.server.builder()
    same(preview)
    preview.get("bare/rest/")
    assert preview.status.startswith("404")


@site
@graphviz
@pytest.mark.parametrize("library", [8], indirect=True, ids=["ten pathways"])
def test_an_edit_in_a_large_library_shows_what_a_fresh_build_would(
    library: Path, opened: Callable[[Path], Preview], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LIMIT", 50)
    (library / "limit.py").write_text("from pathbook import search\n\nsearch.LIMIT = 50\n")
    (library / "mkdocs.yml").write_text(f"{CONFIG}\nhooks: [limit.py]\n")
    preview = opened(library)
    preview.edit("flow/more-2/pathway.yaml", "title: Walk again", "title: Walk, and walk again")
    preview.edit("flow/every-kind/pathway.yaml", "to: bare/better", "to: bare/scan")
    preview.write(
        "flow/third/pathway.yaml", (preview.folder / "flow/bare/pathway.yaml").read_text()
    )
    shutil.rmtree(preview.folder / "flow" / "more-5")
    preview.server.builder()
    fresh = published(preview.folder)
    looked_at = [
        "index.html", "about/index.html", "more-2/index.html", "more-2/walk/index.html",
        "third/index.html", "third/scan/index.html", "third/print/index.html",
        "every-kind/elsewhere/index.html", "every-kind/old-check/index.html",
    ]  # fmt: skip
    for path in looked_at:
        preview.get(path.removesuffix("index.html"))
    served = files(preview.site)
    assert [path for path in looked_at if served[path] != fresh[path]] == []
    assert all("assets/pathbook/search.js" in served[path] for path in looked_at[:-1])
    preview.get("more-5/scan/")
    assert preview.status.startswith("404")


@site
@graphviz
def test_an_edit_costs_the_pages_that_are_opened_and_no_others(preview: Preview) -> None:
    before = files(preview.site)
    preview.edit("flow/bare/pathway.yaml", "title: Walk again", "title: Walk on")
    assert "Walk on" in preview.get("bare/walk/")
    after = files(preview.site)
    made = {path for path in after if after[path] != before.get(path)}
    assert made == {"bare/walk/index.html", "search/search_index.json", "404.html"}


@site
@graphviz
def test_a_change_that_is_told_twice_costs_no_build_of_the_whole_site(preview: Preview) -> None:
    preview.edit("flow/bare/pathway.yaml", "Walk again", "Walk once more")
    preview.server.builder()  # some look at a file while it is being written, and once more after
    assert preview.builds == 0
    assert "Walk once more" in preview.get("bare/walk/")
    assert preview.builds == 1


@site
@graphviz
def test_an_edit_behind_a_link_to_a_folder_is_on_the_page(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    (library / "shared").mkdir()
    (library / "shared" / "team.md").write_text("# Our team\n")
    (library / "docs" / "shared").symlink_to(library / "shared")
    (library / "flow" / "every-kind" / "pages").rename(library / "flow" / "bare" / "pages")
    (library / "flow" / "every-kind" / "pages").symlink_to(library / "flow" / "bare" / "pages")
    preview = opened(library)
    preview.write("shared/team.md", "# Our new team\n")
    assert "Our new team" in preview.get("shared/team/")
    page = "flow/bare/pages/check.md"
    preview.write(page, (library / page).read_text() + "\nNobody knew that.\n")
    assert "Nobody knew that." in preview.get("every-kind/check/")


@site
@graphviz
def test_what_fails_for_want_of_room_is_told_and_tried_again(
    preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:

        def fails(*_: object, **__: object) -> None:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")

        full.setattr(check, "each", fails)
        preview.edit("flow/bare/pathway.yaml", "Walk again", "Walk once more")
        assert "Cannot allocate memory" in preview.get("bare/walk/")
    preview.server.builder()
    assert "Walk once more" in preview.get("bare/walk/")
    assert BOX not in preview.get("bare/walk/")


def test_a_preview_that_builds_all_each_time_sees_the_pathways_too(folder: Path) -> None:
    watched: list[str] = []

    class Server:
        watch = staticmethod(watched.append)

    plugin = PathbookPlugin()
    plugin.flow = folder / "flow"
    plugin.on_startup(command="build", dirty=False)  # what MkDocs says with `serve --clean`
    plugin.on_serve(cast("LiveReloadServer", Server()), lambda: None)
    assert watched == [str(folder / "flow")]


@site
@graphviz
def test_an_edit_of_the_theme_is_on_every_page(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    theme = "theme: {name: material, font: false, custom_dir: ours}"
    (library / "mkdocs.yml").write_text(re.sub("theme: .*", theme, CONFIG))
    (library / "ours" / "partials").mkdir(parents=True)
    preview = opened(library)
    preview.write("ours/partials/copyright.html", "<p>Made by us</p>")
    for page in ("about/", "bare/walk/"):
        assert "Made by us" in preview.get(page)
    preview.write("ours/partials/copyright.html", "<p>Made by all</p>")
    for page in ("about/", "bare/walk/"):
        assert "Made by all" in preview.get(page)


@site
@graphviz
def test_an_edit_while_a_page_is_being_served_is_on_it(preview: Preview) -> None:
    path = preview.folder / "flow" / "bare" / "pathway.yaml"
    app, edits = preview.server.get_app(), ["Walk on", "Walk far"]
    assert app

    def slow(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        found = list(app(environ, start))
        if edits:
            path.write_text(re.sub("title: Walk.*", f"title: {edits.pop()}", path.read_text()))
            preview.server.builder()
        return found

    plugin = preview.plugins["pathbook"]
    assert isinstance(plugin, PathbookPlugin)
    assert plugin.live
    preview.server.set_app(overlaid(slow, plugin.live.served, "/"))
    assert "Walk on" in preview.get("bare/walk/")


# What is wrong


TOLD = (
    "Step &#39;better&#39; leads to the step &#39;&lt;b&gt;scna&#39;, which does not exist",
    "flow/bare/pathway.yaml:15:9",
    "15 |         to: &lt;b&gt;scna\n",
    "Expected: one of: pain, better, walk, scan",
    "The page below is the last good one.",
)


@site
@graphviz
def test_a_mistake_is_told_above_the_last_good_page(
    preview: Preview, caplog: pytest.LogCaptureFixture
) -> None:
    assert BOX not in preview.get("bare/walk/")
    preview.edit("flow/bare/pathway.yaml", "to: scan", "to: <b>scna")
    for path in ("bare/walk/", "bare/", "bare/print/", "", "index.html", "bare/gone/"):
        page = preview.get(path)
        assert [words for words in TOLD if words not in page] == [], path
        assert page.index("<article") < page.index(BOX) < page.index("<h1"), path
        assert "<b>scna" not in page
    assert "Walk again" in preview.get("bare/walk/")
    assert BOX not in preview.get("every-kind/check/"), "nothing is wrong with this one"
    assert BOX not in preview.get("about/")
    assert "leads to the step '<b>scna'" in caplog.text, "the terminal tells it too"
    preview.edit("flow/bare/pathway.yaml", "to: <b>scna", "to: scan")
    assert BOX not in preview.get("bare/walk/")


@site
@graphviz
def test_a_mistake_in_one_pathway_keeps_no_other_from_being_made(preview: Preview) -> None:
    preview.edit("flow/bare/pathway.yaml", "title: Sore knee", "title: {")
    preview.edit("flow/every-kind/pages/check.md", "\n", "\nNew words.\n\n")
    page = preview.get("every-kind/check/")
    assert "New words." in page
    assert BOX not in page, "what it links to is still there"
    assert "Sore knee" in preview.get("bare/")
    preview.edit("flow/bare/pathway.yaml", "title: {", "title: Bad knee")
    assert "Bad knee" in preview.get("bare/")


@site
@graphviz
def test_a_preview_begins_with_a_mistake_and_goes_on_when_it_is_mended(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    path = library / "flow" / "every-kind" / "pathway.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("start: begin", "start: bigin"), encoding="utf-8")
    preview = opened(library)
    front = preview.get("")
    assert "Did you mean &#39;begin&#39;?" in front
    assert "has no pages yet" in front
    assert "Sore knee" in front
    assert "Did you mean &#39;begin&#39;?" in preview.get("every-kind/")
    assert preview.status.startswith("404")
    preview.write("flow/every-kind/pathway.yaml", good)
    assert BOX not in preview.get("")
    assert "Is it on or off?" in preview.get("every-kind/check/")
    assert preview.status.startswith("200")


@site
@graphviz
def test_a_preview_begins_where_nothing_is_good_yet(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    shutil.rmtree(library / "flow" / "every-kind")
    path = library / "flow" / "bare" / "pathway.yaml"
    good = path.read_text()
    path.write_text(good.replace("start: pain", "start: [pain"))
    preview = opened(library)
    assert "flow/bare/pathway.yaml:" in preview.get("")
    assert BOX not in preview.get("about/")
    preview.write("flow/bare/pathway.yaml", good)
    assert "Sore knee" in preview.get("")
    assert "Walk again" in preview.get("bare/walk/")


@site
@graphviz
def test_a_warning_is_folded_away_on_the_pages_of_its_pathway(preview: Preview) -> None:
    preview.write("flow/bare/evidence.yaml", "sources:\n  book: {title: A <book>, kind: article}\n")
    page = preview.get("bare/walk/")
    assert re.search(r"<details[^>]*>\s*<summary>1 warning ", page)
    assert "No statement comes from source &#39;book&#39;" in page
    assert "The page below is the last good one." not in page
    for other in ("", "every-kind/", "about/"):
        assert BOX not in preview.get(other)


@site
@graphviz
def test_nothing_of_the_preview_is_part_of_a_site(test_site: Path, library: Path) -> None:
    (library / "flow" / "bare" / "evidence.yaml").write_text(
        "sources:\n  book: {title: A book, kind: article}\n"
    )
    for text in (*files(test_site).values(), *published(library).values()):
        assert BOX not in text


@site
@graphviz
def test_a_mistake_elsewhere_is_told_and_the_preview_goes_on(
    preview: Preview, caplog: pytest.LogCaptureFixture
) -> None:
    preview.write("docs/bare.md", "# <i>My</i> own page\n")
    page = preview.get("bare/walk/")
    assert "docs/bare.md would be lost" in page
    assert "Walk again" in page
    preview.edit("flow/bare/pathway.yaml", "title: Walk again", "title: Walk on")
    assert "docs/bare.md would be lost" in preview.get("about/")
    (preview.folder / "docs" / "bare.md").unlink()
    preview.server.builder()
    assert BOX not in preview.get("about/")
    assert "Walk on" in preview.get("bare/walk/")
    preview.write("mkdocs.yml", "site_name: [\n")
    assert BOX in preview.get("about/")
    preview.write("mkdocs.yml", CONFIG)
    assert BOX not in preview.get("about/")
    assert "Traceback" not in caplog.text


@site
@graphviz
def test_a_mistake_in_a_theme_or_a_plugin_does_not_end_the_preview(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    hook = "def on_page_content(html, page, **_):\n    assert 'zigzag' not in html, '<no>'\n"
    (library / "hook.py").write_text(hook)
    (library / "mkdocs.yml").write_text(CONFIG + "hooks: [hook.py]\n")
    preview = opened(library)
    preview.edit("flow/bare/pathway.yaml", "title: Walk again", "title: Walk in zigzag")
    page = preview.get("bare/walk/")
    assert "&lt;no&gt;" in page
    assert "Walk again" in page
    preview.edit("flow/bare/pathway.yaml", "title: Walk in zigzag", "title: Walk on")
    page = preview.get("bare/walk/")
    assert BOX not in page
    assert "Walk on" in page


@site
@graphviz
def test_what_looks_at_all_pages_is_given_all_pages(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    hook = """
seen = []
def on_page_markdown(markdown, page, **_):
    seen.append(page.file.src_uri)
def on_post_page(output, page, **_):
    return output.replace("</article>", f"<p>{len(set(seen))} pages</p></article>")
def on_config(config):
    seen.clear()
"""
    (library / "hook.py").write_text(hook)
    (library / "mkdocs.yml").write_text(CONFIG + "hooks: [hook.py]\n")
    preview = opened(library)
    preview.edit("flow/bare/pathway.yaml", "title: Walk again", "title: Walk on")
    preview.get("bare/walk/")
    assert same(preview) > 30


@site
@graphviz
def test_opening_pages_buries_nothing_that_was_told_in_the_terminal(
    preview: Preview, caplog: pytest.LogCaptureFixture
) -> None:
    preview.edit("flow/bare/pathway.yaml", "title: Walk again", "title: Walk on")
    with caplog.at_level(logging.INFO):
        preview.get("about/")
        preview.get("")
    assert caplog.messages == []


@site
def test_a_folder_that_is_not_there_is_named_at_once(
    library: Path, opened: Callable[[Path], Preview]
) -> None:
    (library / "flow").rename(library / "flows")
    with pytest.raises(Abort):
        opened(library)


# What is kept


@graphviz
def test_what_did_not_change_is_not_made_again(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    place_all = layout.place_all

    def noted(dots: Mapping[str, str]) -> dict[str, layout.Layout]:
        drawn.extend(dots)
        return place_all(dots)

    monkeypatch.setattr(layout, "place_all", noted)
    good = LastGood(library / "flow")
    assert good.refresh(library / "docs")
    assert not good.refresh(library / "docs")
    every, bare = good.books["every-kind"], good.books["bare"]
    page = library / "flow" / "every-kind" / "pages" / "check.md"
    page.write_text(page.read_text() + "\nMore.\n")
    assert good.refresh(library / "docs")
    assert good.books["bare"] is bare
    assert good.books["every-kind"] is not every
    assert sorted(drawn) == ["bare", "every-kind"], "words on a page move no box"


@graphviz
def test_a_new_step_has_no_pathway_looked_at_that_does_not_name_its_own(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("alone", "other"):
        shutil.copytree(PATHWAYS / "bare", library / "flow" / name)
    checked: list[str] = []
    problems_of = check.problems_of

    def noted(case: Case) -> tuple[Problem, ...]:
        checked.append(case.definition.id)
        return problems_of(case)

    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    before = dict(good.books)
    monkeypatch.setattr(check, "problems_of", noted)
    path = library / "flow" / "bare" / "pathway.yaml"
    more = "kind: action\n    title: Have a scan\n    next: rest\n  rest:\n    kind: outcome"
    path.write_text(path.read_text().replace("kind: outcome\n    title: Have a scan", more))
    assert good.refresh(library / "docs")
    assert "bare" in checked
    assert not {"alone", "other"} & set(checked)
    assert [name for name in before if good.books[name] is not before[name]] == ["bare"]


@graphviz
def test_a_link_to_a_pathway_that_comes_or_goes_is_looked_at_again(library: Path) -> None:
    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    assert good.errors() == []
    (library / "flow" / "bare").rename(library / "bare")
    good.refresh(library / "docs")
    assert {problem.code for problem in good.errors()} == {"broken-link", "unknown-pathway"}
    (library / "bare").rename(library / "flow" / "bare")
    good.refresh(library / "docs")
    assert good.errors() == []


@graphviz
def test_a_pathway_whose_chart_cannot_be_drawn_is_told_and_stays(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    before = good.books["bare"]

    tried: list[str] = []

    def fails(dots: Mapping[str, str]) -> dict[str, layout.Layout]:
        tried.extend(dots)
        raise layout.LayoutError(f"{', '.join(dots)}: too large")

    monkeypatch.setattr(layout, "place_all", fails)
    path = library / "flow" / "bare" / "pathway.yaml"
    path.write_text(path.read_text().replace("Walk again", "Walk again, and then a little further"))
    good.refresh(library / "docs")
    assert [problem.fact for problem in good.errors()] == ["bare: too large"]
    assert good.books["bare"] is before
    assert tried == ["bare"], "a chart that takes too long takes its time once"


@graphviz
def test_where_one_chart_cannot_be_drawn_the_others_are(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_all = layout.place_all

    def fails(dots: Mapping[str, str]) -> dict[str, layout.Layout]:
        if "bare" in dots:
            raise layout.LayoutError("bare: too large")
        return place_all(dots)

    monkeypatch.setattr(layout, "place_all", fails)
    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    assert [problem.fact for problem in good.errors()] == ["bare: too large"]
    assert sorted(good.books) == ["every-kind"]


@graphviz
def test_a_day_that_begins_makes_the_books_anew(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    later = int(os.environ["SOURCE_DATE_EPOCH"]) + 86400
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(later))
    assert good.refresh(library / "docs")
    assert len({made.today for made in good.books.values()}) == 1


@graphviz
def test_a_folder_that_is_lost_for_a_moment_takes_no_book_away(library: Path) -> None:
    good = LastGood(library / "flow")
    good.refresh(library / "docs")
    (library / "flow").rename(library / "elsewhere")
    assert good.refresh(library / "docs")
    assert sorted(good.books) == ["bare", "every-kind"]
    assert [problem.code for problem in good.errors()] == ["no-folder"]
    assert "no such folder" in Served(good).box("bare/walk/")
    (library / "elsewhere").rename(library / "flow")
    assert good.refresh(library / "docs")
    assert good.errors() == []


# The real server


def fetched(address: str) -> str:
    """Open a page; nothing while nobody serves it."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            text: str = answer.read().decode()
            return text
    except (urllib.error.URLError, ConnectionError):
        return ""


def shows(address: str, words: str) -> str:
    """Wait until a page shows some words; give it."""
    end = time.monotonic() + 120
    while words not in (page := fetched(address)):
        assert time.monotonic() < end, f"{words!r} never came"
    return page


@site
@graphviz
@pytest.mark.parametrize("engine", ["mkdocs", "properdocs"])
def test_make_serve_shows_each_edit_and_each_mistake(library: Path, engine: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/bare/walk/"
    command = [sys.executable, "-m", engine, "serve", "--dev-addr", f"127.0.0.1:{port}"]
    command += ["-f", "mkdocs.yml"]
    path = library / "flow" / "bare" / "pathway.yaml"
    good = path.read_text()
    env = {**os.environ, "TMPDIR": str(library)}  # what MkDocs leaves there when it is ended
    log = (library / "log").open("w")
    with log, subprocess.Popen(command, stderr=log, env=env) as server:
        try:
            shows(address, "Walk again")
            path.write_text(good.replace("Walk again", "Walk on"))
            shows(address, "Walk on")
            path.write_text(good.replace("to: scan", "to: scna"))
            assert "Walk on" in shows(address, "Did you mean &#39;scan&#39;?")
            path.write_text(good)
            assert BOX not in shows(address, "Walk again")
            (library / "flow").rename(library / "elsewhere")
            end = time.monotonic() + 120
            while "[no-folder]" not in (library / "log").read_text():
                assert time.monotonic() < end, "that it was gone was never seen"
            (library / "elsewhere").rename(library / "flow")
            path.write_text(good.replace("Walk again", "Walk home"))
            shows(address, "Walk home")
        finally:
            server.terminate()
    assert "Did you mean 'scan'?" in (library / "log").read_text()
