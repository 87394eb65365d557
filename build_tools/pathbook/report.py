"""Tell what was found to people and to programs: as text, JSON, for GitHub, as SARIF."""

import json
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from pathbook import __version__
from pathbook.check import RULES, Counts
from pathbook.excerpt import excerpt
from pathbook.problems import Problem
from pathbook.reading import visible


def text(problems: Iterable[Problem]) -> str:
    """Lay problems out for a person, each with the line it is in."""
    return "\n".join(map(shown, problems))


def shown(problem: Problem) -> str:
    """Lay one problem out: the spot and the fact, the line with a mark, and the help below it."""
    first, *rest = (visible(line) for line in str(problem).split("\n"))
    return "\n".join([first, *excerpt(problem.place), *rest])


def total(problems: Sequence[Problem], excused: Sequence[Problem], counts: Counts) -> str:
    """Say in one line how many problems there are, and how much was checked.

    >>> total((), (), Counts(1, 5, 4))
    'No problems. Checked 1 pathway, 5 steps, 4 routes, 0 statements, 0 pages, 0 rules.'
    """
    counted = [
        f"{n} {word}{'s' if n != 1 else ''}"
        for word in ("error", "warning")
        if (n := sum(problem.severity == word for problem in problems))
    ]
    found = f"{' and '.join(counted)} found" if counted else "No problems"
    also = f", {len(excused)} excused" if excused else ""
    return f"{found}{also}. Checked {counts}."


def as_json(problems: Iterable[Problem], excused: Iterable[Problem], counts: Counts) -> str:
    """Give everything as JSON: `problems`, `excused` and `checked`."""
    found = {
        "problems": [_plain(problem) for problem in problems],
        "excused": [{**_plain(problem), "reason": problem.excuse} for problem in excused],
        "checked": vars(counts),
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


def _expected(problem: Problem) -> str:
    return f"Expected: {problem.expected}" if problem.expected else ""


def _data(text: str) -> str:
    """Escape the text of a command, so that it stays one line and one command."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(problems: Iterable[Problem], excused: Iterable[Problem], counts: Counts) -> str:
    """Give a SARIF 2.1.0 log, which forges and editors read.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    known = {rule.code: i for i, rule in enumerate(RULES)}
    driver = {
        "name": "pathbook",
        "version": __version__,
        "rules": [
            {
                "id": rule.code,
                "shortDescription": {"text": rule.sentence},
                "defaultConfiguration": {"level": rule.severity},
            }
            for rule in RULES
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, known) for problem in (*problems, *excused)],
        "properties": {"checked": vars(counts)},
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps(
        {"$schema": schema, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1
    )


def _result(problem: Problem, known: Mapping[str, int]) -> dict[str, object]:
    said = [problem.fact, _expected(problem), problem.hint]
    place: dict[str, object] = {"artifactLocation": {"uri": quote(problem.place.file)}}
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
