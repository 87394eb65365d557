"""Look at a planned chart the way a reader's eye would: what touches, crosses or covers what."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from pathbook.layout import Point
from pathbook.lines import Line, Plan, Rect

Segment = tuple[Point, Point]


def segments(plan: Plan) -> Iterator[tuple[Line, Segment]]:
    for line in plan.lines:
        for leg in line.legs:
            for start, end in pairwise(leg):
                yield line, (start, end)


def rectangles(plan: Plan) -> dict[object, Rect]:
    found: dict[object, Rect] = {name: at for name, at in plan.boxes.items()}  # noqa: C416 (another type of key)
    for line in plan.lines:
        if line.label:
            found[line.arrow.step.id, line.arrow.index] = line.label
    return found


def faults(plan: Plan) -> list[str]:
    """List boxes that overlap, slanted lines, and lines that run through boxes."""
    found = []
    placed = rectangles(plan)
    for (one, a), (other, b) in combinations(placed.items(), 2):
        if abs(a.x - b.x) < (a.width + b.width) / 2 and abs(a.y - b.y) < (a.height + b.height) / 2:
            found.append(f"{one} overlaps {other}")
    for line, (start, end) in segments(plan):
        name = f"{line.arrow.step.id} -> {line.arrow.to}"
        if start[0] != end[0] and start[1] != end[1]:
            found.append(f"{name} is slanted")
        found += [
            f"{name} runs through {key}" for key, at in placed.items() if _inside(start, end, at)
        ]
    return found


def _inside(start: Point, end: Point, at: Rect) -> bool:
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    wide, high = at.width / 2 - 1, at.height / 2 - 1
    return left < at.x + wide and right > at.x - wide and top < at.y + high and bottom > at.y - high


def covered(plan: Plan) -> float:
    """Measure, in pixels, how far lines that have no step in common run on top of each other."""
    total = 0.0
    for (one, (a, b)), (other, (c, d)) in combinations(segments(plan), 2):
        if {one.arrow.tail, one.arrow.head} & {other.arrow.tail, other.arrow.head}:
            continue
        for axis in (0, 1):
            along = 1 - axis
            if a[axis] == b[axis] and c[axis] == d[axis] and abs(a[axis] - c[axis]) < 3:
                low = max(min(a[along], b[along]), min(c[along], d[along]))
                total += max(0.0, min(max(a[along], b[along]), max(c[along], d[along])) - low)
    return total
