"""Let MkDocs publish the books: hooks of a few lines. The only module that imports mkdocs."""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import CountHandler

from pathbook import book, pages
from pathbook.problems import PathbookError

log = get_plugin_logger("pathbook")

PLACE = "pathbook"
"""An entry of this name in `nav` is where the pathways go."""


class PathbookConfig(Config):  # type: ignore[no-untyped-call]
    """What can be set under `plugins: - pathbook:`."""

    flow = config_options.Type(str, default="flow")
    """The folder with the pathways, seen from `mkdocs.yml`."""


class PathbookPlugin(BasePlugin[PathbookConfig]):  # type: ignore[no-untyped-call]
    """Adds the books in `flow/` to a MkDocs site."""

    def __init__(self) -> None:
        self.books: tuple[pages.Book, ...] = ()
        self.flow = Path()
        self.swap: _Swap | None = None
        self.serving = False

    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Remember whether this is a live preview."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> None:
        """Make the books before MkDocs touches the site that is there."""
        self.flow = Path(config.config_file_path or ".").resolve().parent / self.config.flow
        try:
            found = book.read(self.flow)
            for problem in found.problems:
                if problem.severity == "warning":
                    log.warning("%s", problem)
            if found.errors:
                counted = f"{len(found.errors)} to mend in {self.config.flow}"
                raise PluginError("\n".join(["", *map(str, found.errors), counted]))
            self.books = book.draw(found.definitions)
        except PathbookError as error:
            raise PluginError(f"\n{error}") from error
        config.extra_css.append(pages.STYLESHEET)
        if not self.serving:
            self.swap = _Swap(config)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages, and list them in the navigation."""
        addresses = pages.Addresses(config.use_directory_urls)
        front = files.get_file_from_path("index.md")
        intro = front.content_string if front else ""
        for path, page in book.site(self.books, addresses, intro).items():
            if path != "index.md" and files.get_file_from_path(path):
                raise PluginError(
                    f"docs/{path} would be lost: a pathway has a page of that address"
                )
            made = File.generated(
                config, path, content=page.text, inclusion=InclusionLevel.INCLUDED
            )
            if page.source is not None:
                made.edit_uri = self._edit_uri(page, config)
            if path == "index.md" and front:
                made.edit_uri = front.edit_uri
                files.remove(front)
            files.append(made)
        config.nav = _navigation(config.nav, self.books, files)
        return files

    def _edit_uri(self, page: pages.Page, config: MkDocsConfig) -> str:
        """Lead from the docs folder to the file in the pathways' folder that makes a page."""
        source = Path.cwd() / str(page.source)
        return Path(os.path.relpath(source, config.docs_dir)).as_posix()

    def on_serve(self, server: LiveReloadServer, **_: object) -> None:
        """Rebuild the preview when a pathway changes."""
        server.watch(str(self.flow))

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Put the finished site in the place of the last one."""
        if self.swap:
            self.swap.finish(config)

    def on_build_error(self, error: Exception) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Leave the last good site as it was."""
        if self.swap:
            self.swap.give_up()


class _Swap:
    """Builds a site beside the last good one, and replaces that only when all went well."""

    def __init__(self, config: MkDocsConfig) -> None:
        self.site = Path(config.site_dir)
        self.site.parent.mkdir(parents=True, exist_ok=True)
        self.fresh = Path(tempfile.mkdtemp(prefix=f".{self.site.name}-", dir=self.site.parent))
        self.fresh.chmod(0o755)
        self.warnings = CountHandler()
        self.warnings.setLevel(logging.WARNING)
        logging.getLogger("mkdocs").addHandler(self.warnings)
        config.site_dir = str(self.fresh)

    def finish(self, config: MkDocsConfig) -> None:
        config.site_dir = str(self.site)
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        if config.strict and self.warnings.get_counts():
            self.give_up()
            return
        last = self.fresh.with_name(f"{self.fresh.name}-last")
        if self.site.exists():
            self.site.rename(last)
        self.fresh.rename(self.site)
        shutil.rmtree(last, ignore_errors=True)

    def give_up(self) -> None:
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        shutil.rmtree(self.fresh, ignore_errors=True)


def _navigation(nav: Any, books: tuple[pages.Book, ...], files: Files) -> list[Any]:  # noqa: ANN401 (as MkDocs has it)
    """Put the library and the pathways where the navigation names them, else first."""
    ours: list[Any] = [{"Pathways": "index.md"}, *pages.navigation(books)]
    if nav is None:
        made = {path for item in books for path in pages.paths(item)} | {"index.md"}
        nav = [
            PLACE,
            *(file.src_uri for file in files.documentation_pages() if file.src_uri not in made),
        ]
    listed = [entry for entry in nav if entry != PLACE]
    at = nav.index(PLACE) if PLACE in nav else 0
    return [*listed[:at], *ours, *listed[at:]]
