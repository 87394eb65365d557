"""Make the JSON Schema of each file, from the same models that the loader uses.

Editors read YAML in their own way: where the loader sees the text `Yes` or `1.0`, they may see a
truth value or a number. The schemas of files that people write take that for what is meant by it.
"""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from pathbook import model
from pathbook.model import Model

MARK = "Written by pathbook"
"""Stands in every schema; a file without it is somebody's own and is never replaced."""

FILES: Mapping[str, type[Model]] = MappingProxyType(
    {
        "pathway": model.Pathway,
        "evidence": model.Evidence,
        "glossary": model.Glossary,
        "scenarios": model.Scenarios,
    }
)
"""What each file of a definition holds, by its name without `.yaml`."""

_ABOUT = ("description", "examples")
_LIMITS = (
    *("pattern", "maxLength", "format", "minimum", "maximum", "exclusiveMinimum"),
    *("minItems", "minProperties", "propertyNames"),
)
_TYPES = ("string", "number", "boolean", "null", "array", "object")
_TRUTH: Mapping[str, bool] = MappingProxyType(
    {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
)
"""Words that YAML 1.1 takes for truth values: https://yaml.org/type/bool.html."""


def files() -> dict[str, str]:
    """Give the schemas of the files that people write, by their own file names."""
    made = {f"{name}.schema.json": written(kind, f"{name}.yaml") for name, kind in FILES.items()}
    return {name: as_json(found) for name, found in made.items()}


def written(kind: type[Model], title: str) -> JsonSchemaValue:
    """Give the schema of what people write."""
    return _framed(kind.model_json_schema(schema_generator=_InOrder), title, _as_seen)


def generated(kind: type[Model], title: str) -> JsonSchemaValue:
    """Give the schema of what we write."""
    found = kind.model_json_schema(schema_generator=_InOrder, mode="serialization")
    return _framed(found, title, lambda value, _: value)


def as_json(data: object) -> str:
    """Write JSON that a person can read and a comparison can follow."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def folded(text: str) -> str:
    r"""Put each paragraph of a docstring on a line of its own.

    >>> folded("One\ntwo.\n\nThree.")
    'One two.\n\nThree.'
    """
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


class _InOrder(GenerateJsonSchema):
    """Keeps the order of the models, where pydantic goes by the alphabet."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002
        """Leave everything where it is."""
        return value


Finish = Callable[[JsonSchemaValue, bool], JsonSchemaValue]
"""What is done to the schema of a key, which is needed or not."""


def _framed(found: JsonSchemaValue, title: str, finish: Finish) -> JsonSchemaValue:
    """Say what a schema is for, and finish each key of each of its parts."""
    parts = found.pop("$defs", {})
    whole = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$comment": f"{MARK}: what you change here is lost when it is written again.",
        "title": title,
        **_model(found, finish),
    }
    finished = {name: _model(part, finish) for name, part in parts.items()}
    return {**whole, "$defs": finished} if finished else whole


def _model(found: JsonSchemaValue, finish: Finish) -> JsonSchemaValue:
    """Finish the schema of a model; its titles are names in our code, and go."""
    needed = found.get("required", ())
    keys = {key: finish(value, key in needed) for key, value in found["properties"].items()}
    return {**_described(found), "properties": {key: _described(keys[key]) for key in keys}}


def _described(found: JsonSchemaValue) -> JsonSchemaValue:
    told = {"description": folded(found["description"])} if "description" in found else {}
    return {**told, **{key: found[key] for key in found if key not in {"title", *told}}}


def _as_seen(found: JsonSchemaValue, needed: bool = True) -> JsonSchemaValue:
    """Let a value be what is meant, or what an editor may see in its place.

    An editor that is told `boolean` or `null` offers these words, so what is only put up with is
    told the other way round: no other type.
    """
    choices = [part for part in found.get("anyOf", [found]) if part.get("type") != "null"]
    about: JsonSchemaValue = {key: found[key] for key in _ABOUT if key in found}
    if isinstance(default := found.get("default"), bool | int | float | str) and default != "":
        about["default"] = default
    apart = [{key: part[key]} for part in choices for key in ("$ref", "enum") if key in part]
    types = [part["type"] for part in choices if "type" in part and "enum" not in part]
    seen = set() if needed else {"null"}
    limits: JsonSchemaValue = {}
    for part in choices:
        others, their_limits = _seen_instead(part)
        seen |= others
        limits |= _limits(part) | their_limits
    meant = [*([{"type": types if len(types) > 1 else types[0]}] if types else []), *apart]
    other = [{"not": {"type": [name for name in _TYPES if name not in seen]}}] if seen else []
    if len(meant) + len(other) == 1:
        return {**about, **meant[0], **limits}
    return {**about, **limits, "anyOf": [*meant, *other]}


def _limits(part: JsonSchemaValue) -> JsonSchemaValue:
    """Give what a schema says about the values of its own type."""
    found = {key: part[key] for key in _LIMITS if key in part}
    if "minLength" in part:
        found["pattern"] = r"\S"
    if part.get("format") == "date":  # not every program looks at formats
        found["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            found[key] = _as_seen(part[key])
    return found


def _seen_instead(part: JsonSchemaValue) -> tuple[set[str], JsonSchemaValue]:
    """Tell the types that an editor may see where this one is meant, and their limits."""
    if "enum" in part:
        truths = {_TRUTH[word] for word in part["enum"] if word in _TRUTH}
        return ({"boolean"}, {"not": {"const": not truths.pop()}}) if truths else (set(), {})
    match part.get("type"):
        case "boolean":
            words = "|".join(form for word in _TRUTH for form in (word, word.title(), word.upper()))
            return {"string", "number"}, {
                "pattern": f"^({words}|[YNTFyntf01])$",
                "minimum": 0,
                "maximum": 1,
                "multipleOf": 1,
            }
        case "integer":
            least, most = (len(str(part[key])) for key in ("minimum", "maximum"))
            return {"string"}, {"pattern": f"^[0-9]{{{least},{most}}}$"}
        case "number":
            return {"string"}, {"pattern": r"^(?=.*[1-9])[0-9]*\.?[0-9]*$"}
        case "string" if "format" not in part:
            return _seen_in_text(part.get("pattern", ""))
    return set(), {}


def _seen_in_text(pattern: str) -> tuple[set[str], JsonSchemaValue]:
    """Tell what an editor may see where a text of this pattern is meant.

    >>> _seen_in_text("^[a-z]+$")
    ({'boolean'}, {})
    """
    fits = {sample for sample in ("no", "1", "1.5", "-1") if re.search(pattern, sample)}
    limits: JsonSchemaValue = {} if "1.5" in fits else {"multipleOf": 1}
    limits |= {} if "-1" in fits else {"minimum": 0}
    boolean = {"boolean"} if "no" in fits else set()
    return (boolean | {"number"}, limits) if "1" in fits else (boolean, {})
