"""Measure how long the script takes to repaint a chart of 500 steps after an answer."""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import library

import reader

STEPS = 500
FRAME = 16.0
"""Milliseconds between two pictures on a screen that shows 60 in a second."""
ANSWERS = """async most => {
    const times = [];
    const picture = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    while (times.length < most) {
        const answer = document.querySelector(".pb-walk-now button[data-answer]");
        if (!answer) break;
        const begin = performance.now();
        answer.click();
        const script = performance.now() - begin;
        await picture();
        times.push([script, performance.now() - begin]);
    }
    return times;
}"""
"""Gives for each answer how long the script took, and how long until the picture was there."""


def build(folder: Path) -> Path:
    """Build a site of one large pathway."""
    text = json.dumps(library.pathway(STEPS))
    files = {"flow/large/pathway.yaml": text, "docs/about.md": "# About\n"}
    library.write(folder, {**files, "mkdocs.yml": library.CONFIG})
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, check=True)
    return folder / "site"


def measure(site: Path) -> list[tuple[float, float]]:
    """Answer question after question; give the milliseconds that each answer took."""
    with reader.served(site) as address, reader.opened() as chromium:
        page = reader.page_in(chromium)
        page.goto(f"{address}/large/")
        page.locator(".pb-walk-now").wait_for()
        found: list[tuple[float, float]] = page.evaluate(ANSWERS, 120)
    return found


def section(base: Path) -> str:
    """Lay the figures out, each beside one frame."""
    times = measure(build(base))
    lines = [
        "## An answer in a large chart",
        "",
        f"{len(times)} answers in a pathway of {STEPS} steps, in Chromium: within what time so",
        f"many of 100 are done, and how much of the {FRAME:.0f} ms between two pictures that is.",
        "",
        "| what | 50 of 100 | 95 of 100 | all |",
        "|---|---|---|---|",
    ]
    named = zip(("the script", "the picture is there"), zip(*times, strict=True), strict=True)
    for name, unsorted in named:
        found = sorted(unsorted)
        spots = (found[min(len(found) * share // 100, len(found) - 1)] for share in (50, 95, 100))
        told = (f"{value:.1f} ms ({value / FRAME:.2f})" for value in spots)
        lines.append(f"| {name} | {' | '.join(told)} |")
    return "\n".join(lines)
