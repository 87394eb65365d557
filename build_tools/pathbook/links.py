"""Ask other hosts whether the links of a built site that lead there still work."""

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

from pathbook.built import BuiltSite
from pathbook.problems import PathbookError, Place, Problem
from pathbook.reading import Reading, nearest, read_yaml, visible
from pathbook.report import plain
from pathbook.site_links import followed

State = Literal["good", "dead", "refused", "failing", "unreached", "excepted"]
"""`dead`: the host says that it is gone. `refused`: the host does not answer programs. `failing`:
the host is in trouble. `unreached`: no answer came."""

REFUSED = frozenset({401, 402, 403, 405, 406, 407, 418, 429, 451, 503, 999})
"""What hosts answer to programs that look at pages without a person."""

SHAPE = "`- {address: https://..., reason: ..., until: 2027-01-31}`"
"""What a line of the file of exceptions looks like."""

MESSAGES: Mapping[State, str] = {
    "dead": "is gone",
    "failing": "fails",
    "unreached": "could not be reached",
    "refused": "does not answer programs; open it by hand",
}


@dataclass(frozen=True)
class Asking:
    """How hosts are asked."""

    timeout: int = 20
    """Seconds for one answer, its body included."""
    retries: int = 2
    pause: int = 2
    """Seconds between tries."""
    interval: int = 500
    """Milliseconds between two requests to one host."""
    at_once: int = 2
    """Requests to one host at a time."""
    whole: int = 1800
    """Seconds for all of it."""
    private: bool = False
    """Whether hosts of this machine and of its own network are asked too."""


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
        """Tell whether no host at all could be reached."""
        reached = self.of("good", "dead", "refused", "failing")
        return bool(self.of("unreached")) and len(reached) <= self.remembered

    @property
    def total(self) -> str:
        """Say in one line how many links there are, and how they are."""
        if not self.answers:
            return "This site has no links to other hosts."
        hosts = len({urlsplit(answer.address).netloc for answer in self.answers})
        words: tuple[State, ...] = ("good", "dead", "failing", "unreached", "refused", "excepted")
        counts = [f"{len(self.of(word))} {word}" for word in words if self.of(word)]
        known = f" ({self.remembered} remembered)" if self.remembered else ""
        many = "1 link" if len(self.answers) == 1 else f"{len(self.answers)} links"
        on = "1 host" if hosts == 1 else f"{hosts} hosts"
        return f"Looked at {many} on {on}: {', '.join(counts)}{known}."


Memory = dict[str, dict[str, str]]
"""What is remembered of each address: `last_good`, a day, and `said`."""


def outside(site: BuiltSite) -> dict[str, tuple[str, ...]]:
    """List the addresses on other hosts that readers can go to, with the pages they stand on."""
    found: dict[str, dict[str, None]] = {}
    for page, link, target in followed(site, "go"):
        address = link.address.strip().partition("#")[0]
        if target.kind == "away" and urlsplit(address).scheme in {"http", "https"}:
            found.setdefault(address, {})[page.path] = None
    return {address: tuple(found[address]) for address in sorted(found)}


def asked(  # noqa: PLR0913 (each is one thing to know)
    found: Mapping[str, Sequence[str]],
    memory: Memory,
    excepted: Sequence[Excepted],
    today: date,
    *,
    fresh: timedelta = timedelta(days=7),
    asking: Asking = Asking(),
) -> Asked:
    """Ask about every address that is not excepted and was not good of late; `memory` learns."""
    answers: dict[str, tuple[State, str]] = {}
    for address in found:
        if any(one.covers(address) and today <= one.until for one in excepted):
            answers[address] = ("excepted", "")
        elif (good := _day(memory.get(address, {}))) and today - good < fresh:
            answers[address] = ("good", "")
    remembered = sum(state == "good" for state, _ in answers.values())
    answers |= _lychee([one for one in found if one not in answers], asking)
    if asking.retries:  # lychee itself tries again only where no answer came
        failing = [one for one, (state, _) in answers.items() if state == "failing"]
        answers |= _lychee(failing, asking)
    for address in set(memory) - set(found):
        del memory[address]
    for address, (state, said) in answers.items():
        known = memory.setdefault(address, {})
        if state == "good":
            before = _day(known)
            kept = before if before and today - before < fresh else today
            memory[address] = {"last_good": str(kept)}
        elif state != "excepted":
            known["said"] = f"{state}: {said}" if said else state
    return Asked(
        tuple(
            Answer(one, *answers[one], tuple(found[one]), _day(memory.get(one, {})))
            for one in found
        ),
        remembered,
    )


