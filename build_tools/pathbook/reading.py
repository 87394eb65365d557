"""Read a file of a definition: from bytes to text to plain data, with the place of every part."""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from errno import EINVAL
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

import yaml

from pathbook.model import Spot
from pathbook.problems import Place, Problem

LARGEST_FILE = 20_000_000
"""Bytes. More than any pathway needs, and little enough to read without harm."""

LONGEST_TEXT = 30_000
"""Characters of one text, such as a page. Longer ones can keep Markdown busy for minutes."""

MOST_STEPS = 2_000
"""Far more than a chart can show; the time for some rules grows with the square of the number."""

MOST_PARTS = 100_000
"""Texts, lists and mappings in one file."""

DEEPEST = 20
"""How far lists and mappings may be nested; a definition needs seven."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNSEEN = re.compile(f"{_CONTROL.pattern}|[\r\x85\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What could move the cursor of a terminal, or turn the direction of its text."""

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_BY_ID: frozenset[Spot] = frozenset({("steps",), ("sources",), ("statements",), ("terms",)})
"""Where keys are ids and not names of what is said."""


class _TooMuchError(Exception):
    """Holds more than any definition needs: code, place, fact and what was expected."""


@dataclass
class Reading:
    """What one file held, and what was wrong with it."""

    place: str
    """Name of the file in problems."""
    data: object = None
    marks: dict[Spot, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(
        self, code: str, at: tuple[int, int], fact: str, expected: str = "", hint: str = ""
    ) -> None:
        """Note a problem at a line and column of this file."""
        self.problems.append(Problem(code, Place(self.place, *at), fact, expected, hint))


def shown(path: Path) -> str:
    """Name a path the way the maintainer does: from the folder they work in."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (a link is named, not followed)
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else path).as_posix()


def nearest(marks: Mapping[Spot, tuple[int, int]], spot: Spot) -> tuple[int, int]:
    """Find the place of a value, or of the closest thing around it that was written."""
    for end in range(len(spot), -1, -1):
        if spot[:end] in marks:
            return marks[spot[:end]]
    return (0, 0)


def read_text(path: Path, reading: Reading) -> str | None:
    """Read a file as UTF-8 text without control characters, or note why that is not possible."""
    try:
        found = path.stat()
        if not S_ISREG(found.st_mode):  # a pipe or a device might never end
            raise OSError(EINVAL, "it is no ordinary file")  # noqa: TRY301 (told below)
        size = found.st_size
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
        raw = raw.removeprefix(BOM_UTF8)
        text = raw.decode()
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode()
        reading.add(
            "not-utf8",
            _line_and_column(good),
            f"the byte 0x{raw[error.start]:02x} is not UTF-8 text",
            "a file saved as UTF-8",
            "In your editor, choose 'Save with encoding' and then UTF-8.",
        )
        return None
    if match := _CONTROL.search(text):
        _note_control(match, _line_and_column(text[: match.start()]), reading)
        return None
    return text


def too_long(text: str) -> tuple[str, str]:
    """Say that a text is too long, and what was expected."""
    return f"the text has {len(text):,} characters", f"{LONGEST_TEXT:,} at most"


def _note_control(match: re.Match[str], at: tuple[int, int], reading: Reading) -> None:
    code = f"U+{ord(match.group()):04X}"
    reading.add("control-character", at, f"there is an invisible control character ({code})")


def line_of(place: Place) -> str:
    """Give the line of a place; nothing where there is none or it cannot be read."""
    path = Path(place.file)
    try:
        found = path.stat()
        readable = place.line and path.is_file() and found.st_size <= LARGEST_FILE
        lines = _lines(path, found.st_mtime_ns, found.st_size) if readable else ()
    except OSError:
        return ""
    return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


@lru_cache(maxsize=4)
def _lines(path: Path, changed: int, size: int) -> tuple[str, ...]:  # noqa: ARG001 (for the cache)
    """Give the lines of a file; many problems may be in the same one."""
    raw = path.read_bytes()
    return tuple(raw.removeprefix(BOM_UTF8).decode(errors="replace").split("\n"))


def visible(text: str) -> str:
    r"""Write a text so that it can do nothing to a terminal, and keeps its length.

    >>> visible("a\x1b[1mb\tc")
    'a�[1mb c'
    """
    return _UNSEEN.sub("�", text.replace("\t", " "))


def _line_and_column(before: str) -> tuple[int, int]:
    r"""Count to the spot that comes after a text.

    >>> _line_and_column("a: b\nc:")
    (2, 3)
    """
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def read_yaml(path: Path) -> Reading:
    """Read a YAML file into lists, mappings and texts, with the place of each."""
    reading = Reading(shown(path))
    text = read_text(path, reading)
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
        if rest := next((e for e in events if isinstance(e, yaml.DocumentStartEvent)), None):
            at = _at(rest)
            reading.add(
                "broken-yaml", at, "a second document begins here (---)", "one document in a file"
            )
    except yaml.MarkedYAMLError as error:
        if error.context_mark and "quoted scalar" in str(error.context):
            at = (error.context_mark.line + 1, error.context_mark.column + 1)
            reading.add(
                "open-quote", at, "a quote opens here and is not closed", "a quote at its end"
            )
            return reading
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
    except _TooMuchError as error:
        reading.add(*error.args)
    return reading


def _yaml_hint(text: str, at: tuple[int, int]) -> str:
    """Guess the slip behind YAML that does not parse, from the line it was noticed on."""
    lines = text.splitlines()
    line = lines[at[0] - 1] if at[0] <= len(lines) else ""
    if "\t" in line:
        return "There is a tab in this line; indent with spaces."
    before = lines[at[0] - 2] if at[0] > 1 else ""
    for one in (line, before):
        if re.match(r"\s*(- )?[a-z_]+:[^\s/:]", one):
            return f"A space is missing after a colon: {one.strip()[:40]}"
        if re.match(r"\s*-[^\s-]", one):
            return f"A space is missing after a hyphen: {one.strip()[:40]}"
    if re.search(r":\s+[^'\"|>\[{]*:\s", line + " "):
        return 'A text that holds a colon needs quotes around it: title: "Scans: look again".'
    if re.search(r"(:|-)\s+[@`%&*!|>\[\]{},?#]", line):
        return "A text that begins with a special character needs quotes around it."
    return "Look at the indentation and the quotes in this line and the one above it."


def _is_nothing(event: yaml.Event) -> bool:
    """Tell an unquoted nothing, as in `summary:`, which means that the value was left out."""
    return isinstance(event, yaml.ScalarEvent) and not event.style and event.value in {"", "~"}


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _plain(event: yaml.Event, events: Iterator[yaml.Event], spot: Spot, reading: Reading) -> object:
    """Turn YAML events into lists, mappings and texts, and note where each part stands.

    Working on events and not on PyYAML's values keeps every text as it was written, `Yes` and
    `1:30` included, and cannot be made to recurse or multiply without end.
    """
    reading.marks.setdefault(spot, _at(event))
    _limit(event, spot, reading)
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
    if _is_nothing(event):
        return None
    value = str(getattr(event, "value", ""))
    if match := _CONTROL.search(value):  # written as an escape, such as "\x1b"
        _note_control(match, _at(event), reading)
    return value


def _limit(event: yaml.Event, spot: Spot, reading: Reading) -> None:
    """Stop where a file holds more than any definition needs."""
    if len(spot) > DEEPEST:
        fact = "lists or mappings are nested far too deeply"
        raise _TooMuchError("broken-yaml", _at(event), fact)
    if len(reading.marks) > MOST_PARTS:
        fact = f"the file holds more than {MOST_PARTS:,} values"
        raise _TooMuchError("large-file", _at(event), fact, "no more than a person can read")
    if isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST_TEXT:
        raise _TooMuchError("large-file", _at(event), *too_long(event.value))


def _mapping(events: Iterator[yaml.Event], spot: Spot, reading: Reading) -> dict[str, object]:
    data: dict[str, object] = {}
    first: dict[str, int] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        name = key.value if isinstance(key, yaml.ScalarEvent) else ""
        _limit(key, spot, reading)
        if spot == ("steps",) and len(data) == MOST_STEPS:
            fact = f"there are more than {MOST_STEPS:,} steps"
            raise _TooMuchError("large-file", _at(key), fact, "several pathways that lead on")
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
        if name not in first and (plain is not None or spot in _BY_ID):
            # A step without a word below it is there all the same, and has no kind.
            data[name] = {} if plain is None else plain
        first.setdefault(name, _at(key)[0])
    return data
