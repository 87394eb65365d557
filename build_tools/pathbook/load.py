"""Turn the text of a definition into models, or into all its problems at once, with places."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pathbook import model
from pathbook.model import Definition, Model, Prose, Spot
from pathbook.problems import Place, Problem, near_miss

FILES = ("pathway.yaml", "evidence.yaml", "glossary.yaml", "scenarios.yaml")
"""The files of a definition."""

LARGEST_FILE = 20_000_000
"""Bytes. More than any pathway needs, and little enough to read without harm."""

DEEPEST = 20
"""How far lists and mappings may be nested; a definition needs seven."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
M = TypeVar("M", bound=Model)


class _TooDeepError(Exception):
    """Lists and mappings are nested deeper than any definition needs; holds the place."""


@dataclass
class _Reading:
    """What one file held, and what was wrong with it."""

    place: str
    """Name of the file in problems."""
    data: object = None
    marks: dict[Spot, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, at: tuple[int, int], fact: str, expected: str = "", hint: str = ""
    ) -> None:
        self.problems.append(Problem(code, Place(self.place, *at), fact, expected, hint))


def library(flow: Path) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Load every pathway below a folder.

    Returns the definitions that could be read, in the order of their ids, and all problems.
    """
    if not flow.is_dir():
        return (), (
            Problem(
                "no-folder",
                Place(_shown(flow)),
                "there is no such folder",
                "a folder that holds one folder for each pathway",
            ),
        )
    folders = sorted(
        entry
        for entry in flow.iterdir()
        if not entry.name.startswith((".", "_")) and (entry.is_dir() or entry.is_symlink())
    )
    if not folders:
        return (), (
            Problem(
                "no-pathway",
                Place(_shown(flow)),
                "the folder holds no pathway",
                "a folder for each pathway, such as flow/knee-pain/pathway.yaml",
            ),
        )
    loaded = [definition(folder) for folder in folders]
    return (
        tuple(found for found, _ in loaded if found is not None),
        tuple(problem for _, problems in loaded for problem in problems),
    )


def definition(folder: Path) -> tuple[Definition | None, tuple[Problem, ...]]:
    """Load one pathway's folder; without its definition where a file of it cannot be used.

    Where all files could be read in spite of problems, such as a step that stands twice, the
    definition is given too, so that everything else in it can be checked at the same time.
    """
    problems = list(_folder_problems(folder))
    if any(problem.code in {"bad-pathway-id", "outside-folder"} for problem in problems):
        return None, tuple(problems)
    marks: dict[str, Mapping[Spot, tuple[int, int]]] = {}

    def part(name: str, kind: type[M]) -> M | None:
        path = folder / name
        if name != "pathway.yaml" and not path.exists():
            return kind()
        reading = read_yaml(path)
        built = _validated(reading, kind, folder.name)
        problems.extend(reading.problems)
        marks[name] = MappingProxyType(reading.marks)
        return built

    pathway = part("pathway.yaml", model.Pathway)
    evidence = part("evidence.yaml", model.Evidence)
    glossary = part("glossary.yaml", model.Glossary)
    scenarios = part("scenarios.yaml", model.Scenarios)
    pages, page_problems = _pages(folder / "pages")
    problems += page_problems
    if pathway is None or evidence is None or glossary is None or scenarios is None:
        return None, tuple(problems)
    here = PurePosixPath(_shown(folder))
    frozen_pages, frozen_marks = MappingProxyType(pages), MappingProxyType(marks)
    return (
        Definition(here, pathway, evidence, glossary, scenarios, frozen_pages, frozen_marks),
        tuple(problems),
    )


def place(found: Definition, name: str, spot: Spot = ()) -> Place:
    """Find where a value of a definition stands, or the nearest thing around it."""
    return Place(str(found.folder / name), *_nearest(found.marks.get(name, {}), spot))


# What is in the folder


def _shown(path: Path) -> str:
    """Name a path the way the maintainer does: from the folder they work in."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _folder_problems(folder: Path) -> Iterator[Problem]:
    here = Place(_shown(folder))
    if not re.fullmatch(model.ID_PATTERN, folder.name):
        yield Problem(
            "bad-pathway-id",
            here,
            f"the folder name '{folder.name}' cannot be used in an address",
            "lower-case letters a-z, digits and single hyphens",
            _mended_id(folder.name),
        )
    base = folder.parent.resolve()
    if any(not path.resolve().is_relative_to(base) for path in (folder, *_entries(folder))):
        yield Problem(
            "outside-folder",
            here,
            "something in this folder is a link to a place outside the pathways' folder",
            "files that stand in the folder themselves",
        )
        return
    for path in _entries(folder):
        if path.suffix in {".yaml", ".yml"} and path.parent == folder and path.name not in FILES:
            yield Problem(
                "unknown-file",
                Place(_shown(path)),
                "no such file belongs to a definition, so nothing in it would be used",
                f"one of: {', '.join(FILES)}",
                near_miss(path.with_suffix(".yaml").name, FILES),
            )
        if path.parent.name == "pages" and path.suffix != ".md":
            yield Problem(
                "unknown-file",
                Place(_shown(path)),
                "only pages ending in .md are published, so this would be lost",
                "a page named after its step, such as pages/step-id.md",
            )


