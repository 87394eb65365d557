"""Graphviz may fail or hang on one chart; the maintainer is told which, and soon."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pathbook import kept, layout

pytestmark = pytest.mark.graphviz


def test_nodes_and_edges_get_their_places() -> None:
    placed = layout.place(
        "knee", "digraph { a [shape=box width=1 height=0.5 fixedsize=true]; a -> b }"
    )
    assert placed.nodes["a"][1] < placed.nodes["b"][1]
    assert placed.edges["a", "b"][0][1] < placed.edges["a", "b"][-1][1]


def test_a_chart_that_cannot_be_drawn_names_its_pathway() -> None:
    with pytest.raises(layout.LayoutError, match=r"^knee: Graphviz could not draw the chart: "):
        layout.place("knee", "digraph {")


def test_a_chart_that_takes_too_long_ends_within_its_limit() -> None:
    with pytest.raises(
        layout.LayoutError, match=r"^knee: Graphviz did not finish .* 0\.01 seconds"
    ):
        layout.place("knee", "digraph { a -> b }", time_limit=0.01)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os; os.abort()", r"stopped .* \(SIGABRT\)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"stopped .* \(SIGSEGV\)"),
        ("raise MemoryError", "could not draw the chart: MemoryError"),
        ("import time; time.sleep(60)", "did not finish"),
        ("import sys; sys.exit('out of ink')", "out of ink"),
        ("print('{}')", "gave no places"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "gave no places"),
        ('print(\'{"bb": "0,0,1,1"\')', "gave no places"),
    ],
)
def test_a_worker_that_crashes_or_hangs_takes_nothing_else_with_it(
    code: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = subprocess.run

    def stand_in(command: list[str], **more: object) -> object:
        return run([sys.executable, "-c", code], **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", stand_in)
    with pytest.raises(layout.LayoutError, match=f"^knee: .*{said}"):
        layout.place("knee", "digraph {}", time_limit=0.5)


def test_the_charts_of_a_library_come_back_under_their_own_names() -> None:
    placed = layout.place_all({"one": "digraph { a }", "two": "digraph { b -> c }"})
    assert {name: set(found.nodes) for name, found in placed.items()} == {
        "one": {"a"},
        "two": {"b", "c"},
    }


CHARTS = {f"book-{n}": f"digraph {{ a -> b{n} }}" for n in range(5)}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Note every chart that Graphviz draws, from an empty cache on."""
    monkeypatch.setenv("PATHBOOK_CACHE", str(tmp_path / "cache"))
    seen: list[str] = []
    run = subprocess.run

    def noted(command: list[str], *, input: bytes, **more: object) -> object:  # noqa: A002
        seen.extend(input.decode().split("\0"))
        return run(command, input=input, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", noted)
    return seen


def test_an_unchanged_library_is_not_drawn_again_and_a_changed_chart_alone(
    drawn: list[str],
) -> None:
    first = layout.place_all(CHARTS)
    assert sorted(drawn) == sorted(CHARTS.values())
    drawn.clear()
    assert layout.place_all(CHARTS) == first
    assert drawn == []
    changed = {**CHARTS, "book-3": "digraph { a -> c }"}
    assert set(layout.place_all(changed)["book-3"].nodes) == {"a", "c"}
    assert drawn == ["digraph { a -> c }"]


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"not packed", gzip.compress(b"{}"), gzip.compress(b"[")],
    ids=["empty", "not packed", "no chart", "no JSON"],
)
def test_a_kept_chart_that_is_spoilt_is_drawn_again(
    drawn: list[str], spoilt: bytes, tmp_path: Path
) -> None:
    first = layout.place_all(CHARTS)
    files = list((tmp_path / "cache").iterdir())
    assert len(files) == len(CHARTS)
    for file in files:
        file.write_bytes(spoilt)
    drawn.clear()
    assert layout.place_all(CHARTS) == first
    assert len(drawn) == len(CHARTS)


LINES = {"book": "digraph {\n\ta [width=1]\n\ta -> b\n}"}
PLACED = '{{"bb": "0,0,9,9", "objects": [{}], "edges": []}}'


@pytest.mark.parametrize(
    "text",
    [
        PLACED.format('{"name": "a", "pos": "nan,inf"}'),
        PLACED.format('{"name": "a", "pos": "1,1"}'),
        PLACED.format('{"name": "b", "pos": "1,1"}'),
        PLACED.format('{"name": "a", "pos": ""}'),
        "[" * 100_000,
        "0" * (kept.LARGEST + 1),
    ],
    ids=["no numbers", "no line", "no box", "no place", "too deep", "too long"],
)
def test_a_kept_chart_that_is_another_one_is_never_published(
    drawn: list[str], text: str, tmp_path: Path
) -> None:
    first = layout.place_all(LINES)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(gzip.compress(text.encode(), 1))
    drawn.clear()
    assert layout.place_all(LINES) == first
    assert len(drawn) == 1


def test_a_pipe_where_charts_are_kept_keeps_nobody_waiting(
    drawn: list[str], tmp_path: Path
) -> None:
    first = layout.place_all(LINES)
    (file,) = (tmp_path / "cache").iterdir()
    file.unlink()
    os.mkfifo(file)
    assert layout.place_all(LINES) == first


def test_charts_are_drawn_where_nothing_can_be_kept(
    drawn: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("PATHBOOK_CACHE", str(tmp_path / "file"))
    assert set(layout.place_all(CHARTS)) == set(CHARTS)
    assert len(drawn) == len(CHARTS)


def test_what_nobody_asks_for_any_more_does_not_fill_the_disk(
    drawn: list[str], tmp_path: Path
) -> None:
    layout.place_all({"old": "digraph { old }"})
    (old,) = (tmp_path / "cache").iterdir()
    os.utime(old, (0, 0))
    layout.place_all(CHARTS)
    assert not old.exists()
    assert len(list((tmp_path / "cache").iterdir())) == len(CHARTS)
    assert len(drawn) == 1 + len(CHARTS)


def test_one_chart_that_fails_is_named_among_many(drawn: list[str]) -> None:
    with pytest.raises(layout.LayoutError, match=r"^broken: Graphviz could not draw the chart: "):
        layout.place_all({**CHARTS, "broken": "digraph {"})
    assert drawn
