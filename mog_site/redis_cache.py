"""Django's Redis cache, made to count exactly and to fail fast."""

from datetime import timedelta
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

# A request asks the cache several times; a Redis that hangs must not hold it for long.
TIMEOUT = timedelta(milliseconds=500)

# EXISTS and INCR in one step: between two, the key could expire and be born again without expiry.
_INCREMENT = "if redis.call('exists', KEYS[1]) == 0 then return false end " + (
    "return redis.call('incrby', KEYS[1], ARGV[1])"
)
_KEYS_PER_DELETE = 500


class _Client(RedisCacheClient):
    def incr(self, key: Any, delta: int) -> int:
        """Add to a living number in one step; its expiry stays."""
        counted = self.get_client(key, write=True).eval(_INCREMENT, 1, key, delta)
        if counted is None:
            raise ValueError(f"Key {key!r} not found")
        return int(counted)

    def delete_prefix(self, prefix: str) -> None:
        """Remove the keys that begin so."""
        client = self.get_client(None, write=True)
        keys: list[bytes] = []
        for key in client.scan_iter(match=f"{_escaped(prefix)}*", count=_KEYS_PER_DELETE):
            keys.append(key)
            if len(keys) == _KEYS_PER_DELETE:
                client.delete(*keys)
                keys.clear()
        if keys:
            client.delete(*keys)


class AtomicRedisCache(RedisCache):
    """Shares its Redis with the broker: `clear` removes its own keys and no others.

    Raises redis.RedisError when Redis is away or slower than the time-out.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
        seconds = TIMEOUT.total_seconds()
        self._options: dict[str, Any] = {
            "socket_timeout": seconds,
            "socket_connect_timeout": seconds,
            # Once more on a connection that Redis has closed meanwhile; never on a time-out.
            "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            "health_check_interval": 30,
            **params.get("OPTIONS", {}),
        }

    def clear(self) -> None:
        """Remove everything under the cache's own prefix."""
        client = self._cache
        assert isinstance(client, _Client)
        client.delete_prefix(f"{self.key_prefix}:")


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "*?[]\\" else char for char in text)
