"""What Django promises of a cache, kept by both of ours, with counting that is exact."""

import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache

from mog_site.redis_cache import AtomicRedisCache
from mog_site.sqlite_cache import SqliteCache
from tests import processes

_WORKERS = 4
_INCREMENTS = 500

# Counts in a process of its own: backend, location, key prefix, how often.
_COUNTER = """
import sys
from django.utils.module_loading import import_string
backend, location, prefix, times = sys.argv[1:]
cache = import_string(backend)(location, {"KEY_PREFIX": prefix})
for _ in range(int(times)):
    if not cache.add("hits", 1, 60):
        cache.incr("hits")
"""


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.redis)])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseCache]:
    """Each of the two caches, empty."""
    if request.param == "sqlite":
        yield SqliteCache(str(tmp_path / "cache.sqlite3"), {"OPTIONS": {"MAX_ENTRIES": 5000}})
        return
    redis_cache = AtomicRedisCache(
        os.environ["TEST_REDIS_URL"], {"KEY_PREFIX": f"test-{uuid.uuid4()}"}
    )
    yield redis_cache
    redis_cache.clear()
    redis_cache._cache.get_client().connection_pool.disconnect()


@pytest.mark.parametrize(
    "value", ["text", "", b"bytes", 0, 7, -7, 2**63, True, False, None, 1.5, [1, {"a": (2,)}]]
)
def test_values_come_back_as_they_were(cache: BaseCache, value: Any) -> None:
    cache.set("key", value)
    found = cache.get("key", "absent")
    assert found == value
    assert type(found) is type(value)


def test_a_missing_key_gives_the_default(cache: BaseCache) -> None:
    assert cache.get("missing") is None
    assert cache.get("missing", "default") == "default"


def test_add_stores_only_what_is_not_there(cache: BaseCache) -> None:
    assert cache.add("key", "first") is True
    assert cache.add("key", "second") is False
    assert cache.get("key") == "first"


def test_add_replaces_what_has_expired(cache: BaseCache) -> None:
    cache.set("key", "old", timeout=1)
    time.sleep(1.1)
    assert cache.add("key", "new") is True
    assert cache.get("key") == "new"


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_of_nothing_expires_at_once(cache: BaseCache, timeout: int) -> None:
    cache.set("key", "value", timeout=timeout)
    assert cache.get("key") is None
    assert "key" not in cache


def test_no_timeout_lasts(cache: BaseCache) -> None:
    cache.set("key", "value", timeout=None)
    assert cache.get("key") == "value"


def test_incr_and_decr_return_the_new_value(cache: BaseCache) -> None:
    cache.set("n", 41)
    assert cache.incr("n") == 42
    assert cache.incr("n", 10) == 52
    assert cache.decr("n", 2) == 50
    assert cache.get("n") == 50


def test_incr_of_a_missing_key_is_a_value_error(cache: BaseCache) -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("missing")
    assert cache.get("missing") is None


def test_incr_leaves_the_expiry(cache: BaseCache) -> None:
    cache.set("n", 1, timeout=1)
    cache.incr("n")
    time.sleep(1.1)
    assert cache.get("n") is None


def test_incr_of_an_expired_key_is_a_value_error(cache: BaseCache) -> None:
    cache.set("n", 1, timeout=1)
    time.sleep(1.1)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")


def test_touch_moves_the_expiry(cache: BaseCache) -> None:
    cache.set("key", "value", timeout=1)
    assert cache.touch("key", 60) is True
    time.sleep(1.1)
    assert cache.get("key") == "value"
    assert cache.touch("missing", 60) is False


def test_delete_tells_whether_there_was_something(cache: BaseCache) -> None:
    cache.set("key", "value")
    assert cache.delete("key") is True
    assert cache.delete("key") is False


def test_many_at_once(cache: BaseCache) -> None:
    assert cache.set_many({f"k{n}": n for n in range(600)}) == []
    assert cache.get_many([*(f"k{n}" for n in range(600)), "missing"]) == {
        f"k{n}": n for n in range(600)
    }
    cache.delete_many([f"k{n}" for n in range(599)])
    assert cache.get_many(["k0", "k599"]) == {"k599": 599}


