"""Do the same work for many things on every processor, ahead of whoever takes the results."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

FEWEST = 4
"""With fewer things to do, other processes bring less than they take to start."""

MOST = 8
"""Processes; each needs memory, and what takes their results is slower than so many."""

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Give the result for each item, in their order.

    Other processes do the work; each is one item ahead of what is taken and then waits, so no more
    results than that are ever in memory. What they cannot do, because one of them fails or is
    ended, is done here: an error then comes from here, as it would without them.

    >>> list(each(len, ["a", "bb"]))
    [1, 2]
    """
    crew = min(_crew(), MOST, len(items) // 2) if len(items) >= FEWEST else 1
    return _shared(work, items, crew) if crew > 1 else map(work, items)


def _crew() -> int:
    """Tell how many processes may work: one where no copy of this one can safely be made.

    A copy has one thread, and would wait for ever for what another thread held. What is a helper
    of another process itself must not have any.
    """
    alone = threading.active_count() == 1 and not multiprocessing.current_process().daemon
    if not (alone and sys.platform.startswith("linux")):
        return 1
    return len(os.sched_getaffinity(0))


def _shared(work: Callable[[T], R], items: Sequence[T], crew: int) -> Iterator[R]:
    """Have each process do every so many of the items, beginning with another one."""
    copies = multiprocessing.get_context("fork")
    ways: list[Connection] = []
    hands = []
    try:
        for first in range(crew):
            here, there = copies.Pipe(duplex=False)
            ways.append(here)
            job = (work, items[first::crew], there, tuple(ways))
            hand = copies.Process(target=_work, args=job, daemon=True)
            with suppress(OSError):  # no room for another: as if it were ended at once
                hand.start()
                hands.append(hand)
            there.close()
        for at, item in enumerate(items):
            yield _next(ways[at % crew], work, item)
    finally:
        for way in ways:
            way.close()
        for hand in hands:
            hand.kill()
            hand.join()


def _next(way: Connection, work: Callable[[T], R], item: T) -> R:
    """Give what a process sends, or do its work where nothing comes any more."""
    try:
        result: R = way.recv()
    except (EOFError, OSError):
        return work(item)
    return result


def _work(
    work: Callable[[T], R], items: Sequence[T], way: Connection, others: Sequence[Connection]
) -> None:
    """Work, as long as somebody takes what comes of it: the life of another process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began this ends it
    gc.freeze()  # what is there already is shared, and would be copied when it is looked at
    for other in others:
        other.close()  # else this would never learn that nobody reads any more
    with suppress(Exception):
        for item in items:
            way.send(work(item))
