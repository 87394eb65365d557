"""Say how far long work has come, and how long the rest may take; of short work say nothing."""

from collections.abc import Callable, Collection, Iterator
from time import monotonic
from typing import TypeVar

PAUSE = 5.0
"""Seconds from one word to the next."""

Tell = Callable[[str], object]
"""Says something to whoever waits."""

T = TypeVar("T")


class Progress:
    """Counts what is done of something, and says so from time to time."""

    def __init__(
        self, what: str, total: int, tell: Tell, clock: Callable[[], float] = monotonic
    ) -> None:
        self.what, self.total, self.tell, self.clock = what, total, tell, clock
        self.done = 0
        self.begin = self.last = clock()

    def step(self) -> None:
        """Count one more."""
        self.done += 1
        now = self.clock()
        if now - self.last >= PAUSE and self.done < self.total:
            self.last = now
            left = (now - self.begin) / self.done * (self.total - self.done)
            self.tell(f"{self.what}: {self.done:,} of {self.total:,}, {_words(left)} left")


def counted(items: Collection[T], what: str, tell: Tell) -> Iterator[T]:
    """Go through items, and say how far one has come.

    >>> list(counted("ab", "letters", print))
    ['a', 'b']
    """
    progress = Progress(what, len(items), tell)
    for item in items:
        yield item
        progress.step()


def quiet(_: str) -> None:
    """Say nothing."""


def _words(seconds: float) -> str:
    """Say how long it may take, roughly.

    >>> _words(8), _words(61), _words(700)
    ('about 8 s', 'about 1 min', 'about 12 min')
    """
    return f"about {seconds:.0f} s" if seconds < 60 else f"about {seconds / 60:.0f} min"
