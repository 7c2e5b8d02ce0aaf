"""Text as conditions read it: without what hides or decorates words, on one long line.

NFKC, invisible characters gone, look-alike letters as the Latin ones they stand for, lower case,
no emphasis, no quote and comment marks at line starts, every run of white space one space.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from scanning.rules.lookalikes import latin_words, without_invisible

# Of lines: how much is normalised at once. Only where something is met are its lines counted.
_BLOCK_CHARACTERS = 32 * 1024
_LINE_MARKS = re.compile(r"^[ \t>#*/;|]+", re.M)
# A heading that forbids, and the items of the list below it, each of which it forbids.
_FORBIDDEN_LIST = re.compile(
    r"^[ \t>#]*(?:(?:you|agents?) )?"
    r"(?P<word>(?:must |should )?never|(?:do|must|should|may) not|don't)(?: ever)?"
    r"(?: do)?(?: any of)?(?: this| these| the following)?[ \t]*:?[ \t]*\n"
    r"(?:[ \t]*\n)?(?P<items>(?:[ \t]*(?:[-*+]|[0-9]{1,2}[.)])[ \t]+[^\n]*\n?)+)",
    re.M,
)
_ITEM = re.compile(r"^([ \t]*(?:[-*+]|[0-9]{1,2}[.)])[ \t]+)", re.M)


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    line: int
    raw: str


class NormalText:
    """The normalised text of some bytes, in UTF-8, and the way back to lines."""

    def __init__(self, text: str) -> None:
        self._blocks: list[_Block] = []
        parts: list[bytes] = []
        start = 0
        for line, raw in _blocks(text):
            part = _normalised(raw).encode()
            self._blocks.append(_Block(start, line, raw))
            parts.append(part)
            start += len(part) + 1
        self.data = b" ".join(parts)

    def line_at(self, offset: int) -> int:
        """Return the line, counted from 1, of a place in `data`."""
        found = bisect_right(self._blocks, offset, key=lambda block: block.start) - 1
        block = self._blocks[max(found, 0)]
        return block.line + _line_within(block.raw, offset - block.start)


def _blocks(text: str) -> list[tuple[int, str]]:
    """Cut a text between lines; a line longer than a block is one alone."""
    blocks, line, start = [], 1, 0
    while start < len(text):
        cut = text.rfind("\n", start, start + _BLOCK_CHARACTERS)
        cut = cut if cut >= 0 else text.find("\n", start + _BLOCK_CHARACTERS)
        end = len(text) if cut < 0 else cut + 1
        raw = text[start:end]
        blocks.append((line, raw))
        line += raw.count("\n")
        start = end
    return blocks or [(1, "")]


def _normalised(raw: str) -> str:
    if not raw.isascii():
        raw = latin_words(without_invisible(unicodedata.normalize("NFKC", raw)))
    plain = raw.lower().replace("**", "").replace("`", "").replace("\u2019", "'")
    # Where there is no such word, the pattern would still be tried at every line.
    if any(word in plain for word in ("never", "not", "don't")):
        plain = _FORBIDDEN_LIST.sub(_spelled_out, plain)
    return " ".join(_LINE_MARKS.sub("", plain).split())


def _spelled_out(match: re.Match[str]) -> str:
    """Say of each item of a list what its heading says of all: "never", and "ask for keys"."""
    heading = match[0].removesuffix(match["items"])
    return heading + _ITEM.sub(rf"\1{match['word']} ", match["items"])


def _line_within(raw: str, offset: int) -> int:
    """Return after how many line ends of a block a place of its normalised text lies."""
    lines = raw.removesuffix("\n").split("\n")
    low, high = 0, len(lines) - 1
    while low < high:
        middle = (low + high) // 2
        if len(_normalised("\n".join(lines[: middle + 1])).encode()) > offset:
            high = middle
        else:
            low = middle + 1
    return low
