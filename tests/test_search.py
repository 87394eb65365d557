"""The search of a large library finds what its pages say, and says so when it cannot."""

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from math import floor, log2
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, Page

import reader
from conftest import PATHWAYS, SHIPPED, definition
from hostile import TEXTS
from pathbook import book, pages, search, shipped
from pathbook.addresses import Addresses
from pathbook.cli import main
from pathbook.graph import Graph
from pathbook.search import Entry, Group

BOOK = definition(SHIPPED / "back-injection-not-working")


def of_book() -> list[Entry]:
    return list(search.of_book(BOOK, Graph(BOOK.pathway)).entries)


def made(seed: int, count: int = 150) -> list[Entry]:
    """Entries with words that many pages share and words that few have, in several scripts."""
    rng = random.Random(seed)
    syllables = "ba ce di fo gu la mé ni rö su te va Σας 痛 ß".split()
    known = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(400)]
    often = [1 / (rank + 3) for rank in range(len(known))]

    def say(most: int) -> str:
        return " ".join(rng.choices(known, often, k=rng.randint(0, most)))

    return [
        Entry(f"p{at}/", f"{say(3)} title", say(8), (say(2),), (say(2), "What"), (say(200),))
        for at in range(count)
    ]


def in_parts(entries: Sequence[Entry], parts: int) -> dict[str, bytes]:
    """Make an index of several parts: each has some of the pathways."""
    cuts = [len(entries) * part // parts for part in range(parts + 1)]
    found: dict[str, bytes] = {}
    for part, (begin, end) in enumerate(pairwise(cuts), 1):
        found |= search.files([Group("A book", entries[begin:end])], part, parts)
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ménière’s disease", ["meniere", "s", "disease"]),
        ("X-RAY, 2nd", ["x", "ray", "2nd"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("ΣΟΦΟΣ σοφός", ["σοφοσ", "σοφοσ"]),
        ("ﬁt ½", ["fit", "1", "2"]),
        ("x" * 100, ["x" * search.LONGEST]),
        ("!?", []),
    ],
)
def test_capitals_accents_and_signs_hide_no_word(text: str, words: list[str]) -> None:
    assert search.words(text) == words


def test_a_step_is_found_by_all_that_its_page_says() -> None:
    found = {entry.address: search.weighed(entry) for entry in of_book()}
    for step in BOOK.pathway.steps.values():
        words = found[f"{BOOK.id}/{step.id}/"]
        named = {word for text in (step.title, *step.aliases) for word in search.words(text)}
        assert {word for word, weight in words.items() if weight == search.NAMED} == named
        for text in (step.summary, *(route.when for route in step.next)):
            assert set(search.words(text)) <= set(words)


def test_what_nobody_checked_is_not_found() -> None:
    hidden = [one.text for one in BOOK.evidence.statements.values() if not one.shown]
    said = {text for entry in of_book() for text in entry.said}
    assert hidden
    assert said.isdisjoint(hidden)


def test_every_page_of_a_book_that_says_something_is_found() -> None:
    addresses = {entry.address for entry in of_book()}
    others = {f"{BOOK.id}/{name}" for name in ("", "urgent/", "evidence/", "glossary/")}
    assert addresses == {f"{BOOK.id}/{name}/" for name in BOOK.pathway.steps} | others
    flat = search.of_book(BOOK, Graph(BOOK.pathway), Addresses(directories=False)).entries
    assert f"{BOOK.id}/rfa.html" in {entry.address for entry in flat}


def test_a_page_around_the_books_is_found_without_the_signs_of_its_theme() -> None:
    html = (
        '<h1 id="a">About<a class="headerlink" href="#a">¶</a></h1><p>in<b>side</b><br>out</p>'
        '<ul class="pb-cards"><li>Card<img src="x"></li></ul><script>code</script>'
        "<p data-search-exclude>Left <i>out</i></p><h2>Why &amp; how</h2><p>End"
    )
    found = search.of_page("about/", "About", "", html)
    assert found.headings == ("About", "Why & how")
    assert found.said == ("inside out End",)


def test_what_is_written_is_read_again() -> None:
    entries = made(1)
    found = search.files([Group("A", entries)])
    expected: dict[str, list[tuple[int, int]]] = {}
    for page, entry in enumerate(entries):
        for word, weight in search.weighed(entry).items():
            expected.setdefault(word, []).append((page, weight))
    chunks = sorted(name for name in found if name.endswith(".bin"))
    assert dict(chain.from_iterable(search.read_chunk(found[name]) for name in chunks)) == expected
    read = search.read(found.__getitem__)
    assert read.faults == ()
    assert [address for _, address, _ in read.pages] == [entry.address for entry in entries]


def test_chunks_are_small_and_their_words_in_the_order_of_browsers() -> None:
    words = [
        f"{begin}{number:05}"
        for begin in ("a", "z", "ﬀ", "\U0001f9b4x", "𝒳")
        for number in range(4000)
    ]
    entries = [Entry("a/", " ".join(words[at::7]), "") for at in range(7)]
    found = search.files([Group("A", entries)])
    chunks = [found[f"{search.FOLDER}/1/{at}.bin"] for at in range(len(found) - 2)]
    assert len(chunks) > 3
    assert max(map(len, chunks)) < search.CHUNK + 100
    read = [word for chunk in chunks for word, _ in search.read_chunk(chunk)]
    assert read == sorted(read, key=lambda word: word.encode("utf-16-be"))


def test_the_same_library_gives_the_same_bytes() -> None:
    assert in_parts(made(2), 2) == in_parts(made(2), 2)
    assert in_parts(made(2), 1) != in_parts(made(3), 1)


def test_a_result_is_short_however_long_a_summary_is() -> None:
    (found,) = (
        json.loads(content)["pages"]
        for name, content in search.files([Group("A", [Entry("a/", "A", "word " * 500)])]).items()
        if name.endswith("/0.json")
    )
    assert len(found[0][2]) <= search.TEASER


def spoilt(change: Callable[[dict[str, bytes]], object]) -> set[str]:
    """Give the files that are told to be spoilt after a change."""
    found = in_parts(made(4), 2)
    change(found)

    def get(name: str) -> bytes:
        if name not in found:
            raise FileNotFoundError(name)
        return found[name]

    return {file.removeprefix(f"{search.FOLDER}/") for file, _ in search.read(get).faults}


def test_a_chunk_or_a_part_that_is_missing_or_spoilt_is_found() -> None:
    one = f"{search.FOLDER}/1/"
    two = f"{search.FOLDER}/2/"
    assert spoilt(lambda _: None) == set()
    assert spoilt(lambda found: found.pop(f"{one}0.bin")) == {"1/0.bin"}
    assert spoilt(lambda found: found.pop(f"{two}1.json")) == {"2/1.json"}
    assert spoilt(lambda found: found.pop(f"{two}index.json")) == {"2/index.json"}
    assert spoilt(lambda found: found.update({f"{one}0.bin": found[f"{one}0.bin"][:-9]}))
    assert spoilt(lambda found: found.update({f"{one}0.bin": found[f"{two}0.bin"]}))
    assert spoilt(lambda found: found.update({f"{one}0.json": b"{}"}))
    assert spoilt(lambda found: found.update({f"{one}index.json": b"[]"})) == {"1/index.json"}
    other = search.files([Group("A", made(4))], 2, 3)
    assert spoilt(lambda found: found.update({f"{two}index.json": other[f"{two}index.json"]}))


def test_another_generator_gets_the_index_and_pages_that_its_own_search_leaves_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> Result:
        return CliRunner().invoke(main, ["write", "out", "--flow", str(PATHWAYS)])

    assert run().exit_code == 0
    assert not (folder / "out" / "search").exists()
    monkeypatch.setattr(search, "LIMIT", 3)
    assert run().exit_code == 0
    assert (folder / "out" / pages.SEARCH).read_text() == shipped.text("assets/search.js")
    read = search.read(lambda name: (folder / "out" / name).read_bytes())
    assert read.faults == ()
    assert "every-kind/check/" in {address for _, address, _ in read.pages}
    for page in (folder / "out").rglob("*.md"):
        front = page.read_text(encoding="utf-8").split("---\n")[1]
        assert front.count("search:\n  exclude: true\n") == 1
        assert front.count("search:") == 1
    monkeypatch.setattr(search, "LIMIT", 1000)
    assert run().exit_code == 0
    assert not list((folder / "out").rglob("*.bin"))


def expected(entries: Sequence[Entry], query: str) -> list[str]:
    """Search by looking at every word of every page: the addresses, the best first."""
    weighed = [search.weighed(entry) for entry in entries]
    strengths = []
    for asked in dict.fromkeys(search.words(query)):
        plural = len(asked) > 3 and asked[-1] == "s" != asked[-2]
        term = asked[:-1] if plural else asked
        found = strengths_of(weighed, term, asked)
        while not any(found) and len(term) > 3:
            term = term[:-1]
            found = strengths_of(weighed, term, asked)
        strengths.append(found)
    rare = [
        floor(16 * log2(1 + len(entries) / (sum(map(bool, found)) or 1)) + 0.5)
        for found in strengths
    ]
    rows = list(zip(*strengths, strict=True))
    held = [sum(map(bool, row)) for row in rows]
    scores = [sum(a * b for a, b in zip(rare, row, strict=True)) for row in rows]
    hits = [at for at, count in enumerate(held) if count and count == max(held)]
    return [entries[at].address for at in sorted(hits, key=lambda at: (-scores[at], at))]


def strengths_of(weighed: Sequence[dict[str, int]], term: str, asked: str) -> list[int]:
    return [
        max(
            (
                1 << (weight + (word == term))
                for word, weight in words.items()
                if word.startswith(term)
            ),
            default=0,
        )
        for words in weighed
    ]


def queries(entries: Sequence[Entry], rng: random.Random) -> Iterator[str]:
    """Ask for words as they are, cut short, with an ending they do not have, and together."""
    known = sorted({word for entry in entries for word in search.weighed(entry)})
    for word in rng.sample([word for word in known if len(word) > 3], 25):
        other = rng.choice([one for one in known if len(one) > 2])
        yield from (
            word,
            word[:3],
            f"{word}s",
            f"{word}zzs",
            f"{word} {other}",
            f"{other} {word} title",
        )
    yield from ("What title", "zzzzzz", "MÉ", "ß", "σας", "", "?!", "title zzzzzz")


ENTRIES = [
    *made(5),
    *(Entry(f"h{n}/", one, one, (one,), (one,), (one,)) for n, one in enumerate(TEXTS.values())),
]


@pytest.fixture(scope="module")
def oracle(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a site that holds two indexes and the script."""
    base = tmp_path_factory.mktemp("oracle")
    for parts in (1, 3):
        book.add(in_parts(ENTRIES, parts).items(), base / str(parts))
    (base / "search.js").write_text(shipped.text("assets/search.js"), encoding="utf-8")
    (base / "index.html").write_text("<!doctype html><title>x</title>")
    with reader.served(base) as address:
        page = reader.page_in(chromium)
        page.goto(address)
        yield page


ASKED = """async ([parts, queries]) => {
    const { open, ask, shown } = await import("/search.js");
    const index = await open(new URL(`/${parts}/`, location));
    const answers = [];
    for (const query of queries) {
        const { found, cut } = await ask(index, query);
        const results = await Promise.all(found.map(one => shown(index, one)));
        answers.push([results.map(({ address }) => address), cut]);
    }
    return answers;
}"""


@pytest.mark.browser
@pytest.mark.parametrize("parts", [1, 3])
def test_the_browser_finds_what_looking_at_every_page_finds(parts: int, oracle: Page) -> None:
    asked = [*queries(ENTRIES, random.Random(6)), "naïve PAIN", "痛み", "👩‍👩‍👧‍👦 alert", "كلم"]
    answers = oracle.evaluate(ASKED, [str(parts), asked])
    assert sum(bool(found) for found, _ in answers) > 100
    for query, (found, cut) in zip(asked, answers, strict=True):
        whole = expected(ENTRIES, query)
        if cut:  # so many words begin with it that not all are loaded
            assert set(found) <= set(whole), query
        else:
            assert found == whole, query
    assert sum(cut for _, cut in answers) < len(asked) / 4


@pytest.mark.browser
def test_the_browser_folds_words_as_the_index_does(oracle: Page) -> None:
    texts = [*TEXTS.values(), "İstanbul ıI ŉ ΐ ΣΑΣ Straße ﬃ Ⅷ ½ a_b Ǆ ᾳ ẞ", "Ménière’s X-ray"]
    fold = (
        "async texts => { const { words } = await import('/search.js'); return texts.map(words) }"
    )
    assert oracle.evaluate(fold, texts) == [search.words(text) for text in texts]


@pytest.mark.browser
def test_a_short_word_loads_few_files_and_says_that_there_may_be_more(
    chromium: Browser, tmp_path: Path
) -> None:
    words = [f"abc{number:05}" for number in range(40_000)]
    entries = [
        Entry(f"p{at}/", " ".join(words[at * 200 : at * 200 + 200]), "") for at in range(200)
    ]
    book.add(in_parts(entries, 1).items(), tmp_path / "1")
    (tmp_path / "search.js").write_text(shipped.text("assets/search.js"), encoding="utf-8")
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>")
    assert len(list(tmp_path.rglob("*.bin"))) > 9
    with reader.served(tmp_path) as address:
        page = reader.page_in(chromium)
        page.goto(address)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        ((found, cut),) = page.evaluate(ASKED, ["1", ["abcs"]])
        assert (bool(found), cut) == (True, True)
        assert len([url for url in asked if re.search(r"\.bin\?", url)]) <= 8
