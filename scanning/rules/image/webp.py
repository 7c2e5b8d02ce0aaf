"""WebP (RFC 9649): a RIFF file of chunks."""

from collections.abc import Iterator
from itertools import islice

from scanning.rules.image.picture import MOST_PARTS, Picture, Text, legible

SIGNATURE, FORM = b"RIFF", b"WEBP"
_HEAD, _CHUNK_HEAD = 12, 8
_TEXTS = (b"EXIF", b"XMP ")
_KNOWN = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ICCP", b"ANIM", b"ANMF", b"ALPH"})
_KEY_FRAME = b"\x9d\x01\x2a"

_Chunk = tuple[bytes, bytes]


def read(data: bytes) -> Picture:
    """Walk from chunk to chunk."""
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = list(islice(_chunks(data[:end]), MOST_PARTS))
    sizes = [_size(kind, chunk) for kind, chunk in chunks]
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    kinds = [kind for kind, _ in chunks]
    is_whole = end <= len(data) and {b"VP8 ", b"VP8L", b"ANMF"} & set(kinds)
    return Picture(
        width=width,
        height=height,
        frames=max(1, kinds.count(b"ANMF")),
        end=end if is_whole else None,
        text=Text(legible(chunk) for kind, chunk in chunks if kind not in _KNOWN),
    )


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = _HEAD
    while at + _CHUNK_HEAD <= len(data):
        start = at + _CHUNK_HEAD
        size = int.from_bytes(data[at + 4 : start], "little")
        if start + size > len(data):
            return
        yield data[at : at + 4], data[start : start + size]
        at = start + size + size % 2


def _size(kind: bytes, chunk: bytes) -> tuple[int, int]:
    """Return what a chunk says of the size of the picture."""
    if kind == b"VP8X" and len(chunk) >= 10:
        return _little(chunk[4:7]) + 1, _little(chunk[7:10]) + 1
    if kind == b"VP8L" and len(chunk) >= 5:
        bits = _little(chunk[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and chunk[3:6] == _KEY_FRAME:
        return _little(chunk[6:8]) & 0x3FFF, _little(chunk[8:10]) & 0x3FFF
    return 0, 0


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
