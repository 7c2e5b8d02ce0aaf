"""Pictures of a few bytes, and what is wrong with others."""

import zlib
from collections.abc import Mapping


def png(*extra: bytes, width: int = 2, height: int = 2) -> bytes:
    """Return a grey PNG with more chunks, each a kind and its data, before the pixels."""
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x00\x00\x00\x00"
    rows = zlib.compress(b"\x00\x7f\x7f" * 2)
    parts = (b"IHDR" + head, *extra, b"IDAT" + rows, b"IEND")
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts))


def _chunk(part: bytes) -> bytes:
    return (len(part) - 4).to_bytes(4) + part + zlib.crc32(part).to_bytes(4)


def jpeg(*extra: bytes, width: int = 2, height: int = 2) -> bytes:
    """Return the frame of a JPEG with more segments, each a marker and its data."""
    size = height.to_bytes(2) + width.to_bytes(2)
    parts = (*extra, b"\xc0\x08" + size + b"\x01\x01\x11\x00", b"\xda\x01\x01\x00\x00\x3f\x00")
    return b"\xff\xd8" + b"".join(map(_segment, parts)) + b"\x12\xff\x00\x34\xff\xd9"


def wordy_jpeg() -> bytes:
    """Return a JPEG with more than a megabyte of comments."""
    comment = _segment(b"\xfe" + b"read this. " * 5_900)
    plain = jpeg()
    return plain[:2] + comment * 17 + plain[2:]


def _segment(part: bytes) -> bytes:
    return b"\xff" + part[:1] + (len(part) + 1).to_bytes(2) + part[1:]


def gif(comment: bytes = b"", *, width: int = 1, height: int = 1) -> bytes:
    """Return a GIF of one frame, and a comment of 255 bytes at most."""
    screen = width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\x80\x00\x00"
    said = b"\x21\xfe" + bytes([len(comment)]) + comment + b"\x00" if comment else b""
    frame = b"\x2c" + b"\x00" * 4 + b"\x01\x00\x01\x00\x00" + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + screen + b"\x00\x00\x00\xff\xff\xff" + said + frame + b"\x3b"


def webp(*extra: bytes, width: int = 2, height: int = 2) -> bytes:
    """Return the head of a lossless WebP with more chunks, each a kind and its data."""
    bits = (width - 1) | (height - 1) << 14
    parts = (b"VP8L" + b"\x2f" + bits.to_bytes(4, "little") + b"\x00", *extra)
    body = b"WEBP" + b"".join(map(_riff_chunk, parts))
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _riff_chunk(part: bytes) -> bytes:
    size = len(part) - 4
    return part[:4] + size.to_bytes(4, "little") + part[4:] + b"\x00" * (size % 2)


WHOLE: Mapping[str, bytes] = {
    "a.png": png(b"tEXtTitle\x00A cat sleeps"),
    "a.jpg": jpeg(b"\xfeA cat sleeps"),
    "a.gif": gif(b"A cat sleeps"),
    "a.webp": webp(b"XMP <x>A cat sleeps</x>"),
}
# 1,200 megapixels in a few bytes.
FLOODS: Mapping[str, bytes] = {
    "a.png": png(width=40_000, height=30_000),
    "a.jpg": jpeg(width=40_000, height=30_000),
    "a.gif": gif(width=40_000, height=30_000),
    "a.webp": webp(width=16_000, height=16_000),
}
