"""GIF (CompuServe, 89a): a screen, then blocks, each in parts of 255 bytes at most."""

from scanning.rules.image.picture import MOST_PARTS, Picture, Text, legible

SIGNATURES = (b"GIF87a", b"GIF89a")
_SCREEN_END = 13
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_PIXEL_EXTENSION = 0xF9
_IMAGE_HEAD = 10


class _BreaksOff(Exception):
    """The data ends before the picture does."""


def read(data: bytes) -> Picture:
    """Walk from block to block."""
    walk = _Walk(data)
    end = walk.to_the_end()
    return Picture(
        width=walk.width,
        height=walk.height,
        frames=max(1, walk.frames),
        end=end if walk.frames else None,
        text=Text(walk.texts),
    )


class _Walk:
    """Goes through the blocks of one picture."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.width, self.height = self._size(6)
        self.frames = 0
        self.texts: list[bytes] = []

    def to_the_end(self) -> int | None:
        """Return where the picture ends; None when it breaks off."""
        try:
            at = _SCREEN_END + self._table(_SCREEN_END - 3)
            for _ in range(MOST_PARTS):
                if (kind := self._byte(at)) == _TRAILER:
                    return at + 1
                at = self._behind(kind, at)
        except _BreaksOff:
            pass
        return None

    def _behind(self, kind: int, at: int) -> int:
        if kind == _EXTENSION:
            end, text = self._parts(at + 2)
            if self._byte(at + 1) != _PIXEL_EXTENSION:
                self.texts.append(legible(text))
            return end
        if kind != _IMAGE:
            raise _BreaksOff
        self.frames += 1
        width, height = self._size(at + 5)
        self.width, self.height = max(self.width, width), max(self.height, height)
        # One byte behind the colours says how codes begin.
        return self._parts(at + _IMAGE_HEAD + self._table(at + _IMAGE_HEAD - 1) + 1)[0]

    def _parts(self, at: int) -> tuple[int, bytes]:
        """Return where a row of parts ends, and what they hold together."""
        parts: list[bytes] = []
        while length := self._byte(at):
            parts.append(self._data[at + 1 : at + 1 + length])
            at += 1 + length
        return at + 1, b"".join(parts)

    def _table(self, at: int) -> int:
        """Return the bytes of a table of colours, which flags announce."""
        flags = self._byte(at)
        return 3 * (2 << (flags & 7)) if flags & 0x80 else 0

    def _size(self, at: int) -> tuple[int, int]:
        sides = self._data[at : at + 4]
        return int.from_bytes(sides[:2], "little"), int.from_bytes(sides[2:], "little")

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            raise _BreaksOff
        return self._data[at]