def _entries(folder: Path) -> tuple[Path, ...]:
    """List the folder and its pages, hidden files left out."""
    found: list[Path] = []
    for base in (folder, folder / "pages"):
        if base.is_dir():
            found += [path for path in base.iterdir() if not path.name.startswith(".")]
    return tuple(sorted(path for path in found if path.name != "pages"))


def _pages(folder: Path) -> tuple[dict[str, Prose], list[Problem]]:
    pages: dict[str, Prose] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else ():
        reading = _Reading(_shown(path))
        text = _read_text(path, reading)
        problems += reading.problems
        if text is not None:
            pages[path.stem] = Prose(PurePosixPath(_shown(path)), text)
    return pages, problems


# Bytes to text to plain data


def _read_text(path: Path, reading: _Reading) -> str | None:
    """Read a file as UTF-8 text without control characters, or note why that is not possible."""
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LARGEST_FILE else b""
    except FileNotFoundError:
        reading.add("no-file", (0, 0), "the file is missing", "a file of this name")
        return None
    except OSError as error:
        reading.add("unreadable-file", (0, 0), f"the file cannot be read: {error.strerror}")
        return None
    if size > LARGEST_FILE:
        reading.add(
            "large-file", (0, 0), f"the file has {size:,} bytes", f"{LARGEST_FILE:,} at most"
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig")
        reading.add(
            "not-utf8",
            _line_and_column(good),
            f"the byte 0x{raw[error.start]:02x} is not UTF-8 text",
            "a file saved as UTF-8",
            "In your editor, choose 'Save with encoding' and then UTF-8.",
        )
        return None
    if match := _CONTROL.search(text):
        at = _line_and_column(text[: match.start()])
        code = f"U+{ord(match.group()):04X}"
        reading.add("control-character", at, f"there is an invisible control character ({code})")
        return None
    return text


def _line_and_column(before: str) -> tuple[int, int]:
    r"""Count to the spot that comes after a text.

    >>> _line_and_column("a: b\nc:")
    (2, 3)
    """
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def read_yaml(path: Path) -> _Reading:
    """Read a YAML file into lists, mappings and texts, with the place of each."""
    reading = _Reading(_shown(path))
    text = _read_text(path, reading)
    if text is None:
        return reading
    try:
        events = yaml.parse(text, Loader=_Loader)
        skipped = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
        first = next(event for event in events if not isinstance(event, skipped))
        if isinstance(first, yaml.StreamEndEvent) or _is_nothing(first):
            reading.add(
                "empty-file", (1, 1), "the file is empty", "keys and values, as in `title: ...`"
            )
            return reading
        reading.data = _plain(first, events, (), reading)
        rest = [event for event in events if isinstance(event, yaml.DocumentStartEvent)]
        if rest:
            at = _at(rest[0])
            reading.add(
                "broken-yaml", at, "a second document begins here (---)", "one document in a file"
            )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = " ".join(part for part in (error.context, error.problem) if part)
        reading.add(
            "broken-yaml",
            at,
            f"the text cannot be read from here on: {what}",
            hint=_yaml_hint(text, at),
        )
    except yaml.YAMLError as error:
        reading.add("broken-yaml", (1, 1), f"the text cannot be read: {error}")
    except _TooDeepError as error:
        (at,) = error.args
        reading.add("broken-yaml", at, "lists or mappings are nested far too deeply")
    return reading


def _yaml_hint(text: str, at: tuple[int, int]) -> str:
    """Guess the slip behind YAML that does not parse, from the line it was noticed on."""
    lines = text.splitlines()
    line = lines[at[0] - 1] if at[0] <= len(lines) else ""
    if "\t" in line:
        return "There is a tab in this line; indent with spaces."
    if re.search(r":\s+[^'\"|>\[{]*:\s", line + " "):
        return 'A text that holds a colon needs quotes around it: title: "Scans: look again".'
    if re.search(r"(:|-)\s+[@`%&*!|>\[\]{},?#]", line):
        return "A text that begins with a special character needs quotes around it."
    return "Look at the indentation and the quotes in this line and the one above it."


def _is_nothing(event: yaml.Event) -> bool:
    """Tell an unquoted nothing, as in `summary:`, which means that the value was left out."""
    return isinstance(event, yaml.ScalarEvent) and event.style is None and event.value in {"", "~"}


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _plain(
    event: yaml.Event, events: Iterator[yaml.Event], spot: Spot, reading: _Reading
) -> object:
    """Turn YAML events into lists, mappings and texts, and note where each part stands.

    Working on events and not on PyYAML's values keeps every text as it was written, `Yes` and
    `1:30` included, and cannot be made to recurse or multiply without end.
    """
    reading.marks.setdefault(spot, _at(event))
    if len(spot) > DEEPEST:
        raise _TooDeepError(_at(event))
    if isinstance(event, yaml.AliasEvent):
        reading.add(
            "alias", _at(event), "a definition has no aliases (*name)", "the text written out again"
        )
        return None
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[object] = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_plain(item, events, (*spot, len(items)), reading))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, spot, reading)
    return None if _is_nothing(event) else getattr(event, "value", None)


