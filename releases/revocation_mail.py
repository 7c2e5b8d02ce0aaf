"""Tell every buyer of a release that was taken out for good."""

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mail
from catalog.models import ListingState
from releases import telling
from releases.models import Revocation
from releases.telling import Tidings


def tell_on_commit(revocation: Revocation) -> None:
    """Begin once the caller's transaction stands; the sweep is the net."""
    transaction.on_commit(lambda: tell.delay(revocation.pk), robust=True)


@shared_task(name="releases.tell_buyers")
def tell(pk: int) -> int:
    """Tell the next buyers, unless another worker does or all are told; return how many."""
    revocation = Revocation.objects.select_related("release__listing__vendor").get(pk=pk)
    number, is_more = telling.tell_next(revocation, _tidings(revocation))
    if is_more:
        tell.delay(pk)
    return number


@shared_task(name="releases.sweep_revocations")
def sweep() -> int:
    """Go on where a message was lost, a worker killed or a mail server away."""
    keys = list(Revocation.objects.untold(now=timezone.now()).values_list("pk", flat=True))
    for pk in keys:
        tell.delay(pk)
    return len(keys)


def _tidings(revocation: Revocation) -> Tidings:
    release, listing = revocation.release, revocation.release.listing
    assert revocation.confirmed_at is not None
    is_offered = listing.state == ListingState.LIVE
    letter = mail.Letter(
        template="release_revoked",
        subject=f"Remove {release.label}: it was taken out for good",
        facts={
            "name": release.name,
            "version": release.version,
            "reason_given": revocation.reason,
            "latest": listing.latest_version if is_offered else "",
            "url": f"{settings.SITE_URL}/{release.name}",
        },
    )
    key, at = release.public_id, revocation.confirmed_at
    return Tidings(key=key, listing=listing, at=at, letter=letter)
