"""An editor compares what they have with any folder or revision, and is told why one cannot be."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pathbook.cli import main
from test_diff import BARE, EVERY, library, put

REWORDED = put("title: Does rest help?", "title: Does it help to rest?")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(
        main, ["diff", *(str(word) for word in words)], catch_exceptions=False
    )


def git(*words: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


@pytest.fixture(autouse=True)
def of_this_test_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is set on this machine, and repositories further up, out of the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository with two commits, of which the first has the tag v1, and a change since."""
    (folder / "README").write_text("No pathway yet.\n")
    git("init", "--quiet", "--initial-branch=main")
    git("add", "README")
    git("commit", "--quiet", "--message=Begin")
    git("tag", "empty")
    library(folder / "flow", BARE)
    git("add", "flow")
    git("commit", "--quiet", "--message=One")
    git("tag", "v1")
    REWORDED(folder / "flow" / "bare")
    git("commit", "--quiet", "--all", "--message=Two")
    put("title: Walk again", "title: Walk as before")(folder / "flow" / "bare")
    return folder


# What is compared


def test_a_revision_is_compared_with_what_is_there_now(repository: Path) -> None:
    result = run("v1")
    assert result.exit_code == 0
    assert "Does it help to rest?" in result.output
    assert "Walk as before" in result.output
    assert result.output.startswith("From v1 (")
    assert result.output.endswith(
        "2 differences: 0 added, 0 removed, 2 changed. Compared 1 pathway, 4 steps, 3 routes.\n"
    )


def test_two_revisions_are_compared_from_anywhere_in_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run("v1", "main").output
    assert "Does it help to rest?" in first
    assert "Walk as before" not in first
    monkeypatch.chdir("flow")
    assert run("v1", "main", "--flow", ".").output == first
    monkeypatch.chdir("bare")
    assert run("v1", "main", "--flow", "..").output == first
    assert "1 difference:" in run("v1", "main", "--flow", ".").output
    assert "1 difference:" in run("main", "--flow", ".").output


def test_a_folder_wins_over_a_revision_of_the_same_name(repository: Path) -> None:
    library(repository / "v1", BARE)
    assert run("v1").output.startswith("From v1 to flow\n")


def test_nothing_is_left_of_an_unpacked_revision(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(repository / "tmp"))
    assert run("v1").exit_code == 0
    assert list((repository / "tmp").iterdir()) == []


def test_the_folder_of_one_pathway_is_compared_with_its_own_only(folder: Path) -> None:
    library(library(folder / "before", BARE), EVERY)
    library(library(folder / "flow", BARE, [REWORDED]), EVERY)
    for old, new in (
        ("before", "flow/bare"),
        ("before/bare", "flow"),
        ("before/bare", "flow/bare"),
    ):
        result = run(old, new)
        assert "1 difference:" in result.output
        assert "Compared 1 pathway, " in result.output


def test_a_copy_of_a_pathway_may_have_another_name(folder: Path) -> None:
    library(folder / "flow", BARE, [REWORDED])
    library(folder, BARE)
    (folder / "bare").rename(folder / "copy")
    result = run("copy", "flow/bare")
    assert "1 difference: 0 added, 0 removed, 1 changed." in result.output


# How it ends


def test_only_where_it_is_asked_for_a_difference_ends_with_1(folder: Path) -> None:
    library(folder / "flow", BARE, [REWORDED])
    library(folder / "before", BARE)
    assert run("before").exit_code == 0
    assert run("before", "--exit-code").exit_code == 1
    assert run("before", "before", "--exit-code").exit_code == 0


def test_a_file_is_written_where_it_is_named(folder: Path) -> None:
    library(folder / "flow", BARE)
    result = run("flow", "--format", "json", "--output", "out.json")
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads((folder / "out.json").read_text(encoding="utf-8"))["pathways"] == []
    result = run("flow", "--output", "nowhere/out.txt")
    assert result.exit_code == 1
    assert result.output == "error: nowhere/out.txt: No such file or directory\n"
    assert run("flow", "--output", "flow").exit_code == 2


@pytest.mark.graphviz
def test_every_form_can_be_had(folder: Path) -> None:
    library(folder / "flow", BARE, [REWORDED])
    library(folder / "before", BARE)
    begins = {"text": "From ", "json": "{\n", "markdown": "## ", "html": "<!doctype html>\n"}
    for form, begin in begins.items():
        result = run("before", "--format", form)
        assert result.exit_code == 0
        assert result.output.startswith(begin)
        assert "rest?" in result.output
    assert 'data-change="changed"' in run("before", "--format", "html").output


