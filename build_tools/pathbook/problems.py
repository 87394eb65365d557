"""Say what is wrong in a definition: where, what, what was expected, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


class PathbookError(Exception):
    """Anything that stops the work and that a person can mend; its text is what they read."""


@dataclass(frozen=True)
class Place:
    """A spot in a file; lines and columns count from 1, and 0 stands for the whole file."""

    file: str
    """Path of the file, relative to where the work started."""
    line: int = 0
    column: int = 0
    about: str = field(default="", compare=False)
    """What stands there, by its id or title: a step, a statement, a source, a term, a scenario."""

    @property
    def is_page(self) -> bool:
        """Tell whether it is in the page of a step."""
        return self.file.endswith(".md")

    def __str__(self) -> str:
        """Write the place the way terminals and editors turn into a link.

        >>> str(Place("flow/knee/pathway.yaml", 3, 7))
        'flow/knee/pathway.yaml:3:7'
        >>> str(Place("flow/knee"))
        'flow/knee'
        """
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a definition."""

    code: str
    """Name of the rule, such as `dangling-target`."""
    place: Place
    fact: str
    """What was found, in words a clinician-editor understands."""
    expected: str = ""
    """What would have been right."""
    hint: str = ""
    """The near miss, or the next thing to do."""
    severity: Severity = "error"
    excuse: str = ""
    """Why it may stand for a while; empty where it counts."""

    def __str__(self) -> str:
        """Lay the problem out for a person: the spot and the fact first, help below it."""
        lines = [f"{self.place}: {self.severity}: {self.fact} [{self.code}]"]
        lines += [f"    Expected: {self.expected}"] if self.expected else []
        lines += [f"    {self.hint}"] if self.hint else []
        # A name may hold a line break, and what follows that could pass for a line of ours.
        return "\n".join(line.replace("\n", "\N{REPLACEMENT CHARACTER}") for line in lines)


class ProblemsFoundError(PathbookError):
    """A definition has problems that keep its book from being made."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems the way a person works through them: by file, from top to bottom."""
    return tuple(
        sorted(problems, key=lambda p: (p.place.file, p.place.line, p.place.column, p.code))
    )


def near_miss(word: str, choices: Iterable[str]) -> str:
    """Offer the choice that a typing slip most likely meant, or nothing.

    >>> near_miss("nxet", ["next", "take"])
    "Did you mean 'next'?"
    >>> near_miss("zebra", ["next", "take"])
    ''
    """
    close = get_close_matches(word, list(choices), n=1, cutoff=0.7)
    return f"Did you mean '{close[0]}'?" if close else ""


def one_of(choices: Iterable[str], most: int = 12) -> str:
    """List what would have been accepted, cut short where the list is long.

    >>> one_of(["any", "all"])
    'one of: any, all'
    """
    names = list(choices)
    tail = f" and {len(names) - most} more" if len(names) > most else ""
    return (
        f"one of: {', '.join(names[:most])}{tail}" if names else "nothing, because none exist yet"
    )
