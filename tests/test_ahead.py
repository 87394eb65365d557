"""Work that other processes do ahead: the same results, whatever becomes of those processes."""

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SHIPPED
from pathbook import book
from pathbook.pages import Page

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere one process does all"
)

HEAD = """import os, signal, sys, time
from pathbook import ahead
ahead._crew = lambda: 3
here = os.getpid()
"""


def run(script: str) -> str:
    """Run a script in a process of its own, as copies are made of a process with one thread."""
    command = [sys.executable, "-c", HEAD + script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_results_come_in_their_order_and_from_every_process() -> None:
    script = """
found = list(ahead.each(lambda item: (item, os.getpid()), range(10)))
assert [item for item, _ in found] == list(range(10))
print(len({who for _, who in found} - {here}), here in {who for _, who in found})
"""
    assert run(script) == "3 False"


def test_what_a_process_cannot_do_because_it_is_ended_is_done_all_the_same() -> None:
    script = """
def work(item):
    if item == 4 and os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * 2
print(list(ahead.each(work, range(8))))
"""
    assert run(script) == str([item * 2 for item in range(8)])


def test_where_no_process_can_be_begun_the_work_is_done_all_the_same() -> None:
    script = """
def refuses():
    raise BlockingIOError(11, "Resource temporarily unavailable")
os.fork = refuses
print({who == here for who in ahead.each(lambda _: os.getpid(), range(8))})
"""
    assert run(script) == "{True}"


def test_an_error_comes_as_it_would_without_other_processes() -> None:
    script = """
def work(item):
    return 1 // (item - 5)
found = []
try:
    for each in ahead.each(work, range(8)):
        found.append(each)
except ZeroDivisionError as error:
    print(len(found), error.__traceback__ is not None)
"""
    assert run(script) == "5 True"


def test_what_cannot_be_sent_from_one_process_to_another_is_made_here() -> None:
    script = "print([made() for made in ahead.each(lambda item: lambda: item, range(5))])"
    assert run(script) == "[0, 1, 2, 3, 4]"


def test_no_process_goes_on_when_nobody_wants_the_rest() -> None:
    script = """
coming = ahead.each(lambda item: (os.getpid(), "x" * 1_000_000), range(50))
found = {next(coming)[0] for _ in range(3)}
coming.close()
for process in found:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        print("gone")
"""
    assert run(script) == "gone\ngone\ngone"


def test_no_process_goes_on_after_the_one_that_began_it_is_killed() -> None:
    script = """
coming = ahead.each(lambda item: (os.getpid(), "x" * 1_000_000), range(50))
print(*{next(coming)[0] for _ in range(3)}, flush=True)
signal.pause()
"""
    command = [sys.executable, "-c", HEAD + script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as begun:
        assert begun.stdout
        hands = [os.pidfd_open(int(each)) for each in begun.stdout.readline().split()]
        begun.kill()
    assert len(hands) == 3
    for hand in hands:
        ended, _, _ = select.select([hand], [], [], 60)
        os.close(hand)
        assert ended


def test_where_a_copy_could_wait_for_ever_one_process_does_all() -> None:
    script = """
from importlib import reload
import threading
reload(ahead)
os.sched_getaffinity = lambda _: {0, 1, 2}
stop = threading.Event()
waits = threading.Thread(target=stop.wait)
waits.start()
print({who == here for who in ahead.each(lambda _: os.getpid(), range(9))})
stop.set(); waits.join()
print({who == here for who in ahead.each(lambda _: os.getpid(), range(9))})
"""
    assert run(script) == "{True}\n{False}"


def test_a_library_is_the_same_to_the_byte_whoever_made_it(folder: Path) -> None:
    for name in "abcde":
        shutil.copytree(SHIPPED / "back-injection-not-working", folder / "flow" / name)
    page = next((folder / "flow" / "c" / "pages").glob("*.md"))
    page.write_text(page.read_text(encoding="utf-8") + "\nAsk about an XYZQ.\n", encoding="utf-8")
    script = """
from pathlib import Path
from pathbook import book, handover, prose, report
for crew in (1, 3):
    ahead._crew = lambda: crew
    prose._KNOWN.clear()
    found = book.read(Path("flow"))
    books = book.draw(found)
    book.write({**handover.sources(books), **book.index(books)}, Path(f"crew-{crew}"))
    Path(f"crew-{crew}/problems.txt").write_text(report.text(found.problems))
"""
    run(script)
    alone, together = (
        {
            path.relative_to(base): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }
        for base in (folder / "crew-1", folder / "crew-3")
    )
    assert len(alone) > 250
    assert b"XYZQ" in alone[Path("problems.txt")]
    assert alone == together


def test_a_page_that_is_asked_for_out_of_turn_or_twice_is_there() -> None:
    found = {f"{at % 3}/{at}.md": at for at in range(12)}
    pages = {path: Page(lambda at=at: f"page {at}") for path, at in found.items()}  # type: ignore[misc]
    coming = book.Coming(pages, list(found)[:9])
    for path in [*reversed(found), *found]:
        assert coming.take(path) == f"page {found[path]}"
