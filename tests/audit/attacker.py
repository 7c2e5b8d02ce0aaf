"""Somebody with the whole database in their hands: past grants, past triggers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections

# Tests that attack commit, so that the attacker's own connection sees what was written.
DATABASES = [alias for alias in ("default", "owner") if alias in settings.DATABASES]


@contextmanager
def in_the_database() -> Iterator[Any]:
    """Yield a cursor that no trigger stops."""
    if "owner" in DATABASES:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                yield cursor
            finally:
                connections["owner"].close()
        return
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield cursor
        finally:
            for _, definition in triggers:
                cursor.execute(definition)
