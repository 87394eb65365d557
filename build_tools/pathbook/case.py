"""Hold what a rule looks at: a definition, its graph, and what is around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from pathbook import citations, load, prose, wording
from pathbook.citations import Citation
from pathbook.graph import Graph
from pathbook.model import Definition, Spot, Step
from pathbook.problems import Place
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
    rules: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """Every rule by its code, and whether a definition may set its severity."""

    def at(self, *spot: str | int, file: str = "pathway.yaml") -> Place:
        """Find the place of a value in one of the definition's files."""
        place = load.place(self.definition, file, spot)
        return replace(place, about=_about(self.definition, spot))

    def page(self, step: Step, line: int = 1, column: int = 1) -> Place:
        """Find a place in the page of a step; without a page the step itself."""
        page = self.definition.pages.get(step.id)
        if page is None:
            return self.at("steps", step.id)
        return Place(str(page.file), line, column, step.id)

    @cached_property
    def texts(self) -> tuple[tuple[str, Place], ...]:
        """What is written in Markdown, each with its place."""
        pathway = self.definition.pathway
        pages = [
            (page.text, Place(str(page.file), 1, 1, name))
            for name, page in self.definition.pages.items()
        ]
        alerts = [
            (getattr(alert, key) or "", self.at("alerts", i, key))
            for i, alert in enumerate(pathway.alerts)
            for key in ("text", "more")
        ]
        rest = [(getattr(pathway, key) or "", self.at(key)) for key in ("overview", "notice")]
        return (*pages, *alerts, *rest)

    @cached_property
    def links(self) -> tuple[tuple[prose.Link, Place], ...]:
        """The links in what is written: in a page with their place, else with that of the text."""
        return tuple(
            (link, replace(at, line=link.line, column=link.column) if at.is_page else at)
            for text, at in self.texts
            for link in self.links_of(text) or ()
        )

    @staticmethod
    def links_of(text: str) -> tuple[prose.Link, ...] | None:
        """Find the links in a text; nothing where it is nested too deeply to be read."""
        try:
            return prose.links(text)
        except RecursionError:
            return None

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
        return self.page(citation.step, citation.link.line, citation.link.column)


def _about(definition: Definition, spot: Spot) -> str:
    """Name what a value belongs to: a step, source, statement, term, stage, alert or scenario."""
    if len(spot) < 2 or spot[0] not in _NAMED:
        return ""
    group, name = spot[:2]
    if isinstance(name, str):
        return name
    pathway = definition.pathway
    if group == "stages":
        return pathway.stages[name].id
    if group == "alerts":
        return pathway.alerts[name].title
    return definition.scenarios.scenarios[name].title


_NAMED = frozenset({"steps", "sources", "statements", "terms", "stages", "alerts", "scenarios"})
"""The keys under which things stand that have a name."""
