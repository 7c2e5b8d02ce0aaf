"""Keep a claim on a release alive while it is examined, so that a dead worker's lapses soon."""

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from releases.models import Release

log = logging.getLogger("mog.releases")

# A release whose worker was killed is free again after this; with the sweep's ten seconds and the
# scan itself it is decided within a minute.
LEASE = timedelta(seconds=20)
_RENEW_SECONDS = 5.0


@contextlib.contextmanager
def kept_alive(release: Release, token: str) -> Iterator[None]:
    """Renew a claim every few seconds while the block runs."""
    is_over = threading.Event()
    renewer = threading.Thread(
        target=_renew, args=(release, token, is_over), name="lease", daemon=True
    )
    renewer.start()
    try:
        yield
    finally:
        is_over.set()
        renewer.join()


def _renew(release: Release, token: str, is_over: threading.Event) -> None:
    try:
        while not is_over.wait(_RENEW_SECONDS):
            try:
                if not release.renew(token, lease=LEASE, now=timezone.now()):
                    return
            except DatabaseError:
                log.warning("the claim on %s could not be renewed", release.public_id)
    finally:
        connection.close()  # this thread's own
