"""An editor that knows the schemas helps with every key, and marks as wrong only what is wrong."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from conftest import PATHWAYS, SHIPPED, TESTS
from pathbook import book, load, model, pages, schema
from pathbook.cli import main
from pathbook.model import Model
from pathbook.problems import PathbookError
from pathbook.reading import read_yaml

MODELS = [
    kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, Model)
]
SCHEMAS = {name: schema.written(kind, name) for name, kind in schema.FILES.items()}
WRITTEN = {name for found in SCHEMAS.values() for name in found.get("$defs", {})} | {
    kind.__name__ for kind in schema.FILES.values()
}
FILES = sorted(path for base in (SHIPPED, PATHWAYS) for path in base.glob("*/*.yaml"))

SAID_WRONG_BY_EDITORS = {
    "empty-file",
    "missing-key",
    "unknown-key",
    "unknown-value",
    "wrong-type",
    "bad-step-id",
    "reserved-id",
}
"""Problems of keys and values, as opposed to names that lead nowhere."""

VALUES = """
    Yes|no|on|off|true|false|True|y|perhaps||~|0|1|2|-1|1.0|1.5|0.1.0|9|90|1:30|999|2016|3000
    "0"|"9"|"999"|"2016"|2026-11-23|"2026-11-23"|2026-13-01 x|last week|""|" "|knee|Sore knee|a_b
    en|pt-BR|https://example.org/a|www.example.org|one|all|draft|state|emergency|agrees|full|error
    []|[a]|[a, 1, no]|[[a]]|[~]|[""]|[Old Id]|[{to: a}]|[{to: a, nxet: b}]|[{text: a}]|{}|{text: a}
    {to: a}|{a: b}|{a: no}|{a: off}|{a: {kind: state}}|{a: {title: b}}|{a: {text: b, source: c}}
    [{id: a, title: b}]|[{title: b}]|[{level: urgent, title: a, text: b}]|{aim: a}|{grade: 3}
""".strip()
TOKENS = [token for line in VALUES.split("\n") for token in line.strip().split("|")]
"""What someone may write after a key."""


def validator(found: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(found, format_checker=Draft202012Validator.FORMAT_CHECKER)


def as_1_1(text: bytes) -> object:
    """Read a text by the rules of YAML 1.1, where `no` is false and 1:30 is 90, as JSON has it."""
    return seen(yaml.load(text, Loader=yaml.CSafeLoader))


def seen(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): seen(item) for key, item in value.items()}
    if isinstance(value, list):
        return [seen(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_every_key_of_every_model_has_an_example() -> None:
    hidden = {(model.Step, "id"), (model.Pathway, "id")}
    assert [
        f"{kind.__name__}.{name}"
        for kind in MODELS
        for name, field in kind.model_fields.items()
        if not field.examples and (kind, name) not in hidden
    ] == []


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_every_example_is_right(kind: type[Model]) -> None:
    fields = kind.model_fields
    needed = {name: field.examples[0] for name, field in fields.items() if field.is_required()}  # type: ignore[index]
    for name, field in fields.items():
        for example in field.examples or ():
            kind.model_validate({**needed, name: example})
            if kind.__name__ in WRITTEN:
                validator(schema.written(kind, "")).validate({**needed, name: example})


def keys(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (found, *found.get("$defs", {}).values()):
        yield from part["properties"].items()


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_editor_explains_every_key_and_shows_nothing_of_the_code(name: str) -> None:
    found = SCHEMAS[name]
    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["description"].endswith(f"`{name}.yaml`.")
    assert [key for key, value in keys(found) if not value["description"]] == []
    assert [key for key, value in keys(found) if not value["examples"]] == []
    assert [key for key, value in keys(found) if "\n" in value["description"]] == []
    for part in (found, *found.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        assert {"inferred", "model_config"}.isdisjoint(part["properties"])
    text = json.dumps(found)
    assert not re.search(r'"type": "null"|"default": (null|""|\[\]|\{)|\\\\"', text)


def test_an_editor_offers_the_words_that_may_stand_there_and_says_what_holds_without() -> None:
    parts = SCHEMAS["pathway"]["$defs"] | SCHEMAS["evidence"]["$defs"]
    assert parts["Step"]["properties"]["kind"]["enum"][:2] == ["state", "decision"]
    assert {"enum": ["one", "any", "all"]} in parts["Step"]["properties"]["take"]["anyOf"]
    assert parts["Statement"]["properties"]["checked"]["default"] == "full"
    assert parts["Route"]["properties"]["optional"]["default"] is False
    assert parts["Content"]["properties"]["grade"]["default"] == 9
    assert "id" not in parts["Step"]["properties"]
    assert "default" not in parts["Step"]["properties"]["summary"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_editor_marks_nothing_in_a_file_that_is_right(path: Path) -> None:
    found = validator(SCHEMAS[path.stem])
    found.validate(read_yaml(path).data)
    found.validate(as_1_1(path.read_bytes()))


def wrong_files() -> list[Path]:
    found = []
    for path in sorted((TESTS / "mistakes").glob("*/*.yaml")):
        try:
            as_1_1(path.read_bytes())
        except yaml.YAMLError:
            continue  # every editor marks that without a schema
        found.append(path)
    return [path for path in found if path.stem in SCHEMAS]


@pytest.mark.parametrize("path", wrong_files(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_editor_marks_a_mistake_in_keys_and_values_and_no_other(path: Path) -> None:
    problems = load.definition(path.parent)[1]
    said = {problem.code for problem in problems if problem.place.file.endswith(path.name)}
    good = validator(SCHEMAS[path.stem]).is_valid(as_1_1(path.read_bytes()))
    assert good == SAID_WRONG_BY_EDITORS.isdisjoint(said), said


def is_taken(kind: type[Model], data: object) -> bool:
    try:
        kind.model_validate(data)
    except ValidationError:
        return False
    return True


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the loader makes of each value; one that it takes for nothing is missing."""
    path = tmp_path_factory.mktemp("values") / "file.yaml"
    lines = (f"{number}: {token}\n" for number, token in enumerate(TOKENS))
    path.write_text("".join(lines), encoding="utf-8")
    data = read_yaml(path).data
    assert isinstance(data, dict)
    return {token: data[str(n)] for n, token in enumerate(TOKENS) if str(n) in data}


