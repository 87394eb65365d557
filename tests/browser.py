"""Find the browser that the tests drive, and fetch one where the machine has none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Give the path of the machine's own Chromium, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    """Get Chromium from the package manager if that is allowed, else from Playwright."""
    if shutil.which("apt-get"):
        admin = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        commands = (
            ["update", "-qq"],
            ["install", "-qq", "-y", "--no-install-recommends", "chromium"],
        )
        if (not admin or shutil.which("sudo")) and all(
            subprocess.call([*admin, "apt-get", *command], env=quiet, stdout=subprocess.DEVNULL)
            == 0
            for command in commands
        ):
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find() is None:
        print("No Chromium on this machine; fetching one.", flush=True)
        install()
    print(f"Browser: {find() or 'the one that Playwright brings'}")
