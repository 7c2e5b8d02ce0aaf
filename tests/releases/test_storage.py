"""Where archives lie, in a folder and in a bucket whose server really checks signatures."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.utils import timezone
from pytest_django import Settings

from releases import storage
from releases.storage import BytesMissing
from tests import buckets
from tests.buckets import Bucket

DATA = b"the archive" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    """Run an S3 server with one empty bucket."""
    with buckets.serving(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Both kinds of storage, one after the other."""
    if request.param == "bucket":
        running: Bucket = request.getfixturevalue("bucket")
        settings.STORAGES = settings.STORAGES | {"default": running.storage()}
    return str(request.param)


def kept(tmp_path: Path, data: bytes = DATA) -> str:
    """Keep bytes under their digest."""
    path = tmp_path / "made"
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    storage.put_artifact(path, sha256=sha256)
    return sha256


@pytest.mark.usefixtures("place")
def test_an_artifact_comes_back_byte_for_byte(tmp_path: Path) -> None:
    kept(tmp_path)
    with storage.open_artifact(SHA256) as file:
        assert file.read() == DATA


@pytest.mark.usefixtures("place")
def test_the_same_artifact_can_be_kept_twice(tmp_path: Path) -> None:
    assert kept(tmp_path) == kept(tmp_path)


@pytest.mark.usefixtures("place")
def test_a_broken_artifact_is_replaced(tmp_path: Path) -> None:
    key = f"artifacts/{SHA256[:2]}/{SHA256}.zip"
    default_storage.save(key, ContentFile(DATA[:10]))
    kept(tmp_path)
    with storage.open_artifact(SHA256) as file:
        assert file.read() == DATA


@pytest.mark.usefixtures("place")
def test_an_upload_is_brought_within_reach_and_forgotten(tmp_path: Path) -> None:
    key = storage.put_upload(ContentFile(DATA))
    with storage.local_copy(key) as path:
        assert path.read_bytes() == DATA
    storage.drop_upload(key)
    storage.drop_upload(key)
    with pytest.raises(BytesMissing), storage.local_copy(key):
        pass


@pytest.mark.usefixtures("place")
def test_stale_uploads_are_found() -> None:
    key = storage.put_upload(ContentFile(b"x"))
    now = timezone.now()
    assert key in list(storage.stale_uploads(before=now + timedelta(minutes=1)))
    assert list(storage.stale_uploads(before=now - timedelta(minutes=1))) == []


def _signed(tmp_path: Path) -> str:
    return storage.sign_url(
        sha256=kept(tmp_path), file_name="acme-pdf-tools-1.0.0.zip", now=timezone.now()
    ).url


def _in_bucket(settings: Settings, bucket: Bucket, **options: object) -> None:
    settings.STORAGES = settings.STORAGES | {"default": bucket.storage(**options)}


def test_a_presigned_link_opens_the_archive(
    tmp_path: Path, settings: Settings, bucket: Bucket
) -> None:
    _in_bucket(settings, bucket)
    answer = httpx.get(_signed(tmp_path))
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["Content-Type"] == "application/zip"
    assert "Content-Encoding" not in answer.headers


def test_a_presigned_link_says_how_long_it_lives(
    tmp_path: Path, settings: Settings, bucket: Bucket
) -> None:
    _in_bucket(settings, bucket)
    url = httpx.URL(_signed(tmp_path))
    assert url.params["X-Amz-Expires"] == "300"
    assert url.params["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"


@pytest.mark.parametrize(
    ("name", "value"), [("X-Amz-Signature", "0" * 64), ("X-Amz-Expires", "9000")]
)
def test_an_altered_presigned_link_opens_nothing(
    tmp_path: Path, settings: Settings, bucket: Bucket, name: str, value: str
) -> None:
    _in_bucket(settings, bucket)
    url = httpx.URL(_signed(tmp_path)).copy_set_param(name, value)
    assert httpx.get(url).status_code in {400, 403}


def test_a_link_of_another_key_opens_nothing(
    tmp_path: Path, settings: Settings, bucket: Bucket
) -> None:
    _in_bucket(settings, bucket)
    kept(tmp_path)
    _in_bucket(settings, bucket, secret_key="another")
    url = storages["default"].url(f"artifacts/{SHA256[:2]}/{SHA256}.zip")
    assert httpx.get(url).status_code == 403


def test_a_bucket_is_closed_to_who_has_no_link(
    tmp_path: Path, settings: Settings, bucket: Bucket
) -> None:
    _in_bucket(settings, bucket)
    url = httpx.URL(_signed(tmp_path)).copy_with(query=None)
    assert httpx.get(url).status_code in {400, 403}
