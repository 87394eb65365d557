"""A definition that holds more than anyone can read ends in a problem, before it takes long."""

import json
from pathlib import Path

import pytest

from hostile import ran, written
from pathbook import prose
from pathbook.reading import LONGEST_TEXT, MOST_PARTS, MOST_STEPS

YAML = "title: T\nstart: a\nsteps:\n  a: {kind: outcome, title: A}\n"
LONG = "a" * LONGEST_TEXT


def chain(size: int) -> str:
    """Write a pathway of so many steps."""
    steps = {f"s{i}": {"kind": "action", "next": f"s{i + 1}"} for i in range(size - 1)}
    ended = {**steps, f"s{size - 1}": {"kind": "outcome"}}
    return json.dumps({"title": "T", "start": "s0", "steps": ended})


LARGE = {
    "a text": f"summary: {LONG}a\n{YAML}",
    "a key": f"{YAML}? {LONG}a\n: x\n",
    "the number of steps": chain(MOST_STEPS + 1),
    "the number of values": f"{YAML}aliases: [{'a,' * MOST_PARTS}]\n",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_what_is_too_large_is_told_alone_and_with_what_is_possible(text: str, folder: Path) -> None:
    (problem,) = written({"pathway.yaml": text}, folder).problems
    assert problem.code == "large-file"
    assert problem.place.line
    assert problem.expected


def test_what_is_just_not_too_large_is_checked(folder: Path) -> None:
    assert written({"pathway.yaml": f"owner: {LONG}\n{YAML}"}, folder).errors == ()
    assert written({"pathway.yaml": chain(200), "pages/s0.md": LONG}, folder, "q").errors == ()


def test_what_would_fill_a_disk_on_a_thousand_pages_is_told(folder: Path) -> None:
    data = json.loads(chain(2000))
    alert = {"level": "urgent", "title": "A", "text": LONG}
    within = {**data, "alerts": [alert] * 15}
    assert written({"pathway.yaml": json.dumps(within)}, folder).errors == ()
    beyond = {**data, "alerts": [alert] * 20}
    (problem,) = written({"pathway.yaml": json.dumps(beyond)}, folder).errors
    assert problem.code == "heavy-pages"


def test_a_page_that_is_too_long_is_told(folder: Path) -> None:
    (problem,) = written({"pathway.yaml": YAML, "pages/a.md": f"{LONG}a"}, folder).errors
    assert (problem.code, problem.place.file) == ("large-file", "flow/p/pages/a.md")
    assert problem.expected == "30,000 at most"


NESTED = {
    "square": "[" * 5000,
    "pictures": "![" * 5000,
    "links": "[a](" * 5000,
    "references": "[a][" * 5000,
    "titles": '[a](b "' * 4000,
    "round after a link": "[a](" + "(" * 5000,
    "lists": "\n".join("    " * i + "- x" for i in range(60)),
    "quotes": ">" * 100 + " x",
    "explained": "a\n: d\n" * 4000,
    "headings": "a\n=\n" * 7500,
    "rules": "-\n" * 15_000,
    "marked headings": "# a\n" * 7500,
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED.keys())
def test_marks_that_keep_markdown_busy_for_minutes_are_a_problem(text: str, folder: Path) -> None:
    found = written({"pathway.yaml": YAML, "pages/a.md": text}, folder)
    assert {problem.code for problem in found.errors} == {"nested-prose"}


def test_what_people_write_is_not_nested_too_deeply() -> None:
    text = "- one\n    - two\n        - three\n\n> > quoted\n\n:( a) b) [x](a.md) ([y](b.md))\n"
    assert [link.target for link in prose.links(text * 20)] == ["a.md", "b.md"] * 20


def test_walks_through_a_wide_pathway_are_suggested_within_a_minute(folder: Path) -> None:
    steps: dict[str, object] = {
        f"s{i}": {
            "kind": "decision",
            "next": [{"when": f"a{j}", "to": f"s{min(250, i + 1 + j)}"} for j in range(3)],
        }
        for i in range(250)
    }
    steps["s250"] = {"kind": "outcome"}
    found = written(
        {"pathway.yaml": json.dumps({"title": "T", "start": "s0", "steps": steps})}, folder
    )
    assert found.errors == ()
    run = ran(
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "from pathbook.cli import main; main(['test', '--suggest'])"
    )
    assert run.returncode == 0, run.stderr[-500:]
    assert "scenarios:" in run.stdout


BUSY = {
    "abbreviations": "for step in list(steps.values())[:30]: step['summary'] = 'X/' * 14_000",
    "brackets": "pages['s0'] = '[' * 29_000",
    "names that lead nowhere": "steps['s0']['next'] = [f'z{i}' for i in range(2_000)]",
    "texts in many places": (
        "for step in steps.values(): step['summary'] = step['title'] = 'Pain, (AB) X/Y. ' * 60"
    ),
}


@pytest.mark.parametrize("change", BUSY.values(), ids=BUSY.keys())
def test_no_definition_keeps_a_machine_busy(change: str, folder: Path) -> None:
    # Processor time of the process itself: a busy machine does not make it more.
    program = (
        "import json, resource; from pathlib import Path; from pathbook import book, report\n"
        "steps = {f's{i}': {'kind': 'action', 'next': f's{i + 1}'} for i in range(200)}\n"
        "steps['s200'] = {'kind': 'outcome'}\n"
        "pages = {}\n"
        f"{change}\n"
        "pathway = {'title': 'T', 'start': 's0', 'steps': steps}\n"
        "Path('flow/p/pages').mkdir(parents=True)\n"
        "Path('flow/p/pathway.yaml').write_text(json.dumps(pathway))\n"
        "for name, text in pages.items(): Path('flow/p/pages', f'{name}.md').write_text(text)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n"
        "found = book.read(Path('flow'))\n"
        "print(len(report.text(found.problems)) > 0)\n"
    )
    run = ran(program)
    assert (run.returncode, run.stdout) == (0, "True\n"), run.stderr[-2000:]
