"""Buy from the wallet, and settle what is paid: one transaction, however many come at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts import parties
from accounts.actor import Actor
from accounts.mail import Letter
from audit.actions import Action
from audit.log import record
from catalog import pricing
from catalog.models import Listing
from payments import accounts, approvals, budgets, entitlements, ledger, quotes
from payments.errors import AccountFrozen, Overdraft
from payments.ledger import Entry
from payments.models import (
    Account,
    Approval,
    Entitlement,
    Order,
    OrderMethod,
    OrderState,
    Quote,
    Source,
)
from payments.sale_terms import Wanted


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order costs in cents and is paid with, and the approval and the quote it needs."""

    price_cents: int
    method: OrderMethod
    approval: Approval | None
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchase gave; `is_new` is false for what the buyer had when their turn came."""

    entitlement: Entitlement
    is_new: bool


def buy_from_wallet(listing: Listing, wanted: Wanted, *, by: Actor, now: datetime) -> Bought:
    """Pay for a listing from the wallet of the party an actor acts for, inside a transaction.

    Purchases from one wallet take turns, and each looks at the shelf when its turn has come.
    Raises what `quotes.agreed` and `approvals.require_allowed` do, AccountFrozen and Overdraft;
    then nothing has moved.
    """
    policies = budgets.hold(by)
    sides = accounts.hold_for_sale(listing.vendor, buyer=by.party)
    held = entitlements.entitlement_of_party(listing, by=by)
    if held is not None:
        return Bought(held, is_new=False)
    price, quote = quotes.agreed(listing, wanted, by=by, now=now)
    if price == 0:
        return take_for_nothing(listing, by=by, now=now)
    approval = approvals.require_allowed(listing, policies, price_cents=price, by=by, now=now)
    _require_funds(sides.wallet, price)
    paid = {"state": OrderState.PAID, "paid_at": now, "available_at": now + settings.EARNINGS_HOLD}
    terms = Terms(price, OrderMethod.WALLET, approval, quote)
    order = place(listing, terms, by=by, now=now, **paid)
    entitlement = settle(
        order, paid_from=sides.wallet, payable=sides.payable, fees=sides.fees, by=by, now=now
    )
    return Bought(entitlement, is_new=True)


def take_for_nothing(listing: Listing, *, by: Actor, now: datetime) -> Bought:
    """Give a listing that costs nothing, inside a transaction.

    Tokens under one policy take turns, so that an approval which two of them want is used once and
    the second finds what the first was given.
    Raises what `approvals.require_allowed` does where a policy judges the package.
    """
    policies = budgets.locked(budgets.judging(by))
    held = entitlements.entitlement_of_party(listing, by=by)
    if held is not None:
        return Bought(held, is_new=False)
    approval = approvals.require_allowed(listing, policies, price_cents=0, by=by, now=now)
    entitlement, is_new = entitlements.grant(listing, source=Source.FREE, by=by, now=now)
    approvals.use(approval, entitlement)
    return Bought(entitlement, is_new=is_new)


def settle(
    order: Order, *, paid_from: Account, payable: Account, fees: Account, by: Actor, now: datetime
) -> Entitlement:
    """Move the money of an order that is paid and give what it paid for, inside a transaction.

    paid_from: the buyer's wallet, or our account at the provider for what a card has paid.
    payable, fees: the vendor's and ours. Raises AlreadyPosted when it was settled before, and what
    `ledger.post` raises.
    """
    entries = [
        Entry("seller", paid_from, payable, order.seller_cents),
        Entry("fee", paid_from, fees, order.fee_cents),
    ]
    ledger.post(order.event, [entry for entry in entries if entry.amount_cents], now=now)
    entitlement = entitlements.give(order, now=now)
    record(
        Action.ORDER_PAID,
        by=by.who,
        now=now,
        subject=order.subject,
        data={
            "listing": order.listing.public_id,
            "entitlement": entitlement.public_id,
            "method": order.method,
            "priceCents": order.price_cents,
            "feeCents": order.fee_cents,
            "currency": order.currency,
            "policy": order.policy.public_id if order.policy else "",
            "approval": order.approved_by,
        },
    )
    parties.tell(order.buyer, _receipt(order), rather=order.placed_by)
    return entitlement


def _require_funds(wallet: Account, price_cents: int) -> None:
    """Say what is missing of the whole price; the ledger would say it of one of its parts."""
    if wallet.is_frozen:
        raise AccountFrozen(wallet.public_id)
    if wallet.available_cents < price_cents:
        raise Overdraft(wallet.public_id, missing_cents=price_cents - wallet.available_cents)


def place(listing: Listing, terms: Terms, *, by: Actor, now: datetime, **state: Any) -> Order:
    """Return a new order of a listing, for the party that an actor acts for, inside a transaction.

    It uses the approval and the quote that it needed. state: how it stands, with the moments that
    belong to it.
    """
    parts = pricing.split(terms.price_cents)
    user = by.require_user()
    assert by.credential is not None
    order = Order.objects.create(
        user=None if by.organization else user,
        organization=by.organization,
        placed_by=user,
        listing=listing,
        vendor=listing.vendor,
        price_cents=parts.price_cents,
        fee_cents=parts.fee_cents,
        currency=settings.CURRENCY,
        method=terms.method,
        credential_id=by.credential.public_id,
        policy=by.policy,
        created_at=now,
        **state,
    )
    approvals.use(terms.approval, order)
    quotes.use(terms.quote, order)
    return order


def _receipt(order: Order) -> Letter:
    return Letter(
        template="receipt",
        subject=f"Receipt for {order.listing.title}",
        facts={
            "order_id": order.public_id,
            "title": order.listing.title,
            "name": order.listing.name,
            "vendor": order.vendor.display_name,
            "price_cents": order.price_cents,
            "method": order.get_method_display(),
            "paid_at": order.paid_at.strftime("%Y-%m-%d %H:%M UTC") if order.paid_at else "",
        },
    )
