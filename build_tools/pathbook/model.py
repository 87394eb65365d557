"""Define what a pathway is made of: frozen types, documented field by field, checked on entry.

The same models give the JSON Schema that editors complete from, so every sentence under a field
is also help that a maintainer reads while typing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    computed_field,
)
from pydantic.json_schema import SkipJsonSchema

Kind = Literal["state", "decision", "action", "procedure", "outcome", "link"]
Take = Literal["one", "any", "all"]
Status = Literal["draft", "published", "retired"]
Level = Literal["emergency", "urgent", "advice"]
Relation = Literal["agrees", "agrees with limits", "disagrees", "mixed", "silent"]
Checked = Literal["full", "second-hand", "no"]

ENDS: frozenset[Kind] = frozenset({"outcome", "link"})
"""Kinds of step at which a walk stops."""

RESERVED_IDS = frozenset(
    {"assets", "evidence", "glossary", "index", "pathway", "print", "readme", "urgent"}
)
"""Step ids that would take the address of another page."""

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


Spot = tuple[str | int, ...]
"""The way to a value inside a file: keys and list positions from the top."""


def _one_line(value: object) -> object:
    """Fold line breaks and runs of spaces, so that a title is one line wherever it goes."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _blank(value: object) -> object:
    """Take a text of nothing but spaces for the empty text it is."""
    return "" if isinstance(value, str) and not value.strip() else value


def _listed(value: object) -> object:
    """Let a single text stand where a list of texts is meant."""
    return [value] if isinstance(value, str) else value


def _iso_date(value: object) -> object:
    """Refuse the numbers that pydantic would read as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        message = "not a date"
        raise ValueError(message)
    return value


Line = Annotated[str, BeforeValidator(_one_line), StringConstraints(min_length=1)]
Text = Annotated[str, BeforeValidator(_blank), StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=80)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Limit = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Names = Annotated[
    tuple[Line, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])
]


class Model(BaseModel):
    """What all parts of a definition share: they never change, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Alert(Model):
    """Urgent advice, shown before everything else."""

    level: Level
    """How urgent it is: `emergency`, `urgent` or `advice`."""
    title: Line
    """A short heading, such as "Get emergency help now if"."""
    text: Text
    """What to look out for and what to do, in Markdown; short, because it is on every page."""
    more: Text | None = None
    """The rest, in Markdown: who to call, details. It stands on the page of urgent advice."""
    added: bool = False
    """`true` if the site adds it, because the sources of the pathway do not have it."""
    evidence: Names = ()
    """Ids of the statements it rests on."""


class Stage(Model):
    """A named group of steps, drawn as a band across the chart."""

    id: Id
    """The name that steps use in `stage`."""
    title: Line
    """What readers see at the edge of the band."""


