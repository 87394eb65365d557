"""Hold what a rule looks at: a definition, its graph, and what is around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pathbook import citations, load, wording
from pathbook.citations import Citation
from pathbook.graph import Graph
from pathbook.model import Definition, Step
from pathbook.problems import Place, Problem
from pathbook.readability import Measures


@dataclass(frozen=True)
class Case:
    """A definition together with its graph and what is around it."""

    definition: Definition
    graph: Graph
    library: frozenset[str]
    """Addresses that a link may name: `pathway` and `pathway/step`."""
    site: frozenset[str]
    """Pages of the site around the library, such as `about.md`."""
    today: date
    """The day on which it is checked."""

    def at(self, *spot: str | int, file: str = "pathway.yaml") -> Place:
        """Find the place of a value in one of the definition's files."""
        return load.place(self.definition, file, spot)

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """Everything that names a statement."""
        return citations.of_definition(self.definition)

    @cached_property
    def measured(self) -> tuple[tuple[Step, Measures], ...]:
        """What is written about each step, measured."""
        return tuple(wording.measured(self.definition))

    def cited_at(self, citation: Citation) -> Place:
        """Find the place of a citation."""
        if citation.link is None or citation.step is None:
            return self.at(*citation.spot)
        page = self.definition.pages[citation.step.id]
        return Place(str(page.file), citation.link.line, citation.link.column)


Rule = Callable[[Case], Iterator[Problem]]
