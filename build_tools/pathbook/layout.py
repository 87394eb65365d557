"""Have Graphviz place the nodes of DOT texts, each in a worker process with a time limit.

Graphviz is C code that runs in-process in the `pygraphviz` wheel, where it could crash or hang;
so it runs in a process of its own, and this is the only module that starts one.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

from pathbook.problems import PathbookError

TIME_LIMIT = 60.0
"""Seconds one chart may take; one of 500 steps like the shipped pathway's takes less than one."""

MEMORY_LIMIT = 4 << 30
"""Bytes one chart may take."""

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
    """Lay out the charts of several pathways, as many at once as there are processors."""
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        placed = pool.map(lambda name: place(name, dots[name], time_limit), dots)
        return dict(zip(dots, placed, strict=True))


def place(name: str, dot: str, time_limit: float = TIME_LIMIT) -> Layout:
    """Lay out one chart; `LayoutError` names the pathway if that fails or takes too long."""
    command = [sys.executable, "-P", "-m", "pathbook.layout"]
    try:
        run = subprocess.run(  # noqa: S603 (our own module, no shell)
            command, input=dot.encode(), capture_output=True, timeout=time_limit, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"{name}: Graphviz did not finish the chart within {time_limit:g} seconds"
        raise LayoutError(message) from None
    if run.returncode < 0:
        why = signal.Signals(-run.returncode).name
        message = f"{name}: Graphviz was stopped while it drew the chart ({why})"
        raise LayoutError(f"{message}; it may have needed more than {MEMORY_LIMIT >> 30} GB")
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"it ended with code {run.returncode}"
        message = f"{name}: Graphviz could not draw the chart: {why}"
        raise LayoutError(message)
    try:
        return parsed(run.stdout.decode())
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
    return tuple((float(x), top - float(y)) for x, y in pairs)


def _work() -> None:
    """Lay out the DOT text on standard input and write JSON: the life of a worker process."""
    import pygraphviz  # noqa: PLC0415 (only the worker loads the C library)

    if sys.platform != "win32":
        import resource  # noqa: PLC0415 (not on every system)

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        # If whoever started this is killed, it ends all the same.
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))

    drawn = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode()).draw(
        format="json0", prog="dot"
    )
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    _work()
