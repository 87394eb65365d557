"""Make the index that a reader's browser searches in a large library, cut into small files.

`assets/search.js` reads it. Words stand in order in chunks of about 16 KB; a directory tells the
first word of each, so that a query loads the chunks of its words and no others. What a result shows
stands in files of a few pages each.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from itertools import islice, takewhile
from textwrap import shorten

from pathbook import ahead, wording
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.graph import Graph
from pathbook.model import Definition, Step
from pathbook.sources import Sources

LIMIT = 200
"""With more pages a site has this index: there a theme's own, which a browser loads as a whole with
the first page, comes to about 150 KB as a host packs it; see `docs/decisions/0015`."""

FOLDER = "search/pathbook"
"""Where the index stands: one folder below for each part, named 1, 2 and so on."""

DIRECTORY = "index.json"
"""What a browser loads first of a part."""

CHUNK = 16_384
"""Bytes of a chunk of words, about: one round trip on a slow phone, and few of them."""

SHOWN = 40
"""Pages in one file of what results show: ten results may lie in ten files."""

LONGEST = 32
"""Characters of a word that count."""

TEASER = 160
"""Characters of a summary that a result shows."""

MOST_PARTS = 1000
"""Parts of a library that are looked for, whatever a spoilt file says."""

ONCE, OFTEN, HEADED, NAMED = range(4)
"""Where a word stands on a page: once or several times in its text, in its summary or a heading, in
its title or another name of it."""

Bytes = Mapping[str, bytes]
"""Files by their paths."""


@dataclass(frozen=True)
class Entry:
    """A page as the search knows it."""

    address: str
    """Its address from the top of the site."""
    title: str
    summary: str
    """One or two sentences that a result shows."""
    names: tuple[str, ...] = ()
    """Other names that it is found by, as well as by its title."""
    headings: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """All else that it says."""


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    title: str
    """What a result says about where it stands; empty for pages of the site itself."""
    entries: Iterable[Entry]


def of_book(definition: Definition, graph: Graph, addresses: Addresses = DIRECTORIES) -> Group:
    """List the pages of a book, one by one: a library's texts may be more than memory holds."""
    return Group(definition.pathway.title, _of_book(definition, graph, addresses))


def _of_book(definition: Definition, graph: Graph, addresses: Addresses) -> Iterator[Entry]:
    pathway, sources = definition.pathway, Sources(definition)

    def url(name: str) -> str:
        return addresses.url(f"{definition.id}/{name}.md")

    signs = [text for alert in pathway.alerts for text in (alert.title, _prose(alert.text))]
    about = (pathway.audience, _prose(pathway.overview), *signs)
    yield Entry(url("index"), pathway.title, pathway.summary, (), (), about)
    for name in graph.order:
        yield _of_step(definition, sources, pathway.steps[name], url(name))
    if pathway.alerts:
        more = [_prose(alert.more) for alert in pathway.alerts]
        yield Entry(url("urgent"), "Urgent help", "", (), (), (*signs, *more))
    shown, terms = definition.evidence.shown_sources, definition.glossary.terms
    bodies = [" ".join(filter(None, (one.title, one.body))) for one in shown.values()]
    yield Entry(url("evidence"), "Evidence", "", (), tuple(bodies))
    forms = [" ".join((word, *term.aliases)) for word, term in terms.items()]
    meanings = tuple(term.text for term in terms.values())
    yield Entry(url("glossary"), "Glossary", "", (), tuple(forms), meanings)


def _of_step(definition: Definition, sources: Sources, step: Step, address: str) -> Entry:
    page = definition.pages.get(step.id)
    parts = wording.sections(page.text) if page else ()
    said = [claim.text for _, claim in step.claims]
    said += [text for route in step.next for text in (route.when, route.note)]
    said += [_plain(part.html) for part in parts]
    said += [statement.text for _, statement in sources.shown(sources.by_step[step.id])]
    headings = tuple(part.heading for part in parts)
    return Entry(address, step.title, step.summary, step.aliases, headings, tuple(said))


def of_page(address: str, title: str, summary: str, html: str) -> Entry:
    """Read a page of the site around the books from the HTML of what it says.

    >>> of_page("about/", "About", "", '<h1>About</h1><p>We are <b data-search-exclude>x</b>two.')
    Entry(address='about/', title='About', summary='', names=(), headings=('About',), \
said=('We are two.',))
    """
    reading = _Reading()
    reading.feed(html)
    reading.close()
    headings = (" ".join(heading.split()) for heading in reading.headings)
    said = " ".join("".join(reading.said).split())
    return Entry(address, title, summary, (), tuple(headings), (said,))


