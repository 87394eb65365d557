"""Read the examples on a page about rules, and change the starter pathway as they say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from conftest import ROOT
from pathbook import scaffold

PAGES = ROOT / "docs" / "maintain" / "rules"

_PART = re.compile(
    r"^(In|All of|At the end of) `([^`]+)`:\n\n```\w*\n(.*?)^```$|^There is no file `([^`]+)`\.$",
    re.DOTALL | re.MULTILINE,
)

_BELOW = re.compile(r"(?:```\w*\n.*?\n```\n|(?!## |```)[^\n]*\n)*")
"""What stands below a heading, up to the next one that is not itself shown in an example."""


@dataclass(frozen=True)
class Change:
    """What an example says about one file."""

    file: str
    how: str
    """Whether it is what differs from the starter pathway, all of the file, or added at its end."""
    text: str | None
    """What stands there; nothing if there is no such file."""


def changes(page: Path, heading: str) -> tuple[Change, ...]:
    """Find what a page shows under a heading, such as `Wrong` or `Right`."""
    text = page.read_text(encoding="utf-8")
    part = re.search(rf"^## {heading}\n({_BELOW.pattern})", text, re.DOTALL | re.MULTILINE)
    return tuple(_changes(part.group(1))) if part else ()


def of_page(text: str) -> tuple[Change, ...]:
    """Find everything that a page shows."""
    return tuple(_changes(text))


def _changes(text: str) -> Iterator[Change]:
    for how, file, content, missing in _PART.findall(text):
        if missing:
            yield Change(missing, "", None)
        else:
            yield Change(file, "All of" if file.endswith(".md") else how, content)


def write(folder: Path, changed: tuple[Change, ...]) -> None:
    """Write the starter pathway into a folder, changed as an example says."""
    found = dict(scaffold.pathway(folder.name))
    for change in changed:
        if change.text is None:
            del found[change.file]
        else:
            found[change.file] = _changed(found.get(change.file, ""), change.how, change.text)
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _changed(before: str, how: str, text: str) -> str:
    if how == "In":
        return _merged(before, text)
    return text if how == "All of" else before + text


def _merged(before: str, changed: str) -> str:
    parts = [yaml.load(text, Loader=yaml.BaseLoader) or {} for text in (before, changed)]
    return yaml.safe_dump(_laid_over(*parts), sort_keys=False, allow_unicode=True)


def _laid_over(before: object, changed: object) -> object:
    """Change what an example names; a key with nothing after it is taken away."""
    if not (isinstance(before, Mapping) and isinstance(changed, Mapping)):
        return changed
    merged = {**before, **{key: _laid_over(before.get(key), changed[key]) for key in changed}}
    return {key: value for key, value in merged.items() if value != ""}
