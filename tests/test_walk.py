"""A walk says where a reader is, what can still come, and what no longer can."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PATHWAYS, SHIPPED, definition
from pathbook import walk
from pathbook.graph import Graph
from pathbook.walk import Answer

BOOK = Graph(definition(SHIPPED / "back-injection-not-working").pathway)
TO_SURGERY = "relief-check:no,reassess:part-of-it,severe-signs:yes,correctable-problem:yes"


def some_answer(graph: Graph, name: str, choose: random.Random) -> Answer:
    """Answer a question as some reader might."""
    step = graph.pathway.steps[name]
    ids = [route.id for route in step.next]
    while True:
        chosen = tuple(route for route in ids if choose.random() < 0.5)
        if walk.fits(step, chosen):
            return name, chosen


def walk_at_random(graph: Graph, seed: int, most: int = 60) -> list[Answer]:
    """Answer question after question until there is an end, or for long enough."""
    choose, answers = random.Random(seed), list[Answer]()
    for _ in range(most):
        found = walk.follow(graph, answers)
        if not walk.asks(graph.pathway.steps[found.current]):
            break
        answers.append(some_answer(graph, found.current, choose))
    return answers


def test_a_walk_begins_at_the_first_question() -> None:
    found = walk.follow(BOOK)
    assert (found.taken, found.current) == (("had-injection",), "relief-check")
    assert set(walk.states(BOOK, found).values()) == {"taken", "current", "reachable"}


def test_an_answer_rules_out_what_it_leaves_behind() -> None:
    found = walk.follow(BOOK, walk.parse("relief-check:yes"))
    assert found.current == "relief-rehab"
    assert walk.states(BOOK, found)["surgical-review"] == "ruled-out"
    assert walk.ends(BOOK, found) == ("relief-rehab",)


def test_strands_are_walked_one_after_the_other_and_go_on_where_they_meet() -> None:
    text = "relief-check:no,reassess:part-of-it,severe-signs:no,source-clear:no"
    found = walk.follow(BOOK, walk.parse(text))
    assert found.current == "physical-therapy"
    assert {"medication-review", "conservative-enough"} <= set(found.waiting)
    found = walk.follow(BOOK, walk.parse(f"{text},physical-therapy:conservative-enough"))
    assert found.current == "medication-review"
    found = walk.follow(
        BOOK,
        walk.parse(
            f"{text},physical-therapy:needling-may-be-added;conservative-enough,"
            "medication-review:conservative-enough"
        ),
    )
    assert found.current == "conservative-enough"
    assert "dry-needling" in found.taken
    assert found.waiting == ()


def test_several_operations_come_together_at_their_aim() -> None:
    found = walk.follow(BOOK, walk.parse(f"{TO_SURGERY},surgery-type:unstable;disc"))
    assert found.current == "surgical-goal"
    assert {"fusion", "disc-replacement"} <= set(found.taken)
    assert "decompression" not in found.taken


def test_an_answer_that_no_longer_applies_is_named() -> None:
    found = walk.follow(BOOK, walk.parse(f"relief-check:yes,{TO_SURGERY}"))
    assert found.answers == walk.parse("relief-check:yes")
    assert found.dropped[0][0] == "relief-check"
    assert len(found.dropped) == 4


@pytest.mark.parametrize("text", ["relief-check:maybe", "nowhere:no", ":", ",,", "relief-check"])
def test_a_walk_that_fits_nothing_waits_at_the_first_question(text: str) -> None:
    assert walk.follow(BOOK, walk.parse(text)).current == "relief-check"


def test_not_sure_shows_the_ends_and_what_separates_them() -> None:
    found = walk.follow(BOOK, walk.parse("relief-check:no,reassess:part-of-it"))
    assert found.current == "severe-signs"
    assert "continue-rehab" in walk.ends(BOOK, found)
    assert walk.separating(BOOK, found) == "severe-signs"


def test_rounds_of_a_loop_are_walked_as_often_as_they_are_answered() -> None:
    graph = Graph(definition(PATHWAYS / "every-kind").pathway)
    again = "check:1-30,round:once-more"
    found = walk.follow(graph, walk.parse(f"{again},{again},check:no"))
    assert found.taken.count("check") == 3
    assert found.current == "elsewhere"


def test_a_few_walks_take_every_route_and_reach_every_end(graph: Graph) -> None:
    walks = [walk.follow(graph, answers) for answers in walk.covering(graph)]
    assert all(not found.dropped for found in walks)
    assert set.union(*(set(found.routes) for found in walks)) == {
        (name, route.id) for name in graph.reached for route in graph.pathway.steps[name].next
    }
    ends = {name for name in graph.reached if not graph.pathway.steps[name].next}
    assert set.union(*(set(found.ended) for found in walks)) == ends
    assert len(walks) <= len(list(graph.routes()))


def test_strands_say_which_part_one_is_in_and_where_they_meet() -> None:
    text = "relief-check:no,reassess:part-of-it,severe-signs:no,source-clear:no"
    (strands,) = walk.follow(BOOK, walk.parse(text)).strands
    assert strands.names == ("physical-therapy", "medication-review")
    assert (strands.at, strands.meet) == (0, "conservative-enough")
    on = f"{text},physical-therapy:conservative-enough"
    assert [found.at for found in walk.follow(BOOK, walk.parse(on)).strands] == [1]


@given(seed=st.integers(0, 10_000))
def test_every_walk_of_any_pathway_holds_together(seed: int) -> None:
    for name in ("every-kind", "crossing-stages", "bare"):
        graph = Graph(definition(PATHWAYS / name).pathway)
        _holds_together(graph, walk_at_random(graph, seed))
    _holds_together(BOOK, walk_at_random(BOOK, seed))


def _holds_together(graph: Graph, answers: list[Answer]) -> None:
    for count in range(len(answers) + 1):
        found = walk.follow(graph, answers[:count])
        states = walk.states(graph, found)
        assert found.answers == tuple(answers[:count])
        assert found.dropped == ()
        assert set(states) == set(graph.order)
        assert states[found.current] == "current"
        assert walk.ends(graph, found)
        assert walk.parse(walk.written(found.answers)) == found.answers
        step = graph.pathway.steps[found.current]
        assert walk.asks(step) or not step.next
