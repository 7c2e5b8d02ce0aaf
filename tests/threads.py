"""Acts in several threads at once, each on a connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def at_once(act: Callable[[int], object], *, callers: int, refusal: type[Exception]) -> list[bool]:
    """Return for whom it worked, the refused first; any other exception is the caller's."""

    def one(number: int) -> bool:
        try:
            act(number)
        except refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(callers) as pool:
        return sorted(pool.map(one, range(callers)))


def wait_for_whoever_waits() -> None:
    """Return as soon as somebody waits for a lock, which the caller holds; on PostgreSQL."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone():
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")