class Route(Model):
    """An arrow from one step to another."""

    to: Line
    """The id of the step it leads to."""
    when: Annotated[str, BeforeValidator(_one_line)] = ""
    """The answer or condition it stands for, as readers see it."""
    id: Annotated[str, StringConstraints(pattern=r"^[^\s<>\"'&,:;/?#%]+$")] = ""
    """Its name in shared walks; unique within the step; made from `when` if left out."""
    evidence: Names = ()
    """Ids of the statements it rests on; without any it is inferred, drawn dashed, and says so."""
    optional: bool = False
    """`true` if the step it leads to may be added but is never needed to go on."""
    back: bool = False
    """`true` if it goes back to a step that came before, which makes a loop."""
    note: Annotated[str, BeforeValidator(_one_line)] = ""
    """What readers should know about this way, such as why it was added."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def inferred(self) -> bool:
        """Tell whether no source spells this route out."""
        return not self.evidence


def _routes(value: object) -> object:
    """Read `next: step-id` as a list of one plain route, and a bare id in a list likewise."""
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list):
        return [{"to": item} if isinstance(item, str) else item for item in value]
    return value


def _claim(value: object) -> object:
    """Let a plain text stand for a claim that names no statement."""
    return {"text": value} if isinstance(value, str) else value


class Claim(Model):
    """A sentence for readers, with the statements it rests on."""

    text: Line
    """The sentence."""
    evidence: Names = ()
    """Ids of the statements it rests on."""


Said = Annotated[Claim, BeforeValidator(_claim, json_schema_input_type=str | Claim)]


class Profile(Model):
    """The same few facts about each option, so that readers can lay options side by side."""

    involves: Said | None = None
    """What it involves."""
    aim: Said | None = None
    """What it aims at."""
    lasts: Said | None = None
    """How long it may help."""
    undone: Said | None = None
    """Whether it can be undone."""
    who: Said | None = None
    """Who usually does it."""
    first: Said | None = None
    """What must come first."""


class Step(Model):
    """A box of the chart, and a page."""

    id: SkipJsonSchema[str] = ""
    """Its key under `steps`."""
    kind: Kind
    """`state`, `decision`, `action`, `procedure`, `outcome` (an end) or `link`."""
    title: Line = ""
    """What readers see in the box and above the page."""
    stage: Line | None = None
    """The id of the stage it belongs to."""
    summary: Annotated[str, BeforeValidator(_one_line)] = ""
    """One sentence that stands alone on a card."""
    aliases: Names = ()
    """Other names that readers may search for."""
    evidence: Names = ()
    """Ids of the statements it rests on."""
    next: Annotated[
        tuple[Route, ...],
        BeforeValidator(_routes, json_schema_input_type=str | list[str | Route]),
    ] = ()
    """Where it leads: one step id, or a list of routes."""
    take: Take | None = None
    """How its routes are taken: `one` (a decision's default), `any` or `all`."""
    informs: Names = ()
    """Ids of later steps that use its result; drawn dotted, not walked."""
    was: Annotated[
        tuple[Id, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])
    ] = ()
    """Former ids, whose pages and saved walks still arrive here."""
    background: Names = ()
    """Ids of steps with a page and a box of their own that are not walked."""
    to: Line | None = None
    """For a `link`: the pathway it goes on in, or `pathway/step`."""
    profile: Profile | None = None
    """The facts by which it is compared with other options."""
    compare: Names = ()
    """Ids of the steps that its page lays side by side; if left out, the procedures it leads to."""
    differences: Annotated[
        tuple[Said, ...],
        BeforeValidator(_listed, json_schema_input_type=str | list[str | Claim]),
    ] = ()
    """Where sources differ about this step: who says what, in which country and year."""

    @property
    def taken(self) -> Take:
        """Tell how the routes are taken, where it is not said."""
        return self.take or "one"

    @property
    def claims(self) -> tuple[tuple[Spot, Claim], ...]:
        """What its profile and its differences claim, each with where it stands in the step."""
        profile = [(("profile", key), claim) for key, claim in self.profile or () if claim]
        return (
            *profile,
            *((("differences", i), claim) for i, claim in enumerate(self.differences)),
        )

    @property
    def needed(self) -> tuple[Route, ...]:
        """The routes that are not merely offered."""
        return tuple(route for route in self.next if not route.optional)


class Content(Model):
    """What is expected of the text of a pathway; `pathbook check` warns where it is not met."""

    grade: Limit = 9
    """The highest school grade (Flesch-Kincaid) of a page; for English only."""
    median_grade: Limit = 7
    """The highest school grade of the page in the middle."""
    sentence: Limit = 25
    """The most words in a sentence."""
    mean_sentence: Limit = 15
    """The most words in a sentence of a page, on average."""
    sections: Names = ()
    """Headings that the page of every procedure must have."""
    abbreviations: Names = ()
    """Abbreviations that need no explaining."""
    questions: Line = "Questions to ask"
    """The heading of the questions that readers take along, on paper too."""


class Pathway(Model):
    """The graph and what is said about it: `pathway.yaml`."""

    id: SkipJsonSchema[str] = ""
    """The name of its folder."""
    title: Line
    """What the book is called."""
    start: Line
    """The id of the step where every walk begins."""
    steps: dict[str, Step] = Field(min_length=1)
    """The boxes of the chart, by id."""
    summary: Annotated[str, BeforeValidator(_one_line)] = ""
    """One or two sentences for the card in the library and for search engines."""
    audience: Annotated[str, BeforeValidator(_one_line)] = ""
    """Who it is for."""
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """Language tag of the text, such as `en` or `pt-BR`."""
    status: Status = "draft"
    """`draft`, `published` or `retired`."""
    version: Line = "0.1.0"
    """Version of the content."""
    owner: Annotated[str, BeforeValidator(_one_line)] = ""
    """Who answers for the content."""
    updated: Day | None = None
    """Day of the last change."""
    reviewed: Day | None = None
    """Day of the last review, such as 2026-11-23."""
    reviewer: Annotated[str, BeforeValidator(_one_line)] = ""
    """Who reviewed it or has to: "a clinician"."""
    review_due: Day | None = None
    """Day by which it is to be reviewed again."""
    overview: Text | None = None
    """The whole way in a few words, in Markdown; it stands before the chart."""
    notice: Text | None = None
    """What every page says about itself, such as that it is no advice; one line of Markdown."""
    about: Line | None = None
    """The page of the site that tells what it is, such as `about.md`; every page links to it."""
    content: Content = Content()
    """What is expected of the text."""
    alerts: tuple[Alert, ...] = ()
    """Urgent advice, shown on every page, in every walk and in print."""
    stages: tuple[Stage, ...] = ()
    """Named groups of steps, from top to bottom."""


