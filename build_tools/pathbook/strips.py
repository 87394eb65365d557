"""Draw a pathway part by part, in strips narrow enough for any phone and for half a sheet.

Boxes stand below one another in reading order, each followed by its ways on. What a way leads to in
the same stage is reached by a lane on the right; any other step is named where the way leaves, with
a link to its box. So nothing can cover anything else, whatever the pathway, and no layout has to be
searched for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from pathbook import overview, svg, text
from pathbook.boxes import ANSWER_LEADING, ANSWER_SIZE, LEADING, SIZE
from pathbook.graph import Graph
from pathbook.layout import Point
from pathbook.lines import Rect
from pathbook.model import Kind, Route, Step
from pathbook.overview import Part

WIDTH = 320.0
"""Pixels; a phone of 360 pixels shows all of it."""
BUS = 26.0
"""Where ways leave a box and arrive from above."""
LANE = 9.0
"""From one lane to the next."""
LANES = 6
"""Ways that would need more lanes are named instead."""
TARGET = 28.0
"""The least height of what can be tapped: 24 (WCAG 2.2, 2.5.8) also on a screen of 320 pixels."""
GAP = 12.0
ENTRY = 46.0
"""The height of what is named above a box."""
MOST = 5
"""Steps one comes from that are named above a box; of more it says how many."""
SLICE = 420.0
"""A strip may be cut between two boxes, and within the ways of one box that is higher than this."""

_PAD: dict[Kind, float] = {"decision": 30, "link": 40, "outcome": 24, "procedure": 20}


@dataclass(frozen=True)
class Strip:
    """The chart of one part."""

    part: Part
    slices: tuple[Markup, ...]
    """One below the other they are the chart; a sheet of paper may end between two."""


@dataclass
class _Way:
    """A way on from a step, or a result that is used later."""

    step: Step
    to: Step
    route: Route | None
    inside: bool
    """Whether it leads to a step of the same stage."""
    straight: bool = False
    """Whether it leads straight down to the next box."""
    lane: int | None = None

    @property
    def answer(self) -> str:
        return self.route.when if self.route else "Its result is used in"

    @property
    def named(self) -> bool:
        """Tell whether the step it leads to is named where it leaves, as no line leads there."""
        return not self.straight and self.lane is None


@dataclass
class _Block:
    """A step and its ways on, from where a strip may be cut to where it may be cut next."""

    step: Step
    ways: list[_Way]
    entries: list[tuple[str, list[Step]]] = field(default_factory=list)
    """The steps one comes from although no line of the strip leads here, and how."""
    top: float = 0.0
    box: Rect = field(default=Rect(0, 0, 0, 0))
    rows: list[float] = field(default_factory=list)
    """The top of each way on."""
    bottom: float = 0.0


def draw(graph: Graph, href: svg.Href) -> tuple[Strip, ...]:
    """Draw every part of a pathway."""
    return tuple(
        Strip(part, tuple(_Drawing(graph, part.steps, href).slices()))
        for part in overview.parts(graph)
    )


class _Drawing:
    """One strip: where everything stands, and its slices."""

    def __init__(self, graph: Graph, steps: Sequence[Step], href: svg.Href) -> None:
        self.graph, self.href = graph, href
        self.alone = overview.is_large(graph)
        """Whether no chart shows the whole: then boxes and arrows are named as they are there."""
        self.prefix = "box" if self.alone else "at"
        self.at = {step.id: position for position, step in enumerate(steps)}
        self.blocks = [_Block(step, list(self._ways(step))) for step in steps]
        lanes = self._give_lanes()
        self.right = WIDTH - 10 - LANE * lanes
        """Where boxes end and lanes begin."""
        self.drawn = {
            (way.step.id, way.to.id) for block in self.blocks for way in block.ways if not way.named
        }
        """The steps, two by two, between which a line leads."""
        y = 0.0
        for block in self.blocks:
            y = self._set(block, y)

    def _ways(self, step: Step) -> Iterator[_Way]:
        steps = self.graph.pathway.steps
        for route in step.next:
            yield _Way(step, steps[route.to], route, inside=route.to in self.at)
        for other in step.informs:
            yield _Way(step, steps[other], None, inside=False)

    def _give_lanes(self) -> int:
        """Give each way inside the stage a lane that no other uses there; return how many."""
        spans: dict[str, list[int]] = {}
        for block in self.blocks:
            here = self.at[block.step.id]
            for way in block.ways:
                plain = len(block.ways) == 1 and not way.answer
                way.straight = plain and way.inside and self.at[way.to.id] == here + 1
                if way.inside and not way.straight:
                    # A box is on an even place, the ways on from it on the odd place below.
                    spans.setdefault(way.to.id, []).extend((2 * here + 1, 2 * self.at[way.to.id]))
        used: list[list[tuple[int, int]]] = []
        given: dict[str, int] = {}
        for name, places in sorted(spans.items(), key=lambda one: max(one[1]) - min(one[1])):
            low, high = min(places), max(places)
            free = (
                lane
                for lane, taken in enumerate(used)
                if all(high < other or end < low for other, end in taken)
            )
            lane = next(free, len(used))
            if lane == LANES:
                continue
            if lane == len(used):
                used.append([])
            used[lane].append((low, high))
            given[name] = lane
        for block in self.blocks:
            for way in block.ways:
                if way.inside and not way.straight:
                    way.lane = given.get(way.to.id)
        return len(used)

    def _set(self, block: _Block, y: float) -> float:
        """Place a box and its ways on below what stands above; give where the next may begin."""
        block.top = y
        block.entries = list(self._from_elsewhere(block.step))
        y += ENTRY if block.entries else GAP
        height = len(self._lines(block.step)) * LEADING + 26
        block.box = Rect((1 + self.right) / 2, y + height / 2, self.right - 1, height)
        y += height
        for way in block.ways:
            block.rows.append(y)
            y += 0 if way.straight else self._height(way)
        block.bottom = y + GAP
        return block.bottom

    def _height(self, way: _Way) -> float:
        answer = self._answer(way)
        height = 10 + len(answer) * ANSWER_LEADING + 8 if answer else 8.0
        if way.named:
            height += 6 + self._named_height(way)
        return height if answer or way.named else height + 10

    def _named_height(self, way: _Way) -> float:
        return max(TARGET, len(self._title(way)) * ANSWER_LEADING + 6)

    def _lines(self, step: Step) -> tuple[str, ...]:
        return text.wrap(step.title, SIZE, self.right - 2 * _PAD.get(step.kind, 16), 6)

    def _answer(self, way: _Way) -> tuple[str, ...]:
        return text.wrap(way.answer, ANSWER_SIZE, self.right - BUS - 50, 4) if way.answer else ()

    def _title(self, way: _Way) -> tuple[str, ...]:
        measure = self.right - self._leaving(way) - self._badge(way.to) - 12
        return text.wrap(way.to.title, ANSWER_SIZE, measure, 3)

    def _badge(self, step: Step) -> float:
        """Give the width of a step's number."""
        return 12.0 + 7 * len(str(self.graph.numbers[step.id]))

    def _from_elsewhere(self, step: Step) -> Iterator[tuple[str, list[Step]]]:
        """Say from which steps one comes to a box although no line of the strip leads here."""
        steps = self.graph.pathway.steps
        if step.id in self.graph.hosts:
            yield "Background of", [steps[self.graph.hosts[step.id]]]
        before = dict.fromkeys(way.step.id for way in self.graph.arrivals[step.id])
        if others := [steps[name] for name in before if (name, step.id) not in self.drawn]:
            yield "From", others
        if self.graph.informed_by[step.id]:
            yield "Uses the result of", list(self.graph.informed_by[step.id])

    def slices(self) -> Iterator[Markup]:
        """Cut the strip where a sheet may end: above each box, and within many ways on."""
        arrows = [arrow for block in self.blocks for arrow in self._arrows(block)]
        named: set[int] = set()
        for top, bottom, parts in self._pieces():
            crossing = [
                svg.tag("g", *drawn, class_=svg.route_style(way.route), **self._data(way, named))
                for low, high, way, drawn in arrows
                if low < bottom and high > top
            ]
            yield svg.tag(
                "svg",
                svg.tag("g", *crossing, aria_hidden="true"),
                *parts,
                class_="pb-chart pb-slice",
                viewBox=f"0 {top:g} {WIDTH:g} {bottom - top:g}",
                width=WIDTH,
                height=bottom - top,
                role="presentation",
            )

    def _pieces(self) -> Iterator[tuple[float, float, list[Markup]]]:
        for block in self.blocks:
            top = block.top
            parts = [*self._entries(block), self._box(block)]
            for way, y in zip(block.ways, block.rows, strict=True):
                if y - top > SLICE:
                    yield top, y, parts
                    top, parts = y, []
                parts += self._labels(way, y)
            yield top, block.bottom, parts

    def _box(self, block: _Block) -> Markup:
        step = block.step
        return svg.tag(
            "a",
            *svg.shape(step.kind, block.box),
            svg.badge(str(self.graph.numbers[step.id]), step.kind, block.box, BUS),
            " ",
            svg.text_lines(self._lines(step), block.box, LEADING, SIZE),
            class_=f"pb-box pb-{step.kind}",
            id=f"{self.prefix}-{step.id}",
            data_step=step.id if self.alone else None,
            data_at=None if self.alone else step.id,
            href=self.href(step),
            aria_label=svg.name_of(self.graph, step),
        )

    def _entries(self, block: _Block) -> Iterator[Markup]:
        """Name the steps one comes from, each with a link to its box."""
        x, y = BUS + 12, block.top + 4
        if block.entries and block.step.id not in self.graph.hosts:
            arrow = svg.arrow([[(BUS, y + 4), (BUS, block.top + ENTRY)]])
            yield svg.tag("g", *arrow, class_="pb-route", aria_hidden="true")
        for words, steps in block.entries:
            yield svg.tag(
                "text", words, x=x, y=y + TARGET / 2 + 4, class_="pb-when", aria_hidden="true"
            )
            x += text.width(words, 12) + 6
            for step in steps[:MOST]:
                number = str(self.graph.numbers[step.id])
                width = max(TARGET, self._badge(step))
                if x + width > WIDTH:
                    return
                at = Rect(x + width / 2, y + TARGET / 2, width, TARGET)
                yield self._link(step, f"{words} {number} {step.title}", self._chip(step, at))
                x += width + 4
            if len(steps) > MOST:
                more = f"and {len(steps) - MOST} more"
                yield svg.tag("text", more, x=x, y=y + TARGET / 2 + 4, class_="pb-when")
                x += text.width(more, 12) + 8

    def _chip(self, step: Step, at: Rect) -> Markup:
        """Draw the number of a step, with room to tap."""
        wide = at.width - 4
        return svg.tag(
            "g",
            svg.tag(
                "rect", x=at.x - at.width / 2, y=at.y - TARGET / 2, width=at.width, height=TARGET,
                class_="pb-touch",
            ),
            svg.tag(
                "g",
                svg.tag("rect", x=at.x - wide / 2, y=at.y - 8, width=wide, height=16.0, rx="8"),
                svg.tag("text", str(self.graph.numbers[step.id]), x=at.x, y=at.y + 4),
                class_="pb-number",
            ),
            class_=f"pb-{step.kind}",
        )  # fmt: skip

    def _link(self, step: Step, name: str, *inside: Markup) -> Markup:
        spaced = [part for one in inside for part in (one, " ")]
        href = f"#{self.prefix}-{step.id}"
        return svg.tag("a", *spaced, class_="pb-on", href=href, aria_label=name)

    def _labels(self, way: _Way, y: float) -> Iterator[Markup]:
        """Write the answer of a way, and the step it leads to where no line leads there."""
        answer = self._answer(way)
        if answer and way.route:
            pill = svg.answer(self._pill(way, y), answer)
            style = svg.route_style(way.route)
            yield svg.tag("g", pill, class_=style, aria_hidden="true", **_twin(way))
        elif answer:
            words = svg.tag("text", *answer, x=BUS + 16, y=y + 24, class_="pb-when")
            yield svg.tag("g", words, aria_hidden="true")
        if way.named:
            yield self._named(way, self._end(way, y))

    def _named(self, way: _Way, middle: float) -> Markup:
        """Name the step that a way leads to, beside the head of its arrow."""
        lines, number = self._title(way), str(self.graph.numbers[way.to.id])
        x, width = self._leaving(way), self._badge(way.to)
        first = middle - (len(lines) - 1) * ANSWER_LEADING / 2 + ANSWER_SIZE * 0.35
        title = svg.spans(lines, x + width + 6, first, ANSWER_LEADING)
        height = self._named_height(way)
        touch = svg.tag(
            "rect", x=x, y=middle - height / 2, width=self.right - x, height=height,
            class_="pb-touch",
        )  # fmt: skip
        return self._link(
            way.to,
            f"{way.answer}: to {number} {way.to.title}".removeprefix(": "),
            touch,
            self._chip(way.to, Rect(x + width / 2, middle, width, TARGET)),
            svg.tag("text", *title, class_="pb-goes-on"),
        )

    def _pill(self, way: _Way, y: float) -> Rect:
        lines = self._answer(way)
        width = max(text.width(line, ANSWER_SIZE) for line in lines) + 18
        height = len(lines) * ANSWER_LEADING + 8
        return Rect(BUS + 16 + width / 2, y + 10 + height / 2, width, height)

    def _leaving(self, way: _Way) -> float:
        """Give where the named step stands, to the right of its arrow."""
        return BUS + (50 if way.answer else 26)

    def _end(self, way: _Way, y: float) -> float:
        """Give the height at which the last part of a way leaves to the right."""
        if not way.named:
            return self._pill(way, y).y if way.answer else y + 10
        return y + self._height(way) - self._named_height(way) / 2

    def _arrows(self, block: _Block) -> Iterator[tuple[float, float, _Way, Sequence[Markup]]]:
        """Draw each way on, with the heights between which it runs."""
        foot = block.box.y + block.box.height / 2
        for way, y in zip(block.ways, block.rows, strict=True):
            legs = list(self._legs(way, y, foot))
            heights = [point[1] for leg in legs for point in leg]
            yield min(heights), max(heights), way, svg.arrow(legs)

    def _legs(self, way: _Way, y: float, foot: float) -> Iterator[list[Point]]:
        """Give the corners of a way: to its answer and from there on, or all in one."""
        start: list[Point] = [(BUS, foot)]
        end = self._end(way, y)
        if way.straight:
            target = self.blocks[self.at[way.to.id]].box
            yield [*start, (BUS, target.y - target.height / 2)]
            return
        if way.answer and way.route:
            pill = self._pill(way, y)
            yield [*start, (BUS, pill.y), (pill.x - pill.width / 2, pill.y)]
            below = (BUS + 32, pill.y + pill.height / 2)
            start = [below] if way.named else [(pill.x + pill.width / 2, pill.y)]
        if way.named:
            x = self._leaving(way)
            yield [*start, (start[-1][0], end), (x - 2, end)]
            return
        target = self.blocks[self.at[way.to.id]].box
        lane = self.right + 10 + LANE * (way.lane or 0)
        out = start if start[-1][1] == end else [*start, (BUS, end)]
        yield [*out, (lane, end), (lane, target.y), (target.x + target.width / 2 + 1, target.y)]

    def _data(self, way: _Way, named: set[int]) -> dict[str, str]:
        """Name an arrow where it is drawn first, if this is the only chart that it is in."""
        if not self.alone or id(way) in named:
            return _twin(way)
        named.add(id(way))
        route = {"data_route": way.route.id} if way.route else {}
        return {"data_from": way.step.id, "data_to": way.to.id, **route}


def _twin(way: _Way) -> dict[str, str]:
    """Name what belongs to an arrow that is named elsewhere."""
    return {"data_way": f"{way.step.id} {way.route.id}"} if way.route else {}
