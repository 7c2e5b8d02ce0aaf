"""A cache in an SQLite file, shared by the processes of one machine, that counts exactly.

Every operation is one statement in autocommit, so that two processes cannot come between its steps;
`add` and `incr` are upserts or updates that read and write at once. It has connections of its own
and can therefore never be drawn into a transaction of the main database.
"""

import os
import pickle
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

# `value` is an INTEGER, which can be counted, or a pickled BLOB. `expires_at`: Unix seconds.
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS entry (
        key TEXT PRIMARY KEY, value ANY, expires_at REAL
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX IF NOT EXISTS entry_by_expiry ON entry (expires_at);
"""
_IS_LIVE = "(expires_at IS NULL OR expires_at > :now)"
_ADD = """
    INSERT INTO entry VALUES (:key, :value, :expires_at)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE entry.expires_at <= :now RETURNING 1
"""
_SET = """
    INSERT INTO entry VALUES (:key, :value, :expires_at)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
_INCREMENT = f"""
    UPDATE entry SET value = value + :delta
    WHERE key = :key AND {_IS_LIVE} AND typeof(value) = 'integer' RETURNING value
"""  # noqa: S608 (constants)
_CULL = """
    DELETE FROM entry WHERE key IN (
        SELECT key FROM entry ORDER BY expires_at IS NULL, expires_at LIMIT :surplus
    )
"""
_INT64 = range(-(2**63), 2**63)
# SQLite refuses more variables than this in one statement of old builds.
_KEYS_PER_STATEMENT = 500
# Entries are counted, and surplus ones culled, once in so many insertions of a connection.
_CULL_EVERY = 200
# How long a statement waits for other processes; a web request must not wait longer.
_BUSY_SECONDS = 2.0

_local = threading.local()


class SqliteCache(BaseCache):
    """Django's cache over one file. LOCATION: its path; OPTIONS: MAX_ENTRIES, CULL_FREQUENCY.

    Raises sqlite3.Error when the file cannot be read or written.
    """

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = str(location)
        self._insertions = 0

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Store a value unless the key lives; tell whether it was stored."""
        row = self._row(key, value, timeout, version)
        added = self._connection.execute(_ADD, row | {"now": time.time()}).fetchone() is not None
        self._cull_sometimes()
        return added

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a live value."""
        found = self.get_many([key], version=version)
        return found.get(key, default)

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Store a value."""
        self._connection.execute(_SET, self._row(key, value, timeout, version))
        self._cull_sometimes()

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Give a live key a new expiry; tell whether it was there."""
        touched = self._connection.execute(
            f"UPDATE entry SET expires_at = :expires_at WHERE key = :key AND {_IS_LIVE}",  # noqa: S608 (constants)
            {
                "key": self.make_and_validate_key(key, version=version),
                "expires_at": self.get_backend_timeout(timeout),
                "now": time.time(),
            },
        )
        return touched.rowcount > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove a key; tell whether it was alive."""
        row = {"key": self.make_and_validate_key(key, version=version), "now": time.time()}
        deleted = self._connection.execute(
            f"DELETE FROM entry WHERE key = :key RETURNING {_IS_LIVE}",  # noqa: S608 (constants)
            row,
        ).fetchone()
        return bool(deleted and deleted[0])

    def has_key(self, key: str, version: int | None = None) -> bool:
        """Tell whether a key is alive."""
        return key in self.get_many([key], version=version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a live whole number, leaving its expiry; raises ValueError without one."""
        row = {
            "key": self.make_and_validate_key(key, version=version),
            "delta": delta,
            "now": time.time(),
        }
        counted = self._connection.execute(_INCREMENT, row).fetchone()
        if counted is None:
            raise ValueError(f"Key {key!r} not found, or not a whole number")
        result: int = counted[0]
        return result

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Return the live ones of many keys."""
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        found: dict[str, Any] = {}
        remaining = iter(names)
        while chunk := list(islice(remaining, _KEYS_PER_STATEMENT)):
            marks = ",".join("?" * len(chunk))
            rows = self._connection.execute(
                f"SELECT key, value FROM entry WHERE key IN ({marks})"  # noqa: S608 (marks only)
                " AND (expires_at IS NULL OR expires_at > ?)",
                [*chunk, time.time()],
            )
            found |= {names[key]: _load(value) for key, value in rows}
        return found

    def set_many(
        self,
        data: Mapping[str, Any],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> list[str]:
        """Store many values; return the keys that failed: none."""
        rows = [self._row(key, value, timeout, version) for key, value in data.items()]
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(_SET, rows)
        finally:
            self._connection.execute("COMMIT")
        self._cull_sometimes(len(rows))
        return []

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        """Remove many keys."""
        rows = [(self.make_and_validate_key(key, version=version),) for key in keys]
        self._connection.executemany("DELETE FROM entry WHERE key = ?", rows)

    def clear(self) -> None:
        """Remove everything."""
        self._connection.execute("DELETE FROM entry")

    @property
    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection, opened anew after a fork, which none survives."""
        opened: dict[tuple[int, str], sqlite3.Connection] = _local.__dict__.setdefault("opened", {})
        key = (os.getpid(), self._path)
        if key not in opened:
            opened[key] = _open(self._path)
        return opened[key]

    def _row(
        self, key: str, value: Any, timeout: float | None, version: int | None
    ) -> dict[str, Any]:
        return {
            "key": self.make_and_validate_key(key, version=version),
            "value": _dump(value),
            "expires_at": self.get_backend_timeout(timeout),
        }

    def _cull_sometimes(self, inserted: int = 1) -> None:
        self._insertions += inserted
        if self._insertions >= min(_CULL_EVERY, self._max_entries):
            self._insertions = 0
            self._cull()

    def _cull(self) -> None:
        """Remove what has expired; beyond MAX_ENTRIES also what would expire next."""
        self._connection.execute("DELETE FROM entry WHERE expires_at <= ?", [time.time()])
        (count,) = self._connection.execute("SELECT count(*) FROM entry").fetchone()
        if count <= self._max_entries:
            return
        if self._cull_frequency == 0:
            self.clear()
            return
        self._connection.execute(_CULL, {"surplus": count // self._cull_frequency})


def _open(path: str) -> sqlite3.Connection:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise sqlite3.OperationalError(f"cannot make the folder of the cache: {error}") from error
    # No isolation level: autocommit, each statement its own transaction.
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    # A cache may lose its last writes in a power cut; it must not wait for the disk.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.executescript(_SCHEMA)
    return connection


def _dump(value: Any) -> int | bytes:
    # Exactly int: a bool must come back as a bool.
    if type(value) is int and value in _INT64:
        return value
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _load(value: int | bytes) -> Any:
    return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301 (our own file)
