"""Make pathways of any size from a seed, shaped like the shipped one: stages and questions."""

import random
from typing import Any


def pathway(size: int, seed: int = 0) -> dict[str, Any]:
    """Make the content of a `pathway.yaml` with so many steps, about ten in each stage.

    Most steps lead on to the next or to one shortly after it; every third asks a question; a few
    ways go back. Some steps of each stage end the pathway.
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
        elif i % 3 == 1:
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
