"""Read the two states of a library to compare: folders or git revisions. Only this runs git."""

import io
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pathbook import load
from pathbook.model import Definition
from pathbook.problems import PathbookError, Problem, ProblemsFoundError
from pathbook.reading import shown


@dataclass(frozen=True)
class Side:
    """One state of a library."""

    name: str
    """What it is, for people."""
    definitions: tuple[Definition, ...]
    """The pathways that could be read."""
    problems: tuple[Problem, ...]
    """What was found wrong while they were read."""
    found: frozenset[str]
    """The ids of all pathways, those that could not be read too."""
    alone: bool
    """Whether the folder of one pathway was named, and not that of a library."""

    @property
    def unread(self) -> frozenset[str]:
        """The ids of the pathways that could not be read."""
        return self.found - {definition.id for definition in self.definitions}


def sides(old: str, new: str | None, flow: Path) -> tuple[Side, Side]:
    """Read two states, and leave in each what can be compared with the other.

    Each is a folder, or a revision in which the folder `flow` is read; `flow` as it is where `new`
    is left out. `PathbookError` says what is wrong with a name, with git or with a whole state.
    """
    before, after = _side(old, flow), _side(str(flow) if new is None else new, flow)
    if before.alone and after.alone:
        before = _named(before, *after.found)
    names = before.found | after.found
    for side in (before, after):
        names = (names & side.found if side.alone else names) - side.unread
    return _narrowed(before, names), _narrowed(after, names)


def _named(side: Side, name: str) -> Side:
    """Let a pathway have the id of the one it is compared with: a copy has a folder of its own."""
    definitions = (
        replace(found, pathway=found.pathway.model_copy(update={"id": name}))
        for found in side.definitions
    )
    return replace(side, definitions=tuple(definitions), found=frozenset({name}))


def _narrowed(side: Side, names: frozenset[str]) -> Side:
    """Leave out what would look new or gone because it was not read on the other side."""
    kept = (found for found in side.definitions if found.id in names)
    return replace(side, definitions=tuple(kept))


def _side(name: str, flow: Path) -> Side:
    """Read what a name stands for; a folder comes before a revision of the same name."""
    if Path(name).is_dir() or name == str(flow):
        return _read(Path(name), name)
    top, inside = _repository(name, flow)
    commit = _commit(name, top)
    with TemporaryDirectory(prefix="pathbook-") as base:
        folder = Path(base) / Path(os.path.abspath(flow)).name  # noqa: PTH100 (as it is named)
        _extract(name, commit, top, inside, folder)
        at, of = shown(folder), f"{name}:{inside}"
        try:
            read = _read(folder, f"{name} ({commit[:7]})")
        except ProblemsFoundError as error:
            raise ProblemsFoundError(_moved(error.problems, at, of)) from error
        return replace(read, problems=_moved(read.problems, at, of))


def _read(folder: Path, name: str) -> Side:
    """Read a library, or one pathway; `ProblemsFoundError` where there is neither."""
    if (folder / "pathway.yaml").is_file():
        here = Path(os.path.abspath(folder))  # noqa: PTH100 (a link is named, not followed)
        one, problems = load.definition(here)
        return Side(name, (one,) if one else (), problems, frozenset({here.name}), alone=True)
    definitions, problems = load.library(folder)
    found = {entry.name for entry in folder.glob("[!._]*") if entry.is_dir()}
    if not found:
        raise ProblemsFoundError(problems)
    return Side(name, definitions, problems, frozenset(found), alone=False)


def _moved(problems: Iterable[Problem], at: str, of: str) -> tuple[Problem, ...]:
    """Say in which revision a problem is, not where that was put for a moment."""
    return tuple(
        replace(
            problem,
            place=replace(problem.place, file=problem.place.file.replace(at, of, 1)),
            fact=problem.fact.replace(at, of),
        )
        for problem in problems
    )


# git


def _repository(name: str, flow: Path) -> tuple[Path, str]:
    """Find the repository that a folder is in, and where in it the folder is."""
    path = Path(os.path.realpath(flow))
    there = next(folder for folder in (path, *path.parents) if folder.is_dir())
    run = _git(name, there, "rev-parse", "--show-toplevel")
    if run.returncode:
        message = f"there is no folder '{name}', and '{flow}' is in no git repository"
        raise PathbookError(f"{message}, so it cannot be a revision; name a folder{_said(run)}")
    top = Path(os.path.realpath(os.fsdecode(run.stdout.rstrip(b"\r\n"))))
    inside = path.relative_to(top).as_posix()
    return top, "" if inside == "." else inside


def _commit(name: str, top: Path) -> str:
    """Find the commit that a name stands for; a name never reaches git as an option."""
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    run = None if name.startswith(("-", "^")) else _git(name, top, *words)
    if run is None or run.returncode:
        message = f"there is no folder and no revision '{name}'"
        hint = "`git log --oneline` lists revisions; a shallow clone has only the last ones"
        raise PathbookError(f"{message}; {hint}, and `git fetch --unshallow` brings the others")
    return run.stdout.decode().strip()


def _extract(name: str, commit: str, top: Path, inside: str, folder: Path) -> None:
    """Unpack a folder as it was in a revision."""
    tree = f"{commit}:{inside}"
    if _git(name, top, "cat-file", "-t", tree).stdout.strip() != b"tree":
        message = f"there is no folder '{inside}' in revision '{name}'"
        raise PathbookError(f"{message}; name the folder of that time with --flow")
    # Not as an archive: a repository may say of files that they belong into none.
    listed = _git(name, top, "ls-tree", "-r", "-z", tree)
    entries = [entry.split(b"\t", 1) for entry in listed.stdout.split(b"\0") if entry]
    files = [(about.split(), os.fsdecode(path)) for about, path in entries]
    asked = b"".join(about[2] + b"\n" for about, _ in files)
    run = _git(name, top, "cat-file", "--batch", told=asked)
    message = f"the folder '{inside}' of revision '{name}' cannot be unpacked"
    if run.returncode or listed.returncode:
        raise PathbookError(f"{message}{_said(listed) or _said(run)}")
    try:
        with io.BytesIO(run.stdout) as told:
            for (mode, *_), path in files:
                kind, size = told.readline().split()[1:]
                _unpack(told.read(int(size) + 1)[:-1], mode, kind, folder, path)
    except (OSError, ValueError) as error:
        raise PathbookError(f"{message}: {error}") from error


def _unpack(content: bytes, mode: bytes, kind: bytes, folder: Path, path: str) -> None:
    """Write one file of a revision, or the link that it was; parts of other repositories are left.

    `ValueError` if it would stand outside the folder.
    """
    if kind != b"blob":
        return
    file, link = folder / path, os.fsdecode(content) if mode == b"120000" else ""
    if not (file.parent / link).resolve().is_relative_to(folder.resolve()):
        message = f"'{path}' leads out of it"
        raise ValueError(message)
    file.parent.mkdir(parents=True, exist_ok=True)
    if link:
        file.symlink_to(link)
    else:
        file.write_bytes(content)


def _git(
    name: str, folder: Path, *words: str, told: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", "-C", str(folder), *words]
    try:
        return subprocess.run(command, input=told, capture_output=True, check=False)  # noqa: S603 (no shell)
    except OSError as error:
        message = f"there is no folder '{name}', and git cannot be run, so it cannot be a revision"
        raise PathbookError(f"{message}; install git, or name a folder") from error


def _said(run: subprocess.CompletedProcess[bytes]) -> str:
    """Give what git said last."""
    lines = run.stderr.decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
