"""Replace a file whole: after a crash it is the old or the new one, never a part."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mog_cli import durable


@contextlib.contextmanager
def replacing(path: Path, *, mode: int, prefix: str = ".mog-") -> Iterator[BinaryIO]:
    """Open a file that takes a path's place once the block is through.

    Temporary neighbour, fsync, rename, fsync of the folder. `mode` are the permission bits before
    the umask, `prefix` begins the neighbour's name. Raises OSError; whatever ends the block, Ctrl-C
    included, leaves the path as it was and no neighbour.
    """
    neighbour = path.with_name(f"{prefix}{secrets.token_hex(8)}")
    try:
        with _open_new(neighbour, mode=mode) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(neighbour, path)
    except BaseException:
        neighbour.unlink(missing_ok=True)
        raise
    durable.sync_folder(path.parent)


def replace(path: Path, content: bytes, *, mode: int, prefix: str = ".mog-") -> None:
    """Put content in place of a file, as `replacing` does; raises OSError."""
    with replacing(path, mode=mode, prefix=prefix) as file:
        file.write(content)


def _open_new(path: Path, *, mode: int) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, mode), "w+b")
