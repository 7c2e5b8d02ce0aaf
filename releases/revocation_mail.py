"""Tell every buyer of a release that was taken out for good: once each, whatever breaks meanwhile.

A worker holds the revocation under a lease and renews it before each mail, so that no two tell the
same buyer. After each mail it writes a notice, which is also how far it has come. A worker that is
killed between the two leaves one buyer who is told twice; both mails then have one `Message-ID`, by
which mail servers and readers know them for the same.
"""

import logging
import secrets
import smtplib
from datetime import timedelta
from urllib.parse import urlsplit

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import mail
from accounts.models import User
from catalog.models import ListingState
from payments import entitlements
from releases.models import Revocation, RevocationNotice

log = logging.getLogger("mog.releases")

# So many in one task; the next batch is a task of its own.
_AT_ONCE = 100
# Longer than a mail server may take over one mail.
_LEASE = timedelta(minutes=2)


def tell_on_commit(revocation: Revocation) -> None:
    """Begin once the caller's transaction stands; the sweep is the net."""
    transaction.on_commit(lambda: tell.delay(revocation.pk), robust=True)


@shared_task(name="releases.tell_buyers")
def tell(pk: int) -> int:
    """Tell the next buyers, unless another worker does or all are told; return how many."""
    revocation = Revocation.objects.select_related("release__listing__vendor").get(pk=pk)
    token = secrets.token_hex(16)
    if not revocation.claim(token, lease=_LEASE, now=timezone.now()):
        return 0
    buyers = list(_next_buyers(revocation))
    for number, buyer in enumerate(buyers):
        if not revocation.renew(token, lease=_LEASE, now=timezone.now()):
            return number
        if not _is_told(revocation, buyer):
            return number
    is_over = not buyers
    _let_go(revocation, token, is_over=is_over)
    if not is_over:
        tell.delay(pk)
    return len(buyers)


@shared_task(name="releases.sweep_revocations")
def sweep() -> int:
    """Go on where a message was lost, a worker killed or a mail server away."""
    keys = list(Revocation.objects.untold(now=timezone.now()).values_list("pk", flat=True))
    for pk in keys:
        tell.delay(pk)
    return len(keys)


def _next_buyers(revocation: Revocation) -> list[User]:
    """Return who comes next, in the order of their keys: whoever had it when it was taken out."""
    assert revocation.confirmed_at is not None
    told = revocation.notices.aggregate(last=Max("user_id"))["last"] or 0
    holders = entitlements.holders(revocation.release.listing, at=revocation.confirmed_at)
    return list(holders.filter(pk__gt=told).exclude(email="").order_by("pk")[:_AT_ONCE])


def _is_told(revocation: Revocation, buyer: User) -> bool:
    """Write to one buyer and remember it; False when the mail server is away, to try later."""
    is_refused = False
    try:
        mail.deliver(_letter(revocation), to=buyer.email, message_id=_message_id(revocation, buyer))
    except mail.PASSING as error:
        log.warning("buyers of %s are told later: %s", revocation.release.public_id, error)
        return False
    except smtplib.SMTPException:
        log.exception("%s could not be told", buyer.public_id)
        is_refused = True
    RevocationNotice.objects.create(
        revocation=revocation, user=buyer, is_refused=is_refused, at=timezone.now()
    )
    return True


def _letter(revocation: Revocation) -> mail.Letter:
    release, listing = revocation.release, revocation.release.listing
    is_offered = listing.state == ListingState.LIVE
    return mail.Letter(
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


def _message_id(revocation: Revocation, buyer: User) -> str:
    """Return the same for every attempt (RFC 5322 section 3.6.4)."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"<{revocation.release.public_id}.{buyer.public_id}@{host}>"


def _let_go(revocation: Revocation, token: str, *, is_over: bool) -> None:
    now = timezone.now()
    ours = Revocation.objects.filter(pk=revocation.pk, lease_token=token)
    ours.update(lease_until=None, lease_token="", told_at=now if is_over else None)
