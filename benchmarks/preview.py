"""Measure how long it takes until an edit is on the page in a preview: alone, and among 100."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import library

STEPS = 50
LIBRARIES = (1, 100)
"""Pathways in the library that is previewed; all but one have 40 steps."""
EDITS = 12
"""Of each kind; they come at all moments between two looks at the files."""
BUILDS = 3
WORDS = "It may help some people for some time, and nobody can say beforehand whom. "
"""A sentence of the prose that each step has, as long as the shipped pathway's."""

Edit = Callable[[Path, str], None]
"""Changes a pathway in a folder so that a page shows some words."""


def retitled(folder: Path, words: str) -> None:
    """Change the title of a step."""
    _changed(folder, lambda steps: steps["s10"].update(title=f"Did step 10 help {words}?"))


def rewritten(folder: Path, words: str) -> None:
    """Change the prose of a step."""
    (folder / "pages" / "s10.md").write_text(prose(words), encoding="utf-8")


def rerouted(folder: Path, words: str) -> None:
    """Change where an answer leads, and what it says."""
    target = 15 + sum(map(ord, words)) % 10
    _changed(folder, lambda steps: steps["s10"]["next"][0].update(when=words, to=f"s{target}"))


def added(folder: Path, words: str) -> None:
    """Add a step that an answer leads to, in the place of the one that was added before."""

    def change(steps: dict[str, Any]) -> None:
        for last in [name for name in steps if name.startswith("new-")]:
            del steps[last]
        name = f"new-{sum(map(ord, words))}"
        steps[name] = {"kind": "outcome", "title": f"End {words}", "stage": steps["s10"]["stage"]}
        steps["s10"]["next"][2:] = [{"when": "Neither", "to": name}]

    _changed(folder, change)


def _changed(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "pathway.yaml"
    found = json.loads(path.read_text(encoding="utf-8"))
    change(found["steps"])
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")


def prose(words: str = "") -> str:
    """Write the page of a step."""
    parts = [f"## {heading}\n\n{WORDS * 6}\n" for heading in ("What it is", "What to ask")]
    return "\n".join([*parts, words, ""])


KINDS: dict[str, tuple[str, Edit]] = {
    "title of a step, on its page": ("large/s10/", retitled),
    "prose of a step, on its page": ("large/s10/", rewritten),
    "a route, on the chart's page": ("large/", rerouted),
    "a route, on the step's page": ("large/s10/", rerouted),
    "a new step, on the step's page before it": ("large/s10/", added),
}
"""What is edited, the page that is open, and how it is edited."""


def make(base: Path, pathways: int) -> Path:
    """Write a site; give the folder of the pathway that is edited."""
    library.make(base, pathways - 1, 40)
    found = library.pathway(STEPS)
    # One step whose two answers may lead on anywhere.
    found["steps"]["s10"] |= {
        "kind": "decision",
        "next": [{"when": "Yes", "to": "s15"}, {"when": "No", "to": "s11"}],
    }
    files = {f"flow/large/pages/{name}.md": prose() for name in found["steps"]}
    files["flow/large/pathway.yaml"] = json.dumps(found, indent=1)
    library.write(base, {**files, "mkdocs.yml": library.CONFIG, "docs/about.md": "# About\n"})
    return base / "flow" / "large"


def built(base: Path) -> float:
    """Build the whole site; give the seconds that it took."""
    begin = perf_counter()
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=base, check=True)
    return perf_counter() - begin


@contextmanager
def served(base: Path) -> Iterator[str]:
    """Serve a preview; give its address when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", place]
    with subprocess.Popen(command, cwd=base, env={**os.environ, "TMPDIR": str(base)}) as server:
        try:
            while not answers(f"http://{place}/"):
                sleep(0.2)
            yield f"http://{place}"
        finally:
            server.terminate()


def answers(address: str) -> bool:
    """Tell whether somebody serves this."""
    try:
        return bool(fetched(address))
    except urllib.error.URLError:
        return False


def fetched(address: str) -> str:
    """Open a page."""
    with urllib.request.urlopen(address, timeout=90) as answer:
        text: str = answer.read().decode()
        return text


def waited(address: str, page: str, edit: Callable[[], None], words: str) -> float:
    """Edit while a page is open as a browser has it; give the seconds until that shows the edit."""
    epoch = int(re.findall(r"livereload\((\d+),", fetched(f"{address}/{page}"))[-1])
    begin = perf_counter()
    edit()
    while int(fetched(f"{address}/livereload/{epoch}/1")) <= epoch:
        pass
    if words not in fetched(f"{address}/{page}"):
        sys.exit(f"The edit {words!r} is not on {page}.")
    return perf_counter() - begin


def measured(base: Path, pathways: int) -> Iterator[str]:
    """Say what each kind of edit takes, beside a build of the whole site."""
    folder = make(base, pathways)
    whole = median(built(base) for _ in range(BUILDS if pathways == 1 else 1))
    with served(base) as address:
        for kind, (page, edit) in KINDS.items():
            times = []
            for number in range(EDITS):
                words = f"{kind.split()[0]} {number} times"
                sleep(0.3 + 0.05 * number)
                times.append(waited(address, page, lambda: edit(folder, words), words))  # noqa: B023
            middle, spread = median(times), f"{min(times):.2f} to {max(times):.2f}"
            share = f"{middle / whole:.0%} of {whole:.1f} s"
            yield f"| {pathways} | {kind} | {middle:.2f} | {spread} | {share} |"


def section(base: Path) -> str:
    """Say what an edit takes in libraries of several sizes."""
    told = [line for pathways in LIBRARIES for line in measured(base / str(pathways), pathways)]
    return "\n".join(
        [
            "## While you write",
            "",
            "From the moment when a file is saved until the open page shows the edit, in a live",
            "preview: seconds, the median and the spread. An edit shall be there within a second.",
            "",
            "| pathways | edit | seconds | spread | of a whole build |",
            "|---|---|---|---|---|",
            *told,
        ]
    )
