"""Give the files of a new pathway, or of a whole new site, to start from."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

from pathbook import load, model
from pathbook.problems import PathbookError

FIRST = "first-pathway"
"""The id of the pathway of a new site, where no other is given."""

SCHEMAS = ".schema"
"""The folder, beside the pathways, that the first line of each file names."""

LONGEST = 80
"""The most characters of an id."""


def pathway(name: str) -> dict[str, str]:
    """Give the text of every file of a small pathway, by its path in the pathway's folder.

    `PathbookError` says why a name cannot be an id.
    """
    return _pathway(name, about="# about: about.md")


def site(name: str = FIRST) -> dict[str, str]:
    """Give the text of every file of a site with one small pathway, by its path in the site."""
    around = _filled("site", id=_id(name))
    if f"docs/{name}.md" in around:
        message = f"a new site has a page '{name}' already"
        raise PathbookError(f"{message}; choose another ID, such as {name}-pathway")
    inside = _pathway(name, about="about: about.md")
    return around | {f"flow/{name}/{path}": text for path, text in inside.items()}


def _pathway(name: str, about: str) -> dict[str, str]:
    title = _id(name).replace("-", " ").capitalize()
    return _filled("pathway", title=title, about=about)


def _id(name: str) -> str:
    """Give the name back if it can be a pathway's id."""
    if re.fullmatch(model.ID_PATTERN, name) and len(name) <= LONGEST:
        return name
    message = f"the ID {name[:LONGEST]!r} cannot be used in an address"
    expected = f"lower-case letters a-z, digits and single hyphens, {LONGEST} at most"
    hint = load.mended_id(name)
    raise PathbookError(f"{message}\n    Expected: {expected}" + (f"\n    {hint}" if hint else ""))


def _filled(kind: str, **values: str) -> dict[str, str]:
    """Put values into every file of a folder of templates, by the path of each."""
    folder = files("pathbook") / "scaffold" / kind
    return {path: Template(text).substitute(values) for path, text in _texts(folder)}


def _texts(folder: Traversable, before: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = before + entry.name
        if entry.is_dir():
            yield from _texts(entry, f"{path}/")
        else:
            yield path, entry.read_text(encoding="utf-8")
