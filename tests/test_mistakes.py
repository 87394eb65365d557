"""Each mistake a maintainer can make gives one clear message; each has its own folder."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TESTS
from pathbook import book

MISTAKES = sorted(path.parent for path in (TESTS / "mistakes").glob("*/pathway.yaml"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda path: path.name)
def test_a_maintainer_is_told_what_is_wrong_where_and_how_to_mend_it(
    mistake: Path, folder: Path, golden: Callable[[Path, str], None]
) -> None:
    shutil.copytree(mistake, folder / "flow" / "knee")
    (folder / "flow" / "knee" / "expected.txt").unlink(missing_ok=True)
    problems = book.read(Path("flow")).problems
    golden(mistake / "expected.txt", "".join(f"{problem}\n" for problem in problems))


def test_every_mistake_gives_exactly_one_problem() -> None:
    counted = {
        path.parent.name: len(
            re.findall(r": (?:error|warning): ", path.read_text(encoding="utf-8"))
        )
        for path in (TESTS / "mistakes").glob("*/expected.txt")
    }
    assert len(counted) == len(MISTAKES) > 40
    assert {name: count for name, count in counted.items() if count != 1} == {}


def test_all_mistakes_of_a_definition_are_told_at_once(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    text = "titel: Knee\nstart: a\nsteps:\n  a: {kind: stat, nxet: b}\n  b: {kind: outcome}\n"
    (knee / "pathway.yaml").write_text(text)
    (knee / "evidence.yaml").write_text("sources: []\n")
    assert [(p.place.file, p.code) for p in book.read(Path("flow")).problems] == [
        ("flow/knee/evidence.yaml", "wrong-type"),
        ("flow/knee/pathway.yaml", "missing-key"),
        ("flow/knee/pathway.yaml", "unknown-key"),
        ("flow/knee/pathway.yaml", "unknown-value"),
        ("flow/knee/pathway.yaml", "unknown-key"),
    ]
