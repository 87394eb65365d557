"""Lay out what sources say: what the pathway follows, guidelines beside it, and others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pathbook import citations
from pathbook.citations import Citation
from pathbook.model import Definition, Relation, Source, Statement

Named = tuple[str, Statement]
"""A statement with its id."""

Group = tuple[str, list[tuple[Source, list[Named]]]]
"""A heading, and below it the statements of each source."""

GUIDELINES = "What guidelines say"
OTHERS = "What other sources say"


@dataclass(frozen=True)
class Use:
    """What rests on a statement."""

    step: str
    """The id of a step; empty for urgent advice."""
    to: str = ""
    """Where the route leads that rests on it; empty for the step itself."""


@dataclass(frozen=True)
class Sources:
    """The sources of one definition, as its pages show them."""

    definition: Definition

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """Everything that names a statement."""
        return citations.of_definition(self.definition)

    @cached_property
    def by_step(self) -> Mapping[str, Sequence[Citation]]:
        """What the page of each step cites; under the empty name what urgent advice cites."""
        found: dict[str, list[Citation]] = {
            "": [],
            **{name: [] for name in self.definition.pathway.steps},
        }
        for citation in self.citations:
            found[citation.step.id if citation.step else ""].append(citation)
        return found

    def shown(self, cited: Iterable[Citation]) -> list[Named]:
        """Give the statements that are cited, each once, as far as they may be shown."""
        known = self.definition.evidence.statements
        names = dict.fromkeys(citation.name for citation in cited)
        return [(name, known[name]) for name in names if name in known and known[name].shown]

    def groups(self, cited: Iterable[Citation]) -> list[Group]:
        """Put the statements that are cited under their headings, source by source."""
        sources = self.definition.evidence.sources
        found: dict[str, dict[str, list[Named]]] = {
            title: {name: [] for name in sources} for title in (self.heading, GUIDELINES, OTHERS)
        }
        for name, statement in self.shown(cited):
            guideline = sources[statement.source].is_guideline
            title = GUIDELINES if guideline else OTHERS if statement.relation else self.heading
            found[title][statement.source].append((name, statement))
        return [
            (title, [(sources[name], listed) for name, listed in group.items() if listed])
            for title, group in found.items()
            if any(group.values())
        ]

    @cached_property
    def followed(self) -> tuple[Source, ...]:
        """The sources whose word the steps take: not guidelines, and compared with nothing."""
        sources = self.definition.evidence.sources
        cited = self.shown(citation for citation in self.citations if citation.step)
        names = dict.fromkeys(found.source for _, found in cited if found.relation is None)
        return tuple(sources[name] for name in names if not sources[name].is_guideline)

    @property
    def heading(self) -> str:
        """The heading of what the pathway follows: by its kind, where it is one source."""
        if len(self.followed) == 1:
            return f"What the {self.followed[0].kind} says"
        return "What the sources say"

    @property
    def relations(self) -> Mapping[Relation, str]:
        """What readers see for each relation."""
        what = self.followed[0].kind if len(self.followed) == 1 else "pathway"
        return {
            "agrees": f"agrees with the {what}",
            "agrees with limits": f"agrees with the {what}, with limits",
            "disagrees": f"disagrees with the {what}",
            "mixed": "settles it neither way",
            "silent": f"not in the {what}",
        }

    def uses(self, numbers: Mapping[str, int]) -> Mapping[str, Sequence[Use]]:
        """For each statement what rests on it, in reading order."""
        found: dict[str, dict[Use, None]] = {
            name: {} for name in self.definition.evidence.statements
        }
        for one in sorted(self.citations, key=lambda one: numbers[one.step.id] if one.step else 0):
            use = Use(one.step.id if one.step else "", one.route.to if one.route else "")
            if one.name in found:  # what is published leaves out what nobody has checked
                found[one.name][use] = None
        return {name: tuple(uses) for name, uses in found.items()}
