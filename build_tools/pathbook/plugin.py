"""Let MkDocs publish the books: hooks of a few lines. The only module that imports mkdocs."""

import errno
import gc
import logging
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Event, RLock
from typing import Any
from zlib import compress, decompress

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from markupsafe import escape
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException, PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority, get_plugin_logger
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import CountHandler
from watchdog.events import FileModifiedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, EventEmitter, EventQueue, ObservedWatch

from pathbook import book, navigation, pages, report, search
from pathbook.addresses import DIRECTORIES, Addresses
from pathbook.aside import Aside, aside
from pathbook.navigation import FRONT, PLACE
from pathbook.preview import LastGood, Stamp, stamp
from pathbook.problems import PathbookError, Problem, ProblemsFoundError
from pathbook.progress import Progress
from pathbook.reading import visible
from pathbook.served import Served, merged, overlaid
from pathbook.swap import Swap

log = get_plugin_logger("pathbook")

ENGINE = MkDocsException.__module__.partition(".")[0]
"""Who builds, and the name under which it logs: ProperDocs takes the place of `mkdocs`."""

UNNAMED = '<div class="md-search" data-md-component="search" role="dialog"'
"""What Material for MkDocs writes where its search begins."""

DESCRIBED = '<meta name="description" content="{}">'

