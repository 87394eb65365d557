"""Name a rule: its code, how much it weighs, the sentence that holds where it is kept, its test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pathbook.problems import Place, Problem, Severity

Kept = Literal["reading", "book", "care", "site"]

C = TypeVar("C")
"""What a rule looks at: a definition, or a built site."""


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


Find = Callable[[C], Iterator[Finding]]


def _nothing(case: object) -> Iterator[Finding]:  # noqa: ARG001 (every test of a rule gets a case)
    yield from ()


@dataclass(frozen=True)
class Rule(Generic[C]):
    """Something that holds in a good definition, or in a good site."""

    code: str
    """Its name in problems, such as `dangling-target`."""
    severity: Severity
    """How bad it is to break it, where the definition does not set that."""
    sentence: str
    """What holds where it is kept."""
    kept: Kept
    """Why: so that files can be read, so that a book can be made, for the care of readers, or so
    that a built site is whole."""
    find: Find[C] = _nothing
    """Finds where it is broken; a rule about files finds nothing here, but while they are read."""

    @property
    def settable(self) -> bool:
        """Tell whether a definition may set its severity, and excuse what it finds."""
        return self.kept == "care"

    def __call__(self, case: C) -> Iterator[Finding]:
        """Find where it is broken."""
        return self.find(case)

    def problem(self, finding: Finding) -> Problem:
        """Make a problem of what was found."""
        found = finding
        return Problem(
            self.code, found.place, found.fact, found.expected, found.hint, self.severity
        )

    def problems(self, case: C) -> Iterator[Problem]:
        """Tell where it is broken."""
        return map(self.problem, self.find(case))


def _named(find: Find[C], severity: Severity, kept: Kept) -> Rule[C]:
    """Take the code from the name of a function, and the sentence from its docstring."""
    sentence = (find.__doc__ or "").partition("\n\n")[0]
    return Rule(find.__name__.replace("_", "-"), severity, " ".join(sentence.split()), kept, find)


def needed(find: Find[C]) -> Rule[C]:
    """Make a rule without which no book can be made; breaking it is an error."""
    return _named(find, "error", "book")


def warning(find: Find[C]) -> Rule[C]:
    """Make a rule that only warns, where the definition does not say otherwise."""
    return _named(find, "warning", "care")


def whole(find: Find[C]) -> Rule[C]:
    """Make a rule without which a built site is not whole; breaking it is an error."""
    return _named(find, "error", "site")
