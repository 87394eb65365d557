"""Text fits its box whatever font the reader has."""

from hypothesis import given
from hypothesis import strategies as st

from pathbook import text
from pathbook.boxes import SIZE, answer_box, step_box
from pathbook.model import Route, Step


@given(st.text(min_size=1, max_size=400), st.integers(1, 6))
def test_no_line_is_wider_than_the_measure(words: str, most: int) -> None:
    lines = text.wrap(words, SIZE, 160, most)
    assert len(lines) <= most
    assert all(text.width(line, SIZE) <= 160 for line in lines)


@given(
    st.lists(st.sampled_from(["a", "scan", "stimulation", "review", "of"]), min_size=1, max_size=12)
)
def test_no_word_is_lost_where_there_is_room(words: list[str]) -> None:
    assert " ".join(text.wrap(" ".join(words), SIZE, 160, 99)).split() == words


def test_lines_are_about_equally_long() -> None:
    assert text.wrap("Temporary trial of DRG stimulation", 14, 158, 6) == (
        "Temporary trial of",
        "DRG stimulation",
    )


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert text.wrap("word " * 300, 14, 100, 3)[-1].endswith("…")


def test_a_box_holds_all_its_lines() -> None:
    box = step_box(
        Step(
            kind="decision",
            title="Do test blocks confirm a facet or sacroiliac joint as the source?",
        )
    )
    assert all(text.width(line, SIZE) + 40 < box.width for line in box.lines)
    assert len(box.lines) * 18 < box.height
    assert answer_box(Route(to="a")) is None


def test_letters_of_other_scripts_get_room() -> None:
    assert text.width("é", 10) == text.width("e", 10)
    assert text.width("Ж", 10) > 10
    assert text.width("🙂", 10) > 12
    assert text.width("\u0301\u200f", 10) == 0
