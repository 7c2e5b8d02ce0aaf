"""An upload on its way in: hashed and counted piece by piece, never held in memory."""

import hashlib
import tempfile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from mog_package import UPLOAD
from releases import storage
from releases.errors import InvalidUpload, UploadTooLarge

FIELD = "archive"


class _Incoming(TemporaryUploadedFile):
    """An upload beside the folder it will be moved to, so that the move is a rename."""

    def __init__(self, name: str) -> None:
        file = tempfile.NamedTemporaryFile(  # noqa: SIM115 (the request closes it)
            suffix=".upload", dir=storage.work_folder()
        )
        super(TemporaryUploadedFile, self).__init__(file, name, "application/zip", 0)


class HashingUploadHandler(TemporaryFileUploadHandler):
    """Writes the one file of a request to disk and knows its SHA-256 when it has ended.

    Raises UploadTooLarge as soon as one byte too many has come, InvalidUpload for another file.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._hash = hashlib.sha256()
        self._seen = 0
        self._files = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self._files += 1
        if self.field_name != FIELD or self._files > 1:
            self._forget()
            raise InvalidUpload(FIELD, f"Send one file, in the field {FIELD!r}.")
        self.file = _Incoming(self.file_name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take a piece."""
        self._seen += len(raw_data)
        if self._seen > UPLOAD.archive_bytes:
            self._forget()
            raise UploadTooLarge(UPLOAD.archive_bytes)
        self._hash.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        """Return the file, with its digest as `sha256`."""
        file = super().file_complete(file_size)
        assert file is not None
        file.sha256 = self._hash.hexdigest()  # type: ignore[attr-defined]  # read by the view
        return file

    def _forget(self) -> None:
        """Delete what has come so far: nobody else knows of it yet."""
        if self._files and hasattr(self, "file"):
            self.file.close()
