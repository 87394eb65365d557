"""Make books from definitions: load, check, draw, and write. The only module that writes files."""

import gzip
import json
import os
from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from pathbook import (
    ahead,
    chart,
    check,
    headers,
    layout,
    lines,
    load,
    overview,
    pages,
    schema,
    search,
    settings,
)
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.graph import Graph
from pathbook.lines import NO_PLAN
from pathbook.model import Definition
from pathbook.pages import Book, Page, Pages
from pathbook.problems import PathbookError, Problem, ProblemsFoundError, in_order
from pathbook.progress import Tell, counted, quiet
from pathbook.shard import WHOLE

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
    shard: Container[str] = WHOLE
    """The pathways whose books are made."""

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


def read(
    flow: Path, docs: Path | None = None, tell: Tell = quiet, shard: Container[str] = WHOLE
) -> Checked:
    """Load and check every pathway below a folder.

    `docs` holds the pages of the site around the library; prose may link to them. `tell` learns how
    far long work has come. Of a shard only its own pathways are read whole, and checked.
    """
    definitions, problems = load.library(flow, tell, shard)
    day = today()
    site = load.site_pages(docs)
    found = in_order((*problems, *check.problems(definitions, day, site, tell, shard)))
    standing = tuple(problem for problem in found if not problem.excuse)
    excused = tuple(problem for problem in found if problem.excuse)
    return Checked(definitions, standing, day, site, excused, shard)


def draw(checked: Checked, place: Places = layout.place_all) -> tuple[Book, ...]:
    """Lay out the chart of each pathway; `ProblemsFoundError` tells all that is in the way.

    Those of other shards are there too, without a chart: others name them and lead to them.
    """
    if checked.errors:
        raise ProblemsFoundError(checked.errors)
    graphs = {found.id: Graph(found.pathway) for found in checked.definitions}
    shown = {name: overview.shown(graph) for name, graph in graphs.items() if name in checked.shard}
    layouts = place({name: chart.dot(graph) for name, graph in shown.items()})
    plans = {name: lines.plan(graph, layouts[name]) for name, graph in shown.items()}
    return tuple(
        Book(found, graphs[found.id], plans.get(found.id, NO_PLAN), checked.today, checked.site)
        for found in checked.definitions
    )


def site(
    books: Sequence[Book],
    addresses: Addresses = DIRECTORIES,
    intro: str = "",
    only: Container[str] = WHOLE,
) -> Pages:
    """Gather every file of a site: the library, each book, the stylesheet and the schemas.

    `only` holds the pathways whose books are gathered.
    """
    library = pages.Library.of(books)
    found = {"index.md": Page(partial(pages.library_page, books, addresses, intro))}
    for book in books:
        if book.definition.id in only:
            found |= pages.book_pages(book, addresses, library)
    return found | pages.assets(addresses)


def index(
    books: Sequence[Book],
    addresses: Addresses = DIRECTORIES,
    others: Iterable[search.Entry] = (),
    part: int = 1,
    parts: int = 1,
) -> search.Bytes:
    """Make the index for the search of a large library; `others` are pages around the books."""
    groups = (search.of_book(book.definition, book.graph, addresses) for book in books)
    return search.files((*groups, search.Group("", others)), part, parts)


Content = Page | bytes | Path
"""What a file holds: a page that is made when it is written, what is made already, or what another
file holds."""


Made = str | bytes | Path
"""The same, of which nothing has to be made any more."""


def made(found: Iterable[tuple[str, Content]]) -> Generator[tuple[str, Made]]:
    """Make pages, one book after another and some books at the same time."""
    books = groupby(found, key=lambda item: item[0].partition("/")[0])
    for book in ahead.each(_made, [list(book) for _, book in books]):
        yield from book


def _made(found: Iterable[tuple[str, Content]]) -> list[tuple[str, Made]]:
    return [(path, item.text if isinstance(item, Page) else item) for path, item in found]


class Coming:
    """Gives the texts of pages that are asked for one by one, best in the order that is named."""

    def __init__(self, found: Pages, order: Iterable[str] = ()) -> None:
        self.found = found
        self.left = dict.fromkeys(order)
        self.coming = made([(path, found[path]) for path in self.left])
        self.there: dict[str, Made] = {}

    def take(self, path: str) -> str:
        """Give the text of a page; one that is not in the order, or was taken, is made anew."""
        if path not in self.left:
            return self.found[path].text
        del self.left[path]
        while path not in self.there:
            self.there |= [next(self.coming)]
        if not self.left:
            self.coming.close()
        return str(self.there.pop(path))


