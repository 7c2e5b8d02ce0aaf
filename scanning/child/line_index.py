"""Lines of some bytes, asked for again and again: what stands before a place is counted once."""

from bisect import bisect_left
from functools import cached_property
from itertools import accumulate

_BLOCK_BYTES = 64 * 1024


class LineIndex:
    """Which line a place is on, and where a line begins; lines count from 1."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _before(self) -> list[int]:
        """Return how many lines end before each block."""
        starts = range(0, len(self._data), _BLOCK_BYTES)
        ends = (self._data.count(b"\n", start, start + _BLOCK_BYTES) for start in starts)
        return [0, *accumulate(ends)]

    def line_at(self, offset: int) -> int:
        """Return the line of a place."""
        block = min(offset // _BLOCK_BYTES, len(self._before) - 1)
        return self._before[block] + self._data.count(b"\n", block * _BLOCK_BYTES, offset) + 1

    def start_of(self, line: int) -> int:
        """Return where a line begins; the end of all where there are not so many."""
        if line <= 1:
            return 0
        block = bisect_left(self._before, line - 1) - 1
        at = block * _BLOCK_BYTES
        for _ in range(line - 1 - self._before[block]):
            at = self._data.find(b"\n", at) + 1
            if at == 0:
                return len(self._data)
        return at
