"""Everything the sandbox knows, in one SQLite file: it survives a restart and a kill."""

import json
import secrets
import sqlite3
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from payments.sandbox.refusals import Json, missing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY, event TEXT NOT NULL, topic TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due, seq);
CREATE TABLE IF NOT EXISTS answer (
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS request (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    form TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, status INTEGER NOT NULL,
    answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS fault (
    seq INTEGER PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fault_seen (key TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_TABLES = ("object", "delivery", "answer", "request", "fault", "fault_seen", "setting")
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """Return an id as the provider makes them."""
    return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"


def now() -> int:
    """Return the present second, as objects carry it."""
    return int(time.time())


class Store:
    """Rows and objects; one transaction at a time."""

    def __init__(self, file: Path) -> None:
        self._lock = RLock()
        self._depth = 0
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # WAL with NORMAL loses nothing when the process is killed (sqlite.org/pragma.html).
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all or nothing, and alone; one inside another belongs to it."""
        with self._lock:
            if self._depth:
                yield
                return
            self._depth = 1
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            else:
                self._database.execute("COMMIT")
            finally:
                self._depth = 0

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def put(self, body: Json) -> Json:
        """Keep an object as it is now."""
        self.rows(
            "INSERT INTO object (id, kind, body) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            body["id"],
            body["object"],
            json.dumps(body),
        )
        return body

    def get(self, kind: str, object_id: str) -> Json:
        """Return an object; raises Refusal when there is none of this kind."""
        found = self.rows("SELECT body FROM object WHERE id = ? AND kind = ?", object_id, kind)
        if not found:
            raise missing(kind, object_id)
        body: Json = json.loads(found[0][0])
        return body

    def find(self, kind: str, **wanted: str) -> list[Json]:
        """Return the objects whose fields are as wanted, newest first."""
        where = "".join(f" AND json_extract(body, '$.{field}') = ?" for field in wanted)
        found = self.rows(
            f"SELECT body FROM object WHERE kind = ?{where} ORDER BY seq DESC",  # noqa: S608 (ours)
            kind,
            *wanted.values(),
        )
        return [json.loads(row[0]) for row in found]

    def setting(self, name: str, default: str) -> str:
        """Return what somebody has set by the control API."""
        found = self.rows("SELECT value FROM setting WHERE name = ?", name)
        return str(found[0][0]) if found else default

    def set(self, name: str, value: str) -> None:
        """Change a setting."""
        self.rows("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def forget(self) -> None:
        """Start over, as if nothing had ever happened."""
        with self.transaction():
            for table in _TABLES:
                self.rows(f"DELETE FROM {table}")  # noqa: S608 (ours)
                self.rows(f"DROP TABLE IF EXISTS kept_{table}")

    def keep(self) -> None:
        """Remember how everything is now."""
        with self.transaction():
            for table in _TABLES:
                self.rows(f"DROP TABLE IF EXISTS kept_{table}")
                self.rows(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 (ours)

    def restore(self) -> None:
        """Go back to what was kept."""
        with self.transaction():
            for table in _TABLES:
                self.rows(f"DELETE FROM {table}")  # noqa: S608 (ours)
                self.rows(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 (ours)
