"""Keep what took long to work out, under a name made of all that it follows from.

It lies where this system keeps such things for a user (`~/.cache/pathbook` on Linux), or in the
folder that `PATHBOOK_CACHE` names. Losing it costs time and nothing else: so no fault of a disk is
told, and what cannot be read is as good as not there.
"""

import gzip
import os
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time

from platformdirs import user_cache_path

DAYS = 60
"""What nobody asked for in so many days is thrown away."""


LARGEST = 1 << 26
"""Bytes of a text that may be kept; what is longer when it is unpacked was not kept by us."""

BESIDE = ".pathbook-"
"""How files begin that are not whole yet."""


def name(*parts: str) -> str:
    """Make a name that no other parts have.

    >>> name("a", "b") == name("a", "b"), name("a", "b") == name("ab")
    (True, False)
    """
    whole = sha256()
    for part in parts:
        whole.update(sha256(part.encode()).digest())
    return whole.hexdigest()


def load(named: str) -> str | None:
    """Give what was kept under a name."""
    path = _folder() / f"{named}.gz"
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:  # a pipe might never end
            return None
        with gzip.open(path) as unpacked:
            text = unpacked.read(LARGEST + 1)
        os.utime(path)
        return text.decode() if len(text) <= LARGEST else None
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        return None


def save(named: str, text: str) -> None:
    """Keep something under a name, whole or not at all."""
    folder = _folder()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=BESIDE, delete=False) as beside:
            beside.write(gzip.compress(text.encode(), mtime=0))
        Path(beside.name).replace(folder / f"{named}.gz")


def tidy() -> None:
    """Throw away what nobody asked for in a long time."""
    oldest = time() - DAYS * 24 * 60 * 60
    with suppress(OSError):
        # Nothing else: a maintainer may have named a folder that holds more.
        for path in [*_folder().glob(f"{'[0-9a-f]' * 64}.gz"), *_folder().glob(f"{BESIDE}*")]:
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _folder() -> Path:
    return Path(os.environ.get("PATHBOOK_CACHE") or user_cache_path("pathbook"))
