"""Measure and break the text of the chart without asking any font of the machine at hand."""

import unicodedata
from functools import lru_cache
from itertools import accumulate, takewhile

ELLIPSIS = "…"

# The widest advance of each character from " " to "~", in thousandths of the type size, over the
# regular cuts of Cantarell, DejaVu Sans, FreeSans, Inter, Lato, Liberation Sans (the widths of
# Arial and Helvetica), Noto Sans, Open Sans and Roboto. What fits by these widths fits in all of
# them: docs/decisions/0003-text-fits-in-any-font.md says how they were taken.
_WIDTHS = (
    318, 401, 460, 838, 638, 987, 780, 275, 390, 390, 552, 838, 318, 460, 318, 452, 636, 636, 636,
    636, 642, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 556, 1015, 684, 686, 727, 770, 667,
    611, 778, 764, 339, 552, 674, 563, 928, 764, 800, 667, 800, 722, 667, 642, 741, 684, 1036, 685,
    678, 685, 390, 452, 390, 838, 556, 577, 613, 635, 558, 635, 615, 361, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 413, 523, 392, 634, 592, 818, 592, 592, 541, 636, 551, 636, 838,
)  # fmt: skip


@lru_cache(maxsize=4096)
def _width(character: str) -> int:
    """Give the width of one character in thousandths of the type size."""
    base = unicodedata.normalize("NFD", character)[0]
    if " " <= base <= "~":
        return _WIDTHS[ord(base) - 32]
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    # Measured in the same fonts: Cyrillic and Arabic letters reach 1.12 and 1.22 of the size.
    return 1400 if ord(character) > 0xFFFF else 1250


def width(text: str, size: float) -> float:
    """Measure a line of text, in the unit of the type size.

    >>> round(width("Yes", 10), 2)
    18.16
    """
    return sum(map(_width, text)) * size / 1000


@lru_cache(maxsize=8192)
def wrap(text: str, size: float, measure: float, most: int) -> tuple[str, ...]:
    """Break a text into at most so many lines that fit a measure and are about equally long.

    Words too long for a line are broken; what does not fit into the last line ends in an ellipsis.

    >>> wrap("Look again at recent scans", 10, 100, 3)
    ('Look again at', 'recent scans')
    """
    words = [piece for word in text.split() for piece in _pieces(word, size, measure)]
    lines = _greedy(words, size, measure)
    if len(lines) > most:
        return (*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), size, measure))
    # The narrowest measure that needs no more lines makes them about equal.
    low, high = 0.0, measure
    while high - low > 1:
        middle = (low + high) / 2
        tried = _greedy(words, size, middle)
        if len(tried) > len(lines) or any(width(line, size) > middle for line in tried):
            low = middle
        else:
            high = middle
    return tuple(_greedy(words, size, high))


def _greedy(words: list[str], size: float, measure: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= measure:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, size: float, measure: float) -> list[str]:
    """Cut a word that is wider than the measure into pieces that are not."""
    begin, reached = 0, 0.0
    pieces = []
    for at, character in enumerate(word):
        wide = width(character, size)
        if at > begin and reached + wide > measure:
            pieces.append(word[begin:at])
            begin, reached = at, 0.0
        reached += wide
    return [*pieces, word[begin:]]


def _cut(text: str, size: float, measure: float) -> str:
    """Shorten a line until it fits with an ellipsis."""
    room = measure - width(ELLIPSIS, size)
    ends = accumulate(_width(character) * size / 1000 for character in text)
    return text[: sum(1 for _ in takewhile(lambda end: end <= room, ends))].rstrip() + ELLIPSIS
