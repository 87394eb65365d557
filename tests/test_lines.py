"""The chart can be read: no box covers another, no line runs through a box."""

from pathlib import Path

import pytest

from drawing import covered, faults
from made import made_pathways
from pathbook import book, chart, layout, lines
from pathbook.graph import Graph

pytestmark = pytest.mark.graphviz


def planned(graph: Graph) -> lines.Plan:
    return lines.plan(graph, layout.place(graph.pathway.id, chart.dot(graph)))


def test_every_box_and_line_can_be_told_apart(graph: Graph) -> None:
    plan = planned(graph)
    assert faults(plan) == []
    assert covered(plan) == 0
    assert set(plan.boxes) == set(graph.pathway.steps)


def test_every_step_stands_in_the_band_of_its_stage(graph: Graph) -> None:
    plan = planned(graph)
    for name, at in plan.boxes.items():
        top, bottom = plan.bands[graph.bands[name]]
        assert top < at.y - at.height / 2
        assert at.y + at.height / 2 < bottom
    edges = [edge for _, band in sorted(plan.bands.items()) for edge in band]
    assert edges == sorted(edges)


def test_an_arrow_begins_below_its_step_and_ends_above_its_target(graph: Graph) -> None:
    plan = planned(graph)
    for line in plan.lines:
        here, there = plan.boxes[line.arrow.step.id], plan.boxes[line.arrow.to]
        assert line.legs[0][0] == (here.x, here.y + here.height / 2)
        assert line.legs[-1][-1] == (there.x, there.y - there.height / 2)
        assert line.legs[-1][-2][1] < line.legs[-1][-1][1]


def test_pathways_of_any_shape_can_be_read(folder: Path) -> None:
    drawn = book.draw(made_pathways(folder, range(40)))
    assert {made.definition.id: faults(made.plan) for made in drawn if faults(made.plan)} == {}
    # A few pixels of two lines on one another can be left where a gap is very crowded.
    assert sum(covered(made.plan) > 0 for made in drawn) <= 4
