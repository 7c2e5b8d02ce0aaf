"""Writes zips byte by byte, so that any record can tell any lie.

    archive = Forger()
    archive.add("mog.yaml", b"...", local={"crc": 1})
    archive.bytes()

What is not overridden is what an honest, simple writer would have written.
"""

import struct
import zlib
from dataclasses import dataclass, field
from typing import TypeAlias

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

STORED, DEFLATED = 0, 8

# A header by the names of its fields.
Fields: TypeAlias = dict[str, int | bytes]

UTF8, DESCRIPTOR = 1 << 11, 1 << 3


def deflate(data: bytes) -> bytes:
    """Compress as zips do: raw, without header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def extra_field(kind: int, body: bytes = b"") -> bytes:
    """Make one extra field."""
    return struct.pack("<HH", kind, len(body)) + body


@dataclass
class _Member:
    """The fields of both headers of an entry, and the bytes around its data."""

    local: Fields
    central: Fields
    data: bytes
    descriptor: bytes
    before: bytes
    offset: int | None


@dataclass
class Forger:
    """Gathers entries and writes them; `end` overrides fields of the end record."""

    members: list[_Member] = field(default_factory=list)

    def add(
        self,
        name: str | bytes,
        data: bytes = b"",
        *,
        method: int = STORED,
        packed: bytes | None = None,
        mode: int = 0o100644,
        descriptor: bytes | None = None,
        before: bytes = b"",
        offset: int | None = None,
        both: Fields | None = None,
        local: Fields | None = None,
        central: Fields | None = None,
    ) -> "Forger":
        """Add an entry; `both`, `local` and `central` override fields of its headers.

        `packed` replaces the bytes in the archive, `before` goes in front of the local header,
        `offset` is where the directory claims that header to be.
        """
        raw_name = name.encode() if isinstance(name, str) else name
        if packed is None:
            packed = deflate(data) if method == DEFLATED else data
        fields: Fields = {
            "signature": b"",
            "needed": 20,
            "flags": UTF8 | (DESCRIPTOR if descriptor is not None else 0),
            "method": method,
            "time": 0,
            "date": 33,
            "crc": zlib.crc32(data),
            "packed_bytes": len(packed),
            "size_bytes": len(data),
            "name": raw_name,
            "extra": b"",
        }
        fields |= both or {}
        unknown: Fields = (
            {"crc": 0, "packed_bytes": 0, "size_bytes": 0} if descriptor is not None else {}
        )
        own: Fields = fields | {"signature": b"PK\x03\x04"} | unknown | (local or {})
        listed = fields | {
            "signature": b"PK\x01\x02",
            "made_by": 3 << 8 | 20,
            "comment": b"",
            "disk": 0,
            "internal": 0,
            "external": mode << 16,
        }
        member = _Member(own, listed | (central or {}), packed, descriptor or b"", before, offset)
        self.members.append(member)
        return self

    def bytes(
        self,
        *,
        prefix: bytes = b"",
        before_directory: bytes = b"",
        in_directory: bytes = b"",
        before_end: bytes = b"",
        suffix: bytes = b"",
        comment: bytes = b"",
        end: dict[str, int] | None = None,
    ) -> bytes:
        """Write the archive, with bytes where none belong when asked to."""
        body, directory = prefix, b""
        for member in self.members:
            body += member.before
            offset = len(body) if member.offset is None else member.offset
            body += _local(member.local) + member.data + member.descriptor
            directory += _central(member.central, offset)
        body += before_directory
        directory += in_directory
        fields = {
            "disk": 0,
            "first_disk": 0,
            "here": len(self.members),
            "entries": len(self.members),
            "directory_bytes": len(directory),
            "directory_offset": len(body),
            "comment_bytes": len(comment),
        } | (end or {})
        record = _END.pack(b"PK\x05\x06", *fields.values())
        return body + directory + before_end + record + comment + suffix


def descriptor(data: bytes, *, packed: bytes | None = None, signed: bool = True) -> bytes:
    """Make the honest data descriptor of an entry."""
    size = len(data if packed is None else packed)
    record = struct.pack("<3L", zlib.crc32(data), size, len(data))
    return (b"PK\x07\x08" if signed else b"") + record


def _lengths(fields: Fields, *names: str) -> list[int]:
    """Return the lengths of fields that are bytes, or what `<name>_bytes` claims them to be."""
    lengths = []
    for name in names:
        value = fields[name]
        assert isinstance(value, bytes)
        claimed = fields.get(f"{name}_bytes", len(value))
        assert isinstance(claimed, int)
        lengths.append(claimed)
    return lengths


def _local(fields: Fields) -> bytes:
    names = ("needed", "flags", "method", "time", "date", "crc", "packed_bytes", "size_bytes")
    numbers = [fields[name] for name in names]
    record = _LOCAL.pack(fields["signature"], *numbers, *_lengths(fields, "name", "extra"))
    return record + _bytes(fields, "name") + _bytes(fields, "extra")


def _central(fields: Fields, offset: int) -> bytes:
    names = ("made_by", "needed", "flags", "method", "time", "date")
    sizes = ("crc", "packed_bytes", "size_bytes")
    record = _CENTRAL.pack(
        fields["signature"],
        *(fields[name] for name in names + sizes),
        *_lengths(fields, "name", "extra", "comment"),
        fields["disk"],
        fields["internal"],
        fields["external"],
        fields.get("offset", offset),
    )
    return record + b"".join(_bytes(fields, name) for name in ("name", "extra", "comment"))


def _bytes(fields: Fields, name: str) -> bytes:
    value = fields[name]
    assert isinstance(value, bytes)
    return value
