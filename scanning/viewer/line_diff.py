"""Which lines of two texts differ, in time linear in their number.

Lines that stand once in both anchor the comparison ("patience diff", Bram Cohen): whatever stands
between two anchors is compared in the same way, some levels deep.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LEVELS = 16
# The library's way is finer and takes a time that grows with the third power.
_SMALL = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that were replaced: `before[start:end]` by `after[start:end]`; either may be none."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


def blocks(before: Sequence[bytes], after: Sequence[bytes]) -> list[Block]:
    """Return what differs, in order."""
    whole = Block(0, len(before), 0, len(after))
    return list(_compare(before, after, whole, levels=_LEVELS))


def _compare(
    before: Sequence[bytes], after: Sequence[bytes], part: Block, *, levels: int
) -> Iterator[Block]:
    part = _trimmed(before, after, part)
    if part.before_start == part.before_end and part.after_start == part.after_end:
        return
    if part.before_start == part.before_end or part.after_start == part.after_end:
        yield part
        return
    anchors = _anchors(before, after, part) if levels else []
    if anchors:
        for between in _between(anchors, part):
            yield from _compare(before, after, between, levels=levels - 1)
    else:
        yield from _closely(before, after, part)


def _trimmed(before: Sequence[bytes], after: Sequence[bytes], part: Block) -> Block:
    """Leave out the lines that begin both and that end both."""
    i, i_end, j, j_end = part.before_start, part.before_end, part.after_start, part.after_end
    while i < i_end and j < j_end and before[i] == after[j]:
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and before[i_end - 1] == after[j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
    return Block(i, i_end, j, j_end)


def _anchors(before: Sequence[bytes], after: Sequence[bytes], part: Block) -> list[tuple[int, int]]:
    """Return the longest row of lines that stand once on each side, in order on both."""
    once_before = _once(before, part.before_start, part.before_end)
    once_after = _once(after, part.after_start, part.after_end)
    pairs = [(i, once_after[line]) for line, i in once_before.items() if line in once_after]
    return _longest_rise(sorted(pairs))


def _once(lines: Sequence[bytes], start: int, end: int) -> dict[bytes, int]:
    counted = Counter(lines[start:end])
    return {lines[i]: i for i in range(start, end) if counted[lines[i]] == 1}


def _longest_rise(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs whose second numbers rise, by patience sorting."""
    tops: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for at, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        previous.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        ends[pile : pile + 1] = [at]
    rise: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        rise.append(pairs[at])
        at = previous[at]
    return rise[::-1]


def _between(anchors: list[tuple[int, int]], part: Block) -> Iterator[Block]:
    i, j = part.before_start, part.after_start
    for anchor_i, anchor_j in anchors:
        yield Block(i, anchor_i, j, anchor_j)
        i, j = anchor_i + 1, anchor_j + 1
    yield Block(i, part.before_end, j, part.after_end)


def _closely(before: Sequence[bytes], after: Sequence[bytes], part: Block) -> Iterator[Block]:
    """Compare a few lines without anchors in the library's way; many are replaced as a whole."""
    old = before[part.before_start : part.before_end]
    new = after[part.after_start : part.after_end]
    if max(len(old), len(new)) > _SMALL:
        yield part
        return
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Block(
                part.before_start + i,
                part.before_start + i_end,
                part.after_start + j,
                part.after_start + j_end,
            )
