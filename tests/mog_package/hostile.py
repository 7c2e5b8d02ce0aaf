"""Hostile archives for every rule of framing, and what those of the other layers are made with.

Each sample keeps every rule but the one it is filed under, so a reader that lost that rule would
accept it, or name another.
"""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

from mog_package.limits import Limits
from mog_package.rules import Rule
from tests.mog_package.forger import (
    DEFLATED,
    STORED,
    UTF8,
    Forger,
    deflate,
    descriptor,
    extra_field,
)

# Small ceilings keep the samples small; `test_limits.py` states the real ones.
LIMITS = Limits(
    archive_bytes=100_000,
    unpacked_bytes=60_000,
    file_bytes=50_000,
    files=20,
    ratio=20,
    path_bytes=60,
    path_parts=6,
)

TEXT = b"Plain words, and enough of them to be worth the deflating.\n" * 3
PACKED = deflate(TEXT)


def one_file(name: str | bytes = "a.md", **options: Any) -> Forger:
    """Begin an archive with one file."""
    return Forger().add(name, TEXT, **options)


def one_deflated(**options: Any) -> bytes:
    """Make an archive of one deflated file."""
    return one_file(method=DEFLATED, **options).bytes()


def _twice_the_same_data() -> bytes:
    """Two entries share one local record (David Fifield's bomb, in small)."""
    forger = one_file()
    forger.add("b.md", b"", offset=0)
    return forger.bytes()


def _quine_like() -> bytes:
    """The data of the first entry reaches into the second one's record."""
    first = Forger().add("a.md", TEXT).bytes()
    length = len(TEXT) + 40
    forger = Forger().add("a.md", TEXT, both={"packed_bytes": length, "size_bytes": length})
    assert first
    return forger.add("b.md", TEXT).bytes()


def _two_archives() -> bytes:
    """A whole archive in front of another one, whose offsets know nothing of it."""
    return one_file().bytes() + one_file("b.md").bytes()


def _python_zip64() -> bytes:
    output = io.BytesIO()
    with (
        zipfile.ZipFile(output, "w") as archive,
        archive.open("a.md", "w", force_zip64=True) as file,
    ):
        file.write(TEXT)
    return output.getvalue()


def _zip64_locator() -> bytes:
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, 50, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    end = {"entries": 0xFFFF, "here": 0xFFFF, "directory_offset": 0xFFFF_FFFF}
    return one_file().bytes(before_end=record + locator, end=end)


def _cut(data: bytes, left: int) -> bytes:
    return data[:left]


def many(count: int, name: str) -> bytes:
    """Make an archive of empty files, whose number is put into the name."""
    forger = Forger()
    for number in range(count):
        forger.add(name.format(number), b"")
    return forger.bytes()


