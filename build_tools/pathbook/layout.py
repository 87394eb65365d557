"""Have Graphviz place the nodes of DOT texts, each in a worker process with a time limit.

Graphviz is C code that runs in-process in the `pygraphviz` wheel, where it could crash or hang;
so it runs in a process of its own, and this is the only module that starts one.
"""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from math import isfinite
from os import cpu_count

from pathbook import kept
from pathbook.problems import PathbookError

TIME_LIMIT = 60.0
"""Seconds one chart may take; one of 500 steps like the shipped pathway's takes less than one."""

MEMORY_LIMIT = 4 << 30
"""Bytes one chart may take."""

BATCH = 16
"""Charts that one worker draws at most: to start it takes as long as to draw three of them."""

CPU_LIMIT = 600
"""Seconds of a processor that a worker may take, even if nobody waits for it any more."""

Point = tuple[float, float]


class LayoutError(PathbookError):
    """Graphviz could not draw a chart."""


@dataclass(frozen=True)
class Layout:
    """Where Graphviz put things, in pixels, y pointing down."""

    nodes: Mapping[str, Point]
    """The middle of each node."""
    edges: Mapping[tuple[str, str], tuple[Point, ...]]
    """For each edge the points of a polyline from tail to head."""


def place_all(dots: Mapping[str, str], time_limit: float = TIME_LIMIT) -> dict[str, Layout]:
    """Lay out the charts of several pathways, as many at once as there are processors.

    What was laid out before, by the same Graphviz, is not drawn again.
    """
    found = {name: _known(dot) for name, dot in dots.items()}
    todo = [name for name, known in found.items() if known is None]
    processors = cpu_count() or 1
    size = min(BATCH, -(-len(todo) // processors) or 1)
    batches = [todo[at : at + size] for at in range(0, len(todo), size)]
    with ThreadPoolExecutor(processors) as pool:
        for placed in pool.map(lambda names: _batch(names, dots, time_limit), batches):
            found |= placed
    if todo:
        kept.tidy()
    return {name: placed for name, placed in found.items() if placed}


def place(name: str, dot: str, time_limit: float = TIME_LIMIT) -> Layout:
    """Lay out one chart; `LayoutError` names the pathway if that fails or takes too long."""
    return _read(name, *_drawn(name, [dot], time_limit))


def _batch(names: Sequence[str], dots: Mapping[str, str], time_limit: float) -> dict[str, Layout]:
    """Have one worker draw some charts; where one of them fails, draw each by itself."""
    try:
        drawn = _drawn(names[0], [dots[name] for name in names], time_limit)
    except LayoutError:
        if len(names) == 1:
            raise
        drawn = [_drawn(name, [dots[name]], time_limit)[0] for name in names]
    placed = {name: _read(name, text) for name, text in zip(names, drawn, strict=True)}
    for name, text in zip(names, drawn, strict=True):
        kept.save(_kept(dots[name]), text)
    return placed


def _kept(dot: str) -> str:
    return kept.name("layout", version("pygraphviz"), dot)


def _known(dot: str) -> Layout | None:
    """Give a layout that was kept, if it is one of this chart."""
    text = kept.load(_kept(dot))
    try:
        found = parsed(text) if text else None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None
    return found if found and _fits(found, dot) else None


def _fits(found: Layout, dot: str) -> bool:
    """Tell whether a layout has a place for all that a DOT text of ours names."""
    edges = set(re.findall(r"^\s*(\w+) -> (\w+)", dot, re.MULTILINE))
    nodes = set(re.findall(r"^\s*(\w+) \[", dot, re.MULTILINE)) - {"graph", "node", "edge"}
    return found.edges.keys() >= edges and found.nodes.keys() >= nodes


def _drawn(name: str, dots: Sequence[str], time_limit: float) -> list[str]:
    """Have a worker write Graphviz's JSON for some DOT texts."""
    command = [sys.executable, "-P", "-m", "pathbook.layout"]
    try:
        run = subprocess.run(  # noqa: S603 (our own module, no shell)
            command,
            input="\0".join(dots).encode(),
            capture_output=True,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = f"{name}: Graphviz did not finish the chart within {time_limit:g} seconds"
        raise LayoutError(message) from None
    except OSError as error:
        message = f"{name}: Graphviz could not be started: {error.strerror}"
        raise LayoutError(message) from error
    if run.returncode < 0:
        why = signal.Signals(-run.returncode).name
        message = f"{name}: Graphviz was stopped while it drew the chart ({why})"
        raise LayoutError(f"{message}; it may have needed more than {MEMORY_LIMIT >> 30} GB")
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"it ended with code {run.returncode}"
        message = f"{name}: Graphviz could not draw the chart: {why}"
        raise LayoutError(message)
    drawn = run.stdout.decode(errors="replace").split("\0")
    if len(drawn) != len(dots):
        message = f"{name}: Graphviz gave no places for the chart"
        raise LayoutError(message)
    return drawn


def _read(name: str, drawn: str) -> Layout:
    try:
        return parsed(drawn)
    except (ValueError, KeyError, IndexError) as error:
        message = f"{name}: Graphviz gave no places for the chart: {error!r}"
        raise LayoutError(message) from error


def parsed(text: str) -> Layout:
    """Read Graphviz's JSON.

    >>> text = '{"bb": "0,0,9,9", "objects": [{"name": "a", "pos": "4,2"}], "edges": []}'
    >>> parsed(text).nodes
    {'a': (4.0, 7.0)}
    """
    data = json.loads(text)
    top = float(data["bb"].split(",")[3])
    # Subgraphs are listed among the nodes, without a position.
    nodes = {item["name"]: item["pos"] for item in data.get("objects", ()) if "pos" in item}
    names = [item["name"] for item in data.get("objects", ())]
    return Layout(
        {name: _points(position, top)[0] for name, position in nodes.items()},
        {
            (names[edge["tail"]], names[edge["head"]]): _points(edge["pos"], top)
            for edge in data.get("edges", ())
            if "pos" in edge
        },
    )


def _points(text: str, top: float) -> tuple[Point, ...]:
    """Read positions such as `e,3,4 1,2 3,4`, whose y points up."""
    pairs = (pair.split(",")[-2:] for pair in text.split() if not pair.startswith(("s,", "e,")))
    points = tuple((float(x), top - float(y)) for x, y in pairs)
    if not (points and all(map(isfinite, chain.from_iterable(points)))):
        raise ValueError(text)
    return points


def _work() -> None:
    """Lay out the DOT texts on standard input and write JSON: the life of a worker process."""
    import pygraphviz  # noqa: PLC0415 (only the worker loads the C library)

    if sys.platform != "win32":
        import resource  # noqa: PLC0415 (not on every system)

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        # If whoever started this is killed, it ends all the same.
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))

    dots = sys.stdin.buffer.read().decode().split("\0")
    drawn = (pygraphviz.AGraph(string=dot).draw(format="json0", prog="dot") for dot in dots)
    sys.stdout.buffer.write(b"\0".join(drawn))


if __name__ == "__main__":
    _work()
