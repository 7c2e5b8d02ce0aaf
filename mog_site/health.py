"""Is the process alive, and can it do its work: for load balancers and probes."""

import os
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue

import redis
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

# Of our own infrastructure: answered under any load and for any host.
PROBES = frozenset({"/health", "/health/ready"})
# A part that has not answered by then counts as down.
_TIMEOUT = timedelta(seconds=2)
# Probes are not limited, so however many come, the parts are asked once in this time.
_FRESH = timedelta(seconds=1)


@require_safe
def alive(_request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"ok": True, "version": settings.VERSION})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether every part works; 503 when one does not."""
    parts = _readiness.parts()
    is_ready = all(state == "ok" for state in parts.values())
    body = {
        "ok": is_ready,
        "version": settings.VERSION,
        "status": "ready" if is_ready else "degraded",
        **parts,
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def check_database() -> None:
    """Ask the database anything; raises when it does not answer."""
    # The thread's own connection, closed at once: a probe must not keep one.
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_cache() -> None:
    """Write and read back; raises when the cache does not."""
    key = f"health:{os.getpid()}"
    cache.set(key, 1, timeout=10)
    if cache.get(key) != 1:
        raise OSError("the cache forgets")


def check_storage() -> None:
    """Look into the storage; raises when files could not be stored."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("health")
        return
    location = Path(default_storage.location)
    location.mkdir(parents=True, exist_ok=True)
    _write_into(location)


def check_queue() -> None:
    """Reach the broker; raises when a task could not be sent."""
    url: str = settings.CELERY_BROKER_URL
    if url.startswith("filesystem:"):
        folder = Path(str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"]))
        folder.mkdir(parents=True, exist_ok=True)
        _write_into(folder)
        return
    seconds = _TIMEOUT.total_seconds() / 2
    with redis.from_url(
        url,
        socket_timeout=seconds,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        client.ping()


def _write_into(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"health")


class Part:
    """One part, asked in a thread of its own that may hang without holding up anybody."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._questions: SimpleQueue[Future[None]] = SimpleQueue()
        self._answer: Future[None] | None = None

    def ask(self) -> "Future[None]":
        """Return the answer to come; while one is outstanding nothing is asked again."""
        if self._answer is not None and not self._answer.done():
            return self._answer
        if self._answer is None:
            # A daemon, so that a part that hangs cannot keep the process from ending.
            threading.Thread(target=self._work, name="health", daemon=True).start()
        self._answer = Future()
        self._questions.put(self._answer)
        return self._answer

    def _work(self) -> None:
        while True:
            answer = self._questions.get()
            try:
                self._check()
            except Exception as error:  # noqa: BLE001 (whatever it is, the part does not work)
                answer.set_exception(error)
            else:
                answer.set_result(None)


class Readiness:
    """Asks all parts at once, and remembers for a second what they said."""

    def __init__(self, checks: dict[str, Callable[[], None]]) -> None:
        self._asked = {name: Part(check) for name, check in checks.items()}
        self._lock = threading.Lock()
        self._asked_at = -float("inf")
        self._parts: dict[str, str] = {}

    def parts(self) -> dict[str, str]:
        """Return `ok` or `down` for each part, at most a second old; never why."""
        with self._lock:
            if time.monotonic() - self._asked_at > _FRESH.total_seconds():
                self._parts = self._ask()
                self._asked_at = time.monotonic()
            return dict(self._parts)

    def _ask(self) -> dict[str, str]:
        answers = {name: part.ask() for name, part in self._asked.items()}
        done, _ = wait(answers.values(), _TIMEOUT.total_seconds())
        return {
            name: "ok" if answer in done and answer.exception() is None else "down"
            for name, answer in answers.items()
        }


_readiness = Readiness(
    {"db": check_database, "cache": check_cache, "storage": check_storage, "queue": check_queue}
)
