"""Write the checked definition as `pathway.json`, in a form that scripts can rely on."""

import json
from collections.abc import Container, Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from pathbook import __version__, schema
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.graph import Graph
from pathbook.model import (
    Definition,
    Evidence,
    Glossary,
    Model,
    Pathway,
    Rules,
    Source,
    Statement,
    Step,
    Term,
)

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

    schema_: str = Field(alias="$schema")
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


def read(text: str) -> tuple[Definition, Published]:
    """Read a `pathway.json` back: the definition, without its prose, and what else is said.

    `ValueError` says in a maintainer's words why it is not one. Whatever is there has to be just
    as it would be written: the same keys, and the same values.
    """
    try:
        data = json.loads(text, object_pairs_hook=_once)
        text.encode()
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        message = "it is not JSON"
        raise ValueError(message) from error
    except RecursionError as error:
        message = "it is nested too deeply"
        raise ValueError(message) from error
    except UnicodeEncodeError as error:
        message = "it holds half a character"
        raise ValueError(message) from error
    try:
        found = Published.model_validate(_without(data, "inferred"))
    except ValidationError as error:
        raise ValueError(_told(error)) from error
    if spot := next(_differences(data, found.model_dump(mode="json", by_alias=True)), None):
        message = f"'{spot}' is not as it would be written"
        raise ValueError(message)
    return _definition(found), found


def _definition(found: Published) -> Definition:
    steps = {
        name: Step.model_construct(
            **{key: value for key, value in step if key in Step.model_fields}
        )
        for name, step in found.steps.items()
    }
    shared = {key: value for key, value in found if key in Pathway.model_fields}
    return Definition(
        PurePosixPath(found.id),
        Pathway.model_construct(**{**shared, "steps": steps}),
        Evidence.model_construct(sources=found.sources, statements=found.statements),
        Glossary.model_construct(terms=found.terms),
    )


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that stands twice: programs would not agree on which of them counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _without(value: object, key: str) -> object:
    """Leave out what follows from the rest, and is not read."""
    if isinstance(value, dict):
        return {name: _without(part, key) for name, part in value.items() if name != key}
    return [_without(part, key) for part in value] if isinstance(value, list) else value


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    spot = ".".join(map(str, first["loc"]))
    return f"'{spot}' is not what it should be ({first['msg']})" if spot else "it is no pathway"


def _differences(one: object, other: object, spot: str = "") -> Iterator[str]:
    """Name every spot in which two pieces of plain data differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            at = f"{spot}.{key}".lstrip(".")
            if key in one and key in other:
                yield from _differences(one[key], other[key], at)
            else:
                yield at
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (part, twin) in enumerate(zip(one, other, strict=True)):
            yield from _differences(part, twin, f"{spot}.{i}")
    elif one != other or isinstance(one, bool) != isinstance(other, bool):
        yield spot
