"""Buy a listing: for nothing, at once."""

import re
from dataclasses import dataclass
from datetime import datetime

from accounts.actor import Actor
from accounts.scopes import Scope
from catalog.models import Listing
from payments import entitlements
from payments.errors import InvalidIdempotencyKey, NotOffered, PaymentUnavailable
from payments.models import Entitlement, Source

# Stripe takes 255 characters.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a purchase came to; `is_new` is false for what the buyer had already."""

    listing: Listing
    entitlement: Entitlement
    is_new: bool


def purchase(
    listing: Listing, *, idempotency_key: str | None, by: Actor, now: datetime
) -> Purchase:
    """Buy a listing for the party the actor acts for; what it has already costs nothing again.

    A free purchase needs no stored answer to be safe to repeat: the second finds the entitlement.
    Raises SignInRequired, MissingScope, InvalidIdempotencyKey, NotOffered and PaymentUnavailable.
    """
    by.require_scope(Scope.PURCHASE)
    if idempotency_key is not None and _KEY.fullmatch(idempotency_key) is None:
        raise InvalidIdempotencyKey
    held = entitlements.active_entitlement(listing, by=by)
    if held is not None:
        return Purchase(listing, held, is_new=False)
    if not listing.is_offered:
        raise NotOffered
    if not listing.is_free:
        raise PaymentUnavailable(listing.price_cents)
    entitlement, is_new = entitlements.grant(listing, source=Source.FREE, by=by, now=now)
    return Purchase(listing, entitlement, is_new=is_new)
