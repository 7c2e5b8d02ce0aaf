"""Write what a package installs, its content/, into a new folder."""

import os
from collections.abc import Mapping
from pathlib import Path

from mog_cli import durable
from mog_cli.errors import PathTraversal
from mog_package import Package

CONTENT = "content/"


def digests(package: Package) -> Mapping[str, str]:
    """Return the SHA-256 of every file that is installed, by its path in the package's folder."""
    return {
        file.path.removeprefix(CONTENT): file.sha256
        for file in package.files
        if file.path.startswith(CONTENT)
    }


def unpack(package: Package, folder: Path) -> None:
    """Fill an empty folder, durably; raises PathTraversal before the first byte, and OSError.

    The reader of archives lets no bad name through. This asks again, of the paths as they would
    be opened, and leans on nothing that was judged before.
    """
    places = {file.path: _place(file.path, folder) for file in package.files}
    folders = {folder}
    for path, place in places.items():
        if path.startswith(CONTENT):
            place.parent.mkdir(parents=True, exist_ok=True)
            durable.write(place, package.tree.read(path))
            folders.update(each for each in place.parents if each.is_relative_to(folder))
    for each in folders:
        durable.sync_folder(each)


def _place(entry: str, folder: Path) -> Path:
    """Return where an entry goes; raises PathTraversal when that is not inside the folder."""
    inside = entry.removeprefix(CONTENT)
    place = Path(os.path.realpath(folder / inside))
    base = Path(os.path.realpath(folder))
    is_hostile = "\\" in entry or ":" in entry or ".." in entry.split("/")
    if is_hostile or place == base or not place.is_relative_to(base):
        raise PathTraversal(entry)
    return place
