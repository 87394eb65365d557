"""Show what is different between two states of a library on one page that needs nothing else."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby, zip_longest
from operator import itemgetter

from jinja2 import Environment
from markupsafe import Markup, escape

from pathbook import diff_report, shipped, svg
from pathbook.consequences import Consequences
from pathbook.diff import Change, Difference, Entry
from pathbook.diff_chart import MARKS, Union
from pathbook.diff_report import Point, Report
from pathbook.legend import legend
from pathbook.lines import Rect

HEADINGS = {
    "pathway": "The pathway",
    "step": "Steps",
    "statement": "Statements",
    "source": "Sources",
    "term": "Terms",
    "scenario": "Scenarios",
}
"""What stands above the differences of each kind."""

LONGEST = 4000
"""Words and gaps of two texts that are compared word by word; longer ones are marked as a whole."""

ALIKE = 0.6
"""The least share of words and gaps that two texts have in common; else they are marked whole."""

Pair = tuple[Markup, Markup]
"""What was said and what is said, with the words that differ marked."""


@dataclass(frozen=True)
class Section:
    """What the page says about one pathway."""

    difference: Difference
    readers: Consequences
    both: Union | None
    """The chart of both states, if there can be one."""
    chart: Markup | None
    """The same drawn, if that was possible."""

    @property
    def points(self) -> tuple[Point, ...]:
        """What the difference means for readers."""
        return tuple(diff_report.points(self.readers))

    @property
    def entries(self) -> Mapping[str, Sequence[Entry]]:
        """The differences by what they are about, under the headings of the page."""
        found: dict[str, list[Entry]] = {}
        for entry in self.difference.entries:
            found.setdefault(HEADINGS[entry.part], []).append(entry)
        return found

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The numbers of steps in the chart of both states."""
        return self.both.graph.numbers if self.both else {}

    @property
    def unchanged(self) -> tuple[tuple[int, str, str], ...]:
        """Number, id and title of the steps that are as they were."""
        changed = {entry.id for entry in self.difference.entries if entry.part == "step"}
        steps = self.difference.steps
        return tuple(
            (number, name, steps[name].title)
            for name, number in self.numbers.items()
            if name not in changed
        )


def html(report: Report, unions: Mapping[str, Union], charts: Mapping[str, Markup]) -> str:
    """Write the page; `unions` and `charts` hold what there is of each pathway, by its id."""
    sections = [
        Section(found, readers, unions.get(found.id), charts.get(found.id))
        for found, readers in report.changed
    ]
    page = (
        _environment()
        .get_template("diff.html.j2")
        .render(
            report=report,
            sections=sections,
            signs=_legend(),
            style=_style(),
        )
    )
    return diff_report.spelled_out(f"{page.strip()}\n")


def words(old: str, new: str) -> Pair:
    """Mark the words that differ between two texts.

    >>> [str(text) for text in words("It hurts", "It aches")]
    ['It <del>hurts</del>', 'It <ins>aches</ins>']
    """
    before, after = (re.findall(r"\s+|\S+", text) for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > LONGEST or matcher.ratio() < ALIKE:
        return svg.tag("del", old), svg.tag("ins", new)
    was, now = Markup(), Markup()
    for how, i, j, k, n in matcher.get_opcodes():
        cut, put = escape("".join(before[i:j])), escape("".join(after[k:n]))
        was += cut if how == "equal" or not cut else svg.tag("del", cut)
        now += put if how == "equal" or not put else svg.tag("ins", put)
    return was, now


def patch(change: Change) -> Iterator[tuple[str, Markup]]:
    """Give the lines that differ, each with its sign; words where one line stands for another."""
    runs = [
        (sign, [line for _, line in lines])
        for sign, lines in groupby(diff_report.patch(change), key=itemgetter(0))
    ]
    for at, (sign, lines) in enumerate(runs):
        for line, other in zip_longest(lines, _instead(runs, at)):
            yield sign, _line(sign, line, other)


def _instead(runs: Sequence[tuple[str, list[str]]], at: int) -> list[str]:
    """Give the lines that stand for those of a run on the other side, if they are as many."""
    sign, lines = runs[at]
    there = at + {"-": 1, "+": -1}.get(sign, 0)
    if not 0 <= there < len(runs) or {sign, runs[there][0]} != {"-", "+"}:
        return []
    return runs[there][1] if len(runs[there][1]) == len(lines) else []


def _line(sign: str, line: str, other: str | None) -> Markup:
    if other is not None:
        return words(line, other)[0] if sign == "-" else words(other, line)[1]
    tag = {"-": "del", "+": "ins"}.get(sign)
    return svg.tag(tag, line) if tag and line else escape(line)


def _legend() -> list[tuple[Markup, str]]:
    """Explain the marks of the chart, each with a small picture."""
    said = {"added": "New", "removed": "Gone", "changed": "Changed"}
    found = [(_sample(mark), f"{mark.sign} {said[how]}") for how, mark in MARKS.items()]
    return [*found, (_sample(None), "As it was")]


def _sample(mark: svg.Mark | None) -> Markup:
    """Draw a box and an arrow with a mark."""
    name, at = mark.name if mark else None, Rect(26, 14, 48, 22)
    line = svg.tag("path", d="M54 14L86 14", class_="pb-line")
    head = svg.tag("path", d="M94 14L85 9L85 19Z", class_="pb-head")
    arrow = svg.tag("g", line, head, class_="pb-route", data_change=name)
    return svg.tag(
        "svg",
        svg.tag("g", *svg.shape("action", at), class_="pb-box pb-action", data_change=name),
        svg.tag("g", arrow, class_="pb-routes"),
        class_="pb-chart",
        viewBox="0 0 96 28",
        width=96.0,
        height=28.0,
        aria_hidden="true",
    )


def _style() -> Markup:
    """Give the looks of the books, and those of this page; dark where the reader's screen is."""
    book, own = (shipped.text(f"assets/{name}.css") for name in ("pathbook", "diff"))
    dark = book.partition('[data-md-color-scheme="slate"] {')[2].partition("}")[0]
    night = f"@media (prefers-color-scheme: dark) {{ :root {{{dark}}} }}"
    return Markup(f"{book}\n{night}\n{own}")  # noqa: S704 (our own files)


@cache
def _environment() -> Environment:
    environment = shipped.templates()
    environment.filters["short"] = diff_report.short
    environment.globals |= {
        "legend": legend,
        "marks": MARKS,
        "most": diff_report.MOST,
        "patch": patch,
        "rows": diff_report.rows,
        "values": diff_report.values,
        "words": words,
    }
    return environment