class _Reading(HTMLParser):
    """Tells the headings of a page from its text, and leaves out what no search should find."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.said: list[str] = []
        self.inside: list[str] = []
        """The elements around, from where something is left out."""
        self.headed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        classes = set((got.get("class") or "").split())
        left_out = tag in {"script", "style"} or "data-search-exclude" in got
        # The cards of the front page say what the pathways' own pages say.
        if (self.inside or left_out or classes & {"headerlink", "pb-cards"}) and tag not in _VOID:
            self.inside.append(tag)
        if re.fullmatch("h[1-6]", tag) and not self.inside:
            self.headed = True
            self.headings.append("")
        self.handle_data("" if tag in _WITHIN else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass
        self.headed = self.headed and not re.fullmatch("h[1-6]", tag)
        self.handle_data("" if tag in _WITHIN else " ")

    def handle_data(self, data: str) -> None:
        if self.headed and not self.inside:
            self.headings[-1] += data
        elif not self.inside:
            self.said.append(data)


_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_WITHIN = frozenset("a abbr b code em i mark small span strong sub sup u wbr".split())
"""Elements that end no word."""


def _prose(text: str | None) -> str:
    """Give the words of a maintainer's Markdown."""
    parts = wording.sections(text or "")
    return " ".join(f"{part.heading} {_plain(part.html)}" for part in parts)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def fold(text: str) -> str:
    """Make words the same that differ in capitals and accents alone; `search.js` does it too.

    >>> fold("Ménière ΣΟΦΟΣ Straße")
    'meniere σοφοσ strasse'
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(one for one in apart if not unicodedata.category(one).startswith("M"))
    # By way of capitals, as browsers know no `casefold`.
    return bare.upper().lower().replace("ς", "σ")


def words(text: str) -> list[str]:
    """List the words of a text as the index knows them.

    >>> words("An X-ray of 2 discs")
    ['an', 'x', 'ray', 'of', '2', 'discs']
    """
    return [word[:LONGEST] for word in re.findall(r"\w+", fold(text))]


def weighed(entry: Entry) -> dict[str, int]:
    """Tell for each word of a page where it stands.

    >>> weighed(Entry("a/", "Rest", "Why rest?", (), (), ("Rest. Sleep, sleep well.",)))
    {'sleep': 1, 'well': 0, 'why': 2, 'rest': 3}
    """
    counts = Counter(words(" ".join(entry.said)))
    headed = words(" ".join((entry.summary, *entry.headings)))
    named = words(" ".join((entry.title, *entry.names)))
    plain = {word: OFTEN if count > 1 else ONCE for word, count in counts.items()}
    found = {**plain, **dict.fromkeys(headed, HEADED)}
    return {
        **{word: weight for word, weight in found.items() if word not in named},
        **dict.fromkeys(named, NAMED),
    }


def files(groups: Iterable[Group], part: int = 1, parts: int = 1) -> dict[str, bytes]:
    """Make the files of one part of an index; the parts of a library lie beside each other."""
    postings: dict[str, bytearray] = {}
    last: dict[str, int] = {}
    found: dict[str, bytes] = {}
    sizes: list[int] = []
    page = 0
    for title, listings in _cut(groups):
        shown = [(each.address, each.title, each.teaser) for each in listings]
        found[f"{len(sizes)}.json"] = _as_json({"title": title, "pages": shown})
        sizes.append(len(listings))
        for each in listings:
            for word, weight in each.words.items():
                listed = postings.setdefault(word, bytearray())
                listed += number((page - last.get(word, -1)) << 2 | weight)
                last[word] = page
            page += 1
    begins = []
    for at, (begin, chunk) in enumerate(_chunks(postings)):
        begins.append(begin)
        found[f"{at}.bin"] = chunk
    directory = {"parts": parts, "pages": page, "sizes": sizes, "words": begins}
    found[DIRECTORY] = _as_json({**directory, "made": stamp(found)})
    return {f"{FOLDER}/{part}/{name}": content for name, content in sorted(found.items())}


@dataclass(frozen=True)
class _Listing:
    """What the index has of a page."""

    address: str
    title: str
    teaser: str
    words: Mapping[str, int]


def _cut(groups: Iterable[Group]) -> Iterator[tuple[str, list[_Listing]]]:
    """Cut groups, so that what ten results show is never much."""
    found = list(groups)
    for group, listed in zip(found, ahead.each(_listings, found), strict=True):
        for at in range(0, len(listed), SHOWN):
            yield group.title, listed[at : at + SHOWN]


def _listings(group: Group) -> list[_Listing]:
    return [
        _Listing(
            entry.address,
            entry.title,
            shorten(entry.summary, TEASER, placeholder=" …"),
            weighed(entry),
        )
        for entry in group.entries
    ]


def _as_json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def stamp(found: Bytes) -> str:
    """Name what files hold: a browser that kept some of another build asks for them anew."""
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name} {len(found[name])} ".encode() + found[name])
    return digest.hexdigest()[:12]


def number(value: int) -> bytes:
    r"""Write a number in as few bytes as it needs, seven bits in each, the lowest first.

    >>> number(5), number(300)
    (b'\x05', b'\xac\x02')
    """
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _order(word: str) -> bytes:
    """Sort as browsers do, by halves of what UTF-16 needs two for."""
    return word.encode("utf-16-be")


def _chunks(postings: Mapping[str, bytearray]) -> Iterator[tuple[str, bytes]]:
    """Write all words into chunks: the first word of each, and its bytes.

    Each word: how much of it is as in the one before, the rest, and its pages.
    """
    begin, chunk, before = "", bytearray(), b""
    for word in sorted(postings, key=_order):
        if not chunk:
            begin, before = word, b""
        written, listed = word.encode(), postings[word]
        alike = zip(before, written, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], alike))
        chunk += number(same) + number(len(written) - same) + written[same:]
        chunk += number(len(listed)) + listed
        before = written
        if len(chunk) >= CHUNK:
            yield begin, bytes(chunk)
            chunk = bytearray()
    if chunk:
        yield begin, bytes(chunk)


def read_chunk(chunk: bytes) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Read the words of a chunk, each with its pages and where it stands on them.

    `ValueError` where it is spoilt.
    """
    todo = iter(chunk)
    before = b""
    for same in iter(lambda: _read_number(todo, -1), -1):
        before = before[:same] + _some(todo, _read_number(todo))
        listed, page, pages = iter(_some(todo, _read_number(todo))), -1, []
        for value in iter(lambda listed=listed: _read_number(listed, -1), -1):  # type: ignore[misc]
            page += value >> 2
            pages.append((page, value & 3))
        yield before.decode(), pages