def write(found: Mapping[str, Content], folder: Path, tell: Tell = quiet) -> int:
    """Write files into a folder and take away those of an earlier run that are no longer made.

    Returns how many were written. A file that was there before and that no earlier run wrote is
    never touched: then nothing is written and `PathbookError` names it.
    """
    try:
        before = _earlier(folder)
        strange = [path for path in found if path not in before and (folder / path).exists()]
        if strange := [*strange, *_leading_out(found, folder)]:
            message = f"{folder / strange[0]} exists and was not written by pathbook"
            raise PathbookError(f"{message}; choose another folder")
        folder.mkdir(parents=True, exist_ok=True)
        _list(before | set(found), folder)  # first: a run that is killed knows its files again
        told = counted(found, "files written", tell)
        add((item for _, item in zip(told, made(found.items()), strict=True)), folder)
        for path in before - set(found):
            _take_away(folder / path, folder)
        _list(found, folder)
    except OSError as error:
        message = f"{error.filename or folder}: cannot be written: {error.strerror}"
        raise PathbookError(message) from error
    return len(found)


def _leading_out(paths: Iterable[str], folder: Path) -> list[str]:
    """List the links that something would be written through, to where nobody meant it to be."""
    within = {parent for path in paths for parent in (Path(path), *Path(path).parents)}
    return sorted(str(path) for path in within - {Path()} if (folder / path).is_symlink())


def add(found: Iterable[tuple[str, Made]], folder: Path) -> None:
    """Write files into a folder."""
    for path, content in found:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            (folder / path).write_text(content, encoding="utf-8", newline="\n")
        elif isinstance(content, bytes):
            (folder / path).write_bytes(content)
        else:
            copyfile(content, folder / path)


def _take_away(file: Path, folder: Path) -> None:
    """Take away a file, and the folders around it that hold nothing any more."""
    file.unlink(missing_ok=True)
    for path in file.relative_to(folder).parents[:-1]:
        if (folder / path).is_dir() and not any((folder / path).iterdir()):
            (folder / path).rmdir()


def _list(names: Iterable[str], folder: Path) -> None:
    (folder / MANIFEST).write_text(json.dumps(sorted(names), indent=0) + "\n", encoding="utf-8")


def complete(site: Path) -> None:
    """Give a built site its headers.

    The packed sitemap loses the time at which it was packed: the same site has the same bytes.
    """
    write_headers(site)
    if (packed := site / "sitemap.xml.gz").is_file():
        plain = gzip.decompress(packed.read_bytes())
        packed.write_bytes(gzip.compress(plain, mtime=0))


def write_headers(site: Path) -> dict[str, bool]:
    """Write into a built site which headers a host should send; a maintainer's own file stays.

    Gives the names of the files, and whether each was written; `PathbookError` where a page cannot
    be read, or a file not be written.
    """
    try:
        pages = (path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")))
        made = headers.of(pages)
        written = {}
        for name, text in {headers.FILE: made.for_hosts(), headers.NGINX: made.for_nginx()}.items():
            written[name] = not (site / name).exists()
            if written[name]:
                (site / name).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, UnicodeError) as error:
        raise PathbookError(f"the headers of {site} cannot be written: {error}") from error
    return written


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


def write_settings(config: Path, folder: Path, made: settings.Made) -> Path:
    """Write beside a `mkdocs.yml` the settings for a generator of the pages in a folder.

    Returns the file. `PathbookError` says what is in the way.
    """
    target = config.with_name(f"{config.stem}.{folder.name}{config.suffix}")
    try:
        inside = os.path.relpath(folder, config.parent)
        text = settings.without_plugin(
            config.read_text(encoding="utf-8"), config.name, inside, made
        )
        if target.exists() and not target.read_text(encoding="utf-8").startswith(
            settings.MARK[:21]
        ):
            message = f"{target} exists and was not written by pathbook"
            raise PathbookError(f"{message}; choose another folder")
        target.write_text(text, encoding="utf-8", newline="\n")
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
            own = path.is_file() and schema.MARK.encode() in path.read_bytes()
            if path.is_symlink() or (path.exists() and not own):
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
    if not manifest.is_file():
        return set()
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
        inside = folder.resolve()
        return {name for name in names if (folder / name).resolve().is_relative_to(inside)}
    except (ValueError, TypeError, RecursionError):
        return set()
