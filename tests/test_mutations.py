"""Whatever is broken in a good pathway, wherever it is broken, its rule says so."""

from functools import cache
from pathlib import Path

import pytest

from conftest import PATHWAYS, ROOT, SHIPPED
from mutations import MUTATIONS, mutated
from pathbook import book, check, load
from pathbook.model import Definition

SITE = load.site_pages(ROOT / "docs")
NAMES = ("back-injection-not-working", "bare", "crossing-stages", "every-kind")

QUICK = {rule.code for rule in check.NEEDED}
"""Rules that are looked at first; the others take a while in a large pathway."""

FEWEST = 300


@cache
def originals() -> tuple[Definition, ...]:
    read = [book.read(flow, ROOT / "docs") for flow in (SHIPPED, PATHWAYS)]
    return tuple(found for one in read for found in one.definitions if found.id in NAMES)


def tried(code: str) -> list[tuple[str, set[str]]]:
    """Break a rule everywhere, and give what was found each time."""
    found = []
    for original in originals():
        if code not in QUICK and len(original.pages) > 10 and code not in LARGE:
            continue
        others = [one for one in originals() if one is not original]
        for broken in mutated(original, code):
            case, *_ = check.cases([broken, *others], book.today(), SITE)
            found.append((original.id, {problem.code for problem in check.problems_of(case)}))
    return found


LARGE = frozenset(
    "failing-scenario idle-scenario unused-term missing-section unsaid-difference hard-pathway"
    " unplaced-guideline uncited-page review-overdue".split()
)
"""Rules about words and upkeep that are also broken in the large pathway."""

COUNTED: dict[str, int] = {}


@pytest.mark.parametrize("code", sorted(MUTATIONS))
def test_wherever_a_rule_is_broken_it_is_told(code: str) -> None:
    found = tried(code)
    assert found
    assert [(name, codes) for name, codes in found if code not in codes] == []
    COUNTED[code] = len(found)


def test_the_pathways_that_are_broken_are_good_to_begin_with() -> None:
    assert book.read(SHIPPED, ROOT / "docs").problems == ()
    found = book.read(PATHWAYS, PATHWAYS.parent / "docs").problems
    assert [str(p) for p in found if Path(p.place.file).parts[-2] in NAMES] == []


def test_every_rule_about_a_pathway_is_broken_and_in_hundreds_of_ways() -> None:
    rules = {rule.code for rule in (*check.NEEDED, *check.CARE, check.UNUSED)}
    # It takes a gigabyte of titles to break that one: test_limits.py does it another way.
    assert rules - {"heavy-pages"} == set(MUTATIONS)
    for code in set(MUTATIONS) - set(COUNTED):
        COUNTED[code] = len(tried(code))
    assert sum(COUNTED.values()) >= FEWEST
