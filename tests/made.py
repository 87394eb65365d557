"""Make random pathways that obey every rule: any size, loops, stages, splits and long ways."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pathbook import book
from pathbook.book import Checked

WORDS = [
    "pain",
    "review the",
    "scan",
    "decision about",
    "procedure",
    "physical therapy",
    "x",
    "extraordinarily",
]


def large_pathway(size: int, stages: int) -> dict[str, Any]:
    """Make a pathway too large for one chart: questions, ways ahead into other stages, ways back.

    The answer to every question is the number of the step it leads to.
    """
    steps: dict[str, Any] = {}
    for i in range(size):
        step: dict[str, Any] = {"kind": "action", "title": f"Do what is done in step {i}"}
        if stages:
            step["stage"] = f"stage-{i * stages // size}"
        if i >= size - 2:
            step["kind"] = "outcome"
        elif i % 3 == 0:
            step["kind"] = "decision"
            far = dict.fromkeys((i + 1, min(i + 2 + i * 7 % 60, size - 1)))
            step["next"] = [{"when": f"{to}", "to": f"s{to}"} for to in far]
            if i % 30 == 27:
                step["next"].append({"when": "again", "to": f"s{i - 25}", "back": True})
        else:
            step["next"] = f"s{i + 1}"
        steps[f"s{i}"] = step
    listed = [{"id": f"stage-{k}", "title": f"Stage {k}"} for k in range(stages)]
    return {"title": "Large", "start": "s0", "stages": listed, "steps": steps}


def made_pathways(folder: Path, seeds: Iterable[int]) -> Checked:
    """Write random pathways into a folder and read them; none has an error."""
    for seed in seeds:
        base = folder / "flow" / f"made-{seed}"
        base.mkdir(parents=True)
        (base / "pathway.yaml").write_text(json.dumps(pathway(seed)))
    found = book.read(folder / "flow")
    assert [str(problem) for problem in found.errors] == []
    return found


def pathway(seed: int) -> dict[str, Any]:
    """Make the content of a `pathway.yaml`."""
    rng = random.Random(seed)
    size, stages = rng.choice([2, 3, 5, 10, 20, 40]), rng.choice([0, 0, 1, 3, 5])
    before: dict[int, set[int]] = {0: {0}}
    steps: dict[str, Any] = {}
    for i in range(size):
        step: dict[str, Any] = {
            "title": " ".join(rng.choices(WORDS, k=rng.randint(1, 7))),
            "kind": "action",
        }
        if stages and rng.random() < 0.9:
            at = i * stages // size if rng.random() < 0.9 else rng.randrange(stages)
            step["stage"] = f"stage-{at}"
        last = i == size - 1
        if last or (i + 1 in before and rng.random() < 0.25):
            step["kind"] = rng.choice(["outcome", "link"])
        else:
            _lead_on(step, i, size, before, rng)
        steps[f"s{i}"] = step
    listed = [{"id": f"stage-{k}", "title": f"Stage {k}"} for k in range(stages)]
    return {"title": f"Made from {seed}", "start": "s0", "stages": listed, "steps": steps}


def _lead_on(
    step: dict[str, Any], i: int, size: int, before: dict[int, set[int]], rng: random.Random
) -> None:
    reach = rng.choice([1, 2, 4, 8, 30])
    targets = {
        i + 1,
        *(rng.randint(i + 1, min(size - 1, i + reach)) for _ in range(rng.choice([0, 0, 1, 2]))),
    }
    step["next"] = [{"to": f"s{target}"} for target in sorted(targets, key=lambda _: rng.random())]
    for target in targets:
        before.setdefault(target, {target}).update(before[i])
    if len(targets) > 1:
        step["kind"], step["take"] = rng.choice(
            [("decision", "one"), ("decision", "any"), ("state", "one")]
        )
        for number, route in enumerate(step["next"]):
            if step["kind"] == "decision" or rng.random() < 0.5:
                route["when"] = f"answer {number} " + "word " * rng.randint(0, 5)
    if rng.random() < 0.15:
        target = rng.choice(sorted(before[i]))
        step["next"].append({"to": f"s{target}", "back": True, "when": "Once more"})
        step["take"] = "one"
    if rng.random() < 0.1:
        step["informs"] = [f"s{rng.randrange(size)}"]
