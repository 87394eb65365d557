"""A term is explained where it is first used, however it is written, and nothing else is."""

import pytest
from markupsafe import Markup

from pathbook.model import Glossary
from pathbook.pages import anchor
from pathbook.terms import Explainer, Terms


def explained(text: str, **terms: object) -> str:
    return str(Explainer(Terms(Glossary.model_validate({"terms": terms}), anchor))(text))


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("nerve block", "A Nerve Block may help."),
        ("nerve block", "Two nerve blocks."),
        ("disc", "DISC"),
        ("NICE", "What NICE says."),
        ("A&E", "Go to A&E now."),
        ("Crohn's disease", "Crohn’s disease."),
        ("Größe", "Die Größe."),
        ("膝", "右膝が痛い"),
        ("C++ (x)", "In C++ (x)."),
    ],
)
def test_a_term_is_found_as_readers_write_it(term: str, text: str) -> None:
    found = explained(text, **{term: "its meaning"})
    assert found.count("its meaning") == 1


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("NICE", "A nice day."),
        ("disc", "Discover."),
        ("amp", "This & that."),
        ("39", "It's so."),
        ("in", "İn ın."),
        ("block", Markup('<a href="x/">block</a> <code>block</code> <h2>block</h2>')),
        ("href", Markup('<b title="href">x</b>')),
    ],
)
def test_nothing_else_is_touched(term: str, text: str) -> None:
    assert "its meaning" not in explained(text, **{term: "its meaning"})


def test_only_the_first_use_is_explained_and_a_longer_term_comes_first() -> None:
    found = explained("A nerve root, a nerve, a nerve root.", nerve="N", **{"nerve root": "R"})
    assert found.count("</b>: R") == found.count("</b>: N") == 1
    assert found.index("</b>: R") < found.index("</b>: N")