@pytest.mark.parametrize(
    "kind", [kind for kind in MODELS if kind.__name__ in WRITTEN], ids=lambda kind: kind.__name__
)
def test_an_editor_takes_just_what_pathbook_takes(
    kind: type[Model], read: dict[str, object]
) -> None:
    found = schema.written(kind, "")
    editor = validator(found)
    needed = {key: found["properties"][key]["examples"][0] for key in found.get("required", ())}
    for key in found["properties"]:
        others = {name: value for name, value in needed.items() if name != key}
        # Several ways to write can look the same to an editor, such as `no` and `false`.
        alike: dict[str, dict[str, bool]] = defaultdict(dict)
        for token in TOKENS:
            data = {**others, key: read[token]} if token in read else others
            alike[json.dumps(as_1_1(token.encode()))][token] = is_taken(kind, data)
        for value, taken in alike.items():
            assert editor.is_valid({**others, key: json.loads(value)}) == any(taken.values()), (
                key,
                taken,
            )


@pytest.mark.parametrize(
    "name", ["a", "a-1", "2", "A", "a_b", "a--b", "", "evidence", "urgent", "x" * 80, "x" * 81]
)
def test_an_editor_takes_the_same_step_ids_as_pathbook(name: str, folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(
        f'title: Knee\nstart: "{name}"\nsteps:\n  "{name}": {{kind: outcome}}\n'
    )
    taken = not load.definition(knee)[1]
    data = read_yaml(knee / "pathway.yaml").data
    assert validator(SCHEMAS["pathway"]).is_valid(data) == taken


def test_a_maintainer_gets_the_schemas_for_an_editor_and_new_ones_later(folder: Path) -> None:
    for _ in range(2):
        result = CliRunner().invoke(main, ["schema", "flow/.schema"])
        assert result.exit_code == 0
        assert result.output.startswith("Wrote 4 schemas into flow/.schema.\n")
    site = pages.assets()
    for name in SCHEMAS:
        text = (folder / "flow" / ".schema" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert text == site[f"schema/{name}.schema.json"].text
    assert book.read(folder / "flow").problems[0].code == "no-pathway"


def test_a_file_that_somebody_wrote_is_never_lost_to_a_schema(folder: Path) -> None:
    own = folder / "scenarios.schema.json"
    own.write_bytes(b"\xff my own")
    with pytest.raises(PathbookError, match=r"scenarios.schema.json exists and was not written"):
        book.write_schemas(folder)
    assert own.read_bytes() == b"\xff my own"
    assert [path.name for path in folder.iterdir()] == [own.name]
    result = CliRunner().invoke(main, ["schema", str(folder)])
    assert result.exit_code == 1
    assert result.output.startswith("error: ")


def test_a_place_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(PathbookError, match="cannot be written"):
        book.write_schemas(folder / "file" / "below")
