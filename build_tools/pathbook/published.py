"""Write the checked definition as `pathway.json`, in a form that scripts can rely on."""

from collections.abc import Container
from typing import TypeVar

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from pathbook import __version__, schema
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.graph import Graph
from pathbook.model import Definition, Model, Pathway, Rules, Source, Statement, Step, Term

M = TypeVar("M", bound=Model)

SCHEMA = "schema/published.schema.json"
"""Where the schema of `pathway.json` is published."""


class PublishedStep(Step):
    """A step with every name filled in."""

    id: str
    """Its key under `steps`."""
    number: int
    """Its number in the chart, the list and the pages."""
    url: str
    """The address of its page, from the pathway's."""


class Published(Pathway):
    """A pathway as it is published; its steps stand in reading order."""

    schema_: str = Field(serialization_alias="$schema")
    """Where the schema of this file is."""
    generator: str
    """What wrote this file."""
    id: str
    """The pathway's id, which is its address."""
    steps: dict[str, PublishedStep]  # type: ignore[assignment]
    """The boxes of the chart, by id."""
    rules: SkipJsonSchema[Rules] = Field(default=Rules(), exclude=True)
    """How the definition is checked, which is not published."""
    sources: dict[str, Source]
    """Where statements come from, by id."""
    statements: dict[str, Statement]
    """The statements that someone has checked, by id."""
    terms: dict[str, Term]
    """Meanings, by the word as readers meet it."""


def text(definition: Definition, graph: Graph, addresses: Addresses = DIRECTORIES) -> str:
    """Give the content of `pathway.json`."""
    here = f"{definition.id}/pathway.json"
    pathway, evidence = definition.pathway, definition.evidence
    shown = {name: found for name, found in evidence.statements.items() if found.shown}
    steps = {
        name: PublishedStep.model_construct(
            **dict(_resting_on(pathway.steps[name], shown)),
            number=graph.numbers[name],
            url=addresses.between(here, f"{definition.id}/{name}.md"),
        )
        for name in graph.order
    }
    alerts = tuple(_resting_on(alert, shown) for alert in pathway.alerts)
    published = Published.model_construct(
        **{**dict(pathway), "steps": steps, "alerts": alerts},
        schema_=f"../{SCHEMA}",
        generator=f"pathbook {__version__}",
        sources=evidence.shown_sources,
        statements=shown,
        terms=definition.glossary.terms,
    )
    return schema.as_json(published.model_dump(mode="json", by_alias=True))


def _resting_on(part: M, shown: Container[str]) -> M:
    """Leave out the ids of statements that are not shown, wherever they are cited in a part."""

    def trimmed(value: object) -> object:
        if isinstance(value, Model):
            return _resting_on(value, shown)
        return tuple(trimmed(item) for item in value) if isinstance(value, tuple) else value

    changed = {
        name: tuple(cited for cited in value if cited in shown)
        if name == "evidence"
        else trimmed(value)
        for name, value in part
    }
    return part.model_copy(update=changed)


def schema_text() -> str:
    """Give the JSON Schema of `pathway.json`."""
    return schema.as_json(schema.generated(Published, "pathway.json"))
