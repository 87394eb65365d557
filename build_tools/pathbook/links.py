"""Ask other hosts whether the links of a built site that lead there still work."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

from pathbook.asking import USUAL, Asking, State, Told, answers, host
from pathbook.built import WEB, BuiltSite, split
from pathbook.problems import PathbookError, Place, Problem
from pathbook.reading import Reading, nearest, read_yaml, visible
from pathbook.report import plain
from pathbook.site_links import followed

SHAPE = "`- {address: https://..., reason: ..., until: 2027-01-31}`"
"""What a line of the file of exceptions looks like."""

MESSAGES: Mapping[State, str] = {
    "dead": "is gone",
    "failing": "fails",
    "unreached": "could not be reached",
    "unasked": "was not asked in time",
    "refused": "does not answer programs; open it by hand",
}


@dataclass(frozen=True)
class Excepted:
    """A link that is not asked about, and why."""

    address: str
    """The address, or its beginning with a `*` at the end."""
    reason: str
    until: date

    def covers(self, address: str) -> bool:
        """Tell whether it speaks of an address."""
        start = self.address.removesuffix("*")
        return address.startswith(start) if start != self.address else address == start


@dataclass(frozen=True)
class Answer:
    """What is known of a link."""

    address: str
    state: State
    said: str = ""
    """What the host, or the network, said."""
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
    """How many were known to be good, and not asked again."""
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
"""What is remembered of each address: `last_good`, a day, and `said`."""


def outside(site: BuiltSite) -> dict[str, tuple[str, ...]]:
    """List the addresses on other hosts that readers can go to, with the pages they stand on."""
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
) -> Asked:
    """Ask about every address that is not excepted and was not good of late; `memory` learns."""
    told: dict[str, Told] = {}
    for address in found:
        if any(one.covers(address) and today <= one.until for one in excepted):
            told[address] = Told("excepted")
        elif (good := _day(memory.get(address, {}))) and today - good < fresh:
            told[address] = Told("good")
    remembered = sum(one.state == "good" for one in told.values())
    with closing(answers([one for one in found if one not in told], asking)) as coming:
        for address, answer in coming:
            told[address] = answer
            memory[address] = _learned(memory.get(address, {}), answer, today)
    for address in set(memory) - set(found):
        del memory[address]
    return Asked(
        tuple(
            Answer(
                one, told[one].state, told[one].said, tuple(found[one]), _day(memory.get(one, {}))
            )
            for one in found
        ),
        remembered,
    )


def _learned(known: dict[str, str], told: Told, today: date) -> dict[str, str]:
    """Give what is to be remembered of an address from now on."""
    if told.state == "good":
        return {"last_good": str(today)}
    if told.state in {"unasked", "skipped"}:
        return known
    return {**known, "said": f"{told.state}: {told.said}" if told.said else told.state}


def _day(known: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(known.get("last_good", ""))
    except ValueError:
        return None


def remembered(file: Path) -> Memory:
    """Read what was learned before; nothing where there is no such file, or it is broken."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {str(key): {str(k): str(v) for k, v in value.items()} for key, value in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        message = f"{file} is not what 'pathbook links' remembers; move it away to begin anew"
        raise PathbookError(message) from error


def as_memory(memory: Memory) -> str:
    """Write what was learned, one address after the other, so that changes are easy to read."""
    return json.dumps(memory, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


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
    if found.alone:
        return ["No other host could be reached; nothing is known of the links today."]
    told = found.of("dead", "failing", "unreached", "refused")
    return [*map(str, told), *_unasked(found)]


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
