"""Gather what another generator makes a site of: books, documents around them, and the search."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pathbook import around, book, load, pages, search
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.book import Content
from pathbook.pages import Book, Page, Pages
from pathbook.problems import PathbookError
from pathbook.shard import WHOLE, Shard


def sources(
    books: Sequence[Book],
    addresses: Addresses = DIRECTORIES,
    docs: Path | None = None,
    shard: Shard = WHOLE,
) -> Mapping[str, Content]:
    """Gather all files of one job, by the paths under which a generator finds them.

    `docs` holds the documents around the books; `PathbookError` names one that cannot be read, or
    that has the address of a book's page.
    """
    texts = load.documents(docs) if docs else {}
    attached = {path: docs / path for path in _files(docs)} if docs else {}
    known = {*book.site(books, addresses), *attached}
    front = around.front(texts, addresses, known)
    made = book.site(books, addresses, front, shard)
    found = {addresses.source(path): page for path, page in made.items()}
    for path, page in around.documents(texts, books, addresses, known).items():
        if (source := addresses.source(path)) in found:
            raise PathbookError(f"{path} would be lost: a pathway has a page of that address")
        found[source] = page
    copied = {path: file for path, file in attached.items() if not path.endswith(".md")}
    return {**copied, **found, **_searched(found, books, addresses, texts, shard)}


def apart_from(docs: Path, folder: Path) -> Path | None:
    """Give the folder of documents if there is one and it is not the one that is written to."""
    one, other = docs.resolve(), folder.resolve()
    apart = not (one.is_relative_to(other) or other.is_relative_to(one))
    return docs if apart and docs.is_dir() else None


def _files(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found)


def _searched(
    found: Pages,
    books: Sequence[Book],
    addresses: Addresses,
    texts: Mapping[str, str],
    shard: Shard,
) -> Mapping[str, Content]:
    """Give a large library its own search: the index, its script, and pages that no other lists.

    A small one is left to the search of its theme, unless several jobs make it: a theme of one
    knows nothing of the others' pages.
    """
    written = {path: page for path, page in found.items() if path.endswith(".md")}
    if len(written) <= search.LIMIT and shard == WHOLE:
        return {}
    # All parts are searched, so one of them has what all jobs write.
    shared = around.entries(texts, addresses) if shard.number == 1 else ()
    own = [each for each in books if each.definition.id in shard]
    index = book.index(own, addresses, shared, shard.number, shard.of)
    left_out = {path: Page(partial(_left_out, page), page.source) for path, page in written.items()}
    return {**left_out, **pages.search_script(addresses), **index}


def _left_out(page: Page) -> str:
    return pages.left_out(page.text)
