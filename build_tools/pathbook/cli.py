"""The `pathbook` command: arguments, calls and exit codes. The only module that prints."""

import errno
import io
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathbook import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathbook.problems import Problem
    from pathbook.shard import Shard

GOOD, PROBLEMS = 0, 1
"""Exit codes; click itself ends with 2 where the command is used wrongly."""


DOCS = click.option(
    "--docs",
    type=click.Path(path_type=Path),
    default="docs",
    show_default=True,
    help="The folder with the other pages of the site, which prose may link to.",
)


class _Guarded(click.Group):
    """Ends every command in words where its work cannot go on."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a mistake in Pathbook itself, and nothing else, ends in a traceback."""
        for stream in (sys.stdout, sys.stderr):
            # Not every terminal can show every letter, and not every file name is made of letters.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except Exception as error:
            from pathbook.problems import ProblemsFoundError

            if isinstance(error, ProblemsFoundError):
                _show_all(error.problems, err=True)
            elif reason := _reason(error):
                click.echo(f"error: {reason}", err=True)
            else:
                raise
            sys.exit(PROBLEMS)


def _reason(error: Exception) -> str:
    """Say why the work cannot go on; empty for what click or Python have to deal with."""
    from pathbook.problems import PathbookError
    from pathbook.reading import visible

    if isinstance(error, PathbookError):
        return visible(str(error))
    if isinstance(error, OSError) and error.errno != errno.EPIPE:
        where = "" if error.filename is None else f"{visible(str(error.filename))}: "
        return f"{where}{error.strerror or error}"
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    if isinstance(error, RecursionError):
        return "something is nested too deeply to be read"
    return ""


@click.group(
    cls=_Guarded,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 good, 1 problems found, 2 wrong use.",
)
@click.version_option(__version__, prog_name="pathbook")
def main() -> None:
    """Turn decision pathways into books: a chart, a page for every step, a searchable site.

    A pathway is a folder with a file pathway.yaml; FLOW is the folder that holds the pathways.
    """


@main.command(short_help="Check every pathway: what is wrong, where, how to mend it.")
@click.argument("flow", type=click.Path(path_type=Path), default="flow")
@DOCS
@click.option("--strict", is_flag=True, help="End with 1 for warnings too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="For people, for scripts, for a proposed change on GitHub, for forges and editors.",
)
def check(flow: Path, docs: Path, strict: bool, form: str) -> None:
    """Check every pathway in FLOW and say what is wrong, where, and how to mend it.

    An error keeps the books from being made; a warning does not. A review that is overdue never
    ends with 1: the site has to be published to say so. The last line says how much was checked;
    with json and sarif it goes to the standard error.
    """
    from pathbook import book, report
    from pathbook import check as rules

    found = book.read(flow, _there(docs), _tell)
    counts = vars(rules.counts(found.definitions))
    if form == "text":
        _show_all(found.problems, err=False)
    elif form == "github":
        click.echo(report.github(found.problems), nl=bool(found.problems))
    else:
        write = report.as_json if form == "json" else report.sarif
        click.echo(write(found.problems, found.excused, counts))
    total = report.total(found.problems, found.excused, counts)
    click.echo(total, err=form in {"json", "sarif"})
    warned = any(problem.code not in rules.BY_THE_DAY for problem in found.problems)
    sys.exit(PROBLEMS if found.errors or (strict and warned) else GOOD)


@main.command("test", short_help="Walk the scenarios, and say what they do not cover.")
@click.argument("flow", type=click.Path(path_type=Path), default="flow")
@click.option("--complete", is_flag=True, help="End with 1 if a route or an end is not covered.")
@click.option(
    "--suggest",
    is_flag=True,
    help="Print the fewest walks found that take every route, as a scenarios.yaml.",
)
def scenarios_tested(flow: Path, complete: bool, suggest: bool) -> None:
    """Walk the scenarios of every pathway in FLOW, and say which routes and ends they cover.

    Ends with 1 if a scenario does not come to where it must.
    """
    from pathbook import book, scenarios
    from pathbook.reading import visible

    found = book.read(flow)
    _show_all(found.errors, err=True)
    if found.errors:
        sys.exit(PROBLEMS)
    if suggest:
        for definition in found.definitions:
            click.echo(f"# {definition.folder / 'scenarios.yaml'}")
            click.echo(scenarios.suggested(definition.pathway))
        sys.exit(GOOD)
    results = [scenarios.tested(definition) for definition in found.definitions]
    for result in results:
        click.echo("\n".join(map(visible, str(result).split("\n"))))
    click.echo(scenarios.total(results))
    good = all(r.passed and (r.coverage.is_whole or not complete) for r in results)
    sys.exit(GOOD if good else PROBLEMS)


