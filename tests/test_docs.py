"""What the documents say is so."""

import json
import re
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from statistics import median

import pytest
import yaml
from click import Group, Option

from conftest import ROOT, definitions
from pathbook import model, reference, schema, wording
from pathbook.cli import main
from pathbook.reading import read_yaml

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAINTAIN = ROOT / "docs" / "maintain"
FORMAT = (MAINTAIN / "format.md").read_text(encoding="utf-8")
GUIDE = (MAINTAIN / "index.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MODELS = [
    kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, model.Model)
]


UNWRITTEN = {model.Model, model.Given}
"""Not written as keys: what all models share, and an answer, which is a key and its value."""


def sections(path: Path) -> dict[str, list[list[str]]]:
    """Read a page: what stands in the rows of the tables below each heading."""
    parts = re.split(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    rows = (re.findall(r"^\| (.*) \|$", part, re.MULTILINE)[2:] for part in parts[2::2])
    cells = ([re.split(r" ?(?<!\\)\| ", row) for row in part] for part in rows)
    return dict(zip(parts[1::2], cells, strict=True))


def test_what_is_listed_is_what_the_program_knows(golden: Callable[[Path, str], None]) -> None:
    assert isinstance(main, Group)
    golden(MAINTAIN / "keys.md", reference.keys())
    golden(MAINTAIN / "commands.md", reference.commands(main))
    golden(MAINTAIN / "rules" / "index.md", reference.rules())


@pytest.mark.parametrize(
    "kind", [kind for kind in MODELS if kind not in UNWRITTEN], ids=lambda kind: kind.__name__
)
def test_every_key_a_maintainer_can_write_is_documented(kind: type[model.Model]) -> None:
    files = {kind: f"{name}.yaml" for name, kind in schema.FILES.items()}
    heading = files.get(kind) or reference.HEADINGS.get(kind.__name__, kind.__name__)
    rows = sections(MAINTAIN / "keys.md")[heading]
    hidden = {"id"} if kind in {model.Step, model.Pathway} else set()
    fields = {key: field for key, field in kind.model_fields.items() if key not in hidden}
    assert [re.findall(r"`(\w+)`", row[0])[0] for row in rows] == list(fields)
    for row, (key, field) in zip(rows, fields.items(), strict=True):
        assert field.description
        assert schema.folded(field.description) in row[1]
        assert row[1].startswith("Needed. ") == field.is_required(), key
        assert row[2], key


def test_an_example_of_a_key_can_be_copied(folder: Path) -> None:
    for found in (schema.written(kind, name) for name, kind in schema.FILES.items()):
        for part in (found, *found.get("$defs", {}).values()):
            for key in part["properties"].values():
                for example in key["examples"]:
                    (folder / "file.yaml").write_text(f"key: {reference.as_yaml(example)}\n")
                    as_text = json.loads(json.dumps(example), parse_int=str)
                    expected = "true" if example is True else as_text
                    assert read_yaml(folder / "file.yaml").data == {"key": expected}


def test_every_command_and_option_is_documented() -> None:
    assert isinstance(main, Group)
    found = sections(MAINTAIN / "commands.md")
    assert {heading.removeprefix("pathbook ") for heading in found if heading[0] == "p"} == set(
        main.commands
    )
    for name, command in main.commands.items():
        rows = found[f"pathbook {name}"]
        assert len(rows) == len(command.params)
        for option, row in zip(command.params, rows, strict=True):
            word = option.opts[0] if isinstance(option, Option) else option.human_readable_name
            assert row[0].startswith(f"`{word.strip('[]')}"), (name, word)
            assert row[1], (name, word)


def test_every_command_that_the_documents_name_exists() -> None:
    assert isinstance(main, Group)
    named = set(re.findall(r"`?pathbook ([a-z]+)\b", GUIDE + FORMAT + README))
    assert {"check", "figures", "write"} <= named <= set(main.commands)


def test_every_make_target_that_the_documents_name_exists() -> None:
    made = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = set(
        re.findall(r"`?make ([a-z]+)`?$|`make ([a-z]+)`", README + CONTRIBUTING, re.MULTILINE)
    )
    targets = {word for pair in named for word in pair if word}
    assert {"site", "test", "serve", "check"} <= targets <= made


def test_the_example_in_the_readme_is_a_complete_book(folder: Path) -> None:
    text = re.search(r"```yaml\n(title:.*?)```", README, re.DOTALL)
    assert text is not None
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(text.group(1))
    assert len(definitions(folder / "flow")) == 1


def test_every_library_is_given_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [
        *project["project"]["dependencies"],
        *chain.from_iterable(project["dependency-groups"].values()),
    ]
    names = {re.split(r"[><=]", line)[0] for line in needed}
    assert [
        name for name in names if not name.startswith("types-") and name not in CONTRIBUTING
    ] == []


def test_every_module_stands_in_the_layout() -> None:
    modules = [path.name for path in (ROOT / "build_tools" / "pathbook").glob("[!_]*.py")]
    assert [name for name in modules if f"  {name} " not in CONTRIBUTING] == []


def test_locks_hold_hashes_and_no_address() -> None:
    for name in ("site", "test", "bench"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        pinned = re.findall(r"^[\w.-]+(?:\[\w+\])?==", text, re.MULTILINE)
        assert len(pinned) > 25
        assert text.count("--hash=sha256:") >= len(pinned)


def test_the_score_card_gives_the_figures_that_the_commands_give() -> None:
    card = (ROOT / "docs" / "decisions" / "0007-score-card.md").read_text(encoding="utf-8")
    found = definitions(ROOT / "flow")[0]
    measured = [measures for _, measures in wording.measured(found)]
    grades = [measures.grade for measures in measured]
    longest, mean = max(max(m.lengths) for m in measured), max(m.mean for m in measured)
    unchecked = [s for s in found.evidence.statements.values() if not s.shown]
    for words in (
        f"| 0 of {len(found.evidence.statements)} |",
        f"median {median(grades):.1f}, highest {max(grades):.1f};",
        f"| {longest}; {mean:.1f} words;",
        f"{len(found.glossary.terms)} terms |",
        f"shown | 0 of {len(unchecked)} |",
    ):
        assert words in card


def test_the_site_names_its_pathways_where_readers_look_first() -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert config["nav"][0] == "pathbook"


def test_the_example_of_all_keys_is_right(folder: Path) -> None:
    pathway, evidence, *_ = re.findall(r"```yaml\n(.*?)```", FORMAT, re.DOTALL)
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(pathway)
    (knee / "evidence.yaml").write_text(evidence)
    assert len(definitions(folder / "flow")) == 1
