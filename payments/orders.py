"""Buy from the wallet, and settle what is paid: one transaction, however many come at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts import mail
from accounts.actor import Actor
from accounts.mail import Letter
from audit.actions import Action
from audit.log import record
from catalog import pricing
from catalog.models import Listing
from payments import accounts, budgets, entitlements, ledger
from payments.errors import (
    AccountFrozen,
    NotOffered,
    Overdraft,
    OwnListing,
    PaymentUnavailable,
    PriceAboveLimit,
)
from payments.ledger import Entry
from payments.models import (
    Account,
    Entitlement,
    Order,
    OrderMethod,
    OrderState,
    Source,
)


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchase gave; `is_new` is false for what the buyer had when their turn came."""

    entitlement: Entitlement
    is_new: bool


def buy_from_wallet(
    listing: Listing, *, max_price_cents: int | None, by: Actor, now: datetime
) -> Bought:
    """Pay for a listing from the wallet of the party an actor acts for, inside a transaction.

    Purchases from one wallet take turns, and each looks at the shelf when its turn has come.
    Raises PaymentUnavailable, NotOffered, OwnListing, PriceAboveLimit, PolicyBlocked,
    ApprovalRequired, AccountFrozen and Overdraft; then nothing has moved.
    """
    policies = budgets.hold(by)
    sides = accounts.hold_for_sale(listing.vendor, buyer=by.organization or by.require_user())
    held = entitlements.entitlement_of_party(listing, by=by)
    if held is not None:
        return Bought(held, is_new=False)
    listing.refresh_from_db(fields=["state", "price_cents"])
    if listing.is_free:
        return Bought(*entitlements.grant(listing, source=Source.FREE, by=by, now=now))
    require_for_sale(listing, max_price_cents=max_price_cents, by=by)
    budgets.require_allowed(listing, policies, now=now)
    _require_funds(sides.wallet, listing.price_cents)
    order = placed(
        listing,
        method=OrderMethod.WALLET,
        by=by,
        now=now,
        state=OrderState.PAID,
        paid_at=now,
        available_at=now + settings.EARNINGS_HOLD,
    )
    entitlement = settle(
        order, paid_from=sides.wallet, payable=sides.payable, fees=sides.fees, by=by, now=now
    )
    return Bought(entitlement, is_new=True)


def require_for_sale(listing: Listing, *, max_price_cents: int | None, by: Actor) -> None:
    """Raise PaymentUnavailable, NotOffered, OwnListing or PriceAboveLimit unless this actor may pay
    for a listing.
    """
    if not settings.PAYMENTS_ENABLED:
        raise PaymentUnavailable(listing.price_cents)
    if not listing.is_offered:
        raise NotOffered
    if listing.vendor.is_sold_under_by(by):
        raise OwnListing
    if max_price_cents is not None and listing.price_cents > max_price_cents:
        raise PriceAboveLimit(price_cents=listing.price_cents, limit_cents=max_price_cents)


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
        },
    )
    mail.send_on_commit(_receipt(order), to=order.placed_by.email)
    return entitlement


def _require_funds(wallet: Account, price_cents: int) -> None:
    """Say what is missing of the whole price; the ledger would say it of one of its parts."""
    if wallet.is_frozen:
        raise AccountFrozen(wallet.public_id)
    if wallet.available_cents < price_cents:
        raise Overdraft(wallet.public_id, missing_cents=price_cents - wallet.available_cents)


def placed(
    listing: Listing, *, method: OrderMethod, by: Actor, now: datetime, **state: Any
) -> Order:
    """Return a new order of a listing at its price, for the party that an actor acts for.

    state: how it stands, with the moments that belong to it.
    """
    parts = pricing.split(listing.price_cents)
    user = by.require_user()
    assert by.credential is not None
    return Order.objects.create(
        user=None if by.organization else user,
        organization=by.organization,
        placed_by=user,
        listing=listing,
        vendor=listing.vendor,
        price_cents=parts.price_cents,
        fee_cents=parts.fee_cents,
        currency=settings.CURRENCY,
        method=method,
        credential_id=by.credential.public_id,
        policy=by.policy,
        created_at=now,
        **state,
    )


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
