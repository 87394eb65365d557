"""Any definition, valid or broken, gives harmless pages or clear problems, never a traceback."""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conftest import PATHWAYS
from hostile import anywhere, definition, harm, rendered, written
from pathbook import book, report

pytestmark = pytest.mark.long

# What the reader refuses by itself, control characters and halves of characters, is tried below.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=80)
FILES = ["pathway.yaml", "evidence.yaml", "glossary.yaml", "scenarios.yaml", "pages/a.md"]
NAMES = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
SLIPS = [":", "- ", "\n", "  ", "{", "&a ", "*a", "|"]
WRITTEN = sorted((path.parent, path.name) for path in PATHWAYS.glob("*/*.yaml"))
"""The files that pathways made for tests are written in, each as a folder and a name."""


@given(text=WORDS)
def test_no_text_acts_on_a_reader_breaks_the_data_or_loses_a_step_or_a_route(text: str) -> None:
    with TemporaryDirectory() as folder:
        found = written(definition(text), Path(folder))
        if found.errors:
            return
        pages = rendered(found)
        assert {path: harm(page) for path, page in pages.items() if harm(page)} == {}
        data = json.loads(book.site(book.draw(found, anywhere))["p/pathway.json"].text)
    assert " ".join(data["steps"]["a"]["title"].split()) == " ".join(f"Q {text}".split())
    ways = [(name, route) for name, step in data["steps"].items() for route in step["next"]]
    routes = {(name, route["to"], route["id"]) for name, route in ways}
    front = pages["p/index.md"].pieces
    assert {box.step for box in front.boxes} == {item.step for item in front.items} == {*"abc"}
    assert {arrow.way for arrow in front.arrows} == routes
    told = {
        (way.step, dict(way.data)["data-to"], dict(way.data)["data-route"]) for way in front.ways
    }
    assert told == routes


def told(found: book.Checked) -> None:
    """Tell the problems in every way; each names a file and says something."""
    for problem in found.problems:
        assert problem.place.file
        assert problem.fact
        assert report.shown(problem)
    counts = {"pathways": len(found.definitions)}
    assert len(report.github(found.problems).splitlines()) <= len(found.problems)
    json.loads(report.as_json(found.problems, found.excused, counts))
    json.loads(report.sarif(found.problems, found.excused, counts))
    report.markdown(found.problems, counts)


def spots(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List every spot of some data."""
    listed = dict(enumerate(data)) if isinstance(data, list) else data
    pairs = listed.items() if isinstance(listed, dict) else ()
    return [at, *(spot for key, value in pairs for spot in spots(value, (*at, key)))]


@given(data=st.data())
def test_a_definition_that_is_spoilt_anywhere_gives_problems_and_no_traceback(
    data: st.DataObject,
) -> None:
    source, name = data.draw(st.sampled_from(WRITTEN))
    content = yaml.load((source / name).read_text(encoding="utf-8"), yaml.CBaseLoader)
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(spots(content)[1:] or [()]))
        if not spot:
            break
        around = content
        for key in spot[:-1]:
            around = around[key]
        if data.draw(st.booleans()):
            around[spot[-1]] = data.draw(VALUES)
        elif isinstance(around, dict):
            around[data.draw(st.text(max_size=8))] = around.pop(spot[-1])
        else:
            around.insert(0, around.pop(spot[-1]))
    with TemporaryDirectory() as folder:
        shutil.copytree(source, Path(folder, "flow", "p"))
        written({name: json.dumps(content)}, Path(folder))
        found = book.read(Path(folder, "flow"))
        told(found)
        for path, page in ({} if found.errors else rendered(found)).items():
            assert harm(page) == [], path


@given(data=st.data())
def test_files_of_any_bytes_give_problems_and_no_traceback(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    raw = data.draw(st.binary(max_size=200) | st.text(max_size=200).map(_bytes))
    with TemporaryDirectory() as folder:
        written(definition("x"), Path(folder))
        Path(folder, "flow", "p", name).write_bytes(raw)
        told(book.read(Path(folder, "flow")))


@given(data=st.data())
def test_a_file_that_is_cut_or_has_a_slip_gives_problems_and_no_traceback(
    data: st.DataObject,
) -> None:
    source, name = data.draw(st.sampled_from(WRITTEN))
    text = (source / name).read_text(encoding="utf-8")
    at = data.draw(st.integers(0, len(text)))
    gone = data.draw(st.integers(0, 40))
    slip = data.draw(st.text(max_size=5) | st.sampled_from(SLIPS))
    with TemporaryDirectory() as folder:
        shutil.copytree(source, Path(folder, "flow", "p"))
        found = written({name: text[:at] + slip + text[at + gone :]}, Path(folder))
        told(found)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
