"""Explain a term where it is first used on a page."""

import re
from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from pathbook.model import Glossary

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


def _key(form: str) -> str:
    return form if _is_exact(form) else form.casefold()


class Explainer:
    """Marks the first use of each term on one page; made anew for every page."""

    def __init__(self, glossary: Glossary, anchor: Anchor) -> None:
        self.terms = glossary.terms
        self.anchor = anchor
        self.words = {_key(str(escape(form))): word for form, word in forms(glossary)}
        longest = sorted(self.words, key=len, reverse=True)
        joined = "|".join(
            re.escape(form) if _is_exact(form) else f"(?i:{re.escape(form)})" for form in longest
        )
        # Not in the middle of a word, and not in an entity such as &amp;.
        self.pattern = re.compile(rf"(?<![\w&#-])(?:{joined})(?![\w-])")
        self.seen: set[str] = set()

    def __call__(self, text: str) -> Markup:
        """Give the text, or safe HTML, with the terms that are new on the page explained."""
        html = text if isinstance(text, Markup) else escape(text)
        if not self.words:
            return html
        closed: list[str] = []
        parts: list[str] = []
        for token in _TOKENS.split(html):
            name = re.match(r"</?([a-zA-Z0-9]+)", token)
            if name and name.group(1) in _CLOSED:
                if token.startswith("</"):
                    closed[:] = closed[:-1]
                else:
                    closed.append(name.group(1))
            parts.append(token if name or closed else self.pattern.sub(self._explained, token))
        return Markup("".join(parts))  # noqa: S704 (safe HTML with our own around its words)

    def _explained(self, found: re.Match[str]) -> str:
        word = self.words[_key(found.group())]
        if word in self.seen:
            return found.group()
        self.seen.add(word)
        name = f"meaning-{self.anchor(word)}"
        # The term stands as it was written; what it means follows it, and comes up over the text.
        return (
            f'<span class="pb-term"><button type="button" popovertarget="{name}"'
            f' aria-describedby="{name}">{found.group()}</button><span class="pb-meaning"'
            f' id="{name}" popover data-search-exclude><b>{escape(word)}</b>:'
            f" {escape(self.terms[word].text)}</span></span>"
        )