@main.command(short_help="List the rules: their codes, how much they weigh, what they say.")
def rules() -> None:
    """List every rule that `pathbook check` knows.

    A rule that always holds cannot be set: where it is broken no book can be made.
    """
    from pathbook import check

    wide = max(len(rule.code) for rule in check.RULES)
    for rule in check.RULES:
        weight = rule.severity if rule.settable else "always"
        click.echo(f"{rule.code:{wide}}  {weight:7}  {rule.sentence}")


@main.command(short_help="Show how hard each page is to read, and what rests on sources.")
@click.argument("flow", type=click.Path(path_type=Path), default="flow")
@DOCS
def figures(flow: Path, docs: Path) -> None:
    """Show the figures behind the rules about words, for every page in FLOW."""
    from pathbook import book, content

    found = book.read(flow, _there(docs), _tell)
    _show_all(found.errors, err=True)
    for definition in found.definitions:
        click.echo(content.figures(definition))
    sys.exit(PROBLEMS if found.errors else GOOD)


@main.command(short_help="Start a pathway, or a whole site, from a small example.")
@click.argument("name", metavar="[ID]", required=False)
@click.option(
    "--site",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Make a whole site in the new folder DIR, with one pathway.",
)
@click.option(
    "--flow",
    type=click.Path(path_type=Path),
    default="flow",
    show_default=True,
    help="The folder with the pathways of a site that is there.",
)
def new(name: str | None, site: Path | None, flow: Path) -> None:
    """Start the pathway ID, such as knee-pain, from a small example that is complete.

    Its files say what each part is. Nothing that is there already is changed.
    """
    from pathbook import book, scaffold
    from pathbook.problems import PathbookError

    if not (name or site):
        message = "name an ID, as in 'pathbook new knee-pain', or a new folder with --site DIR"
        raise click.UsageError(message)
    if site and flow != Path("flow"):
        raise click.UsageError("a new site has its pathways in the folder 'flow'; leave out --flow")
    try:
        found = scaffold.site(name or scaffold.FIRST) if site else scaffold.pathway(name or "")
    except PathbookError as error:
        raise click.BadParameter(str(error), param_hint="'ID'") from error
    folder = site or flow / str(name)
    book.start(found, folder)
    click.echo("\n    ".join([f"Wrote {len(found)} files into {folder}:", *sorted(found)]))
    book.write_schemas((site or Path()) / flow / scaffold.SCHEMAS)
    click.echo("Change them into your own. Then run:")
    into = [["cd", str(site)]] if site else []
    checked = ["pathbook", "check", *([str(flow)] if flow != Path("flow") else [])]
    for words in (*into, checked, ["mkdocs", "serve"]):
        click.echo(f"    {shlex.join(words)}")


def _shard(_: click.Context, __: click.Parameter, text: str | None) -> "Shard":
    from pathbook.shard import WHOLE, parse

    try:
        return parse(text) if text else WHOLE
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@main.command(short_help="Write the books as Markdown for another site generator.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--flow",
    type=click.Path(path_type=Path),
    default="flow",
    show_default=True,
    help="The folder with the pathways.",
)
@DOCS
@click.option("--flat", is_flag=True, help="Address pages as step.html, not as step/.")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A mkdocs.yml; settings that lead to the written pages are written beside it.",
)
@click.option(
    "--shard",
    metavar="I/N",
    callback=_shard,
    help="Write the part of job I among N jobs that share the work, such as 2/3.",
)
def write(  # noqa: PLR0913, PLR0917 (one for each option)
    folder: Path, flow: Path, docs: Path, flat: bool, config: Path | None, shard: "Shard"
) -> None:
    """Write the books as Markdown, charts and assets into DIR, for any other site generator.

    The other pages of the site come along, with the urgent advice above them. With --config, the
    settings for DIR are written too: mkdocs.yml makes mkdocs.DIR.yml.
    """
    from pathbook import book, handover, load, settings
    from pathbook.addresses import Addresses

    if folder.resolve().is_relative_to(flow.resolve()):
        message = f"{folder} is where the pathways are; what is written would stand among them"
        raise click.BadParameter(f"{message}. Choose another folder", param_hint="'DIR'")
    books = book.draw(book.read(flow, _there(docs), _tell, shard))
    addresses, around = Addresses(directories=not flat), handover.apart_from(docs, folder)
    found = handover.sources(books, addresses, around, shard)
    written = book.write(found, folder, _tell)
    own = [each for each in books if each.definition.id in shard]
    if config:
        documents = sorted(load.site_pages(around))
        made = settings.Made(addresses, own, documents, found)
        beside = book.write_settings(config, folder, made)
    many = "1 pathway" if len(own) == 1 else f"{len(own)} pathways"
    click.echo(f"Wrote {written} files for {many} into {folder}.")
    if config:
        click.echo(f"Wrote the settings for them into {beside}.")


