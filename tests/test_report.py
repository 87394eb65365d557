"""What was found reaches people in the terminal, and programs in forms that they know."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conftest import TESTS
from pathbook.check import RULES
from pathbook.cli import main
from pathbook.excerpt import excerpt
from pathbook.problems import Place

FORMATS = ["text", "json", "github", "sarif"]

BROKEN = """\
title: Knee
start: pain
rules:
  excused:
    - {rule: unasked-question, at: pain, reason: "A form, 100 %", until: 2027-01-01}
steps:
  pain:
    kind: decision
    title: Pain
    next: [{when: Yes, to: walk}, {when: No, to: "sc\\u202ean"}]
  walk: {kind: outcome}
  "sc\\u202ean": {kind: outcome}
"""


@pytest.fixture
def knee(folder: Path) -> Path:
    """A pathway with an error and a warning in several files."""
    knee = folder / "flow" / "knee"
    (knee / "pages").mkdir(parents=True)
    (knee / "pathway.yaml").write_text(
        "title: Knee\nstart: pain\nsteps:\n"
        "  pain: {kind: decision, next: [{when: Yes, to: wlak}, {when: No, to: walk}]}\n"
        "  walk: {kind: outcome}\n"
    )
    (knee / "pages" / "walk.md").write_text("See [100 %, really](a,b:c.md).\n")
    return knee


def run(form: str) -> Any:
    return CliRunner().invoke(main, ["check", "--format", form], catch_exceptions=False)


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_says_the_same_about_a_broken_pathway(
    form: str, knee: Path, golden: Callable[[Path, str], None]
) -> None:
    result = run(form)
    assert result.exit_code == 1
    text = re.sub(r'"rules": \[\n.*?\n     \]', '"rules": []', result.stdout, flags=re.DOTALL)
    text = re.sub(r'"(version|generator)": "[^"]*[0-9]\.[0-9]+\.[0-9a-z]+"', r'"\1": "0"', text)
    golden(TESTS / "golden" / "report" / f"broken.{form}.txt", text)


@pytest.mark.parametrize("form", FORMATS)
def test_the_last_line_says_how_much_was_checked_in_every_format(form: str, knee: Path) -> None:
    result = run(form)
    assert result.output.splitlines()[-1] == (
        "2 errors found. Checked 1 pathway, 2 steps, 2 routes, 0 statements, 1 page,"
        f" {len(RULES)} rules."
    )


def test_programs_get_nothing_but_json_on_the_standard_output(knee: Path) -> None:
    assert json.loads(run("json").stdout)["checked"]["steps"] == 2
    assert json.loads(run("sarif").stdout)["version"] == "2.1.0"


def test_a_forge_finds_each_result_under_a_rule_that_is_described(knee: Path) -> None:
    (log,) = json.loads(run("sarif").stdout)["runs"]
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert log["properties"]["checked"]["pathways"] == 1
    for result in log["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        place = result["locations"][0]["physicalLocation"]
        assert (knee.parents[1] / place["artifactLocation"]["uri"]).exists()
        assert place["region"]["startLine"] >= 1


def test_a_forge_is_told_what_is_excused_and_why(folder: Path) -> None:
    shutil.copytree(TESTS / "mistakes" / "same-answers", folder / "flow" / "knee")
    (folder / "flow" / "knee" / "expected.txt").unlink()
    (folder / "flow" / "knee" / "pathway.yaml").write_text(
        BROKEN.replace("sc\\u202ean", "scan"), encoding="utf-8"
    )
    (log,) = json.loads(run("sarif").stdout)["runs"]
    (result,) = log["results"]
    assert result["suppressions"] == [
        {"kind": "inSource", "justification": "A form, 100 % (until 2027-01-01)"}
    ]
    assert "No problems, 1 excused. Checked 1 pathway" in run("text").output
    assert json.loads(run("json").stdout)["excused"][0]["reason"].startswith("A form")


def test_what_a_definition_holds_cannot_give_a_command_to_a_forge_or_a_terminal(
    folder: Path,
) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(
        'title: Knee\nstart: "a\\n::error::x\\u202e"\nsteps:\n  walk: {kind: outcome}\n',
        encoding="utf-8",
    )
    lines = run("github").output.splitlines()
    assert [line for line in lines if line.startswith("::")] == lines[:-1]
    assert "\u202e" not in run("text").output


def lines(folder: Path, line: str, column: int) -> list[str]:
    (folder / "a.yaml").write_text(f"first: line\n{line}\n", encoding="utf-8")
    return excerpt(Place("a.yaml", 2, column))


def test_the_mark_stands_under_the_place(folder: Path) -> None:
    assert lines(folder, "  nxet: b", 3) == ["    2 |   nxet: b", "      |   ^^^^^^^"]


def test_in_a_list_in_brackets_only_the_part_is_marked(folder: Path) -> None:
    assert lines(folder, "a: {to: b, when: c}", 5)[1] == "      |     ^^^^^"


def test_the_mark_stands_under_the_place_behind_wide_letters(folder: Path) -> None:
    assert lines(folder, "痛み: {to: b}", 6)[1] == "      |        ^^^^^"


def test_of_a_long_line_the_part_around_the_place_is_shown(folder: Path) -> None:
    shown, mark = lines(folder, "x" * 300 + " here " + "y" * 300, 302)
    assert len(shown) < 120
    assert shown[mark.index("^") :].startswith("here")


@pytest.mark.parametrize("line", [0, 99])
def test_a_place_without_a_line_has_no_excerpt(folder: Path, line: int) -> None:
    (folder / "a.yaml").write_text("a: b\n")
    assert excerpt(Place("a.yaml", line, 1)) == []
    assert excerpt(Place("gone.yaml", 1, 1)) == []
