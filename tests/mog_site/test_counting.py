"""Four processes that ask the limiter about one caller count exactly, on either cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django_ratelimit.core import _get_window

_WORKERS = 4
_REQUESTS = 150

# A server process without its socket: the same middleware, the same settings, one caller.
_WORKER = """
import os, sys
import django
django.setup()
from django.test import Client
client = Client(REMOTE_ADDR=sys.argv[1])
statuses = [client.get("/v1/missing").status_code for _ in range(int(sys.argv[2]))]
sys.stdout.write(" ".join(map(str, statuses)))
"""


@pytest.mark.processes
@pytest.mark.parametrize("cache", ["file", pytest.param("redis", marks=pytest.mark.redis)])
def test_exactly_the_limit_passes_in_all_processes_together(tmp_path: Path, cache: str) -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "mog_site.settings",
        "MOG_VAR_DIR": str(tmp_path),
        "CACHE_PREFIX": tmp_path.name + str(os.getpid()),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'mog.sqlite3'}",
        "LIMIT_BASELINE": "250",
        "LOG_LEVEL": "critical",
    }
    environment.pop("REDIS_URL", None)
    environment.pop("DATABASE_OWNER_URL", None)
    if cache == "redis":
        environment["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
    command = [sys.executable, "-c", _WORKER, _caller_in_a_young_window(), str(_REQUESTS)]
    workers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(_WORKERS)
    ]
    statuses = [status for worker in workers for status in worker.communicate()[0].split()]
    assert [worker.returncode for worker in workers] == [0] * _WORKERS
    assert len(statuses) == _WORKERS * _REQUESTS
    assert statuses.count("404") == 250
    assert statuses.count("429") == _WORKERS * _REQUESTS - 250


def _caller_in_a_young_window() -> str:
    """Return one whose minute has just begun: that of each caller begins at another second."""
    addresses = (f"127.0.0.{number}" for number in range(1, 255))
    return max(addresses, key=lambda address: _get_window(f"|address:{address}|", 60))
