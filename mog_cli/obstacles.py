"""What must not be overwritten: folders that are not ours, and changes that somebody made."""

import os
from collections.abc import Iterable

from mog_cli import integrity
from mog_cli.errors import AlreadyThere, LocallyModified
from mog_cli.lockfile import LockedPackage
from mog_cli.project import LOCKFILE, Project


def refuse_strangers(
    project: Project, package: LockedPackage, before: LockedPackage | None
) -> None:
    """Refuse a folder that holds what the lockfile does not know; raises AlreadyThere."""
    known = before.folders if before else ()
    for folder in package.folders:
        path = project.place(folder.removesuffix("/"))
        is_folder = path.is_dir() and not path.is_symlink()
        if not os.path.lexists(path) or (folder in known and is_folder):
            continue
        if not is_folder or any(path.iterdir()):
            raise AlreadyThere(
                f"{folder} is there already, and {LOCKFILE} does not know it.",
                advice="Move it away, then try again. Nothing was changed.",
            )


def refuse_losses(project: Project, packages: Iterable[LockedPackage]) -> None:
    """Refuse to lose what somebody has changed or added; raises LocallyModified."""
    lost = [each for package in packages for each in integrity.would_be_lost(project, package)]
    if lost:
        raise LocallyModified(
            f"These would be lost: {'; '.join(map(str, lost))}.",
            advice="Copy what you need elsewhere, then run the same again with --yes.",
            details={"files": [difference.path for difference in lost]},
        )
