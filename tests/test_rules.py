"""Each rule has a page: its wrong example breaks that rule and no other, its right one none."""

from pathlib import Path

import pytest

import examples
from conftest import TESTS
from pathbook import book
from pathbook.book import Checked
from pathbook.case import Case
from pathbook.check import RULES
from pathbook.rule import Rule

TOLD = frozenset(
    "no-folder no-pathway bad-pathway-id outside-folder no-file unreadable-file large-file not-utf8"
    " control-character nested-prose heavy-pages".split()
)
"""Rules whose examples are folders, bytes or a thousand marks, which a page can only tell about."""

SHOWN = [rule for rule in RULES if rule.code not in TOLD]


EXCUSE = examples.PAGES.parent / "excuse.md"
"""The page that tells how to set and excuse rules."""


def page(code: str) -> Path:
    return examples.PAGES / f"{code}.md"


def read(folder: Path, *shown: tuple[Path, str]) -> Checked:
    """Change the starter pathway as pages say, in a site that has a page about itself."""
    changed: tuple[examples.Change, ...] = ()
    for page, heading in shown:
        found = examples.changes(page, heading)
        assert found
        changed += found
    examples.write(folder / "flow" / "knee", changed)
    (folder / "docs").mkdir()
    (folder / "docs" / "about.md").write_text("# About this site\n")
    return book.read(Path("flow"), Path("docs"))


def codes(folder: Path, rule: Rule[Case], heading: str) -> set[str]:
    return {problem.code for problem in read(folder, (page(rule.code), heading)).problems}


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_the_wrong_example_of_a_rule_breaks_that_rule_and_no_other(
    rule: Rule[Case], folder: Path
) -> None:
    assert codes(folder, rule, "Wrong") == {rule.code}


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_the_right_example_of_a_rule_has_no_problem(rule: Rule[Case], folder: Path) -> None:
    assert codes(folder, rule, "Right") == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_of_a_rule_says_what_the_rule_says(rule: Rule[Case]) -> None:
    text = page(rule.code).read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.code}\n\n{rule.sentence}\n")
    weight = "It only warns" if rule.severity == "warning" else "It is an error"
    assert weight in text
    assert ("cannot be set" in text) == (not rule.settable)


def test_every_page_of_a_rule_is_about_a_rule_that_exists() -> None:
    pages = {path.stem for path in examples.PAGES.glob("*.md")} - {"index"}
    assert pages == {rule.code for rule in RULES}


def test_rules_that_a_page_can_only_tell_about_are_tested_elsewhere() -> None:
    tested = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            *TESTS.glob("mistakes/*/expected.txt"),
            TESTS / "test_load.py",
            TESTS / "test_limits.py",
        )
    )
    assert [code for code in TOLD if code not in tested] == []


def test_what_the_page_about_excuses_sets_makes_one_rule_an_error_and_turns_one_off(
    folder: Path,
) -> None:
    broken = [(page("missing-section"), "Wrong"), (page("same-title"), "Wrong")]
    found = read(folder, (EXCUSE, "Set how much a rule weighs"), *broken)
    assert [(p.severity, p.code) for p in found.problems] == [("error", "missing-section")]


def test_what_the_page_about_excuses_excuses_is_excused(folder: Path) -> None:
    found = read(folder, (EXCUSE, "Excuse one finding"))
    assert found.problems == ()
    assert [(p.code, p.place.about) for p in found.excused] == [("unasked-question", "better")]
