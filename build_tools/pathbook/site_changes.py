"""Tell what changed from one build of a site to another, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pathbook import built_page
from pathbook.reading import visible

MOST = 50
"""Files of one group that are listed; the rest are counted."""


@dataclass(frozen=True)
class Changes:
    """What differs between two builds of a site; files are named from the top."""

    added: tuple[str, ...] = ()
    """Files that are new."""
    gone: tuple[str, ...] = ()
    """Files that are no longer there; links to these pages from elsewhere break."""
    said: tuple[str, ...] = ()
    """Pages that say something else."""
    around: tuple[str, ...] = ()
    """Pages whose words are the same: only what surrounds them, or their markup, is different."""
    other: tuple[str, ...] = ()
    """Files that are no pages, and are different."""
    same: int = 0
    """How many files are the same to the byte."""

    @property
    def plain(self) -> dict[str, object]:
        """The same for JSON."""
        return vars(self)

    def __str__(self) -> str:
        """Lay it out for people, and for a comment in a review."""
        groups = {
            "New": self.added,
            "Gone (links to these from elsewhere break)": self.gone,
            "Pages that say something else": self.said,
            "Pages with the same words, whose surroundings or markup changed": self.around,
            "Other files that changed": self.other,
        }
        parts = [_group(title, files) for title, files in groups.items() if files]
        files = f"{self.same} file{'s are' if self.same != 1 else ' is'} the same to the byte."
        return "\n\n".join([*parts, files if parts else f"Nothing changed: {files}"])


def between(old: Path, new: Path) -> Changes:
    """Compare two built sites file by file."""
    before, after = _files(old), _files(new)
    both = sorted(before & after)
    changed = [file for file in both if (old / file).read_bytes() != (new / file).read_bytes()]
    pages = [file for file in changed if file.endswith(".html")]
    said = tuple(file for file in pages if _words(old / file) != _words(new / file))
    return Changes(
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
        said,
        tuple(file for file in pages if file not in said),
        tuple(file for file in changed if file not in pages),
        len(both) - len(changed),
    )


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _words(file: Path) -> str:
    """Give what a page itself says, without what a theme puts around it."""
    return built_page.read(file.name, file.read_text(encoding="utf-8", errors="replace")).words


def _group(title: str, files: Iterable[str]) -> str:
    listed = list(files)
    rows = [f"- {visible(file)}" for file in listed[:MOST]]
    more = [f"- and {len(listed) - MOST} more"] if len(listed) > MOST else []
    return "\n".join([f"{title}:", *rows, *more])
