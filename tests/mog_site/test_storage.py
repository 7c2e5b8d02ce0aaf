"""Files in a bucket: the same settings as in production against a server that checks signatures."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.module_loading import import_string

from mog_site import storage

_KEY, _SECRET = "test-access-key", "test-secret-key-long-enough"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server on loopback with one bucket."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / "mog").mkdir()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("rclone")),
            *("serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}"),
            *("--auth-key", f"{_KEY},{_SECRET}", "--config", os.devnull),
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the S3 server did not start")


@pytest.fixture
def bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Storage:
    """The storage that the settings make of an operator's environment."""
    environment = {
        "S3_BUCKET": "mog",
        "S3_ENDPOINT_URL": endpoint,
        "S3_ACCESS_KEY": _KEY,
        "S3_SECRET_KEY": _SECRET,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return _made(storage.from_environment(tmp_path, is_production=True)["default"])


def _made(configured: dict[str, Any]) -> Storage:
    made: Storage = import_string(configured["BACKEND"])(**configured["OPTIONS"])
    return made


@pytest.mark.processes
def test_a_file_is_put_and_got(bucket: Storage) -> None:
    name = bucket.save("ab/cd.bin", ContentFile(b"bytes"))
    assert bucket.exists(name)
    with bucket.open(name) as file:
        assert file.read() == b"bytes"
    bucket.delete(name)
    assert not bucket.exists(name)


@pytest.mark.processes
def test_a_name_is_never_overwritten(bucket: Storage) -> None:
    first = bucket.save("same.bin", ContentFile(b"first"))
    second = bucket.save("same.bin", ContentFile(b"second"))
    assert first != second
    with bucket.open(first) as file:
        assert file.read() == b"first"


@pytest.mark.processes
def test_a_signed_link_opens_for_five_minutes(bucket: Storage) -> None:
    link = bucket.url(bucket.save("linked.bin", ContentFile(b"bytes")))
    assert "X-Amz-Expires=300" in link
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link
    assert httpx.get(link).content == b"bytes"


@pytest.mark.processes
def test_a_forged_link_does_not(bucket: Storage) -> None:
    link = bucket.url(bucket.save("secret.bin", ContentFile(b"bytes")))
    forged = [
        link[:-4] + "0000",
        link.replace("secret.bin", "other.bin"),
        link.replace("X-Amz-Expires=300", "X-Amz-Expires=3000"),
        link.partition("?")[0],
    ]
    for url in forged:
        answer = httpx.get(url)
        assert answer.status_code in {400, 403}
        assert b"bytes" not in answer.content


def test_a_bucket_encrypts_as_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("S3_BUCKET", "mog")
    monkeypatch.setenv("S3_ENCRYPTION", "aws:kms")
    options = storage.from_environment(tmp_path, is_production=True)["default"]["OPTIONS"]
    assert options["object_parameters"] == {"ServerSideEncryption": "aws:kms"}


def test_without_a_bucket_files_lie_in_a_folder(tmp_path: Path) -> None:
    made = _made(storage.from_environment(tmp_path, is_production=False)["default"])
    assert isinstance(made, FileSystemStorage)
    name = made.save("ab/cd.bin", ContentFile(b"bytes"))
    assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_production_serves_hashed_statics(tmp_path: Path) -> None:
    def backend(*, is_production: bool) -> str:
        made = storage.from_environment(tmp_path, is_production=is_production)
        return str(made["staticfiles"]["BACKEND"])

    assert "CompressedManifest" in backend(is_production=True)
    assert "Manifest" not in backend(is_production=False)
