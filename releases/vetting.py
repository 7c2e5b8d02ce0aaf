"""Have an upload examined, and move its release by what was found; a crash only costs time."""

import logging
import secrets
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from releases import claims, decisions, examining, storage
from releases.models import Release
from releases.states import State
from releases.storage import BytesMissing
from scanning.errors import ScanInconclusive

log = logging.getLogger("mog.releases")

# A scan that breaks is begun anew so often; then a person looks.
_ATTEMPTS = 3
_SWEEP_AT_ONCE = 200
# A message that has not been taken up after this is sent again.
MESSAGE_TIME = timedelta(seconds=10)
_NEXT_MESSAGE_TIME = timedelta(seconds=60)


def vet_on_commit(release: Release) -> None:
    """Send a release to a worker once the caller's transaction stands; the sweep is the net."""
    transaction.on_commit(lambda: vet.delay(release.pk), robust=True)


@shared_task(name="releases.vet")
def vet(pk: int) -> None:
    """Examine one release, unless another worker has it or it is decided."""
    release = Release.objects.with_listing().filter(pk=pk).first()
    if release is None:
        return
    token = secrets.token_hex(16)
    if not release.claim(token, lease=claims.LEASE, now=timezone.now()):
        return
    release.refresh_from_db(fields=["state", "lease_token", "lease_until", "attempts"])
    if release.attempts > _ATTEMPTS:
        decisions.hold(release, problem="scan_incomplete", now=timezone.now())
        return
    with claims.kept_alive(release, token):
        _examine(release)


@shared_task(name="releases.sweep")
def sweep() -> int:
    """Send again what nobody took up: a lost message, a killed worker."""
    now = timezone.now()
    waiting = Release.objects.unattended(now=now).order_by("lease_until")
    keys = list(waiting.values_list("pk", flat=True)[:_SWEEP_AT_ONCE])
    # A long queue is no loss: what was sent again is not sent a third time soon.
    queued = Release.objects.filter(pk__in=keys, state=State.UPLOADED)
    queued.update(lease_until=now + _NEXT_MESSAGE_TIME)
    for pk in keys:
        vet.delay(pk)
    return len(keys)


def _examine(release: Release) -> None:
    try:
        with (
            storage.local_copy(release.upload_key) as path,
            examining.examine(path, now=timezone.now()) as examined,
        ):
            decisions.decide(release, examined, now=timezone.now())
    except BytesMissing:
        log.exception("the upload of %s is gone", release.public_id)
        decisions.hold(release, problem="upload_missing", now=timezone.now())
    except ScanInconclusive as error:
        log.warning("scan of %s did not finish: %s", release.public_id, error)
        if error.is_passing and release.attempts < _ATTEMPTS:
            return  # as after a killed worker: its lease lapses, and the sweep sends it again
        decisions.hold(release, problem="scan_incomplete", now=timezone.now())
