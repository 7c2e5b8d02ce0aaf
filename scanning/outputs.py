"""Take what a child left in its work folder without being led elsewhere."""

import os
import shutil
import stat
from pathlib import Path

from scanning.errors import Reason, ScanInconclusive


def read(path: Path, *, at_most: int) -> bytes:
    """Return the bytes of a plain file; raises ScanInconclusive when it is anything else."""
    with os.fdopen(_open(path, at_most), "rb") as file:
        # The child is over, but a limit that is only asked beforehand is none.
        data = file.read(at_most + 1)
    if len(data) > at_most:
        raise ScanInconclusive(Reason.MALFORMED, f"{path.name} is too large")
    return data


def take(path: Path, target: Path, *, at_most: int) -> None:
    """Copy a plain file to where no child can reach it; raises ScanInconclusive as above."""
    with os.fdopen(_open(path, at_most), "rb") as file, target.open("xb") as copy:
        shutil.copyfileobj(file, copy, length=1024 * 1024)


def _open(path: Path, at_most: int) -> int:
    """Open a file that must be plain, of one name and not too large."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ScanInconclusive(Reason.MALFORMED, f"{path.name}: {error.strerror}") from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1 or found.st_size > at_most:
        os.close(handle)
        raise ScanInconclusive(Reason.MALFORMED, f"{path.name} is no plain file of its size")
    return handle
