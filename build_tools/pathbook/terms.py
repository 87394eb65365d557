"""Explain a term where it is first used on a page."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from html import unescape

from markupsafe import Markup, escape

from pathbook.model import Glossary

GLOSSARY = "glossary.md"
"""The page that prose links to for a term: `[the disc](glossary.md#disc)`."""

_TOKENS = re.compile(r"(<[^>]*>)")
_CLOSED = frozenset({"a", "button", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "svg"})
"""What a term is not explained in: it leads somewhere else, or is no prose."""

Anchor = Callable[[str], str]


def forms(glossary: Glossary) -> Iterator[tuple[str, str]]:
    """Go through every form of every term, with the term it stands for."""
    for word, term in glossary.terms.items():
        for form in (word, *term.aliases):
            yield form, word


def _is_exact(form: str) -> bool:
    """Tell whether a form must be written just so: NICE is a body, and nice is not.

    >>> _is_exact("NICE"), _is_exact("Disc")
    (True, False)
    """
    return sum(character.isupper() for character in form) > 1


def _plain(text: str) -> str:
    """Write quotes the straight way, so that both ways find a term."""
    return unescape(text).replace("’", "'").replace("“", '"').replace("”", '"')


def _written(form: str) -> str:
    """Match a form as it stands in HTML."""
    quotes = {"'": "(?:'|’|&#39;|&#x27;)", '"': '(?:"|“|”|&#34;|&quot;)'}
    return "".join(quotes.get(part) or re.escape(escape(part)) for part in form)


def _any_of(found: list[str]) -> re.Pattern[str]:
    """Match any form, the longest first, alone or with an s; not within a word or an entity.

    Where words are not set apart by spaces, a term may stand anywhere.
    """
    longest = sorted(found, key=len, reverse=True)
    exact = [_written(form) for form in longest if _is_exact(form)]
    loose = [_written(form) for form in longest if not _is_exact(form) and not _runs_on(form[0])]
    anywhere = [_written(form) for form in longest if _runs_on(form[0])]
    apart = "|".join([*exact, *([f"(?i:{'|'.join(loose)})"] if loose else [])])
    kinds = [rf"(?<![\w&#-])(?:{apart})s?(?![\w-])"] if apart else []
    return re.compile("|".join([*kinds, *anywhere]) or r"(?!)")


def _runs_on(character: str) -> bool:
    """Tell whether a script writes without spaces: Chinese, Japanese, Thai and the like."""
    return unicodedata.east_asian_width(character) in "WF" or "\u0e00" <= character <= "\u0eff"


class Terms:
    """The terms of one book and how to find them; made once, for all its pages."""

    def __init__(self, glossary: Glossary, anchor: Anchor) -> None:
        self.meanings = glossary.terms
        self.anchor = anchor
        found = [(_plain(form), word) for form, word in forms(glossary)]
        self.exact = {form: word for form, word in found if _is_exact(form)}
        self.words = {form.lower(): word for form, word in found if not _is_exact(form)}
        self.pattern = _any_of([form for form, _ in found])

    def find(self, written: str) -> str | None:
        """Give the term that a text stands for, however it is written."""
        form = _plain(written)
        for attempt in (form, form.removesuffix("s")):
            if word := self.exact.get(attempt) or self.words.get(attempt.lower()):
                return word
        return None

    def used(self, texts: Iterable[str]) -> set[str]:
        """Name the terms that occur in some HTML."""
        matches = (match.group() for text in texts for match in self.pattern.finditer(text))
        return {word for match in matches if (word := self.find(match))}


class Explainer:
    """Marks the first use of each term on one page; made anew for every page."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.seen: set[str] = set()

    def __call__(self, text: str) -> Markup:
        """Give the text, or safe HTML, with the terms that are new on the page explained."""
        html = text if isinstance(text, Markup) else escape(text)
        closed: list[str] = []
        parts: list[str] = []
        for token in _TOKENS.split(html):
            name = re.match(r"</?([a-zA-Z0-9]+)", token)
            if name and name.group(1) in _CLOSED:
                if token.startswith("</"):
                    closed[:] = closed[:-1]
                else:
                    closed.append(name.group(1))
            parts.append(
                token if name or closed else self.terms.pattern.sub(self._explained, token)
            )
        return Markup("".join(parts))  # noqa: S704 (safe HTML with our own around its words)

    def _explained(self, found: re.Match[str]) -> str:
        word = self.terms.find(found.group())
        if word is None or word in self.seen:
            return found.group()
        self.seen.add(word)
        # An underscore: no generator makes such an id for a heading.
        name = f"pb_meaning_{self.terms.anchor(word)}"
        # The term stands as it was written; what it means follows it, and comes up over the text.
        return (
            f'<span class="pb-term"><button type="button" popovertarget="{name}"'
            f' aria-describedby="{name}">{found.group()}</button><span class="pb-meaning"'
            f' id="{name}" popover data-search-exclude><b>{escape(word)}</b>:'
            f" {escape(self.terms.meanings[word].text)}</span></span>"
        )
