"""Build the same pathways in other ways: with Sphinx, with Mermaid in MkDocs, and with Zensical.

The others get what Pathbook gets: as many pages, with the same titles, prose, statements and links
between steps, and a chart of each pathway whose boxes are links. They do not get what only Pathbook
makes of it: the walk, the maps, the chart by stages, the checks.
"""

import os
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median

import library
from figures import MKDOCS, PATHBOOK, SPHINX, ZENSICAL, Row, packed, ran, seconds, table

from pathbook import book
from pathbook.graph import Graph
from pathbook.model import Definition

RUNS = 3
WHEELS = Path(sys.executable).parents[1] / "mermaid"
"""Where `make bench` puts the package that carries Mermaid's script."""

HEADING = "## Beside other ways to make such a site"

DOT = """import sys, pygraphviz
given = {word[:2]: word[2:] for word in sys.argv[1:]}
drawn = pygraphviz.AGraph(sys.stdin.read()).draw(format=given["-T"], prog="dot")
open(given["-o"], "wb").write(drawn)
"""
"""Stands for Graphviz' own command, so that Sphinx draws with the same Graphviz as Pathbook."""

SPHINX_CONFIG = """project = "A library"
extensions = ["sphinx.ext.graphviz"]
graphviz_output_format = "svg"
graphviz_dot = {dot!r}
"""

MERMAID_CONFIG = """site_name: A library
theme:
  name: material
  font: false
  features: [navigation.indexes, navigation.prune, search.highlight]
plugins: [search]
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - name: mermaid
          class: mermaid
          format: !!python/name:pymdownx.superfences.fence_code_format
"""

WRITTEN_CONFIG = """site_name: A library
theme: {name: material, font: false}
plugins: [search]
"""


@dataclass(frozen=True)
class Links:
    """A list of links to other pages of the same pathway."""

    to: tuple[tuple[str, str], ...]
    """What each says, and the name of the page."""


Part = str | Links
"""A paragraph, a heading that begins with `## `, or links."""

Content = Mapping[str, tuple[Part, ...]]
"""What stands on each page of a pathway, by its name; the title comes first."""


def content(found: Definition) -> Content:
    """Say on plain pages what Pathbook says of a pathway."""
    steps, order = found.pathway.steps, Graph(found.pathway).order
    statements = found.evidence.statements
    pages: dict[str, tuple[Part, ...]] = {}
    for name, step in steps.items():
        ways = Links(
            tuple((f"{way.when or 'Next'}: {steps[way.to].title}", way.to) for way in step.next)
        )
        pages[name] = (
            step.title,
            step.summary,
            *_paragraphs(found.pages[name].text if name in found.pages else ""),
            "## What can come next",
            ways,
            "## What the sources say",
            *(statements[one].text for one in step.evidence),
        )
    advice = tuple(
        part for one in found.pathway.alerts for part in _paragraphs(one.more or one.text)
    )
    whole = tuple(part for name in order for part in ("## " + steps[name].title, *pages[name][1:]))
    return {
        "index": (
            found.pathway.title,
            found.pathway.summary or "",
            Links(tuple((steps[name].title, name) for name in order)),
        ),
        **pages,
        "urgent": ("Urgent help", *advice),
        "evidence": ("Evidence", *(one.text for one in statements.values())),
        "glossary": (
            "Glossary",
            *(f"{word}: {one.text}" for word, one in found.glossary.terms.items()),
        ),
        "print": ("The whole book", *whole),
    }


def _paragraphs(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split("\n\n") if part.strip())


def markdown(parts: tuple[Part, ...], chart: str) -> str:
    """Write a page in Markdown, with a chart below its title if there is one."""
    first, *rest = parts
    shown = [f"# {first}", *([f"```mermaid\n{chart}```"] if chart else [])]
    for part in rest:
        if isinstance(part, Links):
            shown.append("\n".join(f"- [{words}]({name}.md)" for words, name in part.to))
        else:
            shown.append(part)
    return "\n\n".join(shown) + "\n"


