"""Remove packages: their folders, their servers and their places in the lockfile, or nothing."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from mog_cli import lockfile, obstacles, project_state, server_changes
from mog_cli.changing import Change
from mog_cli.lockfile import LockedPackage
from mog_cli.project import CLIENT_FOLDERS, LOCKFILE, Project
from mog_cli.workplace import Workplace


def uninstall(
    place: Workplace, names: Sequence[str], *, is_agreed: bool
) -> dict[str, LockedPackage]:
    """Remove packages; `is_agreed` lets changed files go with them.

    Raises NotInstalled, LocallyModified and any other MogError, and then nothing was changed.
    """
    with project_state.holding(place.project, place.user, place.console):
        found = lockfile.read(place.project.lockfile)
        removed = {name: found.installed(name) for name in names}
        if not is_agreed:
            obstacles.refuse_losses(place.project, removed.values())
        change = Change(place.project)
        left = found
        for name, package in removed.items():
            _remove_folders(place.project, package, change)
            left = left.without(name)
        with _without_servers(place, removed, change):
            change.put_file(LOCKFILE, lockfile.render(left))
            change.commit(place.user, place.console)
        _prune(place.project, removed)
        return removed


def _remove_folders(project: Project, package: LockedPackage, change: Change) -> None:
    for folder in package.folders:
        path = project.place(folder.removesuffix("/"))
        # A link is not what was installed, so it is not ours to remove.
        if path.is_dir() and not path.is_symlink():
            change.remove_folder(folder)


@contextlib.contextmanager
def _without_servers(
    place: Workplace, removed: dict[str, LockedPackage], change: Change
) -> Iterator[None]:
    """Prepare the settings without their servers; shared ones are ours while the block runs."""
    servers = [server for name in removed for server in place.servers(name, removed[name])]
    with server_changes.holding_settings(place, servers):
        config = place.mcp_config()
        for server in servers:
            config.remove(server)
        config.stage(change)
        yield


def _prune(project: Project, removed: dict[str, LockedPackage]) -> None:
    """Remove folders that are empty by now, but for those by which a client is recognised."""
    kept = {*CLIENT_FOLDERS.values()}
    for package in removed.values():
        for folder in package.folders:
            for above in PurePosixPath(folder).parents[:-1]:
                with contextlib.suppress(OSError):
                    if str(above) not in kept:
                        os.rmdir(project.root / above)
