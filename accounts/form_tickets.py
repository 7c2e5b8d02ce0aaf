"""Tickets in forms that create a secret: one form, one secret, however often it is sent.

A reload or a double click sends the same form again; without a ticket it would silently make a
second token whose only showing nobody reads.
"""

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.core.cache import cache

from accounts.errors import StaleForm
from accounts.models import User

LIFETIME = timedelta(hours=1)
_SALT = "accounts.form_tickets"


def issue(user: User, *, now: datetime) -> str:
    """Return a ticket for a form that is being shown to the user."""
    ticket = {
        "user": user.public_id,
        "nonce": secrets.token_urlsafe(16),
        "expires": int((now + LIFETIME).timestamp()),
    }
    return signing.dumps(ticket, salt=_SALT)


def redeem(signed: str, *, user: User, now: datetime) -> None:
    """Use up a ticket; raises StaleForm for one that is used, late, altered or another's."""
    try:
        ticket = signing.loads(signed, salt=_SALT)
    except signing.BadSignature as error:
        raise StaleForm from error
    if ticket["user"] != user.public_id or now.timestamp() > ticket["expires"]:
        raise StaleForm
    # Remembered for as long as the ticket could be presented.
    is_first = cache.add(f"form-ticket:{ticket['nonce']}", 1, timeout=LIFETIME.total_seconds() + 60)
    if not is_first:
        raise StaleForm