@main.command("headers", short_help="Write the headers for a site that another generator built.")
@click.argument(
    "site", type=click.Path(path_type=Path, exists=True, file_okay=False), default="site"
)
def write_headers(site: Path) -> None:
    """Write into the built site in SITE which headers a host should send with it.

    MkDocs and ProperDocs do so with each build. A file of the same name that is there stays.
    """
    from pathbook import book

    for name, written in book.write_headers(site).items():
        said = "Wrote" if written else "There already, and left as it is:"
        click.echo(f"{said} {site / name}")


@main.command(short_help="Prove a built site: links, books, barriers; before it is published.")
@click.argument("site", type=click.Path(path_type=Path), default="site")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif", "markdown"]),
    default="text",
    show_default=True,
    help="For people, for scripts, for a proposed change on GitHub, for forges and editors, for a"
    " comment in a review.",
)
@click.option(
    "--against",
    metavar="OLD_SITE",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="List what changed since another build, such as the one that is published now.",
)
@click.option(
    "--browser/--no-browser",
    default=True,
    show_default=True,
    help="Look for barriers in Chromium, on every kind of page, light and dark.",
)
def verify(site: Path, form: str, against: Path | None, browser: bool) -> None:
    """Prove the built site in the folder SITE: what is about to be published is whole and safe.

    Every address in it resolves, every step, route and statement is where readers look, urgent
    advice stands on every page, nothing comes from another host, and no page has barriers. The last
    line says how much was looked at; with json and sarif it goes to the standard error.
    """
    from pathbook import report, site_changes
    from pathbook import verify as proof

    found = proof.verified(site, browser=browser)
    changes = site_changes.between(against, site) if against and site.is_dir() else None
    more = {"changes": changes.plain} if changes else {}
    if form == "text":
        _show_all(found.problems, err=False)
    elif form == "github":
        click.echo(report.github(found.problems), nl=bool(found.problems))
    elif form == "sarif":
        click.echo(report.sarif(found.problems, (), found.counts, proof.RULES, **more))
    elif form == "json":
        click.echo(report.as_json(found.problems, (), found.counts, **more))
    else:
        click.echo(report.markdown(found.problems, found.counts))
    if changes and form == "github":
        click.echo(report.notice("What changed in the site", str(changes)))
    elif changes and form in {"text", "markdown"}:
        click.echo(f"\n{changes}\n" if form == "markdown" else f"{changes}\n")
    if form != "markdown":
        total = report.total(found.problems, (), found.counts)
        none = ", ".join(name.replace("_", " ") for name in found.absent)
        total += f" This site has no {none}." if none else ""
        click.echo(total, err=form in {"json", "sarif"})
    sys.exit(PROBLEMS if found.problems else GOOD)


