"""Make libraries of any size from a seed, with pathways like the shipped one.

In the shipped pathway 12 of 47 steps are questions, a step has prose of 60 to 456 words (221 on
average), and there are 269 statements. Here a third of the steps are questions.
"""

import argparse
import json
import random
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

LENGTHS = (60, 65, 69, 72, 75, 81, 87, 103, 119, 157, 196, 283, 370, 374, 378, 395, 413, 434, 456)
"""Words of prose of a step, spread like those of the shipped pathway."""

STATEMENTS = 5
"""Per step."""

SOURCES = 20
TERMS = 30
"""Per pathway."""

COMMON = (
    "the a and of to is in it may for be some with that not are or people pain you can this have "
    "what was who after before from by as help more than other how long few months weeks back leg "
    "no an injection team ask if your about which one most into there when does also treatment"
).split()
"""The words that make up half of what the shipped pathway says."""

ALERTS = [
    {
        "level": "emergency",
        "title": "Get emergency help now if",
        "text": "- you cannot feel your legs\n- you cannot pass water",
        "more": "## Who to call\n\nCall the emergency number of your country.\n",
    }
]

CONFIG = """site_name: A library
site_description: Decision pathways of every department
theme:
  name: material
  font: false
  features: [navigation.indexes, navigation.prune, search.highlight]
plugins: [search, pathbook]
"""

ABOUT = "# About this library\n\nEvery department keeps its own pathways here.\n"


def pathway(size: int, seed: int = 0) -> dict[str, Any]:
    """Make the content of a `pathway.yaml` with so many steps, about ten in each stage.

    Most steps lead on to the next or to one shortly after it; every third asks a question; a few
    ways go back. The last step ends the pathway.
    """
    rng = random.Random(seed)
    stages = max(1, size // 10)
    steps: dict[str, Any] = {}
    for i in range(size):
        step: dict[str, Any] = {
            "title": f"Step {i} is about something that a reader may want to know",
            "kind": "action",
            "stage": f"stage-{i * stages // size}",
            "summary": "It is considered when what came before was not enough.",
        }
        if i == size - 1:
            step["kind"] = "outcome"
        elif i % 3 == 1 and i < size - 2:
            step |= {"kind": "decision", "title": f"Did step {i} help enough?"}
            far = [i + 1, min(size - 1, i + rng.randint(2, 12))]
            step["next"] = [
                {"when": f"Answer {n}", "to": f"s{to}"} for n, to in enumerate(dict.fromkeys(far))
            ]
            if i > 20 and rng.random() < 0.1:
                back = {"when": "Once more", "to": f"s{i - 3}", "back": True}
                step["next"].append(back)
        else:
            step["next"] = f"s{i + 1}"
        steps[f"s{i}"] = step
    listed = [{"id": f"stage-{k}", "title": f"Stage {k}"} for k in range(stages)]
    return {"title": f"{size} steps", "start": "s0", "stages": listed, "steps": steps}


class Words:
    """Says something, in common words and in those of a field, as often as people use them."""

    def __init__(self, seed: int, fields: int = 4000) -> None:
        self.rng = random.Random(seed)
        field = random.Random(f"field {seed % 20}")  # departments share their words
        begins, ends = "ba ce di fo gu la me ni ro su te va".split(), "l n r s t x nd st".split()
        rare = {
            "".join(field.choices(begins, k=field.randint(2, 4))) + field.choice(ends)
            for _ in range(fields)
        }
        self.rare = sorted(rare)
        field.shuffle(self.rare)
        self.often = list(accumulate(1 / (rank + 10) for rank in range(len(self.rare))))

    def some(self, count: int) -> str:
        """Say so many words, in sentences of about twelve."""
        found = []
        while count > 0:
            length = min(count, self.rng.randint(6, 18))
            half = self.rng.choices(COMMON, k=length)
            other = iter(self.rng.choices(self.rare, cum_weights=self.often, k=length))
            words = [next(other) if self.rng.random() < 0.5 else word for word in half]
            found.append(" ".join(words).capitalize() + ".")
            count -= length
        return " ".join(found)


def definition(size: int, seed: int, goes_on: str = "") -> dict[str, str]:
    """Make the files of one pathway; `goes_on` names a pathway in which an answer goes on."""
    words, found = Words(seed), pathway(size, seed)
    rng = words.rng
    name = " ".join(words.rare[:3])
    found |= {
        "title": f"When {name} does not help",
        "summary": words.some(12),
        "alerts": ALERTS,
        "language": "en",
        "status": "draft",
        "version": "1.0.0",
    }
    statements = {}
    pages = {}
    for i, (key, step) in enumerate(found["steps"].items()):
        title = " ".join(rng.choices(words.rare[:400], k=3))
        step["title"] = f"Did {title} help?" if step["kind"] == "decision" else f"About {title}"
        step["summary"] = words.some(12)
        step["evidence"] = [f"F{i * STATEMENTS + n}" for n in range(STATEMENTS)]
        for statement in step["evidence"]:
            source = f"source-{rng.randrange(SOURCES)}"
            statements[statement] = {"text": words.some(17), "source": source}
        length = rng.choice(LENGTHS)
        parts = ("What it is", "What to ask") if length < 200 else ("What it is", "Who", "Risks")
        pages[f"pages/{key}.md"] = "\n".join(
            f"## {heading}\n\n{words.some(length // len(parts))}\n" for heading in parts
        )
    if goes_on:
        steps = found["steps"]
        steps["on"] = {"title": "Go on elsewhere", "kind": "link", "to": goes_on}
        steps["on"]["stage"] = steps["s1"]["stage"]
        steps["s1"]["next"].append({"when": "Something else", "to": "on"})
    sources = {
        f"source-{n}": {"title": words.some(8).rstrip("."), "kind": "guideline", "year": 2000 + n}
        for n in range(SOURCES)
    }
    terms = {word: {"text": words.some(15)} for word in words.rare[20 : 20 + TERMS]}
    return {
        "pathway.yaml": _yaml(found),
        "evidence.yaml": _yaml({"sources": sources, "statements": statements}),
        "glossary.yaml": _yaml({"terms": terms}),
        **pages,
    }


def _yaml(content: object) -> str:
    """Write JSON, which is YAML too."""
    return json.dumps(content, indent=1) + "\n"


def make(base: Path, pathways: int, steps: int, seed: int = 0) -> None:
    """Write a site of so many pathways into a folder."""
    for number in range(pathways):
        # One in five goes on in the next.
        goes_on = f"pathway-{(number + 1) % pathways:04}" if number % 5 == 0 < pathways - 1 else ""
        own = definition(steps, seed * 100_000 + number, goes_on)
        write(base, {f"flow/pathway-{number:04}/{path}": text for path, text in own.items()})
    write(base, {"mkdocs.yml": CONFIG, "docs/about.md": ABOUT})


def write(base: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder, by their paths."""
    for path, text in files.items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text, encoding="utf-8")


def main() -> None:
    """Write a library into a folder, to look at it or to build it by hand."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pathways", type=int, default=20)
    parser.add_argument("--steps", type=int, default=45)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    make(given.folder, given.pathways, given.steps, given.seed)


if __name__ == "__main__":
    main()
