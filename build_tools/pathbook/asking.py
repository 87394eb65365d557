"""Ask other hosts whether addresses still work: host by host, link by link, by way of lychee."""

import json
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Literal

from pathbook.built import split
from pathbook.problems import PathbookError
from pathbook.reading import visible

State = Literal["good", "dead", "failing", "unreached", "unasked", "refused", "excepted", "skipped"]
"""`dead`: the host says that it is gone. `failing`: the host is in trouble. `unreached`: no answer
came. `unasked`: there was no time to ask. `refused`: the host does not answer programs. `excepted`:
a maintainer said not to ask. `skipped`: lychee never asks such a host."""

REFUSED = frozenset({401, 402, 403, 405, 406, 407, 418, 429, 451, 503, 999})
"""What hosts answer to programs that look at pages without a person."""

PATIENCE = 5
"""A host that so often in a row gives no answer, or says that it is asked too much, is left alone:
its other links would only cost time, and it more work."""

GRACE = 10
"""Seconds for lychee itself to start and to end."""


@dataclass(frozen=True)
class Told:
    """What came of asking about one address."""

    state: State
    said: str = ""
    """What the host, or the network, said."""


@dataclass(frozen=True)
class Asking:
    """How hosts are asked."""

    timeout: int = 20
    """Seconds for one answer, its body included."""
    retries: int = 2
    """Tries after the first; a host that refuses is not asked again."""
    pause: int = 2
    """Seconds between tries."""
    interval: int = 500
    """Milliseconds between two requests to one host, which never come at the same time."""
    hosts: int = 8
    """Hosts that are asked at the same time."""
    host: float = 900
    """Seconds for all links of one host, so that a slow one leaves time for others."""
    whole: float = 1800
    """Seconds for all of it."""
    private: bool = False
    """Whether hosts of this machine and of its own network are asked too."""


USUAL = Asking()

Ask = Callable[[str], Told]


def answers(addresses: Iterable[str], asking: Asking) -> Generator[tuple[str, Told], None, None]:
    """Ask about each address, and give each answer as it comes; `PathbookError` without lychee.

    Each link is a run of lychee of its own, which costs some hundredths of a second. lychee tells
    what it found only at its end, in its own spelling of each address, and waits for as long as a
    host says: so one host could hold up all, and take the answers of others with it.
    """
    hosts: dict[str, list[str]] = {}
    for address in addresses:
        hosts.setdefault(host(address), []).append(address)
    if not hosts:
        return
    ask: Ask = partial(_lychee, _program(), asking)
    came: SimpleQueue[tuple[str, Told] | Future[None]] = SimpleQueue()
    stop, until = Event(), monotonic() + asking.whole

    def turn(those: Sequence[str]) -> None:
        for one in _of_host(those, ask, asking, stop, until):
            came.put(one)

    with ThreadPoolExecutor(asking.hosts) as pool:
        for those in sorted(hosts.values(), key=len):  # what is soon done goes first
            pool.submit(turn, those).add_done_callback(came.put)
        try:
            yield from _until_done(came, len(hosts))
        finally:
            stop.set()  # whoever listened has gone, as after Ctrl-C


def _until_done(
    came: "SimpleQueue[tuple[str, Told] | Future[None]]", turns: int
) -> Iterator[tuple[str, Told]]:
    while turns:
        one = came.get()
        if isinstance(one, Future):
            one.result()  # raises what went wrong
            turns -= 1
        else:
            yield one


def host(address: str) -> str:
    r"""Name the host of an address, so that no spelling of it is asked as if it were another.

    >>> host("https://Bücher.example:443/é"), host("http://127.1/"), host("http:\\\\h.example.\\x")
    ('xn--bcher-kva.example', '127.0.0.1', 'h.example')
    """
    parts = split(address)
    name = (parts.hostname if parts else None) or ""
    with suppress(UnicodeError):
        name = name.encode("idna").decode()
    with suppress(OSError, ValueError):
        name = socket.inet_ntoa(socket.inet_aton(name))
    return name.rstrip(".")


