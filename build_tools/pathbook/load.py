"""Turn the text of a definition into models, or into all its problems at once, with places."""

import os
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from pathbook import model
from pathbook.explain import explained, what
from pathbook.model import Definition, Model, Prose, Spot
from pathbook.problems import PathbookError, Place, Problem, near_miss
from pathbook.progress import Tell, counted, quiet
from pathbook.reading import (
    LONGEST_TEXT,
    Reading,
    nearest,
    read_text,
    read_yaml,
    shown,
    too_long,
)
from pathbook.shard import WHOLE

FILES = ("pathway.yaml", "evidence.yaml", "glossary.yaml", "scenarios.yaml")
"""The files of a definition."""

_MEANT = frozenset({".yaml", ".yml", ".json", ".md"})
"""Endings of files that someone may have meant as a part of the definition."""

_STOPPING = frozenset({"bad-pathway-id", "outside-folder", "unreadable-file"})
"""Problems of a folder after which there is no use in reading its files."""

M = TypeVar("M", bound=Model)


def library(
    flow: Path, tell: Tell = quiet, shard: Container[str] = WHOLE
) -> tuple[tuple[Definition, ...], tuple[Problem, ...]]:
    """Load every pathway below a folder.

    Returns the definitions that could be read, in the order of their ids, and all problems. Those
    that are not in the shard have what others must know of them: their graph.
    """
    found, problems = folders(flow)
    loaded = [
        definition(folder, whole=folder.name in shard)
        for folder in counted(found, "pathways read", tell)
    ]
    return (
        tuple(found for found, _ in loaded if found is not None),
        (*problems, *(problem for _, problems in loaded for problem in problems)),
    )


def folders(flow: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """List the folders of all pathways, or say why there are none."""
    if why := _not_a_library(flow):
        expected = "a folder that holds one folder for each pathway"
        return (), (Problem("no-folder", Place(shown(flow)), why, expected),)
    try:
        found = sorted(
            entry
            for entry in flow.iterdir()
            if not entry.name.startswith((".", "_")) and (entry.is_dir() or entry.is_symlink())
        )
    except OSError as error:
        return (), (_unreadable(flow, error),)
    if not found:
        return (), (
            Problem(
                "no-pathway",
                Place(shown(flow)),
                "the folder holds no pathway",
                "a folder for each pathway, such as flow/knee-pain/pathway.yaml",
            ),
        )
    return tuple(found), ()


def _not_a_library(flow: Path) -> str:
    """Say why a path cannot be the folder of all pathways; nothing if it can."""
    if (flow / "pathway.yaml").exists():
        return f"this is one pathway; name the folder that holds it: {shown(flow.parent)}"
    if flow.exists() and not flow.is_dir():
        return "this is a file"
    return "" if flow.exists() else "there is no such folder"


def definition(
    folder: Path, *, whole: bool = True
) -> tuple[Definition | None, tuple[Problem, ...]]:
    """Load one pathway's folder; without its definition where a file of it cannot be used.

    `whole` tells whether to read more than its graph.

    Where all files could be read in spite of problems, such as a step that stands twice, the
    definition is given too, so that everything else in it can be checked at the same time.
    """
    problems = list(_folder_problems(folder))
    if any(problem.code in _STOPPING for problem in problems):
        return None, tuple(problems)
    marks: dict[str, Mapping[Spot, tuple[int, int]]] = {}

    def part(name: str, kind: type[M]) -> M | None:
        path = folder / name
        if name != "pathway.yaml" and not (whole and os.path.lexists(path)):
            return kind()
        reading = read_yaml(path)
        built = _validated(reading, kind, folder.name)
        problems.extend(reading.problems)
        if whole:
            marks[name] = MappingProxyType(reading.marks)
        return built

    pathway = part("pathway.yaml", model.Pathway)
    evidence = part("evidence.yaml", model.Evidence)
    glossary = part("glossary.yaml", model.Glossary)
    scenarios = part("scenarios.yaml", model.Scenarios)
    pages, page_problems = _pages(folder / "pages") if whole else ({}, [])
    problems += page_problems
    if pathway is None or evidence is None or glossary is None or scenarios is None:
        return None, tuple(problems)
    here = PurePosixPath(shown(folder))
    frozen_pages, frozen_marks = MappingProxyType(pages), MappingProxyType(marks)
    return (
        Definition(here, pathway, evidence, glossary, scenarios, frozen_pages, frozen_marks),
        tuple(problems),
    )


def site_pages(docs: Path | None) -> frozenset[str]:
    """List the pages of a site's own documents, seen from their folder: `about.md`."""
    if docs is None or not docs.is_dir():
        return frozenset()
    return frozenset(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))


