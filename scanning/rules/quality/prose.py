"""The Markdown of a package, read within bounds, with its code blocks blanked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mog_package import Package

# Longer texts are data; nobody reads them.
_FILE_BYTES = 512 * 1024
_PACKAGE_BYTES = 4 * 1024 * 1024
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_INLINE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text; `bare` is as long in lines, without code and comments of its own."""

    path: str
    text: str
    bare: str

    def line_of(self, offset: int) -> int:
        """Return the line of a place in `bare`, counted from 1."""
        return self.bare.count("\n", 0, offset) + 1


def of(package: Package) -> Iterator[Prose]:
    """Yield every Markdown file."""
    left = _PACKAGE_BYTES
    for file in package.files:
        is_read = file.path.lower().endswith((".md", ".mdx")) and file.size_bytes <= _FILE_BYTES
        if is_read and left >= file.size_bytes:
            left -= file.size_bytes
            text = package.tree.read(file.path).decode("utf-8-sig")
            yield Prose(file.path, text, _INLINE.sub("", _without_blocks(text)))


def _without_blocks(text: str) -> str:
    """Blank every line of a fenced block."""
    lines: list[str] = []
    mark = ""
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if not mark:
            lines.append("" if fence else line)
            mark = fence[1] if fence else ""
            continue
        lines.append("")
        if fence and fence[1].startswith(mark):
            mark = ""
    return "\n".join(lines)
