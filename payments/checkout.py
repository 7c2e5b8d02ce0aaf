"""Get a listing for nothing or from the wallet; `card_purchases` is for what a card pays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.refusals import record_refusal
from catalog.models import Listing
from payments import entitlements, orders
from payments.errors import IdempotencyKeyMissing, NotOffered, PolicyRefused
from payments.models import Entitlement, Order, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for: a listing by its name, and the most that they would pay."""

    listing: str
    max_price_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a purchase came to; `is_new` is false for what the buyer had already."""

    listing: Listing
    entitlement: Entitlement
    is_new: bool

    @property
    def order(self) -> Order | None:
        """Return what paid for it, now or earlier; None for what was free."""
        return self.entitlement.order

    @property
    def price_cents(self) -> int:
        """Return what the buyer has paid; for what was free, its price."""
        return self.order.price_cents if self.order else self.listing.price_cents

    @property
    def has_paid(self) -> bool:
        """Tell whether this purchase has moved money."""
        return self.is_new and self.order is not None


@transaction.atomic
def purchase(wanted: Wanted, *, by: Actor, now: datetime, may_pay: bool) -> Purchase:
    """Buy a listing for the party the actor acts for; what it has already costs nothing again.

    may_pay: whether the caller can ask again without harm, so that money may move. A free purchase
    needs no key to be safe to repeat: the second finds the entitlement.
    Raises SignInRequired, MissingScope, Listing.DoesNotExist for what the actor may not see,
    NotOffered, IdempotencyKeyMissing, and what `orders.buy_from_wallet` raises.
    """
    by.require_scope(Scope.PURCHASE)
    visible = Listing.objects.visible_to(by).with_vendor().without_texts()
    listing = visible.get(name=wanted.listing)
    held = entitlements.entitlement_of_party(listing, by=by)
    if held is not None:
        return Purchase(listing, held, is_new=False)
    if not listing.is_offered:
        raise NotOffered
    if listing.is_free:
        entitlement, is_new = entitlements.grant(listing, source=Source.FREE, by=by, now=now)
        return Purchase(listing, entitlement, is_new=is_new)
    if not may_pay:
        raise IdempotencyKeyMissing
    bought = orders.buy_from_wallet(listing, max_price_cents=wanted.max_price_cents, by=by, now=now)
    return Purchase(listing, bought.entitlement, is_new=bought.is_new)


@contextmanager
def refusals_recorded(*, by: Actor, now: datetime) -> Iterator[None]:
    """Put into the trail what a spend policy refuses; around the purchase's transaction."""
    try:
        yield
    except PolicyRefused as refusal:
        record_refusal(
            Action.PURCHASE_REFUSED,
            by=by.who,
            now=now,
            source=by.origin.ip,
            data={"reasons": ",".join(refusal.reasons)},
        )
        raise
