"""A number that counts attempts exactly, across processes, and forgets them after a while."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Counter:
    """A number in the cache that lives for a while; each step is one atomic command."""

    key: str
    lifetime: timedelta

    def count(self) -> int:
        """Add one; return the new number."""
        while True:
            cache.add(self.key, 0, timeout=self.lifetime.total_seconds())
            try:
                return cache.incr(self.key)
            except ValueError:  # it ended between the two
                continue

    def take_back(self) -> None:
        """Take one off; nothing when it has ended."""
        with suppress(ValueError):
            cache.decr(self.key)

    def prolong(self) -> None:
        """Let its life begin anew."""
        cache.touch(self.key, timeout=self.lifetime.total_seconds())

    def forget(self) -> None:
        """Begin at nothing again."""
        cache.delete(self.key)
