"""Buy with a card: the price is held by a row, paid at the provider, settled by what it says.

As with top-ups, a crash may come between any two steps. The order is committed before the provider
is asked, and reserves what it costs under every spend policy until it ends; one at a time for each
buyer and listing.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from accounts import memberships
from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from payments import (
    accounts,
    approvals,
    budgets,
    card_payments,
    card_purchase_outcomes,
    entitlements,
    idempotency,
    orders,
    provider_claims,
    quotes,
    stripe_port,
)
from payments.card_purchase_outcomes import bill_of
from payments.errors import IdempotencyKeyInUse, NothingToPay, OrderNotPending, PaymentMismatch
from payments.idempotency import Answer, Claim, Effect, Keyed
from payments.models import AccountKind, CardRefund, Order, OrderMethod, OrderState, Posting
from payments.orders import Terms
from payments.pending import ABANDONED_AFTER, CHECK_AFTER, Kind, wait_after
from payments.sale_terms import Wanted
from payments.stripe_port import Intent, ProviderError

log = logging.getLogger("mog.payments")

# So long a person may take to pay, and so long their price and their budget are held.
EXPIRES = timedelta(hours=24)


def start(request: Keyed, wanted: Wanted, *, by: Actor, now: datetime) -> Answer:
    """Ask for a payment by card for a listing; the same key does it once.

    Answers with the order's id, and what a person needs in order to pay. Raises what `place` does,
    ProviderError, IdempotencyKeyReused and IdempotencyKeyInUse.
    """
    taken = idempotency.claim(
        request, by=by, now=now, begin=lambda: place(wanted, by=by, now=now).public_id
    )
    return taken if isinstance(taken, Answer) else _go_on(taken, now=now)


@transaction.atomic
def place(wanted: Wanted, *, by: Actor, now: datetime) -> Order:
    """Return the order of a listing that waits for its payment; a new one unless there is one.

    Raises MissingScope, Listing.DoesNotExist, NothingToPay for what is free or the buyer's already,
    Organization.DoesNotExist for one that was deleted a moment ago, and what
    `orders.buy_from_wallet` raises but Overdraft and AccountFrozen.
    """
    by.require_scope(Scope.PURCHASE)
    memberships.hold_party(by)
    visible = Listing.objects.visible_to(by).with_vendor().without_texts()
    listing = visible.get(name=wanted.listing)
    policies = budgets.hold(by)
    accounts.hold_for_sale(listing.vendor, buyer=by.party)
    if entitlements.entitlement_of_party(listing, by=by) is not None:
        raise NothingToPay
    price, quote = quotes.agreed(listing, wanted, by=by, now=now)
    if price == 0:
        raise NothingToPay
    waiting = _waiting(listing, price, by=by, now=now)
    # Another credential may have begun it: this one is told of it only if it could have.
    approval = approvals.require_allowed(
        listing, policies, price_cents=price, by=by, now=now, waiting=waiting
    )
    if waiting is not None:
        approvals.use(approval, waiting)
        return waiting
    return _begun(listing, Terms(price, OrderMethod.CARD, approval, quote), by=by, now=now)


def look(order: Order, *, now: datetime) -> Order:
    """Return an order as it stands, after asking the provider if that can have changed.

    A provider that does not answer changes nothing: the webhook or reconciliation will.
    """
    if order.is_pending and order.intent_id:
        try:
            intent = stripe_port.retrieve_intent(order.intent_id)
            card_purchase_outcomes.bear(order.public_id, intent, now=now)
        except (ProviderError, PaymentMismatch) as error:
            log.warning("%s is looked at later: %s", order.public_id, error)
    return Order.objects.with_buyer().get(pk=order.pk)


def reach(order: Order, *, now: datetime) -> Intent | None:
    """Return the payment of an order that waits, which the order knows from now on.

    None when the payment tells that the order has ended: nobody is to pay it. Raises ProviderError.
    """
    intent = card_payments.reach(bill_of(order), is_repeated=True)
    card_purchase_outcomes.bear(order.public_id, intent, now=now)
    order.refresh_from_db(fields=["state", "intent_id"])
    if not order.is_pending:
        return None
    if order.intent_id and order.intent_id != intent.id:  # somebody made another meanwhile
        return stripe_port.retrieve_intent(order.intent_id)
    return intent


def cancel(order: Order, *, by: Actor, now: datetime) -> Order:
    """Call off what is not paid; raises ProviderError.

    order: one that the actor's party has placed. Raises RoleRequired for a member whom another has
    placed it for; OrderNotPending when it ended before, and while its payment is on its way and
    cannot be stopped.
    """
    if by.require_scope(Scope.PURCHASE) != order.placed_by:
        by.require_manager()
    intent = card_payments.reach(bill_of(order), is_repeated=True) if order.is_pending else None
    if intent is not None:
        intent = card_payments.call_off(intent, bill=bill_of(order))
        card_purchase_outcomes.bear(order.public_id, intent, now=now, by=by)
    order = Order.objects.with_buyer().get(pk=order.pk)
    if intent is None or order.state != OrderState.CANCELED:
        raise OrderNotPending(order.state)
    return order


def pay_url_of(order: Order) -> str:
    """Return where a person pays it, and sees what became of it."""
    return f"{settings.SITE_URL}{reverse('order', args=[order.public_id])}"


@shared_task(name="payments.call_off_order")
def call_off(pk: int) -> None:
    """Call off the payment of an order that has ended, so that nobody pays it by mistake."""
    order = Order.objects.with_buyer().get(pk=pk)
    if order.intent_id and not order.is_pending:
        intent = stripe_port.retrieve_intent(order.intent_id)
        if intent.status in card_payments.PAYABLE:
            card_payments.call_off(intent, bill=bill_of(order))


def _waiting(listing: Listing, price_cents: int, *, by: Actor, now: datetime) -> Order | None:
    """Return the order that the buyer has begun; one of another price is called off instead."""
    begun = Order.objects.bought_by(by).open().filter(listing=listing).with_buyer()
    order = begun.select_for_update(of=("self",)).first()
    if order is None or order.price_cents == price_cents:
        return order
    card_purchase_outcomes.end(order, OrderState.CANCELED, now=now, by=by)
    transaction.on_commit(lambda: call_off.delay(order.pk), robust=True)
    return None


def _begun(listing: Listing, terms: Terms, *, by: Actor, now: datetime) -> Order:
    pending = {"state": OrderState.PENDING, "check_at": now + CHECK_AFTER}
    order = orders.place(listing, terms, by=by, now=now, **pending)
    data = {"listing": listing.public_id, "priceCents": order.price_cents}
    facts = data | {"currency": order.currency, "approval": order.approved_by}
    record(Action.ORDER_PLACED, by=by.who, now=now, subject=order.subject, data=facts)
    return order


def _go_on(taken: Claim, *, now: datetime) -> Answer:
    order = Order.objects.with_buyer().get(public_id=taken.subject)
    if not order.is_pending:  # ended meanwhile: the same key begins another, or finds it bought
        idempotency.release(taken)
        raise IdempotencyKeyInUse
    refuse = partial(card_purchase_outcomes.refuse, order, now=now)
    with provider_claims.held(taken, refuse=refuse, now=now):
        intent = reach(order, now=now)
    if intent is None:  # as above: its payment has just told so
        idempotency.release(taken)
        raise IdempotencyKeyInUse
    body = {
        "orderId": order.public_id,
        "listing": order.listing.name,
        "priceCents": order.price_cents,
        "status": "pending",
        "clientSecret": intent.client_secret,
        "payUrl": pay_url_of(order),
    }
    return idempotency.finish(taken, Effect(202, body))


def _reconcile(pk: int, *, now: datetime) -> None:
    order = Order.objects.with_buyer().get(pk=pk)
    if not order.take_check(now=now, next_at=now + wait_after(order.checks)):
        return
    intent = _found(order, now=now)
    if intent is None:
        return
    if intent.status in card_payments.PAYABLE and _is_over(order, now=now):
        intent = card_payments.call_off(intent, bill=bill_of(order))
    card_purchase_outcomes.bear(order.public_id, intent, now=now)


def _found(order: Order, *, now: datetime) -> Intent | None:
    """Return the payment of an order; one that nobody has made is given up in the end."""
    if order.intent_id:
        return card_payments.reach(bill_of(order), is_repeated=True)
    found = card_payments.find(bill_of(order))
    if found is None and now - order.created_at >= ABANDONED_AFTER:
        card_purchase_outcomes.abandon(order, now=now)
    return found


def _is_over(order: Order, *, now: datetime) -> bool:
    """Tell whether nobody should pay it any more: it is late, or its buyer has the listing."""
    if now - order.created_at >= EXPIRES:
        return True
    return entitlements.held_by_party(order.listing, order.buyer) or not order.listing.is_offered


def _overdue(now: datetime) -> Sequence[int]:
    return list(Order.objects.overdue(now=now).order_by("check_at").values_list("pk", flat=True))


def _taken(subjects: Collection[str]) -> Mapping[str, int]:
    """Return what came in for orders: to pay them, and what goes back because it paid nothing."""
    events = {f"order:{subject}": subject for subject in subjects}
    unwanted = CardRefund.objects.filter(order__public_id__in=subjects, refund=None)
    events |= {back.event: back.order.public_id for back in unwanted.select_related("order")}
    provider = accounts.ours(AccountKind.PROVIDER)
    postings = Posting.objects.filter(event__in=events, debit=provider).exclude(
        key__endswith=":returned"  # what a card turned away was taken in before
    )
    taken: dict[str, int] = {}
    for event, cents in postings.values_list("event").annotate(cents=Sum("amount_cents")):
        taken[events[event]] = taken.get(events[event], 0) + cents
    return taken


def _between(since: datetime, until: datetime) -> Sequence[str]:
    made = Order.objects.filter(
        method=OrderMethod.CARD, created_at__gte=since, created_at__lt=until
    )
    return list(made.values_list("public_id", flat=True))


KIND = Kind(
    prefix="ord",
    bear=card_purchase_outcomes.bear,
    reconcile=_reconcile,
    overdue=_overdue,
    taken=_taken,
    between=_between,
    has=lambda subject: Order.objects.filter(public_id=subject).exists(),
)
