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
from unicodedata import category

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    computed_field,
)
from pydantic.config import JsonDict
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
LONGEST_ID = 80
STEP_IDS: JsonDict = {
    "pattern": ID_PATTERN,
    "maxLength": LONGEST_ID,
    "not": {"enum": [*sorted(RESERVED_IDS)]},
}
"""What the JSON Schema says about step ids; the loader says it with a place and a hint."""


Spot = tuple[str | int, ...]
"""The way to a value inside a file: keys and list positions from the top."""


def _one_line(value: object) -> object:
    """Fold line breaks and runs of spaces, so that a title is one line wherever it goes."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _blank(value: object) -> object:
    """Take a text in which there is nothing to see for the empty text it is."""
    if isinstance(value, str) and all(category(each)[0] in "CZ" for each in value):
        return ""
    return value


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
Words = Annotated[str, BeforeValidator(_one_line)]
Text = Annotated[str, BeforeValidator(_blank), StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=LONGEST_ID)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Limit = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Names = Annotated[
    tuple[Line, ...], BeforeValidator(_listed, json_schema_input_type=Line | list[Line])
]


class Model(BaseModel):
    """What all parts of a definition share: they never change, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Alert(Model):
    """Urgent advice, shown first on every page, beside the chart and on paper."""

    level: Level = Field(examples=["urgent"])
    """How urgent it is: `emergency`, `urgent` or `advice`."""
    title: Line = Field(examples=["Get help today if"])
    """A short heading, such as "Get emergency help now if you"."""
    text: Text = Field(examples=["- the knee is hot and you have a fever"])
    """The signs, in Markdown. Keep it short, so that a phone shows it without scrolling."""
    more: Text | None = Field(default=None, examples=["Call your doctor."])
    """The rest, in Markdown with `##` headings: who to call, why it is urgent.
    It stands on the page `urgent` and on paper."""
    added: bool = Field(default=False, examples=[True])
    """`true` if your site adds it and the sources of the pathway do not have it.
    Readers are told."""
    evidence: Names = Field(default=(), examples=[["K3"]])
    """Ids of the statements it rests on."""


class Stage(Model):
    """A named group of steps, drawn as a band across the chart."""

    id: Id = Field(examples=["home"])
    """The name that steps use in `stage`."""
    title: Line = Field(examples=["At home"])
    """What readers see at the edge of the band."""


class Route(Model):
    """An arrow from one step to another."""

    to: Line = Field(examples=["rest"])
    """The id of the step it leads to."""
    when: Words = Field(default="", examples=["Yes"])
    """The answer or condition it stands for, as readers see it."""
    id: Annotated[str, StringConstraints(pattern=r"""^[^\s<>"'&,:;/?#%]+$""")] = Field(
        default="", examples=["yes"]
    )
    """Its name in shared walks; unique within the step; made from `when` if left out."""
    evidence: Names = Field(default=(), examples=[["K2"]])
    """Ids of the statements it rests on; without any it is inferred, drawn dashed, and says so."""
    optional: bool = Field(default=False, examples=[True])
    """`true` if the step it leads to may be added but is never needed to go on."""
    back: bool = Field(default=False, examples=[True])
    """`true` if it goes back to a step that came before, which makes a loop."""
    note: Words = Field(default="", examples=["The leaflet does not say when."])
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

    text: Line = Field(examples=["To have less pain."])
    """The sentence."""
    evidence: Names = Field(default=(), examples=[["K2"]])
    """Ids of the statements it rests on."""


Said = Annotated[Claim, BeforeValidator(_claim, json_schema_input_type=Line | Claim)]


class Profile(Model):
    """The same few facts about each option, so that readers can lay options side by side.

    Each is a text, or better `text` with `evidence`. What is left out reads "not stated in the
    sources".
    """

    involves: Said | None = Field(default=None, examples=["You do exercises at home."])
    """What it involves."""
    aim: Said | None = Field(default=None, examples=["To have less pain."])
    """What it aims at."""
    lasts: Said | None = Field(
        default=None, examples=[{"text": "As long as you keep it up.", "evidence": ["K2"]}]
    )
    """How long it may help."""
    undone: Said | None = Field(default=None, examples=["You can stop at any time."])
    """Whether it can be undone."""
    who: Said | None = Field(default=None, examples=["A physiotherapist shows you how."])
    """Who usually does it."""
    first: Said | None = Field(default=None, examples=["Someone has looked at your knee."])
    """What must come first."""


