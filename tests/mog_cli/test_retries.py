"""How long to wait before asking again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mog_cli.retries import RetryPolicy, parse_retry_after

POLICY = RetryPolicy()


@given(attempt=st.integers(1, 3), spread=st.floats(0, 1))
def test_the_wait_doubles_and_is_spread(attempt: int, spread: float) -> None:
    delay = POLICY.delay(attempt=attempt, retry_after_seconds=None, spread=spread)
    assert delay is not None
    assert 0.25 * 2 ** (attempt - 1) <= delay <= 0.5 * 2 ** (attempt - 1)


def test_the_last_attempt_is_not_followed_by_another() -> None:
    assert POLICY.delay(attempt=4, retry_after_seconds=1, spread=0) is None


@given(asked=st.floats(0, 30), spread=st.floats(0, 1))
def test_nobody_comes_back_earlier_than_asked(asked: float, spread: float) -> None:
    delay = POLICY.delay(attempt=1, retry_after_seconds=asked, spread=spread)
    assert delay is not None
    assert asked <= delay <= asked + 0.5


def test_a_person_is_not_kept_waiting_for_long() -> None:
    assert POLICY.delay(attempt=1, retry_after_seconds=31, spread=0) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Mon, 01 Jun 2026 12:00:30 GMT", 30.0),
        ("Mon, 01 Jun 2026 11:00:00 GMT", 0.0),
        ("9" * 400, 31_536_000.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(
    value: str | None, seconds: float | None, now: datetime
) -> None:
    assert parse_retry_after(value, now=now) == seconds


def test_the_moment_of_reading_counts(now: datetime) -> None:
    later = now + timedelta(seconds=10)
    assert parse_retry_after("Mon, 01 Jun 2026 12:00:30 GMT", now=later) == 20.0
    assert now.tzinfo is UTC
