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
from payments import approvals, entitlements, orders
from payments.errors import IdempotencyKeyMissing, NotOffered, OwnListing, PolicyRefused
from payments.models import Entitlement, Order
from payments.sale_terms import Wanted


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
        """Return what the buyer has paid: nothing for what was free then, whatever it costs now."""
        return self.order.price_cents if self.order else 0

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
    OwnListing, NotOffered, IdempotencyKeyMissing, and what `orders.buy_from_wallet` raises.
    """
    by.require_scope(Scope.PURCHASE)
    visible = Listing.objects.visible_to(by).with_vendor().without_texts()
    listing = visible.get(name=wanted.listing)
    held = entitlements.entitlement_of_party(listing, by=by)
    if held is not None:
        return Purchase(listing, held, is_new=False)
    if listing.is_private:  # and seen: by those whose it is
        raise OwnListing
    if not listing.is_offered:
        raise NotOffered
    if listing.is_free:
        bought = orders.take_for_nothing(listing, by=by, now=now)
    elif may_pay:
        bought = orders.buy_from_wallet(listing, wanted, by=by, now=now)
    else:
        raise IdempotencyKeyMissing
    return Purchase(listing, bought.entitlement, is_new=bought.is_new)


@contextmanager
def refusals_recorded(*, by: Actor, now: datetime) -> Iterator[None]:
    """Put into the trail what a spend policy refuses, and ask a person where one may approve it;
    around the purchase's transaction.
    """
    try:
        with approvals.asked_for(by=by, now=now):
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
