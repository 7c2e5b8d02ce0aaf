"""The third layer of reading a zip: the real bytes, counted while they are inflated."""

import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NoReturn

from mog_package.archive.framing import Method
from mog_package.archive.names import Entry
from mog_package.errors import ContentsError
from mog_package.limits import Limits
from mog_package.rules import Rule

_CHUNK_BYTES = 64 * 1024


def check_declared(entries: Sequence[Entry], *, archive_bytes: int, limits: Limits) -> None:
    """Refuse what an archive claims to unpack to, before a byte of it is unpacked.

    The claims become facts in `read`, which stops where an entry exceeds its own.
    Raises ContentsError.
    """
    for entry in entries:
        size = entry.record.size_bytes
        if size > limits.file_bytes:
            detail = f"{size:,} bytes, at most {limits.file_bytes:,}"
            raise ContentsError.of(Rule.FILE_TOO_LARGE, detail, path=entry.path)
    total = sum(entry.record.size_bytes for entry in entries)
    if total > limits.unpacked_bytes:
        detail = f"{total:,} bytes, at most {limits.unpacked_bytes:,}"
        raise ContentsError.of(Rule.UNPACKED_TOO_LARGE, detail)
    if total > limits.ratio * archive_bytes:
        detail = f"{total:,} bytes from {archive_bytes:,}, at most {limits.ratio}:1"
        raise ContentsError.of(Rule.RATIO, detail)


def read(stream: BinaryIO, entry: Entry) -> bytes:
    """Return the bytes of one entry, no more than it declares.

    Raises ContentsError when they are more, fewer, damaged or not those of the checksum.
    """
    pieces: list[bytes] = []
    size = crc = 0
    for piece in _unpack(stream, entry):
        size += len(piece)
        if size > entry.record.size_bytes:
            _refuse(Rule.SIZE_MISMATCH, "more than it declares", entry)
        crc = zlib.crc32(piece, crc)
        pieces.append(piece)
    if size < entry.record.size_bytes:
        _refuse(Rule.SIZE_MISMATCH, "fewer than it declares", entry)
    if crc != entry.record.crc:
        _refuse(Rule.CHECKSUM_MISMATCH, "", entry)
    return b"".join(pieces)


def _refuse(rule: Rule, detail: str, entry: Entry) -> NoReturn:
    raise ContentsError.of(rule, detail, path=entry.path)


def _unpack(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    packed = _packed(stream, entry)
    return packed if entry.record.method is Method.STORED else _inflate(packed, entry)


def _packed(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    stream.seek(entry.record.data_offset)
    left = entry.record.packed_bytes
    while left:
        piece = stream.read(min(left, _CHUNK_BYTES))
        if not piece:
            _refuse(Rule.ARCHIVE_TRUNCATED, "", entry)
        left -= len(piece)
        yield piece


def _inflate(packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """Yield at most a chunk at a time, whatever the compressed bytes would swell to."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in packed:
            yield inflater.decompress(piece, _CHUNK_BYTES)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _CHUNK_BYTES)
        while not inflater.eof and (rest := inflater.decompress(b"", _CHUNK_BYTES)):
            yield rest
    except zlib.error:
        _refuse(Rule.BAD_COMPRESSION, "", entry)
    if not inflater.eof or inflater.unused_data:
        detail = "bytes behind its end" if inflater.eof else "it ends too early"
        _refuse(Rule.BAD_COMPRESSION, detail, entry)
