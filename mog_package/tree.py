"""The files of a package before anything is known about it, from a folder or from a zip."""

from collections.abc import Iterable
from typing import Protocol

MANIFEST = "mog.yaml"

# What file managers, version control and interpreters leave behind: never packed, and dropped
# from an upload.
_IGNORED_NAMES = frozenset(
    {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", "__pycache__", ".git", ".hg", ".svn"}
)
_APPLE_DOUBLE = "._"


class Tree(Protocol):
    """Files by path relative to the package's root, `/` between parts.

    Every path is safe on every computer, no two are the same on any, and the sizes are within
    limits. `paths` are in the order of their UTF-8 bytes.
    """

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the path of every file."""

    def read(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises PackageError when they are not what was promised.
        """


def is_ignored(path: str) -> bool:
    """Tell whether a file, or a folder above it, is nobody's work."""
    return any(is_ignored_name(part) for part in path.split("/"))


def is_ignored_name(name: str) -> bool:
    """Tell whether one part of a path is nobody's work."""
    return name in _IGNORED_NAMES or name.startswith(_APPLE_DOUBLE)


def in_order(paths: Iterable[str]) -> tuple[str, ...]:
    """Return paths in the one order of this format, that of their UTF-8 bytes."""
    return tuple(sorted(paths, key=str.encode))


def top_folder(paths: Iterable[str]) -> str:
    """Return the one folder that holds the whole package, with its slash; "" when none does."""
    known = set(paths)
    tops = {path.partition("/")[0] + "/" for path in known}
    if len(tops) == 1 and (top := tops.pop()) + MANIFEST in known:
        return top
    return ""
