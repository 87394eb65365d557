"""A maintainer writes walks in a reader's words, and is told where they no longer come true."""

import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from conftest import PATHWAYS, SHIPPED
from made import made_pathways
from pathbook import book, load, scenarios, walk
from pathbook.cli import main
from pathbook.graph import Graph
from pathbook.model import Definition, Scenario, Scenarios

KNEE = """\
title: Knee
start: pain
steps:
  pain:
    kind: decision
    title: How long?
    next:
      - {when: Some days, id: days, to: care}
      - {when: Longer, to: scan}
  care:
    kind: action
    next:
      - {when: A brace may be added, to: brace, optional: true}
      - to: better
  brace: {kind: action, next: better}
  better:
    kind: decision
    title: Better?
    next:
      - {when: Yes, to: walk}
      - {when: Not yet, to: care, back: true}
      - {when: No, to: scan}
  walk: {kind: outcome}
  scan: {kind: outcome}
"""


def knee(folder: Path, listed: str) -> Definition:
    base = folder / "flow" / "knee"
    base.mkdir(parents=True, exist_ok=True)
    (base / "pathway.yaml").write_text(KNEE)
    (base / "scenarios.yaml").write_text(f"scenarios:\n{listed}")
    found, problems = load.definition(base)
    assert found, problems
    return found


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, words)], catch_exceptions=False)


GOOD = [
    "answers: {pain: Longer}, ends_at: scan",
    "answers: {pain: days, better: Yes}, ends_at: walk, avoids: brace",
    "answers: {pain: some days, better: YES}, ends_at: [walk], passes: [care, better]",
    "answers: {pain: days, care: [A brace may be added, better], better: Yes}, passes: brace",
    "answers: {pain: days, care: A brace may be added, better: Yes}, passes: brace",
    "answers: [{pain: days}, {better: Not yet}, {better: No}], ends_at: scan, avoids: walk",
    "answers: [{pain: days, better: Not yet}, {care: [better, A brace may be added], better: No}]",
    "answers: {pain: days}, ends_at: better",
    "answers: {pain: days}, passes: care",
]


@pytest.mark.parametrize("written", GOOD)
def test_a_scenario_says_answers_by_their_words_or_ids_and_nothing_of_what_is_not_added(
    folder: Path, written: str
) -> None:
    found = knee(folder, f"  - {{title: T, {written}}}\n")
    assert scenarios.tested(found).passed, str(scenarios.tested(found))


BAD = [
    ("answers: {pain: Longer}, ends_at: walk", "ends at 'scan', not at 'walk'"),
    ("answers: {pain: days}, ends_at: walk", "waits at 'better' for an answer"),
    ("answers: {pain: Lnger}, ends_at: scan", "'Lnger' is no answer at 'pain'"),
    ("answers: {pain: Longer, better: Yes}, ends_at: scan", "never comes to 'better'"),
    ("answers: {pain: Longer, brace: Yes}, ends_at: scan", "nothing is asked at 'brace'"),
    ("answers: {pain: Longer}, passes: care", "does not pass 'care'"),
    ("answers: {pain: days, better: Yes}, avoids: care", "passes 'care'"),
    ("answers: {pain: days, care: A stick}, ends_at: better", "'A stick' is no answer at 'care'"),
]


@pytest.mark.parametrize(("written", "fact"), BAD)
def test_a_scenario_that_no_longer_fits_is_told_with_its_line_and_what_would_fit(
    folder: Path, written: str, fact: str
) -> None:
    knee(folder, f"  - {{title: T, {written}}}\n")
    found = [p for p in book.read(Path("flow")).problems if p.code == "failing-scenario"]
    assert fact in found[0].fact
    assert found[0].expected
    assert found[0].place.line == 2
    result = run()
    assert result.exit_code == 1
    assert "FAILED  T" in result.output
    assert fact in result.output


def test_a_slip_in_an_answer_offers_the_answer_that_was_meant(folder: Path) -> None:
    found = knee(folder, "  - {title: T, answers: {pain: Lnger}, ends_at: scan}\n")
    ((_, (first, *_)),) = scenarios.tested(found).outcomes
    assert first.hint == "Did you mean 'Longer'?"
    assert first.expected == "one of: Some days, Longer"


