"""Say whether what is installed is what was installed; nothing is changed."""

import contextlib
import os
from collections.abc import Iterator, Sequence

from mog_cli import integrity, journal, lockfile, project_state
from mog_cli.errors import Damaged, RecoveryPending
from mog_cli.integrity import Difference, Kind
from mog_cli.lockfile import LockedPackage, Lockfile
from mog_cli.mcp_config import McpConfig
from mog_cli.workplace import Workplace


@contextlib.contextmanager
def settled(place: Workplace) -> Iterator[Lockfile]:
    """Hold a project still and yield what is installed in it.

    Raises RecoveryPending, LockfileInvalid, ProjectBusy and JournalRefused.
    """
    with project_state.looking(place.project):
        if journal.exists(place.project):
            raise RecoveryPending(
                "A change was interrupted, and recovery is pending.",
                advice="The next command takes it back, for example: mog list",
            )
        yield lockfile.read(place.project.lockfile)


def verify(place: Workplace, names: Sequence[str]) -> dict[str, LockedPackage]:
    """Hash every file of the packages, of all without names, and look at their servers.

    Raises RecoveryPending, NotInstalled, LockfileInvalid, SettingsRefused, and Damaged with every
    difference.
    """
    with settled(place) as found:
        chosen = {name: found.installed(name) for name in names or found.packages}
        config = place.mcp_config()
        broken = {
            name: differences
            for name, package in chosen.items()
            if (differences := _differences(place, config, name, package))
        }
    if broken:
        raise _damaged(broken)
    return chosen


def _differences(
    place: Workplace, config: McpConfig, name: str, package: LockedPackage
) -> list[Difference]:
    """Return what differs in the files of a package and in its servers' settings."""
    found = integrity.differences(place.project, package)
    for server in place.servers(name, package):
        kind = config.difference(server)
        if kind is not None:
            path = os.path.relpath(config.file(server), place.project.root)
            shown = str(config.file(server)) if path.startswith("..") else path
            found.append(Difference(shown, kind, server.name))
    return found


def _damaged(broken: dict[str, list[Difference]]) -> Damaged:
    return Damaged(
        f"Not as installed: {', '.join(broken)}.",
        findings=[str(each) for differences in broken.values() for each in differences],
        advice=_advice(broken),
        details={
            "packages": {
                name: [_data_of(each) for each in differences]
                for name, differences in broken.items()
            }
        },
    )


def _advice(broken: dict[str, list[Difference]]) -> str:
    back = "Put it back with: mog install (with --yes if your own changes may go)."
    found = [each for differences in broken.values() for each in differences]
    if any(each.server and each.kind is Kind.CHANGED for each in found):
        return f"Remove the changed servers from their settings first. {back}"
    return back


def _data_of(difference: Difference) -> dict[str, str]:
    entry = {"server": difference.server} if difference.server else {}
    return {"path": difference.path, "kind": difference.kind.value, **entry}
