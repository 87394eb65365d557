"""Measure how fast Pathbook is, as ratios within one run, and write `docs/benchmarks.md`.

Each figure is the median of the ratios of runs that took turns, with the least and the greatest:
a machine that is busy for a while slows both sides. Nothing here is a test, and no test asks for
the time. Sections that are not measured this time stay as they were. `--scale` builds 60 and 600
pathways of 40 steps too, which takes about half an hour.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree

import jobs
import library
import mends
import preview
import repaint
import rivals
import search
from figures import MKDOCS, PATHBOOK, Cost, Row, cost, packed, ran, seconds, table

from pathbook import book, chart, layout
from pathbook.graph import Graph

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
PLAIN = """site_name: A library
theme: {name: material, font: false, features: [navigation.indexes, navigation.prune]}
plugins: [search]
extra_css: [assets/pathbook/pathbook.css]
"""
"""For the written pages: no plugin of ours."""

DRAW = """import sys, pygraphviz
drawn = pygraphviz.AGraph(sys.argv[1]).draw(format="json0", prog="dot")
open(sys.argv[1] + ".json", "wb").write(drawn)
"""
"""What draws one DOT file, with the same Graphviz."""


def start() -> Row:
    """Start the command, beside Python itself."""
    figures = [
        seconds(lambda: ran(PATHBOOK, "--version"))
        - seconds(lambda: ran(sys.executable, "-c", "pass"))
        for _ in range(15)
    ]
    return Row("`pathbook --version`, more than Python's own start", tuple(figures), 0.15, "s")


def layouts(base: Path) -> list[Row]:
    """Lay out the charts of a library, beside the same Graphviz driven by `xargs -P2`."""
    found = book.read(base / "flow").definitions
    dots = {each.id: chart.dot(Graph(each.pathway)) for each in found}
    files = []
    for name, dot in dots.items():
        files.append(base / f"{name}.dot")
        files[-1].write_text(dot, encoding="utf-8")
    listed = b"\0".join(str(file).encode() for file in files)
    command = ["xargs", "-0", "-n1", "-P2", sys.executable, "-c", DRAW]
    other = lambda: subprocess.run(command, input=listed, check=True)  # noqa: E731
    cold, warm = [], []
    for _ in range(5):
        rmtree(os.environ["PATHBOOK_CACHE"], ignore_errors=True)
        beside = seconds(other)
        cold.append(seconds(lambda: layout.place_all(dots)) / beside)
        warm.append(seconds(lambda: layout.place_all(dots)) / beside)
    return [
        Row(f"layout of {len(dots)} charts / the same Graphviz by `xargs -P2`", tuple(cold), 1.25),
        Row("the same again, with nothing changed", tuple(warm)),
    ]


def whole(base: Path) -> list[Row]:
    """Make the pages, and build the site, beside a build of the pages already written."""
    plain = base / "written"
    (plain / "docs").mkdir(parents=True)
    (plain / "mkdocs.yml").write_text(PLAIN, encoding="utf-8")
    ran(PATHBOOK, "write", plain / "docs", at=base)
    own, all_of_it = [], []
    for _ in range(3):
        rmtree(os.environ["PATHBOOK_CACHE"], ignore_errors=True)
        beside = seconds(lambda: ran(MKDOCS, "build", "-q", at=plain))
        own.append(seconds(lambda: ran(PATHBOOK, "write", plain / "docs", at=base)) / beside)
        rmtree(os.environ["PATHBOOK_CACHE"], ignore_errors=True)
        all_of_it.append(seconds(lambda: ran(MKDOCS, "build", "-q", at=base)) / beside)
    return [
        Row(
            "our own part (`pathbook write`) / `mkdocs build` of the written pages", tuple(own), 0.1
        ),
        Row(
            "`mkdocs build` with the plugin / `mkdocs build` of the written pages", tuple(all_of_it)
        ),
    ]


OWN_PART = """\
Our own part misses its target by far. Half of it is making pages, a fourth is checking definitions,
and no single function takes much of that. It is on every processor, up to eight.
With the plugin all of it is in the whole build, which is the quicker one all the same: MkDocs does
not read as Markdown what is finished HTML."""


def small(base: Path) -> str:
    """Measure a library of a usual size."""
    library.make(base, 20, 45)
    rows = [start(), *layouts(base), *whole(base)]
    return "\n".join(["## On 20 pathways of 45 steps", "", *table(rows), "", OWN_PART])


@dataclass(frozen=True)
class Built:
    """A library that was built."""

    pathways: int
    pages: int
    cost: Cost
    weights: tuple[bytes, ...]
    """A step page, the pathway's page, and all that the theme's search loads at first, if it has
    anything to find."""


def built(base: Path, pathways: int) -> Built:
    """Build a library in a process of its own, whose memory is measured."""
    library.make(base, pathways, 40)
    took = cost(MKDOCS, "build", "-q", at=base)
    site = base / "site"
    files = [site / "pathway-0000" / "s5" / "index.html", site / "pathway-0000" / "index.html"]
    searched, own = site / "search" / "search_index.json", site / "search" / "pathbook"
    return Built(
        pathways,
        sum(1 for _ in site.rglob("*.html")),
        took,
        tuple(file.read_bytes() for file in (*files, *([] if own.is_dir() else [searched]))),
    )


def large(base: Path) -> str:
    """Measure what takes half an hour."""
    found = [built(base / str(pathways), pathways) for pathways in (1, 60, 600)]
    one, some, many = found
    shared = jobs.plan(base / "600", many.pages, many.cost)
    rmtree(base)
    page = [each.cost.seconds / each.pages for each in found]
    rows = [
        Row("cost of a page at 600 pathways / at 60", (page[2] / page[1],), 1.3),
        Row("memory at 600 pathways", (many.cost.memory / 1000,), 2, "GB"),
        Row("step page at 600 pathways / alone", (_share(many, one, 0),), 1.1),
        Row("step page at 60 pathways / alone", (_share(some, one, 0),), 1.1),
    ]
    lines = ["## At the scale of a library", "", "Each pathway has 40 steps.", "", *table(rows), ""]
    lines += ["| pathways | pages | seconds | ms a page | most memory |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.pathways} | {each.pages:,} | {each.cost.seconds:.0f} | {1000 * one_page:.1f}"
        f" | {each.cost.memory:.0f} MB |"
        for each, one_page in zip(found, page, strict=True)
    ]
    lines += ["", "What a reader loads, in kilobytes, and after gzip:", ""]
    lines += [
        "| pathways | a step page | the pathway's page | the first search |",
        "|---|---|---|---|",
    ]
    for each in found:
        cells = [f"{len(w) / 1000:,.0f} ({packed(w):,.0f})" for w in each.weights]
        cells += ["an index of its own: see the first search"] if len(cells) < 3 else []
        lines.append(f"| {each.pathways} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *shared])


def _share(one: Built, other: Built, at: int) -> float:
    return len(one.weights[at]) / len(other.weights[at])


def machine() -> str:
    """Describe the machine and what runs on it."""
    names = ("mkdocs", "mkdocs-material", "pygraphviz", "sphinx", "zensical")
    said = ", ".join(f"{name} {version(name)}" for name in names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()},"
        f" Python {platform.python_version()}, {said}."
    )


INTRO = """---
title: How fast it is
description: What a build takes, measured as ratios within one run, beside what it should take.
---
# How fast it is

