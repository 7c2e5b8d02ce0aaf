"""Write the one archive that a package folder makes, or tell what would be in it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import mog_package
from mog_cli import atomic_file, findings
from mog_cli.errors import AlreadyThere, CannotWrite, PackageRefused, UsageError
from mog_package import Artifact, Package, PackageError, digest


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive, and where it is or would be."""

    path: Path
    artifact: Artifact


def write(package: Package, path: Path, *, may_replace: bool) -> Packed:
    """Write the archive whole or not at all.

    Raises AlreadyThere when another file is there and may not be replaced, CannotWrite, and
    PackageRefused when the folder has changed since it was checked.
    """
    _refuse_what_is_no_file(path)
    try:
        with atomic_file.replacing(path, mode=0o666) as file:
            artifact = _write_to(file, package)
            if not may_replace:
                _refuse_another(path, artifact)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CannotWrite(
            f"{path} cannot be written: {reason}.",
            advice="Choose another place with --output.",
        ) from error
    return Packed(path, artifact)


def preview(package: Package, path: Path) -> Packed:
    """Return what `write` would make, without writing; raises PackageRefused."""
    with open(os.devnull, "wb") as nowhere:
        return Packed(path, _write_to(nowhere, package))


def destination(package: Package, folder: Path, *, output: Path | None) -> Path:
    """Return where the archive of a folder belongs.

    The current folder, unless that is the package or within it: the archive would be in the way
    of the next packing, so it goes beside the package then. Raises UsageError when `output` names
    such a place, CannotWrite when it names one that is not there.
    """
    name = f"{package.manifest.vendor}-{package.manifest.slug}-{package.manifest.version}.zip"
    if output is None:
        here = Path.cwd()
        return (folder.resolve().parent if _is_within(here, folder) else here) / name
    path = output / name if output.is_dir() else output
    if _is_within(path.parent, folder):
        raise UsageError(
            f"{path} is inside the package, and would be in the way of the next packing.",
            advice="Choose a place outside of it.",
        )
    if not path.parent.is_dir():
        raise CannotWrite(
            f"{path} cannot be written: there is no folder {path.parent}.",
            advice="Make the folder first, or choose another place with --output.",
        )
    return path.absolute()


def _write_to(file: BinaryIO, package: Package) -> Artifact:
    try:
        return mog_package.write_canonical(package, file)
    except PackageError as error:
        raise _changed(package, error) from error


def _changed(package: Package, error: PackageError) -> PackageRefused:
    return findings.refusal(
        package.manifest.name,
        error.problems,
        advice="It changed while it was being packed. Try again.",
    )


def _refuse_what_is_no_file(path: Path) -> None:
    """Spare folders, pipes and devices: renaming a file over /dev/null would replace it."""
    if path.exists() and not path.is_file():
        raise AlreadyThere(
            f"{path} is there and is no file.", advice="Choose another place with --output."
        )


def _refuse_another(path: Path, artifact: Artifact) -> None:
    """The same archive may be written again and again; another one may be somebody's only copy."""
    if not path.exists():
        return
    with path.open("rb") as there:
        is_same = digest.sha256_of(there) == artifact.sha256
    if not is_same:
        raise AlreadyThere(
            f"{path} is there already, with other content.",
            advice="Replace it with --force, or raise the version in mog.yaml.",
        )


def _is_within(place: Path, folder: Path) -> bool:
    return place.resolve().is_relative_to(folder.resolve())
