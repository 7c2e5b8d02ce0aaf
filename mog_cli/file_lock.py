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
    with _locked(os.O_RDWR | os.O_CREAT, path, patience_seconds, is_shared=False):
        yield


@contextlib.contextmanager
def share(path: Path, *, patience_seconds: float) -> Iterator[None]:
    """Hold the same against writers alone; the file must be there and is not written to."""
    with _locked(os.O_RDONLY, path, patience_seconds, is_shared=True):
        yield


@contextlib.contextmanager
def _locked(flags: int, path: Path, patience_seconds: float, *, is_shared: bool) -> Iterator[None]:
    # O_NOFOLLOW is missing on Windows, where making a symlink needs a privilege.
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        give_up_at = time.monotonic() + patience_seconds
        _acquire(descriptor, give_up_at=give_up_at, is_shared=is_shared)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, *, give_up_at: float, is_shared: bool) -> None:
    while not _try_acquire(descriptor, is_shared=is_shared):
        if time.monotonic() >= give_up_at:
            raise LockBusy
        time.sleep(_PAUSE_SECONDS)


def _try_acquire(descriptor: int, *, is_shared: bool) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            kind = fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is what Windows says
        return False
    return True