class Source(Model):
    """Where statements come from."""

    title: Line
    """Its title."""
    kind: Line = "source"
    """What it is: an article, a guideline, a trial ..."""
    body: Line | None = None
    """Who published it."""
    country: Line | None = None
    """Where it holds."""
    year: int | None = Field(default=None, ge=1000, le=2999)
    """The year it came out."""
    updated: int | None = Field(default=None, ge=1000, le=2999)
    """The year it was last changed."""
    url: str | None = Field(default=None, pattern=r"^https?://[^\s<>\"]+$")
    """Its address on the web."""
    note: Line | None = None
    """What a reader should know about it."""

    @property
    def is_guideline(self) -> bool:
        """Tell whether it is a guideline, which stands beside what a pathway follows."""
        return self.kind.casefold() in {"guideline", "guidelines"}


class Statement(Model):
    """One fact with its source."""

    text: Line
    """The fact, in our own words."""
    source: Line
    """The id of the source that says it."""
    locator: Line | None = None
    """Where in the source: a recommendation, a section, a page."""
    strength: Line | None = None
    """How strong the source calls it, in its own scale."""
    relation: Relation | None = None
    """How it stands to what the pathway says."""
    checked: Checked = "full"
    """`full` if read in the original, `second-hand`, or `no`, which keeps it from being shown."""

    @property
    def shown(self) -> bool:
        """Tell whether it may be shown: only what someone has checked is."""
        return self.checked != "no"


class Evidence(Model):
    """Sources and statements: `evidence.yaml`."""

    sources: dict[Line, Source] = Field(default_factory=dict)
    """Where statements come from, by id."""
    statements: dict[Line, Statement] = Field(default_factory=dict)
    """Facts that steps and routes rest on, by id."""

    @property
    def shown_sources(self) -> dict[str, Source]:
        """The sources but those of which nobody has checked anything yet."""
        checked = {found.source for found in self.statements.values() if found.shown}
        unchecked = {found.source for found in self.statements.values()} - checked
        return {name: found for name, found in self.sources.items() if name not in unchecked}


def _term(value: object) -> object:
    """Let a plain text stand for a term that has only its meaning."""
    return {"text": value} if isinstance(value, str) else value


class Term(Model):
    """A word that needs explaining."""

    text: Line
    """What it means, in plain words."""
    aliases: Names = ()
    """Other forms of the word."""


class Glossary(Model):
    """Terms and their meaning: `glossary.yaml`."""

    terms: dict[
        Line, Annotated[Term, BeforeValidator(_term, json_schema_input_type=str | Term)]
    ] = Field(default_factory=dict)
    """Meanings, by the word as readers meet it."""


class Scenario(Model):
    """A walk in a reader's words, and where it must end."""

    title: Line
    """Who the reader is and what happened."""
    answers: dict[str, Names] = Field(default_factory=dict)
    """For each step on the way that asks, the answer or answers given."""
    ends_at: Names = ()
    """Ids of the steps where the walk must end."""
    passes: Names = ()
    """Ids of steps it must come through."""
    avoids: Names = ()
    """Ids of steps it must not come through."""


class Scenarios(Model):
    """Walks and where they must end: `scenarios.yaml`."""

    scenarios: tuple[Scenario, ...] = ()
    """The walks."""


@dataclass(frozen=True)
class Prose:
    """What a maintainer wrote about one step, in Markdown."""

    file: PurePosixPath
    """The file it stands in."""
    text: str
    """The Markdown."""


@dataclass(frozen=True)
class Definition:
    """Everything in one folder under `flow/`."""

    folder: PurePosixPath
    """The folder, as it was named."""
    pathway: Pathway
    evidence: Evidence = field(default_factory=Evidence)
    glossary: Glossary = field(default_factory=Glossary)
    scenarios: Scenarios = field(default_factory=Scenarios)
    pages: Mapping[str, Prose] = field(default_factory=lambda: MappingProxyType({}))
    """Prose by the id its file is named after."""
    marks: Mapping[str, Mapping[Spot, tuple[int, int]]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Line and column of every value, by file name: what problems point at."""

    @property
    def id(self) -> str:
        """The pathway's id."""
        return self.pathway.id
