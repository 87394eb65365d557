"""Measure what one job of many takes, and work out what that means for a very large library."""

from pathlib import Path

from figures import PATHBOOK, Cost, cost, ran, seconds

from pathbook.shard import Shard

MANY = 10_000
"""Pathways of the library that is planned."""

JOBS = (1, 10, 20, 50, 100)

BARE = 100.0
"""Megabytes that a process has before it has read anything."""

SHARED = 10
"""Jobs of which one is measured, beside one that writes about one pathway."""

TEXT = """## A plan for {many:,} pathways

A job of several that share the work writes its own pathways, and reads the others' titles, as links
lead to them (`pathbook write --shard`). In a library of {known:,} pathways a job with {few} of its
own took {first.seconds:.0f} s and {first.memory:.0f} MB, one with {more} took
{second.seconds:.0f} s and {second.memory:.0f} MB, with all its
processes. So, on two processors:

- an own pathway costs {own_ms:.0f} ms and {own_mb:.2f} MB, another job's {other_ms:.0f} ms and
  {other_mb:.2f} MB;
- after that, MkDocs takes {page_ms:.0f} ms and {page_mb:.3f} MB for each page; a pathway has
  {each:.0f} pages.

A library of {many:,} such pathways has {pages:,} pages. With N jobs each has own = {many:,} / N
pathways; it takes own x ({own_ms:.0f} + {each:.0f} x {page_ms:.0f}) ms + ({many:,} - own) x
{other_ms:.0f} ms, and the memory of writing or of building, whichever is more. This is arithmetic:
no library of that size was built.

| jobs | own pathways | minutes of a job | memory of a job | minutes of all together |
|---|---|---|---|---|
"""


def plan(base: Path, pages: int, whole: Cost) -> list[str]:
    """Plan for many pathways, from a library that was built and what that took."""
    names = [path.name for path in (base / "flow").iterdir()]
    known = len(names)
    few, more = (sum(name in Shard(1, of) for name in names) for of in (known, SHARED))
    first, second = written(base, known), written(base, SHARED)
    start = Cost(seconds(lambda: ran(PATHBOOK, "--version")), BARE)
    extra = (second - first) / (more - few)  # what an own pathway costs more than another's
    other = (first - start - extra * few) / known
    own = extra + other
    each = pages / known
    page = (whole - start) / pages
    page = Cost(page.seconds - own.seconds / each, page.memory)
    text = TEXT.format(
        many=MANY, known=known, few=few, more=more, first=first, second=second, each=each,
        own_ms=1000 * own.seconds, own_mb=own.memory, other_ms=1000 * other.seconds,
        other_mb=other.memory, page_ms=1000 * page.seconds, page_mb=page.memory,
        pages=round(MANY * each),
    )  # fmt: skip
    return [
        *text.splitlines(),
        *(_row(count, own, other, page * each) for count in JOBS),
    ]


def _row(count: int, own: Cost, other: Cost, building: Cost) -> str:
    mine = MANY / count
    writing = own * mine + other * (MANY - mine)
    minutes = (writing.seconds + building.seconds * mine) / 60
    memory = (BARE + max(writing.memory, building.memory * mine)) / 1000
    cells = (
        f"{count}",
        f"{mine:,.0f}",
        f"{minutes:.0f}",
        f"{memory:.1f} GB",
        f"{count * minutes:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def written(base: Path, of: int) -> Cost:
    """Write the part of the first job among several."""
    return cost(PATHBOOK, "write", base / f"job-of-{of}", "--shard", f"1/{of}", at=base)
