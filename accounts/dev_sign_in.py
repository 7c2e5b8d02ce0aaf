"""Sign-in without a provider: one-time links that `make dev` prints, on a development machine only.

The view that redeems them is mounted only where `DEV_SIGN_IN` is set.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.cache import cache

from accounts.errors import SignInRefused
from accounts.models import User
from accounts.next_path import HOME

PATH = "dev-sign-in"
LIFETIME = timedelta(hours=1)
_SALT = "accounts.dev_sign_in"


class LinkFault(StrEnum):
    """Why a link lets nobody in."""

    TAMPERED = "link_tampered"
    LATE = "link_late"
    USED = "link_used"
    NOBODY = "link_for_nobody"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom a link lets in, and where to."""

    user: User
    next_path: str


def create_link(user: User, *, now: datetime) -> str:
    """Return a URL that signs the user in once within an hour."""
    return f"{settings.SITE_URL}{create_path(user, next_path=HOME, now=now)}"


def create_path(user: User, *, next_path: str, now: datetime) -> str:
    """Return the path of such a link, which leads on to `next_path`."""
    ticket = {
        "user": user.public_id,
        "next": next_path,
        "nonce": secrets.token_urlsafe(16),
        "expires": int((now + LIFETIME).timestamp()),
    }
    signed = signing.dumps(ticket, salt=_SALT)
    return f"/{PATH}/{signed}"


def redeem(signed: str, *, now: datetime) -> Admission:
    """Use up a link; raises SignInRefused for one that is altered, late or used."""
    try:
        ticket = signing.loads(signed, salt=_SALT)
    except signing.BadSignature as error:
        raise SignInRefused(LinkFault.TAMPERED) from error
    if now.timestamp() > ticket["expires"]:
        raise SignInRefused(LinkFault.LATE)
    user = User.objects.filter(public_id=ticket["user"], is_active=True).first()
    if user is None:
        raise SignInRefused(LinkFault.NOBODY)
    key = f"dev-sign-in:{ticket['nonce']}"
    if not cache.add(key, 1, timeout=LIFETIME.total_seconds() + 60):
        raise SignInRefused(LinkFault.USED)
    return Admission(user, ticket["next"])