FRAMING: list[tuple[Rule, str, Callable[[], bytes]]] = [
    (Rule.ARCHIVE_TOO_LARGE, "a byte more than allowed", lambda: bytes(LIMITS.archive_bytes + 1)),
    (Rule.NOT_A_ZIP, "nothing", lambda: b""),
    (Rule.NOT_A_ZIP, "text", lambda: TEXT),
    (Rule.NOT_A_ZIP, "a program before the zip", lambda: one_file().bytes(prefix=b"#!/bin/sh\n")),
    (Rule.NOT_A_ZIP, "a program before the zip, offsets moved", lambda: b"MZ" + one_file().bytes()),
    (Rule.ARCHIVE_TRUNCATED, "half of it", lambda: _cut(one_file().bytes(), 150)),
    (Rule.ARCHIVE_TRUNCATED, "all but a byte", lambda: one_file().bytes()[:-1]),
    (Rule.ARCHIVE_COMMENT, "a comment", lambda: one_file().bytes(comment=b"hello")),
    (
        Rule.MULTIPLE_ENDS,
        "a comment that is a zip",
        lambda: one_file().bytes(comment=one_file("b.md").bytes()),
    ),
    (
        Rule.ARCHIVE_COMMENT,
        "a comment promised",
        lambda: one_file().bytes(end={"comment_bytes": 9}),
    ),
    (Rule.ENTRY_COMMENT, "a comment", lambda: one_file(central={"comment": b"PK"}).bytes()),
    (Rule.DATA_AROUND, "bytes behind", lambda: one_file().bytes(suffix=b"tail")),
    (Rule.DATA_AROUND, "bytes behind nothing", lambda: Forger().bytes(suffix=b"tail")),
    (Rule.DATA_AROUND, "line end behind", lambda: one_file().bytes(suffix=b"\r\n")),
    (
        Rule.DATA_AROUND,
        "a hidden record first",
        lambda: one_file(before=one_file("hidden.md").bytes()[: 35 + len(TEXT)]).bytes(),
    ),
    (
        Rule.DATA_AROUND,
        "between entries",
        lambda: one_file().add("b.md", TEXT, before=b"x").bytes(),
    ),
    (
        Rule.DATA_AROUND,
        "before the directory",
        lambda: one_file().bytes(before_directory=b"x" * 30),
    ),
    (
        Rule.DATA_AROUND,
        "no entries, yet bytes",
        lambda: Forger().bytes(prefix=b"PK\x03\x04 and more", end={}),
    ),
    (Rule.MULTIPLE_ENDS, "two archives in a row", _two_archives),
    (
        Rule.MULTIPLE_ENDS,
        "a second end record",
        lambda: one_file().bytes(before_end=Forger().bytes()),
    ),
    (
        Rule.MULTIPLE_ENDS,
        "an end record in an extra field",
        lambda: one_file(central={"extra": extra_field(0xCAFE, Forger().bytes())}).bytes(),
    ),
    (Rule.SPLIT_ARCHIVE, "second disk", lambda: one_file().bytes(end={"disk": 1, "first_disk": 1})),
    (Rule.SPLIT_ARCHIVE, "entries elsewhere", lambda: one_file().bytes(end={"entries": 2})),
    (Rule.SPLIT_ARCHIVE, "an entry elsewhere", lambda: one_file(central={"disk": 1}).bytes()),
    (Rule.ZIP64, "written by Python", _python_zip64),
    (Rule.ZIP64, "locator and record", _zip64_locator),
    (
        Rule.ZIP64,
        "sizes deferred",
        lambda: one_file(central={"size_bytes": 0xFFFF_FFFF}).bytes(),
    ),
    (
        Rule.ZIP64,
        "offset deferred",
        lambda: one_file(central={"offset": 0xFFFF_FFFF}).bytes(),
    ),
    (Rule.ZIP64, "extra field", lambda: one_file(both={"extra": extra_field(1, bytes(8))}).bytes()),
    (
        Rule.ZIP64,
        "extra field of the local header only",
        lambda: one_file(local={"extra": extra_field(1, bytes(16))}).bytes(),
    ),
    (Rule.BAD_DIRECTORY, "a hole behind it", lambda: one_file().bytes(before_end=b"x" * 9)),
    (Rule.BAD_DIRECTORY, "bytes left in it", lambda: one_file().bytes(in_directory=b"x" * 9)),
    (
        Rule.BAD_DIRECTORY,
        "more entries than promised",
        lambda: one_file().add("b.md", TEXT).bytes(end={"here": 1, "entries": 1}),
    ),
    (
        Rule.BAD_DIRECTORY,
        "fewer entries than promised",
        lambda: one_file().bytes(end={"here": 2, "entries": 2}),
    ),
    (
        Rule.BAD_DIRECTORY,
        "a name longer than the directory",
        lambda: one_file(central={"name_bytes": 4_000}).bytes(),
    ),
    (
        Rule.BAD_DIRECTORY,
        "offset far away",
        lambda: one_file().bytes(end={"directory_offset": 0x7FFF_FFFF}),
    ),
    (
        Rule.BAD_DIRECTORY,
        "wrong signature",
        lambda: one_file(central={"signature": b"PK\x01\x03"}).bytes(),
    ),
    (Rule.TOO_MANY_ENTRIES, "folders count", lambda: many(2 * LIMITS.files + 1, "{}/")),
    (
        Rule.TOO_MANY_ENTRIES,
        "promised only",
        lambda: one_file().bytes(end={"here": 60_000, "entries": 60_000}),
    ),
    (Rule.HEADERS_DISAGREE, "on the name", lambda: one_file(local={"name": b"b.md"}).bytes()),
    (
        Rule.HEADERS_DISAGREE,
        "on the name's case",
        lambda: one_file(local={"name": b"A.md"}).bytes(),
    ),
    (Rule.HEADERS_DISAGREE, "on the method", lambda: one_deflated(local={"method": STORED})),
    (Rule.HEADERS_DISAGREE, "on the flags", lambda: one_file(local={"flags": 0}).bytes()),
    (Rule.HEADERS_DISAGREE, "on the checksum", lambda: one_file(local={"crc": 1}).bytes()),
    (
        Rule.HEADERS_DISAGREE,
        "on the size",
        lambda: one_file(local={"size_bytes": len(TEXT) - 1}).bytes(),
    ),
    (
        Rule.HEADERS_DISAGREE,
        "on the packed size",
        lambda: one_deflated(local={"packed_bytes": len(PACKED) - 1}),
    ),
    (
        Rule.HEADERS_DISAGREE,
        "zeros without a descriptor",
        lambda: one_file(local={"crc": 0, "size_bytes": 0, "packed_bytes": 0}).bytes(),
    ),
    (
        Rule.HEADERS_DISAGREE,
        "no header there",
        lambda: one_file().add("b.md", TEXT, local={"signature": b"PK\x03\x05"}).bytes(),
    ),
    (
        Rule.HEADERS_DISAGREE,
        "a wrong size beside a descriptor",
        lambda: one_deflated(descriptor=descriptor(TEXT, packed=PACKED), local={"size_bytes": 7}),
    ),
    (Rule.BAD_DESCRIPTOR, "missing", lambda: one_deflated(descriptor=b"")),
    (
        Rule.BAD_DESCRIPTOR,
        "of another checksum",
        lambda: one_deflated(descriptor=descriptor(TEXT[1:], packed=PACKED)),
    ),
    (
        Rule.BAD_DESCRIPTOR,
        "of another size",
        lambda: one_deflated(descriptor=descriptor(TEXT, packed=PACKED + b"x")),
    ),
    (
        Rule.BAD_DESCRIPTOR,
        "with another signature",
        lambda: one_deflated(descriptor=b"PK\x07\x09" + descriptor(TEXT, packed=PACKED)[4:]),
    ),
    (
        Rule.BAD_DESCRIPTOR,
        "of ZIP64",
        lambda: one_deflated(descriptor=b"PK\x07\x08" + struct.pack("<LQQ", 0, 0, 0)),
    ),
    (
        Rule.BAD_DESCRIPTOR,
        "with bytes behind it",
        lambda: one_deflated(descriptor=descriptor(TEXT, packed=PACKED) + b"x"),
    ),
    (
        Rule.DATA_AROUND,
        "unannounced descriptor",
        lambda: one_file().bytes(before_directory=b"x" * 16),
    ),
    (Rule.OVERLAP, "two entries, one record", _twice_the_same_data),
    (Rule.OVERLAP, "data reaches into the next record", _quine_like),
    (
        Rule.OVERLAP,
        "data reaches into the directory",
        lambda: one_file(both={"size_bytes": 500, "packed_bytes": 500}).bytes(),
    ),
    (Rule.ENCRYPTED, "traditional", lambda: one_file(both={"flags": UTF8 | 1}).bytes()),
    (Rule.ENCRYPTED, "strong", lambda: one_file(both={"flags": UTF8 | 1 << 6}).bytes()),
    (Rule.ENCRYPTED, "directory", lambda: one_file(both={"flags": UTF8 | 1 << 13}).bytes()),
    (Rule.COMPRESSION_METHOD, "bzip2", lambda: one_file(method=12).bytes()),
    (Rule.COMPRESSION_METHOD, "LZMA", lambda: one_file(method=14).bytes()),
    (Rule.COMPRESSION_METHOD, "deflate64", lambda: one_file(method=9).bytes()),
    (Rule.COMPRESSION_METHOD, "AES wrapper", lambda: one_file(method=99).bytes()),
    (Rule.ENTRY_FLAGS, "patched data", lambda: one_file(both={"flags": UTF8 | 1 << 5}).bytes()),
    (Rule.ENTRY_FLAGS, "reserved", lambda: one_file(both={"flags": UTF8 | 1 << 15}).bytes()),
    (
        Rule.BAD_EXTRA_FIELD,
        "longer than it is",
        lambda: one_file(central={"extra": b"UT\xff\x00x"}).bytes(),
    ),
    (Rule.BAD_EXTRA_FIELD, "padding", lambda: one_file(local={"extra": b"\0\0\0"}).bytes()),
    (
        Rule.BAD_EXTRA_FIELD,
        "a second name",
        lambda: one_file(both={"extra": extra_field(0x7075, b"\x01" + bytes(4) + b"b.md")}).bytes(),
    ),
    (
        Rule.BAD_EXTRA_FIELD,
        "a second comment",
        lambda: one_file(both={"extra": extra_field(0x6375, bytes(5))}).bytes(),
    ),
    (
        Rule.BAD_EXTRA_FIELD,
        "AES",
        lambda: one_file(both={"extra": extra_field(0x9901, bytes(7))}).bytes(),
    ),
    (
        Rule.SIZE_MISMATCH,
        "stored, yet of two sizes",
        lambda: one_file(both={"size_bytes": len(TEXT) + 1}).bytes(),
    ),
]
