"""Divide a library among several jobs, each of which makes some of the books."""

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True)
class Shard:
    """The part of one job among several."""

    number: int
    """Which job it is, counted from 1."""
    of: int
    """How many jobs there are."""

    def __contains__(self, pathway: object) -> bool:
        """Tell whether a pathway belongs to this job.

        That depends on its id alone: another pathway that comes or goes moves none to other jobs.

        >>> ["knee" in Shard(number, 3) for number in (1, 2, 3)]
        [False, True, False]
        """
        return crc32(str(pathway).encode(errors="surrogatepass")) % self.of == self.number - 1


WHOLE = Shard(1, 1)
"""One job that does all."""


def parse(text: str) -> Shard:
    """Read `I/N`; `ValueError` says what is wrong with it.

    >>> parse("2/3")
    Shard(number=2, of=3)
    """
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        message = f"expected I/N, such as 2/3 for the second of three jobs, not '{text}'"
        raise ValueError(message)
    return Shard(int(number), int(of))
