"""What is to be known of a picture without drawing it."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field

# Real pictures have fewer parts, and less to read; whole books fit into what is compressed.
MOST_PARTS = 20_000
MOST_TEXT_BYTES = 1024 * 1024
_LEGIBLE = re.compile(rb"[\t\r\n\x20-\x7e\x80-\xf4]{8,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){8,}|(?:\x00[\x20-\x7e]){8,}")


class Text:
    """What can be read in the parts of a picture, as far as anybody looks.

    is_cut: there is more of it.
    """

    def __init__(self, parts: Iterable[bytes]) -> None:
        """Take parts until they are too many bytes; the others are never made."""
        gathered: list[bytes] = []
        left = MOST_TEXT_BYTES
        for part in parts:
            if part:
                gathered.append(part[:left])
            left -= len(part)
            if left < 0:
                break
        self.data = b"\n".join(gathered)
        self.is_cut = left < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as far as its structure goes.

    width, height: in pixels, 0 where it does not say. end: where it is over; None when it breaks
    off or is not put together as it should. text: what it carries beside its pixels.
    """

    width: int = 0
    height: int = 0
    frames: int = 1
    end: int | None = None
    has_wrong_checksum: bool = False
    text: Text = field(default_factory=lambda: Text(()))

    @property
    def pixels(self) -> int:
        """Return the size of one frame."""
        return self.width * self.height


def legible(data: bytes) -> bytes:
    """Return what can be read in binary metadata (EXIF, XMP), in UTF-8."""
    plain = [found.decode(errors="ignore").encode() for found in _LEGIBLE.findall(data)]
    wide = [found.replace(b"\x00", b"") for found in _WIDE.findall(data)]
    return b"\n".join(text for text in (*plain, *wide) if text)


def inflated(data: bytes) -> bytes:
    """Return compressed text, cut where one more byte would be too much; empty when it is none."""
    try:
        return zlib.decompressobj().decompress(data, MOST_TEXT_BYTES + 1)
    except zlib.error:
        return b""
