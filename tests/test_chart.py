"""The chart's DOT text holds every step and route, and nothing smuggled in."""

import re
from collections.abc import Callable
from pathlib import Path

from conftest import PATHWAYS, TESTS, definition
from pathbook import chart
from pathbook.graph import Graph
from pathbook.model import Definition


def test_the_dot_text_is_as_it_was_agreed(
    any_pathway: Definition, golden: Callable[[Path, str], None]
) -> None:
    golden(TESTS / "golden" / f"{any_pathway.id}.dot", chart.dot(Graph(any_pathway.pathway)))


def test_no_text_of_a_definition_enters_dot() -> None:
    text = chart.dot(Graph(definition(PATHWAYS / "hostile").pathway))
    assert re.fullmatch(r'[\w\s{}\[\]=>;."-]+', text)
    assert "alert" not in text


def test_every_step_and_route_has_its_place(graph: Graph) -> None:
    text = chart.dot(graph)
    for name in graph.order:
        assert f"\t{chart.step_node(graph, name)} [" in text
    for arrow in chart.arrows(graph):
        for tail, head in arrow.edges():
            assert f"{tail} -> {head} " in text
