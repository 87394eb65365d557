"""A reader in a real browser: the screens they have, and what they see there."""

import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from playwright.sync_api import Browser, Page, expect, sync_playwright

import browser

P = ParamSpec("P")
R = TypeVar("R")

BOOK = "/back-injection-not-working"
SMALL_PHONE = {"width": 360, "height": 640}
PHONE = {"width": 360, "height": 740}
PATIENCE = 20_000  # ms; a busy machine may be slow, never wrong
DESK = {"width": 1280, "height": 900}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    policy = ""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Add a content security policy, if there is one."""
        if self.policy:
            self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()


@contextmanager
def served(folder: Path, policy: str = "") -> Iterator[str]:
    """Serve a folder on this machine; give its address."""
    strict = type("Strict", (Quiet,), {"policy": policy})
    handler = functools.partial(strict, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def apart(look: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Do in a thread of its own what opens a browser, whether or not a test here has one open."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look, *args, **kwargs).result()


@contextmanager
def opened() -> Iterator[Browser]:
    """Open Chromium."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path=browser.find(), args=arguments)
        yield found
        found.close()


def page_in(chromium: Browser, size: dict[str, int] = DESK, **more: object) -> Page:
    """Open a page on a screen of some size."""
    context = chromium.new_context(viewport=size, **more)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def focused(page: Page) -> str:
    """Name the step whose box has the focus."""
    found: str = page.evaluate(
        """() => {
            const { step, at } = document.activeElement.closest(".pb-box")?.dataset ?? {};
            return step ?? at ?? "";
        }"""
    )
    return found


def stands_at(page: Page, step: str) -> None:
    """Wait until the walk of a page stands at a step, or fail."""
    expect(page.locator(".pb-walk-now")).to_have_attribute("data-now", step)


def at_address(page: Page, ending: str) -> None:
    """Wait until the address of a page ends so, or fail."""
    expect(page).to_have_url(re.compile(f"{re.escape(ending)}$"))


def in_view(page: Page, step: str, box: str = ".pb-scroll [data-step]") -> bool:
    """Tell whether a reader sees the whole box of a step in the window it stands in."""
    found: bool = page.evaluate(
        """([step, boxes]) => {
            const box = [...document.querySelectorAll(boxes)]
                .find(({ dataset }) => (dataset.step ?? dataset.at) === step);
            const around = box.closest(".pb-scroll, .pb-stages");
            const [at, frame] = [box, around].map(e => e.getBoundingClientRect());
            return at.height > 0 && at.left >= frame.left && at.right <= frame.right
                && at.top >= frame.top && at.bottom <= frame.bottom;
        }""",
        [step, box],
    )
    return found


def states_of_the_chart(page: Page, boxes: str = ".pb-box[data-step]") -> dict[str, str]:
    """Give the state that each box shows."""
    found: dict[str, str] = page.evaluate(
        """boxes => Object.fromEntries([...document.querySelectorAll(boxes)]
        .map(({ dataset }) => [dataset.step ?? dataset.at, dataset.state]))""",
        boxes,
    )
    return found
