"""Make the reference pages for maintainers from what the program knows: keys, commands, rules."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import click
import yaml
from markdown.extensions.toc import slugify
from pydantic.json_schema import JsonSchemaValue

from pathbook import check, schema

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "Alert": "Urgent advice",
        "Stage": "A stage",
        "Content": "What is expected of the text",
        "Step": "A step",
        "Route": "A route",
        "Profile": "A profile",
        "Claim": "A sentence with its evidence",
        "Rules": "How the rules are set",
        "Excuse": "An excuse",
        "Source": "A source",
        "Statement": "A statement",
        "Term": "A term",
        "Scenario": "A scenario",
    }
)
"""What the parts of the files are called, in reading order; others go by their name."""

ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "FLOW": "The folder that holds the pathways.",
        "DIR": "The folder to write into.",
        "OLD": "What was there before.",
        "NEW": "What is there now; if left out, the pathways as they are.",
        "ID": "The id of the new pathway: lower-case letters a-z, digits and single hyphens.",
    }
)
"""What is named after a command, by the word that its help has for it."""

KEPT: Mapping[str, str] = MappingProxyType(
    {
        "reading": "So that the files can be read",
        "book": "So that a book can be made",
        "care": "For the care of readers",
    }
)
"""Why a rule is there."""

SETTABLE = (
    "A pathway can make these weigh more or less, or excuse what they find, under "
    "[`rules`](../keys.md#how-the-rules-are-set). The other rules hold always."
)
"""What is told of the rules that a pathway can set."""


def keys() -> str:
    """List every key of every file."""
    return _page(
        "build_tools/pathbook/model.py",
        "All keys",
        "This is all that can stand in the files of a pathway. [How the files are written]"
        "(format.md) explains them, with a whole example.",
        "Keys that are not needed can be left out. A key that is a link holds keys of its own.",
        *(block for name in schema.FILES for block in _file(name)),
    )


def commands(group: click.Group) -> str:
    """List every command, with all that can stand behind it."""
    context = click.Context(group, info_name="pathbook")
    below = (
        _command(command, click.Context(command, context, name))
        for name, command in sorted(group.commands.items())
    )
    return _page(
        "build_tools/pathbook/cli.py",
        "All commands",
        *_command(group, context),
        *(b for c in below for b in c),
    )


def rules() -> str:
    """List every rule that `pathbook check` knows."""
    return _page(
        "the rules in build_tools/pathbook/",
        "All rules",
        "`pathbook check` tells where one of these is broken, and names its code in brackets. "
        "An error keeps the books from being made; a warning does not.",
        *(block for kept in KEPT for block in _rules(kept)),
    )


def as_yaml(value: object) -> str:
    """Write a value on one line, as a maintainer would, with quotes only where they are needed.

    >>> as_yaml(["Yes", 9, True])
    '[Yes, 9, true]'
    >>> as_yaml("Scans: look again")
    "'Scans: look again'"
    """
    text = yaml.dump(
        _texts(value),
        Dumper=_Texts,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    return text.removesuffix("...\n").strip()


class _Texts(yaml.SafeDumper):
    """Takes every text for a text, as the loader does."""


_Texts.yaml_implicit_resolvers = {}


def _texts(value: object) -> object:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _page(made_from: str, title: str, *blocks: str) -> str:
    """Put a page together; what readers do not see says where its words come from."""
    made = f"<!-- Made by `make golden` from {made_from}: change the words there. -->"
    return "\n\n".join([f"# {title}", made, *blocks]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`"


def _left_out(value: str) -> str:
    return f"If left out: {_code(value)}."


# Keys


def _file(name: str) -> Iterator[str]:
    """List the keys of a file and then of its parts."""
    found = schema.written(schema.FILES[name], "")
    parts: dict[str, JsonSchemaValue] = found.get("$defs", {})
    yield f"## {name}.yaml"
    yield from _part(found)
    for part in sorted(parts, key=lambda part: [*HEADINGS, part].index(part)):
        yield f"### {_heading(part)}"
        yield from _part(parts[part])


def _heading(part: str) -> str:
    return HEADINGS.get(part, part)


def _part(found: JsonSchemaValue) -> Iterator[str]:
    needed = found.get("required", ())
    yield found["description"]
    yield _table(
        ("key", "what it is", "example"),
        (_key(name, key, name in needed) for name, key in found["properties"].items()),
    )


def _key(name: str, found: JsonSchemaValue, needed: bool) -> Iterator[str]:
    part = next(_parts(found), None)
    yield f"[{_code(name)}](#{slugify(_heading(part), '-')})" if part else _code(name)
    default = f" {_left_out(as_yaml(found['default']))}" if "default" in found else ""
    yield f"{'Needed. ' if needed else ''}{found['description']}{default}"
    yield " or ".join(_code(as_yaml(example)) for example in found.get("examples", ()))


def _parts(found: object) -> Iterator[str]:
    """Find the parts that a value is made of: those with keys of their own."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key == "$ref":
                yield str(value).rpartition("/")[2]
            elif key != "examples":
                yield from _parts(value)
    elif isinstance(found, list):
        for item in found:
            yield from _parts(item)


# Commands


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    """Tell what a command does, what can stand behind it, and how it ends."""
    if context.parent:
        yield f"## {context.command_path}"
    yield f"```console\n{' '.join(context.get_usage().split()[1:])}\n```"
    yield from _plain(command.help or "")
    rows = [list(_parameter(found, context)) for found in command.params]
    if rows:
        yield _table(("argument or option", "what it does"), rows)
    yield from _plain(command.epilog or "")


def _plain(text: str) -> Iterator[str]:
    """Give the paragraphs of a help text, with nothing in them that Markdown would change."""
    for part in schema.folded(text).split("\n\n"):
        if part:
            yield re.sub(r"([\\*_<\[\]#])", r"\\\1", part)


def _parameter(found: click.Parameter, context: click.Context) -> Iterator[str]:
    """Name an argument or option, and say what it does and what holds without it."""
    name, told = found.human_readable_name.strip("[]"), ""
    if isinstance(found, click.Option):
        record = found.get_help_record(context)
        name, told = record[0] if record else found.opts[0], found.help or ""
    words = [told or ARGUMENTS.get(name, "")]
    if isinstance(found.type, click.Choice):
        name = name.partition(" ")[0]
        words.append(f"One of: {', '.join(_code(str(choice)) for choice in found.type.choices)}.")
    if isinstance(found.default, str):
        words.append(_left_out(found.default))
    yield _code(name)
    yield " ".join((["Needed."] if found.required else []) + words)


# Rules


def _rules(kept: str) -> Iterator[str]:
    """List the rules that are there for one reason; each has a page of its own."""
    found = [rule for rule in check.RULES if rule.kept == kept]
    yield f"## {KEPT[kept]}"
    if all(rule.settable for rule in found):
        yield SETTABLE
    rows = ((f"[{rule.code}]({rule.code}.md)", rule.severity, rule.sentence) for rule in found)
    yield _table(("code", "weight", "what holds"), rows)
