"""Let MkDocs publish the books: hooks of a few lines. The only module that imports mkdocs."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import CountHandler

from pathbook import book, pages
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.problems import PathbookError

log = get_plugin_logger("pathbook")

UNNAMED = '<div class="md-search" data-md-component="search" role="dialog"'
"""What Material for MkDocs writes where its search begins."""

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
        self.addresses = DIRECTORIES
        self.swap: _Swap | None = None
        self.serving = False

    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Remember whether this is a live preview."""
        self.serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> None:
        """Make the books before MkDocs touches the site that is there."""
        self.flow = Path(config.config_file_path or ".").resolve().parent / self.config.flow
        try:
            found = book.read(self.flow, Path(config.docs_dir))
            for problem in found.problems:
                if problem.severity == "warning":
                    # Not a warning of MkDocs: in strict mode that would end the build, and a day
                    # that passes (a review that falls due) must not keep a site from being built.
                    log.info("%s", problem)
            self.books = book.draw(found)
        except PathbookError as error:
            if not (self.serving and self.books):
                kept = (
                    f"\n{config.site_dir} is as it was." if Path(config.site_dir).is_dir() else ""
                )
                raise PluginError(f"\n{error}{kept}") from error
            told = f"\n{error}\nUntil this is mended, the preview shows the last good books."
            log.error(told)  # noqa: TRY400 (no traceback for a maintainer)
        config.extra_css.append(pages.STYLESHEET)
        if "navigation.instant" in config.theme.get("features", ()):
            # Any page may be the one from which a theme swaps in a book's; else books load it.
            script = ExtraScriptValue(pages.SCRIPT)
            script.type = "module"
            config.extra_javascript.append(script)
        if not self.serving:
            self.swap = _Swap(config)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages, and list them in the navigation."""
        there = {file.dest_uri: file for file in files}
        front = there.pop("index.html", None)
        self.addresses = Addresses(config.use_directory_urls)
        made = book.site(self.books, self.addresses, _written(front))
        config.nav = _navigation(config.nav, self.books, set(made), files)
        listed = set(_paths(config.nav))
        for path, page in made.items():
            level = InclusionLevel.INCLUDED if path in listed else InclusionLevel.NOT_IN_NAV
            file = File.generated(config, path, content=page.text, inclusion=level)
            if lost := there.get(file.dest_uri):
                message = f"docs/{lost.src_uri} would be lost: a pathway has a page of that address"
                raise PluginError(message)
            if page.source is not None:
                file.edit_uri = self._edit_uri(page, config)
            if front and path == "index.md":
                file.edit_uri = front.edit_uri
                files.remove(front)
            files.append(file)
        return files

    def _edit_uri(self, page: pages.Page, config: MkDocsConfig) -> str:
        """Lead from the docs folder to the file in the pathways' folder that makes a page."""
        source = Path.cwd() / str(page.source)
        return Path(os.path.relpath(source, config.docs_dir)).as_posix()

    def on_page_content(self, html: str, page: MkDocsPage, **_: object) -> str:
        """Put the urgent advice that all pathways share above the pages in docs/ too."""
        if page.file.generated_by == "pathbook":
            return html
        return pages.shared_alerts(self.books, page.file.src_uri, self.addresses) + html

    def on_post_page(self, output: str, **_: object) -> str:
        """Give the theme's search a name, without which a screen reader calls it a dialog."""
        return _named(output)

    def on_post_template(self, output_content: str, **_: object) -> str:
        """Do the same on the page for addresses that do not exist."""
        return _named(output_content)

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


def _named(html: str) -> str:
    return html.replace(UNNAMED, f'{UNNAMED} aria-label="Search"')


class _Swap:
    """Builds a site beside the last good one, and replaces that only when all went well."""

    def __init__(self, config: MkDocsConfig) -> None:
        self.site = Path(config.site_dir).resolve()  # a link stays one
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
        try:
            if self.site.exists():
                self.site.rename(last)
            self.fresh.rename(self.site)
        except OSError as error:
            if last.exists() and not self.site.exists():
                last.rename(self.site)
            message = f"the finished site could not take the place of {self.site}: {error.strerror}"
            raise PluginError(message) from error
        shutil.rmtree(last, ignore_errors=True)

    def give_up(self) -> None:
        logging.getLogger("mkdocs").removeHandler(self.warnings)
        shutil.rmtree(self.fresh, ignore_errors=True)


Nav = list[Any]
"""Navigation as MkDocs has it: paths, and mappings from a title to a path or a list of these."""


def _written(front: File | None) -> str:
    """Give what a maintainer wrote for the front page."""
    try:
        return front.content_string if front else ""
    except UnicodeDecodeError as error:
        message = f"docs/{front.src_uri if front else ''} is not UTF-8 text; save it as UTF-8"
        raise PluginError(message) from error


def _navigation(
    nav: Nav | None, books: tuple[pages.Book, ...], made: set[str], files: Files
) -> Nav:
    """Put the library and the pathways where the navigation names them, else first."""
    if nav is None:
        own = [file.src_uri for file in files.documentation_pages()]
        front = {"index.md", "README.md"}
        nav = [PLACE, *(path for path in own if path not in made | front)]
    ours = [{"Pathways": "index.md"}, *pages.navigation(books)]
    placed = _placed(nav, ours)
    return [*ours, *nav] if placed == nav else placed


def _placed(nav: Nav, ours: Nav) -> Nav:
    """Replace the entry that stands for the pathways, at whatever depth it is."""
    found: Nav = []
    for item in nav:
        title, below = next(iter(item.items())) if isinstance(item, dict) else (None, item)
        if below == PLACE:
            found += [{title: ours}] if title else ours
        elif isinstance(below, list):
            found.append({title: _placed(below, ours)})
        else:
            found.append(item)
    return found


def _paths(nav: Nav) -> Iterator[str]:
    """List the paths that a navigation names."""
    for item in nav:
        target = next(iter(item.values())) if isinstance(item, dict) else item
        if isinstance(target, list):
            yield from _paths(target)
        else:
            yield str(target)
