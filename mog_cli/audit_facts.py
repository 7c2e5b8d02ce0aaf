"""What is said of installed packages that their servers were asked about."""

from collections.abc import Sequence
from dataclasses import dataclass

from mog_cli import tables
from mog_cli.audit_answers import Standing, Status

_HEAD = ("Package", "Version", "Status", "Note")
_NOTES = {
    Status.REVOKED: "taken out for good",
    Status.SUSPENDED: "stopped by a moderator for now",
    Status.MISMATCH: "not the archive that was published",
    Status.WITHDRAWN: "taken back by its seller",
    Status.FLAGGED: "a moderator will look at it",
    Status.UNKNOWN: "not known there, or not yours to see",
}


@dataclass(frozen=True, slots=True)
class Audited:
    """A package, the server it came from, and what that says of it."""

    standing: Standing
    registry: str

    @property
    def text(self) -> str:
        """Return what to call it where it should not be used: `acme/notes (revoked)`."""
        return f"{self.standing.name} ({self.standing.status})"


def table(audited: Sequence[Audited]) -> list[str]:
    """Return the lines of a table, its head first."""
    return tables.lines(_HEAD, [_row(each.standing) for each in audited]).splitlines()


def data_of(audited: Audited) -> dict[str, object]:
    """Return it for `--json`."""
    standing = audited.standing
    return {
        "name": standing.name,
        "version": standing.version,
        "status": standing.status.value,
        "reason": standing.reason,
        "sameArchive": standing.is_same_archive,
        "latestVersion": standing.latest_version,
        "hasNewer": standing.has_newer,
        "registry": audited.registry,
    }


def _row(standing: Standing) -> tuple[str, ...]:
    about = ": ".join(part for part in (_NOTES.get(standing.status), standing.reason) if part)
    note = "; ".join(part for part in (about, _other_version(standing)) if part)
    return standing.name, standing.version, standing.status.value, note


def _other_version(standing: Standing) -> str:
    if standing.latest_version in (None, standing.version):
        return ""
    return f"{'newer' if standing.has_newer else 'latest'}: {standing.latest_version}"