_DATES = ("<lastmod>", "Build Date UTC")
_DATED = re.compile(r"\s*<lastmod>[^<]*</lastmod>|\s*Build Date UTC : [^\n]*")
"""The time of the build, as themes write it; without it the same input gives the same bytes."""


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
        self.made: pages.Pages = {}
        self.coming = book.Coming({})
        """The texts of those pages that this build reads."""
        self.aside: Aside | None = None
        """What is set aside of the page that is read just now."""
        self.read = self.written = Progress("", 0, log.info)
        self.shelf: _Shelf | None = None
        """Where the books stand in the navigation of a large library."""
        self.packed: dict[str, bytes] = {}
        self.searched = False
        """Whether the library is so large that it has a search of its own."""
        self.around: list[search.Entry] = []
        """What that knows of the pages around the books."""
        self.swap: _Swap | None = None
        self.live: _Live | None = None
        self.watch: BaseObserver | None = None

    def on_startup(self, *, command: str, dirty: bool) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Remember whether this is a live preview."""
        self.live = _Live() if command == "serve" else None

    def on_config(self, config: MkDocsConfig) -> None:
        """Make the books before MkDocs touches the site that is there."""
        self.flow = Path(config.config_file_path or ".").resolve().parent / self.config.flow
        site, flow = Path(config.site_dir).resolve(), self.flow.resolve()
        if site.is_relative_to(flow) or flow.is_relative_to(site):
            # The site takes the place of the folder: the definitions in it would be lost.
            message = (
                f"site_dir {config.site_dir} and the pathways in {self.flow} lie in each other"
            )
            raise PluginError(f"{message}; give site_dir a folder of its own")
        part = self.live.served if self.live and self.live.served.wanted else None
        try:
            # First: where a build was killed, it brings the last good site back.
            self.swap = _Part(config, part) if part else _Swap(config)
        except (OSError, PathbookError) as error:
            raise PluginError(_refused(error, config.site_dir)) from error
        if self.live:
            self.books = self.live.read(self.flow, config)
        else:
            self.books = _read(self.flow, config, self.swap.site)
        config.extra_css.append(pages.STYLESHEET)
        if "navigation.instant" in config.theme.get("features", ()):
            # Any page may be the one from which a theme swaps in a book's; else books load it.
            script = ExtraScriptValue(pages.SCRIPT)
            script.type = "module"
            config.extra_javascript.append(script)

    def on_files(self, files: Files, config: MkDocsConfig) -> Files:
        """Add the pages, and list them in the navigation."""
        there = {file.dest_uri: file for file in files}
        front = there.pop("index.html", None)
        self.addresses = Addresses(config.use_directory_urls)
        near = self.live.near(self.books) if self.live else self.books
        only = frozenset(each.definition.id for each in near)
        self.made = made = book.site(self.books, self.addresses, _written(front), only)
        self.coming = book.Coming(made)
        own = [file.src_uri for file in files.documentation_pages() if file.src_uri not in made]
        config.nav = navigation.whole(config.nav, near, own)
        listed = set(navigation.paths(config.nav))
        up = os.path.relpath(Path.cwd(), config.docs_dir)
        for path, page in made.items():
            level = InclusionLevel.INCLUDED if path in listed else InclusionLevel.NOT_IN_NAV
            # Pages are made when they are read; the rest is copied before.
            text = "" if path.endswith(".md") or not self._wants(path) else page.text
            file = File.generated(config, path, content=text, inclusion=level)
            if lost := there.get(file.dest_uri):
                message = f"docs/{lost.src_uri} would be lost: a pathway has a page of that address"
                raise PluginError(message)
            if page.source is not None:
                # From the docs folder to the file in the pathways' folder that makes the page.
                file.edit_uri = Path(os.path.normpath(f"{up}/{page.source}")).as_posix()
            if front and path == FRONT:
                file.edit_uri = front.edit_uri
                files.remove(front)
            files.append(file)
        self.around = []
        if not (self.live and self.live.alone):  # else it is known since the whole site was built
            self.searched = _has_own_search(config, len(files.documentation_pages()))
        if self.searched:
            self._search_with_ours(files, config)
        return files

    def _search_with_ours(self, files: Files, config: MkDocsConfig) -> None:
        """Have each page load the script that searches our index."""
        for path, page in pages.search_script(self.addresses).items():
            files.append(File.generated(config, path, content=page.text))
            script = ExtraScriptValue(path)
            script.type, script.defer = ("module", False) if path == pages.SEARCH else ("", True)
            config.extra_javascript.append(script)

    def _wants(self, path: str) -> bool:
        """Tell whether a page is to be made in this build."""
        return not self.live or self.live.served.wants(self.addresses.file(path))

    def on_nav(self, nav: Navigation, files: Files, **_: object) -> None:
        """In a preview, build what is asked for; the navigation knows all.

        In a large library a page lists its own book, as readers would pay for the others' titles.
        """
        total = len(files.documentation_pages())
        self.read = Progress("pages read", total, log.info)
        self.written = Progress("pages written", total, log.info)
        self.shelf = _Shelf.find(nav) if len(self.books) > LISTED else None
        if self.live:
            self.live.choose(files)
        ours = [file.src_uri for file in files.documentation_pages() if _is_ours(file)]
        self.coming = book.Coming(self.made, ours)

    def on_env(self, env: Environment, files: Files, **_: object) -> None:
        """In a preview, compile the theme once."""
        if self.live:
            self.live.learn(files)
            env.bytecode_cache = self.live.compiled

    def on_page_read_source(self, page: MkDocsPage, **_: object) -> str | None:
        """Make a page of a book."""
        self.read.step()
        return self.coming.take(page.file.src_uri) if _is_ours(page.file) else None

    @event_priority(100)
    def on_page_markdown(self, markdown: str, page: MkDocsPage, **_: object) -> str:
        """Set aside what is HTML already; the front page may hold a maintainer's Markdown.

        First of all: other plugins may do more with a text than Markdown does.
        """
        self.aside = aside(markdown) if _is_ours(page.file) and page.file.src_uri != FRONT else None
        return self.aside.markdown if self.aside else markdown

    @event_priority(100)
    def _complete(self, /, html: str, page: MkDocsPage, **_: object) -> str:
        """Put back what was set aside.

        The urgent advice that all pathways share goes above the pages in docs/ too.
        """
        if self.searched:
            self._leave_to_ours(html, page)
        if self.aside:
            page.present_anchor_ids = (page.present_anchor_ids or set()) | self.aside.ids
            return self.aside.back(html)
        if _is_ours(page.file):
            return html
        return pages.shared_alerts(self.books, page.file.src_uri, self.addresses) + html

    def _leave_to_ours(self, html: str, page: MkDocsPage) -> None:
        """Have the theme's search leave a page out; note what ours should know of it."""
        own = _is_ours(page.file) and page.file.src_uri != FRONT
        if not own and not (page.meta.get("search") or {}).get("exclude"):
            about = str(page.meta.get("description") or "")
            self.around.append(search.of_page(page.url, str(page.title or ""), about, html))
        page.meta["search"] = {"exclude": True}

    @event_priority(-100)
    def _pack(self, /, html: str, page: MkDocsPage, **_: object) -> str:
        """Pack a page of a large library until it is written: MkDocs reads all pages before."""
        if not self.shelf:
            return html
        self.packed[page.file.src_uri] = compress(html.encode(), 1)
        return ""

    on_page_content = CombinedEvent(_complete, _pack)

    @event_priority(100)
    def on_page_context(self, _: object, page: MkDocsPage, **__: object) -> None:
        """Unpack a page; let the navigation list the book that it belongs to."""
        if self.shelf:
            self.shelf.show(page)
            page.content = decompress(self.packed.pop(page.file.src_uri)).decode()

    def on_post_page(self, output: str, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Give the theme's search a name, and the page a description where the theme gives none."""
        about = page.meta.get("description") or _about(config)
        if self.shelf:
            page.content = ""  # nobody reads it any more
        self.written.step()
        return _described(_named(_undated(output)), str(about))

    def on_post_template(self, output_content: str, config: MkDocsConfig, **_: object) -> str:
        """Do the same on the page for addresses that do not exist.

        The sitemap does not say that every page changed on the day of the build.
        """
        return _described(_named(_undated(output_content)), _about(config))

    @event_priority(-100)
    def on_serve(self, server: LiveReloadServer, builder: Callable[[], None], **_: object) -> None:
        """Rebuild the preview when a pathway changes."""
        if self.live:
            known = self.live.began
            self.watch = _watched_closely(server, self.flow, known, self.live.served.lock)
            self.live.take_over(server, builder)
        else:  # with `--clean` each edit builds the whole site
            server.watch(str(self.flow))

    def on_shutdown(self) -> None:
        """Stop to look at the pathways, and leave nothing of a build that was stopped."""
        if self.watch:
            self.watch.stop()
            self.watch.join()
        if self.swap:
            self.swap.give_up()

    @event_priority(-100)
    def on_post_build(self, config: MkDocsConfig) -> None:
        """Put the finished site in the place of the last one."""
        if self.searched and not (self.live and self.live.served.wanted):
            log.info("The index for the search is being made.")
            made = book.index(self.books, self.addresses, self.around)
            book.add(made.items(), Path(config.site_dir))
        if not self.live:
            book.complete(Path(config.site_dir))
        if self.swap:
            self.swap.finish(config)

    def on_build_error(self, error: Exception) -> None:
        """Leave the last good site as it was; say so where the disk is the reason."""
        if self.swap:
            self.swap.give_up()
            if isinstance(error, OSError):
                raise PluginError(_refused(error, self.swap.site)) from error


def _has_own_search(config: MkDocsConfig, count: int) -> bool:
    """Tell whether a site of so many pages is searched by our script and not by its theme's."""
    if count <= search.LIMIT:
        return False
    theirs = config.plugins.get("material/search")
    # What makes Material's search work without a server cannot make ours do so.
    if theirs and config.theme.name == "material" and "material/offline" not in config.plugins:
        return bool(theirs.config.enabled)
    if {"search", "material/search"} & set(config.plugins):
        log.info(
            "This site has %s pages; its search loads all that it knows at once.", f"{count:,}"
        )
    return False


def _is_ours(file: File) -> bool:
    return bool(file.generated_by == PLACE)


def _named(html: str) -> str:
    """Name the theme's search, which a screen reader would call a dialog."""
    return html.replace(UNNAMED, f'{UNNAMED} aria-label="Search"')


def _undated(html: str) -> str:
    """Take out the time of the build."""
    return _DATED.sub("", html) if any(mark in html for mark in _DATES) else html


def _described(html: str, description: str) -> str:
    """Say what a page is about where the theme leaves that out."""
    if '<meta name="description"' in html:
        return html
    return html.replace("</head>", f"{DESCRIBED.format(escape(description))}</head>", 1)


def _about(config: MkDocsConfig) -> str:
    return config.site_description or f"Decision pathways: {config.site_name}"


def _read(flow: Path, config: MkDocsConfig, site: Path) -> tuple[pages.Book, ...]:
    """Make all books, or say what is wrong."""
    try:
        found = book.read(flow, Path(config.docs_dir), log.info)
        _tell([problem for problem in found.problems if problem.severity == "warning"])
        return book.draw(found)
    except ProblemsFoundError as error:
        raise PluginError(f"\n{report.text(error.problems)}{_kept(site)}") from error
    except PathbookError as error:
        raise PluginError(f"\n{visible(str(error))}{_kept(site)}") from error


def _refused(error: Exception, site: object) -> str:
    """Say why nothing could be built, and that nothing was lost."""
    if not isinstance(error, OSError):
        return f"{error}{_kept(site)}"
    what = f"{error.filename}: " if error.filename else ""
    return f"the site could not be built: {what}{error.strerror or error}{_kept(site)}"


def _kept(site: object) -> str:
    return f"\n{site} is as it was." if Path(str(site)).is_dir() else ""


def _tell(warnings: Iterable[Problem]) -> None:
    """Tell what may stay.

    Not as warnings of MkDocs: in strict mode these would end the build, and a day that passes (a
    review that falls due) must not keep a site from being built.
    """
    for problem in warnings:
        log.info("%s", report.shown(problem))


INDEX = "search/search_index.json"
"""Where themes look for what their search knows."""

NOT_FOUND = "404.html"
"""The page for addresses that do not exist; every build makes it."""

LISTED = 4
"""With more books a page lists its own alone: each other one would add 0.7 kB to its 32."""

ALONE = frozenset({"pathbook", "meta", "search"})
"""Plugins that look at each page by itself; others might look at all pages of a site."""


class _Live:
    """What a live preview does within MkDocs: it builds the pages that are looked at."""

    def __init__(self) -> None:
        self.good = LastGood(Path())
        self.served = Served(self.good)
        self.compiled = _Compiled()
        self.watched: tuple[Path, ...] = ()
        """What the server watches besides the pathways."""
        self.around: Stamp = frozenset()
        """The state that this was in when the whole site was built."""
        self.began: Stamp = frozenset()
        """The state of the pathways when the preview began: an edit may come before it watches."""
        self.themes: tuple[Path, ...] = ()
        self.dressed: Stamp = frozenset()
        """The state that the folders of the theme were in then: MkDocs may watch them too."""
        self.others = True
        """Whether there are plugins that might look at all of a site."""
        self.docs = Path()
        self.addresses = DIRECTORIES
        self.alone: frozenset[str] = frozenset()
        """The pathways whose pages alone MkDocs knows in this build; none stands for all."""
        self.titles: dict[str, str | None] = {}
        """What pages are called that the navigation gives no title."""

    def read(self, flow: Path, config: MkDocsConfig) -> tuple[pages.Book, ...]:
        """Give the last good books; look for better ones if the whole site is built."""
        if not self.served.wanted:
            self.docs, self.good.flow = Path(config.docs_dir), flow
            self.addresses = Addresses(config.use_directory_urls)
            self.others = not {name.removeprefix("material/") for name in config.plugins} <= ALONE
            paths = (config.docs_dir, config.config_file_path, *config.watch)
            self.watched = tuple(Path(path) for path in paths if path)
            self.around = stamp(*self.watched)
            self.themes = tuple(map(Path, config.theme.dirs))
            self.dressed = stamp(*self.themes)
            self.began = self.began or stamp(flow, base=flow)
            self.refresh()
        if (lost := self.good.problems[""]) and not self.good.books:
            raise PluginError(f"\n{report.text(lost)}")
        return tuple(self.good.books.values())

    def refresh(self) -> bool:
        """Look for changed pathways and tell what is wrong in them; give whether there are any."""
        before = (self.good.errors(), self.good.warnings())
        if not self.good.refresh(self.docs):
            return False
        known = {(problem.code, problem.fact) for problem in before[1]}
        _tell(found for found in self.good.warnings() if (found.code, found.fact) not in known)
        if errors := self.good.errors():
            last = "Until this is mended, the preview shows the last good pages."
            log.error("\n%s\n%s", report.text(errors), last)
        elif before[0]:
            log.info("All is mended.")
        return True

    def take_over(self, server: LiveReloadServer, builder: Callable[[], None]) -> None:
        """Build by way of this, and serve with a box above the pages that have problems."""

        def rebuild() -> None:
            with self.served.lock:
                before = dict(self.good.books)
                try:
                    changed = self.refresh()
                except Exception as error:  # a system without room must not end the preview
                    log.exception("The pathways could not be read.")
                    self.served.failure = str(error)
                    return
                around = stamp(*self.watched)
                if self.others or self.served.failure or around != self.around:
                    self.served.make_all()
                elif changed:
                    books = self.good.books.items()
                    new = tuple(made for name, made in books if made is not before.get(name))
                    found = self._own(book.site(new, self.addresses))
                    self.served.outdate(map(self.addresses.file, found))
                elif stamp(*self.themes) != self.dressed:
                    self.served.make_all()
                # Else one change was told twice: a file may be seen while it is being written.

        self.served.build = partial(self.build, builder)
        server.builder = rebuild
        _set_aside()
        if app := server.get_app():
            server.set_app(overlaid(app, self.served, server.mount_path))

    def build(self, builder: Callable[[], None]) -> str:
        """Build what is wanted; tell and give the reason if that fails, and go on."""
        logger = logging.getLogger(ENGINE)
        level = logger.level
        if self.served.wanted:  # whoever opens a page asks for no report
            logger.setLevel(logging.WARNING)
        try:
            builder()
        except Exception as error:  # a mistake in a theme or in a plugin must not end the preview
            known = isinstance(error, MkDocsException)
            log.error("%s", error, exc_info=None if known else error)  # noqa: TRY400
            return str(error.__context__ or error)
        finally:
            logger.setLevel(level)
        if not self.served.wanted:
            _set_aside()
        return ""

    def _own(self, paths: Iterable[str]) -> set[str]:
        """Leave out what does not change while a preview runs."""
        fixed = (pages.assets, pages.search_script)
        return set(paths).difference(*(made(self.addresses) for made in fixed))

    def near(self, books: tuple[pages.Book, ...]) -> tuple[pages.Book, ...]:
        """Give the books that the pages of this build show; in a large library that is their own.

        What all have to know of one another they know; a page of docs/ may lead anywhere.
        """
        names = frozenset(file.partition("/")[0] for file in self.served.wanted)
        own = tuple(book for book in books if book.definition.id in names)
        self.alone = (
            names if own and len(own) == len(names) and len(books) > LISTED else frozenset()
        )
        return own if self.alone else books

    def choose(self, files: Files) -> None:
        """Note what the site has, and leave out what is not built now."""
        own = self._own(file.src_uri for file in files if _is_ours(file))
        found = {
            file.dest_uri: file.url
            for file in files
            if file.is_documentation_page() or file.src_uri in own
        }
        if self.alone:
            rest = self.served.pages.items()
            found |= {file: url for file, url in rest if file.partition("/")[0] not in self.alone}
        self.served.pages = found
        for file in files:
            if not self.served.wants(file.dest_uri):
                file.inclusion = InclusionLevel.EXCLUDED
                if file.page and file.page.title is None:
                    file.page.title = self.titles.get(file.src_uri)

    def learn(self, files: Files) -> None:
        """Note the titles of pages that are built now, for when others are."""
        built = [file for file in files if file.page and file.page.markdown is not None]
        self.titles |= {file.src_uri: file.page.title for file in built if file.page}


def _watched_closely(
    server: LiveReloadServer, folder: Path, known: Stamp, lock: RLock
) -> BaseObserver:
    """Look at a folder, of which a state is known, as soon as something happens there."""
    closely = BaseObserver(partial(_Looking, known, lock), timeout=0.5)  # type: ignore[arg-type]
    rest = server.observer
    server.observer = closely  # type: ignore[assignment]  # it is asked for no more than it can
    server.watch(str(folder))
    server.observer = rest
    closely.start()
    return closely


class _Looking(EventEmitter):
    """Tells when anything in a folder changed, and when the folder comes or goes.

    What the system says is a hint and no more: some disks say nothing, and some programs say much
    of one change. So it looks by itself too, as often as the server does at the rest; and not while
    something is made, as two who ask for the state of many files keep each other waiting.
    """

    def __init__(
        self,
        seen: Stamp,
        lock: RLock,
        queue: EventQueue,
        watch: ObservedWatch,
        **given: Any,  # noqa: ANN401 (watchdog's)
    ) -> None:
        super().__init__(queue, watch, **given)
        self.seen, self.lock = seen, lock
        self.folder = Path(os.fsdecode(self.watch.path))
        self.hinted = Event()
        self.hints = Observer()

    def on_thread_start(self) -> None:
        hint = FileSystemEventHandler()
        hint.on_any_event = self._hinted  # type: ignore[method-assign]
        with suppress(OSError):  # the folder is not there, or too many are watched already
            self.hints.schedule(hint, str(self.folder), recursive=True)
            self.hints.start()

    def _hinted(self, event: FileSystemEvent) -> None:
        if event.event_type not in {"opened", "closed_no_write"}:  # as when it is read
            self.hinted.set()

    def on_thread_stop(self) -> None:
        self.hinted.set()
        self.hints.stop()

    def queue_events(self, timeout: float) -> None:
        if self.hinted.wait(timeout):
            self.stopped_event.wait(0.03)  # many editors empty a file, then fill it
        if not self.lock.acquire(blocking=False):
            self.stopped_event.wait(0.1)
            return
        self.hinted.clear()
        try:
            now = stamp(self.folder, base=self.folder)
        finally:
            self.lock.release()
        if now != self.seen and self.should_keep_running():
            self.seen = now
            self.queue_event(FileModifiedEvent(self.watch.path))
            # The server waits for a tenth of a second in which it is told nothing.
            self.stopped_event.wait(0.15)


def _set_aside() -> None:
    """Have Python not look through the whole library again whenever it looks for waste."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class _Compiled(BytecodeCache):
    """Keeps what Jinja compiled: MkDocs makes a new environment for each build."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class _Swap:
    """Has MkDocs build beside the last good site, and replaces that only when all went well."""

    def __init__(self, config: MkDocsConfig) -> None:
        self.swap = Swap(Path(config.site_dir))
        self.site, self.fresh = self.swap.site, self.swap.fresh
        self.warnings = CountHandler()
        self.warnings.setLevel(logging.WARNING)
        logging.getLogger(ENGINE).addHandler(self.warnings)
        config.site_dir = str(self.fresh)

    def finish(self, config: MkDocsConfig) -> None:
        config.site_dir = str(self.site)
        logging.getLogger(ENGINE).removeHandler(self.warnings)
        if config.strict and self.warnings.get_counts():
            self.give_up()
            return
        try:
            self.put_in_place()
        except OSError as error:
            why = f"{error.strerror or error}{_kept(self.site)}"
            message = f"the finished site could not take the place of {self.site}: {why}"
            if error.errno in {errno.EBUSY, errno.EXDEV}:
                message += f"\nIf it is a disk of its own, let site_dir be a folder in {self.site}."
            raise PluginError(message) from error

    def put_in_place(self) -> None:
        self.swap.finish()

    def give_up(self) -> None:
        logging.getLogger(ENGINE).removeHandler(self.warnings)
        self.swap.give_up()


class _Part(_Swap):
    """Builds some files of the site beside it, and puts them in when all went well."""

    def __init__(self, config: MkDocsConfig, served: Served) -> None:
        super().__init__(config)
        self.served = served

    def put_in_place(self) -> None:
        for file in self.served.wanted:
            if not (self.fresh / file).exists():
                (self.site / file).unlink(missing_ok=True)
        for file in (*self.served.wanted, NOT_FOUND):
            if (self.fresh / file).exists():
                (self.site / file).parent.mkdir(parents=True, exist_ok=True)
                (self.fresh / file).replace(self.site / file)
        last, built = self.site / INDEX, self.fresh / INDEX
        if last.exists() and built.exists():
            known, new = last.read_text(encoding="utf-8"), built.read_text(encoding="utf-8")
            built.write_text(merged(known, new, self.served.kept()), encoding="utf-8")
            built.replace(last)  # at once: it may be served just now
        self.swap.give_up()


class _Shelf:
    """The place of the books in the navigation, which shows one at a time."""

    def __init__(self, items: list[StructureItem]) -> None:
        self.items = items
        self.at = next(at for at, item in enumerate(items) if _is_book(item))
        items[:] = [item for item in items if not _is_book(item)]
        self.shown = 0

    @classmethod
    def find(cls, nav: Navigation) -> "_Shelf | None":
        """Find where the books stand; nothing where a maintainer put none in the navigation."""
        todo = [nav.items]
        for items in todo:
            if any(map(_is_book, items)):
                for page, following in pairwise(nav.pages):
                    # To turn the last page of a book is not to want another book.
                    if _books_of(page) != _books_of(following):
                        page.next_page = following.previous_page = None
                return cls(items)
            todo += [item.children for item in items if isinstance(item, Section)]
        return None

    def show(self, page: MkDocsPage) -> None:
        """Show the book of a page."""
        own = _books_of(page)
        self.items[self.at : self.at + self.shown] = own
        self.shown = len(own)


def _books_of(page: MkDocsPage) -> list[StructureItem]:
    """Give the section of the book that a page belongs to, if it belongs to one."""
    return [item for item in page.ancestors if _is_book(item)]


def _is_book(item: StructureItem) -> bool:
    """Tell whether this is the section of a book: it begins with the book's own front page."""
    first = item.children[0] if isinstance(item, Section) and item.children else None
    if not (isinstance(first, MkDocsPage) and _is_ours(first.file)):
        return False
    folder, _, name = first.file.src_uri.rpartition("/")
    return bool(folder) and name == FRONT


def _written(front: File | None) -> str:
    """Give what a maintainer wrote for the front page."""
    try:
        return front.content_string if front else ""
    except UnicodeDecodeError as error:
        message = f"docs/{front.src_uri if front else ''} is not UTF-8 text; save it as UTF-8"
        raise PluginError(message) from error
