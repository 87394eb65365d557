"""Several jobs make a library together: what they write joins to what one job would write."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

import reader
from conftest import PATHWAYS
from pathbook import cli, pages, verify
from reader import page_in

JOBS = 3
PLAIN = """site_name: Three jobs
site_description: Made by three
docs_dir: pages
plugins: [search]
theme: {name: material, font: false, features: [navigation.indexes, navigation.prune]}
extra_css: [assets/pathbook/pathbook.css]
extra_javascript: [{path: assets/pathbook/search.js, type: module}]
"""
"""What each job tells its generator, which knows nothing of Pathbook."""


def written(folder: Path, *more: str) -> dict[str, bytes]:
    """Write the books of the test pathways; give the files, but the list of them."""
    docs = folder.parent / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "about.md").write_text("# About\n\nWe are the zebra team.\n")
    words = ["write", str(folder), "--flow", str(PATHWAYS), "--docs", str(docs), *more]
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 0, result.output
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".pathbook.json"
    }


@pytest.mark.graphviz
def test_every_page_is_written_by_one_job_and_is_what_one_job_alone_would_write(
    tmp_path: Path,
) -> None:
    alone = written(tmp_path / "alone")
    parts = [written(tmp_path / str(job), "--shard", f"{job}/{JOBS}") for job in range(1, JOBS + 1)]
    joined = {path: text for part in parts for path, text in part.items()}
    # A theme's search would know the pages of one job; so ours is there, and finds them all.
    found = {path for path in joined if path.startswith("search/") or path == pages.SEARCH}
    assert {f"search/pathbook/{job}/index.json" for job in (1, 2, 3)} <= found
    expected = {
        path: pages.left_out(text.decode()).encode() if path.endswith(".md") else text
        for path, text in alone.items()
    }
    assert {path: text for path, text in joined.items() if path not in found} == expected
    books = [
        {path.partition("/")[0] for path in part if path.endswith("/print/index.md")}
        for part in parts
    ]
    assert sorted(name for names in books for name in names) == sorted(
        path.parent.name for path in PATHWAYS.glob("*/pathway.yaml")
    )
    assert sum(map(bool, books)) > 1


@pytest.mark.graphviz
def test_a_job_reads_of_the_other_books_what_others_name_and_no_more(
    tmp_path: Path, folder: Path
) -> None:
    for name in ("every-kind", "bare"):
        source = PATHWAYS / name
        for path in source.rglob("*"):
            if path.is_file():
                target = folder / "flow" / name / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    (folder / "flow" / "bare" / "evidence.yaml").write_text("sources: [")
    ends = {}
    for job in (1, 2):
        result = CliRunner().invoke(cli.main, ["write", f"out-{job}", "--shard", f"{job}/2"])
        ends[job] = (result.exit_code, (folder / f"out-{job}" / "every-kind").is_dir())
    # One job stops at the mistake; the other neither reads it nor loses its links.
    assert sorted(ends.values()) == [(0, True), (1, False)]


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3", " 1/2"])
def test_a_part_that_cannot_be_is_told(text: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["write", str(tmp_path / "out"), "--shard", text])
    assert result.exit_code == 2
    assert "expected I/N, such as 2/3" in result.output


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that three jobs made, each by itself, copied into one folder."""
    base = tmp_path_factory.mktemp("jobs")
    for job in range(1, JOBS + 1):
        own = base / str(job)
        written(own / "pages", "--shard", f"{job}/{JOBS}")
        (own / "mkdocs.yml").write_text(PLAIN, encoding="utf-8")
        command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
        subprocess.run(command, cwd=own, check=True)
        shutil.copytree(own / "site", base / "site", dirs_exist_ok=True)
    result = CliRunner().invoke(cli.main, ["headers", str(base / "site")])
    assert result.exit_code == 0, result.output
    return base / "site"


@pytest.mark.graphviz
@pytest.mark.site
def test_what_several_jobs_made_is_one_site_without_a_dead_link(joined: Path) -> None:
    found = verify.verified(joined, browser=False)
    assert [str(problem) for problem in found.problems] == []
    assert found.counts["pathways"] == len(list(PATHWAYS.glob("*/pathway.yaml")))


@pytest.mark.graphviz
@pytest.mark.site
@pytest.mark.browser
def test_one_search_finds_the_pages_of_every_job(joined: Path, chromium: Browser) -> None:
    with reader.served(joined) as address:
        page = page_in(chromium)
        page.goto(f"{address}/bare/scan/")
        for words, place in (
            ("have a scan", "/bare/scan/"),
            ("on or off", "/every-kind/check/"),
            ("zebra", "/about/"),
        ):
            page.get_by_role("textbox", name="Search").click()
            page.get_by_role("textbox", name="Search").fill(words)
            first = page.locator(".pb-search a").first
            expect(first).to_have_attribute("href", f"{address}{place}")
