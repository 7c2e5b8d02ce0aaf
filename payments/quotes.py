"""What a listing would cost now, locked for a while, and what a spend policy says to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.scopes import Scope
from catalog.models import Listing
from payments import accounts, budgets, entitlements, sale_terms, simulations
from payments.errors import QuoteOver
from payments.models import Order, Quote
from payments.models.bound_price import asking_token
from payments.sale_terms import Wanted
from payments.simulations import Budget
from payments.spending import Decision

# So long the price holds (SPEC 7).
LOCKED_FOR = timedelta(minutes=10)
# So long one can still be told that it is over.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote, what would become of the purchase now, and what is left under each policy.

    is_owned: the buyer has the listing, so that buying it costs nothing.
    missing_cents: what the wallet that pays lacks of the price; a frozen one lacks nothing.
    """

    quote: Quote
    decision: Decision
    budgets: Sequence[Budget]
    is_owned: bool
    missing_cents: int
    is_wallet_frozen: bool


@transaction.atomic
def ask(listing: str, *, by: Actor, now: datetime) -> Quoted:
    """Lock the price of a listing for the token or person that asks; no budget is touched.

    Raises MissingScope, Listing.DoesNotExist for what the actor may not see, and what
    `sale_terms.require_for_sale` raises.
    """
    user = by.require_scope(Scope.PURCHASE)
    found = Listing.objects.visible_to(by).with_vendor().without_texts().get(name=listing)
    sale_terms.require_for_sale(found, price_cents=found.price_cents, max_price_cents=None, by=by)
    quote = Quote.objects.create(
        requested_by=user,
        organization=by.organization,
        credential_id=asking_token(by),
        listing=found,
        price_cents=found.price_cents,
        currency=settings.CURRENCY,
        created_at=now,
        expires_at=now + LOCKED_FOR,
    )
    policies = budgets.applying_to(by)
    offer = budgets.offer_of(found, price_cents=quote.price_cents)
    decision = budgets.decide(offer, policies, now=now)
    wallet = accounts.wallet_for(by)
    is_owned = entitlements.entitlement_of_party(found, by=by) is not None
    costs = 0 if is_owned or wallet.is_frozen else quote.price_cents
    return Quoted(
        quote=quote,
        decision=decision,
        budgets=[simulations.budget_of(policy, now=now) for policy in policies],
        is_owned=is_owned,
        missing_cents=max(0, costs - wallet.available_cents),
        is_wallet_frozen=wallet.is_frozen,
    )


def agreed(
    listing: Listing, wanted: Wanted, *, by: Actor, now: datetime
) -> tuple[int, Quote | None]:
    """Return what an actor pays for a listing in cents, and the quote that says so if one does.

    Inside a transaction that holds the accounts of the sale: the listing is looked at again, and
    the quote is locked. Without a quote, or where the price has fallen since, it is the price of
    the moment.
    Raises Quote.DoesNotExist for a quote that is not the actor's own or not of this listing,
    QuoteOver for one that was used, is late, or is of who sold the listing then, and what
    `sale_terms.look_again` and `require_for_sale` do.
    """
    sale_terms.look_again(listing)
    price, quote = _price_of(listing, wanted.quote_id, by=by, now=now)
    most = wanted.max_price_cents
    sale_terms.require_for_sale(listing, price_cents=price, max_price_cents=most, by=by)
    return price, quote


def use(quote: Quote | None, order: Order) -> None:
    """Let an order have used a quote that `agreed` has locked."""
    if quote is None:
        return
    is_used = Quote.objects.filter(pk=quote.pk, order__isnull=True).update(order=order) == 1
    assert is_used, "it was locked when it was found"


def purge(*, now: datetime, dry_run: bool) -> int:
    """Remove quotes that nobody used and that were over a day ago; return how many."""
    old = Quote.objects.filter(order__isnull=True, expires_at__lt=now - KEPT)
    return old.count() if dry_run else old.delete()[0]


@shared_task(name="payments.purge_quotes")
def purge_task() -> None:
    """Purge once an hour."""
    purge(now=timezone.now(), dry_run=False)


def _price_of(
    listing: Listing, quote_id: str, *, by: Actor, now: datetime
) -> tuple[int, Quote | None]:
    if not quote_id:
        return listing.price_cents, None
    own = Quote.objects.asked_by(by).filter(public_id=quote_id)
    quote = own.select_for_update(of=("self",)).first()
    if quote is None or quote.listing_id != listing.pk:
        raise Quote.DoesNotExist
    if quote.order_id is not None or quote.is_expired(now=now) or quote.is_of_another_seller():
        raise QuoteOver(quote.public_id)
    if quote.price_cents >= listing.price_cents:
        return listing.price_cents, None
    return quote.price_cents, quote
