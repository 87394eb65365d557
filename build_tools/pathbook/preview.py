"""Keep the last good books while definitions change, and know what is wrong since."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_ISDIR
from typing import Generic, TypeVar

from pathbook import book, check, layout, load
from pathbook.book import Checked
from pathbook.case import Case
from pathbook.model import Definition
from pathbook.pages import Book
from pathbook.problems import PathbookError, Place, Problem, Severity, in_order

Stamp = frozenset[tuple[str, int, int, int]]
"""What shows that files changed: for each its path, when it changed, its size, which one it is."""

Loaded = tuple[Definition | None, tuple[Problem, ...]]
"""A definition, if it could be read, and what is wrong with its files."""

_ABOVE = re.compile(r"\.\./+([\w-]+)/")
"""What a link in prose names of what lies beside its own pathway."""

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps what was made for a name, until what it is made from changes."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, T]] = {}

    def has(self, name: str, source: object) -> bool:
        """Tell whether what is kept for a name was made from this source."""
        return name in self._made and self._made[name][0] == source

    def keep(self, name: str, source: object, made: T) -> None:
        """Keep what was made."""
        self._made[name] = (source, made)

    def get(self, name: str, source: object, make: Callable[[], T]) -> T:
        """Give what was made from this source; make it where it was not."""
        if not self.has(name, source):
            self.keep(name, source, make())
        return self._made[name][1]


class LastGood:
    """The books of a library as they were when they last were good, and what is wrong now."""

    def __init__(self, flow: Path) -> None:
        self.flow = flow
        self.books: dict[str, Book] = {}
        """The last good book of each pathway, by its id."""
        self.problems: dict[str, tuple[Problem, ...]] = {}
        """What is wrong in each pathway, by its folder; what is wrong with all, under no name."""
        self._seen: object = None
        self._cases: Mapping[str, Case] = {}
        self._loaded = Kept[Loaded]()
        self._named = Kept[frozenset[str]]()
        """The other pathways that each one names."""
        self._checked = Kept[tuple[Problem, ...]]()
        self._drawn = Kept[Book]()
        self._placed = Kept[layout.Layout]()

    def refresh(self, docs: Path) -> bool:
        """Make anew the books whose files changed and are good; tell whether any file changed."""
        folders, lost = load.folders(self.flow)
        around = (book.today(), load.site_pages(docs))
        stamps = {folder: stamp(folder, base=self.flow) for folder in folders}
        seen = (stamps, around, lost)
        if self._seen == seen:
            return False
        loaded = {
            folder.name: self._loaded.get(folder.name, state, partial(load.definition, folder))
            for folder, state in stamps.items()
        }
        cases = {case.definition.id: case for case in check.cases(self._readable(loaded), *around)}
        self._cases = cases
        self._remake([cases[name] for name, (found, _) in loaded.items() if found])
        wrong = {
            name: self._remade(cases[name], problems) if found else problems
            for name, (found, problems) in loaded.items()
        }
        self.problems = {"": lost, **{name: in_order(wrong[name]) for name in wrong}}
        if not lost:
            self.books = {name: self.books[name] for name in loaded if name in self.books}
        self._seen = seen  # last: what fails here is tried again
        return True

    def errors(self, ids: Iterable[str] | None = None) -> list[Problem]:
        """Give what keeps books from being made, of some pathways or of all."""
        return self._found("error", ids)

    def warnings(self, ids: Iterable[str] | None = None) -> list[Problem]:
        """Give what may stay as it is, of some pathways or of all."""
        return self._found("warning", ids)

    def _found(self, severity: Severity, ids: Iterable[str] | None) -> list[Problem]:
        problems = self.problems  # another thread may put new ones in their place
        groups = (problems.get(id_, ()) for id_ in (problems if ids is None else ids))
        return [problem for group in groups for problem in group if problem.severity == severity]

    def _readable(self, loaded: Mapping[str, Loaded]) -> list[Definition]:
        """Give each definition as it is, or as it was when it could last be read."""
        last = {name: made.definition for name, made in self.books.items() if name in loaded}
        now = {name: found for name, (found, _) in loaded.items() if found}
        return list((last | now).values())

    def _remake(self, cases: Iterable[Case]) -> None:
        """Check what changed, and draw what is good, all at the same time.

        A preview begins with a whole library; later it is a pathway or two.
        """
        found = list(cases)
        new = [case for case in found if not self._checked.has(*self._checked_from(case))]
        for case, problems in zip(new, check.each(new), strict=True):
            self._checked.keep(*self._checked_from(case), problems)
        changed = [case for case in found if not self._drawn.has(*_drawn_from(case))]
        good = [case for case in changed if not _errors(self._problems(case))]
        if len(good) < 2:  # it is drawn by itself, and a chart that fails takes its time once
            return
        with suppress(PathbookError):  # whose chart it is shows when each is drawn by itself
            for case, drawn in zip(good, self._draw(good), strict=True):
                self._drawn.keep(*_drawn_from(case), drawn)

    def _problems(self, case: Case) -> tuple[Problem, ...]:
        return self._checked.get(*self._checked_from(case), partial(check.problems_of, case))

    def _checked_from(self, case: Case) -> tuple[str, object]:
        """Name a pathway, and all that its problems follow from.

        Of another pathway that is what a link can name. What is proposed in the place of one that
        is not there may be any.
        """
        name, source = _drawn_from(case)
        named = self._named.get(name, case.definition, partial(_named, case))
        if not named <= self._cases.keys():
            return name, (source, case.library)
        others = (self._cases[other].definition.pathway for other in sorted(named))
        return name, (source, [(other.id, [*other.steps], bool(other.alerts)) for other in others])

    def _remade(self, case: Case, problems: Iterable[Problem]) -> list[Problem]:
        """Give the book anew if nothing is wrong with its pathway; give what is."""
        found = [each for each in (*problems, *self._problems(case)) if not each.excuse]
        if _errors(found):
            return found
        try:
            name, source = _drawn_from(case)
            self.books[name] = self._drawn.get(name, source, lambda: self._draw([case])[0])
        except PathbookError as error:
            found.append(Problem("no-chart", Place(str(case.definition.folder)), str(error)))
        return found

    def _draw(self, cases: Sequence[Case]) -> tuple[Book, ...]:
        found = tuple(case.definition for case in cases)
        return book.draw(Checked(found, (), cases[0].today, cases[0].site), self._places)

    def _places(self, dots: Mapping[str, str]) -> dict[str, layout.Layout]:
        """Let Graphviz work only where it would find something new."""
        new = {name: dot for name, dot in dots.items() if not self._placed.has(name, dot)}
        drawn = layout.place_all(new) if new else {}
        return {
            name: self._placed.get(name, dot, partial(drawn.__getitem__, name))
            for name, dot in dots.items()
        }


def _drawn_from(case: Case) -> tuple[str, object]:
    """Name a pathway, and all that its book is made from."""
    return case.definition.id, (case.definition, case.site, case.today)


def _named(case: Case) -> frozenset[str]:
    """List the pathways that a pathway's links may lead to."""
    linked = {
        step.to.partition("/")[0] for step in case.definition.pathway.steps.values() if step.to
    }
    return frozenset(linked.union(*(_ABOVE.findall(text) for text, _ in case.texts)))


def _errors(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.severity == "error" and not each.excuse]


def stamp(*roots: Path, base: Path | None = None) -> Stamp:
    """Note the state of everything at and below some paths, also behind links to folders.

    With a base, behind those alone that lead to below it.
    """
    found, todo, known = [], [], set()

    def note(path: str, state: os.stat_result) -> None:
        found.append((path, state.st_mtime_ns, state.st_size, state.st_ino))
        if S_ISDIR(state.st_mode) and (state.st_dev, state.st_ino) not in known:
            known.add((state.st_dev, state.st_ino))  # a link may lead round
            todo.append(path)

    for root in roots:
        with suppress(OSError):  # here and below: gone since it was listed, or a link to nothing
            note(os.fspath(root), root.stat())
    within = os.path.realpath(base) + os.sep if base else ""
    while todo:
        with suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                with suppress(OSError):
                    leads_out = entry.is_symlink() and not os.path.realpath(entry).startswith(
                        within
                    )
                    note(entry.path, entry.stat(follow_symlinks=not leads_out))
    return frozenset(found)
