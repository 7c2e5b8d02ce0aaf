"""A line of a file as people may see it: nothing invisible, nothing secret, nothing endless."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby

from scanning.child import excerpts
from scanning.rules.lookalikes import without_invisible
from scanning.viewer.masks import Masks

_LINE_BYTES = 4_000
# The end of a character in UTF-8 (RFC 3629 section 3).
_CONTINUATION = range(0x80, 0xC0)


class Kind(StrEnum):
    """What a part of a line is."""

    TEXT = "text"
    # Characters that cannot be seen, spelled out.
    HIDDEN = "hidden"
    # A secret; its first characters at most.
    MASKED = "masked"
    # How much of a long line is left out.
    CUT = "cut"


Part = tuple[Kind, str]

# Of what an answer may hold; a part is written with its kind around it.
ANSWER_CHARACTERS = 512 * 1024
_AROUND_PART = 20


def parts(data: bytes, start: int, end: int, masks: Masks) -> list[Part]:
    """Return one line, from `start` to `end` of the bytes of its file."""
    last = _cut(data, start, end)
    shown: list[Part] = []
    at = start
    for first, behind in masks.within(start, last):
        shown += _visible(data[at : max(at, first)])
        # The mask of a secret of several lines stands in the first of them.
        mask = excerpts.visible(excerpts.mask(data[first:behind])) if first >= start else "…"
        shown.append((Kind.MASKED, mask))
        at = min(behind, last)
    shown += _visible(data[at:last])
    if last < end:
        shown.append((Kind.CUT, f"{end - last:,} more bytes"))
    return shown


def cost(line: list[Part]) -> int:
    """Return how much a line takes of an answer."""
    return sum(_AROUND_PART + len(text) for _, text in line) or _AROUND_PART


def _cut(data: bytes, start: int, end: int) -> int:
    """Return where a long line is cut, between two characters."""
    if end - start <= _LINE_BYTES:
        return end
    last = start + _LINE_BYTES
    while last > start and data[last] in _CONTINUATION:
        last -= 1
    return last


def _visible(data: bytes) -> Iterator[Part]:
    for is_hidden, run in groupby(data.decode(errors="replace"), key=_is_hidden):
        if is_hidden:
            yield Kind.HIDDEN, "".join(map(_spelled, run))
        else:
            yield Kind.TEXT, "".join(run)


def _is_hidden(character: str) -> bool:
    # Some that Unicode calls printable show nothing: variation selectors, fillers.
    if character.isascii():
        return not (character.isprintable() or character == "\t")
    return not (character.isprintable() and without_invisible(character))


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
