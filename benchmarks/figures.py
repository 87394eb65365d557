"""Measure what takes turns, and lay it out as rows of a table."""

import gzip
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

PATHBOOK, MKDOCS, SPHINX, ZENSICAL = (
    Path(sys.executable).parent / name
    for name in ("pathbook", "mkdocs", "sphinx-build", "zensical")
)


@dataclass(frozen=True)
class Row:
    """One figure beside what it should be."""

    what: str
    figures: tuple[float, ...]
    """One of each run."""
    target: float | None = None
    unit: str = "x"

    def __str__(self) -> str:
        low, middle, high = min(self.figures), median(self.figures), max(self.figures)
        target = "" if self.target is None else f"at most {self.target:g} {self.unit}"
        met = "" if self.target is None else "yes" if middle <= self.target else "**no**"
        spread = f"{low:.2f} to {high:.2f}" if len(self.figures) > 1 else "one run"
        return f"| {self.what} | {middle:.2f} {self.unit} | {spread} | {target} | {met} |"


def table(rows: Sequence[Row]) -> list[str]:
    """Lay out figures beside their targets."""
    head = "| what | median | spread | target | met |"
    return [head, "|---|---|---|---|---|", *map(str, rows)]


def seconds(work: Callable[[], object]) -> float:
    """Tell how long something takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def ran(*command: str | Path, at: Path | None = None) -> None:
    """Run a command in a folder."""
    subprocess.run(command, cwd=at, check=True, capture_output=True)


@dataclass(frozen=True)
class Cost:
    """What something takes."""

    seconds: float
    memory: float
    """Megabytes, at the most."""

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds + other.seconds, self.memory + other.memory)

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.seconds - other.seconds, self.memory - other.memory)

    def __mul__(self, many: float) -> "Cost":
        return Cost(self.seconds * many, self.memory * many)

    def __truediv__(self, many: float) -> "Cost":
        return Cost(max(0.0, self.seconds / many), max(0.0, self.memory / many))


def cost(*command: str | Path, at: Path) -> Cost:
    """Run a command in a folder, in a process of its own, and tell what that took."""
    begin, quiet, most = perf_counter(), subprocess.DEVNULL, 0
    with subprocess.Popen(command, cwd=at, stdout=quiet, stderr=quiet) as child:
        while child.poll() is None:
            most = max(most, used(child.pid))
            sleep(0.2)
    if child.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed in {at}")
    return Cost(perf_counter() - begin, most / 1024)


def used(process: int) -> int:
    """Tell how many kilobytes a process and those that it began use; what they share counts once.

    https://docs.kernel.org/filesystems/proc.html: Pss.
    """
    here = Path("/proc", str(process))
    try:
        own = re.findall(r"^Pss: *(\d+) kB", (here / "smaps_rollup").read_text(), re.MULTILINE)
        begun = (here / "task" / here.name / "children").read_text().split()
    except OSError:  # it has just ended
        return 0
    return sum(map(int, own)) + sum(used(int(each)) for each in begun)


def packed(content: bytes) -> float:
    """Tell how many kilobytes a host sends that packs what it sends."""
    return len(gzip.compress(content, mtime=0)) / 1000
