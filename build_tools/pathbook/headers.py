"""Say which headers a host should send with a built site, for the code that its pages hold."""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

FILE = "_headers"
"""Read by several hosts of static sites, from the top of the site."""

NGINX = "headers.nginx.conf"
"""The same for nginx, to be included in a `server`."""

FILES = (FILE, NGINX)

_CODE = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.DOTALL | re.IGNORECASE)
_ELSEWHERE = re.compile(r"""\bsrc\s*=|\btype\s*=\s*["']?application/(ld\+)?json""", re.IGNORECASE)
_CONTENT = re.compile(r"<article\b.*?</article>", re.DOTALL)
_STYLED = re.compile(r"""<[a-z][^<>]*?\sstyle="([^"]*)\"""", re.IGNORECASE)

_OTHERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(frozen=True)
class Headers:
    """The headers of a site."""

    scripts: tuple[str, ...] = ()
    """Hashes of the scripts that stand in its pages."""
    styles: tuple[str, ...] = ()
    """Hashes of the styles that stand in its pages."""
    styled: tuple[str, ...] = ()
    """Hashes of the styles that stand in attributes."""

    @property
    def policy(self) -> str:
        """The content security policy: nothing from elsewhere, no code but what was built.

        https://www.w3.org/TR/CSP3/
        """
        by_attribute = ("'unsafe-hashes'", *self.styled) if self.styled else ()
        allowed = {
            "default-src": ("'none'",),
            "script-src": ("'self'", *self.scripts),
            "style-src": ("'self'", *self.styles, *by_attribute),
            "img-src": ("'self'", "data:"),
            "font-src": ("'self'",),
            "connect-src": ("'self'",),
            "worker-src": ("'self'",),
            "manifest-src": ("'self'",),
            "base-uri": ("'self'",),
            "form-action": ("'self'",),
            "frame-ancestors": ("'self'",),
        }
        return "; ".join(f"{name} {' '.join(values)}" for name, values in allowed.items())

    @property
    def all(self) -> dict[str, str]:
        """Every header by its name."""
        return {"Content-Security-Policy": self.policy, **_OTHERS}

    def for_hosts(self) -> str:
        """Write the file that several hosts of static sites read.

        https://docs.netlify.com/manage/routing/headers/
        """
        return "\n".join(["/*", *(f"  {name}: {value}" for name, value in self.all.items()), ""])

    def for_nginx(self) -> str:
        """Write the lines for nginx.

        https://nginx.org/en/docs/http/ngx_http_headers_module.html
        """
        lines = [f'add_header {name} "{value}" always;' for name, value in self.all.items()]
        return "\n".join(["# Made with the site; include it in its server.", *lines, ""])


def of(pages: Iterable[str]) -> Headers:
    """Give the headers under which the code of a theme may run, and no other.

    What a page itself says is left out: no definition could ever have its code allowed.
    """
    found: dict[str, set[str]] = {"script": set(), "style": set(), "attribute": set()}
    for page in map(_around, pages):
        for kind, attributes, text in _CODE.findall(page):
            if not _ELSEWHERE.search(attributes):
                found[kind.lower()].add(hashed(text))
        found["attribute"].update(hashed(unescape(text)) for text in _STYLED.findall(page))
    return Headers(*(tuple(sorted(hashes)) for hashes in found.values()))


def _around(page: str) -> str:
    return _CONTENT.sub("", page)


def hashed(text: str) -> str:
    """Name a text the way a policy does; browsers read its line ends as single ones.

    >>> hashed("alert(1)")
    "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    """
    digest = hashlib.sha256(text.replace("\r\n", "\n").encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