def test_what_cannot_be_read_on_one_side_is_told_and_not_taken_for_gone(repository: Path) -> None:
    library(repository / "flow", EVERY)
    put("title: Is it on or off?", "titel: Is it on or off?")(repository / "flow" / "every-kind")
    git("add", "flow")
    git("commit", "--quiet", "--message=Three")
    put("titel: Is", "title: Is")(repository / "flow" / "every-kind")
    result = run("HEAD")
    assert result.exit_code == 1
    assert "No differences. Compared 1 pathway, 4 steps, 3 routes." in result.output
    assert "In HEAD (" in result.output
    assert "HEAD:flow/every-kind/pathway.yaml:" in result.output
    assert "unknown key 'titel'" in result.output
    assert tempfile.gettempdir() not in result.output.replace(str(repository), "")


def test_what_breaks_a_rule_is_compared_all_the_same(folder: Path) -> None:
    library(folder / "before", BARE, [put("        to: scan", "        to: sacn")])
    library(folder / "flow", BARE)
    result = run("before")
    assert result.exit_code == 0
    assert "1 difference:" in result.output


def test_a_folder_that_holds_no_pathway_is_told(folder: Path) -> None:
    library(folder / "flow", BARE)
    (folder / "nothing").mkdir()
    result = run("nothing")
    assert result.exit_code == 1
    assert "nothing: error: the folder holds no pathway [no-pathway]" in result.output
    result = run("flow", "--flow", "flwo")
    assert result.exit_code == 1
    assert "flwo: error: there is no such folder [no-folder]" in result.output


# git


def told(*words: str) -> str:
    """Give the one line in which it says why it cannot be."""
    result = run(*words)
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert result.output.startswith("error: ")
    return result.output


def test_an_unknown_revision_is_told_with_the_next_thing_to_do(repository: Path) -> None:
    said = told("v2")
    assert "there is no folder and no revision 'v2'; `git log --oneline` lists revisions" in said


@pytest.mark.parametrize("name", ["--output=stolen", "-h", "--all", "--upload-pack=touch stolen"])
def test_a_name_never_reaches_git_as_an_option(name: str, repository: Path) -> None:
    assert f"no revision '{name}'" in told("--", name)
    assert "stolen" not in [path.name for path in repository.iterdir()]


@pytest.mark.parametrize("name", ["HEAD:flow", "v1:README", "v1 main", "v1..main", "^v1"])
def test_what_is_no_single_revision_is_refused(name: str, repository: Path) -> None:
    assert f"no revision '{name}'" in told(name)


def test_a_revision_without_the_folder_is_told(repository: Path) -> None:
    assert "there is no folder 'flow' in revision 'empty'; name the folder" in told("empty")
    assert "there is no folder 'README' in revision 'v1'" in told("v1", "v1", "--flow", "README")


def test_a_revision_outside_of_any_repository_is_told(folder: Path) -> None:
    library(folder / "flow", BARE)
    assert "there is no folder 'v1', and 'flow' is in no git repository" in told("v1")


def test_a_machine_without_git_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository / "nowhere"))
    assert "install git, or name a folder" in told("v1")


def test_a_revision_cannot_lead_out_of_its_folder(repository: Path) -> None:
    secret = repository / "secret.md"
    secret.write_text("secret words")
    (repository / "flow" / "bare" / "pages").mkdir()
    (repository / "flow" / "bare" / "pages" / "walk.md").symlink_to(secret)
    git("add", "flow")
    git("commit", "--quiet", "--message=Out")
    result = run("v1", "HEAD")
    assert result.exit_code == 1
    assert "cannot be unpacked: 'bare/pages/walk.md' leads out of it" in result.output
    assert "secret words" not in result.output


def test_no_file_is_missing_that_a_repository_leaves_out_of_archives(repository: Path) -> None:
    (repository / ".gitattributes").write_text("flow/bare/** export-ignore\n* text eol=crlf\n")
    git("add", ".gitattributes")
    git("commit", "--quiet", "--message=Attributes")
    assert run("HEAD~1", "HEAD").output.endswith(
        "No differences. Compared 1 pathway, 4 steps, 3 routes.\n"
    )


def test_a_folder_with_a_name_that_git_reads_as_a_pattern_is_taken_as_it_is(
    repository: Path,
) -> None:
    library(repository / ":(exclude)x*", BARE)
    git("add", "--", ".")
    git("commit", "--quiet", "--message=Odd")
    assert run("HEAD", "--flow", ":(exclude)x*").output.endswith(
        "No differences. Compared 1 pathway, 4 steps, 3 routes.\n"
    )
