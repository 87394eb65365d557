"""Make books from definitions: load, check, draw, and write. The only module that writes files."""

import gzip
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from types import MappingProxyType

from pathbook import (
    around,
    chart,
    check,
    headers,
    layout,
    lines,
    load,
    navigation,
    pages,
    schema,
    settings,
)
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.graph import Graph
from pathbook.model import Definition
from pathbook.pages import Book, Page, Pages
from pathbook.problems import PathbookError, Problem, ProblemsFoundError, in_order
from pathbook.progress import Tell, counted, quiet

MANIFEST = ".pathbook.json"
"""Lists the files that were written, so that a later run replaces those and no others."""

Places = Callable[[Mapping[str, str]], Mapping[str, layout.Layout]]
"""Lays out DOT texts by the names of their pathways."""


@dataclass(frozen=True)
class Checked:
    """What was found below a folder, and what is wrong with it."""

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]
    today: date
    """The day on which it was checked."""
    site: frozenset[str] = frozenset()
    """The pages of the site around the library, such as `about.md`."""
    excused: tuple[Problem, ...] = ()
    """What is wrong and may stand for a while."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a book from being made."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def today() -> date:
    """Give the day in UTC, or that of `SOURCE_DATE_EPOCH`, which makes a build repeatable.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    try:
        moment = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        moment = datetime.now(UTC)
    return moment.date()


def read(flow: Path, docs: Path | None = None, tell: Tell = quiet) -> Checked:
    """Load and check every pathway below a folder.

    `docs` holds the pages of the site around the library; prose may link to them. `tell` learns how
    far long work has come.
    """
    definitions, problems = load.library(flow, tell)
    day = today()
    site = load.site_pages(docs)
    found = in_order((*problems, *check.problems(definitions, day, site, tell)))
    standing = tuple(problem for problem in found if not problem.excuse)
    excused = tuple(problem for problem in found if problem.excuse)
    return Checked(definitions, standing, day, site, excused)


def draw(checked: Checked, place: Places = layout.place_all) -> tuple[Book, ...]:
    """Lay out the chart of each pathway; `ProblemsFoundError` tells all that is in the way."""
    if checked.errors:
        raise ProblemsFoundError(checked.errors)
    graphs = {found.id: Graph(found.pathway) for found in checked.definitions}
    layouts = place({name: chart.dot(graph) for name, graph in graphs.items()})
    plans = {name: lines.plan(graph, layouts[name]) for name, graph in graphs.items()}
    return tuple(
        Book(found, graphs[found.id], plans[found.id], checked.today, checked.site)
        for found in checked.definitions
    )


def site(
    books: Sequence[Book],
    addresses: Addresses = DIRECTORIES,
    intro: str = "",
) -> Pages:
    """Gather every file of a site: the library, each book, the stylesheet and the schemas."""
    library = pages.Library.of(books)
    found = {"index.md": Page(partial(pages.library_page, books, addresses, intro))}
    for book in books:
        found |= pages.book_pages(book, addresses, library)
    return found | pages.assets(addresses)


def sources(
    books: Sequence[Book], addresses: Addresses = DIRECTORIES, docs: Path | None = None
) -> Pages:
    """Gather what another generator makes a site of, by the paths under which it finds it.

    `docs` holds the documents around the books; `PathbookError` names one that cannot be read, or
    that has the address of a book's page.
    """
    texts = load.documents(docs) if docs else {}
    made = site(books, addresses)
    known = {*made, *(_files(docs) if docs else ())}
    front = around.front(texts, addresses, known)
    found = {addresses.source(path): page for path, page in site(books, addresses, front).items()}
    for path, page in around.documents(texts, books, addresses, known).items():
        if (source := addresses.source(path)) in found:
            raise PathbookError(f"{path} would be lost: a pathway has a page of that address")
        found[source] = page
    return found


def apart_from(docs: Path, folder: Path) -> Path | None:
    """Give the folder of documents if there is one and it is not the one that is written to."""
    one, other = docs.resolve(), folder.resolve()
    apart = not (one.is_relative_to(other) or other.is_relative_to(one))
    return docs if apart and docs.is_dir() else None


def attached(docs: Path) -> dict[str, Path]:
    """List the pictures and other files that lie among documents, by their paths."""
    return {path: docs / path for path in _files(docs) if not path.endswith(".md")}


def _files(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found)


