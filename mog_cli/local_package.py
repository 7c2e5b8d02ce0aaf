"""A package on this computer: find it, read it, hold it against every rule."""

from pathlib import Path

import mog_package
from mog_cli import findings
from mog_cli.errors import PackageNotFound, PackageRefused
from mog_package import Package, PackageError

MANIFEST = "mog.yaml"


def folder_around(folder: Path) -> Path:
    """Return the folder itself or, as git and cargo do, the nearest one above that is a package."""
    for candidate in (folder, *folder.resolve().parents):
        if (candidate / MANIFEST).is_file():
            return candidate
    return folder


def check(path: Path) -> Package:
    """Return the package in a folder or a zip; raises PackageNotFound and PackageRefused."""
    return check_folder(path) if path.is_dir() else _check_archive(path)


def check_folder(folder: Path) -> Package:
    """Return the package in a folder; raises PackageNotFound and PackageRefused.

    The files are read again when it is packed.
    """
    if not folder.is_dir():
        raise _no_package(folder, "is not a folder" if folder.exists() else "does not exist")
    try:
        return mog_package.validate(mog_package.open_directory(folder))
    except PackageError as error:
        raise _refusal(error, folder) from error


def _check_archive(path: Path) -> Package:
    # Anything else that can be opened, such as a pipe or a terminal, would be waited for.
    if not path.is_file():
        raise _no_package(path, "is neither" if path.exists() else "does not exist")
    try:
        with path.open("rb") as stream:
            return mog_package.validate(mog_package.open_archive(stream))
    except PackageError as error:
        raise _refusal(error, path) from error


def _no_package(path: Path, reason: str) -> PackageNotFound:
    return PackageNotFound(
        f"{path} {reason}.", advice="Name the folder of a package, or its zip where one will do."
    )


def _refusal(error: PackageError, path: Path) -> PackageRefused:
    advice = ""
    if any(problem.rule is mog_package.Rule.MANIFEST_MISSING for problem in error.problems):
        advice = "Run `mog init` there to make one."
    return findings.refusal(str(path), error.problems, advice=advice)
