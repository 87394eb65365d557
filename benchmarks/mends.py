"""Measure what each of the three mends of large libraries brings: a build with it and without."""

import json
import subprocess
import sys
from pathlib import Path

import library
from figures import Row, ran, seconds, table

PATHWAYS = 30

WITHOUT = {
    "finished HTML is set aside before MkDocs reads the page": (
        "from pathbook import plugin\n\n"
        "plugin.PathbookPlugin.on_page_markdown = lambda self, markdown, **_: markdown\n"
    ),
    "the time of a build is looked for only where a mark of it is": (
        "from pathbook import plugin\n\n"
        "plugin._undated = lambda html: plugin._DATED.sub('', html)\n"
    ),
    "a page lists its own book, and not the whole library": (
        "from pathbook import plugin\n\nplugin.LISTED = 10**9\n"
    ),
}
"""Takes a mend away again."""

PROFILE = """import cProfile, json, logging, pstats, sys
from mkdocs.commands.build import build
from mkdocs.config import load_config
logging.disable()
config = load_config(sys.argv[1])
profile = cProfile.Profile()
profile.runcall(build, config)
found = pstats.Stats(profile)
most = sorted(found.stats.items(), key=lambda each: -each[1][2])[:3]
named = [[f"{key[2]} ({key[0].rpartition('/')[2]})", figures[2]] for key, figures in most]
print(json.dumps([*named, ["all", found.total_tt]]))
"""
"""Builds a site, and tells what took most of the time by itself."""


def built(base: Path, hook: str) -> float:
    """Build with a hook; give the seconds."""
    config = base / "mkdocs.yml"
    config.write_text(f"{library.CONFIG}hooks: [hook.py]\n", encoding="utf-8")
    (base / "hook.py").write_text(hook, encoding="utf-8")
    return seconds(lambda: ran(sys.executable, "-m", "mkdocs", "build", "-q", at=base))


def profiled(base: Path, hook: str) -> str:
    """Say in what functions a build spends most of its time by itself."""
    (base / "hook.py").write_text(hook, encoding="utf-8")
    command = [sys.executable, "-c", PROFILE, "mkdocs.yml"]
    run = subprocess.run(command, cwd=base, check=True, capture_output=True, text=True)
    *most, (_, whole) = json.loads(run.stdout.splitlines()[-1])
    return "; ".join(f"`{name}` {own / whole:.0%}" for name, own in most)


def section(base: Path) -> str:
    """Say what each mend brings."""
    library.make(base, PATHWAYS, 40)
    built(base, "")  # charts are laid out once
    rows, profiles = [], [f"| as it is | {profiled(base, '')} |"]
    for what, hook in WITHOUT.items():
        with_it, without = built(base, ""), built(base, hook)
        rows.append(Row(f"without: {what} / with", (without / with_it,)))
        profiles.append(f"| without: {what} | {profiled(base, hook)} |")
    return "\n".join(
        [
            "## What made large libraries dear",
            "",
            f"A build of {PATHWAYS} pathways of 40 steps, beside one that does without a mend.",
            "",
            *table(rows),
            "",
            "Profiles of the same builds: the functions that take most by themselves, of all time.",
            "To read (`posix.read`) is to wait for pages that other processes make.",
            "",
            "| build | most of the time |",
            "|---|---|",
            *profiles,
        ]
    )