def documents(docs: Path) -> dict[str, str]:
    """Read the pages of a site's own documents, by their paths; `PathbookError` names a bad one."""
    found = {}
    for path in sorted(site_pages(docs)):
        try:
            found[path] = (docs / path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text; save it as UTF-8"
            raise PathbookError(f"{shown(docs / path)} cannot be read: {why}") from error
    return found


def place(found: Definition, name: str, spot: Spot = ()) -> Place:
    """Find where a value of a definition stands, or the nearest thing around it."""
    return Place(str(found.folder / name), *nearest(found.marks.get(name, {}), spot))


# What is in the folder


def _unreadable(path: Path, error: OSError) -> Problem:
    fact = f"the folder cannot be read: {error.strerror}"
    return Problem("unreadable-file", Place(shown(path)), fact)


def _folder_problems(folder: Path) -> Iterator[Problem]:
    """Find what keeps a folder from being a definition, and files that would be lost in it."""
    here = Place(shown(folder))
    if not re.fullmatch(model.ID_PATTERN, folder.name):
        yield Problem(
            "bad-pathway-id",
            here,
            f"the folder name '{folder.name}' cannot be used in an address",
            "lower-case letters a-z, digits and single hyphens",
            mended_id(folder.name),
        )
    pages = folder / "pages"
    try:
        entries = _visible(folder)
        prose = _visible(pages) if pages.is_dir() else []
    except OSError as error:
        yield _unreadable(folder, error)
        return
    base = os.path.realpath(folder.parent) + os.sep
    if not all(os.path.realpath(path).startswith(base) for path in (folder, *entries, *prose)):
        yield Problem(
            "outside-folder",
            here,
            "something in this folder is a link to a place outside the pathways' folder",
            "files that stand in the folder themselves",
        )
        return
    known = (*FILES, "README.md", *(["pages"] if pages.is_dir() else []))
    for path in entries:
        if path.name not in known and (path.is_dir() or path.suffix.lower() in _MEANT):
            yield Problem(
                "unknown-file",
                Place(shown(path)),
                "no such file belongs to a definition, so nothing in it would be used",
                f"one of: {', '.join(FILES)}, or a folder named pages",
                near_miss(path.name.lower(), (*FILES, "pages")),
            )
    for path in prose:
        if path.suffix != ".md":
            yield Problem(
                "unknown-file",
                Place(shown(path)),
                "only pages ending in .md are published, so this would be lost",
                "a page named after its step, such as pages/step-id.md",
            )


def _visible(folder: Path) -> list[Path]:
    """List what stands in a folder, hidden files left out."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _pages(folder: Path) -> tuple[dict[str, Prose], list[Problem]]:
    pages: dict[str, Prose] = {}
    problems: list[Problem] = []
    try:
        found = _visible(folder) if folder.is_dir() else []
    except OSError:  # told as a problem of the folder
        found = []
    for path in found:
        if path.suffix != ".md":
            continue
        reading = Reading(shown(path))
        text = read_text(path, reading)
        if text is not None and len(text) > LONGEST_TEXT:
            reading.add("large-file", (0, 0), *too_long(text))
            text = None
        problems += reading.problems
        if text is not None:
            pages[path.stem] = Prose(PurePosixPath(shown(path)), text)
    return pages, problems


# Plain data to models


def _validated(reading: Reading, kind: type[M], pathway_id: str) -> M | None:
    """Build the model; every reason why it cannot be built becomes a problem."""
    if reading.data is None:
        return None
    data = reading.data
    if not isinstance(data, dict):
        at = reading.marks.get((), (1, 1))
        reading.add(
            "wrong-type", at, f"the file holds {what(data)}", "keys and values, as in `title: ...`"
        )
        return None
    if kind is model.Pathway:
        data = _named(data, pathway_id, reading)
    try:
        built = kind.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            reading.problems.append(explained(detail, reading, kind))
        return None
    return built


def _named(data: dict[str, object], pathway_id: str, reading: Reading) -> dict[str, object]:
    """Give the pathway and its steps their ids, and its steps and routes the names left out."""
    steps = data.get("steps")
    if isinstance(steps, dict):
        for step_id in steps:
            _check_step_id(step_id, reading)
        steps = {
            step_id: _named_step(step_id, step) if isinstance(step, dict) else step
            for step_id, step in steps.items()
        }
    return {**data, "id": pathway_id, "steps": steps} if steps is not None else data


def _check_step_id(step_id: str, reading: Reading) -> None:
    at = reading.marks[("steps", step_id)]
    if step_id in model.RESERVED_IDS:
        fact = f"the step id '{step_id}' is the address of another page"
        reading.add("reserved-id", at, fact, "another id", f"Try '{step_id}-step'.")
    elif not re.fullmatch(model.ID_PATTERN, step_id) or len(step_id) > 80:
        reading.add(
            "bad-step-id",
            at,
            f"the step id '{step_id[:80]}' cannot be used in an address",
            "lower-case letters a-z, digits and single hyphens, 80 at most",
            mended_id(step_id),
        )


def _named_step(step_id: str, step: dict[str, object]) -> dict[str, object]:
    routes = step.get("next")
    named = {"title": step_id.replace("-", " ").capitalize(), **step, "id": step_id}
    return {**named, "next": _named_routes(routes)} if routes is not None else named


def _named_routes(routes: object) -> object:
    """Make the ids that routes left out: from their `when`, else from where they lead."""
    listed = [routes] if isinstance(routes, str) else routes
    if not isinstance(listed, list):
        return routes
    routes = [{"to": item} if isinstance(item, str) else item for item in listed]
    taken = {str(route["id"]) for route in routes if isinstance(route, dict) and "id" in route}
    named: list[object] = []
    for route in routes:
        if isinstance(route, dict) and "id" not in route:
            made = slug(_text(route, "when")) or slug(_text(route, "to"))
            if made:
                made = _free(made, taken)
                taken.add(made)
                named.append({**route, "id": made})
                continue
        named.append(route)
    return named


def _text(route: Mapping[str, object], key: str) -> str:
    """Give the text under a key; nothing if something else stands there."""
    value = route.get(key)
    return value if isinstance(value, str) else ""


def _free(name: str, taken: Iterable[str]) -> str:
    """Give the name, or the name with the first number that makes it new."""
    used = set(taken)
    tries = (name if n == 1 else f"{name}-{n}" for n in range(1, len(used) + 2))
    return next(attempt for attempt in tries if attempt not in used)


def slug(text: str) -> str:
    """Make a name for an address from a text in any script.

    >>> slug("No, or the pain came back")
    'no-or-the-pain-came-back'
    >>> slug("はい")
    'はい'
    >>> slug("BMI over 30 kg/m²")
    'bmi-over-30-kg-m2'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "-".join(re.findall(r"[^\W_]+", plain))[:80].strip("-")


def mended_id(name: str) -> str:
    """Suggest the nearest name that is allowed."""
    mended = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:80].strip("-")
    return f"Try '{mended}'." if mended else ""
