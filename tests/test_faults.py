"""Whatever happens to a build, readers have the last good site, and the next build works."""

import errno
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, ConfigurationError, PluginError

from conftest import PATHWAYS, TESTS
from pathbook import book, layout, swap
from pathbook.pages import Page
from pathbook.swap import Swap

PLAIN = (
    "site_name: Test\nsite_description: A test\ntheme: {name: mkdocs, highlightjs: false}\n"
    "plugins: [search, pathbook]\n"
)


@pytest.fixture
def site(folder: Path) -> Path:
    """A folder with a site that was built once; its folder."""
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(PLAIN)
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    build(load_config(strict=True))
    return folder / "site"


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sites change places in one system call, or as systems do that have no such call."""
    if request.param == "two renames":
        monkeypatch.setattr(swap, "exchanged", lambda *_: False)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(caplog: pytest.LogCaptureFixture) -> str:
    """Build, which has to fail; give what a maintainer reads."""
    with pytest.raises((PluginError, Abort)) as told:
        build(load_config(strict=True))
    return f"{told.value}\n{caplog.text}"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.site
@pytest.mark.graphviz
@pytest.mark.skipif(not hasattr(os, "fork"), reason="builds are forked")
def test_readers_have_a_whole_site_whenever_a_build_is_killed(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(PLAIN)
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    command = [sys.executable, str(TESTS / "killed.py"), "120"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["killed"] >= 100
    assert set(told["found"]) == {0, 1}  # both the old and the new one, and never part of one
    assert (told["end"], told["last"]) == (0, 0)
    assert told["left"] == ["docs", "flow", "mkdocs.yml", "site"]


@pytest.mark.site
@pytest.mark.graphviz
def test_a_second_build_of_the_same_site_is_told_to_wait(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = snapshot(site)
    other = Swap(site)
    assert f"another build is at work on {site}; wait until it has ended" in refused(caplog)
    assert snapshot(site) == before
    other.give_up()
    build(load_config(strict=True))
    assert names(site.parent) == ["docs", "flow", "mkdocs.yml", "site"]


@pytest.mark.site
@pytest.mark.graphviz
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "No space left on device"), (errno.EACCES, "Permission denied")],
)
def test_a_full_disk_or_a_folder_nobody_may_write_into_is_named(
    number: int,
    said: str,
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = snapshot(site)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "x/index.html")

    with monkeypatch.context() as patched:
        patched.setattr("mkdocs.utils.write_file", fail)
        assert f"x/index.html: {said}\n{site} is as it was" in refused(caplog)
    assert snapshot(site) == before
    build(load_config(strict=True))
    assert names(site.parent) == ["docs", "flow", "mkdocs.yml", "site"]


@pytest.mark.site
@pytest.mark.graphviz
def test_a_disk_that_is_really_full_leaves_the_last_good_site(site: Path) -> None:
    before = snapshot(site)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        "from mkdocs.__main__ import cli; cli(['build', '--strict'])"
    )
    command = [sys.executable, "-c", limited]
    # Whoever measures coverage would meet the limit too.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "the site could not be built: " in run.stderr
    assert "File too large" in run.stderr
    assert "Traceback" not in run.stderr
    assert snapshot(site) == before
    assert names(site.parent) == ["docs", "flow", "mkdocs.yml", "site"]


@pytest.mark.site
@pytest.mark.graphviz
def test_a_site_that_cannot_be_put_in_its_place_is_named_and_the_last_one_kept(
    site: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before, rename = snapshot(site), Path.rename

    def busy(path: Path, target: Path) -> Path:
        if target == site and not path.name.endswith("-last"):
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(swap, "exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", busy)
    said = refused(caplog)
    assert f"could not take the place of {site}: Device or resource busy" in said
    assert f"{site} is as it was.\nIf it is a disk of its own" in said
    assert snapshot(site) == before
    assert names(site.parent) == ["docs", "flow", "mkdocs.yml", "site"]


@pytest.mark.usefixtures("way")
def test_the_new_site_takes_the_place_of_the_old_one(folder: Path) -> None:
    for text in ("one", "two"):
        made = Swap(folder / "site")
        (made.fresh / "index.html").write_text(text)
        made.finish()
        assert (folder / "site" / "index.html").read_text() == text
        assert names(folder) == ["site"]


def test_a_last_good_site_that_a_killed_build_moved_away_comes_back(folder: Path) -> None:
    (folder / ".site-build-abc-last").mkdir()
    (folder / ".site-build-abc-last" / "index.html").write_text("good")
    (folder / ".site-build-abc").mkdir()
    (folder / ".site-of-someone").mkdir()
    Swap(folder / "site").give_up()
    assert names(folder) == [".site-of-someone", "site"]
    assert (folder / "site" / "index.html").read_text() == "good"


@pytest.mark.usefixtures("way")
def test_what_a_maintainer_keeps_hidden_in_the_site_stays(folder: Path) -> None:
    (folder / "site" / ".git").mkdir(parents=True)
    (folder / "site" / ".git" / "HEAD").write_text("ref: refs/heads/pages")
    (folder / "site" / ".nojekyll").touch()
    (folder / "site" / ".link").symlink_to("nowhere")
    (folder / "site").chmod(0o2775)
    made = Swap(folder / "site")
    (made.fresh / "index.html").write_text("two")
    made.finish()
    assert names(folder / "site") == [".git", ".link", ".nojekyll", "index.html"]
    assert (folder / "site" / ".git" / "HEAD").read_text() == "ref: refs/heads/pages"
    assert (folder / "site").stat().st_mode & 0o7777 == 0o2775


@pytest.mark.site
@pytest.mark.graphviz
def test_a_site_that_a_killed_build_moved_away_comes_back_though_the_next_one_fails(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = snapshot(site)
    site.rename(site.with_name(".site-build-abc-last"))
    (site.parent / "flow" / "bare" / "pathway.yaml").write_text("title: [")
    assert f"{site} is as it was" in refused(caplog)
    assert snapshot(site) == before


@pytest.mark.site
@pytest.mark.graphviz
@pytest.mark.parametrize("place", ["flow", "flow/site", ".", "flow/bare/pages"])
def test_a_site_never_takes_the_place_of_the_pathways(
    place: str, site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (site.parent / "docs").rmdir()
    (site.parent / "words").mkdir()
    (site.parent / "mkdocs.yml").write_text(f"{PLAIN}docs_dir: words\nsite_dir: {place}\n")
    before = snapshot(site.parent / "flow")
    try:
        said = refused(caplog)
    except ConfigurationError as error:  # MkDocs itself wants none around its documents
        said = str(error)
    assert "lie in each other" in said or "site_dir" in said
    assert snapshot(site.parent / "flow") == before


@pytest.mark.site
@pytest.mark.graphviz
def test_a_file_that_stands_where_the_site_would_be_is_kept(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (site.parent / "mkdocs.yml").write_text(f"{PLAIN}site_dir: notes.txt\n")
    (site.parent / "notes.txt").write_text("mine")
    assert "notes.txt is no folder" in refused(caplog)
    assert (site.parent / "notes.txt").read_text() == "mine"


@pytest.mark.site
@pytest.mark.graphviz
def test_nothing_in_a_definition_moves_the_cursor_of_a_terminal_or_speaks_to_a_forge(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = '{"title": "T", "start": "a", "steps": {"a": {"kind": "outcome", "title": "A"}},'
    key = '"\\u001b[2J\\n::error::x": 1}'
    (site.parent / "flow" / "bare" / "pathway.yaml").write_text(f"{text} {key}")
    (site.parent / "flow" / "b\x1b[31m\n::error::y").mkdir()
    said = refused(caplog)
    assert "\x1b" not in said
    assert [line for line in said.splitlines() if line.strip().startswith("::")] == []


def test_a_place_where_no_site_can_be_is_named(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "file").write_text("x")
    (folder / "mkdocs.yml").write_text(f"{PLAIN}site_dir: file/site\n")
    (folder / "docs").mkdir()
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    assert f"the site could not be built: {folder / 'file'}: " in refused(caplog)


@pytest.mark.graphviz
def test_a_chart_that_would_eat_all_memory_ends_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = "import sys; from pathbook import layout; layout.MEMORY_LIMIT = 16 << 20; "
    run = subprocess.run

    def limited(_: object, **more: object) -> object:
        return run([sys.executable, "-c", f"{command}layout._work()"], **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", limited)
    large = " ".join(f"n{n} -> n{n * 7 % 997}" for n in range(3000))
    with pytest.raises(layout.LayoutError, match=r"^knee: Graphviz (could not draw|was stopped)"):
        layout.place("knee", f"digraph {{ {large} }}")


def test_a_definition_that_vanishes_while_it_is_read_is_a_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PATHWAYS / "every-kind", folder / "flow" / "every-kind")
    files = [path for path in (folder / "flow").rglob("*") if path.is_file()]
    read = Path.read_bytes
    for gone in files:
        for error in (
            FileNotFoundError(2, "gone"),
            PermissionError(13, "refused"),
            OSError(5, "io"),
        ):

            def vanish(path: Path, gone: Path = gone, error: OSError = error) -> bytes:
                if path.resolve() == gone:
                    raise error
                return read(path)

            monkeypatch.setattr(Path, "read_bytes", vanish)
            assert book.read(Path("flow")).errors, gone


def test_a_definition_that_is_cut_while_it_is_read_is_a_problem_or_a_book(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "every-kind", folder / "flow" / "every-kind")
    file = folder / "flow" / "every-kind" / "pathway.yaml"
    whole = file.read_bytes()
    for end in range(0, len(whole), 97):
        file.write_bytes(whole[:end])
        found = book.read(Path("flow"))
        assert found.errors or found.definitions


def test_a_run_that_was_killed_while_it_wrote_does_not_stand_in_the_way_of_the_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {f"{name}.md": Page(partial(str, name)) for name in "abc"}
    write = Path.write_text

    def killed(path: Path, text: str, **more: str) -> int:
        if path.name == "b.md":
            raise KeyboardInterrupt
        return write(path, text, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", killed)
        with pytest.raises(KeyboardInterrupt):
            book.write(made, folder / "out")
    assert book.write(made, folder / "out") == 3
    assert names(folder / "out") == [".pathbook.json", "a.md", "b.md", "c.md"]
