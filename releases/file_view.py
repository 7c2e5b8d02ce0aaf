"""Files of a release, and how two releases differ, for people to read.

This process parses no archive: it knows of files what stands in `Artifact`, and the sandbox shows
the rest. Whoever calls has asked whether the reader may.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from releases import storage
from releases.models import Release
from releases.states import SHOWN, State
from scanning import viewing
from scanning.viewing import Change, FileDiff, FileView

CAPABILITIES = {
    "hosts": "Hosts",
    "envNames": "Environment variables",
    "binaries": "Programs",
    "tools": "Tools",
    "filePaths": "Files outside of it",
    "executable": "Runs code",
    "scriptLanguages": "Script languages",
    "fileExtensions": "Kinds of files",
}
# What somebody has looked at, or a scan let through.
_KNOWN = SHOWN | {State.ACCEPTED}


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of a canonical archive."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that two releases do not share; a size is None where it is not there.

    diff: None where nothing was asked of the sandbox.
    """

    path: str
    before_bytes: int | None
    after_bytes: int | None
    diff: FileDiff | None = None

    @property
    def verb(self) -> str:
        """Return what became of it."""
        if self.before_bytes is None:
            return "added"
        return "removed" if self.after_bytes is None else "changed"


@dataclass(frozen=True, slots=True)
class CapabilityChange:
    """What a later release needs more, and what no longer."""

    label: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one release differs from an earlier one. unchanged: how many files are the same."""

    files: tuple[FileChange, ...]
    unchanged: int
    capabilities: tuple[CapabilityChange, ...]


def files_of(release: Release) -> dict[str, KnownFile]:
    """Return the files of a release by path, in their order; none without an archive."""
    if not hasattr(release, "artifact"):
        return {}
    return {
        file["path"]: KnownFile(file["path"], file["sizeBytes"], file["sha256"])
        for file in release.artifact.files
    }


def capabilities_of(release: Release) -> Mapping[str, list[str]]:
    """Return what a release with an archive can touch, by kind; a plain yes is a list of one."""
    known: Mapping[str, list[str] | bool] = release.artifact.capabilities
    return {
        name: (["yes"] if found else []) if isinstance(found, bool) else found
        for name, found in known.items()
    }


def read(release: Release, path: str, *, first_line: int) -> FileView:
    """Return a file that the release has, from one line on.

    Raises ScanInconclusive, and BytesMissing when the archive is gone.
    """
    with storage.artifact_copy(release.artifact.sha256) as archive:
        return viewing.view(archive, path, first_line=first_line)


def previous(release: Release) -> Release | None:
    """Return the highest version below one that was accepted, with its archive."""
    older = Release.objects.filter(
        listing=release.listing_id, state__in=list(_KNOWN), artifact__isnull=False
    )
    below = older.filter(
        Q(major__lt=release.major)
        | Q(major=release.major, minor__lt=release.minor)
        | Q(major=release.major, minor=release.minor, patch__lt=release.patch)
    )
    return below.with_listing().select_related("artifact").highest_first().first()


def compare(before: Release, after: Release) -> Comparison:
    """Return what differs; raises ScanInconclusive and BytesMissing."""
    old, new = files_of(before), files_of(after)
    changes = list(_changes(old, new))
    with (
        storage.artifact_copy(before.artifact.sha256) as old_archive,
        storage.artifact_copy(after.artifact.sha256) as new_archive,
    ):
        diffs = viewing.differ(old_archive, new_archive, changes) if changes else ()
    return Comparison(
        files=tuple(
            FileChange(
                path=change.path,
                before_bytes=old[change.path].size_bytes if change.is_before else None,
                after_bytes=new[change.path].size_bytes if change.is_after else None,
                diff=diff,
            )
            for change, diff in zip(changes, diffs, strict=True)
        ),
        unchanged=sum(1 for path in new if path in old and new[path].sha256 == old[path].sha256),
        capabilities=tuple(_capabilities(capabilities_of(before), capabilities_of(after))),
    )


def _changes(old: Mapping[str, KnownFile], new: Mapping[str, KnownFile]) -> Iterator[Change]:
    for path in sorted(old.keys() | new.keys(), key=str.encode):
        is_same = path in old and path in new and old[path].sha256 == new[path].sha256
        if not is_same:
            yield Change(path, is_before=path in old, is_after=path in new)


def _capabilities(
    before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> Iterator[CapabilityChange]:
    for name, label in CAPABILITIES.items():
        old, new = set(before.get(name, ())), set(after.get(name, ()))
        if old != new:
            yield CapabilityChange(label, tuple(sorted(new - old)), tuple(sorted(old - new)))
