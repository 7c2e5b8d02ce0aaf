"""The real server on the test's own database, for tests that need two sides and a wire.

A test that asks for `live` makes its rows with the usual factories; they are gone afterwards.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.core.files.storage import Storage
from django.core.files.storage.handler import StorageHandler
from django.db import connections

from mog_site import storage as site_storage
from tests import buckets, databases
from tests.fakes import providers
from tests.fakes.providers import Providers

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LiveSite:
    """A running site and the providers it signs people in with."""

    base_url: str
    process_id: int
    providers: Providers
    # What another process of the same site needs beside the tests' own environment.
    environment: dict[str, str]

    @property
    def files(self) -> Storage:
        """Return where it keeps files."""
        with buckets.environment_of(self.environment):
            made = site_storage.from_environment(settings.VAR_DIR / "files", is_production=False)
        return StorageHandler(made)["default"]  # type: ignore[arg-type]  # settings, not storages


@pytest.fixture(scope="session")
def running_site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """Run providers and server for the whole session; a test asks for `live` instead."""
    with serving(tmp_path_factory) as site:
        yield site


@contextlib.contextmanager
def serving(factory: pytest.TempPathFactory, *, host: str = "127.0.0.1") -> Iterator[LiveSite]:
    """Run providers and a server that takes itself for `host`, a name of this machine."""
    log = factory.mktemp("live") / "server.log"
    with (
        providers.running() as running,
        _files(factory) as files,
        log.open("wb") as output,
    ):
        port = _free_port()
        base_url = f"http://{host}:{port}"
        environment = _environment(running.environment | files | {"SITE_URL": base_url})
        process = start(port, environment=environment, to=output.fileno())
        try:
            wait_until_it_answers(base_url, process, log)
            yield LiveSite(base_url, process.pid, running, environment)
        finally:
            stop(process)


@contextlib.contextmanager
def _files(factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Keep files in a bucket where the database is a server, in a folder where it is a file."""
    if connections["default"].vendor == "sqlite":
        yield {}
        return
    with buckets.serving(factory.mktemp("s3")) as bucket:
        yield bucket.environment


@pytest.fixture
def live(transactional_db: None, running_site: LiveSite) -> LiveSite:
    """The running site over an empty database, with providers that remember nothing."""
    for name in ("github", "google", "sso"):
        running_site.providers[name].reset()
    return running_site


def start(port: int, *, environment: dict[str, str], to: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    command += ["--no-ws", "mog_site.wsgi:application"]
    # A group of its own, so that stopping it by id reaches its workers and nobody else.
    return subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=to, stderr=to, start_new_session=True
    )


def _environment(more: dict[str, str]) -> dict[str, str]:
    return (
        os.environ
        | more
        | {
            "DATABASE_URL": databases.url(connections["default"]),
            "DJANGO_SETTINGS_MODULE": "mog_site.settings",
            "MOG_DEV_SIGN_IN": "1",
            # Every test comes from one address, so that limits are tested elsewhere.
            "LIMIT_AUTH": "100000",
            "LIMIT_BASELINE": "100000",
            "LIMIT_AUTHENTICATED": "100000",
            "LIMIT_FINANCIAL": "100000",
            "LIMIT_PUBLIC": "100000",
            "LIMIT_SENDING": "100000",
            "LIMIT_UPLOAD": "100000",
            "LIMIT_WEBHOOK": "100000",
            # Seconds; long enough to poll in between, short enough to wait for.
            "OAUTH_DEVICE_INTERVAL": "2",
        }
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_SECONDS)


def wait_until_it_answers(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{base_url}/sign-in", timeout=5)
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8')[-4000:]}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
