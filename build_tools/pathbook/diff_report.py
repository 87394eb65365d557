"""Tell what is different between two states of a library, as text, JSON or Markdown."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby

from pathbook import consequences, pages
from pathbook.consequences import Consequences, Journey, Named, Outcome
from pathbook.diff import Change, Difference, Entry, How

SIGNS: Mapping[How, str] = {"added": "+", "removed": "-", "changed": "~"}

MOST = 12
"""Lines of an entry that a comment shows without unfolding; and addresses or answers listed."""
EXAMPLES = 3
"""Walks that are told answer by answer."""

KEEPING = "A step that names its former id under 'was' keeps that address."
"""What to do about an address that is lost."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What could hide or reorder text: control characters, and those that turn its direction."""


@dataclass(frozen=True)
class Report:
    """Two states of a library, and what is different."""

    old: str
    """What was compared, as a person names it."""
    new: str
    """What it was compared with."""
    differences: tuple[Difference, ...]
    """Pathway by pathway, those without a difference too."""

    @cached_property
    def changed(self) -> tuple[tuple[Difference, Consequences], ...]:
        """The pathways that are different, each with what that means for readers."""
        return tuple((found, consequences.of(found)) for found in self.differences if found.how)

    @property
    def counts(self) -> dict[How, int]:
        """How many differences there are of each kind."""
        found = [change.how for difference in self.differences for change in difference.changes]
        return {how: found.count(how) for how in SIGNS}

    @property
    def compared(self) -> dict[str, int]:
        """How much was compared: what is in both states and what is in one."""
        return {
            "pathways": len(self.differences),
            "steps": sum(len(found.steps) for found in self.differences),
            "routes": sum(found.routes for found in self.differences),
        }

    @property
    def total(self) -> str:
        """Say in one line how many differences there are, and how much was compared."""
        counts = ", ".join(f"{n} {how}" for how, n in self.counts.items())
        number = sum(self.counts.values())
        found = f"{_counted(number, 'difference')}: {counts}" if number else "No differences"
        compared = (_counted(n, word.removesuffix("s")) for word, n in self.compared.items())
        return f"{found}. Compared {', '.join(compared)}."


@dataclass(frozen=True)
class Point:
    """Something that readers meet after the change."""

    text: str
    inside: tuple["Point", ...] = ()
    """The same in detail."""
    harm: bool = False
    """Whether something that led somewhere leads elsewhere or nowhere."""


def text(report: Report) -> str:
    """Write it for a terminal: what it means for readers first, then every difference."""
    lines = [f"From {report.old} to {report.new}"]
    for difference, found in report.changed:
        lines += ["", f"{_sign(difference)} {difference.id}: {difference.now.pathway.title}", ""]
        told = [f"    {line}" for point in points(found) for line in _outlined(point)]
        lines += ["  What this means for readers", *told] if told else []
        for entry in difference.entries:
            lines += ["", f"  {heading(entry)}"]
            lines += [f"      {line}".rstrip() for line in entry_lines(entry)]
    return spelled_out("\n".join([*lines, "", report.total, ""]))


