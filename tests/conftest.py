"""What the tests share: golden files, throw-away folders and sites that are built once."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

import reader
from pathbook import book
from pathbook.graph import Graph
from pathbook.model import Definition

# No test may fail because a machine is busy.
settings.register_profile("patient", deadline=None)
# pytest --hypothesis-profile=thorough tests/test_properties.py
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile("patient")

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SHIPPED = ROOT / "flow"
PATHWAYS = TESTS / "pathways"

# MkDocs' theme writes about its own future into every log; see docs/decisions/0001.
os.environ["NO_MKDOCS_2_WARNING"] = "1"
# A day that stays: a review that falls due one day must not fail a test.
os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the expected files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the file that holds what was expected, or write that file anew."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--write-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep nothing of the tests for later, and use nothing of before."""
    kept = tmp_path_factory.mktemp("cache")
    os.environ["PATHBOOK_CACHE"] = str(kept)
    return kept


def pathway_folders() -> list[Path]:
    """Every pathway there is to try things on: the shipped one and those made for tests."""
    return sorted(
        path.parent for base in (SHIPPED, PATHWAYS) for path in base.glob("*/pathway.yaml")
    )


def definitions(base: Path) -> tuple[Definition, ...]:
    """Load the pathways below a folder, which must have no problems but warnings."""
    found = book.read(base, base.parent / "docs")
    assert [str(problem) for problem in found.errors] == []
    return found.definitions


def definition(folder: Path) -> Definition:
    return next(found for found in definitions(folder.parent) if found.id == folder.name)


@pytest.fixture(params=pathway_folders(), ids=lambda path: path.name)
def any_pathway(request: pytest.FixtureRequest) -> Definition:
    return definition(request.param)


@pytest.fixture
def graph(any_pathway: Definition) -> Graph:
    return Graph(any_pathway.pathway)


def build_site(base: Path, flow: Path, config: str = "", **env: str) -> Path:
    """Build a site from pathways in a folder of its own, as a maintainer would."""
    import subprocess
    import sys

    (base / "docs").mkdir(parents=True, exist_ok=True)
    if not (base / "flow").exists():
        shutil.copytree(flow, base / "flow")
    given = (
        config
        or "site_name: Test\ntheme: {name: material, font: false}\nplugins: [search, pathbook]\n"
    )
    (base / "mkdocs.yml").write_text(given, encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    run = subprocess.run(
        command, cwd=base, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return base / "site"


@pytest.fixture(scope="session")
def shipped_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that this repository publishes."""
    base = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "docs", base / "docs")
    return build_site(base, SHIPPED, (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def test_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of all the pathways made for tests, with nothing set but what must be."""
    return build_site(tmp_path_factory.mktemp("test"), PATHWAYS)


@pytest.fixture(scope="session")
def shipped(shipped_site: Path) -> Iterator[str]:
    """The address of the site that this repository publishes."""
    with reader.served(shipped_site) as address:
        yield address


@pytest.fixture(scope="session")
def tested(test_site: Path) -> Iterator[str]:
    """The address of the site of all pathways made for tests."""
    with reader.served(test_site) as address:
        yield address


LONGEST = tuple(
    "verify engines browser overview faults preview places search_page paper properties".split()
)
"""Files of tests that take longest, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: else one of two workers waits for the other at the end."""
    place = {f"test_{name}.py": at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser."""
    with reader.opened() as found:
        yield found


@pytest.fixture(autouse=True)
def closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test opened in the browser: hundreds of open pages would slow all others."""
    browser = request.getfixturevalue("chromium") if "chromium" in request.fixturenames else None
    before = browser.contexts if browser else []
    yield
    for context in browser.contexts if browser else ():
        if context not in before:
            context.close()


@pytest.fixture
def last_good_site(folder: Path) -> Path:
    """A folder with a small pathway and its built site."""
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    build_site(folder, PATHWAYS)
    return folder
