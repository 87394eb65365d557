"""Name a rule: its code, how much it weighs, the sentence that holds where it is kept, its test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pathbook.case import Case
from pathbook.problems import Place, Problem, Severity

Kept = Literal["reading", "book", "care"]


@dataclass(frozen=True)
class Finding:
    """A place where a rule is broken."""

    place: Place
    fact: str
    """What was found, in words a clinician-editor understands."""
    expected: str = ""
    """What would have been right."""
    hint: str = ""
    """The near miss, or the next thing to do."""


Find = Callable[[Case], Iterator[Finding]]


def _nothing(case: Case) -> Iterator[Finding]:  # noqa: ARG001 (every test of a rule gets a case)
    yield from ()


@dataclass(frozen=True)
class Rule:
    """Something that holds in a good definition."""

    code: str
    """Its name in problems, such as `dangling-target`."""
    severity: Severity
    """How bad it is to break it, where the definition does not set that."""
    sentence: str
    """What holds where it is kept."""
    kept: Kept
    """Why: so that files can be read, so that a book can be made, or for the care of readers."""
    find: Find = _nothing
    """Finds where it is broken; a rule about files finds nothing here, but while they are read."""

    @property
    def settable(self) -> bool:
        """Tell whether a definition may set its severity, and excuse what it finds."""
        return self.kept == "care"

    def __call__(self, case: Case) -> Iterator[Finding]:
        """Find where it is broken."""
        return self.find(case)

    def problem(self, finding: Finding) -> Problem:
        """Make a problem of what was found."""
        found = finding
        return Problem(
            self.code, found.place, found.fact, found.expected, found.hint, self.severity
        )

    def problems(self, case: Case) -> Iterator[Problem]:
        """Tell where it is broken."""
        return map(self.problem, self.find(case))


def _named(find: Find, severity: Severity, kept: Kept) -> Rule:
    """Take the code from the name of a function, and the sentence from its docstring."""
    sentence = (find.__doc__ or "").partition("\n\n")[0]
    return Rule(find.__name__.replace("_", "-"), severity, " ".join(sentence.split()), kept, find)


def needed(find: Find) -> Rule:
    """Make a rule without which no book can be made; breaking it is an error."""
    return _named(find, "error", "book")


def warning(find: Find) -> Rule:
    """Make a rule that only warns, where the definition does not say otherwise."""
    return _named(find, "warning", "care")
