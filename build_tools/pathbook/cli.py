"""The `pathbook` command: arguments, calls and exit codes. The only module that prints."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pathbook import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pathbook.problems import Problem

GOOD, PROBLEMS = 0, 1
"""Exit codes; click itself ends with 2 where the command is used wrongly."""


DOCS = click.option(
    "--docs",
    type=click.Path(path_type=Path),
    default="docs",
    show_default=True,
    help="The folder with the other pages of the site, which prose may link to.",
)


@click.group(
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
def check(flow: Path, docs: Path, strict: bool) -> None:
    """Check every pathway in FLOW and say what is wrong, where, and how to mend it.

    An error keeps the books from being made; a warning does not.
    """
    from pathbook import book
    from pathbook import check as rules

    found = book.read(flow, _there(docs))
    for problem in found.problems:
        _show(problem, err=False)
    counts = rules.counts(found.definitions)
    click.echo(f"{_total(found.problems)}. Checked {counts} with {len(rules.RULES)} rules.")
    sys.exit(PROBLEMS if found.errors or (strict and found.problems) else GOOD)


@main.command(short_help="Show how hard each page is to read, and what rests on sources.")
@click.argument("flow", type=click.Path(path_type=Path), default="flow")
@DOCS
def figures(flow: Path, docs: Path) -> None:
    """Show the figures behind the rules about words, for every page in FLOW."""
    from pathbook import book, content

    found = book.read(flow, _there(docs))
    for problem in found.errors:
        _show(problem, err=True)
    for definition in found.definitions:
        click.echo(content.figures(definition))
    sys.exit(PROBLEMS if found.errors else GOOD)


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
def write(folder: Path, flow: Path, docs: Path, flat: bool) -> None:
    """Write the books as Markdown, charts and assets into DIR, for any other site generator."""
    from pathbook import book
    from pathbook.addresses import Addresses
    from pathbook.problems import PathbookError, ProblemsFoundError

    try:
        books = book.draw(book.read(flow, _there(docs)))
        written = book.write(book.site(books, Addresses(directories=not flat)), folder)
    except ProblemsFoundError as error:
        for problem in error.problems:
            _show(problem, err=True)
        sys.exit(PROBLEMS)
    except PathbookError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(PROBLEMS)
    made = "1 pathway" if len(books) == 1 else f"{len(books)} pathways"
    click.echo(f"Wrote {written} files for {made} into {folder}.")


def _there(docs: Path) -> Path:
    """Refuse a folder of documents that someone named and that is not there."""
    if str(docs) != "docs" and not docs.is_dir():
        message = f"there is no folder '{docs}'"
        raise click.BadParameter(message, param_hint="'--docs'")
    return docs


def _total(problems: "Sequence[Problem]") -> str:
    """Say how many problems there are, and of which kind."""
    if not problems:
        return "No problems"
    counted = [
        f"{n} {word}{'s' if n != 1 else ''}"
        for word in ("error", "warning")
        if (n := sum(problem.severity == word for problem in problems))
    ]
    return f"{' and '.join(counted)} found"


def _show(problem: "Problem", *, err: bool) -> None:
    """Print a problem, with the fact in the colour of its severity where there is colour."""
    first, *rest = str(problem).splitlines()
    colour = "red" if problem.severity == "error" else "yellow"
    click.secho(first, fg=colour, err=err)
    for line in rest:
        click.echo(line, err=err)
