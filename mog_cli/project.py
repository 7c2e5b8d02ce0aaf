"""A project: the folder that packages are installed into, and whose lockfile names them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mog_cli.errors import PathTraversal
from mog_package import Target

LOCKFILE = "mog.lock.json"

# The folder by which a client shows that it is used in a project.
CLIENT_FOLDERS = {
    Target.CURSOR: ".cursor",
    Target.CLAUDE_CODE: ".claude",
    Target.WINDSURF: ".windsurf",
    Target.GEMINI_CLI: ".gemini",
    Target.CODEX: ".codex",
    Target.OPENCLAW: ".openclaw",
}

# Nothing is installed in these, not even through a link that a repository brings along.
_CLOSED = frozenset({".git", ".hg", ".svn", ".github", ".gitlab", ".mog"})


@dataclass(frozen=True, slots=True)
class Project:
    """A project by its folder, which is absolute and holds no link."""

    root: Path

    @property
    def lockfile(self) -> Path:
        """Return where the lockfile is, or would be."""
        return self.root / LOCKFILE

    @property
    def state(self) -> Path:
        """Return the folder that mog keeps for itself."""
        return self.root / ".mog"

    def detected_targets(self) -> tuple[Target, ...]:
        """Return the clients whose folders are here."""
        return tuple(
            target for target, name in CLIENT_FOLDERS.items() if (self.root / name).is_dir()
        )

    def place(self, path: str) -> Path:
        """Return a place by its relative path.

        Raises PathTraversal when a link leads out of the project, or to where hooks and workflows
        are kept. The last part is not followed: it is replaced and not written through.
        """
        place = self.root / path
        parent = Path(os.path.realpath(place.parent))
        if not parent.is_relative_to(self.root) or ".." in Path(path).parts:
            raise PathTraversal(path)
        if not _CLOSED.isdisjoint(parent.relative_to(self.root).parts):
            raise PathTraversal(path)
        return place


def around(folder: Path, *, home: Path) -> Project:
    """Return the project around a folder: the nearest one upwards with a mark, else the folder.

    Marks are the lockfile, a client's folder and `.git`. The home folder is one only for who
    stands in it: clients keep their own settings there, and every project is below it.
    """
    here = Path(os.path.realpath(folder))
    home = Path(os.path.realpath(home))
    for candidate in (here, *here.parents):
        if candidate == home and candidate != here:
            break
        if _is_marked(candidate):
            return Project(candidate)
    return Project(here)


def _is_marked(folder: Path) -> bool:
    marks: Iterable[str] = (LOCKFILE, ".git", *CLIENT_FOLDERS.values())
    return any((folder / mark).exists() for mark in marks)
