"""An S3 server on loopback that really checks signatures and expiry: `rclone serve s3`."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mog_site import storage as site_storage

KEY, SECRET = "test-access-key", "test-secret-key-long-enough"
NAME = "mog"
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Bucket:
    """A running server with one bucket."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of a site that keeps its files here."""
        return {
            "S3_BUCKET": NAME,
            "S3_ENDPOINT_URL": self.endpoint,
            "S3_ACCESS_KEY": KEY,
            "S3_SECRET_KEY": SECRET,
        }

    def storage(self, **options: object) -> dict[str, Any]:
        """Return Django's settings of the same, as the site itself reads them."""
        with environment_of(self.environment):
            made: dict[str, Any] = site_storage.from_environment(Path(), is_production=False)
        default: dict[str, Any] = made["default"]
        return default | {"OPTIONS": default["OPTIONS"] | options}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Bucket]:
    """Serve a folder until the context ends."""
    (folder / NAME).mkdir()
    port = _free_port()
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("rclone")),
            *("serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}"),
            *("--auth-key", f"{KEY},{SECRET}", "--config", os.devnull),
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield Bucket(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def environment_of(values: dict[str, str]) -> Iterator[None]:
    """Let this process have the environment of another."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
