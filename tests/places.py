"""What this machine offers the suite to stand on."""

import getpass
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

_ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
_SOCKET_FOLDER = "/var/run/postgresql"
# Databases of a server somebody else may use; one that holds anything is left alone.
_REDIS_DATABASES = range(15, 0, -1)

NAMES = {
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "browser": "Chromium",
    "node": "Node.js clients",
    "corpus": "the corpus of real packages",
}
_ADVICE = {
    "postgres": "Set TEST_DATABASE_URL to a superuser's, or start a server on this machine.",
    "redis": "Set TEST_REDIS_URL, or start a server on 127.0.0.1:6379.",
    "browser": f"Install Chromium as {CHROMIUM}.",
    "node": "Install nodejs and npm.",
    "corpus": "Put it beside the checkout as ../shared/corpus.",
}


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses, empty where there is none, and for each missing marker what would help."""

    postgres_url: str
    redis_url: str
    missing: dict[str, str]


def find() -> Places:
    """Look for every place, first where the environment says."""
    postgres_url = os.environ.get("TEST_DATABASE_URL") or _local_postgres()
    redis_url = os.environ.get("TEST_REDIS_URL") or _local_redis()
    has = {
        "postgres": bool(postgres_url),
        "redis": bool(redis_url),
        "browser": CHROMIUM.exists(),
        "node": bool(shutil.which("node") and shutil.which("npm")),
        "corpus": (_ROOT.parent / "shared" / "corpus").is_dir(),
    }
    missing = {name: _ADVICE[name] for name, is_here in has.items() if not is_here}
    return Places(postgres_url, redis_url, missing)


def leave(here: Places) -> None:
    """Leave a Redis database that was found empty as empty as it was."""
    if here.redis_url and here.redis_url != os.environ.get("TEST_REDIS_URL"):
        with redis.Redis.from_url(here.redis_url) as client:
            client.flushdb()


def _local_postgres() -> str:
    """Return the URL of a local server that takes this user for a superuser, or nothing."""
    for user, host in ((getpass.getuser(), _SOCKET_FOLDER), ("postgres", "127.0.0.1")):
        try:
            with psycopg.connect(
                user=user, host=host, dbname="postgres", connect_timeout=2
            ) as connection:
                query = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
                row = connection.execute(query).fetchone()
        except psycopg.OperationalError:
            continue
        if row and row[0]:
            return f"postgresql://{user}@/mog?host={host}"
    return ""


def _local_redis() -> str:
    """Return the URL of an empty database of a local server, or nothing."""
    for number in _REDIS_DATABASES:
        url = f"redis://127.0.0.1:6379/{number}"
        try:
            with redis.Redis.from_url(url, socket_connect_timeout=1) as client:
                if client.dbsize() == 0:
                    return url
        except redis.RedisError:
            return ""
    return ""
