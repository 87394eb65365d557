"""Compare two states of a library: every difference in what is said, none in how it is written.

Order means nothing: steps, routes, statements and whatever stands in a list may change places.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent
from typing import Literal, TypeVar

from pathbook import model, prose, renames
from pathbook.model import Definition, Model, Route, Step
from pathbook.renames import Names, id_is_made

How = Literal["added", "removed", "changed"]

Path = tuple[str, ...]
"""The way to a part of a definition: keys, and the id or title of what stands among others."""

Means = Callable[[str, str], str]
"""Gives what a name stands for, such as the title of a step, by the key it stands under."""

T = TypeVar("T")

PARTS = ("pathway", "step", "statement", "source", "term", "scenario")
"""What a difference may be about, in the order in which it is told."""

_PART: Mapping[str, str] = {f"{part}s": part for part in PARTS[1:]}
"""For each key under which things have ids or titles what they are."""

_KNOWN_BY: Mapping[type, tuple[str, ...]] = {
    # A route with another id that leads where one led before has got another answer.
    Route: ("id", "to", "when"),
    model.Stage: ("id",),
    model.Alert: ("title", "level"),
    model.Claim: ("text", "evidence"),
    model.Scenario: ("title",),
    model.Given: ("step",),
    model.Excuse: ("rule", "at"),
}
"""By which fields, tried one after the other, an item of a list is found again."""

_NAMES_STEPS = ("to", "start", "informs", "background", "compare", "ends_at", "passes", "avoids")
"""Keys under which steps are named."""


@dataclass(frozen=True)
class Change:
    """One thing that is different."""

    path: Path
    """The way to it; empty for a whole pathway."""
    how: How
    old: str = ""
    """What was said before."""
    new: str = ""
    """What is said now."""
    old_means: str = ""
    """What the name that was given before stands for, such as the title of a step."""
    new_means: str = ""
    """What the name that is given now stands for."""

    @property
    def is_whole(self) -> bool:
        """Tell whether all of a pathway, step, statement, source, term or scenario came or went."""
        return not self.path or (len(self.path) == 2 and self.path[0] in _PART)

    @property
    def is_route(self) -> bool:
        """Tell whether all of a route came or went."""
        return len(self.path) == 4 and self.path[::2] == ("steps", "next")

    @property
    def part(self) -> str:
        """What it is about: one of `PARTS`. A page belongs to its step."""
        key = self.path[0] if self.path else ""
        return "step" if key == "pages" else _PART.get(key, "pathway")


@dataclass(frozen=True)
class Entry:
    """All that is different in one step, statement, source, term or scenario."""

    part: str
    """What it is: one of `PARTS`."""
    id: str
    """Its id or title; the pathway's id for what is said about the pathway."""
    title: str
    """What readers see of a step."""
    how: How
    """Whether all of it came or went, or something in it changed."""
    changes: tuple[Change, ...]
    """One by one, in the order of the keys."""