def _mapping(events: Iterator[yaml.Event], spot: Spot, reading: _Reading) -> dict[str, object]:
    data: dict[str, object] = {}
    first: dict[str, int] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        name = key.value if isinstance(key, yaml.ScalarEvent) else ""
        if not isinstance(key, yaml.ScalarEvent):
            reading.add("wrong-type", _at(key), "a key must be a plain text")
            _plain(key, events, (*spot, name), reading)
        elif name in first:
            what = "step" if spot == ("steps",) else "key"
            fact = (
                f"the {what} '{name}' stands here a second time; the first is on line {first[name]}"
            )
            reading.add(f"duplicate-{what}", _at(key), fact, f"each {what} once")
        else:
            reading.marks[(*spot, name)] = _at(key)
        plain = _plain(next(events), events, (*spot, name), reading)
        if name not in first and plain is not None:
            data[name] = plain
        first.setdefault(name, _at(key)[0])
    return data


# Plain data to models


def _validated(reading: _Reading, kind: type[M], pathway_id: str) -> M | None:
    """Build the model; every reason why it cannot be built becomes a problem."""
    if reading.data is None:
        return None
    data = reading.data
    if not isinstance(data, dict):
        at = reading.marks.get((), (1, 1))
        reading.add(
            "wrong-type", at, f"the file holds {_what(data)}", "keys and values, as in `title: ...`"
        )
        return None
    if kind is model.Pathway:
        data = _named(data, pathway_id, reading)
    try:
        built = kind.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            reading.problems.append(_explained(detail, reading, kind))
        return None
    return built


def _named(data: dict[str, object], pathway_id: str, reading: _Reading) -> dict[str, object]:
    """Give the pathway and its steps their ids, and its steps and routes the names left out."""
    steps = data.get("steps")
    if isinstance(steps, dict):
        for step_id in steps:
            _check_step_id(step_id, reading)
        steps = {
            step_id: _named_step(step_id, step) if isinstance(step, dict) else step
            for step_id, step in steps.items()
        }
    return {**data, "id": pathway_id, "steps": steps} if steps is not None else data


def _check_step_id(step_id: str, reading: _Reading) -> None:
    at = reading.marks[("steps", step_id)]
    if step_id in model.RESERVED_IDS:
        fact = f"the step id '{step_id}' is the address of another page"
        reading.add("reserved-id", at, fact, "another id", f"Try '{step_id}-step'.")
    elif not re.fullmatch(model.ID_PATTERN, step_id) or len(step_id) > 80:
        reading.add(
            "bad-step-id",
            at,
            f"the step id '{step_id[:80]}' cannot be used in an address",
            "lower-case letters a-z, digits and single hyphens, 80 at most",
            _mended_id(step_id),
        )


def _named_step(step_id: str, step: dict[str, object]) -> dict[str, object]:
    routes = step.get("next")
    named = {"title": step_id.replace("-", " ").capitalize(), **step, "id": step_id}
    return {**named, "next": _named_routes(routes)} if routes is not None else named


def _named_routes(routes: object) -> object:
    """Make the ids that routes left out: from their `when`, else from where they lead."""
    listed = [routes] if isinstance(routes, str) else routes
    if not isinstance(listed, list):
        return routes
    taken = {route["id"] for route in listed if isinstance(route, dict) and "id" in route}
    named: list[object] = []
    for item in listed:
        route = {"to": item} if isinstance(item, str) else item
        if isinstance(route, dict) and "id" not in route:
            made = _free(slug(str(route.get("when", ""))) or str(route.get("to", "")), taken)
            taken.add(made)
            route = {**route, "id": made}
        named.append(route)
    return named


