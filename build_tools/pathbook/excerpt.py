"""Show the line of a file that a problem is in, with a mark under the place."""

import unicodedata

from pathbook.problems import Place
from pathbook.reading import line_of, visible

WIDEST = 92
"""Columns of a line that are shown."""


def excerpt(place: Place) -> list[str]:
    """Give the line of a place and a mark under it; nothing for a place that is a whole file."""
    line = line_of(place)
    if not line.strip():
        return []
    begin = min(place.column - 1, len(line))
    first = max(0, begin - WIDEST // 2) if len(line) > WIDEST else 0
    cut = visible(line[first : first + WIDEST])
    marked = cut[begin - first : begin - first + _length(line, begin)]
    lead = "..." if first else ""
    tail = "..." if first + WIDEST < len(line) else ""
    before = " " * (len(lead) + columns(cut[: begin - first]))
    number = str(place.line)
    return [
        f"    {number} | {lead}{cut}{tail}",
        f"    {' ' * len(number)} | {before}{'^' * max(1, columns(marked))}",
    ]


def _length(line: str, begin: int) -> int:
    """Tell how far a value reaches: to the end of its line, or of its part of what is in brackets.

    >>> _length("a: {to: b, when: c}", 4), _length("to: b, c", 0), _length("[x](a,b.md).", 4)
    (5, 8, 6)
    """
    before, rest = line[:begin], line[begin:].rstrip()
    if not ("{" in before or "[" in before):
        return len(rest)
    closing = ")" if before.endswith("](") else ",}]"
    ends = [at for mark in closing if (at := rest.find(mark)) > 0]
    return min(ends, default=len(rest))


def columns(text: str) -> int:
    """Count the columns that a text takes in a terminal.

    >>> columns("pain"), columns("痛み")
    (4, 4)
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.combining(character) > 0 for character in text)
    return len(text) + wide - none
