"""What people ask for and workers do, at a moment: the product's own doors, nothing else."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx

from accounts.actor import Actor
from audit.who import Origin
from catalog.models import Listing, Vendor
from payments import (
    auto_top_up,
    card_purchases,
    card_refunds,
    checkout,
    dispute_sweep,
    idempotency,
    onboarding,
    paying_out,
    payment_methods,
    refunds,
    settlement,
    top_ups,
    webhook_inbox,
)
from payments.auto_top_up import Rule
from payments.idempotency import Effect, Keyed
from payments.models import (
    AutoTopUp,
    CardRefund,
    Order,
    Payout,
    ProviderEvent,
    SellerAccount,
    TopUp,
)
from payments.sale_terms import Wanted
from payments.sandbox import courier
from payments.stripe_port import ProviderError
from tests.fakes.payment_sandbox import WEBHOOK_SECRET, PaymentSandbox
from tests.payments.machine.cast import Buyer, Cast

# Something to do at a moment; doing it again repeats its key.
Request = Callable[[datetime], object]
_KEYS = count()
_NOBODY = Actor.anonymous(origin=Origin())
_RULE = Rule(
    is_enabled=True, threshold_cents=2_000, amount_cents=1_500, monthly_ceiling_cents=4_000
)


def _keyed(route: str) -> Keyed:
    return idempotency.keyed(f"key-{next(_KEYS)}", route=route, body={})


def top_up(buyer: Buyer, cents: int) -> Request:
    key = _keyed("top-up")
    return lambda now: top_ups.start(key, amount_cents=cents, by=buyer.actor, now=now)


def buy(buyer: Buyer, listing: Listing) -> Request:
    """Buy from the wallet."""
    key, wanted = _keyed("purchase"), Wanted(listing=listing.name)

    def effect(now: datetime) -> Effect:
        bought = checkout.purchase(wanted, by=buyer.actor, now=now, may_pay=True)
        return Effect(201, {"id": bought.entitlement.public_id}, is_kept=bought.has_paid)

    return lambda now: idempotency.once(key, by=buyer.actor, now=now, effect=lambda: effect(now))


def buy_by_card(buyer: Buyer, listing: Listing) -> Request:
    key, wanted = _keyed("purchase"), Wanted(listing=listing.name)
    return lambda now: card_purchases.start(key, wanted, by=buyer.actor, now=now)


def take_back(buyer: Buyer, order: Order) -> Request:
    key = _keyed(f"refund {order.public_id}")

    def effect(now: datetime) -> Effect:
        made = refunds.take_back(order, by=buyer.actor, now=now)
        return Effect(201, {"id": made.public_id})

    return lambda now: idempotency.once(key, by=buyer.actor, now=now, effect=lambda: effect(now))


def fill_by_itself(buyer: Buyer, sandbox: PaymentSandbox, *, card: str, now: datetime) -> None:
    """Save a card, and let the wallet be filled from it."""
    setup = payment_methods.begin(by=buyer.actor)
    sandbox.control(f"intents/{setup.id}/pay", card=card)
    payment_methods.settle_setup(setup.id, now)
    auto_top_up.change(_RULE, by=buyer.actor, now=now)


def onboard(vendor: Vendor, sandbox: PaymentSandbox, *, by: Actor, now: datetime) -> None:
    """Open an account, and tell the provider everything it asks for."""
    onboarding.begin(vendor, country="US", by=by, now=now)
    account_id = SellerAccount.objects.get(vendor=vendor).account_id or ""
    sandbox.control(f"accounts/{account_id}/complete")
    onboarding.refresh(account_id, now=now)


def at_the_card(sandbox: PaymentSandbox, intent_id: str, act: str) -> None:
    """Do as a person does on the confirm page; it may be too late."""
    with suppress(httpx.HTTPStatusError):
        sandbox.control(f"intents/{intent_id}/{act}")


def come_back(order: Order, *, now: datetime) -> None:
    """See what became of an order, as its buyer does on the way back from the provider."""
    card_purchases.look(Order.objects.with_buyer().get(pk=order.pk), now=now)


def contest(sandbox: PaymentSandbox, intent_id: str, **form: str) -> None:
    """Dispute a payment at the bank, which takes no second time, nor what went back."""
    with suppress(httpx.HTTPStatusError):
        sandbox.control(f"charges/{intent_id}/dispute", **form)


def look_at_disputes(*, now: datetime) -> None:
    for dispute_id in dispute_sweep.unsettled(now=now):
        with suppress(ProviderError):
            settlement.settle("dispute", dispute_id, now=now)


def hear(event: dict[str, Any], *, now: datetime) -> None:
    """Take in an event as the provider sends it."""
    body = json.dumps(event, indent=2).encode()
    signature = courier.signature(body, WEBHOOK_SECRET, at=int(time.time()))
    webhook_inbox.receive(body, signature, by=_NOBODY, now=now)


def work_inbox(*, now: datetime) -> None:
    waiting = ProviderEvent.objects.unattended(now=now).order_by("-pk")
    for pk in waiting.values_list("pk", flat=True):
        webhook_inbox.apply(pk, now=now)


def reconcile(*, now: datetime) -> None:
    """Look at all that waits; a provider that is away is asked later."""
    for kind in settlement.KINDS:
        for pk in kind.overdue(now):
            with suppress(ProviderError):
                kind.reconcile(pk, now=now)


def send_back(*, now: datetime) -> None:
    for pk in CardRefund.objects.overdue(now=now).values_list("pk", flat=True):
        card_refunds.go_on(pk, now=now)


def pay_out(*, now: datetime) -> None:
    for pk in Payout.objects.unattended(now=now).values_list("pk", flat=True):
        paying_out.pay(pk, now=now)


def fill_wallets(*, now: datetime) -> None:
    for pk in AutoTopUp.objects.filter(is_enabled=True).values_list("pk", flat=True):
        auto_top_up.fill(pk, now=now)


def open_the_shop(cast: Cast, sandbox: PaymentSandbox) -> None:
    """Let buyers have money, sellers be ready, and some sales be old enough to be paid out."""
    sandbox.control("webhooks", mode="hold")
    now = cast.begins_at
    for vendor in cast.vendors:
        onboard(vendor, sandbox, by=cast.buyers[0].actor, now=now)
    for buyer in cast.buyers:
        top_up(buyer, 40_001)(now)
        (paid,) = TopUp.objects.of(buyer.actor)
        at_the_card(sandbox, paid.intent_id or "", "pay")
        top_ups.look(paid, now=now)
    for number, listing in enumerate(cast.listings[:3]):
        buy(cast.buyers[number], listing)(now - timedelta(days=9 * number))
    sandbox.control("keep")