@main.command(short_help="Ask other hosts whether the links of a built site still work.")
@click.argument("site", type=click.Path(path_type=Path), default="site")
@click.option(
    "--memory",
    type=click.Path(path_type=Path, dir_okay=False),
    default=".pathbook-links.json",
    show_default=True,
    help="The file that remembers when each link was last good.",
)
@click.option(
    "--exceptions",
    "excepted",
    type=click.Path(path_type=Path, dir_okay=False),
    default="links.yaml",
    show_default=True,
    help="The file with links that are not asked about, each with a reason and a last day.",
)
@click.option(
    "--max-age",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    help="Days for which a link that was good is not asked about again.",
)
@click.option("--timeout", type=click.IntRange(min=1), default=20, help="Seconds for an answer.")
@click.option(
    "--minutes",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Minutes for all of it, of which one host gets half. The next run goes on.",
)
@click.option("--retries", type=click.IntRange(min=0), default=2, help="Tries after the first.")
@click.option("--private", is_flag=True, help="Ask hosts of this machine and its network too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.option("--exit-code", is_flag=True, help="End with 1 if a link is dead or fails.")
def links(  # noqa: PLR0913, PLR0917 (click gives each argument and option its own)
    site: Path,
    memory: Path,
    excepted: Path,
    max_age: int,
    timeout: int,
    minutes: int,
    retries: int,
    private: bool,
    form: str,
    exit_code: bool,
) -> None:
    """Ask other hosts whether the links on the built site in SITE still work.

    Ends with 0 even where links are dead, so that a host in trouble keeps nobody from publishing.
    """
    from contextlib import suppress
    from datetime import timedelta

    from pathbook import book, built
    from pathbook import links as outside
    from pathbook.asking import Asking
    from pathbook.problems import PathbookError

    def keep() -> None:
        with suppress(PathbookError):  # told at the end
            outside.remember(known, memory)

    known = outside.remembered(memory)
    exceptions, problems = outside.exceptions(excepted, book.today())
    asking = Asking(
        timeout=timeout, retries=retries, host=minutes * 30, whole=minutes * 60, private=private
    )
    found = outside.asked(
        outside.outside(built.read(site)),
        known,
        exceptions,
        book.today(),
        fresh=timedelta(days=max_age),
        asking=asking,
        keep=keep,
    )
    _show_all(problems, err=True)
    if form == "json":
        click.echo(outside.as_json(found))
    else:
        click.echo(outside.markdown(found) if form == "markdown" else outside.text(found))
    if found.answers:
        outside.remember(known, memory)
    bad = found.of("dead", "failing") or problems
    sys.exit(PROBLEMS if exit_code and bad else GOOD)


@main.command(short_help="Show what a change means for readers, and all that changed.")
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--flow",
    type=click.Path(path_type=Path),
    default="flow",
    show_default=True,
    help="The folder with the pathways, which is also looked for in a revision.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="For the terminal, for scripts, for a comment in a review, as a page with charts.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write it to; its folder has to be there.",
)
@click.option("--exit-code", is_flag=True, help="End with 1 if anything is different.")
def diff(  # noqa: PLR0913, PLR0917 (click gives each argument and option its own)
    old: str, new: str | None, flow: Path, form: str, output: Path | None, exit_code: bool
) -> None:
    """Compare the pathways in OLD with those in NEW, or with FLOW as it is now.

    OLD and NEW are folders, or git revisions such as HEAD~1, a branch or v1.0. The order of things,
    comments and line ends mean nothing. Ends with 0 whether or not anything is different, and with
    1 if something could not be read.
    """
    from pathbook import diff_chart, diff_page, diff_report, revisions
    from pathbook.diff import compared

    sides = revisions.sides(old, new, flow)
    before, after = sides
    differences = compared(before.definitions, after.definitions)
    report = diff_report.Report(before.name, after.name, differences)
    if form == "html":
        unions = diff_chart.unions(differences)
        written = diff_page.html(report, unions, diff_chart.draw(unions))
    else:
        write = {"json": diff_report.as_json, "markdown": diff_report.markdown}
        written = write.get(form, diff_report.text)(report)
    _deliver(written, output)
    for side in sides:
        if side.problems:
            click.echo(f"In {side.name}:\n", err=True)
            _show_all(side.problems, err=True)
    unread = any(problem.severity == "error" for side in sides for problem in side.problems)
    sys.exit(PROBLEMS if unread or (exit_code and report.changed) else GOOD)


@main.command(short_help="Write what an editor needs to complete keys as you type.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def schema(folder: Path) -> None:
    """Write the schemas of the files of a pathway into DIR, for an editor on this machine.

    Editors that know YAML then complete keys as you type, and explain each.
    """
    from pathbook import book

    written = book.write_schemas(folder)
    click.echo(f"Wrote {written} schemas into {folder}.")
    click.echo("A file names its schema in its first line, as seen from the file:")
    click.echo("# yaml-language-server: $schema=../.schema/pathway.schema.json")


def _deliver(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8", newline="\n")


def _there(docs: Path) -> Path:
    """Refuse a folder of documents that someone named and that is not there."""
    if str(docs) != "docs" and not docs.is_dir():
        message = f"there is no folder '{docs}'"
        raise click.BadParameter(message, param_hint="'--docs'")
    return docs


def _tell(said: str) -> None:
    click.echo(said, err=True)


def _show_all(problems: "Iterable[Problem]", *, err: bool) -> None:
    """Print problems, set apart by blank lines."""
    for problem in problems:
        _show(problem, err=err)
        click.echo(err=err)


def _show(problem: "Problem", *, err: bool) -> None:
    """Print a problem, with the fact in the colour of its severity where there is colour."""
    from pathbook import report

    first, *rest = report.shown(problem).splitlines()
    colour = "red" if problem.severity == "error" else "yellow"
    click.secho(first, fg=colour, err=err)
    for line in rest:
        click.echo(line, err=err)
