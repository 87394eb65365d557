"""Set finished HTML aside while a site generator reads the Markdown around it.

To find that finished HTML is HTML is most of what a generator does for a page of a book.
"""

import re
from dataclasses import dataclass
from html import unescape

_BLANK = re.compile(r"\n{2,}")
_MARK = re.compile(r'<div data-pathbook-aside="(\d+)"></div>')
_ID = re.compile(r'<[^>]*? id="([^"]*)"')


@dataclass(frozen=True)
class Aside:
    """A page without its blocks of HTML, and these."""

    markdown: str
    """The page, with a mark where each block was."""
    blocks: tuple[str, ...]

    def back(self, html: str) -> str:
        """Put the blocks in the place of their marks."""
        return _MARK.sub(lambda mark: self.blocks[int(mark[1])], html)

    @property
    def ids(self) -> set[str]:
        """The ids in the blocks, to which a link may lead."""
        return {unescape(found) for block in self.blocks for found in _ID.findall(block)}


def aside(text: str) -> Aside:
    r"""Set aside all blocks of HTML of a page that holds nothing else but headings.

    >>> found = aside("# Rest\n\n<p id='a'>One</p>\n<p>Two</p>\n\n## Why")
    >>> found.markdown
    '# Rest\n\n<div data-pathbook-aside="0"></div>\n\n## Why'
    >>> found.back(found.markdown)
    "# Rest\n\n<p id='a'>One</p>\n<p>Two</p>\n\n## Why"
    """
    parts = _BLANK.split(text.strip("\n"))
    blocks = tuple(part for part in parts if part.startswith("<"))
    marks = iter(f'<div data-pathbook-aside="{at}"></div>' for at in range(len(blocks)))
    kept = (next(marks) if part.startswith("<") else part for part in parts)
    return Aside("\n\n".join(kept), blocks)
