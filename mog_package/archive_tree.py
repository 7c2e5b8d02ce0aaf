"""The files of a zip, read through all three layers."""

from typing import BinaryIO, Self

from mog_package import tree
from mog_package.archive import contents, framing, names
from mog_package.archive.names import Entry
from mog_package.limits import UPLOAD, Limits


class ArchiveTree:
    """The files of a zip; the stream must be seekable and stay open while they are read."""

    def __init__(self, stream: BinaryIO, entries: dict[str, Entry]) -> None:
        self._stream = stream
        self._entries = entries

    @classmethod
    def open(cls, stream: BinaryIO, *, limits: Limits = UPLOAD) -> Self:
        """Read records and names; what is left behind by other tools is checked and dropped.

        Raises FramingError, NamesError and ContentsError.
        """
        records = framing.read_records(stream, limits)
        entries = names.read_names(records, limits)
        contents.check_declared(entries, archive_bytes=stream.seek(0, 2), limits=limits)
        for entry in entries:
            if tree.is_ignored(entry.path):
                contents.read(stream, entry)
        kept = {entry.path: entry for entry in entries if not tree.is_ignored(entry.path)}
        top = tree.top_folder(kept)
        return cls(stream, {path.removeprefix(top): kept[path] for path in kept})

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, without the top-level folder."""
        return tree.in_order(self._entries)

    def read(self, path: str) -> bytes:
        """Return the bytes of a file.

        Raises ContentsError; KeyError when there is no such file.
        """
        return contents.read(self._stream, self._entries[path])
