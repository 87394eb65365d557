"""Give the relative addresses between the files of a site."""

import posixpath
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Addresses:
    """Relative addresses between the files of a book."""

    directories: bool = True
    """Whether a page `knee/rest.md` is published as `knee/rest/` or as `knee/rest.html`."""

    @lru_cache(maxsize=1 << 16)  # noqa: B019 (there are two of them)
    def url(self, path: str) -> str:
        """Give the published address of a file, from the top of the site.

        >>> Addresses().url("knee/rest.md"), Addresses().url("knee/index.md")
        ('knee/rest/', 'knee/')
        >>> Addresses(directories=False).url("knee/rest.md")
        'knee/rest.html'
        """
        if not path.endswith(".md"):
            return path
        bare = path.removesuffix(".md")
        if posixpath.basename(bare) == "README":  # as MkDocs does
            bare = bare.removesuffix("README") + "index"
        if not self.directories:
            return f"{bare}.html"
        return f"{bare}/" if posixpath.basename(bare) != "index" else bare.removesuffix("index")

    def file(self, path: str) -> str:
        """Give the file that a page is published as, from the top of the site.

        >>> Addresses().file("knee/rest.md"), Addresses().file("knee/pathway.json")
        ('knee/rest/index.html', 'knee/pathway.json')
        """
        url = self.url(path)
        return f"{url}index.html" if url.endswith("/") or not url else url

    def source(self, path: str) -> str:
        """Give the file that is written for generators: it lies where they publish its page.

        Some read an address in HTML as seen from the file, others as seen from the page; so both
        have to be the same.

        >>> Addresses().source("knee/rest.md"), Addresses().source("knee/pathway.json")
        ('knee/rest/index.md', 'knee/pathway.json')
        >>> Addresses(directories=False).source("knee/rest.md")
        'knee/rest.md'
        """
        return f"{self.file(path).removesuffix('.html')}.md" if path.endswith(".md") else path

    def between(self, here: str, there: str) -> str:
        """Give the address of one file as seen from another.

        >>> Addresses().between("knee/rest.md", "knee/scan.md")
        '../scan/'
        """
        begin, end = self.url(here).split("/")[:-1], self.url(there).split("/")
        shared = 0
        for one, other in zip(begin, end[:-1], strict=False):
            if one != other:
                break
            shared += 1
        return "../" * (len(begin) - shared) + "/".join(end[shared:]) or "./"


DIRECTORIES = Addresses()
"""What most sites use: every page in a directory of its own."""