class Step(Model):
    """A box of the chart, and a page."""

    id: SkipJsonSchema[str] = ""
    """Its key under `steps`."""
    kind: Kind = Field(examples=["state"])
    """`state` (where someone is), `decision`, `action` (something that is done), `procedure` (a
    treatment or test with a full page), `outcome` (an end) or `link`."""
    title: Line = Field(default="", examples=["Your knee hurts"])
    """What readers see in the box and above the page; made from the id if left out."""
    stage: Line | None = Field(default=None, examples=["home"])
    """The id of the stage it belongs to."""
    summary: Words = Field(default="", examples=["Many knees get better with rest."])
    """One sentence that stands alone on a card."""
    aliases: Names = Field(default=(), examples=[["knee pain", "stiff knee"]])
    """Other names that readers may search for."""
    evidence: Names = Field(default=(), examples=[["K1"]])
    """Ids of the statements it rests on."""
    next: Annotated[
        tuple[Route, ...],
        BeforeValidator(_routes, json_schema_input_type=Line | list[Line | Route]),
    ] = Field(default=(), examples=["rest", ["rest", "exercise"]])
    """Where it leads: one step id, or a list of step ids and of routes."""
    take: Take | None = Field(default=None, examples=["all"])
    """How its routes are taken: `one` of them (a decision's default), `any` (one or more) or `all`.
    Needed where several routes leave a step that is no decision. Routes that are taken together
    meet again at one step, and so do those that are optional."""
    informs: Names = Field(default=(), examples=[["better"]])
    """Ids of later steps that use its result; drawn dotted, not walked."""
    was: Annotated[
        tuple[Id, ...], BeforeValidator(_listed, json_schema_input_type=Id | list[Id])
    ] = Field(default=(), examples=[["knee-pain"]])
    """Former ids, whose pages and saved walks still arrive here."""
    background: Names = Field(default=(), examples=[["how-knees-work"]])
    """Ids of steps with a page and a box of their own that are not walked."""
    to: Line | None = Field(default=None, examples=["hip-pain", "hip-pain/scan"])
    """For a `link`: the pathway it goes on in, or `pathway/step`.
    Leave it out if the way goes on outside this site."""
    profile: Profile | None = Field(default=None, examples=[{"aim": "To have less pain."}])
    """The facts by which it is compared with other options."""
    compare: Names = Field(default=(), examples=[["exercise", "brace"]])
    """Ids of the steps that its page lays side by side; if left out, the procedures it leads to."""
    differences: Annotated[
        tuple[Said, ...],
        BeforeValidator(_listed, json_schema_input_type=Line | list[Line | Claim]),
    ] = Field(
        default=(), examples=[["In England, one leaflet (2024) says that rest does not help."]]
    )
    """Where sources differ about this step: sentences that say who says what, in which country and
    year. Each is a text, or better `text` with `evidence`."""

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
    """What is expected of the text of a pathway.

    `pathbook check` warns where it is not met. A warning never keeps a site from being built.
    `pathbook figures` shows the figures of each page.
    """

    grade: Limit = Field(default=9, examples=[8])
    """The highest school grade (Flesch-Kincaid) of a page; for English only.
    A term of the glossary counts as one short word."""
    median_grade: Limit = Field(default=7, examples=[6])
    """The highest school grade of the page in the middle."""
    sentence: Limit = Field(default=25, examples=[20])
    """The most words in a sentence."""
    mean_sentence: Limit = Field(default=15, examples=[12])
    """The most words in a sentence of a page, on average."""
    sections: Names = Field(default=(), examples=[["What it is", "Questions to ask"]])
    """Headings that the page of every procedure must have."""
    abbreviations: Names = Field(default=(), examples=[["GP"]])
    """Abbreviations that need no explaining."""
    questions: Line = Field(default="Questions to ask", examples=["What to ask"])
    """The heading of the questions that readers take along; "My path" prints them."""


class Excuse(Model):
    """Something that a rule finds and that may stand for a while."""

    rule: Line = Field(examples=["hard-page"])
    """The rule, as `pathbook check` names it in brackets."""
    at: Line | None = Field(default=None, examples=["exercise"])
    """What it is about: the id of a step, statement, source, term or stage, or the title of a
    scenario. Leave it out where it is about the pathway as a whole."""
    reason: Line = Field(examples=["The form that people sign is quoted word for word."])
    """Why it may stand."""
    until: Day = Field(examples=["2027-06-30"])
    """The last day on which it may; after that it counts again."""


