"""Several jobs make a library together: what they write joins to what one job would write."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import PATHWAYS
from pathbook import cli

JOBS = 3


def written(folder: Path, *more: str) -> dict[str, bytes]:
    """Write the books of the test pathways; give the files, but the list of them."""
    words = ["write", str(folder), "--flow", str(PATHWAYS), *more]
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code == 0, result.output
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".pathbook.json"
    }


@pytest.mark.graphviz
def test_every_page_is_written_by_one_job_and_is_what_one_job_alone_would_write(
    tmp_path: Path,
) -> None:
    alone = written(tmp_path / "alone")
    parts = [written(tmp_path / str(job), "--shard", f"{job}/{JOBS}") for job in range(1, JOBS + 1)]
    assert {path: text for part in parts for path, text in part.items()} == alone
    books = [
        {path.partition("/")[0] for path in part if path.endswith("/print.md")} for part in parts
    ]
    assert sorted(name for names in books for name in names) == sorted(
        path.parent.name for path in PATHWAYS.glob("*/pathway.yaml")
    )
    assert sum(map(bool, books)) > 1


@pytest.mark.graphviz
def test_a_job_reads_of_the_other_books_what_others_name_and_no_more(
    tmp_path: Path, folder: Path
) -> None:
    for name in ("every-kind", "bare"):
        source = PATHWAYS / name
        for path in source.rglob("*"):
            if path.is_file():
                target = folder / "flow" / name / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    (folder / "flow" / "bare" / "evidence.yaml").write_text("sources: [")
    ends = {}
    for job in (1, 2):
        result = CliRunner().invoke(cli.main, ["write", f"out-{job}", "--shard", f"{job}/2"])
        ends[job] = (result.exit_code, (folder / f"out-{job}" / "every-kind").is_dir())
    # One job stops at the mistake; the other neither reads it nor loses its links.
    assert sorted(ends.values()) == [(0, True), (1, False)]


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3", " 1/2"])
def test_a_part_that_cannot_be_is_told(text: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["write", str(tmp_path / "out"), "--shard", text])
    assert result.exit_code == 2
    assert "expected I/N, such as 2/3" in result.output