def restructured(parts: tuple[Part, ...], chart: str) -> str:
    """Write the same for Sphinx."""
    first, *rest = parts
    shown = [f"{first}\n{'=' * len(str(first))}"]
    if chart:
        shown.append(".. graphviz::\n\n" + re.sub("^", "   ", chart, flags=re.MULTILINE))
    for part in rest:
        if isinstance(part, Links):
            shown.append("\n".join(f"- :doc:`{words} <{name}>`" for words, name in part.to))
        elif part.startswith("## "):
            shown.append(f"{part[3:]}\n{'-' * len(part)}")
        else:
            shown.append(part)
    return "\n\n".join(shown) + "\n"


def digraph(found: Definition) -> str:
    """Draw a chart in DOT, with a link in each box."""
    boxes = [
        f'{name} [label="{step.title}", shape=box, URL="{name}.html"];'
        for name, step in found.pathway.steps.items()
    ]
    return "\n".join(["digraph {", *boxes, *_arrows(found, '{0} -> {1} [label="{2}"];'), "}", ""])


def flowchart(found: Definition) -> str:
    """Draw a chart in Mermaid's words, with a link in each box."""
    boxes = [f'{name}["{step.title}"]' for name, step in found.pathway.steps.items()]
    clicks = [f'click {name} "{name}/"' for name in found.pathway.steps]
    arrows = _arrows(found, '{0} -->|"{2}"| {1}', "{0} --> {1}")
    return "\n".join(["flowchart TD", *boxes, *arrows, *clicks, ""])


def _arrows(found: Definition, said: str, plain: str = "{0} -> {1};") -> Iterator[str]:
    for name, step in found.pathway.steps.items():
        for way in step.next:
            yield (said if way.when else plain).format(name, way.to, way.when)


def for_sphinx(base: Path, definitions: tuple[Definition, ...]) -> None:
    """Write the sources of a Sphinx site."""
    dot = base / "dot"
    listed = "".join(f"   {found.id}/index\n" for found in definitions)
    files = {
        "dot": f"#!{sys.executable}\n{DOT}",
        "source/conf.py": SPHINX_CONFIG.format(dot=str(dot)),
        "source/index.rst": f"A library\n=========\n\n.. toctree::\n\n{listed}",
    }
    for found in definitions:
        pages = content(found)
        for name, parts in pages.items():
            text = restructured(parts, digraph(found) if name == "index" else "")
            files[f"source/{found.id}/{name}.rst"] = text
        inside = "".join(f"   {name}\n" for name in pages if name != "index")
        files[f"source/{found.id}/index.rst"] += f"\n.. toctree::\n   :hidden:\n\n{inside}"
    library.write(base, files)
    dot.chmod(0o755)


def for_mermaid(base: Path, definitions: tuple[Definition, ...]) -> None:
    """Write the sources of a MkDocs site with Mermaid."""
    listed = "".join(f"- [{found.pathway.title}]({found.id}/index.md)\n" for found in definitions)
    files = {"mkdocs.yml": MERMAID_CONFIG, "docs/index.md": f"# A library\n\n{listed}"}
    files["docs/about.md"] = library.ABOUT
    for found in definitions:
        for name, parts in content(found).items():
            text = markdown(parts, flowchart(found) if name == "index" else "")
            files[f"docs/{found.id}/{name}.md"] = text
    library.write(base, files)


def forgotten() -> None:
    """Forget the charts that were laid out before."""
    rmtree(os.environ["PATHBOOK_CACHE"], ignore_errors=True)


def ours(base: Path) -> None:
    """Build with Pathbook, from nothing."""
    forgotten()
    rmtree(base / "site", ignore_errors=True)
    ran(MKDOCS, "build", "-q", at=base)


def by_sphinx(base: Path) -> None:
    """Build with Sphinx, from nothing, on as many cores as Pathbook draws with."""
    rmtree(base / "built", ignore_errors=True)
    ran(SPHINX, "-q", "-W", "-j", "auto", "source", "built", at=base)


def by_mermaid(base: Path) -> None:
    """Build with MkDocs and Mermaid."""
    ran(MKDOCS, "build", "-q", at=base)


def by_zensical(base: Path) -> None:
    """Write the pages and build them with Zensical, from nothing."""
    forgotten()
    ran(PATHBOOK, "write", base / "pages", "--config", "plain.yml", at=base)
    ran(ZENSICAL, "build", "--clean", "-f", "plain.pages.yml", at=base)


