"""The one archive of a tree: same files, same bytes, same digest, on every computer.

Files are stored, not deflated: what deflate makes of the same bytes differs between builds of
zlib, and a digest that depends on somebody's build proves nothing. Entries stand in the order of
their UTF-8 names, dated 1980-01-01, as plain files of mode 0644; no folders, extra fields,
descriptors or comments. Transport may compress; the digest is that of these bytes.
"""

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from mog_package.archive import framing

# APPNOTE 4.4.2: made by Unix (3), version 2.0; 2.0 is also needed to read.
_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION
# 4.4.6: 1980-01-01 00:00, the earliest that the format knows.
_TIME = 0
_DATE = 1 << 5 | 1
_REGULAR_0644 = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Artifact:
    """An archive that was written: its digest in lowercase hexadecimal, and its size."""

    sha256: str
    size_bytes: int


class _Hashed:
    """Passes bytes on and remembers what went through."""

    def __init__(self, output: BinaryIO) -> None:
        self._output = output
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes) -> None:
        self._output.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)

    def artifact(self) -> Artifact:
        return Artifact(self._digest.hexdigest(), self.size_bytes)


def write(files: Iterable[tuple[str, bytes]], output: BinaryIO) -> Artifact:
    """Write files, which must come in the order of `tree.in_order`; one is in memory at a time."""
    hashed = _Hashed(output)
    directory = [_write_file(path, data, hashed) for path, data in files]
    directory_offset = hashed.size_bytes
    for record in directory:
        hashed.write(record)
    directory_bytes = hashed.size_bytes - directory_offset
    count = len(directory)
    hashed.write(
        framing.END.pack(
            framing.END_SIGNATURE, 0, 0, count, count, directory_bytes, directory_offset, 0
        )
    )
    return hashed.artifact()


def _write_file(path: str, data: bytes, hashed: _Hashed) -> bytes:
    """Write one file and return its record for the directory."""
    name = path.encode()
    offset = hashed.size_bytes
    common = (
        _VERSION,
        framing.FLAG_UTF8,
        framing.Method.STORED,
        _TIME,
        _DATE,
        zlib.crc32(data),
        len(data),
        len(data),
        len(name),
        0,
    )
    hashed.write(framing.LOCAL.pack(framing.LOCAL_SIGNATURE, *common) + name)
    hashed.write(data)
    signature = framing.CENTRAL_SIGNATURE
    tail = (0, 0, 0, _REGULAR_0644, offset)
    return framing.CENTRAL.pack(signature, _MADE_BY, *common, *tail) + name
