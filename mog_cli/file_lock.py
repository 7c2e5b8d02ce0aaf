"""One writer at a time, across processes; a lock dies with its holder."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE_SECONDS = 0.02


class LockBusy(Exception):
    """Somebody else held the lock for the whole time we were ready to wait."""


@contextlib.contextmanager
def hold(path: Path, *, patience_seconds: float) -> Iterator[None]:
    """Hold the lock file while the block runs; raises LockBusy and OSError.

    The file stays behind: removing it would let two processes lock two different files.
    """
    # O_NOFOLLOW is missing on Windows, where making a symlink needs a privilege.
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        _acquire(descriptor, give_up_at=time.monotonic() + patience_seconds)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, *, give_up_at: float) -> None:
    while not _try_acquire(descriptor):
        if time.monotonic() >= give_up_at:
            raise LockBusy
        time.sleep(_PAUSE_SECONDS)


def _try_acquire(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is what Windows says
        return False
    return True
