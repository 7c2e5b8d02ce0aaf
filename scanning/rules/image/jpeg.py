"""JPEG (ITU T.81, annex B): segments behind markers, and coded pixels behind some of them."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from scanning.rules.image.picture import MOST_PARTS, Picture, Text, legible

SIGNATURE = b"\xff\xd8\xff"
_END, _SCAN = 0xD9, 0xDA
# Without a length: restarts, begin, end and TEM.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TEXTS = frozenset({*range(0xE0, 0xF0), 0xFE})
_COLOURS = b"ICC_PROFILE"
_MARKER = re.compile(rb"\xff[^\x00\xff]")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
# Cameras put previews behind a picture (CIPA DC-007).
_MOST_PICTURES = 16

_Segment = tuple[int, int, int]


def read(data: bytes) -> Picture:
    """Walk through a picture, and through those that cameras put behind it."""
    segments = list(islice(_segments(data, 0), MOST_PARTS))
    end = _end_of(segments)
    for _ in range(_MOST_PICTURES):
        if end is None or not data.startswith(SIGNATURE, end):
            break
        end = _end_of(islice(_segments(data, end), MOST_PARTS))
    width, height = _size(data, segments)
    return Picture(
        width=width,
        height=height,
        end=end,
        text=Text(
            legible(data[start:end])
            for marker, start, end in segments
            if marker in _TEXTS and not data.startswith(_COLOURS, start)
        ),
    )


def _segments(data: bytes, at: int) -> Iterator[_Segment]:
    """Yield marker and place of the data of every whole segment, up to the end of the picture."""
    pattern = _MARKER
    while found := pattern.search(data, at):
        marker, at = data[found.end() - 1], found.end()
        is_bare = marker in _BARE
        end = at if is_bare else at + int.from_bytes(data[at : at + 2])
        if end > len(data) or (not is_bare and end < at + 2):
            return
        yield marker, at + (0 if is_bare else 2), end
        if marker == _END:
            return
        pattern = _MARKER_IN_SCAN if marker == _SCAN else _MARKER
        at = end


def _end_of(segments: Iterable[_Segment]) -> int | None:
    last, has_frame = (0, 0, 0), False
    for segment in segments:
        last, has_frame = segment, has_frame or segment[0] in _FRAMES
    return last[2] if last[0] == _END and has_frame else None


def _size(data: bytes, segments: list[_Segment]) -> tuple[int, int]:
    """Return the largest size that a frame states."""
    sizes = [
        (int.from_bytes(data[start + 3 : start + 5]), int.from_bytes(data[start + 1 : start + 3]))
        for marker, start, end in segments
        if marker in _FRAMES
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
