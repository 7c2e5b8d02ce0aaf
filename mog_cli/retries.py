"""When to try a request again, and after how long."""

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime

# Too many requests; bad gateway; unavailable. A plain 500 is not here: repeating it rarely helps.
PASSING_STATUSES = frozenset({429, 502, 503})

# A year; longer waits are meant as never.
_LONGEST_SECONDS = 31_536_000.0

_SHORTEST_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient to be."""

    attempts: int = 4
    base_seconds: float = 0.5
    ceiling_seconds: float = 8.0
    # Longer than this a person would rather be told than kept waiting.
    longest_wait_seconds: float = 30.0

    def delay(
        self, *, attempt: int, retry_after_seconds: float | None, spread: float
    ) -> float | None:
        """Return seconds to wait after attempt 1, 2, ...; None means give up.

        `spread` is a random number from 0 to 1. Without word from the server the wait doubles
        each time and lies in the upper half of that (equal jitter); with it, a little is added,
        because nobody may come back earlier (RFC 9110 section 10.2.3).
        """
        if attempt >= self.attempts:
            return None
        if retry_after_seconds is not None:
            if retry_after_seconds > self.longest_wait_seconds:
                return None
            return retry_after_seconds + spread * self.base_seconds
        backoff = min(self.ceiling_seconds, self.base_seconds * 2 ** (attempt - 1))
        return float(backoff * (1 + spread) / 2)


def pause(retry_after_seconds: float | None, *, usual_seconds: float) -> float:
    """Return how long to wait before asking how something stands: as the server says, if so."""
    wanted = usual_seconds if retry_after_seconds is None else retry_after_seconds
    return max(_SHORTEST_PAUSE_SECONDS, wanted)


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Return the seconds a Retry-After header asks for (RFC 9110: a number or a date)."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value.strip()), _LONGEST_SECONDS)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
