"""Ask other hosts whether the links of a built site that lead there still work."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import get_args

from pathbook.asking import USUAL, Asking, State, Told, answers, host
from pathbook.built import WEB, BuiltSite, split
from pathbook.problems import PathbookError, Place, Problem
from pathbook.reading import Reading, nearest, read_yaml, visible
from pathbook.report import plain
from pathbook.site_links import followed

HEARD: tuple[State, ...] = ("dead", "failing", "refused")
"""What a host itself says; it is not asked again on the same day."""

SHAPE = "`- {address: https://..., reason: ..., until: 2027-01-31}`"
"""What a line of the file of exceptions looks like."""

MESSAGES: Mapping[State, str] = {
    "dead": "is gone",
    "failing": "fails",
    "unreached": "could not be reached",
    "unasked": "was not asked in time",
    "refused": "does not answer programs; open it by hand",
    "excepted": "is not asked",
    "skipped": "is skipped by the checker",
}


@dataclass(frozen=True)
class Excepted:
    """A link that is not asked about, and why."""

    address: str
    """The address, or its beginning with a `*` at the end."""
    reason: str
    until: date

    def covers(self, address: str, today: date) -> bool:
        """Tell whether it speaks of an address, and has not ended."""
        start = self.address.removesuffix("*")
        same = address.startswith(start) if start != self.address else address == start
        return same and today <= self.until


@dataclass(frozen=True)
class Answer:
    """What is known of a link."""

    address: str
    state: State
    said: str = ""
    """What the host, or the network, said; for one that is excepted, the reason."""
    pages: tuple[str, ...] = ()
    """The pages it stands on."""
    last_good: date | None = None
    """The last day on which it worked, as far as is remembered."""

    def __str__(self) -> str:
        """Lay it out for a person."""
        good = f"last good on {self.last_good}" if self.last_good else "never seen good"
        more = f" and {len(self.pages) - 3} more" if len(self.pages) > 3 else ""
        where = f"on {', '.join(self.pages[:3])}{more}"
        said = f" ({self.said})" if self.said else ""
        text = f"{self.address} {MESSAGES.get(self.state, self.state)}{said}; {good}; {where}"
        return visible(text)


@dataclass(frozen=True)
class Asked:
    """What came of it."""

    answers: tuple[Answer, ...] = ()
    remembered: int = 0
    """How many were known of late, and not asked again."""
    problems: tuple[Problem, ...] = field(default=())
    """What is wrong in the file of exceptions."""

    def of(self, *states: State) -> list[Answer]:
        """Give the answers in some states."""
        return [answer for answer in self.answers if answer.state in states]

    @property
    def alone(self) -> bool:
        """Tell whether no host at all could be reached, today or of late."""
        return bool(self.of("unreached")) and not self.of("good", "dead", "refused", "failing")

    @property
    def whole(self) -> bool:
        """Tell whether there were links, and nothing kept them from being asked."""
        return bool(self.answers) and not self.alone and not self.of("unasked")

    @property
    def total(self) -> str:
        """Say in one line how many links there are, and how they are."""
        if not self.answers:
            return "This site has no links to other hosts."
        hosts = len({host(answer.address) for answer in self.answers})
        counts = [f"{len(self.of(word))} {word}" for word in get_args(State) if self.of(word)]
        known = f" ({self.remembered} remembered)" if self.remembered else ""
        on = "1 host" if hosts == 1 else f"{hosts} hosts"
        return f"Looked at {_links(len(self.answers))} on {on}: {', '.join(counts)}{known}."


Memory = dict[str, dict[str, str]]
"""What is remembered of each address: `last_good`, a day, and if it was not good since, what was
`said` and on which day it was `asked`."""

KEEP = 5
"""After so many seconds what was learned is kept, as a run may be stopped at any time."""


def outside(site: BuiltSite) -> dict[str, tuple[str, ...]]:
    """List the addresses on other hosts that readers can go to, with the pages they stand on.

    `PathbookError` where there are no pages, which is a wrong folder rather than a site.
    """
    if not site.pages:
        message = f"there are no pages in '{site.folder}'; name the folder of a built site"
        raise PathbookError(message)
    found: dict[str, dict[str, None]] = {}
    for page, link, target in followed(site, "go"):
        address = link.address.strip().partition("#")[0]
        parts = split(address)
        if target.kind == "away" and parts and parts.scheme in WEB:
            found.setdefault(address, {})[page.path] = None
    return {address: tuple(found[address]) for address in sorted(found)}


def asked(  # noqa: PLR0913 (each is one thing to know)
    found: Mapping[str, Sequence[str]],
    memory: Memory,
    excepted: Sequence[Excepted],
    today: date,
    *,
    fresh: timedelta = timedelta(days=7),
    asking: Asking = USUAL,
    keep: Callable[[], None] = lambda: None,
) -> Asked:
    """Ask about every address that is not excepted and not known of late; `memory` learns.

    `keep` is called now and then, and when asking has ended or was broken off.
    """
    told = _left_out(found, memory, excepted, today, fresh)
    remembered = sum(one.state != "excepted" for one in told.values())
    new = sorted(set(found) - set(told), key=lambda one: (_last(memory.get(one, {}), today), one))
    kept = monotonic()
    try:
        with closing(answers(new, asking)) as coming:
            for address, answer in coming:
                told[address] = answer
                if learned := _learned(memory.get(address, {}), answer, today):
                    memory[address] = learned
                if monotonic() - kept >= KEEP:
                    keep()
                    kept = monotonic()
    finally:
        keep()
    good = {one: _day(memory.get(one, {}), "last_good", today) for one in found}
    result = Asked(
        tuple(
            Answer(one, told[one].state, told[one].said, tuple(pages), good[one])
            for one, pages in found.items()
        ),
        remembered,
    )
    if result.whole:  # a site built by half must not cost what was learned of the other half
        for address in set(memory) - set(found):
            del memory[address]
    return result


def _left_out(
    found: Iterable[str],
    memory: Memory,
    excepted: Sequence[Excepted],
    today: date,
    fresh: timedelta,
) -> dict[str, Told]:
    """Give the addresses that need not be asked: they are excepted, or known."""
    told: dict[str, Told] = {}
    for address in found:
        if reasons := [one.reason for one in excepted if one.covers(address, today)]:
            told[address] = Told("excepted", reasons[0])
        elif known := _known(memory.get(address, {}), today, fresh):
            told[address] = known
    return told


def _known(known: Mapping[str, str], today: date, fresh: timedelta) -> Told | None:
    """Give what need not be asked again: a link that was good of late, what a host said today."""
    state, _, said = known.get("said", "").partition(": ")
    if not state:
        good = _day(known, "last_good", today)
        return Told("good") if good and today - good < fresh else None
    if fresh and _day(known, "asked", today) == today:
        return next((Told(one, said) for one in HEARD if one == state), None)
    return None


def _last(known: Mapping[str, str], today: date) -> str:
    """Give the day of the last answer, empty for none: who waits longest is asked first."""
    return str(_day(known, "asked", today) or _day(known, "last_good", today) or "")


def _learned(known: dict[str, str], told: Told, today: date) -> dict[str, str]:
    """Give what is to be remembered of an address from now on."""
    if told.state == "good":
        return {"last_good": str(today)}
    if told.state in {"unasked", "skipped"}:
        return known
    said = f"{told.state}: {told.said}" if told.said else told.state
    good = _day(known, "last_good", today)
    return {**({"last_good": str(good)} if good else {}), "said": said, "asked": str(today)}


def _day(known: Mapping[str, str], key: str, today: date) -> date | None:
    """Read a day; one that is still to come says nothing of a link."""
    try:
        day = date.fromisoformat(known.get(key, ""))
    except ValueError:
        return None
    return day if day <= today else None


def remembered(file: Path) -> Memory:
    """Read what was learned before, nothing where there is no such file.

    `PathbookError` where it holds something else, or is no file: a pipe might never end.
    """
    try:
        if file.exists() and not file.is_file():
            raise ValueError  # noqa: TRY301 (told below)
        data = json.loads(file.read_text(encoding="utf-8"))
        return {str(key): {str(k): str(v) for k, v in value.items()} for key, value in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        message = f"{file} is not what 'pathbook links' remembers; move it away to begin anew"
        raise PathbookError(message) from error


def remember(memory: Memory, file: Path) -> None:
    r"""Write what was learned, whole or not at all; `PathbookError` where that cannot be done.

    One address stands after the other, so that changes are easy to read. A text that is no Unicode
    is written the way JSON writes it, as `\ud800`.
    """
    text = json.dumps(memory, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    target = file.resolve()
    beside = target.with_name(f"{target.name}.new")
    try:
        beside.write_bytes(text.encode(errors="backslashreplace"))
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        message = f"{file}: what was learned could not be remembered: {error.strerror}"
        raise PathbookError(message) from error


def exceptions(file: Path, today: date) -> tuple[tuple[Excepted, ...], tuple[Problem, ...]]:
    """Read the file of exceptions; a mistake in it is a problem with its place."""
    if not file.exists():
        return (), ()
    reading = read_yaml(file)
    items = reading.data if isinstance(reading.data, list) else []
    if reading.data is not None and not isinstance(reading.data, list):
        reading.add("wrong-type", (1, 1), "this is no list of exceptions", SHAPE)
    found = [one for i, item in enumerate(items) if (one := _excepted(reading, i, item, today))]
    return tuple(found), tuple(reading.problems)


def _excepted(reading: Reading, i: int, item: object, today: date) -> Excepted | None:
    at, given = nearest(reading.marks, (i,)), item if isinstance(item, dict) else {}
    address, reason = str(given.get("address") or ""), str(given.get("reason") or "").strip()
    try:
        until = date.fromisoformat(str(given.get("until")))
    except ValueError:
        until = None
    if not (address and reason and until):
        fact = "an exception says its address, its reason and the day on which it ends"
        reading.add("missing-key", at, fact, SHAPE)
        return None
    if until < today:
        where = Place(reading.place, *at)
        fact = f"the exception for '{address}' ended on {until}"
        reading.problems.append(Problem("ended-exception", where, fact, "a later day, or no line"))
    return Excepted(address, reason, until)


def text(found: Asked) -> str:
    """Say what a maintainer should look at, and the total."""
    return "\n".join([*_worth_a_look(found), found.total])


def markdown(found: Asked) -> str:
    """Give the same for a comment in a review, where nothing in it does anything."""
    return "\n".join([*(f"- {plain(line)}" for line in _worth_a_look(found)), "", found.total])


def _worth_a_look(found: Asked) -> list[str]:
    left_out = map(str, found.of("excepted", "skipped"))
    if found.alone:
        none = "No other host could be reached; nothing is known of the links today."
        return [none, *left_out]
    told = found.of("dead", "failing", "unreached", "refused")
    return [*map(str, told), *_unasked(found), *left_out]


def _unasked(found: Asked) -> list[str]:
    """Say for each host how many of its links were not asked in time: there can be thousands."""
    counts = Counter((host(one.address), one.said) for one in found.of("unasked"))
    return [
        visible(f"{name}: {_links(count)} not asked in time ({why}); the next run goes on")
        for (name, why), count in counts.items()
    ]


def _links(count: int) -> str:
    return "1 link" if count == 1 else f"{count} links"


def as_json(found: Asked) -> str:
    """Give everything for scripts."""
    links = [
        {**vars(answer), "last_good": answer.last_good and str(answer.last_good)}
        for answer in found.answers
    ]
    return json.dumps({"links": links, "total": found.total}, ensure_ascii=False, indent=1)
