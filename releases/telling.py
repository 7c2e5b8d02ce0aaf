"""Tell everybody who has a listing something: once each, whatever breaks meanwhile.

A worker holds what it tells of under a lease and renews it before each mail, so that no two tell
the same buyer. After each mail it writes a notice, which is also how far it has come. A worker that
is killed between the two leaves one buyer who is told twice; both mails then have one `Message-ID`,
by which mail servers and readers know them for the same.
"""

import logging
import secrets
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from accounts import mail
from accounts.models import User
from catalog.models import Listing
from payments import entitlements
from releases.models import Told

log = logging.getLogger("mog.releases")

# So many in one task; the next batch is a task of its own.
_AT_ONCE = 100
# Longer than a mail server may take over one mail.
_LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """What is told, to whoever had a listing at a moment.

    key: an opaque id that is in every `Message-ID`.
    """

    key: str
    listing: Listing
    at: datetime
    letter: mail.Letter


def tell_next(told: Told, tidings: Tidings) -> tuple[int, bool]:
    """Tell the next buyers, unless another worker does or all are told.

    Returns how many were, and whether there may be more.
    """
    token = secrets.token_hex(16)
    if not told.claim(token, lease=_LEASE, now=timezone.now()):
        return 0, False
    buyers = _next_buyers(told, tidings)
    for number, buyer in enumerate(buyers):
        if not told.renew(token, lease=_LEASE, now=timezone.now()):
            return number, False
        if not _is_told(told, tidings, buyer):
            return number, False
    told.let_go(token, told_at=None if buyers else timezone.now())
    return len(buyers), bool(buyers)


def _next_buyers(told: Told, tidings: Tidings) -> Sequence[User]:
    """Return who comes next, in the order of their keys."""
    last = _notices(told).aggregate(last=Max("user_id"))["last"] or 0
    holders = entitlements.holders(tidings.listing, at=tidings.at)
    return list(holders.filter(pk__gt=last).exclude(email="").order_by("pk")[:_AT_ONCE])


def _is_told(told: Told, tidings: Tidings, buyer: User) -> bool:
    """Write to one buyer and remember it; False when the mail server is away, to try later."""
    is_refused = False
    try:
        mail.deliver(tidings.letter, to=buyer.email, message_id=_message_id(tidings, buyer))
    except mail.PASSING as error:
        log.warning("those who have %s are told later: %s", tidings.listing.name, error)
        return False
    except smtplib.SMTPException:
        log.exception("%s could not be told", buyer.public_id)
        is_refused = True
    _notices(told).create(user=buyer, is_refused=is_refused, at=timezone.now())
    return True


def _notices(told: Told) -> Any:
    """Return who was told: each kind of row has a table of its own for that."""
    return told.notices  # type: ignore[attr-defined]  # the related rows of a child


def _message_id(tidings: Tidings, buyer: User) -> str:
    """Return the same for every attempt (RFC 5322 section 3.6.4)."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"<{tidings.key}.{buyer.public_id}@{host}>"
