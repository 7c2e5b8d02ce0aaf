"""Texts that are compressed before they are encoded (RFC 1950, RFC 1952)."""

import zlib

from scanning.child.hidden import readable

# Bounds what one of them may become; a longer one is cut, and the cut is told.
_LARGEST = 1024 * 1024
_HEAD = 1024
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_EITHER_FORMAT = zlib.MAX_WBITS | 32


def opened(data: bytes) -> tuple[bytes, bool]:
    """Return the text that is compressed here, if any, and whether it is longer than that."""
    if not data.startswith((_GZIP, *_ZLIB)):
        return b"", False
    stream = zlib.decompressobj(_EITHER_FORMAT)
    try:
        # Most of what is compressed is no text: the first bytes tell.
        head = stream.decompress(data, _HEAD)
        if not readable.text_of(head):
            return b"", False
        inflated = head + stream.decompress(stream.unconsumed_tail, _LARGEST)
    except zlib.error:
        return b"", False
    return readable.text_of(inflated), bool(stream.unconsumed_tail)
