"""Decide how large each box of the chart is, from its text alone."""

from dataclasses import dataclass
from functools import lru_cache

from pathbook import text
from pathbook.model import Kind, Route, Step

SIZE = 14.0
"""Type size in boxes, in CSS pixels at the chart's natural size."""
LEADING = 18.0
"""From one line of text to the next."""
ANSWER_SIZE = 12.5
"""Type size of the answers on routes."""
ANSWER_LEADING = 16.0

_MEASURE: dict[Kind, float] = {"link": 120, "decision": 172, "outcome": 150}
_PAD_X: dict[Kind, float] = {"decision": 26, "outcome": 20, "link": 24, "procedure": 18}
_PAD_Y: dict[Kind, float] = {"link": 12}


@dataclass(frozen=True)
class Box:
    """Lines of text and the size they need, in CSS pixels."""

    lines: tuple[str, ...]
    width: float
    height: float


def step_box(step: Step) -> Box:
    """Fit a step's title into its shape."""
    return _step_box(step.kind, step.title)


@lru_cache(maxsize=8192)
def _step_box(kind: Kind, title: str) -> Box:
    lines = text.wrap(title, SIZE, _MEASURE.get(kind, 158), 6)
    widest = max(text.width(line, SIZE) for line in lines)
    pad_x, pad_y = _PAD_X.get(kind, 13), _PAD_Y.get(kind, 13)
    return Box(lines, _even(max(widest, 60) + 2 * pad_x), _even(len(lines) * LEADING + 2 * pad_y))


@lru_cache(maxsize=8192)
def answer_box(route: Route) -> Box | None:
    """Fit the answer of a route into its label; a route without one needs none."""
    if not route.when:
        return None
    lines = text.wrap(route.when, ANSWER_SIZE, 128, 4)
    widest = max(text.width(line, ANSWER_SIZE) for line in lines)
    return Box(lines, _even(widest + 18), _even(len(lines) * ANSWER_LEADING + 8))


def _even(length: float) -> float:
    """Round up to an even number, so that middles fall on whole pixels.

    >>> _even(20.1)
    22.0
    """
    return float(-(-length // 2) * 2)