def compared(base: Path, pathways: int = 20, steps: int = 45, runs: int = RUNS) -> str:
    """Build the same pathways in all ways by turns, and tell what each takes and weighs."""
    own, sphinx, mermaid, zensical = (
        base / name for name in ("own", "sphinx", "mermaid", "zensical")
    )
    for folder in (own, zensical):
        library.make(folder, pathways, steps)
    library.write(zensical, {"plain.yml": WRITTEN_CONFIG + "site_dir: built\n"})
    definitions = book.read(own / "flow").definitions
    for_sphinx(sphinx, definitions)
    for_mermaid(mermaid, definitions)
    ways: dict[str, tuple[Callable[[Path], None], Path, Path]] = {
        "Sphinx with its Graphviz extension": (by_sphinx, sphinx, sphinx / "built"),
        "MkDocs with Material and Mermaid": (by_mermaid, mermaid, mermaid / "site"),
        "`pathbook write` and Zensical": (by_zensical, zensical, zensical / "built"),
    }
    figures: dict[str, list[float]] = {name: [] for name in ways}
    took: dict[str, list[float]] = {name: [] for name in ("Pathbook in MkDocs", *ways)}
    for _ in range(runs):
        whole = seconds(lambda: ours(own))
        took["Pathbook in MkDocs"].append(whole)
        for name, (build, folder, _) in ways.items():
            took[name].append(seconds(lambda: build(folder)))  # noqa: B023
            figures[name].append(whole / took[name][-1])
    rows = [Row(f"Pathbook in MkDocs / {name}", tuple(found)) for name, found in figures.items()]
    counts = {"Pathbook in MkDocs": pages_in(own / "site")}
    counts |= {name: pages_in(site) for name, (*_, site) in ways.items()}
    first = definitions[0].id
    parts = [HEADING, "", TEXT.format(pathways=pathways, steps=steps), "", *table(rows), ""]
    parts += ["| built by | pages | seconds, median |", "|---|---|---|"]
    parts += [f"| {name} | {counts[name]} | {median(found):.1f} |" for name, found in took.items()]
    page, other = (folder / "site" / first / "index.html" for folder in (own, mermaid))
    return "\n".join([*parts, "", *weights(page, other)])


TEXT = """The same {pathways} pathways of {steps} steps, built from nothing by turns.

All get the same titles, prose, statements and links, a page for each step, and pages for urgent
help, evidence, glossary and paper; the others' chart is a plain one whose boxes are links. What
only Pathbook makes of it (the walk, the maps, the chart by stages, all checks) is in its time, and
not in theirs. Sphinx draws with the same Graphviz, by a command of five lines in place of `dot`,
and on all cores, as Pathbook works. Mermaid draws nothing while a site is built: each reader's
browser does, with a script that weighs as much as below. Below 1 Pathbook is faster."""


def pages_in(site: Path) -> int:
    """Count the pages of a built site."""
    return sum(1 for _ in site.rglob("*.html"))


def weights(ours: Path, other: Path) -> list[str]:
    """Tell what a reader of a chart loads: the page, and the script for it."""
    script = ours.parents[1] / "assets" / "pathbook" / "pathbook.js"
    found = {
        "our page, with the chart in it": ours.read_bytes(),
        "our script, for the walk; the chart needs none": script.read_bytes(),
        "the page with Mermaid, without a chart": other.read_bytes(),
    }
    version, mermaid = mermaid_script()
    if mermaid:
        found[f"Mermaid {version}, which draws the chart"] = mermaid
    rows = [
        f"| {name} | {len(text) / 1000:.0f} kB | {packed(text):.0f} kB |"
        for name, text in found.items()
    ]
    lacking = [] if mermaid else ["", "Mermaid's script was not there to be measured."]
    return [
        "| a reader of a chart loads | as it is | packed (gzip) |",
        "|---|---|---|",
        *rows,
        *lacking,
    ]


def mermaid_script() -> tuple[str, bytes]:
    """Give Mermaid's version and script as a package carries it; empty where there is none."""
    for wheel in WHEELS.glob("*.whl"):
        with zipfile.ZipFile(wheel) as files:
            scripts = [name for name in files.namelist() if name.endswith("/mermaid.min.js")]
            return wheel.name.split("-")[1], files.read(scripts[0])
    return "", b""
