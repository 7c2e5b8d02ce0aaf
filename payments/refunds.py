"""Give money back: buyers by themselves while they have not used it, staff whenever it is right."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import parties
from accounts.actor import Actor
from accounts.mail import Letter
from accounts.models import User
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog import pricing
from payments import accounts, card_refunds, entitlements, ledger
from payments.errors import InvalidRefund, NotRefundable
from payments.ledger import Entry
from payments.models import Account, AccountKind, Chargeback, Entitlement, Order, Refund
from payments.models.refund import REASON_LENGTH


def why_not(order: Order, *, now: datetime) -> str:
    """Return why its buyer may not take an order back by themselves; empty when they may."""
    if not order.is_paid or order.paid_at is None:
        return "not_paid"
    if _is_contested(order):
        return "disputed"
    if order.refunded_cents:
        return "refunded"
    if now >= order.paid_at + settings.REFUND_WINDOW:
        return "too_late"
    given = Entitlement.objects.filter(order=order).first()
    return "used" if given is None or given.first_used_at else ""


@transaction.atomic
def take_back(order: Order, *, by: Actor, now: datetime) -> Refund:
    """Refund the whole of one's own order that was never used.

    order: one that the actor's party has bought. Raises SignInRequired, MissingScope, RoleRequired
    and NotRefundable.
    """
    user = by.require_scope(Scope.PURCHASE)
    by.require_manager()
    held = _locked(order)
    if reason := why_not(held, now=now):
        raise NotRefundable(reason)
    return _refund(held, held.price_cents, user=user, is_by_staff=False, reason="", by=by, now=now)


@transaction.atomic
def refund(order: Order, *, amount_cents: int, reason: str, by: Actor, now: datetime) -> Refund:
    """Refund a part of any paid order, or what is left of it, as a member of staff.

    A listing that is refunded whole is its buyer's no longer. Raises InvalidRefund for an amount
    below one cent or above what is left, and without a reason; NotRefundable.
    """
    user, reason = by.require_user(), reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise InvalidRefund("reason", f"Say why, in {REASON_LENGTH} characters at most.")
    held = _locked(order)
    if not held.is_paid:
        raise NotRefundable("not_paid")
    if _is_contested(held):
        raise NotRefundable("disputed")
    if held.refundable_cents == 0:
        raise NotRefundable("refunded")
    if not 1 <= amount_cents <= held.refundable_cents:
        raise InvalidRefund("amount_cents", f"At most {held.refundable_cents} cents are left.")
    return _refund(held, amount_cents, user=user, is_by_staff=True, reason=reason, by=by, now=now)


def _locked(order: Order) -> Order:
    """Lock an order and what it gave, so that nobody uses it while it goes back."""
    # No key: a second payment of it that comes now takes the accounts first, then names the order.
    held = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    list(Entitlement.objects.select_for_update(of=("self",)).filter(order=held))
    return held


def _is_contested(order: Order) -> bool:
    """Tell whether a bank decides about its money, or has decided against us."""
    return Chargeback.objects.standing().filter(order=order).exists()


def _refund(
    order: Order,
    cents: int,
    *,
    user: User,
    is_by_staff: bool,
    reason: str,
    by: Actor,
    now: datetime,
) -> Refund:
    after = order.refunded_cents + cents
    fee = pricing.fee_within(order.fee_cents, part_cents=after, price_cents=order.price_cents)
    fee -= order.refunded_fee_cents
    owed = _owed_to(order)
    refund = Refund(
        order=order,
        amount_cents=cents,
        fee_cents=fee,
        receivable_cents=max(0, cents - fee - owed.available_cents),
        requested_by=user,
        is_by_staff=is_by_staff,
        reason=reason,
        created_at=now,
    )
    refund.save(force_insert=True)
    Order.objects.filter(pk=order.pk).update(
        refunded_cents=after, refunded_fee_cents=order.refunded_fee_cents + fee
    )
    _post(refund, owed, now=now)
    if order.is_by_card:
        card_refunds.begin(refund, now=now)
    if after == order.price_cents:
        entitlements.revoke_bought(order, now=now)
    _record(refund, by=by, now=now)
    parties.tell(order.buyer, _letter(refund), rather=order.placed_by)
    return refund


def _owed_to(order: Order) -> Account:
    """Return what the seller is owed as it is now, locked together with the buyer's wallet."""
    wallet, owed = accounts.wallet_of(order.buyer), accounts.payable_of(order.vendor)
    held = Account.objects.filter(pk__in=[wallet.pk, owed.pk]).locked()
    return next(account for account in held if account == owed)


def _post(refund: Refund, owed: Account, *, now: datetime) -> None:
    order = refund.order
    fees = accounts.ours(AccountKind.FEES)
    # What a card has paid goes back there, through the provider.
    to = (
        accounts.ours(AccountKind.IN_TRANSIT)
        if order.is_by_card
        else accounts.wallet_of(order.buyer)
    )
    receivable = accounts.receivable_of(order.vendor)
    entries = [
        Entry("seller", owed, to, refund.seller_cents - refund.receivable_cents),
        Entry("receivable", receivable, to, refund.receivable_cents),
        Entry("fee", fees, to, refund.fee_cents),
    ]
    ledger.post(refund.event, [entry for entry in entries if entry.amount_cents], now=now)


def _record(refund: Refund, *, by: Actor, now: datetime) -> None:
    data = {
        "order": refund.order.public_id,
        "amountCents": refund.amount_cents,
        "feeCents": refund.fee_cents,
        "receivableCents": refund.receivable_cents,
        "currency": refund.order.currency,
    }
    record(Action.ORDER_REFUNDED, by=by.who, now=now, subject=refund.subject, data=data)


def _letter(refund: Refund) -> Letter:
    order = refund.order
    facts = {
        "order_id": order.public_id,
        "title": order.listing.title,
        "amount_cents": refund.amount_cents,
        "is_whole": order.refunded_cents + refund.amount_cents == order.price_cents,
        "is_by_card": order.is_by_card,
        "written": refund.reason,
    }
    return Letter(template="refund", subject=f"Refund for {order.listing.title}", facts=facts)
