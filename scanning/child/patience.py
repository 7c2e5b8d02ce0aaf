"""How long one package may be read: by the conditions of rules, and by everything together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Honest text takes less than a second for a megabyte; text made of what rules look for takes
# fifty. The rest of a scan has to fit in its thirty seconds, too.
_SECONDS = 12.0
# When so much is over, what is left of one file still fits in.
_SECONDS_OF_ALL = 18.0
# Nothing interrupts a condition, so a long text is read in pieces. They overlap by more than any
# string of a condition is long.
_PIECE_BYTES = 128 * 1024
_OVERLAP_BYTES = 2 * 1024


class Patience:
    """The seconds that are left to a package."""

    def __init__(self, *, seconds_of_all: float = _SECONDS_OF_ALL) -> None:
        self._left = _SECONDS
        self._end = time.process_time() + seconds_of_all

    @property
    def is_over(self) -> bool:
        """Tell whether conditions may read no more."""
        return self._left <= 0 or self.is_all_over

    @property
    def is_all_over(self) -> bool:
        """Tell whether nobody may read any more."""
        return time.process_time() >= self._end

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Count the time of what is done meanwhile."""
        begun = time.process_time()
        yield
        self._left -= time.process_time() - begun


def pieces(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield a text in pieces, each with where it begins."""
    for start in range(0, max(len(text), 1), _PIECE_BYTES):
        yield start, text[start : start + _PIECE_BYTES + _OVERLAP_BYTES]