def test_what_no_scenario_takes_is_named(folder: Path) -> None:
    knee(folder, "  - {title: T, answers: {pain: Longer}, ends_at: scan}\n")
    result = run()
    assert result.exit_code == 0
    assert "no scenario takes better:yes 'Yes', to 'walk'" in result.output
    assert "no scenario ends at 'walk': Walk" in result.output
    assert result.output.splitlines()[-1] == (
        "1 of 1 scenarios passed in 1 pathway. Covered: 1 of 8 (12 %) routes, 1 of 2 (50 %) ends."
    )
    assert run("--complete").exit_code == 1


def test_the_suggested_walks_are_a_file_that_covers_everything(folder: Path) -> None:
    knee(folder, "  - {title: T, answers: {pain: Longer}, ends_at: scan}\n")
    (folder / "flow" / "knee" / "scenarios.yaml").write_text(run("--suggest").output)
    result = run("--complete")
    assert result.exit_code == 0, result.output
    assert "(100 %) routes, 2 of 2 (100 %) ends" in result.output
    assert book.read(Path("flow")).problems == ()


def test_the_suggested_walks_cover_every_pathway_and_all_pass(any_pathway: Definition) -> None:
    assert_suggested(any_pathway)


def test_the_suggested_walks_cover_pathways_of_every_shape(folder: Path) -> None:
    for definition in made_pathways(folder, range(40)).definitions:
        assert_suggested(definition)


def assert_suggested(definition: Definition) -> None:
    text = scenarios.suggested(definition.pathway)
    listed = Scenarios.model_validate(yaml.load(text, Loader=yaml.BaseLoader))
    graph = Graph(definition.pathway)
    for scenario in listed.scenarios:
        assert scenarios.failures(graph, scenario) == ()
    walks = [scenarios.walked(graph, scenario) for scenario in listed.scenarios]
    assert scenarios.coverage(graph, walks).is_whole


def test_no_fewer_walks_are_suggested_for_the_first_book_than_could_do() -> None:
    """These ten ways rule each other out, so that no walk takes two of them."""
    ways = [
        ("relief-check", "yes"),
        ("severe-signs", "yes"),
        ("conservative-enough", "yes"),
        ("pain-type", "injection"),
        *((name, said) for name in ("joint-block", "scs-trial-worked") for said in ("yes", "no")),
        *(("drg-trial-worked", said) for said in ("yes", "no")),
    ]
    graph = Graph(shipped().pathway)
    walks = [walk.follow(graph, answers).routes for answers in walk.covering(graph)]
    assert len(walks) == len(ways) == 10
    assert all(len(routes & set(ways)) == 1 for routes in walks)


def shipped() -> Definition:
    found, _ = load.definition(SHIPPED / "back-injection-not-working")
    assert found is not None
    return found


def test_the_scenarios_of_the_first_book_pass_and_cover_all_of_it() -> None:
    result = scenarios.tested(shipped())
    assert result.passed
    assert (len(result.coverage.routes), len(result.coverage.ends)) == (62, 5)
    assert result.coverage.is_whole


def test_a_scenario_that_expects_nothing_is_told(folder: Path) -> None:
    knee(folder, "  - {title: T, answers: {pain: Longer}}\n")
    codes = [p.code for p in book.read(Path("flow")).problems if "scenario" in p.code]
    assert codes == ["idle-scenario"]


def test_a_pathway_with_errors_is_not_walked_but_its_errors_are_told(folder: Path) -> None:
    knee(folder, "  - {title: T, answers: {pian: Longer}, ends_at: scan}\n")
    result = run()
    assert result.exit_code == 1
    assert "Did you mean 'pain'?" in result.output


def test_answers_may_be_empty_and_a_walk_without_questions_ends(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    path = folder / "flow" / "bare" / "scenarios.yaml"
    path.write_text("scenarios:\n  - {title: T, answers: {}, ends_at: better}\n")
    assert run().exit_code == 0


def test_a_title_is_all_a_scenario_needs_to_be_read() -> None:
    assert Scenario(title="T").answers == ()
