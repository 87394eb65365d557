"""Build a site beside the last good one, and put it in its place in one go."""

import ctypes
import os
import shutil
import sys
import tempfile
from pathlib import Path

from pathbook.problems import PathbookError

if sys.platform != "win32":
    import fcntl

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""https://man7.org/linux/man-pages/man2/rename.2.html"""


class Swap:
    """A folder to build in, and the site whose place it takes when all went well.

    While it is there, no other build can begin on the same site: `PathbookError` says so. If the
    process is killed, the system opens the lock, and the next build takes away what was left.
    """

    def __init__(self, site: Path) -> None:
        self.site = site.resolve()  # a link stays one
        if self.site.exists() and not self.site.is_dir():
            raise PathbookError(f"{site} is no folder; move it away, or give site_dir another name")
        prefix = f".{self.site.name}-build-"
        self.site.parent.mkdir(parents=True, exist_ok=True)
        self.lock = _Lock(self.site.with_name(f".{self.site.name}.lock"), self.site)
        try:
            self._mend(prefix)
            self.fresh = Path(tempfile.mkdtemp(prefix=prefix, dir=self.site.parent))
            self.fresh.chmod(self.site.stat().st_mode & 0o7777 if self.site.exists() else 0o755)
        except OSError:
            self.lock.open()
            raise

    def _mend(self, prefix: str) -> None:
        """Take away what builds that were killed have left; a last good site comes back."""
        left = sorted(self.site.parent.glob(f"{prefix}*"))
        if not self.site.exists():
            for last in (path for path in left if path.name.endswith("-last")):
                last.rename(self.site)
                break
        for path in left:
            shutil.rmtree(path, ignore_errors=True)

    def finish(self) -> None:
        """Put the finished site in the place of the last one."""
        try:
            if self.site.exists():
                self._keep_hidden()
                self._exchange()
            else:
                self.fresh.rename(self.site)
        finally:
            self.give_up()

    def _keep_hidden(self) -> None:
        """Take along what a maintainer may keep in the site, such as `.git`; no build empties it.

        It is copied: at any moment a build may be killed.
        """
        for path in self.site.glob(".*"):
            if (there := self.fresh / path.name).exists():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, there, symlinks=True)
            else:
                shutil.copy2(path, there, follow_symlinks=False)

    def _exchange(self) -> None:
        if exchanged(self.fresh, self.site):
            return
        last = self.fresh.with_name(f"{self.fresh.name}-last")
        self.site.rename(last)
        try:
            self.fresh.rename(self.site)
        except OSError:
            last.rename(self.site)
            raise
        shutil.rmtree(last, ignore_errors=True)

    def give_up(self) -> None:
        """Take away what was built, and let others build."""
        shutil.rmtree(self.fresh, ignore_errors=True)
        self.lock.open()


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places, with no moment between; tell whether that is possible here."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    paths = (AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other))
    return bool(rename(*paths, RENAME_EXCHANGE) == 0)


class _Lock:
    """A file beside a site that one build holds at a time; nothing is left of it afterwards."""

    def __init__(self, path: Path, site: Path) -> None:
        self.path = path
        self.handle: int | None = None
        while self.handle is None:
            self._try(site)

    def _try(self, site: Path) -> None:
        handle = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            if sys.platform != "win32":
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if self.path.stat().st_ino == os.fstat(handle).st_ino:  # else its last holder took it
                self.handle = handle
        except FileNotFoundError:
            pass
        except BlockingIOError as error:
            message = (
                f"another build is at work on {site}; wait until it has ended, and build again"
            )
            raise PathbookError(message) from error
        finally:
            if self.handle is None:
                os.close(handle)

    def open(self) -> None:
        """Let others build."""
        if self.handle is not None:
            self.path.unlink(missing_ok=True)
            os.close(self.handle)
            self.handle = None