def as_json(report: Report) -> str:
    """Write it for scripts.

    `format` is the number of this form, which grows if a key changes its meaning; `old` and `new`
    say what was compared; `compared` and `counts` how much, and how many differences there are. For
    every pathway that is different, `changes` lists each with its `path`, `how` (`added`, `removed`
    or `changed`), `old` and `new`, and `readers` holds the fields of `Consequences`.
    """
    pathways = [
        {
            "id": difference.id,
            "title": difference.now.pathway.title,
            "how": difference.how,
            "readers": asdict(found),
            "changes": [asdict(change) for change in difference.changes],
        }
        for difference, found in report.changed
    ]
    data = {
        "format": 1,
        "old": report.old,
        "new": report.new,
        "compared": report.compared,
        "counts": report.counts,
        "pathways": pathways,
    }
    return spelled_out(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def markdown(report: Report) -> str:
    """Write it as a comment for a review, with what is long folded."""
    parts = [f"## What changed from {_plain(report.old)} to {_plain(report.new)}", report.total]
    for difference, found in report.changed:
        title = f"{difference.id}: {difference.now.pathway.title}"
        parts += [f"### {_sign(difference)} {_plain(title)}"]
        told = "\n".join(line for point in points(found) for line in _listed(point))
        parts += ["#### What this means for readers", told] if told else []
        parts += ["#### What changed"]
        parts += [part for entry in difference.entries for part in _block(entry)]
    return spelled_out("\n\n".join(parts) + "\n")


# In words


def points(found: Consequences) -> Iterator[Point]:
    """Say what a difference means for readers, what does harm first."""
    for end in found.ends_lost:
        yield Point(f"An end that cannot be reached any more: {_named(end)}", harm=True)
    if lost := found.addresses_lost:
        says = f"Addresses that lead nowhere any more: {len(lost)}."
        yield Point(
            f"{says} {KEEPING}" if found.walks else says, _some(map(Point, lost), MOST), harm=True
        )
    if answers := found.answers_lost:
        says = f"Answers in shared walks that no longer count: {len(answers)}"
        listed = (Point(f"{_asked(a.step.title, a.answer)} ({a.walk})") for a in answers)
        yield Point(says, _some(listed, MOST), harm=True)
    if found.unwalked:
        yield Point(
            "No walk could be tried: a pathway starts at a step that is not there", harm=True
        )
    yield from _walks(found)
    for journey in found.scenarios_changed:
        yield Point(
            f"The scenario '{journey.title}': {_way(journey)}", _answers(journey), harm=True
        )
    for end in found.ends_reached:
        yield Point(f"An end that can be reached now: {_named(end)}")
    if found.are_harmless and found.walks:
        yield Point("Every address and every saved walk leads where it led")


def _walks(found: Consequences) -> Iterator[Point]:
    """Say what becomes of walks that readers may have saved."""
    short = [journey for journey in found.walks_changed if journey.is_cut_short]
    other = [journey for journey in found.walks_changed if not journey.is_cut_short]
    if short or other:
        same = found.walks - len(short) - len(other)
        says = (
            f"Walks that take every route of the old chart: {same} of {found.walks} lead where they"
            f" led, {len(other)} to other ends, {len(short)} cut short"
        )
        told = [*short[:EXAMPLES], *other[:EXAMPLES]]
        examples = (Point(_way(journey), _answers(journey)) for journey in told)
        yield Point(says, tuple(examples), harm=True)


def _way(journey: Journey) -> str:
    before = _led(journey.before, "led to", "stopped at")
    return f"{before}; now {_led(journey.now, 'leads to', 'stops at')}"


def _led(outcome: Outcome, leads: str, stops: str) -> str:
    """Say where a walk leads."""
    parts = [f"{leads} {' and '.join(map(_named, outcome.ends))}"] if outcome.ends else []
    parts += [f"{stops} {_named(outcome.waits)}"] if outcome.waits else []
    return " and ".join(parts)


def _answers(journey: Journey) -> tuple[Point, ...]:
    return tuple(Point(_asked(question, answer)) for question, answer in journey.answers)


def _asked(question: str, answer: str) -> str:
    return f"{question}{'' if question.endswith('?') else ':'} {answer}"


def _named(step: Named) -> str:
    return f"'{step.title}' ({step.id})"


def _some(found: Iterable[Point], most: int) -> tuple[Point, ...]:
    """Cut a long list short, and say how much is left out."""
    listed = tuple(found)
    if len(listed) <= most:
        return listed
    return (*listed[:most], Point(f"and {len(listed) - most} more"))


def _counted(number: int, word: str) -> str:
    """Count things.

    >>> _counted(1, "address"), _counted(2, "address"), _counted(0, "route")
    ('1 address', '2 addresses', '0 routes')
    """
    ending = "" if number == 1 else "es" if word.endswith("s") else "s"
    return f"{number} {word}{ending}"


def _sign(difference: Difference) -> str:
    return SIGNS[difference.how] if difference.how else ""


def heading(entry: Entry) -> str:
    """Say what an entry is about."""
    title = f": {entry.title}" if entry.title else ""
    return f"{SIGNS[entry.how]} {entry.part} {short(entry.id)}{title}"


def rows(entry: Entry) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """Gather the differences of an entry by what they are said of; nothing for all of it."""
    for label, changes in groupby(entry.changes, key=_label):
        yield label, tuple(changes)


def _label(change: Change) -> str:
    """Say what a difference is said of, in the words of the file."""
    if change.path[:1] == ("pages",):
        return "page"
    words = change.path if change.part == "pathway" else change.path[2:]
    shown = ("route" if word == "next" else short(word) for word in words)
    return " › ".join(shown)


def short(name: str, most: int = 60) -> str:
    """Cut a long name short; statements and scenarios may be called anything."""
    line = _one_line(name)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def entry_lines(entry: Entry) -> Iterator[str]:
    """Write the differences of an entry: what was there with `-`, what is there with `+`."""
    for label, changes in rows(entry):
        yield from [label] if label else []
        for change in changes:
            yield from (f"{sign} {line}".rstrip() for sign, line in patch(change))


def patch(change: Change) -> list[tuple[str, str]]:
    """Give the lines that differ, each after `-` or `+`.

    Of a longer text that changed the lines around come too, after a space; `@@` says where it is.
    """
    old, new = (value.strip("\n").split("\n") if value else [] for value in values(change))
    if change.how == "changed" and len(old) + len(new) > 2:
        unified = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
        cuts = [3 if line.startswith("@@") else 1 for line in unified]
        return [
            (line[:cut].strip() or " ", line[cut:]) for line, cut in zip(unified, cuts, strict=True)
        ]
    return [*(("-", line) for line in old), *(("+", line) for line in new)]


def values(change: Change) -> tuple[str, str]:
    """Give what was said and what is said, each with what the name in it stands for."""
    return (
        f"{change.old} ({change.old_means})" if change.old_means else change.old,
        f"{change.new} ({change.new_means})" if change.new_means else change.new,
    )


def spelled_out(text: str) -> str:
    r"""Show characters that could hide or reorder what stands around them.

    >>> print(spelled_out("a\u202eb"))
    a\u202eb
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


# As text and as Markdown


def _outlined(point: Point, depth: int = 0) -> Iterator[str]:
    mark = "!" if point.harm else "-"
    yield f"{'  ' * depth}{mark} {point.text}"
    for inner in point.inside:
        yield from _outlined(inner, depth + 1)


def _listed(point: Point, depth: int = 0) -> Iterator[str]:
    says = _plain(point.text)
    yield f"{'  ' * depth}- {f'**{says}**' if point.harm else says}"
    for inner in point.inside:
        yield from _listed(inner, depth + 1)


def _plain(text: str) -> str:
    """Write a text so that nothing in it is Markdown; nor a mention or a link to a forge.

    >>> print(_plain("1. *All* for @you"))
    &#49;&#46; &#42;All&#42; for &#64;&#8203;you
    """
    escaped = str(pages.heading(_one_line(text)))
    # What begins a list is not escaped in a heading, where it begins none.
    first = re.sub(r"^([-+]|\d+[.)])(?=\s|$)", _entities, escaped)
    apart = re.sub("(?<=&#64;)|(?<=&#35;)|(?<=:)(?=//)", "&#8203;", first)
    return apart.replace("www.", "www&#46;")


def _entities(found: re.Match[str]) -> str:
    return "".join(f"&#{ord(character)};" for character in found.group())


def _block(entry: Entry) -> tuple[str, ...]:
    """Write an entry as a line and a block of code, in which nothing means anything."""
    lines, says = list(entry_lines(entry)), _plain(heading(entry))
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    code = "\n".join([f"{fence}diff", *lines, fence])
    if len(lines) <= MOST:
        return f"**{says}**", code
    summary = f"<summary><b>{says}</b> ({len(lines)} lines)</summary>"
    return f"<details>{summary}", code, "</details>"