def _day(known: Mapping[str, str]) -> date | None:
    try:
        return date.fromisoformat(known.get("last_good", ""))
    except ValueError:
        return None


def _lychee(addresses: Sequence[str], asking: Asking) -> dict[str, tuple[State, str]]:
    """Have lychee ask: https://lychee.cli.rs; `PathbookError` where it is not there."""
    if not addresses:
        return {}
    program = shutil.which("lychee", path=sysconfig.get_path("scripts")) or shutil.which("lychee")
    if not program:
        message = "asking other hosts needs lychee: pip install 'pathbook[verify]'"
        raise PathbookError(message)
    with TemporaryDirectory() as folder:
        page = "".join(f'<a href="{escape(one)}">x</a>\n' for one in addresses)
        Path(folder, "links.html").write_text(page, encoding="utf-8")
        command = [program, *_options(asking), "links.html"]
        try:
            run = subprocess.run(  # noqa: S603 (no shell; addresses are in a file)
                command, cwd=folder, capture_output=True, timeout=asking.whole, check=False
            )
            told = json.loads(run.stdout)
        except subprocess.TimeoutExpired:
            return dict.fromkeys(addresses, ("unreached", f"not asked within {asking.whole} s"))
        except ValueError as error:
            said = run.stderr.decode(errors="replace").strip().splitlines()
            message = f"lychee failed: {said[-1] if said else run.returncode}"
            raise PathbookError(visible(message)) from error
    return _answers(told, addresses)


def _options(asking: Asking) -> list[str]:
    options = {
        "format": "json", "timeout": asking.timeout, "max-retries": asking.retries,
        "retry-wait-time": asking.pause, "host-request-interval": f"{asking.interval}ms",
        "host-concurrency": asking.at_once, "max-redirects": 8,
    }  # fmt: skip
    private = [] if asking.private else ["--exclude-all-private"]
    pairs = (f"--{name}={value}" for name, value in options.items())
    return [*pairs, *private, "--no-progress", "--verbose", "--scheme=http", "--scheme=https"]


def _answers(
    told: Mapping[str, Mapping[str, Iterable[Mapping[str, object]]]], addresses: Iterable[str]
) -> dict[str, tuple[State, str]]:
    """Read lychee's JSON; addresses it is silent about were not reached."""
    by_url: dict[str, tuple[State, str]] = {}
    for group in ("success_map", "error_map", "timeout_map", "excluded_map"):
        for found in told.get(group, {}).values():
            for one in found:
                by_url.setdefault(_same(str(one["url"])), _state(group, one.get("status")))
    silent: tuple[State, str] = ("unreached", "no answer")
    return {address: by_url.get(_same(address), silent) for address in addresses}


def _same(address: str) -> str:
    """Write an address so that two spellings of it are the same."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/", fragment="").geturl()


def _state(group: str, status: object) -> tuple[State, str]:
    details = status if isinstance(status, dict) else {}
    code = details.get("code")
    said = str(details.get("details") or details.get("text") or "")
    if group == "success_map":
        return "good", ""
    if group == "excluded_map":
        return "excepted", "a private address"
    if isinstance(code, int):
        return _by_code(code), str(code)
    return "unreached", said[:200]


def _by_code(code: int) -> State:
    if code in REFUSED:
        return "refused"
    return "dead" if 400 <= code < 500 else "failing"  # 3xx: a redirect that leads nowhere


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
    return [str(answer) for answer in found.of("dead", "failing", "unreached", "refused")]


def as_json(found: Asked) -> str:
    """Give everything for scripts."""
    links = [
        {**vars(answer), "last_good": answer.last_good and str(answer.last_good)}
        for answer in found.answers
    ]
    return json.dumps({"links": links, "total": found.total}, ensure_ascii=False, indent=1)
