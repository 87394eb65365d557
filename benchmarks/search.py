"""Measure what the first search in a large library moves, and what making its index takes.

Bytes are those after gzip, as a host sends them: the script, the directory, the chunks and what ten
results show. Chunks are counted unpacked too, as some hosts pack no binary files.
"""

import gzip
import random
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import library
from playwright.sync_api import Page

import reader
from pathbook import book, load, search, shipped, wording
from pathbook.graph import Graph

QUERIES = 30
"""Of each kind."""

SEARCH = """async ([queries]) => {
    const { open, ask, shown } = await import("/search.js");
    const index = await open(new URL("/", location));
    for (const query of queries) {
        const { found } = await ask(index, query);
        await Promise.all(found.slice(0, 10).map(one => shown(index, one)));
    }
}"""
"""Searches one after the other, with nothing known before."""

PATHWAYS = (60, 600)


def made(base: Path, pathways: int) -> tuple[Mapping[str, bytes], str]:
    """Make a library and its index; give the index, and what making it took."""
    library.make(base, pathways, 40)
    definitions, _ = load.library(base / "flow")
    for found in definitions:  # a build has rendered the prose before
        for page in found.pages.values():
            wording.sections(page.text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = perf_counter()
    files = search.files(search.of_book(each, Graph(each.pathway)) for each in definitions)
    took = perf_counter() - begin
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pages = len(search.read(files.__getitem__).pages)
    size = sum(map(len, files.values())) / 1e6
    return files, f"| {pathways} | {pages:,} | {took:.1f} s | {more:.0f} MB | {size:.1f} MB |"


def queries(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Choose words that few pages have and that many have, from the index itself."""
    rng = random.Random(1)
    chunks = [content for name, content in sorted(files.items()) if name.endswith(".bin")]
    counts = {w: len(on) for chunk in chunks for w, on in search.read_chunk(chunk) if len(w) > 3}
    order = sorted(counts, key=lambda word: (counts[word], word))
    rare = rng.sample(order[: len(order) // 2], QUERIES)
    common = rng.choices(order[-40:], k=QUERIES)
    middle = order[len(order) // 2 :]
    return {
        "one rare word": rare,
        "one common word": common,
        "two words": [f"{rng.choice(middle)} {word}" for word in common],
        "four words": [" ".join(rng.choices(middle, k=4)) for _ in range(QUERIES)],
        "three letters": [word[:3] for word in rng.choices(order, k=QUERIES)],
    }


def moved(page: Page, base: Path, asked: Sequence[str]) -> tuple[float, float]:
    """Search in a browser that knows nothing yet; give kilobytes packed, and with chunks as is."""
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url.split("?")[0].split("/", 3)[3]))
    page.evaluate(SEARCH, [list(asked)])
    packed = plain = 0
    for name in filter(None, seen):
        content = (base / name).read_bytes()
        size = len(gzip.compress(content, mtime=0))
        packed += size
        plain += len(content) if name.endswith(".bin") else size
    return packed / 1000, plain / 1000


def first_search(base: Path, files: Mapping[str, bytes]) -> list[str]:
    """Measure first searches of every kind: rows with the median and the worst."""
    book.add(files.items(), base)
    (base / "search.js").write_text(shipped.text("assets/search.js"), encoding="utf-8")
    (base / "index.html").write_text("<!doctype html><title>x</title><link rel=icon href=data:,>")
    rows = []
    with reader.served(base) as address, reader.opened() as chromium:
        asked = {kind: [[one] for one in found] for kind, found in queries(files).items()}
        typed = [[one[0][:end] for end in range(1, len(one[0]) + 1)] for one in asked["two words"]]
        for kind, found in {**asked, "two words, searched at each letter": typed}.items():
            figures = []
            for one in found:
                page = reader.page_in(chromium)
                page.goto(address)
                figures.append(moved(page, base, one))
                page.context.close()
            packed, plain = zip(*figures, strict=True)
            cells = (f"{median(each):.0f} | {max(each):.0f}" for each in (packed, plain))
            rows.append(f"| {kind} | {' | '.join(cells)} |")
    return rows


def section(base: Path) -> str:
    """Say what a first search moves, and what making the index takes."""
    lines = [
        "## The first search in a large library",
        "",
        "A reader who knows nothing yet searches: kilobytes of script, index and ten results,",
        f"for {QUERIES} queries of each kind. Packed is what a host sends that packs all it sends.",
        "A first search shall move at most 150 kB. Results at each letter of two words are several",
        "searches.",
    ]
    made_in = [
        "| pathways | pages | index made in | memory more | its size |",
        "|---|---|---|---|---|",
    ]
    for pathways in PATHWAYS:
        files, row = made(base / str(pathways), pathways)
        made_in.append(row)
        lines += ["", f"{pathways} pathways of 40 steps:", ""]
        lines += ["| query | packed, median | worst | with chunks unpacked | worst |"]
        lines += ["|---|---|---|---|---|"]
        lines += first_search(base / str(pathways) / "served", files)
    return "\n".join([*lines, "", *made_in])