def _free(name: str, taken: Iterable[str]) -> str:
    """Give the name, or the name with the first number that makes it new."""
    used = set(taken)
    tries = (name if n == 1 else f"{name}-{n}" for n in range(1, len(used) + 2))
    return next(attempt for attempt in tries if attempt not in used)


def slug(text: str) -> str:
    """Make a name for an address from a text in any script.

    >>> slug("No, or the pain came back")
    'no-or-the-pain-came-back'
    >>> slug("はい")
    'はい'
    """
    return "-".join(re.findall(r"[^\W_]+", text.casefold()))[:80].strip("-")


def _mended_id(name: str) -> str:
    """Suggest the nearest name that is allowed."""
    mended = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:80].strip("-")
    return f"Try '{mended}'." if mended else ""


_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "a text",
        "string_too_short": "a text that is not empty",
        "tuple_type": "a list",
        "list_type": "a list",
        "dict_type": "keys and values",
        "too_short": "at least one",
        "model_type": "keys and values",
        "model_attributes_type": "keys and values",
        "bool_type": "true or false",
        "bool_parsing": "true or false",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "greater_than_equal": "a year of four digits",
        "less_than_equal": "a year of four digits",
        "string_too_long": "a shorter text",
    }
)
"""What was expected, by pydantic's name for the mistake."""


def _what(value: object) -> str:
    """Name a value in a maintainer's words.

    >>> _what([1]), _what("maybe")
    ('a list', "the text 'maybe'")
    """
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else f"the text '{str(value)[:60]}'"


def _explained(detail: ErrorDetails, reading: _Reading, kind: type[Model]) -> Problem:
    """Say in a maintainer's words what pydantic found."""
    spot = tuple(part for part in detail["loc"] if part != "[key]")
    where, key = _around(spot), str(spot[-1]) if spot else ""
    at = Place(reading.place, *_nearest(reading.marks, spot))
    if detail["type"] == "extra_forbidden":
        keys = _keys(kind, spot[:-1])
        fact = f"{where}unknown key '{key}'"
        return Problem("unknown-key", at, fact, f"one of: {', '.join(keys)}", near_miss(key, keys))
    if detail["type"] == "missing":
        return Problem("missing-key", at, f"{where}'{key}' is missing", f"a line `{key}: ...`")
    found = _what(detail["input"])
    if detail["type"] == "literal_error":
        choices = (
            str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "")
        )
        hint = near_miss(str(detail["input"]), choices.split(", "))
        return Problem(
            "unknown-value", at, f"{where}'{key}' is {found}", f"one of: {choices}", hint
        )
    expected = _TYPES.get(detail["type"]) or _PATTERNS.get(key, "something else")
    if spot[2:3] == ("next",) and key == "id":
        expected = "letters, digits and hyphens"
    return Problem("wrong-type", at, f"{where}'{key}' is {found}", expected)


_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "reviewed": "a day, such as 2026-11-23",
        "review_due": "a day, such as 2026-11-23",
        "language": "a language tag, such as en or pt-BR",
        "url": "an address that begins with https:// or http://",
        "id": "lower-case letters a-z, digits and single hyphens",
    }
)
"""What was expected, by key, where the key has a form of its own."""


def _around(spot: Spot) -> str:
    """Name what a problem is in: the step, and the route by its number."""
    named = {"steps": "step", "sources": "source", "statements": "statement", "terms": "term"}
    parts: list[str] = []
    if len(spot) > 2 and spot[0] in named:
        parts.append(f"{named[str(spot[0])]} '{spot[1]}'")
    if len(spot) > 4 and spot[2] == "next" and isinstance(spot[3], int):
        parts.append(f"route {spot[3] + 1}")
    return ", ".join(parts) + ": " if parts else ""


def _nearest(marks: Mapping[Spot, tuple[int, int]], spot: Spot) -> tuple[int, int]:
    """Find the place of a value, or of the closest thing around it that was written."""
    for end in range(len(spot), -1, -1):
        if spot[:end] in marks:
            return marks[spot[:end]]
    return (0, 0)


def _keys(kind: type[Model], spot: Spot) -> tuple[str, ...]:
    """List the keys that may stand at a spot of a file."""
    inner: Mapping[tuple[str, int], type[Model]] = {
        ("alerts", 2): model.Alert,
        ("stages", 2): model.Stage,
        ("steps", 2): model.Step,
        ("steps", 4): model.Route,
        ("sources", 2): model.Source,
        ("statements", 2): model.Statement,
        ("terms", 2): model.Term,
        ("scenarios", 2): model.Scenario,
    }
    found = inner.get((str(spot[0]), len(spot)), kind) if spot else kind
    # The id of a step is its key, and that of a pathway its folder.
    hidden = {"id"} if found in {model.Step, model.Pathway} else set()
    return tuple(name for name in found.model_fields if name not in hidden)
