"""Keep a claim on a row alive while a worker examines, so that a dead worker's lapses soon."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from django.db import DatabaseError, connection
from django.utils import timezone

log = logging.getLogger("mog.releases")

# A release whose worker was killed is free again after this; with the sweep's ten seconds and the
# scan itself it is decided within a minute.
LEASE = timedelta(seconds=20)
_RENEW_SECONDS = 5.0


class Claimable(Protocol):
    """A row that a worker holds under a lease."""

    @property
    def subject(self) -> str:
        """Return what the audit trail calls it."""

    def renew(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Keep a claim for longer; tell whether it is still ours."""


@contextlib.contextmanager
def kept_alive(row: Claimable, token: str) -> Iterator[None]:
    """Renew a claim every few seconds while the block runs."""
    is_over = threading.Event()
    renewer = threading.Thread(target=_renew, args=(row, token, is_over), name="lease", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        is_over.set()
        renewer.join()


def _renew(row: Claimable, token: str, is_over: threading.Event) -> None:
    try:
        while not is_over.wait(_RENEW_SECONDS):
            try:
                if not row.renew(token, lease=LEASE, now=timezone.now()):
                    return
            except DatabaseError:
                log.warning("the claim on %s could not be renewed", row.subject)
    finally:
        connection.close()  # this thread's own
