"""A pathway or a site that someone starts is complete: it has no problem, and nothing is lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from conftest import ROOT, build_site, definition
from pathbook import book, load, scaffold, scenarios
from pathbook.cli import main
from pathbook.model import Kind
from pathbook.problems import PathbookError

BAD_IDS = ["../x", "<b>", "Knee Pain", "knee_pain", "-", " ", "kné", ".schema", "a/b", "a" * 81]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def below(folder: Path) -> dict[str, str]:
    """Read every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["knee-pain", "x", "2", "null", "a" * 80])
def test_a_new_pathway_has_no_problem_and_no_warning(name: str, folder: Path) -> None:
    assert run("new", name).exit_code == 0
    checked = run("check", "--strict")
    assert checked.exit_code == 0, checked.output
    assert "No problems. Checked 1 pathway, 10 steps, 13 routes" in checked.output


def test_a_new_pathway_is_called_by_its_id_and_says_that_it_is_a_draft(folder: Path) -> None:
    run("new", "knee-pain")
    pathway = definition(folder / "flow" / "knee-pain").pathway
    assert (pathway.title, pathway.status) == ("Knee pain", "draft")


def test_someone_who_starts_reads_what_was_written_and_what_to_run_next(folder: Path) -> None:
    output = run("new", "knee-pain").output
    assert output.startswith(f"Wrote {len(scaffold.pathway('knee-pain'))} files into flow/knee")
    assert "    pages/exercise.md\n" in output
    assert output.endswith("Then run:\n    pathbook check\n    mkdocs serve\n")
    output = run("new", "knee-pain", "--flow", "our books").output
    assert "    pathbook check 'our books'\n" in output
    output = run("new", "--site", "our site").output
    assert "    cd 'our site'\n    pathbook check\n" in output


def test_the_scenarios_take_every_way_and_come_to_every_end(folder: Path) -> None:
    run("new", "knee-pain")
    found = definition(folder / "flow" / "knee-pain")
    tested = scenarios.tested(found)
    assert tested.passed
    assert tested.coverage.is_whole
    assert all(scenario.ends_at for scenario in found.scenarios.scenarios)


def test_the_example_shows_what_most_pathways_need(folder: Path) -> None:
    run("new", "knee-pain")
    found = definition(folder / "flow" / "knee-pain")
    steps = found.pathway.steps.values()
    routes = [route for step in steps for route in step.next]
    assert {step.kind for step in steps} == set(get_args(Kind)) - {"link"}
    assert "all" in {step.take for step in steps}
    assert sum(route.back for route in routes) == 1
    assert sum(route.optional for route in routes) == 1
    assert sum(route.inferred for route in routes) == 1
    assert [alert.level for alert in found.pathway.alerts if alert.more] == ["urgent"]
    procedures = [step for step in steps if step.kind == "procedure"]
    assert {step.id for step in procedures} == set(found.pages)
    assert all(step.profile for step in procedures)


def test_an_editor_finds_the_schema_that_each_file_names_and_the_file_fits_it(
    folder: Path,
) -> None:
    run("new", "knee-pain")
    for name in load.FILES:
        file = folder / "flow" / "knee-pain" / name
        text = file.read_text(encoding="utf-8")
        mark, _, address = text.splitlines()[0].partition("$schema=")
        assert mark == "# yaml-language-server: "
        schema = json.loads((file.parent / address).read_text(encoding="utf-8"))
        assert address.endswith(f"/{file.stem}.schema.json")
        # As an editor reads it: `true` is no text.
        data = yaml.safe_load(text.replace(": Yes\n", ": 'Yes'\n"))
        Draft202012Validator(schema).validate(data)


def test_remarks_explain_every_part_of_the_pathway() -> None:
    lines = scaffold.pathway("x")["pathway.yaml"].splitlines()
    headings = [line.split("-- ")[1].split(" --")[0] for line in lines if line.startswith("# ---")]
    assert headings == ["About the pathway", "Urgent advice", "Stages", "Steps"]
    assert max(map(len, lines)) <= 100
    for kind in get_args(Kind):
        assert any(line.startswith(f"#   {kind} ") for line in lines)


@pytest.mark.parametrize("name", BAD_IDS)
def test_a_name_that_cannot_be_an_address_is_refused_and_writes_nothing(
    name: str, folder: Path
) -> None:
    for words in (("--", name), ("--site", "site", "--", name)):
        result = run("new", *words)
        assert result.exit_code == 2
        assert "cannot be used in an address" in result.output
        assert "lower-case letters a-z, digits and single hyphens, 80 at most" in result.output
    assert list(folder.iterdir()) == []
    assert not (folder / name).exists()


def test_a_name_that_is_nearly_right_is_mended() -> None:
    with pytest.raises(PathbookError, match=r"Try 'knee-pain'\."):
        scaffold.pathway("Knee Pain!")


def test_no_name_reaches_the_terminal_unescaped() -> None:
    result = run("new", "\x1b[31mred\u202e")
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_wrong_use_ends_with_2_and_says_what_is_missing(folder: Path) -> None:
    result = run("new")
    assert result.exit_code == 2
    assert "name an ID, as in 'pathbook new knee-pain'" in result.output
    assert run("new", "--site", "a", "--flow", "b").exit_code == 2
    assert list(folder.iterdir()) == []


