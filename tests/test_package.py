"""The package that people install holds all it needs, and its parts keep to their jobs."""

import ast
import itertools
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import ROOT

PACKAGE = ROOT / "build_tools" / "pathbook"


def test_the_wheel_holds_the_templates_the_stylesheet_and_what_people_start_from(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = [
        path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert {path.relative_to(PACKAGE.parent).as_posix() for path in files} <= packed
    assert "pathbook/scaffold/pathway/pathway.yaml" in packed
    assert "pathbook/scaffold/site/.gitignore" in packed
    assert not [name for name in packed if name.startswith(("tests", "flow"))]


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def test_only_the_plugin_knows_mkdocs_and_only_three_modules_run_programs() -> None:
    users: dict[str, set[str]] = {
        "mkdocs": set(),
        "subprocess": set(),
        "pygraphviz": set(),
        "click": set(),
    }
    for path in PACKAGE.glob("*.py"):
        for library, where in users.items():
            if any(name.split(".")[0] == library for name in imports(path)):
                where.add(path.stem)
    assert users == {
        "mkdocs": {"plugin"},
        "subprocess": {"asking", "layout", "revisions"},
        "pygraphviz": {"layout"},
        "click": {"cli", "reference"},
    }


def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "build_tools" / "__init__.py").exists()


@pytest.mark.parametrize("name", ["site", "test", "bench"])
def test_every_package_is_locked_with_its_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.split(r"\n(?=\w)", text.strip())
    assert len(packages) > 20
    assert [one for one in packages if not re.search(r"==\S+.*--hash=sha256:", one, re.S)] == []


def test_the_locked_packages_are_those_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    site = [*project["project"]["dependencies"], *groups["build"]]
    wanted = {
        "site": site,
        "test": [*site, *groups["test"], *groups["lint"]],
        "bench": [*site, *itertools.chain(*groups.values())],
    }
    for name, asked in wanted.items():
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        locked = dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE))
        known = {canonicalize_name(package): version for package, version in locked.items()}
        for requirement in map(Requirement, asked):
            version = known.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in requirements/{name}.txt: make lock"
            assert requirement.specifier.contains(version), f"{requirement} is locked as {version}"
