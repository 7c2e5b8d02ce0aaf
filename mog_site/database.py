"""Database settings from one URL."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# IMMEDIATE takes the write lock when a transaction begins; DEFERRED fails with "database is locked"
# as soon as two processes read before they write. WAL lets readers go on meanwhile.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA recursive_triggers=ON;"
    ),
}


def from_url(url: str, *, pool_size: int = 0) -> dict[str, Any]:
    """Return Django's settings for `sqlite:///path` or `postgresql://user:password@host:port/name?option=value`.

    pool_size: connections kept per process (PostgreSQL only); 0 opens one per thread and request.
    Raises ImproperlyConfigured for any other scheme or a URL without a database name.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path.removeprefix("/")))
    if parts.scheme in {"postgres", "postgresql"}:
        name = unquote(parts.path.removeprefix("/"))
        if not name:
            raise ImproperlyConfigured(
                "DATABASE_URL names no database: postgresql://user@host/NAME"
            )
        # A server that does not answer must not hold a request for as long as the kernel tries.
        options: dict[str, Any] = {"connect_timeout": "5", **dict(parse_qsl(parts.query))}
        host = options.pop("host", None) or parts.hostname or ""
        if pool_size:
            options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
            "CONN_HEALTH_CHECKS": False,
        }
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:/// or postgresql://")


def _sqlite(path: str) -> dict[str, Any]:
    if not path:
        raise ImproperlyConfigured("DATABASE_URL names no file: sqlite:///var/mog.sqlite3")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(path),
        "OPTIONS": SQLITE_OPTIONS,
    }
