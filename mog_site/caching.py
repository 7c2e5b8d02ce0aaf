"""The cache that limits are counted on: Redis when there is one, else a file of this machine."""

from pathlib import Path
from typing import Any

# The backends whose `add` and `incr` are one step each; a check refuses any other in production.
SQLITE = "mog_site.sqlite_cache.SqliteCache"
REDIS = "mog_site.redis_cache.AtomicRedisCache"


def from_urls(*, redis_url: str, file: Path, prefix: str) -> dict[str, dict[str, Any]]:
    """Return Django's CACHES. prefix: sets apart what shares one Redis."""
    if redis_url:
        return {"default": {"BACKEND": REDIS, "LOCATION": redis_url, "KEY_PREFIX": prefix}}
    options = {"MAX_ENTRIES": 200_000}
    return {
        "default": {
            "BACKEND": SQLITE,
            "LOCATION": str(file),
            "KEY_PREFIX": prefix,
            "OPTIONS": options,
        }
    }
