"""Reading order, joins and loops are what a reader of the chart would say they are."""

from pathlib import Path

from conftest import PATHWAYS, SHIPPED, definition
from pathbook.graph import Graph


def test_a_branch_is_read_to_its_end_before_the_next_one() -> None:
    graph = Graph(definition(PATHWAYS / "bare").pathway)
    assert graph.order == ("pain", "better", "walk", "scan")


def test_each_step_is_numbered_after_those_that_lead_to_it(graph: Graph) -> None:
    assert sorted(graph.numbers.values()) == list(range(1, len(graph.pathway.steps) + 1))
    for step, route in graph.routes():
        rises = route.back or graph.bands[route.to] < graph.bands[step.id]
        assert rises == (graph.numbers[route.to] <= graph.numbers[step.id])


def test_background_stands_right_after_its_step_and_in_its_band() -> None:
    graph = Graph(definition(PATHWAYS / "every-kind").pathway)
    assert graph.order[:3] == ("begin", "reading", "check")
    assert graph.bands["reading"] == graph.bands["begin"] == 0


def test_strands_taken_together_meet_at_the_nearest_common_step() -> None:
    graph = Graph(definition(SHIPPED / "back-injection-not-working").pathway)
    steps = graph.pathway.steps
    assert graph.join(steps["conservative-care"]) == "conservative-enough"
    assert graph.join(steps["physical-therapy"]) == "conservative-enough"
    assert graph.join(steps["reassess"]) == "severe-signs"


def test_a_step_without_a_stage_stands_in_the_band_of_what_leads_to_it() -> None:
    graph = Graph(definition(PATHWAYS / "crossing-stages").pathway)
    assert (graph.bands["c"], graph.bands["d"], graph.bands["up"]) == (0, 1, 0)


def test_a_step_knows_every_way_that_leads_to_it() -> None:
    graph = Graph(definition(PATHWAYS / "every-kind").pathway)
    assert [way.step.id for way in graph.arrivals["check"]] == ["begin", "round"]
    assert [step.id for step in graph.informed_by["finish"]] == ["round"]


def test_background_may_have_background_and_name_itself(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(
        "title: T\nstart: a\nsteps:\n"
        "  a: {kind: state, next: e, background: [b]}\n"
        "  b: {kind: action, background: [c, b]}\n"
        "  c: {kind: action, background: [b]}\n"
        "  e: {kind: outcome}\n"
    )
    graph = Graph(definition(knee).pathway)
    assert graph.order == ("a", "b", "c", "e")
    assert graph.hosts == {"b": "a", "c": "b"}
