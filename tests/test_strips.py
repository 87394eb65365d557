"""Strips show each stage on a phone and on paper, whatever the pathway."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from made import made_pathways
from pathbook import strips
from pathbook.graph import Graph

Box = tuple[float, float, float, float]


def parsed(graph: Graph) -> Iterator[list[ElementTree.Element]]:
    """Read the slices of each strip."""
    for strip in strips.draw(graph, lambda step: f"{step.id}/"):
        yield [ElementTree.fromstring(piece) for piece in strip.slices]


def rectangles(piece: ElementTree.Element) -> list[Box]:
    """Give the edges of all that may not cover one another: boxes, answers and what is named."""
    found = []
    for element in piece.iter():
        if element.tag == "g" and element.get("class") == "pb-answer":
            rect = element[0]
        elif element.tag == "a":
            rect = next(iter(element))
        else:
            continue
        if points := rect.get("points"):
            at = [float(number) for number in points.split()]
            found.append((min(at[::2]), min(at[1::2]), max(at[::2]), max(at[1::2])))
        elif rect.tag == "ellipse":
            x, y, rx, ry = (float(rect.get(key, 0)) for key in ("cx", "cy", "rx", "ry"))
            found.append((x - rx, y - ry, x + rx, y + ry))
        elif rect.tag == "rect":
            x, y, w, h = (float(rect.get(key, 0)) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + w, y + h))
    return found


def holds(graph: Graph) -> None:
    steps, ways = [], set()
    for pieces in parsed(graph):
        below = 0.0
        for piece in pieces:
            _, top, width, height = map(float, str(piece.get("viewBox")).split())
            assert top == below
            below += height
            boxes = rectangles(piece)
            for box in boxes:
                assert box[0] >= 0
                assert box[2] <= width == strips.WIDTH
                assert box[1] >= top
                assert box[3] <= top + height
            for i, one in enumerate(boxes):
                for other in boxes[:i]:
                    assert (
                        one[0] >= other[2]
                        or other[0] >= one[2]
                        or one[1] >= other[3]
                        or other[1] >= one[3]
                    )
            steps += [item.get("data-at") for item in piece.iter("a") if item.get("data-at")]
            ways |= {item.get("data-way") for item in piece.iter("g") if item.get("data-way")}
    assert steps == list(graph.order)
    assert ways == {f"{step.id} {route.id}" for step, route in graph.routes()}


def test_no_step_or_route_is_lost_cut_or_covered_on_a_phone(graph: Graph) -> None:
    holds(graph)


def test_no_step_or_route_is_lost_cut_or_covered_in_any_pathway(folder: Path) -> None:
    for made in made_pathways(folder, range(40)).definitions:
        holds(Graph(made.pathway))


def test_what_another_stage_holds_is_named_with_a_link_to_its_box(graph: Graph) -> None:
    text = "".join("".join(strip.slices) for strip in strips.draw(graph, lambda step: step.id))
    named = re.findall(r'href="#at-([^"]+)"', text)
    assert set(named) <= set(graph.order)
    for step, route in graph.routes():
        if graph.bands[step.id] != graph.bands[route.to] and graph.pathway.stages:
            assert route.to in named
