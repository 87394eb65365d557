"""Lead the arrows round the boxes in straight lines, from the places that Graphviz chose.

Graphviz decides what stands beside and below what, and on which side of a box a long line passes.
From that, rows of boxes are set with just the room they need, each line keeps to as few columns
as possible, and the sideways runs between two rows get tracks of their own: lines of one step run
together, others are kept apart.
"""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from pathbook.boxes import Box, step_box
from pathbook.chart import Arrow, arrows, step_node
from pathbook.graph import Graph
from pathbook.layout import Layout, Point

CLEARANCE = 12.0
"""Pixels between a line and a box it passes."""
APART = 12.0
"""Pixels between two lines that run side by side."""
ROOM = 36.0
"""Pixels between two rows of boxes with one track between them."""
CLOSE = 20.0
"""Pixels between a question and its answers, if there is no need for more."""
BAND_ROOM = 34.0
"""Pixels at the top of a band, for its title."""
MARGIN = 28.0
"""Pixels from the outermost box or line to the edge of its band."""


@dataclass(frozen=True)
class Rect:
    """A rectangle by its middle and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """An arrow as it is drawn."""

    arrow: Arrow
    legs: tuple[tuple[Point, ...], ...]
    """Corner points from the step to the answer and from there to the target, or all in one."""
    label: Rect | None
    """Where the answer stands."""


@dataclass(frozen=True)
class Plan:
    """Where everything on the chart goes, in pixels."""

    width: float
    height: float
    boxes: Mapping[str, Rect]
    """By step id."""
    lines: tuple[Line, ...]
    bands: Mapping[int, tuple[float, float]]
    """Top and bottom of each band, by its position among the stages."""


NO_PLAN = Plan(0, 0, MappingProxyType({}), (), MappingProxyType({}))
"""Of a chart that is drawn elsewhere."""


@dataclass
class _Run:
    """A sideways stretch between two rows, perhaps shared by several arrows of one step."""

    tops: set[float] = field(default_factory=set)
    """Where it is joined from above."""
    bottoms: set[float] = field(default_factory=set)
    """Where it is joined from below."""
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        ends = self.tops | self.bottoms
        return min(ends), max(ends)


@dataclass
class _Way:
    """The stops of an arrow, each a row and a column, and the runs between them."""

    arrow: Arrow
    stops: list[tuple[int, float]]
    runs: list[tuple[int, _Run | None]] = field(default_factory=list)
    """For each pair of stops the gap it crosses and the run it takes there, if it moves aside."""


def plan(graph: Graph, layout: Layout) -> Plan:
    """Set all boxes and lead all arrows of a pathway."""
    drawn = arrows(graph)
    sizes = {step_node(graph, name): step_box(graph.pathway.steps[name]) for name in graph.order}
    sizes |= {arrow.node("answer"): arrow.box for arrow in drawn if arrow.box}
    rows = _Rows(sizes, layout)
    for arrow in drawn:
        rows.align(arrow)
    ways = [_Way(arrow, _stops(arrow, rows, layout)) for arrow in _short_first(drawn, rows)]
    for way in ways:
        way.stops = _straightened(way, rows)
        rows.occupy(way)
    gaps = _gaps(ways, len(rows.nodes))
    bands = _row_bands(graph, drawn, rows)
    return _set(graph, rows, ways, gaps, bands)


class _Rows:
    """The boxes row by row, and the columns that lines have taken."""

    def __init__(self, sizes: Mapping[str, Box], layout: Layout) -> None:
        self.sizes = sizes
        self.x = {name: layout.nodes[name][0] for name in sizes}
        levels = sorted({round(layout.nodes[name][1]) for name in sizes})
        self.y = levels
        self.row = {name: levels.index(round(layout.nodes[name][1])) for name in sizes}
        self.nodes: list[list[str]] = [[] for _ in levels]
        for name in sorted(sizes, key=self.x.__getitem__):
            self.nodes[self.row[name]].append(name)
        self.taken: list[list[tuple[float, Arrow]]] = [[] for _ in levels]

    def height(self, row: int) -> float:
        return max(self.sizes[name].height for name in self.nodes[row])

    def align(self, arrow: Arrow) -> None:
        """Move an answer straight above its target where it stands just beside it."""
        answer = arrow.node("answer")
        if answer not in self.sizes or arrow.rises:
            return
        names = self.nodes[self.row[answer]]
        at, x = names.index(answer), self.x[arrow.head]
        half = self.sizes[answer].width / 2 + CLEARANCE / 2
        clear_left = at == 0 or self._edge(names[at - 1], 1) <= x - half
        clear_right = at + 1 == len(names) or x + half <= self._edge(names[at + 1], -1)
        if abs(self.x[answer] - x) < APART and clear_left and clear_right:
            self.x[answer] = x

    def free(self, row: int, x: float) -> tuple[float, float]:
        """Give the room between the boxes to the left and to the right of a column."""
        names = self.nodes[row]
        at = bisect([self.x[name] for name in names], x)
        if at and self._edge(names[at - 1], 1) > x:
            # Graphviz led the line through the corner of a box; it passes on the nearer side.
            nearer_right = self._edge(names[at - 1], 1) - x < x - self._edge(names[at - 1], -1)
            at += 0 if nearer_right else -1
        elif at < len(names) and self._edge(names[at], -1) < x:
            nearer_left = x - self._edge(names[at], -1) < self._edge(names[at], 1) - x
            at += 0 if nearer_left else 1
        low = self._edge(names[at - 1], 1) + CLEARANCE if at else float("-inf")
        high = self._edge(names[at], -1) - CLEARANCE if at < len(names) else float("inf")
        return (low, high) if low <= high else ((low + high) / 2, (low + high) / 2)

    def _edge(self, name: str, side: int) -> float:
        return self.x[name] + side * self.sizes[name].width / 2

    def clashes(self, row: int, x: float, arrow: Arrow) -> bool:
        """Tell whether a line of other steps runs too close to a column."""
        return any(
            abs(x - other) < APART and not _together(arrow, owner)
            for other, owner in self.taken[row]
        )

    def occupy(self, way: _Way) -> None:
        for row, x in way.stops[1:-1]:
            self.taken[row].append((x, way.arrow))


def _together(one: Arrow, other: Arrow) -> bool:
    """Tell whether two arrows may share a line: they leave one step or arrive at one."""
    if one.rises != other.rises or (one.route is None) != (other.route is None):
        return False
    return one.head == other.head or (one.tail == other.tail and not (one.box or other.box))


def _short_first(drawn: Sequence[Arrow], rows: _Rows) -> list[Arrow]:
    """Let short arrows choose their way first; long ones have more ways to choose from."""
    return sorted(drawn, key=lambda arrow: abs(rows.row[arrow.head] - rows.row[arrow.tail]))


def _stops(arrow: Arrow, rows: _Rows, layout: Layout) -> list[tuple[int, float]]:
    """List the rows an arrow comes through, with the column that Graphviz chose in each."""
    begin = (rows.row[arrow.tail], rows.x[arrow.tail])
    stops, last = [begin], arrow.tail
    if arrow.box:
        last = arrow.node("answer")
        stops += _between(begin[0], rows.row[last], rows, layout.edges[arrow.tail, last])
        stops.append((rows.row[last], rows.x[last]))
    end = (rows.row[arrow.head], rows.x[arrow.head])
    if arrow.rises:
        line = layout.edges[arrow.node("top"), arrow.node("turn")]
        climb = _between(end[0] - 1, rows.row[last] + 1, rows, line)
        return [*stops, *reversed(climb), end]
    return [*stops, *_between(rows.row[last], end[0], rows, layout.edges[last, arrow.head]), end]


def _between(above: int, below: int, rows: _Rows, line: Sequence[Point]) -> list[tuple[int, float]]:
    return [(row, _column(line, rows.y[row])) for row in range(above + 1, below)]


def _column(line: Sequence[Point], y: float) -> float:
    """Find where a line crosses a height."""
    for (x1, y1), (x2, y2) in pairwise(line):
        if min(y1, y2) <= y <= max(y1, y2):
            return x1 if y1 == y2 else x1 + (x2 - x1) * (y - y1) / (y2 - y1)
    return min(line, key=lambda point: abs(point[1] - y))[0]


def _straightened(way: _Way, rows: _Rows) -> list[tuple[int, float]]:
    """Choose columns with as few turns as possible, near those that Graphviz chose.

    The cheapest way through the rows is found row by row: a turn costs as much as a detour of so
    many pixels in every row.
    """
    turn = 160.0
    fixed = {0, len(way.stops) - 1}
    if way.arrow.box and rows.row[way.arrow.node("answer")] == way.stops[1][0]:
        fixed.add(1)
    wanted = {x for _, x in way.stops}
    columns = sorted(
        {x + side * APART for x in wanted for side in range(-2, 3)} | _corners(way, rows)
    )
    cost: dict[float, float] = {way.stops[0][1]: 0.0}
    came: list[dict[float, float]] = []
    for i, (row, x) in enumerate(way.stops[1:], start=1):
        best = min(cost, key=lambda column: (cost[column], column))
        options = [x] if i in fixed else _open(columns, row, x, way, rows)
        came.append({})
        following: dict[float, float] = {}
        for column in options:
            stay = cost.get(column, float("inf"))
            came[-1][column] = column if stay <= cost[best] + turn else best
            following[column] = min(stay, cost[best] + turn) + abs(column - x) / 4
        cost = following
    chosen = [way.stops[-1][1]]
    for step in reversed(came):
        chosen.append(step[chosen[-1]])
    return [(row, x) for (row, _), x in zip(way.stops, reversed(chosen), strict=True)]


def _corners(way: _Way, rows: _Rows) -> set[float]:
    """Give the columns that pass just beside a box on the way."""
    ends = {end for row, x in way.stops[1:-1] for end in rows.free(row, x)}
    return {end for end in ends if abs(end) != float("inf")}


def _open(columns: Iterable[float], row: int, x: float, way: _Way, rows: _Rows) -> list[float]:
    """List the columns in which a line can pass a row without touching a box or a strange line."""
    low, high = rows.free(row, x)
    inside = [column for column in columns if low <= column <= high]
    clear = [column for column in inside if not rows.clashes(row, column, way.arrow)]
    return clear or inside or [min(max(x, low), high)]


def _gaps(ways: Sequence[_Way], rows: int) -> list[list[_Run]]:
    """Collect the sideways runs of each gap and give each its track.

    Gap `i` lies above row `i`; there is one above the first row and one below the last.
    """
    shared: list[dict[object, _Run]] = [{} for _ in range(rows + 1)]
    for way in ways:
        for i, ((row, x), (next_row, next_x)) in enumerate(
            zip(way.stops, way.stops[1:], strict=False)
        ):
            gap, from_above, to_below = _crossed(way, i, row, next_row)
            if x == next_x and from_above == to_below:
                way.runs.append((gap, None))
                continue
            run = shared[gap].setdefault(_net(way, i, gap), _Run())
            (run.tops if from_above else run.bottoms).add(x)
            (run.bottoms if to_below else run.tops).add(next_x)
            way.runs.append((gap, run))
    for gap_runs in shared:
        _give_tracks(list(gap_runs.values()))
    return [list(gap_runs.values()) for gap_runs in shared]


def _crossed(way: _Way, i: int, row: int, next_row: int) -> tuple[int, bool, bool]:
    """Tell which gap two stops have between them, and from and to which side the line comes."""
    if next_row > row:
        return next_row, True, True
    if next_row < row:
        return row, False, False  # rising: out at the top of one row, in at the foot of the next
    # Two stops in one row: the turn below it, or the one above it at the arrow's end.
    return (row + 1, True, False) if i < len(way.stops) - 2 else (row, False, True)


def _net(way: _Way, i: int, gap: int) -> object:
    """Name what may run together: arrows that arrive at one step, or that leave one."""
    arrow = way.arrow
    kind = (arrow.rises, arrow.route is None)
    if i == len(way.stops) - 2:
        return ("in", arrow.head, arrow.route is None)
    if i == 0:
        return ("out", arrow.tail, *kind)
    return ("own", arrow.tail, arrow.index, gap)


def _give_tracks(runs: list[_Run]) -> None:
    """Order the runs of a gap so that they cross little, and put each as high as it can go."""
    runs.sort(key=lambda run: (run.span, sorted(run.tops), sorted(run.bottoms)))
    for _ in runs:
        swapped = False
        for i in range(len(runs) - 1):
            if _crossings(runs[i + 1], runs[i]) < _crossings(runs[i], runs[i + 1]):
                runs[i], runs[i + 1] = runs[i + 1], runs[i]
                swapped = True
        if not swapped:
            break
    for i, run in enumerate(runs):
        above = [other.track for other in runs[:i] if _overlap(run, other)]
        run.track = max(above, default=-1) + 1


def _overlap(one: _Run, other: _Run) -> bool:
    (low, high), (other_low, other_high) = one.span, other.span
    return low < other_high + APART and other_low < high + APART


def _crossings(upper: _Run, lower: _Run) -> int:
    """Count the crossings if one run lies above the other; covering each other is worst."""
    (low, high), (other_low, other_high) = upper.span, lower.span
    crossed = sum(low < x < high for x in lower.tops)
    crossed += sum(other_low < x < other_high for x in upper.bottoms)
    covered = sum(abs(x - other) < APART / 2 for x in upper.bottoms for other in lower.tops)
    return crossed + 100 * covered


def _row_bands(graph: Graph, drawn: Sequence[Arrow], rows: _Rows) -> list[int]:
    """Tell the band of each row."""
    bands = [0] * len(rows.nodes)
    for name in graph.order:
        bands[rows.row[step_node(graph, name)]] = graph.bands[name]
    for arrow in drawn:
        if arrow.box:
            bands[rows.row[arrow.node("answer")]] = graph.bands[arrow.step.id]
    return bands


def _set(
    graph: Graph, rows: _Rows, ways: Sequence[_Way], gaps: list[list[_Run]], bands: list[int]
) -> Plan:
    """Stack the rows with the room they need, and turn stops and tracks into points."""
    staged = bool(graph.pathway.stages)
    columns = [
        rows.x[name] + side * box.width / 2 for name, box in rows.sizes.items() for side in (-1, 1)
    ]
    columns += [x for way in ways for _, x in way.stops]
    left = min(columns) - MARGIN
    middles: list[float] = []
    tracks: list[float] = []
    """For each gap the height of its first track."""
    edges: dict[int, tuple[float, float]] = {}
    y = 0.0
    for row in range(len(rows.nodes) + 1):
        ends_band = row == len(rows.nodes) or (row > 0 and bands[row] != bands[row - 1])
        used = max((run.track for run in gaps[row]), default=-1) + 1
        more = max(used - 1, 0) * APART
        if row == 0 or ends_band:
            # Tracks keep to the foot of the band above, where no title stands.
            room = (ROOM / 2 if used or row else 0.0) + more + (MARGIN / 2 if row else 0.0)
            tracks.append(y + ROOM / 2)
            y += room
            if row > 0:
                edges[bands[row - 1]] = (edges[bands[row - 1]][0], y)
            if row < len(rows.nodes):
                y += 10.0 if row and staged else 0.0
                edges[bands[row]] = (y, y)
                y += BAND_ROOM if staged else MARGIN
        else:
            answers = all(name.startswith("answer") for name in rows.nodes[row])
            room = (CLOSE if answers and used <= 1 else ROOM) + more
            tracks.append(y + room / 2 - more / 2 - (0 if answers else 3))
            y += room
        if row < len(rows.nodes):
            middles.append(y + rows.height(row) / 2)
            y += rows.height(row)
    lines = tuple(_line(way, rows, middles, tracks, left) for way in ways)
    boxes = {}
    for name in graph.order:
        node = step_node(graph, name)
        size = rows.sizes[node]
        boxes[name] = Rect(rows.x[node] - left, middles[rows.row[node]], size.width, size.height)
    return Plan(max(columns) + MARGIN - left, y, boxes, _in_reading_order(lines, graph), edges)


def _in_reading_order(lines: Iterable[Line], graph: Graph) -> tuple[Line, ...]:
    return tuple(
        sorted(lines, key=lambda line: (graph.numbers[line.arrow.step.id], line.arrow.index))
    )


def _line(
    way: _Way, rows: _Rows, middles: Sequence[float], tracks: Sequence[float], left: float
) -> Line:
    """Turn the stops of an arrow into corner points."""
    arrow = way.arrow
    row, x = way.stops[0]
    points: list[Point] = [(x - left, middles[row] + rows.sizes[arrow.tail].height / 2)]
    legs: list[tuple[Point, ...]] = []
    label = None
    for (gap, run), (row, x) in zip(way.runs, way.stops[1:], strict=True):
        if run is not None:
            y = tracks[gap] + run.track * APART
            points += [(points[-1][0], y), (x - left, y)]
        answer = arrow.node("answer") if arrow.box else ""
        if arrow.box and label is None and row == rows.row[answer]:
            label = Rect(x - left, middles[row], arrow.box.width, arrow.box.height)
            points.append((x - left, middles[row] - arrow.box.height / 2))
            legs.append(tuple(points))
            points = [(x - left, middles[row] + arrow.box.height / 2)]
        else:
            points.append((x - left, middles[row]))
    points[-1] = (points[-1][0], middles[row] - rows.sizes[arrow.head].height / 2)
    legs.append(tuple(points))
    return Line(arrow, tuple(_simplified(leg) for leg in legs), label)


def _simplified(points: Sequence[Point]) -> tuple[Point, ...]:
    """Leave out points that lie on a straight stretch.

    >>> _simplified([(0, 0), (0, 5), (0, 9), (4, 9)])
    ((0, 0), (0, 9), (4, 9))
    """
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)