@dataclass(frozen=True)
class Difference:
    """What is different in one pathway."""

    old: Definition | None
    """As it was; nothing if the pathway is new."""
    new: Definition | None
    """As it is; nothing if the pathway is gone."""
    before: Definition | None
    """As it was, but with the new ids of steps that were renamed."""
    changes: tuple[Change, ...]
    """One by one; none if all is as it was."""

    @property
    def now(self) -> Definition:
        """The pathway as it is, or as it was before it went."""
        found = self.new or self.before
        assert found is not None  # noqa: S101 (it was found in one state at least)
        return found

    @property
    def id(self) -> str:
        """The pathway's id."""
        return self.now.id

    @property
    def how(self) -> How | None:
        """Whether the pathway is new, gone or changed; nothing if it is as it was."""
        if self.old is None or self.new is None:
            return "added" if self.new else "removed"
        return "changed" if self.changes else None

    @property
    def steps(self) -> Mapping[str, Step]:
        """The steps of both states, those that are gone at the end."""
        before = self.before.pathway.steps if self.before else {}
        now = self.now.pathway.steps
        return now | {name: step for name, step in before.items() if name not in now}

    @property
    def routes(self) -> int:
        """How many routes the two states have between them."""
        gone = sum(change.is_route and change.how == "removed" for change in self.changes)
        return gone + sum(len(step.next) for step in self.now.pathway.steps.values())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The differences, gathered by what they are about."""
        found: dict[tuple[str, str], list[Change]] = {}
        for change in self.changes:
            name = self.id if change.part == "pathway" else change.path[1]
            found.setdefault((change.part, name), []).append(change)
        order = {name: position for position, name in enumerate(self.steps)}
        names = sorted(found, key=lambda name: (PARTS.index(name[0]), order.get(name[1], 0)))
        return tuple(self._entry(*name, found[name]) for name in names)

    def _entry(self, part: str, name: str, changes: Sequence[Change]) -> Entry:
        step = self.steps.get(name) if part == "step" else None
        how: How = next((change.how for change in changes if change.is_whole), "changed")
        return Entry(part, name, step.title if step else "", how, tuple(changes))


def compared(old: Iterable[Definition], new: Iterable[Definition]) -> tuple[Difference, ...]:
    """Compare two libraries, pathway by pathway, in the order of their ids."""
    before = {found.id: found for found in old}
    after = {found.id: found for found in new}
    names = {
        name: renames.found(before[name].pathway, after[name].pathway)
        for name in before.keys() & after.keys()
    }
    links = {f"{name}/{was}": f"{name}/{now}" for name in names for was, now in names[name].items()}
    return tuple(
        _difference(before.get(name), after.get(name), names.get(name, {}), links)
        for name in sorted(before.keys() | after.keys())
    )


def _difference(
    old: Definition | None, new: Definition | None, names: Names, links: Names
) -> Difference:
    if old is None or new is None:
        was, now = (_size(found) if found else "" for found in (old, new))
        return Difference(old, new, old, (Change((), "added" if new else "removed", was, now),))
    before = renames.applied(old, names, links)
    renamed = (Change(("steps", now, "id"), "changed", was, now) for was, now in names.items())
    return Difference(old, new, before, (*renamed, *_Comparison(before, new).changes()))


def _size(found: Definition) -> str:
    """Say how much there is of a pathway."""
    steps = found.pathway.steps
    routes = sum(len(step.next) for step in steps.values())
    return f"{found.pathway.title}\n{len(steps)} steps, {routes} routes"


class _Comparison:
    """Goes through two definitions of one pathway side by side."""

    def __init__(self, old: Definition, new: Definition) -> None:
        self.old, self.new = old, new
        self.meant, self.means = _means(old), _means(new)

    def changes(self) -> Iterator[Change]:
        """Go through all that a definition holds."""
        old, new = self.old, self.new
        yield from self.parts(old.pathway, new.pathway)
        yield from self.parts(_texts(old), _texts(new), ("pages",))
        yield from self.parts(old.evidence, new.evidence)
        yield from self.parts(old.glossary, new.glossary)
        yield from self.parts(old.scenarios, new.scenarios)

    def parts(self, old: object, new: object, path: Path = ()) -> Iterator[Change]:
        """Compare two values; `None` stands for one that is not there."""
        if old == new:
            return
        if isinstance(old, Model) and isinstance(new, Model):
            for key, value in old:
                if key != "id" or not (_follows(old) and _follows(new)):
                    yield from self.parts(value, getattr(new, key), (*path, key))
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            for name in dict.fromkeys((*new, *old)):
                yield from self.parts(old.get(name), new.get(name), (*path, name))
        elif isinstance(old, tuple) and isinstance(new, tuple):
            for was, now in pairs(old, new):
                yield from self.parts(was, now, (*path, *_name(was if now is None else now)))
        else:
            yield from self.values(old, new, path)

    def values(self, old: object, new: object, path: Path) -> Iterator[Change]:
        """Compare two values that have no parts, or of which one is not there."""
        was, now, key = said(old, self.meant), said(new, self.means), path[-1]
        if _read(was) == _read(now):
            return
        how: How = "removed" if not now else "changed" if was else "added"
        yield Change(path, how, was, now, self.meant(key, was), self.means(key, now))
        # The routes of a step that came or went are told one by one.
        yield from self.parts(_routes(old), _routes(new), (*path, "next"))


def _texts(found: Definition) -> dict[str, str]:
    return {name: page.text for name, page in found.pages.items()}


def _routes(value: object) -> tuple[Route, ...]:
    return value.next if isinstance(value, Step) else ()


def _follows(item: Model) -> bool:
    """Tell whether the id of an item says nothing of its own, such as one that is made."""
    return isinstance(item, Step) or (isinstance(item, Route) and id_is_made(item))


def pairs(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[T | None, T | None]]:
    """Find the items of one list in another; what is in one only comes with `None`."""
    left, mates = list(old), dict[int, T]()
    for key in _KNOWN_BY.get(type(next(iter((*old, *new)), None)), ("",)):
        for item in tuple(left):
            known = _known(item, key)
            free = (i for i in range(len(new)) if i not in mates and _known(new[i], key) == known)
            at = next(free, None)
            if at is not None and known != ():
                mates[at] = item
                left.remove(item)
    yield from ((item, None) for item in left)
    yield from ((mates.get(i), item) for i, item in enumerate(new))


def _known(item: object, key: str) -> object:
    """Give that by which an item is found again: a field, or all of it."""
    value = getattr(item, key) if key else item
    return tuple(sorted(value)) if isinstance(value, tuple) else value


def _name(item: object) -> Path:
    """Name an item of a list, unless it is no more than a name itself."""
    keys = _KNOWN_BY.get(type(item))
    return (str(getattr(item, keys[0])),) if keys else ()


def _read(text: str) -> str:
    """Give what reaches readers: of longer texts the HTML, where line ends mean nothing."""
    if "\n" not in text:
        return text
    try:
        return " ".join(prose.render(text, lambda target: target).split())
    except RecursionError:  # lists or quotes that are nested far too deeply
        return text


def _means(found: Definition) -> Means:
    """Look up what the names in a definition stand for."""
    titles = {name: step.title for name, step in found.pathway.steps.items()}
    evidence = found.evidence
    tables: dict[str, Mapping[str, str]] = {
        **dict.fromkeys(_NAMES_STEPS, titles),
        "stage": {stage.id: stage.title for stage in found.pathway.stages},
        "source": {name: source.title for name, source in evidence.sources.items()},
        "evidence": {name: statement.text for name, statement in evidence.statements.items()},
    }
    return lambda key, name: tables.get(key, {}).get(name, "")


def said(value: object, means: Means) -> str:
    """Write a value much as it stands in the file; nothing for what is not there.

    >>> print(said(model.Stage(id="care", title="Care"), lambda key, name: ""))
    id: care
    title: Care
    """
    if isinstance(value, Model):
        return "\n".join(_lines(value, means))
    if isinstance(value, Mapping):
        return "\n".join(_line(str(key), item, means) for key, item in value.items())
    if isinstance(value, tuple):
        items = [said(item, means) for item in value]
        if all(isinstance(item, str) for item in value):
            return ", ".join(items)
        return "\n".join(f"- {item}".replace("\n", "\n  ") for item in items)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _lines(item: Model, means: Means) -> Iterator[str]:
    """Write what is said about an item, a line a key; not what is told of it elsewhere."""
    for key, value in item:
        default = type(item).model_fields[key].get_default(call_default_factory=True)
        elsewhere = (isinstance(item, Step) and key == "next") or (key == "id" and _follows(item))
        if value != default and not elsewhere:
            yield _line(key, value, means)


def _line(key: str, value: object, means: Means) -> str:
    text = said(value, means)
    if "\n" in text or isinstance(value, Model):
        return f"{key}:\n{indent(text, '  ')}"
    meaning = means(key, text) if key in {"to", "stage", "source"} else ""
    return f"{key}: {text} ({meaning})" if meaning else f"{key}: {text}"
