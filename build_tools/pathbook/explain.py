"""Say in a maintainer's words why a file does not fit its model."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args, get_origin

from pydantic_core import ErrorDetails

from pathbook import model
from pathbook.model import Model, Spot
from pathbook.problems import Place, Problem, near_miss
from pathbook.reading import Reading, nearest

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
        "float_type": "a number",
        "float_parsing": "a number",
        "greater_than": "a number above 0",
        "finite_number": "a number above 0",
        "greater_than_equal": "a year of four digits",
        "less_than_equal": "a year of four digits",
        "string_too_long": "a shorter text",
    }
)
"""What was expected, by pydantic's name for the mistake."""


def what(value: object) -> str:
    """Name a value in a maintainer's words.

    >>> what([1]), what("maybe")
    ('a list', "the text 'maybe'")
    """
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else f"the text '{str(value)[:60]}'"


def explained(detail: ErrorDetails, reading: Reading, kind: type[Model]) -> Problem:
    """Say in a maintainer's words what pydantic found."""
    spot = tuple(part for part in detail["loc"] if part != "[key]")
    where, key = _around(spot), _named(spot)
    at = Place(reading.place, *nearest(reading.marks, spot))
    if detail["type"] == "extra_forbidden":
        keys = _keys(kind, spot[:-1])
        fact = f"{where}unknown key '{key[:80]}'"
        return Problem("unknown-key", at, fact, f"one of: {', '.join(keys)}", near_miss(key, keys))
    if detail["type"] == "missing":
        kinds = f", one of: {', '.join(get_args(model.Kind))}" if key == "kind" else ""
        fact = f"{where}'{key}' is missing"
        return Problem("missing-key", at, fact, f"a line `{key}: ...`{kinds}")
    found = what(detail["input"])
    if detail["type"] == "literal_error":
        choices = (
            str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "")
        )
        hint = near_miss(str(detail["input"]), choices.split(", "))
        return Problem(
            "unknown-value", at, f"{where}'{key}' is {found}", f"one of: {choices}", hint
        )
    if detail["type"] == "too_short" and isinstance(detail["input"], str):
        return Problem("wrong-type", at, f"{where}'{key}' is empty", "a text that is not empty")
    expected = _TYPES.get(detail["type"]) or _PATTERNS.get(key, "something else")
    if spot[2:3] == ("next",) and key == "id":
        expected = "letters, digits and hyphens"
    return Problem("wrong-type", at, f"{where}'{key}' is {found}", expected)


_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "updated": "a day, such as 2026-11-23",
        "reviewed": "a day, such as 2026-11-23",
        "review_due": "a day, such as 2026-11-23",
        "until": "a day, such as 2026-11-23",
        "language": "a language tag, such as en or pt-BR",
        "url": "an address that begins with https:// or http://",
        "id": "lower-case letters a-z, digits and single hyphens",
    }
)
"""What was expected, by key, where the key has a form of its own."""


def _named(spot: Spot) -> str:
    """Name what is wrong: its key, or for an item of a list that of the list with its number."""
    if len(spot) > 1 and isinstance(spot[-1], int):
        return f"{spot[-2]} {spot[-1] + 1}"
    return str(spot[-1]) if spot else ""


def _around(spot: Spot) -> str:
    """Name what a problem is in: the step, and the route by its number."""
    named = {"steps": "step", "sources": "source", "statements": "statement", "terms": "term"}
    parts: list[str] = []
    if len(spot) > 2 and isinstance(spot[1], int):
        parts.append(f"{str(spot[0]).removesuffix('s')} {spot[1] + 1}")
    if len(spot) > 2 and spot[0] in named:
        parts.append(f"{named[str(spot[0])]} '{spot[1]}'")
    if len(spot) > 4 and spot[2] == "next" and isinstance(spot[3], int):
        parts.append(f"route {spot[3] + 1}")
    return ", ".join(parts) + ": " if parts else ""


def _keys(kind: type[Model], spot: Spot) -> tuple[str, ...]:
    """List the keys that may stand at a spot of a file."""
    found, parts = kind, iter(spot)
    for part in parts:
        if field := found.model_fields.get(str(part)):
            found = _model_in(field.annotation) or found
            if get_origin(field.annotation) is dict:
                next(parts, None)  # an id
    # The id of a step is its key, and that of a pathway its folder.
    hidden = {"id"} if found in {model.Step, model.Pathway} else set()
    return tuple(name for name in found.model_fields if name not in hidden)


def _model_in(annotation: object) -> type[Model] | None:
    """Find the model that a type is made of, such as that of the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next((found for found in inner if found), None)
