"""Open what ships inside the package: templates that escape, stylesheets, the script."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined


def text(name: str) -> str:
    """Read a file, such as `assets/pathbook.css`."""
    return files("pathbook").joinpath(name).read_text(encoding="utf-8")


def templates() -> Environment:
    """Open the templates: all that is put into them is escaped, and nothing may be missing."""
    return Environment(
        loader=PackageLoader("pathbook"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
