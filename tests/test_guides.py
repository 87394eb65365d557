"""What the pages for maintainers show can be written as it stands there."""

from pathlib import Path

import pytest

import examples
from conftest import ROOT
from pathbook import book

GUIDES = ROOT / "docs" / "maintain"


@pytest.mark.parametrize("name", ["add-a-step", "split-and-join", "cite", "scenarios"])
def test_what_a_page_shows_makes_a_pathway_without_a_problem(name: str, folder: Path) -> None:
    changed = examples.of_page((GUIDES / f"{name}.md").read_text(encoding="utf-8"))
    assert changed
    examples.write(folder / "flow" / "knee", changed)
    assert [str(problem) for problem in book.read(Path("flow")).problems] == []
