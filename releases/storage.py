"""Where archives lie: uploads until they are decided, artifacts under their digest for ever.

One interface over a folder and over S3 (`STORAGES["default"]`): put, open, sign.
"""

import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from mog_package import sha256_of
from releases import links

_UPLOADS = "uploads"
_ARTIFACTS = "artifacts"


if TYPE_CHECKING:
    _File = File[bytes]
else:
    _File = File  # not subscriptable when it runs


@dataclass(frozen=True, slots=True)
class SignedUrl:
    """An address that opens one archive for whoever has it, until `expires_at`."""

    url: str
    expires_at: datetime


class _MovableFile(_File):
    """A file that the storage may take instead of copying: a rename is whole or not at all."""

    def temporary_file_path(self) -> str:
        """Return where it lies; Django's own name for the offer."""
        assert self.name is not None
        return self.name


def put_upload(file: "File[bytes]") -> str:
    """Keep an upload; return its key."""
    return default_storage.save(f"{_UPLOADS}/{uuid.uuid4().hex}", file)


def drop_upload(key: str) -> None:
    """Forget an upload; one that is gone already is no error."""
    default_storage.delete(key)


def put_artifact(path: Path, *, sha256: str) -> None:
    """Keep the canonical archive at `path`, which is moved; the same bytes are kept once.

    What a killed worker left half-written under this digest is replaced.
    """
    key = _artifact_key(sha256)
    if default_storage.exists(key):
        with default_storage.open(key) as there:
            if sha256_of(cast("BinaryIO", there)) == sha256:
                return
        default_storage.delete(key)
    with path.open("rb") as file:
        saved = default_storage.save(key, _MovableFile(file, name=str(path)))
    if saved != key:  # another worker kept the same bytes at the same moment
        default_storage.delete(saved)


@contextlib.contextmanager
def local_copy(key: str) -> Iterator[Path]:
    """Bring an upload within reach of a child process; raises FileNotFoundError."""
    if _is_folder():
        yield Path(default_storage.path(key))
        return
    with tempfile.TemporaryDirectory(dir=work_folder()) as folder:
        copy = Path(folder) / "upload"
        with default_storage.open(key) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield copy


def open_artifact(sha256: str) -> "File[bytes]":
    """Open an archive to read; raises FileNotFoundError."""
    return default_storage.open(_artifact_key(sha256))


def sign_url(*, sha256: str, file_name: str, now: datetime) -> SignedUrl:
    """Return an address for an archive that lives as long as a link may (SPEC 5: 300 s)."""
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


def work_folder() -> Path:
    """Return the folder for what is on its way, on the volume where it will stay."""
    folder = Path(settings.INCOMING_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _is_folder() -> bool:
    backend: str = settings.STORAGES["default"]["BACKEND"]
    return backend.endswith("FileSystemStorage")


def _artifact_key(sha256: str) -> str:
    # Spread over folders; a name that no guesser of types takes for compressed text (STACK 5).
    return f"{_ARTIFACTS}/{sha256[:2]}/{sha256}.zip"
