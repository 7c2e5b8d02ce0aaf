"""Files in a bucket: the same settings as in production against a server that checks signatures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.utils.module_loading import import_string

from mog_site import storage
from tests import buckets
from tests.buckets import Bucket


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """An S3 server on loopback with one bucket."""
    with buckets.serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(running: Bucket) -> Storage:
    """The storage that the settings make of an operator's environment."""
    return _made(running.storage())


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
