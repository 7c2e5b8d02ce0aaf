"""Forget uploads that no release waits for: a crash, or a refusal that could not clean up."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from releases import storage
from releases.models import Release

# A row follows its bytes within seconds; whatever is older than this will never have one.
_ABANDONED_AFTER = timedelta(days=1)


def purge(*, now: datetime, dry_run: bool) -> int:
    """Delete abandoned uploads; return how many."""
    stale = list(storage.stale_uploads(before=now - _ABANDONED_AFTER))
    awaited = set(Release.objects.filter(upload_key__in=stale).values_list("upload_key", flat=True))
    abandoned = [key for key in stale if key not in awaited]
    if not dry_run:
        for key in abandoned:
            storage.drop_upload(key)
    return len(abandoned)


@shared_task(name="releases.purge_uploads")
def purge_uploads() -> int:
    """Purge once a day."""
    return purge(now=timezone.now(), dry_run=False)