def _of_host(
    addresses: Sequence[str], ask: Ask, asking: Asking, stop: Event, until: float
) -> Iterator[tuple[str, Told]]:
    """Ask one host, link by link and not too fast, until its time is up or it wants no more."""
    until = min(until, monotonic() + asking.host)
    why, vain = "", 0
    for address in addresses:
        began = monotonic()
        if began >= until:
            why = why or "its time was up"
        if why:
            yield address, Told("unasked", why)
            continue
        told = _tried(address, ask, asking, stop)
        if stop.is_set():  # what came while lychee was stopped too says nothing
            return
        yield address, told
        vain = vain + 1 if told.state == "unreached" or told.said == "429" else 0
        if vain == PATIENCE:
            busy = told.said == "429"
            why = "it wants fewer requests" if busy else f"it gave no answer {vain} times in a row"
        stop.wait(max(0, began + asking.interval / 1000 - monotonic()))


def _tried(address: str, ask: Ask, asking: Asking, stop: Event) -> Told:
    """Ask, and ask again where that may help."""
    told = ask(address)
    for _ in range(asking.retries):
        if told.state not in {"unreached", "failing"} or stop.wait(asking.pause):
            break
        told = ask(address)
    return told


def _program() -> str:
    found = shutil.which("lychee", path=sysconfig.get_path("scripts")) or shutil.which("lychee")
    if not found:
        message = "asking other hosts needs lychee: pip install 'pathbook[verify]'"
        raise PathbookError(message)
    return found


def _lychee(program: str, asking: Asking, address: str) -> Told:
    """Have lychee ask about one address: https://lychee.cli.rs."""
    with TemporaryDirectory() as folder:
        page = f'<a href="{escape(address)}">x</a>\n'
        Path(folder, "link.html").write_text(page, encoding="utf-8", errors="replace")
        command = [program, *_options(asking), "link.html"]
        try:
            run = subprocess.run(  # noqa: S603 (no shell; the address is in a file)
                command,
                cwd=folder,
                capture_output=True,
                timeout=asking.timeout + GRACE,
                check=False,
            )
            return _told(json.loads(run.stdout))
        except subprocess.TimeoutExpired:
            return Told("unreached", "no answer")
        except ValueError as error:
            said = run.stderr.decode(errors="replace").strip().splitlines()
            message = f"lychee failed: {said[-1] if said else run.returncode}"
            raise PathbookError(visible(message)) from error


def _options(asking: Asking) -> list[str]:
    """Tell lychee how to ask; it tries once, as its own tries wait for as long as a host says."""
    private = [] if asking.private else ["--exclude-all-private"]
    numbers = {"timeout": asking.timeout, "max-retries": 0, "max-redirects": 8}
    pairs = (f"--{name}={value}" for name, value in numbers.items())
    fixed = ("--format=json", "--no-progress", "--verbose", "--scheme=http", "--scheme=https")
    return [*fixed, *pairs, *private]


def _told(said: Mapping[str, Mapping[str, Sequence[Mapping[str, object]]]]) -> Told:
    """Read lychee's JSON, which speaks of one address."""
    for group in ("success_map", "error_map", "timeout_map", "excluded_map"):
        for found in said.get(group, {}).values():
            for one in found:
                return _state(group, one.get("status"))
    return Told("unreached", "no answer")


def _state(group: str, status: object) -> Told:
    details = status if isinstance(status, dict) else {}
    code = details.get("code")
    if group == "success_map":
        return Told("good")
    if group == "excluded_map":
        return Told("skipped")
    if isinstance(code, int):
        return Told(_by_code(code), str(code))
    return Told("unreached", str(details.get("details") or details.get("text") or "")[:200])


def _by_code(code: int) -> State:
    if code in REFUSED:
        return "refused"
    return "dead" if 400 <= code < 500 else "failing"  # 3xx: a redirect that leads nowhere
