"""The product's own settings over test databases: SQLite, or PostgreSQL as the restricted role.

`TEST_DATABASE_URL` names a PostgreSQL superuser and a database name to derive test databases from;
without it everything runs on SQLite files. `TEST_REDIS_URL` puts the cache and the broker on Redis.
"""

import os
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

_var = Path(tempfile.mkdtemp(prefix="mog-test-"))
os.environ["MOG_VAR_DIR"] = str(_var)
os.environ["MOG_ENVIRONMENT"] = "development"

# A password even where the server trusts local users, so that the suite runs on either kind.
RUNTIME_PASSWORD = "restricted"

_superuser_url = os.environ.get("TEST_DATABASE_URL", "")
if _superuser_url:
    _parts = urlsplit(_superuser_url)
    _role = f"{_parts.path.removeprefix('/')}_app"
    _host = _parts.netloc.rpartition("@")[2]
    os.environ["DATABASE_OWNER_URL"] = _superuser_url
    os.environ["DATABASE_URL"] = urlunsplit(
        _parts._replace(netloc=f"{quote(_role)}:{RUNTIME_PASSWORD}@{_host}")
    )
else:
    os.environ.pop("DATABASE_OWNER_URL", None)
    os.environ["DATABASE_URL"] = f"sqlite:///{_var / 'mog.sqlite3'}"

# Processes of one test run share a Redis and must share neither limits nor work.
os.environ["CACHE_PREFIX"] = _var.name
_redis_url = os.environ.get("TEST_REDIS_URL", "")
if _redis_url:
    os.environ["REDIS_URL"] = _redis_url
else:
    os.environ.pop("REDIS_URL", None)

from mog_site.settings import *  # noqa: E402, F403  (the environment above must stand first)
from mog_site.settings import DATABASES, VAR_DIR  # noqa: E402

if not _superuser_url:
    # A file, not memory: tests start processes that share it.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
