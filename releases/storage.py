"""Where archives lie: uploads until they are decided, artifacts under their digest for ever.

One interface over a folder and over S3 (`STORAGES["default"]`): put, open, sign.
"""

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from mog_package import sha256_of
from releases import links

_UPLOADS = "uploads"
_ARTIFACTS = "artifacts"


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """An address that opens one archive for whoever has it, until `expires_at`."""

    url: str
    expires_at: datetime


def put_upload(file: "File[bytes]") -> str:
    """Keep an upload; return its key."""
    return default_storage.save(f"{_UPLOADS}/{uuid.uuid4().hex}", file)


def drop_upload(key: str) -> None:
    """Forget an upload; one that is gone already is no error."""
    default_storage.delete(key)


def put_artifact(path: Path, *, sha256: str) -> None:
    """Keep the canonical archive at `path`; the same bytes are kept once, whole or not at all.

    A bucket shows an object when all of it is there. In a folder the file is written beside its
    place and renamed into it, over whatever somebody else may have put there.
    """
    key = _artifact_key(sha256)
    if _is_there(key, sha256=sha256):
        return
    if _is_folder():
        _replace(path, Path(default_storage.path(key)))
        return
    default_storage.delete(key)  # what is there and is not it has been damaged
    with path.open("rb") as file:
        saved = default_storage.save(key, File(file, name=path.name))
    if saved != key:  # another worker was faster, with the same bytes: a bucket has no half files
        default_storage.delete(saved)


class BytesMissing(Exception):
    """The bytes of an upload or an artifact are not where they were kept."""


@contextlib.contextmanager
def artifact_copy(sha256: str) -> Iterator[Path]:
    """Bring an artifact within reach of a child process; raises BytesMissing."""
    with local_copy(_artifact_key(sha256)) as path:
        yield path


@contextlib.contextmanager
def local_copy(key: str) -> Iterator[Path]:
    """Bring an upload within reach of a child process; raises BytesMissing."""
    if _is_folder():
        path = Path(default_storage.path(key))
        if not path.is_file():
            raise BytesMissing(key)
        yield path
        return
    with tempfile.TemporaryDirectory(dir=work_folder()) as folder:
        copy = Path(folder) / "upload"
        _download(key, copy)
        yield copy


def _download(key: str, copy: Path) -> None:
    try:
        source = default_storage.open(key)
    except FileNotFoundError as error:
        raise BytesMissing(key) from error
    with source, copy.open("wb") as target:
        shutil.copyfileobj(source, target)


def open_artifact(sha256: str) -> "File[bytes]":
    """Open an archive to read; raises FileNotFoundError."""
    return default_storage.open(_artifact_key(sha256))


def sign_url(*, sha256: str, file_name: str, now: datetime) -> SignedUrl:
    """Return an address for an archive that lives as long as a link may: 300 s."""
    lifetime = timedelta(seconds=settings.LINK_SECONDS)
    if _is_folder():
        return SignedUrl(links.write(sha256, file_name=file_name, now=now), now + lifetime)
    url = default_storage.url(  # type: ignore[call-arg]  # the bucket's own options
        _artifact_key(sha256),
        parameters={
            "ResponseContentType": "application/zip",
            "ResponseContentDisposition": f'attachment; filename="{file_name}"',
        },
        expire=settings.LINK_SECONDS,
    )
    return SignedUrl(url, now + lifetime)


def stale_uploads(*, before: datetime) -> Iterator[str]:
    """Yield the keys of uploads that were kept before a moment."""
    try:
        _, names = default_storage.listdir(_UPLOADS)
    except FileNotFoundError:
        return
    for name in names:
        key = f"{_UPLOADS}/{name}"
        if default_storage.get_modified_time(key) < before:
            yield key


def _is_there(key: str, *, sha256: str) -> bool:
    if not default_storage.exists(key):
        return False
    with default_storage.open(key) as there:
        return sha256_of(cast("BinaryIO", there)) == sha256


def _replace(path: Path, place: Path) -> None:
    """Put a copy of a file in its place by one rename on the volume of the place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=work_folder(), delete=False) as copy:
        try:
            with path.open("rb") as source:
                shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
            os.replace(copy.name, place)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise


def work_folder() -> Path:
    """Return the folder for what is on its way, on the volume where it will stay."""
    folder = Path(settings.INCOMING_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_folder() -> bool:
    backend: str = settings.STORAGES["default"]["BACKEND"]
    return backend.endswith("FileSystemStorage")


def _artifact_key(sha256: str) -> str:
    # Spread over folders; a name that no guesser of types takes for compressed text.
    return f"{_ARTIFACTS}/{sha256[:2]}/{sha256}.zip"
