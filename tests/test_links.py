"""Links to other hosts are watched: a maintainer is told which died, and since when."""

import http.server
import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pathbook import asking as way
from pathbook import built, links
from pathbook.asking import Asking
from pathbook.cli import main
from pathbook.links import Asked, Excepted

TODAY = date(2026, 11, 23)
ASKING = Asking(timeout=2, retries=1, pause=0, interval=1, private=True)


class Host:
    """A host that misbehaves, and what it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.now = 0
        self.most = 0
        """The most requests that it was asked to answer at a time."""
        self.end = threading.Event()
        self.address = ""


class Answers(http.server.BaseHTTPRequestHandler):
    host: Host

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.host.asked[self.path] += 1
        self.host.now += 1
        self.host.most = max(self.host.most, self.host.now)
        self.host.end.wait(0.01)  # long enough for others to come
        self.host.now -= 1
        with suppress(OSError):  # whoever asked has gone
            self.answer(self.path.strip("/"))

    def say(self, code: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def answer(self, what: str) -> None:  # noqa: C901 (one branch for each way to misbehave)
        if what == "slow":
            self.host.end.wait(60)
        elif what.startswith("closed"):
            self.connection.shutdown(socket.SHUT_RDWR)
        elif what == "endless":
            self.say(200)
            while not self.host.end.is_set():
                self.wfile.write(b"more and more " * 1000)
        elif what == "nonsense":
            self.wfile.write(b"\xff\xfe no HTTP at all\r\n\r\n")
        elif what == "loop":
            self.say(302, Location="/loop")
        elif what == "nowhere":
            self.say(302, Location="http://[broken")
        elif what == "moved":
            self.say(301, Location="/good")
        elif what == "once" and self.host.asked["/once"] == 1:
            self.say(500)
        elif what.startswith("wait"):
            self.say(429, Retry_After="3600")
        elif what.partition("?")[0].isdigit():
            self.say(int(what.partition("?")[0]), Retry_After="0")
        else:
            self.say(200, Content_Length="0")


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    found = Host()
    handler = type("Handler", (Answers,), {"host": found})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}"
    yield found
    found.end.set()
    server.shutdown()
    server.server_close()
    thread.join()


def ask(*addresses: str, memory: links.Memory | None = None, asking: Asking = ASKING) -> Asked:
    found = dict.fromkeys(addresses, ("index.html",))
    return links.asked(found, {} if memory is None else memory, (), TODAY, asking=asking)


STATES = {
    "good": "good", "moved": "good", "once": "good", "404": "dead", "410": "dead",
    "400": "dead", "500": "failing", "loop": "failing", "403": "refused", "429": "refused",
    "503": "refused", "slow": "unreached", "closed": "unreached", "nowhere": "failing",
    "nonsense": "unreached",
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(host: Host) -> dict[str, str]:
    found = ask(*(f"{host.address}/{name}" for name in STATES))
    return {answer.address.rpartition("/")[2]: answer.state for answer in found.answers}


@pytest.mark.parametrize(("name", "state"), STATES.items())
def test_a_host_that_misbehaves_is_told_from_a_link_that_died(
    name: str, state: str, answers: dict[str, str]
) -> None:
    assert answers[name] == state


def test_an_answer_without_end_keeps_nobody_waiting(host: Host) -> None:
    (answer,) = ask(f"{host.address}/endless").answers
    assert answer.state in {"good", "unreached"}


def test_a_host_that_is_not_there_is_not_a_dead_link() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    found = ask(f"http://127.0.0.1:{port}/")
    assert found.answers[0].state == "unreached"
    assert found.alone
    assert links.text(found).startswith("No other host could be reached")


def test_a_host_that_wants_fewer_requests_takes_no_answer_of_another_with_it(host: Host) -> None:
    busy = [f"{host.address}/wait?{i}" for i in range(20)]
    other = host.address.replace("127.0.0.1", "localhost") + "/good"
    found = ask(*busy, other)
    assert [answer.address for answer in found.of("good")] == [other]
    assert [answer.said for answer in found.of("refused")] == ["429"] * way.PATIENCE
    assert len(found.of("unasked")) == 20 - way.PATIENCE
    assert sum(host.asked[f"/wait?{i}"] for i in range(20)) == way.PATIENCE  # and no second try
    assert not found.alone
    line = "127.0.0.1: 15 links not asked in time (it wants fewer requests); the next run goes on"
    assert line in links.text(found).splitlines()
    assert "1 good, 15 unasked, 5 refused" in found.total


@pytest.mark.parametrize(
    "short",
    [replace(ASKING, interval=100, host=0.5), replace(ASKING, interval=100, whole=0.5)],
    ids=["of-the-host", "of-all"],
)
def test_what_there_was_no_time_for_is_not_said_to_be_unreachable(
    short: Asking, host: Host
) -> None:
    found = ask(*(f"{host.address}/much?{i}" for i in range(20)), asking=short)
    assert found.of("good")
    assert {answer.said for answer in found.of("unasked")} == {"its time was up"}
    assert len(found.answers) == 20
    assert not found.of("unreached")
    assert not found.alone


def test_a_host_that_never_answers_is_left_alone(host: Host) -> None:
    found = ask(*(f"{host.address}/closed?{i}" for i in range(9)))
    assert len(found.of("unreached")) == way.PATIENCE
    assert {answer.said for answer in found.of("unasked")} == {"it gave no answer 5 times in a row"}
    assert found.alone


ODD = {
    "/é": "/%C3%A9", "/a b": "/a%20b", "/a/../b": "/b", "/a/./c": "/a/c", "/<x>&y": "/%3Cx%3E&y",
    "/x?q='y'": "/x?q=%27y%27", '/q"y': "/q%22y", "/{a}|b": "/%7Ba%7D|b", "/a\\b": "/a/b",
    "/%zz": "/%zz",
}  # fmt: skip


def test_a_good_link_in_an_unusual_spelling_is_not_said_to_be_dead(host: Host) -> None:
    short = [host.address.replace("127.0.0.1", "127.1"), host.address.replace("http", "HTTP")]
    found = ask(*(host.address + path for path in ODD), *short)
    assert [(one.address, one.state) for one in found.answers if one.state != "good"] == []
    assert {path for path in ODD.values() if not host.asked[path]} == set()


def test_a_host_with_an_international_name_gets_its_answer(host: Host) -> None:
    (answer,) = ask("https://bücher.example:443/é").answers
    assert answer.state == "skipped"


def test_who_stops_the_command_is_not_kept_waiting_and_no_host_is_asked_more(host: Host) -> None:
    coming = way.answers([f"{host.address}/stop?{i}" for i in range(500)], ASKING)
    assert next(coming) == (f"{host.address}/stop?0", way.Told("good"))
    coming.close()
    assert sum(host.asked[f"/stop?{i}"] for i in range(500)) < 10


def test_what_is_no_address_keeps_no_other_from_being_asked(host: Host) -> None:
    found = ask("http://h:99999/", "http://[broken", "https://", f"{host.address}/good")
    assert [answer.state for answer in found.answers] == ["unreached"] * 3 + ["good"]


def test_one_host_is_not_asked_too_much_at_a_time(host: Host) -> None:
    host.most = 0
    ask(*(f"{host.address}/good?{i}" for i in range(10)))
    assert host.most == 1


def test_a_link_that_died_says_when_it_was_last_good(host: Host) -> None:
    dead = f"{host.address}/404"
    memory: links.Memory = {dead: {"last_good": "2026-10-01"}}
    found = ask(dead, memory=memory)
    assert "is gone (404); last good on 2026-10-01; on index.html" in str(found.answers[0])
    assert memory == {dead: {"last_good": "2026-10-01", "said": "dead: 404", "asked": "2026-11-23"}}


def test_a_link_that_was_good_of_late_is_not_asked_again(host: Host) -> None:
    good = f"{host.address}/kept"
    memory: links.Memory = {}
    assert ask(good, memory=memory).remembered == 0
    assert memory == {good: {"last_good": "2026-11-23"}}
    found = ask(good, memory=memory)
    assert (found.remembered, host.asked["/kept"]) == (1, 1)
    week = TODAY + timedelta(days=7)
    later = links.asked({good: ("a",)}, memory, (), week, asking=ASKING)
    assert (later.remembered, host.asked["/kept"]) == (0, 2)
    assert memory == {good: {"last_good": "2026-11-30"}}


def test_a_host_that_answered_today_is_not_bothered_again_but_a_fault_of_the_network_is(
    host: Host,
) -> None:
    before = host.asked.copy()
    both = [f"{host.address}/410", f"{host.address}/closed"]
    memory: links.Memory = {}
    ask(*both, memory=memory)
    again = ask(*both, memory=memory)
    assert [(one.state, one.said) for one in again.of("dead")] == [("dead", "410")]
    assert again.remembered == 1
    assert host.asked["/410"] - before["/410"] == 1
    assert host.asked["/closed"] - before["/closed"] == 2 * (1 + ASKING.retries)
    anew = links.asked(
        dict.fromkeys(both, ("a",)), memory, (), TODAY, fresh=timedelta(), asking=ASKING
    )
    assert (anew.remembered, host.asked["/410"] - before["/410"]) == (0, 2)


def test_a_link_that_died_within_the_week_is_not_held_for_good(host: Host) -> None:
    dead = f"{host.address}/404"
    day = {"last_good": "2026-11-20", "said": "dead: 404", "asked": "2026-11-22"}
    assert ask(dead, memory={dead: day}).of("dead")


def test_more_links_than_there_is_time_for_are_all_asked_in_the_end(host: Host) -> None:
    many = [f"{host.address}/403?{i}" for i in range(12)]
    memory: links.Memory = {}
    short = replace(ASKING, interval=100, whole=0.5)
    runs = 0
    while ask(*many, memory=memory, asking=short).of("unasked"):
        runs += 1
        assert runs < 12, "a run gets no further than the one before"
    assert {host.asked[f"/403?{i}"] for i in range(12)} == {1}
    assert ask(*many, memory=memory).remembered == 12


def test_what_waits_longest_is_asked_first(host: Host) -> None:
    old, new, never = (f"{host.address}/first?{i}" for i in range(3))
    memory: links.Memory = {
        new: {"said": "unreached", "asked": "2026-11-22"},
        old: {"last_good": "2026-11-01"},
    }
    first = replace(ASKING, interval=1000, whole=0.5)
    assert [
        one.address for one in ask(new, old, never, memory=memory, asking=first).of("good")
    ] == [never]
    assert [
        one.address for one in ask(new, old, never, memory=memory, asking=first).of("good")
    ] == [
        old,
        never,
    ]


def test_a_run_that_is_broken_off_keeps_what_it_learned(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "KEEP", 0)
    found = {f"{host.address}/broken-off?{i}": ("index.html",) for i in range(20)}
    memory: links.Memory = {}
    kept: list[int] = []

    def keep() -> None:
        kept.append(len(memory))
        if len(kept) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        links.asked(found, memory, (), TODAY, asking=ASKING, keep=keep)
    assert kept == [1, 2, 3, 3]


def test_a_link_that_is_no_longer_there_is_forgotten(host: Host) -> None:
    memory: links.Memory = {"https://gone.example/": {"last_good": "2026-01-01"}}
    ask(f"{host.address}/good", memory=memory)
    assert set(memory) == {f"{host.address}/good"}


def test_a_run_that_learned_little_forgets_nothing(host: Host) -> None:
    gone = {"https://gone.example/": {"last_good": "2026-01-01"}}
    for addresses, asking in [
        ([f"{host.address}/closed"], ASKING),
        ([f"{host.address}/good"], replace(ASKING, whole=0)),
        ([], ASKING),
    ]:
        memory = dict(gone)
        ask(*addresses, memory=memory, asking=asking)
        assert memory["https://gone.example/"] == {"last_good": "2026-01-01"}


def test_hosts_of_a_private_network_are_not_asked_by_a_definition(host: Host) -> None:
    before = host.asked["/secret"]
    (answer,) = ask(f"{host.address}/secret", asking=Asking(timeout=1, retries=0)).answers
    assert answer.state == "skipped"
    assert host.asked["/secret"] == before


def test_an_exception_has_a_reason_and_ends(folder: Path) -> None:
    file = folder / "links.yaml"
    file.write_text(
        "- {address: https://a.example/*, reason: asks for a login, until: 2027-01-31}\n"
        "- {address: https://b.example/, until: 2027-01-31}\n"
        "- {address: https://c.example/, reason: slow, until: 2026-01-31}\n"
    )
    found, problems = links.exceptions(file, TODAY)
    assert [(one.address, one.covers("https://a.example/x", TODAY)) for one in found] == [
        ("https://a.example/*", True),
        ("https://c.example/", False),
    ]
    assert not found[1].covers("https://c.example/", TODAY)  # it has ended
    assert [(problem.place.line, problem.code) for problem in problems] == [
        (2, "missing-key"),
        (3, "ended-exception"),
    ]


@pytest.mark.parametrize("text", ["", "x", "{a: b}", "- 1\n- [2]\n", "a: [", "\x00"])
def test_a_broken_file_of_exceptions_is_a_problem(text: str, folder: Path) -> None:
    (folder / "links.yaml").write_text(text)
    assert links.exceptions(folder / "links.yaml", TODAY)[1]


def test_an_excepted_link_is_not_asked(host: Host) -> None:
    excepted = Excepted(f"{host.address}/never*", "asks for a login", TODAY)
    found = links.asked({f"{host.address}/never/x": ("a",)}, {}, [excepted], TODAY, asking=ASKING)
    assert host.asked["/never/x"] == 0
    line = f"{host.address}/never/x is not asked (asks for a login); never seen good; on a"
    assert links.text(found).splitlines()[0] == line
    assert "is not asked &#40;asks for a login&#41;" in links.markdown(found)
    assert "1 excepted" in found.total


def test_a_link_that_the_checker_always_skips_is_not_said_to_be_an_exception(host: Host) -> None:
    names = ("example.com", "a.invalid", "b.example")
    found = ask(*(f"https://{name}/" for name in names), f"{host.address}/good")
    assert found.total == "Looked at 4 links on 4 hosts: 1 good, 3 skipped."
    assert "https://a.invalid/ is skipped by the checker; never" in links.text(found)
    assert links.markdown(found).count("is skipped by the checker") == 3


def test_the_memory_holds_only_what_was_learned(host: Host) -> None:
    memory: links.Memory = {}
    ask("https://example.com/", memory=memory)
    ask(f"{host.address}/good", memory=memory, asking=replace(ASKING, whole=0))
    assert memory == {}


def page(folder: Path, *addresses: str) -> None:
    (folder / "site").mkdir(exist_ok=True)
    body = "".join(f'<a href="{address}">x</a>' for address in addresses)
    (folder / "site" / "index.html").write_text(f"<!doctype html><article>{body}</article>")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["links", "--private", "--timeout", "2", *arguments])


def test_only_links_that_a_reader_can_follow_to_another_host_are_asked(folder: Path) -> None:
    page(folder, "https://a.example/x#part", "mailto:a@b.example", "own.html", "--help")
    assert links.outside(built.read(folder / "site")) == {"https://a.example/x": ("index.html",)}


def test_dead_links_keep_nobody_from_publishing_unless_asked_to(host: Host, folder: Path) -> None:
    page(folder, f"{host.address}/good", f"{host.address}/404")
    told = run()
    assert told.exit_code == 0, told.output
    assert "/404 is gone (404); never seen good; on index.html" in told.output
    assert "Looked at 2 links on 1 host: 1 good, 1 dead." in told.output
    assert run("--exit-code").exit_code == 1
    memory = json.loads((folder / ".pathbook-links.json").read_text())
    assert memory[f"{host.address}/good"] == {"last_good": "2026-11-23"}
    data = json.loads(run("--format", "json").stdout)
    assert [link["state"] for link in data["links"]] == ["dead", "good"]
    assert run("--format", "markdown").stdout.count("- http") == 1


def test_a_site_without_such_links_says_so(folder: Path) -> None:
    page(folder, "own.html")
    assert run().output == "This site has no links to other hosts.\n"


def test_a_folder_without_pages_is_no_site_and_costs_no_memory(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site" / "style.css").write_text("")
    (folder / ".pathbook-links.json").write_text('{"https://a.example/": {}}')
    told = run()
    assert told.exit_code == 1
    assert "there are no pages in 'site'" in told.output
    assert (folder / ".pathbook-links.json").read_text() == '{"https://a.example/": {}}'


@pytest.mark.parametrize("text", ["[my notes]", "[" * 200_000, '{"a": 1}', "{", '"\\', "\0"])
def test_a_memory_that_is_something_else_is_not_overwritten(text: str, folder: Path) -> None:
    page(folder, "own.html")
    (folder / ".pathbook-links.json").write_text(text)
    told = run()
    assert told.exit_code == 1
    assert "move it away to begin anew" in told.output
    assert (folder / ".pathbook-links.json").read_text() == text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_place_of_the_memory_keeps_nobody_waiting(folder: Path) -> None:
    page(folder, "own.html")
    os.mkfifo(folder / ".pathbook-links.json")
    told = run()
    assert told.exit_code == 1
    assert "move it away to begin anew" in told.output


def test_a_link_is_not_held_good_until_a_day_to_come(host: Host) -> None:
    dead = f"{host.address}/404"
    memory: links.Memory = {dead: {"last_good": "2999-01-01"}}
    (answer,) = ask(dead, memory=memory).answers
    assert (answer.state, answer.last_good) == ("dead", None)
    assert memory == {dead: {"said": "dead: 404", "asked": "2026-11-23"}}


def test_answers_are_told_even_where_they_cannot_be_remembered(host: Host, folder: Path) -> None:
    page(folder, f"{host.address}/404")
    told = run("--memory", "no/such/memory.json")
    assert told.exit_code == 1
    assert "/404 is gone (404)" in told.stdout
    assert "no/such/memory.json: what was learned could not be remembered" in told.stderr


def test_a_memory_is_written_whole_with_whatever_was_in_it(folder: Path) -> None:
    file = folder / "memory.json"
    memory: links.Memory = {"https://a.example/é\ud800": {"last_good": "2026-01-01"}}
    links.remember(memory, file)
    assert links.remembered(file) == memory
    assert [path.name for path in folder.iterdir()] == ["memory.json"]
