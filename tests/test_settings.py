"""A maintainer can set what weighs how much, and excuse single findings for a while."""

from pathlib import Path

import pytest
import yaml

from pathbook import book
from pathbook.book import Checked

KNEE = """\
title: Knee
start: pain
rules: {rules}
steps:
  pain: {{kind: decision, title: Pain, next: [{{when: Yes, to: rest}}, {{when: No, to: walk}}]}}
  rest: {{kind: decision, title: Rest, next: [{{when: Yes, to: walk}}, {{when: No, to: scan}}]}}
  walk: {{kind: outcome}}
  scan: {{kind: outcome}}
"""
"""Two decisions whose titles are no questions."""


def checked(folder: Path, rules: dict[str, object]) -> Checked:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    written = yaml.safe_dump(rules, default_flow_style=True, width=1000).strip()
    (knee / "pathway.yaml").write_text(KNEE.format(rules=written))
    return book.read(Path("flow"))


def told(found: Checked) -> list[tuple[str, str, str]]:
    return [(p.severity, p.code, p.place.about) for p in found.problems]


def excuse(at: str | None = "pain", until: str = "2026-11-23", **more: str) -> dict[str, object]:
    given = {"rule": "unasked-question", "reason": "A form is quoted.", "until": until, **more}
    return {"excused": [{**given, **({"at": at} if at else {})}]}


def test_without_settings_every_rule_weighs_what_its_page_says(folder: Path) -> None:
    assert told(checked(folder, {})) == [
        ("warning", "unasked-question", "pain"),
        ("warning", "unasked-question", "rest"),
    ]


def test_a_rule_can_be_made_to_keep_the_book_from_being_made(folder: Path) -> None:
    found = checked(folder, {"severity": {"unasked-question": "error"}})
    assert {severity for severity, _, _ in told(found)} == {"error"}
    assert len(found.errors) == 2


def test_a_rule_can_be_turned_off(folder: Path) -> None:
    assert told(checked(folder, {"severity": {"unasked-question": "off"}})) == []


def test_one_finding_is_excused_up_to_its_last_day_and_the_other_still_counts(folder: Path) -> None:
    found = checked(folder, excuse())
    assert told(found) == [("warning", "unasked-question", "rest")]
    assert [problem.excuse for problem in found.excused] == ["A form is quoted. (until 2026-11-23)"]


def test_after_its_day_an_excuse_ends_and_that_is_said(folder: Path) -> None:
    found = checked(folder, excuse(until="2026-11-22"))
    assert len(found.problems) == 2
    assert found.problems[0].fact.endswith("; its excuse ended on 2026-11-22")


@pytest.mark.parametrize("at", ["walk", None])
def test_an_excuse_for_nothing_is_told(folder: Path, at: str | None) -> None:
    assert ("warning", "unused-excuse", "") in told(checked(folder, excuse(at=at)))


def test_what_is_turned_off_needs_no_excuse_and_an_excused_error_lets_the_book_be_made(
    folder: Path,
) -> None:
    settings = {"severity": {"unasked-question": "error"}}
    both = [*excuse("pain")["excused"], *excuse("rest")["excused"]]  # type: ignore[misc]
    found = checked(folder, {**settings, "excused": both})
    assert found.errors == ()
    assert len(found.excused) == 2


@pytest.mark.parametrize(
    ("rules", "code", "help_"),
    [
        ({"severity": {"unasked-questoin": "off"}}, "unknown-rule", "unasked-question"),
        ({"severity": {"dangling-target": "off"}}, "fixed-rule", "pathbook rules"),
        ({"severity": {"unasked-question": "loud"}}, "unknown-value", "error, warning, off"),
        ({"severety": {}}, "unknown-key", "severity"),
        (excuse(rule="broken-yaml"), "fixed-rule", "pathbook rules"),
        (excuse(until="next year"), "wrong-type", "2026-11-23"),
        ({"excused": [{"rule": "same-title", "until": "2027-01-01"}]}, "missing-key", "reason"),
    ],
)
def test_a_slip_in_the_settings_is_told_with_what_was_meant(
    folder: Path, rules: dict[str, object], code: str, help_: str
) -> None:
    found = checked(folder, rules).problems
    assert [problem.code for problem in found] == [code]
    assert help_ in str(found[0])
    assert found[0].place.line == 3
