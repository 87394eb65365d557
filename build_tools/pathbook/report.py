"""Tell what was found to people and to programs: as text, JSON, for GitHub, as SARIF."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pathbook import __version__
from pathbook.check import RULES
from pathbook.excerpt import excerpt
from pathbook.problems import Problem
from pathbook.reading import visible
from pathbook.rule import Rule

MOST = 200
"""Problems that a comment lists, which forges cut where it is too long."""

_ACTIVE = frozenset("\\`*_{}[]()<>#|!~&$")


def text(problems: Iterable[Problem]) -> str:
    """Lay problems out for a person, each with the line it is in."""
    return "\n".join(map(shown, problems))


def shown(problem: Problem) -> str:
    """Lay one problem out: the spot and the fact, the line with a mark, and the help below it."""
    first, *rest = (visible(line) for line in str(problem).split("\n"))
    return "\n".join([first, *excerpt(problem.place), *rest])


def total(
    problems: Sequence[Problem], excused: Sequence[Problem], checked: Mapping[str, int]
) -> str:
    """Say in one line how many problems there are, and how much was checked.

    >>> total((), (), {"pathways": 1, "loaded_files": 5})
    'No problems. Checked 1 pathway, 5 loaded files.'
    """
    weights = Counter(f"{problem.severity}s" for problem in problems)
    counted = [_many(weights[word], word) for word in ("errors", "warnings") if weights[word]]
    found = f"{' and '.join(counted)} found" if counted else "No problems"
    also = f", {len(excused)} excused" if excused else ""
    looked_at = ", ".join(_many(n, word) for word, n in checked.items())
    return f"{found}{also}. Checked {looked_at or 'nothing'}."


def _many(n: int, word: str) -> str:
    word = word.replace("_", " ")
    return f"{n} {word if n != 1 else word.removesuffix('s')}"


def as_json(
    problems: Iterable[Problem],
    excused: Iterable[Problem],
    checked: Mapping[str, int],
    **more: object,
) -> str:
    """Give everything as JSON: `problems`, `excused`, `checked`, and what else there is to say."""
    found = {
        "problems": [_plain(problem) for problem in problems],
        "excused": [{**_plain(problem), "reason": problem.excuse} for problem in excused],
        "checked": dict(checked),
        **more,
        "generator": f"pathbook {__version__}",
    }
    return json.dumps(found, ensure_ascii=False, indent=1)


def _plain(problem: Problem) -> dict[str, str | int]:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "about": problem.place.about,
        "fact": problem.fact,
        "expected": problem.expected,
        "hint": problem.hint,
    }


def github(problems: Iterable[Problem]) -> str:
    """Give the commands that show each problem beside the changed line of a proposed change.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return "\n".join(map(_command, problems))


def _command(problem: Problem) -> str:
    place = problem.place
    spot = {"file": place.file, "line": place.line, "col": place.column, "title": problem.code}
    pairs = ",".join(f"{key}={_property(str(value))}" for key, value in spot.items() if value)
    said = "\n".join(part for part in (problem.fact, _expected(problem), problem.hint) if part)
    return f"::{problem.severity} {pairs}::{_data(said)}"


def notice(title: str, text: str) -> str:
    r"""Give the command that shows a text beside a proposed change.

    >>> notice("Changes", "New:\n- a.html")
    '::notice title=Changes::New:%0A- a.html'
    """
    return f"::notice title={_property(title)}::{_data(text)}"


def _expected(problem: Problem) -> str:
    return f"Expected: {problem.expected}" if problem.expected else ""


def _data(text: str) -> str:
    """Escape the text of a command, so that it stays one line and one command."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(
    problems: Iterable[Problem],
    excused: Iterable[Problem],
    checked: Mapping[str, int],
    rules: Sequence[Rule[Any]] = RULES,
    **more: object,
) -> str:
    """Give a SARIF 2.1.0 log, which forges and editors read; `rules` may have been broken.

    What else there is to say stands among the properties of the run.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    known = {rule.code: i for i, rule in enumerate(rules)}
    driver = {
        "name": "pathbook",
        "version": __version__,
        "rules": [
            {
                "id": rule.code,
                "shortDescription": {"text": rule.sentence},
                "defaultConfiguration": {"level": rule.severity},
            }
            for rule in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, known) for problem in (*problems, *excused)],
        "properties": {"checked": dict(checked), **more},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps(
        {"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1
    )


def markdown(problems: Sequence[Problem], checked: Mapping[str, int]) -> str:
    """Give a text for a comment in a review: the total, and a table of what was found."""
    lines = [total(problems, (), checked)]
    if problems:
        lines += ["", "| where | what | expected | rule |", "|---|---|---|---|"]
    for problem in problems[:MOST]:
        cells = (str(problem.place), problem.fact, problem.expected, problem.code)
        lines.append(f"| {' | '.join(map(plain, cells))} |")
    if len(problems) > MOST:
        lines += ["", f"And {len(problems) - MOST} more."]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Write a text so that neither Markdown nor HTML in it does anything."""
    safe = "".join(f"&#{ord(c)};" if c in _ACTIVE else c for c in visible(text.replace("\n", " ")))
    return re.sub(r"://|@|\bwww\.", lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", safe)


def _result(problem: Problem, known: Mapping[str, int]) -> dict[str, object]:
    said = [problem.fact, _expected(problem), problem.hint]
    place: dict[str, object] = {
        "artifactLocation": {"uri": quote(problem.place.file, errors="surrogateescape")}
    }
    if problem.place.line:
        place["region"] = {
            "startLine": problem.place.line,
            "startColumn": max(1, problem.place.column),
        }
    found: dict[str, object] = {
        "ruleId": problem.code,
        "ruleIndex": known[problem.code],
        "level": problem.severity,
        "message": {"text": "\n".join(part for part in said if part)},
        "locations": [{"physicalLocation": place}],
    }
    if problem.excuse:
        found["suppressions"] = [{"kind": "inSource", "justification": problem.excuse}]
    return found
