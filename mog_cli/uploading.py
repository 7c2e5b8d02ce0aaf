"""Make the archive that is sent to the marketplace, and send it."""

import contextlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import mog_package
from mog_cli import findings, sizes
from mog_cli.client import Client
from mog_cli.connection import Upload
from mog_cli.errors import PackageRefused, UsageError
from mog_cli.output import Console
from mog_cli.release_answers import Release
from mog_package import UPLOAD, Package, PackageError

# As in the canonical form.
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def send(
    package: Package, archive: BinaryIO, client: Client, console: Console, *, is_published: bool
) -> tuple[Release, float | None]:
    """Send an archive; raises what Connection.exchange raises."""
    manifest = package.manifest
    fields = {
        "name": manifest.name,
        "version": str(manifest.version),
        "publish": "true" if is_published else "false",
    }
    total = archive.seek(0, 2)
    archive.seek(0)
    watched = _Watched(archive, total, lambda text: console.progress(text))
    name = f"{manifest.vendor}-{manifest.slug}-{manifest.version}.zip"
    upload = Upload(fields, "archive", name, cast(BinaryIO, watched))
    return client.upload_release(upload)


@contextlib.contextmanager
def archive_of_folder(package: Package) -> Iterator[BinaryIO]:
    """Hold open the canonical archive, or a deflated one where that is too large to be sent.

    Raises PackageRefused, also when neither may be sent, and OSError.
    """
    with tempfile.TemporaryFile() as file:
        artifact = _canonical(package, file)
        if artifact.size_bytes > UPLOAD.archive_bytes:
            file.seek(0)
            file.truncate()
            _deflate(package, file)
            _refuse_large(package, file)
        yield file


@contextlib.contextmanager
def archive_in(path: Path) -> Iterator[BinaryIO]:
    """Hold open a zip that is there; raises UsageError when it is too large to be sent."""
    with path.open("rb") as file:
        if file.seek(0, 2) > UPLOAD.archive_bytes:
            limit = sizes.text_of(UPLOAD.archive_bytes)
            raise UsageError(
                f"{path} is larger than {limit}.", advice="Name the folder: mog deflates it then."
            )
        yield file


def _canonical(package: Package, file: BinaryIO) -> mog_package.Artifact:
    try:
        return mog_package.write_canonical(package, file)
    except PackageError as error:
        raise _changed(package, error) from error


def _deflate(package: Package, file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for each in package.files:
                about = zipfile.ZipInfo(each.path, _EARLIEST)
                about.compress_type = zipfile.ZIP_DEFLATED
                about.external_attr = 0o100644 << 16
                archive.writestr(about, package.tree.read(each.path))
    except PackageError as error:
        raise _changed(package, error) from error


def _refuse_large(package: Package, file: BinaryIO) -> None:
    """Refuse what the server would: too large even when deflated, or deflated too well."""
    file.seek(0)
    try:
        mog_package.open_archive(file, limits=UPLOAD)
    except PackageError as error:
        raise findings.refusal(package.manifest.name, error.problems) from error


def _changed(package: Package, error: PackageError) -> PackageRefused:
    return findings.refusal(
        package.manifest.name, error.problems, advice="It changed while it was packed. Try again."
    )


@dataclass(slots=True)
class _Watched:
    """A file that says how much of it has been read."""

    file: BinaryIO
    total: int
    say: Callable[[str], None]
    tenth: int = 0

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        tenth = self.file.tell() * 10 // max(1, self.total)
        if tenth > self.tenth:
            self.tenth = tenth
            done = sizes.text_of(self.file.tell())
            self.say(f"Uploading: {done} of {sizes.text_of(self.total)}")
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def fileno(self) -> int:
        return self.file.fileno()
