"""Definitions that mean harm: what stands in every field, and what pages must be all the same."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import markdown

from pathbook import book, built_page, layout
from pathbook.book import Checked

TEXTS = {
    "script": "</script><script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "quoted handler": "' onmouseover='alert(1)' x='",
    "svg": "</text></svg></a><svg onload=alert(1)>",
    "template": "{{ 7*7 }} {% raw %} {# x #} ${7*7}",
    "dot": '"]; evil [label="x\\N\\"',
    "link": "[x](javascript:alert(1)) [y](//evil.example)",
    "picture": "![x](http://evil.example/x.png)",
    "heading": "# h\n## i {: #evil onclick=alert(1) }",
    "code": "`a` ``b`` ```\nc\n```",
    "table": "| a | b |\n|---|---|\n| c | d |",
    "remark": "<!-- --> --> <![CDATA[ ]]>",
    "entity": "&lt;script&gt; &amp; &#60;b&#62; &nosuch; &",
    "reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "autolink": "<javascript:alert(1)> <http://evil.example/> www.evil.example",
    "footnote": "[^1] *[abbr]: x",
    "list": "- a\n1. b\n> c\n---\n***",
    "quotes": "\"'`´‘’“”«»\\",
    "turned": "a\u202eb\u2066c\u2069\u061cd\u200f",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 é 👨🏿‍⚕️",
    "other scripts": "痛み ألم כאב वेदना",
    "long word": "x" * 10_000,
    "long text": "pain and more " * 700,
    "spaces": "a\u00a0\u2003\u200b\u2028\u2029b",
    "paths": "../../etc/passwd C:\\windows /etc/passwd file:///etc/passwd",
    "json": '\\u003cscript\\u003e"}],{"',
    "front matter": "---\ntitle: x\n---",
    "style": "</style><style>*{display:none}</style>",
}


def _yaml(data: object) -> str:
    """Write data as the part of YAML that is JSON."""
    return json.dumps(data, ensure_ascii=False)


def definition(text: str) -> dict[str, str]:
    """Write the files of a pathway with a text in every field that takes one."""
    claim = {"text": text, "evidence": ["E"]}
    route = {"when": f"{text} 1", "to": "b", "evidence": ["E"], "note": text, "optional": False}
    other = {"when": f"{text} 2", "to": "c"}
    pathway: dict[str, Any] = {
        "title": f"T {text}", "summary": f"S {text}", "audience": text, "owner": text,
        "version": text, "reviewer": text, "notice": text, "overview": text,
        "alerts": [{"level": "urgent", "title": f"A {text}", "text": f"x {text}", "more": text}],
        "start": "a",
        "stages": [{"id": "s", "title": f"St {text}"}],
        "steps": {
            "a": {
                "kind": "decision", "stage": "s", "title": f"Q {text}", "summary": text,
                "aliases": [text], "evidence": ["E"], "next": [route, other], "compare": ["b", "c"],
                "differences": [claim],
            },
            "b": {
                "kind": "procedure", "stage": "s", "title": f"P {text}", "next": "c",
                "profile": {"involves": claim, "aim": claim}, "was": ["former"],
            },
            "c": {"kind": "outcome", "stage": "s", "title": f"O {text}", "summary": text},
        },
    }  # fmt: skip
    source = {"title": f"So {text}", "kind": text, "body": text, "note": text, "country": text}
    statement = {"text": f"F {text}", "source": "so", "locator": text, "strength": text}
    return {
        "pathway.yaml": _yaml(pathway),
        "evidence.yaml": _yaml({"sources": {"so": source}, "statements": {"E": statement}}),
        "glossary.yaml": _yaml({"terms": {"pain": {"text": f"G {text}", "aliases": ["ache"]}}}),
        "pages/a.md": f"## H {text}\n\npain {text}\n",
        "pages/b.md": f"Words\n\n{text}\n",
    }


def written(files: Mapping[str, str], folder: Path, name: str = "p") -> Checked:
    """Write the files of a pathway, and read it."""
    for path, text in files.items():
        file = folder / "flow" / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return book.read(folder / "flow")


def anywhere(dots: Mapping[str, str]) -> dict[str, layout.Layout]:
    """Place nodes one below the other: as good as Graphviz where nobody looks at the chart."""
    return {name: _anywhere(dot) for name, dot in dots.items()}


def _anywhere(dot: str) -> layout.Layout:
    lines = dot.splitlines()
    edges = [found.groups() for line in lines if (found := re.match(r"\s*(\w+) -> (\w+)", line))]
    nodes = [found[1] for line in lines if (found := re.match(r"\s*(\w+) \[", line))]
    known = {*nodes, *(end for edge in edges for end in edge)} - {"graph", "node", "edge"}
    at = {name: (100.0 * (i % 5), 150.0 * i) for i, name in enumerate(sorted(known))}
    return layout.Layout(at, {(a, b): (at[a], at[b]) for a, b in edges})


def rendered(found: Checked) -> dict[str, built_page.BuiltPage]:
    """Make all pages of a library the way MkDocs does, and read them."""
    pages = book.site(book.draw(found, anywhere))
    return {path: read(path, pages[path].text) for path in pages if path.endswith((".md", ".html"))}


def read(path: str, text: str) -> built_page.BuiltPage:
    """Turn a page into HTML, and read it."""
    if path.endswith(".md"):
        body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
        html = markdown.markdown(body, extensions=["toc", "tables", "fenced_code"])
        head = '<meta charset="utf-8"><title>x</title>'
        text = f"<!doctype html><html><head>{head}</head><article>{html}</article></html>"
    return built_page.read(path, text)


SAFE = re.compile(r"(?!//)(?![a-z][a-z0-9+.-]*:)|https?://|mailto:|tel:", re.IGNORECASE)


def harm(page: built_page.BuiltPage) -> list[str]:
    """List what could act on a reader."""
    found = [f"{what} at {at}" for what, at in page.inline]
    found += [f"script {text!r}" for text, _ in page.scripts]
    found += [
        f"{link.what} {link.address}"
        for link in page.links
        if link.use == "load" or not SAFE.match(re.sub(r"[\s\x00-\x20]", "", link.address))
        if not link.address.endswith((".css", ".js"))
    ]
    found += [f"not valid: {fault}" for fault, _ in page.faults]
    return found


def ran(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own, whose limits harm no other test."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)
