"""What the documents say is so."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from statistics import median

import pytest
import yaml
from click import Group

from conftest import ROOT, definitions
from pathbook import model, wording
from pathbook.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
FORMAT = (ROOT / "docs" / "maintain" / "format.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "maintain" / "index.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MODELS = [
    kind
    for kind in vars(model).values()
    if isinstance(kind, type) and issubclass(kind, model.Model)
]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_every_key_a_maintainer_can_write_is_documented(kind: type[model.Model]) -> None:
    hidden = {"id"} if kind in {model.Step, model.Pathway} else set()
    assert [
        name for name in kind.model_fields if name not in hidden and f"`{name}`" not in FORMAT
    ] == []
    assert all(field.description for field in kind.model_fields.values())


def test_every_command_and_option_is_documented() -> None:
    assert isinstance(main, Group)
    for name, command in main.commands.items():
        assert f"`pathbook {name}" in GUIDE
        for option in command.params:
            if option.param_type_name == "option":
                assert option.opts[0] in GUIDE


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
    for name in ("site", "test"):
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
