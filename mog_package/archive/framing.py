"""The first layer of reading a zip: its records, and nothing else.

Local headers, data and descriptors must lie side by side from the first byte up to the central
directory, the directory up to the one end record, and the end record up to the last byte. Where a
record says something twice, both must agree, so no two readers can see different archives. Section
numbers are those of PKWARE's APPNOTE.TXT 6.3.10.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO, NoReturn

from mog_package.archive import extra_fields
from mog_package.errors import FramingError
from mog_package.limits import Limits
from mog_package.rules import Rule

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
DESCRIPTOR_SIGNATURE = b"PK\x07\x08"

# 4.3.7: signature, version needed, flags, method, time, date, CRC, packed, size, name, extra.
LOCAL = struct.Struct("<4s5H3L2H")
# 4.3.12: the same with version made by, and comment, disk, attributes, offset at the end.
CENTRAL = struct.Struct("<4s6H3L5H2L")
# 4.3.16: signature, disks, entries here and in all, directory's size and offset, comment.
END = struct.Struct("<4s4H2LH")
# 4.3.9: CRC, packed, size; the signature before them is optional.
DESCRIPTOR = struct.Struct("<3L")

# 4.4.4. Bits 1 and 2 tell how hard deflate has tried and change nothing for a reader.
FLAG_DESCRIPTOR = 1 << 3
FLAG_UTF8 = 1 << 11
_FLAGS_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_FLAGS_ALLOWED = 1 << 1 | 1 << 2 | FLAG_DESCRIPTOR | FLAG_UTF8

_CHUNK_BYTES = 64 * 1024
_MAX_16 = 0xFFFF
_MAX_32 = 0xFFFF_FFFF


class Method(IntEnum):
    """The two ways of compression that are allowed (4.4.5)."""

    STORED = 0
    DEFLATED = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as its records tell it; nothing about its name or bytes has been judged.

    `data_offset` and `packed_bytes` frame its data, `size_bytes` is what it claims to unpack to,
    `mode` is the upper half of the external attributes: a Unix mode, or 0.
    """

    raw_name: bytes
    is_utf8: bool
    method: Method
    crc: int
    packed_bytes: int
    size_bytes: int
    data_offset: int
    mode: int
    is_dos_directory: bool

    @property
    def shown_name(self) -> str:
        """The name for a message, whatever its bytes are."""
        return self.raw_name.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class _Central:
    """A directory entry before its local header was seen."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    header_offset: int
    attributes: int

    @property
    def shown_name(self) -> str:
        return self.raw_name.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class _End:
    """What the end record says of the directory."""

    entries: int
    directory_bytes: int
    directory_offset: int


def read_records(stream: BinaryIO, limits: Limits) -> tuple[Record, ...]:
    """Return the entries of a seekable zip in the order of its directory.

    Raises FramingError.
    """
    archive_bytes = _measure(stream, limits)
    end = _read_end(stream, archive_bytes, limits)
    entries = list(_read_directory(stream, end))
    return _match_local_headers(stream, entries, end)


def _refuse(rule: Rule, detail: str = "", *, path: str = "") -> NoReturn:
    raise FramingError.of(rule, detail, path=path)


def _measure(stream: BinaryIO, limits: Limits) -> int:
    size = stream.seek(0, 2)
    if size > limits.archive_bytes:
        _refuse(Rule.ARCHIVE_TOO_LARGE, f"{size:,} bytes, at most {limits.archive_bytes:,}")
    return size


def _read_end(stream: BinaryIO, archive_bytes: int, limits: Limits) -> _End:
    if archive_bytes < END.size:
        _refuse(Rule.NOT_A_ZIP)
    stream.seek(0)
    if stream.read(4) not in (LOCAL_SIGNATURE, END_SIGNATURE):
        _refuse(Rule.NOT_A_ZIP)
    stream.seek(archive_bytes - END.size)
    raw = stream.read(END.size)
    if not raw.startswith(END_SIGNATURE):
        _explain_missing_end(stream, archive_bytes)
    _, disk, first_disk, here, entries, size, offset, comment_bytes = END.unpack(raw)
    if comment_bytes:
        _refuse(Rule.ARCHIVE_COMMENT)
    if _MAX_16 in (disk, first_disk, here, entries) or _MAX_32 in (size, offset):
        _refuse(Rule.ZIP64)
    if disk or first_disk or here != entries:
        _refuse(Rule.SPLIT_ARCHIVE)
    # Directories are entries too, so twice the files is generous; it bounds what is read below.
    if entries > 2 * limits.files:
        _refuse(Rule.TOO_MANY_ENTRIES, f"{entries:,}, at most {2 * limits.files:,}")
    if offset + size != archive_bytes - END.size:
        if _has_end_before(stream, archive_bytes - END.size):
            _refuse(Rule.MULTIPLE_ENDS)
        _refuse(Rule.BAD_DIRECTORY, "it does not end where the end record begins")
    return _End(entries, size, offset)


def _has_end_before(stream: BinaryIO, position: int) -> bool:
    """Tell whether an end record's signature stands before `position`.

    Asked only of an archive that is refused anyway: compressed bytes may hold it by chance.
    """
    stream.seek(0)
    tail = b""
    while position > 0 and (chunk := stream.read(min(position, _CHUNK_BYTES))):
        position -= len(chunk)
        if END_SIGNATURE in tail + chunk:
            return True
        tail = chunk[-3:]
    return False


def _explain_missing_end(stream: BinaryIO, archive_bytes: int) -> NoReturn:
    """Say why the last bytes are no end record: a comment, other bytes, or a cut."""
    tail_bytes = min(archive_bytes, END.size + _MAX_16)
    stream.seek(archive_bytes - tail_bytes)
    tail = stream.read(tail_bytes)
    found = tail.rfind(END_SIGNATURE)
    if found < 0:
        _refuse(Rule.ARCHIVE_TRUNCATED, "it has no end record")
    if len(tail) - found < END.size:
        _refuse(Rule.ARCHIVE_TRUNCATED, "within its end record")
    comment_bytes = END.unpack_from(tail, found)[-1]
    if comment_bytes and found + END.size + comment_bytes == len(tail):
        _refuse(Rule.ARCHIVE_COMMENT)
    _refuse(Rule.DATA_AROUND, "behind the end record")


def _read_directory(stream: BinaryIO, end: _End) -> Iterator[_Central]:
    """Yield the entries; the directory must be filled by them to the last byte."""
    stream.seek(end.directory_offset)
    position = end.directory_offset
    directory_end = end.directory_offset + end.directory_bytes
    for _ in range(end.entries):
        raw = stream.read(CENTRAL.size)
        if len(raw) < CENTRAL.size or not raw.startswith(CENTRAL_SIGNATURE):
            _refuse(Rule.BAD_DIRECTORY, "an entry is missing")
        entry, length = _read_central(stream, raw)
        position += length
        yield entry
    if position != directory_end:
        _refuse(Rule.BAD_DIRECTORY, "it holds more than its entries")


def _read_central(stream: BinaryIO, raw: bytes) -> tuple[_Central, int]:
    """Return an entry and how many bytes its record takes."""
    fields = CENTRAL.unpack(raw)
    flags, method = fields[3:5]
    crc, packed_bytes, size_bytes, name_bytes, extra_bytes, comment_bytes, disk = fields[7:14]
    attributes, header_offset = fields[15:17]
    name = stream.read(name_bytes)
    extra = stream.read(extra_bytes)
    entry = _Central(name, flags, method, crc, packed_bytes, size_bytes, header_offset, attributes)
    if comment_bytes:
        _refuse(Rule.ENTRY_COMMENT, path=entry.shown_name)
    if _MAX_32 in (packed_bytes, size_bytes, header_offset):
        _refuse(Rule.ZIP64, path=entry.shown_name)
    if disk:
        _refuse(Rule.SPLIT_ARCHIVE, path=entry.shown_name)
    extra_fields.check(extra, path=entry.shown_name)
    if END_SIGNATURE in extra:
        # Readers that look for the end record from the front would take this one.
        _refuse(Rule.MULTIPLE_ENDS, "in an extra field", path=entry.shown_name)
    _check_packing(entry)
    return entry, CENTRAL.size + name_bytes + extra_bytes


def _check_packing(entry: _Central) -> None:
    path = entry.shown_name
    if entry.flags & _FLAGS_ENCRYPTED:
        _refuse(Rule.ENCRYPTED, path=path)
    if entry.flags & ~_FLAGS_ALLOWED:
        _refuse(Rule.ENTRY_FLAGS, f"{entry.flags & ~_FLAGS_ALLOWED:#06x}", path=path)
    if entry.method not in (Method.STORED, Method.DEFLATED):
        _refuse(Rule.COMPRESSION_METHOD, f"method {entry.method}", path=path)
    if entry.method == Method.STORED and entry.packed_bytes != entry.size_bytes:
        _refuse(Rule.SIZE_MISMATCH, "stored, yet of two sizes", path=path)


def _match_local_headers(
    stream: BinaryIO, entries: list[_Central], end: _End
) -> tuple[Record, ...]:
    """Walk the local records from byte 0; each begins where the one before it has ended."""
    records: dict[int, Record] = {}
    order = sorted(range(len(entries)), key=lambda index: entries[index].header_offset)
    position = 0
    for rank, index in enumerate(order):
        entry = entries[index]
        is_last = rank == len(order) - 1
        limit = end.directory_offset if is_last else entries[order[rank + 1]].header_offset
        if entry.header_offset != position:
            rule = Rule.OVERLAP if entry.header_offset < position else Rule.DATA_AROUND
            _refuse(rule, "before this entry", path=entry.shown_name)
        records[index] = _match_local_header(stream, entry, limit)
        position = limit
    if position != end.directory_offset:
        _refuse(Rule.DATA_AROUND, "before the central directory")
    return tuple(records[index] for index in range(len(entries)))


def _match_local_header(stream: BinaryIO, entry: _Central, limit: int) -> Record:
    """Compare an entry's own header with the directory; its record must end exactly at `limit`."""
    path = entry.shown_name
    stream.seek(entry.header_offset)
    raw = stream.read(LOCAL.size)
    if len(raw) < LOCAL.size or not raw.startswith(LOCAL_SIGNATURE):
        _refuse(Rule.HEADERS_DISAGREE, "there is no local header", path=path)
    fields = LOCAL.unpack(raw)
    flags, method = fields[2:4]
    crc, packed_bytes, size_bytes, name_bytes, extra_bytes = fields[6:11]
    name = stream.read(name_bytes)
    extra_fields.check(stream.read(extra_bytes), path=path)
    if (name, flags, method) != (entry.raw_name, entry.flags, entry.method):
        _refuse(Rule.HEADERS_DISAGREE, "on name, flags or method", path=path)
    promised = (entry.crc, entry.packed_bytes, entry.size_bytes)
    has_descriptor = bool(flags & FLAG_DESCRIPTOR)
    told = (crc, packed_bytes, size_bytes)
    # 4.4.4: with a descriptor the header's fields are zero; some writers fill in what they know.
    if told != promised and not (has_descriptor and _is_partial(told, promised)):
        _refuse(Rule.HEADERS_DISAGREE, "on checksum or size", path=path)
    data_offset = entry.header_offset + LOCAL.size + name_bytes + extra_bytes
    data_end = data_offset + entry.packed_bytes
    if data_end > limit:
        _refuse(Rule.OVERLAP, "with the record behind it", path=path)
    _check_descriptor(stream, data_end, limit, promised if has_descriptor else None, path)
    return Record(
        raw_name=entry.raw_name,
        is_utf8=bool(flags & FLAG_UTF8),
        method=Method(entry.method),
        crc=entry.crc,
        packed_bytes=entry.packed_bytes,
        size_bytes=entry.size_bytes,
        data_offset=data_offset,
        mode=entry.attributes >> 16,
        is_dos_directory=bool(entry.attributes & 0x10),
    )


def _is_partial(told: tuple[int, ...], promised: tuple[int, ...]) -> bool:
    return all(value in (0, other) for value, other in zip(told, promised, strict=True))


def _check_descriptor(
    stream: BinaryIO, data_end: int, limit: int, promised: tuple[int, int, int] | None, path: str
) -> None:
    """The bytes between data and next record are exactly the promised descriptor, or none."""
    gap = limit - data_end
    if promised is None:
        if gap:
            _refuse(Rule.DATA_AROUND, "behind this entry", path=path)
        return
    if gap not in (DESCRIPTOR.size, 4 + DESCRIPTOR.size):
        _refuse(Rule.BAD_DESCRIPTOR, path=path)
    stream.seek(data_end)
    raw = stream.read(gap)
    if gap > DESCRIPTOR.size and not raw.startswith(DESCRIPTOR_SIGNATURE):
        _refuse(Rule.BAD_DESCRIPTOR, path=path)
    if DESCRIPTOR.unpack(raw[-DESCRIPTOR.size :]) != promised:
        _refuse(Rule.BAD_DESCRIPTOR, path=path)
