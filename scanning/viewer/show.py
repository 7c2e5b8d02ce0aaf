"""A program: one file of a canonical archive, some thousand lines of it, for people to read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mog_package import CANONICAL, is_image, open_archive
from scanning.viewer import plain_lines
from scanning.viewer.masks import SecretFinder

ARCHIVE = "canonical.zip"
LINES = 5_000
_BYTES = 256 * 1024
# A secret that begins or ends this far outside of what is shown is still seen for one.
_MARGIN_BYTES = 64 * 1024


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Return the lines of a text from `firstLine` on; of an image only its size.

    request: `path`, `firstLine`, and `patterns`, the rules about secrets. Raises KeyError when
    there is no such file.
    """
    path: str = request["path"]
    with Path(ARCHIVE).open("rb") as stream:
        data = open_archive(stream, limits=CANONICAL).read(path)
    is_text = not is_image(path)
    lines = _lines(path, data, request) if is_text else []
    return {
        "isText": is_text,
        "sizeBytes": len(data),
        "totalLines": _count(data) if is_text else 0,
        "lines": [list(map(list, line)) for line in lines],
    }


def _count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n") and bool(data))


def _lines(path: str, data: bytes, request: dict[str, Any]) -> Iterator[list[plain_lines.Part]]:
    places = list(_places(data, request["firstLine"]))
    if not places:
        return
    left = max(0, places[0][0] - _MARGIN_BYTES)
    near = data[left : places[-1][1] + _MARGIN_BYTES]
    masks = SecretFinder(request["patterns"]).masks(path, near)
    budget = plain_lines.ANSWER_CHARACTERS
    for start, end in places:
        line = plain_lines.parts(near, start - left, end - left, masks)
        budget -= plain_lines.cost(line)
        if budget < 0:
            return
        yield line


def _places(data: bytes, first: int) -> Iterator[tuple[int, int]]:
    """Yield where lines begin and end, without their ends, as many as are shown at once."""
    begin = start = _start_of(data, first)
    for _ in range(LINES):
        if start >= len(data) or start - begin > _BYTES:
            return
        found = data.find(b"\n", start)
        end = len(data) if found < 0 else found
        yield start, end - data.endswith(b"\r", start, end)
        start = end + 1


def _start_of(data: bytes, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        found = data.find(b"\n", start)
        if found < 0:
            return len(data)
        start = found + 1
    return start
