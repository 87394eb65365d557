"""Build a site again and again, each time killed at another moment; tell what readers then find.

Runs as a program of its own: it forks, so that each build begins with MkDocs already loaded.
"""

import hashlib
import json
import os
import random
import signal
import sys
from pathlib import Path

import mkdocs.commands.build
import mkdocs.config

import pathbook.plugin  # noqa: F401 (loaded before the forks)


def state(site: Path) -> str:
    """Name all that stands in a folder, to the byte."""
    files = sorted(path for path in site.rglob("*") if path.is_file())
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    return hashlib.sha256(repr([*zip(map(str, files), digests, strict=True)]).encode()).hexdigest()


def build(kill_at: int = 0) -> tuple[int, int]:
    """Build in a process of its own, killed at an event; give its end and the events it saw."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, _: object) -> None:
            nonlocal seen
            if not event.startswith(("object.", "compile", "import", "sys._")):
                seen += 1
                if seen == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 2)
        config = mkdocs.config.load_config(strict=True)
        mkdocs.commands.build.build(config)
        os.write(writer, str(seen).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        count = pipe.read()
    return os.waitpid(child, 0)[1], int(count or 0)


def main(builds: int) -> None:
    """Change the definition before every build; say in JSON how each one ended."""
    pathway = Path("flow/bare/pathway.yaml")
    texts = [pathway.read_text(), pathway.read_text().replace("title: ", "title: New ", 1)]
    site, whole, events = Path("site"), {}, 0
    for i in (0, 1):
        pathway.write_text(texts[i])
        _, events = build()
        whole[state(site)] = i
    rng, found, killed = random.Random(6), [], 0
    for i in range(builds):
        pathway.write_text(texts[i % 2])
        # One in three near the end, where the new site takes the place of the old one.
        late = i % 3 == 0
        end, _ = build(rng.randint(max(1, events - 60) if late else 1, events))
        killed += os.WIFSIGNALED(end)
        found.append(whole.get(state(site), -1))
    pathway.write_text(texts[0])
    end, _ = build()
    left = sorted(path.name for path in Path().iterdir())
    told = {"found": found, "killed": killed, "end": end, "events": events, "left": left}
    print(json.dumps({**told, "last": whole.get(state(site), -1)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
