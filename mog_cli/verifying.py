"""Say whether what is installed is what was installed; nothing is changed."""

from collections.abc import Sequence

from mog_cli import integrity, journal, lockfile, project_state
from mog_cli.errors import Damaged, RecoveryPending
from mog_cli.integrity import Difference
from mog_cli.lockfile import LockedPackage
from mog_cli.workplace import Workplace


def verify(place: Workplace, names: Sequence[str]) -> dict[str, LockedPackage]:
    """Hash every file of the packages, of all without names.

    Raises RecoveryPending, NotInstalled, LockfileInvalid, and Damaged with every difference.
    """
    with project_state.looking(place.project):
        if journal.exists(place.project):
            raise RecoveryPending(
                "A change was interrupted, and recovery is pending.",
                advice="The next command takes it back, for example: mog list",
            )
        found = lockfile.read(place.project.lockfile)
        chosen = {name: found.installed(name) for name in names or found.packages}
        broken = {
            name: differences
            for name, package in chosen.items()
            if (differences := integrity.differences(place.project, package))
        }
    if broken:
        raise _damaged(broken)
    return chosen


def _damaged(broken: dict[str, list[Difference]]) -> Damaged:
    return Damaged(
        f"Not as installed: {', '.join(broken)}.",
        findings=[str(each) for differences in broken.values() for each in differences],
        advice="Put it back with: mog install (with --yes if your own changes may go)",
        details={
            "packages": {
                name: [{"path": each.path, "kind": each.kind.value} for each in differences]
                for name, differences in broken.items()
            }
        },
    )
