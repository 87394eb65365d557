"""Measure how hard a text is to read: sentences, words, and the school grade they ask for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from html import unescape
from importlib.util import find_spec
from pathlib import Path

_BLOCK = re.compile(
    r"</?(?:p|li|ul|ol|h[1-6]|td|th|tr|table|dd|dt|dl|pre|blockquote|br|hr)\b[^>]*>"
)
_MARK = re.compile(r"<a [^>]*>\s*\[?\d+\]?\s*</a>")
"""A number that leads to a source; no word of the sentence."""

_END = re.compile(r"([.!?…][\"')\]”’*]*)\s+(?=[\"'(\[“‘]*[^\W_a-zß-öø-ÿ])")
"""The end of a sentence, if what follows could begin one."""

_SHORT = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|Prof|St|vs|cf|No|Nos|Fig|p|pp|approx|ca"
    r"|[A-Z](?:\.[A-Z])*)\.$"
)
"""What ends in a full stop and is no end of a sentence."""

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True)
class Measures:
    """What was counted in a text."""

    sentences: tuple[str, ...]
    """As they were written."""
    counted: tuple[str, ...]
    """The same, with every known term and name in the place of one short word."""

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The number of words of each sentence."""
        return tuple(len(words(sentence)) for sentence in self.counted)

    @property
    def words(self) -> int:
        """The number of words."""
        return sum(self.lengths)

    @property
    def longest(self) -> str:
        """The sentence with the most words; empty if there is none."""
        both = zip(self.lengths, self.sentences, strict=True)
        return max(both, key=lambda pair: pair[0], default=(0, ""))[1]

    @property
    def mean(self) -> float:
        """Words in a sentence, on average."""
        return self.words / len(self.sentences) if self.sentences else 0.0

    @cached_property
    def grade(self) -> float:
        """The school grade by the formula of Flesch and Kincaid.

        Kincaid et al, Derivation of new readability formulas for Navy enlisted personnel, 1975:
        0.39 x words in a sentence + 11.8 x syllables in a word - 15.59.
        """
        if not self.words:
            return 0.0
        spoken = sum(syllables(word) for sentence in self.counted for word in words(sentence))
        return 0.39 * self.mean + 11.8 * spoken / self.words - 15.59

    @property
    def letters_grade(self) -> float:
        """The school grade by the formula of Coleman and Liau, which counts letters.

        Coleman and Liau, A computer readability formula designed for machine scoring, 1975:
        5.88 x letters in a word - 29.6 x sentences in a word - 15.8.
        """
        if not self.words:
            return 0.0
        letters = sum(character.isalnum() for sentence in self.counted for character in sentence)
        return 5.88 * letters / self.words - 29.6 * len(self.sentences) / self.words - 15.8


def measure(texts: Iterable[str], known: Sequence[str] = ()) -> Measures:
    """Measure pieces of HTML, with known terms and names each counted as one word.

    Headings, cells and items of fewer than four words that end without a full stop do not count.

    >>> measure(["<p>It may help. It may not, e.g. at night.</p>"]).lengths
    (3, 6)
    >>> measure(["Radiofrequency ablation is heat."], ["radiofrequency ablation"]).words
    3
    """
    found = [_sentences(text, tuple(known)) for text in texts]
    sentences = tuple(sentence for text, _ in found for sentence in text)
    return Measures(sentences, tuple(sentence for _, text in found for sentence in text))


@lru_cache(maxsize=8192)
def _sentences(text: str, known: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the sentences in a piece of HTML: as they are, and as they count."""
    pattern = _any_of(known)
    sentences: list[str] = []
    for block in _BLOCK.split(_MARK.sub("", text)):
        plain = " ".join(unescape(re.sub(r"<[^>]*>", "", block)).split())
        if len(words(plain)) > 3 or plain.endswith((".", "!", "?")):
            sentences += [part for part in _split(plain) if words(part)]
    counted = [pattern.sub("term", sentence) if pattern else sentence for sentence in sentences]
    return tuple(sentences), tuple(counted)


def _split(text: str) -> Iterator[str]:
    """Cut a text into its sentences.

    >>> list(_split("See Dr. Smith at 5 p.m. today. Take 3.5 mg. “Why?” Ask."))
    ['See Dr. Smith at 5 p.m. today.', 'Take 3.5 mg.', '“Why?”', 'Ask.']
    """
    begin = 0
    for found in _END.finditer(text):
        sentence = text[begin : found.end(1)]
        if not _SHORT.search(sentence):
            yield sentence
            begin = found.end()
    yield text[begin:]


def words(text: str) -> tuple[str, ...]:
    """Find the words in a text; a number is one, and so is what a hyphen joins.

    >>> words("Relief often lasts 6 to 12 months, in well-chosen people.")
    ('Relief', 'often', 'lasts', '6', 'to', '12', 'months', 'in', 'well-chosen', 'people')
    """
    return tuple(_WORD.findall(text))


@lru_cache(maxsize=65536)
def syllables(word: str) -> int:
    """Count the syllables of an English word: from a dictionary, else by its groups of vowels.

    >>> syllables("injection"), syllables("back"), syllables("steroid-free"), syllables("6")
    (3, 1, 3, 1)
    """
    parts = re.split(r"[-.,]", word.replace("’", "'"))
    return sum(_known().get(part.lower()) or _guessed(part) for part in parts if part)


@cache
def _known() -> dict[str, int]:
    """Read the dictionary of pysyllables.

    Its file is read here and the package is not imported: that reads it in the encoding of the
    locale, and ends every command where that is not UTF-8.
    """
    found = find_spec("pysyllables")
    file = Path(found.origin if found and found.origin else "").with_name("syllable-counts.txt")
    pairs = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {word: int(count) for word, count in pairs}


def _guessed(word: str) -> int:
    """Count groups of vowels; an e at the end is silent, but not in -le, -ted or -ded.

    >>> _guessed("Xylocaine"), _guessed("needled"), _guessed("grafted"), _guessed("zzz")
    (3, 2, 2, 1)
    """
    low = word.lower()
    silent = re.search(r"(?<![aeiouytdl])e[ds]?$", low)
    return max(1, len(re.findall(r"[aeiouy]+", low)) - bool(silent))


@lru_cache(maxsize=64)
def _any_of(known: tuple[str, ...]) -> re.Pattern[str] | None:
    """Match any of the names as whole words, the longest first."""
    names = sorted((name for name in known if name), key=len, reverse=True)
    joined = "|".join(re.escape(name) for name in names)
    return re.compile(rf"(?<!\w)(?:{joined})s?(?!\w)", re.IGNORECASE) if names else None