class Rules(Model):
    """How `pathbook check` is set for a pathway."""

    severity: dict[Line, Literal["error", "warning", "off"]] = Field(
        default_factory=dict, examples=[{"hard-page": "error", "same-title": "off"}]
    )
    """For each rule that is set: `error` keeps the book from being made, `warning`, or `off`."""
    excused: tuple[Excuse, ...] = Field(
        default=(),
        examples=[[{"rule": "hard-page", "reason": "A form is quoted.", "until": "2027-06-30"}]],
    )
    """What may stand for a while, with the reason."""


class Pathway(Model):
    """The graph and what is said about it: `pathway.yaml`."""

    id: SkipJsonSchema[str] = ""
    """The name of its folder."""
    title: Line = Field(examples=["Sore knee"])
    """What the book is called."""
    start: Line = Field(examples=["pain"])
    """The id of the step where every walk begins."""
    steps: dict[str, Step] = Field(
        min_length=1,
        examples=[{"pain": {"kind": "state", "next": "walk"}, "walk": {"kind": "outcome"}}],
        json_schema_extra={"propertyNames": STEP_IDS},
    )
    """The boxes of the chart, by id."""
    summary: Words = Field(
        default="", examples=["What may help a sore knee, and when to look further."]
    )
    """One or two sentences for the card in the library and for search engines."""
    audience: Words = Field(default="", examples=["Adults with a sore knee"])
    """Who it is for."""
    language: str = Field(
        default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en", "pt-BR"]
    )
    """Language tag of the text, such as `en` or `pt-BR`."""
    status: Status = Field(default="draft", examples=["draft"])
    """`draft`, `published` or `retired`."""
    version: Line = Field(default="0.1.0", examples=["1.0"])
    """Version of the content."""
    owner: Words = Field(default="", examples=["The knee team"])
    """Who answers for the content."""
    updated: Day | None = Field(default=None, examples=["2026-11-23"])
    """Day of the last change, such as 2026-11-23."""
    reviewed: Day | None = Field(default=None, examples=["2026-11-23"])
    """Day of the last review."""
    reviewer: Words = Field(default="", examples=["a clinician"])
    """Who reviewed it or has to: "a clinician" gives "not yet reviewed by a clinician"."""
    review_due: Day | None = Field(default=None, examples=["2027-11-23"])
    """Day by which the next review is due; when it has passed, every page says so."""
    overview: Text | None = Field(default=None, examples=["First [rest](rest.md), then a scan."])
    """The whole way in a few words, in Markdown; it stands before the chart."""
    notice: Text | None = Field(default=None, examples=["General information, not advice."])
    """What every page says about itself, in one line of Markdown.
    If left out, it says that this is general information."""
    about: Line | None = Field(default=None, examples=["about.md"])
    """The page of your site that tells what it is, such as `about.md`; every page links to it."""
    content: Content = Field(default=Content(), examples=[{"grade": 8}])
    """What is expected of the text."""
    rules: Rules = Field(default=Rules(), examples=[{"severity": {"hard-page": "error"}}])
    """Which rules weigh more or less here, and what is excused."""
    alerts: tuple[Alert, ...] = Field(
        default=(),
        examples=[[{"level": "urgent", "title": "Get help today if", "text": "- it is hot"}]],
    )
    """Urgent advice, shown on every page, in every walk and in print."""
    stages: tuple[Stage, ...] = Field(default=(), examples=[[{"id": "home", "title": "At home"}]])
    """Bands of the chart, from top to bottom."""


class Source(Model):
    """Where statements come from."""

    title: Line = Field(examples=["About knees"])
    """Its title."""
    kind: Line = Field(default="source", examples=["leaflet", "guideline"])
    """What it is: an article, a guideline, a trial ...
    What a `guideline` says stands in a list of its own."""
    body: Line | None = Field(default=None, examples=["A society for knees"])
    """Who published it."""
    country: Line | None = Field(default=None, examples=["England"])
    """Where it holds."""
    year: int | None = Field(default=None, ge=1000, le=2999, examples=[2024])
    """The year it came out."""
    updated: int | None = Field(default=None, ge=1000, le=2999, examples=[2026])
    """The year it was last changed."""
    url: str | None = Field(
        default=None,
        pattern=r'^https?://[^\s<>"/?#\[\]]+[^\s<>"]*$',
        examples=["https://example.org/knees"],
    )
    """Its address on the web."""
    note: Line | None = Field(default=None, examples=["It names no author."])
    """What a reader should know about it."""

    @property
    def is_guideline(self) -> bool:
        """Tell whether it is a guideline, which stands beside what a pathway follows."""
        return self.kind.casefold() in {"guideline", "guidelines"}


