"""A definition that means harm gives a page that does none, or a problem, in little memory."""

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hostile import TEXTS, anywhere, definition, harm, ran, rendered, written
from pathbook import book, chart, pages, report
from pathbook.graph import Graph

TOLD = {"link", "picture", "reference"}
"""What a maintainer is told to change: links that no prose may hold, and pictures."""

ALLOWED = {name: text for name, text in TEXTS.items() if name not in TOLD}

YAML = "title: T\nstart: a\nsteps:\n  a: {kind: outcome, title: A}\n"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_whatever_stands_in_a_definition_nothing_on_a_page_acts_on_a_reader(
    text: str, folder: Path
) -> None:
    found = written(definition(text), folder)
    assert bool(found.errors) == (text in {TEXTS[name] for name in TOLD})
    shown = rendered(found) if not found.errors else {}
    assert {path: harm(page) for path, page in shown.items() if harm(page)} == {}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_whatever_stands_in_a_definition_is_shown_as_it_was_written(
    text: str, folder: Path
) -> None:
    found = written(definition(text), folder)
    assert found.errors == ()
    shown = rendered(found)
    title = " ".join(f"Q {text}".split())
    assert title in [" ".join(text.split()) for _, text, _ in shown["p/a.md"].headings]
    made = book.site(book.draw(found, anywhere))
    data = json.loads(made["p/pathway.json"].text)
    assert " ".join(data["steps"]["a"]["title"].split()) == title
    front = shown["p/index.md"]
    assert [box.step for box in front.pieces.boxes] == ["a", "b", "c"]
    assert len(front.pieces.arrows) == len(front.pieces.ways) == 3


def test_no_page_gives_a_plugin_for_macros_something_to_run(folder: Path) -> None:
    found = written(definition("{{ 7*7 }}{% raw %}{# x #}"), folder)
    made = book.site(book.draw(found, anywhere))
    titles = json.dumps(pages.navigation(book.draw(found, anywhere)))
    for text in (titles, *(page.text for path, page in made.items() if path.endswith(".md"))):
        assert re.findall(r"\{[{%#]", text) == []


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_whatever_stands_in_a_definition_the_charts_data_stay_whole(
    text: str, folder: Path
) -> None:
    found = written(definition(text), folder)
    (graph,) = (Graph(one.pathway) for one in found.definitions)
    plain = written(definition("x"), folder, "q")
    other = Graph(next(one.pathway for one in plain.definitions if one.id == "q"))
    # DOT holds sizes and our own names, nothing that someone wrote.
    names = [line.split("[")[0] for line in chart.dot(graph).splitlines()]
    assert names == [line.split("[")[0] for line in chart.dot(other).splitlines()]
    assert "evil" not in chart.dot(graph)
    (drawn,) = (one for one in book.draw(found, anywhere))
    page = book.site((drawn,))["p/index.md"].text
    for part in page.split("<svg")[1:]:
        ET.fromstring(f"<svg{part[: part.index('</svg>')]}</svg>".replace("&nbsp;", " "))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_whatever_stands_in_a_definition_a_report_stays_one(text: str, folder: Path) -> None:
    files = definition(text)
    broken = json.loads(files["pathway.yaml"])
    broken["steps"]["a"]["next"][0]["to"] = text
    broken["steps"]["b"]["stage"] = text
    broken[text] = text
    found = written({**files, "pathway.yaml": json.dumps(broken)}, folder)
    assert found.errors
    for problem in found.errors:
        assert "\x1b" not in report.shown(problem)
        assert "\u202e" not in report.shown(problem)
    assert len(report.github(found.errors).split("\n")) == len(found.errors)
    counts = {"pathways": 1}
    assert json.loads(report.as_json(found.errors, (), counts))["problems"]
    assert json.loads(report.sarif(found.errors, (), counts))["runs"][0]["results"]
    rows = [line for line in report.markdown(found.errors, counts).splitlines() if line[:1] == "|"]
    assert {row.count("|") for row in rows} == {5}


IDS = [
    "../x", "/etc/passwd", "a/b", "a\\b", "..", ".", "", "a b", "A", "é", "<b>", "a.b", "{{a}}",
    "-", "con", "nul", "a" * 200, "index", "evidence", "print", "😀", "a\u202eb", "a:b", "a,b",
    "a?b", "a#b",
]  # fmt: skip


@pytest.mark.parametrize("name", IDS)
def test_an_id_that_could_leave_its_folder_or_break_an_address_is_a_problem(
    name: str, folder: Path
) -> None:
    steps = {name: {"kind": "outcome", "title": "A"}}
    found = written(
        {"pathway.yaml": json.dumps({"title": "T", "start": name, "steps": steps})}, folder
    )
    for one in () if found.errors else book.site(book.draw(found, anywhere)):
        assert (folder / one).resolve().is_relative_to(folder)
    assert found.errors or name in {"con", "nul"}


@pytest.mark.parametrize("name", ["..x", "A b", "<b>", "é", "{{ 1 }}"])
def test_a_folder_whose_name_could_break_an_address_is_a_problem(name: str, folder: Path) -> None:
    assert written({"pathway.yaml": YAML}, folder, name).errors


@pytest.mark.parametrize("name", ["<img src=x>.md", "a b.md", "a\nb.md", "é.md", "b.md"])
def test_a_page_file_with_a_strange_name_is_told(name: str, folder: Path) -> None:
    found = written({"pathway.yaml": YAML, f"pages/{name.replace('/', '_')}": "Words\n"}, folder)
    assert found.problems


