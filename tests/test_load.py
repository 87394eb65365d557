"""A definition comes in as it was written, or with a clear problem."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PATHWAYS, definition
from pathbook import book, load, reading
from pathbook.model import Route

WORDS = [
    "Yes",
    "No",
    "on",
    "off",
    "1:30",
    "0x1F",
    "1e3",
    "null",
    "~x",
    "2026-11-23",
    "007",
    "1_000",
    "TRUE",
]


@pytest.mark.parametrize("word", WORDS)
def test_an_answer_stays_the_text_that_was_written(word: str, folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text(
        f"title: {word}\nstart: a\nsteps:\n  a: {{kind: decision, title: Which?, next:"
        f" [{{when: {word}, to: b}}, {{when: other, to: b}}]}}\n  b: {{kind: outcome}}\n"
    )
    (loaded,), problems = load.library(Path("flow"))
    assert problems == ()
    assert loaded.pathway.title == word
    assert loaded.pathway.steps["a"].next[0].when == word


def test_a_pathway_file_on_its_own_is_a_complete_definition() -> None:
    bare = definition(PATHWAYS / "bare")
    assert list(bare.pathway.steps) == ["pain", "better", "walk", "scan"]
    assert bare.evidence.statements == {}
    assert bare.pages == {}


def test_names_that_were_left_out_are_made_from_what_readers_see() -> None:
    steps = definition(PATHWAYS / "every-kind").pathway.steps
    assert [route.id for route in steps["check"].next] == ["on", "1-30", "no", "はい"]
    assert [route.id for route in steps["together"].next] == ["left", "right"]
    assert steps["left"].title == "The one"
    assert (
        definition(PATHWAYS / "crossing-stages").pathway.steps["up"].title
        == "An end in an early stage"
    )


def test_two_answers_that_read_alike_get_two_names(folder: Path) -> None:
    routes = load._named_routes([{"when": "Yes", "to": "a"}, {"when": "yes!", "to": "b"}, "a", "a"])
    assert [route["id"] for route in routes] == ["yes", "yes-2", "a", "a-2"]  # type: ignore[attr-defined]


def test_a_missing_folder_is_named(folder: Path) -> None:
    (problem,) = book.read(Path("flwo")).problems
    assert str(problem).startswith("flwo: error: there is no such folder [no-folder]")


def test_an_empty_folder_says_that_nothing_was_checked(folder: Path) -> None:
    (folder / "flow").mkdir()
    (problem,) = book.read(Path("flow")).problems
    assert problem.code == "no-pathway"


def test_a_folder_without_a_pathway_is_not_passed_over(folder: Path) -> None:
    (folder / "flow" / "knee").mkdir(parents=True)
    (problem,) = book.read(Path("flow")).problems
    assert str(problem) == (
        "flow/knee/pathway.yaml: error: the file is missing [no-file]\n"
        "    Expected: a file of this name"
    )


def test_a_folder_name_that_cannot_be_an_address_is_named(folder: Path) -> None:
    (folder / "flow" / "My Knee").mkdir(parents=True)
    (problem,) = book.read(Path("flow")).problems
    assert (problem.code, problem.hint) == ("bad-pathway-id", "Try 'my-knee'.")


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "secret.md").write_text("secret")
    pages = folder / "flow" / "knee" / "pages"
    pages.mkdir(parents=True)
    (pages / "pain.md").symlink_to(folder / "secret.md")
    assert {problem.code for problem in book.read(Path("flow")).problems} == {"outside-folder"}


def test_yaml_made_to_exhaust_memory_ends_in_a_problem(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    for text in ("[" * 100_000, "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "{" * 50_000 + "a"):
        (knee / "pathway.yaml").write_text(text)
        codes = {problem.code for problem in book.read(Path("flow")).problems}
        assert codes & {"broken-yaml", "alias"}


def test_a_huge_file_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_text("title: A long one\n")
    (problem,) = book.read(Path("flow")).problems
    assert problem.code == "large-file"


def test_a_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    text = (PATHWAYS / "bare" / "pathway.yaml").read_text(encoding="utf-8")
    (knee / "pathway.yaml").write_text(text, encoding="utf-8-sig")
    assert book.read(Path("flow")).problems == ()


@pytest.mark.parametrize(
    "routes",
    [
        "[{to: e, id: [x]}]",
        "[{to: e, id: {x: y}}]",
        "[{to: [e]}]",
        "[{when: [e], to: e}]",
        "3",
        "{to: e}",
        "[[e]]",
    ],
)
def test_a_route_of_another_shape_is_a_problem_and_no_traceback(routes: str, folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    steps = f"steps:\n  a: {{kind: state, next: {routes}}}\n  e: {{kind: outcome}}\n"
    (knee / "pathway.yaml").write_text(f"title: T\nstart: a\n{steps}")
    assert book.read(Path("flow")).errors


@given(st.text(min_size=1, max_size=60))
def test_any_answer_makes_a_name_that_is_allowed(answer: str) -> None:
    made = load.slug(answer)
    assert made == "" or Route(to="a", id=made).id == made


def test_keys_left_empty_are_left_out(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    bare = (PATHWAYS / "bare" / "pathway.yaml").read_text(encoding="utf-8")
    (knee / "pathway.yaml").write_text(f"stages:\nalerts:\nreviewed:\nsummary: ~\n{bare}")
    (knee / "evidence.yaml").write_text("sources:\nstatements:\n")
    assert book.read(Path("flow")).problems == ()


def test_a_bad_byte_after_a_byte_order_mark_has_its_place(folder: Path) -> None:
    knee = folder / "flow" / "knee"
    knee.mkdir(parents=True)
    (knee / "pathway.yaml").write_bytes(b"\xef\xbb\xbf" + "ééé".encode() + b"\xff")
    (problem,) = book.read(Path("flow")).problems
    assert str(problem.place) == "flow/knee/pathway.yaml:1:4"


@pytest.mark.parametrize("name", ["pathway.yaml", "evidence.yaml"])
def test_a_link_that_leads_to_itself_is_a_problem(name: str, folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    (folder / "flow" / "knee" / name).unlink(missing_ok=True)
    (folder / "flow" / "knee" / name).symlink_to(name)
    (problem,) = book.read(Path("flow")).problems
    assert problem.code == "unreadable-file"


def test_files_that_editors_leave_behind_do_no_harm(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    pages = folder / "flow" / "knee" / "pages"
    pages.mkdir()
    (pages / "._scan.md").write_bytes(b"\x00\x05")
    (pages / ".#scan.md").symlink_to("nobody@nowhere.1")
    (folder / "flow" / "knee" / "notes.txt").write_text("to do")
    assert book.read(Path("flow")).problems == ()


def test_a_folder_that_may_not_be_read_is_a_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")

    def refuse(path: Path) -> list[Path]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(load, "_visible", refuse)
    (problem,) = book.read(Path("flow")).problems
    assert (
        str(problem)
        == "flow/knee: error: the folder cannot be read: Permission denied [unreadable-file]"
    )


def test_naming_one_pathway_instead_of_all_says_what_to_name(folder: Path) -> None:
    shutil.copytree(PATHWAYS / "bare", folder / "flow" / "knee")
    (problem,) = book.read(Path("flow/knee")).problems
    assert problem.fact == "this is one pathway; name the folder that holds it: flow"
    (problem,) = book.read(Path("flow/knee/pathway.yaml")).problems
    assert problem.fact == "this is a file"
