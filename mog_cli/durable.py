"""Files and folders that are on the disk before the next step begins."""

import os
import sys
from pathlib import Path


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a new file and wait until its bytes are on the disk; raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Make a folder and wait until the one above knows; nothing happens when it is there."""
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        if not path.is_dir():
            raise
        return
    sync_folder(path.parent)


def move(source: Path, target: Path) -> None:
    """Rename, and wait until both folders know; raises OSError."""
    os.rename(source, target)
    sync_folder(target.parent)
    sync_folder(source.parent)


def remove(path: Path) -> None:
    """Remove a file, and wait until its folder knows; nothing happens when there is none."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if sys.platform == "win32":  # a folder cannot be opened there; rename is journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