def _read_number(todo: Iterator[int], end: int | None = None) -> int:
    """Read a number; at the end of all, give what stands for it."""
    value = shift = 0
    for byte in todo:
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7
    if end is None or shift:
        message = "it is cut off"
        raise ValueError(message)
    return end


def _some(todo: Iterator[int], count: int) -> bytes:
    found = bytes(islice(todo, count))
    if len(found) < count:
        message = "it is cut off"
        raise ValueError(message)
    return found


@dataclass(frozen=True)
class Read:
    """What an index was found to hold."""

    pages: tuple[tuple[str, str, str], ...]
    """Each page that it leads to: the file that says so, its address and its title."""
    words: int
    faults: tuple[tuple[str, str], ...]
    """Files that are not what was built, and why."""


def read(get: Callable[[str], bytes]) -> Read:
    """Read all parts of an index, from files that `get` gives: `OSError` where one is missing."""
    faults: list[tuple[str, str]] = []
    pages: list[tuple[str, str, str]] = []
    count, part, parts = 0, 1, 1
    while part <= parts:
        folder = f"{FOLDER}/{part}"
        file = f"{folder}/{DIRECTORY}"
        try:
            directory = json.loads(get(file))
            parts = min(int(directory["parts"]), MOST_PARTS) if part == 1 else parts
            if directory["parts"] != parts:
                faults.append((file, "it belongs to a library of other parts"))
            names = [f"{at}.bin" for at in range(len(directory["words"]))]
            names += [f"{at}.json" for at in range(len(directory["sizes"]))]
            found = dict(_there(get, folder, names, faults))
            if len(found) == len(names) and directory["made"] != stamp(found):
                faults.append((file, "its files are not of one build"))
            for name, content in found.items():
                at, _, kind = name.partition(".")
                file = f"{folder}/{name}"
                if kind == "bin":
                    count += _count(content, directory["words"][int(at)], directory["pages"])
                else:
                    shown = json.loads(content)["pages"]
                    pages += ((file, str(page[0]), str(page[1])) for page in shown)
        except OSError:
            faults.append((file, "it is missing"))
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            faults.append((file, f"it cannot be read ({error})"))
        part += 1
    return Read(tuple(pages), count, tuple(faults))


def _there(
    get: Callable[[str], bytes], folder: str, names: Iterable[str], faults: list[tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            yield name, get(f"{folder}/{name}")
        except OSError:
            faults.append((f"{folder}/{name}", "it is missing"))


def _count(chunk: bytes, begin: str, pages: int) -> int:
    """Count the words of a chunk; `ValueError` where it is not as the directory says."""
    found = list(read_chunk(chunk))
    known = [word for word, _ in found]
    if known[0] != begin or known != sorted(set(known), key=_order):
        message = "its words are not in order"
        raise ValueError(message)
    if any(not listed or listed[-1][0] >= pages for _, listed in found):
        message = "a word stands on a page that is not there"
        raise ValueError(message)
    return len(found)