class Statement(Model):
    """One fact with its source."""

    text: Line = Field(examples=["Rest helps."])
    """The fact, in our own words."""
    source: Line = Field(examples=["leaflet"])
    """The id of the source that says it."""
    locator: Line | None = Field(default=None, examples=["page 2"])
    """Where in the source: a recommendation, a section, a page."""
    strength: Line | None = Field(default=None, examples=["strong"])
    """How strong the source calls it, in its own scale."""
    relation: Relation | None = Field(default=None, examples=["agrees"])
    """How it stands to what the pathway follows: `agrees`, `agrees with limits`, `disagrees`,
    `mixed` or `silent`. Mixed points both ways. Silent: only one of them speaks of it."""
    checked: Checked = Field(default="full", examples=["second-hand"])
    """`full` (read in the original), `second-hand` or `no`.
    A statement with `no` is kept in the file and never shown."""

    @property
    def shown(self) -> bool:
        """Tell whether it may be shown: only what someone has checked is."""
        return self.checked != "no"


class Evidence(Model):
    """Sources and statements: `evidence.yaml`."""

    sources: dict[Line, Source] = Field(
        default_factory=dict, examples=[{"leaflet": {"title": "About knees", "kind": "leaflet"}}]
    )
    """Where statements come from, by id."""
    statements: dict[Line, Statement] = Field(
        default_factory=dict, examples=[{"K2": {"text": "Rest helps.", "source": "leaflet"}}]
    )
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
    """A word that needs explaining; its first use on a page is explained in place.

    A term with two capital letters or more, such as NICE, is found only as it is written.
    """

    text: Line = Field(examples=["A picture of the inside of the knee."])
    """What it means, in plain words."""
    aliases: Names = Field(default=(), examples=[["scans", "scanned"]])
    """Other forms of the word."""


class Glossary(Model):
    """Terms and their meaning: `glossary.yaml`."""

    terms: dict[
        Line, Annotated[Term, BeforeValidator(_term, json_schema_input_type=Line | Term)]
    ] = Field(default_factory=dict, examples=[{"scan": "A picture of the inside of the knee."}])
    """Meanings, by the word as readers meet it."""


class Given(Model):
    """What a reader answers at a step."""

    step: Line = Field(examples=["better"])
    """The id of the step that asks."""
    answer: Names = Field(examples=["Yes"])
    """The answer or answers, in the words of the chart or by the ids of the routes."""


def _given(value: object) -> object:
    """Read `step: answer`, one below the other or as a list, which can name a step twice."""
    listed = [value] if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        return value
    return [{"step": step, "answer": said} for item in listed for step, said in item.items()]


_Said = dict[str, str | list[str]]


class Scenario(Model):
    """A walk in a reader's words, and where it must end."""

    title: Line = Field(examples=["Rest did not help"])
    """Who the reader is and what happened."""
    answers: Annotated[
        tuple[Given, ...], BeforeValidator(_given, json_schema_input_type=_Said | list[_Said])
    ] = Field(default=(), examples=[{"better": "No"}, [{"better": "Not yet"}, {"better": "Yes"}]])
    """For each step on the way that asks, the answer or answers given. Where a walk comes to a step
    twice it is a list, in the order of the walk."""
    ends_at: Names = Field(default=(), examples=["scan"])
    """Ids of the steps where the walk must end."""
    passes: Names = Field(default=(), examples=[["rest", "better"]])
    """Ids of steps it must come through."""
    avoids: Names = Field(default=(), examples=[["walk"]])
    """Ids of steps it must not come through."""


class Scenarios(Model):
    """Walks and where they must end: `scenarios.yaml`."""

    scenarios: tuple[Scenario, ...] = Field(
        default=(), examples=[[{"title": "Rest helped", "answers": {"better": "Yes"}}]]
    )
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
