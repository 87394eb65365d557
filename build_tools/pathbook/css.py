r"""Find the addresses that a stylesheet loads.

>>> list(addresses("@import 'a.css'; /* url(x) */ p { background: URL( 'b.png' ) }"))
['a.css', 'b.png']
>>> list(addresses(r"p { background: \75rl(c.png) } @namespace svg url(http://w3.org/svg);"))
['c.png']
>>> list(addresses("p { background: image-set('d.png' 1x, url(e.png) 2x) }"))
['d.png', 'e.png']
"""

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|\n|(.))", re.DOTALL)
_STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_TOKEN = re.compile(
    rf"/\*.*?(?:\*/|$)|(?P<string>{_STRING})"
    rf"|(?P<url>(?:u|\\0{{0,4}}[57]5\s?|\\u)(?:r|\\0{{0,4}}[57]2\s?|\\r)(?:l|\\0{{0,4}}[46]c\s?|\\l))"
    rf"\(\s*(?:(?P<quoted>{_STRING})\s*|(?P<bare>(?:[^\s)\"'(\\]|\\.)*)\s*)\)?"
    r"|(?P<word>@?(?:[\w-]|\\.|[^\x00-\x7f])+)|(?P<mark>[(){};])",
    re.DOTALL | re.IGNORECASE,
)
_SETS = frozenset({"image-set", "-webkit-image-set", "image", "src"})
"""Functions that load what their texts name."""


def addresses(css: str) -> Iterator[str]:
    """List the addresses in the order of a stylesheet; a namespace is a name and loads nothing."""
    rule, opened, last = "", [""], ""
    for found in _TOKEN.finditer(css):
        kind = found.lastgroup or ""
        if found["url"] and rule != "@namespace":
            yield _plain(found["quoted"] or found["bare"] or "")
        elif found["string"] and (rule == "@import" or opened[-1] in _SETS):
            yield _plain(found["string"])
        elif found["word"]:
            last = _plain(found["word"]).lower()
            rule = last if last.startswith("@") else rule
        elif found["mark"] == "(":
            opened.append(last)
        elif found["mark"] == ")" and len(opened) > 1:
            opened.pop()
        elif found["mark"] and found["mark"] in "{};":
            rule, opened = "", [""]
        if kind != "word" and found["mark"] != "(":
            last = ""
        if rule == "@import" and (found["url"] or found["string"]):
            rule = ""  # what follows are conditions


def _plain(text: str) -> str:
    """Take the quotes off, and put characters in the place of their escapes."""
    bare = text[1:-1] if text[:1] in {'"', "'"} and len(text) > 1 else text
    return _ESCAPE.sub(_meant, bare)


def _meant(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return found[2] or ""
