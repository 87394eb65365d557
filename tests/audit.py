"""Ask an index whether what is locked has known vulnerabilities; say so where none can be asked."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

LOCKED = Path("requirements/test.txt")
EXCEPTED = Path("requirements/audit-exceptions.txt")
"""Each line: the id of a vulnerability, and why it may stay for now."""


def exceptions(lines: Iterable[str]) -> dict[str, str]:
    """Read the exceptions; one without a reason is none.

    >>> exceptions(["# remark", "PYSEC-1 we never parse such files", "PYSEC-2"])
    {'PYSEC-1': 'we never parse such files'}
    """
    pairs = (line.strip().partition(" ") for line in lines if not line.startswith("#"))
    return {name: reason.strip() for name, _, reason in pairs if reason.strip()}


def told(answer: Mapping[str, Any], excepted: Mapping[str, str]) -> tuple[list[str], bool]:
    """Say what was found, and whether that is good.

    >>> told({"dependencies": [{"name": "a", "version": "1", "skip_reason": "not found"}]}, {})
    (['Not audited: no index that knows vulnerabilities could be asked.'], True)
    >>> found = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
    >>> told({"dependencies": [found]}, {})
    (['a 1: PYSEC-1; mended in 2', 'Audited 1 package; 0 could not be asked about.'], False)
    >>> told({"dependencies": [found]}, {"PYSEC-1": "never used"})[1]
    True
    """
    packages = answer["dependencies"]
    asked = [package for package in packages if "vulns" in package]
    if not asked:
        return ["Not audited: no index that knows vulnerabilities could be asked."], True
    bad = [
        f"{package['name']} {package['version']}: {one['id']}; mended in "
        + (", ".join(one["fix_versions"]) or "no version yet")
        for package in asked
        for one in package["vulns"]
        if not {one["id"], *one.get("aliases", ())} & set(excepted)
    ]
    many = "1 package" if len(asked) == 1 else f"{len(asked)} packages"
    total = f"Audited {many}; {len(packages) - len(asked)} could not be asked about."
    return [*bad, total], not bad


def main() -> int:
    """Run pip-audit over all that is locked."""
    quiet = ["--progress-spinner", "off", "--timeout", "10", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", *quiet]
    try:
        run = subprocess.run(
            [*command, "-r", str(LOCKED)], capture_output=True, text=True, check=False, timeout=300
        )
        answer = json.loads(run.stdout)
    except subprocess.TimeoutExpired:
        answer = {"dependencies": []}
    except ValueError:  # not even a list of what could not be asked about
        print("The audit itself failed:", *run.stderr.strip().splitlines()[-1:])
        return 1
    lines = EXCEPTED.read_text(encoding="utf-8").splitlines() if EXCEPTED.is_file() else []
    words, good = told(answer, exceptions(lines))
    print("\n".join(words))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