def test_versions_and_prefixes_stand_apart(cache: BaseCache) -> None:
    cache.set("key", "one", version=1)
    cache.set("key", "two", version=2)
    assert cache.get("key", version=1) == "one"
    assert cache.incr_version("key", version=2) == 3
    assert cache.get("key", version=2) is None
    assert cache.get("key", version=3) == "two"


def test_get_or_set_asks_once(cache: BaseCache) -> None:
    assert cache.get_or_set("key", lambda: "made") == "made"
    assert cache.get_or_set("key", lambda: "again") == "made"


def test_clear_removes_everything(cache: BaseCache) -> None:
    cache.set_many({"a": 1, "b": 2})
    cache.clear()
    assert cache.get_many(["a", "b"]) == {}


@pytest.mark.redis
def test_clear_leaves_what_others_keep_in_the_same_redis() -> None:
    url = os.environ["TEST_REDIS_URL"]
    ours = AtomicRedisCache(url, {"KEY_PREFIX": f"a*[{uuid.uuid4()}"})
    with redis.Redis.from_url(url) as broker:
        queue = f"queue-{uuid.uuid4()}"
        broker.rpush(queue, "a message")
        ours.set("key", "value")
        ours.clear()
        assert ours.get("key") is None
        assert broker.lrange(queue, 0, -1) == [b"a message"]
        broker.delete(queue)
    ours._cache.get_client().connection_pool.disconnect()


@pytest.mark.processes
def test_four_processes_count_exactly(cache: BaseCache) -> None:
    is_redis = isinstance(cache, RedisCache)
    location = os.environ["TEST_REDIS_URL"] if is_redis else str(cache._path)  # type: ignore[attr-defined]  # SqliteCache
    backend = f"{type(cache).__module__}.{type(cache).__name__}"
    command = [sys.executable, "-c", _COUNTER, backend, location, cache.key_prefix]
    workers = [subprocess.Popen([*command, str(_INCREMENTS)]) for _ in range(_WORKERS)]
    assert [worker.wait(60) for worker in workers] == [0] * _WORKERS
    assert cache.get("hits") == _WORKERS * _INCREMENTS


def test_a_full_cache_drops_what_expires_first(tmp_path: Path) -> None:
    options = {"MAX_ENTRIES": 30, "CULL_FREQUENCY": 3}
    cache = SqliteCache(str(tmp_path / "cache.sqlite3"), {"OPTIONS": options})
    for n in range(100):
        cache.set(f"k{n}", n, timeout=1000 + n)
    kept = cache.get_many([f"k{n}" for n in range(100)])
    assert len(kept) <= 60
    assert "k99" in kept
    assert "k0" not in kept


def test_a_cull_of_everything_is_possible(tmp_path: Path) -> None:
    options = {"MAX_ENTRIES": 5, "CULL_FREQUENCY": 0}
    cache = SqliteCache(str(tmp_path / "cache.sqlite3"), {"OPTIONS": options})
    for n in range(10):
        cache.set(f"k{n}", n)
    assert cache.get_many([f"k{n}" for n in range(10)]) == {}


def test_expired_rows_leave_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite3"
    cache = SqliteCache(str(path), {})
    cache.set_many({f"k{n}": n for n in range(150)}, timeout=0)
    cache.set_many({f"l{n}": n for n in range(150)})
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (150,)
    connection.close()


def test_a_forked_child_uses_a_connection_of_its_own(tmp_path: Path) -> None:
    cache = SqliteCache(str(tmp_path / "cache.sqlite3"), {})
    cache.set("n", 1)
    assert processes.forked(lambda: cache.incr("n") - 2) == 0
    assert cache.incr("n") == 3


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = SqliteCache(str(tmp_path / "file" / "cache.sqlite3"), {})
    with pytest.raises(sqlite3.OperationalError):
        cache.add("key", 1)
