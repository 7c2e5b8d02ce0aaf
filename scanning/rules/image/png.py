"""PNG (W3C, third edition): a signature, then chunks with checksums, the last of which is IEND."""

import zlib
from collections.abc import Iterator
from itertools import islice

from scanning.rules.image.picture import MOST_PARTS, Picture, Text, inflated, legible

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD, _TAIL = 8, 4
_COMPRESSED = 1
# Parts of the picture itself.
_PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"fdAT", b"iCCP"})

_Chunk = tuple[bytes, int, int]


def read(data: bytes) -> Picture:
    """Walk from chunk to chunk."""
    chunks = list(islice(_chunks(data), MOST_PARTS))
    kinds = [kind for kind, _, _ in chunks]
    is_whole = kinds[:1] == [b"IHDR"] and b"IDAT" in kinds and kinds[-1] == b"IEND"
    width, height = _size(data, chunks)
    return Picture(
        width=width,
        height=height,
        frames=max(1, kinds.count(b"fcTL")),
        end=chunks[-1][2] + _TAIL if is_whole else None,
        has_wrong_checksum=not all(_is_checked(data, chunk) for chunk in chunks),
        text=Text(
            _text(kind, data[start:end]) for kind, start, end in chunks if kind not in _PIXELS
        ),
    )


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield kind and place of the data of every whole chunk, up to the last one."""
    at = len(SIGNATURE)
    while at + _HEAD + _TAIL <= len(data):
        kind, start = data[at + 4 : at + _HEAD], at + _HEAD
        end = start + int.from_bytes(data[at : at + 4])
        if end + _TAIL > len(data):
            return
        yield kind, start, end
        if kind == b"IEND":
            return
        at = end + _TAIL


def _size(data: bytes, chunks: list[_Chunk]) -> tuple[int, int]:
    start = next((start for kind, start, end in chunks if kind == b"IHDR" and end - start > 8), 0)
    return (_number(data, start), _number(data, start + 4)) if start else (0, 0)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4])


def _is_checked(data: bytes, chunk: _Chunk) -> bool:
    kind, start, end = chunk
    return zlib.crc32(memoryview(data)[start:end], zlib.crc32(kind)) == _number(data, end)


def _text(kind: bytes, chunk: bytes) -> bytes:
    """Return the text of a chunk: `tEXt`, `zTXt`, `iTXt`, or whatever can be read in others."""
    if kind == b"zTXt":
        return legible(inflated(chunk.partition(b"\x00")[2][1:]))
    if kind == b"iTXt":
        flag, rest = chunk.partition(b"\x00")[2][:1], chunk.partition(b"\x00")[2][2:]
        text = rest.split(b"\x00", 2)[-1]
        return legible(inflated(text) if flag == bytes([_COMPRESSED]) else text)
    if kind == b"tEXt":
        return legible(chunk.replace(b"\x00", b": ").decode("latin-1").encode())
    return legible(chunk)
