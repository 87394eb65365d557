"""Graphviz may fail or hang on one chart; the maintainer is told which, and soon."""

import subprocess
import sys

import pytest

from pathbook import layout

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