`make bench` writes this page. Each figure is a ratio of two things that took turns in one run, or
says its unit: the median, and the least and the greatest, or it says that it is of one run. A
median of ratios need not be the ratio of two medians. The libraries are made from a seed, with
pathways like the one that is published here, in their shape and in how long their prose is.
"""

SECTIONS: Mapping[str, Callable[[Path], str]] = {
    "small": small,
    "mends": mends.section,
    "rivals": rivals.compared,
    "preview": preview.section,
    "repaint": repaint.section,
    "search": search.section,
    "scale": large,
}
"""What is measured, in the order of the page."""

SLOW = frozenset({"scale"})
_MARK = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"which of: {', '.join(SECTIONS)}")
    parser.add_argument("--scale", action="store_true", help="build 60 and 600 pathways too")
    given = parser.parse_args()
    wanted = given.sections or [name for name in SECTIONS if given.scale or name not in SLOW]
    last = _MARK.split(PAGE.read_text(encoding="utf-8"))[1:] if PAGE.exists() else []
    found = dict(zip(last[::2], (text.strip() for text in last[1::2]), strict=True))
    for name in wanted:
        with tempfile.TemporaryDirectory() as temporary:
            base = Path(temporary)
            os.environ["PATHBOOK_CACHE"] = str(base / "cache")
            text = SECTIONS[name](base / "made")
        found[name] = f"{text.strip()}\n\nMeasured on {datetime.now(UTC):%d %B %Y}."
        print(found[name], flush=True)
        parts = [f"<!-- {name} -->\n\n{found[name]}" for name in SECTIONS if name in found]
        page = "\n\n".join([INTRO.strip(), machine(), *parts]) + "\n"
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