def write(
    found: Mapping[str, Page],
    folder: Path,
    tell: Tell = quiet,
    copied: Mapping[str, Path] = MappingProxyType({}),
) -> int:
    """Write files into a folder and take away those of an earlier run that are no longer made.

    `copied` lists files that are taken as they are. Returns how many were written.

    A file that was there before and that no earlier run wrote is never touched: then nothing is
    written and `PathbookError` names it.
    """
    try:
        before = _earlier(folder)
        names = {*found, *copied}
        strange = [
            path for path in sorted(names) if path not in before and (folder / path).exists()
        ]
        if strange:
            message = f"{folder / strange[0]} exists and was not written by pathbook"
            raise PathbookError(f"{message}; choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        _list(before | names, folder)  # first: a run that is killed knows its files again
        for path, page in counted(found.items(), "pages written", tell):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(page.text, encoding="utf-8", newline="\n")
        for path, file in copied.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            copyfile(file, folder / path)
        for path in before - names:
            _take_away(folder / path, folder)
        _list(names, folder)
    except OSError as error:
        message = f"{error.filename or folder}: cannot be written: {error.strerror}"
        raise PathbookError(message) from error
    return len(names)


def _take_away(file: Path, folder: Path) -> None:
    """Take away a file, and the folders around it that hold nothing any more."""
    file.unlink(missing_ok=True)
    for path in file.relative_to(folder).parents[:-1]:
        if (folder / path).is_dir() and not any((folder / path).iterdir()):
            (folder / path).rmdir()


def _list(names: Iterable[str], folder: Path) -> None:
    (folder / MANIFEST).write_text(json.dumps(sorted(names), indent=0) + "\n", encoding="utf-8")


def complete(site: Path) -> None:
    """Write into a built site which headers a host should send; a maintainer's own file stays.

    The packed sitemap loses the time at which it was packed: the same site has the same bytes.
    """
    made = headers.of(path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")))
    for name, text in {headers.FILE: made.for_hosts(), headers.NGINX: made.for_nginx()}.items():
        if not (site / name).exists():
            (site / name).write_text(text, encoding="utf-8", newline="\n")
    if (packed := site / "sitemap.xml.gz").is_file():
        plain = gzip.decompress(packed.read_bytes())
        packed.write_bytes(gzip.compress(plain, mtime=0))


def start(found: Mapping[str, str], folder: Path) -> None:
    """Write new files into a folder that is not there yet, or is empty: all of them, or none.

    `PathbookError` says what is in the way.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        if not missing and any(folder.iterdir()):
            message = f"{folder} is there already, and nothing in it was changed"
            raise PathbookError(f"{message}; choose another name")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _put(found, folder)
        except OSError:
            for path in missing:
                path.rmdir()
            raise
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror}"
        raise PathbookError(message) from error


def _put(found: Mapping[str, str], folder: Path) -> None:
    """Write all files beside where they belong first, so that none is there half-written."""
    with TemporaryDirectory(prefix=".new-", dir=folder) as beside:
        for path, text in found.items():
            file = Path(beside, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        for entry in Path(beside).iterdir():
            entry.rename(folder / entry.name)


def write_settings(
    config: Path, folder: Path, books: Sequence[Book], addresses: Addresses, docs: Path | None
) -> Path:
    """Write beside a `mkdocs.yml` the settings for a generator of the pages in a folder.

    Returns the file. `PathbookError` says what is in the way.
    """
    target = config.with_name(f"{config.stem}.{folder.name}{config.suffix}")
    try:
        inside = os.path.relpath(folder, config.parent)
        listed = partial(navigation.whole, books=books, documents=sorted(load.site_pages(docs)))
        text = config.read_text(encoding="utf-8")
        made = settings.without_plugin(text, config.name, inside, listed, addresses)
        if target.exists() and not target.read_text(encoding="utf-8").startswith(
            settings.MARK[:21]
        ):
            message = f"{target} exists and was not written by pathbook"
            raise PathbookError(f"{message}; choose another folder")
        target.write_text(made, encoding="utf-8", newline="\n")
    except UnicodeDecodeError as error:
        raise PathbookError(f"{config} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        message = f"{error.filename or target}: {error.strerror}"
        raise PathbookError(message) from error
    return target


def write_schemas(folder: Path) -> int:
    """Write the schemas of a definition's files into a folder, for an editor on this machine.

    Returns how many. They take the place of those of an earlier run; where a file stands there that
    is not ours, nothing is written and `PathbookError` names it.
    """
    found = {folder / name: text for name, text in schema.files().items()}
    try:
        for path in found:
            if path.exists() and schema.MARK.encode() not in path.read_bytes():
                message = f"{path} exists and was not written by pathbook"
                raise PathbookError(f"{message}; choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in found.items():
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"{error.filename or folder}: cannot be written: {error.strerror}"
        raise PathbookError(message) from error
    return len(found)


def _earlier(folder: Path) -> set[str]:
    """List what an earlier run wrote; nothing that leads out of the folder."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return set()
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
        inside = folder.resolve()
        return {name for name in names if (folder / name).resolve().is_relative_to(inside)}
    except (ValueError, TypeError):
        return set()