def test_a_site_has_no_pathway_that_would_take_the_place_of_another_page(folder: Path) -> None:
    result = run("new", "--site", "site", "about")
    assert result.exit_code == 2
    assert "a new site has a page 'about' already" in result.output
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("words", [["new", "knee"], ["new", "--site", "flow/knee"]])
def test_what_is_there_already_is_never_touched(words: list[str], folder: Path) -> None:
    there = folder / "flow" / "knee"
    there.mkdir(parents=True)
    (there / "mine.txt").write_text("mine")
    result = run(*words)
    assert result.exit_code == 1
    assert "flow/knee is there already, and nothing in it was changed" in result.output
    assert below(folder) == {"flow/knee/mine.txt": "mine"}


def test_a_second_pathway_leaves_the_first_as_it_was(folder: Path) -> None:
    run("new", "knee-pain")
    mine = folder / "flow" / "knee-pain" / "pathway.yaml"
    mine.write_text(mine.read_text(encoding="utf-8").replace("Knee pain", "Mine"), encoding="utf-8")
    before = below(folder)
    assert run("new", "hip").exit_code == 0
    assert {path: text for path, text in below(folder).items() if "/hip/" not in path} == before
    assert run("check", "--strict").exit_code == 0


@pytest.mark.parametrize("words", [["new", "knee"], ["new", "--site", "flow/knee"]])
def test_a_file_in_the_way_is_named(words: list[str], folder: Path) -> None:
    (folder / "flow").write_text("mine")
    result = run(*words)
    assert result.exit_code == 1
    assert "flow/knee: cannot be written: Not a directory" in result.output
    assert below(folder) == {"flow": "mine"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    (folder / "flow").mkdir(mode=0o555)
    result = run("new", "knee")
    assert result.exit_code == 1
    assert "flow/knee: cannot be written: Permission denied" in result.output


@pytest.mark.parametrize("empty", [True, False])
def test_nothing_half_written_stays_where_writing_fails(
    empty: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if empty:
        (folder / "site").mkdir()
    written = Path.write_text

    def full(path: Path, text: str, **options: str) -> int:
        if path.name == "scenarios.yaml":
            raise OSError(28, "No space left on device")
        return written(path, text, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(PathbookError, match="site: cannot be written: No space left on device"):
        book.start(scaffold.site(), folder / "site")
    assert [path.name for path in folder.rglob("*")] == (["site"] if empty else [])


def test_a_schema_of_ones_own_is_kept_and_the_new_pathway_too(folder: Path) -> None:
    mine = folder / "flow" / ".schema" / "pathway.schema.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}")
    result = run("new", "knee")
    assert result.exit_code == 1
    assert "Wrote 7 files into flow/knee:" in result.output
    assert "flow/.schema/pathway.schema.json exists and was not written by" in result.output
    assert mine.read_text() == "{}"
    assert run("check", "--strict").exit_code == 0


def test_an_empty_folder_becomes_a_site(folder: Path) -> None:
    assert run("new", "--site", ".").exit_code == 0
    assert (folder / "flow" / "first-pathway" / "pathway.yaml").exists()
    assert (folder / ".gitignore").exists()


def test_a_new_site_names_what_it_needs_and_no_address(folder: Path) -> None:
    found = scaffold.site()
    assert found["requirements.txt"] == "pathbook[verify]\n"
    assert "flow/first-pathway/" in found["README.md"]
    for text in found.values():
        assert "$id" not in text
        assert "$title" not in text
        assert "--index" not in text


@pytest.mark.site
def test_a_new_site_is_built_without_an_edit_and_shows_the_pathway(folder: Path) -> None:
    assert run("new", "--site", "a", "knee-pain").exit_code == 0
    os.chdir(folder / "a")
    checked = run("check", "--strict")
    assert checked.exit_code == 0, checked.output
    before = below(Path())
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    site = Path("site")
    assert "Knee pain" in (site / "index.html").read_text(encoding="utf-8")
    page = (site / "knee-pain" / "index.html").read_text(encoding="utf-8")
    assert 'data-step="exercise"' in page
    assert ">About this site</a>" in page
    assert "fonts.googleapis.com" not in page
    shutil.rmtree(site)
    assert below(Path()) == before


@pytest.mark.site
def test_a_new_pathway_fits_into_a_site_that_is_there(folder: Path) -> None:
    run("new", "knee-pain")
    site = build_site(folder, folder / "flow")
    assert (site / "knee-pain" / "exercise" / "index.html").exists()


@pytest.mark.parametrize("where", ["the project", "a new site"])
def test_a_proposed_change_is_proved_and_shown_before_it_is_merged(
    where: str, folder: Path
) -> None:
    book.start(scaffold.site("knee-pain"), folder / "new")
    files = {
        "the project": ROOT / ".github" / "workflows" / "check.yml",
        "a new site": folder / "new" / ".github" / "workflows" / "site.yml",
    }
    workflow = yaml.safe_load(files[where].read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    told = " ".join(step.get("run", "") for step in steps)
    wanted = {
        "the project": ["make site", "make check", "make verify", "make test", "make golden"],
        "a new site": ["check --strict", "test --complete", "mkdocs build", "pathbook verify"],
    }
    for words in (*wanted[where], "pathbook diff", "git diff --exit-code"):
        assert words in told, words
    assert any("upload-artifact" in step.get("uses", "") for step in steps)
    assert workflow["permissions"] == {"contents": "read"}
    # What strangers can name, such as a branch, never stands in a command.
    assert "${{" not in told