FILES = ["pathway.yaml", "evidence.yaml", "glossary.yaml", "scenarios.yaml", "pages/a.md"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("way", ["link out", "pipe", "folder", "device", "dangling", "circle"])
def test_what_is_no_file_of_the_pathway_is_a_problem_and_keeps_nobody_waiting(
    name: str, way: str, folder: Path
) -> None:
    assert written({**definition("x"), "scenarios.yaml": "scenarios: []"}, folder).errors == ()
    file = folder / "flow" / "p" / name
    file.unlink()
    (folder / "secret.txt").write_text(YAML)
    if way == "pipe":
        os.mkfifo(file)
    elif way == "folder":
        file.mkdir()
    else:
        ends = {"link out": folder / "secret.txt", "device": Path("/dev/zero"), "circle": file}
        file.symlink_to(ends.get(way, folder / "nowhere"))
    found = book.read(folder / "flow")
    told = {(problem.code, problem.place.file) for problem in found.errors}
    inside = way in {"pipe", "folder", "circle"}
    assert any(name in file or (not inside and code == "outside-folder") for code, file in told)


def test_a_pathway_that_is_a_link_out_of_the_library_is_told_or_read(folder: Path) -> None:
    written({"pathway.yaml": YAML}, folder)
    written({"pathway.yaml": YAML}, folder / "elsewhere", "q")
    (folder / "flow" / "q").symlink_to(folder / "elsewhere" / "flow" / "q")
    found = book.read(folder / "flow")
    assert found.errors or {one.id for one in found.definitions} == {"p", "q"}


BOMB = "\n".join(
    ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))]
)
STRANGE = {
    "aliases that explode": BOMB,
    "a loop of aliases": "a: &a [*a]",
    "merge keys": "x: &x {title: T}\n<<: *x\nstart: a",
    "a tag that builds an object": "title: !!python/object/apply:os.system ['echo harm']",
    "deep nesting": "a: " + "[" * 50_000,
    "deep mappings": "".join(f"{' ' * i}a:\n" for i in range(3000)),
    "many documents": "---\n" * 10_000,
    "a long key": f"{'k' * 100_000}: x",
    "a zero byte": "title: a\x00b",
    "an escaped zero byte": 'title: "a\\0b"',
    "half a character": 'title: "\\ud800"',
    "a byte order mark in the middle": "title: a\ufeffb\n" + YAML,
    "tabs": "title:\t\tx\n\tstart: a",
    "a binary": 'title: !!binary "/9j/4AAQ"',
    "a set": "steps: !!set {a, b}",
    "nothing but braces": "{" * 1000,
    "a huge number": "title: " + "9" * 100_000,
    "a directive": "%YAML 9.9\n---\ntitle: x",
    "windows line ends and others": "title: a\r\nstart: b\rsteps:\x85 {}",
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_yaml_is_a_problem_or_a_book(text: str, folder: Path) -> None:
    for name in FILES[:4]:
        found = written({"pathway.yaml": YAML, name: text}, folder)
        for problem in found.problems:
            assert problem.fact
            assert report.shown(problem)
        assert found.errors or found.definitions


SIZES = {
    "a hundred million bytes": """
with open('flow/p/pathway.yaml', 'wb') as file:
    file.truncate(100_000_000)
""",
    "thirty thousand steps": """
steps = {
    f's{i}': {'kind': 'action', 'title': f'S {i}', 'next': f's{i + 1}'} for i in range(29_999)
}
steps['s29999'] = {'kind': 'outcome', 'title': 'E'}
""",
    "ways from everywhere to everywhere": """
ends = range(120)
steps = {
    f's{i}': {
        'kind': 'decision',
        'title': f'S {i}',
        'next': [{'to': f's{j}', 'when': f'a {j}', 'back': j <= i} for j in ends],
    }
    for i in ends
}
""",
    "nearly two thousand answers": """
ends = range(1, 1_990)
ways = [{'to': f's{j}', 'when': f'a {j}'} for j in ends]
steps = {f's{j}': {'kind': 'outcome', 'title': f'E {j}'} for j in ends}
steps['s0'] = {'kind': 'decision', 'title': 'Q', 'next': ways}
""",
}
MEMORY = 1 << 30
"""Bytes within which every definition is checked."""


@pytest.mark.long
@pytest.mark.parametrize("make", SIZES.values(), ids=SIZES.keys())
def test_a_definition_of_any_size_is_checked_within_a_gigabyte(make: str, folder: Path) -> None:
    (folder / "flow" / "p").mkdir(parents=True)
    program = (
        f"import json, resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        f"steps = None\n{make}\n"
        "from pathlib import Path\nfrom pathbook import book\n"
        "if steps: Path('flow/p/pathway.yaml').write_text("
        "json.dumps({'title': 'T', 'start': 's0', 'steps': steps}))\n"
        "del steps\n"
        "found = book.read(Path('flow'))\n"
        "print(len(found.definitions), len(found.errors))"
    )
    run = ran(program)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.split() in (["1", "0"], ["1", "1"], ["0", "1"])


def test_two_steps_whose_pages_would_be_one_file_on_some_disks_are_a_problem(folder: Path) -> None:
    steps = {
        "a": {"kind": "action", "title": "A", "next": "A"},
        "A": {"kind": "outcome", "title": "B"},
    }
    found = written(
        {"pathway.yaml": json.dumps({"title": "T", "start": "a", "steps": steps})}, folder
    )
    assert found.errors
