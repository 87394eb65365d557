"""The command does what its help says, with the exit codes that scripts rely on."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conftest import PATHWAYS, ROOT, SHIPPED, TESTS
from pathbook.cli import main


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def test_the_folder_of_the_pathways_is_never_written_into(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    for target in ("flow", "flow/bare", "flow/new"):
        result = run("write", target)
        assert result.exit_code == 2
        assert "is where the pathways are" in result.output
    assert [path.name for path in (folder / "flow").iterdir()] == ["bare"]


@pytest.mark.graphviz
@pytest.mark.parametrize("name", ["bare", "bare/index.md", "bare/walk", "assets"])
def test_nothing_is_written_through_a_link_to_where_nobody_meant_it(
    name: str, folder: Path
) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "bare")
    (folder / "precious").mkdir()
    (folder / "out" / name).parent.mkdir(parents=True)
    (folder / "out" / name).symlink_to(folder / "precious")
    result = run("write", "out")
    assert result.exit_code == 1
    assert f"{name} exists and was not written by pathbook" in result.output
    assert list((folder / "precious").iterdir()) == []


def test_what_no_system_takes_for_a_name_ends_in_words(folder: Path) -> None:
    long = "a" * 300
    for words in (["check", long], ["test", long], ["figures", long], ["write", long]):
        result = run(*words)
        assert result.exit_code in {1, 2}
        assert result.output
    for words in (["diff", long, long], ["verify", long, "--no-browser"], ["schema", long]):
        assert run(*words).exit_code in {1, 2}


def test_a_folder_that_is_taken_away_from_under_a_command_ends_in_words(folder: Path) -> None:
    (folder / "gone").mkdir()
    program = "import os; os.rmdir(os.getcwd()); from pathbook.cli import main; main(['check'])"
    command = [sys.executable, "-c", program]
    ended = subprocess.run(
        command, cwd=folder / "gone", capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
@pytest.mark.parametrize("encoding", ["ascii:strict", "cp1252:strict", "utf-8:strict"])
def test_every_terminal_can_be_told_what_is_wrong(form: str, encoding: str, folder: Path) -> None:
    (folder / "flow" / "p").mkdir(parents=True)
    (folder / "flow" / "p" / "pathway.yaml").write_text(
        "title: 痛み\nstart: 痛\n", encoding="utf-8"
    )
    Path(os.fsdecode(bytes(folder / "flow") + b"/\xff")).mkdir()
    command = [str(Path(sys.executable).parent / "pathbook"), "check", "--format", form]
    env = {**os.environ, "PYTHONIOENCODING": encoding}
    ended = subprocess.run(command, env=env, capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"pathway.yaml" in ended.stdout


def test_help_names_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for words in (
        "Turn decision pathways into books",
        "check ",
        "write ",
        "Exit codes: 0 good, 1 problems found, 2 wrong use.",
    ):
        assert words in result.output


def test_a_good_library_ends_with_0_and_says_how_much_was_checked() -> None:
    result = run("check", SHIPPED, "--docs", ROOT / "docs")
    assert result.exit_code == 0
    assert result.output == (
        "No problems. Checked 1 pathway, 47 steps, 62 routes, 269 statements, 47 pages, 82 rules.\n"
    )


def checked_twice(mistake: str, folder: Path) -> tuple[int, int, str]:
    """Check a mistake as it is and with warnings that count; both have to say the same."""
    shutil.copytree(TESTS / "mistakes" / mistake, folder / "flow" / "knee")
    (folder / "flow" / "knee" / "expected.txt").unlink()
    relaxed, strict = run("check"), run("check", "--strict")
    assert relaxed.output == strict.output
    assert "1 warning found. Checked 1 pathway" in relaxed.output
    return relaxed.exit_code, strict.exit_code, relaxed.output


def test_warnings_are_shown_and_end_with_1_only_where_that_is_asked_for(folder: Path) -> None:
    relaxed, strict, said = checked_twice("long-sentence", folder)
    assert (relaxed, strict) == (0, 1)
    assert "[long-sentence]" in said


def test_a_review_that_falls_due_is_told_and_never_keeps_the_site_from_saying_so(
    folder: Path,
) -> None:
    relaxed, strict, said = checked_twice("review-overdue", folder)
    assert (relaxed, strict) == (0, 0)
    assert "warning: the review was due on 2020-01-31" in said


def test_an_editor_sees_how_hard_each_page_is_and_how_much_rests_on_sources() -> None:
    result = run("figures", SHIPPED, "--docs", ROOT / "docs")
    assert result.exit_code == 0
    assert re.search(r"^ +\d\.\d +\d\.\d +\d{3} +\d+\.\d +\d+  rfa$", result.output, re.MULTILINE)
    assert re.search(r"^median grade \d\.\d, highest \d\.\d$", result.output, re.MULTILINE)
    assert "62 routes, 23 of them inferred" in result.output


def test_problems_end_with_1_and_are_all_shown(folder: Path) -> None:
    shutil.copytree(TESTS / "mistakes" / "unknown-key", folder / "flow" / "knee")
    (folder / "flow" / "knee" / "expected.txt").unlink()
    result = run("check")
    assert result.exit_code == 1
    assert (
        "flow/knee/pathway.yaml:7:5: error: step 'pain': unknown key 'nxet' [unknown-key]"
        in result.output
    )
    assert "1 error found. Checked 0 pathways" in result.output


def test_a_missing_folder_ends_with_1_and_no_traceback(folder: Path) -> None:
    for words in (("check", "flwo"), ("write", "out", "--flow", "flwo")):
        result = run(*words)
        assert result.exit_code == 1
        assert "flwo: error: there is no such folder" in result.output
    assert not (folder / "out").exists()


def test_wrong_use_ends_with_2() -> None:
    assert run("chekc").exit_code == 2
    assert run("write").exit_code == 2
    assert run("check", "--fast").exit_code == 2


@pytest.mark.graphviz
def test_the_books_are_written_for_any_other_generator(folder: Path) -> None:
    result = run("write", "out", "--flow", PATHWAYS / "..")
    assert result.exit_code == 1  # the folder above holds no pathways but folders of other things
    result = run("write", "out", "--flow", PATHWAYS)
    assert result.exit_code == 0
    assert result.output.startswith("Wrote ")
    for name in (
        "index.md",
        "bare/index.md",
        "bare/walk/index.md",
        "bare/pathway.json",
        "assets/pathbook/pathbook.css",
    ):
        assert (folder / "out" / name).exists()
    assert '<a class="pb-box' in (folder / "out" / "bare" / "index.md").read_text(encoding="utf-8")


@pytest.mark.graphviz
def test_writing_again_takes_away_old_pages_and_nothing_else(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "hip")
    assert run("write", "out").exit_code == 0
    (folder / "out" / "hip" / "mine.md").write_text("# Mine\n")
    shutil.rmtree(folder / "flow" / "hip")
    assert run("write", "out").exit_code == 0
    assert [path.name for path in (folder / "out" / "hip").iterdir()] == ["mine.md"]
    assert (folder / "out" / "knee" / "walk" / "index.md").exists()


@pytest.mark.graphviz
def test_a_file_that_someone_else_wrote_is_never_replaced(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    (folder / "out").mkdir()
    (folder / "out" / "index.md").write_text("# Mine\n")
    result = run("write", "out")
    assert result.exit_code == 1
    assert "out/index.md exists and was not written by pathbook" in result.output
    assert (folder / "out" / "index.md").read_text() == "# Mine\n"
    assert not (folder / "out" / "knee").exists()


@pytest.mark.graphviz
def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    (folder / "file").write_text("")
    result = run("write", "file/out")
    assert result.exit_code == 1
    assert "file/out" in result.output
    assert "cannot be written" in result.output


@pytest.mark.graphviz
@pytest.mark.parametrize("text", ["5", "null", "{", '["../../x"]', "[3]"])
def test_a_broken_list_of_earlier_files_does_no_harm(text: str, folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    (folder / "x").write_text("mine")
    (folder / "a" / "out").mkdir(parents=True)
    (folder / "a" / "out" / ".pathbook.json").write_text(text)
    assert run("write", "a/out").exit_code == 0
    assert (folder / "x").exists()
