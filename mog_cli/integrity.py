"""Hold what is installed against the lockfile, file by file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mog_cli import steps
from mog_cli.errors import PathTraversal
from mog_cli.lockfile import LockedPackage
from mog_cli.project import Project

# What file managers and interpreters leave behind wherever they look. A repository's own folder is
# not among them: it is somebody's work.
_NOBODYS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__"})


class Kind(StrEnum):
    """How a file differs."""

    MISSING = "missing"
    CHANGED = "changed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file, by its path in the project, that is not as it was installed.

    With `server` it is that entry of a settings file.
    """

    path: str
    kind: Kind
    server: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        entry = f"server {self.server}: " if self.server else ""
        return f"{self.path}: {entry}{self.kind}"


def differences(project: Project, package: LockedPackage) -> list[Difference]:
    """Return every file of a package that is missing, changed or extra, in order of their paths.

    What file managers and interpreters leave behind is no difference.
    """
    found = [
        difference
        for folder in package.folders
        for difference in _in_folder(project, folder, package)
    ]
    return sorted(found, key=lambda difference: difference.path)


def would_be_lost(project: Project, package: LockedPackage) -> list[Difference]:
    """Return the files that somebody has changed or added."""
    found = differences(project, package)
    return [difference for difference in found if difference.kind is not Kind.MISSING]


def _in_folder(project: Project, folder: str, package: LockedPackage) -> Iterator[Difference]:
    try:
        place = project.place(folder.removesuffix("/"))
    except PathTraversal:
        # The folder is behind a link that leads elsewhere: nothing of ours is there.
        yield from (Difference(folder + path, Kind.MISSING) for path in package.files)
        return
    for path, sha256 in package.files.items():
        # A link is not what was installed, whatever it points to.
        if place.is_symlink() or not os.path.lexists(place / path):
            yield Difference(folder + path, Kind.MISSING)
        elif (place / path).is_symlink() or steps.digest_of(place / path) != sha256:
            yield Difference(folder + path, Kind.CHANGED)
    for path in _files_in(place):
        if path not in package.files and _NOBODYS.isdisjoint(path.split("/")):
            yield Difference(folder + path, Kind.EXTRA)


def _files_in(place: Path) -> Iterator[str]:
    """Yield the paths below a folder, links to folders included, none of them followed."""
    if place.is_symlink():
        return
    for folder, folders, files in os.walk(place):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in (*files, *links):
            yield Path(folder, name).relative_to(place).as_posix()
